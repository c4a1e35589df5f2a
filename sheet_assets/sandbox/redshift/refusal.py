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
