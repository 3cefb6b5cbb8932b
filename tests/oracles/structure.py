"""Components, handles and Commoner's condition by definition: all subsets, all paths."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from petri import PetriNet


def subsets(nodes: tuple[str, ...]) -> Iterator[frozenset[str]]:
    for size in range(1, len(nodes) + 1):
        yield from map(frozenset, combinations(nodes, size))


def connected(nodes: set[str], arcs: set[tuple[str, str]]) -> bool:
    """Whether each node reaches each other one."""
    for start in nodes:
        seen, todo = {start}, [start]
        while todo:
            here = todo.pop()
            fresh = {b for a, b in arcs if a == here and b in nodes} - seen
            seen |= fresh
            todo += fresh
        if seen != nodes:
            return False
    return True


def components(net: PetriNet, kind: str) -> list[frozenset[str]]:
    """The places of all S-components, or the transitions of all T-components."""
    arcs = {(arc.source, arc.target) for arc in net.arcs}
    if any(arc.weight != 1 for arc in net.arcs):
        return []
    own = net.place_ids if kind == "S" else net.transition_ids
    found: list[frozenset[str]] = []
    for chosen in subsets(own):
        others = {b for a, b in arcs if a in chosen} | {a for a, b in arcs if b in chosen}
        single = all(
            sum((other, node) in arcs for node in chosen) == 1
            and sum((node, other) in arcs for node in chosen) == 1
            for other in others
        )
        if single and connected(set(chosen) | others, arcs):
            found.append(chosen)
    return found


def paths(net: PetriNet, start: str, end: str) -> list[tuple[str, ...]]:
    """All paths without repeated nodes."""
    found: list[tuple[str, ...]] = []
    todo: list[tuple[str, ...]] = [(start,)]
    while todo:
        path = todo.pop()
        for node in net.postset(path[-1]):
            if node == end:
                found.append((*path, node))
            elif node not in path:
                todo.append((*path, node))
    return found


def has_handle(net: PetriNet) -> bool:
    """Whether two different paths between a place and a transition meet only at their ends."""
    pairs = [(p, t) for p in net.place_ids for t in net.transition_ids]
    for start, end in [*pairs, *((t, p) for p, t in pairs)]:
        for first, second in combinations(paths(net, start, end), 2):
            if not set(first[1:-1]) & set(second[1:-1]):
                return True
    return False


def is_siphon(net: PetriNet, places: frozenset[str]) -> bool:
    return all(
        places & set(net.preset(t)) or not places & set(net.postset(t)) for t in net.transition_ids
    )


def is_trap(net: PetriNet, places: frozenset[str]) -> bool:
    return all(
        places & set(net.postset(t)) or not places & set(net.preset(t)) for t in net.transition_ids
    )


def commoner(net: PetriNet) -> bool:
    """Whether each siphon but the empty one contains a marked trap."""
    every = list(subsets(net.place_ids))
    marked = {place for place in net.place_ids if net.initial[place]}
    traps = [trap for trap in every if is_trap(net, trap) and trap & marked]
    siphons = [siphon for siphon in every if is_siphon(net, siphon)]
    return all(any(trap <= siphon for trap in traps) for siphon in siphons)
