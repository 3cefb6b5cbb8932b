"""The steps of activities: tasks, call activities and sub-processes with their boundary events."""

from __future__ import annotations

from itertools import product

from translators.to_process.frame import Frame, Needs
from translators.to_process.network import Step
from translators.to_process.throws import THROWN
from translators.workflow.graph import Node, Trigger

__all__ = ["activity_steps"]


def activity_steps(frame: Frame, node: Node, caught: set[str]) -> None:
    """Add the steps of an activity.

    Parameters
    ----------
    frame
        Where they are added.
    node
        The activity; no event sub-process.
    caught
        The boundary events to which throwers lead: these have no step of their own.
    """
    run = frame.run[node.id]
    early = _takes_message_at_start(frame, node)
    several = node.loop is not None and node.loop.kind != "standard" and _has_boundary(frame, node)
    begins = ("begin", "begin two") if several else ("begin",)
    messages = frame.receives(node) if early else [[]]
    for way, message, begin in product(frame.ways_in(node), messages, begins):
        start = frame.begin(node, f"{node.id}.start").then(way).then(message)
        if node.has_body:
            start.add(run, "empty")
        start.add(run, begin).then(_opening(frame, node)).then(frame.sends(node))
        frame.network.step(start)
    for message, out in product([[]] if early else frame.receives(node), frame.ways_out(node)):
        done = frame.begin(node, f"{node.id}.complete").add(run, "complete").then(message)
        frame.network.step(_emptied(frame, node, done).then(out))
    _rounds(frame, node)
    for event in frame.index.boundary[node.id]:
        _boundary_steps(frame, node, event, caught)
    if node.has_body:
        for number, way in enumerate(frame.ways_in(node)):
            waits = Step(label=None, element=node.id).add(run, "some")
            waits.all((cell for cell, _ in way), "some")
            frame.network.watch(f"a second token waits outside {node.id} ({number})", waits)


def _has_boundary(frame: Frame, node: Node) -> bool:
    return any(b.trigger is not Trigger.COMPENSATION for b in frame.index.boundary[node.id])


def _takes_message_at_start(frame: Frame, node: Node) -> bool:
    if node.activity != "receive":
        return False
    starts = node.instantiate and not frame.index.incoming[node.id]
    return starts or frame.index.deferred_choice(node) is not None


def _opening(frame: Frame, node: Node) -> Needs:
    return [] if node.body is None else frame.opening(node.body)


def _emptied(frame: Frame, node: Node, step: Step) -> Step:
    """Add to a step that nothing is left in the body, whose flags are forgotten."""
    if node.body is None:
        return step
    step.all(frame.direct(node.body), "empty")
    return step.all(frame.everything(node.body), "clear")


def _rounds(frame: Frame, node: Node) -> None:
    """Add the steps of loops: being skipped, a next round, a second instance."""
    loop = node.loop
    if loop is None:
        return
    run = frame.run[node.id]
    several = loop.kind != "standard"
    if several and not _has_boundary(frame, node):
        return
    if several or loop.test_before:
        for way, out in product(frame.ways_in(node), frame.ways_out(node)):
            frame.network.step(frame.begin(node, None).then(way).then(out))
    again = frame.begin(node, f"{node.id}.next" if several else f"{node.id}.repeat")
    again.add(run, "next" if several else "some")
    frame.network.step(_emptied(frame, node, again).then(_opening(frame, node)))


def _boundary_steps(frame: Frame, node: Node, event: Node, caught: set[str]) -> None:
    if event.trigger is Trigger.COMPENSATION or event.id in frame.refused:
        return
    if node.has_body and event.trigger in THROWN:
        opaque = event.trigger is Trigger.ERROR and _holds_activity(frame, node)
        if event.id in caught or not opaque:
            return
    run = frame.run[node.id]
    for message, out in product(frame.receives(event), frame.ways_out(event)):
        step = frame.begin(event, event.id).then(message)
        if event.interrupting:
            step.add(run, "end")
            if node.body is not None:
                step.all(frame.everything(node.body), "clear")
        else:
            step.add(run, "ring", event.id)
        frame.network.step(step.then(out))


def _holds_activity(frame: Frame, node: Node) -> bool:
    """Return whether an activity is inside a sub-process, at any depth."""
    return any(
        member.is_activity and member.activity != "event-sub-process"
        for scope in frame.index.within(node.body or "")
        for member in frame.index.members[scope.id]
    )
