"""`sheet-assets settings import`: settings of a file into ./.env, once what changes is shown."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.table import Table
from rich.text import Text

from sheet_assets import private_file, settings, settings_file
from sheet_assets.cli import terminal
from sheet_assets.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Mapping

_DOTENV = Path(".env")


@click.command(name="import", short_help="Settings of a file into ./.env.")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
def import_(file: Path, *, yes: bool) -> None:
    """Write the settings of FILE into ./.env, which is made where there is none.

    Every name and value is checked first: one that is wrong, and nothing is written. What changes
    is shown, secrets as ********, and you are asked. Comments and other lines of .env stay. What
    FILE does not name stays, too.

    \b
    Examples:
      sheet-assets settings import production.env
    """  # noqa: D301 - click's \b keeps the lines apart
    wanted = _checked(settings_file.read(file), file)
    text = _DOTENV.read_text(encoding="utf-8") if _DOTENV.exists() else ""
    before = settings_file.bindings(text, _DOTENV)
    changes = {name: value for name, value in wanted.items() if before.get(name) != value}
    if not changes:
        click.echo(f"{_DOTENV} has all of {file} already; nothing was changed.", err=True)
        return
    made = settings_file.changed(text, changes, _DOTENV)
    _show(before, changes)
    _confirm(len(changes), yes=yes)
    try:
        private_file.write(_DOTENV, made)
    except OSError as error:
        raise SettingError(f"{_DOTENV} cannot be written ({error.strerror}).") from error
    click.echo(f"Wrote {_settings(len(changes))} into {_DOTENV}.", err=True)


def _checked(values: Mapping[str, str | None], file: Path) -> dict[str, str]:
    """The settings to import; a name without a value is none.

    Raises:
        SettingError: names that are no settings, and values that none can have: all of them.
    """
    wrong = [_unknown(name) for name in values if name not in settings.DECLARED]
    given = {name: value for name, value in values.items() if value and name in settings.DECLARED}
    for name, value in given.items():
        problem = settings.DECLARED[name].problem(value)
        if problem:
            wrong.append(problem)
    if wrong:
        raise SettingError(f"{' '.join(wrong)} Nothing was changed; correct {file}.")
    return given


def _unknown(name: str) -> str:
    if name == settings.SETTINGS_FILE:
        return f"{name} may not stand in a .env."
    nearest = difflib.get_close_matches(name, settings.DECLARED, n=1, cutoff=0)
    return f"There is no setting {name}; the nearest is {nearest[0]}."


def _show(before: Mapping[str, str | None], changes: Mapping[str, str]) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("name", no_wrap=True)
    table.add_column(f"in {_DOTENV} now", overflow="fold")
    table.add_column("then", overflow="fold")
    for name, value in changes.items():
        setting = settings.DECLARED[name]
        table.add_row(
            name, Text(setting.shown(before.get(name)) or ""), Text(setting.shown(value) or "")
        )
    terminal.results().print(table)


def _confirm(count: int, *, yes: bool) -> None:
    if yes:
        return
    try:
        agreed = click.confirm(f"Write {_settings(count)} into {_DOTENV}?", err=True)
    except click.Abort:  # nobody is there to answer
        agreed = False
    if not agreed:
        raise SettingError("Nothing was changed. Answer y, or say --yes.")


def _settings(count: int) -> str:
    return f"{count} setting" + ("" if count == 1 else "s")
