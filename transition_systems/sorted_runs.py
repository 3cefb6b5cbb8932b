"""A set of packed states as sorted runs, in memory and beyond that in memory-mapped files.

Runs are merged when they grow alike, as in a log-structured merge tree (O'Neil et al., 1996);
queries come sorted, so that each run is read from the front to the back. Runs that are too large
for the memory granted lie in files. Exact: states of several words are ordered by a hash, and
wherever hashes are equal all words are compared.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from transition_systems.key_table import state_hash

__all__ = ["SortedRuns"]

Word = NDArray[np.uint64]
Rows = NDArray[np.int64]

BLOCK = 1 << 20


class _Run:
    """States in the order of their keys: the word itself, or a hash of all words."""

    def __init__(self, keys: Word, words: Sequence[Word], path: Path | None = None) -> None:
        self.keys = keys
        self.words = list(words)
        self.path = path

    def __len__(self) -> int:
        return len(self.keys)


class SortedRuns:
    """A growing set of states of some words; the first word of each is below 2 ** 63.

    Parameters
    ----------
    words
        Words of a state.
    folder
        Called for the folder of the files when there is need of one.
    memory
        Bytes of runs to keep in memory.

    Examples
    --------
    >>> seen = SortedRuns(1, folder=lambda: Path("."), memory=1 << 20)
    >>> new = seen.add([np.array([7, 5, 7], dtype=np.uint64)])
    >>> new[0].tolist(), len(seen)
    ([5, 7], 2)
    """

    def __init__(self, words: int, *, folder: Callable[[], Path], memory: int) -> None:
        self.words = words
        self.memory = memory
        self._folder = folder
        self._runs: list[_Run] = []
        self._files = 0
        self._count = 0

    def __len__(self) -> int:
        return self._count

    @property
    def nbytes(self) -> int:
        """Bytes held in memory."""
        width = 8 if self.words == 1 else 8 * (self.words + 1)
        return sum(len(run) * width for run in self._runs if run.path is None)

    @property
    def files(self) -> int:
        """Number of files written so far."""
        return self._files

    def growing(self, more: int) -> int:
        """Return the bytes that may stand while this many states are added."""
        return self.nbytes + 16 * (self.words + 1) * more

    def close(self) -> None:
        """Remove the files."""
        for run in self._runs:
            if run.path is not None:
                run.path.unlink(missing_ok=True)
        self._runs = []

    def add(self, states: Sequence[Word]) -> list[Word]:
        """Add a batch of states and return those that were not in the set, each once, in order."""
        run = self._unique(states)
        for old in self._runs:
            if not len(run):
                break
            run = _without(run, old)
        if len(run):
            self._count += len(run)
            self._push(run)
        return list(run.words)

    def contains(self, states: Sequence[Word]) -> NDArray[np.bool_]:
        """Return which states are in the set, bool of shape (m,)."""
        keys = states[0] if self.words == 1 else state_hash(states)
        result = np.zeros(len(keys), dtype=bool)
        for run in self._runs:
            result |= _found(_Run(keys, states), run)
        return result

    def _unique(self, states: Sequence[Word]) -> _Run:
        if self.words == 1:
            ordered = np.sort(states[0])
            keep = np.ones(len(ordered), dtype=bool)
            np.not_equal(ordered[1:], ordered[:-1], out=keep[1:])
            ordered = ordered.compress(keep)
            return _Run(ordered, [ordered])
        keys = state_hash(states)
        order = np.lexsort((*states, keys))
        ordered_words = [word.take(order) for word in states]
        keep = np.zeros(len(order), dtype=bool)
        keep[:1] = True
        for word in ordered_words:
            keep[1:] |= word[1:] != word[:-1]
        return _Run(keys.take(order).compress(keep), [w.compress(keep) for w in ordered_words])

    def _push(self, run: _Run) -> None:
        self._runs.append(run)
        while len(self._runs) > 1 and len(self._runs[-2]) <= 2 * len(self._runs[-1]):
            right, left = self._runs.pop(), self._runs.pop()
            self._runs.append(self._merged(left, right))
        largest = max(self._runs, key=lambda r: 0 if r.path is not None else len(r))
        if self.nbytes > self.memory and largest.path is None:
            place = self._runs.index(largest)
            self._runs[place] = self._merged(largest, _Run(largest.keys[:0], []), on_disk=True)

    def _merged(self, left: _Run, right: _Run, *, on_disk: bool = False) -> _Run:
        total = len(left) + len(right)
        arrays = 1 if self.words == 1 else self.words + 1
        on_disk = on_disk or total * 8 * arrays > self.memory
        path: Path | None = None
        target: NDArray[np.uint64]
        if on_disk:
            self._files += 1
            path = self._folder() / f"run-{self._files:06d}.tmp"
            target = np.memmap(path, dtype=np.uint64, mode="w+", shape=(arrays, total))
        else:
            target = np.empty((arrays, total), dtype=np.uint64)
        at, a, b = 0, 0, 0
        while at < total:
            stop_a, stop_b = _next_stop(left.keys, right.keys, a, b)
            _merge_block(target, at, left, right, slice(a, stop_a), slice(b, stop_b))
            at += stop_a - a + stop_b - b
            a, b = stop_a, stop_b
        for run in (left, right):
            if run.path is not None:
                run.path.unlink(missing_ok=True)
        return _Run(target[0], [target[0]] if arrays == 1 else list(target[1:]), path)


def _next_stop(left: Word, right: Word, a: int, b: int) -> tuple[int, int]:
    """Return where to stop in both runs so that equal keys stay together."""
    if len(left) - a + len(right) - b <= BLOCK:
        return len(left), len(right)
    ends = [run[min(at + BLOCK // 2, len(run)) - 1] for run, at in ((left, a), (right, b))
            if at < len(run)]  # fmt: skip
    limit = min(ends)
    return (
        a + int(np.searchsorted(left[a:], limit, side="right")),
        b + int(np.searchsorted(right[b:], limit, side="right")),
    )


def _merge_block(
    target: NDArray[np.uint64], at: int, left: _Run, right: _Run, one: slice, other: slice
) -> None:
    keys = np.concatenate((left.keys[one], right.keys[other]))
    space = slice(at, at + len(keys))
    if len(target) == 1:
        keys.sort(kind="stable")
        target[0, space] = keys
        return
    order = keys.argsort(kind="stable")
    target[0, space] = keys.take(order)
    for number, word in enumerate(left.words, start=1):
        more = right.words[number - 1][other] if right.words else word[:0]
        target[number, space] = np.concatenate((word[one], more)).take(order)


def _without(run: _Run, old: _Run) -> _Run:
    keep = ~_found(run, old)
    keys = run.keys.compress(keep)
    if len(run.words) == 1:
        return _Run(keys, [keys])
    return _Run(keys, [word.compress(keep) for word in run.words])


def _found(run: _Run, old: _Run) -> NDArray[np.bool_]:
    """Return which states of a run are in another."""
    result = np.zeros(len(run), dtype=bool)
    if not len(old):
        return result
    places = np.searchsorted(old.keys, run.keys)
    rows: Rows = np.arange(len(run))
    while len(rows):
        inside = places < len(old)
        rows, places = rows.compress(inside), places.compress(inside)
        alike = old.keys[places] == run.keys.take(rows)
        rows, places = rows.compress(alike), places.compress(alike)
        if len(run.words) == 1:
            result[rows] = True
            break
        same = np.ones(len(rows), dtype=bool)
        for word, stored in zip(run.words, old.words, strict=True):
            same &= stored[places] == word.take(rows)
        result[rows.compress(same)] = True
        rows, places = rows.compress(~same), places.compress(~same) + 1
    return result
