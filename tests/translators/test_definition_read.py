"""Definitions in JSON and YAML: what they become, and each named error with its place."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import jsonschema
import pytest

from transition_systems.errors import InputError, UnsupportedError
from translators.bpmn import parse_bpmn
from translators.definition import format_definition, parse_definition
from translators.definition.problems import CODES
from translators.formats import detect_format
from translators.workflow import EventKind, GatewayKind, GraphIndex, NodeKind, Trigger

APPROVAL = """\
id: approval
name: Document approval
version: 1.0
start_activity: draft
end_activities: [publish, archive]
variables:
  approved: {type: boolean}
  amount: {type: integer, required: true}
  status: {type: enum, values: [open, closed], default: open}
  note: string
  order: {type: object, default: {lines: [1, 2]}}
activities:
  draft:
    name: Write the document
    type: user
    timeout: 1h30m
    async_complete: true
    config: {form: draft.html, tries: 3}
  review:
    type: user
    input_mappings: {sum: amount * 2, first: order.total}
    output_mappings: {approved: result.ok, note: result.text}
  decide: {type: exclusive-gateway}
  wait: {type: timer, config: {duration: PT5M}}
  answer: {type: message, config: {message: reply}}
  publish:
  archive: {type: http}
transitions:
  - {from: draft, to: review}
  - {from: review, to: decide}
  - {id: yes, name: fine, from: decide, to: wait, condition: "${approved && amount < 10}"}
  - {from: decide, to: answer, condition: status == open || note != ''}
  - {from: decide, to: archive}
  - {from: wait, to: publish}
  - {from: answer, to: draft}
