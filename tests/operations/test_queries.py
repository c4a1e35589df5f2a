"""Every question is one that Dagster's own schema answers."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

import pytest
from dagster_graphql.schema import create_schema
from graphql import (
    GraphQLUnionType,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    parse,
    validate,
    visit,
)

import sheet_assets

SCHEMA = create_schema().graphql_schema
FILES = {
    Path(file.name).stem: file.read_text(encoding="utf-8")
    for file in (resources.files("sheet_assets.operations") / "queries").iterdir()
}


class Unions(Visitor):
    """The types that a query distinguishes, by the union they are of."""

    def __init__(self, info: TypeInfo) -> None:
        super().__init__()
        self.info, self.seen = info, {}

    def enter_field(self, node, *_):
        """Graphql-core calls it for each field."""
        kind = get_named_type(self.info.get_type())
        if isinstance(kind, GraphQLUnionType):
            asked = {
                each.type_condition.name.value
                for each in node.selection_set.selections
                if hasattr(each, "type_condition")
            }
            self.seen[kind.name] = ({each.name for each in kind.types}, asked)


def unions(text):
    info = TypeInfo(SCHEMA)
    visitor = Unions(info)
    visit(parse(text), TypeInfoVisitor(info, visitor))
    return visitor.seen


@pytest.mark.parametrize("name", sorted(FILES))
def test_the_schema_answers_it(name):
    """Fields, arguments and types of each query are the server's."""
    assert validate(SCHEMA, parse(FILES[name])) == []


def test_a_wrong_query_would_be_seen():
    """A field that the schema lacks is an error of the check above."""
    wrong = FILES["daemons"].replace("lastHeartbeatTime", "lastBeat")
    assert "lastBeat" in str(validate(SCHEMA, parse(wrong))[0])


@pytest.mark.parametrize("name", sorted(FILES))
def test_every_refusal_is_asked_for(name):
    """Of each answer that may be an error, every error's message is asked for."""
    for union, (members, asked) in unions(FILES[name]).items():
        if union in {"DagsterRunEvent", "RepositoryLocationOrLoadError"}:
            continue
        with_message = {each for each in members if "message" in SCHEMA.type_map[each].fields}
        # Two that only other calls of launchRun can give.
        assert with_message - {"InvalidStepError", "InvalidOutputError"} <= asked, union


def test_each_file_is_asked_and_each_question_is_a_file():
    """No query is left over, and none is missing."""
    package = Path(sheet_assets.__file__).parent
    asked = set()
    for folder in ("operations", "cli"):
        for file in (package / folder).glob("*.py"):
            asked |= set(re.findall(r'\.ask\(\s*"(\w+)"', file.read_text()))
    assert asked == set(FILES)
