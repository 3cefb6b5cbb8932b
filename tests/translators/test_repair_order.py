"""What repairs change in the order of steps and messages is told, and kept where that can be."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, combinations, permutations
from pathlib import Path

import pytest

import translators.repair.repair
from netproof.repairing import diagnose
from oracles.small_workflows import is_sound, small_workflow
from transition_systems.budget import Budget
from translators.bpmn import read_bpmn
from translators.repair import repair_workflow
from translators.repair.draft import Draft
from translators.repair.edits import all_edits, edited, keeps_paths, keeps_single
from translators.repair.order import Reordered, order_changes, order_sentences
from translators.workflow import EventKind, NodeKind, WorkflowGraph

EXAMPLES = Path(__file__).parents[2] / "examples"


def before(graph: WorkflowGraph) -> set[tuple[str, str]]:
    """By definition: the closure of the flows, without what goes both ways, between steps."""
    pairs = {(flow.source, flow.target) for flow in graph.flows}
    pairs |= {(node.attached_to, node.id) for node in graph.nodes if node.attached_to}
    while True:
        more = {(a, d) for a, b in pairs for c, d in pairs if b == c} - pairs
        if not more:
            break
        pairs |= more
    ends = (EventKind.START, EventKind.END)
    steps = {n.id for n in graph.nodes if n.kind is not NodeKind.GATEWAY and n.event not in ends}
    steps |= {end for message in graph.messages for end in (message.source, message.target)}
    return {(a, b) for a, b in pairs if (b, a) not in pairs and {a, b} <= steps}


def unsound(count: int) -> list[WorkflowGraph]:
    graphs = (small_workflow(seed, most=6) for seed in range(10_000))
    found = (graph for graph in graphs if not is_sound(Draft(graph)))
    return [graph for graph, _ in zip(found, range(count), strict=False)]


def test_changes_are_those_of_the_definition() -> None:
    seen = set()
    for graph in unsound(40):
        draft = Draft(graph)
        for edit in list(all_edits(draft))[:40]:
            after = edited(draft, [edit])
            if not keeps_paths(draft, after):
                continue
            changed = after.whole()
            old, new = before(graph), before(changed)
            told = order_changes(graph, changed)
            seen |= {one.change for one in told}
            gone = {(one.first, one.second) for one in told if one.change == "parted"}
            come = {(one.first, one.second) for one in told if one.change == "ordered"}
            turned = {(one.first, one.second) for one in told if one.change == "reversed"}
            assert turned == {(a, b) for a, b in new if (b, a) in old}
            assert come == {(a, b) for a, b in new - old} - turned
            assert gone == {(a, b) for a, b in old - new if (b, a) not in new}
    assert {"parted", "ordered"} <= seen


def test_messages_that_change_places_are_named() -> None:
    file = EXAMPLES / "purchase-two-pools.bpmn"
    graph = read_bpmn(file).graph
    repair = repair_workflow(graph, budget=Budget(seconds=20))
    assert len(repair.edits) == 3
    (change,) = repair.reordered
    assert change.change == "reversed"
    messages = {message.id: message.name for message in graph.messages}
    ((one, other),) = change.messages
    assert {messages[one], messages[other]} == {"Goods", "Payment"}
    assert repair.to_dict()["reordered"] == [change.to_dict()]
    told = order_sentences(repair.reordered, graph)
    assert any("“Goods”" in line and "“Payment”" in line and "no longer" in line for line in told)
    diagnosis = diagnose(file)
    assert diagnosis is not None
    assert "changes the order of steps and messages" in diagnosis.text()
    for line in order_sentences(diagnosis.repair.reordered, graph):
        assert line in diagnosis.text()


def test_a_repair_that_keeps_the_order_says_so() -> None:
    diagnosis = diagnose(EXAMPLES / "invoice-deadlock.bpmn")
    assert diagnosis is not None
    assert diagnosis.repair.reordered == ()
    assert "keeps the order of all steps" in diagnosis.text()


def test_of_as_many_edits_one_that_turns_no_order_is_taken() -> None:
    turned = kept = 0
    for graph in unsound(25):
        repair = repair_workflow(graph, most=2, budget=Budget(seconds=20))
        if not repair.found:
            continue
        draft, count = Draft(graph), len(repair.edits)
        best = None
        for chosen in chain(combinations(all_edits(draft), count)):
            after = edited(draft, chosen)
            if len({edit.element for edit in chosen}) < count or not keeps_single(draft, after):
                continue
            if keeps_paths(draft, after) and is_sound(after):
                changes = order_changes(graph, after.whole())
                number = sum(one.change == "reversed" for one in changes)
                best = number if best is None else min(best, number)
        mine = sum(one.change == "reversed" for one in repair.reordered)
        assert best is not None
        turned += mine > 0
        kept += mine == 0
        assert mine == best, (repair.edits, repair.reordered)
    assert kept > 5


def test_sentences_put_the_changes_of_a_step_together() -> None:
    graph = WorkflowGraph(id="g")
    steps = ["b", "c", "d", "e", "f", "g", "h"]
    moved = [Reordered(change="reversed", first="a", second=step) for step in steps]
    (line,) = order_sentences(moved, graph)
    assert line == "a now comes before b, c, d, e, f and 2 more, no longer after them."
    for order in permutations(
        [
            Reordered(change="parted", first="a", second="b", messages=(("m", "n"),)),
            Reordered(change="ordered", first="c", second="b"),
        ]
    ):
        told = order_sentences(order, graph)
        assert "a no longer comes before b." in told
        assert "c now always comes before b where both happen." in told
        assert "The message m (at a) no longer comes before the message n (at b)." in told


def test_another_repair_of_as_many_edits_is_taken_where_it_turns_less(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    graph = read_bpmn(EXAMPLES / "purchase-two-pools.bpmn").graph
    found = repair_workflow(graph, budget=Budget(seconds=20))
    (change,) = found.reordered
    worse = replace(found, reordered=(change, replace(change, first="x")))
    monkeypatch.setattr(translators.repair.repair, "MORE_SECONDS", 20.0)
    search = translators.repair.repair._Search(graph, Budget(seconds=20).fixed())
    other = search._in_order(worse, 2)
    assert set(other.edits) != set(found.edits)
    assert len(other.edits) == len(found.edits)
    assert len(other.reordered) == 1
    monkeypatch.setattr(translators.repair.repair, "MORE_TRIED", 0)
    search = translators.repair.repair._Search(graph, Budget(seconds=20).fixed())
    assert search._in_order(worse, 2) is worse