"""


def test_a_definition_becomes_a_graph() -> None:
    result = parse_definition(APPROVAL, file="approval.yaml")
    graph = result.graph
    index = GraphIndex(graph)
    assert [n.id for n in graph.nodes] == [
        "start", "draft", "review", "decide", "wait", "answer", "publish", "archive",
        "end-publish", "end-archive",
    ]  # fmt: skip
    assert [n.id for n in index.starts("approval")] == ["start"]
    draft, review = index.node["draft"], index.node["review"]
    assert (draft.kind, draft.activity, draft.timeout) == (NodeKind.ACTIVITY, "task", 5400.0)
    properties = dict(draft.properties)
    assert (properties["type"], properties["async_complete"]) == ("user", "true")
    assert json.loads(properties["config"]) == {"form": "draft.html", "tries": 3}
    assert (review.reads, review.writes) == (("amount", "order.total"), ("approved", "note"))
    decide = index.node["decide"]
    assert (decide.gateway, decide.default) == (GatewayKind.EXCLUSIVE, "decide-to-archive")
    wait, answer = index.node["wait"], index.node["answer"]
    assert (wait.event, wait.trigger, wait.duration) == (EventKind.CATCH, Trigger.TIMER, "PT5M")
    assert (answer.trigger, answer.reference) == (Trigger.MESSAGE, "reply")
    yes = index.flow["yes"]
    assert yes.condition is not None
    assert yes.condition.text == "${approved && amount < 10}"
    assert yes.condition.expression is not None
    assert yes.condition.span is not None
    assert (yes.condition.span.line, yes.condition.span.column) == (31, 62)
    assert [f.target for f in index.outgoing["archive"]] == ["end-archive"]
    assert str(review.span) == "approval.yaml:19:3: review"
    kinds = [(v.name, v.type) for v in graph.variables]
    assert ("status", "enumeration of open, closed") in kinds
    assert [entry.element for entry in result.ledger.entries] == ["draft.timeout"]
    assert hash(graph) == hash(parse_definition(APPROVAL).graph)


def test_json_and_yaml_and_lists_and_camel_case_are_the_same() -> None:
    wanted = parse_definition(
        "id: x\nstart_activity: a\nend_activities: [b]\nvariables: {v: {type: bool, default: true}}"
        "\nactivities: {a: {input_mappings: {p: v}, async_complete: true}, b: {}}\n"
        "transitions: [{from: a, to: b, condition: v}]\n"
    ).graph
    camel = {
        "id": "x",
        "startActivity": "a",
        "EndActivities": ["b"],
        "variables": [{"name": "v", "type": "boolean", "default": True}],
        "activities": [
            {"ID": "a", "inputMappings": {"p": "v"}, "asyncComplete": True},
            {"id": "b"},
        ],
        "Transitions": [{"From": "a", "To": "b", "Condition": "v"}],
    }
    assert parse_definition(json.dumps(camel)).graph == wanted
    assert parse_definition(json.dumps(camel).encode("utf-16")).graph == wanted


@pytest.mark.parametrize("syntax", ["yaml", "json"])
def test_round_trip(syntax: Any) -> None:
    graph = parse_definition(APPROVAL).graph
    text = format_definition(graph, syntax=syntax)
    again = parse_definition(text).graph
    assert again == graph
    assert [n.properties for n in again.nodes] == [n.properties for n in graph.nodes]
    assert format_definition(again, syntax=syntax) == text


NAMES = ["审批", "a b", "no", "1.0", "<a>", 'quote " and \\', "line\nbreak", "😀", "\u2028", "x: y"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("syntax", ["yaml", "json"])
def test_any_name_survives(name: str, syntax: Any) -> None:
    data = {"start_activity": name, "end_activities": [name], "activities": {name: {"name": name}}}
    graph = parse_definition(json.dumps(data)).graph
    assert graph.nodes[1].name == name
    assert parse_definition(format_definition(graph, syntax=syntax)).graph == graph


BASE = "start_activity: a\nend_activities: [b]\n"
WAYS = "activities: {a: {}, b: {}}\ntransitions: [{from: a, to: b}]\n"
ERRORS = [
    ("duplicate-key", 4, "start_activity: a\nend_activities: [b]\n\nstart_activity: b\n"),
    ("duplicate-id", 5, BASE + "activities:\n  - {id: a}\n  - {id: a}\n  - {id: b}\n"
     "transitions: [{from: a, to: b}]"),
    ("unknown-reference", 1, "start_activity: c\nend_activities: [a]\nactivities: {a: {}}"),
    ("unknown-reference", 2, "start_activity: a\nend_activities: [c]\nactivities: {a: {}}"),
    ("unknown-reference", 5,
     BASE + "activities: {a: {}, b: {}}\ntransitions:\n- {from: a, to: bb}\n"),
    ("no-start", 1, "end_activities: [a]\nactivities: {a: {}}"),
    ("no-end", 1, "start_activity: a\nactivities: {a: {}}"),
    ("no-end", 2, "start_activity: a\nend_activities: []\nactivities: {a: {}}"),
    ("unreachable-activity", 5, BASE + "activities:\n  a:\n  c:\n  b:\n"
     "transitions: [{from: a, to: b}]"),
    ("transition-from-end", 4, BASE + "activities: {a: {}, b: {}}\n"
     "transitions: [{from: b, to: a}, {from: a, to: b}]"),
    ("unknown-key", 3, BASE + "activites: {}\nactivities: {a: {}, b: {}}\n"
     "transitions: [{from: a, to: b}]"),
    ("bad-value", 5, BASE + WAYS + "version: [1]\n"),
    ("bad-value", 3, BASE + "activities: {a: {timeout: soon}, b: {}}\n"
     "transitions: [{from: a, to: b}]"),
    ("missing-key", 4, BASE + "activities: {a: {}, b: {}}\n"
     "transitions: [{from: a, to: b}, {to: b}]"),
    ("unknown-type", 5, BASE + WAYS + "variables: {v: bolean}\n"),
    ("missing-key", 5, BASE + WAYS + "variables: {v: enum}\n"),
    ("type-mismatch", 5, BASE + WAYS + "variables: {v: {type: int, default: x}}\n"),
    ("type-mismatch", 5, BASE + WAYS + "variables: {v: {type: enum, values: [a], default: b}}\n"),
]  # fmt: skip


def typed(condition: str, variables: str = "n: {type: int, required: true}") -> str:
    return (
        f"{BASE}variables: {{{variables}, s: {{type: string, default: x}}}}\n"
        "activities: {a: {}, b: {}}\n"
        f"transitions:\n  - from: a\n    to: b\n    condition: {condition}\n"
    )


ERRORS += [
    ("type-mismatch", 8, typed("n + 1")),
    ("type-mismatch", 8, typed("s < 3")),
    ("type-mismatch", 8, typed("s == n")),
    ("type-mismatch", 8, typed("e == green", "e: {type: enum, values: [red], required: true}, "
                               "f: {type: enum, values: [green], default: green}")),
    ("unknown-reference", 8, typed("m > 3")),
    ("bad-expression", 8, typed("n > > 3")),
    ("read-before-write", 8, typed("n > 3", "n: int")),
]  # fmt: skip


@pytest.mark.parametrize(("code", "line", "text"), ERRORS)
def test_named_errors_with_their_line(code: str, line: int, text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_definition(text, file="x.yaml")
    error = caught.value
    assert error.message.startswith(f"{code}: "), error.message
    assert error.span is not None
    assert (error.span.file, error.span.line) == ("x.yaml", line)
    assert error.span.column is not None
    assert code in CODES


def test_every_code_can_happen() -> None:
    assert {code for code, _, _ in ERRORS} == set(CODES)


def test_nearest_names_are_offered_and_all_problems_are_counted() -> None:
    text = BASE + "activities: {a: {tiemout: 3}, b: {}}\ntransitions: [{from: a, to: bb}]\n"
    with pytest.raises(InputError, match="timeout") as caught:
        parse_definition(text)
    assert "1 more: line 4: unknown-reference" in str(caught.value)


@pytest.mark.parametrize(
    ("writer", "fine"), [("before", True), ("beside", True), ("reader", False)]
)
def test_reads_before_every_write(writer: str, fine: bool) -> None:
    writes = "{output_mappings: {v: result}}"
    kinds = dict.fromkeys(("before", "beside", "after"), "{}") | {writer: writes}
    reader = "input_mappings: {p: v}"
    if writer == "reader":
        reader += ", output_mappings: {v: result}"
        kinds.pop("reader")
    text = (
        "start_activity: before\nend_activities: [after]\nvariables: {v: int}\nactivities:\n"
        f"  before: {kinds['before']}\n  beside: {kinds['beside']}\n  after: {kinds['after']}\n"
        f"  reader: {{{reader}}}\n"
        "transitions: [{from: before, to: beside}, {from: before, to: reader},"
        " {from: beside, to: after}, {from: reader, to: after}]\n"
    )
    if fine:
        parse_definition(text)
        return
    with pytest.raises(InputError, match="read-before-write"):
        parse_definition(text)


def test_a_write_that_comes_only_later_is_named() -> None:
    text = (
        "start_activity: a\nend_activities: [b]\nvariables: {v: int}\nactivities:\n"
        "  a: {input_mappings: {p: v + 1}}\n  b: {output_mappings: {v: r}}\n"
        "transitions: [{from: a, to: b}]\n"
    )
    with pytest.raises(InputError, match=r"^5:27: read-before-write: .* written only later"):
        parse_definition(text)


def test_a_write_in_a_loop_comes_before() -> None:
    parse_definition(
        "start_activity: a\nend_activities: [c]\nvariables: {v: int}\nactivities:\n"
        "  a: {input_mappings: {p: v}}\n  b: {output_mappings: {v: r}}\n  c:\n"
        "transitions: [{from: a, to: b}, {from: b, to: a}, {from: a, to: c}]\n"
    )


def test_a_choice_is_no_parallel_branch() -> None:
    text = (
        "start_activity: g\nend_activities: [c]\nvariables: {v: int}\nactivities:\n"
        "  g: {type: exclusive-gateway}\n  a: {input_mappings: {p: v}}\n"
        "  b: {output_mappings: {v: r}}\n  c:\n"
        "transitions: [{from: g, to: a}, {from: g, to: b}, {from: a, to: c}, {from: b, to: c}]\n"
    )
    with pytest.raises(InputError, match="read-before-write"):
        parse_definition(text)
    parse_definition(text.replace("exclusive", "parallel"))


def test_without_variables_names_are_free() -> None:
    text = BASE + "activities: {a: {}, b: {}}\ntransitions: [{from: a, to: b, condition: x > y}]\n"
    assert parse_definition(text).graph.variables == ()


SCHEMA = json.loads((files("translators.definition") / "schema.json").read_text("utf-8"))


def test_the_schema_accepts_what_is_written_and_knows_the_same_keys() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    validator = jsonschema.Draft202012Validator(SCHEMA)
    graph = parse_definition(APPROVAL).graph
    validator.validate(json.loads(format_definition(graph, syntax="json")))
    wrong = {"activities": {"a": {"tiemout": 1}}, "start_activity": "a"}
    assert not validator.is_valid(wrong)
    assert not validator.is_valid({"activities": {}, "start_activity": "a"})
    assert not validator.is_valid(
        {"activities": {"a": {}}, "start_activity": "a", "variables": {"v": "bolean"}}
    )


def test_schema_and_reader_know_the_same_keys_and_types() -> None:
    from translators.definition.fields import ACTIVITY, DEFINITION, TRANSITION, VARIABLE
    from translators.definition.kinds import VARIABLE_TYPES

    assert set(SCHEMA["properties"]) == set(DEFINITION)
    for name, keys in (("activity", ACTIVITY), ("transition", TRANSITION), ("variable", VARIABLE)):
        assert set(SCHEMA["$defs"][name]["properties"]) == set(keys)
    types = jsonschema.Draft202012Validator(SCHEMA["$defs"]["variable_type"])
    assert all(types.is_valid(name) for name in VARIABLE_TYPES)


FOREIGN = {
    "Serverless Workflow": '{"specVersion": "0.8", "states": []}',
    "a Serverless": "document:\n  dsl: 1.0.0\ndo: []\n",
    "Step Functions": '{"StartAt": "A", "States": {"A": {}}}',
    "GitHub Actions": "on: push\njobs:\n  test: {}\n",
    "Argo": "apiVersion: argoproj.io/v1alpha1\nkind: Workflow\n",
    "XState": '{"initial": "a", "states": {"a": {}}}',
}


@pytest.mark.parametrize(("name", "text"), FOREIGN.items())
def test_other_dialects_are_refused_by_name(name: str, text: str) -> None:
    with pytest.raises(InputError, match=name):
        parse_definition(text)
    with pytest.raises(InputError, match=f"{name}.*definition"):
        detect_format(text.encode())


@pytest.mark.parametrize("text", ["", "   ", "hello", "[1, 2]", "a: 1", "\x00\x01", "<a/>"])
def test_unknown_files_are_refused_with_the_known_formats(text: str) -> None:
    with pytest.raises(InputError, match="bpmn"):
        detect_format(text.encode())
    with pytest.raises(InputError):
        parse_definition(text)


MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"


def test_bpmn_is_written_as_a_definition_where_it_can_be() -> None:
    graph = parse_bpmn(
        f'<definitions xmlns="{MODEL}"><process id="P"><startEvent id="s"/><userTask id="t"/>'
        '<exclusiveGateway id="g"/><endEvent id="e"/><endEvent id="f" name="Done"/>'
        '<sequenceFlow id="1" sourceRef="s" targetRef="t"/>'
        '<sequenceFlow id="2" sourceRef="t" targetRef="g"/>'
        '<sequenceFlow id="3" sourceRef="g" targetRef="e"><conditionExpression>${a &gt; 1}'
        '</conditionExpression></sequenceFlow><sequenceFlow id="4" sourceRef="g" targetRef="f"/>'
        "</process></definitions>"
    ).graph
    again = parse_definition(format_definition(graph)).graph
    assert {n.id for n in again.nodes} == {"start", "t", "g", "e", "f"}
    assert [n.event for n in again.nodes if n.id in "ef"] == [EventKind.END, EventKind.END]


@pytest.mark.parametrize(
    "content",
    [
        '<startEvent id="s"/><subProcess id="x"><task id="i"/></subProcess>',
        '<startEvent id="s"/><complexGateway id="x"/>',
        '<startEvent id="s"><timerEventDefinition/></startEvent><task id="x"/>',
        '<startEvent id="s"/><intermediateThrowEvent id="x"/>',
    ],
)
def test_what_a_definition_cannot_say_is_refused(content: str) -> None:
    graph = parse_bpmn(
        f'<definitions xmlns="{MODEL}"><process id="P">{content}'
        '<sequenceFlow id="1" sourceRef="s" targetRef="x"/></process></definitions>'
    ).graph
    with pytest.raises(UnsupportedError):
        format_definition(graph)
