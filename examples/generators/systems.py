"""Systems that are hard to minimise: hubs, silent trees, grids and ladders on a chain.

    python examples/generators/systems.py hubs 1000 x.aut

writes one. A chain takes as many rounds as it has states to be told apart, one state a round. What
hangs on it is looked at again and again by an algorithm that recomputes what a state can do: a hub
with a step to each state of the chain, all that silently leads to the hub, a silent path along
which the differences travel. Each system has arcs and states in proportion to its size.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from transition_systems import LTS, write_aut

__all__ = ["FAMILIES"]

Indices = NDArray[np.int64]
Part = tuple[Indices, Indices | int, Indices | int]

TAU, A, B, C = 0, 2, 3, 4
NAMES = ["tau", "✓", "a", "b", "c"]


def system(n: int, *parts: Part) -> LTS:
    """Return a system of tails, labels and heads, each of the length of the tails or one number."""
    columns = [
        np.concatenate([np.broadcast_to(np.asarray(part[i]), part[0].shape) for part in parts])
        for i in range(3)
    ]
    tails, labels, heads = (column.astype(np.int64) for column in columns)
    return LTS.from_arrays(n, tails, labels, heads, label_names=NAMES)


def chain(first: int, n: int, label: int = A) -> Part:
    """Return the steps of a chain of n states."""
    states = first + np.arange(n)
    return states[:-1], label, states[1:]


def hubs(n: int) -> LTS:
    """A chain, and two states with a step to each state of it."""
    s = np.arange(n)
    return system(n + 2, chain(0, n), (n + 0 * s, B, s), (n + 1 + 0 * s, B, s))


def followers(n: int) -> LTS:
    """A chain, a hub, and n states with a silent step to the hub and one of its steps."""
    s = np.arange(n)
    hub, after = n, n + 1 + s
    return system(2 * n + 1, chain(0, n), (hub + 0 * s, B, s), (after, TAU, hub), (after, B, s))


def silent_tree(n: int) -> LTS:
    """A binary tree of silent steps to n leaves, each with a step to its own state of a chain."""
    s, node = np.arange(n), np.arange(1, 2 * n - 1)
    first = 2 * n - 1
    return system(
        3 * n - 1, ((node - 1) // 2, TAU, node), (n - 1 + s, A, first + s), chain(first, n, B)
    )


def silent_tree_upwards(n: int) -> LTS:
    """The same tree with its silent steps towards the root."""
    s, node = np.arange(n), np.arange(1, 2 * n - 1)
    first = 2 * n - 1
    return system(
        3 * n - 1, (node, TAU, (node - 1) // 2), (n - 1 + s, A, first + s), chain(first, n, B)
    )


def silent_grid(n: int) -> LTS:
    """A square grid of silent steps; each diagonal has a step to its state of a chain."""
    k = round(n**0.5)
    at = np.arange(k * k)
    row, column = np.divmod(at, k)
    right, down = at[column < k - 1], at[row < k - 1]
    return system(
        k * k + 2 * k,
        (right, TAU, right + 1),
        (down, TAU, down + k),
        (at, A, k * k + row + column),
        chain(k * k, 2 * k, B),
    )


def silent_fan(n: int) -> LTS:
    """Two states with silent steps to the same n states, which differ by a chain only."""
    s = np.arange(n)
    return system(
        2 * n + 2,
        chain(0, n),
        (n + s, B, s),
        (2 * n + 0 * s, TAU, n + s),
        (2 * n + 1 + 0 * s, TAU, n + s),
    )


def silent_teeth(n: int) -> LTS:
    """A silent chain, each state with a step to a state of another chain of its own depth."""
    s = np.arange(n)
    return system(2 * n, (s[1:], TAU, s[:-1]), (s, A, n + s), (n + s[1:], B, n + s[:-1]))


def silent_de_bruijn(n: int) -> LTS:
    """A de Bruijn graph in which a step from a word that begins with 0 is silent, or is b."""
    bits = max(1, n.bit_length() - 1)
    n = 1 << bits
    s = np.arange(n)
    return system(n, (s, np.where(s >> (bits - 1), A, TAU), 2 * s % n), (s, B, (2 * s + 1) % n))


def returning_ladder(n: int) -> LTS:
    """A silent chain with a step back from each state: the last inert step is lost n times."""
    s = np.arange(n)
    return system(
        n + 1,
        (s[:-1], TAU, s[1:]),
        (s, A + s % 2, np.maximum(s - 1, 0)),
        (s[-1:], C, n),
    )


def layers(n: int) -> LTS:
    """Twenty layers with two silent steps at random from each state down, and one to a chain."""
    rng = np.random.default_rng(1)
    width = n // 20
    every = np.arange(20 * width)
    upper = every[width:]
    below = (upper // width - 1) * width
    return system(
        21 * width,
        chain(20 * width, width, B),
        (every, A, 20 * width + rng.integers(0, width, len(every))),
        (upper, TAU, below + rng.integers(0, width, len(upper))),
        (upper, TAU, below + rng.integers(0, width, len(upper))),
    )


def funnel(n: int) -> LTS:
    """Two states can do a; n states silently reach both by long paths, and each its own tooth."""
    s = np.arange(n)
    return system(
        2 * n + 2,
        (np.array([0, 1]), np.array([A, B]), 0),
        (2 + s, TAU, np.maximum(1 + s, 0)),
        (2 + s, TAU, np.maximum(s - 5, 0)),
        (2 + s, A, 2 + n + s),
        chain(2 + n, n, B),
    )


FAMILIES: dict[str, Callable[[int], LTS]] = {
    made.__name__: made
    for made in (
        hubs,
        followers,
        silent_tree,
        silent_tree_upwards,
        silent_grid,
        silent_fan,
        silent_teeth,
        silent_de_bruijn,
        returning_ladder,
        layers,
        funnel,
    )
}


def main() -> None:
    """Write a system."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("family", choices=FAMILIES)
    parser.add_argument("size", type=int)
    parser.add_argument("file")
    arguments = parser.parse_args()
    write_aut(FAMILIES[arguments.family](arguments.size), arguments.file)


if __name__ == "__main__":
    main()
