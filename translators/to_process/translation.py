"""From a workflow graph to a process term: one process for each node and each flow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from process_algebra.process import Process
from process_algebra.state_space import ProcessSpace
from process_algebra.state_space import state_space as explore_process
from transition_systems.budget import Budget
from transition_systems.errors import UndecidedError, UnsupportedError, UsageError
from transition_systems.lts import LTS
from transition_systems.progress import ProgressCallback
from translators.ledger import Entry, Ledger
from translators.to_process.activities import activity_steps
from translators.to_process.frame import Frame
from translators.to_process.inclusive import Region, is_inclusive_join, region_before
from translators.to_process.routing import event_steps, event_sub_process_steps, gateway_steps
from translators.to_process.support import ASSUMPTIONS, ledger_entries, refusal
from translators.to_process.throws import thrown_to
from translators.workflow.graph import NodeKind, WorkflowGraph

__all__ = ["TRANSLATION", "ProcessTranslation", "lts", "state_space", "workflow_to_process"]

TRANSLATION = "workflow-to-process/1"
Starts = Literal["one", "all"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessTranslation:
    """A process with the way back to the graph.

    Parameters
    ----------
    graph
        What was translated.
    process
        The process; where elements were refused it is the process of the rest, and tells nothing.
    ledger
        What became of each element.
    assumptions
        Sentences that define the question.
    labels
        The visible label of each event of the parallel process; the other events are hidden.
    completion
        The event that all processes offer together just when no token is left.
    overflows
        Events by which a flow or an activity reports more tokens than it has room for, with the
        element.
    joined
        Flows into inclusive joins, which have room for one token whatever the capacity.
    watches
        Events that are offered in states that the ledger must tell of, with what they say.
    starts, capacity
        The reading of several start events; the room of each flow.
    """

    graph: WorkflowGraph
    process: Process
    ledger: Ledger
    assumptions: tuple[str, ...]
    labels: Mapping[str, str]
    completion: str
    overflows: Mapping[str, str]
    watches: Mapping[str, str]
    joined: frozenset[str] = frozenset()
    starts: Starts = "one"
    capacity: int = 1
    version: str = TRANSLATION

    @property
    def refused(self) -> tuple[Entry, ...]:
        """The ledger's entries of refused elements."""
        return self.ledger.refused


def workflow_to_process(
    graph: WorkflowGraph,
    *,
    starts: Starts = "one",
    capacity: int = 1,
    budget: Budget | None = None,
) -> ProcessTranslation:
    """Map a workflow graph to a process term of core CSP.

    Each node, sequence flow, message flow and pending start is one sequential process; a step of
    the workflow is one event, which all processes that it touches do together.

    Parameters
    ----------
    graph
        The workflow.
    starts
        Whether a process with several start events starts at one of them or at all.
    capacity
        How many tokens a flow has room for; exact when no flow ever carries more, which
        :func:`lts` checks.
    budget
        Bounds the time for questions about conditions.

    Returns
    -------
    ProcessTranslation
        Elements without a meaning are refused in its ledger.

    Raises
    ------
    UsageError
        For another reading of starts, or a capacity below 1.

    Examples
    --------
    >>> from translators.workflow import Node, NodeKind, Scope, WorkflowGraph
    >>> task = Node(id="pay", kind=NodeKind.ACTIVITY, activity="task", scope="p")
    >>> graph = WorkflowGraph(id="w", scopes=(Scope(id="p", kind="process"),), nodes=(task,))
    >>> lts(workflow_to_process(graph))
    <LTS: 3 states, 2 arcs, 2 labels, 1 initial, 1 final>
    """
    if starts not in ("one", "all"):
        raise UsageError(f"there is no reading {starts!r} of starts; there are 'one' and 'all'")
    if capacity < 1:
        raise UsageError("a flow has room for at least one token")
    frame = Frame(graph, starts=starts, capacity=capacity, budget=budget)
    for node in graph.nodes:
        reason = refusal(frame, node)
        if reason is not None:
            frame.refuse(node, reason)
    regions = _regions(frame)
    frame.make_cells()
    _add_steps(frame, regions)
    built = frame.network.build()
    return ProcessTranslation(
        graph=graph,
        process=built.process,
        ledger=Ledger(entries=tuple(ledger_entries(frame))),
        assumptions=ASSUMPTIONS,
        labels=built.labels,
        completion=built.completion,
        overflows=built.overflows,
        watches=built.watches,
        joined=frozenset(frame.single),
        starts=starts,
        capacity=capacity,
    )


