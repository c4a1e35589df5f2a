"""What `dg scaffold defs` writes: every field, valid as it is, and also when it is uncommented."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from dagster.components.component_scaffolding import scaffold_object
from small_deployment import QUIET, SmallDeployment

import sheet_assets
from sheet_assets.components import SheetAssets, SheetExport, SheetTable, SqlTable
from sheet_assets.components.scaffold import template
from sheet_assets.sheets.contract import Column
from sheet_assets.warehouse.types import TableColumn

if TYPE_CHECKING:
    import dagster as dg

pytestmark = QUIET

COMPONENTS = [SheetTable, SqlTable, SheetExport, SheetAssets]
KINDS = {"format": "date", "min": "integer", "max": "integer"}


def written(component: type[dg.Model]) -> str:
    """The template, for a folder called `my orders`."""
    return template(component, f"sheet_assets.components.{component.__name__}", Path("my orders"))


def uncommented(text: str, *names: str) -> dict:
    """The attributes, with these fields no longer commented."""
    lines = re.sub(rf"^( +)# ({'|'.join(names)}): ", r"\1\2: ", text, flags=re.MULTILINE)
    return yaml.safe_load(lines)["attributes"]


def optional(text: str, indent: int) -> dict[str, object]:
    """The commented fields at this indent, and what they say."""
    found = re.findall(rf"^ {{{indent}}}# ([a-z_]+): (.*)$", text, flags=re.MULTILINE)
    return {name: yaml.safe_load(value) for name, value in found}


@pytest.mark.parametrize("component", COMPONENTS)
def test_every_field_is_there_with_its_meaning(component: type[dg.Model]) -> None:
    """No field is left out, and above each stands what it is for."""
    text = written(component)
    flowing = " ".join(line.strip().removeprefix("# ") for line in text.splitlines())
    for name, info in component.model_fields.items():
        assert info.description, f"{name} has no description"
        assert f"{info.description} {name}:" in flowing
    said = yaml.safe_load(text)
    assert said["type"] == f"sheet_assets.{component.__name__}"
    fields = {name for name, info in component.model_fields.items() if info.is_required()}
    assert fields <= said["attributes"].keys() <= component.model_fields.keys()


@pytest.mark.parametrize("component", COMPONENTS)
def test_every_example_is_one_that_the_field_takes(component: type[dg.Model]) -> None:
    """A field that is uncommented says something else than by default, and is valid."""
    text = written(component)
    examples = optional(text, 2).keys() & component.model_fields.keys()
    assert examples == component.model_fields.keys() - yaml.safe_load(text)["attributes"].keys()
    for name in examples:
        found = component.resolve_from_yaml(yaml.safe_dump(uncommented(text, name)))
        assert getattr(found, name) != component.model_fields[name].get_default(
            call_default_factory=True
        )


@pytest.mark.parametrize(("component", "kind"), [(SheetTable, Column), (SqlTable, TableColumn)])
def test_every_field_of_a_column_is_there(
    component: type[dg.Model], kind: type[TableColumn]
) -> None:
    """What a column may say is there, too, and valid for a type that has it."""
    text = written(component)
    last = yaml.safe_load(text)["attributes"]["columns"][-1]
    examples = {
        name: value for name, value in optional(text, 6).items() if name in kind.model_fields
    }
    assert {*examples, *last} == {*kind.model_fields}
    for name, value in examples.items():
        column = kind.model_validate({**last, "type": KINDS.get(name, last["type"]), name: value})
        assert getattr(column, name) != kind.model_fields[name].default


def test_table_options_go_together() -> None:
    """Uncommented with what each of them needs, the options make a source and a target."""
    for names, without in (
        (["range", "header_row", "extra_columns", "min_rows"], ()),
        (["allow_empty"], ()),
        (["named_range"], ["worksheet"]),
        (["sheets_table"], ["worksheet"]),
        (["diststyle", "distkey", "sortkey", "grants", "create_schema"], ()),
        (["mode", "delete_missing", "key"], ()),
    ):
        said = uncommented(written(SheetTable), *names)
        for name in without:
            del said[name]
        table = SheetTable.resolve_from_yaml(yaml.safe_dump(said))
        assert table.source().name == "my_orders"
        assert str(table.target()) == "raw_data.my_orders"


def scaffold(small: SmallDeployment, component: type, folder: str, **more: object) -> Path:
    """What the command does once it has found project and type."""
    path = small.folder / folder
    name = f"sheet_assets.components.{component.__name__}"
    arguments = {"scaffold_format": "yaml", "json_params": None, "append": False, **more}
    scaffold_object(path, name, project_root=small.root, **arguments)
    return path


def test_what_is_scaffolded_loads(small: SmallDeployment, capsys) -> None:
    """Every template is valid as it is, so that it breaks nothing until it is filled in."""
    shutil.rmtree(small.folder / "project")
    for component in COMPONENTS:
        scaffold(small, component, f"new {component.__name__}")
    keys = {key.to_user_string() for key in small.deployment.definitions.resolve_all_asset_keys()}
    assert {
        "sheet_csv/new_SheetTable",
        "raw_data/new_sheettable",
        "analytics/new_sqltable",
        "exported_sheet/new_SheetExport",
    } <= keys
    header, *rows = (small.folder / "new SheetTable" / "sample.csv").read_text().splitlines()
    assert header == "id,Submitted at,comment"
    assert rows
    assert not (small.folder / "new SqlTable" / "sample.csv").exists()


def test_one_file_may_hold_several(small: SmallDeployment, capsys) -> None:
    """Appended, a template is a document of its own, named after the same folder."""
    path = scaffold(small, SqlTable, "totals") / "defs.yaml"
    scaffold_object(path, "sheet_assets.SheetExport", None, "yaml", small.root, append=True)
    documents = list(yaml.safe_load_all(path.read_text()))
    assert [each["type"] for each in documents] == [
        "sheet_assets.SqlTable",
        "sheet_assets.SheetExport",
    ]
    assert documents[1]["attributes"]["name"] == "totals"


def test_python_is_left_to_dagster(small: SmallDeployment, capsys) -> None:
    """Asked for Python, a component.py is written, and no YAML."""
    path = scaffold(small, SheetTable, "orders", scaffold_format="python")
    assert [each.name for each in path.iterdir()] == ["component.py"]


def test_the_command(tmp_path: Path) -> None:
    """`dg scaffold defs sheet_assets.SheetTable NAME` in a project writes the template."""
    root = Path(sheet_assets.__file__).parent.parent
    shutil.copytree(root / "sheet_assets", tmp_path / "sheet_assets")
    shutil.copy(root / "pyproject.toml", tmp_path)
    command = [Path(sys.executable).parent / "dg", "scaffold", "defs", "sheet_assets.SheetTable"]
    result = subprocess.run(
        [*command, "orders"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path), "HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    folder = tmp_path / "sheet_assets" / "defs" / "orders"
    assert (folder / "defs.yaml").read_text() == template(
        SheetTable, "sheet_assets.SheetTable", folder
    )
    assert (folder / "sample.csv").is_file()
