"""Logins: which user an Authorization header is, or why it is none."""

from __future__ import annotations

import datetime as dt
import hmac
import logging
import math
import secrets
from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread

from sheet_assets.errors import UsersError
from sheet_assets.webserver import credentials
from sheet_assets.webserver.failed_logins import FailedLogins
from sheet_assets.webserver.users import OPERATOR, User

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sheet_assets.webserver.credentials import Credential
    from sheet_assets.webserver.users import UsersFile

_LOG = logging.getLogger(__name__)
# Whoever asks a webserver that has no users, on its own machine.
ANYBODY = User("", OPERATOR, "")
# A hash takes 64 MiB and a core for a moment: so many at once, and so many may wait.
_AT_ONCE, _WAITING = 2, 20
_REMEMBERED = 1_000
_WRONG = "Wrong user, password or token."
_BUSY = "Many logins are being looked at. Try again in a second."


@dataclass(frozen=True)
class Refusal:
    """Why a request is not answered: an HTTP status and a sentence."""

    status: int
    sentence: str
    retry_after: int | None = None


class Logins:
    """Compares what is sent with the users file, which is read again whenever it changes.

    `open_without_users`: as long as there was never a user, everybody is an operator.
    """

    def __init__(
        self,
        file: UsersFile,
        *,
        open_without_users: bool,
        failed: FailedLogins | None = None,
    ) -> None:
        self._file = file
        self._open = open_without_users
        self._failed = failed or FailedLogins()
        self._pepper = secrets.token_bytes(32)
        # Digests of credentials that were compared before, and the hash they did or did not fit:
        # a browser sends its own with every request, and a wrong one again teaches nobody anything.
        self._fitted: OrderedDict[bytes, str] = OrderedDict()
        self._unfitted: OrderedDict[bytes, str] = OrderedDict()
        self._nobodys_hash = credentials.hashed(secrets.token_hex())
        self._limit = anyio.CapacityLimiter(_AT_ONCE)
        self._said = ""

    @property
    def is_open(self) -> bool:
        """Whether everybody is an operator, for want of users."""
        return self._open

    async def check(self, authorization: str | None, address: str) -> User | Refusal:
        """The user who sent this header from this address."""
        try:
            users = self._file.users()
        except UsersError as error:
            if str(error) != self._said:
                self._said = str(error)
                _LOG.error("%s Nobody can log in until then.", error)
            return Refusal(503, "The users file cannot be used; the webserver's log says why.")
        self._said = ""
        if users:
            self._open = False
        elif self._open:
            return ANYBODY
        if authorization is None:
            return Refusal(401, "This needs a login: a user's name and password, or a token.")
        credential = credentials.from_header(authorization)
        if credential is None:
            return Refusal(401, "This login is neither user and password nor a token.")
        return await self._compared(credential, _found(users, credential), address)

    async def _compared(
        self, credential: Credential, user: User | None, address: str
    ) -> User | Refusal:
        # Whoever is unknown is compared with a hash, too: it takes as long.
        hash_ = user.hash if user else self._nobodys_hash
        digest = self._digest(credential)
        if self._fitted.get(digest) == hash_ and user:
            return _unless_expired(user)
        if self._unfitted.get(digest) == hash_:
            return Refusal(401, _WRONG)
        if early := self._too_early(credential.who, address):
            return early
        if self._limit.statistics().tasks_waiting >= _WAITING:
            return Refusal(503, _BUSY, retry_after=1)
        async with self._limit:
            # Others may have failed while this one waited.
            if early := self._too_early(credential.who, address):
                return early
            fits = await anyio.to_thread.run_sync(credentials.fits, hash_, credential.secret)
            if not fits or user is None:
                self._failed.failed(credential.who, address)
        if fits and user:
            self._failed.succeeded(credential.who)
            _remember(self._fitted, digest, hash_)
            return _unless_expired(user)
        _remember(self._unfitted, digest, hash_)
        # Not what was sent as a name: people type their password there.
        _LOG.warning(
            "Failed login from %s: %s.",
            address,
            f"wrong {'token' if credential.is_token else 'password'} of {user.name!r}"
            if user
            else f"unknown {'token' if credential.is_token else 'user'}",
        )
        return Refusal(401, _WRONG)

    def _too_early(self, who: str, address: str) -> Refusal | None:
        wait = math.ceil(self._failed.wait_seconds(who, address))
        if not wait:
            return None
        return Refusal(429, f"Too many failed logins. Try again in {wait} s.", retry_after=wait)

    def _digest(self, credential: Credential) -> bytes:
        text = repr((credential.is_token, credential.who, credential.secret))
        return hmac.digest(self._pepper, text.encode(), "sha256")


def _found(users: Mapping[str, User], credential: Credential) -> User | None:
    if credential.is_token:
        return next((each for each in users.values() if each.token_id == credential.who), None)
    user = users.get(credential.who)
    return user if user and user.token_id is None else None


def _unless_expired(user: User) -> User | Refusal:
    """The user without its hash, which no further code needs; told only to who has the secret."""
    if not user.expired or user.expires is None:
        return replace(user, hash="")
    day = dt.datetime.fromtimestamp(user.expires, dt.UTC).date()
    kind = "token" if user.token_id else "password"
    return Refusal(
        401,
        f"The {kind} of {user.name} has expired on {day}. `sheet-assets users add {user.name} "
        "--replace …` makes a new one.",
    )


def _remember(kept: OrderedDict[bytes, str], digest: bytes, hash_: str) -> None:
    kept[digest] = hash_
    while len(kept) > _REMEMBERED:
        kept.popitem(last=False)
