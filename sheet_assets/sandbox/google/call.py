"""One authenticated API call, freed of HTTP: what is asked, with what, and by whom."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from sheet_assets.sandbox.google.errors import InvalidArgumentError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

COMMON_PARAMETERS = frozenset({"alt", "fields", "prettyPrint", "key", "quotaUser"})


class Content(NamedTuple):
    """An answer that is no JSON."""

    media_type: str
    body: bytes


# What a handler answers: a JSON object, some other content, or nothing (204).
Answer: TypeAlias = dict[str, Any] | Content | None


@dataclass(frozen=True)
class Call:
    """The named parts of the path, the query's parameters, the body and the caller's e-mail."""

    path: Mapping[str, str]
    parameters: Mapping[str, list[str]]
    body: bytes
    email: str

    def parameter(self, name: str) -> str | None:
        """A query parameter; the last one when it is repeated."""
        values = self.parameters.get(name)
        return values[-1] if values else None

    def choice(self, name: str, choices: Iterable[str], type_name: str) -> str:
        """A query parameter that is an enum: the first choice is the default.

        Raises:
            InvalidArgumentError: it is none of the choices.
        """
        options = tuple(choices)
        value = self.parameter(name)
        if value is None or value.endswith("_UNSPECIFIED"):
            return options[0]
        if value not in options:
            field = "".join(f"_{c.lower()}" if c.isupper() else c for c in name)
            raise InvalidArgumentError.at(
                field,
                f"Invalid value at '{field}' "
                f'(type.googleapis.com/google.apps.sheets.v4.{type_name}), "{value}"',
            )
        return value

    def flag(self, name: str) -> bool:
        """A query parameter that is a boolean, False when absent."""
        value = (self.parameter(name) or "false").lower()
        if value not in {"true", "false", "1", "0"}:
            raise InvalidArgumentError.at(
                name, f"Invalid value at '{name}' (TYPE_BOOL), \"{value}\""
            )
        return value in {"true", "1"}

    def json(self) -> Any:
        """The body.

        Raises:
            InvalidArgumentError: it is no JSON, or has NaN or Infinity.
        """
        try:
            return json.loads(self.body or b"{}", parse_constant=_refuse)
        except (ValueError, UnicodeDecodeError) as exc:
            raise InvalidArgumentError(
                "Invalid JSON payload received. Unexpected token.\n"
                + self.body[:40].decode("utf-8", "replace")
            ) from exc


def _refuse(constant: str) -> None:
    raise ValueError(constant)
