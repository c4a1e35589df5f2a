"""The declared settings as text: .env.example, and the table in the README.

`python -m sheet_assets.cli.settings_text` writes both anew in the current checkout.
"""

from __future__ import annotations

import re
from pathlib import Path

from sheet_assets.settings import DECLARED

_BEGIN = "<!-- settings: made from sheet_assets/declared_settings.py -->"
_END = "<!-- /settings -->"


def env_example() -> str:
    """.env.example: every setting with its meaning; what is not required is commented out."""
    lines = ["# Copy to .env and fill in. Made from sheet_assets/declared_settings.py.", ""]
    group = None
    for setting in DECLARED.values():
        if setting.group != group:
            group = setting.group
            lines += [f"# --- {group} ---", ""]
        lines.append(f"# {setting.meaning}")
        lines.append(f"{'' if setting.required else '# '}{setting.name}={setting.default or ''}")
        lines.append("")
    return "\n".join(lines)


def readme_table() -> str:
    """The table between the README's two markers, markers included."""
    rows = [
        f"| `{setting.name}` | {setting.meaning}{' **Required.**' if setting.required else ''} | "
        f"{f'`{setting.default}`' if setting.default else ''} |"
        for setting in DECLARED.values()
    ]
    return "\n".join(
        [_BEGIN, "", "| Setting | Meaning | Default |", "|---|---|---|", *rows, "", _END]
    )


def with_table(readme: str) -> str:
    """The README's text with the table as it should be."""
    return re.sub(
        f"{re.escape(_BEGIN)}.*?{re.escape(_END)}",
        lambda _: readme_table(),
        readme,
        flags=re.DOTALL,
    )


if __name__ == "__main__":
    Path(".env.example").write_text(env_example())
    Path("README.md").write_text(with_table(Path("README.md").read_text()))
