"""Exact expansion: which markings can a part of a net be in, and how to consume just one of them.

A part (the body of a sub-process, the region before an inclusive join) is explored by itself with
everything from outside available, so every marking that it can have in the whole net is found. One
transition for each of these markings then empties the part in one step. Where a marking lies below
another one, limits (zero tests) keep the transition from firing in the larger one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from petri import PetriNet, reachability_graph
from petri.reductions import Preserved, reduce_net
from transition_systems.budget import Budget
from transition_systems.properties.predicates import Compare
from translators.to_petri.assembly import Assembly, TransitionRecord
from translators.to_petri.context import Context

__all__ = ["MAX_EXPANDED", "LocalMarkings", "explore_ends", "explore_part"]

MAX_EXPLORED = 50_000
MAX_EXPANDED = 3_000


@dataclass(frozen=True, slots=True)
class LocalMarkings:
    """The markings of a part: ``rows`` int64 (n_markings, n_places) over ``places``."""

    places: tuple[str, ...]
    rows: NDArray[np.int64]
    live: NDArray[np.bool_]
    rest: NDArray[np.int64]

    def terminal(self) -> NDArray[np.int64]:
        """Return the markings without a live token, in order of discovery."""
        found: NDArray[np.int64] = self.rows[(self.rows[:, self.live] == 0).all(axis=1)]
        return found

    def bounds(self) -> NDArray[np.int64]:
        """Return the largest number of tokens seen in each place."""
        top: NDArray[np.int64] = self.rows.max(axis=0)
        return top

    def consume(
        self, marking: NDArray[np.int64], assembly: Assembly, keep: Iterable[str] = ()
    ) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
        """Return pre, post and limits of a transition that empties the part in one marking.

        Parameters
        ----------
        marking
            int64 (n_places,): one of ``rows``.
        assembly
            Where the bounds of limited places are noted.
        keep
            Places whose tokens stay.
        """
        kept = set(keep)
        pre: dict[str, int] = {}
        post: dict[str, int] = {}
        for index, place in enumerate(self.places):
            tokens, rest = int(marking[index]), int(self.rest[index])
            if place in kept:
                continue
            if tokens > rest:
                pre[place] = tokens
                if rest:
                    post[place] = rest
            elif tokens < rest:
                post[place] = rest - tokens
                # A resting place never holds more than its rest, so nothing more is to be tested.
            elif tokens:
                pre[place] = post[place] = tokens
        larger = self.rows[(self.rows >= marking).all(axis=1) & (self.rows != marking).any(axis=1)]
        at_most: dict[str, int] = {}
        top = self.bounds()
        while len(larger):
            above = (larger > marking).sum(axis=0)
            best = int(above.argmax())
            at_most[self.places[best]] = int(marking[best])
            assembly.limit(self.places[best], int(top[best]))
            larger = larger[larger[:, best] <= marking[best]]
        return pre, post, at_most


def explore_part(
    context: Context,
    places: Sequence[str],
    transitions: Sequence[TransitionRecord],
    initial: dict[str, int],
) -> LocalMarkings | None:
    """Return all markings of a part started with some tokens; ``None`` where it is too large.

    Parameters
    ----------
    context
        The translation.
    places
        The places of the part; their rest tokens are added to ``initial``.
    transitions
        The transitions that act inside the part. Those that leave it are no part of it.
    initial
        Tokens at the start of the part.
    """
    net = _part(context, places, transitions, initial)
    graph = reachability_graph(net, budget=_limit(context))
    if not graph.complete:
        return None
    rows = graph.markings[:, : len(places)]
    live, rest = _kinds(context, places)
    return LocalMarkings(tuple(places), np.unique(rows, axis=0), live, rest)


def explore_ends(
    context: Context,
    places: Sequence[str],
    transitions: Sequence[TransitionRecord],
    initial: dict[str, int],
    keep: Sequence[str] = (),
) -> LocalMarkings | None:
    """Return just the markings of a part in which no live token is left, by reduction.

    ``None`` where that is too large as well, or where such a marking lies below another one of
    the part, so that emptying it needs limits which only all markings tell.

    The reduction takes out only live places, which are empty in the markings asked for, so it
    keeps all of these; and where a marking with tokens in such a place lies above one of them,
    one of the smaller net does (the tokens move on; see :func:`petri.reductions.reduce_net`).

    Parameters
    ----------
    context, places, transitions, initial
        As for :func:`explore_part`.
    keep
        Places in which live tokens may be left, at most one in each; ``None`` is returned where
        there can be more.
    """
    net = _part(context, places, transitions, initial)
    live, rest = _kinds(context, places)
    kept = np.array([place in set(keep) for place in places], dtype=bool)
    busy = live & ~kept
    inside = [place for place, alive in zip(places, busy, strict=True) if alive]
    empty = Compare(tuple((place, 1) for place in inside), "<=", 0)
    small = reduce_net(net, Preserved(completion=empty), budget=_limit(context))
    graph = reachability_graph(small.reduced, budget=_limit(context))
    if not graph.complete:
        return None
    columns = {place: graph.column(place) for place in small.reduced.place_ids}
    counts: list[NDArray[np.int64]] = []
    for place in places:
        now = small.image.get(place, place)
        fixed = np.full(graph.n_states, now if isinstance(now, int) else 0, dtype=np.int64)
        counts.append(fixed if isinstance(now, int) else columns[now].astype(np.int64))
    rows = np.unique(np.stack(counts, axis=1), axis=0)
    if (rows[:, kept] > 1).any():
        return None
    ends = rows[(rows[:, busy] == 0).all(axis=1)]
    for row in ends:
        if ((rows >= row).all(axis=1) & (rows != row).any(axis=1)).any():
            return None
    return LocalMarkings(tuple(places), ends, live, rest)


def _part(
    context: Context,
    places: Sequence[str],
    transitions: Sequence[TransitionRecord],
    initial: dict[str, int],
) -> PetriNet:
    assembly = context.assembly
    start = {p: assembly.places[p].rest + initial.get(p, 0) for p in places}
    return assembly.net(None, transitions=transitions, places=places, initial=start)


def _kinds(context: Context, places: Sequence[str]) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Return which places are live, and the tokens that each rests with."""
    known = context.assembly.places
    live = np.array([known[p].live for p in places], dtype=bool)
    return live, np.array([known[p].rest for p in places], dtype=np.int64)


def _limit(context: Context) -> Budget:
    return Budget(states=MAX_EXPLORED, deadline=context.budget.deadline)
