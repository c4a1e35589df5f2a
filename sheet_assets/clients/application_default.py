"""Google's application-default credentials: who this machine, or its user, is at Google."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import google.auth
from google.auth.exceptions import DefaultCredentialsError

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class ApplicationDefault:
    """Credentials of google-auth: a user's, a machine's, or a workload's."""

    credentials: Any

    @property
    def email(self) -> str:
        """The address that spreadsheets are shared with, as far as it is known."""
        for name in ("service_account_email", "account"):
            said = getattr(self.credentials, name, None)
            # A machine's account is called `default` until its first token.
            if said and said != "default":
                return str(said)
        return "the account of the application-default credentials"


def application_default(scopes: Sequence[str]) -> ApplicationDefault | None:
    """What `gcloud auth application-default login` or this machine gives; None without either.

    https://cloud.google.com/docs/authentication/application-default-credentials
    """
    with warnings.catch_warnings():
        # Of a user's credentials: no project is named, and Sheets' quota is the user's own.
        warnings.filterwarnings("ignore", message="Your application has authenticated using end")
        try:
            found, _ = google.auth.default(scopes=scopes)
        except DefaultCredentialsError:
            return None
    return ApplicationDefault(found)
