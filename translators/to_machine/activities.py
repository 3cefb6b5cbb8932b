"""The steps of activities, sub-processes and their boundary events."""

from __future__ import annotations

from translators.ledger import Direction, Entry, Fate
from translators.to_machine.catchers import Catchers
from translators.to_machine.fills import fills
from translators.to_machine.locals import Run, run_name, runs
from translators.to_machine.plan import Moves, Plan, is_normal, ways
from translators.workflow.graph import EventKind, Node

__all__ = ["activity_machine", "activity_steps", "boundary_steps"]

FIRST = "first of two"
SECOND = "second of two"


def _instances(plan: Plan, node: Node) -> bool:
    """Whether an activity runs 0, 1 or 2 times, one instance after the other.

    How many is settled when the first of them starts.
    """
    many = node.loop is not None and node.loop.kind != "standard"
    return many and any(is_normal(b) for b in plan.index.boundary[node.id])


def _repeats(node: Node) -> bool:
    return node.loop is not None and node.loop.kind == "standard"


def _message_at_start(plan: Plan, node: Node) -> bool:
    """Whether a receive task starts by its message: after an event-based gateway, or as a start."""
    start = node.instantiate and plan.pending(node) is not None
    return start or plan.index.deferred_choice(node) is not None


def activity_machine(plan: Plan, node: Node) -> None:
    """Add the machine of an activity: the runs under way, and what happened in each of them."""
    rings = [b.id for b in plan.index.boundary[node.id] if is_normal(b) and not b.interrupting]
    first = [frozenset[str]()]
    marks: list[Run] = list(first)
    for ring in rings:
        marks += [run | {ring} for run in marks]
    turns = [(run, run) for run in marks]
    turns += [(run, run | {ring}) for run in marks for ring in rings if ring not in run]
    if _instances(plan, node):
        single, change = tuple(marks), tuple(turns)
        for place in (FIRST, SECOND):
            marks += [run | {place} for run in single]
            turns += [(run | {place}, more | {place}) for run, more in change]
        turns += [(run | {FIRST}, frozenset({SECOND})) for run in single]
        first += [run | {FIRST} for run in first]
    plan.runs[node.id] = tuple(marks)
    capacity = None if node.body is not None else plan.capacity
    machine = runs(node.id, marks, dict.fromkeys(turns), first, capacity=capacity)
    plan.contents[node.scope].tokens.append(plan.add(machine, node.id))


def activity_steps(plan: Plan, node: Node) -> None:
    """Add the vectors by which an activity starts, repeats, is skipped and completes."""
    begin = plan.begin(node.body) if node.body is not None else ()
    inside: Moves = ()
    if node.body is not None:
        inside = plan.nothing_inside(node.body) + plan.leave(node.body)
    at_start = _message_at_start(plan, node)
    got, later = (plan.receives(node), [()]) if at_start else ([()], plan.receives(node))
    taken = plan.takes(node)
    for moves in ways(taken, got):
        for first in (Run(), Run({FIRST})) if _instances(plan, node) else (Run(),):
            enter = ((node.id, f"enter {run_name(first)}"),)
            start = (*moves, *enter, *begin, *plan.sends(node))
            plan.step(node, f"{node.id} starts", f"{node.id}.start", start)
    for moves in taken:
        if _instances(plan, node) or (node.loop is not None and node.loop.test_before):
            for more in fills(plan, node):
                plan.step(node, f"{node.id} is skipped", None, moves + more)
    for run in plan.runs[node.id]:
        here = run_name(run)
        if _repeats(node):
            again = (*inside, (node.id, f"{here} to {here}"), *begin)
            plan.step(node, f"{node.id} repeats", f"{node.id}.repeat", again)
        if FIRST in run:
            then = run_name(Run({SECOND}))
            again = (*inside, (node.id, f"{here} to {then}"), *begin)
            plan.step(node, f"{node.id} starts again", f"{node.id}.next", again)
            continue
        for more in ways(later, fills(plan, node)):
            done = (*inside, (node.id, f"leave {here}"), *more)
            plan.step(node, f"{node.id} completes", f"{node.id}.complete", done)
    _entries(plan, node)


def _entries(plan: Plan, node: Node) -> None:
    if node.loop is None or node.loop.kind == "standard":
        return
    if _instances(plan, node):
        plan.entries.append(
            Entry(
                element=node.id, kind=node.kind_name, fate=Fate.ABSTRACTED,
                direction=Direction.UNDER, span=node.span,
                note="a multi-instance activity with boundary events is covered for 0, 1 and 2 "
                "instances, one after the other",
            )
        )  # fmt: skip


def boundary_steps(plan: Plan, node: Node, catchers: Catchers) -> None:
    """Add the vectors of a boundary event that happens by itself."""
    host = plan.index.node[node.attached_to or ""]
    if host.body is not None and not catchers.by_itself(node, host.body):
        return
    for run in plan.runs[host.id]:
        here = run_name(run)
        if node.interrupting:
            gone: Moves = ((host.id, f"leave {here}"),)
            if host.body is not None:
                gone = plan.abolish(host.body) + gone
        elif node.id in run:
            continue
        else:
            gone = ((host.id, f"{here} to {run_name(run | {node.id})}"),)
        for more in ways([gone], plan.receives(node), fills(plan, node)):
            plan.step(node, f"{node.id} at {host.id}", node.id, more)


def waits_outside(plan: Plan) -> dict[str, list[str]]:
    """Return for each sub-process the machines in which a second token would wait."""
    found: dict[str, list[str]] = {}
    for node in plan.graph.nodes:
        if node.body is not None and node.event is not EventKind.START and node.id in plan.runs:
            found[node.id] = [moves[0][0] for moves in plan.takes(node)]
    return found
