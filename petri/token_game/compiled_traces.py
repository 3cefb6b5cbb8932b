"""Plays independent runs by the compiled engines: the one for safe nets first, then the other."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from petri.net import PetriNet
from petri.token_game.array_kernel import KernelRuns
from petri.token_game.policies import Chooser
from petri.token_game.safe_run_kernel import UNSAFE, SafeRuns
from transition_systems.budget import Meter
from transition_systems.errors import FiringError

__all__ = ["play_compiled"]

CHUNK, GROUP = 64, 512


def play_compiled(
    net: PetriNet,
    chooser: Chooser,
    log: NDArray[Any],
    seed: np.random.SeedSequence,
    meter: Meter,
) -> bool:
    """Play runs to their ends and write down what fires.

    Parameters
    ----------
    net
        The net.
    chooser
        The policy: uniform, weighted or priorities.
    log
        Integers (n_runs, length), all -1 at first.
    seed
        The random numbers of these runs; the same as those of the engine in numpy.
    meter
        The budget.

    Returns
    -------
    bool
        Whether the time sufficed.

    Raises
    ------
    FiringError
        When a place would get more than 2**62 tokens.

    Notes
    -----
    64 steps of 512 runs at a time: their random numbers stay in the cache.
    """
    if SafeRuns.suits(net):
        whole = _play(net, SafeRuns(net, chooser, len(log)), log, seed, meter)
        if whole is not None:
            return whole
        log[...] = -1
    whole = _play(net, KernelRuns(net, chooser, len(log)), log, seed, meter)
    return whole is not False


def _play(
    net: PetriNet,
    game: SafeRuns | KernelRuns,
    log: NDArray[Any],
    seed: np.random.SeedSequence,
    meter: Meter,
) -> bool | None:
    """Return whether the time sufficed, or ``None`` when the net is not safe."""
    runs, length = log.shape
    rows: NDArray[Any] = np.empty((GROUP, CHUNK), dtype=log.dtype)
    random = np.empty((GROUP, CHUNK), dtype=np.float64)
    generator = np.random.Generator(np.random.PCG64(seed))
    for start in range(0, length, CHUNK):
        width = min(CHUNK, length - start)
        for first in range(0, runs, GROUP):
            size = min(GROUP, runs - first)
            generator.random(out=random[:size])
            place = game.play(first, random[:size], rows, width)
            if place == UNSAFE:
                return None
            if place >= 0:
                raise FiringError(f"{net.place_ids[place]} would get more than 2**62 tokens")
            log[first : first + size, start : start + width] = rows[:size, :width]
        if not game.live:
            return True
        if meter.out_of_time():
            return bool(start + CHUNK >= length)
    return True
