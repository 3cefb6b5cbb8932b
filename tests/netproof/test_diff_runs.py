"""The comparison of runs against all words by definition, on small generated workflows."""

from __future__ import annotations

import random
from dataclasses import replace

import netproof
from netproof.difference.behaviour import Allowance
from netproof.difference.model import Difference
from netproof.difference.run_changes import RunDifference
from netproof.difference.subject import Subject
from netproof.loading import model_of
from oracles.run_languages import END, is_named, words
from petri import PetriNet, Transition
from strategies_workflow import workflow_graphs
from transition_systems.budget import Budget
from translators.to_petri import workflow_to_net
from translators.workflow import EventKind, Flow, GatewayKind, Node, NodeKind, WorkflowGraph

LENGTH = 4


def changed(graph: WorkflowGraph, chance: random.Random) -> WorkflowGraph:
    """Return the graph with one edit that keeps the ids of what stays."""
    way = chance.choice(["drop", "exchange", "swap", "same"])
    flows = list(graph.flows)
    if way == "drop" and flows:
        lost = flows.pop(chance.randrange(len(flows)))
        nodes = tuple(replace(n, default=None) if n.default == lost.id else n for n in graph.nodes)
        return replace(graph, nodes=nodes, flows=tuple(flows))
    if way == "exchange":
        other = {
            GatewayKind.EXCLUSIVE: GatewayKind.PARALLEL, GatewayKind.PARALLEL: GatewayKind.EXCLUSIVE
        }  # fmt: skip
        gateways = [(n, other[n.gateway]) for n in graph.nodes if n.gateway in other]
        if gateways:
            one, exchanged = chance.choice(gateways)
            new = replace(one, gateway=exchanged)
            return replace(graph, nodes=tuple(new if n is one else n for n in graph.nodes))
    pairs = [
        (a, b) for a in flows for b in flows
        if a.scope == b.scope and a.target != b.target
        and all(
            n.gateway is not GatewayKind.EVENT_BASED
            for n in graph.nodes if n.id in (a.source, b.source)
        )
    ]  # fmt: skip
    if way == "swap" and pairs:
        one, two = chance.choice(pairs)
        targets = {one.id: two.target, two.id: one.target}
        return replace(
            graph, flows=tuple(replace(f, target=targets.get(f.id, f.target)) for f in flows)
        )
    return graph


def shortest(one: set[tuple[str, ...]], other: set[tuple[str, ...]]) -> int | None:
    return min((len(word) for word in one - other), default=None)


def word_of(run: RunDifference) -> tuple[str, ...]:
    return (*(step.element for step in run.steps), *((END,) if run.ends else ()))


def exact(graph: WorkflowGraph) -> bool:
    translation = workflow_to_net(graph)
    return not translation.ledger.refused and not translation.ledger.abstracted


def test_the_shortest_run_is_that_of_the_words_by_definition() -> None:
    compared = found = none = 0
    for number, graph in enumerate(workflow_graphs(77, 420)):
        if len(graph.nodes) > 12 or not exact(graph):
            continue
        other = changed(graph, random.Random(number))
        if not exact(other):
            continue
        seen = {n.id for g in (graph, other) for n in g.nodes if is_named(g, n)}
        all_words = [words(workflow_to_net(g), seen, LENGTH) for g in (graph, other)]
        if all_words[0] is None or all_words[1] is None:
            continue
        result = netproof.diff(graph, other, properties="deadlock", budget=Budget(states=20_000))
        for run, mine, theirs in (
            (result.runs.gained, all_words[1], all_words[0]),
            (result.runs.lost, all_words[0], all_words[1]),
        ):
            length = shortest(mine, theirs)
            if run.status == "unknown":
                assert (
                    "budget" in (run.reason or "")
                    or "may not be real" in (run.reason or "")
                    or "none was found, but" in (run.reason or "")
                ), run.reason
                continue
            if length is None:
                assert run.status == "none" or len(word_of(run)) > LENGTH, (number, word_of(run))
                none += run.status == "none"
            else:
                assert run.status == "found", (number, length, sorted(mine - theirs)[:3])
                assert word_of(run) in mine - theirs, number
                assert len(word_of(run)) == length, number
                assert run.rechecked == "passed"
                found += 1
        compared += 1
    assert compared >= 100, compared
    assert found >= 40, found
    assert none >= 90, none


