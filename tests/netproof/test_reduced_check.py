"""Checking by reduction says what checking by the whole state space says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import netproof
from netproof import net_question as questions
from petri import PetriNet
from transition_systems.budget import Budget
from translators.workflow import WorkflowGraph
from workflow_text import drawn

ROOT = Path(__file__).resolve().parent.parent.parent
EXAMPLES = sorted(
    p for p in (ROOT / "examples").iterdir() if p.suffix in (".bpmn", ".json", ".yaml")
)
NAMES = (
    "soundness", "option-to-complete", "proper-completion", "deadlock", "boundedness", "safeness",
    "no-dead-activities", "never-started-pools", "termination",
)  # fmt: skip


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_examples_have_the_same_verdicts(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = netproof.check(path, NAMES)
    monkeypatch.setattr(questions, "FEW", 1)
    small = netproof.check(path, NAMES)
    methods = {entry.verdict.statistics.method for entry in small.models[0].verdicts}
    assert "reduction" in methods
    for one, other in zip(whole.models[0].verdicts, small.models[0].verdicts, strict=True):
        assert (one.outcome, one.verdict.exactness) == (other.outcome, other.verdict.exactness)
        assert other.rechecked == one.rechecked == "passed", (one.name, other.recheck_reason)
        if one.verdict.violated:
            assert (one.witness is None) == (other.witness is None)


def block(branches: int, *, missing: bool = False) -> WorkflowGraph:
    """Return parallel branches with two tasks each; one may miss its way to the join."""
    lines = ["start s", "and f", "and j", "end e", "s > f", "j > e"]
    for k in range(branches):
        lines += [f"task a{k}", f"task b{k}", f"f > a{k} > b{k}"]
        if not missing or k:
            lines.append(f"b{k} > j")
    if missing:
        lines += ["xor x", "end other", "b0 > x", "x > j", "x > other"]
    return drawn("\n".join(lines))


def test_forty_parallel_branches_are_sound() -> None:
    report = netproof.check(block(40))
    for entry in report.models[0].verdicts:
        assert str(entry.outcome) == "HOLDS"
        assert entry.rechecked == "passed"


def test_a_fault_among_forty_branches_is_a_run_of_the_diagram() -> None:
    report = netproof.check(block(40, missing=True))
    verdict = report.models[0].verdicts[0]
    assert str(verdict.outcome) == "VIOLATED"
    assert verdict.rechecked == "passed"
    assert verdict.witness is not None
    assert "can reach a state from which it cannot complete" in verdict.verdict.explain()


def terminated(branches: int) -> WorkflowGraph:
    """Return branches of which each may end all, and a way that is stuck after two steps."""
    lines = ["start s", "xor k", "and f", "and j", "and dead", "end e", "s > k > f", "j > e"]
    lines += ["task never", "k > dead", "never > dead", "dead > e", "j > never"]
    for n in range(branches):
        lines += [f"task a{n}", f"xor x{n}", f"end t{n} terminate"]
        lines += [f"f > a{n} > x{n} > j", f"x{n} > t{n}"]
    return drawn("\n".join(lines))


def test_what_was_seen_is_kept_where_no_reduction_helps() -> None:
    limit = Budget(states=50_000, seconds=120.0)
    report = netproof.check(terminated(13), ["deadlock", "soundness"], budget=limit)
    assert str(report["deadlock"].outcome) == "VIOLATED"
    assert len(report["deadlock"].evidence.run) <= 4


def test_a_case_that_never_completes_beyond_a_partial_graph() -> None:
    lines = ["start s", "xor m", "and g", "end e", "s > m > g > m"]
    for n in range(8):
        lines += [f"task a{n}", f"g > a{n} > e"]
    report = netproof.check(drawn("\n".join(lines)), ["soundness", "boundedness"])
    for entry in report.models[0].verdicts:
        assert str(entry.outcome) == "VIOLATED"
        assert entry.rechecked == "passed"


def test_a_violation_among_a_few_thousand_markings_is_shown_by_a_shortest_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    graph = block(3, missing=True)
    found = netproof.check(graph, NAMES)
    monkeypatch.setattr(questions, "LEAST", questions.FEW)
    listed = netproof.check(graph, NAMES)
    states = max(entry.verdict.statistics.states for entry in listed.verdicts)
    assert 200 < states < questions.FEW
    methods = [entry.verdict.statistics.method for entry in listed.verdicts]
    assert "reduction" not in methods
    for one, other in zip(found.verdicts, listed.verdicts, strict=True):
        assert one.outcome == other.outcome
        assert one.rechecked == "passed"
        if one.verdict.violated:
            assert one.verdict.statistics.method != "reduction"
            assert one.witness is not None
            assert other.witness is not None
            assert len(one.witness.steps) == len(other.witness.steps)


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("liveness", "HOLDS"),
        ("reversibility", "HOLDS"),
        ("stable-place", "VIOLATED"),
        ("termination", "VIOLATED"),
    ],
)
def test_many_rings_are_decided_by_other_engines_than_a_list(name: str, outcome: str) -> None:
    entry = netproof.check(rings(30), name, budget=120.0).models[0].verdicts[0]
    assert (str(entry.outcome), entry.rechecked) == (outcome, "passed")


def test_an_unbounded_net_is_live_by_its_structure() -> None:
    net = PetriNet.from_arrays([[1, 0], [0, 1], [0, 0]], [[0, 1], [1, 0], [1, 0]], [1, 0, 0])
    entry = netproof.check(net, "liveness", budget=60.0).models[0].verdicts[0]
    assert (str(entry.outcome), entry.rechecked) == ("HOLDS", "passed")


def rings(count: int) -> PetriNet:
    """Return independent rings of three places with one token each."""
    before = np.eye(3 * count, dtype=np.int64)
    after = np.kron(np.eye(count, dtype=np.int64), np.roll(np.eye(3, dtype=np.int64), 1, axis=0))
    return PetriNet.from_arrays(before, after, [1, 0, 0] * count)
