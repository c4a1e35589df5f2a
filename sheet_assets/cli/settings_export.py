"""`sheet-assets settings export`: what is set, as a file that `settings import` reads."""

from __future__ import annotations

from pathlib import Path

import click

from sheet_assets import private_file, settings, settings_file
from sheet_assets.errors import SettingError


@click.command(short_help="What is set, into a file.")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--with-secrets", is_flag=True, help="Write the secrets, too.")
@click.option("--force", is_flag=True, help="Take the place of a file that is there.")
def export(file: Path, *, with_secrets: bool, force: bool) -> None:
    """Write every setting that has a value into FILE, which only you can read (mode 0600).

    Beside each stands where its value came from. Secrets are left out unless --with-secrets, and
    defaults always, so that they stay defaults; what is left out is told. A file that is there
    stays unless --force.

    \b
    Examples:
      sheet-assets settings export settings.env
    """  # noqa: D301 - click's \b keeps the lines apart
    lines = ["# Written by `sheet-assets settings export`; `settings import` reads it.\n"]
    written, secrets, defaults = 0, [], 0
    for setting in settings.DECLARED.values():
        value, source = settings.get(setting.name), settings.source(setting.name)
        if value is None or source == "default":
            defaults += value is not None
        elif setting.secret and not with_secrets:
            secrets.append(setting.name)
            lines.append(f"# {setting.name}: a secret, from the {source}; left out.\n")
        else:
            written += 1
            lines.append(f"# From the {source}:\n{settings_file.line(setting.name, value)}")
    try:
        private_file.write(file, "".join(lines), replace=force)
    except FileExistsError as error:
        raise SettingError(
            f"{file} is there already, and nothing was written. Name another, or say --force."
        ) from error
    except OSError as error:
        raise SettingError(f"{file} cannot be written ({error.strerror}). Name another.") from error
    click.echo(f"Wrote {written} setting{'' if written == 1 else 's'} into {file}.", err=True)
    if secrets:
        click.echo(f"Left out {', '.join(secrets)}: secrets. --with-secrets writes them.", err=True)
    if defaults:
        click.echo(f"Left out {defaults} that have their default.", err=True)
