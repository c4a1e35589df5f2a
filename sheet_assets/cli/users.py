"""`sheet-assets users`: who may log in to `sheet-assets serve`, and as what."""

from __future__ import annotations

import datetime as dt
import json
import sys
import time
from typing import TYPE_CHECKING

import click
from rich.table import Table
from rich.text import Text

from sheet_assets import settings
from sheet_assets.cli import terminal
from sheet_assets.errors import UsersError

if TYPE_CHECKING:
    from sheet_assets.webserver.users import User, UsersFile

_LEAST_CHARACTERS = 12
_DAY_SECONDS = 86_400


@click.group()
def users() -> None:
    """Who may log in to `sheet-assets serve`, and as what.

    They stand in SHEET_ASSETS_USERS_FILE, with the argon2 hashes of their passwords and tokens. A
    webserver that runs reads a change at once.
    """


@users.command(short_help="Add a viewer or an operator.")
@click.argument("name")
@click.option(
    "--role",
    type=click.Choice(["viewer", "operator"]),
    required=True,
    help="A viewer reads everything and starts nothing.",
)
@click.option(
    "--token", is_flag=True, help="Make a token and print it once, instead of a password."
)
@click.option("--days", type=click.IntRange(min=1), help="End the password or token after so many.")
@click.option("--replace", is_flag=True, help="Take the place of the user of this name.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def add(
    name: str, *, role: str, token: bool, days: int | None, replace: bool, as_json: bool
) -> None:
    """Add a user with a password, which is asked for, or with a token.

    Without a terminal, the password is the first line of standard input. People log in with a
    password in the browser; scripts send a token, as `Authorization: Bearer TOKEN`.

    \b
    Examples:
      sheet-assets users add ann --role operator
      sheet-assets users add monitor --role viewer --token --days 365
    """  # noqa: D301 - click's \b keeps the lines apart
    from sheet_assets.webserver import credentials  # noqa: PLC0415 - argon2, not for --help
    from sheet_assets.webserver.users import User  # noqa: PLC0415

    file = _file()
    shown, token_id = None, None
    if token:
        shown, made = credentials.new_token()
        secret, token_id = made.secret, made.who
    else:
        secret = _password(name)
    expires = time.time() + days * _DAY_SECONDS if days else None
    user = User(name, role, credentials.hashed(secret), token_id, expires)
    file.add(user, replace=replace)
    if as_json:
        click.echo(json.dumps({**_as_json(user), "token": shown}, indent=2))
        return
    click.echo(f"{name} is {_an(role)}.", err=True)
    if shown:
        click.echo("Its token, which is shown only now:", err=True)
        click.echo(shown)


@users.command(name="list", short_help="Every user, without its secret.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def list_(*, as_json: bool) -> None:
    """Every user: its role, how it logs in, and until when. No secret and no hash is shown."""
    file = _file()
    found = sorted(file.users().values(), key=lambda user: user.name)
    if as_json:
        click.echo(json.dumps([_as_json(user) for user in found], indent=2))
        return
    if not found:
        click.echo(f"There are no users in {file.path}.", err=True)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for header in ("name", "role", "logs in with", "until"):
        table.add_column(header, no_wrap=True)
    for user in found:
        entry = _as_json(user)
        until = f"{entry['expires'] or ''}{' (over)' if user.expired else ''}"
        table.add_row(Text(user.name), user.role, str(entry["login"]), until)
    terminal.results().print(table)


@users.command(short_help="Let a user in no more.")
@click.argument("name")
def remove(name: str) -> None:
    """Remove a user: its password or token is refused from the next request on."""
    _file().remove(name)
    click.echo(f"{name} is removed.", err=True)


def _file() -> UsersFile:
    from sheet_assets.webserver.users import UsersFile  # noqa: PLC0415 - not for --help

    return UsersFile(settings.users_file())


def _password(name: str) -> str:
    """Raises UsersError: there is none, or it is too short."""
    if sys.stdin.isatty():
        said: str = click.prompt(
            f"Password of {name}", hide_input=True, confirmation_prompt=True, err=True
        )
    else:
        said = sys.stdin.readline().rstrip("\r\n")
    if len(said) < _LEAST_CHARACTERS:
        raise UsersError(
            f"A password has at least {_LEAST_CHARACTERS} characters; nothing was changed. Choose "
            "a longer one, or --token."
        )
    return said


def _as_json(user: User) -> dict[str, str | None]:
    until = dt.datetime.fromtimestamp(user.expires, dt.UTC) if user.expires else None
    return {
        "name": user.name,
        "role": user.role,
        "login": "token" if user.token_id else "password",
        "expires": until.isoformat(" ", "minutes") if until else None,
    }


def _an(role: str) -> str:
    return f"an {role}" if role == "operator" else f"a {role}"
