"""JSON and YAML texts: places, bounds, hostile and broken input."""

from __future__ import annotations

import io
import json
import random
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from devtools import not_hanging
from transition_systems.errors import InputError, UnsupportedError
from translators.definition import (
    format_definition,
    parse_definition,
    read_definition,
    write_definition,
)
from translators.definition.document import Items, Mapping, plain
from translators.definition.durations import format_duration, parse_duration
from translators.definition.json_text import parse_json_text
from translators.definition.yaml_text import parse_yaml_text
from translators.workflow.graph import EventKind, Flow, Node, NodeKind, Scope, WorkflowGraph
from translators_support import mutated

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@given(VALUES, st.booleans(), st.sampled_from([None, 1]))
def test_json_is_what_the_standard_library_reads(value: object, ascii_: bool, indent: int) -> None:
    text = json.dumps(value, ensure_ascii=ascii_, indent=indent)
    assert plain(parse_json_text(text)) == value


@given(VALUES)
def test_json_is_yaml(value: object) -> None:
    text = json.dumps(value)
    if '"\\ud' in text or "\\ud" in text or "\\u007f" in text or "\x7f" in text:
        return
    assert plain(parse_yaml_text(text)) == plain(parse_json_text(text))


@given(st.text(alphabet='{}[]",:\\ \n0129.eE+-truefalsn\x00\ud800é', max_size=30))
def test_json_accepts_just_what_the_standard_library_accepts(text: str) -> None:
    def refuse(_: str) -> None:
        raise ValueError

    def pairs(found: list[tuple[str, object]]) -> dict[str, object]:
        if len({key for key, _ in found}) < len(found):
            raise ValueError
        return dict(found)

    try:
        wanted = json.loads(text, parse_constant=refuse, object_pairs_hook=pairs)
        json.dumps(wanted, ensure_ascii=False, allow_nan=False).encode()
    except ValueError:
        with pytest.raises(InputError):
            parse_json_text(text)
        return
    assert plain(parse_json_text(text)) == wanted


def test_places_of_values() -> None:
    for text, parse in (
        ('{"a": 1,\n "b": [true, "x"]}', parse_json_text),
        ("a: 1\nb:\n  - true\n  - x\n", parse_yaml_text),
    ):
        value = parse(text, file="f")
        assert isinstance(value, Mapping)
        key, items = value.entries[1]
        assert isinstance(items, Items)
        assert (key.span.file, key.span.line) == ("f", 2)
        assert items.items[1].span.line == (2 if parse is parse_json_text else 4)
        assert items.items[1].span.column == (14 if parse is parse_json_text else 5)


SCALARS = """\
- null
- ~
-
- true
- False
- yes
- 12
- -0x1F
- 0x1F
- 0o17
- 012
- 1.5e3
- .5
- 1_000
- 2001-01-01
- "12"
- 'true'
- |
  text
- !
"""


def test_scalars_follow_the_core_schema() -> None:
    value = plain(parse_yaml_text(SCALARS.removesuffix("- !\n")))
    assert value == [
        None, None, None, True, False, "yes", 12, "-0x1F", 31, 15, 12, 1500.0, 0.5, "1_000",
        "2001-01-01", "12", "true", "text\n",
    ]  # fmt: skip


def test_aliases_are_shared_values() -> None:
    assert plain(parse_yaml_text("a: &x {k: 1}\nb: [*x, *x]\n")) == {
        "a": {"k": 1},
        "b": [{"k": 1}, {"k": 1}],
    }


