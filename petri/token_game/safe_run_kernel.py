"""The compiled engine for independent traces of safe nets: markings and enabled sets as bits.

That the net is safe need not be known: a firing that would put a second token is noticed before
anything is lost, and the runs are then played by the engine for any net.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from petri.net import PetriNet
from petri.token_game.bit_words import Words
from petri.token_game.compiling import compiled
from petri.token_game.policies import Chooser
from petri.token_game.word_kernels import (
    choose_ranked,
    choose_weighted,
    count_ones,
    policy_tables,
    select_one,
    word_set,
    word_sets,
)

__all__ = ["UNSAFE", "SafeRuns", "safe_runs_player"]

UNSAFE = -2
FEW, LARGEST = 3, 1 << 26


@cache
def safe_runs_player(size: int, plain: bool) -> Callable[..., bool]:
    """Return the function that plays nets of a size: the number of words is a constant in it.

    Parameters
    ----------
    size
        Words for the places, and as many for the transitions.
    plain
        Whether the policy is the uniform one.

    Returns
    -------
    callable
        ``play(state, random, log, steps, moves, joins, masks, weights, weighted)``, which plays
        some steps of every run and says whether all went well; otherwise the net is not safe, and
        nothing is of use. ``state``: marked places and enabled transitions, uint64 (n_runs,
        2 size). ``random``, ``log``: as for :func:`~petri.token_game.array_kernel.play_runs`.
        ``moves``: for each transition a row of words, see :class:`SafeRuns`. ``joins``: how many
        transitions with several inputs are looked at after each, uint64 (n_transitions,).

    Notes
    -----
    The steps are the outer loop: runs are independent, so that a processor works on several at a
    time, and what a step of a run does is free of branches for the uniform policy.
    """
    words = np.uint64(size)
    twice_words = np.uint64(2 * size)

    @compiled
    def play(
        state: Words,
        random: NDArray[np.float64],
        log: NDArray[Any],
        steps: int,
        moves: Words,
        joins: Words,
        masks: Words,
        weights: NDArray[np.float64],
        weighted: bool,
    ) -> bool:
        zero, one, six, low = np.uint64(0), np.uint64(1), np.uint64(6), np.uint64(63)
        count, stride = joins.shape[0], np.uint64(moves.shape[1])
        row, flat = state.reshape(state.size), moves.reshape(moves.size)
        twice = zero
        for step in range(steps):
            tokens = zero
            for run in range(state.shape[0]):
                enabled, base = tokens + words, tokens
                tokens += twice_words
                if plain:
                    total = zero
                    for number in range(words):
                        total += count_ones(row[enabled + np.uint64(number)])
                    if total == zero:
                        log[run, step] = -1
                        continue
                    rank = np.uint64(np.int64(random[run, step] * np.float64(np.int64(total))))
                    here, left, start, passed = row[enabled], rank, zero, zero
                    for number in range(one, words):
                        word = np.uint64(number)
                        passed += count_ones(row[enabled + word - one])
                        over = rank >= passed
                        here = row[enabled + word] if over else here
                        left = rank - passed if over else left
                        start = word << six if over else start
                    chosen = start + select_one(here, left)
                else:
                    able = state[run, size:]
                    if weighted:
                        which = choose_weighted(able, masks, weights, random[run, step], count)
                    else:
                        which = choose_ranked(able, masks, random[run, step], count)
                    if which == count:
                        log[run, step] = -1
                        continue
                    chosen = np.uint64(which)
                log[run, step] = chosen
                at = chosen * stride
                for number in range(words):
                    word = np.uint64(number)
                    twice |= row[base + word] & flat[at + word]
                    row[base + word] ^= flat[at + words + word]
                at += twice_words
                for number in range(words):
                    word = np.uint64(number)
                    kept = row[enabled + word] & ~flat[at + word]
                    row[enabled + word] = kept | flat[at + words + word]
                at += twice_words
                for _ in range(joins[chosen]):
                    join = flat[at]
                    short = zero
                    for number in range(words):
                        word = np.uint64(number)
                        short |= flat[at + one + word] & ~row[base + word]
                    row[enabled + (join >> six)] |= np.uint64(short == zero) << (join & low)
                    at += one + words
        return bool(twice == zero)

    return play


class SafeRuns:
    """Runs of a net that is taken to be safe, a portion of steps at a time.

    Parameters
    ----------
    net
        The net; see :meth:`suits`.
    chooser
        The policy: uniform, weighted or priorities.
    runs
        How many.

    Notes
    -----
    The row of a transition holds four sets of one size: the places that it marks and those that it
    changes, the transitions that its firing disables and those with a single input that it
    enables; then, for each transition with several inputs that its firing may enable, its number
    and the places that it needs. Where these are few, all rows are filled up to the same number of
    them: to look at a transition that is not concerned does no harm.
    """

    def __init__(self, net: PetriNet, chooser: Chooser, runs: int) -> None:
        count, n_places = len(net.transition_ids), len(net.place_ids)
        size = _size(net)
        inputs = [set(net.pre_arcs.row(t)[0].tolist()) for t in range(count)]
        outputs = [set(net.post_arcs.row(t)[0].tolist()) for t in range(count)]
        users = [net.consumers.row(p)[0].tolist() for p in range(n_places)]
        moves: list[list[set[int]]] = [[], [], [], []]
        joins: list[list[int]] = []
        for needed, given in zip(inputs, outputs, strict=True):
            after = {u for p in given - needed for u in users[p]}
            moves[0].append(given - needed)
            moves[1].append(needed ^ given)
            moves[2].append({u for p in needed - given for u in users[p]})
            moves[3].append({u for u in after if len(inputs[u]) == 1})
            joins.append(sorted(u for u in after if len(inputs[u]) > 1))
        most = max((len(each) for each in joins), default=0)
        if most <= FEW:
            joins = [(each + [0] * most)[:most] for each in joins]
        self._joins: Words = np.array([len(each) for each in joins], dtype=np.uint64)
        self._moves: Words = np.zeros((count, 4 * size + most * (1 + size)), dtype=np.uint64)
        for part, sets in enumerate(moves):
            self._moves[:, part * size : (part + 1) * size] = word_sets(sets, size)
        needs = word_sets(inputs, size)
        for number, each in enumerate(joins):
            for position, join in enumerate(each):
                at = 4 * size + position * (1 + size)
                self._moves[number, at] = join
                self._moves[number, at + 1 : at + 1 + size] = needs[join]
        marked = set(net.initial.to_array(net.place_ids).nonzero()[0].tolist())
        able = (t for t in range(count) if inputs[t] <= marked)
        start = np.concatenate((word_set(marked, size), word_set(able, size)))
        self._state: Words = np.repeat(start[None], runs, axis=0)
        self._size = size
        self._policy = policy_tables(chooser, size)
        plain = not self._policy.weighted and len(self._policy.masks) == 1
        self._play = safe_runs_player(size, plain)

    @staticmethod
    def suits(net: PetriNet) -> bool:
        """Return whether all weights are 1, no place starts with more, and the tables are small."""
        arcs = (*net.pre_arcs.weights.tolist(), *net.post_arcs.weights.tolist())
        if not all(n == 1 for n in (*arcs, *net.initial.values())):
            return False
        users = net.consumers.offsets[1:] - net.consumers.offsets[:-1]
        looked = [int(users[net.post_arcs.row(t)[0]].sum()) for t in range(len(net.transition_ids))]
        row = 4 + 2 * max(looked, default=0)
        return 8 * len(looked) * _size(net) * row <= LARGEST

    @property
    def live(self) -> bool:
        """Whether something is enabled in some run."""
        return bool(self._state[:, self._size :].any())

    def play(self, first: int, random: NDArray[np.float64], log: NDArray[Any], steps: int) -> int:
        """Play some steps of the runs from the first on; return -1, or ``UNSAFE``."""
        state = self._state[first : first + len(random)]
        good = self._play(state, random, log, steps, self._moves, self._joins, *self._policy)
        return -1 if good else UNSAFE


def _size(net: PetriNet) -> int:
    """Return the words of a set of places or transitions; a few sizes only, as each is compiled."""
    size = max(1, -(-max(len(net.place_ids), len(net.transition_ids)) // 64))
    return size if size <= 4 else -(-size // 4) * 4
