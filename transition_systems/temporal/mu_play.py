"""The play of a winning strategy: what a run of the system shows of a formula of the mu-calculus.

The winner moves as its strategy says. Where the other player has several moves, those that lose at
once, or after one step, do not count; the play goes on while one is left, and ends where there are
none or several. It also ends where the other player would have to make a step after the outermost
fixpoint was left: the state is reached then that ``[true*] f`` or ``<true*> f`` is about.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transition_systems.csr import row_arcs
from transition_systems.lts import LTS
from transition_systems.run import Lasso, Run, Step
from transition_systems.scc import tarjan
from transition_systems.temporal.mu_game import MuNode
from transition_systems.temporal.parity_games import ParityGame

__all__ = ["nearest_play", "play_of", "played", "with_states"]

MOST_STEPS, MOST_LOOKED = 100_000, 64
NARROW, NARROW_LEVELS = 32, 500
# Initial states whose plays are compared at least, and positions of plays for more of them.
MOST_STARTS, MOST_COMPARED = 100, 100_000
MODAL = ("diamond", "box")


def play_of(
    game: ParityGame, nodes: tuple[MuNode, ...], lts: LTS, move: NDArray[np.int64], start: int, *,
    odd: bool, look: Callable[[], None] = lambda: None,
) -> Run | Lasso | None:  # fmt: skip
    """Return the run that a player's winning strategy plays from a state, while it has no choice.

    Parameters
    ----------
    game, nodes, lts
        The game of a formula's parts and a system.
    move
        For each position of the player its next position, int64.
    start
        The state in which the play begins; the player wins there.
    odd
        Which player it is.
    look
        Called now and then; may raise.

    Returns
    -------
    Run, Lasso or None
        States are numbers; a lasso where the play comes back to a position after a step. Of the
        player who shows that the formula holds it ends with the last step that this player chose:
        steps of the other one are no witness. ``None`` where there are none, and for a play of
        more than 100,000 steps.

    Notes
    -----
    Linear in the positions of the play, times those that are looked at for a loss at once.

    Examples
    --------
    >>> from transition_systems.temporal.mu_calculus import check_mu
    >>> lts = LTS.from_arcs(3, [(0, "a", 1), (1, "b", 0), (1, "c", 2)])
    >>> check_mu(lts, "[true*] <true> true").witness.actions
    ('a', 'c')
    """
    return _Play(game, nodes, lts, move, odd).run(start, look)


def nearest_play(
    game: ParityGame, nodes: tuple[MuNode, ...], lts: LTS, move: NDArray[np.int64],
    starts: NDArray[np.int64], look: Callable[[], None],
) -> tuple[NDArray[np.int64], Run | Lasso | None]:  # fmt: skip
    """Return the initial state that breaks a formula by the fewest steps, and its run.

    ``starts`` are the initial states that break it, and ``move`` is how; the rest as for
    :func:`play_of`.
    """
    play, best, looked = _Play(game, nodes, lts, move, True), 0, 0
    found: Run | Lasso | None = None
    for number, start in enumerate(starts.tolist()):
        if number >= MOST_STARTS and looked > MOST_COMPARED:
            break
        path = play.run(start, look, MOST_STEPS if found is None else len(found.steps) - 1)
        looked += play.looked
        if path is not None:
            best, found = number, path
            if not path.steps:
                break
    return starts[best : best + 1], found


def played(
    game: ParityGame, starts: NDArray[np.int64], move: NDArray[np.int64], *, odd: bool
) -> NDArray[np.int64]:
    """Return the positions that a player comes to with a strategy, ascending.

    Examples
    --------
    >>> game = ParityGame(np.array([0, 2, 3, 4]), np.array([1, 2, 0, 2]),
    ...                   np.array([False, True, False]), np.array([1, 2, 1]))
    >>> played(game, np.array([0]), np.array([1, 0, 2]), odd=False).tolist()
    [0, 1]
    """
    known = np.zeros(len(game.odd), dtype=np.bool_)
    fresh = np.unique(starts)
    narrow = 0
    while len(fresh):
        narrow = narrow + 1 if len(fresh) < NARROW else 0
        if narrow > NARROW_LEVELS:
            return _played_on(game, known, fresh.tolist(), move, odd=odd)
        known[fresh] = True
        own = game.odd[fresh] == odd
        after = np.concatenate(
            [move[fresh[own]], game.targets[row_arcs(game.offsets, fresh[~own])]]
        )
        after = np.unique(after)
        fresh = after[~known[after]]
    return np.flatnonzero(known).astype(np.int64)


def _played_on(
    game: ParityGame, known: NDArray[np.bool_], waiting: list[int], move: NDArray[np.int64], *,
    odd: bool,
) -> NDArray[np.int64]:  # fmt: skip
    """Go on with the positions of a strategy, one after the other."""
    rows, heads, moves = game.offsets.tolist(), game.targets.tolist(), move.tolist()
    seen, own = bytearray(known.tobytes()), (game.odd == odd).tolist()
    for position in waiting:
        seen[position] = 1
    while waiting:
        at = waiting.pop()
        for after in (moves[at],) if own[at] else heads[rows[at] : rows[at + 1]]:
            if not seen[after]:
                seen[after] = 1
                waiting.append(after)
    return np.flatnonzero(np.frombuffer(seen, dtype=np.bool_)).astype(np.int64)


def with_states(path: Run | Lasso, state: Callable[[int], Any] | None) -> Run | Lasso:
    """Return a path with what its numbers of states stand for.

    Examples
    --------
    >>> with_states(Run(initial=1), lambda number: f"s{number}").initial
    's1'
    """
    if state is None:
        return path
    steps = tuple(replace(step, state=state(int(str(step.state)))) for step in path.steps)
    return replace(path, initial=state(int(str(path.initial))), steps=steps)


def _rounds(nodes: tuple[MuNode, ...]) -> list[int]:
    """Return for each part of a formula in which round of fixpoints it is, -1 for none.

    A fixpoint and what comes back to it are a round, with the fixpoints inside that do so, too.
    """
    counts = [len(node.operands) for node in nodes]
    offsets = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
    targets = np.array([part for node in nodes for part in node.operands], dtype=np.int64)
    _, found = tarjan(offsets, targets)
    sizes = np.bincount(found)
    return [int(one) if sizes[one] > 1 else -1 for one in found]


class _Play:
    def __init__(
        self, game: ParityGame, nodes: tuple[MuNode, ...], lts: LTS, move: NDArray[np.int64],
        odd: bool,
    ) -> None:  # fmt: skip
        self.game, self.nodes, self.lts, self.move, self.odd = game, nodes, lts, move, odd
        self.n, self.ends = lts.n_states, len(nodes) * lts.n_states
        self.rounds = _rounds(nodes)
        self.looked = 0  # positions of the last play

    def run(
        self, start: int, look: Callable[[], None], most: int = MOST_STEPS
    ) -> Run | Lasso | None:
        at, seen, steps = start, dict[int, int](), list[Step]()
        chosen = 0
        outer, left = -1, False
        while at < self.ends and at not in seen:
            if len(seen) % 256 == 0:
                look()
            inside = self.rounds[at // self.n]
            left |= outer >= 0 and inside != outer
            outer = inside if outer < 0 else outer
            if left and not self.own(at) and self.node(at).kind in MODAL:
                break
            seen[at] = len(steps)
            self.looked = len(seen)
            after = self.next(at)
            if after is None or after >= self.ends:
                at = self.ends
            else:
                if self.node(at).kind in MODAL:
                    steps.append(self.step(at, after))
                    chosen = len(steps) if self.odd or self.own(at) else chosen
                at = after
            if len(steps) > most:
                return None
        begun = seen.get(at, len(steps))
        if not chosen and not self.odd:
            return None
        if begun < chosen:
            return Lasso(initial=start, steps=tuple(steps), loop_start=begun)
        return Run(initial=start, steps=tuple(steps[:chosen]))

    def node(self, position: int) -> MuNode:
        return self.nodes[position // self.n]

    def own(self, position: int) -> bool:
        return bool(self.game.odd[position]) == self.odd

    def after(self, position: int) -> list[int]:
        """Return the moves from a position, each once."""
        first, last = self.game.offsets[position : position + 2].tolist()
        return list(dict.fromkeys(self.game.targets[first:last].tolist()))

    def next(self, position: int) -> int | None:
        """Return the move that is played; ``None`` where the other player has a choice, or none."""
        if self.own(position):
            return int(self.move[position])
        moves = self.after(position)
        if len(moves) == 1:
            return int(moves[0])
        if len(moves) > MOST_LOOKED:
            return None
        for steps in (0, 1):
            open_ = [one for one in moves if not self.settled(one, {position}, steps)]
            if len(open_) == 1:
                return open_[0]
        return None

    def settled(self, position: int, above: set[int], steps: int) -> bool:
        """Return whether the other player loses from a position at once, after so many steps."""
        if position >= self.ends or self.node(position).kind == "predicate":
            return True
        if position in above:
            return False
        moves = [int(self.move[position])] if self.own(position) else self.after(position)
        if self.node(position).kind in MODAL and any(one < self.ends for one in moves):
            steps -= 1
        if steps < 0 or len(moves) > MOST_LOOKED:
            return False
        inside = above | {position}
        return all(self.settled(one, inside, steps) for one in moves)

    def step(self, position: int, after: int) -> Step:
        labels, targets = self.lts.successors(position % self.n)
        state, wanted = after % self.n, self.node(position).labels
        names = (self.lts.label_names[label] for label in labels[targets == state].tolist())
        name = next(one for one in names if wanted.has(one))
        return Step(action=name, label=name, state=state)
