"""State spaces by definition: markings as tuples in Python sets."""

from __future__ import annotations

from dataclasses import dataclass

from petri import PetriNet

Row = tuple[int, ...]


@dataclass(frozen=True)
class Naive:
    """All reachable markings, and the pairs of a marking and a transition enabled in it."""

    markings: frozenset[Row]
    arcs: int
    deadlocks: int
    enabled: dict[str, int]

    @property
    def figures(self) -> tuple[int, ...]:
        most = max((max(row, default=0) for row in self.markings), default=0)
        return (
            len(self.markings), self.arcs, self.deadlocks, most, max(map(sum, self.markings)),
        )  # fmt: skip


def naive_space(net: PetriNet, limit: int) -> Naive | None:
    """Search with sets of tuples; ``None`` where there are more markings than the limit."""
    places = {name: number for number, name in enumerate(net.place_ids)}
    weights: dict[str, tuple[dict[int, int], dict[int, int]]] = {
        t: ({}, {}) for t in net.transition_ids
    }
    for arc in net.arcs:
        if arc.source in places:
            weights[arc.target][0][places[arc.source]] = arc.weight
        else:
            weights[arc.source][1][places[arc.target]] = arc.weight
    start = tuple(net.initial.get(name, 0) for name in net.place_ids)
    seen, waiting = {start}, [start]
    counts = dict.fromkeys(net.transition_ids, 0)
    deadlocks = 0
    while waiting:
        row = waiting.pop()
        dead = True
        for name, (pre, post) in weights.items():
            if any(row[place] < n for place, n in pre.items()):
                continue
            dead = False
            counts[name] += 1
            after = list(row)
            for place, n in pre.items():
                after[place] -= n
            for place, n in post.items():
                after[place] += n
            found = tuple(after)
            if found not in seen:
                if len(seen) == limit:
                    return None
                seen.add(found)
                waiting.append(found)
        deadlocks += dead
    return Naive(frozenset(seen), sum(counts.values()), deadlocks, counts)
