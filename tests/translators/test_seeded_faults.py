"""Faults put into the result of each map are seen: no longer branching bisimilar to the game."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fsm.machine import Machine, Network, Vector
from fsm.network_product import network_product
from petri import PetriNet, Transition, reachability_graph
from process_algebra.process import Definition, Process
from process_algebra.terms import Call, Prefix, Stop, Term
from transition_systems.equivalences import bisimilar
from transition_systems.errors import UnsupportedError
from transition_systems.lts import LTS
from translators.to_machine import MachineTranslation, workflow_to_machine
from translators.to_petri import NetTranslation, workflow_to_net
from translators.to_process import ProcessTranslation, lts, workflow_to_process
from translators.workflow import GatewayKind, WorkflowGraph
from translators.workflow.token_game import token_game_lts
from workflow_text import drawn

SERIES = "start s\ntask A\nend e\ns > A > e"
FORK = "start s\nand g\ntask A\ntask B\nand j\nend e\ns > g > A > j > e\ng > B > j"
CHOICE = FORK.replace("and ", "xor ")
POOLS = "process p\n  start s\n  send A\n  s > A\nprocess q\n  start t\n  receive B\n  t > B\nA ~ B"
GRAPHS = {"series": SERIES, "fork": FORK, "choice": CHOICE, "pools": POOLS}


def swapped(graph: WorkflowGraph) -> WorkflowGraph:
    """Return the graph with its first gateway exchanged: exclusive for parallel or back."""
    first = next(node for node in graph.nodes if node.gateway is not None)
    exclusive = first.gateway is GatewayKind.EXCLUSIVE
    kind = GatewayKind.PARALLEL if exclusive else GatewayKind.EXCLUSIVE
    nodes = tuple(replace(n, gateway=kind) if n is first else n for n in graph.nodes)
    return replace(graph, nodes=nodes)


def is_caught(graph: WorkflowGraph, faulty: LTS) -> bool:
    return not bisimilar(token_game_lts(graph), faulty, "branching").holds


# nets


def net_lts(made: NetTranslation, net: PetriNet) -> LTS:
    graph = reachability_graph(net)
    return graph.lts(final=graph.holds(made.goal.completion))


def changed(
    net: PetriNet,
    *,
    arcs: list[tuple[str, str]] | None = None,
    transitions: list[Transition] | None = None,
    initial: dict[str, int] | None = None,
) -> PetriNet:
    kept = list(net.transitions) if transitions is None else transitions
    names = {t.id for t in kept} | set(net.place_ids)
    drawn_arcs = [(a.source, a.target) for a in net.arcs] if arcs is None else arcs
    return PetriNet(
        places=net.places,
        transitions=kept,
        arcs=[(s, t) for s, t in drawn_arcs if s in names and t in names],
        initial=net.initial if initial is None else initial,
    )


@pytest.mark.parametrize("text", GRAPHS.values(), ids=GRAPHS)
def test_nets(text: str) -> None:
    graph = drawn(text)
    made = workflow_to_net(graph)
    net = made.net
    assert not is_caught(graph, net_lts(made, net))
    arcs = [(a.source, a.target) for a in net.arcs]
    flows = {*made.flow_places, *made.message_places}
    for arc in arcs:
        if arc[1] in flows:
            assert is_caught(graph, net_lts(made, changed(net, arcs=[a for a in arcs if a != arc])))
    for place in net.place_ids:
        if net.initial[place]:
            assert is_caught(graph, net_lts(made, changed(net, initial={**net.initial, place: 0})))
    for transition in net.transitions:
        kept = [t for t in net.transitions if t is not transition]
        assert is_caught(graph, net_lts(made, changed(net, transitions=kept)))


def test_nets_with_no_final_state_or_all_final() -> None:
    graph = drawn(SERIES)
    made = workflow_to_net(graph)
    space = reachability_graph(made.net)
    final = space.holds(made.goal.completion)
    assert is_caught(graph, space.lts(final=final & False))
    assert is_caught(graph, space.lts(final=final | True))


@pytest.mark.parametrize("text", [FORK, CHOICE])
def test_nets_with_a_swapped_gateway(text: str) -> None:
    graph = drawn(text)
    right, wrong = workflow_to_net(graph), workflow_to_net(swapped(graph))
    split = [t.id for t in right.transitions.values() if t.owner == "g"]
    other = [t.id for t in wrong.transitions.values() if t.owner == "g"]
    arcs = [(a.source, a.target) for a in right.net.arcs if not {a.source, a.target} & {*split}]
    arcs += [(a.source, a.target) for a in wrong.net.arcs if {a.source, a.target} & {*other}]
    kept = [t for t in right.net.transitions if t.id not in split]
    kept += [t for t in wrong.net.transitions if t.id in other]
    assert is_caught(graph, net_lts(right, changed(right.net, arcs=arcs, transitions=kept)))


# terms


def term_lts(made: ProcessTranslation, process: Process) -> LTS:
    return lts(replace(made, process=process))


def with_body(process: Process, name: str, body: Term) -> Process:
    return Process(
        main=process.main,
        definitions=tuple(
            Definition(name=d.name, parameters=d.parameters, body=body) if d.name == name else d
            for d in process.definitions
        ),
    )


@pytest.mark.parametrize("text", GRAPHS.values(), ids=GRAPHS)
def test_terms_that_lose_a_token_or_deadlock(text: str) -> None:
    graph = drawn(text)
    made = workflow_to_process(graph)
    assert not is_caught(graph, term_lts(made, made.process))
    cells = [d.name for d in made.process.definitions if d.name.endswith(" 1")]
    assert cells
    assert not graph.messages or any("A~B" in name for name in cells)
    for full in cells:
        empty = full[:-1] + "0"
        names = {d.name for d in made.process.definitions}
        if empty not in names:
            continue
        lost = with_body(made.process, full, Call(empty))
        assert is_caught(graph, term_lts(made, lost)), full
        stuck = with_body(made.process, full, Stop())
        assert is_caught(graph, term_lts(made, stuck)), full


@pytest.mark.parametrize("text", [SERIES, FORK, CHOICE])
def test_terms_with_a_deadlock_for_an_end(text: str) -> None:
    graph = drawn(text)
    made = workflow_to_process(graph)
    process = with_body(made.process, "node e 0", Stop())
    assert is_caught(graph, term_lts(made, process))
    never = with_body(made.process, "node e 0", Prefix("complete", Call("node e 0")))
    assert is_caught(graph, term_lts(made, never))


@pytest.mark.parametrize("text", [FORK, CHOICE])
def test_terms_with_a_swapped_gateway(text: str) -> None:
    graph = drawn(text)
    wrong = workflow_to_process(swapped(graph), capacity=2)
    assert is_caught(graph, term_lts(wrong, wrong.process))


# machines


def machine_lts(network: Network) -> LTS:
    found = network_product(network)
    if found.violation is not None:
        raise UnsupportedError(str(found.violation))
    return found.lts


def with_parts(network: Network, vector: Vector, machine: str) -> Network:
    kept = tuple(part for part in vector.parts if part[0] != machine)
    wrong = replace(vector, parts=kept)
    return replace(network, vectors=tuple(wrong if v is vector else v for v in network.vectors))


def steering(made: MachineTranslation) -> set[str]:
    """Return the machines of flows, messages and activities."""
    graph = made.graph
    named = {f.id for f in graph.flows} | {m.id for m in graph.messages}
    named |= {n.id for n in graph.nodes if n.is_activity}
    return {machine for machine, element in made.elements.items() if element in named}


@pytest.mark.parametrize("text", GRAPHS.values(), ids=GRAPHS)
def test_machines(text: str) -> None:
    graph = drawn(text)
    made = workflow_to_machine(graph, capacity=2)
    network = made.network
    assert not is_caught(graph, machine_lts(network))
    machines = steering(made)
    for vector in network.vectors:
        left = tuple(v for v in network.vectors if v is not vector)
        assert is_caught(graph, machine_lts(replace(network, vectors=left))), vector
        for machine, actions in vector.parts:
            if machine in machines and actions == ("put",):
                assert is_caught(graph, machine_lts(with_parts(network, vector, machine))), vector


@pytest.mark.parametrize("text", [SERIES, FORK, CHOICE])
def test_machines_with_another_end(text: str) -> None:
    graph = drawn(text)
    network = workflow_to_machine(graph, capacity=2).network

    def changed_machines(final: bool) -> Network:
        machines = tuple(
            Machine(
                name=m.name, states=m.states, initial=m.initial, transitions=m.transitions,
                final=m.states if final else (), forbidden=m.forbidden,
            )
            for m in network.machines
        )  # fmt: skip
        return replace(network, machines=machines)

    assert is_caught(graph, machine_lts(changed_machines(False)))
    assert is_caught(graph, machine_lts(changed_machines(True)))


@pytest.mark.parametrize("text", [FORK, CHOICE])
def test_machines_with_a_swapped_gateway(text: str) -> None:
    graph = drawn(text)
    right = workflow_to_machine(graph, capacity=2).network
    wrong = workflow_to_machine(swapped(graph), capacity=2).network
    vectors = [v for v in right.vectors if v.name != "g routes"]
    vectors += [v for v in wrong.vectors if v.name == "g routes"]
    assert is_caught(graph, machine_lts(replace(right, vectors=tuple(vectors))))
