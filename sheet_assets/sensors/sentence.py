"""How a tick fails: with one sentence."""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from sheet_assets.errors import SheetAssetsError


@contextmanager
def sentence() -> Iterator[None]:
    """Fail the tick with an error's sentence.

    Dagster wraps other people's exceptions in one that names the sensor only, but not its own.

    Raises:
        dagster.DagsterError: instead of a SheetAssetsError.
    """
    try:
        yield
    except SheetAssetsError as error:
        raise dg.DagsterError(str(error)) from None
