"""What an observer sees of each model, and which sight of one is which of the other.

A letter is an activity that completes or an event that occurs; routing is silent. The same
element is the same letter under any name; what has no counterpart is known by its name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from netproof.difference.words import in_quotes, node_kind, node_title
from petri import PetriNet
from transition_systems.source_span import SourceSpan
from translators.to_petri import NetTranslation
from translators.to_petri.assembly import TransitionRecord
from translators.workflow.graph import EventKind, Node, NodeKind, Trigger

__all__ = ["Action", "Letters", "net_actions", "workflow_actions"]

ACTIVITY_PHASES = ("complete", "repeat")
EVENT_PHASES = ("occur", "end", "interrupt", "throw", "trigger")


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Something that an observer of one model may see.

    Parameters
    ----------
    id, name, kind
        Of the element; ``kind`` is ``activity``, ``event`` or ``transition``.
    title
        What a reader calls it.
    transitions
        Ids of the transitions of the net that are seen as this.
    seen
        Whether it is worth seeing by itself: unnamed plain starts and ends are not.
    """

    id: str
    name: str | None
    kind: str
    title: str
    transitions: tuple[str, ...]
    seen: bool = True
    span: SourceSpan | None = field(default=None, compare=False)


def workflow_actions(translation: NetTranslation) -> list[Action]:
    """Return the actions of a workflow, in file order."""
    by_owner: dict[str, list[TransitionRecord]] = {}
    for record in translation.transitions.values():
        by_owner.setdefault(record.owner, []).append(record)
    found: list[Action] = []
    for node in translation.graph.nodes:
        steps = tuple(r.id for r in by_owner.get(node.id, ()) if _is_seen(node, r))
        if steps:
            found.append(
                Action(
                    id=node.id, name=" ".join((node.name or "").split()) or None,
                    kind=str(node.kind), title=_title(translation, node), transitions=steps,
                    seen=_worth_seeing(translation, node), span=node.span,
                )
            )  # fmt: skip
    return found


def _is_seen(node: Node, record: TransitionRecord) -> bool:
    if node.kind is NodeKind.EVENT:
        return record.phase in EVENT_PHASES
    if node.kind is NodeKind.GATEWAY or record.phase not in ACTIVITY_PHASES:
        return False
    return record.phase == "complete" or (node.loop is not None and node.loop.kind == "standard")


def _worth_seeing(translation: NetTranslation, node: Node) -> bool:
    index = translation.index
    assert index is not None
    if node.kind is NodeKind.ACTIVITY:
        return not (node.body is not None and index.members[node.body])
    if node.trigger is Trigger.LINK:
        return False
    plain = node.trigger in (Trigger.NONE, Trigger.TERMINATE)
    return bool(node.name) or not plain or node.event is EventKind.BOUNDARY


def _title(translation: NetTranslation, node: Node) -> str:
    index = translation.index
    assert index is not None
    if node.is_activity:
        return node_title(node)
    kind = node_kind(node)
    if node.name:
        return f"{kind} {node_title(node)}"
    messages = [*index.receives[node.id], *index.sends[node.id]]
    named = next((in_quotes(m.name) for m in messages if m.name), None)
    if named is not None:
        return f"{kind} ({named})"
    if node.attached_to is not None and node.attached_to in index.node:
        return f"{kind} on {node_title(index.node[node.attached_to])}"
    return f"{kind} {node.id}"


def net_actions(net: PetriNet, other: NetTranslation | None = None) -> list[Action]:
    """Return the actions of a net: its labels but ``tau``, which is silent.

    Where the other model is a workflow and the net was made from it by ``netproof convert``, its
    transitions are seen as what they were made from.
    """
    found: list[Action] = []
    made: dict[str, list[str]] = {}
    for transition in net.transitions:
        record = None if other is None else other.transitions.get(transition.id)
        if other is not None and record is not None and record.label == transition.label:
            made.setdefault(record.owner, []).append(transition.id)
            continue
        if transition.label is not None and not transition.silent:
            name = " ".join(transition.label.split()) or None
            found.append(
                Action(
                    id=transition.id, name=name, kind="transition",
                    title=in_quotes(name) or transition.id, transitions=(transition.id,),
                    span=transition.span,
                )
            )  # fmt: skip
    if other is not None and made:
        for action in workflow_actions(other):
            steps = tuple(t for t in action.transitions if t in made.get(action.id, ()))
            if steps:
                found.append(
                    Action(id=action.id, name=action.name, kind=action.kind, title=action.title,
                           transitions=steps, seen=action.seen)
                )  # fmt: skip
    return found


