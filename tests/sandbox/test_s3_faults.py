from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError
from urllib3.exceptions import ReadTimeoutError as BodyTimeoutError

from sheet_assets.errors import SandboxError
from sheet_assets.sandbox.http_faults import Fault
from sheet_assets.sandbox.s3 import S3Server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from botocore.response import StreamingBody
    from mypy_boto3_s3.client import S3Client

    from sheet_assets.sandbox.crossing import Crossing

BUCKET = "faults-of-s3"
BODY = b"a,b\n" * 50_000


@pytest.fixture(scope="module")
def server() -> Iterator[S3Server]:
    server = S3Server()
    server.start()
    server.create_bucket(BUCKET)
    yield server
    server.stop()


@pytest.fixture(scope="module")
def stored(server: S3Server) -> Iterator[Callable[[str], bytes | None]]:
    """An object as it is, read past all faults."""
    client = server._client()

    def read(key: str) -> bytes | None:
        try:
            return client.get_object(Bucket=BUCKET, Key=key)["Body"].read()
        except ClientError:
            return None

    yield read
    client.close()


@pytest.fixture
def connect(server: S3Server) -> Iterator[Callable[..., S3Client]]:
    """Opens clients; what a test leaves of faults and watching ends with it."""
    opened: list[S3Client] = []

    def client(attempts: int = 1, **config: Any) -> S3Client:
        opened.append(
            boto3.client(
                "s3",
                region_name=server.region_name,
                endpoint_url=server.endpoint_url,
                aws_access_key_id=server.access_key_id,
                aws_secret_access_key=server.secret_access_key,
                config=Config(
                    retries={"mode": "standard", "total_max_attempts": attempts}, **config
                ),
            )
        )
        return opened[-1]

    yield client
    server.faults.clear()
    server.observer = None
    for one in opened:
        one.close()


@pytest.mark.parametrize(
    ("kind", "raised", "said", "applied"),
    [
        ("500", ClientError, "InternalError", False),
        ("503", ClientError, "SlowDown", False),
        ("503 after applying", ClientError, "SlowDown", True),
        ("drop", ConnectionClosedError, "Connection was closed", False),
        ("drop after applying", ConnectionClosedError, "Connection was closed", True),
        ("truncate", ConnectionClosedError, "Connection was closed", True),
        ("answer", ClientError, "AccessDenied", False),
    ],
)
def test_a_put_ends_as_asked(  # noqa: PLR0917 - a row of a table
    server: S3Server,
    connect: Callable[..., S3Client],
    stored: Callable[[str], bytes | None],
    kind: Any,
    raised: type[Exception],
    said: str,
    applied: bool,
) -> None:
    """As botocore shows it without a retry; the object is there if the request was applied."""
    body = "<Error><Code>AccessDenied</Code><Message>No.</Message></Error>"
    client = connect()
    for size in (0, 200_000):
        key = f"{kind}/{size}"
        path = f"/{size}$"
        server.faults.add(Fault(kind, path, "PUT", status=403, body=body))
        client.put_object(Bucket=BUCKET, Key="another", Body=b"")
        with pytest.raises(raised, match=said):
            client.put_object(Bucket=BUCKET, Key=key, Body=b"x" * size)
        assert stored(key) == (b"x" * size if applied else None)
        assert not server.faults.entries()


@pytest.mark.parametrize(
    "kind", ["500", "503", "503 after applying", "drop", "drop after applying"]
)
def test_botocore_retries(
    server: S3Server, connect: Callable[..., S3Client], kind: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What passes is gone over by botocore's own retries, for a PUT, a GET and a HEAD."""
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _seconds: None)
    client = connect(attempts=3)
    for method in ("PUT", "GET", "HEAD"):
        server.faults.add(Fault(kind, f"/{BUCKET}/retried$", method, times=2))
    assert client.put_object(Bucket=BUCKET, Key="retried", Body=BODY)["ETag"]
    assert client.get_object(Bucket=BUCKET, Key="retried")["Body"].read() == BODY
    told = client.head_object(Bucket=BUCKET, Key="retried")
    assert (told["ContentLength"], told["ResponseMetadata"]["RetryAttempts"]) == (len(BODY), 2)
    assert not server.faults.entries()


