"""Repairs are sound by definition and as small as exhaustive search says; fragments are minimal."""

from __future__ import annotations

from functools import cache
from itertools import chain, combinations
from pathlib import Path

import pytest

from devtools import not_hanging
from oracles.small_workflows import fewest_edits, is_sound, small_workflow
from petri.soundness import ErrorKind
from transition_systems.budget import Budget
from transition_systems.errors import UsageError
from translators.bpmn import read_bpmn
from translators.repair import repair_workflow, smallest_fragment
from translators.repair.condense import condensed
from translators.repair.draft import Draft, is_core
from translators.repair.edits import (
    all_edits,
    edited,
    keeps_paths,
    keeps_single,
    taken_targets,
)
from translators.repair.fragments import smaller_drafts
from translators.repair.judge import Error, Judge, decide_workflow
from translators.repair.search import Finding, find_error
from translators.workflow import WorkflowGraph
from workflow_text import drawn

SMALL = range(400)
EXAMPLES = Path(__file__).parents[2] / "examples"


@cache
def unsound(count: int, most: int = 8) -> list[WorkflowGraph]:
    found: list[WorkflowGraph] = []
    seed = 0
    while len(found) < count:
        graph = small_workflow(seed, most=most)
        if not is_sound(Draft(graph)):
            found.append(graph)
        seed += 1
    return found


def test_the_fast_search_agrees_with_the_definition() -> None:
    told = 0
    for seed in SMALL:
        draft = Draft(small_workflow(seed))
        found = find_error(draft)
        if not isinstance(found, str):
            assert (found is None) == is_sound(draft), seed
            told += 1
    assert told > 0.9 * len(SMALL)


def test_the_verdict_on_the_net_agrees_with_the_definition() -> None:
    for seed in range(60):
        graph = small_workflow(seed)
        assert decide_workflow(graph)[1].holds == is_sound(Draft(graph)), seed


def test_a_condensed_draft_is_sound_when_the_draft_is() -> None:
    smaller = 0
    for seed in SMALL:
        draft = Draft(small_workflow(seed, most=12))
        small, parts = condensed(draft)
        smaller += bool(parts)
        assert is_sound(small) == is_sound(draft), seed
    assert smaller > 20


@pytest.mark.parametrize("number", range(30))
def test_repairs_have_as_few_edits_as_trying_all_finds(number: int) -> None:
    graph = unsound(30, most=7)[number]
    repair = repair_workflow(graph, most=2, budget=Budget(seconds=60))
    wanted = fewest_edits(graph, 1 if number % 3 else 2)
    if wanted is not None:
        assert len(repair.edits) == wanted
        assert repair.fewest
    else:
        assert not repair.found or len(repair.edits) == 2


@pytest.mark.parametrize("number", range(30))
def test_repairs_are_sound_and_keep_every_node(number: int) -> None:
    graph = unsound(30)[number]
    repair = repair_workflow(graph, most=2, budget=Budget(seconds=5))
    if not repair.found:
        assert repair.reason is not None
        return
    assert repair.graph is not None
    assert repair.verdict is not None
    assert repair.verdict.holds
    after = Draft(repair.graph)
    assert is_sound(after)
    assert after.nodes.keys() == {node.id for node in graph.nodes}
    assert keeps_paths(Draft(graph), after)
    assert edited(Draft(graph), repair.edits).flows == after.flows


@pytest.mark.parametrize("number", range(60))
def test_no_node_of_a_fragment_can_be_left_out(number: int) -> None:
    graph = unsound(60, most=10)[number]
    fragment = smallest_fragment(graph)
    assert fragment.minimal
    assert fragment.verdict.violated
    draft = Draft(fragment.graph)
    assert not is_sound(draft)
    judge = Judge(graph)
    whole = judge.error(Draft(graph))
    assert isinstance(whole, Error)
    kept = frozenset(fragment.elements) if fragment.kind is ErrorKind.DEAD_PART else frozenset()
    for name in fragment.nodes:
        for smaller in smaller_drafts(draft, name, kept):
            found = judge.error(smaller, whole)
            assert not isinstance(found, Error), name