def test_doing_inner_steps_at_once_changes_no_run() -> None:
    """The eager steps leave the sets of words as they are, and they are used."""
    used = 0
    for graph in workflow_graphs(5, 300):
        if len(graph.nodes) > 10 or not exact(graph):
            continue
        translation = workflow_to_net(graph)
        subject = Subject(
            which="old", model=model_of(graph), net=translation.net, translation=translation,
            ledger=translation.ledger,
        )  # fmt: skip
        seen = {n.id for n in graph.nodes if is_named(graph, n)}
        plain = words(translation, seen, 3)
        if plain is None:
            continue
        actions = subject.actions(None)
        names = {t: a.id for a in actions if a.seen for t in a.transitions}
        number = {id: n for n, id in enumerate(dict.fromkeys(names.values()))}
        letters = {t: number[id] for t, id in names.items()}
        side = subject.behaviour(letters, Allowance(Budget(states=50_000).start()))
        used += bool(side.eager)
        back = {n: id for id, n in number.items()}
        result: set[tuple[str, ...]] = set()
        todo = [((), side.start())]
        while todo:
            word, states = todo.pop()
            result.add(word)
            if side.may_end(states):
                result.add((*word, END))
            if len(word) < 3:
                todo += [((*word, back[x]), s) for x, s in side.after(states).items()]
        assert {w for w in result if len(w) <= 3} == plain
    assert used > 40


def test_nothing_differs_from_itself_and_swapping_mirrors() -> None:
    for number, graph in enumerate(workflow_graphs(3, 60)):
        if len(graph.nodes) > 14 or not exact(graph):
            continue
        limit = Budget(states=5_000)
        itself = netproof.diff(graph, graph, properties="deadlock", budget=limit)
        assert itself.same is True
        assert itself.runs.same_steps
        alone = Flow(id="beside", source="gate", target="gate", scope=graph.scopes[0].id)
        gate = Node(
            id="gate", kind=NodeKind.GATEWAY, gateway=GatewayKind.PARALLEL, scope=alone.scope
        )
        beside = replace(graph, nodes=(*graph.nodes, gate), flows=(*graph.flows, alone))
        kept = netproof.diff(graph, beside, properties="deadlock", budget=limit)
        assert kinds(kept) == [("added", "gate"), ("added", "beside")]
        assert {kept.runs.gained.status, kept.runs.lost.status} in ({"none"}, {"unknown"})
        other = changed(graph, random.Random(number))
        there = netproof.diff(graph, other, properties="deadlock", budget=limit)
        back = netproof.diff(other, graph, properties="deadlock", budget=limit)
        assert len(there.elements) == len(back.elements)
        mirrored(there.runs.gained, back.runs.lost)
        mirrored(there.runs.lost, back.runs.gained)


def kinds(result: Difference) -> list[tuple[str, str]]:
    return [(change.change, change.element) for change in result.elements]


def mirrored(one: RunDifference, other: RunDifference) -> None:
    assert one.status == other.status
    assert (len(one.steps), one.ends) == (len(other.steps), other.ends) or (
        len(word_of(one)) == len(word_of(other))
    )


def test_other_ids_change_nothing() -> None:
    def renamed(id: str) -> str:
        return f"id_{id}_{len(id)}"

    count = 0
    for graph in workflow_graphs(8, 80):
        if len(graph.nodes) > 12 or not exact(graph) or graph.messages:
            continue
        named = tuple(
            replace(n, name=f"name of {n.id}")
            if n.kind is not NodeKind.GATEWAY else n for n in graph.nodes
        )  # fmt: skip
        graph = replace(graph, nodes=named)
        other = replace(
            graph,
            nodes=tuple(
                replace(
                    n, id=renamed(n.id),
                    attached_to=renamed(n.attached_to) if n.attached_to else None,
                    default=renamed(n.default) if n.default else None,
                    reference=renamed(n.reference)
                    if n.reference in {m.id for m in named} else n.reference,
                )
                for n in named
            ),
            flows=tuple(
                replace(f, id=renamed(f.id), source=renamed(f.source), target=renamed(f.target))
                for f in graph.flows
            ),
            scopes=tuple(
                replace(s, owner=renamed(s.owner) if s.owner else None) for s in graph.scopes
            ),
        )  # fmt: skip
        result = netproof.diff(graph, other, properties="deadlock", budget=Budget(states=5_000))
        statuses = {result.runs.gained.status, result.runs.lost.status}
        assert "found" not in statuses
        count += statuses == {"none"}
    assert count >= 20


