"""Whether a formula of linear time can tell how often a letter is repeated, by its tableau.

A formula without ``X`` cannot. For another one, a word is sought that can be got by repeating
letters of a word with the formula, and of one without it: the tableaux of both read it together,
and either may wait while the letter before is read again, though not for ever.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from netproof.recheck.ltl_tableau import Duties, Tableau
from netproof.recheck.ltl_words import Seen, numbered
from netproof.recheck.result import RefusedError, SkippedError, Watch
from transition_systems.properties.format import format_formula
from transition_systems.properties.formulas import Unary
from transition_systems.properties.parse import parse_formula
from transition_systems.properties.predicates import Atom, Predicate
from transition_systems.properties.walk import map_predicates

__all__ = ["check_invariant"]

MOST_LEAVES, MOST_EDGES = 8, 500_000
# The obligations of both tableaux, and the letter that was read last.
Node = tuple[Duties, Duties, int]
# Where it leads, and what is not done on it: a number for each obligation of either tableau that is
# put off, and one for each of them that waits, which puts off all of its own.
Edge = tuple[Node, Duties]


def check_invariant(formula: str, watch: Watch) -> None:
    """Refuse a formula that can tell how often a letter is repeated.

    Of many predicates, parts without temporal operators are taken as letters by themselves, each
    independent of the others: what tells no repetition then tells none at all.
    """
    leaves: list[Predicate] = []

    def value(leaf: Predicate) -> NDArray[np.bool_]:
        """Return where a leaf holds: its number is a bit of the letter's."""
        if leaf not in leaves:
            leaves.append(leaf)
        letters = np.arange(1 << MOST_LEAVES)
        return np.asarray(letters >> leaves.index(leaf) & 1, dtype=np.bool_)

    world = numbered(formula, 1 << MOST_LEAVES, value)
    if not any(isinstance(node, Unary) and node.operator == "X" for node in world.nodes):
        return
    exact = len(leaves) <= MOST_LEAVES
    if not exact:
        leaves.clear()
        names: dict[Predicate, Predicate] = {}
        tree = map_predicates(
            parse_formula(formula), lambda p: names.setdefault(p, Atom(f"part{len(names)}"))
        )
        if len(names) > MOST_LEAVES:
            raise SkippedError("the formula has X and too many predicates to be looked at")
        world = numbered(format_formula(tree), 1 << MOST_LEAVES, value)
    if not _same_words(world, watch):
        if not exact:
            raise SkippedError("the formula has X and too many predicates to be looked at")
        raise RefusedError("the formula can tell how often a letter is repeated")


def _same_words(world: Seen, watch: Watch) -> bool:
    """Return whether no words that only differ by repetition are told apart."""
    size = 2 * len(world.nodes)
    waits, other_waits = frozenset(range(-1, size)), frozenset(range(size, 2 * size + 1))
    tableaux = {letter: Tableau(world, watch) for letter in world.letters}

    def edges(node: Node) -> Iterator[Edge]:
        one, two, last = node
        for letter, tableau in tableaux.items():
            ones = tableau.moves(one, letter)
            twos = [
                (after, frozenset(size + duty for duty in off))
                for after, off in tableau.moves(two, letter)
            ]
            if letter == last:
                yield from (((after, two, letter), off | other_waits) for after, off in ones)
                yield from (((one, after, letter), off | waits) for after, off in twos)
            for after, off in ones:
                yield from (((after, other, letter), off | more) for other, more in twos)

    first: Node = (frozenset((size - 2,)), frozenset((size - 1,)), -1)
    rows: dict[Node, list[Edge]] = {}
    waiting: list[Node] = [first]
    count = 0
    while waiting:
        node = waiting.pop()
        if node not in rows:
            watch.tick()
            rows[node] = list(edges(node))
            count += len(rows[node])
            if count > MOST_EDGES:
                raise SkippedError("the formula has X and its tableau is too large")
            waiting.extend(target for target, _ in rows[node])
    home = _components(rows, first)
    never: dict[int, Duties] = {}
    for node, row in rows.items():
        for target, off in row:
            if home[target] == home[node]:
                never[home[node]] = never.get(home[node], off) & off
    return all(never.values())


def _components(rows: dict[Node, list[Edge]], first: Node) -> dict[Node, int]:
    """Return for each node the number of its strongly connected component (R. Tarjan 1972)."""
    order, low, home = {first: 0}, {first: 0}, dict[Node, int]()
    opened, path = [first], [(first, iter(rows[first]))]
    while path:
        node, rest = path[-1]
        for target, _ in rest:
            if target not in order:
                order[target] = low[target] = len(order)
                opened.append(target)
                path.append((target, iter(rows[target])))
                break
            if target not in home:
                low[node] = min(low[node], order[target])
        else:
            path.pop()
            if path:
                low[path[-1][0]] = min(low[path[-1][0]], low[node])
            if low[node] == order[node]:
                member = None
                while member != node:
                    member = opened.pop()
                    home[member] = order[node]
    return home
