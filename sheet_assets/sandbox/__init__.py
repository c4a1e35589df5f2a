"""The sandbox: Google, S3 and Redshift on loopback, over their real protocols.

The production code runs on it unchanged; only `settings` differ. The three servers live in
threads of this process (PostgreSQL in a child), listen on ports the system chose, and make
their keys when they start.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Self

from sheet_assets.sandbox.google import GoogleServer, Limits
from sheet_assets.sandbox.google.accounts import PERSON
from sheet_assets.sandbox.redshift import RedshiftServer
from sheet_assets.sandbox.s3 import S3Server
from sheet_assets.sandbox.saved_state import SavedState

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

__all__ = ["BUCKET", "PERSON", "REGION", "SERVICE_ACCOUNT", "Sandbox"]

SERVICE_ACCOUNT = "sheet-assets@sandbox.iam.gserviceaccount.com"
REGION = "us-east-1"
BUCKET = "sheet-assets-sandbox"


class Sandbox:
    """Start with `with Sandbox() as sandbox:`, or `start` and `stop`.

    Without `limits` Google's quota is as at Google: 60 reads and 60 writes a minute for the
    service account. `settings` are the settings of its services by name. `google`, `s3` and
    `redshift` are the servers, with their `faults` and an `observer` each. `state_dir` is a private
    folder that is removed in the end; DAGSTER_HOME lies in it. One that is given stays, and the
    next sandbox finds in it what this one held when it stopped.
    """

    def __init__(self, *, limits: Limits | None = None, state_dir: Path | None = None) -> None:
        self._limits = limits
        self._saved = SavedState(state_dir.absolute()) if state_dir is not None else None
        self._stack = ExitStack()

    @property
    def is_restored(self) -> bool:
        """Whether an earlier sandbox has left its data in the folder that was given."""
        return self._saved is not None and self._saved.is_there

    def start(self) -> Self:
        """Start the three servers; what was started is stopped again when one fails.

        Raises:
            SandboxError: a server does not start, or the folder's data are not its own.
        """
        with ExitStack() as stack:
            self.state_dir = self._state_dir(stack)
            self.dagster_home = self.state_dir / "dagster_home"
            self.dagster_home.mkdir(exist_ok=True)

            self.google = GoogleServer(self._limits)
            if self._saved is not None:
                self.google.load(self._saved.before / "google")
            _start(stack, self.google.start, self.google.stop)
            key_file = self.state_dir / "service_account.json"
            key_file.touch(mode=0o600)
            key_file.write_text(json.dumps(self.google.add_service_account(SERVICE_ACCOUNT)))

            self.s3 = S3Server(region_name=REGION)
            _start(stack, self.s3.start, self.s3.stop)
            if self._saved is not None:
                self.s3.load(self._saved.before / "s3")
            if BUCKET not in self.s3.bucket_names():
                self.s3.create_bucket(BUCKET)

            self.redshift = RedshiftServer(
                self.state_dir / "redshift",
                s3_endpoint_url=self.s3.endpoint_url,
                s3_access_key_id=self.s3.own_access_key_id,
                s3_secret_access_key=self.s3.secret_access_key,
                region_name=REGION,
                saved=self._saved,
            )
            _start(stack, self.redshift.start, self.redshift.stop)
            self.google.serve_faults("s3", self.s3.faults)
            self.google.serve_faults("redshift", self.redshift.faults)
            self.settings = self._settings(key_file)
            if self._saved is not None:
                stack.callback(self._save, self._saved)
            self._stack = stack.pop_all()
        return self

    def _state_dir(self, stack: ExitStack) -> Path:
        if self._saved is not None:
            self._saved.take()
            stack.callback(self._saved.finish)
            return self._saved.folder
        folder = Path(tempfile.mkdtemp(prefix="sheet_assets_sandbox_"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        return folder

    def _save(self, saved: SavedState) -> None:
        """Write what the servers hold; Redshift's database follows when it has stopped."""
        saved.begin()
        self.google.save(saved.after / "google")
        self.s3.save(saved.after / "s3")
        self.redshift.save(saved.after / "redshift")
        saved.written()

    def stop(self) -> None:
        """Stop the servers, and remove the state or keep it; again does nothing."""
        self._stack.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def _settings(self, key_file: Path) -> Mapping[str, str]:
        """Every setting that names a service or a credential; an empty one is to be unset."""
        return {
            "DAGSTER_HOME": str(self.dagster_home),
            "GOOGLE_APPLICATION_CREDENTIALS": str(key_file),
            "GOOGLE_SERVICE_ACCOUNT_JSON": "",
            "GOOGLE_API_ENDPOINT": self.google.url,
            "AWS_ACCESS_KEY_ID": self.s3.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.s3.secret_access_key,
            "AWS_SESSION_TOKEN": "",
            "AWS_PROFILE": "",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ENDPOINT_URL": self.s3.endpoint_url,
            "AWS_ENDPOINT_URL_S3": self.s3.endpoint_url,
            "SHEET_ASSETS_AWS_ROLE_ARN": "",
            "SHEET_ASSETS_AWS_EXTERNAL_ID": "",
            "SHEET_ASSETS_S3_BUCKET": BUCKET,
            "SHEET_ASSETS_S3_BUCKET_OWNER": "",
            "SHEET_ASSETS_S3_KMS_KEY_ID": "",
            "SHEET_ASSETS_S3_PREFIX": "sheet_assets",
            "REDSHIFT_HOST": self.redshift.host,
            "REDSHIFT_PORT": str(self.redshift.port),
            "REDSHIFT_DATABASE": self.redshift.database,
            "REDSHIFT_USER": self.redshift.user,
            "REDSHIFT_PASSWORD": self.redshift.password,
            "REDSHIFT_CLUSTER_IDENTIFIER": "",
            "REDSHIFT_WORKGROUP": "",
            "REDSHIFT_SSLMODE": "verify-full",
            "REDSHIFT_SSLROOTCERT": str(self.redshift.certificate_authority),
            "REDSHIFT_IAM_ROLE": self.redshift.iam_role,
            "SHEET_ASSETS_STATE_DIR": str(self.dagster_home),
            "SHEET_ASSETS_POSTGRES_URL": "",
            "SHEET_ASSETS_WEBSERVER_URL": "",
            "SHEET_ASSETS_WEBSERVER_USER": "",
            "SHEET_ASSETS_WEBSERVER_PASSWORD": "",
            # Nobody waits until a test has stopped typing.
            "SHEET_ASSETS_QUIET_SECONDS": "0",
            "SHEET_ASSETS_ALERT_URLS": "",
            "SHEET_ASSETS_UI_URL": "",
            "SHEET_ASSETS_HEARTBEAT_URL": "",
        }


def _start(stack: ExitStack, start: Callable[[], None], stop: Callable[[], None]) -> None:
    """Stop is idempotent, and cleans up after a start that failed half-way."""
    stack.callback(stop)
    start()
