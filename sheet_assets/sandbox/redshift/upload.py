"""One object that is written to S3 while its data comes in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sheet_assets.sandbox.redshift.objects import translated

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

    from sheet_assets.sandbox.redshift.objects import Objects
    from sheet_assets.sandbox.redshift.s3_url import S3Url

# S3 takes parts of 5 MB and more, and 10,000 of them: enough for the 6.2 GB of a file.
_PART_BYTES = 6 << 20


class Upload:
    """An object in S3; none is to be seen there before `complete`."""

    def __init__(self, objects: Objects, url: S3Url) -> None:
        self.url = url
        self.size = 0
        self._client = objects.client
        self._where: dict[str, Any] = {"Bucket": url.bucket, "Key": url.key}
        self._buffer = bytearray()
        self._upload_id = ""
        self._parts: list[CompletedPartTypeDef] = []
        self._completed = False

    def write(self, data: bytes) -> None:
        """Take more data.

        Raises:
            RefusedError: S3 refuses.
        """
        self._buffer += data
        self.size += len(data)
        if len(self._buffer) >= _PART_BYTES:
            self._send_part()

    def seal(self) -> None:
        """Hold nothing any more: all is in S3, though not to be seen.

        Raises:
            RefusedError: S3 refuses.
        """
        if self._buffer:
            self._send_part()

    def complete(self) -> None:
        """Let the object be seen.

        Raises:
            RefusedError: S3 refuses.
        """
        if self._upload_id:
            self.seal()
            with translated():
                self._client.complete_multipart_upload(
                    **self._where, UploadId=self._upload_id, MultipartUpload={"Parts": self._parts}
                )
            self._upload_id = ""
        else:
            with translated():
                self._client.put_object(**self._where, Body=bytes(self._buffer))
        self._completed = True

    def abort(self) -> None:
        """Forget what was sent, and the object if it is complete.

        Raises:
            RefusedError: S3 refuses.
        """
        if self._completed:
            with translated():
                self._client.delete_object(**self._where)
        if self._upload_id:
            with translated():
                self._client.abort_multipart_upload(**self._where, UploadId=self._upload_id)
            self._upload_id = ""

    def _send_part(self) -> None:
        with translated():
            if not self._upload_id:
                started = self._client.create_multipart_upload(**self._where)
                self._upload_id = started["UploadId"]
            number = len(self._parts) + 1
            sent = self._client.upload_part(
                **self._where,
                UploadId=self._upload_id,
                PartNumber=number,
                Body=bytes(self._buffer),
            )
        self._parts.append({"PartNumber": number, "ETag": sent["ETag"]})
        self._buffer.clear()
