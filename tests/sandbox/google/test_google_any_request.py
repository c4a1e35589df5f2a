"""Requests drawn from Google's discovery documents, and near misses of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import discovery
import pytest
import requests
from any_data import JSON_DATA, TEXTS, mostly
from examples import examples
from google.auth.transport.requests import Request
from google.oauth2.service_account import Credentials
from hypothesis import given
from hypothesis import strategies as st

from sheet_assets.sandbox.google.sheets.batch_update import REQUESTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sheet_assets.sandbox.google import GoogleServer

EMAIL = "any@sandbox.invalid"
SCOPES = [f"https://www.googleapis.com/auth/{name}" for name in ("spreadsheets", "drive")]
DEEPEST = 7
# By their ids: Hypothesis prints what it draws, and a method has its whole document with it.
METHODS = {
    method.id: method for name in discovery.DOCUMENTS.values() for method in discovery.methods(name)
}
# What the sandbox has, the arrangement of a spreadsheet most of all.
FAVOURED = [
    *["sheets.spreadsheets.batchUpdate"] * 24,
    *[
        name
        for name in METHODS
        if name.startswith(("sheets.", "drive.files.", "drive.permissions.", "drive.changes."))
        and not name.endswith(("ByDataFilter", "watch"))
    ],
]
RANGES = ["A1", "Sheet1!A1:B2", "Second!B:C", "named", "A1:", "A1:ZZZ9999999", "'Sheet1'", "!", "2:3", "Nowhere!A1"]  # fmt: skip
# What a field's name says about its value.
INDEXES = {
    f"{end}{kind}Index": st.sampled_from(numbers)
    for end, numbers in (("start", [0, 0, 1, 2]), ("end", [1, 2, 3, 5, 2000]))
    for kind in ("", "Row", "Column")
}
# What the sandbox refuses by name wherever it stands.
REFUSED = ("dataSource", "commentsViewMode", "a1Range", "includeSpreadsheetInResponse")
MEANT: dict[str, st.SearchStrategy[Any]] = {
    **INDEXES,
    "fields": st.sampled_from(["*", "userEnteredValue", "properties.title", "a.b(c,d)", "sheets(", ",", ""]),
    "sheetId": st.sampled_from([0, 0, 7, 8, -1]),
    "range": st.sampled_from(RANGES),
    "ranges": st.sampled_from(RANGES),
    "spreadsheetId": st.just("{id}"),
    "valueInputOption": st.sampled_from(["RAW", "USER_ENTERED"]),
    **dict.fromkeys(("namedRangeId", "tableId"), st.just("ID1")),
    **dict.fromkeys(("chartId", "objectId", "filterId", "filterViewId", "protectedRangeId"), st.just(1)),
    "dimension": st.sampled_from(["ROWS", "COLUMNS"]),
    "destinationSpreadsheetId": st.just("{id}"),
    "fileId": st.just("{id}"),
    "title": st.sampled_from(["Sheet1", "Third", "", "second", "x" * 200]),
    "formulaValue": st.sampled_from(["=A1", "=SUM(A:A)", "=1/0", "=", "=(((", "=A1:B2", "=Second!A1"]),
    "pattern": st.sampled_from(["0.00", "yyyy-mm-dd", "[h]:mm", "@", '"', "[<1]0;0;0;0", "0" * 300]),
    "q": st.sampled_from(["name = 'x'", "trashed", "'{id}' in parents", "not (", "mimeType != ''", "name contains"]),
    "mimeType": st.sampled_from(["text/csv", "application/vnd.google-apps.spreadsheet", "text/plain"]),
    "pageToken": st.sampled_from(["1", "x", "-1", ""]),
    "emailAddress": st.sampled_from([EMAIL, "b@sandbox.invalid", "x"]),
    "locale": st.sampled_from(["en_US", "ko_KR", "de_DE", "x"]),
    "timeZone": st.sampled_from(["Etc/GMT", "Asia/Seoul", "Mars"]),
}  # fmt: skip
SMALL = st.one_of(
    st.integers(0, 3), st.integers(0, 3), st.sampled_from([-1, 5, 1000, 10**7, 2**31, 2**63])
)


def scalars(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values of a scalar's type and format."""
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    match schema.get("type"), schema.get("format"):
        case "boolean", _:
            return st.booleans()
        case "integer", _:
            return SMALL
        case "number", _:
            return SMALL | st.floats(0, 1) | st.floats(allow_nan=False, allow_infinity=False)
        case "string", ("int64" | "uint64"):
            return SMALL.map(str)
        case "string", "date-time":
            return st.sampled_from(["2026-01-01T00:00:00Z", "x"])
    return st.sampled_from(["x", "1", "=1+1", "2026-01-01", "TRUE", "ID1"]) | TEXTS


