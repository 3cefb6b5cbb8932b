"""The firing rule, naively, over plain dicts: what every engine on nets is compared with."""

from __future__ import annotations

Weights = dict[tuple[str, str], int]
Tokens = dict[str, int]


def can_fire(arcs: Weights, places: set[str], tokens: Tokens, transition: str) -> bool:
    return all(
        tokens.get(source, 0) >= weight
        for (source, target), weight in arcs.items()
        if target == transition and source in places
    )


def fire(arcs: Weights, places: set[str], tokens: Tokens, transition: str) -> Tokens:
    after = {place: tokens.get(place, 0) for place in places}
    for (source, target), weight in arcs.items():
        if target == transition:
            after[source] -= weight
        if source == transition:
            after[target] += weight
    assert all(count >= 0 for count in after.values())
    return {place: count for place, count in after.items() if count}


def reachable(
    arcs: Weights, places: set[str], transitions: list[str], initial: Tokens, limit: int = 2000
) -> set[frozenset[tuple[str, int]]] | None:
    """All reachable markings, or None when there are more than ``limit``."""
    start = {place: count for place, count in initial.items() if count}
    seen = {frozenset(start.items())}
    todo = [start]
    while todo:
        tokens = todo.pop()
        for transition in transitions:
            if can_fire(arcs, places, tokens, transition):
                after = fire(arcs, places, tokens, transition)
                key = frozenset(after.items())
                if key not in seen:
                    if len(seen) >= limit:
                        return None
                    seen.add(key)
                    todo.append(after)
    return seen
