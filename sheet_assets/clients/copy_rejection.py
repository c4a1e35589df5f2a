"""A COPY that Redshift refused: which cell of the sheet, or which line of a file, and why."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from sheet_assets.errors import (
    CellError,
    CopyRejectedError,
    ObjectStoreError,
    WarehouseError,
    WrongCell,
)
from sheet_assets.sheets.a1 import Cell
from sheet_assets.sheets.contract import Column
from sheet_assets.sheets.shown import BLANK, HIDDEN, sentence, shown

if TYPE_CHECKING:
    from sheet_assets.clients.redshift import Session
    from sheet_assets.clients.s3 import VersionStore
    from sheet_assets.warehouse.manifest import Part, SheetVersion, Snapshot
    from sheet_assets.warehouse.target import Target

# The message only says that this table has more; STL_LOAD_ERRORS has no rows on Serverless.
# The session's own id and newest row: no other COPY of this session can be meant.
_SESSION_ID = "SELECT pg_backend_pid()"
_LOAD_ERROR = """
SELECT trim(file_name), line_number, trim(column_name), trim(error_message)
FROM sys_load_error_detail WHERE session_id = %(session_id)s
ORDER BY start_time DESC LIMIT 1
"""

# What a refusal that is not about a row says, and what helps.
_REMEDIES = (
    (
        "not authorized to assume IAM Role",
        "Correct REDSHIFT_IAM_ROLE, and attach that role to the cluster or workgroup.",
    ),
    (
        "PermanentRedirect",
        "The bucket must be in the warehouse's region: correct SHEET_ASSETS_S3_BUCKET.",
    ),
    (
        "Error AccessDenied",
        "The role in REDSHIFT_IAM_ROLE needs s3:GetObject and s3:ListBucket on the bucket.",
    ),
    (
        "does not exist",
        "A file of this version is gone from S3: run the whole sheet again, which uploads it.",
    ),
)
# Redshift quotes the value: Invalid digit, Value 'x', Pos 0, Type: Integer.
_VALUE = re.compile(r"[:,]?\s*(?:Value\s*)?['\"].*", re.DOTALL)


class _LoadError(NamedTuple):
    file: str
    line: int
    column: str
    reason: str


class _Row(NamedTuple):
    """A row of the snapshot, from 0, and its values by column where they are known."""

    number: int
    values: dict[str, str | None] | None


def explained(
    session: Session,
    error: CopyRejectedError,
    target: Target,
    version: SheetVersion,
    store: VersionStore | None = None,
) -> CopyRejectedError | CellError:
    """The same refusal with the cell, or the file, line and column, and the reason.

    A value is shown only if its column is known and not sensitive. `session` is the one whose
    COPY failed; `store` is needed for the cell where texts may break lines.
    """
    said = str(error)
    if "load_error" in said:
        found = _load_error(session)
        if found:
            wrong = _wrong_cell(found, target, version, store)
            if wrong:
                return CellError(sentence([wrong]), [wrong])
            where = f"{found.file}, line {found.line}"
            where += f', column "{found.column}"' if found.column else ""
            said = f"COPY did not take {where}: {found.reason}."
    else:
        remedy = next((remedy for text, remedy in _REMEDIES if text in said), "")
        said = f"{said.rstrip('.')}. {remedy}".rstrip()
    return CopyRejectedError(f"{said} The table {target} is as it was.")


def _load_error(session: Session) -> _LoadError | None:
    try:
        pid = session.value(_SESSION_ID)
        rows = session.query(_LOAD_ERROR, {"session_id": pid})
    except WarehouseError:
        # The user may not read it, or the connection is gone: what was said must do.
        return None
    if not rows:
        return None
    file, line, column, reason = rows[0]
    return _LoadError(file, int(line), column, _VALUE.sub("", reason).rstrip(". "))


def _wrong_cell(
    error: _LoadError, target: Target, version: SheetVersion, store: VersionStore | None
) -> WrongCell | None:
    """The cell of the sheet; None where it cannot be told for sure."""
    reading, origin = version.reading, version.reading.origin
    row = _row(error, version.snapshot, store)
    if origin is None or row is None or error.column not in origin.columns:
        return None
    try:
        sheet_row = origin.sheet_row(row.number)
    except IndexError:
        return None
    column = next((each for each in target.columns if each.name == error.column), None)
    value, but = HIDDEN, "is refused by Redshift"
    if row.values is not None and isinstance(column, Column) and not column.sensitive:
        text = row.values[error.column]
        value, but = (BLANK, "but Redshift refuses that") if text is None else (shown(text), but)
    return WrongCell(
        reading.worksheet or version.snapshot.name,
        str(Cell(sheet_row, origin.columns[error.column])),
        origin.headers[error.column],
        value,
        f"{but}: {error.reason}",
        "type",
        error.column,
    )


def _row(error: _LoadError, snapshot: Snapshot, store: VersionStore | None) -> _Row | None:
    """The row that a line of a part belongs to. Lines count from 1, the header is the first."""
    before = 0
    for part in snapshot.parts:
        # The catalog keeps 256 bytes of a URL.
        if error.file.endswith(part.file_name):
            break
        before += part.rows
    else:
        return None
    if store is not None:
        return _row_in_part(error.line, snapshot, part, before, store)
    # Without a look into the file: no other type has values of several lines.
    if any(column.type.kind == "varchar" for column in snapshot.columns):
        return None
    return _Row(before + error.line - 2, None)


def _row_in_part(
    line: int, snapshot: Snapshot, part: Part, before: int, store: VersionStore
) -> _Row | None:
    names = [column.name for column in snapshot.columns]
    last_line = 1
    try:
        rows = store.rows(snapshot.model_copy(update={"parts": (part,)}))
        for index, values in enumerate(rows):
            # A text's own line breaks are lines of the file, too.
            last_line += 1 + sum(text.count("\n") for text in values if text is not None)
            if last_line >= line:
                return _Row(before + index, dict(zip(names, values, strict=True)))
    except ObjectStoreError:
        pass  # the part is gone or damaged: the line must do
    return None
