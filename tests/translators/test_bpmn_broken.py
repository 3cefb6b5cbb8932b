"""Broken and hostile BPMN files: read as far as they make sense, else one clear error."""

from __future__ import annotations

import random

import pytest

from devtools import not_hanging
from transition_systems.errors import InputError
from translators.bpmn import parse_bpmn
from translators.ledger import Fate
from translators.to_petri import workflow_to_net
from translators.workflow import GraphIndex
from translators.workflow.result import ReadResult
from translators_support import check_consistent, mutated, scrambled

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"


def read(content: str, more: str = "") -> ReadResult:
    return parse_bpmn(
        f'<definitions id="d" xmlns="{MODEL}"><process id="P">{content}</process>{more}'
        "</definitions>"
    )


def repairs(result: ReadResult) -> list[str]:
    return [entry.element for entry in result.ledger.repairs]


def test_missing_ids_are_made_up_by_place() -> None:
    result = read('\n  <userTask/><task id="a"/>')
    assert [n.id for n in result.graph.nodes] == ["userTask-2-3", "a"]
    assert repairs(result) == ["userTask-2-3"]


def test_the_second_of_equal_ids_is_renamed_and_flows_stay_in_their_process() -> None:
    more = (
        '<process id="Q"><startEvent id="a"/><endEvent id="b"/>'
        '<sequenceFlow id="f" sourceRef="a" targetRef="b"/></process>'
    )
    result = read(
        '<startEvent id="a"/><endEvent id="b"/><sequenceFlow id="f" sourceRef="a" targetRef="b"/>',
        more,
    )
    assert [(f.id, f.source, f.target) for f in result.graph.flows] == [
        ("f", "a", "b"),
        ("f-2", "a-2", "b-2"),
    ]
    assert repairs(result) == ["a-2", "b-2", "f-2"]


def test_dangling_flows_are_dropped() -> None:
    result = read('<task id="a"/><sequenceFlow id="f" sourceRef="a" targetRef="gone"/>')
    assert result.graph.flows == ()
    assert repairs(result) == ["f"]
    assert "gone" in (result.ledger.repairs[0].note or "")


@pytest.mark.parametrize(
    ("source", "target", "told"),
    [
        ("e", "b", "leaves an end event (e)"),
        ("b", "s", "leads into a start event (s)"),
        ("b", "timer", "leads into a boundary event (timer)"),
        ("a", "handler", "leads into an event sub-process (handler)"),
        ("handler", "b", "leaves an event sub-process (handler)"),
    ],
)
def test_flows_that_the_standard_forbids_are_dropped(source: str, target: str, told: str) -> None:
    result = read(
        '<startEvent id="s"/><task id="a"/><task id="b"/><endEvent id="e"/>'
        '<boundaryEvent id="timer" attachedToRef="a"><timerEventDefinition/></boundaryEvent>'
        '<subProcess id="handler" triggeredByEvent="true"><startEvent id="on">'
        "<signalEventDefinition/></startEvent></subProcess>"
        '<sequenceFlow id="ok" sourceRef="timer" targetRef="b"/>'
        f'<sequenceFlow id="bad" sourceRef="{source}" targetRef="{target}"/>'
    )
    assert [flow.id for flow in result.graph.flows] == ["ok"]
    assert [(entry.element, entry.note) for entry in result.ledger.repairs] == [
        ("bad", f"dropped: no flow {told}")
    ]


def test_an_activity_behind_an_end_event_never_runs() -> None:
    result = read(
        '<startEvent id="s"/><task id="a"/><endEvent id="e"/><task id="b"/>'
        '<sequenceFlow id="f1" sourceRef="s" targetRef="a"/>'
        '<sequenceFlow id="f2" sourceRef="a" targetRef="e"/>'
        '<sequenceFlow id="f3" sourceRef="e" targetRef="b"/>'
    )
    translation = workflow_to_net(result.graph)
    assert translation.goal.occurs["a"] == ("a.start",)
    assert translation.goal.occurs["b"] == ()


