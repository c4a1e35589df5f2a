"""What an alert says of a failure: the reason and the cells, and never a value of a cell.

A run's own sentence may quote what somebody typed, and so may other people's exceptions. It is
passed on only where this package makes it of names, numbers and settings; of the rest an alert
says the kind, and where to read more.
"""

from collections.abc import Mapping
from typing import Any

import dagster as dg

from sheet_assets import errors

_SHOWN_CELLS = 10
_SENTENCE_CHARACTERS = 500

_TOLD_AS_THEY_ARE = {
    kind.__name__
    for kind in (
        errors.SettingError,
        errors.SheetNotFoundError,
        errors.SheetPermissionError,
        errors.SheetQuotaError,
        errors.SheetUnavailableError,
        errors.SheetChangedError,
        errors.TooFewRowsError,
        errors.BucketNotFoundError,
        errors.ObjectAccessError,
        errors.ObjectCredentialsError,
        errors.ObjectStoreUnavailableError,
        errors.VersionNotFoundError,
    )
}
_KINDS = {
    # It lists the headers there are, which are values when the header row was deleted.
    "SheetHeaderError": "A header that the contract declares is missing or stands twice.",
    "SheetTooLargeError": "It is larger than Google Sheets allows.",
    "CopyRejectedError": "Redshift's COPY did not take the file.",
    "QueryError": "A statement failed in Redshift.",
    "ContractError": "The table in Redshift is not what the contract says.",
    "WarehouseUnavailableError": "Redshift cannot be reached, or gave way to others every time.",
}
_RUN_FAILURES = {
    "UNEXPECTED_TERMINATION": "Its process ended unexpectedly.",
    "RUN_EXCEPTION": "It failed outside of its steps.",
    "JOB_INITIALIZATION_FAILURE": "It could not be set up; does the code location load?",
    "START_TIMEOUT": "It did not start in time.",
    "RUN_WORKER_RESTART": "Its process was started anew, and could not go on.",
}


def of_step(failure: Any) -> str:
    """Why a step failed, from the `step_failure_data` of its event."""
    said = failure.user_failure_data
    metadata = said.metadata if said else {}
    kind = str(metadata["error"].value) if "error" in metadata else ""
    if kind == "CellError":
        return of_cells(metadata)
    if kind == "RowCheckError":
        return _of_checks(metadata)
    if kind in _TOLD_AS_THEY_ARE and said.description:
        return _cut(said.description)
    if kind in _KINDS:
        return _KINDS[kind]
    return f"It failed with {kind or _class_name(failure.error)}; the run says why."


def of_cells(metadata: Mapping[str, Any]) -> str:
    """`2 wrong cells: Responses!C17 (score), Responses!C18 (score)`."""
    records = [record.data for record in metadata["cells"].records]
    count = int(metadata["wrong_cells"].value)
    shown = [f"{record['cell']} ({record['header']})" for record in records[:_SHOWN_CELLS]]
    more = f" and {count - len(shown):,} more" if count > len(shown) else ""
    return f"{count:,} wrong cell{'' if count == 1 else 's'}: {', '.join(shown)}{more}."


def _of_checks(metadata: Mapping[str, Any]) -> str:
    """`2 checks do not hold: date_is_a_key, answers_add_up.`."""
    names = [record.data["check"] for record in metadata["broken_checks"].records]
    more = f" and {len(names) - _SHOWN_CELLS} more" if len(names) > _SHOWN_CELLS else ""
    do = "1 check does" if len(names) == 1 else f"{len(names)} checks do"
    return f"{do} not hold: {', '.join(names[:_SHOWN_CELLS])}{more}."


def of_run(run: dg.DagsterRun) -> str:
    """Why a run failed in which no step did."""
    reason = run.tags.get("dagster/failure_reason", "")
    return _RUN_FAILURES.get(reason, "No step of it failed; the run says why.")


def is_failed_check(failure: Any) -> bool:
    """Whether a step only failed because a blocking check did."""
    return bool(failure.error and failure.error.cls_name == "DagsterAssetCheckFailedError")


def _class_name(error: Any) -> str:
    """Dagster's own exception is around the one that was raised."""
    while error and error.cause:
        error = error.cause
    return str(error.cls_name or "an error") if error else "an error"


def _cut(text: str) -> str:
    if len(text) <= _SENTENCE_CHARACTERS:
        return text
    return text[: _SENTENCE_CHARACTERS - 1] + "…"
