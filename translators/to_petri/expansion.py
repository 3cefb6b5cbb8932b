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

from petri import reachability_graph
from transition_systems.budget import Budget
from translators.to_petri.assembly import Assembly, TransitionRecord
from translators.to_petri.context import Context

__all__ = ["MAX_EXPANDED", "LocalMarkings", "explore_part"]

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
    assembly = context.assembly
    rest = np.array([assembly.places[p].rest for p in places], dtype=np.int64)
    start = {p: assembly.places[p].rest + initial.get(p, 0) for p in places}
    net = assembly.net(None, transitions=transitions, places=places, initial=start)
    limit = Budget(states=MAX_EXPLORED, seconds=5.0, deadline=context.budget.deadline)
    graph = reachability_graph(net, budget=limit)
    if not graph.complete:
        return None
    rows = graph.markings[:, : len(places)]
    live = np.array([assembly.places[p].live for p in places], dtype=bool)
    return LocalMarkings(tuple(places), np.unique(rows, axis=0), live, rest)
