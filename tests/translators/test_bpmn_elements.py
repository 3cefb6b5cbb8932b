"""Each element of BPMN arrives in the graph as what it is."""

from __future__ import annotations

import pytest

from translators.bpmn import detect, parse_bpmn
from translators.formats import detect_format, format_named, formats
from translators.ledger import Fate
from translators.workflow import EventKind, GatewayKind, GraphIndex, Node, Trigger
from translators.workflow.result import ReadResult

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DI = (
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
    'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
    'xmlns:di="http://www.omg.org/spec/DD/20100524/DI"'
)


def read(content: str, before: str = "", after: str = "") -> ReadResult:
    text = (
        f'<definitions id="defs" xmlns="{MODEL}" {DI}>{before}'
        f'<process id="P">{content}</process>{after}</definitions>'
    )
    return parse_bpmn(text, file="x.bpmn")


def node(result: ReadResult, identifier: str) -> Node:
    return GraphIndex(result.graph).node[identifier]


ACTIVITIES = {
    "task": "task", "userTask": "user", "serviceTask": "service", "sendTask": "send",
    "receiveTask": "receive", "manualTask": "manual", "scriptTask": "script",
    "businessRuleTask": "business-rule", "callActivity": "call", "subProcess": "sub-process",
    "transaction": "transaction", "adHocSubProcess": "ad-hoc",
}  # fmt: skip


@pytest.mark.parametrize(("tag", "kind"), ACTIVITIES.items())
def test_activity_kinds(tag: str, kind: str) -> None:
    result = read(f'<{tag} id="a" name=" Do \n it "/>')
    found = node(result, "a")
    assert (found.activity, found.name, found.scope, found.body) == (kind, "Do it", "P", None)
    assert ("tag", tag) in found.properties
    assert found.span is not None
    assert str(found.span).startswith("x.bpmn:1:")
    assert result.ledger.entries == ()


GATEWAYS = {
    "exclusiveGateway": GatewayKind.EXCLUSIVE,
    "parallelGateway": GatewayKind.PARALLEL,
    "inclusiveGateway": GatewayKind.INCLUSIVE,
    "eventBasedGateway": GatewayKind.EVENT_BASED,
    "complexGateway": GatewayKind.COMPLEX,
}


@pytest.mark.parametrize(("tag", "kind"), GATEWAYS.items())
def test_gateway_kinds(tag: str, kind: GatewayKind) -> None:
    assert node(read(f'<{tag} id="g"/>'), "g").gateway is kind


EVENTS = {
    "startEvent": EventKind.START,
    "intermediateCatchEvent": EventKind.CATCH,
    "intermediateThrowEvent": EventKind.THROW,
    "endEvent": EventKind.END,
}
TRIGGERS = {
    "message": Trigger.MESSAGE, "timer": Trigger.TIMER, "signal": Trigger.SIGNAL,
    "link": Trigger.LINK, "conditional": Trigger.CONDITIONAL, "error": Trigger.ERROR,
    "terminate": Trigger.TERMINATE, "escalation": Trigger.ESCALATION,
    "compensate": Trigger.COMPENSATION, "cancel": Trigger.CANCEL,
}  # fmt: skip


@pytest.mark.parametrize(("tag", "kind"), EVENTS.items())
@pytest.mark.parametrize(("word", "trigger"), TRIGGERS.items())
def test_events_with_every_definition(
    tag: str, kind: EventKind, word: str, trigger: Trigger
) -> None:
    found = node(read(f'<{tag} id="e"><{word}EventDefinition/></{tag}>'), "e")
    assert (found.event, found.trigger, found.reference) == (kind, trigger, None)


def test_event_without_definition() -> None:
    assert node(read('<startEvent id="e"/>'), "e").trigger is Trigger.NONE


@pytest.mark.parametrize(
    ("flag", "trigger"), [("false", Trigger.MULTIPLE), ("true", Trigger.PARALLEL_MULTIPLE)]
)
def test_several_definitions(flag: str, trigger: Trigger) -> None:
    found = node(
        read(
            f'<startEvent id="e" parallelMultiple="{flag}"><signalEventDefinition signalRef="s"/>'
            "<timerEventDefinition><timeDate>now</timeDate></timerEventDefinition></startEvent>",
            '<signal id="s" name="S"/>',
        ),
        "e",
    )
    assert found.trigger is trigger
    assert found.parts == ((Trigger.SIGNAL, "s"), (Trigger.TIMER, None))


