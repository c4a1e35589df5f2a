"""Credentials: what an Authorization header holds, and the argon2 hashes it is compared with."""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from dataclasses import dataclass

import argon2

# A token is its id, by which its user is found, and 256 random bits.
_TOKEN = re.compile(r"sheet_assets_([0-9a-f]{16})_([A-Za-z0-9_-]{43})")
_HASHER = argon2.PasswordHasher()


@dataclass(frozen=True)
class Credential:
    """A user's name or a token's id, and the secret that is to prove it."""

    who: str
    secret: str
    is_token: bool = False

    def __repr__(self) -> str:
        return f"Credential({self.who!r})"


def from_header(authorization: str) -> Credential | None:
    """What an Authorization header holds; None where that is neither Basic nor one of our tokens.

    `authorization` is as a server gives it, in Latin-1; names and passwords are UTF-8.
    """
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() == "bearer":
        match = _TOKEN.fullmatch(value.strip())
        return Credential(match[1], match[2], is_token=True) if match else None
    if scheme.lower() != "basic":
        return None
    try:
        text = base64.b64decode(value.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
    who, colon, secret = text.partition(":")
    return Credential(who, secret) if colon and secret else None


def new_token() -> tuple[str, Credential]:
    """A token as it is shown once, and the same taken apart."""
    made = Credential(secrets.token_hex(8), secrets.token_urlsafe(32), is_token=True)
    return f"sheet_assets_{made.who}_{made.secret}", made


def hashed(secret: str) -> str:
    """The argon2id hash of a password or a token, with its salt; takes 0.1 s and 64 MiB."""
    return _HASHER.hash(secret)


def fits(hash_: str, secret: str) -> bool:
    """Whether a secret is the one of a hash; takes as long as hashing does."""
    try:
        return _HASHER.verify(hash_, secret)
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
        return False
