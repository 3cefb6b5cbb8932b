"""The compiled engine for ensembles in words of bits: the same attempts, block after block.

It plays the same portions as the engine in numpy and leaves the same bits behind.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from petri.token_game.attempt_kernels import (
    attempt_padded,
    attempt_rows,
    attempt_word,
    run_block_program,
)
from petri.token_game.bit_words import Words
from petri.token_game.choices import Portion
from petri.token_game.compiling import compiled
from petri.token_game.sliced_numpy import SafeAttempts
from petri.token_game.sliced_state import SlicedState
from petri.token_game.word_kernels import count_ones

__all__ = ["KernelPlayer", "play_portion"]

Int64 = NDArray[np.int64]

FEW, NARROW = 3, 8


@compiled
def play_portion(
    words: Words,
    active: Words,
    fired: Int64,
    counter: Words,
    moments: Words,
    visited: Int64,
    first: Words,
    slots: Words,
    reads: Words,
    writes: Words,
    inputs: Any,
    pairs: Int64,
    coins: Words,
    start: int,
    stop: int,
    made: int,
    programs: Int64,
    operations: Int64,
    has_goal: bool,
    registers: Words,
) -> bool:
    """Make attempts in every block, see :class:`~petri.token_game.sliced_state.SlicedState`.

    Parameters
    ----------
    words, active, fired, counter, moments, visited
        The state; ``counter`` and ``moments`` have no planes where they are not used.
    first, slots
        The slots of all transitions.
    reads, writes, inputs
        Padded rows for blocks of few words; no columns where they are not used.
    pairs, coins, start, stop
        The portion, and which of its attempts.
    made
        How many attempts were made before.
    programs
        For each watched predicate, then for the goal: where its operations begin and end, and the
        operand of its result; int64 (n, 3).
    operations
        Of all programs.
    has_goal
        Whether the last program is a goal.
    registers
        Scratch of one block.

    Returns
    -------
    bool
        Whether some replica went above a bound.
    """
    blocks, n_words = active.shape
    one = np.empty(n_words, dtype=np.uint64)
    other = np.empty(n_words, dtype=np.uint64)
    carry = np.empty(n_words, dtype=np.uint64)
    flat = words.reshape(words.size)
    wide = np.uint64(n_words)
    over = np.uint64(0)
    depth = counter.shape[0]
    watched = programs.shape[0] - (1 if has_goal else 0)
    padded = reads.shape[1] > 0
    for block in range(blocks):
        state, goes = words[block], active[block]
        base = np.uint64(block * words.shape[1] * n_words)
        for attempt in range(start, stop):
            left = np.uint64(pairs[block, attempt, 0])
            right = np.uint64(pairs[block, attempt, 1])
            first_count, second_count = np.uint64(0), np.uint64(0)
            if n_words <= FEW:
                for word in range(n_words):
                    at = base + np.uint64(word)
                    toss = goes[word] & coins[block, attempt, word]
                    rest = goes[word] ^ toss
                    if padded:
                        one[word], out = attempt_padded(flat, at, reads, writes, inputs, left, toss)
                        other[word], more = attempt_padded(
                            flat, at, reads, writes, inputs, right, rest
                        )
                    else:
                        one[word], out = attempt_word(flat, at, wide, first, slots, left, toss)
                        other[word], more = attempt_word(flat, at, wide, first, slots, right, rest)
                    over |= out | more
                    first_count += count_ones(one[word])
                    second_count += count_ones(other[word])
            else:
                for word in range(n_words):
                    toss = coins[block, attempt, word]
                    one[word] = goes[word] & toss
                    other[word] = goes[word] & ~toss
                over |= attempt_rows(flat, base, first, slots, left, one, carry)
                over |= attempt_rows(flat, base, first, slots, right, other, carry)
                for word in range(n_words):
                    first_count += count_ones(one[word])
                    second_count += count_ones(other[word])
            fired[block, left] += np.int64(first_count)
            fired[block, right] += np.int64(second_count)
            if first_count + second_count == np.uint64(0):
                continue
            if depth > 0:
                for word in range(n_words):
                    carry[word] = one[word] | other[word]
                for plane in range(depth):
                    row = counter[plane, block]
                    rest = np.uint64(0)
                    for word in range(n_words):
                        moved = row[word] & carry[word]
                        row[word] ^= carry[word]
                        carry[word] = moved
                        rest |= moved
                    if rest == np.uint64(0):
                        break
                else:
                    for word in range(n_words):
                        goes[word] &= ~carry[word]
            for number in range(programs.shape[0]):
                part = operations[programs[number, 0] : programs[number, 1]]
                met = run_block_program(part, programs[number, 2], state, registers)
                if number < watched:
                    total = np.uint64(0)
                    for word in range(n_words):
                        total += count_ones(met[word] & (one[word] | other[word]))
                    visited[number, block] += np.int64(total)
                    continue
                for word in range(n_words):
                    new = met[word] & goes[word]
                    if new != np.uint64(0):
                        goes[word] ^= new
                        for plane in range(moments.shape[0]):
                            if ((made + attempt - start + 1) >> plane) & 1:
                                moments[plane, block, word] |= new
    return bool(over != np.uint64(0))


class KernelPlayer:
    """The compiled engine (implements :class:`~petri.token_game.sliced_play.Player`).

    Parameters
    ----------
    state
        What is played on; changed in place.
    """

    def __init__(self, state: SlicedState) -> None:
        self._state = state
        sizes = [len(each) for each in state.slots]
        self._first = np.concatenate(([0], np.cumsum(sizes))).astype(np.uint64)
        words = state.words.shape[2]
        rows = [
            (slot.row * words, slot.bits, slot.needed, abs(slot.change), int(slot.change < 0))
            for each in state.slots for slot in each
        ]  # fmt: skip
        self._slots = np.array(rows, dtype=np.uint64).reshape(-1, 5)
        self._reads: Words = np.zeros((0, 0), dtype=np.uint64)
        self._writes, self._inputs = self._reads, np.uint64(0)
        if state.layout.safe and words <= FEW and max(sizes) <= NARROW:
            table = SafeAttempts(state.layout, state.slots, range(len(sizes)))
            self._reads = np.ascontiguousarray(table.read.T * words).astype(np.uint64)
            self._writes = np.ascontiguousarray(table.write.T * words).astype(np.uint64)
            self._inputs = np.uint64(table.inputs)
        programs = [*state.watched] + ([] if state.until is None else [state.until])
        ends = np.cumsum([0] + [len(program.operations) for program in programs])
        self._programs = np.array(
            [(ends[i], ends[i + 1], program.result) for i, program in enumerate(programs)],
            dtype=np.int64,
        ).reshape(-1, 3)
        parts = [program.operations for program in programs]
        self._operations = np.concatenate([np.zeros((0, 4), dtype=np.int64), *parts])
        shape = state.active.shape
        nothing: Words = np.zeros((0, *shape), dtype=np.uint64)
        self._counter = nothing if state.counter is None else state.counter
        self._moments = nothing if state.moments is None else state.moments
        most = max((program.registers for program in programs), default=0)
        self._registers: Words = np.zeros((most + 1, shape[1]), dtype=np.uint64)

    def play(self, portion: Portion, start: int, stop: int) -> None:
        """Make the attempts ``start`` to ``stop`` of a portion in every block."""
        state = self._state
        over = play_portion(
            state.words, state.active, state.fired, self._counter, self._moments, state.visited,
            self._first, self._slots, self._reads, self._writes, self._inputs,
            portion.pairs, portion.coins, start, stop, state.attempts,
            self._programs, self._operations, state.until is not None, self._registers,
        )  # fmt: skip
        state.attempts += stop - start
        state.overflow = state.overflow or bool(over)
