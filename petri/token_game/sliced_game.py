"""Plays an ensemble in words of bits from start to end, whichever engine makes the attempts."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from petri.net import PetriNet
from petri.token_game.bit_counter import counter_planes
from petri.token_game.bit_program import compile_predicate, run_program
from petri.token_game.bit_words import Words, block_counts, unpack_bits
from petri.token_game.choices import BlockChoices
from petri.token_game.ensemble_result import Clock, Visits
from petri.token_game.sliced_net import BitLayout, number_of, slots_of
from petri.token_game.sliced_play import Player
from petri.token_game.sliced_state import SlicedState
from transition_systems.budget import Meter
from transition_systems.errors import FiringError
from transition_systems.progress import Progress, ProgressCallback
from transition_systems.properties.predicates import Dead, Enabled, Predicate

__all__ = ["SlicedGame"]

Floats = NDArray[np.float64]
FIRST_LOOK, FIRST_PIECE = 256, 64


class SlicedGame:
    """One ensemble in words of bits.

    Parameters
    ----------
    net
        The net; it has transitions.
    layout
        How it lies in words.
    clock, amount
        What is counted, and how far.
    weights
        The weight of each transition, float64 (n_transitions,).
    until
        The goal at which a replica stops.
    watch
        The predicates that are counted along the way.
    every
        In the clock of attempts: after how many attempts they are counted.
    """

    def __init__(
        self,
        net: PetriNet,
        layout: BitLayout,
        *,
        clock: Clock,
        amount: int,
        weights: Floats,
        until: Predicate | None,
        watch: Mapping[str, Predicate],
        every: int,
    ) -> None:
        slots = slots_of(net, layout)
        shape = (len(layout.sizes), layout.n_words)
        counts = clock == "firings" and amount > 0
        programs = [compile_predicate(p, net, layout, slots) for p in watch.values()]
        self.state = SlicedState(
            layout=layout,
            slots=slots,
            words=layout.words_of(net.initial.to_array(net.place_ids)),
            active=layout.valid(),
            fired=np.zeros((shape[0], len(slots)), dtype=np.int64),
            counter=counter_planes(amount, *shape) if counts else None,
            until=None if until is None else compile_predicate(until, net, layout, slots),
            watched=tuple(programs) if clock == "firings" else (),
            visited=np.zeros((len(programs), shape[0]), dtype=np.int64),
        )
        if until is not None and clock == "attempts":
            self.state.moments = np.zeros((amount.bit_length(), *shape), dtype=np.uint64)
        self.state.prepare()
        self.clock, self.amount, self.weights, self.every = clock, amount, weights, every
        self._names = list(watch)
        self._programs = programs
        self._dead = compile_predicate(Dead(), net, layout, slots)
        self._able = (
            [compile_predicate(Enabled(t), net, layout, slots) for t in net.transition_ids]
            if programs and clock == "attempts"
            else []
        )
        most = max(p.registers for p in (*programs, *self._able, self._dead))
        self._registers: Words = np.zeros((most + 1, *shape), dtype=np.uint64)
        self._met: Words = np.zeros((len(programs), *shape), dtype=np.uint64)
        self._time = np.zeros((len(programs), shape[0]))
        self._weighted = np.zeros((len(programs) + 1, shape[0]))
        self._looked = np.zeros(shape[0])

    def play(
        self,
        make_player: Callable[[SlicedState], Player],
        choices: BlockChoices,
        meter: Meter,
        progress: ProgressCallback | None,
    ) -> str | None:
        """Play to the end; return why it ended before, if it did.

        Raises
        ------
        FiringError
            When a replica would hold more tokens than the bound.
        """
        state = self.state
        state.look(None, 0)
        player = make_player(state)
        portion, at, next_look, told = choices.portion(), 0, FIRST_LOOK, time.monotonic()
        sampling = bool(self._able)
        piece = FIRST_PIECE
        while not self._over():
            if at == choices.length:
                portion, at = choices.portion(), 0
            stop = min(choices.length, at + piece)
            piece *= 2
            if self.clock == "attempts":
                stop = min(stop, at + self.amount - state.attempts)
            if sampling:
                stop = min(stop, at + self.every - state.attempts % self.every)
            player.play(portion, at, stop)
            at = stop
            if state.overflow:
                raise FiringError(self._overflow())
            if sampling and state.attempts % self.every == 0:
                self._sample()
            if state.attempts >= next_look:
                next_look = 2 * state.attempts
                if self._drop_dead():
                    break
            now = time.monotonic()
            if progress is not None and now - told >= 0.2:
                told = now
                progress(self._progress(meter))
            if meter.out_of_time():
                return None if self._over() else "the time budget is used up"
        if progress is not None:
            progress(self._progress(meter))
        return None

    def _progress(self, meter: Meter) -> Progress:
        state = self.state
        return Progress(
            stage="token game", states=int(state.fired.sum()), frontier=int(
                block_counts(state.active).sum()
            ), arcs=state.attempts * int(state.layout.sizes.sum()), seconds=meter.seconds,
            bytes=state.words.nbytes,
        )  # fmt: skip

    def _over(self) -> bool:
        if self.clock == "attempts" and self.state.attempts >= self.amount:
            return True
        return self.amount == 0 or not self.state.active.any()

    def _overflow(self) -> str:
        bounds = self.state.layout.bounds
        return (
            f"a replica would hold more tokens than the bound (at most {int(bounds.max())});"
            " give a larger bound= or method='arrays'"
        )

    def _drop_dead(self) -> bool:
        """Stop the replicas in which nothing can happen any more; return whether none is left."""
        state = self.state
        dead = run_program(self._dead, state.words, self._registers)
        if self.clock == "firings":
            state.active &= ~dead
            return not state.active.any()
        if (state.active & ~dead).any():
            return False
        if self._able:
            self._sample(self.amount // self.every - state.attempts // self.every)
        state.attempts = self.amount
        return True

    def _sample(self, times: int = 1) -> None:
        """Count what holds now, over time and weighted with what is enabled."""
        state = self.state
        self._looked += times * block_counts(state.active)
        for number, program in enumerate(self._programs):
            met = run_program(program, state.words, self._registers)
            np.bitwise_and(met, state.active, out=self._met[number])
            self._time[number] += times * block_counts(self._met[number])
        for program, weight in zip(self._able, self.weights.tolist(), strict=True):
            able = run_program(program, state.words, self._registers) & state.active
            for number in range(len(self._programs)):
                here = block_counts(able & self._met[number])
                self._weighted[number] += times * weight * here
            self._weighted[-1] += times * weight * block_counts(able)

    def dead(self) -> NDArray[np.bool_]:
        """Return the replicas in which nothing is enabled, bool (n_replicas,)."""
        dead = run_program(self._dead, self.state.words, self._registers)
        return unpack_bits(dead, self.state.layout.sizes)

    def passage(self) -> NDArray[np.int64] | None:
        """Return when the goal was met, int64 (n_replicas,), -1 where not; ``None`` without one."""
        state, sizes = self.state, self.state.layout.sizes
        if state.until is None:
            return None
        met = unpack_bits(run_program(state.until, state.words, state.registers), sizes)
        times = np.zeros(len(met), dtype=np.int64)
        planes = state.counter if state.moments is None else state.moments
        if planes is not None:
            times = number_of(planes.transpose(1, 0, 2), sizes)
            if state.moments is None:
                size = 1 << len(planes)
                times = (times - (size - self.amount)) % size
        return np.where(met, times, -1)

    def visits(self) -> dict[str, Visits]:
        """Return for each watched name how often it was met in each block."""
        fired = self.state.fired.sum(axis=1).astype(np.float64)
        counted = self.clock == "firings"
        visited = self.state.visited.astype(np.float64)
        return {
            name: Visits(
                self._time[number], self._looked,
                visited[number] if counted else self._weighted[number],
                fired if counted else self._weighted[-1],
            )
            for number, name in enumerate(self._names)
        }  # fmt: skip
