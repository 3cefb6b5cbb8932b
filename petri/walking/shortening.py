"""Shorter runs: loops cut where a marking comes back, and steps left out that are not needed."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from petri.net import PetriNet
from petri.walking.moves import needs_and_moves

__all__ = ["Firing", "shortened"]

MOST_FIRINGS = 200_000


class Firing:
    """The firing rule of a net on lists of tokens.

    Parameters
    ----------
    net
        Any place/transition net.
    """

    __slots__ = ("initial", "moves", "needs")

    def __init__(self, net: PetriNet) -> None:
        self.initial: list[int] = net.initial.to_array(net.place_ids).tolist()
        self.needs, self.moves = needs_and_moves(net)

    def able(self, tokens: Sequence[int], transition: int) -> bool:
        """Return whether a transition is enabled."""
        return all(tokens[place] >= weight for place, weight in self.needs[transition])

    def fire(self, tokens: list[int], transition: int) -> None:
        """Change the tokens by an enabled transition."""
        for place, change in self.moves[transition]:
            tokens[place] += change

    def play(self, transitions: Sequence[int]) -> list[int] | None:
        """Return the marking after a sequence, ``None`` where it cannot be fired."""
        tokens = list(self.initial)
        for transition in transitions:
            if not self.able(tokens, transition):
                return None
            self.fire(tokens, transition)
        return tokens


def shortened(
    firing: Firing,
    transitions: Sequence[int],
    good: Callable[[list[int]], bool],
    *,
    effort: int = MOST_FIRINGS,
) -> list[int]:
    """Return a shorter sequence that still ends in a good marking.

    Parameters
    ----------
    firing
        The net.
    transitions
        A sequence that can be fired from the initial marking.
    good
        Tells the markings wanted; it holds at the end of the sequence.
    effort
        How many firings may be spent.

    Returns
    -------
    list of int
        The sequence up to the first good marking without its loops, with parts left out as long
        as what is left can be fired and ends in a good marking.
    """
    kept = _without_loops(firing, transitions)
    size = len(kept) // 2
    while size:
        start = len(kept) - size
        while start >= 0:
            if effort <= 0:
                return kept
            effort -= len(kept)
            shorter = kept[:start] + kept[start + size :]
            after = firing.play(shorter)
            if after is not None and good(after):
                kept = shorter
            start -= size
        size //= 2
    return _without_loops(firing, kept)


def _without_loops(firing: Firing, transitions: Sequence[int]) -> list[int]:
    """Cut what lies between two equal markings; markings are told apart by a random sum."""
    chance = random.Random(1)  # noqa: S311 - a walk, no secret
    factors = [chance.getrandbits(120) for _ in firing.initial]
    steps = [sum(n * factors[p] for p, n in moved) for moved in firing.moves]
    now, seen, trail, kept = 0, {0: 0}, [0], list[int]()
    for transition in transitions:
        now += steps[transition]
        kept.append(transition)
        at = seen.get(now)
        if at is None:
            seen[now] = len(kept)
            trail.append(now)
            continue
        for left in trail[at + 1 :]:
            del seen[left]
        del kept[at:], trail[at + 1 :]
    return kept if firing.play(kept) == firing.play(transitions) else list(transitions)
