from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests
from google.auth.exceptions import RefreshError

from sheet_assets.errors import SandboxError
from sheet_assets.sandbox.google import Fault, Limits

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Client

    from sheet_assets.sandbox.crossing import Crossing
    from sheet_assets.sandbox.google import GoogleServer
    from sheet_assets.sandbox.google.sheets.worksheet import Worksheet


@pytest.fixture
def ask(server: GoogleServer) -> Callable[..., requests.Response]:
    """Speaks to the sandbox's own addresses."""
    return lambda method, name, **more: requests.request(
        method, f"{server.url}/_sandbox/{name}", timeout=10, **more
    )


def put(client: Client, address: str, value: Any) -> requests.Response:
    """Write one value to A1."""
    url = f"{address}/values/A1?valueInputOption=RAW"
    return client.session.put(url, json={"values": [[value]]}, max_allowed_time=20)


@pytest.mark.parametrize(
    ("kind", "status", "said", "applied"),
    [
        ("429", 429, "RATE_LIMIT_EXCEEDED", False),
        ("500", 500, "Internal error encountered.", False),
        ("503", 503, "The service is currently unavailable.", False),
        ("503 after applying", 503, "The service is currently unavailable.", True),
        ("502 html", 502, "<!DOCTYPE html>", False),
        ("delay", 200, "updatedCells", True),
        ("answer", 418, "teapot", False),
    ],
)
def test_the_next_requests_end_as_asked(  # noqa: PLR0917 - a row of a table
    ask: Callable[..., requests.Response],
    client: Client,
    address: str,
    sheet: Worksheet,
    kind: str,
    status: int,
    said: str,
    applied: bool,
) -> None:
    """So many requests that match meet the fault; others, and those after them, do not."""
    fault = {"kind": kind, "path": "/values/A1$", "method": "PUT", "times": 2}
    if kind == "answer":
        fault |= {"status": 418, "body": "teapot"}
    assert ask("POST", "faults", json={"faults": [fault]}).json()["faults"][0]["times"] == 2
    assert client.get(f"{address}/values/A1").status_code == 200
    # google-auth's session gives 429, 500 and 503 back at once, as gspread expects.
    for value in ("first", "second"):
        response = put(client, address, value)
        assert (response.status_code, said in response.text) == (status, True)
    assert sheet.values() == ([["second"]] if applied else [])
    assert ask("GET", "faults").json() == {"faults": []}
    assert put(client, address, "third").ok


@pytest.mark.parametrize("kind", ["drop", "drop after applying", "truncate"])
def test_a_connection_breaks(
    server: GoogleServer, client: Client, address: str, sheet: Worksheet, kind: Any
) -> None:
    """Before an answer, or in the middle of one; the log says 0 for a status."""
    client.get(f"{address}/values/A1")
    server.faults.add(Fault(kind, method="PUT"))
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        put(client, address, "x")
    assert sheet.values() == ([] if kind == "drop" else [["x"]])
    assert [entry.status for entry in server.requests if entry.method == "PUT"] == [0]
    assert put(client, address, "y").ok


def test_tokens_expire_and_the_token_endpoint_fails(
    server: GoogleServer, client: Client, address: str
) -> None:
    """An expired token costs a request for a new one; one that cannot be had is an error."""
    assert put(client, address, "x").ok
    server.requests.clear()
    server.faults.add(Fault("expired token", "/values/"))
    assert put(client, address, "y").ok
    asked = [(entry.path.rpartition("/")[2], entry.status) for entry in server.requests]
    assert asked == [("A1", 401), ("token", 200), ("A1", 200)]
    server.faults.add(Fault("502 html", "^/token", times=9))
    server.accounts.expire_tokens()
    with pytest.raises(RefreshError):
        put(client, address, "z")


