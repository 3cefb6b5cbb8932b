"""The structure of workflow nets: one source, one sink, every node between them."""

from __future__ import annotations

from collections.abc import Iterable

from netproof.recheck.net_table import NetTable
from netproof.recheck.result import RefusedError
from netproof.recheck.statements import Statement
from petri.net import PetriNet
from transition_systems.evidence import StructureEvidence

__all__ = ["check_structure", "loose_places", "workflow_ends"]


def _neighbours(net: PetriNet) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Return the nodes before and after each node."""
    before: dict[str, set[str]] = {node: set() for node in (*net.place_ids, *net.transition_ids)}
    after: dict[str, set[str]] = {node: set() for node in before}
    for arc in net.arcs:
        before[arc.target].add(arc.source)
        after[arc.source].add(arc.target)
    return before, after


def loose_places(net: PetriNet) -> tuple[set[str], set[str]]:
    """Return the places without an arc into them, and those without an arc out of them."""
    before, after = _neighbours(net)
    sources = {place for place in net.place_ids if not before[place]}
    return sources, {place for place in net.place_ids if not after[place]}


def workflow_ends(net: PetriNet) -> tuple[str, str]:
    """Return source and sink of a workflow net; refuse a net that is none."""
    before, after = _neighbours(net)
    sources, sinks = loose_places(net)
    if len(sources) != 1 or len(sinks) != 1:
        raise RefusedError("the net is no workflow net: it has not one source and one sink")
    for start, step in ((next(iter(sources)), after), (next(iter(sinks)), before)):
        seen, waiting = {start}, [start]
        while waiting:
            fresh = step[waiting.pop()] - seen
            seen |= fresh
            waiting.extend(fresh)
        if len(seen) < len(before):
            raise RefusedError("the net is no workflow net: a node is on no path through it")
    return next(iter(sources)), next(iter(sinks))


def check_structure(evidence: StructureEvidence, claim: Statement, table: NetTable) -> None:
    """Check ``workflow net`` or ``not a workflow net`` against the arcs of the net."""
    sets = dict(evidence.sets)
    if len(sets) != len(evidence.sets):
        raise RefusedError("a set of nodes is named twice")
    if claim.phrase == "workflow net":
        _expect(sets, {"source", "sink", "forward", "backward"})
        _workflow(table.net, sets)
    elif claim.phrase == "not a workflow net":
        _expect(sets, {"sources", "sinks"}, {"unreachable", "hopeless"})
        _no_workflow(table.net, sets)
    else:
        raise RefusedError("sets of nodes prove a statement about structure, not this claim")


def _expect(sets: dict[str, tuple[str, ...]], needed: set[str], more: Iterable[str] = ()) -> None:
    if not needed <= sets.keys() <= needed | set(more):
        raise RefusedError(f"sets named {', '.join(sorted(needed))} are expected")


def _ends(net: PetriNet, sources: tuple[str, ...], sinks: tuple[str, ...]) -> None:
    found = loose_places(net)
    for given, real, what in zip((sources, sinks), found, ("input", "output"), strict=True):
        if len(given) != len(real) or set(given) != real:
            raise RefusedError(f"these are not the places without {what}")


def _workflow(net: PetriNet, sets: dict[str, tuple[str, ...]]) -> None:
    if len(sets["source"]) != 1 or len(sets["sink"]) != 1:
        raise RefusedError("the evidence does not name one source and one sink")
    _ends(net, sets["source"], sets["sink"])
    before, after = _neighbours(net)
    ways = (("forward", sets["source"][0], before), ("backward", sets["sink"][0], after))
    for key, start, near in ways:
        order = sets[key]
        if not order or order[0] != start:
            raise RefusedError(f"the nodes of {key!r} do not begin with {start!r}")
        if len(order) != len(before) or set(order) != before.keys():
            raise RefusedError(f"{key!r} does not hold each node once")
        seen = {start}
        for node in order[1:]:
            if not near[node] & seen:
                raise RefusedError(f"{node!r} has no neighbour before it in {key!r}")
            seen.add(node)


def _no_workflow(net: PetriNet, sets: dict[str, tuple[str, ...]]) -> None:
    _ends(net, sets["sources"], sets["sinks"])
    before, after = _neighbours(net)
    cut = False
    ways = (("unreachable", sets["sources"], before), ("hopeless", sets["sinks"], after))
    for key, ends, near in ways:
        nodes = set(sets.get(key, ()))
        if not nodes <= before.keys():
            raise RefusedError(f"{key!r} names a node that the net does not have")
        if nodes & set(ends) or any(not near[node] <= nodes for node in nodes):
            raise RefusedError(f"the nodes of {key!r} are not cut off")
        cut = cut or bool(nodes)
    if not cut and len(sets["sources"]) == 1 and len(sets["sinks"]) == 1:
        raise RefusedError("nothing in the evidence speaks against a workflow net")
