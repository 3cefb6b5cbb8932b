"""Model objects are values: equal by content, hashable, rebuilt by repr, pickle and JSON."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

import petri
import transition_systems
from petri import Marking, PetriNet, Place, Transition, sound
from transition_systems.evidence import evidence_from_dict
from transition_systems.lts import LTS
from transition_systems.properties.predicates import And, Compare, Dead, Enabled, Not, at_least
from transition_systems.run import Lasso, Run, Step
from transition_systems.source_span import SourceSpan
from translators.ledger import Direction, Entry, Fate, Ledger
from translators.workflow import Flow, Node, NodeKind, Scope, WorkflowGraph

NET = PetriNet(
    places=["i", Place(id="o", name="out")], transitions=[Transition(id="t", label=None)],
    arcs=[("i", "t"), ("t", "o")], initial={"i": 1}, final={"o": 1}, name="n",
)  # fmt: skip
STEP = Step(action="t", label="t", state={"o": 1}, source=SourceSpan(file="f", line=1, column=2))
VALUES = [
    NET,
    Marking({"p": 2, "a b": 1}),
    SourceSpan(file="f.bpmn", line=3, column=4, element="e"),
    at_least("p", 2),
    And((Not(Dead()), Enabled("t"), Compare((("p", 1), ("q", -2)), "<=", 3))),
    Node(id="a", kind=NodeKind.ACTIVITY, scope="s", activity="task"),
    WorkflowGraph(
        id="w", scopes=(Scope(id="s", kind="process"),),
        nodes=(Node(id="a", kind=NodeKind.ACTIVITY, scope="s", activity="task"),),
        flows=(Flow(id="f", source="a", target="a", scope="s"),),
    ),
    Ledger(entries=(Entry(element="a", kind="task", fate=Fate.MAPPED, direction=Direction.EXACT),)),
]  # fmt: skip


def namespace() -> dict[str, Any]:
    import numpy

    from transition_systems.properties import predicates
    from translators import ledger, workflow

    names: dict[str, Any] = {"numpy": numpy}
    for module in (petri, transition_systems, predicates, workflow, ledger):
        for name in module.__all__:
            names[name] = getattr(module, name)
    return names


@pytest.mark.parametrize("value", VALUES, ids=lambda v: type(v).__name__)
def test_repr_and_pickle_give_the_value_back(value: Any) -> None:
    copy = pickle.loads(pickle.dumps(value))
    assert copy == value
    assert hash(copy) == hash(value)
    text = repr(value)
    if "<" in text.replace("<=", ""):
        text = _enums(text)
    assert eval(text, namespace()) == value


def _enums(text: str) -> str:
    """Turn ``<Kind.NAME: 'x'>`` of enumeration members into code."""
    import re

    return re.sub(r"<(\w+\.\w+): [^>]*>", r"\1", text)


@pytest.mark.parametrize("value", VALUES, ids=lambda v: type(v).__name__)
def test_values_differ_from_others(value: Any) -> None:
    assert [other for other in VALUES if other == value] == [value]
    assert value != object()


def test_runs_and_evidence_survive_json() -> None:
    run = Run(initial={"i": 1}, steps=(STEP,))
    assert Run.from_dict(run.to_dict()) == run
    lasso = Lasso(initial={"i": 1}, steps=(STEP, STEP), loop_start=1)
    assert Lasso.from_dict(lasso.to_dict()) == lasso
    verdict = sound(NET)
    assert verdict.evidence is not None
    assert evidence_from_dict(verdict.evidence.to_dict()) == verdict.evidence
    assert PetriNet.from_dict(NET.to_dict()) == NET


def test_spans_are_no_part_of_equality() -> None:
    one = Node(id="a", kind=NodeKind.ACTIVITY, scope="s", span=SourceSpan(line=1))
    two = Node(id="a", kind=NodeKind.ACTIVITY, scope="s", span=SourceSpan(line=2))
    assert one == two
    assert hash(one) == hash(two)


def test_an_lts_is_a_value() -> None:
    one = LTS.from_arcs(2, [(0, "a", 1)], final=[1])
    assert one == pickle.loads(pickle.dumps(one)) == LTS.from_dict(one.to_dict())
    assert one != LTS.from_arcs(2, [(0, "a", 1)])