BOMB = "a: &a0 [x]\n" + "".join(
    f"b{i}: &a{i + 1} [{', '.join([f'*a{i}'] * 9)}]\n" for i in range(12)
)
HOSTILE_YAML = {
    "aliases that explode": BOMB,
    "many aliases": "a: &a x\nb: [" + "*a, " * 2000 + "]",
    "alias of itself": "a: &a [*a]",
    "unknown alias": "a: *b",
    "deep flow": "[" * 100_000,
    "deep block": "- " * 5_000,
    "deep maps": "".join(" " * i + "a:\n" for i in range(300)),
    "object": "a: !!python/object/apply:os.system ['true']",
    "tag": "a: !!str 1",
    "duplicate": "a: 1\na: 2",
    "two documents": "a: 1\n---\nb: 2",
    "not finite": "a: .inf",
    "too large": "a: 1e999",
    "long number": "a: " + "9" * 1000,
    "map as key": "? {a: 1}\n: 2",
    "tabulator": "a:\n\t- b",
    "control character": "a: \x00",
    "other version": "%YAML 9.1\n---\na: 1",
    "many values": "a:\n" + "- x\n" * 60_000,
    "large": "a: " + "x" * (2 << 20),
    "open quote": "a: '" + "x " * 100_000,
    "empty": "# nothing\n",
    "merge": "activities: {a: {<<: {name: x}}}\nstart_activity: a\nend_activities: [a]",
}


@pytest.mark.parametrize("name", HOSTILE_YAML)
def test_hostile_yaml_is_one_quick_error(name: str) -> None:
    with not_hanging(), pytest.raises(InputError):
        parse_definition(HOSTILE_YAML[name], syntax="yaml")


HOSTILE_JSON = {
    "deep lists": "[" * 100_000,
    "deep maps": '{"a":' * 100_000,
    "cut": '{"a": [1, 2',
    "cut string": '{"a": "x',
    "cut escape": '{"a": "\\u12',
    "half a character": '{"a": "\\ud800"}',
    "duplicate": '{"a": 1, "a": 2}',
    "comment": '{"a": 1} // no',
    "trailing comma": '{"a": 1,}',
    "not a number": '{"a": NaN}',
    "not finite": '{"a": 1e999}',
    "long number": '{"a": ' + "9" * 10_000 + "}",
    "many values": "[" + "0," * 200_000 + "0]",
    "large": '{"a": "' + "x" * (9 << 20) + '"}',
    "single quotes": "{'a': 1}",
    "control character": '{"a": "\n"}',
}


@pytest.mark.parametrize("name", HOSTILE_JSON)
def test_hostile_json_is_one_quick_error(name: str) -> None:
    with not_hanging(), pytest.raises(InputError):
        parse_definition(HOSTILE_JSON[name], syntax="json")


@pytest.mark.parametrize("data", [b"a: \xff", b'{"a": "\xc3"}', b"\xff\xfea"])
def test_invalid_encodings_have_a_place(data: bytes) -> None:
    with pytest.raises(InputError, match="not valid UTF") as caught:
        parse_definition(data)
    assert caught.value.span is not None
    assert caught.value.span.line == 1


def test_a_large_definition_is_read_in_time() -> None:
    count = 2_000
    data = {
        "start_activity": "a0",
        "end_activities": [f"a{count - 1}"],
        "variables": {"v": "int", "w": {"type": "int", "default": 0}},
        "activities": {
            f"a{i}": {"input_mappings": {"p": "v"}, "output_mappings": {"v": "r"}} if i else
            {"output_mappings": {"v": "r"}} for i in range(count)
        },
        "transitions": [
            {"from": f"a{i}", "to": f"a{i + 1}", "condition": "w > 1"} for i in range(count - 1)
        ],
    }  # fmt: skip
    with not_hanging():
        assert len(parse_definition(json.dumps(data)).graph.nodes) == count + 2


SAMPLE = b"""\
id: approval
start_activity: draft
end_activities: [publish]
variables:
  ok: {type: boolean, default: false}
  n: &n {type: integer, required: true}
  m: *n
activities:
  draft: {type: user, timeout: 5m, output_mappings: {ok: result}}
  "decide": {type: exclusive-gateway}
  publish: {config: {a: [1, 2.5, null]}}
transitions:
  - {from: draft, to: decide}
  - {from: decide, to: draft, condition: "!ok && n < 3"}
  - from: decide
    to: publish
"""


