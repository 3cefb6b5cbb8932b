"""Isomorphisms of two systems: the map arc by arc, colours exactly, all maps one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from netproof.recheck.result import RefusedError, Watch
from netproof.recheck.silent_steps import marks_of
from netproof.recheck.state_table import integers
from transition_systems.evidence import ColourDifference, IsomorphismEvidence
from transition_systems.lts import LTS

__all__ = ["check_colours", "check_isomorphism"]

Ints = NDArray[np.int64]
Row = tuple[tuple[int, int], ...]


def check_isomorphism(evidence: IsomorphismEvidence, left: LTS, right: LTS, watch: Watch) -> None:
    """Refuse unless the map takes the reachable part of the left system to that of the right."""
    watch.fits(200 * (left.n_arcs + right.n_arcs + left.n_states + right.n_states))
    image = integers(evidence.image, (left.n_states,), "the map")
    whole = _Reached(left, right, evidence.atoms, watch)
    states, others = whole.parts
    taken = image[states]
    if not np.array_equal(np.sort(taken), others - left.n_states):
        raise RefusedError("the map is not one-to-one between the reachable states")
    marks, cut = whole.marks, left.n_states
    if (marks[states] != marks[taken + cut]).any():
        raise RefusedError("the map takes a state to one with other atoms")
    if not np.array_equal(np.sort(image[left.initial]), right.initial):
        raise RefusedError("the map does not take the initial states to the initial states")
    arcs = [np.stack(part) for part in whole.arcs]
    arcs[0][[0, 2]] = image[arcs[0][[0, 2]]] + cut
    ours, theirs = (part[:, np.lexsort(part)] for part in arcs)
    if not np.array_equal(ours, theirs):
        raise RefusedError("the map does not take the arcs to the arcs")


def check_colours(evidence: ColourDifference, left: LTS, right: LTS, watch: Watch) -> None:
    """Refuse unless the colours differ after the rounds named, or no map is an isomorphism."""
    watch.fits(600 * (left.n_arcs + right.n_arcs + left.n_states + right.n_states))
    systems = _Reached(left, right, evidence.atoms, watch)
    colour = systems.first()
    for _ in range(evidence.rounds):
        if systems.differ(colour):
            return
        after = systems.refined(colour)
        if max(after.values(), default=0) == max(colour.values(), default=0):
            break
        colour = after
    if systems.differ(colour):
        return
    if not evidence.exhaustive:
        raise RefusedError("the colours do not differ after the rounds named")
    if systems.are_isomorphic(colour):
        raise RefusedError("there is an isomorphism")


class _Reached:
    """The reachable parts of two systems side by side, with arcs by state in both directions."""

    def __init__(self, left: LTS, right: LTS, atoms: tuple[str, ...], watch: Watch) -> None:
        self.watch, cut = watch, left.n_states
        number = {name: index for index, name in enumerate(left.label_names)}
        renamed = [number.setdefault(name, len(number)) for name in right.label_names]
        names = np.arange(len(left.label_names)), np.array(renamed)
        self.marks = marks_of([left, right], atoms)
        self.initial = left.initial.tolist(), (right.initial + cut).tolist()
        self.parts: list[Ints] = []
        self.arcs: list[tuple[Ints, Ints, Ints]] = []
        self.out: dict[int, Row] = {}
        self.into: dict[int, Row] = {}
        for lts, begin, name in zip((left, right), (0, cut), names, strict=True):
            states = _reachable(lts, watch)
            keep = np.isin(lts.sources, states)
            arcs = (lts.sources[keep] + begin, name[lts.labels[keep]], lts.targets[keep] + begin)
            self.parts.append(states + begin)
            self.arcs.append(arcs)

    def first(self) -> dict[int, int]:
        """Return the first colours, and put the arcs by state."""
        for states, (sources, labels, targets) in zip(self.parts, self.arcs, strict=True):
            self.watch.tick()
            triples = list(zip(sources.tolist(), labels.tolist(), targets.tolist(), strict=True))
            rows: tuple[dict[int, list[tuple[int, int]]], ...] = tuple(
                {state: [] for state in states.tolist()} for _ in range(2)
            )
            for source, label, target in triples:
                rows[0][source].append((label, target))
                rows[1][target].append((label, source))
            self.out.update((state, tuple(sorted(row))) for state, row in rows[0].items())
            self.into.update((state, tuple(sorted(row))) for state, row in rows[1].items())
        starts = {*self.initial[0], *self.initial[1]}
        return _numbered({s: (int(self.marks[s]), s in starts) for s in self.out})

    def refined(self, colour: dict[int, int]) -> dict[int, int]:
        """Return the colours after one more round."""
        self.watch.tick()

        def seen(row: Row) -> Row:
            return tuple(sorted((label, colour[end]) for label, end in row))

        return _numbered({s: (colour[s], seen(self.out[s]), seen(self.into[s])) for s in self.out})

    def differ(self, colour: dict[int, int]) -> bool:
        """Return whether the systems have different numbers of some colour."""
        left, right = (Counter(colour[s] for s in part.tolist()) for part in self.parts)
        return left != right

    def are_isomorphic(self, colour: dict[int, int]) -> bool:
        """Try all maps: each state goes where its predecessor's image can go with the label."""
        alike = _numbered({s: (colour[s], self.out[s], self.into[s]) for s in self.out})
        order: list[tuple[int, int, int]] = [(s, -1, -1) for s in self.initial[0]]
        known = set(self.initial[0])
        for state, _, _ in order:
            for label, target in self.out[state]:
                if target not in known:
                    known.add(target)
                    order.append((target, state, label))
        image: dict[int, int] = {}
        back: dict[int, int] = {}

        def goals(place: int) -> Iterator[int]:
            state, parent, label = order[place]
            row = self.initial[1] if parent < 0 else [
                t for a, t in self.out[image[parent]] if a == label
            ]  # fmt: skip
            tried: set[int] = set()
            for goal in row:
                if goal not in back and alike[goal] not in tried and fits(state, goal):
                    tried.add(alike[goal])
                    yield goal

        def fits(state: int, goal: int) -> bool:
            if colour[state] != colour[goal]:
                return False
            for mine, other in ((self.out, self.out), (self.into, self.into)):
                ours = {(a, goal if t == state else image.get(t, -1)) for a, t in mine[state]}
                theirs = {(a, t if t in back or t == goal else -1) for a, t in other[goal]}
                if ours != theirs:
                    return False
            return True

        if not order:
            return True
        waiting = [goals(0)]
        while waiting:
            self.watch.tick()
            place = len(waiting) - 1
            state = order[place][0]
            if state in image:
                del back[image.pop(state)]
            goal = next(waiting[-1], None)
            if goal is None:
                waiting.pop()
                continue
            image[state], back[goal] = goal, state
            if len(waiting) == len(order):
                return True
            waiting.append(goals(place + 1))
        return False


def _reachable(lts: LTS, watch: Watch) -> Ints:
    seen = np.zeros(lts.n_states, dtype=np.bool_)
    waiting = lts.initial.tolist()
    seen[lts.initial] = True
    offsets, targets = lts.offsets.tolist(), lts.targets.tolist()
    while waiting:
        watch.tick()
        state = waiting.pop()
        for target in targets[offsets[state] : offsets[state + 1]]:
            if not seen[target]:
                seen[target] = True
                waiting.append(target)
    return np.flatnonzero(seen).astype(np.int64)


def _numbered(values: dict[int, tuple[object, ...]]) -> dict[int, int]:
    number: dict[tuple[object, ...], int] = {}
    return {state: number.setdefault(value, len(number)) for state, value in values.items()}
