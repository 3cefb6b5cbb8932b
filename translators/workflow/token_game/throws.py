"""Errors, escalations and cancels: which event catches a throw, and what catching does."""

from __future__ import annotations

from collections.abc import Iterator

from translators.workflow.graph import EventKind, Node, Trigger
from translators.workflow.token_game.rules import Rules
from translators.workflow.token_game.state import Token, moved

__all__ = ["THROWN", "Catchers", "interrupted", "running", "triggered"]

THROWN = frozenset({Trigger.ERROR, Trigger.ESCALATION, Trigger.CANCEL})
Position = dict[Token, int]


class Catchers:
    """Which catchers a thrown error, escalation or cancel meets on its way out."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.ways = {n.id: list(self._way(n)) for n in rules.nodes if self._throws(n)}
        self.met = {way[0].id for way in self.ways.values() if way}

    def _throws(self, node: Node) -> bool:
        return node.trigger in THROWN and node.event in (EventKind.THROW, EventKind.END)

    def _way(self, thrower: Node) -> Iterator[Node]:
        """Yield the catchers of a throw from the innermost outwards."""
        index = self.rules.index
        scope = index.scope[thrower.scope]
        left: str | None = None
        while True:
            inner = [n for n in index.event_sub_processes(scope.id) if n.id != left]
            starts = [s for n in inner for s in index.starts(n.body or "")]
            yield from self._matching(starts, thrower)
            owner = index.node.get(scope.owner or "")
            if owner is None:
                return
            if scope.kind == "sub-process":
                yield from self._matching(index.boundary[owner.id], thrower)
            left = owner.id
            scope = index.scope[owner.scope]

    def _matching(self, catchers: list[Node], thrower: Node) -> list[Node]:
        """Return those that name what is thrown, then those that name nothing."""
        same = [c for c in catchers if c.trigger is thrower.trigger]
        exact = [c for c in same if c.reference == thrower.reference]
        return exact + [c for c in same if c.reference is None and c not in exact]

    def is_free(self, catcher: Node, body: str | None) -> bool:
        """Return whether a catcher may happen without a throw in the drawing.

        That is so for triggers that nothing in the drawing throws, and for errors that no thrower
        leads to: an activity may fail by itself. One must be inside the body on whose border the
        catcher is.
        """
        if catcher.trigger not in THROWN:
            return True
        if catcher.trigger is not Trigger.ERROR or catcher.id in self.met:
            return False
        return body is None or self.rules.has_activity(body)

    def thrown(self, position: Position, thrower: Node) -> list[Position]:
        """Return the positions after a throw is caught, or ends its process, or passes."""
        rules = self.rules
        for catcher in self.ways[thrower.id]:
            if self._is_disturbed(position, catcher):
                continue
            caught = self._caught(position, catcher)
            if caught or thrower.trigger is Trigger.ESCALATION:
                return caught or [position]
        if thrower.trigger is Trigger.ESCALATION:
            return [position]
        return [rules.emptied(position, rules.process(thrower.scope), ends=True)]

    def _is_disturbed(self, position: Position, catcher: Node) -> bool:
        """Return whether another event sub-process has interrupted the scope of a catcher."""
        scope = self.rules.index.scope[catcher.scope]
        if catcher.event is not EventKind.START or scope.parent is None:
            return False
        return Token("interrupted", self.rules.home(scope.parent)) in position

    def _caught(self, position: Position, catcher: Node) -> list[Position]:
        """Return the positions after a catcher catches; none if it can catch no more."""
        if catcher.event is EventKind.START:
            return triggered(self.rules, position, catcher)
        owner = self.rules.index.node[catcher.attached_to or ""]
        return [
            after
            for run in running(position, owner)
            for after in interrupted(self.rules, position, catcher, run)
        ]


def running(position: Position, activity: Node) -> list[Token]:
    """Return the runs of an activity."""
    return [t for t in position if t.place == "run" and t.element == activity.id]


def interrupted(rules: Rules, position: Position, event: Node, run: Token) -> list[Position]:
    """Return the positions after a boundary event happened to a run; none if it no longer can."""
    if event.interrupting:
        owner = rules.index.node[run.element]
        left = rules.emptied(position, owner.body, ends=False) if owner.body else position
        return [moved(left, [run], fill) for fill in rules.fills[event.id]]
    if event.id in run.alarms:
        return []
    rung = run._replace(alarms=tuple(sorted((*run.alarms, event.id))))
    return [moved(position, [run], [rung, *fill]) for fill in rules.fills[event.id]]


def triggered(rules: Rules, position: Position, start: Node) -> list[Position]:
    """Return the positions after an event sub-process is triggered; none if it no longer can."""
    owner = rules.index.node[rules.index.scope[start.scope].owner or ""]
    scope = rules.home(owner.scope)
    rung, stopped = Token("rung", owner.id), Token("interrupted", scope)
    if rung in position or stopped in position:
        return []
    if start.interrupting:
        left = rules.emptied(position, scope, ends=True)
        return [moved(left, (), [stopped, *fill]) for fill in rules.fills[start.id]]
    return [moved(position, (), [rung, *fill]) for fill in rules.fills[start.id]]
