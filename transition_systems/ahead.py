"""Working ahead: what one thread computes while another uses what it had before.

Numpy leaves the interpreter's lock for the time of an operation on a large array, so that two
threads that work on whole arrays use two cores.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

__all__ = ["ahead"]

Item = TypeVar("Item")


def ahead(items: Iterator[Item], *, depth: int = 2) -> Generator[Item, None, None]:
    """Yield the items of an iterator that runs in a thread of its own, in their order.

    Parameters
    ----------
    items
        Is only used by that thread, and by it no more once this iterator is closed. An exception
        that it raises is raised here.
    depth
        How many items are made before they are wanted. The item in use stands beside them.

    Examples
    --------
    >>> list(ahead(iter(range(4))))
    [0, 1, 2, 3]
    """
    end: list[Item] = []

    def made() -> list[Item]:
        for item in items:
            return [item]
        return end

    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="netproof-ahead") as pool:
        coming = deque(pool.submit(made) for _ in range(depth))
        try:
            while item := coming.popleft().result():
                coming.append(pool.submit(made))
                yield item.pop()
        finally:
            for future in coming:
                future.cancel()
