"""The pytest plugin: the fixture `sheet_assets_sandbox`.

pytest loads this module wherever the package is installed, so it imports nothing but pytest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sheet_assets.sandbox import Sandbox
    from sheet_assets.testing.sandbox import SheetAssetsSandbox


@pytest.fixture(scope="session")
def sheet_assets_sandbox_servers() -> Iterator[Sandbox]:
    """Google, S3 and Redshift on this machine, started once. Ask for `sheet_assets_sandbox`."""
    from sheet_assets.cli.sandboxed import new_sandbox  # noqa: PLC0415 - only where it is used

    with new_sandbox(with_quota=False) as servers:
        yield servers


@pytest.fixture
def sheet_assets_sandbox(
    sheet_assets_sandbox_servers: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[SheetAssetsSandbox]:
    """Google Sheets, S3 and Redshift for one test, empty; this process's settings name them."""
    from sheet_assets.testing.sandbox import SheetAssetsSandbox  # noqa: PLC0415 - as above

    made = SheetAssetsSandbox(
        sheet_assets_sandbox_servers, tmp_path_factory.mktemp("sheet_assets_sandbox")
    )
    for name, value in made.environment.items():
        if value:
            monkeypatch.setenv(name, value)
        else:
            monkeypatch.delenv(name, raising=False)
    with made:
        yield made
