from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Client

    from sheet_assets.sandbox.google import GoogleServer
    from sheet_assets.sandbox.google.sheets.workbook import Workbook
    from sheet_assets.sandbox.google.sheets.worksheet import Worksheet

RANGE = {"startRowIndex": 0, "endRowIndex": 2, "startColumnIndex": 0, "endColumnIndex": 2}
SENTENCE = (
    "You are trying to edit a protected cell or object. Please contact the spreadsheet owner to "
    "remove protection if you need to edit."
)


@pytest.fixture
def protect(
    server: GoogleServer, workbook: Workbook, connect: Callable[..., Client]
) -> Callable[..., int]:
    """Protects cells as another editor and returns the id."""
    other = connect("guard@sandbox.invalid")
    server.drive.share(workbook.spreadsheet_id, other.email)

    def protected(**fields: Any) -> int:
        body = {"protectedRange": {"range": RANGE, **fields}}
        answer = other.batch_update(workbook.spreadsheet_id, {"addProtectedRange": body}).json()
        return answer["replies"][0]["addProtectedRange"]["protectedRange"]["protectedRangeId"]

    return protected


def told(client: Client, address: str) -> dict[str, Any]:
    """The one protected range of Sheet1."""
    answer = client.get(address, fields="sheets.protectedRanges").json()
    (protected,) = answer["sheets"][0]["protectedRanges"]
    return protected


TOUCHING = [
    {"updateCells": {"range": {**RANGE, "endColumnIndex": 1}, "fields": "userEnteredValue"}},
    {"repeatCell": {"range": {"startRowIndex": 1}, "cell": {"note": "n"}, "fields": "note"}},
    {"copyPaste": {"source": {"startRowIndex": 5}, "destination": {"endRowIndex": 1}}},
    {"cutPaste": {"source": RANGE, "destination": {"rowIndex": 9}}},
    {"mergeCells": {"range": RANGE}},
    {"setDataValidation": {"range": RANGE}},
    {"deleteDimension": {"range": {"dimension": "ROWS", "startIndex": 1, "endIndex": 3}}},
    {"deleteRange": {"range": RANGE, "shiftDimension": "ROWS"}},
    {"deleteSheet": {"sheetId": 0}},
    {"deleteProtectedRange": {}},
]


@pytest.mark.parametrize("request_", TOUCHING, ids=lambda request: next(iter(request)))
def test_who_is_no_editor_is_refused(
    workbook: Workbook,
    sheet: Worksheet,
    protect: Callable[..., int],
    refused: Callable[..., str],
    request_: dict[str, Any],
) -> None:
    """Whatever would change a protected cell ends in Google's sentence, and the batch with it."""
    sheet.set_values([["kept", 1], ["kept", 2]])
    workbook.add_worksheet("other")
    protected_id = protect()
    (kind,) = request_
    if kind == "deleteProtectedRange":
        request_ = {kind: {"protectedRangeId": protected_id}}
    first = {"addSheet": {"properties": {"title": "new"}}}
    message = refused(first, request_)
    assert message.startswith(f"Invalid requests[1].{kind}: ")
    assert kind == "deleteProtectedRange" or message.endswith(SENTENCE)
    assert sheet.values() == [["kept", 1], ["kept", 2]]
    assert [each.title for each in workbook.worksheets] == ["Sheet1", "other"]


def test_values_are_refused_too(
    client: Client, address: str, sheet: Worksheet, protect: Callable[..., int]
) -> None:
    """values.update, batchUpdate, clear and batchClear: all of their ranges or none."""
    sheet.set_values([["kept"]])
    protect()
    put = client.session.put(f"{address}/values/A2?valueInputOption=RAW", json={"values": [["x"]]})
    assert (put.status_code, put.json()["error"]["message"]) == (400, SENTENCE)
    data = [{"range": cell, "values": [["x"]]} for cell in ("D1", "A1")]
    batch = client.session.post(
        f"{address}/values:batchUpdate", json={"valueInputOption": "RAW", "data": data}
    )
    assert batch.json()["error"]["message"] == f"Invalid data[1]: {SENTENCE}"
    assert client.session.post(f"{address}/values/A:A:clear").status_code == 400
    ranges = {"ranges": ["D1", "B2"]}
    assert client.session.post(f"{address}/values:batchClear", json=ranges).status_code == 400
    assert sheet.values() == [["kept"]]
    # Beside it all is free.
    free = client.session.put(f"{address}/values/C1?valueInputOption=RAW", json={"values": [["x"]]})
    assert free.status_code == 200


def test_editors_and_warnings_let_through(
    client: Client,
    address: str,
    sheet: Worksheet,
    protect: Callable[..., int],
    change: Callable[..., list[Any]],
) -> None:
    """Who is named may write, and everybody where there is only a warning."""
    write = {"updateCells": {"range": RANGE, "rows": [], "fields": "userEnteredValue"}}
    protect(editors={"users": [client.email]}, description="header")
    change(write)
    assert told(client, address) == {
        "protectedRangeId": told(client, address)["protectedRangeId"],
        "range": RANGE,
        "description": "header",
        "editors": {"users": ["owner@sandbox.invalid", client.email, "guard@sandbox.invalid"]},
        "requestingUserCanEdit": True,
    }
    change(
        {"deleteProtectedRange": {"protectedRangeId": told(client, address)["protectedRangeId"]}}
    )
    protect(warningOnly=True)
    change(write)
    assert told(client, address)["warningOnly"] is True
    assert sheet.workbook.editor is None


def test_a_protected_range_is_changed_and_moves(
    client: Client,
    address: str,
    refused: Callable[..., str],
    change: Callable[..., list[Any]],
    protect: Callable[..., int],
) -> None:
    """A mask names what changes; the cells move with rows; a tab can have holes."""
    protected_id = protect()
    body = {"protectedRangeId": protected_id, "warningOnly": True}
    update = {"protectedRange": body, "fields": "warningOnly"}
    message = refused({"updateProtectedRange": update})
    assert message.endswith("You do not have permission to edit this protected range.")
    assert "editors" not in told(client, address)
    row = {"dimension": "ROWS", "startIndex": 1, "endIndex": 2}
    change({"insertDimension": {"range": row}})
    assert told(client, address)["range"]["endRowIndex"] == 3
    hole = {"startRowIndex": 0, "endRowIndex": 1}
    body = {"range": {}, "unprotectedRanges": [hole], "protectedRangeId": 5}
    change({"addSheet": {"properties": {"sheetId": 9}}})
    body["range"] = {"sheetId": 9}
    body["unprotectedRanges"] = [{**hole, "sheetId": 9}]
    reply = change({"addProtectedRange": {"protectedRange": body}})
    assert reply[0]["addProtectedRange"]["protectedRange"]["unprotectedRanges"] == [
        {**hole, "sheetId": 9}
    ]
    assert "already exists" in refused({"addProtectedRange": {"protectedRange": body}})
    named = {"users": ["x@sandbox.invalid"]}
    wrong = {"range": RANGE, "warningOnly": True, "editors": named}
    assert refused({"addProtectedRange": {"protectedRange": wrong}}).endswith(
        "ProtectedRange is warningOnly. Editors cannot be set on it."
    )