@pytest.mark.parametrize(
    ("kind", "repeats"), [("timeDate", False), ("timeDuration", False), ("timeCycle", True)]
)
def test_timers(kind: str, repeats: bool) -> None:
    found = node(
        read(
            f'<intermediateCatchEvent id="e"><timerEventDefinition><{kind}> PT5M </{kind}>'
            "</timerEventDefinition></intermediateCatchEvent>"
        ),
        "e",
    )
    assert (found.duration, found.repeats) == ("PT5M", repeats)


def test_references_of_events() -> None:
    result = read(
        '<endEvent id="a"><errorEventDefinition errorRef="t:withCode"/></endEvent>'
        '<endEvent id="b"><errorEventDefinition errorRef="plain"/></endEvent>'
        '<endEvent id="c"><messageEventDefinition messageRef="m"/></endEvent>'
        '<endEvent id="d"><escalationEventDefinition escalationRef="x"/></endEvent>'
        '<receiveTask id="r" messageRef="m" instantiate="true"/>',
        '<error id="withCode" errorCode="E1"/><error id="plain"/><message id="m"/>'
        '<escalation id="x" escalationCode="up"/>',
    )
    assert [node(result, i).reference for i in "abcdr"] == ["E1", "plain", "m", "up", "m"]
    assert node(result, "r").instantiate
    assert result.ledger.entries == ()


def test_event_definition_by_reference() -> None:
    result = read(
        '<startEvent id="e"><eventDefinitionRef>d</eventDefinitionRef></startEvent>'
        '<startEvent id="f"><eventDefinitionRef>nowhere</eventDefinitionRef></startEvent>',
        '<signalEventDefinition id="d" signalRef="s"/><signal id="s"/>',
    )
    assert (node(result, "e").trigger, node(result, "e").reference) == (Trigger.SIGNAL, "s")
    assert node(result, "f").trigger is Trigger.NONE
    assert [entry.element for entry in result.ledger.repairs] == ["f"]


def test_links_by_name_and_by_reference() -> None:
    result = read(
        '<intermediateThrowEvent id="t"><linkEventDefinition id="dt" name="one">'
        "<target>dc</target></linkEventDefinition></intermediateThrowEvent>"
        '<intermediateCatchEvent id="c"><linkEventDefinition id="dc" name="other"/>'
        "</intermediateCatchEvent>"
        '<intermediateThrowEvent id="t2" name="A"><linkEventDefinition/></intermediateThrowEvent>'
        '<intermediateCatchEvent id="c2"><linkEventDefinition name="A"/></intermediateCatchEvent>'
    )
    index = GraphIndex(result.graph)
    assert [n.id for n in index.link_targets(index.node["t"])] == ["c"]
    assert [n.id for n in index.link_targets(index.node["t2"])] == ["c2"]


def test_boundary_events() -> None:
    result = read(
        '<task id="a"/><boundaryEvent id="b" attachedToRef="a" cancelActivity="false">'
        "<timerEventDefinition/></boundaryEvent>"
        '<boundaryEvent id="c" attachedToRef="a"><errorEventDefinition/></boundaryEvent>'
        '<boundaryEvent id="d" attachedToRef="a" cancelActivity="false">'
        "<errorEventDefinition/></boundaryEvent>"
    )
    assert [n.id for n in GraphIndex(result.graph).boundary["a"]] == ["b", "c", "d"]
    assert [node(result, i).interrupting for i in "bcd"] == [False, True, True]
    assert [entry.element for entry in result.ledger.repairs] == ["d"]


def test_sub_processes_are_scopes() -> None:
    result = read(
        '<subProcess id="s"><startEvent id="s1"/><subProcess id="e" triggeredByEvent="true">'
        '<startEvent id="e1" isInterrupting="false"><messageEventDefinition/></startEvent>'
        '</subProcess></subProcess><task id="t"/>'
    )
    scopes = [(s.id, s.kind, s.parent, s.owner) for s in result.graph.scopes]
    assert scopes == [
        ("P", "process", None, None),
        ("s", "sub-process", "P", "s"),
        ("e", "event-sub-process", "s", "e"),
    ]
    assert [n.id for n in result.graph.nodes] == ["s", "s1", "e", "e1", "t"]
    assert (node(result, "e").activity, node(result, "e").body) == ("event-sub-process", "e")
    assert (node(result, "e1").scope, node(result, "e1").interrupting) == ("e", False)