class Letters:
    """The common alphabet of two models.

    Parameters
    ----------
    old, new
        The actions of each.
    pairs
        Ids of the old model with those of the same elements in the new one.
    shared
        Leave out what only one of the models has.

    Attributes
    ----------
    of
        For each model the letter of each seen transition.
    """

    def __init__(
        self,
        old: Sequence[Action],
        new: Sequence[Action],
        pairs: Mapping[str, str],
        *,
        shared: bool = False,
    ) -> None:
        self.sides = (tuple(old), tuple(new))
        self.parent = list(range(len(old) + len(new)))
        self._join_elements(pairs)
        self._join_names(pairs)
        classes: dict[int, list[tuple[int, Action]]] = {}
        for number, (side, action) in enumerate(self._all()):
            classes.setdefault(self._find(number), []).append((side, action))
        self.of: tuple[dict[str, int], dict[str, int]] = ({}, {})
        self.members: tuple[dict[int, Action], dict[int, Action]] = ({}, {})
        for letter, members in classes.items():
            if not any(action.seen for _, action in members):
                continue
            if shared and len({side for side, _ in members}) == 1:
                continue
            for side, action in members:
                self.members[side].setdefault(letter, action)
                self.of[side].update(dict.fromkeys(action.transitions, letter))
        self._titles = [Counter(a.title for a in seen.values()) for seen in self.members]

    def _all(self) -> list[tuple[int, Action]]:
        return [(side, action) for side in (0, 1) for action in self.sides[side]]

    def _find(self, number: int) -> int:
        while self.parent[number] != number:
            self.parent[number] = self.parent[self.parent[number]]
            number = self.parent[number]
        return number

    def _join(self, one: int, other: int) -> None:
        one, other = self._find(one), self._find(other)
        self.parent[max(one, other)] = min(one, other)

    def _join_elements(self, pairs: Mapping[str, str]) -> None:
        """Join what is the same element; a label of a net that is still in use stays itself."""
        names = [{action.name for action in side} for side in self.sides]
        new = {a.id: len(self.sides[0]) + n for n, a in enumerate(self.sides[1])}
        for number, action in enumerate(self.sides[0]):
            other = new.get(pairs.get(action.id, ""))
            if other is None:
                continue
            twin = self.sides[1][other - len(self.sides[0])]
            if twin.kind != action.kind:
                continue
            kept = action.name in names[1] or twin.name in names[0]
            if action.kind == "transition" and action.name != twin.name and kept:
                continue
            self._join(number, other)

    def _join_names(self, pairs: Mapping[str, str]) -> None:
        """Join by name what is no element of the other model; all labels of nets."""
        back = set(pairs.values())
        mixed = {a.kind == "transition" for _, a in self._all()} == {True, False}
        groups: dict[tuple[str, str], list[tuple[int, bool]]] = {}
        for number, (side, action) in enumerate(self._all()):
            name = action.name or (action.id if mixed else None)
            if name is None:
                continue
            alone = action.id not in (back if side else pairs) or action.kind == "transition"
            kind = "any" if mixed else action.kind
            groups.setdefault((kind, name), []).append((number, alone))
        for group in groups.values():
            if any(alone for _, alone in group):
                for number, _ in group[1:]:
                    self._join(group[0][0], number)

    def title(self, side: int, letter: int) -> str:
        """Return what a reader of one model calls a letter; of the other where it has none."""
        action = self.members[side].get(letter)
        if action is None:
            side = 1 - side
            action = self.members[side][letter]
        several = self._titles[side][action.title] > 1
        return f"{action.title} ({action.id})" if several else action.title
