"""Google's errors: the status, the words, and the JSON in which each API sends them.

```
GoogleError
├── InvalidArgumentError      400
├── UnauthenticatedError      401
├── PermissionDeniedError     403
├── NotFoundError             404
├── QuotaExceededError        429
├── UnavailableError          503   only a fault asks for it
├── InternalError             500
└── UnimplementedError        501   only the sandbox sends this: it names what it lacks
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from sheet_assets.errors import SandboxError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class GoogleError(SandboxError):
    """A request Google would refuse; `message` is Google's own sentence.

    `details` is the `details` list of the Sheets form; `reason`, `domain` and `location` (a
    parameter's name) stand in the `errors` list of the Drive form.
    """

    code: ClassVar[int]
    status: ClassVar[str]
    default_reason: ClassVar[str]

    def __init__(
        self,
        message: str,
        *,
        details: Sequence[Mapping[str, Any]] = (),
        reason: str | None = None,
        location: str | None = None,
        domain: str = "global",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.details = details
        self.reason = reason or self.default_reason
        self.location = location
        self.domain = domain

    def prefixed(self, prefix: str) -> GoogleError:
        """The same error as one part of a batch reports it: `prefix: message`."""
        return type(self)(f"{prefix}: {self.message}", details=self.details, reason=self.reason)

    def sheets_body(self) -> dict[str, Any]:
        """The error as the Sheets API sends it."""
        error: dict[str, Any] = {"code": self.code, "message": self.message, "status": self.status}
        if self.details:
            error["details"] = list(self.details)
        return {"error": error}

    def drive_body(self) -> dict[str, Any]:
        """The error as the Drive API sends it: with `errors`, and a status only for 401 and 501."""
        entry = {"message": self.message, "domain": self.domain, "reason": self.reason}
        if self.location:
            kind = "header" if self.location == "Authorization" else "parameter"
            entry |= {"location": self.location, "locationType": kind}
        error: dict[str, Any] = {"code": self.code, "message": self.message, "errors": [entry]}
        if self.code in {401, 501}:
            error["status"] = self.status
        return {"error": error}


class InvalidArgumentError(GoogleError):
    """The request is malformed, or names what cannot be."""

    code = 400
    status = "INVALID_ARGUMENT"
    default_reason = "invalid"

    @classmethod
    def at(cls, field: str, message: str) -> InvalidArgumentError:
        """An error about one field of the JSON body, with Google's BadRequest detail."""
        violation = {"field": field, "description": message}
        return cls(message, details=[bad_request(violation)])


class UnauthenticatedError(GoogleError):
    """The request carries no access token, or one that is unknown or expired."""

    code = 401
    status = "UNAUTHENTICATED"
    default_reason = "authError"


class PermissionDeniedError(GoogleError):
    """The caller may not do this to a file that exists."""

    code = 403
    status = "PERMISSION_DENIED"
    default_reason = "insufficientFilePermissions"

    def __init__(self, message: str = "The caller does not have permission", **kw: Any) -> None:
        super().__init__(message, **kw)


class NotFoundError(GoogleError):
    """No such file, or none the caller can see."""

    code = 404
    status = "NOT_FOUND"
    default_reason = "notFound"

    def __init__(self, message: str = "Requested entity was not found.", **kw: Any) -> None:
        super().__init__(message, **kw)


class QuotaExceededError(GoogleError):
    """More requests than a minute allows."""

    code = 429
    status = "RESOURCE_EXHAUSTED"
    default_reason = "rateLimitExceeded"

    @classmethod
    def of(cls, kind: str, scope: str, most: int, project: str) -> QuotaExceededError:
        """Google's error for the limit of `Read` or `Write` requests, of a user or the project."""
        metric = f"{kind.lower()}_requests"
        per = "per minute per user" if scope else "per minute"
        message = (
            f"Quota exceeded for quota metric '{kind} requests' and limit '{kind} requests {per}' "
            f"of service 'sheets.googleapis.com' for consumer 'project_number:{project}'."
        )
        metadata = {
            "quota_location": "global",
            "quota_metric": f"sheets.googleapis.com/{metric}",
            "quota_limit": f"{kind}RequestsPerMinute{scope or 'PerProject'}",
            "quota_limit_value": str(most),
            "consumer": f"projects/{project}",
            "service": "sheets.googleapis.com",
        }
        info = {
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            "reason": "RATE_LIMIT_EXCEEDED",
            "domain": "googleapis.com",
            "metadata": metadata,
        }
        link = {
            "description": "Request a higher quota limit.",
            "url": "https://cloud.google.com/docs/quota#requesting_higher_quota",
        }
        help_ = {"@type": "type.googleapis.com/google.rpc.Help", "links": [link]}
        return cls(message, details=[info, help_])


class UnavailableError(GoogleError):
    """Google cannot answer now."""

    code = 503
    status = "UNAVAILABLE"
    default_reason = "backendError"

    def __init__(self, message: str = "The service is currently unavailable.", **kw: Any) -> None:
        super().__init__(message, **kw)


class InternalError(GoogleError):
    """The sandbox itself failed; the message names the exception."""

    code = 500
    status = "INTERNAL"
    default_reason = "internalError"


class UnimplementedError(GoogleError):
    """Google can do this and the sandbox cannot: `what` is named in the message."""

    code = 501
    status = "UNIMPLEMENTED"
    default_reason = "notImplemented"

    def __init__(self, what: str, **kw: Any) -> None:
        prefix = "the sandbox does not implement "
        super().__init__(what if prefix in what else prefix + what, **kw)


def bad_request(*violations: Mapping[str, str]) -> dict[str, Any]:
    """The `google.rpc.BadRequest` detail for these field violations."""
    return {
        "@type": "type.googleapis.com/google.rpc.BadRequest",
        "fieldViolations": list(violations),
    }
