"""The documents say what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from sheet_assets.cli import main, reference_text, settings_text
from sheet_assets.sheets.contract import SheetSource

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
PAGES = [
    ROOT / "README.md",
    *sorted((ROOT / "docs").rglob("*.md")),
    *(ROOT / ".github").glob("*.md"),
]


def test_env_example_is_made_from_the_settings():
    """`.env.example` is what the declaration gives; `python -m sheet_assets.cli.settings_text` writes it."""
    assert (ROOT / ".env.example").read_text() == settings_text.env_example()


def test_reference_is_made_from_the_models():
    """`python -m sheet_assets.cli.reference_text` writes docs/reference.md."""
    assert (ROOT / "docs" / "reference.md").read_text() == reference_text.page()


def test_readme_table_is_made_from_the_settings():
    """The README's table of settings is what the declaration gives."""
    assert settings_text.readme_table() in README


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    """Every relative link of a page names a file of the project."""
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text()):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_the_index_has_every_page():
    """docs/README.md names each page of docs/ once, and the README names the index."""
    named = re.findall(
        r"^- \[.*?\]\((.*?)\): ", (ROOT / "docs" / "README.md").read_text(), re.MULTILINE
    )
    there = {path.name for path in (ROOT / "docs").glob("*.md")}
    assert sorted(named) == sorted(there - {"README.md"})
    assert "(docs/README.md)" in README


def test_readme_yaml_is_a_contract():
    """The README's defs.yaml satisfies the contract's own rules."""
    (text,) = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    attributes = yaml.safe_load(text)["attributes"]
    source = SheetSource(
        name=attributes["name"],
        spreadsheet_id=attributes["spreadsheet"],
        worksheet=attributes["worksheet"],
        columns=tuple(attributes["columns"]),
    )
    assert [str(column.type) for column in source.columns] == [
        "integer",
        "timestamp",
        "smallint",
        "varchar(2000)",
    ]


def test_readme_names_every_command():
    """Each command stands in the README, and each that stands there answers to --help."""
    named = set(re.findall(r"^\| `sheet-assets ([a-z-]+(?: [a-z]+)?)", README, re.MULTILINE))
    runner = CliRunner()
    for words in named:
        result = runner.invoke(main, [*words.split(), "--help"])
        assert result.exit_code == 0, words
    with_groups = {words.split()[0] for words in named}
    assert with_groups == set(main.list_commands(None))


def test_no_index_host_in_the_lock_file():
    """The lock file pins exact versions with hashes and names no host."""
    text = (ROOT / "requirements.lock").read_text()
    assert "://" not in text
    pins = re.findall(
        r"^[a-z0-9][a-z0-9._-]*(?:\[[a-z0-9,-]+\])?==\S+", text, re.MULTILINE | re.IGNORECASE
    )
    assert len(pins) > 100
    assert text.count("--hash=sha256:") > len(pins)
