"""The whole error tree: what went wrong, in a sentence, and what to do about it.

```
SheetAssetsError
├── SettingError                a setting is missing or malformed
├── SheetError
│   ├── SheetNotFoundError      no such spreadsheet or worksheet
│   ├── SheetPermissionError    the spreadsheet is not shared with the service account
│   ├── SheetQuotaError*        Google's quota is used up
│   ├── SheetUnavailableError*  Google cannot be reached or answers with a server error
│   ├── SheetHeaderError        a declared header is missing or stands twice
│   ├── CellError               carries every wrong cell of a sheet
│   ├── TooFewRowsError         the sheet is empty, or shorter than its contract allows
│   ├── SheetChangedError*      someone edited the sheet again and again while it was read
│   └── SheetTooLargeError      beyond 10 million cells or 50,000 characters
├── ObjectStoreError
│   ├── BucketNotFoundError
│   ├── ObjectAccessError       credentials or a policy refuse it
│   │   └── ObjectCredentialsError  there are no credentials, or AWS does not accept them
│   ├── VersionNotFoundError    no such version of a sheet, or none as old as that
│   └── ObjectStoreUnavailableError*
├── WarehouseError
│   ├── CopyRejectedError       a COPY did not take a file: file, line, column, reason
│   ├── RowCountError           a table would not hold the rows that its load says
│   ├── RowCheckError           carries every check that a query's rows, or what it reads, break
│   ├── QueryError              a statement failed
│   ├── ContractError           the table is not what the contract says
│   └── WarehouseUnavailableError*
├── SharedStateUnavailableError*  the PostgreSQL that hosts share cannot be asked
├── OperationsError             the Dagster webserver refuses, or has nothing of that name
│   └── WebserverUnavailableError*
├── UsersError                  a user of the webserver, or the file of all of them
├── ServeError                  the webserver cannot be started like this
└── SandboxError                the sandbox cannot start or does not implement something
```

`*` is transient: the same call may work later.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class WrongCell:
    """One cell that does not satisfy the contract.

    `value` is what stands in the cell as text, at most 40 characters, masked for a
    `sensitive` column. `rule` is the field of the contract that refuses it: type, required,
    unique, key, min, max, allowed, pattern or formula_errors; `column` is its name there.
    """

    worksheet: str
    address: str
    header: str
    value: str
    reason: str
    rule: str = "type"
    column: str = ""

    def __str__(self) -> str:
        return f'{self.worksheet}!{self.address} "{self.header}": {self.value} {self.reason}'


class SheetAssetsError(Exception):
    """Base of every error this package raises; its text is a sentence with the remedy."""

    transient = False


class SettingError(SheetAssetsError):
    """A setting is missing or malformed; the text names it and where to set it."""


class SheetError(SheetAssetsError):
    """Something about a spreadsheet."""


class SheetNotFoundError(SheetError):
    """The spreadsheet or worksheet does not exist; the text lists what there is."""


class SheetPermissionError(SheetError):
    """The spreadsheet is not shared; the text names the e-mail to share it with."""


class SheetQuotaError(SheetError):
    """Google's quota a minute is used up, also after waiting for it."""

    transient = True


class SheetUnavailableError(SheetError):
    """Google could not be reached, or answered with a server error to the last try."""

    transient = True


class SheetHeaderError(SheetError):
    """A header that the contract declares is missing or stands twice."""


class CellError(SheetError):
    """Cells that do not satisfy the contract: all of a sheet at once, in `cells`."""

    def __init__(self, message: str, cells: Sequence[WrongCell]) -> None:
        super().__init__(message)
        self.cells = tuple(cells)


class TooFewRowsError(SheetError):
    """The sheet has no rows and may not be empty, or fewer than `min_rows`."""


class SheetChangedError(SheetError):
    """A sheet that is read in pages was edited in between, also when it was read again."""

    transient = True


class SheetTooLargeError(SheetError):
    """Beyond Google's limits: 10 million cells a spreadsheet, 50,000 characters a cell."""


class ObjectStoreError(SheetAssetsError):
    """Something about S3."""


class BucketNotFoundError(ObjectStoreError):
    """The bucket does not exist in this account and region."""


class ObjectAccessError(ObjectStoreError):
    """The credentials or a policy do not allow it."""


class ObjectCredentialsError(ObjectAccessError):
    """There are no credentials, or AWS does not accept them: no policy would help."""


class VersionNotFoundError(ObjectStoreError):
    """A sheet has no such version, or none that was read before a date; lists what there is."""


class ObjectStoreUnavailableError(ObjectStoreError):
    """S3 could not be reached, or answered with a server error to the last try."""

    transient = True


class WarehouseError(SheetAssetsError):
    """Something about Redshift."""


class CopyRejectedError(WarehouseError):
    """A COPY did not take a file; the text has file, line, column and reason."""


class RowCountError(WarehouseError):
    """After a load the table would hold another number of rows; nothing was committed."""


@dataclass(frozen=True)
class BrokenCheck:
    """A check that does not hold: how many rows break it, and a sentence with the first."""

    check: str
    count: int
    said: str


class RowCheckError(WarehouseError):
    """Rows are not as their checks say: all checks that do not hold, in `broken`."""

    def __init__(self, message: str, broken: Sequence[BrokenCheck]) -> None:
        super().__init__(message)
        self.broken = tuple(broken)


class QueryError(WarehouseError):
    """A statement failed; the text has the warehouse's own words."""


class ContractError(WarehouseError):
    """The table in the warehouse is not what the contract says."""


class WarehouseUnavailableError(WarehouseError):
    """Redshift could not be reached, or the connection was lost."""

    transient = True


class SharedStateUnavailableError(SheetAssetsError):
    """The PostgreSQL in which hosts share the quota and the locks cannot be asked."""

    transient = True


class OperationsError(SheetAssetsError):
    """The Dagster webserver refuses, or has nothing of that name; says what there is."""


class WebserverUnavailableError(OperationsError):
    """The Dagster webserver could not be reached, or did not answer in time."""

    transient = True


class UsersError(SheetAssetsError):
    """There is no such user, or one already; or the users file cannot be read or trusted."""


class ServeError(SheetAssetsError):
    """`serve` or `code-server` does not start: what it was told is unsafe, missing or in use."""


class SandboxError(SheetAssetsError):
    """The sandbox could not start, or was asked for what it does not implement."""
