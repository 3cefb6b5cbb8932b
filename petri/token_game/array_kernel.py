"""The compiled engine for independent traces: one run after the other, enabled sets as words.

It makes the same choices from the same random numbers as the engine on arrays of numpy. The
functions are ordinary Python on arrays; numba compiles them when it is installed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from petri.marking import MAX_TOKENS
from petri.net import PetriNet
from petri.token_game.bit_words import Words
from petri.token_game.compiling import compiled
from petri.token_game.policies import Chooser
from petri.token_game.word_kernels import choose_ranked, choose_weighted, policy_tables, word_set

__all__ = ["KernelRuns", "play_runs"]

Int64 = NDArray[np.int64]
LIMIT = MAX_TOKENS


@compiled
def play_runs(
    markings: Int64,
    lacking: Int64,
    able: Words,
    live: NDArray[np.bool_],
    random: NDArray[np.float64],
    log: NDArray[Any],
    steps: int,
    tables: Any,
    masks: Words,
    weights: NDArray[np.float64],
    weighted: bool,
) -> int:
    """Play some steps of every run.

    Parameters
    ----------
    markings, lacking
        int64 (n_runs, n_places); for each transition how many of its inputs lack tokens, int64
        (n_runs, n_transitions).
    able, live
        The enabled transitions, uint64 (n_runs, n_words); runs that go on, bool (n_runs,).
    random
        float64 (n_runs, n_steps).
    log
        Is set to the transitions, -1 after the end; integers (n_runs, n_steps).
    steps
        How many to play.
    tables
        Changes by transition (offsets, places, amounts) and consumers by place (offsets,
        transitions, weights); indices are unsigned, numbers of tokens int64.
    masks, weights, weighted
        The policy.

    Returns
    -------
    int
        -1, or the place that would get more than 2**62 tokens.
    """
    starts, places, amounts, begins, users, needs = tables
    count = lacking.shape[1]
    one, six, low = np.uint64(1), np.uint64(6), np.uint64(63)
    for run in range(markings.shape[0]):
        tokens, short, enabled = markings[run], lacking[run], able[run]
        chances, done = random[run], log[run]
        going = live[run]
        for step in range(steps):
            chosen = count
            if going:
                if weighted:
                    chosen = choose_weighted(enabled, masks, weights, chances[step], count)
                else:
                    chosen = choose_ranked(enabled, masks, chances[step], count)
            if chosen == count:
                going = False
                done[step] = -1
                continue
            done[step] = chosen
            number = np.uint64(chosen)
            for change in range(starts[number], starts[number + one]):
                place, amount = places[change], amounts[change]
                before = tokens[place]
                after = before + amount
                if amount > 0 and before > LIMIT - amount:
                    return int(place)
                tokens[place] = after
                for use in range(begins[place], begins[place + one]):
                    user, need = users[use], needs[use]
                    had, has = np.int64(before >= need), np.int64(after >= need)
                    lacks = short[user] + had - has
                    short[user] = lacks
                    word, bit = user >> six, user & low
                    enabled[word] = (enabled[word] & ~(one << bit)) | (np.uint64(lacks == 0) << bit)
        live[run] = going
    return -1


class KernelRuns:
    """Runs that the compiled engine plays, a portion of steps at a time.

    Parameters
    ----------
    net
        The net.
    chooser
        The policy: uniform, weighted or priorities.
    runs
        How many.
    """

    def __init__(self, net: PetriNet, chooser: Chooser, runs: int) -> None:
        count, words = len(net.transition_ids), -(-len(net.transition_ids) // 64)
        start = net.initial.to_array(net.place_ids)
        change: list[dict[int, int]] = []
        for number in range(count):
            total: dict[int, int] = {}
            for table, sign in ((net.pre_arcs, -1), (net.post_arcs, 1)):
                for place, weight in zip(*(p.tolist() for p in table.row(number)), strict=True):
                    total[place] = total.get(place, 0) + sign * weight
            change.append({place: amount for place, amount in total.items() if amount})
        offsets = np.cumsum([0] + [len(each) for each in change], dtype=np.int64)
        users = net.consumers
        self._tables: tuple[NDArray[Any], ...] = (
            offsets.astype(np.uint64),
            np.array([place for each in change for place in each], dtype=np.uint64),
            np.array([amount for each in change for amount in each.values()], dtype=np.int64),
            users.offsets.astype(np.uint64), users.places.astype(np.uint64),
            np.array(users.weights),
        )  # fmt: skip
        arcs, places, needs = net.pre_arcs
        short = np.concatenate(([0], np.cumsum(start[places] < needs)))
        lacking = short[arcs[1:]] - short[arcs[:-1]]
        able = word_set(np.flatnonzero(lacking == 0).tolist(), words)
        self._markings: Int64 = np.repeat(start[None, :], runs, axis=0)
        self._lacking: Int64 = np.repeat(lacking[None, :].astype(np.int64), runs, axis=0)
        self._able: Words = np.repeat(able[None], runs, axis=0)
        self._live = np.ones(runs, dtype=np.bool_)
        self._policy = policy_tables(chooser, words)

    @property
    def live(self) -> bool:
        """Whether some run goes on."""
        return bool(self._live.any())

    def play(self, first: int, random: NDArray[np.float64], log: NDArray[Any], steps: int) -> int:
        """Play some steps of the runs from the first on; return -1, or the place that overflowed.

        Parameters
        ----------
        first
            The first of as many runs as ``random`` has rows.
        random, log, steps
            As for :func:`play_runs`.
        """
        part = slice(first, first + len(random))
        state = (self._markings[part], self._lacking[part], self._able[part], self._live[part])
        return int(play_runs(*state, random, log, steps, self._tables, *self._policy))
