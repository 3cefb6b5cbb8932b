"""Nets as networkx multigraphs and back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

from petri.net import PetriNet
from petri.nodes import Arc, Place, Transition
from transition_systems.errors import InputError

if TYPE_CHECKING:
    from networkx import MultiDiGraph

__all__ = ["from_networkx", "to_networkx"]


def to_networkx(net: PetriNet) -> MultiDiGraph[Any]:
    """Return the net as a ``MultiDiGraph`` whose nodes are the ids.

    Places have ``kind="place"``, ``name``, ``tokens`` and ``final`` (tokens, or ``None`` where the
    net has no final marking); transitions have ``kind="transition"``, ``label`` and ``name``; edges
    have ``weight``; the graph has ``name``, and ``final``: whether there is a final marking.

    Parameters
    ----------
    net
        The net.

    Returns
    -------
    networkx.MultiDiGraph
        With one edge for each arc.

    Examples
    --------
    >>> graph = to_networkx(PetriNet(places=["p"], transitions=["t"], arcs=[("p", "t", 2)]))
    >>> list(graph.edges(data="weight"))
    [('p', 't', 2)]
    """
    import networkx

    graph: MultiDiGraph[Any] = networkx.MultiDiGraph()
    graph.graph["name"] = net.name
    graph.graph["final"] = net.final is not None
    for place in net.places:
        final = None if net.final is None else net.final[place.id]
        graph.add_node(
            place.id, kind="place", name=place.name, tokens=net.initial[place.id], final=final
        )
    for transition in net.transitions:
        graph.add_node(
            transition.id, kind="transition", label=transition.label, name=transition.name
        )
    for arc in net.arcs:
        graph.add_edge(arc.source, arc.target, weight=arc.weight)
    return graph


def from_networkx(graph: MultiDiGraph[Any]) -> PetriNet:
    """Return the net of a directed networkx graph in the form of :func:`to_networkx`.

    Nodes that are not text are named by ``str``. A transition without ``label`` is labelled by its
    id; parallel edges add up.

    Parameters
    ----------
    graph
        A ``DiGraph`` or ``MultiDiGraph``; each node has ``kind``.

    Returns
    -------
    PetriNet
        Places and transitions in the order of the graph.

    Raises
    ------
    InputError
        When a node has no ``kind`` or another one, or the graph is not directed.

    Examples
    --------
    >>> net = PetriNet(places=["p"], transitions=["t"], arcs=[("t", "p")], initial={"p": 1})
    >>> from_networkx(to_networkx(net)) == net
    True
    """
    if not graph.is_directed():
        raise InputError("the arcs of a net have a direction", expected="a directed graph")
    places: list[Place] = []
    transitions: list[Transition] = []
    initial: dict[str, int] = {}
    final: dict[str, int] = {}
    has_final = bool(graph.graph.get("final"))
    nodes = cast("Iterable[tuple[object, dict[str, Any]]]", graph.nodes(data=True))
    for node, data in nodes:
        name, kind = str(node), data.get("kind")
        if kind == "place":
            places.append(Place(id=name, name=data.get("name")))
            initial[name] = data.get("tokens", 0)
            if data.get("final") is not None:
                has_final = True
                final[name] = data["final"]
        elif kind == "transition":
            label = data.get("label", name)
            transitions.append(Transition(id=name, label=label, name=data.get("name")))
        else:
            raise InputError(
                f"the node {name!r} is no part of a net",
                found=f"kind={kind!r}",
                expected="kind='place' or kind='transition'",
            )
    edges = cast("Iterable[tuple[object, object, dict[str, Any]]]", graph.edges(data=True))
    return PetriNet(
        places=places,
        transitions=transitions,
        arcs=[Arc(str(a), str(b), data.get("weight", 1)) for a, b, data in edges],
        initial=initial,
        final=final if has_final else None,
        name=graph.graph.get("name"),
    )
