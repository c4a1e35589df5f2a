"""`sheet-assets dev` in a directory configured for production: nothing of that is connected to."""

from __future__ import annotations

import json
import signal
import subprocess
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from decoys import decoyed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checkout import Checkout


class Told(NamedTuple):
    """How a command ended."""

    code: int
    stdout: str
    stderr: str


@dataclass
class Dev:
    """`dev`, up; `addresses` is what it printed."""

    checkout: Checkout
    addresses: dict[str, str]

    def run(self, *args: str, settings: bool = False) -> Told:
        """A command that knows where the webserver is, and nothing else unless `settings`."""
        env = {"SHEET_ASSETS_WEBSERVER_URL": self.addresses["Dagster"]}
        if settings:
            file = self.addresses["settings"]
            home = str(Path(file).parent / "dagster_home")
            env = {"SHEET_ASSETS_SETTINGS_FILE": file, "DAGSTER_HOME": home}
        result = subprocess.run(
            args,
            env={**self.checkout.env, **env},
            # Without the .env.
            cwd=self.checkout.root,
            capture_output=True,
            text=True,
            check=False,
            # As long as a load waits for another one, which the daemon may have begun.
            timeout=320,
        )
        return Told(result.returncode, result.stdout, result.stderr)

    def query(self, text: str) -> Any:
        """The data of a GraphQL answer."""
        request = urllib.request.Request(
            self.addresses["GraphQL"],
            json.dumps({"query": text}).encode(),
            {"content-type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)["data"]

    def waited_for(self, text: str, *until: str, seconds: float = 90) -> str:
        """The answer to a query once one of `until` stands in it."""
        deadline = time.monotonic() + seconds
        while not any(word in (answer := json.dumps(self.query(text))) for word in until):
            assert time.monotonic() < deadline, answer
            time.sleep(0.5)
        return answer


@pytest.fixture(scope="module")
def dev(copied_project: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dev]:
    """One `dev` for all tests of a file; SIGTERM ends it, with all its processes."""
    with decoyed(copied_project, tmp_path_factory.mktemp("production")) as checkout:
        with checkout.start("dev", "--json", stderr=subprocess.DEVNULL) as process:
            assert process.stdout is not None
            yield Dev(checkout, json.loads(process.stdout.readline()))
            assert len(checkout.left()) > 5
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=60) == 128 + signal.SIGTERM
        checkout.assert_nothing_left()
