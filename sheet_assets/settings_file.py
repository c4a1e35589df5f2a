"""Settings as text: a settings file or a .env, read, written, and changed line by line."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import dotenv
from dotenv.parser import parse_stream

from sheet_assets import private_file
from sheet_assets.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def read(path: Path) -> dict[str, str | None]:
    """Names and values of a file, without interpolation.

    Raises:
        SettingError: it cannot be read, or a line of it is neither a comment nor NAME=value.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise unreadable(path, error.strerror) from error
    except UnicodeDecodeError as error:
        raise unreadable(path, "it is not UTF-8") from error
    return bindings(text, path)


def bindings(text: str, path: Path) -> dict[str, str | None]:
    """Names and values, without interpolation; a line that is neither is an error.

    dotenv's own reading skips such a line, and the setting would come from the environment.
    """
    found: dict[str, str | None] = {}
    for binding in parse_stream(io.StringIO(text)):
        if binding.error:
            raise unreadable(path, f"line {binding.original.line} is not NAME=value")
        if binding.key is not None:
            found[binding.key] = binding.value
    return found


def write(path: Path, values: Mapping[str, str]) -> None:
    """Write a settings file that only its owner can read, in place of what was there.

    Raises:
        SettingError: a name or value would not be read back as it is; nothing is written.
    """
    text = "".join(map(line, values, values.values()))
    if bindings(text, path) != dict(values):
        raise SettingError(f"A setting's name or value cannot be written into {path}.")
    private_file.write(path, text)


def line(name: str, value: str) -> str:
    """One setting, with its line's end."""
    for character, escape in ("\\", r"\\"), ('"', r"\""), ("\n", r"\n"), ("\r", r"\r"):
        value = value.replace(character, escape)
    return f'{name}="{value}"\n'


def changed(text: str, changes: Mapping[str, str], path: Path) -> str:
    """The text of a .env with other values: each on its own line's place, new ones at the end.

    Comments and lines of other programs stay as they are. Where a name stands twice the last one
    counts, so that is the one that changes.

    Raises:
        SettingError: a value would not be read back as it is.
    """
    parsed = list(parse_stream(io.StringIO(text)))
    last = {each.key: number for number, each in enumerate(parsed) if each.key in changes}
    pieces = []
    for number, each in enumerate(parsed):
        original = each.original.string
        if each.key is None or last.get(each.key) != number:
            pieces.append(original)
            continue
        before = original[: len(original) - len(original.lstrip())]
        export = "export " if original.lstrip().startswith("export ") else ""
        pieces.append(f"{before}{export}{line(each.key, changes[each.key])}")
    made = "".join(pieces)
    if made and not made.endswith("\n"):
        made += "\n"
    made += "".join(line(name, value) for name, value in changes.items() if name not in last)
    # As Dagster and our commands load it, which replaces ${NAME}.
    loaded = dotenv.dotenv_values(stream=io.StringIO(made))
    for name, value in changes.items():
        if loaded.get(name) != value:
            raise SettingError(
                f"The value of {name} cannot stand in {path}: what reads a .env would change it "
                "(`${…}` is replaced there). Export it in the environment."
            )
    return made


def unreadable(path: Path, reason: str | None) -> SettingError:
    """The sentence for a file that is not what it should be."""
    return SettingError(f"The settings file {path} cannot be read ({reason}). Correct it.")
