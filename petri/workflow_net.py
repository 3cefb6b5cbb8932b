"""Whether a net has the structure of a workflow net."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from petri.arguments import require_arguments
from petri.incidence import ArcTable
from petri.net import PetriNet
from transition_systems.budget import Budget, Meter
from transition_systems.errors import UsageError
from transition_systems.evidence import Claim, StructureEvidence
from transition_systems.progress import Progress, ProgressCallback
from transition_systems.verdict import Outcome, Statistics, Verdict

__all__ = ["NOT_WORKFLOW_NET", "WORKFLOW_NET", "no_workflow_net", "workflow_net"]

WORKFLOW_NET = "workflow net"
NOT_WORKFLOW_NET = "not a workflow net"

_PROPERTY = "workflow-net"
_ROUND = 4096


def workflow_net(
    net: PetriNet,
    *,
    method: str = "auto",
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
    seed: int | None = None,
) -> Verdict:
    """Decide whether the net has the structure of a workflow net.

    It has when exactly one place has no input (the source), exactly one place has no output (the
    sink), and every node lies on a path from the source to the sink. Markings play no part.

    Parameters
    ----------
    net
        The net.
    method
        ``"auto"`` or ``"structure"``; there is one method.
    budget
        Wall time; the number of states plays no part.
    progress
        Called with the number of nodes that were visited.
    seed
        Kept in the verdict; nothing is random here.

    Returns
    -------
    Verdict
        HOLDS: ``StructureEvidence`` with the sets ``source``, ``sink``, ``forward`` and
        ``backward``. ``forward`` holds all nodes, the source first, and each other node has a
        predecessor earlier in it; ``backward`` holds all nodes, the sink first, and each other
        node has a successor earlier in it. One pass over each rechecks the claim.

        VIOLATED: the sets ``sources`` and ``sinks`` (all places without input, and without output)
        and, where there is one of each, ``unreachable`` (all nodes without a path from the source:
        the source is not in it and no arc leads into it from outside) and ``hopeless`` (all nodes
        without a path to the sink: the sink is not in it and no arc leads out of it).

    Notes
    -----
    Complexity: linear in the size of the net. Exact for every net.

    References
    ----------
    W.M.P. van der Aalst, "The application of Petri nets to workflow management", Journal of
    Circuits, Systems and Computers 8(1), 1998.

    Examples
    --------
    >>> net = PetriNet(places=["i", "o"], transitions=["t"], arcs=[("i", "t"), ("t", "o")])
    >>> workflow_net(net).outcome
    <Outcome.HOLDS: 'HOLDS'>
    >>> workflow_net(net.replace(arcs=[("i", "t")])).explanation[1]
    "It has 2 source places, where one is allowed: 'i' and 'o'."
    """
    if method not in ("auto", "structure"):
        raise UsageError(f"{_PROPERTY} has no method {method!r}; there are auto, structure")
    require_arguments(net, budget=budget)
    meter = (budget or Budget()).start()
    sources = _loose(net, net.producers)
    sinks = _loose(net, net.consumers)
    sets: dict[str, tuple[str, ...]] = {"sources": sources, "sinks": sinks}
    reasons = [*_count("source", "input", sources), *_count("sink", "output", sinks)]
    if not net.places:
        reasons = ["It has no source place and no sink place: it has no places at all."]
    if not reasons:
        forward = _visited(net, sources[0], forward=True, meter=meter, progress=progress)
        backward = _visited(net, sinks[0], forward=False, meter=meter, progress=progress)
        if forward is None or backward is None:
            return _verdict(net, Outcome.UNKNOWN, meter, seed, reason="the time budget is used up")
        nodes = (*net.place_ids, *net.transition_ids)
        if len(forward) == len(backward) == len(nodes):
            found = {"source": sources, "sink": sinks, "forward": forward, "backward": backward}
            text = (
                f"The net is a workflow net: {sources[0]!r} is its only source place, {sinks[0]!r}"
                " its only sink place, and every node lies on a path from one to the other."
            )
            return _verdict(net, Outcome.HOLDS, meter, seed, sets=found, explanation=[text])
        sets["unreachable"] = _missing(nodes, forward)
        sets["hopeless"] = _missing(nodes, backward)
        for key, end in (
            ("unreachable", f"from the source place {sources[0]!r}"),
            ("hopeless", f"to the sink place {sinks[0]!r}"),
        ):
            if sets[key]:
                reasons.append(f"There is no path {end} {_NODES[key]} {_names(sets[key])}.")
    text = "The net is not a workflow net."
    return _verdict(net, Outcome.VIOLATED, meter, seed, sets=sets, explanation=[text, *reasons])


_NODES = {"unreachable": "to", "hopeless": "from"}


def no_workflow_net(verdict: Verdict) -> str:
    """Return a sentence part that says why a net is no workflow net.

    Parameters
    ----------
    verdict
        VIOLATED or UNKNOWN, of :func:`workflow_net`.

    Returns
    -------
    str

    Examples
    --------
    >>> net = PetriNet(places=["i"], transitions=["t"], arcs=[("i", "t"), ("t", "i")])
    >>> no_workflow_net(workflow_net(net)).partition(": ")[2][:34]
    'it has no source place: every plac'
    """
    if verdict.unknown:
        return f"whether the net is a workflow net is not known: {verdict.reason}"
    reasons = [f"{line[0].lower()}{line[1:].rstrip('.')}" for line in verdict.explanation[1:]]
    return f"the net is no workflow net: {'; '.join(reasons)}"


def _loose(net: PetriNet, by_place: ArcTable) -> tuple[str, ...]:
    """Return the places without an arc in the table."""
    return tuple(net.place_ids[p] for p in np.flatnonzero(np.diff(by_place.offsets) == 0).tolist())


def _count(what: str, arc: str, places: tuple[str, ...]) -> list[str]:
    if len(places) == 1:
        return []
    if not places:
        return [f"It has no {what} place: every place has an {arc}."]
    return [f"It has {len(places)} {what} places, where one is allowed: {_names(places)}."]


def _names(nodes: Iterable[str]) -> str:
    shown = [repr(node) for node in nodes]
    if len(shown) > 6:
        return ", ".join(shown[:5]) + f" and {len(shown) - 5} more"
    return " and ".join(filter(None, [", ".join(shown[:-1]), shown[-1]]))


def _missing(nodes: tuple[str, ...], found: tuple[str, ...]) -> tuple[str, ...]:
    known = set(found)
    return tuple(node for node in nodes if node not in known)


def _visited(
    net: PetriNet,
    start: str,
    *,
    forward: bool,
    meter: Meter,
    progress: ProgressCallback | None,
) -> tuple[str, ...] | None:
    """Return the nodes that are reached from a place, breadth-first; ``None`` out of time."""
    n_places = len(net.places)
    from_place = net.consumers if forward else net.producers
    from_transition = net.post_arcs if forward else net.pre_arcs
    seen: NDArray[np.bool_] = np.zeros(n_places + len(net.transitions), dtype=np.bool_)
    order = [net.place_index(start)]
    seen[order[0]] = True
    position = 0
    while position < len(order):
        if position % _ROUND == 0:
            if meter.out_of_time():
                return None
            if progress is not None:
                progress(Progress(stage=_PROPERTY, states=len(order), seconds=meter.seconds))
        node = order[position]
        position += 1
        if node < n_places:
            following = from_place.row(node)[0] + n_places
        else:
            following = from_transition.row(node - n_places)[0]
        fresh = following[~seen[following]]
        seen[fresh] = True
        order.extend(fresh.tolist())
    names = (*net.place_ids, *net.transition_ids)
    return tuple(names[node] for node in order)


def _verdict(
    net: PetriNet,
    outcome: Outcome,
    meter: Meter,
    seed: int | None,
    *,
    sets: dict[str, tuple[str, ...]] | None = None,
    explanation: Iterable[str] = (),
    reason: str | None = None,
) -> Verdict:
    evidence = None
    if sets is not None:
        formula = WORKFLOW_NET if outcome is Outcome.HOLDS else NOT_WORKFLOW_NET
        claim = Claim(formula=formula, model_digest=net.digest())
        evidence = StructureEvidence(claim=claim, sets=tuple(sets.items()))
    return Verdict(
        property=_PROPERTY,
        outcome=outcome,
        statistics=Statistics(method="structure", seconds=meter.seconds),
        evidence=evidence,
        reason=reason,
        explanation=tuple(explanation),
        seed=seed,
    )
