"""The compiled engine for independent traces of safe nets: markings and enabled sets as bits.

That the net is safe need not be known: a firing that would put a second token is noticed before
anything is lost, and the runs are then played by the engine for any net.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from petri.net import PetriNet
from petri.token_game.array_kernel import choose_ranked, choose_weighted, word_set
from petri.token_game.attempt_kernels import count_ones
from petri.token_game.bit_words import Words
from petri.token_game.compiling import compiled
from petri.token_game.policies import Chooser

__all__ = ["UNSAFE", "SafeRuns", "play_safe_runs"]

UNSAFE = -2


@compiled
def play_safe_runs(
    marked: Words,
    able: Words,
    live: NDArray[np.bool_],
    random: NDArray[np.float64],
    log: NDArray[Any],
    steps: int,
    moves: Words,
    needs: Words,
    starts: Words,
    joins: Words,
    masks: Words,
    weights: NDArray[np.float64],
    weighted: bool,
) -> bool:
    """Play some steps of every run.

    Parameters
    ----------
    marked, able, live
        Marked places and enabled transitions, uint64 (n_runs, n_words); runs that go on.
    random, log, steps
        As for :func:`~petri.token_game.array_kernel.play_runs`.
    moves
        For each transition the places that it marks and those that it changes, the transitions
        that its firing disables and those with a single input that it enables, side by side;
        uint64 (n_transitions, n_all_words).
    needs
        The places that it needs, uint64 (n_transitions, n_words).
    starts, joins
        Those with several inputs that its firing may enable, compressed by transition.
    masks, weights, weighted
        The policy.

    Returns
    -------
    bool
        Whether all went well; otherwise the net is not safe, and nothing here is of use.
    """
    count, places, words = needs.shape[0], marked.shape[1], able.shape[1]
    zero, one, six, low = np.uint64(0), np.uint64(1), np.uint64(6), np.uint64(63)
    plain = not weighted and masks.shape[0] == 1
    flat, stride = moves.reshape(moves.size), np.uint64(moves.shape[1])
    for run in range(marked.shape[0]):
        tokens, enabled, chances, done = marked[run], able[run], random[run], log[run]
        going = live[run]
        for step in range(steps):
            chosen = count
            if going and plain:
                total = np.int64(0)
                for word in range(words):
                    total += np.int64(count_ones(enabled[word]))
                rank = np.int64(chances[step] * np.float64(total))
                for word in range(words):
                    here = enabled[word]
                    ones = np.int64(count_ones(here))
                    if rank < ones:
                        for _ in range(rank):
                            here &= here - one
                        low_ones = (here & (~here + one)) - one
                        chosen = np.int64(64 * word) + np.int64(count_ones(low_ones))
                        break
                    rank -= ones
            elif going and weighted:
                chosen = choose_weighted(enabled, masks, weights, chances[step], count)
            elif going:
                chosen = choose_ranked(enabled, masks, chances[step], count)
            if chosen == count:
                going = False
                done[step] = -1
                continue
            done[step] = chosen
            number = np.uint64(chosen)
            base = number * stride
            twice = zero
            for word in range(places):
                twice |= tokens[word] & flat[base + np.uint64(word)]
                tokens[word] ^= flat[base + np.uint64(places + word)]
            if twice != zero:
                return False
            for word in range(words):
                lost = flat[base + np.uint64(2 * places + word)]
                won = flat[base + np.uint64(2 * places + words + word)]
                enabled[word] = (enabled[word] & ~lost) | won
            for position in range(starts[number], starts[number + one]):
                join = joins[position]
                short = zero
                for word in range(places):
                    short |= needs[join, word] & ~tokens[word]
                if short == zero:
                    enabled[join >> six] |= one << (join & low)
        live[run] = going
    return True


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
    """

    def __init__(self, net: PetriNet, chooser: Chooser, runs: int) -> None:
        self.net = net
        count, n_places = len(net.transition_ids), len(net.place_ids)
        words, places = -(-count // 64), -(-n_places // 64)
        inputs = [set(net.pre_arcs.row(t)[0].tolist()) for t in range(count)]
        outputs = [set(net.post_arcs.row(t)[0].tolist()) for t in range(count)]
        users = [net.consumers.row(p)[0].tolist() for p in range(n_places)]
        start = np.flatnonzero(net.initial.to_array(net.place_ids))
        enabled = [t for t in range(count) if inputs[t] <= set(start.tolist())]
        after = [
            [u for p in sorted(outputs[t] - inputs[t]) for u in users[p]] for t in range(count)
        ]
        joins = [sorted({u for u in after[t] if len(inputs[u]) > 1}) for t in range(count)]
        moves = (
            _sets([outputs[t] - inputs[t] for t in range(count)], places),
            _sets([inputs[t] ^ outputs[t] for t in range(count)], places),
            _sets(
                [{u for p in inputs[t] - outputs[t] for u in users[p]} for t in range(count)], words
            ),
            _sets([{u for u in after[t] if len(inputs[u]) == 1} for t in range(count)], words),
        )
        self._tables: tuple[Words, ...] = (
            np.ascontiguousarray(np.concatenate(moves, axis=1)),
            _sets(inputs, places),
            np.cumsum([0] + [len(each) for each in joins]).astype(np.uint64),
            np.array([u for each in joins for u in each], dtype=np.uint64),
        )
        self._marked: Words = np.repeat(word_set(start, places)[None], runs, axis=0)
        self._able: Words = np.repeat(word_set(np.array(enabled), words)[None], runs, axis=0)
        self.live = np.ones(runs, dtype=np.bool_)
        levels = chooser.levels or [np.arange(count)]
        self._masks: Words = np.array([word_set(level, words) for level in levels])
        self._weighted = chooser.weights is not None
        self._weights = np.ones(count) if chooser.weights is None else chooser.weights

    @staticmethod
    def suits(net: PetriNet) -> bool:
        """Return whether all weights are 1 and no place starts with more than a token."""
        arcs = (*net.pre_arcs.weights.tolist(), *net.post_arcs.weights.tolist())
        return all(n == 1 for n in (*arcs, *net.initial.values()))

    def play(self, random: NDArray[np.float64], log: NDArray[Any], steps: int) -> int:
        """Play the steps of a portion; return -1, or ``UNSAFE``."""
        moves, needs, starts, joins = self._tables
        good = play_safe_runs(
            self._marked, self._able, self.live, random, log, steps, moves, needs, starts,
            joins, self._masks, self._weights, self._weighted,
        )  # fmt: skip
        return -1 if good else UNSAFE


def _sets(members: list[set[int]], words: int) -> Words:
    rows = [word_set(np.array(sorted(each), dtype=np.int64), words) for each in members]
    return np.array(rows, dtype=np.uint64).reshape(len(members), words)
