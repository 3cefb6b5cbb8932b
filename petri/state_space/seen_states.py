"""Which kind of visited set a search uses, and when it changes over.

Pages where states cluster (a few bytes a state), a hash table where they do not or have several
words (11 to 16 bytes a state and word), sorted runs with files when memory is short.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from transition_systems.key_table import KeyTable, distinct, distinct_hashes, states_of
from transition_systems.paged_set import PagedSet
from transition_systems.sorted_runs import SortedRuns

__all__ = ["Prepared", "SeenStates", "prepared", "sorted_distinct"]

Word = NDArray[np.uint64]
BATCH = 1 << 16
PAGES_FROM = 1 << 16
BYTES_PER_STATE = 16
NARROW = 32


@dataclass(frozen=True, slots=True)
class Prepared:
    """States that are to be added to a set.

    Parameters
    ----------
    states
        One array for each word.
    order
        ``"any"``; ``"sorted"``: ascending, each once; ``"hashes"``: these instead of states of one
        word, ascending, each once.
    """

    states: Sequence[Word]
    order: str


class SeenStates:
    """The states that a search has met.

    Parameters
    ----------
    words, bits
        Words of a state, and bits in use.
    largest
        Most states that are added at once.
    """

    def __init__(self, words: int, bits: int = 64, *, largest: int = 0) -> None:
        self.words, self.bits = words, bits
        self._scratch = np.empty(largest if words == 1 else 0, dtype=np.uint32)
        self._pages: PagedSet | None = PagedSet() if words == 1 else None
        self._rows: KeyTable | SortedRuns | None = None if words == 1 else KeyTable(words)

    def __len__(self) -> int:
        return len(self._store)

    @property
    def _store(self) -> PagedSet | KeyTable | SortedRuns:
        if self._pages is not None:
            return self._pages
        assert self._rows is not None
        return self._rows

    @property
    def kind(self) -> str:
        """``"pages"``, ``"table"`` or ``"runs"``."""
        if self._pages is not None:
            return "pages"
        return "runs" if isinstance(self._rows, SortedRuns) else "table"

    @property
    def nbytes(self) -> int:
        """Bytes held in memory."""
        return self._store.nbytes

    def growing(self, more: int) -> int:
        """Return the bytes that may stand while this many states are added."""
        return self._store.growing(more)

    def prepare(self, states: Sequence[Word]) -> Prepared:
        """Sort states that may repeat, as the set wants them; the arrays may be changed."""
        return prepared(states, self.kind, self.bits, self._scratch)

    def add(self, states: Sequence[Word]) -> list[list[Word]]:
        """Add states that may repeat; return the new ones in parts, each one array a word.

        With one word the array may be changed.
        """
        return self.add_prepared(self.prepare(states))

    def add_prepared(self, batch: Prepared) -> list[list[Word]]:
        """Add what :func:`prepared` returned, whatever became of the set since."""
        states = batch.states
        if self._pages is not None:
            unique = states[0]
            parts = [self._pages.add(unique[i : i + BATCH]) for i in range(0, len(unique), BATCH)]
            return [[part] for part in parts if len(part)]
        assert self._rows is not None
        if isinstance(self._rows, SortedRuns):
            found = self._rows.add([states_of(states[0])] if batch.order == "hashes" else states)
            return [found] if len(found[0]) else []
        if self.words == 1:
            hashes = states[0] if batch.order == "hashes" else distinct_hashes(states[0])
            return [[part] for part in self._rows.add_hashes(hashes)]
        added = [
            self._rows.add([word[i : i + BATCH] for word in states])
            for i in range(0, len(states[0]), BATCH)
        ]
        return [part for part in added if len(part[0])]

    def contains(self, states: Sequence[Word]) -> NDArray[np.bool_]:
        """Return which states are in the set, bool of shape (m,)."""
        if self._pages is not None:
            return self._pages.contains(states[0])
        assert self._rows is not None
        return self._rows.contains(states)

    def change_if_sparse(self, blocks: Callable[[], Iterable[Sequence[Word]]]) -> None:
        """Leave pages for a table where they hold too few states each.

        Parameters
        ----------
        blocks
            Gives all states that are in the set, each once.
        """
        pages = self._pages
        if pages is None or len(pages) < PAGES_FROM:
            return
        if pages.nbytes <= BYTES_PER_STATE * len(pages):
            return
        self._pages = None
        self._rows = KeyTable(1)
        self._fill(blocks())

    def spill(
        self,
        blocks: Callable[[], Iterable[Sequence[Word]]],
        *,
        folder: Callable[[], Path],
        memory: int,
    ) -> None:
        """Go over to sorted runs that leave memory for files."""
        self._pages = None
        self._rows = SortedRuns(self.words, folder=folder, memory=memory)
        self._fill(blocks())

    def _fill(self, blocks: Iterable[Sequence[Word]]) -> None:
        for block in blocks:
            self.add([np.array(word) for word in block])

    def close(self) -> None:
        """Remove files of runs."""
        if isinstance(self._rows, SortedRuns):
            self._rows.close()


def prepared(
    states: Sequence[Word], kind: str, bits: int, scratch: NDArray[np.uint32] | None
) -> Prepared:
    """Sort states that may repeat for a set of some kind.

    Parameters
    ----------
    states
        One array for each word; those of one word may be changed.
    kind
        As :attr:`SeenStates.kind`.
    bits, scratch
        As for :func:`sorted_distinct`.

    Examples
    --------
    >>> prepared([np.array([9, 4, 9], dtype=np.uint64)], "pages", 8, None).states
    [array([4, 9], dtype=uint64)]
    """
    if len(states) > 1 or kind == "runs":
        return Prepared(states, "any")
    if kind == "table":
        return Prepared([distinct_hashes(states[0])], "hashes")
    return Prepared([sorted_distinct(states[0], scratch, bits)], "sorted")


def sorted_distinct(states: Word, scratch: NDArray[np.uint32] | None, bits: int = 64) -> Word:
    """Return an array sorted and without repetitions; the array itself may be changed.

    Numbers that span less than 2 ** 32 are sorted as narrow ones, three times as fast.

    Parameters
    ----------
    states
        uint64 (n,).
    scratch
        uint32, at least as long, or ``None``.
    bits
        All numbers are below 2 ** bits.

    Examples
    --------
    >>> sorted_distinct(np.array([9, 4, 9], dtype=np.uint64), None).tolist()
    [4, 9]
    """
    if not len(states):
        return states
    least = 0
    if bits > NARROW:
        least = int(states.min())
        if int(states.max()) - least >= 1 << NARROW:
            states.sort()
            return distinct(states)
        states -= np.uint64(least)
    if scratch is None or len(scratch) < len(states):
        scratch = np.empty(len(states), dtype=np.uint32)
    narrow = scratch[: len(states)]
    np.copyto(narrow, states, casting="unsafe")
    narrow.sort()
    first = np.empty(len(narrow), dtype=bool)
    first[0] = True
    np.not_equal(narrow[1:], narrow[:-1], out=first[1:])
    kept: Word = narrow.compress(first).astype(np.uint64)
    if least:
        kept += np.uint64(least)
    return kept
