"""Elements of two transition systems: states, steps, atoms, the initial state."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from netproof.difference.changes import ElementChange
from netproof.difference.net_elements import NetChanges
from netproof.difference.words import in_quotes
from petri import PetriNet, Transition
from translators.named_system import NamedSystem

__all__ = ["SystemChanges"]

MOST_NAMED = 4


class SystemChanges(NetChanges):
    """The changes from one system to another, and which state and step is which.

    They are found as those of the nets of the systems, in which a state is a place and a step a
    transition, and told in the words of systems.
    """

    def __init__(self, old: NamedSystem, new: NamedSystem) -> None:
        super().__init__(old.net(), new.net())
        self.atoms = {*old.atoms}, {*new.atoms}
        self.ends = _ends(self.old, self.atoms[0]), _ends(self.new, self.atoms[1])

    def changes(self) -> tuple[ElementChange, ...]:
        """Return the changes: of states and steps, of their ends, of atoms and of the start."""
        named = (self._told(change) for change in self._nodes())
        return (*named, *self._moved(), *self._atoms(), *self._start())

    def _told(self, change: ElementChange) -> ElementChange:
        side = 0 if change.change == "removed" else 1
        node = (self.before, self.after)[side][change.element]
        if not isinstance(node, Transition):
            return replace(change, what="atom" if node.id in self.atoms[side] else "state")
        what = "silent step" if node.label is None else "step"
        if change.change == "renamed":
            return replace(change, what=what)
        where = _between(*self.ends[side][node.id])
        label = in_quotes(node.label)
        title = where if label is None else f"{label} {where}"
        return replace(change, what=what, title=title)

    def _moved(self) -> Iterator[ElementChange]:
        """Yield the steps that are kept and begin or end in other states."""
        for id, other in self.nodes.items():
            node = self.after[other]
            if not isinstance(node, Transition):
                continue
            was, now = self.ends[0][id], self.ends[1][other]
            if tuple(self.nodes.get(state) for state in was) != now:
                yield ElementChange(
                    change="redirected", what="silent step" if node.label is None else "step",
                    element=other, title=in_quotes(node.label) or other, old=_between(*was),
                    new=_between(*now),
                )  # fmt: skip

    def _atoms(self) -> Iterator[ElementChange]:
        for id, other in self.nodes.items():
            if id not in self.atoms[0]:
                continue
            was = _where(self.old, id, self.ends[0])
            now = _where(self.new, other, self.ends[1])
            kept = {state for state in was if self.nodes.get(state) in now}
            if len(kept) != len(was) or len(kept) != len(now):
                yield ElementChange(
                    change="attribute", what="atom", element=other, title=other,
                    aspect="holds in", old=_listed(was), new=_listed(now),
                )  # fmt: skip

    def _start(self) -> Iterator[ElementChange]:
        was, now = (
            next(state for state in net.initial.to_dict() if state not in atoms)
            for net, atoms in zip((self.old, self.new), self.atoms, strict=True)
        )
        if self.nodes.get(was) != now:
            yield ElementChange(
                change="attribute", what="the", element=now, title="start", aspect="state",
                old=was, new=now,
            )  # fmt: skip


def _ends(net: PetriNet, atoms: set[str]) -> dict[str, tuple[str, str]]:
    """Return for each step the states in which it begins and ends."""
    found: dict[str, list[str]] = {id: ["", ""] for id in net.transition_ids}
    for arc in net.arcs:
        if arc.target in found and arc.source not in atoms:
            found[arc.target][0] = arc.source
        if arc.source in found and arc.target not in atoms:
            found[arc.source][1] = arc.target
    return {id: (source, target) for id, (source, target) in found.items()}


def _where(net: PetriNet, atom: str, ends: dict[str, tuple[str, str]]) -> list[str]:
    """Return the states with an atom, as far as a step begins or ends there."""
    found = {ends[arc.target][0] for arc in net.arcs if arc.source == atom}
    found |= {ends[arc.source][1] for arc in net.arcs if arc.target == atom}
    return sorted(found)


def _between(source: str, target: str) -> str:
    return f"from {source} to {target}"


def _listed(states: list[str]) -> str:
    if len(states) > MOST_NAMED:
        return f"{len(states)} states"
    return ", ".join(states) or "no state"
