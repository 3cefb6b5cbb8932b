"""Independent runs with full logs, as arrays, one by one, and as event logs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from petri.net import PetriNet
from petri.token_game.arguments import chosen_engine, whole_number
from petri.token_game.array_game import ArrayGame
from petri.token_game.array_play import Selector, holds_in
from petri.token_game.policies import Chooser, MaximalStep, Policy, Priorities, Uniform, Weighted
from petri.token_game.replay import Replay
from transition_systems.budget import Budget, Meter
from transition_systems.progress import Progress, ProgressCallback
from transition_systems.properties.predicates import Predicate
from transition_systems.readwrite.event_log import LogCase, LogEvent
from transition_systems.readwrite.files import PathOrFile
from transition_systems.run import Run

__all__ = ["Traces", "traces"]

TILE, CHUNK = 16_384, 64
LARGE = 20_000_000
REFUSED = "the kernel plays Uniform, Weighted and Priorities, without until="


class Traces:
    """Independent runs of a net.

    Attributes
    ----------
    net
        The net; its initial marking is where the runs begin.
    log
        The transitions by index, -1 after the end of a run; integers (n_runs, length).
    lengths
        The number of firings in each run, int64 (n_runs,).
    steps
        For maximal steps the number of the step that each firing belongs to, int32 (n_runs,
        length); otherwise ``None``.
    engine
        ``"numpy"`` or ``"kernel"``.
    complete
        Whether all runs were played to their length or end.
    """

    def __init__(
        self,
        *,
        net: PetriNet,
        log: NDArray[Any],
        steps: NDArray[np.int32] | None,
        engine: str,
        complete: bool,
    ) -> None:
        self.net = net
        self.log = log
        self.lengths: NDArray[np.int64] = (log >= 0).sum(axis=1, dtype=np.int64)
        self.steps = steps
        self.engine = engine
        self.complete = complete

    def __repr__(self) -> str:
        return f"<Traces: {len(self)} runs of {self.net.name or 'a net'}, {self.firings} firings>"

    def __len__(self) -> int:
        return len(self.log)

    def __iter__(self) -> Iterator[Run]:
        return (self.replay(number).run() for number in range(len(self)))

    @property
    def firings(self) -> int:
        """The number of firings in all runs."""
        return int(self.lengths.sum())

    def replay(self, run: int) -> Replay:
        """Return one run, to be stepped forward and back."""
        return Replay(self.net, self.log[run, : self.lengths[run]].tolist())

    def fired(self) -> NDArray[np.int64]:
        """Return how often each transition fired in all runs, int64 (n_transitions,)."""
        count = len(self.net.transition_ids)
        return sum(
            (np.bincount(row[row >= 0], minlength=count) for row in np.array_split(self.log, 64)),
            np.zeros(count, dtype=np.int64),
        )

    def cases(self) -> Iterator[LogCase]:
        """Yield the runs as cases of an event log; silent transitions are events of their own."""
        events = [
            LogEvent(
                activity=node.label or node.name or node.id, element=node.id, kind="transition"
            )
            for node in self.net.transitions
        ]
        for number, (row, length) in enumerate(zip(self.log, self.lengths.tolist(), strict=True)):
            chosen = tuple(events[transition] for transition in row[:length].tolist())
            yield LogCase(name=f"run {number + 1}", events=chosen)

    def write_xes(self, path_or_file: PathOrFile, *, clock: datetime | None = None) -> None:
        """Write the runs as an XES log, see :func:`transition_systems.write_xes`."""
        from transition_systems.readwrite.xes import write_xes

        write_xes(self.cases(), path_or_file, clock=clock)

    def write_csv(self, path_or_file: PathOrFile, *, guard: bool = True) -> None:
        """Write the runs as CSV, see :func:`transition_systems.write_csv_log`."""
        from transition_systems.readwrite.event_log import write_csv_log

        write_csv_log(self.cases(), path_or_file, guard=guard)


def traces(
    net: PetriNet,
    *,
    runs: int,
    length: int,
    seed: int = 0,
    policy: Policy | None = None,
    marking: Mapping[str, int] | None = None,
    until: Predicate | None = None,
    engine: str = "auto",
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
) -> Traces:
    """Play independent runs of a net and return all their firings.

    Parameters
    ----------
    net
        Any place/transition net, bounded or not.
    runs, length
        How many runs, and the largest number of firings in each.
    seed
        The runs depend on the arguments and the seed, not on the engine.
    policy
        ``Uniform()`` by default, ``Weighted``, ``Priorities``, ``MaximalStep``, or a function
        ``f(markings, enabled, generator)`` of integers (n_places, n_runs) and booleans
        (n_transitions, n_runs) that returns the index of a transition for each run, -1 to end it.
    marking
        Where the runs start; by default the initial marking.
    until
        A run stops in the first marking where this holds.
    engine
        ``"numpy"``, ``"kernel"`` (compiled, needs the extra ``fast``; for uniform, weighted and
        priorities, without ``until``), or ``"auto"``.
    budget
        Seconds, at most; what was reached is returned with ``complete`` false.
    progress
        Is told about firings (``states``) and runs still to be played (``frontier``).

    Returns
    -------
    Traces
        ``length`` times 2 or 4 bytes for each run.

    Raises
    ------
    UsageError
        For arguments that have no meaning, or a policy that chooses what is not enabled.
    FiringError
        When a place would get more than 2**62 tokens.

    Notes
    -----
    With numpy a firing costs O(arcs of the net) operations on bytes, shared by 16,384 runs; the
    kernel costs the arcs of the transition and of its neighbours. A choice is made by one random
    number of 53 bits, so that chances are right up to a share of 2**-45.

    Examples
    --------
    >>> net = PetriNet(places=["p", "q"], transitions=["t", "u"], initial={"p": 1},
    ...                arcs=[("p", "t"), ("t", "q"), ("q", "u"), ("u", "p")])
    >>> traces(net, runs=2, length=3).log.tolist()
    [[0, 1, 0], [0, 1, 0]]
    """
    runs, length = whole_number("runs", runs, 0), whole_number("length", length, 0)
    seed = whole_number("seed", seed, 0)
    if marking is not None:
        net = net.replace(initial=marking)
    policy = Uniform() if policy is None else policy
    compilable = isinstance(policy, Uniform | Weighted | Priorities) and until is None
    used = chosen_engine(
        engine, work=runs * length, large=LARGE, compilable=None if compilable else REFUSED
    )
    count = len(net.transition_ids)
    kind: type[Any] = np.int16 if count < 2**15 else np.int32
    log: NDArray[Any] = np.full((runs, length), -1, dtype=kind)
    steps = np.zeros((runs, length), dtype=np.int32) if isinstance(policy, MaximalStep) else None
    meter = (Budget() if budget is None else budget).start()
    starts = range(0, runs, TILE)
    complete = True
    for start, child in zip(starts, np.random.SeedSequence(seed).spawn(len(starts)), strict=True):
        part = log[start : start + TILE]
        generator = np.random.Generator(np.random.PCG64(child))
        if used == "kernel":
            assert isinstance(policy, Uniform | Weighted | Priorities)
            from petri.token_game.compiled_traces import play_compiled

            whole = play_compiled(net, Chooser(net, policy), part, child, meter)
        else:
            steps_part = None if steps is None else steps[start : start + TILE]
            whole = _by_numpy(net, policy, part, steps_part, generator, until, meter)
        if progress is not None:
            done = min(runs, start + TILE)
            progress(
                Progress(
                    stage="traces", states=int((log[:done] >= 0).sum()), frontier=runs - done,
                    seconds=meter.seconds, bytes=log.nbytes,
                )
            )  # fmt: skip
        if not whole:
            complete = False
            break
    return Traces(net=net, log=log, steps=steps, engine=used, complete=complete)


def _by_numpy(
    net: PetriNet,
    policy: Policy,
    log: NDArray[Any],
    steps: NDArray[np.int32] | None,
    generator: np.random.Generator,
    until: Predicate | None,
    meter: Meter,
) -> bool:
    runs, length = log.shape
    selector = Selector(net, policy)
    game = ArrayGame(net, runs, stepwise=selector.stepwise)
    count = game.count
    live: NDArray[np.bool_] = np.ones(runs, dtype=np.bool_)
    number = np.zeros(runs, dtype=np.int32)
    stopping = until is not None or not isinstance(policy, Uniform | Weighted | Priorities)
    if until is not None:
        live &= ~holds_in(net, until, game.markings)
    for start in range(0, length, CHUNK):
        random = np.ascontiguousarray(generator.random((runs, CHUNK)).T)
        width = min(CHUNK, length - start)
        rows: NDArray[Any] = np.empty((width, runs), dtype=log.dtype)
        for step in range(width):
            chosen, began = selector.select(game, random[step], generator)
            if stopping:
                chosen = np.where(live, chosen, count)
                live &= chosen != count
            game.fire(chosen)
            rows[step] = chosen
            if began is not None and steps is not None:
                number += began
                steps[:, start + step] = number
            if until is not None:
                live &= ~holds_in(net, until, game.settle())
        rows[rows == count] = -1
        log[:, start : start + width] = rows.T
        if (rows[-1] < 0).all():
            break
        if meter.out_of_time():
            return bool(start + CHUNK >= length)
    return True
