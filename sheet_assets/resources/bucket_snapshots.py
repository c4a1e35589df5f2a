"""The IO manager that passes a sheet's version from step to step by way of the bucket.

```
<prefix>/<name>/parts/…                            where the parts of every version are
<prefix>/.steps/<asset key>/<run id>.json          the version that a run's step has made
<prefix>/.steps/<asset key>/latest.json            what a run without the earlier step takes
```
"""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg
from pydantic import ValidationError

from sheet_assets.clients.s3 import VersionStore
from sheet_assets.errors import SheetAssetsError
from sheet_assets.resources.aws import S3Versions
from sheet_assets.warehouse.manifest import SheetVersion


class BucketSnapshotIOManager(dg.ConfigurableIOManager):
    """Keeps what `sheet_csv` and `s3_object` give to the step after them, for steps on any host.

    The parts go to their place in the bucket, so nothing is uploaded twice; with the manifest
    that `s3_object` writes they become a version. Nothing is removed here: what lies below
    `.steps` may expire by a lifecycle rule, and says then what to materialize together.
    """

    s3: S3Versions

    def handle_output(self, context: dg.OutputContext, obj: SheetVersion) -> None:
        """Upload the parts, then the version, then say that it is the latest.

        Raises:
            dagster.Failure: S3 does not take them.
        """
        with _sentences():
            store = self.s3.store()
            if obj.folder is not None:
                store.put_parts(obj.snapshot, obj.folder)
            for name in (context.run_id, "latest"):
                text = obj.model_dump_json().encode()
                store.objects.write(_key(store, context.asset_key, name), text, "application/json")

    def load_input(self, context: dg.InputContext) -> SheetVersion:
        """The version of this run, or else the latest.

        Raises:
            dagster.Failure: the earlier asset was never materialized, or S3 does not answer.
        """
        with _sentences():
            store = self.s3.store()
            keys = [
                _key(store, context.asset_key, name)
                for name in (context.step_context.run_id, "latest")
            ]
            text = store.objects.read(keys[0]) or store.objects.read(keys[1])
        try:
            return SheetVersion.model_validate_json(text or b"")
        except ValidationError as error:
            raise dg.Failure(
                f"What {context.asset_key.to_user_string()} has made does not lie in S3 (at "
                f"{store.objects.url(keys[1])}). Materialize it together with this asset.",
                metadata={"error": type(error).__name__},
                allow_retries=False,
            ) from None


def _key(store: VersionStore, asset: dg.AssetKey, name: str) -> str:
    return "/".join(filter(None, [store.prefix.strip("/"), ".steps", *asset.path, f"{name}.json"]))


@contextmanager
def _sentences() -> Iterator[None]:
    """Outside of an asset Dagster would show a traceback."""
    try:
        yield
    except SheetAssetsError as error:
        raise dg.Failure(
            str(error), metadata={"error": type(error).__name__}, allow_retries=error.transient
        ) from None
