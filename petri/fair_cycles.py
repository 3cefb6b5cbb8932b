"""Fair cycles of a reachability graph: components in which a run can stay for ever and be fair.

E. A. Emerson, C.-L. Lei: Modalities for model checking. Science of Computer Programming 8, 1987.
"""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

from petri.state_space.reachability import ReachabilityGraph
from transition_systems.run import Lasso

__all__ = ["fair_component", "fair_cycle"]

Ints = NDArray[np.int64]


def _components(space: ReachabilityGraph, states: Ints) -> Ints:
    """Return the component of each given state, numbered so that arcs lead to lower numbers."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components

    local = np.full(space.n_states, -1, dtype=np.int64)
    local[states] = np.arange(len(states))
    inside = (local[space.sources] >= 0) & (local[space.targets] >= 0)
    source, target = local[space.sources[inside]], local[space.targets[inside]]
    shape = (len(states), len(states))
    matrix = csr_matrix((np.ones(len(source), dtype=np.int8), (source, target)), shape=shape)
    count, number = connected_components(matrix, directed=True, connection="strong")
    number = number.astype(np.int64)
    crossing = number[source] != number[target]
    order = _topological(int(count), number[source[crossing]], number[target[crossing]])
    ranks: Ints = order[number]
    return ranks


def _topological(count: int, source: Ints, target: Ints) -> Ints:
    """Return ranks of the nodes of an acyclic graph such that arcs lead to lower ranks."""
    after: list[list[int]] = [[] for _ in range(count)]
    left = np.zeros(count, dtype=np.int64)
    for a, b in set(zip(source.tolist(), target.tolist(), strict=True)):
        after[b].append(a)
        left[a] += 1
    rank = np.zeros(count, dtype=np.int64)
    queue = deque(int(i) for i in np.flatnonzero(left == 0))
    number = 0
    while queue:
        node = queue.popleft()
        rank[node] = number
        number += 1
        for before in after[node]:
            left[before] -= 1
            if left[before] == 0:
                queue.append(before)
    return rank


def fair_component(space: ReachabilityGraph, *, strong: bool) -> tuple[Ints | None, Ints, Ints]:
    """Find a component in which a fair run can stay, or show that there is none.

    Parameters
    ----------
    space
        A complete reachability graph.
    strong
        Strong fairness; weak otherwise.

    Returns
    -------
    component, rank, helpful
        The states of a fair component, or ``None`` and then the nested ranks and helpful
        transitions, both int64 of shape (n_states, depth), -1 where a state has left the game.
    """
    ranks: list[Ints] = []
    helps: list[Ints] = []
    pending: list[tuple[Ints, int]] = [(np.arange(space.n_states), 0)]
    enabled = [space.enabled(t) for t in space.net.transition_ids]
    while pending:
        states, depth = pending.pop()
        while len(ranks) <= depth:
            ranks.append(np.full(space.n_states, -1, dtype=np.int64))
            helps.append(np.full(space.n_states, -1, dtype=np.int64))
        number = _components(space, states)
        ranks[depth][states] = number
        for component in np.unique(number):
            members = states[number == component]
            labels = _inner_labels(space, members)
            if not len(labels):
                continue
            taken = set(labels.tolist())
            offended = next(
                (
                    t
                    for t, where in enumerate(enabled)
                    if t not in taken and (where[members].any() if strong else where[members].all())
                ),
                None,
            )
            if offended is None:
                empty = np.empty((0, 0), dtype=np.int64)
                return members, empty, empty
            helps[depth][members] = offended
            if strong:
                rest = members[~enabled[offended][members]]
                if len(rest):
                    pending.append((rest, depth + 1))
    return None, np.stack(ranks, axis=1), np.stack(helps, axis=1)


def _inner_labels(space: ReachabilityGraph, members: Ints) -> Ints:
    inside = np.zeros(space.n_states, dtype=bool)
    inside[members] = True
    arcs = inside[space.sources] & inside[space.targets]
    return np.unique(space.labels[arcs]).astype(np.int64)


def fair_cycle(space: ReachabilityGraph, component: Ints, *, strong: bool) -> Lasso:
    """Return a lasso whose cycle is fair and stays in a fair component."""
    inside = set(component.tolist())
    start = int(component[0])
    goals: list[tuple[int, int, int]] = []
    seen: set[int] = set()
    for state in component.tolist():
        for arc in range(space.offsets[state], space.offsets[state + 1]):
            label, target = int(space.labels[arc]), int(space.targets[arc])
            if target in inside and label not in seen:
                seen.add(label)
                goals.append((state, label, target))
    visits = [] if strong else component.tolist()
    walk: list[tuple[int, int]] = []
    here = start
    for state, label, target in goals:
        walk += _path(space, inside, here, state)
        walk.append((label, target))
        here = target
    for state in visits:
        walk += _path(space, inside, here, state)
        here = state
    walk += _path(space, inside, here, start)
    stem = space.run_to(start)
    cycle = tuple(space.step(label, target) for label, target in walk)
    return Lasso(initial=stem.initial, steps=stem.steps + cycle, loop_start=len(stem))


def _path(
    space: ReachabilityGraph, inside: set[int], source: int, goal: int
) -> list[tuple[int, int]]:
    """Return a shortest path inside a component as (label, state) pairs."""
    parent: dict[int, tuple[int, int]] = {source: (-1, -1)}
    queue = deque([source])
    while queue and goal not in parent:
        state = queue.popleft()
        for arc in range(space.offsets[state], space.offsets[state + 1]):
            target = int(space.targets[arc])
            if target in inside and target not in parent:
                parent[target] = (state, int(space.labels[arc]))
                queue.append(target)
    steps: list[tuple[int, int]] = []
    state = goal
    while state != source:
        before, label = parent[state]
        steps.append((label, state))
        state = before
    return steps[::-1]
