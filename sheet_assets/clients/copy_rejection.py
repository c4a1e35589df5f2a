"""A COPY that Redshift refused: which file, line and column, why, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheet_assets.errors import CopyRejectedError, WarehouseError

if TYPE_CHECKING:
    from sheet_assets.clients.redshift import Session

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


def explained(session: Session, error: CopyRejectedError, target: object) -> CopyRejectedError:
    """The same refusal with file, line, column and reason, which Redshift keeps in a table.

    No value of the row is in it. `session` is the one whose COPY failed.
    """
    said = str(error)
    if "load_error" in said:
        try:
            pid = session.value(_SESSION_ID)
            rows = session.query(_LOAD_ERROR, {"session_id": pid})
        except WarehouseError:
            # The user may not read it, or the connection is gone: what was said must do.
            rows = []
        if rows:
            file, line, column, reason = rows[0]
            where = f"{file}, line {line}" + (f', column "{column}"' if column else "")
            said = f"COPY did not take {where}: {reason}."
    else:
        remedy = next((remedy for text, remedy in _REMEDIES if text in said), "")
        said = f"{said.rstrip('.')}. {remedy}".rstrip()
    return CopyRejectedError(f"{said} The table {target} is as it was.")
