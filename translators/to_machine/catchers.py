"""Who catches what an end event or a throwing event throws, and what the throw does."""

from __future__ import annotations

from collections.abc import Iterator

from translators.to_machine.fills import fills
from translators.to_machine.locals import run_name
from translators.to_machine.plan import Moves, Plan
from translators.workflow.graph import EventKind, Node, Trigger

__all__ = ["THROWN", "Catchers", "event_start"]

THROWN = (Trigger.ERROR, Trigger.ESCALATION, Trigger.CANCEL)


class Catchers:
    """The innermost catcher of each thrower, found once.

    Attributes
    ----------
    of
        For a thrower: the boundary event, or the start event of the event sub-process.
    caught
        The ids of the catchers that some thrower leads to.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.of: dict[str, Node] = {}
        self.caught: set[str] = set()
        for node in plan.graph.nodes:
            if node.event in (EventKind.THROW, EventKind.END) and node.trigger in THROWN:
                catcher = self._innermost(node)
                if catcher is not None:
                    self.of[node.id] = catcher
                    self.caught.add(catcher.id)

    def _innermost(self, thrower: Node) -> Node | None:
        for candidates in self._levels(thrower):
            fits = [c for c in candidates if c.trigger is thrower.trigger]
            named = [c for c in fits if c.reference == thrower.reference]
            unnamed = [c for c in fits if c.reference is None]
            for catcher in (*named, *unnamed):
                return catcher
        return None

    def _levels(self, thrower: Node) -> Iterator[list[Node]]:
        """Yield the catchers around a thrower, level by level, innermost first."""
        index = self.plan.index
        scope = index.scope[thrower.scope]
        inside: Node | None = None
        while True:
            if scope.kind == "event-sub-process":
                inside = index.node[scope.owner or ""]
            else:
                yield self._event_sub_processes(scope.id, inside)
                inside = None
                if scope.owner is not None:
                    yield [b for b in index.boundary[scope.owner] if b.event is EventKind.BOUNDARY]
            if scope.parent is None:
                return
            scope = index.scope[scope.parent]

    def _event_sub_processes(self, scope_id: str, inside: Node | None) -> list[Node]:
        """Return the start events of the event sub-processes that can still be triggered."""
        if inside is not None and event_start(self.plan, inside).interrupting:
            return []
        nodes = [n for n in self.plan.index.event_sub_processes(scope_id) if n is not inside]
        return [event_start(self.plan, node) for node in nodes]

    def by_itself(self, catcher: Node, scope_id: str) -> bool:
        """Return whether an event around a scope can happen without a throwing event inside.

        An error can come by itself where no throwing event leads to its catcher: to an event
        sub-process at any time, to a sub-process from an activity inside. Escalations and
        cancellations are always thrown.
        """
        if catcher.trigger not in THROWN:
            return True
        if catcher.trigger is not Trigger.ERROR or catcher.id in self.caught:
            return False
        return catcher.event is EventKind.START or _activity_inside(self.plan, scope_id)

    def effects(self, thrower: Node, base: Moves, go_on: list[Moves]) -> list[Moves]:
        """Return what a throw can do.

        Parameters
        ----------
        thrower
            The event.
        base
            Its own moves: taking its token, sending its messages, counting itself.
        go_on
            Its further moves when the throw does not take it away.
        """
        catcher = self.of.get(thrower.id)
        plan = self.plan
        if catcher is None:
            if thrower.trigger is Trigger.ESCALATION:
                return [base + more for more in go_on]
            return [base + plan.sweep(plan.index.process_of(thrower).id)]
        if catcher.event is EventKind.BOUNDARY:
            return self._to_boundary(catcher, base, go_on)
        owner = plan.index.node[plan.index.scope[catcher.scope].owner or ""]
        if catcher.interrupting:
            swept = plan.sweep(owner.scope)
            trigger = ((owner.id, "trigger"),)
            return [base + swept + trigger + more for more in fills(plan, catcher)]
        found: list[Moves] = [base + more + ((owner.id, "was-triggered"),) for more in go_on]
        for more in go_on:
            for start in fills(plan, catcher):
                found.append((*base, *more, (owner.id, "trigger"), *start))
        return found

    def _to_boundary(self, catcher: Node, base: Moves, go_on: list[Moves]) -> list[Moves]:
        plan = self.plan
        host = plan.index.node[catcher.attached_to or ""]
        found: list[Moves] = []
        for run in plan.runs[host.id]:
            here = run_name(run)
            if catcher.interrupting:
                gone = (*plan.abolish(host.body or ""), (host.id, f"leave {here}"))
                found += [base + gone + more for more in fills(plan, catcher)]
            elif catcher.id in run:
                same = ((host.id, f"{here} to {here}"),)
                found += [base + more + same for more in go_on]
            else:
                rung = ((host.id, f"{here} to {run_name(run | {catcher.id})}"),)
                for more in go_on:
                    found += [base + more + rung + start for start in fills(plan, catcher)]
        return found


def event_start(plan: Plan, node: Node) -> Node:
    """Return the start event of an event sub-process."""
    members = plan.index.members[node.body or ""]
    return next(n for n in members if n.event is EventKind.START)


def _activity_inside(plan: Plan, scope_id: str) -> bool:
    """Return whether an activity lives anywhere inside a scope."""
    return any(
        node.is_activity and node.activity != "event-sub-process" and not node.for_compensation
        for scope in plan.index.within(scope_id)
        for node in plan.index.members[scope.id]
    )
