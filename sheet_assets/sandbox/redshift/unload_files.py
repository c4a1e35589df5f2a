"""The files that an UNLOAD writes: one behind the other in each slice, and a manifest."""

from __future__ import annotations

import contextlib
import json
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sheet_assets.sandbox.redshift.compression import EXTENSIONS
from sheet_assets.sandbox.redshift.objects import translated
from sheet_assets.sandbox.redshift.refusal import RefusedError
from sheet_assets.sandbox.redshift.unload_rows import RowWriter, row_writer
from sheet_assets.sandbox.redshift.upload import Upload

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sheet_assets.sandbox.redshift.objects import Objects
    from sheet_assets.sandbox.redshift.unload import UnloadCommand
    from sheet_assets.sandbox.redshift.unload_columns import UnloadColumn

_SLICES = 2


@dataclass
class _File:
    upload: Upload
    writer: RowWriter
    rows: int = 0


class UnloadFiles:
    """Rows on their way to S3. No file is to be seen before `finish`, and none after `abort`.

    A thread may abort what another one writes.
    """

    def __init__(
        self, command: UnloadCommand, columns: Sequence[UnloadColumn], objects: Objects
    ) -> None:
        """Look at the destination, and clear it if CLEANPATH says so.

        Raises:
            RefusedError: it is not empty, or S3 refuses.
        """
        self.rows = 0
        self._command = command
        self._columns = columns
        self._objects = objects
        self._lock = threading.Lock()
        self._aborted = False
        self._files: list[list[_File]] = [[] for _ in range(_SLICES if command.parallel else 1)]
        objects.check_region(command.url.bucket, command.region_name)
        if not command.allow_overwrite:
            self._require_empty()
        # A file without rows tells that there are none.
        self._begin_file(0)

    def write(self, rows: Sequence[bytes]) -> None:
        """Take rows of PostgreSQL's text format.

        Raises:
            RefusedError: S3 refuses.
        """
        with self._lock:
            if self._aborted:
                return
            for row in rows:
                number = self.rows % len(self._files)
                files = self._files[number]
                if not files or files[-1].writer.size + len(row) > self._command.max_file_bytes:
                    if files:
                        files[-1].writer.close()
                        files[-1].upload.seal()
                    self._begin_file(number)
                files[-1].writer.write(row)
                files[-1].rows += 1
                self.rows += 1
            for files in self._files:
                if files:
                    files[-1].writer.flush()

    def finish(self) -> None:
        """Let all files be seen, the manifest last.

        Raises:
            RefusedError: S3 refuses.
        """
        for files in self._files:
            if files:
                files[-1].writer.close()
        written = [file for files in self._files for file in files]
        for file in written:
            file.upload.complete()
        if self._command.manifest:
            manifest = Upload(self._objects, self._command.url + "manifest")
            manifest.write(json.dumps(self._manifest(written), indent=2).encode())
            manifest.complete()

    def abort(self) -> None:
        """Leave nothing behind of what was sent."""
        with self._lock:
            self._aborted = True
            for file in (file for files in self._files for file in files):
                with contextlib.suppress(RefusedError):
                    file.upload.abort()

    def _require_empty(self) -> None:
        command = self._command
        found = self._objects.under(command.url)
        if command.clean_path:
            for stored in found:
                with translated():
                    self._objects.client.delete_object(Bucket=stored.url.bucket, Key=stored.url.key)
        elif found:
            raise RefusedError(
                "Specified unload destination on S3 is not empty. Consider using a different "
                "bucket / prefix, manually removing the target files in S3, or using the "
                "ALLOWOVERWRITE option."
            )

    def _begin_file(self, number: int) -> None:
        command, files = self._command, self._files[number]
        part = f"{number:04}_part_{len(files):02}" if command.parallel else f"{len(files):03}"
        extension = EXTENSIONS[command.compression]
        if command.file_format == "PARQUET":
            extension = ".parquet"
        upload = Upload(self._objects, command.url + (part + extension))
        files.append(_File(upload, row_writer(command, self._columns, upload)))

    def _manifest(self, files: Sequence[_File]) -> dict[str, Any]:
        verbose, header = self._command.verbose, int(self._command.header)
        entries: list[dict[str, Any]] = [
            {
                "url": str(file.upload.url),
                "meta": {"content_length": file.upload.size}
                | ({"record_count": file.rows + header} if verbose else {}),
            }
            for file in files
        ]
        if not verbose:
            return {"entries": entries}
        return {
            "entries": entries,
            "schema": {"elements": [column.described() for column in self._columns]},
            "meta": {
                "content_length": sum(file.upload.size for file in files),
                "record_count": sum(file.rows + header for file in files),
            },
            "author": {"name": "Amazon Redshift", "version": "1.0.0"},
        }
