"""Explanations: they name elements of the diagram, and never what is not so."""

from __future__ import annotations

import pytest

import netproof
from netproof.explain import explained, stuck_reasons
from petri.decision import claim
from transition_systems.evidence import LassoEvidence, RunEvidence
from transition_systems.run import Lasso, Run, Step
from transition_systems.verdict import Outcome, Statistics, Verdict
from translators.bpmn import parse_bpmn
from translators.to_petri import NetTranslation, workflow_to_net

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"

TWO_POOLS = """
<process id="A"><startEvent id="s"/><parallelGateway id="x"/><task id="q"/><sendTask id="m"/>
<endEvent id="e"><terminateEventDefinition/></endEvent><endEvent id="e2"/>
<sequenceFlow id="f1" sourceRef="s" targetRef="x"/>
<sequenceFlow id="f2" sourceRef="x" targetRef="q"/>
<sequenceFlow id="f3" sourceRef="q" targetRef="e"/>
<sequenceFlow id="f4" sourceRef="x" targetRef="m"/>
<sequenceFlow id="f5" sourceRef="m" targetRef="e2"/></process>
<process id="B"><startEvent id="t"/><receiveTask id="r"/><endEvent id="f"/>
<sequenceFlow id="g1" sourceRef="t" targetRef="r"/>
<sequenceFlow id="g2" sourceRef="r" targetRef="f"/></process>
<collaboration id="c"><participant id="pa" name="Seller" processRef="A"/>
<participant id="pb" processRef="B"/><messageFlow id="msg" sourceRef="m" targetRef="r"/>
</collaboration>"""

LIVELOCK = """
<process id="P" name="Ask again"><startEvent id="s"/><exclusiveGateway id="m"/><task id="a"/>
<sequenceFlow id="f1" sourceRef="s" targetRef="m"/>
<sequenceFlow id="f2" sourceRef="m" targetRef="a"/>
<sequenceFlow id="f3" sourceRef="a" targetRef="m"/></process>"""

TWICE_THE_SAME_WAY = """
<process id="P"><startEvent id="s"/><exclusiveGateway id="x"/><parallelGateway id="y"/>
<endEvent id="e"/><sequenceFlow id="f0" sourceRef="s" targetRef="x"/>
<sequenceFlow id="f1" sourceRef="x" targetRef="y"/>
<sequenceFlow id="f2" sourceRef="x" targetRef="y"/>
<sequenceFlow id="f3" sourceRef="y" targetRef="e"/></process>"""

FORK = """
<process id="P"><startEvent id="s"/><inclusiveGateway id="split"/><task id="a"/><task id="b"/>
<inclusiveGateway id="join"/><endEvent id="e"/>
<sequenceFlow id="f0" sourceRef="s" targetRef="split"/>
<sequenceFlow id="f1" sourceRef="split" targetRef="a"/>
<sequenceFlow id="f2" sourceRef="split" targetRef="b"/>
<sequenceFlow id="f3" sourceRef="a" targetRef="join"/>
<sequenceFlow id="f4" sourceRef="b" targetRef="join"/>
<sequenceFlow id="f5" sourceRef="join" targetRef="e"/></process>"""


def translated(content: str) -> NetTranslation:
    graph = parse_bpmn(f'<definitions id="d" xmlns="{MODEL}">{content}</definitions>').graph
    return workflow_to_net(graph)


def told(translation: NetTranslation, name: str, marking: dict[str, int]) -> str:
    """Return the explanation of a violation at the end of a made-up run of one step."""
    net = translation.net
    run = Run(initial={}, steps=(Step(action=net.transition_ids[0], label="x", state=marking),))
    verdict = Verdict(
        property=name, outcome=Outcome.VIOLATED, statistics=Statistics(method="test"),
        evidence=RunEvidence(claim=claim(net, "EF(true)"), run=run),
    )  # fmt: skip
    return explained(translation, verdict).explain()


def test_what_a_terminate_event_has_stopped_does_not_wait() -> None:
    graph = parse_bpmn(f'<definitions id="d" xmlns="{MODEL}">{TWO_POOLS}</definitions>').graph
    verdict = netproof.check(graph, "deadlock")["deadlock"]
    assert verdict.violated
    assert "“r” waits for the message from m to r, which never comes." in verdict.explain()
    assert "“m” has a token" not in verdict.explain()


def test_a_livelock_from_the_start_names_the_start_of_the_process() -> None:
    graph = parse_bpmn(f'<definitions id="d" xmlns="{MODEL}">{LIVELOCK}</definitions>').graph
    text = netproof.check(graph, "soundness")["soundness"].explain()
    assert text.endswith(
        "At the very start it can go on but never complete; "
        "tokens are then on the start of “Ask again”."
    )


def test_the_start_of_a_pool_bears_the_pool_s_name() -> None:
    translation = translated(TWO_POOLS)
    initial = dict(translation.net.initial)
    text = told(translation, "AG(x)", initial)
    assert text == "After 1 step it fails, with tokens on the start of “Seller” and the start of B."
    assert "no token anywhere" in told(translation, "AG(x)", {"A.running": 1})


def test_a_deadlock_never_goes_on() -> None:
    translation = translated(LIVELOCK)
    # of a verdict that is wrong or of a node without a known reason: still where the tokens are
    assert told(translation, "deadlock", {"f2": 1}) == (
        "After 1 step the process is stuck, with tokens on the flow from m to a."
    )
    assert told(translation, "deadlock", {}) == "After 1 step the process is stuck."
    assert "can go on" in told(translation, "option-to-complete", {"f2": 1})


def test_flows_between_the_same_nodes_are_told_apart() -> None:
    graph = parse_bpmn(
        f'<definitions id="d" xmlns="{MODEL}">{TWICE_THE_SAME_WAY}</definitions>'
    ).graph
    text = netproof.check(graph, "deadlock")["deadlock"].explain()
    assert "a token on the flow from x to y (f1)" in text
    assert "waits for a token on the flow from x to y (f2), which never comes" in text


def test_a_join_that_waits_for_others_says_for_whom() -> None:
    translation = translated(FORK)
    busy = next(p.id for p in translation.places.values() if p.element == "b" and p.live)
    assert stuck_reasons(translation, {"f3": 1, busy: 1}) == []  # b can complete
    record = next(t for t in translation.transitions.values() if busy in t.pre)
    record.pre["f0"] = 1  # so that b never completes
    (reason, *_) = (r for r in stuck_reasons(translation, {"f3": 1, busy: 1}) if "join" in r)
    assert "has a token on the flow from a to join and waits for" in reason


@pytest.mark.parametrize("grown", ["s.control", "P.start"])
def test_no_list_is_empty(grown: str) -> None:
    translation = translated(LIVELOCK)
    net = translation.net
    first = net.transition_ids[0]
    states = ({}, {grown: 1})
    lasso = Lasso(
        initial=states[0], steps=(Step(action=first, label="x", state=states[1]),), loop_start=0
    )
    verdict = Verdict(
        property="boundedness", outcome=Outcome.VIOLATED, statistics=Statistics(method="test"),
        evidence=LassoEvidence(claim=claim(net, "EF(true)"), lasso=lasso),
    )  # fmt: skip
    text = explained(translation, verdict).explain()
    assert "1 more step (through " in text
    assert text.endswith(
        "tokens are added to the start of “Ask again”."
        if grown == "P.start"
        else "there are more tokens."
    )
