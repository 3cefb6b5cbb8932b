"""Smaller nets in the stead of a net: answers by definition, carried back with evidence."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from engine_cases import random_goal, random_net
from netproof.contest.answering import techniques
from netproof.recheck import recheck, recheck_verdict
from oracles.net_properties import Space, space_of
from oracles.predicates import holds_there
from petri import PetriNet, decide, livelock
from petri.nodes import Transition
from petri.portfolio import Answer, Batch, Most, Reach
from petri.portfolio.along import furthest_first, shown_along
from petri.portfolio.questions import Question
from petri.portfolio.reduced import ask_smaller
from petri.structure.distances import steps_to_mark
from reduction_nets import random_net as reducible_net
from transition_systems.budget import Budget
from transition_systems.evidence import FallingSumEvidence, RunEvidence
from transition_systems.properties.predicates import And, Dead, Enabled, at_least, disjunction
from transition_systems.run import Run

SOON, SOONER = Budget(seconds=20.0), Budget(seconds=0.1)


def chain(places: int, tokens: int) -> PetriNet:
    """Return a line of places with all tokens in the first."""
    arcs = [a for n in range(places - 1) for a in ((f"p{n}", f"t{n}"), (f"t{n}", f"p{n + 1}"))]
    return PetriNet(
        places=[f"p{n}" for n in range(places)],
        transitions=[f"t{n}" for n in range(places - 1)],
        arcs=arcs, initial={"p0": tokens},
    )  # fmt: skip


def asked_of_smaller(net: PetriNet, questions: Sequence[Question]) -> dict[int, Answer]:
    """Return what smaller nets tell of questions; the net itself is not asked."""
    left, found = dict(enumerate(questions)), dict[int, Answer]()

    def ask(
        small: PetriNet, asked: Sequence[Question], share: Budget, tell: Callable[[int, Answer], None]
    ) -> None:  # fmt: skip
        assert share.remaining() is not None
        Batch(
            small, asked, budget=SOONER, tell=tell, parallel=False, reducing=False, first_walk=0.02
        ).run()

    def say(number: int, answer: Answer, run: Run | None) -> None:
        assert run is None or run.actions == net.run(net.initial, run.actions).actions
        found[number] = answer
        del left[number]

    ask_smaller(net, left, ask, say, SOON)
    return found


def by_definition(space: Space, question: Question) -> bool | int:
    if isinstance(question, Most):
        return max(sum(dict(key).get(p, 0) for p in question.places) for key in space.steps)
    return any(
        holds_there(question.goal, dict(key), {t for t, _ in steps})
        for key, steps in space.steps.items()
    )


def some_questions(net: PetriNet, seed: int) -> list[Question]:
    rng = random.Random(seed)
    goals = [random_goal(net, 7 * seed + more, depth=1) for more in range(3)]
    groups = [rng.choices(net.transition_ids, k=2), rng.choices(net.transition_ids, k=1)]
    sums = [tuple(rng.choices(net.place_ids, k=n)) for n in (1, 3)]
    return [
        *map(Reach, goals), Reach(Dead()), Reach(And((Dead(), at_least(net.place_ids[0], 1)))),
        *(Reach(disjunction(*map(Enabled, dict.fromkeys(names)))) for names in groups),
        *map(Most, sums),
    ]  # fmt: skip


def compared(net: PetriNet, seed: int) -> int:
    """Compare all answers with the definition, recheck their evidence; return how many."""
    space = space_of(net, limit=150)
    questions = some_questions(net, seed)
    found = asked_of_smaller(net, questions)
    for number, answer in found.items():
        question = questions[number]
        if space is not None:
            assert answer.value == by_definition(space, question), (seed, question)
        for piece in answer.evidence:
            done = recheck(piece, net)
            assert done.passed, (seed, question, done.reason)
        if answer.value is True and answer.evidence and isinstance(question, Reach):
            (run,) = answer.evidence
            assert isinstance(run, RunEvidence)
            last = run.run.last
            assert holds_there(question.goal, last, net.enabled(last)), (seed, question)
    return sum(bool(answer.evidence) for answer in found.values())


@pytest.mark.parametrize("first", [0, 12, 24, 36])
def test_their_answers_are_those_of_the_definition(first: int) -> None:
    shown = sum(compared(random_net(seed, most=8), seed) for seed in range(first, first + 12))
    assert shown > 20


@pytest.mark.campaign
@pytest.mark.parametrize("first", range(1_000, 21_000, 1_000))
def test_their_answers_are_those_of_the_definition_many_times(first: int) -> None:
    for seed in range(first, first + 1_000):
        compared(random_net(seed, most=8, unbounded=seed % 3 == 0), seed)
        compared(reducible_net(seed), seed)


@pytest.mark.parametrize("seed", range(6))
def test_workflows_and_nets_that_reduce_far(seed: int) -> None:
    compared(reducible_net(seed), seed)


def test_a_line_is_asked_by_way_of_few_places() -> None:
    net = chain(40, 30)
    found = asked_of_smaller(net, [
        Reach(Dead()), Reach(And((at_least("p0", 1), at_least("p39", 1)))), Most(("p39",)),
        Reach(at_least("p39", 31)), Reach(Enabled("t38")), Most(("p38", "p39", "p39")),
    ])  # fmt: skip
    assert [found[n].value for n in range(6)] == [True, True, 30, False, True, 60]
    assert all(recheck(piece, net).passed for answer in found.values() for piece in answer.evidence)
    assert {len(found[n].evidence) for n in range(6)} == {1, 2}


def test_a_run_too_long_to_show_is_told() -> None:
    found = asked_of_smaller(chain(200, 900), [Reach(Dead())])
    assert found[0].value is True
    assert not found[0].evidence
    assert "too long" in found[0].lacking


def test_a_run_is_asked_for_other_goals_and_sums() -> None:
    net = chain(4, 2)
    run = net.run(net.initial, ["t0", "t0", "t1", "t2"])
    goals, sums = shown_along(net, run, {
        1: Reach(at_least("p1", 2)), 2: Reach(at_least("p3", 2)), 3: Reach(Enabled("t2")),
        4: Most(("p1", "p2")), 5: Reach(Dead()),
    })  # fmt: skip
    assert {number: len(shorter) for number, shorter in goals.items()} == {1: 2, 3: 3}
    assert (sums[4][0], len(sums[4][1])) == (2, 2)


def test_questions_about_far_places_come_first() -> None:
    net = chain(5, 1)
    assert steps_to_mark(net) == {f"p{n}": n for n in range(5)}
    asked = {0: Most(("p1",)), 1: Reach(Enabled("t3")), 2: Reach(at_least("p4", 1))}
    assert furthest_first(net, asked) == [2, 1, 0]


def test_no_run_marks_a_place_sooner_than_its_distance() -> None:
    for seed in range(60):
        net = random_net(seed)
        space = space_of(net, limit=150)
        if space is None:
            continue
        level, seen, rounds = {space.initial}, {space.initial}, 0
        far, first = steps_to_mark(net), dict[str, int]()
        while level:
            for key in level:
                for place, tokens in key:
                    if tokens:
                        first.setdefault(place, rounds)
            level = {after for key in level for _, after in space.steps[key]} - seen
            seen |= level
            rounds += 1
        assert all(far[place] <= steps for place, steps in first.items()), seed


def test_every_net_whose_steps_lower_a_sum_has_a_dead_marking() -> None:
    found: list[Answer] = []
    net = chain(2, 10**6)
    Batch(
        net, [Reach(Dead())], budget=Budget(seconds=2, states=100),
        tell=lambda _, answer: found.append(answer), parallel=False,
    ).run()  # fmt: skip
    (piece,) = found[0].evidence
    assert isinstance(piece, FallingSumEvidence)
    assert recheck(piece, net).passed
    for text, status in (
        ("EF dead", "passed"), ("EF AG dead", "passed"), ("EF AG !enabled(t0)", "passed"),
        ("terminates", "passed"), ("no livelock", "passed"), ("AG dead", "failed"),
        ("AG EF dead", "failed"), ("EF (dead && p0 >= 1)", "failed"), ("EF !dead", "failed"),
        ("EF enabled(t0)", "failed"), ("unbounded", "failed"),
    ):  # fmt: skip
        forged = replace(piece, claim=replace(piece.claim, formula=text))
        assert recheck(forged, net).status == status, text


def test_a_falling_sum_of_silent_transitions_shows_no_livelock_and_nothing_else() -> None:
    net = PetriNet(
        places=["p", "q"], transitions=[Transition(id="t", label=None), "u"],
        arcs=[("p", "t"), ("t", "q"), ("q", "u"), ("u", "p", 2)], initial=["p"],
    )  # fmt: skip
    verdict = livelock(net)
    assert verdict.holds
    assert isinstance(verdict.evidence, FallingSumEvidence)
    assert recheck_verdict("livelock", "HOLDS", verdict.evidence, net).passed
    assert recheck_verdict("livelock", "VIOLATED", verdict.evidence, net).status == "failed"
    for text in ("terminates", "EF dead"):
        forged = replace(verdict.evidence, claim=replace(verdict.evidence.claim, formula=text))
        assert recheck(forged, net).status == "failed"


def test_whose_markings_were_listed_is_told() -> None:
    """An engine that saw a smaller net is not told as if it had seen the net."""
    net = chain(40, 30)
    found = decide(net, "EF p39 == 30", budget=SOON, parallel=False)
    assert found.statistics.method.startswith("reduction and ")
    assert "in a smaller net." in found.explain()
    assert techniques(found.statistics.method).startswith("STRUCTURAL_REDUCTION ")
    text = "AG p0 + p1 + p2 + p39 <= 30"
    found = decide(net, text, budget=SOON, parallel=False)
    assert recheck_verdict(text, found.outcome, found.evidence, net).passed