@st.composite
def values(draw: st.DrawFn, method_id: str, schema: dict[str, Any], name: str, depth: int) -> Any:
    """A value as a schema of a method's document has it, with a few fields of an object."""
    if draw(st.integers(0, 99)) == 66:
        return draw(JSON_DATA)
    is_request = schema.get("$ref") == "Request"
    if "$ref" in schema:
        schema = METHODS[method_id].document["schemas"][schema["$ref"]]
    match schema.get("type", "any"):
        case "array":
            count = draw(st.integers(0, 2)) if depth > 1 else 1
            items = values(method_id, schema["items"], name, depth + 1)
            return [draw(items) for _ in range(count if depth <= DEEPEST else 0)]
        case "object":
            fields = {
                field: below
                for field, below in schema.get("properties", {}).items()
                if not field.startswith(REFUSED) or draw(st.integers(0, 30)) == 17
            }
            keys = sorted(fields) if depth <= DEEPEST else []
            if is_request:
                keys = [draw(mostly(st.sampled_from(sorted(REQUESTS)), st.sampled_from(keys)))]
            elif len(keys) > 6 or (keys and draw(st.integers(0, 5)) == 3):
                keys = draw(st.lists(st.sampled_from(keys), unique=True, min_size=1, max_size=5))
            return {key: draw(values(method_id, fields[key], key, depth + 1)) for key in keys}
        case "any":
            return draw(JSON_DATA)
    return draw(mostly(MEANT[name], scalars(schema)) if name in MEANT else scalars(schema))


@st.composite
def calls(draw: st.DrawFn) -> tuple[str, str, dict[str, Any], Any]:
    """A method's id, its path, parameters and body."""
    method = METHODS[draw(mostly(st.sampled_from(FAVOURED), st.sampled_from(sorted(METHODS))))]
    path = method.body["path"]
    parameters = {}
    for name, schema in sorted(method.body.get("parameters", {}).items()):
        value = values(method.id, schema, name, DEEPEST)
        if schema.get("location") == "path":
            text = quote(str(draw(value)).encode("utf-8", "replace"), safe="{}") or "x"
            path = path.replace(f"{{{name}}}", text).replace(f"{{+{name}}}", text)
        elif name == "valueInputOption" or schema.get("required") or draw(st.integers(0, 4)) == 0:
            parameters[name] = draw(value)
    if draw(st.integers(0, 6)) == 0:
        parameters["fields"] = draw(MEANT["fields"])
    request = method.body.get("request")
    body = draw(values(method.id, request, "", 0)) if request else None
    return method.id, f"/{method.document['servicePath']}{path}", parameters, body


@pytest.fixture(scope="module")
def session(
    _running_server: GoogleServer, account: Callable[[str], dict[str, str]]
) -> Iterator[requests.Session]:
    """An account that is logged in."""
    info = {**account(EMAIL), "token_uri": f"{_running_server.url}/token"}
    credentials = Credentials.from_service_account_info(info, scopes=SCOPES)
    with requests.Session() as session:
        session.trust_env = False
        credentials.refresh(Request(session))
        session.headers["authorization"] = f"Bearer {credentials.token}"
        yield session


