"""Service accounts and their keys, and the access tokens issued to them and to a person."""

from __future__ import annotations

import secrets
import threading
import time
from dataclasses import dataclass
from urllib.parse import quote

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

TOKEN_URI = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
PROJECT_ID = "sheet-assets-sandbox"
PROJECT_NUMBER = "100000000001"
# Who edits the spreadsheets, and owns those that are seeded.
PERSON = "editor@sandbox.invalid"
TOKEN_SECONDS = 3600


@dataclass(frozen=True)
class Account:
    """A service account: its address and the public key that its assertions are checked with."""

    email: str
    public_key: rsa.RSAPublicKey


@dataclass(frozen=True)
class AccessToken:
    """What a token stands for: whose it is, what it may do, and when it ends (epoch seconds)."""

    email: str
    scopes: frozenset[str]
    expires_at: float


class Accounts:
    """The service accounts a server knows and the tokens it has issued; thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._accounts: dict[str, Account] = {}
        self._tokens: dict[str, AccessToken] = {}

    def add(self, email: str) -> dict[str, str]:
        """Create the account, or give it a new key, and return its service-account JSON."""
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        pem = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        with self._lock:
            self._accounts[email] = Account(email, key.public_key())
        return {
            "type": "service_account",
            "project_id": PROJECT_ID,
            "private_key_id": secrets.token_hex(20),
            "private_key": pem.decode("ascii"),
            "client_email": email,
            "client_id": str(10**20 + secrets.randbelow(10**19)),
            "auth_uri": "https://accounts.google.com/o/oauth2/auth",
            "token_uri": TOKEN_URI,
            "auth_provider_x509_cert_url": "https://www.googleapis.com/oauth2/v1/certs",
            "client_x509_cert_url": (
                f"https://www.googleapis.com/robot/v1/metadata/x509/{quote(email, safe='')}"
            ),
            "universe_domain": "googleapis.com",
        }

    def find(self, email: str) -> Account | None:
        """The account with this address."""
        with self._lock:
            return self._accounts.get(email)

    def issue_token(self, email: str, scopes: frozenset[str]) -> str:
        """A new access token for whoever has this address, good for an hour."""
        now = time.time()
        token = f"ya29.{secrets.token_urlsafe(48)}"
        with self._lock:
            self._tokens = {
                text: issued for text, issued in self._tokens.items() if issued.expires_at > now
            }
            self._tokens[token] = AccessToken(email, scopes, now + TOKEN_SECONDS)
        return token

    def token(self, text: str) -> AccessToken | None:
        """What an access token stands for; None when it is unknown or expired."""
        with self._lock:
            issued = self._tokens.get(text)
        return issued if issued is not None and issued.expires_at > time.time() else None

    def expire_tokens(self) -> None:
        """End every token issued so far, as if an hour had passed."""
        with self._lock:
            self._tokens.clear()
