"""Google's hosts at one endpoint, for clients that are built on requests and google-auth."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import gspread
import requests
from google.auth.transport.requests import AuthorizedSession, Request
from google.oauth2.service_account import Credentials
from requests.adapters import HTTPAdapter


class Elsewhere(HTTPAdapter):
    """Sends what is meant for Google to GOOGLE_API_ENDPOINT."""

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> Any:
        """Send it there."""
        there = urlsplit(os.environ["GOOGLE_API_ENDPOINT"])
        request.url = urlunsplit((there.scheme, there.netloc, *urlsplit(request.url or "")[2:]))
        return super().send(request, *args, **kwargs)


def credentials() -> Credentials:
    """The service account's, for sheets and Drive."""
    account = json.loads(Path(os.environ["GOOGLE_APPLICATION_CREDENTIALS"]).read_text())
    return Credentials.from_service_account_info(account, scopes=gspread.auth.DEFAULT_SCOPES)


def gspread_client() -> gspread.Client:
    """Gspread as it comes, but for where Google is."""
    account, tokens = credentials(), requests.Session()
    session = AuthorizedSession(account, auth_request=Request(tokens))
    for each in (tokens, session):
        each.mount("https://", Elsewhere())
        each.trust_env = False
    return gspread.Client(account, session)
