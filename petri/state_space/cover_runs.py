"""Runs that show an omega: sequences of transitions, each repeated a number of times.

Numbers of repetitions grow fast where one unbounded place feeds another, so that a run is written
with repetitions and replayed in closed form, with exact integers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from petri.marking import Marking
from petri.net import PetriNet
from transition_systems.errors import UsageError

__all__ = ["Effect", "Repetition", "effect_of", "end_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Repetition:
    """A sequence of transitions that is fired several times.

    Parameters
    ----------
    actions
        Ids of transitions.
    times
        How often the whole sequence is fired, at least once.
    """

    actions: tuple[str, ...]
    times: int


@dataclass(frozen=True, slots=True)
class Effect:
    """What a sequence of transitions needs and does, by index of the place.

    Parameters
    ----------
    needs
        The least tokens that enable it.
    change
        The tokens that it adds, or takes where negative.
    """

    needs: dict[int, int]
    change: dict[int, int]

    def needed(self, place: int, times: int) -> int:
        """Return the least tokens of a place that let the sequence be fired so often."""
        loss = max(0, -self.change.get(place, 0))
        return self.needs.get(place, 0) + (times - 1) * loss


def effect_of(net: PetriNet, transitions: Iterable[int]) -> Effect:
    """Return what a sequence of transitions, by index, needs and does.

    Examples
    --------
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [2]], [1, 0])
    >>> effect_of(net, [0, 0])
    Effect(needs={0: 2}, change={0: -2, 1: 4})
    """
    needs: dict[int, int] = {}
    change: dict[int, int] = {}
    for transition in transitions:
        for place, weight in _arcs(net.pre_arcs.row(transition)):
            needs[place] = max(needs.get(place, 0), weight - change.get(place, 0))
        for place, weight in _arcs(net.pre_arcs.row(transition)):
            change[place] = change.get(place, 0) - weight
        for place, weight in _arcs(net.post_arcs.row(transition)):
            change[place] = change.get(place, 0) + weight
    return Effect(needs, change)


def _arcs(row: tuple[NDArray[np.int64], NDArray[np.int64]]) -> Iterator[tuple[int, int]]:
    return zip(row[0].tolist(), row[1].tolist(), strict=True)


def end_of(net: PetriNet, run: Iterable[Repetition]) -> Marking:
    """Replay a run from the initial marking and return where it ends.

    Parameters
    ----------
    net
        The net.
    run
        Its parts.

    Returns
    -------
    Marking

    Raises
    ------
    UsageError
        When some firing is not enabled.

    Notes
    -----
    O(length of the sequences), however often they are repeated.

    Examples
    --------
    >>> net = PetriNet.from_arrays([[1], [0]], [[1], [1]], [1, 0])
    >>> end_of(net, [Repetition(actions=("t1",), times=10**6)])
    Marking({'p1': 1, 'p2': 1000000})
    """
    tokens = dict(enumerate(net.initial.to_array(net.place_ids).tolist()))
    for part in run:
        if part.times < 1:
            raise UsageError("a sequence is fired at least once")
        effect = effect_of(net, [net.transition_index(action) for action in part.actions])
        for place in effect.needs:
            if tokens[place] < effect.needed(place, part.times):
                raise UsageError(
                    f"{' '.join(part.actions)} cannot be fired {part.times} times: "
                    f"{net.place_ids[place]} has too few tokens"
                )
        for place, change in effect.change.items():
            tokens[place] += change * part.times
    return Marking({net.place_ids[p]: count for p, count in tokens.items() if count})
