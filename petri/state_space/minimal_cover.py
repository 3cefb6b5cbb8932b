"""The minimal coverability set of a net: the least set of markings with omega above all reachable.

It is an antichain, unique for the net, and decides what can be covered and which places are
unbounded. The search is depth first as Karp and Miller's. It goes on from a marking only as long
as no other one found covers it, and accelerates along the whole history of a marking, markings
that were covered meanwhile included.

Why it is right. *Closed:* each transition enabled in a marking that is still maximal at the end
was fired while it was maximal, and what followed was covered then or became a member; what is
covered once stays covered. So the markings below the set include the initial one and are closed
under firing. *Sound:* histories are never cut, so each omega comes from a path between two
comparable markings, as in Karp and Miller's tree. *It ends:* a history without end would have two
comparable members, each such pair adds an omega or the later one is covered, and there are finitely
many places. The minimal coverability tree of Finkel (1991) cuts whole subtrees instead; their
members may cover one another in a circle, and then something is lost (Finkel, Geeraerts, Raskin,
Van Begin, 2005).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from petri.arguments import require_arguments
from petri.marking import Marking
from petri.net import PetriNet
from petri.state_space.cover_runs import Repetition, effect_of
from petri.state_space.omega_firing import OMEGA, OmegaFiring, Row
from transition_systems.budget import Budget
from transition_systems.errors import UsageError
from transition_systems.progress import Progress, ProgressCallback

__all__ = ["MinimalCoverabilitySet", "minimal_coverability_set"]

LOOK_EVERY = 64


@dataclass(frozen=True, slots=True)
class _Node:
    """A marking with omega and how it came about.

    ``cycles`` are, in their order, the accelerations: how many steps back each cycle began, and
    the places that got omega, with the tokens that each had.
    """

    row: Row
    parent: int
    transition: int
    cycles: tuple[tuple[int, dict[int, int]], ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class MinimalCoverabilitySet:
    """The maximal markings with omega of a net, and runs that show them.

    Parameters
    ----------
    net
        The net.
    elements
        int64, shape (n, n_places), no row below another; ``OMEGA`` stands for any number of
        tokens. In the order in which they were found.
    complete, reason
        Whether the construction ended, and why not. Of a partial set all rows are sound, but
        something may lie above none of them.
    """

    net: PetriNet
    elements: NDArray[np.int64]
    complete: bool
    reason: str | None
    _numbers: tuple[int, ...]
    _nodes: tuple[_Node, ...]

    def __len__(self) -> int:
        return len(self.elements)

    def __repr__(self) -> str:
        state = "complete" if self.complete else f"partial: {self.reason}"
        return f"<MinimalCoverabilitySet of {len(self)} markings, {state}>"

    @property
    def unbounded_places(self) -> tuple[str, ...]:
        """Ids of the places that have omega in some element."""
        hits = np.flatnonzero(np.atleast_1d((self.elements >= OMEGA).any(axis=0))).tolist()
        return tuple(self.net.place_ids[place] for place in hits)

    @property
    def bounds(self) -> dict[str, int | None]:
        """The least bound of each place, ``None`` for an unbounded one."""
        top = self.elements.max(axis=0).tolist()
        ids = zip(self.net.place_ids, top, strict=True)
        return {place: None if bound >= OMEGA else bound for place, bound in ids}

    def covers(self, marking: Marking) -> bool:
        """Return whether some reachable marking is at least as large as the given one."""
        wanted = marking.to_array(self.net.place_ids)
        return bool((self.elements >= wanted).all(axis=1).any())

    def omegas(self, element: int) -> tuple[str, ...]:
        """Return the ids of the places with omega in an element."""
        hits = np.flatnonzero(self.elements[element] >= OMEGA).tolist()
        return tuple(self.net.place_ids[place] for place in hits)

    def pump(self, element: int, place: str) -> tuple[str, ...]:
        """Return the cycle that gave omega to a place: each firing adds tokens to it.

        Places that had omega before may lose tokens by the cycle; :meth:`run_above` fires the
        cycles of these as often as is needed.

        Raises
        ------
        UsageError
            When the place has no omega there.
        """
        wanted = self.net.place_index(place)
        path = self._path(element)
        for at, node in enumerate(path):
            for back, places in node.cycles:
                if wanted in places:
                    return self._names(path[at - back + 1 : at + 1])
        raise UsageError(f"{place} is bounded in element {element}")

    def pumps(self, element: int, place: str) -> tuple[Repetition, ...]:
        """Return the cycle that gave omega to a place, after those that make up for its losses.

        Returns
        -------
        tuple of Repetition
            In the order of the path. Together they take tokens from no place for good and add
            some to the given one. They are cycles of different markings of the path, so where
            the bounded places differ they may not be fired one after the other.

        Raises
        ------
        UsageError
            When the place has no omega there.

        Examples
        --------
        >>> net = PetriNet.from_arrays([[0, 2], [0, 0]], [[1, 0], [0, 1]], [0, 0])
        >>> cover = minimal_coverability_set(net)
        >>> [(part.actions, part.times) for part in cover.pumps(0, "p2")]
        [(('t1',), 2), (('t2',), 1)]
        """
        wanted, path = self.net.place_index(place), self._path(element)
        total: dict[int, int] = {}
        parts: list[Repetition] = []
        for at in range(len(path) - 1, -1, -1):
            for back, places in reversed(path[at].cycles):
                if not parts and wanted not in places:
                    continue
                cycle = path[at - back + 1 : at + 1]
                change = effect_of(self.net, [node.transition for node in cycle]).change
                lost = (-(-max(0, -total.get(p, 0)) // change[p]) for p in places)
                times = max(lost, default=0) if parts else 1
                if times:
                    parts.append(Repetition(actions=self._names(cycle), times=times))
                for p, n in change.items():
                    total[p] = total.get(p, 0) + times * n
        if not parts:
            raise UsageError(f"{place} is bounded in element {element}")
        return tuple(reversed(parts))

    def run_above(self, element: int, tokens: int) -> tuple[Repetition, ...]:
        """Return a run to a marking that shows an element.

        Parameters
        ----------
        element
            The number of the element.
        tokens
            The least tokens wanted in each place with omega.

        Returns
        -------
        tuple of Repetition
            :func:`petri.state_space.cover_runs.end_of` replays it: the places without omega have
            exactly the tokens of the element then, the others at least those wanted.

        Examples
        --------
        >>> net = PetriNet.from_arrays([[1], [0]], [[1], [1]], [1, 0])
        >>> minimal_coverability_set(net).run_above(0, 100)
        (Repetition(actions=('t1',), times=100),)
        """
        path = self._path(element)
        needs = dict.fromkeys(np.flatnonzero(path[-1].row >= OMEGA).tolist(), tokens)
        parts: list[Repetition] = []
        for at in range(len(path) - 1, 0, -1):
            for back, places in reversed(path[at].cycles):
                cycle = path[at - back + 1 : at + 1]
                effect = effect_of(self.net, [node.transition for node in cycle])
                times = 0
                for place, had in places.items():
                    missing = needs.pop(place) - had
                    times = max(times, -(-missing // effect.change[place]))
                if times == 0:
                    continue
                for place, least in needs.items():
                    after = least - times * effect.change.get(place, 0)
                    needs[place] = max(after, effect.needed(place, times))
                parts.append(Repetition(actions=self._names(cycle), times=times))
            step = effect_of(self.net, [path[at].transition])
            for place, least in needs.items():
                after = least - step.change.get(place, 0)
                needs[place] = max(after, step.needs.get(place, 0))
            parts.append(Repetition(actions=self._names([path[at]]), times=1))
        parts.reverse()
        return _joined(parts)

    def accelerated(
        self, element: int
    ) -> list[tuple[str, list[tuple[tuple[str, ...], dict[int, int]]]]]:
        """Return the path to an element: each step, and the cycles that gave omega after it.

        Returns
        -------
        list
            Of a transition, and of cycles with the places (by index) that they gave omega, each
            with the tokens that it had.
        """
        path = self._path(element)
        return [
            (
                self.net.transition_ids[path[at].transition],
                [
                    (self._names(path[at - back + 1 : at + 1]), places)
                    for back, places in path[at].cycles
                ],
            )
            for at in range(1, len(path))
        ]

    def _path(self, element: int) -> list[_Node]:
        if not 0 <= element < len(self._numbers):
            raise UsageError(f"there is no element {element}; there are {len(self._numbers)}")
        number = self._numbers[element]
        path: list[_Node] = []
        while number >= 0:
            path.append(self._nodes[number])
            number = self._nodes[number].parent
        path.reverse()
        return path

    def _names(self, nodes: list[_Node]) -> tuple[str, ...]:
        return tuple(self.net.transition_ids[node.transition] for node in nodes)


def _joined(parts: list[Repetition]) -> tuple[Repetition, ...]:
    """Return the parts with neighbours joined that are fired once, or are the same."""
    joined: list[Repetition] = []
    for part in parts:
        last = joined[-1] if joined else None
        if last is not None and last.actions == part.actions:
            joined[-1] = Repetition(actions=part.actions, times=last.times + part.times)
        elif last is not None and last.times == part.times == 1:
            joined[-1] = Repetition(actions=last.actions + part.actions, times=1)
        else:
            joined.append(part)
    return tuple(joined)


class _Antichain:
    """The maximal rows so far."""

    def __init__(self, places: int) -> None:
        self.rows = np.empty((0, places), dtype=np.int64)
        self.numbers = np.empty(0, dtype=np.int64)

    def covers(self, row: Row) -> bool:
        return bool((self.rows >= row).all(axis=1).any())

    def add(self, row: Row, number: int) -> NDArray[np.int64]:
        """Add a row that is not covered; return the numbers of those that it covers."""
        below = (self.rows <= row).all(axis=1)
        gone: NDArray[np.int64] = self.numbers[below]
        self.rows = np.concatenate((self.rows[~below], row[None, :]))
        self.numbers = np.append(self.numbers[~below], number)
        return gone


def minimal_coverability_set(
    net: PetriNet,
    *,
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
) -> MinimalCoverabilitySet:
    """Return the minimal coverability set of a net, with a run for each omega.

    Parameters
    ----------
    net
        Any place/transition net.
    budget, progress
        Limits and a callback; states are the markings with omega that are kept, covered ones
        included.

    Returns
    -------
    MinimalCoverabilitySet

    Raises
    ------
    UnlistedError
        For 2**62 tokens in a place, at the start or after some firings.

    Notes
    -----
    O(kept x maximal x places); the size is not bounded by any primitive recursive function.
    A. Piipponen, A. Valmari: Constructing minimal coverability sets. Fundamenta Informaticae 143,
    2016. Another algorithm that is proved right: P.-A. Reynier, F. Servais: Minimal coverability
    set for Petri nets: Karp and Miller algorithm with pruning. Fundamenta Informaticae 122, 2013.

    Examples
    --------
    >>> net = PetriNet.from_arrays([[1], [0]], [[1], [1]], [1, 0])
    >>> minimal_coverability_set(net).bounds
    {'p1': 1, 'p2': None}
    """
    require_arguments(net, budget=budget, progress=progress)
    meter = (budget or Budget()).start()
    game = OmegaFiring(net)
    first = net.initial.to_array(net.place_ids)
    nodes = [_Node(first, -1, -1, ())]
    maximal = _Antichain(len(first))
    maximal.add(first, 0)
    active = [True]
    history = np.empty((64, len(first)), dtype=np.int64)
    history[0] = first
    stack: list[tuple[int, list[int]]] = [(0, _choices(game, first))]
    reason: str | None = None
    fired = 0
    while stack and reason is None:
        number, choices = stack[-1]
        if not choices or not active[number]:
            stack.pop()
            continue
        fired += 1
        if fired % LOOK_EVERY == 0:
            reason = meter.exhausted(states=len(nodes), bytes=2 * len(nodes) * first.nbytes)
            if progress is not None:
                progress(
                    Progress(
                        stage="coverability", states=len(nodes), frontier=len(stack), arcs=fired,
                        seconds=meter.seconds, bytes=2 * len(nodes) * first.nbytes,
                    )
                )  # fmt: skip
        transition = choices.pop()
        row = game.fire(nodes[number].row, transition)
        if maximal.covers(row):
            continue
        depth = len(stack)
        cycles = _accelerate(history[:depth], row)
        for covered in maximal.add(row, len(nodes)).tolist():
            active[covered] = False
        if depth == len(history):
            history = np.concatenate((history, np.empty_like(history)))
        history[depth] = row
        stack.append((len(nodes), _choices(game, row)))
        nodes.append(_Node(row, number, transition, cycles))
        active.append(True)
    return MinimalCoverabilitySet(
        net=net,
        elements=maximal.rows,
        complete=reason is None,
        reason=reason,
        _numbers=tuple(maximal.numbers.tolist()),
        _nodes=tuple(nodes),
    )


def _choices(game: OmegaFiring, row: Row) -> list[int]:
    return [int(transition) for transition in game.enabled(row)[::-1]]


def _accelerate(history: NDArray[np.int64], row: Row) -> tuple[tuple[int, dict[int, int]], ...]:
    """Give omega to the places that grew since a smaller marking of the history, in place."""
    cycles: list[tuple[int, dict[int, int]]] = []
    while True:
        below = np.flatnonzero((history <= row).all(axis=1))[::-1]
        for ancestor in below.tolist():
            grown = np.flatnonzero((history[ancestor] < row) & (row < OMEGA))
            if len(grown):
                places = {place: int(row[place]) for place in grown.tolist()}
                cycles.append((len(history) - ancestor, places))
                row[grown] = OMEGA
                break
        else:
            return tuple(cycles)
