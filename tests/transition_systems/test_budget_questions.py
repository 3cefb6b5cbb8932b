"""Budgets by the number of times that the clock is asked: nothing goes on long without a look."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from netproof.recheck import recheck_ltl
from transition_systems.budget import Budget, Meter
from transition_systems.equivalences import (
    bisimilar,
    determinise,
    equivalent,
    isomorphic,
    minimise,
    normal_form,
    reduce_by_simulation,
    refines,
    similar,
    simulated_by,
)
from transition_systems.equivalences.spectrum import spectrum
from transition_systems.errors import UndecidedError
from transition_systems.lts import LTS
from transition_systems.temporal.ctl import check_ctl
from transition_systems.temporal.ctl_star import check_ctl_star
from transition_systems.temporal.fair_cycle import Wanted, fair_cycle
from transition_systems.temporal.ltl import check_ltl
from transition_systems.temporal.mu_calculus import check_mu
from transition_systems.temporal.stuttering import stutter_invariant
from transition_systems.verdict import Verdict

Call = Callable[[LTS, LTS], Any]
# A question that comes after the time is over may still be asked where a search is tidied up.
MORE = 12


class Clock:
    """Counts questions; from one of them on the time is over."""

    def __init__(self) -> None:
        self.asked, self.last = 0, 1 << 60

    def over(self, meter: Meter) -> bool:
        del meter
        self.asked += 1
        return self.asked > self.last


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(Meter, "out_of_time", lambda meter: made.over(meter))
    return made


def ladder(n: int, last: str) -> LTS:
    """Silent steps in a row, each state with a step of its own kind."""
    rungs = [(i, "abc"[i % 3], n + 1) for i in range(n)]
    return LTS.from_arcs(
        n + 2, [*((i, None, i + 1) for i in range(n)), *rungs, (n, last, n + 1)],
        atoms={"p": [i % 2 == 0 for i in range(n + 2)], "q": [i == n for i in range(n + 2)]},
    )  # fmt: skip


def drawn(seed: int, n: int = 400) -> LTS:
    rng = np.random.default_rng(seed)
    return LTS.from_arrays(
        n, rng.integers(0, n, 3 * n), rng.integers(0, 4, 3 * n), rng.integers(0, n, 3 * n),
        label_names=("tau", "✓", "a", "b"),
        atoms={"p": rng.random(n) < 0.5, "q": rng.random(n) < 0.1},
    )  # fmt: skip


def bisimilarity(kind: Any) -> Call:
    return lambda a, b: bisimilar(a, b, kind)


CALLS: dict[str, Call] = {
    **{
        f"bisimilar {kind}": bisimilarity(kind)
        for kind in ("strong", "branching", "divergence-branching", "weak", "divergence-weak")
    },
    "bunches": lambda a, b: bisimilar(a, a, "branching", method="bunches"),
    "minimise": lambda a, b: minimise(a, "branching"),
    "minimise weak": lambda a, b: minimise(a, "weak"),
    "equivalent": lambda a, b: equivalent(a, b, "failures"),
    "refines": lambda a, b: refines(a, b, "trace"),
    "similar": lambda a, b: similar(a, b, "ready-simulation"),
    "simulated_by": lambda a, b: simulated_by(a, b, "weak-simulation"),
    "reduce_by_simulation": lambda a, b: reduce_by_simulation(a),
    "isomorphic": lambda a, b: isomorphic(a, b),
    "determinise": lambda a, b: determinise(a),
    "normal_form": lambda a, b: normal_form(a),
    "check_ctl": lambda a, b: check_ctl(a, "AG (p -> EF q)"),
    "check_ltl": lambda a, b: check_ltl(a, "G (p -> F q)"),
    "check_ltl holds": lambda a, b: check_ltl(a, "F G p -> G F p"),
    "check_ltl weak": lambda a, b: check_ltl(a, "G (p -> X F q)", weak=True, fairness="strong"),
    "check_ctl_star": lambda a, b: check_ctl_star(a, "A G (p -> E (F q && G F p))"),
    "check_mu": lambda a, b: check_mu(a, "nu X. mu Y. ({p} && <true> X) || <true> Y"),
    "stutter_invariant": lambda a, b: stutter_invariant("F (p && X (!p && X q)) -> G X p"),
}


def outcome(call: Call, a: LTS, b: LTS) -> str:
    try:
        found = call(a, b)
    except UndecidedError:
        return "UNKNOWN"
    return str(found.outcome) if isinstance(found, Verdict) else "done"


@pytest.mark.parametrize("name", CALLS)
def test_what_is_asked_last_ends_it(name: str, clock: Clock) -> None:
    """From whatever question on the time is over, few more are asked, and nothing is claimed."""
    for a, b in ((ladder(60, "d"), ladder(60, "e")), (drawn(1, 60), drawn(2, 60))):
        clock.asked, clock.last = 0, 1 << 60
        whole = outcome(CALLS[name], a, b)
        total = clock.asked
        assert total > 0
        for last in sorted({0, 1, 2, 3, 5, total // 2, total - 1}):
            if last >= total:
                continue
            clock.asked, clock.last = 0, last
            found = outcome(CALLS[name], a, b)
            assert found in ("UNKNOWN", whole)
            assert last or found == "UNKNOWN"
            assert clock.asked <= last + MORE


# The fewest questions on 3,000 silent steps in a row: one for each part of the work.
FEWEST = {
    "bisimilar strong": 1_000, "bisimilar branching": 25, "bunches": 12, "minimise": 14,
    "isomorphic": 6, "check_ctl": 40, "check_ltl": 30, "check_ltl holds": 20,
    "check_ltl weak": 30, "check_ctl_star": 60, "check_mu": 400,
}  # fmt: skip


@pytest.mark.parametrize("name", FEWEST)
def test_how_often_the_clock_is_asked(name: str, clock: Clock) -> None:
    outcome(CALLS[name], ladder(3_000, "d"), ladder(3_000, "e"))
    assert clock.asked >= FEWEST[name]


def test_a_long_round_is_left(clock: Clock) -> None:
    """One round on a deep system asks as it goes, and is given up in the middle."""
    n = 4_000
    deep = LTS.from_arcs(
        n + 1, [*((i, None, i + 1) for i in range(n)), *((i, f"a{i % 50}", i) for i in range(n))]
    )
    clock.last = 1 << 60
    minimise(deep, "branching")
    whole = clock.asked
    assert whole > 20
    clock.asked, clock.last = 0, whole // 2
    with pytest.raises(UndecidedError):
        minimise(deep, "branching")
    assert clock.asked <= whole // 2 + MORE


def test_a_fair_cycle_through_many_labels(clock: Clock) -> None:
    """A walk through 400 labels is put together by parts, and given up between them."""
    n, labels = 2_000, 400
    rng = np.random.default_rng(7)
    arcs = [(i, f"a{i % labels}", (i + 1) % n) for i in range(n)]
    arcs += [(i, "b", j) for i, j in enumerate(rng.integers(0, n, n).tolist())]
    lts = LTS.from_arcs(n, arcs, atoms={"p": [i == 0 for i in range(n)]})
    verdict = check_ltl(lts, "G (p -> X G !p)", fairness="strong")
    whole = clock.asked
    assert verdict.violated
    assert whole > labels
    assert verdict.evidence is not None
    assert recheck_ltl(verdict.evidence, lts, formula=verdict.property).passed
    for last in (labels // 2, whole // 2, whole - 10):
        clock.asked, clock.last = 0, last
        assert check_ltl(lts, "G (p -> X G !p)", fairness="strong").unknown
        assert clock.asked <= last + MORE


@pytest.mark.parametrize("kind", ["far apart", "drawn", "star"])
def test_a_cycle_through_many_sets_has_an_edge_of_each(kind: str) -> None:
    n, many = 900, 60
    rng = np.random.default_rng(3)
    tails, heads = np.arange(n), np.roll(np.arange(n), -1)
    if kind == "star":  # arms of 15 nodes
        heads = np.where(tails % 15 == 14, 0, tails + 1)
        tails, heads = np.append(tails, np.zeros(many, int)), np.append(heads, 15 * np.arange(many))
    if kind == "drawn":
        tails, heads = np.tile(tails, 2), np.append(heads, rng.integers(0, n, n))
    wanted = rng.permutation(n)[:many] if kind != "star" else 15 * np.arange(many) + 13
    needed = [np.arange(len(tails)) == edge for edge in wanted.tolist()]
    needed += [np.arange(len(tails)) != edge for edge in range(many)]
    asked = Wanted(n, tails)
    for flags in needed:
        asked.one_of(np.flatnonzero(flags))
    cycle = fair_cycle(heads, 5, asked)
    assert tails[cycle[0]] == heads[cycle[-1]] == 5
    assert (heads[cycle[:-1]] == tails[cycle[1:]]).all()
    assert all(flags[cycle].any() for flags in needed)


def test_a_spectrum_asks_nothing_more_when_the_time_is_over(clock: Clock) -> None:
    clock.last = 0
    found = spectrum(drawn(1, 50), drawn(2, 50), budget=Budget(seconds=100))
    assert all(line.equal.verdict.unknown for line in found.lines)
    assert clock.asked <= 3 * len(found.lines)
