"""Parity games on arrays, solved by Zielonka's recursive algorithm.

Two players move a token along arcs, for ever. Even wins where the largest priority that is seen
infinitely often is even, Odd where it is odd.
W. Zielonka: Infinite games on finitely coloured graphs with applications to automata on infinite
trees. Theoretical Computer Science 200, 1998.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from transition_systems.budget import Budget, Meter
from transition_systems.csr import csr_order, row_arcs
from transition_systems.errors import UndecidedError, UsageError

__all__ = ["ParityGame", "solve", "strategies"]

Indices = NDArray[np.int64]
Bools = NDArray[np.bool_]
NARROW, NARROW_LEVELS, LOOK = 32, 500, 1 << 12


@dataclass(frozen=True)
class ParityGame:
    """A game: from each position at least one move.

    Parameters
    ----------
    offsets, targets
        The moves in compressed sparse rows, int64 (n + 1,) and (m,).
    odd
        Where Odd moves, bool (n,).
    priority
        int64 (n,), not negative.
    """

    offsets: Indices
    targets: Indices
    odd: Bools
    priority: Indices
    _back: list[tuple[Indices, Indices]] = field(default_factory=list, init=False, repr=False)

    def __post_init__(self) -> None:
        if (np.diff(self.offsets) == 0).any():
            raise UsageError("a position of a parity game has no move")

    @property
    def backward(self) -> tuple[Indices, Indices]:
        """The moves turned around: offsets and sources."""
        if not self._back:
            count = len(self.odd)
            sources = np.repeat(np.arange(count, dtype=np.int64), np.diff(self.offsets))
            order, offsets = csr_order(self.targets, count)
            self._back.append((offsets, sources[order]))
        return self._back[0]


def solve(game: ParityGame, *, budget: Budget | None = None) -> Bools:
    """Return the positions from which Even wins, bool (n,).

    Parameters
    ----------
    game
        The game.
    budget
        Its seconds.

    Returns
    -------
    ndarray of bool

    Raises
    ------
    UndecidedError
        When the budget ends.

    Notes
    -----
    O(m n^(d - 1)) at worst for d priorities, in practice a few attractors, each O(m).

    Examples
    --------
    >>> game = ParityGame(np.array([0, 2, 3, 4]), np.array([1, 2, 0, 2]),
    ...                   np.array([False, True, False]), np.array([1, 2, 1]))
    >>> solve(game).tolist()
    [True, True, False]
    """
    return strategies(game, budget=budget)[0]


def strategies(game: ParityGame, *, budget: Budget | None = None) -> tuple[Bools, Indices]:
    """Return the positions from which Even wins, and for each position a move of its player.

    Parameters
    ----------
    game, budget
        As for :func:`solve`.

    Returns
    -------
    even, move
        bool (n,); int64 (n,): the next position, which wins wherever the player who moves wins.

    Raises
    ------
    UndecidedError
        When the budget ends.

    Examples
    --------
    >>> game = ParityGame(np.array([0, 2, 3, 4]), np.array([1, 2, 0, 2]),
    ...                   np.array([False, True, False]), np.array([1, 2, 1]))
    >>> [found.tolist() for found in strategies(game)]
    [[True, True, False], [1, 0, 2]]
    """
    meter = (budget or Budget()).start()
    move = game.targets[game.offsets[:-1]].copy()
    everything = np.ones(len(game.odd), dtype=np.bool_)
    return _region(game, everything, move, meter), move


def _region(game: ParityGame, inside: Bools, move: Indices, meter: Meter) -> Bools:
    """Return where Even wins in a part of the game; calls itself once for each priority.

    What a call writes for the winner of a position stays; all else is written again later.
    """
    inside = inside.copy()
    lost = np.zeros_like(inside)
    while inside.any():
        top = int(game.priority[inside].max())
        odd = bool(top % 2)
        best = inside & (game.priority == top)
        _stay(game, best & (game.odd == odd), inside, move)
        rest = inside & ~_attractor(game, inside, best, odd, move, meter)
        even_wins = _region(game, rest, move, meter)
        other = rest & (even_wins if odd else ~even_wins)
        if not other.any():
            # The player of the top priority wins all that is left, the other what was taken away.
            return lost if odd else lost | inside
        taken = _attractor(game, inside, other, not odd, move, meter)
        if odd:
            lost |= taken
        inside &= ~taken
    return lost


def _stay(game: ParityGame, positions: Bools, inside: Bools, move: Indices) -> None:
    """Let some positions move anywhere in a part of the game."""
    own = np.flatnonzero(positions)
    arcs = row_arcs(game.offsets, own)
    tails = np.repeat(own, game.offsets[own + 1] - game.offsets[own])
    good = inside[game.targets[arcs]]
    move[tails[good]] = game.targets[arcs[good]]


def _attractor(
    game: ParityGame, inside: Bools, goal: Bools, odd: bool, move: Indices, meter: Meter
) -> Bools:
    """Return from where a player can force the token into a goal, within a part of the game."""
    reason = meter.exhausted()
    if reason is not None:
        raise UndecidedError(reason)
    offsets, sources = game.backward
    found = goal.copy()
    own = game.odd if odd else ~game.odd
    left = np.full(len(own), -1, dtype=np.int64)
    fresh = np.flatnonzero(goal)
    narrow = 0
    while len(fresh):
        narrow = narrow + 1 if len(fresh) < NARROW else 0
        if narrow > NARROW_LEVELS:
            return _attracted(game, inside, found, own, left, move, fresh.tolist(), meter)
        reason = meter.exhausted()
        if reason is not None:
            raise UndecidedError(reason)
        before = sources[row_arcs(offsets, fresh)]
        after = np.repeat(fresh, offsets[fresh + 1] - offsets[fresh])
        open_ = inside[before] & ~found[before]
        before, after = before[open_], after[open_]
        ours = own[before]
        move[before[ours]] = after[ours]
        theirs = before[~own[before]]
        new = np.unique(theirs[left[theirs] < 0])
        if len(new):
            left[new] = _moves_inside(game, new, inside)
        np.subtract.at(left, theirs, 1)
        fresh = np.unique(np.concatenate([before[own[before]], theirs[left[theirs] == 0]]))
        found[fresh] = True
    return found


def _attracted(
    game: ParityGame, inside: Bools, found: Bools, own: Bools, left: Indices, move: Indices,
    waiting: list[int], meter: Meter,
) -> Bools:  # fmt: skip
    """Go on with an attractor, one position after the other, where each level has few of them."""
    offsets, sources = (array.tolist() for array in game.backward)
    rows, heads = game.offsets.tolist(), game.targets.tolist()
    within, known, ours = (bytearray(flags.tobytes()) for flags in (inside, found, own))
    still, moves = left.tolist(), move.tolist()
    for count, position in enumerate(waiting, start=1):  # grows: breadth first, nearest moves
        if count % LOOK == 0:
            reason = meter.exhausted()
            if reason is not None:
                raise UndecidedError(reason)
        for before in sources[offsets[position] : offsets[position + 1]]:
            if not within[before] or known[before]:
                continue
            if ours[before]:
                moves[before] = position
            else:
                if still[before] < 0:
                    still[before] = sum(
                        within[head] for head in heads[rows[before] : rows[before + 1]]
                    )
                still[before] -= 1
                if still[before]:
                    continue
            known[before] = 1
            waiting.append(before)
    move[:] = moves
    return np.frombuffer(known, dtype=np.bool_).copy()


def _moves_inside(game: ParityGame, positions: Indices, inside: Bools) -> Indices:
    """Return for each position how many of its moves stay in a part of the game."""
    widths = game.offsets[positions + 1] - game.offsets[positions]
    hits = inside[game.targets[row_arcs(game.offsets, positions)]].astype(np.int64)
    return np.add.reduceat(hits, np.cumsum(widths) - widths)
