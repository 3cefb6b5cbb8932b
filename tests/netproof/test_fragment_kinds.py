"""What a diagnosis says of the fragment: the same error, or why it is another."""

from __future__ import annotations

import pytest

from netproof.repairing import Diagnosis, diagnose
from petri.soundness import ErrorKind
from transition_systems.budget import Budget
from translators.bpmn import parse_bpmn
from translators.repair import smallest_fragment
from translators.workflow_errors import WorkflowError

NODES = {
    "s": "startEvent", "n0": "parallelGateway", "n1": "parallelGateway", "n2": "task",
    "x": "exclusiveGateway", "j": "parallelGateway", "t": "task", "e": "endEvent",
}  # fmt: skip


def told(*flows: tuple[str, str]) -> Diagnosis:
    """Return the diagnosis of a workflow with these flows."""
    used = [node for node in NODES if any(node in flow for flow in flows)]
    elements = "".join(f'<{NODES[node]} id="{node}"/>' for node in used)
    elements += "".join(
        f'<sequenceFlow id="f{n}" sourceRef="{a}" targetRef="{b}"/>'
        for n, (a, b) in enumerate(flows)
    )
    text = (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">'
        f'<process id="p">{elements}</process></definitions>'
    )
    found = diagnose(parse_bpmn(text).graph, budget=Budget(seconds=5))
    assert found is not None
    return found


SPLIT = (("s", "n0"), ("n0", "n1"), ("n0", "n2"), ("n1", "n2"), ("n2", "e"))
STUCK = (("s", "x"), ("x", "j"), ("x", "t"), ("t", "j"), ("j", "e"))


def test_another_kind_is_said_to_be_another() -> None:
    found = told(*SPLIT)
    assert found.error.kind is ErrorKind.LACK_OF_SYNCHRONISATION
    text = found.text()
    if found.fragment.kind is found.error.kind:
        assert "another error" not in text
    else:
        assert f"it shows another error of this workflow, {found.fragment.kind}" in text
    if "e" in found.fragment.elements:
        assert "the error shows at e, where the fragment is closed" in text


def test_the_same_kind_needs_no_sentence() -> None:
    found = told(*STUCK)
    assert found.error.kind is found.fragment.kind is ErrorKind.DEADLOCK_AT_JOIN
    assert "another error" not in found.text()
    assert "where the fragment is closed" not in found.text()


@pytest.mark.parametrize("kind", [ErrorKind.DEADLOCK_AT_JOIN, ErrorKind.LIVELOCK])
def test_the_fragment_shows_the_error_that_is_asked_for(kind: ErrorKind) -> None:
    found = told(*STUCK)
    like = WorkflowError(kind=kind, elements=("j",), text="")
    fragment = smallest_fragment(found.graph, like=like, budget=Budget(seconds=5))
    assert fragment.kind is ErrorKind.DEADLOCK_AT_JOIN
    assert fragment.verdict.violated
    assert fragment.nodes == found.fragment.nodes
