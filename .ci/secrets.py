"""No secret stands in a file that git tracks: detect-secrets looks into each of them.

A line that only looks like one has the comment `pragma: allowlist secret` and the reason
(or `allowlist nextline secret`, in a line before it).
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from detect_secrets.core.scan import scan_file
from detect_secrets.settings import default_settings, get_plugins, transient_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

# Our hashes of contents have the entropy of keys.
_NOT_HERE = {"HexHighEntropyString", "Base64HighEntropyString"}
# `password = "…"`: in Python that is ruff's S105 to S107, and tests make up passwords of their own.
_NOT_IN_PYTHON = {*_NOT_HERE, "KeywordDetector"}
_PLACEHOLDERS = [
    # What is to be put in, as our pages write it: postgresql://USER:PASSWORD@HOST.
    {"path": "detect_secrets.filters.regex.should_exclude_secret", "pattern": ["^PASSWORD$"]},
    # Kubernetes' name of a Secret.
    {"path": "detect_secrets.filters.regex.should_exclude_line", "pattern": ["[sS]ecretName: "]},
]
# In these the values of such keywords need no quotes, by rules that the whole text is not read by.
_SETTINGS = {"", ".cfg", ".conf", ".env", ".example", ".ini", ".toml", ".yaml", ".yml"}


def main() -> int:
    """Print where secrets stand; the exit code is 1 if there are any."""
    tracked = subprocess.run(
        ["git", "ls-files", "-z"],  # noqa: S607 - whichever git there is
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\0")
    names = [name for name in tracked if Path(name).is_file()]
    python = [name for name in names if name.endswith(".py")]
    others = [name for name in names if not name.endswith(".py")]
    found = [*_found(python, without=_NOT_IN_PYTHON), *_found(others, without=_NOT_HERE)]
    for line in found:
        print(line)
    if found:
        print("Take it out, and give it up where it was issued: whoever has a clone has it.")
    return 1 if found else 0


def _found(names: list[str], *, without: set[str]) -> Iterator[str]:
    with default_settings() as default:
        settings = {
            "plugins_used": [
                {"name": name, **(arguments or {})}
                for name, arguments in default.plugins.items()
                if name not in without
            ],
            "filters_used": [*({"path": path} for path in default.filters), *_PLACEHOLDERS],
        }
    with transient_settings(settings):
        for name in names:
            # Line by line takes ten times as long: only where there is something at all.
            if _suspicious(Path(name)):
                for secret in scan_file(name):
                    yield f"{name}:{secret.line_number}: {secret.type}"


def _suspicious(path: Path) -> bool:
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return False
    return path.suffix in _SETTINGS or any(
        any(True for _ in plugin.analyze_string(text)) for plugin in get_plugins()
    )


if __name__ == "__main__":
    sys.exit(main())
