"""What the arguments of the token game mean: numbers, blocks, engines."""

from __future__ import annotations

import numpy as np

from petri.token_game.compiling import has_compiler
from transition_systems.errors import UsageError

__all__ = ["chosen_engine", "default_blocks", "whole_number"]

BLOCKS, FEWEST_BLOCKS, MOST_BLOCKS = 32, 8, 1024
SMALL_BLOCK, LARGE_BLOCK = 64, 4096
ENSEMBLE_WORK = 10**9


def whole_number(name: str, value: object, least: int) -> int:
    """Return an argument that is an integer from some least one on.

    Parameters
    ----------
    name
        Of the argument.
    value
        What was given.
    least
        The least that it may be.

    Raises
    ------
    UsageError
        For anything else.

    Examples
    --------
    >>> whole_number("runs", 3, 0)
    3
    """
    if not isinstance(value, int | np.integer) or value < least:
        raise UsageError(f"{name} is an integer from {least} on, not {value!r}")
    return int(value)


def default_blocks(replicas: int) -> int:
    """Return in how many blocks replicas are played.

    Parameters
    ----------
    replicas
        At least 1.

    Returns
    -------
    int
        32; fewer where they would hold less than 64 replicas, which share a word, but at least 8;
        more where they would hold more than 4,096, but at most 1,024.

    Examples
    --------
    >>> [default_blocks(n) for n in (3, 1_000, 3_200, 100_000, 1_000_000)]
    [3, 16, 32, 32, 244]
    """
    small = min(replicas, BLOCKS, max(FEWEST_BLOCKS, -(-replicas // SMALL_BLOCK)))
    return max(small, min(MOST_BLOCKS, replicas // LARGE_BLOCK))


def chosen_engine(
    engine: str, *, work: int, large: int = ENSEMBLE_WORK, compilable: str | None = None
) -> str:
    """Return the engine to use: the kernel where it is asked for, or installed and worth it.

    Parameters
    ----------
    engine
        ``"auto"``, ``"numpy"`` or ``"kernel"``.
    work
        Attempts or firings in all.
    large
        The work for which the kernel is worth it.
    compilable
        Why the kernel cannot play this game, or ``None`` where it can.

    Raises
    ------
    UsageError
        For the name of no engine, or a kernel that cannot be had.

    Examples
    --------
    >>> chosen_engine("auto", work=1)
    'numpy'
    """
    if engine not in ("auto", "numpy", "kernel"):
        raise UsageError(f"the engine is 'auto', 'numpy' or 'kernel', not {engine!r}")
    if engine == "kernel":
        if compilable is not None:
            raise UsageError(compilable)
        if not has_compiler():
            raise UsageError("the kernel needs numba: pip install netproof[fast]")
        return "kernel"
    worth = engine == "auto" and compilable is None and work >= large
    return "kernel" if worth and has_compiler() else "numpy"
