"""Where alerts go and what they must not give away."""

from __future__ import annotations

import logging

import pytest
from inbox import SECRET, inbox
from small_deployment import QUIET

from sheet_assets.clients.alert_targets import alert_targets
from sheet_assets.errors import SettingError, SheetAssetsError
from sheet_assets.resources.notify import Notify

__all__ = ["inbox"]
pytestmark = QUIET


def test_a_message_arrives(inbox):
    """Title and text as they were given, through apprise."""
    (target,) = Notify().targets()
    target.send("nps failed", "2 wrong cells: <b>*C17*</b> & C18")
    ((_, sent),) = inbox.messages
    assert (sent["title"], sent["message"]) == ("nps failed", "2 wrong cells: <b>*C17*</b> & C18")


@pytest.mark.parametrize("between", [" ", ",", ", ", "\n  "])
def test_several_addresses_are_told_apart(inbox, between, monkeypatch):
    """Blanks, commas and lines separate them; a comma inside of one does not."""
    # pragma: allowlist nextline secret - no such host
    mail = "mailto://user:pw@example.invalid?to=a@example.invalid,b@example.invalid"
    urls = between.join([inbox.url("one"), mail, inbox.url("two")])
    monkeypatch.setenv("SHEET_ASSETS_ALERT_URLS", f" {urls} ")
    targets = Notify().targets()
    assert [target.name.partition(" ")[0] for target in targets] == ["json", "mailto", "json"]
    assert len({target.fingerprint for target in targets}) == 3


def test_nobody_is_told_when_nobody_is_named(monkeypatch):
    """Without the setting there is no target, and nothing is wrong with that."""
    assert Notify().targets() == []
    monkeypatch.setenv("SHEET_ASSETS_ALERT_URLS", "   ")
    assert Notify().targets() == []


@pytest.mark.parametrize(
    ("urls", "place"),
    [
        (f"slak://{SECRET}/b/c", r"URL 1 of 1 .* \(slak://…\)"),
        (f"json://127.0.0.1/a, slack://{SECRET}", r"URL 2 of 2 .* \(slack://…\)"),
        (SECRET, "URL 1 of 1"),
        (f"json://127.0.0.1/a {SECRET}", "URL 1 of 1"),
        (f"{SECRET} json://127.0.0.1/a", "URL 1 of 2"),
        (f"https://example.invalid/{SECRET}", r"\(https://…\)"),
        (f"discord://{SECRET}", r"\(discord://…\)"),
        ("json://", "URL 1 of 1"),
    ],
)
def test_a_malformed_address_is_refused_without_showing_it(urls, place, monkeypatch, caplog):
    """The sentence has the setting, the place and the kind; the URL is a secret, in logs, too."""
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("SHEET_ASSETS_ALERT_URLS", urls)
    with pytest.raises(SettingError, match=place) as caught:
        Notify().targets()
    assert "SHEET_ASSETS_ALERT_URLS" in str(caught.value)
    assert SECRET not in f"{caught.value}{caplog.text}"


@pytest.mark.parametrize("status", [403, None])
def test_a_message_that_does_not_arrive_is_an_error(inbox, status, caplog):
    """Refused or not answered: a sentence without the URL, and no line of it in any log."""
    caplog.set_level(logging.DEBUG)
    if status:
        inbox.refusing.add("team")
        (target,) = Notify().targets()
    else:
        (target,) = alert_targets(f"json://127.0.0.1:9/{SECRET}")
    with pytest.raises(SheetAssetsError, match=r"^An alert could not be sent to json") as caught:
        target.send("nps failed", "text")
    assert ("it answered 403" in str(caught.value)) == bool(status)
    assert SECRET not in f"{caught.value}{target!r}{caplog.text}"


def test_a_heartbeat_arrives(inbox, monkeypatch):
    """One GET; without the setting none."""
    assert not Notify().heartbeat()
    monkeypatch.setenv("SHEET_ASSETS_HEARTBEAT_URL", f"http://{inbox.address}/{SECRET}")
    assert Notify().heartbeat()
    assert inbox.heartbeats == 1


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        (f"http://127.0.0.1:9/{SECRET}", "The heartbeat did not reach"),
        ("refused", "SHEET_ASSETS_HEARTBEAT_URL answered 403"),
        (SECRET, "SHEET_ASSETS_HEARTBEAT_URL is no address"),
        (f"ftp://127.0.0.1/{SECRET}", "SHEET_ASSETS_HEARTBEAT_URL is no address"),
        (f"http://[{SECRET}", "SHEET_ASSETS_HEARTBEAT_URL is no address"),
    ],
)
def test_a_heartbeat_that_does_not_arrive_is_an_error(inbox, url, sentence, monkeypatch, caplog):
    """The sentence names the setting and not the URL."""
    caplog.set_level(logging.DEBUG)
    inbox.refusing.add("heartbeat")
    url = f"http://{inbox.address}/{SECRET}" if url == "refused" else url
    monkeypatch.setenv("SHEET_ASSETS_HEARTBEAT_URL", url)
    with pytest.raises(SheetAssetsError, match=sentence) as caught:
        Notify().heartbeat()
    assert SECRET not in f"{caught.value}{caplog.text}"


def test_links_begin_with_the_ui(monkeypatch):
    """The UI's own address, else the webserver's."""
    assert Notify().ui_url() == "http://127.0.0.1:3000"
    monkeypatch.setenv("SHEET_ASSETS_WEBSERVER_URL", "http://dagster.internal:3000/")
    assert Notify().ui_url() == "http://dagster.internal:3000"
    monkeypatch.setenv("SHEET_ASSETS_UI_URL", "https://dagster.example.invalid/")
    assert Notify().ui_url() == "https://dagster.example.invalid"


def test_no_address_is_a_field():
    """Fields are shown in the UI."""
    assert set(Notify.model_fields) == set()
