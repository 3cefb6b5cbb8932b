"""Breadth-first search on packed markings, level by level, with a budget, spilling and resuming."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from petri.net import PetriNet
from petri.state_space.batches import CHUNK, Batch, Misfit, Successors
from petri.state_space.layout_plan import Observed
from petri.state_space.levels import LevelStore, layout_data, layout_of
from petri.state_space.search_figures import Figures
from petri.state_space.second_process import Broken, SecondProcess
from petri.state_space.seen_states import SeenStates
from petri.state_space.state_layout import StateLayout
from transition_systems.budget import Meter
from transition_systems.progress import Progress, ProgressCallback

__all__ = ["PackedSearch"]

Word = NDArray[np.uint64]
# Successors in a batch; fewer at a time where two processes share the work.
FLUSH = 1 << 19
LEAST = 1 << 16
SHARES = 4
PARALLEL = 1 << 15
WIDE = 1 << 17
# A level with more bytes is not copied for the second process.
SHARED = 1 << 30


class PackedSearch:
    """The state of a search: levels, visited set, figures.

    Parameters
    ----------
    net
        The net.
    layout
        A layout that holds the initial marking.
    store
        Where the levels are kept.
    workers
        With 2, a second process makes the successors of large levels while this one looks them up;
        the result is the same.

    Attributes
    ----------
    complete
        Whether the last level has no successors outside.
    failed
        The successors that did not fit the layout, int64 (n, n_places), after :meth:`advance`
        returned ``False``.
    """

    def __init__(
        self, net: PetriNet, layout: StateLayout, store: LevelStore, *, workers: int = 1
    ) -> None:
        self.net = net
        self.workers = workers if SecondProcess.possible() else 1
        self.store = store
        self.complete = False
        self.failed: NDArray[np.int64] | None = None
        self.peak_bytes = 0
        self._temporary: Path | None = None
        self._second: SecondProcess | None = None
        self._fresh: list[list[Word]] = []
        self._use(layout)
        said = store.read(net.digest())
        if said is None:
            first = layout.pack(net.initial.to_array(net.place_ids)[None, :])
            store.add(first)
            self.figures = Figures(net)
        else:
            self._use(layout_of(said["layout"]))
            self.figures = Figures.from_dict(net, said["figures"])
            self.complete = bool(said["complete"])
        self.figures.use(self.layout)
        self._refill()

    def _use(self, layout: StateLayout) -> None:
        self._no_second()
        self.layout = layout
        self.successors = Successors(self.net, layout, WIDE if layout.words > 1 else FLUSH)

    def _refill(self) -> None:
        """Build the visited set from the levels."""
        layout = self.layout
        self.seen = SeenStates(layout.words, layout.bits, largest=FLUSH + CHUNK)
        self._stale = False
        if self.complete:
            return
        for block in self._all_states():
            self.seen.add([np.array(word) for word in block])

    def _all_states(self) -> Iterator[Sequence[Word]]:
        for level in self.store.levels:
            for start in range(0, level.shape[1], FLUSH):
                yield [word[start : start + FLUSH] for word in level]
        yield from self._fresh

    @property
    def states(self) -> int:
        """Number of states in complete levels."""
        return self.store.states

    @property
    def nbytes(self) -> int:
        """Bytes held in memory."""
        new = sum(word.nbytes for part in self._fresh for word in part)
        return self.seen.nbytes + self.store.nbytes + new + self.successors.nbytes

    def advance(
        self,
        *,
        meter: Meter,
        progress: ProgressCallback | None,
        stage: str,
        most: int | None = None,
    ) -> str | None:
        """Search until the end, the budget, more than ``most`` states, or a misfit.

        Returns
        -------
        str or None
            Why the budget ended the search; ``None`` otherwise.
        """
        self.failed = None
        if self._stale:
            self._refill()
        while not self.complete and (most is None or self.states <= most):
            reason = self._out_of(meter, 0)
            if reason is not None:
                return reason
            self._fresh = []
            before = self.figures.to_dict()
            try:
                reason = self._expand(self.store.levels[-1], meter, progress, stage)
            except Misfit as error:
                self.failed = error.markings
                reason = "the layout"
            except Broken:
                self._no_second()
                self.workers = 1
                reason = "the second process"
            if reason is not None:
                # The level is taken back: what was found of the next one is forgotten.
                self._fresh = []
                self.figures = Figures.from_dict(self.net, before)
                self.figures.use(self.layout)
                self._stale = True
                if reason == "the second process":
                    self._refill()
                    continue
                return None if self.failed is not None else reason
            self._close_level()
        return None

    def _no_second(self) -> None:
        if self._second is not None:
            self._second.close()
        self._second = None

    def _close_level(self) -> None:
        parts = self._fresh
        words = range(self.layout.words)
        self._fresh = []
        if parts:
            level = np.stack([np.concatenate([part[w] for part in parts]) for w in words])
            if self.layout.words == 1:
                level.sort(axis=1)
            self.store.add(level)
        else:
            self.complete = True
        self.save()

    def save(self) -> None:
        """Say in the folder, where there is one, how far the search is."""
        if self._temporary is None:
            self.store.write(
                {
                    "net": self.net.digest(),
                    "layout": layout_data(self.layout),
                    "figures": self.figures.to_dict(),
                    "complete": self.complete,
                }
            )

    def _expand(
        self, level: Word, meter: Meter, progress: ProgressCallback | None, stage: str
    ) -> str | None:
        with closing(self._batches(level)) as made:
            for batch in made:
                reason = self._out_of(meter, batch.arcs)
                if reason is not None:
                    return reason
                self._fresh.extend(self.seen.add_prepared(batch.states))
                self.seen.change_if_sparse(self._all_states)
                if progress is not None:
                    progress(
                        Progress(
                            stage=stage, states=len(self.seen), frontier=batch.left,
                            arcs=self.figures.arcs, seconds=meter.seconds, bytes=self.nbytes,
                        )
                    )  # fmt: skip
                if meter.out_of_time():
                    return meter.exhausted()
        return None

    def _batches(self, level: Word) -> Generator[Batch, None, None]:
        """Return the successors of a level, made here or by the second process."""
        most = WIDE if self.layout.words > 1 else FLUSH
        second = self._second
        if self.workers > 1 and second is None and level.shape[1] >= PARALLEL:
            second = self._second = SecondProcess(self.net, self.layout, most)
        if second is None or level.shape[1] < PARALLEL or level.nbytes > SHARED or not second.ready:
            return self.successors.of_level(level, self.figures, self.seen.prepare, most=most)
        if self.layout.words == 1:
            arcs = level.shape[1] * self.figures.arcs // max(1, self.figures.expanded)
            most = min(most, max(LEAST, arcs // SHARES))
        return second.of_level(level, self.figures, self.seen.kind, self.layout.bits, most=most)

    def _out_of(self, meter: Meter, more: int) -> str | None:
        """Return why the budget is used up; go over to files where it is that of bytes."""
        likely = self.nbytes - self.seen.nbytes + self.seen.growing(more // 8)
        self.peak_bytes = max(self.peak_bytes, likely)
        limit = meter.budget.bytes
        if limit is not None and likely > limit and self.seen.kind != "runs":
            if self.store.folder is None:
                self.store.to_disk(self._folder())
            self.seen.spill(self._all_states, folder=self._folder, memory=max(1 << 16, limit // 4))
        return meter.exhausted(states=len(self.seen))

    def _folder(self) -> Path:
        if self._temporary is None and self.store.folder is not None:
            return self.store.folder
        if self._temporary is None:
            self._temporary = Path(tempfile.mkdtemp(prefix="netproof-states-"))
            weakref.finalize(self.store, shutil.rmtree, self._temporary, ignore_errors=True)
        return self._temporary

    def observe(self, seen: Observed) -> None:
        """Add the states found, and the successors that did not fit, to an observation.

        Places that semiflows already put into one field are left out.
        """
        layout = self.layout
        places = sorted(
            place
            for field in layout.fields
            if not (field.unit and field.proved and len(field.places) > 1)
            for place in field.places
        )
        for block in self._all_states():
            for start in range(0, len(block[0]), CHUNK):
                columns = layout.columns([word[start : start + CHUNK] for word in block])
                seen.add_rows(places, [layout.tokens(columns, place) for place in places])
        if self.failed is not None:
            seen.add(self.failed)

    def reencode(self, layout: StateLayout) -> None:
        """Go on in another layout, from the last complete level."""
        old, levels = self.layout, []
        for level in self.store.levels:
            parts = [
                layout.repacked(old, [word[i : i + CHUNK] for word in level])
                for i in range(0, level.shape[1], CHUNK)
            ]
            packed = np.concatenate(parts, axis=1)
            if layout.words == 1:
                packed.sort(axis=1)
            levels.append(packed)
        self._fresh = []
        self._use(layout)
        self.figures.use(layout)
        self.store.replace(levels)
        self.save()
        self._refill()

    def close(self) -> None:
        """Give back what the search needs no more once it is complete."""
        self._no_second()
        self.seen.close()
        self.seen = SeenStates(self.layout.words)
        self.successors = Successors(self.net, self.layout, 0)
