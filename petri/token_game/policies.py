"""Policies: which of the enabled transitions fires next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from operator import index
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from petri.net import PetriNet
from petri.token_game.choices import weights_of

__all__ = ["Chooser", "MaximalStep", "Policy", "Priorities", "Uniform", "Weighted", "levels_of"]

Array: TypeAlias = NDArray[Any]
ChoosingFunction: TypeAlias = Callable[[Array, Array, np.random.Generator], Array]


def _pairs(values: Mapping[str, Any] | tuple[tuple[str, Any], ...]) -> tuple[tuple[str, Any], ...]:
    return tuple(dict(values).items())


@dataclass(frozen=True, slots=True)
class Uniform:
    """Every enabled transition has the same chance."""


@dataclass(frozen=True, slots=True)
class Weighted:
    """An enabled transition has a chance in proportion to its weight.

    Parameters
    ----------
    weights
        Weights above 0 by the ids of transitions; those that are not named weigh 1.

    Examples
    --------
    >>> Weighted({"t": 2.5})
    Weighted(weights=(('t', 2.5),))
    """

    weights: Mapping[str, float] | tuple[tuple[str, float], ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "weights", _pairs(self.weights))


@dataclass(frozen=True, slots=True)
class Priorities:
    """Only transitions of the highest level that has an enabled one; by weight among them.

    Parameters
    ----------
    levels
        Integers by the ids of transitions, higher goes first; those that are not named have 0.
    weights
        As for :class:`Weighted`.

    Examples
    --------
    >>> Priorities({"urgent": 1}).levels
    (('urgent', 1),)
    """

    levels: Mapping[str, int] | tuple[tuple[str, int], ...]
    weights: Mapping[str, float] | tuple[tuple[str, float], ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "levels", _pairs(self.levels))
        object.__setattr__(self, "weights", _pairs(self.weights))


@dataclass(frozen=True, slots=True)
class MaximalStep:
    """Steps of as many transitions as the tokens at the start of the step can serve.

    A step is filled by uniform choice among what is still enabled, until nothing is; a transition
    may occur in it several times. Tokens that a step puts serve from the next step on.
    """


Policy: TypeAlias = Uniform | Weighted | Priorities | MaximalStep | ChoosingFunction


def levels_of(net: PetriNet, policy: Priorities) -> list[NDArray[np.int64]]:
    """Return the transitions of each level, the highest level first.

    Examples
    --------
    >>> net = PetriNet(places=[], transitions=["t", "u"])
    >>> [level.tolist() for level in levels_of(net, Priorities({"u": 5}))]
    [[1], [0]]
    """
    level = np.zeros(len(net.transition_ids), dtype=np.int64)
    for transition, number in dict(policy.levels).items():
        level[net.transition_index(transition)] = index(number)
    return [np.flatnonzero(level == value) for value in np.unique(level)[::-1]]


class Chooser:
    """Chooses for many runs at once, by one random number for each.

    Parameters
    ----------
    net
        The net.
    policy
        Uniform, weighted, by priorities or the choice within a maximal step.
    """

    def __init__(self, net: PetriNet, policy: Uniform | Weighted | Priorities | MaximalStep):
        self.count = len(net.transition_ids)
        self.weights: NDArray[np.float64] | None = None
        self.levels: list[NDArray[np.int64]] = []
        if isinstance(policy, Weighted):
            self.weights = weights_of(net, dict(policy.weights))
        if isinstance(policy, Priorities):
            self.weights = weights_of(net, dict(policy.weights)) if policy.weights else None
            self.levels = levels_of(net, policy)
        small = self.count <= 255
        self._kind: type[Any] = np.uint8 if small else np.int32
        self._sums: Array = np.zeros((0, 0))
        self._passed: Array = np.zeros((0, 0), dtype=np.bool_)
        self._rows: list[Array] = []

    def choose(self, enabled: Array, random: NDArray[np.float64]) -> Array:
        """Return the transitions that fire.

        Parameters
        ----------
        enabled
            uint8 (n_transitions, n_runs), 0 or 1; overwritten where there are priorities.
        random
            float64 (n_runs,), from 0 to below 1.

        Returns
        -------
        ndarray
            (n_runs,); ``n_transitions`` where nothing is enabled.
        """
        if self.count == 0:
            return np.zeros(len(random), dtype=self._kind)
        if len(self.levels) > 1:
            self._highest(enabled)
        if self._sums.shape != enabled.shape:
            kind = self._kind if self.weights is None else np.float64
            self._sums = np.zeros(enabled.shape, dtype=kind)
            self._passed = np.zeros(enabled.shape, dtype=np.bool_)
            self._rows = list(self._sums)
        sums, rows = self._sums, self._rows
        if self.weights is None:
            rows[0][...] = enabled[0]
            for before, row, new in zip(rows, rows[1:], enabled[1:], strict=False):
                np.add(before, new, out=row)
            level: Array = (random * sums[-1]).astype(self._kind)
        else:
            np.multiply(enabled, self.weights[:, None], out=sums)
            for before, row in pairwise(rows):
                np.add(before, row, out=row)
            level = np.minimum(random * sums[-1], np.nextafter(sums[-1], 0))
        np.less_equal(sums, level, out=self._passed)
        chosen: Array = np.add.reduce(self._passed.view(np.uint8), axis=0, dtype=self._kind)
        return chosen

    def _highest(self, enabled: Array) -> None:
        """Take away what is enabled below the highest level."""
        open_: Array = np.ones(enabled.shape[1], dtype=np.uint8)
        for level in self.levels:
            found: Array = np.zeros_like(open_)
            for number in level.tolist():
                enabled[number] &= open_
                found |= enabled[number]
            open_ &= found ^ 1
