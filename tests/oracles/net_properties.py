"""Properties of small bounded nets by definition, over sets and dicts; None where unbounded."""

from __future__ import annotations

from dataclasses import dataclass

from oracles.firing import can_fire, fire
from petri import PetriNet

Key = frozenset[tuple[str, int]]


@dataclass
class Space:
    """All markings with their steps, by definition."""

    initial: Key
    steps: dict[Key, list[tuple[str, Key]]]

    def closure(self, start: Key) -> set[Key]:
        seen, todo = {start}, [start]
        while todo:
            for _, after in self.steps[todo.pop()]:
                if after not in seen:
                    seen.add(after)
                    todo.append(after)
        return seen


def space_of(net: PetriNet, limit: int = 400) -> Space | None:
    arcs = {(a.source, a.target): a.weight for a in net.arcs}
    places = set(net.place_ids)
    start = frozenset(net.initial.to_dict().items())
    steps: dict[Key, list[tuple[str, Key]]] = {}
    todo = [start]
    while todo:
        key = todo.pop()
        if key in steps:
            continue
        if len(steps) >= limit:
            return None
        steps[key] = []
        tokens = dict(key)
        for transition in net.transition_ids:
            if can_fire(arcs, places, tokens, transition):
                after = frozenset(fire(arcs, places, tokens, transition).items())
                steps[key].append((transition, after))
                todo.append(after)
    return Space(start, steps)


def has_infinite_run(space: Space) -> bool:
    """Whether some marking can reach itself by at least one step."""
    return any(
        key in space.closure(after) for key, found in space.steps.items() for _, after in found
    )


def has_fair_infinite_run(space: Space, *, strong: bool) -> bool:
    """Whether some set of arcs is the set visited for ever by a fair run (all subsets tried).

    A run that visits for ever just the arcs of a strongly connected set X is weakly fair when no
    transition is enabled in all its states without being in X, strongly fair when none is enabled
    in some state without being in X.
    """
    arcs = [(key, t, after) for key, found in space.steps.items() for t, after in found]
    if len(arcs) > 9:
        raise ValueError("too many arcs for the oracle")
    for mask in range(1, 1 << len(arcs)):
        chosen = [arc for bit, arc in enumerate(arcs) if mask >> bit & 1]
        states = {a for a, _, _ in chosen} | {b for _, _, b in chosen}
        if not _strongly_connected(states, chosen):
            continue
        taken = {t for _, t, _ in chosen}
        enabled = [{t for t, _ in space.steps[state]} for state in states]
        due = set.union(*enabled) if strong else set.intersection(*enabled)
        if due <= taken:
            return True
    return False


def _strongly_connected(states: set[Key], arcs: list[tuple[Key, str, Key]]) -> bool:
    for start in states:
        seen, todo = {start}, [start]
        while todo:
            here = todo.pop()
            for a, _, b in arcs:
                if a == here and b not in seen:
                    seen.add(b)
                    todo.append(b)
        if seen != states:
            return False
    return True
