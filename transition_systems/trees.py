"""Walks over trees of any kind, deep ones too: from the leaves up, and from the root down."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

__all__ = ["fold_tree", "preorder"]

N = TypeVar("N")
T = TypeVar("T")
SHALLOW = 20


def fold_tree(
    root: N,
    children: Callable[[N], tuple[N, ...]],
    combine: Callable[[N, list[T]], T],
    *,
    levels: int = SHALLOW,
) -> T:
    """Compute a value bottom-up: ``combine(node, values of its children)`` at each node.

    By recursion as deep as ``levels``, which is fast, and with a stack below.

    Examples
    --------
    >>> fold_tree(((), ((),)), lambda node: node, lambda node, sizes: 1 + sum(sizes))
    4
    """
    below = children(root)
    if not below:
        return combine(root, [])
    if levels:
        parts = [fold_tree(child, children, combine, levels=levels - 1) for child in below]
        return combine(root, parts)
    waiting: list[tuple[N, bool]] = [(root, False)]
    values: list[T] = []
    while waiting:
        node, entered = waiting.pop()
        below = children(node)
        if not below:
            values.append(combine(node, []))
        elif entered:
            parts = values[len(values) - len(below) :]
            del values[len(values) - len(below) :]
            values.append(combine(node, parts))
        else:
            waiting.append((node, True))
            waiting.extend((child, False) for child in reversed(below))
    return values[0]


def preorder(root: N, children: Callable[[N], tuple[N, ...]]) -> Iterator[N]:
    """Yield every node, parents before their children, from left to right.

    Examples
    --------
    >>> [len(node) for node in preorder(((), ((),)), lambda node: node)]
    [2, 0, 1, 0]
    """
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(children(node)))
