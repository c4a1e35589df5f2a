"""`sandbox run` for scripts that know nothing of this package."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from checkout import Checkout

SCRIPT = Path(__file__).with_name("by_hand.py")


def test_vendors_clients_read_and_write_all_three_services(checkout: Checkout) -> None:
    """gspread, boto3 and psycopg2 work with the sandbox's settings and no code of this package."""
    assert "sheet_assets" not in SCRIPT.read_text()
    result = checkout.run("sandbox", "run", "--", sys.executable, str(SCRIPT))
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout) == {
        "header": ["id", "created_at", "score", "comment"],
        "cell": "by hand",
        "object": "1,one\n2,two\n",
        "rows": [[1, "one"], [2, "two"]],
    }


def test_empty_sandbox_has_no_sheets(checkout: Checkout) -> None:
    """With --empty, the spreadsheets that defs/ names do not exist, and Dagster is not loaded."""
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]); import by_hand, gspread\n"
        "try: by_hand.google().open_by_key('nps-survey')\n"
        "except gspread.SpreadsheetNotFound: print('there is none')\n"
    )
    args = (sys.executable, "-c", script, str(SCRIPT.parent))
    result = checkout.run("sandbox", "run", "--empty", "--", *args)
    assert (result.returncode, result.stdout) == (0, "there is none\n"), result.stderr
    assert "sample rows" not in result.stderr