def test_a_lost_end_is_taken_from_the_only_node_that_lists_the_flow() -> None:
    result = read(
        '<task id="a"><outgoing>f</outgoing></task><task id="b"/>'
        '<sequenceFlow id="f" targetRef="b"/>'
    )
    assert [(f.source, f.target) for f in result.graph.flows] == [("a", "b")]
    assert repairs(result) == ["f"]


def test_flows_win_over_lists() -> None:
    result = read(
        '<task id="a"><outgoing>f</outgoing><outgoing>g</outgoing></task><task id="b"/>'
        '<sequenceFlow id="f" sourceRef="b" targetRef="a"/>'
    )
    assert [(f.source, f.target) for f in result.graph.flows] == [("b", "a")]
    assert repairs(result) == ["a"]


def test_flows_across_scopes_are_refused() -> None:
    result = read(
        '<task id="a"/><subProcess id="s"><task id="b"/></subProcess>'
        '<sequenceFlow id="f" sourceRef="a" targetRef="b"/>'
    )
    assert result.graph.flows == ()
    assert [entry.element for entry in result.ledger.refused] == ["f"]


def test_a_flow_written_outside_of_its_scope_is_read_inside() -> None:
    result = read(
        '<subProcess id="s"><task id="a"/><task id="b"/></subProcess>'
        '<sequenceFlow id="f" sourceRef="a" targetRef="b"/>'
    )
    assert [f.scope for f in result.graph.flows] == ["s"]
    assert repairs(result) == ["f"]


def test_unknown_elements_in_the_flow_are_refused_and_others_are_not() -> None:
    result = read(
        '<startEventThisIsNotRight id="x"/><task id="a"/><decoration id="y"/>'
        '<sequenceFlow id="f" sourceRef="x" targetRef="a"/><foo><incoming>f</incoming></foo>'
    )
    refused = [(entry.element, entry.kind) for entry in result.ledger.refused]
    assert [kind for _, kind in refused] == ["startEventThisIsNotRight", "foo"]
    assert refused[0][0] == "x"
    assert repairs(result) == ["f"]
    assert [e.element for e in result.ledger.entries if e.fate is Fate.NO_EFFECT] == ["y"]


def test_unknown_event_definitions_are_refused() -> None:
    result = read('<endEvent id="e"><teleportEventDefinition/></endEvent>')
    assert [entry.element for entry in result.ledger.refused] == ["e"]


@pytest.mark.parametrize("attribute", ["", 'attachedToRef="gone"', 'attachedToRef="g"'])
def test_loose_boundary_events_are_refused(attribute: str) -> None:
    result = read(f'<exclusiveGateway id="g"/><boundaryEvent id="b" {attribute}/>')
    assert [entry.element for entry in result.ledger.refused] == ["b"]
    assert GraphIndex(result.graph).node["b"].attached_to is None


def test_foreign_default_flows_are_dropped() -> None:
    result = read(
        '<task id="a"/><task id="b" default="f"/><sequenceFlow id="f" sourceRef="a" targetRef="b"/>'
    )
    assert [n.default for n in result.graph.nodes] == [None, None]
    assert repairs(result) == ["b"]


def test_dangling_references_of_events_and_messages() -> None:
    result = read(
        '<endEvent id="e"><errorEventDefinition errorRef="lost"/></endEvent>',
        '<collaboration id="c"><participant id="A" processRef="P"/>'
        '<participant id="B" processRef="nowhere"/>'
        '<messageFlow id="m" sourceRef="e" targetRef="gone"/></collaboration>',
    )
    assert GraphIndex(result.graph).node["e"].reference == "lost"
    assert [pool.scope for pool in result.graph.pools] == ["P", None]
    assert result.graph.messages == ()
    assert sorted(repairs(result)) == ["B", "e", "m"]


@pytest.mark.parametrize(
    "text",
    [
        '<definitions><process id="P"><task id="a"/></process></definitions>',
        '<x:definitions><x:process id="P"><x:task id="a"/></x:process></x:definitions>',
        '<definitions xmlns="http://schema.omg.org/spec/BPMN/2.0"><process id="P">'
        '<task id="a"/></process></definitions>',
        f'<process id="P" xmlns="{MODEL}"><task id="a"/></process>',
    ],
)
def test_wrong_roots_and_namespaces_are_mended(text: str) -> None:
    result = parse_bpmn(text)
    assert [n.id for n in result.graph.nodes] == ["a"]
    assert len(result.ledger.repairs) == 1