def test_flows_conditions_and_defaults() -> None:
    result = read(
        '<exclusiveGateway id="g" default="f2"/><task id="a"/><task id="b"/>'
        '<sequenceFlow id="f1" name="yes" sourceRef="g" targetRef="a">'
        "<conditionExpression> ${x &gt; 1} </conditionExpression></sequenceFlow>"
        '<sequenceFlow id="f2" sourceRef="g" targetRef="b"/>'
    )
    first, second = result.graph.flows
    assert first.condition is not None
    assert (first.title, first.condition.text, first.scope) == ("yes", "${x > 1}", "P")
    assert second.condition is None
    assert node(result, "g").default == "f2"


def test_loops_quantities_calls_and_event_gateways() -> None:
    result = read(
        '<task id="a" startQuantity="2" completionQuantity="3"><standardLoopCharacteristics '
        'testBefore="true"/></task>'
        '<task id="b"><multiInstanceLoopCharacteristics isSequential="true"><loopCardinality>5'
        "</loopCardinality></multiInstanceLoopCharacteristics></task>"
        '<task id="c"><multiInstanceLoopCharacteristics/></task>'
        '<callActivity id="d" calledElement="q:Other"/>'
        '<eventBasedGateway id="g" instantiate="true" eventGatewayType="Parallel"/>'
    )
    a, b, c = (node(result, i) for i in "abc")
    assert (a.start_quantity, a.completion_quantity) == (2, 3)
    assert a.loop is not None
    assert (a.loop.kind, a.loop.test_before) == ("standard", True)
    assert b.loop is not None
    assert (b.loop.kind, b.loop.cardinality) == ("sequential", "5")
    assert c.loop is not None
    assert c.loop.kind == "parallel"
    assert node(result, "d").called == "Other"
    gateway = node(result, "g")
    assert (gateway.instantiate, gateway.trigger) == (True, Trigger.PARALLEL_MULTIPLE)


def test_compensation_handlers() -> None:
    result = read(
        '<task id="a"/><task id="undo" isForCompensation="true"/><task id="undo2"/>'
        '<boundaryEvent id="b" attachedToRef="a"><compensateEventDefinition/></boundaryEvent>'
        '<boundaryEvent id="b2" attachedToRef="a"><compensateEventDefinition/></boundaryEvent>'
        '<association id="x" sourceRef="b" targetRef="undo"/>'
        '<association id="y" sourceRef="undo2" targetRef="b2"/>'
        '<intermediateThrowEvent id="t"><compensateEventDefinition activityRef="a"/>'
        "</intermediateThrowEvent>"
    )
    assert (node(result, "b").reference, node(result, "b2").reference) == ("undo", "undo2")
    assert node(result, "undo").for_compensation
    assert node(result, "undo2").for_compensation
    assert node(result, "t").reference == "a"
    assert [entry.element for entry in result.ledger.repairs] == ["undo2"]


def test_pools_messages_lanes_and_performers() -> None:
    result = read(
        '<laneSet><lane id="L" name="Sales"><childLaneSet><lane id="L1"><flowNodeRef>a'
        '</flowNodeRef></lane></childLaneSet></lane></laneSet><userTask id="a"><potentialOwner>'
        "<resourceRef>r</resourceRef></potentialOwner></userTask>",
        '<resource id="r" name="Clerk"/><collaboration id="c"><participant id="A" processRef="P"/>'
        '<participant id="B" name="Customer"/><participant id="C" processRef="empty"/>'
        '<messageFlow id="m" sourceRef="a" targetRef="B"/></collaboration>',
        '<process id="empty"/>',
    )
    pools = [(pool.id, pool.scope) for pool in result.graph.pools]
    assert pools == [("A", "P"), ("B", None), ("C", None)]
    assert [scope.id for scope in result.graph.scopes] == ["P"]
    assert [(m.source, m.target) for m in result.graph.messages] == [("a", "B")]
    assert [(r.id, r.nodes) for r in result.graph.roles] == [
        ("L", ("a",)), ("L1", ("a",)), ("r", ("a",)),
    ]  # fmt: skip
    assert node(result, "a").roles == ("L", "L1", "r")


def test_several_instances_of_a_participant_are_an_under_approximation() -> None:
    result = read(
        '<task id="a"/>',
        '<collaboration id="c"><participant id="A" processRef="P"><participantMultiplicity/>'
        "</participant></collaboration>",
    )
    assert [entry.element for entry in result.ledger.abstracted] == ["A"]


