"""One COPY while it runs, and what the client is told about it."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

from sheet_assets.sandbox.redshift import wire
from sheet_assets.sandbox.redshift.catalog import LoadError
from sheet_assets.sandbox.redshift.refusal import RefusedError, RejectedRowError
from sheet_assets.sandbox.redshift.rows import Column

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sheet_assets.sandbox.redshift.copy import CopyCommand
    from sheet_assets.sandbox.redshift.load import Load

_LINE = re.compile(r"^(COPY .*?, line )(\d+)")

# Redshift's load error reference, by the type of the column that PostgreSQL could not read.
_ERROR_CODES = {
    "int2": 1207,
    "int4": 1207,
    "int8": 1207,
    "numeric": 1209,
    "float4": 1208,
    "float8": 1208,
    "bool": 1210,
    "date": 1205,
    "timestamp": 1206,
    "timestamptz": 1206,
}
_ERROR_CODES_BY_SQLSTATE = {"23502": 1213, "22003": 1204, "22001": 1204, "22021": 1220}


class CopyRun:
    """What is known of a running COPY: its table's columns, its data, why it failed."""

    def __init__(self, command: CopyCommand) -> None:
        self.command = command
        self.columns: list[Column] = []
        self.query_id = 0
        self.transaction_id = 0
        self.table_id = 0
        self.load: Load | None = None
        self.failure: RefusedError | RejectedRowError | None = None
        self.after = b""
        """Messages that follow the data, in the extended protocol."""
        self.over = asyncio.Event()

    def describe(self, values: list[str | None]) -> None:
        """Take one row of what sandbox_begin_copy answers."""
        numbers, (name, type_name, size) = values[:3], values[3:]
        self.query_id, self.transaction_id, self.table_id = (int(value or 0) for value in numbers)
        self.columns.append(Column(name or "", type_name or "", int(size) if size else None))

    def completed(self) -> bytes:
        """What the client gets when it has loaded: Redshift's notice and command tag."""
        rows = self.load.rows if self.load is not None else 0
        notice = wire.response(
            b"N",
            {
                "S": "INFO",
                "V": "INFO",
                "C": "00000",
                "M": f"Load into table '{self.command.table}' completed, {rows} record(s) "
                "loaded successfully.",
            },
        )
        # Redshift's tag has no count; drivers that read one ask for server_version first.
        return notice + wire.frame(b"C", wire.terminated("COPY"))

    def explain(
        self, said: Mapping[str, str], session_id: int
    ) -> tuple[RefusedError | None, LoadError | None]:
        """What the client gets in place of PostgreSQL's error, and what is recorded.

        `said` are the fields of PostgreSQL's ErrorResponse. Nothing takes its place when it is
        not about the data: a cancelled statement, a deadlock.
        """
        if isinstance(self.failure, RefusedError):
            return self.failure, None
        if self.load is None:
            return None, None
        context = ""
        if isinstance(self.failure, RejectedRowError):
            row = self.failure
            file, line, column, code = self.load.current_file, row.line, row.column, row.error_code
            reason = row.message
        elif said.get("C", "")[:2] in {"22", "23"}:
            context, reason = said.get("W", ""), said.get("M", "")
            match = _LINE.search(context)
            file, line = self.load.locate(int(match.group(2))) if match else ("", 0)
            context = _LINE.sub(lambda found: f"{found.group(1)}{line}", context)
            column = said.get("c") or self._column_in(context)
            code = self._error_code(said.get("C", ""), column)
        else:
            return None, None
        detail = f"{reason} ({file}, line {line}{f', column {column}' if column else ''})"
        if context:
            detail += f"\n{context}"
        refused = RefusedError(
            f"Load into table '{self.command.table}' failed.  Check 'sys_load_error_detail' "
            "system table for details.",
            detail=detail,
        )
        found = next((item for item in self.columns if item.name == column), None)
        return refused, LoadError(
            query_id=self.query_id,
            transaction_id=self.transaction_id,
            session_id=session_id,
            table_id=self.table_id,
            file_name=file,
            line_number=line,
            column_name=column,
            column_type=found.type if found else "",
            column_length=str(found.size) if found and found.size else "",
            error_code=code,
            error_message=reason,
        )

    def _column_in(self, context: str) -> str:
        # COPY t, line 3, column score: "abc"; a name may itself have a colon.
        _, _, rest = context.partition(", column ")
        named = [item.name for item in self.columns if rest.startswith(f"{item.name}:")]
        return max(named, key=len, default="")

    def _error_code(self, sqlstate: str, column: str) -> int:
        if sqlstate in _ERROR_CODES_BY_SQLSTATE:
            return _ERROR_CODES_BY_SQLSTATE[sqlstate]
        types = [item.type for item in self.columns if item.name == column]
        return _ERROR_CODES.get(types[0], 1200) if types else 1200
