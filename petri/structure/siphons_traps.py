"""Siphons and traps: sets of places that stay empty once empty, and marked once marked.

A siphon is a set of places such that each transition that puts tokens into the set takes some from
it; a trap is one such that each transition that takes tokens from it puts some into it. Maximal
ones inside a set of places are found by a fixpoint in linear time, minimal ones by a SAT solver.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from petri.incidence import ArcTable
from petri.net import PetriNet
from transition_systems.budget import Budget, Meter
from transition_systems.errors import UndecidedError, UsageError

__all__ = [
    "SiphonsFound",
    "is_siphon",
    "is_trap",
    "maximal_siphon",
    "maximal_trap",
    "minimal_siphons",
    "minimal_traps",
    "set_solver",
    "solved",
]

# Conflicts of the solver between two looks at the clock.
CONFLICTS = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SiphonsFound:
    """Minimal siphons or traps, as far as the budget went.

    Parameters
    ----------
    sets
        Each as ids of places in the order of the net; found in no particular order.
    complete
        Whether these are all.
    reason
        Why not, if so.
    """

    sets: tuple[tuple[str, ...], ...]
    complete: bool
    reason: str | None = None


def _lists(table: ArcTable) -> list[list[int]]:
    offsets, nodes, _ = (part.tolist() for part in table)
    return [nodes[a:b] for a, b in pairwise(offsets)]


def is_siphon(net: PetriNet, places: Iterable[str]) -> bool:
    """Return whether a set of places is a siphon; the empty set is one.

    Examples
    --------
    >>> net = PetriNet(places=["p", "q"], transitions=["t"], arcs=[("p", "t"), ("t", "q")])
    >>> is_siphon(net, ["p"]), is_siphon(net, ["q"]), is_trap(net, ["q"])
    (True, False, True)
    """
    return _closed(_numbers(net, places), _lists(net.post_arcs), _lists(net.pre_arcs))


def is_trap(net: PetriNet, places: Iterable[str]) -> bool:
    """Return whether a set of places is a trap; the empty set is one."""
    return _closed(_numbers(net, places), _lists(net.pre_arcs), _lists(net.post_arcs))


def _numbers(net: PetriNet, places: Iterable[str]) -> set[int]:
    return {net.place_index(place) for place in places}


def _closed(chosen: set[int], touching: list[list[int]], needed: list[list[int]]) -> bool:
    """Return whether each transition that touches the set on one side does on the other."""
    return all(
        chosen.isdisjoint(near) or not chosen.isdisjoint(other)
        for near, other in zip(touching, needed, strict=True)
    )


def maximal_siphon(net: PetriNet, places: Iterable[str] | None = None) -> tuple[str, ...]:
    """Return the largest siphon inside a set of places: the union of all siphons in it.

    Parameters
    ----------
    net
        Any place/transition net; weights play no part.
    places
        The set; by default all places.

    Returns
    -------
    tuple of str
        In the order of the net; empty where the set holds no siphon.

    Notes
    -----
    Linear in the size of the net: a place leaves as soon as a transition puts tokens into it and
    takes none from what is left.

    Examples
    --------
    >>> net = PetriNet(places=["p", "q"], transitions=["t"], arcs=[("p", "t"), ("t", "q")])
    >>> maximal_siphon(net), maximal_siphon(net, ["q"])
    (('p', 'q'), ())
    """
    return _maximal(net, places, net.pre_arcs, net.post_arcs, net.producers, net.consumers)


def maximal_trap(net: PetriNet, places: Iterable[str] | None = None) -> tuple[str, ...]:
    """Return the largest trap inside a set of places, as :func:`maximal_siphon` does for siphons.

    Examples
    --------
    >>> net = PetriNet(places=["p", "q"], transitions=["t"], arcs=[("p", "t"), ("t", "q")])
    >>> maximal_trap(net, ["p"]), maximal_trap(net, ["q"])
    ((), ('q',))
    """
    return _maximal(net, places, net.post_arcs, net.pre_arcs, net.consumers, net.producers)


def _maximal(
    net: PetriNet,
    places: Iterable[str] | None,
    needed: ArcTable,
    touching: ArcTable,
    into: ArcTable,
    out: ArcTable,
) -> tuple[str, ...]:
    """Take places out whose transitions ``into`` them have nothing ``needed`` in the set."""
    chosen = set(range(len(net.place_ids))) if places is None else _numbers(net, places)
    support = [sum(place in chosen for place in near) for near in _lists(needed)]
    touched, entering, leaving = _lists(touching), _lists(into), _lists(out)
    waiting = [place for place in chosen if any(not support[t] for t in entering[place])]
    gone = set(waiting)
    while waiting:
        place = waiting.pop()
        for transition in leaving[place]:
            support[transition] -= 1
            if support[transition]:
                continue
            for near in touched[transition]:
                if near in chosen and near not in gone:
                    gone.add(near)
                    waiting.append(near)
    return tuple(net.place_ids[place] for place in sorted(chosen - gone))


def minimal_siphons(
    net: PetriNet,
    *,
    inside: Iterable[str] | None = None,
    most: int = 10_000,
    budget: Budget | None = None,
) -> SiphonsFound:
    """Return the minimal siphons of a net: no siphon but the empty one is a proper part of them.

    Parameters
    ----------
    net
        Any place/transition net; weights play no part.
    inside
        Only siphons inside this set of places.
    most
        How many at most.
    budget
        Its seconds.

    Returns
    -------
    SiphonsFound

    Raises
    ------
    UsageError
        When the package ``python-sat`` is not installed.

    Notes
    -----
    Each siphon that the solver finds is shrunk to a minimal one by further questions, and its
    supersets are excluded. There can be exponentially many.
    O. Oanea, H. Wimmel, K. Wolf: New algorithms for deciding the siphon-trap property. Petri Nets
    2010, LNCS 6128.

    Examples
    --------
    >>> net = PetriNet(
    ...     places=["p", "q"], transitions=["t", "u"],
    ...     arcs=[("p", "t"), ("t", "q"), ("q", "u"), ("u", "p")],
    ... )
    >>> minimal_siphons(net).sets
    (('p', 'q'),)
    """
    return _enumerated(net, net.post_arcs, net.pre_arcs, inside, most, budget)


def minimal_traps(
    net: PetriNet,
    *,
    inside: Iterable[str] | None = None,
    most: int = 10_000,
    budget: Budget | None = None,
) -> SiphonsFound:
    """Return the minimal traps of a net, as :func:`minimal_siphons` does for siphons."""
    return _enumerated(net, net.pre_arcs, net.post_arcs, inside, most, budget)


def _enumerated(
    net: PetriNet,
    touching: ArcTable,
    needed: ArcTable,
    inside: Iterable[str] | None,
    most: int,
    budget: Budget | None,
) -> SiphonsFound:
    allowed = None if inside is None else _numbers(net, inside)
    count = len(net.place_ids)
    outside = [] if allowed is None else [-(p + 1) for p in range(count) if p not in allowed]
    meter = (budget or Budget()).start()
    found: list[tuple[str, ...]] = []
    with set_solver(_clauses(touching, needed), range(1, count + 1)) as solver:
        for literal in outside:
            solver.add_clause([literal])
        try:
            for members in _minimal(solver, count, meter):
                found.append(tuple(net.place_ids[place - 1] for place in members))
                reason = meter.exhausted()
                if reason is None and len(found) >= most:
                    reason = f"there are {most} already"
                if reason is not None:
                    return SiphonsFound(sets=tuple(found), complete=False, reason=reason)
        except UndecidedError as error:
            return SiphonsFound(sets=tuple(found), complete=False, reason=str(error))
    return SiphonsFound(sets=tuple(found), complete=True)


def _clauses(touching: ArcTable, needed: ArcTable) -> Iterator[list[int]]:
    """Yield: where a place is in the set, each transition touching it needs one in the set."""
    for near, other in zip(_lists(touching), _lists(needed), strict=True):
        helpers = [place + 1 for place in other]
        for place in near:
            if place + 1 not in helpers:
                yield [-(place + 1), *helpers]


def set_solver(clauses: Iterator[list[int]], variables: range) -> Any:
    """Return a solver for non-empty sets that obey clauses, small sets first; a context manager.

    Raises
    ------
    UsageError
        When the package ``python-sat`` is not installed.
    """
    try:
        solvers = importlib.import_module("pysat.solvers")
    except ImportError as error:
        raise UsageError(
            "minimal siphons and traps need the SAT solver python-sat, which is not installed; "
            "run 'pip install python-sat'"
        ) from error
    solver = solvers.Solver(name="minisat22", bootstrap_with=clauses)
    solver.add_clause(list(variables))
    solver.set_phases([-number for number in variables])
    return solver


def solved(solver: Any, meter: Meter, assumptions: Iterable[int] = ()) -> bool:
    """Return whether there is a set, with the clock asked every few thousand conflicts.

    Raises
    ------
    UndecidedError
        When the time is used up.
    """
    given = list(assumptions)
    while True:
        solver.conf_budget(CONFLICTS)
        found = solver.solve_limited(assumptions=given)
        if found is not None:
            return bool(found)
        meter.require_time()


def _minimal(solver: Any, count: int, meter: Meter) -> Iterator[list[int]]:
    """Yield minimal solutions (the true variables), each superset of one excluded after it."""
    fresh = count
    while solved(solver, meter):
        members = [number for number in solver.get_model()[:count] if number > 0]
        while True:
            fresh += 1
            inside = set(members)
            solver.add_clause([-fresh, *(-number for number in members)])
            shut = [-number for number in range(1, count + 1) if number not in inside]
            smaller = solved(solver, meter, [fresh, *shut])
            solver.add_clause([-fresh])
            if not smaller:
                break
            members = [number for number in solver.get_model()[:count] if number > 0]
        solver.add_clause([-number for number in members])
        yield members
