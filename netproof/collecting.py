"""Rare garbage collection while a check builds its models.

A check makes many small objects that live until it ends, and next to no cycles. Python's collector
would look at them again and again: on a diagram of 2,000 nodes that is half of the whole time.
"""

from __future__ import annotations

import gc
from collections.abc import Generator
from contextlib import contextmanager

__all__ = ["OBJECTS", "rare_collection"]

OBJECTS = 1_000_000


@contextmanager
def rare_collection() -> Generator[None]:
    """Let the cyclic collector run only after a million new objects; then as it was before.

    Where the caller has switched it off, or made it rarer still, nothing changes.

    Examples
    --------
    >>> before = gc.get_threshold()
    >>> with rare_collection():
    ...     gc.get_threshold()[0]
    1000000
    >>> gc.get_threshold() == before
    True
    """
    before = gc.get_threshold()
    if 0 < before[0] < OBJECTS:
        gc.set_threshold(OBJECTS, *before[1:])
    try:
        yield
    finally:
        if gc.get_threshold()[0] == OBJECTS:
            gc.set_threshold(*before)
