"""The token endpoint: a signed assertion of a service account for an access token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import jwt

from sheet_assets.sandbox.google.accounts import TOKEN_SECONDS, TOKEN_URI

if TYPE_CHECKING:
    from sheet_assets.sandbox.google.accounts import Account, Accounts

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:jwt-bearer"
CLOCK_SKEW_SECONDS = 300


class TokenError(Exception):
    """An assertion that earns no token: OAuth's error code and Google's description of it."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error = error
        self.description = description


def answer_token_request(accounts: Accounts, body: bytes) -> tuple[int, dict[str, Any]]:
    """Answer a POST to the token endpoint: the HTTP status and the JSON."""
    try:
        form = parse_qs(body.decode("utf-8", "replace"))
        _check_grant_type(form.get("grant_type", [""])[0])
        assertion = form.get("assertion", [""])[0]
        account = _issuer(accounts, assertion)
        scopes = _verified_scopes(account, assertion)
    except TokenError as exc:
        return 400, {"error": exc.error, "error_description": exc.description}
    return 200, {
        "access_token": accounts.issue_token(account.email, scopes),
        "expires_in": TOKEN_SECONDS,
        "token_type": "Bearer",
    }


def _check_grant_type(grant_type: str) -> None:
    if grant_type != GRANT_TYPE:
        raise TokenError("unsupported_grant_type", f"Invalid grant_type: {grant_type}")


def _issuer(accounts: Accounts, assertion: str) -> Account:
    try:
        claims = jwt.decode(assertion, options={"verify_signature": False})
    except jwt.InvalidTokenError as exc:
        raise TokenError("invalid_grant", "Bad Request") from exc
    account = accounts.find(str(claims.get("iss")))
    if account is None:
        raise TokenError("invalid_grant", "Invalid grant: account not found")
    return account


def _verified_scopes(account: Account, assertion: str) -> frozenset[str]:
    try:
        claims = jwt.decode(
            assertion,
            account.public_key,
            algorithms=["RS256"],
            audience=TOKEN_URI,
            leeway=CLOCK_SKEW_SECONDS,
            options={"require": ["iss", "aud", "exp", "iat"]},
        )
    except jwt.InvalidAudienceError as exc:
        raise TokenError(
            "invalid_grant",
            f"Invalid JWT: Failed audience check. The right audience is {TOKEN_URI}",
        ) from exc
    except (jwt.ExpiredSignatureError, jwt.ImmatureSignatureError, jwt.InvalidIssuedAtError) as exc:
        raise _wrong_times() from exc
    except jwt.MissingRequiredClaimError as exc:
        raise TokenError("invalid_grant", f"Invalid JWT: missing claim {exc.claim}") from exc
    except jwt.InvalidTokenError as exc:
        raise TokenError("invalid_grant", "Invalid JWT Signature.") from exc
    if claims["exp"] - claims["iat"] > TOKEN_SECONDS + CLOCK_SKEW_SECONDS:
        raise _wrong_times()
    scopes = frozenset(str(claims.get("scope", "")).split())
    if not scopes:
        raise TokenError("invalid_scope", "Invalid OAuth scope or ID token audience provided.")
    return scopes


def _wrong_times() -> TokenError:
    return TokenError(
        "invalid_grant",
        "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable "
        "timeframe. Check your iat and exp values in the JWT claim.",
    )
