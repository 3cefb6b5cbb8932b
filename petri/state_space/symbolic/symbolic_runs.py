"""Runs from the initial marking into a set of markings, found backwards on diagrams."""

from __future__ import annotations

from petri.marking import Marking
from petri.state_space.symbolic.diagrams import Diagram
from petri.state_space.symbolic.symbolic_net import SymbolicNet
from transition_systems.budget import Budget
from transition_systems.errors import UndecidedError
from transition_systems.run import Run

__all__ = ["chained_run", "shortest_run"]


def shortest_run(
    system: SymbolicNet, inside: Diagram, goal: Diagram, *, budget: Budget | None = None
) -> Run:
    """Return a shortest run into a set.

    Parameters
    ----------
    system
        The net.
    inside
        A set that holds every marking of such a run, like all that are reachable.
    goal
        A set into which there is a run.
    budget
        Limits of the search.

    Raises
    ------
    UndecidedError
        When the budget ends.

    Notes
    -----
    The sets of markings from which the goal is 0, 1, 2, ... steps away, backwards until the initial
    marking is in one (onion rings); then forwards, one marking at a time. Every ring fires all
    transitions backwards.

    Examples
    --------
    >>> from petri import PetriNet
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [3, 0])
    >>> system = SymbolicNet(net, [0, 1], [2, 2])
    >>> shortest_run(system, system.store.true, system.one({"p1": 1, "p2": 2})).actions
    ('t1', 't1')
    """
    net, meter = system.net, (budget or Budget()).start()
    rings, seen = [goal], goal
    while not system.contains(rings[-1], net.initial):
        reason = meter.exhausted(bytes=system.store.bytes())
        if reason is not None:
            raise UndecidedError(f"no run was found yet: {reason}")
        ring = system.preimage(rings[-1]) & inside & ~seen
        seen = seen | ring
        rings.append(ring)
    marking = net.initial
    fired: list[str] = []
    for ring in reversed(rings[:-1]):
        for transition in net.enabled(marking):
            after = net.fire(marking, transition)
            if system.contains(ring, after):
                fired.append(transition)
                marking = after
                break
    return net.run(net.initial, fired)


def chained_run(
    system: SymbolicNet, inside: Diagram, goal: Diagram, *, budget: Budget | None = None
) -> Run:
    """Return a run into a set, in general not a shortest one.

    Parameters
    ----------
    system, inside, goal, budget
        As for :func:`shortest_run`.

    Raises
    ------
    UndecidedError
        When the budget ends.

    Notes
    -----
    One set grows backwards: each transition is taken back from all of it until that adds nothing,
    then the next, up and down the order of the places. Each set that was met is kept with the
    transition that made it; a marking of a set that is not in the one before leads by that
    transition into the one before. Long runs take few rounds, where rings take one for each step.

    Examples
    --------
    >>> from petri import PetriNet
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [3, 0])
    >>> system = SymbolicNet(net, [0, 1], [2, 2])
    >>> chained_run(system, system.store.true, system.one({"p2": 3})).actions
    ('t1', 't1', 't1')
    """
    net, meter = system.net, (budget or Budget()).start()
    order = sorted(range(len(system.tops)), key=system.tops.__getitem__)
    sets: list[Diagram] = [goal]
    made: list[int] = []
    upwards = True
    while not system.contains(sets[-1], net.initial):
        before, known = len(sets), len(made)
        for transition in reversed(order) if upwards else order:
            reason = meter.exhausted(bytes=system.store.bytes())
            if reason is not None:
                raise UndecidedError(f"no run was found yet: {reason}")
            while True:
                back = system.moved(sets[-1], system.back(transition)) & inside
                grown = sets[-1] | back
                if grown == sets[-1]:
                    break
                sets.append(grown)
                made.append(transition)
            if len(made) > known and system.contains(sets[-1], net.initial):
                break
            known = len(made)
        upwards = not upwards
        if len(sets) == before:
            raise UndecidedError("no run leads there")
    return net.run(net.initial, _forwards(system, sets, made))


def _forwards(system: SymbolicNet, sets: list[Diagram], made: list[int]) -> list[str]:
    """Return the transitions from the initial marking to the first set, last set first."""
    net, fired = system.net, list[str]()
    marking, most = net.initial, len(sets) - 1
    while True:
        most = _first_with(system, sets, most, marking)
        if most == 0:
            return fired
        transition = net.transition_ids[made[most - 1]]
        marking = net.fire(marking, transition)
        fired.append(transition)


def _first_with(system: SymbolicNet, sets: list[Diagram], most: int, marking: Marking) -> int:
    """Return the first of the growing sets that holds a marking; the set ``most`` does."""
    low = 0
    while low < most:
        middle = (low + most) // 2
        if system.contains(sets[middle], marking):
            most = middle
        else:
            low = middle + 1
    return low
