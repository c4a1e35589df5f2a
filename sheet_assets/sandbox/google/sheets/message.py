"""Reading a protobuf message from JSON, with Google's errors for what does not fit."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sheet_assets.sandbox.google.errors import InvalidArgumentError, UnimplementedError
from sheet_assets.sandbox.google.fields import FieldMask

if TYPE_CHECKING:
    from collections.abc import Iterable

_TYPES = {
    "TYPE_INT32": int,
    "TYPE_BOOL": bool,
    "TYPE_STRING": str,
}


class Message:
    """A JSON object and its path in the request; a field that is null counts as absent."""

    def __init__(self, value: Any, path: str) -> None:
        self.path = path
        if value is None:
            value = {}
        if not isinstance(value, dict):
            raise _invalid_value(path, value)
        self.fields: dict[str, Any] = {
            name: item for name, item in value.items() if item is not None
        }

    def __contains__(self, name: str) -> bool:
        return name in self.fields

    def allow(self, names: Iterable[str], *, lacking: Iterable[str] = ()) -> Message:
        """Refuse fields that are in neither list; say of those in `lacking` that we lack them.

        Raises:
            InvalidArgumentError: a field Google does not know either.
            UnimplementedError: one of `lacking` is given.
        """
        known, unimplemented = set(names), set(lacking)
        for name in self.fields:
            if name in unimplemented:
                raise UnimplementedError(self._path(name))
            if name not in known:
                raise unknown_name(name, self.path)
        return self

    def integer(self, name: str, default: int | None = None) -> int | None:
        """An int32 field."""
        value = self.fields.get(name)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return self._typed(name, value, "TYPE_INT32", default)  # type: ignore[no-any-return]  # checked there

    def count(self, name: str) -> int:
        """An int32 field that is 0 when absent.

        Raises:
            InvalidArgumentError: it is negative.
        """
        value = self.integer(name) or 0
        if value < 0:
            raise InvalidArgumentError(f"{name} must be greater than or equal to 0: {value}")
        return value

    def double(self, name: str) -> float | None:
        """A double field."""
        value = self.fields.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float | None):
            raise _invalid_value(self._path(name), value, "TYPE_DOUBLE")
        return value

    def boolean(self, name: str) -> bool:
        """A bool field, False when absent."""
        return self._typed(name, self.fields.get(name), "TYPE_BOOL", False)  # type: ignore[no-any-return]  # checked there

    def text(self, name: str) -> str | None:
        """A string field."""
        return self._typed(name, self.fields.get(name), "TYPE_STRING", None)  # type: ignore[no-any-return]  # checked there

    def enum(
        self, name: str, choices: Iterable[str], type_name: str, *, lacking: Iterable[str] = ()
    ) -> str:
        """An enum field: the first choice is the default.

        Raises:
            InvalidArgumentError: a name that Google's enum of this type does not have.
            UnimplementedError: one of `lacking`.
        """
        options = tuple(choices)
        value = self.text(name)
        if value is None or value.endswith("_UNSPECIFIED"):
            return options[0]
        if value in lacking:
            raise UnimplementedError(f"{self._path(name)} {value}")
        if value not in options:
            field = snake(self._path(name))
            raise InvalidArgumentError.at(
                field,
                f"Invalid value at '{field}' "
                f'(type.googleapis.com/google.apps.sheets.v4.{type_name}), "{value}"',
            )
        return value

    def message(self, name: str) -> Message:
        """A field that is a message; an empty one when absent."""
        return Message(self.fields.get(name), self._path(name))

    def messages(self, name: str) -> list[Message]:
        """A field that is a list of messages."""
        value = self.fields.get(name, [])
        if not isinstance(value, list):
            raise _invalid_value(self._path(name), value)
        path = self._path(name)
        return [Message(item, f"{path}[{place}]") for place, item in enumerate(value)]

    def texts(self, name: str) -> list[str]:
        """A field that is a list of strings."""
        value = self.fields.get(name, [])
        if not isinstance(value, list):
            raise _invalid_value(self._path(name), value)
        for place, item in enumerate(value):
            if not isinstance(item, str):
                raise _invalid_value(f"{self._path(name)}[{place}]", item, "TYPE_STRING")
        return value

    def mask(self, name: str = "fields") -> FieldMask:
        """The field mask of an update; `*` stands for all.

        Raises:
            InvalidArgumentError: it is missing, or no field mask.
        """
        text = self.text(name)
        if not text:
            raise InvalidArgumentError(
                "At least one field must be listed in 'fields'. (Use '*' to indicate all fields.)"
            )
        try:
            return FieldMask.parse(text)
        except ValueError as exc:
            raise InvalidArgumentError(f"Invalid field mask: {text}") from exc

    def _path(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name

    def _typed(self, name: str, value: Any, type_name: str, default: Any) -> Any:
        if value is None:
            return default
        expected = _TYPES[type_name]
        if not isinstance(value, expected) or (expected is int and isinstance(value, bool)):
            raise _invalid_value(self._path(name), value, type_name)
        return value


def unknown_name(name: str, path: str) -> InvalidArgumentError:
    """Google's error for a JSON field that the message does not have."""
    place = f" at '{snake(path)}'" if path else ""
    message = f'Invalid JSON payload received. Unknown name "{name}"{place}: Cannot find field.'
    return InvalidArgumentError.at(snake(path), message)


def invalid_list(path: str, value: Any) -> InvalidArgumentError:
    """Google's error for something else where a list of values must stand."""
    message = (
        f"Invalid value at '{path}' (type.googleapis.com/google.protobuf.ListValue), "
        f"{json.dumps(value, ensure_ascii=False)}"
    )
    return InvalidArgumentError.at(path, message)


def snake(path: str) -> str:
    """A path as Google's errors spell it: camel case becomes snake case."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in path)


def _invalid_value(path: str, value: Any, type_name: str = "TYPE_MESSAGE") -> InvalidArgumentError:
    field = snake(path)
    message = f"Invalid value at '{field}' ({type_name}), {json.dumps(value, ensure_ascii=False)}"
    return InvalidArgumentError.at(field, message)
