"""Reductions: the same answers as the whole state space, and evidence that recheck accepts."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Literal, TypeAlias

import pytest

from netproof.recheck import Question, recheck, recheck_verdict
from petri import (
    PetriNet,
    bounded,
    deadlock,
    invariant,
    no_dead_transitions,
    sound,
    workflow_net,
)
from petri.boundedness import safe
from petri.reachable import always_reachable
from petri.reductions import Preserved, reduce_net
from petri.reductions.answers import ReducedNet
from petri.reductions.reduce import FEW
from petri.soundness import SoundnessGoal, workflow_goal
from petri.state_space.exploring import explore_or_pump
from reduction_nets import (
    decorated,
    net_arcs,
    parallel,
    random_goal,
    random_net,
    synchronised,
)
from transition_systems.budget import Budget
from transition_systems.evidence import (
    ClosedSet,
    ReductionEvidence,
    RunEvidence,
    evidence_from_dict,
)
from transition_systems.properties.parse import parse_predicate
from transition_systems.run import Run
from transition_systems.verdict import Verdict

Bounds: TypeAlias = Literal["least", "finite", "none"]


def answers(
    net: PetriNet, goal: SoundnessGoal, places: list[str], few: int = FEW, bounds: Bounds = "finite"
) -> list[tuple[Verdict, Verdict]]:
    """Return for each question the answer by reduction and by the whole state space."""
    graph, pump = explore_or_pump(net, budget=Budget(states=400))
    if not graph.complete and pump is None:
        return []
    small = ReducedNet(
        net, goal=goal, places=places, budget=Budget(states=2_000), few=few, bounds=bounds
    )
    assert len(small.reduction.reduced.places) <= len(net.places)
    return [
        (small.deadlock(goal.completion), deadlock(net, final=goal.completion, graph=graph)),
        (small.bounded(), bounded(net, graph=graph, pump=pump)),
        (small.safe(), safe(net, places=places, graph=graph, pump=pump)),
        (small.proper(), invariant(net, goal.proper, graph=graph, name="proper-completion")),
        (
            small.option(),
            always_reachable(net, goal.completion, graph=graph, name="option-to-complete"),
        ),
        (
            small.occur(goal.occurs, name="no-dead-activities"),
            no_dead_transitions(net, groups=goal.occurs, graph=graph, name="no-dead-activities"),
        ),
        (small.sound(), sound(net, goal=goal, graph=graph, pump=pump)),
    ]


def compared(
    seeds: range, *, drawn: Callable[[int], PetriNet] = random_net, few: int = FEW
) -> Counter[str]:
    """Compare on random nets, recheck everything; return how often each rule was applied."""
    used: Counter[str] = Counter()
    for seed in seeds:
        net, draw = drawn(seed), random.Random(seed)
        bounds: Bounds = (
            draw.choice(["none", "none", "none", "finite", "least"]) if few < FEW else "finite"
        )
        goal = random_goal(net, seed)
        places = draw.sample(list(net.place_ids), draw.randint(1, len(net.place_ids)))
        if few < FEW and draw.random() < 0.7:
            places = places[:2]
        question = Question(goal=goal, final=goal.completion, places=places)
        for small, whole in answers(net, goal, places, few, bounds):
            used[f"{small.property} {small.outcome}"] += 1
            if small.unknown:
                continue
            assert whole.unknown or small.outcome == whole.outcome, (seed, small.property)
            assert small.evidence is not None
            if isinstance(small.evidence, ReductionEvidence):
                used.update(step[0] for step in small.evidence.steps)
            again = evidence_from_dict(small.evidence.to_dict())
            result = recheck_verdict(
                small.property, small.outcome, again, net, question=question
            )  # fmt: skip
            assert result.passed, (seed, small.property, small.outcome, result.reason)
    return used


def test_random_nets_have_the_same_answers() -> None:
    used = compared(range(1_200))
    rules = ("agglomerate", "equal-place", "equal-transition", "idle-transition", "fixed-place")
    assert all(used[rule] >= 100 for rule in rules), used
    for name in ("deadlock", "option-to-complete", "proper-completion", "safeness"):
        assert used[f"{name} HOLDS"] >= 50, used
        assert used[f"{name} VIOLATED"] >= 50, used


FURTHER = (
    "empty-siphon", "implicit-place", "sequence-transition", "sink-place", "pre-agglomerate",
)  # fmt: skip


def test_random_nets_have_the_same_answers_by_the_further_rules() -> None:
    used = compared(range(600), drawn=decorated, few=0)
    assert all(used[rule] >= 50 for rule in FURTHER), used


def test_linear_programs_find_what_the_search_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("petri.reductions.implicit.MOST_SEARCHED", 0)
    used = compared(range(60), drawn=decorated, few=0)
    assert used["implicit-place"] >= 15, used


def test_a_place_that_is_a_sum_is_read_as_it() -> None:
    net = PetriNet(
        places=["a", "b", "c", "sum"],
        transitions=["t", "u", "v"],
        arcs=[
            ("a", "t"), ("t", "b"), ("t", "sum"), ("b", "u"), ("sum", "u"), ("u", "c"),
            ("u", "sum", 3), ("c", "v"), ("sum", "v", 3), ("v", "a"),
        ],
        initial={"a": 2, "sum": 1},
    )  # fmt: skip
    for most in (6, 7):
        asked = parse_predicate(f"sum <= {most}")
        small = reduce_net(net, Preserved(invariants=(asked,), bounds="finite"), few=0)
        assert ("implicit-place", "sum", "c", "2") in small.steps
        assert "sum" in small.equations
        answer = ReducedNet(net, places=["sum"], also=(asked,), few=0).invariant(asked, name="x")
        assert answer.holds == (most == 7)
        assert answer.evidence is not None
        assert recheck(answer.evidence, net).passed
        kept = reduce_net(net, Preserved(invariants=(asked,)), few=0)
        assert all(step[0] != "implicit-place" for step in kept.steps)


def filled_at_will(seed: int, *, capped: bool) -> PetriNet:
    """Return a net with a place that a transition fills at will; capped, up to four tokens."""
    draw, net = random.Random(seed), synchronised(seed)
    weight, users = draw.choice([1, 2]), draw.sample(list(net.transition_ids), 2)
    arcs = [*net_arcs(net), ("fill", "filled", weight)]
    arcs += [("filled", t, n) for t, n in zip(users, draw.sample([1, 1, 2], 2), strict=True)]
    more: list[tuple[str, str, int]] = [("room", "fill", weight)] if capped else []
    more += [(t, "room", n) for p, t, n in arcs if p == "filled"] if capped else []
    return PetriNet(
        places=[*net.place_ids, "filled", *(["room"] if capped else [])],
        transitions=[*net.transition_ids, "fill"],
        arcs=[*arcs, *more],
        initial={**net.initial.to_dict(), **({"room": 4} if capped else {})},
    )


def sourced(seeds: range) -> int:
    """Compare unbounded nets with capped ones that reach the same, but for one place."""
    used = 0
    for seed in seeds:
        net, capped = filled_at_will(seed, capped=False), filled_at_will(seed, capped=True)
        goal = random_goal(synchronised(seed), seed)
        places = list(synchronised(seed).place_ids)
        small = ReducedNet(net, goal=goal, places=places, few=0, bounds="none")
        used += any(step[0] == "source-place" for step in small.reduction.steps)
        graph, _ = explore_or_pump(capped)
        groups = goal.occurs
        for answer, whole in (
            (small.safe(), safe(capped, places=places, graph=graph)),
            (small.proper(), invariant(capped, goal.proper, graph=graph)),
            (small.option(), always_reachable(capped, goal.completion, graph=graph)),
            (
                small.occur(groups, name="x"),
                no_dead_transitions(capped, groups=groups, graph=graph),
            ),
        ):
            assert answer.outcome == whole.outcome, (seed, answer.property)
            assert answer.evidence is not None
            assert recheck(answer.evidence, net).passed, (seed, answer.property)
    return used


def test_a_place_that_is_filled_at_will_holds_nothing_up() -> None:
    assert sourced(range(60)) >= 50


def test_a_run_beside_a_sum_over_a_place_that_is_not_told() -> None:
    """``fuel`` is a sum with ``p10``, of which the reduced net does not tell the tokens."""
    used = compared(range(15_374, 15_375), drawn=decorated, few=0)
    assert used["option-to-complete VIOLATED"] == 1
    assert used["implicit-place"] > 0


@pytest.mark.campaign
@pytest.mark.timeout(3_600)
def test_campaign() -> None:
    compared(range(10_000, 60_000))


@pytest.mark.campaign
@pytest.mark.timeout(3_600)
def test_campaign_by_the_further_rules() -> None:
    compared(range(10_000, 60_000), drawn=decorated, few=0)
    sourced(range(1_000, 11_000))


def workflow(seed: int) -> PetriNet:
    """Return a workflow net with a classical goal; not always a sound one."""
    draw = random.Random(seed)
    count = [0]
    arcs: list[tuple[str, str]] = []

    def node(kind: str) -> str:
        count[0] += 1
        return f"{kind}{count[0]}"

    def block(start: str, end: str, depth: int) -> None:
        kind = draw.choice(
            ["task", "series", "series", "and", "xor", "loop"] if depth else ["task"]
        )
        if kind == "task":
            t = node("t")
            arcs.extend([(start, t), (t, end)])
        elif kind == "series":
            middle = node("p")
            block(start, middle, depth - 1)
            block(middle, end, depth - 1)
        elif kind == "loop":
            back = node("t")
            block(start, end, depth - 1)
            arcs.extend([(end, back), (back, start)])
        elif kind == "xor":
            for _ in range(draw.randint(2, 3)):
                block(start, end, depth - 1)
        else:
            fork, join = node("t"), node("t")
            wrong = draw.random() < 0.06
            arcs.extend([(start, fork), (join, end)])
            for _ in range(draw.randint(2, 3)):
                first, last = node("p"), node("p")
                arcs.append((fork, first))
                block(first, last, depth - 1)
                if wrong:
                    other = node("t")
                    arcs.extend([(last, other), (other, end)])
                else:
                    arcs.append((last, join))
            if wrong:
                arcs.remove((join, end))

    block("i", "o", draw.randint(2, 4))
    names = dict.fromkeys(name for arc in arcs for name in arc)
    return PetriNet(
        places=[n for n in names if not n.startswith("t")],
        transitions=[n for n in names if n.startswith("t")],
        arcs=arcs,
        initial={"i": 1},
    )


def test_workflow_nets_reduce_and_stay_sound_or_unsound() -> None:
    seen: Counter[str] = Counter()
    for seed in range(250):
        net = workflow(seed)
        if not workflow_net(net).holds:
            continue
        goal = workflow_goal(net)
        small = ReducedNet(net, goal=goal, budget=Budget(states=5_000))
        graph, pump = explore_or_pump(net, budget=Budget(states=2_000))
        verdict = small.sound()
        seen[str(verdict.outcome)] += 1
        if verdict.holds:
            assert len(small.reduction.reduced.places) <= max(3, len(net.places) // 2)
        if graph.complete or pump is not None:
            whole = sound(net, goal=goal, graph=graph, pump=pump)
            assert verdict.outcome == whole.outcome, seed
        result = recheck(verdict.evidence, net, goal=goal) if verdict.evidence else None
        assert result is not None, seed
        assert result.passed, (seed, result.reason)
    assert seen["HOLDS"] >= 50, seen
    assert seen["VIOLATED"] >= 10, seen


def test_more_markings_than_atoms_in_the_universe() -> None:
    net = parallel(100, 10)
    small = ReducedNet(net, goal=workflow_goal(net))
    verdict = small.sound()
    assert verdict.holds
    assert small.graph.n_states <= 3
    assert verdict.evidence is not None
    assert recheck(verdict.evidence, net).passed


def test_the_run_of_a_violation_is_one_of_the_net_itself() -> None:
    net = parallel(20, 2)
    missing = net.replace(arcs=[a for a in net_arcs(net) if a[:2] != ("fork", "p3_0")])
    small = ReducedNet(missing)
    verdict = small.deadlock()
    assert verdict.violated
    assert isinstance(verdict.evidence, RunEvidence)
    assert recheck(verdict.evidence, missing).passed


def test_a_bound_is_not_carried_past_the_place_that_has_it() -> None:
    """The token of ``a`` moves on to ``b``, which may hold two: ``a <= 1`` must be asked of it."""
    net = PetriNet(
        places=["i", "a", "b"],
        transitions=["t", "u", "v"],
        arcs=[("i", "t"), ("t", "a"), ("a", "u"), ("u", "b"), ("b", "v"), ("v", "b")],
        initial={"i": 2},
    )
    only = Preserved(invariants=(parse_predicate("a <= 1"),))
    assert "a" not in reduce_net(net, only).image
    both = Preserved(invariants=(parse_predicate("a <= 1 && b <= 1"),))
    assert reduce_net(net, both).image["a"] == 0
    apart = Preserved(invariants=(parse_predicate("a <= 1"), parse_predicate("b <= 1")))
    assert "a" not in reduce_net(net, apart).image


def test_names_that_are_taken_are_left_alone() -> None:
    net = PetriNet(
        places=["i", "a", "x", "y"],
        transitions=["t", "u", "v", "t+u"],
        arcs=[
            ("i", "t"), ("t", "a"), ("a", "u"), ("a", "v"), ("u", "x"), ("v", "y"),
            ("x", "t+u"), ("t+u", "y"),
        ],
        initial={"i": 1},
    )  # fmt: skip
    small = ReducedNet(net)
    assert small.bounded().holds
    assert isinstance(small.safe().evidence, ReductionEvidence | ClosedSet)


def test_a_run_of_the_net_is_told_by_its_own_length() -> None:
    net = PetriNet(
        places=["a", "b", "c", "d"],
        transitions=["t", "u", "v"],
        arcs=[("a", "t"), ("t", "b"), ("b", "u"), ("u", "c"), ("c", "v"), ("v", "d", 2)],
        initial=["a"],
    )
    small = ReducedNet(net, goal=None)
    unsafe, stuck = small.safe(), small.deadlock()
    for verdict in (unsafe, stuck):
        assert verdict.witness is not None
        assert len(verdict.witness) == 3
    assert unsafe.explanation == ("It fails after 3 steps.",)
    assert stuck.explanation == ("After 3 steps nothing can happen any more, with tokens in 2 d.",)


def test_a_run_that_is_shown_ends_where_the_claim_is_lost() -> None:
    """A choice before a join: any other run of the net is refused as the witness."""
    shown = 0
    for seed in range(300):
        net = workflow(seed)
        if not workflow_net(net).holds:
            continue
        goal = workflow_goal(net)
        verdict = ReducedNet(net, goal=goal, budget=Budget(states=2_000), few=0).option()
        evidence = verdict.evidence
        if not isinstance(evidence, ReductionEvidence) or evidence.run is None or not evidence.run:
            continue
        assert recheck(evidence, net).passed
        shown += 1
        for length in range(len(evidence.run)):
            short = replace(evidence.run, steps=evidence.run.steps[:length])
            other = recheck(replace(evidence, run=short), net)
            assert not other.passed or short.last == evidence.run.last, seed
    assert shown > 10


def test_a_run_is_refused_where_no_single_marking_is_shown() -> None:
    net = parallel(2, 2)
    goal = workflow_goal(net)
    evidence = ReducedNet(net, goal=goal).option().evidence
    assert isinstance(evidence, ReductionEvidence)
    run = Run(initial=net.initial.to_dict())
    assert recheck(evidence, net).passed
    assert recheck(replace(evidence, run=run), net).status == "failed"
