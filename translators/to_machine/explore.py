"""The flat machine of a workflow: the reachable product of its machines."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fsm.network_product import NetworkProduct, network_product
from fsm.nfa import NFA
from fsm.words import lts_to_nfa
from transition_systems.budget import Budget
from transition_systems.errors import UndecidedError, UnsupportedError
from transition_systems.lts import LTS
from transition_systems.progress import ProgressCallback
from translators.to_machine.translation import MachineTranslation

__all__ = ["product", "state_machine"]

IMPROPER = "improper"
WAITING = "second token waits"


def product(
    translation: MachineTranslation,
    *,
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
) -> LTS:
    """Return the reachable product of a workflow's machines as a transition system.

    Parameters
    ----------
    translation
        What :func:`translators.to_machine.workflow_to_machine` returned.
    budget, progress
        Limits and a callback, asked and told every 1024 states.

    Returns
    -------
    LTS
        State 0 is the initial one; ``final`` are the complete states; the atom ``improper`` tells
        where an end event was reached twice, and ``second token waits`` where a token waits for a
        sub-process that runs (the model has fewer behaviours there than the workflow).
        ``state_of`` gives the local state of each machine by name.

    Raises
    ------
    UnsupportedError
        When an element was refused, or when more tokens than ``capacity`` come together in a
        flow, a wait, a message flow or an activity; it is named.
    UndecidedError
        When the budget ends.

    Notes
    -----
    As :func:`fsm.network_product`.

    Examples
    --------
    >>> from translators.to_machine import workflow_to_machine
    >>> from translators.workflow import Node, NodeKind, Scope, WorkflowGraph
    >>> graph = WorkflowGraph(id="g", scopes=(Scope(id="p", kind="process"),), nodes=(
    ...     Node(id="A", kind=NodeKind.ACTIVITY, activity="task", scope="p"),))
    >>> list(product(workflow_to_machine(graph)).arcs())
    [(0, 'A.start', 1), (1, 'A.complete', 2)]
    """
    if translation.refused:
        entry = translation.refused[0]
        raise UnsupportedError(f"{entry.element}: {entry.note}", span=entry.span)
    found = network_product(translation.network, budget=budget, progress=progress)
    if found.violation is not None:
        raise _overflow(translation, *found.violation)
    if not found.complete:
        raise UndecidedError(f"the product of the machines is not finished: {found.reason}")
    lts = found.lts
    atoms = {
        **lts.atoms,
        IMPROPER: _improper(translation, found),
        WAITING: _waiting(translation, found),
    }
    return LTS(
        offsets=lts.offsets,
        labels=lts.labels,
        targets=lts.targets,
        label_names=lts.label_names,
        initial=lts.initial,
        atoms=atoms,
        state_of=lts.state_of,
    )


def _overflow(translation: MachineTranslation, machine: str, vector: str) -> UnsupportedError:
    element = translation.elements.get(machine, machine)
    graph = translation.graph
    spans = {node.id: node.span for node in graph.nodes}
    spans |= {flow.id: flow.span for flow in graph.flows}
    spans |= {message.id: message.span for message in graph.messages}
    kinds = {
        **{node.id: "node" for node in graph.nodes},
        **{flow.id: "flow" for flow in graph.flows},
        **{message.id: "message flow" for message in graph.messages},
    }
    capacity = translation.capacity
    flows = {flow.id: flow for flow in graph.flows}
    where = f"{kinds.get(element, 'element')} {element}"
    if element in flows:
        where += f" from {flows[element].source} to {flows[element].target}"
    return UnsupportedError(
        f"more than {capacity} token{'' if capacity == 1 else 's'} can come together in the "
        f"{where} (by {vector!r})",
        span=spans.get(element),
        mend="A larger capacity is exact as long as no flow needs more",
    )


def _local(found: NetworkProduct, translation: MachineTranslation, name: str) -> NDArray[np.int64]:
    names = [machine.name for machine in translation.network.machines]
    column: NDArray[np.int64] = found.states[:, names.index(name)]
    return column


def _improper(translation: MachineTranslation, found: NetworkProduct) -> NDArray[np.bool_]:
    flags = np.zeros(found.lts.n_states, dtype=np.bool_)
    for name in translation.ends:
        many = translation.network.machine(name).state_names.index("many")
        flags |= _local(found, translation, name) == many
    return flags


def _waiting(translation: MachineTranslation, found: NetworkProduct) -> NDArray[np.bool_]:
    flags = np.zeros(found.lts.n_states, dtype=np.bool_)
    for node, places in translation.waiting:
        runs = _local(found, translation, node) > 0
        for name in places:
            flags |= runs & (_local(found, translation, name) > 0)
    return flags


def state_machine(
    translation: MachineTranslation,
    *,
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
) -> NFA:
    """Return the flat machine as an automaton of the words of complete runs.

    Parameters
    ----------
    translation, budget, progress
        As for :func:`product`.

    Returns
    -------
    NFA
        Its letters are the labels, silent steps are epsilon, complete states accept;
        :func:`fsm.determinise` and :func:`fsm.minimise` make it small.

    Raises
    ------
    UnsupportedError, UndecidedError
        As :func:`product`.

    Examples
    --------
    >>> from translators.to_machine import workflow_to_machine
    >>> from translators.workflow import Node, NodeKind, Scope, WorkflowGraph
    >>> graph = WorkflowGraph(id="g", scopes=(Scope(id="p", kind="process"),), nodes=(
    ...     Node(id="A", kind=NodeKind.ACTIVITY, activity="task", scope="p"),))
    >>> state_machine(workflow_to_machine(graph)).accepts(["A.start", "A.complete"])
    True
    """
    return lts_to_nfa(product(translation, budget=budget, progress=progress))
