"""The steps of events: starts, catching and throwing events, ends, event sub-processes."""

from __future__ import annotations

from translators.to_machine.catchers import THROWN, Catchers, event_start
from translators.to_machine.fills import fills
from translators.to_machine.locals import counter, end_counter, flag
from translators.to_machine.plan import Moves, Plan, ways
from translators.workflow.graph import EventKind, Node, Trigger

__all__ = ["event_machine", "event_steps", "event_sub_process_steps"]


def event_machine(plan: Plan, node: Node) -> None:
    """Add the machine of an event: ends and catching links count, the others have no memory."""
    if node.event is EventKind.END:
        plan.contents[node.scope].ends.append(plan.add(end_counter(node.id), node.id))
    elif plan.index.is_link_catch(node):
        name = plan.add(counter(node.id, plan.capacity), node.id)
        plan.contents[node.scope].tokens.append(name)
    else:
        plan.add_stateless(node)


def event_steps(plan: Plan, node: Node, catchers: Catchers) -> None:
    """Add the vectors of a start, catching, throwing or end event."""
    match node.event:
        case EventKind.START:
            _start(plan, node)
        case EventKind.CATCH:
            for moves in ways(plan.takes(node), plan.receives(node), fills(plan, node)):
                plan.step(node, f"{node.id} occurs", node.id, moves)
        case EventKind.THROW:
            _throw(plan, node, catchers)
        case EventKind.END:
            _end(plan, node, catchers)
        case _:
            pass


def _start(plan: Plan, node: Node) -> None:
    start = plan.pending(node)
    if start is not None:
        for moves in ways([(start,)], plan.receives(node), fills(plan, node)):
            plan.step(node, f"{node.id} occurs", node.id, moves)


def _throw(plan: Plan, node: Node, catchers: Catchers) -> None:
    goes_on = fills(plan, node)
    if node.trigger is Trigger.LINK:
        goes_on = [((plan.index.link_targets(node)[0].id, "put"),)]
    for taken in plan.takes(node):
        base = taken + plan.sends(node)
        if node.trigger in THROWN:
            effects = catchers.effects(node, base, goes_on)
        else:
            effects = [base + more for more in goes_on]
        for moves in effects:
            plan.step(node, f"{node.id} occurs", node.id, moves)


def _end(plan: Plan, node: Node, catchers: Catchers) -> None:
    for taken in plan.takes(node):
        base = (*taken, *plan.sends(node), (node.id, "put"))
        if node.trigger in THROWN:
            effects = catchers.effects(node, base, [()])
        elif node.trigger is Trigger.TERMINATE:
            effects = [base + plan.sweep(_instance_of(plan, node))]
        else:
            effects = [base]
        for moves in effects:
            plan.step(node, f"{node.id} occurs", node.id, moves)


def _instance_of(plan: Plan, node: Node) -> str:
    """Return the process or sub-process that a terminate event empties."""
    scope = plan.index.scope[node.scope]
    while scope.kind == "event-sub-process" and scope.parent is not None:
        scope = plan.index.scope[scope.parent]
    return scope.id


def event_sub_process_machine(plan: Plan, node: Node) -> None:
    """Add the flag of an event sub-process: whether it was triggered in this run of its scope."""
    plan.contents[node.scope].flags.append(plan.add(flag(node.id), node.id))


def event_sub_process_steps(plan: Plan, node: Node, catchers: Catchers) -> None:
    """Add the vectors by which an event sub-process is triggered from outside."""
    start = event_start(plan, node)
    if not catchers.by_itself(start, node.scope):
        return
    others = [n for n in plan.index.event_sub_processes(node.scope) if n.id != node.id]
    free: Moves = tuple(
        (other.id, "is-ready") for other in others if event_start(plan, other).interrupting
    )
    trigger: Moves = (*free, (node.id, "trigger"))
    body = set(plan.contents[node.body or ""].tokens)
    gone = plan.sweep(node.scope) if start.interrupting else ()
    for name in plan.own(node.scope).tokens:
        if name in body:
            continue
        first = ((name, "some"), *trigger)
        for moves in ways([first], plan.receives(start), [gone], fills(plan, start)):
            plan.step(start, f"{start.id} occurs", start.id, moves)
