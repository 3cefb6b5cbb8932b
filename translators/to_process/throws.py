"""Errors, escalations and cancellations: which catcher a thrower reaches, in one step."""

from __future__ import annotations

from dataclasses import dataclass

from translators.to_process.frame import Frame, Needs
from translators.to_process.network import Step
from translators.workflow.graph import EventKind, Node, Trigger

__all__ = ["THROWN", "Catcher", "catcher_of", "is_thrower", "throw_steps", "thrown_to"]

THROWN = (Trigger.ERROR, Trigger.ESCALATION, Trigger.CANCEL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Catcher:
    """An event that a thrower can reach.

    Parameters
    ----------
    event
        The start event of an event sub-process, or a boundary event.
    owner
        The event sub-process, or the activity that carries the boundary event.
    scope
        The scope that an interruption empties.
    """

    event: Node
    owner: Node
    scope: str


def is_thrower(node: Node) -> bool:
    """Return whether a node throws to a catcher inside the diagram."""
    escalates = node.event is EventKind.THROW and node.trigger is Trigger.ESCALATION
    return escalates or (node.event is EventKind.END and node.trigger in THROWN)


def _fit(catcher: Node, thrower: Node) -> int:
    """Return 2 for the same name, 1 for any name, 0 for no match."""
    parts = catcher.parts if catcher.trigger is Trigger.MULTIPLE else ()
    named = [*parts, (catcher.trigger, catcher.reference)]
    fits = [ref for trigger, ref in named if trigger is thrower.trigger]
    if thrower.reference is not None and thrower.reference in fits:
        return 2
    return 1 if None in fits else 0


def _best(events: list[Node], thrower: Node) -> list[Node]:
    best = max((_fit(event, thrower) for event in events), default=0)
    return [event for event in events if best and _fit(event, thrower) == best][:1]


def catcher_of(frame: Frame, thrower: Node) -> Catcher | None:
    """Return the innermost catcher of a thrower, if any.

    Inside an event sub-process its own start does not catch, and if it has interrupted its scope
    no other event sub-process there can.
    """
    index = frame.index
    scope = index.scope[thrower.scope]
    inside: str | None = None
    alone = False
    while True:
        if scope.kind == "event-sub-process" and scope.parent is not None:
            starts = [n for n in index.members[scope.id] if n.event is EventKind.START]
            inside, alone = scope.owner, any(start.interrupting for start in starts)
            scope = index.scope[scope.parent]
            continue
        holders = {
            start.id: holder
            for holder in index.event_sub_processes(scope.id)
            if holder.id != inside and not alone
            for start in index.members[holder.body or ""]
            if start.event is EventKind.START
        }
        for start in _best([index.node[s] for s in holders], thrower):
            return Catcher(event=start, owner=holders[start.id], scope=scope.id)
        owner = index.node.get(scope.owner or "")
        if owner is None or scope.parent is None:
            return None
        for event in _best(index.boundary[owner.id], thrower):
            return Catcher(event=event, owner=owner, scope=scope.id)
        scope, inside, alone = index.scope[scope.parent], None, False


def thrown_to(frame: Frame) -> set[str]:
    """Return the ids of all events to which some thrower leads."""
    throwers = (n for n in frame.graph.nodes if is_thrower(n) and n.id not in frame.refused)
    found = (catcher_of(frame, node) for node in throwers)
    return {catcher.event.id for catcher in found if catcher is not None}


def interrupt(frame: Frame, step: Step, catcher: Catcher) -> Step:
    """Add to a step that a catcher takes all tokens of its scope away."""
    step.all(frame.everything(catcher.scope), "clear")
    if catcher.owner.activity == "event-sub-process":
        used = [frame.used[n.id] for n in frame.index.event_sub_processes(catcher.scope)]
        return step.all(used, "set")
    return step.add(frame.run[catcher.owner.id], "end")


def throw_steps(frame: Frame, node: Node) -> None:
    """Add the steps of a node that throws: one for each way in, and way out of its catcher."""
    catcher = catcher_of(frame, node)
    for way in frame.ways_in(node):
        if catcher is None:
            _uncaught(frame, node, way)
            continue
        event = catcher.event
        for out in frame.ways_out(event):
            step = _thrown(frame, node, way)
            if event.interrupting:
                if catcher.owner.id in frame.used:
                    step.add(frame.used[catcher.owner.id], "unset")
                frame.network.step(interrupt(frame, step, catcher).then(out))
            else:
                _rings(frame, step, catcher, again=False)
                _goes_on(frame, node, step.then(out))
        if not event.interrupting:
            step = _thrown(frame, node, way)
            _rings(frame, step, catcher, again=True)
            _goes_on(frame, node, step)


def _thrown(frame: Frame, node: Node, way: Needs) -> Step:
    return frame.begin(node, node.id).then(way).then(frame.sends(node))


def _rings(frame: Frame, step: Step, catcher: Catcher, *, again: bool) -> None:
    """Add that a non-interrupting catcher rings, or has rung before in this run."""
    owner = catcher.owner.id
    if owner not in frame.used:
        step.add(frame.run[owner], "rung" if again else "ring", catcher.event.id)
    elif again:
        step.add(frame.used[owner], "is set")
    else:
        step.add(frame.used[owner], "unset").add(frame.used[owner], "set")


def _uncaught(frame: Frame, node: Node, way: Needs) -> None:
    step = _thrown(frame, node, way)
    if node.trigger is Trigger.ESCALATION:
        _goes_on(frame, node, step)
        return
    process = frame.index.process_of(node)
    frame.network.step(step.all(frame.everything(process.id), "clear"))


def _goes_on(frame: Frame, node: Node, step: Step) -> None:
    """Add the step once for each way out of a thrower that lives on; an end has none."""
    if node.event is EventKind.END:
        frame.network.step(step)
        return
    for out in frame.ways_out(node):
        acts = {cell: list(asked) for cell, asked in step.acts.items()}
        frame.network.step(Step(label=step.label, element=step.element, acts=acts).then(out))