def test_a_found_run_replays_and_the_budget_is_told() -> None:
    old = PetriNet(
        places=["p", "q"], transitions=["a", "b"], arcs=[("p", "a"), ("a", "q"), ("q", "b"),
        ("b", "p")], initial={"p": 1},
    )  # fmt: skip
    new = old.replace(initial={"p": 1, "q": 1})
    result = netproof.diff(old, new)
    gained = result.runs.gained
    assert [s.label for s in gained.steps] == ["“b”"]
    assert gained.instead == ("“a”",)
    assert gained.run is not None
    assert new.run(new.initial, gained.run.actions).actions == ("b",)
    assert any("no final marking" in note for note in result.notes)
    few = netproof.diff(old, new.replace(initial={"p": 9, "q": 9}), budget=Budget(states=1))
    assert few.runs.lost.status == "unknown"
    assert "budget" in (few.runs.lost.reason or "")


def test_an_unbounded_net_ends_by_its_budget() -> None:
    source = PetriNet(places=["p"], transitions=["a", "b"], arcs=[("a", "p"), ("p", "b")])
    limit = Budget(seconds=2, states=3_000)
    other = source.replace(places=["p", "q"])
    result: Difference = netproof.diff(source, other, properties="boundedness", budget=limit)
    assert result.runs.gained.status == "unknown"
    itself = netproof.diff(source, source, budget=limit)
    assert itself.runs.same_steps
    assert itself.same is True


def test_shared_runs_leave_out_what_only_one_has() -> None:
    one = PetriNet(
        places=["p", "q"], transitions=["a"], arcs=[("p", "a"), ("a", "q")],
        initial={"p": 1}, final={"q": 1},
    )  # fmt: skip
    two = PetriNet(
        places=["p", "m", "q"], transitions=["check", "a"],
        arcs=[("p", "check"), ("check", "m"), ("m", "a"), ("a", "q")],
        initial={"p": 1}, final={"q": 1},
    )  # fmt: skip
    assert netproof.diff(one, two).runs.gained.status == "found"
    shared = netproof.diff(one, two, runs="shared").runs
    assert (shared.gained.status, shared.lost.status) == ("none", "none")


def test_a_refused_element_leaves_the_runs_unknown() -> None:
    graph = next(
        g for g in workflow_graphs(1, 50) if any(n.event is EventKind.END for n in g.nodes)
    )
    node = replace(graph.nodes[0], id="odd", kind=NodeKind.GATEWAY, gateway=GatewayKind.COMPLEX,
                   activity=None, event=None, body=None, attached_to=None, loop=None)  # fmt: skip
    odd = replace(graph, nodes=(*graph.nodes, node))
    result = netproof.diff(graph, odd, properties="deadlock")
    assert result.runs.gained.status == result.runs.lost.status == "unknown"
    assert "refused" in (result.runs.gained.reason or "")


def test_a_silent_cycle_does_not_hide_what_else_can_happen() -> None:
    net = PetriNet(
        places=["p", "q", "r"],
        transitions=[Transition(id="t", label=None), Transition(id="u", label=None), "a"],
        arcs=[("p", "t"), ("t", "q"), ("q", "u"), ("u", "p"), ("r", "a")],
        initial={"p": 1, "r": 1},
    )  # fmt: skip
    without = net.replace(initial={"p": 1})
    result = netproof.diff(without, net, properties="boundedness")
    assert [step.label for step in result.runs.gained.steps] == ["“a”"]
    assert result.runs.lost.status == "none"
