"""From a workflow graph to a network with one machine for each node."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from fsm.machine import Network
from transition_systems.budget import Budget
from transition_systems.errors import UsageError
from translators.ledger import Entry, Fate, Ledger
from translators.to_machine.activities import (
    activity_machine,
    activity_steps,
    boundary_steps,
    waits_outside,
)
from translators.to_machine.catchers import Catchers
from translators.to_machine.events import (
    event_machine,
    event_steps,
    event_sub_process_machine,
    event_sub_process_steps,
)
from translators.to_machine.gateways import gateway_machine, gateway_steps
from translators.to_machine.plan import Plan, is_normal
from translators.to_machine.regions import Region, region_before
from translators.to_machine.support import assumptions_of, mapped, refuse_unsupported
from translators.workflow.graph import EventKind, GatewayKind, Node, WorkflowGraph

__all__ = ["TRANSLATION", "MachineTranslation", "workflow_to_machine"]

TRANSLATION = "workflow-to-machine/1"
Starts = Literal["one", "all"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineTranslation:
    """A network of machines with the way back to the graph.

    Parameters
    ----------
    graph
        What was translated.
    network
        One machine for each node, sequence flow, message flow and pending start; empty where an
        element was refused.
    ledger
        What became of each element.
    assumptions
        Sentences that define the question.
    elements
        The element of the graph that each machine belongs to.
    ends
        The machines of end events.
    waiting
        For each sub-process the machines in which a second token waits while it runs.
    starts, capacity
        The reading of several start events; the largest number of tokens in one place.
    """

    graph: WorkflowGraph
    network: Network
    ledger: Ledger
    assumptions: tuple[str, ...] = ()
    elements: Mapping[str, str] = field(default_factory=dict[str, str], compare=False)
    ends: tuple[str, ...] = ()
    waiting: tuple[tuple[str, tuple[str, ...]], ...] = ()
    starts: Starts = "one"
    capacity: int = 1
    version: str = TRANSLATION

    @property
    def refused(self) -> tuple[Entry, ...]:
        """The entries of refused elements; where there are any, nothing can be concluded."""
        return self.ledger.refused


def workflow_to_machine(
    graph: WorkflowGraph,
    *,
    starts: Starts = "one",
    capacity: int = 1,
    budget: Budget | None = None,
) -> MachineTranslation:
    """Give a workflow graph its meaning as a product of one machine for each node.

    Parameters
    ----------
    graph
        The workflow.
    starts
        A process with several start events starts at ``"one"`` of them or at ``"all"``.
    capacity
        How many tokens a flow, a wait, a message flow or an activity can hold. More than that is
        never dropped or blocked: the machine falls into a forbidden state, and the product is
        refused by the name of the flow.
    budget
        Bounds the time of the translation.

    Returns
    -------
    MachineTranslation
        With an empty network and the refusals in its ledger where an element has no meaning.

    Raises
    ------
    UsageError
        For an unknown reading of starts, or a capacity below 1.
    UndecidedError
        When the budget ends.

    Notes
    -----
    The number of vectors is linear in the graph, but for the subsets of conditional and inclusive
    flows (at most 2^12 and 2^10 for one node) and for the marks of runs with non-interrupting
    boundary events.

    Examples
    --------
    >>> from translators.workflow import Node, NodeKind, Scope
    >>> graph = WorkflowGraph(id="g", scopes=(Scope(id="p", kind="process"),), nodes=(
    ...     Node(id="A", kind=NodeKind.ACTIVITY, activity="task", scope="p"),))
    >>> translation = workflow_to_machine(graph)
    >>> translation.network.labels
    ('A.complete', 'A.start')
    """
    if starts not in ("one", "all"):
        raise UsageError(f"starts is 'one' or 'all', not {starts!r}")
    if capacity < 1:
        raise UsageError(f"the capacity is at least 1, not {capacity}")
    meter = (budget or Budget()).start()
    plan = Plan(graph, starts=starts, capacity=capacity, meter=meter)
    refuse_unsupported(plan)
    if not plan.entries:
        _build(plan)
    refused = any(entry.fate is Fate.REFUSED for entry in plan.entries)
    network = Network()
    if not refused:
        network = Network(machines=tuple(plan.machines.values()), vectors=tuple(plan.vectors))
    return MachineTranslation(
        graph=graph,
        network=network,
        ledger=Ledger(entries=tuple(mapped(plan))).extended(plan.entries),
        assumptions=assumptions_of(plan),
        elements=dict(plan.elements),
        ends=() if refused else tuple(e for c in plan.contents.values() for e in c.ends),
        waiting=() if refused else tuple((n, tuple(m)) for n, m in waits_outside(plan).items()),
        starts=starts,
        capacity=capacity,
    )


def _build(plan: Plan) -> None:
    nodes = [node for node in plan.graph.nodes if is_normal(node)]
    plan.add_starts()
    plan.add_flows()
    for node in nodes:
        _machine(plan, node)
    regions = {node.id: _region(plan, node) for node in nodes}
    catchers = Catchers(plan)
    for node in nodes:
        _steps(plan, node, catchers, regions[node.id])


def _machine(plan: Plan, node: Node) -> None:
    if node.activity == "event-sub-process":
        event_sub_process_machine(plan, node)
    elif node.is_activity:
        activity_machine(plan, node)
    elif node.gateway is not None:
        gateway_machine(plan, node)
    else:
        event_machine(plan, node)


def _steps(plan: Plan, node: Node, catchers: Catchers, region: Region | None) -> None:
    if node.activity == "event-sub-process":
        event_sub_process_steps(plan, node, catchers)
    elif node.is_activity:
        activity_steps(plan, node)
    elif node.gateway is not None:
        gateway_steps(plan, node, region)
    elif node.event is EventKind.BOUNDARY:
        boundary_steps(plan, node, catchers)
    else:
        event_steps(plan, node, catchers)


def _region(plan: Plan, node: Node) -> Region | None:
    """Return the region before an inclusive join; refuse the join where there is none."""
    incoming = [f for f in plan.index.incoming[node.id] if plan.carries(f.source)]
    if node.gateway is not GatewayKind.INCLUSIVE or len(incoming) < 2:
        return None
    region = region_before(plan, node)
    if region is None:
        plan.refuse(node, "an inclusive join without one split before it is not supported yet")
    return region