def test_vendor_elements_are_passed_over() -> None:
    text = (
        f'<b:definitions xmlns:b="{MODEL}" xmlns:v="urn:v"><b:process id="P"><v:task id="x"/>'
        '<b:task id="a" v:color="red"><b:extensionElements><v:task id="y"/>'
        "</b:extensionElements></b:task></b:process></b:definitions>"
    )
    result = parse_bpmn(text)
    assert [n.id for n in result.graph.nodes] == ["a"]
    assert ("color", "red") in result.graph.nodes[0].properties
    assert result.ledger.entries == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty"),
        ("hello", "not XML"),
        (f'<definitions xmlns="{MODEL}"/>', "no process"),
        (f'<definitions xmlns="{MODEL}"><choreography id="c"/></definitions>', "choreography"),
        ("<pnml/>", "no BPMN"),
        ("<definitions xmlns='https://www.omg.org/spec/DMN/20191111/MODEL/'/>", "DMN"),
        (f'<definitions xmlns="{MODEL}"><process id="P">', "ends too early"),
        (f'<!DOCTYPE d [<!ENTITY a "b">]><definitions xmlns="{MODEL}"/>', "DOCTYPE"),
        (f'<definitions xmlns="{MODEL}"><process>' + "<subProcess>" * 10_000, "deep"),
    ],
)
def test_what_is_no_bpmn_is_one_clear_error(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        parse_bpmn(text, file="x.bpmn")


def test_ten_thousand_equal_ids_and_a_deep_nesting_are_no_trouble() -> None:
    with not_hanging():
        result = read('<task id="a"/>' * 10_000)
        assert len({n.id for n in result.graph.nodes}) == 10_000
        depth = 900
        nested = "".join(f'<subProcess id="s{i}">' for i in range(depth)) + '<task id="t"/>'
        result = read(nested + "</subProcess>" * depth)
        assert len(result.graph.scopes) == depth + 1


SAMPLE = f"""<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="{MODEL}" id="d">
  <bpmn:collaboration id="c"><bpmn:participant id="A" processRef="P"/>
    <bpmn:participant id="B"/><bpmn:messageFlow id="m" sourceRef="a" targetRef="B"/>
  </bpmn:collaboration>
  <bpmn:process id="P"><bpmn:laneSet><bpmn:lane id="L"><bpmn:flowNodeRef>a</bpmn:flowNodeRef>
    </bpmn:lane></bpmn:laneSet>
    <bpmn:startEvent id="s"><bpmn:outgoing>f1</bpmn:outgoing></bpmn:startEvent>
    <bpmn:userTask id="a" default="f2"><bpmn:incoming>f1</bpmn:incoming></bpmn:userTask>
    <bpmn:boundaryEvent id="b" attachedToRef="a"><bpmn:timerEventDefinition>
      <bpmn:timeDuration>PT1H</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>
    <bpmn:subProcess id="sub"><bpmn:intermediateThrowEvent id="t"><bpmn:linkEventDefinition
      name="l"/></bpmn:intermediateThrowEvent></bpmn:subProcess><bpmn:endEvent id="e"/>
    <bpmn:sequenceFlow id="f1" sourceRef="s" targetRef="a"/>
    <bpmn:sequenceFlow id="f2" sourceRef="a" targetRef="e"/>
    <bpmn:sequenceFlow id="f3" sourceRef="b" targetRef="sub">
      <bpmn:conditionExpression>${{x}}</bpmn:conditionExpression></bpmn:sequenceFlow>
  </bpmn:process>
</bpmn:definitions>
""".encode()


def test_mutated_files_are_read_or_refused() -> None:
    random_ = random.Random(20)
    read_well = 0
    for number in range(1500):
        change = mutated if number % 3 == 0 else scrambled
        data = change(SAMPLE, random_)
        try:
            result = parse_bpmn(data)
        except InputError:
            continue
        read_well += 1
        check_consistent(result)
    assert read_well > 500
