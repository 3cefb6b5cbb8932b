"""The levels of a breadth-first search: arrays in memory, or files that outlive the process.

In a folder each complete level is one file, written beside its final name and then renamed, and
``search.json`` says how far the search is. Whatever happens to the process, the folder names a
prefix of the levels, and the search goes on from the last of them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from petri.state_space.state_layout import Dependent, Field, StateLayout
from transition_systems.errors import UsageError

__all__ = ["LevelStore", "layout_data", "layout_of"]

Words = NDArray[np.uint64]
MANIFEST = "search.json"
FORMAT = "netproof/search/1"


class LevelStore:
    """Levels of states, each uint64 of shape (words, n).

    Parameters
    ----------
    folder
        Where to keep the levels as files; by default they stay in memory.

    Attributes
    ----------
    states
        Number of states in all levels.
    nbytes
        Bytes of the levels that are in memory.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        self.levels: list[Words] = []
        self.states = 0
        self.nbytes = 0
        self._generation = 0
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)

    def __len__(self) -> int:
        return len(self.levels)

    def add(self, level: Words) -> None:
        """Append a level."""
        kept = self._kept(level, len(self.levels))
        self.levels.append(kept)
        self._count(kept)

    def _count(self, level: Words) -> None:
        self.states += level.shape[1]
        if not isinstance(level, np.memmap):
            self.nbytes += level.nbytes

    def _take(self, levels: list[Words]) -> None:
        self.levels = levels
        self.nbytes = self.states = 0
        for level in levels:
            self._count(level)

    def _kept(self, level: Words, number: int) -> Words:
        if self.folder is None or level.shape[1] == 0:
            return level
        path = self.folder / f"level-{self._generation}-{number:06d}.bin"
        beside = path.with_suffix(".part")
        with beside.open("wb") as file:
            np.ascontiguousarray(level).tofile(file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
        return np.memmap(path, dtype=np.uint64, mode="r", shape=level.shape)

    def to_disk(self, folder: Path) -> None:
        """Move all levels to files."""
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._take([self._kept(level, number) for number, level in enumerate(self.levels)])

    def replace(self, levels: Sequence[Words]) -> None:
        """Put other levels in the place of all, e.g. the same ones in another layout.

        The old files stay until :meth:`write` has named the new ones.
        """
        self._generation += 1
        self._take([self._kept(level, number) for number, level in enumerate(levels)])

    def write(self, data: dict[str, Any]) -> None:
        """Say in the folder how far the search is; nothing without a folder."""
        if self.folder is None:
            return
        content = {
            "format": FORMAT,
            "generation": self._generation,
            "shapes": [list(level.shape) for level in self.levels],
            **data,
        }
        beside = self.folder / (MANIFEST + ".part")
        with beside.open("w", encoding="utf-8") as file:
            json.dump(content, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, self.folder / MANIFEST)
        for path in self.folder.glob("level-*-*.bin"):
            if not path.name.startswith(f"level-{self._generation}-"):
                path.unlink(missing_ok=True)

    def read(self, digest: str) -> dict[str, Any] | None:
        """Take over what a folder holds; return what was said there, ``None`` for a new folder.

        Raises
        ------
        UsageError
            When the folder belongs to the search of another net, or is damaged.
        """
        if self.folder is None or not (self.folder / MANIFEST).exists():
            return None
        try:
            text = (self.folder / MANIFEST).read_text(encoding="utf-8")
            data: dict[str, Any] = json.loads(text)
            if data["format"] != FORMAT:
                raise UsageError(f"{self.folder} was written by another version: {data['format']}")
            if data["net"] != digest:
                raise UsageError(f"{self.folder} holds the search of another net")
            self._generation = int(data["generation"])
            shapes = enumerate(data["shapes"])
            self._take([self._load(n, (int(shape[0]), int(shape[1]))) for n, shape in shapes])
        except (ValueError, KeyError, OSError, TypeError, IndexError) as error:
            raise UsageError(
                f"the search in {self.folder} cannot be gone on with: {error}"
            ) from None
        for path in self.folder.glob("run-*.tmp"):
            path.unlink(missing_ok=True)
        return data

    def _load(self, number: int, shape: tuple[int, int]) -> Words:
        assert self.folder is not None
        if shape[1] == 0:
            return np.empty(shape, dtype=np.uint64)
        path = self.folder / f"level-{self._generation}-{number:06d}.bin"
        if path.stat().st_size != 8 * shape[0] * shape[1]:
            raise ValueError(f"{path.name} has a wrong size")
        return np.memmap(path, dtype=np.uint64, mode="r", shape=shape)


def layout_data(layout: StateLayout) -> dict[str, Any]:
    """Return a layout as plain data."""
    return {
        "places": layout.n_places,
        "fields": [[list(f.places), f.base, f.unit, f.proved] for f in layout.fields],
        "dependents": [[d.place, d.value, [list(o) for o in d.others]] for d in layout.dependents],
        "groups": [list(group) for group in layout.groups],
    }


def layout_of(data: dict[str, Any]) -> StateLayout:
    """Return the layout of :func:`layout_data`.

    Examples
    --------
    >>> one = StateLayout(1, [Field(places=(0,), base=2, unit=True, proved=True)], [])
    >>> layout_of(layout_data(one)).fields == one.fields
    True
    """
    return StateLayout(
        data["places"],
        [
            Field(places=tuple(places), base=base, unit=unit, proved=proved)
            for places, base, unit, proved in data["fields"]
        ],
        [
            Dependent(place=place, value=value, others=tuple((p, w) for p, w in others))
            for place, value, others in data["dependents"]
        ],
        data["groups"],
    )
