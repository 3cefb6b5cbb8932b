"""Where the clock is asked: searches back, solvers, theorems, blocks of a search."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import petri
from petri import PetriNet, reachability_graph
from petri.soundness.by_rank import rank_evidence
from petri.soundness.goal import workflow_goal
from petri.state_space import exploring
from petri.structure import commoner, components, siphons_traps
from petri.structure.commoner import siphons_hold_traps
from petri.structure.components import s_cover
from petri.structure.flow_bases import net_rank
from petri.structure.rank_theorem import closed_net, rank_premises
from petri.structure.siphons_traps import minimal_siphons
from transition_systems import explore as exploring_states
from transition_systems.budget import OUT_OF_TIME, Budget
from transition_systems.errors import UndecidedError

LATE = Budget(seconds=0)
RING = PetriNet(
    places=[f"p{n}" for n in range(4)], transitions=[f"t{n}" for n in range(4)],
    arcs=[a for n in range(4) for a in ((f"p{n}", f"t{n}"), (f"t{n}", f"p{(n + 1) % 4}"))],
    initial={"p0": 3},
)  # fmt: skip
LINE = PetriNet.from_arrays([[1], [0]], [[0], [1]], [1, 0])


def test_searches_on_a_graph_ask_the_clock() -> None:
    graph = reachability_graph(RING)
    goal = np.arange(graph.n_states) == 0
    assert graph.distance_to(goal).min() == 0
    with pytest.raises(UndecidedError, match=OUT_OF_TIME):
        graph.distance_to(goal, LATE.start())
    assert len(graph.forward_closure(0)) == graph.n_states
    with pytest.raises(UndecidedError, match=OUT_OF_TIME):
        graph.forward_closure(0, LATE.start())


def test_the_rank_theorem_has_a_clock() -> None:
    with pytest.raises(UndecidedError, match=OUT_OF_TIME):
        net_rank(RING, budget=LATE)
    assert net_rank(RING) == 3
    assert rank_premises(closed_net(LINE, "p1", "p2"), budget=LATE) == OUT_OF_TIME
    assert OUT_OF_TIME in str(rank_evidence(LINE, workflow_goal(LINE), budget=LATE))
    assert not isinstance(rank_evidence(LINE, workflow_goal(LINE)), str)


class Slow:
    """A solver that never comes to an end."""

    def __enter__(self) -> Slow:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def add_clause(self, _: list[int]) -> None:
        return None

    def conf_budget(self, _: int) -> None:
        return None

    def solve_limited(self, assumptions: Any) -> None:
        assert isinstance(assumptions, list)


def test_solvers_are_left_when_the_time_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (commoner, components, siphons_traps):
        monkeypatch.setattr(module, "set_solver", lambda *_: Slow())
    found = siphons_hold_traps(RING, budget=LATE, theorem=False)
    assert (found.holds, found.why) == (None, OUT_OF_TIME)
    siphons = minimal_siphons(RING, budget=LATE)
    assert (siphons.complete, siphons.reason) == (False, OUT_OF_TIME)
    cover = s_cover(RING, budget=LATE)
    assert cover.holds is None
    assert OUT_OF_TIME in str(cover.why)


def test_too_many_numbers_of_tokens_are_not_asked_together() -> None:
    heavy = PetriNet(
        places=["i", "p", "o"], transitions=["t", "u"], initial=["i"],
        arcs=[("i", "t"), ("t", "p", 2), ("p", "u", 2), ("u", "o")],
    )  # fmt: skip
    verdict = petri.sound(heavy, kind="up-to-k", k=10**9)
    assert verdict.unknown
    assert "up to 1000" in str(verdict.reason)
    assert petri.sound(LINE, kind="up-to-k", k=3).holds


def test_blocks_get_small_where_they_take_long(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = reachability_graph(RING.replace(initial={"p0": 25}))
    sizes: list[int] = []
    game = exploring_states._Search.advance

    def advance(search: Any, meter: Any) -> Any:
        sizes.append(search._most)
        return game(search, meter)

    monkeypatch.setattr(exploring_states._Search, "advance", advance)
    monkeypatch.setattr(exploring_states._Search, "_few_states", lambda _: None)
    monkeypatch.setattr(exploring_states, "PACE", 1e-9)
    slow = reachability_graph(RING.replace(initial={"p0": 25}), budget=Budget(seconds=100))
    assert slow.complete
    assert min(sizes) == 1
    assert np.array_equal(slow.markings, whole.markings)
    assert np.array_equal(slow.targets, whole.targets)


def test_no_list_is_gone_on_with_when_the_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    left = iter([9.0, 9.0, 9.0, 0.0])
    monkeypatch.setattr(exploring, "STAGES", ((5, 2), (9, 2)))
    monkeypatch.setattr(Budget, "remaining", lambda _: next(left, 0.0))
    graph, pump = exploring.explore_or_pump(RING, budget=Budget(seconds=9))
    assert pump is None
    assert graph.reason == OUT_OF_TIME
