"""The states of a search in files: segments that only grow, and how wide each level is.

States are written one after the other, level by level, into segments of bounded size; a second kind
of file holds the number of states of each level. What the files hold is told by a manifest that
names, for each file, how many bytes count and their checksum. Bytes beyond are forgotten.
"""

from __future__ import annotations

import os
import re
import zlib
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

__all__ = ["DamagedFile", "LevelFiles", "sync_folder"]

Words = NDArray[np.uint64]
SEGMENT = 1 << 30
READ = 1 << 24
# The files that a search makes; no other file of a folder is ever touched.
OWN_NAME = re.compile(r"states-\d+-\d{4,}\.bin|widths-\d+\.bin")


class DamagedFile(Exception):
    """A file does not hold what the manifest says."""


class _Growing:
    """A file that only grows, and the checksum of what it holds."""

    def __init__(self, path: Path, size: int = 0, checksum: int = 0) -> None:
        self.path, self.size, self.checksum = path, size, checksum
        self._file: BinaryIO | None = None
        self._dirty = False

    def verify(self) -> None:
        """Look whether the file holds what it is said to hold; forget what stands beyond."""
        try:
            with self.path.open("r+b") as file:
                left, checksum = self.size, 0
                while left:
                    part = file.read(min(left, READ))
                    if not part:
                        raise DamagedFile(f"{self.path} is damaged: {left:,} bytes are missing")
                    checksum = zlib.crc32(part, checksum)
                    left -= len(part)
                if checksum != self.checksum:
                    raise DamagedFile(f"{self.path} is damaged: its checksum is a different one")
                file.truncate(self.size)
        except OSError as error:
            raise DamagedFile(f"{self.path} cannot be read: {error.strerror}") from error

    def append(self, data: bytes | memoryview) -> None:
        """Write bytes at the end."""
        if self._file is None:
            self._file = self.path.open("r+b" if self.size else "wb", buffering=0)
        self._file.seek(self.size)
        view = memoryview(data)
        at = 0
        while at < len(view):
            at += self._file.write(view[at : at + SEGMENT])
        self.checksum = zlib.crc32(view, self.checksum)
        self.size += len(view)
        self._dirty = True

    def sync(self) -> None:
        """Wait until the disk has everything."""
        if self._file is not None and self._dirty:
            os.fsync(self._file.fileno())
        self._dirty = False

    def close(self) -> None:
        """Give the descriptor back; a file that is appended to is opened again."""
        if self._file is not None:
            self.sync()
            self._file.close()
        self._file = None

    def to_list(self) -> list[int]:
        """Return size and checksum."""
        return [self.size, self.checksum]


class LevelFiles:
    """The files of one generation of levels; another layout of the states makes another one.

    Parameters
    ----------
    folder
        Where they lie.
    generation
        Part of their names.
    words
        64-bit words of a state.
    """

    def __init__(self, folder: Path, generation: int, words: int) -> None:
        self.folder, self.generation, self.words = folder, generation, words
        self._segments: list[_Growing] = []
        self._widths = _Growing(folder / f"widths-{generation}.bin")

    def append(self, states: Words) -> int:
        """Write states, uint64 (words, n); return the number of the segment."""
        if not self._segments or self._segments[-1].size >= SEGMENT:
            if self._segments:
                self._segments[-1].close()
            self._segments.append(_Growing(self._path(len(self._segments))))
        self._segments[-1].append(np.ascontiguousarray(states.T, dtype="<u8").data.cast("B"))
        return len(self._segments) - 1

    def append_widths(self, widths: NDArray[np.int64]) -> None:
        """Write how many states each of the next levels has."""
        self._widths.append(np.ascontiguousarray(widths, dtype="<i8").data.cast("B"))

    def _path(self, number: int) -> Path:
        return self.folder / f"states-{self.generation}-{number:04d}.bin"

    def segment(self, number: int) -> Words:
        """Return what a segment holds, mapped, uint64 of shape (words, n)."""
        growing = self._segments[number]
        shape = (growing.size // (8 * self.words), self.words)
        mapped: Words = np.memmap(growing.path, dtype="<u8", mode="r", shape=shape)
        return mapped.T

    def segments(self) -> list[Words]:
        """Return all segments, mapped."""
        return [self.segment(number) for number in range(len(self._segments))]

    def widths(self) -> NDArray[np.int64]:
        """Return the number of states of each level."""
        if not self._widths.size:
            return np.empty(0, dtype=np.int64)
        read = np.fromfile(self._widths.path, dtype="<i8", count=self._widths.size // 8)
        return read.astype(np.int64)

    def sync(self) -> None:
        """Wait until the disk has everything that was written."""
        for file in (*self._segments, self._widths):
            file.sync()

    def close(self) -> None:
        """Close the files; maps of them stay."""
        for file in (*self._segments, self._widths):
            file.close()

    def to_dict(self) -> dict[str, Any]:
        """Return what the manifest says of the files."""
        return {
            "generation": self.generation,
            "words": self.words,
            "segments": [segment.to_list() for segment in self._segments],
            "widths": self._widths.to_list(),
        }

    @classmethod
    def from_dict(cls, folder: Path, data: dict[str, Any]) -> LevelFiles:
        """Return the files of a manifest.

        Raises
        ------
        DamagedFile
            When one of them does not hold what the manifest says.
        """
        files = cls(folder, int(data["generation"]), int(data["words"]))
        for number, (size, checksum) in enumerate(data["segments"]):
            files._segments.append(_Growing(files._path(number), int(size), int(checksum)))
        size, checksum = data["widths"]
        files._widths = _Growing(files._widths.path, int(size), int(checksum))
        for file in (*files._segments, files._widths):
            if file.size:
                file.verify()
        return files

    def remove_others(self) -> None:
        """Remove what other generations, and a search that was cut off, left behind."""
        mine = {file.path for file in (*self._segments, self._widths)}
        for path in self.folder.iterdir():
            if OWN_NAME.fullmatch(path.name) and path not in mine:
                path.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Wait until the disk has the names in a folder, where the system can do that."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError:  # some file systems know no such thing
        pass
    finally:
        os.close(descriptor)
