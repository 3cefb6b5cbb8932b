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
from petri.state_space.batches import CHUNK, Batch, Misfit, Successors, chunk_of
from petri.state_space.layout_data import layout_data, layout_of
from petri.state_space.layout_plan import Observed
from petri.state_space.levels import LevelStore
from petri.state_space.narrow_search import NarrowSearch, Stretch
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
# States are handed over to the search one by one once so many levels were as narrow as it likes.
PATIENCE = 2_000
# It gets this share of a budget of bytes.
PART = 4
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
        self._settled = True  # figures and levels tell of the same states
        self._tight = False  # there is no memory for states as integers
        self._second: SecondProcess | None = None
        self._fresh: list[list[Word]] = []
        self._chunk = chunk_of(net)
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

    def _use(self, layout: StateLayout) -> None:
        self._no_second()
        self.layout = layout
        self.successors = Successors(self.net, layout, WIDE if layout.words > 1 else FLUSH)
        self.narrow = NarrowSearch(self.net, self.successors.kernel)
        self.seen = SeenStates(layout.words, layout.bits)
        self._stale = True
        self._waited = 0  # how many states the levels would have paid for
        self._spared = 0  # levels that arrays must do

    def _refill(self) -> None:
        """Build the visited set from the levels."""
        layout = self.layout
        self.seen = SeenStates(layout.words, layout.bits, largest=FLUSH + CHUNK)
        self._stale = False
        for block in self._all_states():
            self.seen.add([np.array(word) for word in block])

    def _all_states(self) -> Iterator[Sequence[Word]]:
        for _, block in self.store.blocks(FLUSH):
            yield [*block]
        yield from self._fresh

    @property
    def settled(self) -> bool:
        """Whether the levels are whole and the figures are theirs."""
        return self._settled

    @property
    def states(self) -> int:
        """Number of states in complete levels."""
        return self.store.states

    @property
    def nbytes(self) -> int:
        """Bytes held in memory."""
        new = sum(word.nbytes for part in self._fresh for word in part)
        sets = self.seen.nbytes + self.narrow.nbytes
        return sets + self.store.nbytes + new + self.successors.nbytes

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
        while not self.complete and (most is None or self.states <= most):
            reason = self._out_of(meter, 0)
            if reason is not None:
                return reason
            if self._is_narrow(meter):
                self._walk(meter, progress, stage, most)
                continue
            reason = self._level(meter, progress, stage)
            if reason is not None:
                return None if self.failed is not None else reason
        return None

    def _level(self, meter: Meter, progress: ProgressCallback | None, stage: str) -> str | None:
        """Expand the last level with arrays; return why it was taken back, if it was."""
        if self._stale:
            self._refill()
        self.narrow.forget()
        self._spared = 0
        self._settled = False
        before = self.figures.to_dict()
        reason: str | None = "an interruption"
        try:
            reason = self._expand(self.store[-1], meter, progress, stage)
        except Misfit as error:
            self.failed = error.markings
            reason = "the layout"
        except Broken:
            self._no_second()
            self.workers = 1
            self._take_back(before)
            return None
        finally:
            if reason is not None:
                self._take_back(before)
        if reason is None:
            self._close_level()
        return reason

    def _take_back(self, figures: dict[str, int]) -> None:
        """Forget what was found of the next level."""
        self._fresh = []
        self.figures = Figures.from_dict(self.net, figures)
        self.figures.use(self.layout)
        self._stale = True
        self._settled = True

    def _is_narrow(self, meter: Meter) -> bool:
        """Return whether to go on one state at a time, and get ready for that."""
        arcs = self.figures.arcs / max(1, self.figures.expanded)
        if self._spared or self.store[-1].shape[1] * max(1.0, arcs) > self.narrow.worth:
            return False
        if self.narrow.ready:
            return True
        self._waited += PATIENCE
        limit = meter.budget.bytes
        if self._waited < self.states or self._tight:
            return False
        if limit is not None and self.narrow.bytes_for(self.states) > limit // PART:
            return False
        self.narrow.know((block for _, block in self.store.blocks(self._chunk)), self.states)
        self._waited = 0
        return True

    def _walk(
        self, meter: Meter, progress: ProgressCallback | None, stage: str, most: int | None
    ) -> None:
        """Expand levels one state at a time while they are narrow."""
        limits = [n for n in (most, meter.budget.states) if n is not None]
        last = np.array(self.store[-1])
        self._stale = True
        most = min(limits, default=None)
        with closing(self.narrow.run(last, most=most, end=meter.end)) as stretches:
            for stretch in stretches:
                last = self._take(stretch, last)
                if stretch.end in ("misfit", "large"):
                    self._spared = 1
                if progress is not None:
                    self._tell(progress, stage, meter, last.shape[1])
                self._out_of(meter, 0)
                if not self.narrow.ready:
                    break

    def _take(self, stretch: Stretch, last: Word) -> Word:
        """Add the levels of a stretch, and count the states that were expanded for them."""
        self._settled = False
        done = stretch.end == "complete"
        left = stretch.widths[-1] if stretch.widths and not done else 0
        states = stretch.states
        expanded = states[:, : states.shape[1] - left]
        if stretch.widths or done:
            expanded = np.concatenate((last, expanded), axis=1)
        chunk = self._chunk
        for start in range(0, expanded.shape[1], chunk):
            block = [word[start : start + chunk] for word in expanded]
            self.figures.count(self.layout.columns(block), len(block[0]), 0, 0)
        self.figures.arcs += stretch.arcs
        self.figures.deadlocks += stretch.deadlocks
        if stretch.widths:
            self.store.extend(states, stretch.widths)
            last = np.array(states[:, -stretch.widths[-1] :])
        self.complete = done
        self._settled = True
        self.save()
        return last

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
        self._settled = True
        self.save()

    def save(self, *, now: bool = False) -> None:
        """Say in the folder, where there is one, how far the search is: now and then, or now."""
        if self._settled and (now or self.store.due):
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
                    self._tell(progress, stage, meter, batch.left)
                if meter.out_of_time():
                    return meter.exhausted()
        return None

    def _tell(self, progress: ProgressCallback, stage: str, meter: Meter, frontier: int) -> None:
        progress(
            Progress(
                stage=stage, states=self._found, frontier=frontier, arcs=self.figures.arcs,
                seconds=meter.seconds, bytes=self.nbytes,
            )
        )  # fmt: skip

    @property
    def _found(self) -> int:
        """How many states were found, those of the next level included."""
        return self.states if self._stale else len(self.seen)

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
        limit = meter.budget.bytes
        likely = self._likely(more)
        if limit is not None and likely > limit and self.narrow.ready:
            self.narrow.forget()
            self._tight = True
            self._refill()
            likely = self._likely(more)
        if limit is not None and likely > limit and self.seen.kind != "runs":
            if self.store.folder is None:
                self.store.to_disk(self._folder())
            self.seen.spill(self._all_states, folder=self._folder, memory=max(1 << 16, limit // 4))
            self._stale = False
        return meter.exhausted(states=self._found)

    def _likely(self, more: int) -> int:
        """Return the bytes that may stand while so many successors are added."""
        likely = self.nbytes - self.seen.nbytes + self.seen.growing(more // 8)
        self.peak_bytes = max(self.peak_bytes, likely)
        return likely

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
            for start in range(0, len(block[0]), self._chunk):
                columns = layout.columns([word[start : start + self._chunk] for word in block])
                seen.add_rows(places, [layout.tokens(columns, place) for place in places])
        if self.failed is not None:
            seen.add(self.failed)

    def reencode(self, layout: StateLayout) -> None:
        """Go on in another layout, from the last complete level."""
        old = self.layout
        self._settled = False
        self._fresh = []
        self.store.repack(lambda block: layout.repacked(old, list(block)), self._chunk)
        self._use(layout)
        self.figures.use(layout)
        self._settled = True
        self._waited = self.states
        self.save(now=True)

    def close(self) -> None:
        """Say how far the search is, and give back what it needs no more."""
        self.save(now=True)
        self._no_second()
        self.narrow.forget()
        self.seen.close()
        self.seen = SeenStates(self.layout.words)
        self.successors = Successors(self.net, self.layout, 0)
