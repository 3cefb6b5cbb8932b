"""Elements of two nets: places, transitions, arcs, markings."""

from __future__ import annotations

from collections.abc import Iterator

from netproof.difference.changes import ElementChange, Kind
from netproof.difference.matching import Item, matched
from netproof.difference.words import in_quotes
from petri import PetriNet, Place, Transition
from petri.marking import Marking

__all__ = ["NetChanges"]

Node = Place | Transition


class NetChanges:
    """The changes from one net to another, and which node is which.

    Attributes
    ----------
    nodes
        Ids of places and transitions of the old net with those of the new one.
    """

    def __init__(self, old: PetriNet, new: PetriNet) -> None:
        self.old, self.new = old, new
        self.nodes = matched(_items(old), _items(new))
        self.before = {node.id: node for node in _nodes(old)}
        self.after = {node.id: node for node in _nodes(new)}

    def changes(self) -> tuple[ElementChange, ...]:
        """Return the changes: of places and transitions, of arcs, of tokens."""
        return (*self._nodes(), *self._arcs(), *self._tokens())

    def _nodes(self) -> Iterator[ElementChange]:
        back = set(self.nodes.values())
        for id, node in self.before.items():
            if id not in self.nodes:
                yield _one("removed", node, None)
        for id, node in self.after.items():
            if id not in back:
                yield _one("added", None, node)
        for id, other in self.nodes.items():
            was, now = _name(self.before[id]), _name(self.after[other])
            if was != now:
                yield _one("renamed", self.before[id], self.after[other], old=was, new=now)

    def _arcs(self) -> Iterator[ElementChange]:
        before = {(a.source, a.target): a.weight for a in self.old.arcs}
        after = {(a.source, a.target): a.weight for a in self.new.arcs}
        kept: set[tuple[str, str]] = set()
        for (source, target), weight in before.items():
            ends = (self.nodes.get(source, ""), self.nodes.get(target, ""))
            title = f"from {_title(self.before[source])} to {_title(self.before[target])}"
            if ends not in after:
                yield self._arc("removed", (source, target), title, old=_weight(weight))
                continue
            kept.add(ends)
            if after[ends] != weight:
                yield self._arc(
                    "attribute", ends, title, old=str(weight), new=str(after[ends]), aspect="weight"
                )
        for (source, target), weight in after.items():
            if (source, target) not in kept:
                title = f"from {_title(self.after[source])} to {_title(self.after[target])}"
                yield self._arc("added", (source, target), title, new=_weight(weight))

    def _arc(
        self, change: Kind, ends: tuple[str, str], title: str, *,
        old: str | None = None, new: str | None = None, aspect: str | None = None,
    ) -> ElementChange:  # fmt: skip
        return ElementChange(
            change=change, what="arc", element=f"{ends[0]} → {ends[1]}", title=title,
            aspect=aspect, old=old, new=new,
        )  # fmt: skip

    def _tokens(self) -> Iterator[ElementChange]:
        yield from self._marking("tokens at the start", self.old.initial, self.new.initial)
        if self.old.final is None and self.new.final is None:
            return
        final = [net.final or Marking({}) for net in (self.old, self.new)]
        yield from self._marking("tokens at the end", *final)

    def _marking(self, aspect: str, before: Marking, after: Marking) -> Iterator[ElementChange]:
        for id, other in self.nodes.items():
            was, now = before.get(id, 0), after.get(other, 0)
            if was != now:
                yield _one(
                    "attribute", self.before[id], self.after[other],
                    old=str(was), new=str(now), aspect=aspect,
                )  # fmt: skip


def _one(
    change: Kind, old_node: Node | None, new_node: Node | None, *,
    old: str | None = None, new: str | None = None, aspect: str | None = None,
) -> ElementChange:  # fmt: skip
    node = new_node or old_node
    assert node is not None
    return ElementChange(
        change=change, what=_kind(node), element=node.id, title=_title(node), aspect=aspect,
        old=old, new=new,
        old_source=None if old_node is None else old_node.span,
        new_source=None if new_node is None else new_node.span,
    )  # fmt: skip


def _nodes(net: PetriNet) -> list[Node]:
    return [*net.places, *net.transitions]


def _kind(node: Node) -> str:
    if isinstance(node, Place):
        return "place"
    return "silent transition" if node.silent else "transition"


def _name(node: Node) -> str | None:
    name = node.name if isinstance(node, Place) else node.label or node.name
    return " ".join((name or "").split()) or None


def _title(node: Node) -> str:
    return in_quotes(_name(node)) or node.id


def _weight(weight: int) -> str | None:
    return None if weight == 1 else f"weight {weight}"


def _items(net: PetriNet) -> list[Item]:
    before: dict[str, list[str]] = {}
    after: dict[str, list[str]] = {}
    for arc in net.arcs:
        before.setdefault(arc.target, []).append(arc.source)
        after.setdefault(arc.source, []).append(arc.target)
    return [
        Item(
            id=node.id, name=_name(node), family="place" if isinstance(node, Place) else "step",
            kind=_kind(node), exact=_kind(node), before=tuple(before.get(node.id, ())),
            after=tuple(after.get(node.id, ())),
        )
        for node in _nodes(net)
    ]  # fmt: skip
