"""Steps that can be repeated for ever, found without a list of markings.

The numbers of firings come from a linear program; a walk looks for a marking from which so many of
each transition can be fired, one after the other.
"""

from __future__ import annotations

import random
from collections.abc import Collection

from petri.net import PetriNet
from petri.structure.falling_sums import repeatable_counts
from petri.tuple_game import Able, Marking, TupleGame
from transition_systems.budget import Budget, Meter
from transition_systems.errors import UsageError
from transition_systems.run import Lasso

__all__ = ["net_of_transitions", "repeatable_run"]

WALKS, LONGEST = 4, 4_000


def repeatable_run(
    net: PetriNet, *, among: Collection[str] | None = None, budget: Budget | None = None,
    seed: int | None = None,
) -> Lasso | None:  # fmt: skip
    """Return a run and steps after it that end with at least the tokens that they began with.

    Parameters
    ----------
    net
        Any place/transition net.
    among
        The transitions that the steps after the run may be; by default all of the net.
    budget
        Seconds.
    seed
        Of the walks.

    Returns
    -------
    Lasso or None
        Its steps after the stem come back to where they began, or above: they can be repeated for
        ever. ``None`` says nothing.

    Notes
    -----
    From the initial marking and from markings of random walks on, after 1, 2, 4... steps, the
    firings of :func:`petri.structure.falling_sums.repeatable_counts` are tried one after the other,
    whichever is enabled. O(transitions of a place) for a firing.

    Examples
    --------
    >>> net = PetriNet.from_arrays([[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    ...                            [[0, 0, 0], [1, 0, 1], [0, 1, 0]], [1, 0, 0])
    >>> found = repeatable_run(net)
    >>> found.actions, found.loop_start
    (('t1', 't2', 't3'), 1)
    """
    limit = (budget or Budget()).fixed()
    meter, game = limit.start(), TupleGame(net)
    chance = random.Random(seed or 0)  # noqa: S311 - a walk, no secret
    part = net if among is None else net_of_transitions(net, among)
    number = [net.transition_index(name) for name in part.transition_ids]
    for found_counts in repeatable_counts(part, budget=limit, seed=seed):
        counts = {number[transition]: count for transition, count in found_counts.items()}
        for _ in range(WALKS):
            found = _walk(game, counts, chance, meter)
            if found is not None:
                stem, cycle = found
                names = [net.transition_ids[t] for t in (*stem, *cycle)]
                try:
                    run = net.run(net.initial, names)
                except UsageError:  # more tokens than a marking has
                    continue
                return Lasso(initial=run.initial, steps=run.steps, loop_start=len(stem))
            if meter.out_of_time():
                return None
    return None


def net_of_transitions(net: PetriNet, names: Collection[str]) -> PetriNet:
    """Return a net with some of its transitions only, and all its places.

    Examples
    --------
    >>> net = PetriNet.from_arrays([[1, 0], [0, 1]], [[0, 1], [1, 0]], [1, 0])
    >>> net_of_transitions(net, ["t2"]).transition_ids
    ('t2',)
    """
    kept = [node for node in net.transitions if node.id in names]
    left = set(net.transition_ids).difference(names)
    arcs = [arc for arc in net.arcs if arc.source not in left and arc.target not in left]
    return net.replace(transitions=kept, arcs=arcs)


def _walk(
    game: TupleGame, counts: dict[int, int], chance: random.Random, meter: Meter
) -> tuple[list[int], list[int]] | None:
    """Return the firings of a walk, and those after it in the given numbers."""
    marking, fired, next_try = game.initial, list[int](), 0
    able = game.able(marking)
    while len(fired) <= LONGEST and not meter.out_of_time():
        if len(fired) == next_try:
            cycle = _fired(game, marking, able, counts, chance, meter)
            if cycle is not None:
                return fired, cycle
            next_try = 2 * next_try or 1
        if not able:
            return None
        # What the counts have is fired twice as often as the rest.
        wanted = [t for t in able if t in counts] if chance.random() < 1 / 3 else []
        chosen = chance.choice(sorted(wanted or able))
        marking = game.after(marking, chosen)
        able = game.able_after(able, chosen, marking)
        fired.append(chosen)
    return None


def _fired(
    game: TupleGame,
    marking: Marking,
    able: Able,
    counts: dict[int, int],
    chance: random.Random,
    meter: Meter,
) -> list[int] | None:
    """Fire each transition as often as is said, whichever is enabled; ``None`` where none is."""
    left, done = dict(counts), list[int]()
    while left:
        ready = sorted(t for t in able if t in left)
        if not ready or meter.out_of_time():
            return None
        chosen = chance.choice(ready)
        left[chosen] -= 1
        if not left[chosen]:
            del left[chosen]
        marking = game.after(marking, chosen)
        able = game.able_after(able, chosen, marking)
        done.append(chosen)
    return done
