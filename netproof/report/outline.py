"""What reports need of a model when the model itself is gone: its elements as plain data.

Files that are checked in other processes come back without their models; the outline comes along.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from transition_systems.lts import TAU_NAME
from transition_systems.shown_labels import shown_label
from transition_systems.source_span import SourceSpan

__all__ = ["Element", "Link", "Outline", "outline_of"]

Shape = Literal["task", "gateway", "start", "event", "end", "place", "transition", "state", "label"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """A node of a workflow, a place or transition of a net, a state or label of a system.

    ``thread`` is the title of the pool or process that it belongs to, ``thread_id`` its id;
    ``lane`` the title of its innermost lane; ``mark`` the sign of a gateway.
    """

    id: str
    title: str
    shape: Shape
    thread: str
    thread_id: str = ""
    lane: str = ""
    mark: str = ""
    span: SourceSpan | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A sequence flow, a message flow (``message``) or an arc."""

    id: str
    source: str
    target: str
    title: str = ""
    message: bool = False
    span: SourceSpan | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """The elements and links by id, in file order.

    ``owners`` are the elements of actions, ``phases`` what an action does to its element:
    ``start``, ``complete``, ``repeat``, ``skip``, ... ``atoms`` are those of a transition system,
    which is in a state and has no tokens; ``None`` for other models.
    """

    elements: Mapping[str, Element] = field(default_factory=dict)
    links: Mapping[str, Link] = field(default_factory=dict)
    owners: Mapping[str, str] = field(default_factory=dict)
    phases: Mapping[str, str] = field(default_factory=dict)
    atoms: frozenset[str] | None = None

    def owner(self, action: str) -> str:
        """Return the id of the element that an action of a run belongs to."""
        return self.owners.get(action, action)

    def place(self, id: str) -> SourceSpan | None:
        """Return where an element or link was written."""
        found = self.elements.get(id) or self.links.get(id)
        return None if found is None else found.span


MOST_NESTED = 100
MOST_STATES, MOST_ARCS = 2_000, 10_000
_MARKS = {
    "exclusive": "×", "parallel": "+", "inclusive": "○", "event-based": "⬠", "complex": "*",
}  # fmt: skip


def outline_of(model: Any, translation: Any = None) -> Outline:
    """Return the outline of a loaded model; an empty one where there is none.

    Parameters
    ----------
    model
        A ``netproof.loading.Model`` or ``None``.
    translation
        The ``NetTranslation`` of a workflow, for the owners of its net's transitions.

    Examples
    --------
    >>> from netproof.loading import model_of
    >>> from petri import PetriNet
    >>> list(outline_of(model_of(PetriNet(places=["p"], transitions=["t"]))).elements)
    ['p', 't']
    """
    if model is None:
        return Outline()
    if model.graph is not None:
        owners: dict[str, str] = {}
        phases: dict[str, str] = {}
        if translation is not None:
            owners = {t.id: t.owner for t in translation.transitions.values()}
            phases = {t.id: t.phase for t in translation.transitions.values()}
        return _of_graph(model.graph, owners, phases)
    return _of_net(model.net) if model.system is None else _of_system(model.system)


def _of_graph(graph: Any, owners: dict[str, str], phases: dict[str, str]) -> Outline:
    pools = {pool.scope: pool.title for pool in graph.pools if pool.scope is not None}
    threads: dict[str, str] = {}
    roots: dict[str, str] = {}
    for scope in graph.scopes:  # a scope stands behind the one around it
        parent = str(scope.parent)
        roots[scope.id] = scope.id if scope.parent is None else roots.get(parent, parent)
        if scope.parent is None:
            threads[scope.id] = str(pools.get(scope.id) or scope.name or scope.id)
        else:
            threads[scope.id] = threads.get(parent, parent)
    elements: dict[str, Element] = {}
    lanes = _lanes(graph)
    for node in graph.nodes:
        shape: Shape = "task"
        if node.gateway is not None:
            shape = "gateway"
        elif node.event is not None:
            shapes: dict[str, Shape] = {"start": "start", "end": "end"}
            shape = shapes.get(str(node.event), "event")
        title = node.name or ("" if node.gateway is not None else node.id)
        elements[node.id] = Element(
            id=node.id, title=" ".join(title.split()), shape=shape,
            thread=threads.get(str(node.scope), str(node.scope)),
            thread_id=roots.get(str(node.scope), str(node.scope)),
            lane=lanes[node.id], mark=_MARKS.get(str(node.gateway), ""), span=node.span,
        )  # fmt: skip
    links = {
        item.id: Link(
            id=item.id, source=item.source, target=item.target, title=item.name or "",
            message=message, span=item.span,
        )
        for items, message in ((graph.flows, False), (graph.messages, True))
        for item in items
    }  # fmt: skip
    return Outline(elements=elements, links=links, owners=owners, phases=phases)


def _lanes(graph: Any) -> dict[str, str]:
    """Return for each node the title of its innermost lane with a name, or nothing.

    What stands in no lane itself is where the sub-process around it is, or what it is attached to.
    """
    held: dict[str, str] = {}
    for role in graph.roles:  # a lane stands behind the one around it
        if role.lane and role.name:
            held.update(dict.fromkeys(role.nodes, " ".join(role.name.split())))
    owners = {scope.id: scope.owner for scope in graph.scopes}
    around = {node.id: node.attached_to or owners.get(node.scope) for node in graph.nodes}
    found: dict[str, str] = {}
    for node in graph.nodes:
        at: str | None = node.id
        for _ in range(MOST_NESTED):
            if at is None or at in held:
                break
            at = around.get(at)
        found[node.id] = held.get(str(at), "")
    return found


def _of_system(system: Any) -> Outline:
    """Return the labels of a transition system as what acts, and states and arcs of a small one."""
    thread, lts = str(system.name or "system"), system.lts
    elements = {
        label: Element(id=label, title=shown_label(label), shape="label", thread=thread)
        for label in system.labels
    }
    links: dict[str, Link] = {}
    if lts.n_states <= MOST_STATES and lts.n_arcs <= MOST_ARCS:
        names = system.state_names()
        for name in names:
            state = Element(id=name, title=name, shape="state", thread=thread)
            elements.setdefault(name, state)
        for number, (source, label, target) in enumerate(lts.arcs()):
            id = f"arc {number + 1}"
            title = TAU_NAME if label is None else shown_label(label)
            links[id] = Link(id=id, source=names[source], target=names[target], title=title)
    return Outline(elements=elements, links=links, atoms=frozenset(system.atoms))


def _of_net(net: Any) -> Outline:
    thread = str(net.name or "net")
    elements: dict[str, Element] = {}
    for place in net.places:
        elements[place.id] = Element(
            id=place.id, title=place.name or place.id, shape="place", thread=thread, span=place.span
        )
    for item in net.transitions:
        elements[item.id] = Element(
            id=item.id, title=item.name or item.label or item.id, shape="transition",
            thread=thread, span=item.span,
        )  # fmt: skip
    links: dict[str, Link] = {}
    for number, arc in enumerate(net.arcs):
        id = f"arc {number + 1}"
        links[id] = Link(id=id, source=arc.source, target=arc.target)
    return Outline(elements=elements, links=links)
