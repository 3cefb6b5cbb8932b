"""Budgets that end early: the clock is asked often enough, whatever the engine is doing then."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import petri
import transition_systems.budget
from petri import PetriNet
from petri.induction.cubes import Cubes
from petri.induction.encoding import NODES, Encoding
from petri.persistence import persistence_predicate
from petri.portfolio import Reach
from petri.portfolio.whole import ListedAnswers
from petri.reachable import METHODS
from petri.state_space import state_space
from petri.state_space.space import StateSpace
from petri.state_space.symbolic.closure import LOOK
from petri.state_space.symbolic.symbolic_net import SymbolicNet
from petri.stubborn.dependencies import Dependencies
from petri.stubborn.up_sets import Goal
from petri.stubborn_sets import reachable_by_stubborn_sets
from transition_systems.budget import OUT_OF_TIME, Budget
from transition_systems.errors import UndecidedError
from transition_systems.properties.parse import parse_formula
from transition_systems.properties.predicates import at_least, conjunction
from transition_systems.properties.walk import negate

# Many transitions that take from one place, so that each pair is a part of the predicate.
SIZE = 30
CROWD = PetriNet(
    places=["p", *(f"q{i}" for i in range(SIZE))],
    transitions=[f"t{i}" for i in range(SIZE)],
    arcs=[
        arc for i in range(SIZE) for arc in (("p", f"t{i}"), (f"t{i}", f"q{i}"), (f"q{i}", f"t{i}"))
    ],
    initial={"p": SIZE, **{f"q{i}": 1 for i in range(SIZE)}},
)


class Clock:
    """A second passes with each question, or all time at once after some questions."""

    def __init__(self, late_after: int) -> None:
        self.asked, self.late_after = 0, late_after

    def monotonic(self) -> float:
        self.asked += 1
        return 0.0 if self.asked <= self.late_after else 1_000.0

    @property
    def late(self) -> bool:
        return self.asked > self.late_after


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], Clock]:
    def started(late_after: int) -> Clock:
        found = Clock(late_after)
        monkeypatch.setattr(transition_systems.budget, "time", found)
        return found

    return started


def counted(monkeypatch: pytest.MonkeyPatch, clock: Clock, kind: type, name: str) -> list[bool]:
    """Return a list that gets, for each call of a method, whether the time was over then."""
    calls: list[bool] = []
    before: Any = getattr(kind, name)

    def method(self: Any, *given: Any, **named: Any) -> Any:
        calls.append(clock.late)
        return before(self, *given, **named)

    monkeypatch.setattr(kind, name, method)
    return calls


@pytest.mark.parametrize("method", ["auto", *METHODS])
@pytest.mark.parametrize("late_after", [1, 10, 100])
def test_persistence_ends_soon(
    method: str, late_after: int, clock: Callable[[int], Clock], monkeypatch: pytest.MonkeyPatch
) -> None:
    running = clock(late_after)
    terms = counted(monkeypatch, running, Encoding, "_term")
    verdict = petri.persistent(CROWD, method=method, budget=Budget(seconds=1.0))
    assert verdict.unknown
    assert verdict.reason == OUT_OF_TIME
    assert running.asked <= late_after + 10
    assert sum(terms) <= NODES


def test_terms_are_no_longer_made_when_the_time_is_over(
    clock: Callable[[int], Clock], monkeypatch: pytest.MonkeyPatch
) -> None:
    good = persistence_predicate(CROWD)
    for method in ("z3", "bmc", "k-induction", "pdr", "spacer"):
        running = clock(25)
        terms = counted(monkeypatch, running, Encoding, "_term")
        verdict = petri.invariant(CROWD, good, method=method, budget=Budget(seconds=1.0))
        assert verdict.unknown
        assert sum(terms) <= NODES, method
        assert len(terms) < 60 * NODES, method
        monkeypatch.undo()


def test_cubes_are_no_longer_made_when_the_time_is_over(
    clock: Callable[[int], Clock], monkeypatch: pytest.MonkeyPatch
) -> None:
    goal = conjunction(*(at_least(f"q{i}", 2) for i in range(SIZE)))
    for late_after in (60, 90, 200):
        running = clock(late_after)
        cubes = counted(monkeypatch, running, Cubes, "before")
        assert petri.reachable(CROWD, goal, method="pdr", budget=Budget(seconds=1.0)) is not None
        assert sum(cubes) <= 1
        monkeypatch.undo()


def test_predicates_on_listed_markings_end(clock: Callable[[int], Clock]) -> None:
    graph = petri.reachability_graph(CROWD, budget=Budget(states=5))
    good = persistence_predicate(CROWD)
    for late_after in (1, 20):
        running = clock(late_after)
        meter = Budget(seconds=1.0).start()
        with pytest.raises(UndecidedError, match=OUT_OF_TIME):
            graph.holds(good, meter)
        assert running.asked == late_after + 1


def test_predicates_on_packed_markings_end(clock: Callable[[int], Clock]) -> None:
    space = state_space(CROWD, method="explicit", budget=Budget(states=5))
    assert isinstance(space, StateSpace)
    bad = negate(persistence_predicate(CROWD))
    for late_after in (1, 20):
        running = clock(late_after)
        listed = ListedAnswers(space, evidence=True, budget=Budget(seconds=1.0))
        assert listed.answer(Reach(bad)) is None
        assert running.asked <= late_after + 2


@pytest.mark.parametrize("late_after", [1, 2, 100])
def test_the_arcs_of_listed_markings_end(late_after: int, clock: Callable[[int], Clock]) -> None:
    net = PetriNet.from_arrays([[1, 0], [0, 1]], [[0, 1], [1, 0]], [50, 0])
    space = state_space(net, method="explicit")
    assert isinstance(space, StateSpace)
    running = clock(late_after)
    meter = Budget(seconds=1.0).start()
    if late_after < 100:
        with pytest.raises(UndecidedError, match=OUT_OF_TIME):
            space.arcs_within(meter)
        assert running.asked == late_after + 1
    else:
        assert len(space.arcs_within(meter).targets) == 100
    assert len(space.graph.targets) == 100


def test_the_first_marking_is_found_block_by_block() -> None:
    net = PetriNet.from_arrays([[1, 0], [0, 0], [0, 1]], [[0, 0], [1, 0], [0, 0]], [200, 0, 200])
    graph = petri.reachability_graph(net)
    assert graph.n_states == 201 * 201
    for bound in (0, 3, 150, 200):
        goal = at_least("p2", bound)
        assert graph.first(goal) == int(graph.holds(goal).argmax())
    assert graph.first(at_least("p2", 201)) is None


@pytest.mark.parametrize("property", ["persistence"])
def test_the_portfolio_makes_no_predicate_without_time(
    property: str, clock: Callable[[int], Clock]
) -> None:
    running = clock(20)
    assert petri.decide(CROWD, property, budget=Budget(seconds=1.0)).reason == OUT_OF_TIME
    assert running.asked <= 30


def test_texts_are_no_longer_read_when_the_time_is_over(clock: Callable[[int], Clock]) -> None:
    text = "AG (" + " && ".join(["p >= 1"] * 5_000) + ")"
    for late_after in (3, 20, 30):
        running = clock(late_after)
        meter = Budget(seconds=1.0).start()
        with pytest.raises(UndecidedError):
            parse_formula(text, meter=meter)
        assert running.asked == late_after + 1


def test_steps_on_diagrams_end_soon(
    clock: Callable[[int], Clock], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("oxidd")
    much = PetriNet.from_arrays([[1], [0]], [[0], [1]], [2**40, 0])
    for late_after in (50, 100, 400):
        running = clock(late_after)
        moved = counted(monkeypatch, running, SymbolicNet, "moved")
        verdict = petri.deadlock(much, method="symbolic", budget=Budget(seconds=1.0))
        assert verdict.unknown
        assert sum(moved) <= 1
        assert len(moved) <= LOOK * running.asked
        monkeypatch.undo()


def test_what_a_sum_can_gain_and_lose_is_that_of_all_transitions() -> None:
    net = PetriNet.from_arrays([[1, 0, 2], [0, 3, 0]], [[0, 1, 2], [2, 0, 0]], [1, 1])
    deps = Dependencies(net)
    goal = Goal(at_least("p1", 5), deps, Budget().start())
    for sums in ({0: 1}, {1: 1}, {0: 2, 1: 1}, {0: 3, 1: 1}, {0: -1, 1: 1}, {}):
        up, down = goal._compared(sums, ">=", 1)[-2:]
        changes = [sum(sums.get(p, 0) * n for p, n in moved) for moved in deps.moves]
        assert up == sum(1 << t for t, change in enumerate(changes) if change > 0)
        assert down == sum(1 << t for t, change in enumerate(changes) if change < 0)


def test_a_goal_is_taken_apart_within_the_budget() -> None:
    net = PetriNet.from_arrays([[1]], [[0]], [1])
    goal = conjunction(at_least("p1", 1), at_least("p1", 0))
    found = reachable_by_stubborn_sets(net, goal, budget=Budget(seconds=0))
    assert found.unknown
    assert OUT_OF_TIME in str(found.reason)
    with pytest.raises(UndecidedError):
        Goal(goal, Dependencies(net), Budget(seconds=0).start())
