"""The spectrum: what is inferred is what would be decided; the inclusions on random systems."""

from __future__ import annotations

import random

import pytest

from netproof.recheck import RecheckResult
from netproof.spectra import rechecked_spectrum
from simulation_cases import changed, random_system
from transition_systems import spectrum
from transition_systems.budget import Budget
from transition_systems.equivalences.inclusions import IMPLIED, SPECTRUM, implied_by
from transition_systems.equivalences.spectrum import ORDER, SIDES
from transition_systems.lts import LTS

BUDGET = Budget(seconds=20)


def decided(a: LTS, b: LTS) -> dict[str, tuple[bool | None, ...]]:
    """Every relation by its own procedure, nothing inferred."""
    found: dict[str, tuple[bool | None, ...]] = {}
    for name, notion in SPECTRUM.items():
        answers = [notion.equal(a, b, ("p",), BUDGET)]
        if notion.below is not None:
            answers += [notion.below(a, b, ("p",), BUDGET), notion.below(b, a, ("p",), BUDGET)]
        assert not any(answer.unknown for answer in answers), (name, answers)
        found[name] = tuple(answer.holds for answer in answers)
        if notion.below is not None:
            assert found[name][0] == (found[name][1] and found[name][2]), name
    return found


def check_pair(a: LTS, b: LTS) -> set[str]:
    """Compare the inclusions and the spectrum with the decisions; return what holds."""
    answers = decided(a, b)
    for name, coarser in IMPLIED.items():
        for other in coarser:
            for here, there in zip(answers[name], answers[other], strict=False):
                assert there or not here, (name, other, list(a.arcs()), list(b.arcs()))
    found = spectrum(a, b, atoms=["p"])
    for line in found.lines:
        entries = [getattr(line, side) for side in SIDES]
        shown = [entry.verdict.holds for entry in entries if entry is not None]
        assert tuple(shown) == answers[line.relation], line.relation
    results: list[RecheckResult] = [*rechecked_spectrum(found, a, b).values()]
    assert all(result.passed for result in results), results
    return {name for name, held in answers.items() if held[0]}


Arcs = list[tuple[int, str | None, int]]


def told_apart() -> list[tuple[tuple[LTS, LTS], set[str], set[str]]]:
    """Pairs that random systems hardly are: with relations that hold, and that do not."""

    def pair(one: Arcs, other: Arcs) -> tuple[LTS, LTS]:
        flags = {"p": [False] * 8}
        return LTS.from_arcs(8, one, atoms=flags), LTS.from_arcs(8, other, atoms=flags)

    ends: Arcs = [(3, "b", 6), (4, "c", 6), (5, "d", 6)]
    silent: Arcs = [(0, "a", 2), (2, None, 3), (2, None, 4), (2, None, 5), *ends]
    return [
        # a leads to where b and c are possible after silent steps, and not d.
        (
            pair([*silent, (0, "a", 1), (1, None, 3), (1, None, 4)], silent),
            {"ready-simulation"},
            {"weak-ready-simulation"},
        ),
        # a.b.c + a.b.d and a.(b.c + b.d)
        (
            pair([(0, "a", 1), (0, "a", 2), (1, "b", 4), (2, "b", 5), *ends],
                 [(0, "a", 1), (1, "b", 4), (1, "b", 5), *ends]),
            {"ready-trace", "failure-trace"},
            {"ready-simulation", "completed-simulation", "simulation", "weak-simulation"},
        ),
        # a.b + a.c + a.(b + c) and a.b + a.c
        (
            pair([(0, "a", 1), (0, "a", 2), (0, "a", 3), (1, "b", 7), (2, "c", 7), (3, "b", 7),
                  (3, "c", 7)], [(0, "a", 1), (0, "a", 2), (1, "b", 7), (2, "c", 7)]),
            {"failure-trace", "weak-failure-trace"},
            {"ready-trace", "readiness", "weak-ready-trace", "weak-readiness"},
        ),
    ]  # fmt: skip


def test_what_random_systems_hardly_tell_apart() -> None:
    for pair, same, different in told_apart():
        held = check_pair(*pair)
        assert same <= held
        assert held.isdisjoint(different)


def random_pair(rng: random.Random, most: int = 5) -> tuple[LTS, LTS]:
    a = random_system(rng, most)
    return a, changed(rng, a) if rng.random() < 0.8 else random_system(rng, most)


def test_random_systems() -> None:
    rng = random.Random(1)
    outcomes: set[frozenset[str]] = set()
    for _ in range(40):
        outcomes.add(frozenset(check_pair(*random_pair(rng, 4))))
    assert len(outcomes) > 5


@pytest.mark.campaign
@pytest.mark.timeout(0)
@pytest.mark.parametrize("part", range(20))
def test_many_random_systems(part: int) -> None:
    """A thousand pairs in each part, so that parts can run side by side (``-n 2``)."""
    rng = random.Random(f"part {part}")
    for _ in range(1_000):
        check_pair(*random_pair(rng))


@pytest.mark.campaign
@pytest.mark.timeout(0)
def test_there_are_no_other_inclusions() -> None:
    """No two relations are the same, and none implies another one beside those it should."""
    rng = random.Random(2)
    wanted = {
        (name, other)
        for name in SPECTRUM
        for other in SPECTRUM
        if other != name and other not in implied_by(name)
    }
    made = [pair for pair, _, _ in told_apart()]
    for number in range(20_000):
        a, b = made[number] if number < len(made) else random_pair(rng)
        equal = {line.relation: line.equal.verdict.holds for line in spectrum(a, b).lines}
        wanted = {(name, other) for name, other in wanted if equal[other] or not equal[name]}
        if not wanted:
            return
    raise AssertionError(sorted(wanted))


def test_the_order_of_questions_has_all_relations() -> None:
    assert sorted(ORDER) == sorted(IMPLIED) == sorted(SPECTRUM)


def test_a_budget_that_ends() -> None:
    lts = LTS.from_arcs(3, [(0, "a", 1), (1, "b", 2), (2, None, 0)])
    found = spectrum(lts, lts, budget=Budget(seconds=0))
    assert all(line.equal.verdict.unknown for line in found.lines)
    assert "not known" in found.explain()
    assert "<svg" in found.svg()
    assert found.to_dict()["finest"] == []


def test_equal_systems_need_two_answers() -> None:
    lts = LTS.from_arcs(3, [(0, "a", 1), (1, "b", 2), (2, None, 0)])
    found = spectrum(lts, lts)
    assert found.finest() == ("isomorphism",)
    assert [line.relation for line in found.lines if line.equal.because is None] == [
        "isomorphism", "strong",
    ]  # fmt: skip