def test_a_body_is_cut_or_slow(server: S3Server, connect: Callable[..., S3Client]) -> None:
    """A GET that was answered fails while its body is read, which botocore does not retry."""
    client = connect(attempts=3, read_timeout=0.2)
    client.put_object(Bucket=BUCKET, Key="body", Body=BODY)

    def body() -> StreamingBody:
        return client.get_object(Bucket=BUCKET, Key="body")["Body"]

    server.faults.add(Fault("truncate", "/body$", "GET"))
    with pytest.raises(Exception, match=r"IncompleteRead|Connection broken"):
        body().read()
    server.faults.add(Fault("slow", "/body$", "GET", seconds=0.5))
    read = body()
    with pytest.raises((ReadTimeoutError, BodyTimeoutError)):
        b"".join(read.iter_chunks(1024))
    server.faults.add(Fault("slow", "/body$", "GET", seconds=0.01))
    assert body().read() == BODY
    server.faults.add(Fault("delay", "/body$", "GET", seconds=0.5))
    with pytest.raises(ReadTimeoutError):
        connect(read_timeout=0.2).get_object(Bucket=BUCKET, Key="body")
    server.faults.add(Fault("delay", "/body$", "GET", seconds=0.01))
    assert body().read() == BODY


def test_parts_of_an_upload(
    server: S3Server,
    connect: Callable[..., S3Client],
    stored: Callable[[str], bytes | None],
) -> None:
    """The query tells S3's operations apart: one part of several meets the fault."""
    client = connect()
    upload = client.create_multipart_upload(Bucket=BUCKET, Key="parts")["UploadId"]
    named = {"Bucket": BUCKET, "Key": "parts", "UploadId": upload}
    server.faults.add(Fault("503", r"partNumber=2\b"))
    etag = client.upload_part(**named, PartNumber=1, Body=b"x")["ETag"]
    with pytest.raises(ClientError, match="SlowDown"):
        client.upload_part(**named, PartNumber=2, Body=b"y")
    parts: Any = {"Parts": [{"ETag": etag, "PartNumber": 1}]}
    client.complete_multipart_upload(**named, MultipartUpload=parts)
    assert stored("parts") == b"x"


def test_crossings_are_observed(
    server: S3Server,
    connect: Callable[..., S3Client],
    stored: Callable[[str], bytes | None],
) -> None:
    """Before each request and after one that was applied, and only those of clients."""
    seen: list[Crossing] = []

    def observe(crossing: Crossing) -> None:
        assert stored("watched") == (b"x" if crossing.phase == "after" else None)
        seen.append(crossing)

    client = connect()
    server.observer = observe
    server.faults.add(Fault("503", method="GET"))
    with pytest.raises(ClientError, match="SlowDown"):
        client.get_object(Bucket=BUCKET, Key="watched")
    with pytest.raises(ClientError, match="NoSuchKey"):
        client.get_object(Bucket=BUCKET, Key="watched")
    client.put_object(Bucket=BUCKET, Key="watched", Body=b"x")
    assert [(crossing.service, crossing.what, crossing.phase) for crossing in seen] == [
        ("s3", f"GET /{BUCKET}/watched", "before"),
        ("s3", f"GET /{BUCKET}/watched", "before"),
        ("s3", f"PUT /{BUCKET}/watched", "before"),
        ("s3", f"PUT /{BUCKET}/watched", "after"),
    ]


def test_other_services_of_aws_meet_no_fault(server: S3Server) -> None:
    """STS, which the same address answers, is not S3."""
    server.faults.add(Fault("500"))
    seen: list[Crossing] = []
    server.observer = seen.append
    sts = boto3.client(
        "sts",
        region_name=server.region_name,
        endpoint_url=server.endpoint_url,
        aws_access_key_id=server.access_key_id,
        aws_secret_access_key=server.secret_access_key,
    )
    assert sts.get_caller_identity()["Account"]
    sts.close()
    assert server.faults.entries()
    # A body that an earlier test gave up may be sent only now.
    assert not [crossing for crossing in seen if not crossing.what.startswith("GET ")]
    server.faults.clear()
    server.observer = None


def test_a_kind_of_another_service_is_refused(server: S3Server) -> None:
    """By its name, with those that there are."""
    with pytest.raises(SandboxError, match="'expired token' is no fault of S3: they are 500"):
        server.faults.add(Fault("expired token"))
