"""What fragments of the net are made of: routed transitions, triggers, running activities."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from translators.to_petri.assembly import TransitionRecord
from translators.to_petri.context import Context
from translators.to_petri.routing import output_sets
from translators.workflow.graph import Flow, Node, Scope, Trigger

__all__ = [
    "MAX_ALARMS",
    "MAY_FAIL",
    "ONCE",
    "places_by_alarms",
    "process_gate",
    "rings",
    "routed",
    "run_gate",
    "running_places",
    "triggers",
]

MAX_ALARMS = 4
ONCE = (
    "A non-interrupting boundary event or event sub-process is triggered at most once for each "
    "time its activity or process runs."
)
OUTSIDE = "Messages from outside the file are always available."
TRIGGERS = "Timers, signals and conditions are free triggers: each may come at any time, or never."
MAY_FAIL = (
    "An activity may raise the error that is caught on its border; an error event catches what an "
    "end event inside throws, or, where none does, what some activity inside may raise."
)


def routed(
    context: Context,
    node: Node,
    *,
    id: str,
    phase: str,
    pre: dict[str, int],
    scope: str | None = None,
    label: str | None = None,
    post: dict[str, int] | None = None,
    at_most: dict[str, int] | None = None,
) -> list[TransitionRecord]:
    """Add one transition for each set of flows that a node may fill."""
    sets = output_sets(context, node)
    records: list[TransitionRecord] = []
    for chosen in sets:
        after = dict(post or {})
        for flow in chosen:
            place = context.flow_place(flow.id)
            after[place] = after.get(place, 0) + 1
        suffix = f".{_joined(chosen)}" if len(sets) > 1 else ""
        records.append(
            context.assembly.transition(
                f"{id}{suffix}",
                owner=node.id,
                scope=scope or node.scope,
                phase=phase,
                pre=pre,
                post=after,
                label=label,
                at_most=at_most,
                taken=tuple(f.id for f in chosen),
            )
        )
    return records


def _joined(flows: tuple[Flow, ...]) -> str:
    return "+".join(flow.id for flow in flows) or "none"


def triggers(context: Context, node: Node) -> list[dict[str, int]]:
    """Return what an event takes besides its token: one of its messages, or nothing."""
    if node.trigger in (Trigger.TIMER, Trigger.SIGNAL, Trigger.CONDITIONAL):
        context.assume(TRIGGERS)
    messages: list[dict[str, int]] = [{message: 1} for message in context.received(node)]
    if len(messages) == len(context.index.receives[node.id]) and messages:
        return messages
    if messages or node.trigger is Trigger.MESSAGE or node.activity == "receive":
        context.assume(OUTSIDE)
    return [*messages, {}]


def running_places(
    context: Context, node: Node, mark: str = ""
) -> Iterator[tuple[tuple[Node, ...], str]]:
    """Yield the places of a running activity, one for each set of alarms that have gone off.

    Alarms are the non-interrupting boundary events; each goes off at most once for each time the
    activity runs, so the set of those that have is part of its state.
    """
    alarms = [b for b in context.index.boundary[node.id] if not b.interrupting and rings(b)]
    for size in range(len(alarms) + 1):
        for gone in combinations(alarms, size):
            id = "~".join((f"{node.id}{mark}", *(b.id for b in gone)))
            place = context.assembly.place(id, "activity", node.id, node.scope, span=node.span)
            yield gone, place


def rings(boundary: Node) -> bool:
    """Return whether a boundary event can occur in normal flow."""
    return boundary.trigger is not Trigger.COMPENSATION


def places_by_alarms(
    places: list[tuple[tuple[Node, ...], str]],
) -> Iterator[tuple[frozenset[str], str]]:
    """Yield the running places by the ids of the alarms that have gone off."""
    for gone, place in places:
        yield frozenset(b.id for b in gone), place


def process_gate(context: Context, node: Node) -> str:
    """Return the gate of a node's process: while it holds its token, the process can act."""
    process = context.index.process_of(node)
    context.terminating.add(process.id)
    return run_gate(context, process)


def run_gate(context: Context, process: Scope) -> str:
    """Return the place without whose token nothing in a process can act."""
    return context.assembly.place(
        f"{process.id}.running", "control", process.id, None, initial=1, span=process.span
    )
