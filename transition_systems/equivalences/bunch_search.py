"""Which part of a block can do an arc of a bunch, found by two searches at once.

One goes back from the states that have such an arc; the other one from the states without inert
steps that have none, and takes a state when it has none and all of its inert steps lead to states
that are taken. They take turns, neither does more than twice the work of the other, and one whose
part is more than half of the block is given up: so the time is that of the smaller part.

Both go back along inert steps by a loop of their own: one that they share, which hands on the
sources of the steps to a state, makes refinement by bunches an eighth slower.
"""

from __future__ import annotations

from collections.abc import Iterator

from transition_systems.equivalences.bunches import Bunches

__all__ = ["smaller_part"]

START = 64


class _Turn:
    """How much work the searches may have done by now."""

    __slots__ = ("limit",)

    def __init__(self) -> None:
        self.limit: float = START


def smaller_part(held: Bunches, block: int, fan: int, marked: set[int]) -> tuple[list[int], bool]:
    """Return the states of a block that can do an arc of a fan after inert steps, or the others.

    Parameters
    ----------
    held
        The blocks.
    block, fan
        The block, and a fan of its arcs.
    marked
        Its states without inert steps that have an arc of the fan; not all of these states have.

    Returns
    -------
    part, able
        At most half of the states of the block, and whether these are those that can.
    """
    size = held.size[block]
    if held.n_bottoms[block] == size:
        held.arcs += min(len(marked), size - len(marked))
        if 2 * len(marked) <= size:
            return list(marked), True
        home = held.block
        rest = [s for s in held.bottoms[block] if home[s] == block and s not in marked]
        held.bottoms[block] = list(marked)
        return rest, False
    turn = _Turn()
    able, unable = set(marked), set[int]()
    searches: list[tuple[Iterator[None], set[int], bool]] = [
        (_unable(held, block, fan, marked, unable, turn), unable, False),
        (_able(held, fan, able, turn), able, True),
    ]
    while True:
        for search in list(searches):
            steps, found, kind = search
            ended = next(steps, search) is search
            if 2 * len(found) > size:
                searches.remove(search)
            elif ended:
                return list(found), kind
        turn.limit = turn.limit * 2 if len(searches) > 1 else float("inf")


def _able(held: Bunches, fan: int, found: set[int], turn: _Turn) -> Iterator[None]:
    """Find the states from which inert steps lead to an arc of the fan."""
    source, inert, fan_of = held.source, held.inert, held.fan_of
    before, offsets = held.before, held.before_offsets
    arcs, at = held.fan[fan], 0
    waiting = list(found)
    work = len(waiting)
    try:
        while True:
            while waiting:
                state = waiting[-1]
                first, last = offsets[state], offsets[state + 1]
                while work + last - first > turn.limit:
                    yield
                work += 1 + last - first
                waiting.pop()
                for arc in before[first:last]:
                    if inert[arc]:
                        other = source[arc]
                        if other not in found:
                            found.add(other)
                            waiting.append(other)
            if at == len(arcs):
                return
            arc = arcs[at]
            if fan_of[arc] != fan:  # it has left
                arcs[at] = arcs[-1]
                arcs.pop()
                continue
            while work > turn.limit:
                yield
            work += 1
            at += 1
            state = source[arc]
            if state not in found:
                found.add(state)
                waiting.append(state)
    finally:
        held.arcs += work


def _unable(
    held: Bunches, block: int, fan: int, marked: set[int], found: set[int], turn: _Turn
) -> Iterator[None]:
    """Find the states from which inert steps lead to no arc of the fan."""
    source, inert, home = held.source, held.inert, held.block
    before, offsets = held.before, held.before_offsets
    n_inert, able = held.n_inert, held.able
    base = held.fan_bunch[fan] * held.n
    states, at = held.bottoms[block], 0
    left: dict[int, int] = {}
    waiting: list[int] = []
    work = 0
    try:
        while True:
            while waiting:
                state = waiting[-1]
                first, last = offsets[state], offsets[state + 1]
                while work + last - first > turn.limit:
                    yield
                work += 1 + last - first
                waiting.pop()
                for arc in before[first:last]:
                    if inert[arc]:
                        other = source[arc]
                        more = left.get(other, n_inert[other]) - 1
                        left[other] = more
                        if not more and base + other not in able:
                            found.add(other)
                            waiting.append(other)
            if at == len(states):
                return
            state = states[at]
            if home[state] != block:  # it has left
                states[at] = states[-1]
                states.pop()
                continue
            at += 1
            if state not in marked:
                while work > turn.limit:
                    yield
                found.add(state)
                waiting.append(state)
    finally:
        held.arcs += work
