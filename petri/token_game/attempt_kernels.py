"""Attempts in one block of replicas, for the compiled engine.

These are ordinary Python functions on arrays; numba compiles them when it is installed. All
indices into the rows are unsigned, so that none is taken for one counted from the end.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from petri.token_game.bit_program import AND, OR, XOR
from petri.token_game.bit_words import Words
from petri.token_game.compiling import compiled

__all__ = ["attempt_padded", "attempt_rows", "attempt_word", "run_block_program"]

Int64 = NDArray[np.int64]

ROW, BITS, NEEDED, AMOUNT, TAKEN = 0, 1, 2, 3, 4


@compiled
def attempt_rows(
    flat: Words, base: Any, first: Words, slots: Words, transition: Any, able: Words, work: Words
) -> Any:
    """Attempt a transition in one block where ``able`` has ones; leave there who fired.

    Parameters
    ----------
    flat
        All rows of all blocks, uint64 (n,).
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
def attempt_padded(
    flat: Words, base: Any, reads: Words, writes: Words, inputs: Any, transition: Any, able: Any
) -> Any:
    """Attempt a transition in one word where every place is one plane, without a branch.

    Parameters
    ----------
    flat
        All rows of all blocks.
    base
        Where the block begins, plus the number of the word.
    reads, writes, inputs
        Rows by transition, padded as in :class:`~petri.token_game.sliced_numpy.SafeAttempts`.
    transition, able
        Which one, and who attempts it.

    Returns
    -------
    tuple
        Who fired; where a place had a token already.
    """
    over = np.uint64(0)
    for slot in range(inputs):
        able &= flat[base + reads[transition, slot]]
    for slot in range(np.uint64(reads.shape[1])):
        old = flat[base + reads[transition, slot]]
        if slot >= inputs:
            over |= old & able
        flat[base + writes[transition, slot]] = old ^ able
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
