"""Google Sheets v4 and Drive v3: the calls this package makes, with errors in sentences."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import orjson

from sheet_assets.clients import google_http
from sheet_assets.clients.google_errors import Right, translated, understood
from sheet_assets.clients.spreadsheet import parse_spreadsheet
from sheet_assets.errors import SheetError, SheetNotFoundError
from sheet_assets.sheets.a1 import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sheet_assets.clients.application_default import ApplicationDefault
    from sheet_assets.clients.quota import Quota
    from sheet_assets.clients.spreadsheet import Spreadsheet

_SHEETS = "https://sheets.googleapis.com/v4/spreadsheets"
_DRIVE = "https://www.googleapis.com/drive/v3"
_ALL_DRIVES = {"supportsAllDrives": "true"}
_UNFORMATTED = {
    "valueRenderOption": "UNFORMATTED_VALUE",
    "dateTimeRenderOption": "SERIAL_NUMBER",
    "prettyPrint": "false",
}
_DISPLAYED = {"valueRenderOption": "FORMATTED_VALUE", "prettyPrint": "false"}


@dataclass(frozen=True)
class DriveFile:
    """What Drive says of a spreadsheet; `version` grows with every change, also invisible ones.

    `can_edit` is whether the account may.
    """

    name: str
    version: int
    modified_at: dt.datetime
    modified_by: str | None
    can_edit: bool


@dataclass(frozen=True)
class Changes:
    """What changed since a page token; a removed file has no version."""

    versions: Mapping[str, int]
    removed: frozenset[str]
    next_page_token: str


class GoogleClient:
    """Google's APIs as one service account.

    Args:
        account: The parsed JSON key of a service account, or application-default credentials.
        quota: Counts Sheets requests before they are sent.
        endpoint: Where all of Google's hosts are instead of at Google.
        retry_seconds: How long a failing request is tried again, in all.
    """

    def __init__(
        self,
        account: Mapping[str, Any] | ApplicationDefault,
        *,
        quota: Quota,
        endpoint: str | None = None,
        retry_seconds: float = 300.0,
    ) -> None:
        self._account = account
        self._quota = quota
        self._endpoint = endpoint
        self._retry_seconds = retry_seconds

    @cached_property
    def _http(self) -> google_http.GoogleHTTPClient:
        return google_http.GoogleHTTPClient(
            google_http.credentials(self._account),
            endpoint=self._endpoint,
            quota=self._quota,
            retry_seconds=self._retry_seconds,
        )

    @property
    def email(self) -> str:
        """The address that spreadsheets are shared with."""
        return google_http.email_of(self._account)

    @property
    def api_calls(self) -> int:
        """Requests sent so far, tries included."""
        return self._http.api_calls

    @property
    def server_time(self) -> dt.datetime | None:
        """What the time was at Google, to the second, when it answered last."""
        return self._http.server_time

    def close(self) -> None:
        """Close the connections."""
        if "_http" in self.__dict__:
            self._http.close()

    def drive_file(self, spreadsheet_id: str) -> DriveFile:
        """The file's version and who changed it last.

        Raises:
            SheetNotFoundError, SheetPermissionError: it does not exist, or is not shared.
        """
        fields = "name,version,modifiedTime,lastModifyingUser/emailAddress,capabilities/canEdit"
        try:
            found = self._call(
                "get",
                f"{_DRIVE}/files/{quote(spreadsheet_id, safe='')}",
                spreadsheet_id,
                params={"fields": fields, **_ALL_DRIVES},
            )
        except SheetNotFoundError:
            # Drive says 404 of a file that is not shared, too; Sheets tells them apart.
            self._get(spreadsheet_id, fields="spreadsheetId")
            raise
        with understood():
            return DriveFile(
                name=found["name"],
                version=int(found["version"]),
                modified_at=dt.datetime.fromisoformat(found["modifiedTime"]),
                modified_by=found.get("lastModifyingUser", {}).get("emailAddress"),
                can_edit=found.get("capabilities", {}).get("canEdit", False),
            )

    def spreadsheet(
        self,
        spreadsheet_id: str,
        *,
        named_ranges: bool = False,
        tables: bool = False,
        right: Right = "viewer",
    ) -> Spreadsheet:
        """Tabs and time zone, and what else is asked for: one read.

        `right` is what the caller will need, for the sentence that asks for it.

        Raises:
            SheetNotFoundError, SheetPermissionError: it does not exist, or is not shared.
        """
        of_sheets = "properties(sheetId,title,gridProperties)"
        if tables:
            of_sheets += ",tables(name,range,rowsProperties.footerColorStyle)"
        fields = f"properties(title,timeZone),sheets({of_sheets})"
        if named_ranges:
            fields += ",namedRanges(name,range)"
        answer = self._get(spreadsheet_id, right=right, fields=fields)
        with understood():
            return parse_spreadsheet(spreadsheet_id, answer)

    def get(
        self,
        spreadsheet_id: str,
        *,
        fields: str,
        ranges: Sequence[str] = (),
        right: Right = "viewer",
    ) -> Any:
        """`spreadsheets.get` with a field mask: one read.

        `right` is what the caller will need, for the sentence that asks for it.

        Raises:
            SheetNotFoundError: also for a range whose worksheet is not there.
            SheetPermissionError: the spreadsheet is not shared.
        """
        return self._get(spreadsheet_id, right=right, fields=fields, ranges=list(ranges))

    def values(self, spreadsheet_id: str, worksheet: str) -> list[list[Any]]:
        """All values of a worksheet, unformatted, dates as serial numbers: one read.

        Rows are ragged: trailing blank cells and rows are left out.

        Raises:
            SheetNotFoundError, SheetPermissionError: it does not exist, or is not shared.
        """
        # Quoted: a bare title could also be the name of a named range.
        name = quoted(worksheet)
        answer = self._call(
            "get",
            f"{_SHEETS}/{quote(spreadsheet_id, safe='')}/values/{quote(name, safe='')}",
            spreadsheet_id,
            params=_UNFORMATTED,
        )
        with understood():
            # An empty sheet's answer has no values, but says of which range.
            values: list[list[Any]] = answer.get("values", []) if answer["range"] else []
        return values

    def batch_values(
        self,
        spreadsheet_id: str,
        ranges: Sequence[str],
        *,
        displayed: bool = False,
        by_columns: bool = False,
    ) -> list[list[list[Any]]]:
        """The values of each range, in A1 notation, as `values` gives them: one read in all.

        Args:
            spreadsheet_id: The spreadsheet.
            ranges: At least one; beyond the grid there are no values.
            displayed: Give what the cells show, as texts, instead of what they hold.
            by_columns: Give columns instead of rows: of many rows it is parsed in half the time.
                Each ends with its last cell that is not blank.

        Raises:
            SheetNotFoundError: also for a range whose worksheet is not there.
            SheetPermissionError: the spreadsheet is not shared.
        """
        answer = self._call(
            "get",
            f"{_SHEETS}/{quote(spreadsheet_id, safe='')}/values:batchGet",
            spreadsheet_id,
            params={
                **(_DISPLAYED if displayed else _UNFORMATTED),
                **({"majorDimension": "COLUMNS"} if by_columns else {}),
                "ranges": list(ranges),
            },
        )
        with understood():
            # A blank range has no values, but its name: nothing else is taken for an empty sheet.
            found = [each.get("values", []) for each in answer["valueRanges"] if each["range"]]
            if len(found) == len(ranges):
                return found
            raise LookupError(f"{len(found)} ranges of {len(ranges)}")

    def batch_update(
        self,
        spreadsheet_id: str,
        updates: Sequence[Mapping[str, Any]],
        *,
        applied: Callable[[], bool] | None = None,
    ) -> None:
        """`spreadsheets.batchUpdate`: all of the requests are applied, or none; one write.

        It may be sent twice (a 503 can come after the write was applied), so the requests
        must do the same when applied again; or `applied` looks, after a refusal, whether an
        earlier try has done it.

        Raises:
            SheetPermissionError: the account may not edit the spreadsheet.
            SheetError: Google refuses it, or did not answer.
        """
        try:
            self._call(
                "post",
                f"{_SHEETS}/{quote(spreadsheet_id, safe='')}:batchUpdate",
                spreadsheet_id,
                body={"requests": list(updates)},
                right="editor",
            )
        except SheetError:
            if applied is not None:
                with suppress(SheetError):
                    if applied():
                        return
            raise

    def update_values(
        self, spreadsheet_id: str, cells: str, rows: Sequence[bytes]
    ) -> list[list[Any]]:
        """`spreadsheets.values.update`, RAW: nothing is parsed; one write.

        Args:
            spreadsheet_id: The spreadsheet.
            cells: The range, in A1 notation.
            rows: Each as a JSON array.

        Returns:
            What the cells hold then, as `values` gives it.

        Raises:
            SheetPermissionError: the account may not edit the spreadsheet.
            SheetError: Google refuses it, or did not answer.
        """
        values = orjson.Fragment(b"[" + b",".join(rows) + b"]")
        answer = self._call(
            "put",
            f"{_SHEETS}/{quote(spreadsheet_id, safe='')}/values/{quote(cells, safe='')}",
            spreadsheet_id,
            params={
                "valueInputOption": "RAW",
                "includeValuesInResponse": "true",
                "responseValueRenderOption": "UNFORMATTED_VALUE",
                "responseDateTimeRenderOption": "SERIAL_NUMBER",
                "prettyPrint": "false",
            },
            body={"range": cells, "majorDimension": "ROWS", "values": values},
            right="editor",
        )
        with understood(writes=True):
            written: list[list[Any]] = answer["updatedData"].get("values", [])
        return written

    def start_page_token(self) -> str:
        """Where the list of changes begins, from now on."""
        answer = self._call("get", f"{_DRIVE}/changes/startPageToken", None, params=_ALL_DRIVES)
        with understood():
            return str(answer["startPageToken"])

    def changes(self, page_token: str) -> Changes:
        """Every file that changed since the token was given: one Drive call a thousand changes.

        Raises:
            SheetError: Google does not know the token.
        """
        versions: dict[str, int] = {}
        removed: set[str] = set()
        token: str | None = page_token
        while token:
            answer = self._call(
                "get",
                f"{_DRIVE}/changes",
                None,
                params={
                    "pageToken": token,
                    "pageSize": 1000,
                    "spaces": "drive",
                    "includeItemsFromAllDrives": "true",
                    "fields": "newStartPageToken,nextPageToken,"
                    "changes(fileId,removed,file(version,trashed))",
                    **_ALL_DRIVES,
                },
            )
            with understood():
                for change in answer.get("changes", []):
                    file = change.get("file", {})
                    if change.get("removed") or file.get("trashed"):
                        removed.add(change["fileId"])
                        versions.pop(change["fileId"], None)
                    elif "version" in file:
                        removed.discard(change["fileId"])
                        versions[change["fileId"]] = int(file["version"])
                token = answer.get("nextPageToken")
                if token is None:
                    page_token = answer["newStartPageToken"]
        return Changes(versions, frozenset(removed), page_token)

    def drive_list(self, collection: str, **params: Any) -> Any:
        """One page of a list of Drive's, such as `files`.

        Raises:
            SheetError: Google refused, or did not answer.
        """
        return self._call("get", f"{_DRIVE}/{collection}", None, params={**params, **_ALL_DRIVES})

    def _get(self, spreadsheet_id: str, *, right: Right = "viewer", **params: Any) -> Any:
        return self._call(
            "get",
            f"{_SHEETS}/{quote(spreadsheet_id, safe='')}",
            spreadsheet_id,
            params=params,
            right=right,
        )

    def _call(
        self,
        method: str,
        url: str,
        spreadsheet_id: str | None,
        *,
        params: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        right: Right = "viewer",
    ) -> Any:
        with translated(self.email, spreadsheet_id, right=right, writes=body is not None):
            return self._http.call(method, url, params=params, body=body)
