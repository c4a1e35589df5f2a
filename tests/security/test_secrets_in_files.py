"""A secret in a tracked file is found, whatever the file."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / ".ci" / "secrets.py"
# Put together here, so that this file has none.
AWS_KEY = "AKIA" + "2E0A8F3B2C4D5E6F"
BEGIN = "-----BEGIN " + "PRIVATE KEY-----"
PLANTED = {
    "package/settings.py": (f'ACCESS = "{AWS_KEY}"\n', "1: AWS Access Key"),
    "docs/page.md": (f"First.\n\n    export AWS_ACCESS_KEY_ID={AWS_KEY}\n", "3: AWS Access Key"),
    "tests/key.json": (
        f'{{"type": "service_account",\n"private_key": "{BEGIN}\\nMIIE"}}\n',
        "2: Private Key",
    ),
    "key.pem": (f"{BEGIN}\nMIIE\n", "1: Private Key"),
    "rows.csv": (f"name,key\nx,{AWS_KEY}\n", "2: AWS Access Key"),
    "deploy/compose.yaml": (
        "services:\n  database:\n    password: correct-horse-7\n",
        "3: Secret Keyword",
    ),
    "script": (f"curl https://ann:{'hunter2'}@example.com\n", "1: Basic Auth Credentials"),
}
ALLOWED = f'BEGINS = "{BEGIN}"  # pragma: allowlist secret - how each begins\n'


def scanned(folder):
    """What the script says about the files that git tracks there."""
    subprocess.run(["git", "add", "."], cwd=folder, check=True, capture_output=True)
    return subprocess.run(
        [sys.executable, SCRIPT], check=False, cwd=folder, capture_output=True, text=True
    )


def test_planted_secrets_are_found(tmp_path):
    """Each is named with its file, line and kind, never shown; what git does not track is not read."""
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    for name, (text, _) in PLANTED.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "allowed.py").write_text(ALLOWED)
    (tmp_path / "pod.yaml").write_text("secretName: sheet-assets-users\n")
    (tmp_path / "page.md").write_text("postgresql://USER:PASSWORD@HOST:5432/DATABASE\n")
    (tmp_path / ".gitignore").write_text("ignored\n")
    (tmp_path / "ignored").write_text(AWS_KEY)
    result = scanned(tmp_path)
    assert result.returncode == 1, result.stderr
    lines = result.stdout.splitlines()
    assert sorted(lines[:-1]) == sorted(f"{name}:{found}" for name, (_, found) in PLANTED.items())
    assert AWS_KEY not in result.stdout
    for name in PLANTED:
        (tmp_path / name).unlink()
    result = scanned(tmp_path)
    assert (result.returncode, result.stdout) == (0, ""), result.stderr
