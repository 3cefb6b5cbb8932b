"""The map to machines: each construct against its stated meaning, and against the map to nets."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

import petri
from fsm import DFA, Network, Vector, determinise, minimise, network_product
from machine_cases import CASES, DISPUTED
from machine_graphs import graph_of
from transition_systems.budget import Budget
from transition_systems.equivalences import bisimilar
from transition_systems.equivalences import minimise as smallest
from transition_systems.errors import UndecidedError, UnsupportedError, UsageError
from transition_systems.lts import LTS
from translators.bpmn import read_bpmn
from translators.definition import FORMAT as DEFINITION
from translators.to_machine import product, state_machine, workflow_to_machine
from translators.to_petri import workflow_to_net
from translators.workflow import WorkflowGraph

EXAMPLES = Path(__file__).parents[2] / "examples"
DATA = os.environ.get("NETPROOF_DATA")
ALL = {**CASES, **DISPUTED}

# States, deadlocks and complete states after minimisation, counted on paper.
COUNTED: dict[str, tuple[int, int, int]] = {
    "sequence": (7, 0, 1),
    "exclusive": (8, 0, 1),
    "parallel": (11, 0, 1),
    "inclusive": (12, 0, 1),
    "inclusive merge of a choice": (8, 0, 1),
    "inclusive join of a parallel": (11, 0, 1),
    "exclusive conditions": (7, 0, 1),
    "self loop": (3, 0, 1),
    "double end": (8, 0, 1),
    "never reached": (3, 0, 1),
    "two starts": (7, 0, 1),
    "two triggered starts": (7, 0, 2),
    "message start": (5, 0, 2),
    "event-based": (5, 0, 1),
    "instantiating receive": (5, 0, 2),
    "pools that wait for each other": (6, 1, 0),
    "black box": (5, 0, 1),
    "link": (7, 0, 1),
    "loop": (5, 0, 1),
    "loop that may be skipped": (5, 0, 1),
    "instances": (5, 0, 1),
    "instances with boundary": (6, 0, 1),
    "boundary": (7, 0, 1),
    "sub-process": (9, 0, 1),
    "empty sub-process": (5, 0, 1),
    "sub-process with boundary": (11, 0, 1),
    "terminate and a second start": (5, 0, 1),
    "error and no activity inside": (7, 0, 1),
    "escalation interrupts": (9, 0, 1),
    "escalation that nothing catches": (4, 0, 1),
    "event sub-process": (8, 0, 1),
    "event sub-process that throws again": (8, 0, 1),
    "compensation": (6, 0, 1),
}

# Complete words that the workflow has, and words that it has not.
WORDS: dict[str, tuple[list[str], list[str]]] = {
    "conditional flows": (
        [
            "s T.start T.complete A.start A.complete",
            "s T.start T.complete A.start B.start A.complete B.complete",
            "s T.start T.complete C.start C.complete",
        ],
        ["s T.start T.complete", "s T.start T.complete A.start C.start A.complete C.complete"],
    ),
    "conditions that exclude": (
        ["s T.start T.complete A.start A.complete", "s T.start T.complete B.start B.complete"],
        ["s T.start T.complete A.start B.start A.complete B.complete", "s T.start T.complete"],
    ),
    "event-based": (["s c e", "s d e", "s R.start R.complete e"], ["s c d e", "s e"]),
    "receive task with two ways in": (
        ["s S.start R.start R.complete S.complete e"],
        ["s R.start S.start R.complete S.complete e"],
    ),
    "message to a boundary": (
        ["s A.start X.start b C.start C.complete X.complete"],
        ["s A.start b X.start C.start C.complete X.complete"],
    ),
    "sender and black box": (["s c e X.start X.complete"], ["s c c e X.start X.complete"]),
    "ringing boundary": (
        ["s A.start b A.complete e C.start C.complete"],
        ["s A.start b b A.complete e C.start C.complete C.start C.complete"],
    ),
    "loop with ringing boundary": (
        ["s A.start A.repeat b A.repeat A.complete e"],
        ["s A.start b A.repeat b A.complete e"],
    ),
    "instances with ringing boundary": (
        ["s A.start b A.next b A.complete e e2 e2", "s e"],
        ["s A.start b b A.complete e e2 e2", "s A.start A.next A.next A.complete e"],
    ),
    "sub-process without start": (
        ["s S.start B.start A.start A.complete B.complete S.complete e"],
        ["s S.start S.complete e", "s S.start A.start A.complete S.complete e"],
    ),
    "sub-process with triggered start": (
        ["s S.start is A.start A.complete S.complete e"],
        ["s S.start S.complete e"],
    ),
    "sub-process instances with boundary": (
        ["s S.start is A.start A.complete ie S.next is A.start A.complete ie S.complete e", "s e"],
        ["s S.start is A.start A.complete ie S.repeat is A.start A.complete ie S.complete e"],
    ),
    "sub-process twice": (
        ["s S.start is A.start A.complete S.complete S.start is A.start A.complete S.complete e e"],
        ["s S.start S.start is is A.start A.complete A.start A.complete S.complete S.complete e e"],
    ),
    "terminate": (
        ["s A.start B.start A.complete t", "s B.start B.complete e A.start A.complete t"],
        ["s A.start B.start A.complete t B.complete e"],
    ),
    "terminate inside": (
        ["s S.start is A.start B.start A.complete t S.complete e"],
        ["s S.start is A.start B.start A.complete t B.complete ie S.complete e"],
    ),
    "error": (
        ["s S.start is A.start A.complete er C.start C.complete"],
        ["s S.start is A.start A.complete er b C.start C.complete", "s S.start b C.start C.complete"],
    ),
    "error of another name": (["s S.start b C.start C.complete"], []),
    "error from an activity inside": (["s S.start is A.start b C.start C.complete"], []),
    "error through two levels": (["s S.start is T.start it A.start A.complete er C.start C.complete"],
                                 []),
    "error that nothing catches": (["s A.start er", "s er"], ["s er A.start A.complete e"]),
    "escalation end": (
        [
            "s S.start is A.start A.complete ie B.start B.complete S.complete e C.start C.complete",
            "s S.start is A.start A.complete B.start B.complete ie C.start C.complete S.complete e",
        ],
        ["s S.start is A.start A.complete ie B.start B.complete S.complete e"],
    ),
    "escalation twice": (
        ["s S.start is A.start A.complete t B.start B.complete u S.complete e C.start C.complete"],
        [
            "s S.start is A.start A.complete t B.start B.complete u S.complete e "
            "C.start C.complete C.start C.complete"
        ],
    ),
    "ringing event sub-process inside": (
        ["s S.start Xs is A.start A.complete XT.start XT.complete Xe S.complete e"],
        ["s S.start is A.start A.complete S.complete Xs XT.start XT.complete Xe e"],
    ),
    "event sub-process and terminate": (
        ["s A.start Xs T.start T.complete t"],
        ["s A.start Xs T.start T.complete t A.complete e"],
    ),
    "escalation from an event sub-process": (
        ["s A.start Xs T.start T.complete t YT.start YT.complete Ye"],
        ["s A.start Xs T.start T.complete t U.start U.complete A.complete e"],
    ),
    "escalation from an interrupting event sub-process": (
        ["s A.start Xs T.start T.complete t U.start U.complete"],
        ["s A.start Xs T.start T.complete t YT.start YT.complete Ye"],
    ),
    "two event sub-processes": (
        ["s Xs XT.start XT.complete Xe", "s Ys YT.start YT.complete Ye"],
        ["s Xs Ys YT.start YT.complete Ye"],
    ),
    "event-based without outgoing": (["s A.start A.complete"], []),
}  # fmt: skip


def _machine(graph: WorkflowGraph, *, capacity: int = 2, starts: str = "one") -> LTS:
    reading = "all" if starts == "all" else "one"
    translation = workflow_to_machine(graph, capacity=capacity, starts=reading)
    return product(translation, budget=Budget(states=50_000, seconds=60))


def _net(graph: WorkflowGraph, starts: str, limit: int) -> LTS | None:
    reading = "all" if starts == "all" else "one"
    translation = workflow_to_net(graph, starts=reading)
    if translation.ledger.refused:
        return None
    space = petri.reachability_graph(translation.net, budget=Budget(states=limit, seconds=20))
    return space.lts(final=space.holds(translation.goal.completion)) if space.complete else None


@pytest.mark.parametrize("name", COUNTED)
def test_states_counted_on_paper(name: str) -> None:
    small = smallest(_machine(graph_of(ALL[name])), "branching")[0].reachable()
    found = (small.n_states, len(small.deadlocks()), int(small.final.sum()))
    assert found == COUNTED[name]


@pytest.mark.parametrize("name", WORDS)
def test_words(name: str) -> None:
    automaton = state_machine(workflow_to_machine(graph_of(ALL[name]), capacity=2))
    for word in WORDS[name][0]:
        assert automaton.accepts(word.split()), word
    for word in WORDS[name][1]:
        assert not automaton.accepts(word.split()), word


@pytest.mark.parametrize("starts", ["one", "all"])
@pytest.mark.parametrize("name", ALL)
def test_agrees_with_the_net(name: str, starts: str) -> None:
    graph = graph_of(ALL[name])
    net = _net(graph, starts, 3000)
    assert net is not None
    assert bisimilar(_machine(graph, starts=starts), net, "branching").holds


def _faults(network: Network) -> list[Network]:
    """A lost step, a lost token, a step that takes no token, a gateway that gives one too few."""
    found: list[Network] = []
    for index, vector in enumerate(network.vectors):
        rest = (network.vectors[:index], network.vectors[index + 1 :])
        found.append(Network(machines=network.machines, vectors=rest[0] + rest[1]))
        for part in vector.parts:
            if part[1] == ("put",):
                parts = tuple(p for p in vector.parts if p != part)
                wrong = Vector(name=vector.name, label=vector.label, parts=parts)
                vectors = (*rest[0], wrong, *rest[1])
                found.append(Network(machines=network.machines, vectors=vectors))
    return found


@pytest.mark.parametrize("name", ["sequence", "inclusive", "two pools", "error", "event-based"])
def test_faults_are_caught(name: str) -> None:
    graph = graph_of(CASES[name])
    network = workflow_to_machine(graph).network
    right = network_product(network).lts
    ends = {node.id for node in graph.nodes if node.event == "end"}
    for wrong in _faults(network):
        lost = {
            part
            for old, new in zip(network.vectors, wrong.vectors, strict=False)
            for part in set(old.parts) - set(new.parts)
        }
        if len(wrong.vectors) == len(network.vectors) and {m for m, _ in lost} <= ends:
            continue  # reached end events are counted, and steer nothing
        assert not bisimilar(network_product(wrong).lts, right, "branching").holds


def test_overflow_names_the_flow_and_capacity_is_exact() -> None:
    graph = graph_of(CASES["two runs"])
    with pytest.raises(UnsupportedError, match="flow y-A from y to A"):
        _machine(graph, capacity=1)
    net = _net(graph, "one", 1000)
    assert net is not None
    for capacity in (2, 3):
        assert bisimilar(_machine(graph, capacity=capacity), net, "branching").holds
    senders = graph_of("send A; xor x; A -> x; x -> A; start s; s -> A; process Q; receive B; "
                       "start q; q -> B; msg A B")  # fmt: skip
    with pytest.raises(UnsupportedError, match="message flow A~B"):
        _machine(senders, capacity=4)
    runs = graph_of("start s; task A B; s -> A -> A; A -> B")
    with pytest.raises(UnsupportedError, match="more than 1 token"):
        _machine(runs, capacity=1)


@pytest.mark.parametrize(
    ("text", "element"),
    [
        ("complex x; task A; x -> A", "x"),
        ("adhoc S; task A; out", "S"),
        ("start s; task A B; or y; s -> y; A -> y; B -> y", "y"),
        ("start s; xor x; or y; end e; s -> x -> y; x -> e; task A; x -> A -> y", "y"),
        ("event g; task A; start s; s -> g -> A", "g"),
        ("throw t link ref=L", "t"),
        ("esp X; start Xs; out", "X"),
        ("esp X; out", "X"),
        ("end e cancel", "e"),
    ],
)
def test_refusals_name_the_element(text: str, element: str) -> None:
    translation = workflow_to_machine(graph_of(text))
    assert [entry.element for entry in translation.refused] == [element]
    assert translation.network == Network()
    with pytest.raises(UnsupportedError, match=element):
        product(translation)


def test_atoms_tell_improper_ends_and_waiting_tokens() -> None:
    twice = _machine(graph_of(CASES["double end"]))
    assert twice.atoms["improper"].any()
    assert not twice.atoms["second token waits"].any()
    waits = _machine(graph_of(CASES["sub-process twice"]))
    assert waits.atoms["second token waits"].any()
    once = _machine(graph_of(CASES["sub-process"]))
    assert not once.atoms["second token waits"].any()
    assert not once.atoms["improper"].any()
    assert once.state_of is not None
    assert once.state_of(0)["start s"] == "1"


def test_there_is_one_machine_for_each_node() -> None:
    graph = graph_of(CASES["inclusive with sub-process"])
    translation = workflow_to_machine(graph)
    names = {machine.name for machine in translation.network.machines}
    starts = {f"start {node.id}" for node in graph.nodes if node.event == "start"}
    expected = {node.id for node in graph.nodes} | {flow.id for flow in graph.flows} | starts
    assert names == expected
    assert set(translation.elements) == names
    entries = {entry.element: entry.fate for entry in translation.ledger.entries}
    assert set(entries) == {n.id for n in graph.nodes} | {f.id for f in graph.flows}


def test_state_machine_is_small() -> None:
    automaton = state_machine(workflow_to_machine(graph_of(CASES["exclusive"])))
    small = minimise(determinise(automaton))
    assert isinstance(small, DFA)
    assert small.n_states == 6
    assert workflow_to_machine(graph_of(CASES["loop"])).assumptions == ()


def test_approximations_and_readings_are_told() -> None:
    several = workflow_to_machine(graph_of(CASES["instances with boundary"]))
    assert [entry.element for entry in several.ledger.abstracted] == ["A"]
    starts = workflow_to_machine(graph_of(CASES["two starts"]), starts="all")
    assert any("all of its starts" in text for text in starts.assumptions)


def test_misuse_and_budgets() -> None:
    graph = graph_of(CASES["parallel"])
    with pytest.raises(UsageError, match="capacity"):
        workflow_to_machine(graph, capacity=0)
    with pytest.raises(UsageError, match="starts"):
        workflow_to_machine(graph, starts=cast(Any, "some"))
    with pytest.raises(UndecidedError, match="no time"):
        workflow_to_machine(graph, budget=Budget(seconds=0))
    with pytest.raises(UndecidedError, match="budget of 3 states"):
        product(workflow_to_machine(graph), budget=Budget(states=3))


def test_deep_nesting() -> None:
    depth = 300
    text = "; ".join(f"sub S{i}; start s{i}" for i in range(depth))
    lts = _machine(graph_of(text + "; out" * depth))
    assert lts.final.sum() == 1


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.*")), ids=lambda path: path.name)
def test_examples_agree_with_the_net(path: Path) -> None:
    if path.suffix == ".bpmn":
        graph = read_bpmn(path).graph
    elif path.suffix in (".json", ".yaml"):
        graph = DEFINITION.read(path).graph
    else:
        pytest.skip("no workflow")
    net = _net(graph, "one", 2000)
    assert net is not None
    assert bisimilar(_machine(graph), net, "branching").holds


@pytest.mark.data
@pytest.mark.skipif(DATA is None, reason="NETPROOF_DATA is not set")
def test_real_files_agree_with_the_net() -> None:
    compared = 0
    for path in sorted(Path(DATA or "").glob("bpmn/*/*.bpmn*")):
        graph = read_bpmn(path).graph
        translation = workflow_to_machine(graph, capacity=4)
        net = _net(graph, "one", 2000)
        if translation.refused or net is None:
            continue
        lts = product(translation, budget=Budget(states=50_000, seconds=60))
        assert bisimilar(lts, net, "branching").holds, path.name
        compared += 1
    assert compared > 150


def test_names_never_collide() -> None:
    graph = graph_of("start s; task A; s -> A; process Q; task B; msg A B")
    renamed = tuple(replace(n, id="start s") if n.id == "B" else n for n in graph.nodes)
    messages = tuple(replace(m, target="start s") for m in graph.messages)
    translation = workflow_to_machine(replace(graph, nodes=renamed, messages=messages))
    names = [machine.name for machine in translation.network.machines]
    assert "start s'" in names
    assert len(set(names)) == len(names)
