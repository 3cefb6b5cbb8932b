"""The shipped examples: each is read without any repair, is described, and can be drawn."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest
from ruamel.yaml import YAML

from translators.definition import format_definition, parse_definition
from translators.formats import Format, detect_format, format_named, formats
from translators.ledger import Fate
from translators_support import check_consistent

FOLDER = Path(__file__).parents[2] / "examples"
FILES = sorted(path for path in FOLDER.iterdir() if path.suffix in (".bpmn", ".yaml", ".json"))


def test_there_are_examples_and_all_are_listed() -> None:
    listed = (FOLDER / "README.md").read_text("utf-8")
    assert len(FILES) >= 10
    assert [path.name for path in FILES if f"[{path.name}]({path.name})" not in listed] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_an_example_is_read_without_repair(path: Path) -> None:
    known = detect_format(path.read_bytes())
    assert known.name == ("bpmn" if path.suffix == ".bpmn" else "definition")
    result = known.read(path)
    check_consistent(result)
    assert all(entry.fate is Fate.NO_EFFECT for entry in result.ledger.entries)
    begin = path.read_text("utf-8")[:400]
    assert any(mark in begin for mark in ("<!-- ", "# ", '"description": "'))
    layout = result.graph.layout
    if path.suffix == ".bpmn":
        assert layout is not None
        drawn = {shape.element for shape in layout.shapes} | {e.element for e in layout.edges}
        parts = (*result.graph.nodes, *result.graph.flows, *result.graph.messages)
        assert {part.id for part in (*parts, *result.graph.pools)} <= drawn
        assert all(
            flow.condition is None or flow.condition.expression for flow in result.graph.flows
        )


@pytest.mark.parametrize(
    "path", [path for path in FILES if path.suffix != ".bpmn"], ids=lambda path: path.name
)
def test_example_definitions_fit_the_schema_and_round_trip(path: Path) -> None:
    schema = json.loads((files("translators.definition") / "schema.json").read_text("utf-8"))
    text = path.read_text("utf-8")
    data = json.loads(text) if path.suffix == ".json" else YAML(typ="safe", pure=True).load(text)
    jsonschema.Draft202012Validator(schema).validate(data)
    graph = parse_definition(text).graph
    assert parse_definition(format_definition(graph)).graph == graph


def test_formats_are_found_by_name_and_unknown_names_get_a_hint() -> None:
    assert {"bpmn", "definition"} <= {known.name for known in formats()}
    assert all(isinstance(known, Format) for known in formats())
    with pytest.raises(ValueError, match="did you mean 'definition'"):
        format_named("definitoin")
