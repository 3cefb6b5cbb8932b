"""Which element of one model is which of another: by id and name, by name, by id, by neighbours."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass

__all__ = ["Item", "matched"]

ROUNDS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What is known of an element when its counterpart is looked for.

    Parameters
    ----------
    id, name
        As in the file.
    family
        Elements of different families are never the same: ``node``, ``place``.
    kind
        What it is, coarsely where it is matched by name (``activity``).
    exact
        What it is, finely, where it is matched by its neighbours (``exclusive gateway``).
    before, after
        Ids of the neighbours.
    """

    id: str
    name: str | None
    family: str
    kind: str
    exact: str
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


def matched(old: Sequence[Item], new: Sequence[Item]) -> dict[str, str]:
    """Return for ids of the old model the ids of the same elements in the new one.

    First elements with the same id and name; then those of the same kind and name, where the name
    is unique among what is left; then those with the same id, which were renamed; at last those
    whose neighbours are matched and that differ from all others in their kind and neighbours.

    Examples
    --------
    >>> a = Item(id="t1", name="Pay", family="node", kind="activity", exact="task")
    >>> b = Item(id="x7", name="Pay", family="node", kind="activity", exact="task")
    >>> matched([a], [b])
    {'t1': 'x7'}
    """
    return _Matching(old, new).pairs


class _Matching:
    def __init__(self, old: Sequence[Item], new: Sequence[Item]) -> None:
        self.pairs: dict[str, str] = {}
        self.back: dict[str, str] = {}
        self.old = {item.id: item for item in old}
        self.new = {item.id: item for item in new}
        self.by(lambda item, _: (item.family, item.id, item.name))
        self.by(lambda item, _: (item.family, item.kind, item.name) if item.name else None)
        self.by(lambda item, _: (item.family, item.id))
        for sides in ((True, True), (True, False), (False, True)):
            self.by_neighbours(*sides)

    def by(self, key: Callable[[Item, Mapping[str, str] | None], Hashable]) -> bool:
        """Match what is left and has a key that nothing else on its side has."""
        left: dict[Hashable, list[str]] = defaultdict(list)
        right: dict[Hashable, list[str]] = defaultdict(list)
        for item in self.old.values():
            if item.id not in self.pairs:
                left[key(item, self.pairs)].append(item.id)
        for item in self.new.values():
            if item.id not in self.back:
                right[key(item, None)].append(item.id)
        found = False
        for value, ids in left.items():
            others = right.get(value, [])
            if value is not None and len(ids) == 1 and len(others) == 1:
                self.pairs[ids[0]], self.back[others[0]] = others[0], ids[0]
                found = True
        return found

    def by_neighbours(self, before: bool, after: bool) -> None:
        def known(ids: Sequence[str], pairs: Mapping[str, str] | None) -> frozenset[str]:
            if pairs is None:
                return frozenset(id for id in ids if id in self.back)
            return frozenset(pairs[id] for id in ids if id in pairs)

        def key(item: Item, pairs: Mapping[str, str] | None) -> Hashable:
            ahead = known(item.before, pairs) if before else None
            behind = known(item.after, pairs) if after else None
            if not ahead and not behind:
                return None
            return (item.family, item.exact, item.name, ahead, behind)

        for _ in range(ROUNDS):
            if not self.by(key):
                return
