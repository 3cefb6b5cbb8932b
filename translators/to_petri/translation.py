"""From a workflow graph to a Petri net, with all that is needed to speak of the graph again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from petri import PetriNet
from petri.soundness import SoundnessGoal
from transition_systems.budget import Budget
from transition_systems.errors import UsageError
from transition_systems.properties.predicates import (
    Compare,
    Predicate,
    at_least,
    at_most,
    conjunction,
    disjunction,
)
from translators.ledger import Entry, Ledger
from translators.to_petri.assembly import Assembly, PlaceRecord, TransitionRecord
from translators.to_petri.context import Context
from translators.to_petri.processes import Process, build_process
from translators.to_petri.support import mapped_entries, refuse_unsupported
from translators.workflow.graph import EventKind, Node, NodeKind, WorkflowGraph
from translators.workflow.index import GraphIndex

__all__ = ["TRANSLATION", "NetTranslation", "workflow_to_net"]

TRANSLATION = "workflow-to-net/1"
Starts = Literal["one", "all"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NetTranslation:
    """A net with the way back to the graph.

    Parameters
    ----------
    graph
        What was translated.
    net
        The net; where elements were refused it is the net of the rest, and tells nothing.
    ledger
        What became of each element.
    conditions
        Statements with ledger entries: each entry counts if its statement is reachable.
    goal
        Completion, proper completion and the activities, as statements about the net.
    assumptions
        Sentences that define the question.
    places, transitions
        What each place and transition of the net stands for.
    flow_places
        The places of sequence flows, for safeness.
    message_places
        The places of message flows.
    starts
        The reading of several start events.
    """

    graph: WorkflowGraph
    net: PetriNet
    ledger: Ledger
    conditions: tuple[tuple[Predicate, Entry], ...]
    goal: SoundnessGoal
    assumptions: tuple[str, ...]
    places: Mapping[str, PlaceRecord]
    transitions: Mapping[str, TransitionRecord]
    flow_places: tuple[str, ...]
    message_places: tuple[str, ...]
    processes: tuple[Process, ...]
    starts: Starts = "one"
    version: str = TRANSLATION
    index: GraphIndex | None = field(default=None, repr=False, compare=False)

    def here(self, element: str) -> Predicate:
        """Return the predicate "a token is in the node, on the flow or in the message flow".

        Raises
        ------
        KeyError
            When nothing in the net stands for the element.
        """
        places = self.token_places(element)
        if not places:
            raise KeyError(element)
        token = Compare(tuple((place, 1) for place in places), ">=", 1)
        return conjunction(token, self._not_frozen(self.places[places[0]].scope))

    def token_places(self, element: str) -> list[str]:
        """Return the places whose tokens are in an element; none where no token ever rests."""
        return [
            record.id
            for record in self.places.values()
            if record.element == element and (record.live or record.kind in ("end", "message"))
        ]

    def _not_frozen(self, scope: str | None) -> Predicate:
        if scope is None:
            return conjunction()
        gates = [p.gates_of(scope) for p in self.processes if scope in p.scopes]
        return conjunction(*(at_least(gate) for found in gates for gate in found))

    def activity_enabled(self, element: str) -> Predicate:
        """Return the predicate "a step of this node can happen"."""
        from transition_systems.properties.predicates import Enabled

        names = [t.id for t in self.transitions.values() if t.owner == element]
        if not names:
            raise KeyError(element)
        return disjunction(*(Enabled(name) for name in names))


def workflow_to_net(
    graph: WorkflowGraph, *, starts: Starts = "one", budget: Budget | None = None
) -> NetTranslation:
    """Translate a workflow graph to a Petri net, one fragment for each node.

    Parameters
    ----------
    graph
        The workflow.
    starts
        How a process with several start events starts: ``"one"`` of them by free choice (the
        standard's reading) or ``"all"`` together.
    budget
        Time for the expansions; a scope that is not expanded in time is refused.

    Returns
    -------
    NetTranslation
        With a ledger that names every refused or abstracted element.

    Notes
    -----
    Tokens on flows, in running activities, in event waits and at reached end events are places;
    activities are two transitions, start and completion. Cancellation, completion of sub-processes
    and inclusive joins are expanded exactly (``scopes``, ``inclusive``); a terminate event stops
    its process by a gate. In the manner of R. M. Dijkman, M. Dumas, C. Ouyang: Semantics and
    analysis of business process models in BPMN. Information and Software Technology 50, 2008.

    Examples
    --------
    >>> from translators.workflow import Flow, Node, NodeKind, EventKind, Scope, WorkflowGraph
    >>> graph = WorkflowGraph(id="g", scopes=(Scope(id="p", kind="process"),),
    ...     nodes=(Node(id="s", kind=NodeKind.EVENT, event=EventKind.START, scope="p"),
    ...            Node(id="e", kind=NodeKind.EVENT, event=EventKind.END, scope="p")),
    ...     flows=(Flow(id="f", source="s", target="e", scope="p"),))
    >>> workflow_to_net(graph).net.place_ids
    ('p.start', 'f', 'e.reached')
    """
    if starts not in ("one", "all"):
        raise UsageError(f"starts is 'one' or 'all', not {starts!r}")
    ids = {node.id for node in graph.nodes} | {flow.id for flow in graph.flows}
    ids |= {message.id for message in graph.messages}
    context = Context(
        index=GraphIndex(graph),
        starts=starts,
        budget=(budget or Budget()).fixed(),
        assembly=Assembly(reserved=ids),
    )
    refuse_unsupported(context)
    for flow in graph.flows:
        if flow.source not in context.index.node or flow.target not in context.index.node:
            raise UsageError(f"flow {flow.id} joins nodes that the graph does not have")
    processes = [build_process(context, scope) for scope in context.index.processes()]
    for process in processes:
        process.close(context)
    net = context.assembly.net(graph.name or graph.id)
    ledger = Ledger(entries=tuple(mapped_entries(context))).extended(context.entries)
    places = context.assembly.places
    goal = SoundnessGoal(
        completion=conjunction(*(process.completion(context) for process in processes)),
        proper=conjunction(*(at_most(p.id, 1) for p in places.values() if p.kind == "end")),
        occurs=_activities(context),
    )
    return NetTranslation(
        graph=graph,
        net=net,
        ledger=ledger,
        conditions=tuple(context.conditions),
        goal=goal,
        assumptions=tuple(context.assumptions),
        places=places,
        transitions=context.assembly.transitions,
        flow_places=tuple(p.id for p in places.values() if p.kind == "flow"),
        message_places=tuple(p.id for p in places.values() if p.kind == "message"),
        processes=tuple(processes),
        starts=starts,
        index=context.index,
    )


def _activities(context: Context) -> dict[str, tuple[str, ...]]:
    """Return for each activity the transitions that start it."""
    started: dict[str, list[str]] = {}
    for t in context.assembly.transitions.values():
        if t.phase == "start":
            started.setdefault(t.owner, []).append(t.id)
    groups: dict[str, tuple[str, ...]] = {}
    for node in context.index.graph.nodes:
        if node.kind is not NodeKind.ACTIVITY or node.for_compensation:
            continue
        if node.activity == "event-sub-process":
            groups[node.id] = _triggers_of(context, node)
            continue
        groups[node.id] = tuple(started.get(node.id, ()))
    return groups


def _triggers_of(context: Context, sub: Node) -> tuple[str, ...]:
    """Return the transitions that start an event sub-process: its own trigger's, and throws.

    A thrower that rings it fills the flows behind its start event; nothing else does.
    """
    starts = [n for n in context.index.members[sub.body or ""] if n.event is EventKind.START]
    owners = {start.id for start in starts}
    behind = {flow.id for start in starts for flow in context.index.outgoing[start.id]}
    return tuple(
        t.id
        for t in context.assembly.transitions.values()
        if (t.owner in owners and t.phase in ("trigger", "interrupt", "throw", "occur"))
        or any(context.assembly.places[p].element in behind for p in t.post if p not in t.pre)
    )
