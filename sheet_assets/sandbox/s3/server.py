"""The S3 server of the sandbox."""

from __future__ import annotations

import json
import logging
import secrets
import socket
import threading
from typing import TYPE_CHECKING, Any

import boto3
import botocore.session
from botocore.config import Config
from moto.backends import get_backend
from moto.core import utils as moto_utils
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

from sheet_assets.errors import SandboxError
from sheet_assets.sandbox.crossing import Crossings
from sheet_assets.sandbox.http_faults import Faults
from sheet_assets.sandbox.s3.front import Front, RequestHandler

if TYPE_CHECKING:
    from pathlib import Path

    from mypy_boto3_s3.client import S3Client
    from werkzeug.serving import BaseWSGIServer

    from sheet_assets.sandbox.crossing import Observer

_INDEX = "objects.json"
_KEPT_HEADERS = ("ContentType", "ContentEncoding", "CacheControl", "Metadata")


class S3Server:
    """S3 over HTTP on 127.0.0.1, held in memory by moto; `save` and `load` keep it in a folder.

    moto checks no signatures: any access key is let in, so a wrong key is a fault this
    server cannot show. Its state is one per process: servers that run in one process at the
    same time see each other's buckets, and each removes the ones it made when it stops.
    `faults` are those still to happen; who signs with `own_access_key_id`, as COPY and UNLOAD
    do, meets none and is not observed.
    """

    _running = 0

    def __init__(self, *, region_name: str = "us-east-1") -> None:
        self.region_name = region_name
        self.access_key_id = ""
        self.secret_access_key = ""
        self.own_access_key_id = ""
        self.faults = Faults("S3")
        self._crossings = Crossings("s3")
        self._server: BaseWSGIServer | None = None
        self._thread: threading.Thread | None = None
        self._buckets: list[str] = []

    def start(self) -> None:
        """Start serving an empty S3 on a port that the system chooses.

        Raises:
            SandboxError: the port could not be opened.
        """
        if self._server is not None:
            return
        # One line a request would drown what the user's own command prints.
        logging.getLogger("werkzeug").setLevel(logging.WARNING)
        if not S3Server._running:
            # moto asks one for the names of services when it first tells an error.
            moto_utils.Session = _session  # type: ignore[attr-defined,assignment]
            _forget_buckets()
        self.access_key_id, self.own_access_key_id = _key_id(), _key_id()
        self.secret_access_key = secrets.token_urlsafe(30)
        moto = DomainDispatcherApplication(create_backend_app)
        try:
            # werkzeug would end the process when it cannot open a port itself.
            with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
                self._server = make_server(
                    "127.0.0.1",
                    listener.getsockname()[1],
                    Front(moto, self.faults, self._crossings, self.own_access_key_id),
                    threaded=True,
                    request_handler=RequestHandler,
                    fd=listener.fileno(),
                )
        except OSError as error:
            raise SandboxError(f"The S3 server cannot listen on 127.0.0.1: {error}.") from error
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.1,), name="s3-sandbox", daemon=True
        )
        self._thread.start()
        S3Server._running += 1

    def stop(self) -> None:
        """Stop serving, close the socket and forget every object."""
        if self._server is None or self._thread is None:
            return
        S3Server._running -= 1
        if S3Server._running:
            self._remove_buckets()
        self._server.shutdown()
        self._thread.join()
        self._server = self._thread = None
        self._buckets.clear()
        if not S3Server._running:
            _forget_buckets()

    @property
    def endpoint_url(self) -> str:
        """Where clients connect, such as `http://127.0.0.1:40001`.

        Raises:
            SandboxError: the server is not running.
        """
        if self._server is None:
            raise SandboxError("The S3 server is not running: call start() first.")
        return f"http://127.0.0.1:{self._server.port}"

    @property
    def observer(self) -> Observer | None:
        """Is told before and after each request, in the thread that answers it."""
        return self._crossings.observer

    @observer.setter
    def observer(self, observer: Observer | None) -> None:
        self._crossings.observer = observer

    def create_bucket(self, name: str) -> None:
        """Create an empty bucket in this server's region.

        Raises:
            botocore.exceptions.ClientError: the name is taken or not a bucket's name.
        """
        client = self._client()
        request: dict[str, Any] = {"Bucket": name}
        if self.region_name != "us-east-1":
            # S3 refuses a location constraint for us-east-1 and demands one elsewhere.
            request["CreateBucketConfiguration"] = {"LocationConstraint": self.region_name}
        try:
            client.create_bucket(**request)
            self._buckets.append(name)
        finally:
            client.close()

    def bucket_names(self) -> set[str]:
        """The buckets there are."""
        client = self._client()
        names = {bucket["Name"] for bucket in client.list_buckets()["Buckets"]}
        client.close()
        return names

    def save(self, folder: Path) -> None:
        """Write every bucket's objects, as they are now, to a folder."""
        client = self._client()
        kept: dict[str, dict[str, Any]] = {}
        count = 0
        for bucket in client.list_buckets()["Buckets"]:
            objects = kept.setdefault(bucket["Name"], {})
            for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket["Name"]):
                for found in page.get("Contents", []):
                    got = client.get_object(Bucket=bucket["Name"], Key=found["Key"])
                    count += 1
                    (folder / f"{count}").write_bytes(got["Body"].read())
                    told = {name: value for name, value in got.items() if name in _KEPT_HEADERS}
                    objects[found["Key"]] = {"file": f"{count}", **told}
        client.close()
        (folder / _INDEX).write_text(json.dumps(kept))

    def load(self, folder: Path) -> None:
        """Make the buckets and objects again that were saved, if any were."""
        if not (folder / _INDEX).is_file():
            return
        client = self._client()
        for name, objects in json.loads((folder / _INDEX).read_text()).items():
            self.create_bucket(name)
            for key, told in objects.items():
                file = told.pop("file")
                client.put_object(Bucket=name, Key=key, Body=(folder / file).read_bytes(), **told)
        client.close()

    def _remove_buckets(self) -> None:
        """While another server runs, the state they share cannot be forgotten as a whole."""
        client = self._client()
        for name in self._buckets:
            if name not in {bucket["Name"] for bucket in client.list_buckets()["Buckets"]}:
                continue  # a client has removed it
            for page in client.get_paginator("list_objects_v2").paginate(Bucket=name):
                for found in page.get("Contents", []):
                    client.delete_object(Bucket=name, Key=found["Key"])
            client.delete_bucket(Bucket=name)
        client.close()

    def _client(self) -> S3Client:
        return boto3.session.Session(botocore_session=_session()).client(
            "s3",
            region_name=self.region_name,
            endpoint_url=self.endpoint_url,
            aws_access_key_id=self.own_access_key_id,
            aws_secret_access_key=self.secret_access_key,
            # A proxy of the environment cannot reach our loopback.
            config=Config(s3={"addressing_style": "path"}, proxies={}),
        )


def _key_id() -> str:
    return "AKIA" + secrets.token_hex(8).upper()


def _session() -> botocore.session.Session:
    """Not the default one: a profile of the environment may not exist here."""
    return botocore.session.Session({"profile": (None, None, None, None)})


def _forget_buckets() -> None:
    for regions in get_backend("s3").values():
        for backend in regions.values():
            backend.reset()