@pytest.mark.parametrize("name", ["purchase-two-pools.bpmn", "hiring-double-welcome.bpmn"])
def test_fragments_of_examples_end_without_a_budget(name: str) -> None:
    graph = read_bpmn(EXAMPLES / name).graph
    with not_hanging():
        fragment = smallest_fragment(graph)
    assert fragment.minimal
    judge = Judge(graph)
    whole = judge.error(Draft(graph))
    assert isinstance(whole, Error)
    draft = Draft(fragment.graph)
    for node in fragment.nodes:
        for smaller in smaller_drafts(draft, node):
            assert not isinstance(judge.error(smaller, whole), Error), node


def test_a_fragment_without_time_says_so() -> None:
    graph = read_bpmn(EXAMPLES / "purchase-two-pools.bpmn").graph
    fragment = smallest_fragment(graph, budget=Budget(seconds=0.0))
    assert not fragment.minimal


@pytest.mark.parametrize("number", range(19))
def test_a_fragment_is_one_of_those_that_all_orders_of_leaving_out_give(number: int) -> None:
    graph = unsound(19, most=7)[number]
    judge = Judge(graph)
    whole = judge.error(Draft(graph))
    assert isinstance(whole, Error)
    if whole.kind is ErrorKind.DEAD_PART:
        pytest.skip("which dead activity is kept is a choice")
    ends: set[frozenset[str]] = set()
    waiting, seen = [Draft(graph)], set[object]()
    while waiting:
        draft = waiting.pop()
        below = [
            smaller
            for name in draft.nodes
            for smaller in smaller_drafts(draft, name)
            if isinstance(judge.error(smaller, whole), Error)
        ]
        if not below:
            ends.add(frozenset(n.id for n in draft.nodes.values() if n.event is None))
        for smaller in below:
            key = frozenset(smaller.nodes), tuple(sorted(smaller.flows.items()))
            if key not in seen:
                seen.add(key)
                waiting.append(smaller)
    assert frozenset(smallest_fragment(graph).nodes) in ends


def test_steps_of_two_pools_change_places_and_no_fewer_edits_do() -> None:
    graph = read_bpmn(EXAMPLES / "purchase-two-pools.bpmn").graph
    repair = repair_workflow(graph, budget=Budget(seconds=20))
    assert repair.found
    assert repair.fewest
    assert len(repair.edits) == 3
    assert repair.graph is not None
    draft = Draft(graph)
    assert keeps_single(draft, Draft(repair.graph))
    assert decide_workflow(repair.graph)[1].holds
    edits = list(all_edits(draft))
    sound: list[frozenset[object]] = []
    for chosen in chain.from_iterable(combinations(edits, count) for count in (1, 2, 3)):
        if len({edit.element for edit in chosen}) == len(chosen):
            after = edited(draft, chosen)
            if keeps_single(draft, after) and keeps_paths(draft, after):
                holds = decide_workflow(after.whole())[1].holds
                sound += [frozenset(chosen)] if holds else []
    assert frozenset(repair.edits) in sound
    assert {len(chosen) for chosen in sound} == {3}
    assert any(edit.target in taken_targets(draft) for edit in repair.edits)
    for name, flow in taken_targets(draft).items():
        crowd = next(e for e in edits if e.target == name and e.element != flow)
        assert not keeps_single(draft, edited(draft, [crowd])), name


def test_a_sound_workflow_has_no_fragment_and_no_repair() -> None:
    graph = next(g for g in map(small_workflow, SMALL) if is_sound(Draft(g)))
    with pytest.raises(UsageError, match="it is sound"):
        smallest_fragment(graph)
    with pytest.raises(UsageError, match="it is sound"):
        repair_workflow(graph)


def test_kinds_of_findings_are_those_of_the_field() -> None:
    kinds = {
        found.kind
        for graph in unsound(120, most=10)
        if is_core(graph) and isinstance(found := find_error(Draft(graph)), Finding)
    }
    assert {ErrorKind.DEADLOCK_AT_JOIN, ErrorKind.LACK_OF_SYNCHRONISATION} <= kinds


def test_what_a_kept_node_lives_in_is_kept() -> None:
    graph = drawn("""
start s
and f
task a
sub t
  start i
  xor c
  task dead
  and j
  end o
  i > c
  c > j
  c > dead > j
  j > o
end e
s > f
f > a > e
f > t > e
""")
    draft = Draft(graph)
    for name in ("t", "a", "f", "c", "i"):
        for smaller in smaller_drafts(draft, name, frozenset({"dead"})):
            scopes = {scope.id for scope in smaller.whole().scopes}
            assert {node.scope for node in smaller.nodes.values()} <= scopes
