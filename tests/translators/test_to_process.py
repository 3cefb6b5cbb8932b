"""Workflows as processes: all runs of small ones by hand, and the same behaviour as the net."""

from __future__ import annotations

import os
import pickle
import re
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from process_algebra import Parallel, ProductSystem, format_cspm, process_system
from term_systems import process_lts, same
from transition_systems import LTS, Budget, minimise
from transition_systems.errors import UndecidedError, UnsupportedError, UsageError
from translators.ledger import Direction, Fate
from translators.to_process import (
    ProcessTranslation,
    lts,
    state_space,
    translation,
    workflow_to_process,
)
from translators.to_process.cells import Cell
from translators.to_process.frame import Frame, Needs
from translators.to_process.inclusive import Region
from translators.to_process.routing import event_steps, gateway_steps
from translators.workflow import EventKind, Flow, GatewayKind, Node, WorkflowGraph
from workflow_cases import CASES
from workflow_text import drawn

EXAMPLES = Path(__file__).parents[2] / "examples"
FOLDER = os.environ.get("NETPROOF_DATA")
SHORT = {".start": "+", ".complete": "-", ".next": "*", ".repeat": "~"}


def short(label: str) -> str:
    for ending, sign in SHORT.items():
        label = label.removesuffix(ending) + sign if label.endswith(ending) else label
    return label


def runs(system: LTS) -> set[str]:
    """Return all runs of an acyclic system up to silent steps, with how they end."""
    small = minimise(system, "branching")[0]
    found: set[str] = set()
    waiting: list[tuple[int, tuple[str, ...]]] = [(int(i), ()) for i in small.initial]
    while waiting:
        state, word = waiting.pop()
        labels, targets = small.successors(state)
        if small.final[state] or not len(labels):
            found.add(" ".join((*word, "." if small.final[state] else "#")))
        for label, target in zip(labels.tolist(), targets.tolist(), strict=True):
            name = small.label_names[label]
            waiting.append((target, word if name == "tau" else (*word, short(name))))
    return found


@pytest.mark.parametrize("name", CASES)
def test_runs_by_hand(name: str) -> None:
    case = CASES[name]
    assert runs(process_lts(drawn(case.text), **case.options)) == set(case.runs)


@pytest.mark.parametrize("name", CASES)
def test_capacity_beyond_need_changes_nothing(name: str) -> None:
    case = CASES[name]
    more = {**case.options, "capacity": 3}
    assert runs(process_lts(drawn(case.text), **more)) == set(case.runs)


