"""The folders of a sheet's version: where it is written, and how it passes from step to step.

```
<base_dir>/<asset key>/<run id>/value.json   the version; its parts, if any, lie beside it
<base_dir>/<asset key>/latest                the run id that a run without the earlier step takes
```
"""

import shutil
import tempfile
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import dagster as dg
from pydantic import Field, ValidationError

from sheet_assets import private_file, settings
from sheet_assets.warehouse.manifest import SheetVersion

KEPT_SECONDS = 24 * 3600


@contextmanager
def parts_folder() -> Iterator[Path]:
    """A folder of one's own to write a version's parts into, on the disk that snapshots lie on.

    It is removed in the end; those that killed processes left behind go after a day.
    """
    base = settings.state_dir() / "parts"
    private_file.make_folder(base)
    _remove_old(base)
    with tempfile.TemporaryDirectory(dir=base) as folder:
        yield Path(folder)


class SnapshotIOManager(dg.ConfigurableIOManager):
    """Keeps what `sheet_csv` and `s3_object` give to the step after them.

    One folder a run: runs of one sheet at the same time do not see each other's files. Folders
    of runs that ended a day ago are removed, except the latest.
    """

    base_dir: str = Field(
        default="", description="The folder; empty: `snapshots` in the state directory."
    )

    def handle_output(self, context: dg.OutputContext, obj: SheetVersion) -> None:
        """Take over the parts, write the version, then say that it is the latest."""
        asset_folder = self._folder(context.asset_key)
        folder = asset_folder / context.run_id
        private_file.make_folder(folder)
        if obj.folder:
            for part in obj.snapshot.parts:
                shutil.move(obj.folder / part.file_name, folder / part.file_name)
        _write(folder / "value.json", obj.model_dump_json(), by=context.run_id)
        _write(asset_folder / "latest", context.run_id, by=context.run_id)
        _remove_old(asset_folder, keep=context.run_id)

    def load_input(self, context: dg.InputContext) -> SheetVersion:
        """The version of this run, or else the latest.

        Raises:
            dagster.Failure: the earlier asset was never materialized here, or its files are gone.
        """
        asset_folder = self._folder(context.asset_key)
        try:
            folder = asset_folder / context.step_context.run_id
            if not (folder / "value.json").is_file():
                folder = asset_folder / (asset_folder / "latest").read_text(encoding="utf-8")
            text = (folder / "value.json").read_text(encoding="utf-8")
            version = SheetVersion.model_validate_json(text)
        except (OSError, ValidationError) as error:
            raise dg.Failure(
                f"What {context.asset_key.to_user_string()} has made does not lie on this machine "
                f"(in {asset_folder}). Materialize it together with this asset.",
                metadata={"error": type(error).__name__},
                allow_retries=False,
            ) from None
        return version.model_copy(update={"folder": folder})

    def remove_version(self, key: dg.AssetKey, version: str, parts: Collection[str]) -> int:
        """Remove what runs of an asset have left here of a version; how many folders.

        `parts` are the file names of what only this version has: a run that ended half-way has
        left them without a value.json. A later step that would take it says what to do.
        """
        removed = 0
        for folder in sorted(self._folder(key).glob("*/")):
            there = _version(folder)
            if there == version or any((folder / part).exists() for part in parts):
                shutil.rmtree(folder)
                removed += 1
        return removed

    def _folder(self, key: dg.AssetKey) -> Path:
        base = Path(self.base_dir) if self.base_dir else settings.state_dir() / "snapshots"
        return base.joinpath(*key.path)


def _version(folder: Path) -> str | None:
    """The version that a run's folder holds; None where it is not whole."""
    try:
        text = (folder / "value.json").read_text(encoding="utf-8")
        return SheetVersion.model_validate_json(text).snapshot.version
    except (OSError, ValidationError):
        return None


def _write(path: Path, text: str, *, by: str) -> None:
    """Whole or not at all, also when another run writes the same file."""
    partial = path.with_name(f"{path.name}.{by}.partial")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)


def _remove_old(folder: Path, keep: str = "") -> None:
    """Remove folders that are a day old, and what killed processes have half written."""
    oldest = time.time() - KEPT_SECONDS
    for each in folder.iterdir():
        # Another run may be removing it, too.
        with suppress(FileNotFoundError):
            if each.name == keep or each.stat().st_mtime >= oldest:
                continue
            if each.is_dir():
                shutil.rmtree(each, ignore_errors=True)
            elif each.suffix == ".partial":
                each.unlink()