def test_the_sandbox_tells_what_was_asked(
    ask: Callable[..., requests.Response], client: Client, address: str
) -> None:
    """/_sandbox/requests has every request with its status, but none of the sandbox's own."""
    client.get(f"{address}/values/A1")
    told = ask("GET", "requests").json()["requests"]
    assert [entry["path"].rpartition("/")[2] for entry in told][-1:] == ["A1"]
    assert {"method", "path", "query", "status"} == set(told[0])
    ask("DELETE", "requests")
    assert ask("GET", "requests").json() == {"requests": []}


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("faults", {"kind": "flood"}, "'flood' is no fault"),
        ("faults", {"kind": "500", "path": "("}, "no regular expression"),
        ("faults", {"kind": "500", "times": 0}, "at least once"),
        ("faults", {"kind": "500", "when": 1}, "when is no field"),
        ("faults", {"kind": "500", "times": "x"}, "times of a fault cannot be 'x'"),
        ("faults", [], "a JSON object with a kind"),
        ("limits", {"reads": 1}, "reads is no limit"),
        ("limits", {"reads_per_minute_per_user": "x"}, "cannot be 'x'"),
        ("limits", {"modified_lag_seconds": -1}, "cannot be -1"),
        ("limits", [], "Limits are a JSON object"),
    ],
)
def test_what_is_no_fault_or_limit_is_refused(
    ask: Callable[..., requests.Response], name: str, body: Any, said: str
) -> None:
    """In a sentence that names it."""
    response = ask("POST", name, json=body)
    assert (response.status_code, said in response.json()["error"]) == (400, True)
    assert ask("GET", "nothing").status_code == 404
    with pytest.raises(SandboxError):
        Fault("flood")


def test_a_minute_has_googles_quota(
    server: GoogleServer,
    ask: Callable[..., requests.Response],
    connect: Callable[..., Client],
    client: Client,
    address: str,
) -> None:
    """Reads and writes are counted apart, by user and by project; a new minute begins anew."""
    assert Limits().as_json()["reads_per_minute_per_user"] == 60
    put(client, address, "x")
    limits = {"reads_per_minute_per_user": 2, "writes_per_minute_per_user": 1}
    assert ask("POST", "limits", json=limits).json()["reads_per_minute_per_project"] == 300
    statuses = [client.get(f"{address}/values/A1").status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    assert [put(client, address, "x").status_code for _ in range(2)] == [200, 429]
    refused = client.get(f"{address}/values/A1").json()["error"]
    assert refused == {
        "code": 429,
        "message": "Quota exceeded for quota metric 'Read requests' and limit 'Read requests per "
        "minute per user' of service 'sheets.googleapis.com' for consumer "
        "'project_number:100000000001'.",
        "status": "RESOURCE_EXHAUSTED",
        "details": [
            {
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": "RATE_LIMIT_EXCEEDED",
                "domain": "googleapis.com",
                "metadata": {
                    "quota_location": "global",
                    "quota_metric": "sheets.googleapis.com/read_requests",
                    "quota_limit": "ReadRequestsPerMinutePerUser",
                    "quota_limit_value": "2",
                    "consumer": "projects/100000000001",
                    "service": "sheets.googleapis.com",
                },
            },
            {
                "@type": "type.googleapis.com/google.rpc.Help",
                "links": [
                    {
                        "description": "Request a higher quota limit.",
                        "url": "https://cloud.google.com/docs/quota#requesting_higher_quota",
                    }
                ],
            },
        ],
    }
    ask("POST", "limits", json={"reads_per_minute_per_project": 1})
    other = connect("other@sandbox.invalid")
    server.drive.share(address.rpartition("/")[2], other.email)
    assert client.get(f"{address}/values/A1").ok
    refused = other.get(f"{address}/values/A1").json()["error"]
    assert refused["details"][0]["metadata"]["quota_limit"] == "ReadRequestsPerMinutePerProject"
    assert ask("DELETE", "limits").json() == Limits().as_json()
    assert other.get(f"{address}/values/A1").ok


def test_crossings_are_observed(
    server: GoogleServer, client: Client, address: str, sheet: Worksheet
) -> None:
    """Before each request and after one that was applied, its answer not sent yet."""
    client.get(f"{address}/values/A1")
    seen: list[tuple[str, str, str]] = []
    values: list[Any] = []

    def observe(crossing: Crossing) -> None:
        seen.append((crossing.service, crossing.what, crossing.phase))
        values.append(sheet.values())
        raise ValueError("is logged, and the request goes on")

    server.observer = observe
    server.faults.add(Fault("503", method="PUT"))
    server.faults.add(Fault("503 after applying", method="PUT"))
    assert [put(client, address, "x").status_code for _ in range(3)] == [503, 503, 200]
    assert not client.get(f"{address}/values/no").ok
    path = "/v4" + address.partition("/v4")[2]
    request = ("google", f"PUT {path}/values/A1")
    assert seen == [
        (*request, "before"),
        *[(*request, phase) for _ in range(2) for phase in ("before", "after")],
        ("google", f"GET {path}/values/no", "before"),
    ]
    assert values == [[], [], *[[["x"]]] * 4]