CYCLIC = {
    "a loop": (
        "task A loop",
        [(0, "A.start", 1), (1, "A.complete", 2), (1, "A.repeat", 1)],
    ),
    "a loop that may be skipped": (
        "task A while",
        [(0, None, 2), (0, "A.start", 1), (1, "A.complete", 2), (1, "A.repeat", 1)],
    ),
    "an exclusive loop": (
        "throw a\nxor j\nxor x\nend e\ncatch c timer\na > j > x > e\nx > c > j",
        [(0, "a", 1), (1, None, 2), (1, None, 3), (2, "e", 4), (3, "c", 1)],
    ),
    "a sub-process loops": (
        "sub S loop\n  throw a",
        [(0, "S.start", 1), (1, "a", 2), (2, "S.complete", 3), (2, "S.repeat", 1)],
    ),
    "a boundary event leads back": (
        "start s\nxor j\ntask A\nboundary b timer on=A\ns > j > A\nb > j",
        [(0, "s", 1), (1, "A.start", 2), (2, "b", 1), (2, "A.complete", 3)],
    ),
    "a loop rings once": (
        "task A loop\nboundary b timer on=A quiet",
        [
            (0, "A.start", 1), (1, "A.complete", 2), (1, "A.repeat", 1),
            (1, "b", 3), (3, "A.complete", 2), (3, "A.repeat", 3),
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CYCLIC)
def test_cycles_by_hand(name: str) -> None:
    text, arcs = CYCLIC[name]
    states = 1 + max(state for arc in arcs for state in (arc[0], arc[2]))
    ends = {state for state in range(states) if all(arc[0] != state for arc in arcs)}
    expected = LTS.from_arcs(states, arcs, final=ends)
    assert same(process_lts(drawn(text)), expected) == ""


def test_the_term_is_one_process_for_each_node_and_flow() -> None:
    graph = drawn("start s\nand f\ntask A\nend e\ns > f > A > e\nf > e")
    made = workflow_to_process(graph)
    term = made.process.main
    while not isinstance(term, Parallel):
        term = term.subterms[0]
    cells = {str(part).rsplit(" ", 1)[0] for part in term.subterms}
    assert cells == {
        "start s", "node s", "node f", "activity A", "node e",
        "flow s>f", "flow f>A", "flow A>e", "flow f>e",
    }  # fmt: skip
    assert isinstance(process_system(made.process), ProductSystem)
    again = pickle.loads(pickle.dumps(made.process))
    assert again == made.process
    assert set(made.labels.values()) == {"s", "A.start", "A.complete", "e"}
    assert "MAIN = " in format_cspm(made.process)


def test_an_overfull_flow_is_refused_by_name() -> None:
    graph = drawn("start s\nthrow a\nend e\ns > a\na > e\ns > e\ns > a")
    with pytest.raises(UnsupportedError, match=r"(s>a|a>e|s>e).* capacity of 1") as caught:
        process_lts(graph)
    assert caught.value.mend == "Raise the capacity."
    wide = runs(process_lts(graph, capacity=2))
    assert wide == runs(process_lts(graph, capacity=5))
    assert "s a a e e e ." in wide
    endless = drawn("start s\nxor j\nand f\nthrow a\ns > j > f > a\nf > j")
    for capacity in (1, 3):
        with pytest.raises(UnsupportedError, match=f"capacity of {capacity}"):
            process_lts(endless, capacity=capacity)


def test_an_overfull_message_flow_is_refused() -> None:
    text = "process p\n  throw a message\n  throw b message\nprocess q\n  start m message\na ~ m\nb ~ m"
    one = drawn(text)
    assert runs(process_lts(one)) >= {"a b m .", "a m b ."}
    twice = drawn(text.replace("throw b message", "xor x\n  a > x > a").replace("b ~ m", ""))
    assert process_lts(twice).n_states == 1
    looped = drawn(
        "process p\n  start s\n  xor j\n  throw a message\n  xor x\n  s > j > a > x > j\n"
        "process q\n  start m message\na ~ m"
    )
    with pytest.raises(UnsupportedError, match="a~m"):
        process_lts(looped, capacity=4)


def test_a_second_token_that_waits_outside_is_told() -> None:
    graph = drawn("start s\nand f\nxor j\nsub S\n  throw a\ns > f > j > S\nf > j")
    space = state_space(workflow_to_process(graph, capacity=2))
    told = [atom for atom, states in space.lts.atoms.items() if atom != "final" and states.any()]
    assert told == ["a second token waits outside S (0)"]
    single = drawn("start s\nsub S\n  throw a\ns > S")
    atoms = state_space(workflow_to_process(single)).lts.atoms
    assert not any(states.any() for atom, states in atoms.items() if atom != "final")


def test_an_overfull_inclusive_join_is_refused_at_any_capacity() -> None:
    text = (
        "start s\nand f\nxor m\nor o\nor j\nthrow a\nthrow b\n"
        "s > f > m > o > a > j\nf > m\no > b > j"
    )
    with pytest.raises(UnsupportedError, match=r">j leads to an inclusive join"):
        process_lts(drawn(text), capacity=9)


def lost_token(self: Frame, flows: list[Flow]) -> Needs:
    return [(self.flow[flow.id], "put") for flow in flows[:1] if flow.id in self.flow]


def swapped_gateway(frame: Frame, node: Node, region: Region | None) -> None:
    swap = {
        GatewayKind.EXCLUSIVE: GatewayKind.PARALLEL,
        GatewayKind.PARALLEL: GatewayKind.EXCLUSIVE,
    }
    other = replace(node, gateway=swap.get(node.gateway or GatewayKind.COMPLEX, node.gateway))
    gateway_steps(frame, other, region)


def deadlock_for_an_end(frame: Frame, node: Node) -> None:
    if node.event is not EventKind.END:
        event_steps(frame, node)


def survivor(self: Frame, scope: str) -> list[Cell]:
    inside = {s.id for s in self.index.within(scope)}
    return [cell for cell in self.network.cells.values() if cell.scope in inside][1:]


FAULTS: dict[str, tuple[object, str, object]] = {
    "a lost token": (Frame, "fills", lost_token),
    "a swapped gateway": (translation, "gateway_steps", swapped_gateway),
    "a deadlock for an end": (translation, "event_steps", deadlock_for_an_end),
    "a token survives its scope": (Frame, "everything", survivor),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_seeded_faults_are_caught(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    where, name, faulty = FAULTS[fault]
    monkeypatch.setattr(where, name, faulty)
    caught = 0
    for case in CASES.values():
        try:
            caught += runs(process_lts(drawn(case.text), **case.options)) != set(case.runs)
        except UnsupportedError:
            caught += 1
    assert caught >= 2


REFUSED = {
    "complex gateways": "start s\ncomplex g\ns > g",
    "ad-hoc": "ad-hoc A",
    "waits for nothing": "event g\ntask A\ng > A",
    "one catching link": "throw a link ref=x",
    "has one start event": "task A\nesub E\n  task B",
    "needs a trigger": "task A\nesub E\n  start b",
    "inside another": "task A\nesub E\n  start b timer\n  esub F\n    start c timer",
    "inside a transaction": "end a cancel",
    "one split": "start s\nstart r\nor j\ns > j\nr > j",
    "ends at": "or f\nor j\ntask A\nxor x\nend e\nf > A > j\nf > x > j\nx > e",
    "is left from": "or f\nor j\ntask A\nxor x\nf > A > j\nf > x > j\nx > y\nxor y\ny > B\ntask B",
    "more than 10 ways out": "or f\n" + "\n".join(f"throw t{i}\nf > t{i}" for i in range(11)),
}


@pytest.mark.parametrize("reason", REFUSED)
def test_refusals_name_the_element(reason: str) -> None:
    made = workflow_to_process(drawn(REFUSED[reason]))
    assert len(made.refused) == 1
    note = made.refused[0].note or ""
    assert re.search(reason, note) or (reason == "ends at" and "is left from" in note)
    with pytest.raises(UnsupportedError, match=re.escape(made.refused[0].element)):
        state_space(made)


def test_the_ledger_has_each_element() -> None:
    graph = drawn(
        "pool x\nprocess p\n  start s\n  task A many\n  boundary b timer on=A\n  task B many\n"
        "  boundary c compensation on=B\n  s > A > B\nA ~ x"
    )
    made = workflow_to_process(graph)
    fates = {entry.element: entry for entry in made.ledger.entries}
    assert set(fates) == {"s", "A", "b", "B", "c", "s>A", "A>B", "A~x"}
    assert fates["A"].fate is Fate.ABSTRACTED
    assert fates["A"].direction is Direction.UNDER
    assert fates["c"].fate is Fate.NO_EFFECT
    assert fates["A~x"].fate is Fate.NO_EFFECT
    assert fates["s"].fate is Fate.MAPPED
    assert isinstance(made, ProcessTranslation)
    assert made.assumptions


def test_misuse_and_budgets() -> None:
    graph = drawn("task A\ntask B\ntask C")
    with pytest.raises(UsageError):
        workflow_to_process(graph, starts=cast(Any, "some"))
    with pytest.raises(UsageError):
        workflow_to_process(graph, capacity=0)
    with pytest.raises(UndecidedError):
        lts(workflow_to_process(graph), budget=Budget(states=3))
    assert process_lts(WorkflowGraph(id="empty")).final.tolist() == [True]


def test_labels_may_look_like_anything() -> None:
    graph = drawn("start complete\ntask overflow.x\nend x/1\ncomplete > overflow.x > x/1")
    assert runs(process_lts(graph)) == {"complete overflow.x+ overflow.x- x/1 ."}
    assert runs(process_lts(drawn("throw tau\nend ✓\ntau > ✓"))) == {"tau' ✓' ."}
