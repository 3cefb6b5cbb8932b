"""Minimal coverability sets by definition: the maximal labels of the tree of Karp and Miller."""

from __future__ import annotations

from math import inf

from petri import PetriNet

Row = tuple[float, ...]


def below(some: Row, other: Row) -> bool:
    return all(a <= b for a, b in zip(some, other, strict=True))


def maximal(rows: set[Row]) -> set[Row]:
    return {r for r in rows if not any(r != o and below(r, o) for o in rows)}


class Game:
    """Firing on tuples with infinity."""

    def __init__(self, net: PetriNet) -> None:
        self.first: Row = tuple(net.initial.to_array(net.place_ids).tolist())
        pre, post = net.pre.T.tolist(), net.post.T.tolist()
        self.arcs = list(zip(pre, post, strict=True))

    def after(self, row: Row) -> list[Row]:
        return [
            tuple(n - a + b for n, a, b in zip(row, pre, post, strict=True))
            for pre, post in self.arcs
            if below(tuple(pre), row)
        ]


def accelerated(row: Row, ancestors: list[Row]) -> Row:
    for old in ancestors:
        if below(old, row):
            row = tuple(inf if a < b else b for a, b in zip(old, row, strict=True))
    return row


def karp_miller_maximal(net: PetriNet, limit: int = 4000) -> set[Row] | None:
    """The maximal labels of the Karp-Miller tree, cut only at labels that an ancestor has."""
    game, rows, todo, made = Game(net), set(), [], 0
    todo.append((game.first, ()))
    while todo:
        row, ancestors = todo.pop()
        rows.add(row)
        made += 1
        if made > limit:
            return None
        if row not in ancestors:
            history = (*ancestors, row)
            todo += [(accelerated(new, list(history)), history) for new in game.after(row)]
    return maximal(rows)
