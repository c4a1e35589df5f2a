"""A mistake in a defs.yaml, as one sentence: which file, which field, what is wrong."""

from __future__ import annotations

import re
import sys
import traceback
from typing import TYPE_CHECKING, Any

import yaml
from pydantic import ValidationError

from sheet_assets.errors import SettingError, SheetAssetsError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# One problem in pydantic's report as Dagster annotates it, and the part of its path that names a
# branch of a union.
_PROBLEM = re.compile(r"^`attributes\.(\S.*?) at .*:(\d+)`\n\s+(.*?)(?: \[type=.*)?$", re.MULTILINE)
_BRANCH = re.compile(
    r"\.(?:list|tuple)\[.*?\](?=\.)|\.nullable\[.*\]$|\.constrained-\w+$|\.[A-Z]\w*(?=\.)"
)
# A sentence that begins with a field: `columns.1.type: …`, `name (line 3): …`.
_FIELD = re.compile(r"([a-z][a-z0-9_.]*?(?: \(line \d+\))?)\.?: (.*)", re.DOTALL)
# Two ways in which Dagster finds one key twice; the second prints the whole of both.
_TWICE = re.compile(
    r"(?:Duplicate asset key: |conflicting AssetSpecs with the same key:\s+AssetSpec\(key=)"
    r"AssetKey\(\[(.*?)\]\)"
)
# What a developer of pydantic says, and what somebody who wrote YAML understands.
_WORDS = (
    (re.compile(r"^Value error, "), ""),
    (re.compile(r"^Field required$"), "is missing"),
    (re.compile(r"^Extra inputs are not permitted$"), "there is no such field"),
    (re.compile(r"^Input should be a valid string$"), "must be a text; quote it"),
    (re.compile(r"^Input should be a valid integer.*"), "must be a whole number"),
    (re.compile(r"^Input should be a valid boolean.*"), "must be true or false"),
    (re.compile(r"^Input should be a valid (tuple|list)$"), "must be a list"),
    (re.compile(r"^Input should be (an object|a valid dictionary.*)$"), "must be a mapping"),
    (re.compile(r"^String should match pattern "), "must match the pattern "),
    (re.compile(r"^Input should be "), "must be "),
)
# Raised for what stands in a YAML; of anything else its author needs the traceback.
_MISTAKES = {"DagsterUnresolvableSymbolError", "DagsterInvalidDefinitionError", "UndefinedError"}
_MISTAKES |= {"TemplateSyntaxError", "TemplateError", "TemplateAssertionError"}


class DefinitionsError(SheetAssetsError):
    """A defs.yaml cannot be loaded; the text names its folder and field."""


def explained(error: BaseException, folder: Path) -> SheetAssetsError:
    """The sentence inside an error of loading the defs.yaml files below `folder`."""
    misshapen = next(_misshapen(folder), None)
    if misshapen:
        return DefinitionsError(misshapen)
    chain = list(_chain(error))
    where = next(filter(None, (_component(each) for each in chain)), "")
    for each in chain:
        if isinstance(each, SettingError):
            return SettingError(f"{where}{each}")
    mistakes = [each for each in reversed(chain) if _is_mistake(each)]
    if not mistakes:
        traceback.print_exception(error, file=sys.stderr)
    # Dagster draws trees and excerpts around it: the innermost that has a line, else a field.
    mistakes = mistakes or chain[-1:]
    placed = (each for each in mistakes if _PROBLEM.search(str(each)))
    named = (each for each in mistakes if _FIELD.match(_sentence(each)))
    said = _sentence(next(placed, None) or next(named, mistakes[0]))
    return DefinitionsError(f"{where or _mentioning(folder, said)}{said.rstrip('. ')}.")


