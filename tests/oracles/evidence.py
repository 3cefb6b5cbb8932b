"""Does a set of markings with ranks prove a claim? By definition, with dicts, one by one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from petri import Marking, PetriNet

Test = Callable[[Marking], bool]


def _markings(net: PetriNet, states: Any) -> list[Marking]:
    return [Marking.from_array(row, net.place_ids) for row in states.rows]


def _successors(net: PetriNet, marking: Marking) -> list[tuple[str, Marking]]:
    return [(t, net.fire(marking, t)) for t in net.enabled(marking)]


def is_closed(net: PetriNet, states: Any, start: Marking) -> bool:
    inside = set(_markings(net, states))
    return start in inside and all(
        after in inside for marking in inside for _, after in _successors(net, marking)
    )


def proves_ranked(net: PetriNet, states: Any, rank: Any, goal: Test) -> bool:
    if not is_closed(net, states, net.initial) or any(r < 0 for r in rank):
        return False
    ranks = dict(zip(_markings(net, states), rank.tolist(), strict=True))
    return all(
        goal(m) if r == 0 else any(ranks[after] < r for _, after in _successors(net, m))
        for m, r in ranks.items()
    )


def proves_measure(net: PetriNet, states: Any, rank: Any) -> bool:
    if not is_closed(net, states, net.initial):
        return False
    ranks = dict(zip(_markings(net, states), rank.tolist(), strict=True))
    return all(ranks[after] < r for m, r in ranks.items() for _, after in _successors(net, m))