def _regions(frame: Frame) -> dict[str, Region]:
    regions: dict[str, Region] = {}
    for node in frame.graph.nodes:
        if not is_inclusive_join(frame.index, node):
            continue
        region = region_before(frame.index, node)
        if isinstance(region, str):
            frame.refuse(node, region)
        else:
            regions[node.id] = region
            frame.single.update(flow.id for flow in frame.index.incoming[node.id])
    return regions


def _add_steps(frame: Frame, regions: Mapping[str, Region]) -> None:
    caught = thrown_to(frame)
    for node in frame.graph.nodes:
        if node.id in frame.refused or node.for_compensation:
            continue
        if node.kind is NodeKind.GATEWAY:
            gateway_steps(frame, node, regions.get(node.id))
        elif node.kind is NodeKind.EVENT:
            event_steps(frame, node)
        elif node.activity == "event-sub-process":
            event_sub_process_steps(frame, node, caught)
        else:
            activity_steps(frame, node, caught)


def state_space(
    translation: ProcessTranslation,
    *,
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
) -> ProcessSpace:
    """Explore the process of a workflow, as far as the budget goes.

    Parameters
    ----------
    translation
        From :func:`workflow_to_process`.
    budget, progress
        What it may use, and whom it tells.

    Returns
    -------
    ProcessSpace
        Complete states are ``final``; each of ``translation.watches`` is an atom.

    Raises
    ------
    UnsupportedError
        When an element was refused, or a flow can carry more tokens than its capacity.

    Examples
    --------
    >>> from translators.workflow import EventKind, Flow, Node, NodeKind, Scope, WorkflowGraph
    >>> graph = WorkflowGraph(id="g", scopes=(Scope(id="p", kind="process"),),
    ...     nodes=(Node(id="s", kind=NodeKind.EVENT, event=EventKind.START, scope="p"),
    ...            Node(id="e", kind=NodeKind.EVENT, event=EventKind.END, scope="p")),
    ...     flows=(Flow(id="f", source="s", target="e", scope="p"),))
    >>> state_space(workflow_to_process(graph)).complete
    True
    """
    for entry in translation.refused:
        raise UnsupportedError(f"{entry.kind} {entry.element}: {entry.note}", span=entry.span)
    space = explore_process(
        translation.process,
        completion=translation.completion,
        observe=translation.watches,
        halt=translation.overflows,
        budget=budget,
        progress=progress,
    )
    if space.halted is not None:
        element = translation.overflows[space.halted]
        if element in translation.joined:
            raise UnsupportedError(
                f"{element} leads to an inclusive join and can hold more than one token"
            )
        raise UnsupportedError(
            f"{element} can hold more tokens than the capacity of {translation.capacity}",
            mend="Raise the capacity.",
        )
    return space


def lts(
    translation: ProcessTranslation,
    *,
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
) -> LTS:
    """Return the transition system of a workflow, from its process term.

    Takes and raises what :func:`state_space` does; labels are those of the workflow's steps, and
    the complete states are final.

    Parameters
    ----------
    translation
        From :func:`workflow_to_process`.
    budget, progress
        What it may use, and whom it tells.

    Returns
    -------
    LTS

    Raises
    ------
    UnsupportedError
        When an element was refused, or a flow can carry more tokens than its capacity.
    UndecidedError
        When the budget ends before all states are found.

    Examples
    --------
    >>> from translators.workflow import EventKind, Flow, Node, NodeKind, Scope, WorkflowGraph
    >>> graph = WorkflowGraph(id="g", scopes=(Scope(id="p", kind="process"),),
    ...     nodes=(Node(id="s", kind=NodeKind.EVENT, event=EventKind.START, scope="p"),
    ...            Node(id="e", kind=NodeKind.EVENT, event=EventKind.END, scope="p")),
    ...     flows=(Flow(id="f", source="s", target="e", scope="p"),))
    >>> lts(workflow_to_process(graph)).n_states
    3
    """
    space = state_space(translation, budget=budget, progress=progress)
    if not space.complete:
        raise UndecidedError(f"the process has further states: {space.reason}")
    return space.lts
