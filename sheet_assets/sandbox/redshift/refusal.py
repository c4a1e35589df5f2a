"""What the Redshift server refuses to do, in Redshift's words where they are known."""

from __future__ import annotations


class RefusedError(Exception):
    """A statement that fails; it reaches the client as an ErrorResponse."""

    def __init__(
        self, message: str, *, sqlstate: str = "XX000", detail: str = "", hint: str = ""
    ) -> None:
        super().__init__(message)
        self.message = message
        self.sqlstate = sqlstate
        self.detail = detail
        self.hint = hint

    @classmethod
    def unimplemented(cls, what: str) -> RefusedError:
        """Something of Redshift's that this sandbox does not have."""
        return cls(f"the Redshift sandbox does not implement {what}", sqlstate="0A000")


class RejectedRowError(Exception):
    """A row of a file that does not fit its table.

    `line` counts the file's own lines from 1; `error_code` is a code of Redshift's load error
    reference.
    """

    def __init__(self, message: str, *, line: int, column: str, error_code: int) -> None:
        # A value may hold what neither the wire nor a text of PostgreSQL can carry.
        readable = message.encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")
        super().__init__(readable)
        self.message = readable
        self.line = line
        self.column = column
        self.error_code = error_code
