"""A secret setting that says where its value is kept, instead of being it."""

from __future__ import annotations

import re
from dataclasses import dataclass

MUST_BE = "aws-secretsmanager:NAME, aws-secretsmanager:NAME#json_key or aws-ssm:NAME"
_BEGINS = re.compile(r"aws-(secretsmanager|ssm):")
_WHOLE = re.compile(r"aws-(?:(?:secretsmanager):([^#\s]+)(?:#([^#]+))?|ssm:([^#\s]+))")


@dataclass(frozen=True)
class SecretReference:
    """A secret of AWS Secrets Manager (one key of its JSON, or all of it), or an SSM parameter."""

    service: str
    name: str
    json_key: str | None = None

    @classmethod
    def parse(cls, value: str) -> SecretReference | None:
        """The reference; None for a value that is the secret itself.

        Raises:
            ValueError: it begins like one, and is none.
        """
        if not _BEGINS.match(value):
            return None
        found = _WHOLE.fullmatch(value)
        if found is None:
            raise ValueError(f"a reference is {MUST_BE}")
        secret, json_key, parameter = found.groups()
        if secret:
            return cls("secretsmanager", secret, json_key)
        return cls("ssm", parameter)

    def __str__(self) -> str:
        said = "the SSM parameter" if self.service == "ssm" else "the secret"
        return f"{said} {self.name}"


def is_malformed(value: str) -> bool:
    """Whether a value begins like a reference, and is none."""
    return bool(_BEGINS.match(value)) and not _WHOLE.fullmatch(value)
