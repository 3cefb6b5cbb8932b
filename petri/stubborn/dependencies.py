"""Which transitions can help or hinder which, as bit masks, and the firing rule on them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from petri.net import PetriNet

__all__ = ["Dependencies", "Tokens", "bits_of"]

Tokens = bytes | tuple[int, ...]


def bits_of(mask: int) -> Iterator[int]:
    """Yield the numbers of the bits of a mask, ascending."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


class Dependencies:
    """The static relations between the transitions of a net.

    Masks are integers in which bit ``t`` stands for transition ``t``.

    Parameters
    ----------
    net
        Any place/transition net.

    Attributes
    ----------
    more, less, users
        For each place: the transitions that leave more tokens there, fewer tokens there, and those
        that need tokens there.
    harmed
        For each transition: all that need tokens of a place that it leaves with fewer.
    guards
        For each transition: all that leave a place that it needs with fewer tokens.
    needs, moves
        For each transition its input arcs, and the changes of places, zeros left out.
    """

    def __init__(self, net: PetriNet) -> None:
        self.net = net
        size = len(net.place_ids)
        self.everything = (1 << len(net.transition_ids)) - 1
        self.initial: Tokens = _packed(net.initial.to_array(net.place_ids).tolist())
        self.needs: list[list[tuple[int, int]]] = []
        self.moves: list[list[tuple[int, int]]] = []
        self.more, self.less, self.users = [0] * size, [0] * size, [0] * size
        for number in range(len(net.transition_ids)):
            need, gives = (
                dict(zip(*(part.tolist() for part in table.row(number)), strict=True))
                for table in (net.pre_arcs, net.post_arcs)
            )
            moved = {p: gives.get(p, 0) - need.get(p, 0) for p in (*need, *gives)}
            self.needs.append(list(need.items()))
            self.moves.append([(p, n) for p, n in moved.items() if n])
            for place in need:
                self.users[place] |= 1 << number
            for place, change in self.moves[-1]:
                side = self.more if change > 0 else self.less
                side[place] |= 1 << number
        self.harmed = [
            _union(self.users[place] for place, change in moved if change < 0)
            for moved in self.moves
        ]
        self.guards = [_union(self.less[place] for place, _ in need) for need in self.needs]
        self._woken = [
            list(bits_of(_union(self.users[place] for place, _ in moved))) for moved in self.moves
        ]

    def enabled(self, tokens: Sequence[int]) -> int:
        """Return the enabled transitions."""
        mask = 0
        for number, need in enumerate(self.needs):
            if all(tokens[place] >= weight for place, weight in need):
                mask |= 1 << number
        return mask

    def fire(self, tokens: Tokens, enabled: int, transition: int) -> tuple[Tokens, int]:
        """Return the marking after an enabled transition, and what is enabled there."""
        after = list(tokens)
        for place, change in self.moves[transition]:
            after[place] += change
        for number in self._woken[transition]:
            for place, weight in self.needs[number]:
                if after[place] < weight:
                    enabled &= ~(1 << number)
                    break
            else:
                enabled |= 1 << number
        return _packed(after), enabled


def _packed(tokens: list[int]) -> Tokens:
    """Return tokens as bytes where each fits into one, else as a tuple; equal ones alike."""
    try:
        return bytes(tokens)
    except ValueError:
        return tuple(tokens)


def _union(masks: Iterator[int]) -> int:
    total = 0
    for mask in masks:
        total |= mask
    return total