def test_what_has_no_effect_is_in_the_ledger() -> None:
    result = read(
        '<dataObject id="o"/><dataObjectReference id="r" name="Form" dataObjectRef="o"/>'
        '<textAnnotation id="n"><text>Mind</text></textAnnotation><group id="g"/>'
        '<association id="x" sourceRef="n" targetRef="a"/>'
        '<task id="a"><dataInputAssociation id="i"><sourceRef>r</sourceRef></dataInputAssociation>'
        '<dataOutputAssociation id="w"><targetRef>r</targetRef></dataOutputAssociation></task>'
    )
    assert {entry.fate for entry in result.ledger.entries} == {Fate.NO_EFFECT}
    assert {entry.element for entry in result.ledger.entries} == set("orngxiw")
    assert {(d.id, d.name) for d in result.graph.data} >= {("r", "Form"), ("n", "Mind")}
    assert (node(result, "a").reads, node(result, "a").writes) == (("r",), ("r",))


def test_layout() -> None:
    result = read(
        '<task id="a"/><task id="b"/><sequenceFlow id="f" sourceRef="a" targetRef="b"/>',
        after='<bpmndi:BPMNDiagram><bpmndi:BPMNPlane bpmnElement="P">'
        '<bpmndi:BPMNShape bpmnElement="a" isExpanded="true" isHorizontal="false">'
        '<dc:Bounds x="1" y="2" width="100" height="80"/><bpmndi:BPMNLabel>'
        '<dc:Bounds x="5" y="6" width="7" height="8"/></bpmndi:BPMNLabel></bpmndi:BPMNShape>'
        '<bpmndi:BPMNEdge bpmnElement="f"><di:waypoint x="1" y="2"/><di:waypoint x="3,5" y="4"/>'
        "</bpmndi:BPMNEdge></bpmndi:BPMNPlane></bpmndi:BPMNDiagram>"
        '<bpmndi:BPMNDiagram><bpmndi:BPMNPlane><bpmndi:BPMNShape bpmnElement="b">'
        '<dc:Bounds x="0" y="0" width="9" height="9"/></bpmndi:BPMNShape>'
        '<bpmndi:BPMNShape bpmnElement="P"><dc:Bounds x="nan" y="0" width="9" height="9"/>'
        "</bpmndi:BPMNShape></bpmndi:BPMNPlane></bpmndi:BPMNDiagram>",
    )
    layout = result.graph.layout
    assert layout is not None
    shape = layout.shape("a")
    assert shape is not None
    assert (shape.x, shape.height, shape.expanded, shape.horizontal) == (1, 80, True, False)
    assert shape.label == (5, 6, 7, 8)
    edge = layout.edge("f")
    assert edge is not None
    assert edge.points == ((1, 2), (3.5, 4))
    second = layout.shape("b")
    assert second is not None
    assert second.y > 82, "the second diagram stands below the first"
    assert [entry.element for entry in result.ledger.repairs] == ["P"]


def test_equal_texts_give_equal_graphs() -> None:
    content = '<task id="a"/><task id="b"/><sequenceFlow id="f" sourceRef="a" targetRef="b"/>'
    one, two = read(content), read("\n\n" + content)
    assert one.graph == two.graph
    assert hash(one.graph) == hash(two.graph)
    assert one.graph.source_digest != two.graph.source_digest


@pytest.mark.parametrize(
    "head",
    [
        f'<definitions xmlns="{MODEL}">',
        f"<?xml version='1.0'?><!-- a > b --><bpmn:definitions a='>' xmlns:bpmn='{MODEL}'>",
        "<definitions xmlns='http://schema.omg.org/spec/BPMN/2.0'>",
        "<bpmn:definitions>",
        f'\ufeff<process xmlns="{MODEL}">',
        f'<!DOCTYPE x [<!ENTITY a "b">]><definitions xmlns="{MODEL}">',
    ],
)
def test_bpmn_is_recognised_by_content(head: str) -> None:
    assert detect(head.encode())
    assert detect(head.encode("utf-16"))
    assert detect_format(head.encode()).name == "bpmn"


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"<definitions xmlns='http://schemas.xmlsoap.org/wsdl/'>",
        b"<definitions xmlns='https://www.omg.org/spec/DMN/20191111/MODEL/'>",
        b"<process xmlns='http://docs.oasis-open.org/wsbpel/2.0/process/executable'>",
        b"definitions BPMN",
        b"\xff\xfe\x00",
        b"<!DOCTYPE" + b"[]" * 30_000,
        b"<a " + b"b='" * 20_000,
    ],
)
def test_other_files_are_not_bpmn(head: bytes) -> None:
    assert not detect(head)


def test_the_format_is_found_by_name() -> None:
    assert format_named("bpmn") in formats()
