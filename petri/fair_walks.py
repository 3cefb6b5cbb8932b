"""Fair cycles found without a list of markings: what waited longest goes first."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from petri.incidence import ArcTable
from petri.net import PetriNet
from transition_systems.budget import Budget
from transition_systems.run import Lasso

__all__ = ["fair_lasso"]

# Firings of one walk, tokens that are kept of it, walks, and tokens that 64 bits hold for sure.
LONGEST, MOST_CELLS, WALKS, HUGE = 20_000, 1 << 23, 4, 1 << 61


def fair_lasso(
    net: PetriNet, *, strong: bool, budget: Budget | None = None, seed: int | None = None
) -> Lasso | None:
    """Return an infinite run that is fair, if a walk that takes turns comes back to a marking.

    Parameters
    ----------
    net
        Any place/transition net.
    strong
        Strong fairness: what is enabled again and again occurs again and again. Weak otherwise:
        what stays enabled occurs.
    budget
        Seconds.
    seed
        Of the walks after the first, which break ties by chance.

    Returns
    -------
    Lasso or None
        ``None`` says nothing.

    Notes
    -----
    The enabled transition that has not occurred for the longest time is fired. Where a marking is
    seen again, the steps since then are a cycle, and when each transition occurred and was enabled
    last tells whether it is fair. O(transitions) for a firing. So the cycles of parts that run side
    by side need as many steps as the parts have, however many markings there are.

    Examples
    --------
    >>> net = PetriNet.from_arrays([[1, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0, 1]],
    ...                            [[0, 1, 0, 1], [1, 0, 0, 0], [0, 0, 1, 0]], [1, 0, 0])
    >>> sorted(set(fair_lasso(net, strong=True).actions))
    ['t1', 't2', 't3', 't4']
    """
    if not net.transition_ids or max(net.initial.to_dict().values(), default=0) >= HUGE:
        return None
    limit = (budget or Budget()).fixed()
    game = _Game(net)
    rng = np.random.default_rng(0 if seed is None else seed)
    for number in range(WALKS):
        found = _walk(game, strong, limit, rng if number else None)
        if found is not None:
            actions, start = found
            run = net.run(net.initial, actions)
            return Lasso(initial=run.initial, steps=run.steps, loop_start=start)
        if limit.remaining() == 0.0:
            return None
    return None


class _Game:
    """The firing rule, with which transitions are asked anew after each firing."""

    def __init__(self, net: PetriNet) -> None:
        count = len(net.transition_ids)
        self.initial: list[int] = net.initial.to_array(net.place_ids).tolist()
        self.needs = list(_rows(net.pre_arcs, count))
        self.moves: list[list[tuple[int, int]]] = []
        users: list[list[int]] = [[] for _ in net.place_ids]
        for number, (needs, gives) in enumerate(
            zip(self.needs, _rows(net.post_arcs, count), strict=True)
        ):
            moved = {p: gives.get(p, 0) - needs.get(p, 0) for p in (*needs, *gives)}
            self.moves.append([(p, n) for p, n in moved.items() if n])
            for place in needs:
                users[place].append(number)
        self.woken = [sorted({t for p, _ in moved for t in users[p]}) for moved in self.moves]

    def able(self, tokens: list[int], number: int) -> bool:
        return all(tokens[place] >= n for place, n in self.needs[number].items())


def _rows(table: ArcTable, count: int) -> Iterator[dict[int, int]]:
    for number in range(count):
        places, weights = table.row(number)
        yield dict(zip(places.tolist(), weights.tolist(), strict=True))


def _walk(
    game: _Game, strong: bool, limit: Budget, rng: np.random.Generator | None
) -> tuple[list[int], int] | None:
    """Return the transitions of a walk and where its fair cycle begins."""
    count, meter, tokens = len(game.needs), limit.start(), list(game.initial)
    enabled: NDArray[np.bool_] = np.array([game.able(tokens, t) for t in range(count)])
    fired = np.full(count, -1, dtype=np.int64)
    # The last marking, by number, in which each transition was disabled, or was enabled.
    other = np.where(enabled if strong else ~enabled, 0, -1)
    seen: dict[tuple[int, ...], list[int]] = {tuple(tokens): [0]}
    actions: list[int] = []
    most = min(LONGEST, MOST_CELLS // max(1, len(tokens)))
    while len(actions) < most and not meter.out_of_time():
        able = np.flatnonzero(enabled)
        if not len(able):
            return None
        waited = fired[able]
        first = able[waited == waited.min()]
        chosen = int(first[0] if rng is None else rng.choice(first))
        for place, moved in game.moves[chosen]:
            tokens[place] += moved
        if max(tokens) >= HUGE:
            return None
        for number in game.woken[chosen]:
            enabled[number] = game.able(tokens, number)
        actions.append(chosen)
        now = len(actions)
        fired[chosen] = now
        other[enabled if strong else ~enabled] = now
        before = seen.setdefault(tuple(tokens), [])
        for start in before:
            # The cycle has the markings after `start` up to now, which is the same as `start`.
            good = (fired > start) | ((other <= start) if strong else (other > start))
            if good.all():
                return actions, start
        before[1:] = [now]  # the first time and the last one are kept
    return None
