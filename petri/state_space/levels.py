"""The levels of a breadth-first search: arrays in memory, or files that outlive the process.

Levels are kept in pieces of many states, whatever the number of levels. In a folder the states are
appended to a few files, and about once a second ``search.json`` says how far the search is, after
everything that it names is on the disk. Whatever happens to the process, the folder names a prefix
of the levels, and the search goes on from the last of them.
"""

from __future__ import annotations

import json
import os
import re
import time
import zlib
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from petri.state_space.folder_lock import FolderLock
from petri.state_space.level_files import DamagedFile, LevelFiles, sync_folder
from transition_systems.errors import UsageError

__all__ = ["LevelStore"]

Words = NDArray[np.uint64]
MANIFEST = "search.json"
FORMAT = "netproof/search/2"
# Bytes of levels that wait in memory to be written together; seconds between two manifests.
WAITING = 1 << 20
SECONDS = 1.0
RUN_NAME = re.compile(r"run-\d{6,}\.tmp")
START_ANEW = "give another folder, or remove this one to search anew"


class LevelStore(Sequence[Words]):
    """Levels of states, each uint64 of shape (words, n).

    Parameters
    ----------
    folder
        Where to keep the levels as files; by default they stay in memory.

    Raises
    ------
    UsageError
        When another process searches in the folder.

    Attributes
    ----------
    nbytes
        Bytes of the levels that are in memory.

    Examples
    --------
    >>> store = LevelStore()
    >>> store.extend(np.array([[3, 5, 6]], dtype=np.uint64), [1, 2])
    >>> len(store), store.states, store[-1].tolist()
    (2, 3, [[5, 6]])
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        self.nbytes = 0
        self._ends = array("q")
        self._pieces: list[Words] = []
        self._starts: list[int] = []
        self._files: LevelFiles | None = None
        self._mapped = 0  # how many of the pieces are mapped segments
        self._written = 0  # how many of the levels have their widths in the file
        self._whole = True  # not within a change that may have been cut off
        self._told = -SECONDS
        self._lock: FolderLock | None = None
        if folder is not None:
            if folder.exists() and not folder.is_dir():
                raise UsageError(f"{folder} is a file; the levels are kept in a folder")
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = FolderLock(folder)

    @property
    def states(self) -> int:
        """Number of states in all levels."""
        return self._ends[-1] if self._ends else 0

    def __len__(self) -> int:
        return len(self._ends)

    @overload
    def __getitem__(self, number: int) -> Words: ...
    @overload
    def __getitem__(self, number: slice) -> list[Words]: ...
    def __getitem__(self, number: int | slice) -> Words | list[Words]:
        if isinstance(number, slice):
            return [self[n] for n in range(*number.indices(len(self)))]
        number = range(len(self))[number]
        start = self._ends[number - 1] if number else 0
        piece = bisect_right(self._starts, start) - 1
        first = self._starts[piece]
        return self._pieces[piece][:, start - first : self._ends[number] - first]

    def starts(self) -> NDArray[np.int64]:
        """Return the number of the first state of each level, and how many there are at last."""
        starts = np.zeros(len(self) + 1, dtype=np.int64)
        starts[1:] = self._ends
        return starts

    def blocks(self, size: int, stop: int | None = None) -> Iterator[tuple[int, Words]]:
        """Yield all states, or the first ones: the number of the first, and uint64 (words, n).

        Blocks have at most ``size`` states, and may hold parts of several levels.
        """
        for first, piece in zip(list(self._starts), list(self._pieces), strict=True):
            end = piece.shape[1] if stop is None else min(piece.shape[1], stop - first)
            for at in range(0, end, size):
                yield first + at, piece[:, at : min(at + size, end)]

    def add(self, level: Words) -> None:
        """Append a level."""
        self.extend(level, [level.shape[1]])

    def extend(self, states: Words, widths: Sequence[int] | NDArray[np.int64]) -> None:
        """Append several levels, each of at least one state.

        Parameters
        ----------
        states
            uint64 (words, n): level after level.
        widths
            How many states each of them has.
        """
        self._whole = False
        first = self.states
        self._starts.append(first)
        self._pieces.append(states)
        self.nbytes += states.nbytes
        ends = np.cumsum(np.asarray(widths, dtype=np.int64))
        self._ends.frombytes((ends + first).tobytes())
        if self._files is None and self.folder is not None:
            self._files = LevelFiles(self.folder, 0, len(states))
        self._whole = True
        if self._files is not None and self.nbytes >= WAITING:
            self._flush()

    def _flush(self) -> None:
        """Write what waits in memory, and map it."""
        files = self._files
        if files is None or self._mapped == len(self._pieces):
            return
        self._whole = False
        known, starts = self._mapped, self._starts[: self._mapped]
        for number in range(known, len(self._pieces)):
            segment = files.append(self._pieces[number])
            self._pieces[number] = np.empty((0, 0), dtype=np.uint64)
            if segment == len(starts):
                starts.append(self._starts[number])
        kept = self._pieces[: max(0, known - 1)]
        self._pieces = [*kept, *(files.segment(n) for n in range(len(kept), len(starts)))]
        self._starts = starts
        self._mapped = len(starts)
        self.nbytes = 0
        files.append_widths(np.diff(self.starts()[self._written :]))
        self._written = len(self)
        self._whole = True

    def to_disk(self, folder: Path) -> None:
        """Move all levels to files."""
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        if self._files is None:
            self._files = LevelFiles(folder, 0, len(self._pieces[0]))
        self._flush()

    def repack(self, change: Callable[[Words], Words], size: int) -> None:
        """Put the same states in another layout in the place of all levels.

        The old files stay until :meth:`write` has named the new ones.

        Parameters
        ----------
        change
            Gives a block of states in the other layout; states of one word get sorted in their
            level.
        size
            Most states of a block.
        """
        self._whole = False
        old = self._pieces, self._starts, self._files
        ends = np.array(self._ends, dtype=np.int64)
        self._pieces, self._starts, self._ends, self.nbytes = [], [], array("q"), 0
        self._mapped = self._written = 0
        files, at = old[2], 0
        if files is not None:
            self._files = None
            files.close()
        for start, piece in zip(old[1], old[0], strict=True):
            parts = [change(piece[:, i : i + size]) for i in range(0, piece.shape[1], size)]
            packed = np.concatenate(parts, axis=1)
            until = int(np.searchsorted(ends, start + piece.shape[1], side="right"))
            widths = np.diff(ends[at:until], prepend=start)
            if len(packed) == 1:
                order = np.lexsort((packed[0], np.repeat(np.arange(len(widths)), widths)))
                packed = packed[:, order] if len(widths) > 1 else np.sort(packed, axis=1)
            if files is not None and self._files is None:
                self._files = LevelFiles(files.folder, files.generation + 1, len(packed))
            self.extend(packed, widths)
            self._whole = False
            at = until
        self._whole = True

    @property
    def due(self) -> bool:
        """Whether a folder was not told for a while how far the search is."""
        return self._lock is not None and time.monotonic() - self._told >= SECONDS

    def write(self, data: dict[str, Any]) -> None:
        """Say in the folder how far the search is; nothing without a folder."""
        if self._lock is None or self.folder is None or self._files is None or not self._whole:
            return
        self._flush()
        self._files.sync()
        content = {"format": FORMAT, "files": self._files.to_dict(), **data}
        beside = self.folder / (MANIFEST + ".part")
        with beside.open("w", encoding="utf-8") as file:
            json.dump({**content, "checksum": _checksum(content)}, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, self.folder / MANIFEST)
        sync_folder(self.folder)
        self._files.remove_others()
        self._told = time.monotonic()

    def read(self, digest: str) -> dict[str, Any] | None:
        """Take over what a folder holds; return what was said there, ``None`` for a new folder.

        Raises
        ------
        UsageError
            When the folder belongs to the search of another net, or is damaged.
        """
        if self.folder is None:
            return None
        for path in self.folder.iterdir():
            if RUN_NAME.fullmatch(path.name):
                path.unlink(missing_ok=True)
        if not (self.folder / MANIFEST).exists():
            return None
        try:
            data = self._manifest(digest)
            files = LevelFiles.from_dict(self.folder, data["files"])
            ends = np.cumsum(files.widths())
            pieces = files.segments()
            if int(ends[-1]) != sum(piece.shape[1] for piece in pieces):
                raise DamagedFile(f"{self.folder / MANIFEST} is damaged: states are missing")
        except DamagedFile as error:
            raise UsageError(f"{error}; {START_ANEW}") from None
        except UsageError:
            raise
        except (ValueError, KeyError, OSError, TypeError, IndexError) as error:
            raise UsageError(
                f"the search in {self.folder} cannot be gone on with: {error}; {START_ANEW}"
            ) from None
        files.remove_others()
        self._files = files
        self._pieces = pieces
        self._starts = np.cumsum([0, *(piece.shape[1] for piece in pieces[:-1])]).tolist()
        self._ends = array("q", ends.tobytes())
        self._mapped, self._written = len(pieces), len(ends)
        return data

    def _manifest(self, digest: str) -> dict[str, Any]:
        assert self.folder is not None
        path = self.folder / MANIFEST
        try:
            content: object = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise DamagedFile(f"{path} is damaged: {error}") from None
        if not isinstance(content, dict) or "format" not in content:
            raise DamagedFile(f"{path} is damaged: it does not say what it is")
        data: dict[str, Any] = content
        if data["format"] != FORMAT:
            raise UsageError(
                f"{self.folder} was written by another version ({data['format']}; "
                f"this one reads {FORMAT}); {START_ANEW}"
            )
        said = data.pop("checksum", None)
        if said != _checksum(data):
            raise DamagedFile(f"{path} is damaged: its checksum is a different one")
        if data["net"] != digest:
            raise UsageError(f"{self.folder} holds the search of another net; {START_ANEW}")
        return data

    def close(self) -> None:
        """Write what waits, close the files and let other processes have the folder."""
        if self._files is not None:
            if self._whole:
                self._flush()
            self._files.close()
        if self._lock is not None:
            self._lock.release()
            self._lock = None


def _checksum(content: dict[str, Any]) -> int:
    return zlib.crc32(json.dumps(content, sort_keys=True).encode())