def test_mutated_definitions_are_read_or_refused() -> None:
    as_json = json.dumps(YAML(typ="safe", pure=True).load(SAMPLE.decode())).encode()
    random_ = random.Random(11)
    outcomes = {True: 0, False: 0}
    for number in range(600):
        data = mutated(as_json if number % 2 else SAMPLE, random_)
        try:
            parse_definition(data)
        except InputError:
            outcomes[False] += 1
        else:
            outcomes[True] += 1
    assert min(outcomes.values()) > 20, outcomes


@pytest.mark.parametrize("name", ["x.json", "x.yaml"])
def test_files(tmp_path: Path, name: str) -> None:
    graph = parse_definition(SAMPLE).graph
    path = tmp_path / name
    write_definition(graph, path)
    assert path.read_text("utf-8").startswith("{") == name.endswith(".json")
    result = read_definition(path)
    assert result.graph == graph
    assert result.graph.source == str(path)
    assert read_definition(io.BytesIO(path.read_bytes())).graph == graph


@pytest.mark.parametrize("syntax", ["json", "yaml"])
@pytest.mark.parametrize(
    "head",
    [
        {},
        {"name": "Approval"},
        {"version": "1.0"},
        {"name": "Approval", "version": "2 beta: x", "description": "Who may\nsay yes?"},
    ],
)
def test_the_head_of_a_definition_is_written_back(
    head: dict[str, str], syntax: Literal["json", "yaml"]
) -> None:
    data: dict[str, Any] = {
        "id": "approval", **head, "start_activity": "a", "end_activities": ["b"],
        "activities": {"a": {"name": "Ask"}, "b": {}}, "transitions": [{"from": "a", "to": "b"}],
    }  # fmt: skip
    graph = parse_definition(json.dumps(data)).graph
    assert graph.version == head.get("version")
    text = format_definition(graph, syntax=syntax)
    written = json.loads(text) if syntax == "json" else YAML(typ="safe", pure=True).load(text)
    keys = ("id", "name", "version", "description")
    assert {key: written[key] for key in keys if key in written} == {"id": "approval", **head}
    again = parse_definition(text).graph
    assert again == graph
    assert [scope.documentation for scope in again.scopes] == [head.get("description")]


def test_the_end_behind_an_end_activity_is_named_after_it() -> None:
    data: dict[str, Any] = {
        "start_activity": "s", "end_activities": ["a", "b"],
        "activities": {"s": {"type": "exclusive-gateway"}, "a": {"name": "Ask"}, "b": {}},
        "variables": {"x": {"type": "integer", "required": True}},
        "transitions": [{"from": "s", "to": "a", "condition": "x > 1"}, {"from": "s", "to": "b"}],
    }  # fmt: skip
    graph = parse_definition(json.dumps(data)).graph
    ends = [node.name for node in graph.nodes if node.event is EventKind.END]
    assert ends == ["end of Ask", "end of b"]
    assert "end of" not in format_definition(graph)


def test_a_sub_process_is_refused_by_its_own_id() -> None:
    process = Scope(id="p", kind="process")
    inner = Scope(id="sub", kind="sub-process", parent="p", owner="sub")
    nodes = (
        Node(id="s", kind=NodeKind.EVENT, event=EventKind.START, scope="p"),
        Node(id="sub", kind=NodeKind.ACTIVITY, activity="sub-process", scope="p", body="sub"),
        Node(id="i", kind=NodeKind.EVENT, event=EventKind.START, scope="sub"),
    )
    flow = Flow(id="f", source="s", target="sub", scope="p")
    graph = WorkflowGraph(id="g", nodes=nodes, flows=(flow,), scopes=(process, inner))
    with pytest.raises(UnsupportedError, match=r"no word for sub-processes \(sub\)"):
        format_definition(graph)


@given(st.integers(min_value=0, max_value=10**9 - 1))
def test_durations_round_trip(seconds: int) -> None:
    assert parse_duration(format_duration(float(seconds))) == seconds
    assert parse_duration(f"PT{seconds}S") == seconds


@pytest.mark.parametrize(
    "value", ["", "5", "P", "PT", "1x", "-5s", True, None, -1, float("nan"), []]
)
def test_what_is_no_duration(value: object) -> None:
    assert parse_duration(value) == (5.0 if value == "5" else None)
