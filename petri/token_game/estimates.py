"""Estimates with intervals, from the means of blocks that were seeded independently."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from transition_systems.errors import UsageError

__all__ = ["Distribution", "Estimate", "estimate", "ratio_estimate", "student_quantile"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A mean with a confidence interval that comes from the means of independent blocks.

    Replicas of one block share the sequence of attempted transitions and are correlated, so the
    number of replicas says nothing about the error; the spread of the block means does. The
    interval is ``mean ± q s / sqrt(n)`` for ``n`` block means of standard deviation ``s`` and
    ``q`` the quantile of Student's t distribution with ``n - 1`` degrees of freedom. An interval of
    no width says that all blocks agree, not that nothing else can happen: what has a probability
    of less than about ``3 / n`` in a block is likely to be seen in none of ``n`` blocks.

    Parameters
    ----------
    mean
        The mean of the block means.
    low, high
        The ends of the interval; ``nan`` where there is only one block.
    level
        The confidence, such as 0.95.
    block_means
        What each block says on its own, in the order of the blocks; a block that says nothing
        (an average over no events) is left out. For a ratio see :func:`ratio_estimate`.
    """

    mean: float
    low: float
    high: float
    level: float
    block_means: tuple[float, ...]

    @property
    def half_width(self) -> float:
        """Half of the length of the interval."""
        return (self.high - self.low) / 2

    def __str__(self) -> str:
        return f"{self.mean:.6g} ± {self.half_width:.2g} ({self.level:.0%})"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Distribution:
    """The shares of values, each with an interval from block means (see :class:`Estimate`).

    Parameters
    ----------
    values
        int64 (n_values,).
    shares, low, high
        float64 (n_values,).
    block_shares
        float64 (n_blocks, n_values).
    level
        The confidence of each interval on its own.
    """

    values: NDArray[np.int64]
    shares: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    block_shares: NDArray[np.float64]
    level: float


def student_quantile(level: float, degrees: int) -> float:
    """Return the two-sided quantile of Student's t distribution.

    Parameters
    ----------
    level
        Between 0 and 1: the probability between minus and plus the quantile.
    degrees
        Degrees of freedom, at least 1.

    Returns
    -------
    float

    Examples
    --------
    >>> round(student_quantile(0.95, 31), 4)
    2.0395
    """
    from scipy.special import stdtrit

    return float(stdtrit(degrees, 0.5 + level / 2))


def _interval(
    blocks: NDArray[np.float64], level: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return mean and half width over axis 0."""
    count = blocks.shape[0]
    if count == 0:
        nothing = np.full(blocks.shape[1:], np.nan)
        return nothing, nothing
    mean = blocks.mean(axis=0)
    if count == 1:
        return mean, np.full(blocks.shape[1:], np.nan)
    half = student_quantile(level, count - 1) * blocks.std(axis=0, ddof=1) / np.sqrt(count)
    return mean, half


def check_level(level: float) -> None:
    """Raise ``UsageError`` unless a confidence is between 0 and 1."""
    if not 0 < level < 1:
        raise UsageError(f"a confidence is between 0 and 1, not {level}")


def estimate(block_means: Sequence[float] | NDArray[np.float64], level: float = 0.95) -> Estimate:
    """Return the estimate that block means give.

    Parameters
    ----------
    block_means
        One mean for each block; ``nan`` for a block that has none.
    level
        The confidence.

    Returns
    -------
    Estimate

    Examples
    --------
    >>> print(estimate([1.0, 2.0, 3.0]))
    2 ± 2.5 (95%)
    """
    check_level(level)
    blocks = np.asarray(block_means, dtype=np.float64)
    blocks = blocks[~np.isnan(blocks)]
    mean, half = _interval(blocks, level)
    middle, width = float(mean), float(half)
    return Estimate(
        mean=middle, low=middle - width, high=middle + width, level=level,
        block_means=tuple(blocks.tolist()),
    )  # fmt: skip


def ratio_estimate(
    parts: NDArray[np.float64], wholes: NDArray[np.float64], level: float = 0.95
) -> Estimate:
    """Return the estimate of a ratio of two means: the ratio of the sums, not a mean of ratios.

    Parameters
    ----------
    parts, wholes
        Numerator and denominator in each block, float64 (n_blocks,).
    level
        The confidence.

    Returns
    -------
    Estimate
        ``nan`` where the denominators sum up to 0. ``block_means`` are the ratio plus what each
        block deviates from it, ``(part - ratio * whole) / mean(wholes)``; where all denominators
        are equal these are the ratios in the blocks.

    Notes
    -----
    A mean of the blocks' own ratios would be off however many blocks there are, as blocks with few
    events count as much as those with many.
    W. G. Cochran: Sampling Techniques, 3rd edition, Wiley 1977, chapter 6 (linearised variance).

    Examples
    --------
    >>> print(ratio_estimate(np.array([1.0, 5.0]), np.array([1.0, 11.0])).mean)
    0.5
    """
    check_level(level)
    whole = float(wholes.sum())
    if whole == 0:
        return Estimate(mean=np.nan, low=np.nan, high=np.nan, level=level, block_means=())
    ratio = float(parts.sum()) / whole
    values = ratio + (parts - ratio * wholes) * (len(wholes) / whole)
    width = float(_interval(values, level)[1])
    return Estimate(
        mean=ratio, low=ratio - width, high=ratio + width, level=level,
        block_means=tuple(values.tolist()),
    )  # fmt: skip


def distribution(
    values: NDArray[np.int64], block_shares: NDArray[np.float64], level: float
) -> Distribution:
    """Return the distribution that the shares in each block give."""
    check_level(level)
    mean, half = _interval(block_shares, level)
    return Distribution(
        values=values, shares=mean, low=mean - half, high=mean + half, block_shares=block_shares,
        level=level,
    )  # fmt: skip