@pytest.fixture(scope="module")
def running(_running_server: GoogleServer) -> GoogleServer:
    """The server of all tests here."""
    return _running_server


@examples(100)
@given(call=calls())
def test_any_request_is_answered_as_google_would(
    running: GoogleServer,
    session: requests.Session,
    call: tuple[str, str, dict[str, Any], Any],
) -> None:
    """With what its schema says, or with an error of Google's shape; never with a failure."""
    method_id, path, parameters, body = call
    method = METHODS[method_id]
    file_id = _spreadsheet(running, session)
    data = None if body is None else json.dumps(body).replace("{id}", file_id)
    try:
        response = session.request(
            method.http_method,
            running.url + path.replace("{id}", file_id),
            params={
                name: value.replace("{id}", file_id) if isinstance(value, str) else str(value)
                for name, value in parameters.items()
            },
            data=data,
            timeout=20,
        )
    except UnicodeEncodeError:
        # Half of a surrogate pair, which no address holds.
        return
    finally:
        for spreadsheet_id in list(running.drive.files):
            running.drive.delete(spreadsheet_id)
    is_json = response.headers.get("content-type", "").startswith("application/json")
    if response.status_code >= 300:
        assert response.status_code == 501 or 400 <= response.status_code < 500, response.text
        error = response.json()["error"]
        assert error["code"] == response.status_code
        assert error["message"]
    elif is_json and "fields" not in parameters:
        assert not discovery.faults_of_response(method, response.content)


def _spreadsheet(running: GoogleServer, session: requests.Session) -> str:
    """A new one, with something of each kind in it."""
    workbook = running.drive.create_spreadsheet("Any")
    running.drive.share(workbook.spreadsheet_id, EMAIL)
    workbook.add_worksheet("Second", 20, 5, 7)
    workbook.worksheet("Sheet1").set_values([["a", "b"], [1, "=A2+1"], ["2026-01-01", True]])
    url = f"{running.url}/v4/spreadsheets/{workbook.spreadsheet_id}:batchUpdate"
    made = session.post(url, json={"requests": SOMETHING}, timeout=20)
    assert made.ok, made.text
    return workbook.spreadsheet_id


def _range(rows: tuple[int, int], columns: tuple[int, int]) -> dict[str, int]:
    named = {"startRowIndex": rows[0], "endRowIndex": rows[1]}
    return {"sheetId": 7, **named, "startColumnIndex": columns[0], "endColumnIndex": columns[1]}


SERIES = {"series": {"sourceRange": {"sources": [_range((0, 4), (1, 2))]}}}
CHART = {
    "chartId": 1,
    "spec": {"basicChart": {"chartType": "LINE", "series": [SERIES]}},
    "position": {"overlayPosition": {"anchorCell": {"sheetId": 7}}},
}
SOMETHING = [
    {"addNamedRange": {"namedRange": {"namedRangeId": "ID1", "name": "named", "range": _range((0, 2), (0, 2))}}},
    {"addProtectedRange": {"protectedRange": {"protectedRangeId": 1, "range": _range((0, 1), (0, 1))}}},
    {"addFilterView": {"filter": {"filterViewId": 1, "title": "view", "range": _range((0, 4), (0, 2))}}},
    {"addTable": {"table": {"tableId": "ID1", "name": "Table", "range": _range((6, 9), (0, 2))}}},
    {"mergeCells": {"range": _range((12, 14), (0, 2)), "mergeType": "MERGE_ALL"}},
    {"addDimensionGroup": {"range": {"sheetId": 7, "dimension": "ROWS", "startIndex": 10, "endIndex": 12}}},
    {"setBasicFilter": {"filter": {"range": {"sheetId": 0}}}},
    {"addChart": {"chart": CHART}},
    {"createDeveloperMetadata": {"developerMetadata": {"metadataKey": "k", "location": {"sheetId": 7}, "visibility": "DOCUMENT"}}},
]  # fmt: skip