def _misshapen(folder: Path) -> Iterator[str]:
    """What keeps a file from being a list of components; Dagster does not say which file."""
    for path in sorted(folder.rglob("defs.yaml")):
        where = path.relative_to(folder)
        try:
            documents = list(yaml.safe_load_all(path.read_text(encoding="utf-8")))
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = f" (line {mark.line + 1}, column {mark.column + 1})" if mark else ""
            yield f"{where}: this is no YAML{line}: {error.problem or error.context}."
            continue
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            yield f"{where}: this is no YAML: {' '.join(str(error).split())}."
            continue
        components = [document for document in documents if document is not None]
        if not components:
            yield f"{where}: it is empty; it needs `type:` and `attributes:`."
        for component in components:
            if not isinstance(component, dict):
                yield f"{where}: it must be a mapping with `type:` and `attributes:`."
            elif not isinstance(component.get("type"), str):
                yield f"{where}: type: is missing, for example `type: sheet_assets.SheetTable`."
            elif not isinstance(component.get("attributes", {}), dict | None):
                yield f"{where}: attributes: must be a mapping of fields."


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _is_mistake(error: BaseException) -> bool:
    return isinstance(error, ValueError) or type(error).__name__ in _MISTAKES


def _component(error: BaseException) -> str:
    """`nps/defs.yaml: `, from the first line of Dagster's own exception."""
    if type(error).__name__ != "ComponentTreeException":
        return ""
    match = re.search(r"(?:component|for) ([^\s\[\]:]+)", str(error).partition("\n")[0])
    return f"{match[1]}/defs.yaml: " if match else ""


def _mentioning(folder: Path, said: str) -> str:
    """The defs.yaml files with the type or the name that Dagster complains of, without a place."""
    match = re.search(r"(?:type|module) `(\S+)`|the asset \S*?([^/\s]+) is", said)
    if not match:
        return ""
    wanted = re.compile(
        rf"^type: *{re.escape(match[1])}(?:\.\w+)?\s*$"
        if match[1]
        else rf"^ *(?:name|table): *(?:\S*\.)?{re.escape(match[2])}\s*$",
        re.MULTILINE,
    )
    found = [
        str(path.relative_to(folder))
        for path in sorted(folder.rglob("defs.yaml"))
        if wanted.search(path.read_text(encoding="utf-8"))
    ]
    return f"{' and '.join(found)}: " if found else ""


def _sentence(error: BaseException) -> str:
    """What a problem says in our words, with its fields' names and lines where they are known."""
    text = str(error).strip()
    found = _PROBLEM.findall(text)
    # A list may also come from a template: that it is not a text says nothing.
    found = [each for each in found if not each[0].endswith(".str")] or found
    if found:
        return "; ".join(
            f"{_BRANCH.sub('', field)} (line {line}): {_in_words(what)}"
            for field, line, what in found
        )
    if isinstance(error, ValidationError):
        return "; ".join(
            f"{_place(problem['loc'])}{_in_words(problem['msg'])}" for problem in error.errors()
        )
    if match := re.search(r"Module `(\S+)` has no attribute `(\S+)`", text):
        return f"there is no type `{match[1]}.{match[2]}`; `dg list components` lists them"
    if match := re.search(r"Module `(\S+)` not found", text):
        return f"there is no module `{match[1]}` for its type"
    if match := _TWICE.search(text):
        key = "/".join(re.findall(r"'([^']*)'", match[1]))
        return f"the asset {key} is declared twice; give each a name and a table of its own"
    if type(error).__module__.startswith("jinja2"):
        return f"what stands in {{{{ … }}}} cannot be read: {text}"
    if match := _FIELD.match(text):
        return f"{match[1]}: {_in_words(match[2])}"
    # Dagster writes some of its own in several lines.
    return " ".join(text.split())


def _place(location: tuple[Any, ...]) -> str:
    return f"{'.'.join(map(str, location))}: " if location else ""


def _in_words(said: str) -> str:
    for pattern, words in _WORDS:
        said = pattern.sub(words, said)
    return said
