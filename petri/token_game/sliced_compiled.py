"""The compiled engine for ensembles in words of bits: the same attempts, block after block.

It plays the same portions as the engine in numpy and leaves the same bits behind. The function
below is ordinary Python on arrays; numba compiles it when it is installed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from petri.token_game.bit_program import AND, OR, XOR
from petri.token_game.bit_words import Words
from petri.token_game.choices import Portion
from petri.token_game.compiling import compiled
from petri.token_game.sliced_state import SlicedState

__all__ = ["KernelPlayer", "play_portion"]

Int64 = NDArray[np.int64]

ROW, BITS, NEEDED, AMOUNT, TAKEN = 0, 1, 2, 3, 4
FEW = 3


@compiled
def count_ones(word: Any) -> Any:
    """Return the ones of a word; compilers know this pattern as one instruction."""
    word = word - ((word >> np.uint64(1)) & np.uint64(0x5555555555555555))
    word = (word & np.uint64(0x3333333333333333)) + (
        (word >> np.uint64(2)) & np.uint64(0x3333333333333333)
    )
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return (word * np.uint64(0x0101010101010101)) >> np.uint64(56)


@compiled
def attempt_rows(
    flat: Words, base: Any, first: Words, slots: Words, transition: Any, able: Words, work: Words
) -> Any:
    """Attempt a transition in one block where ``able`` has ones; leave there who fired.

    Parameters
    ----------
    flat
        All rows of all blocks, uint64 (n,); all indices are unsigned, so that none is taken for
        one from the end.
    base
        Where the block begins.
    first, slots
        Where the slots of each transition begin, uint64 (n_transitions + 1,); the slots, uint64
        (n_slots, 5): start of the lowest plane, planes, number needed, amount, 1 where it is taken.
    transition
        Which one.
    able
        uint64 (n_words,): who attempts it, then who fired.
    work
        Scratch, uint64 (n_words,).

    Returns
    -------
    uint64
        Not 0 where a carry left the highest plane of a place that gets tokens.
    """
    zero, unit = np.uint64(0), np.uint64(1)
    words = np.uint64(able.shape[0])
    start, end = first[transition], first[transition + unit]
    for slot in range(start, end):
        row, bits, needed = base + slots[slot, ROW], slots[slot, BITS], slots[slot, NEEDED]
        if needed == zero:
            continue
        if bits == unit:
            for word in range(words):
                able[word] &= flat[row + word]
            continue
        for word in range(words):
            work[word] = ~zero
        for plane in range(bits):
            if (needed >> plane) & unit:
                for word in range(words):
                    work[word] &= flat[row + word]
            else:
                for word in range(words):
                    work[word] |= flat[row + word]
            row += words
        for word in range(words):
            able[word] &= work[word]
    over = zero
    for slot in range(start, end):
        row, bits, amount = base + slots[slot, ROW], slots[slot, BITS], slots[slot, AMOUNT]
        if amount == zero:
            continue
        taken = slots[slot, TAKEN] == unit
        if bits == unit:
            if not taken:
                for word in range(words):
                    over |= flat[row + word] & able[word]
            for word in range(words):
                flat[row + word] ^= able[word]
            continue
        flip = ~zero if taken else zero
        for word in range(words):
            work[word] = zero
        for plane in range(bits):
            if (amount >> plane) & unit:
                for word in range(words):
                    old, fires, moved = flat[row + word], able[word], work[word]
                    held = old ^ flip
                    flat[row + word] = old ^ fires ^ moved
                    work[word] = (held & fires) | (moved & (held | fires))
            else:
                for word in range(words):
                    old, moved = flat[row + word], work[word]
                    flat[row + word] = old ^ moved
                    work[word] = moved & (old ^ flip)
            row += words
        if not taken:
            for word in range(words):
                over |= work[word]
    return over


@compiled
def attempt_word(
    flat: Words, base: Any, words: Any, first: Words, slots: Words, transition: Any, able: Any
) -> Any:
    """Attempt a transition in one word of a block, for blocks of few words.

    Parameters
    ----------
    flat, first, slots, transition
        As for :func:`attempt_rows`.
    base
        Where the block begins, plus the number of the word.
    words
        How far apart planes are.
    able
        Who attempts it, one word.

    Returns
    -------
    tuple
        Who fired; where a carry left a highest plane.
    """
    zero, unit = np.uint64(0), np.uint64(1)
    start, end = first[transition], first[transition + unit]
    over = zero
    for slot in range(start, end):
        row, bits, needed = base + slots[slot, ROW], slots[slot, BITS], slots[slot, NEEDED]
        if needed == zero:
            continue
        if bits == unit:
            able &= flat[row]
            continue
        good = ~zero
        for plane in range(bits):
            if (needed >> plane) & unit:
                good &= flat[row]
            else:
                good |= flat[row]
            row += words
        able &= good
    if able == zero:
        return able, over
    for slot in range(start, end):
        row, bits, amount = base + slots[slot, ROW], slots[slot, BITS], slots[slot, AMOUNT]
        if amount == zero:
            continue
        taken = slots[slot, TAKEN] == unit
        if bits == unit:
            if not taken:
                over |= flat[row] & able
            flat[row] ^= able
            continue
        flip = ~zero if taken else zero
        moved = zero
        for plane in range(bits):
            old = flat[row]
            held = old ^ flip
            fires = able if (amount >> plane) & unit else zero
            flat[row] = old ^ fires ^ moved
            moved = (held & fires) | (moved & (held | fires))
            row += words
        if not taken:
            over |= moved
    return able, over


@compiled
def run_block_program(operations: Int64, result: int, state: Words, registers: Words) -> Words:
    """Run a program on one block; return a row of the state or a register."""
    words = state.shape[1]
    for number in range(operations.shape[0]):
        what, target = operations[number, 0], operations[number, 1]
        a, b = operations[number, 2], operations[number, 3]
        out = registers[-1 - target]
        left = state[a] if a >= 0 else registers[-1 - a]
        right = state[b] if b >= 0 else registers[-1 - b]
        if what == AND:
            for word in range(words):
                out[word] = left[word] & right[word]
        elif what == OR:
            for word in range(words):
                out[word] = left[word] | right[word]
        elif what == XOR:
            for word in range(words):
                out[word] = left[word] ^ right[word]
        else:
            for word in range(words):
                out[word] = left[word] & ~right[word]
    answer: Words = state[result] if result >= 0 else registers[-1 - result]
    return answer


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
    for block in range(blocks):
        state, goes = words[block], active[block]
        base = np.uint64(block * words.shape[1] * n_words)
        for attempt in range(start, stop):
            left = np.uint64(pairs[block, attempt, 0])
            right = np.uint64(pairs[block, attempt, 1])
            first_count, second_count = np.uint64(0), np.uint64(0)
            if n_words <= FEW:
                for word in range(n_words):
                    toss, at = coins[block, attempt, word], base + np.uint64(word)
                    fires, out = attempt_word(flat, at, wide, first, slots, left, goes[word] & toss)
                    one[word] = fires
                    over |= out
                    first_count += count_ones(fires)
                    fires, out = attempt_word(
                        flat, at, wide, first, slots, right, goes[word] & ~toss
                    )
                    other[word] = fires
                    over |= out
                    second_count += count_ones(fires)
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
            self._first, self._slots, portion.pairs, portion.coins, start, stop, state.attempts,
            self._programs, self._operations, state.until is not None, self._registers,
        )  # fmt: skip
        state.attempts += stop - start
        state.overflow = state.overflow or bool(over)
