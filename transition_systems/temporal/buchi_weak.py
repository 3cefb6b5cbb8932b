"""The subset construction, and the minimal weak deterministic automaton of an obligation."""

from __future__ import annotations

from collections.abc import Callable

from transition_systems.temporal.buchi_graph import (
    Edge,
    Graph,
    accepting_components,
    merged_edges,
    strong_components,
    trimmed,
)

__all__ = ["minimal_weak", "refined", "subsets"]


def minimal_weak(graph: Graph, most: int, tick: Callable[[], None]) -> Graph | None:
    """Return the minimal weak deterministic automaton of an obligation.

    Parameters
    ----------
    graph
        An automaton whose language is an obligation; for others the result means nothing.
    most
        The largest number of states in between.
    tick
        Called now and then; may raise.

    Returns
    -------
    Graph or None
        ``None`` where the subset construction has more states.

    Notes
    -----
    In the subset construction of an obligation the loops of a component are all accepting or all
    not, so one loop decides (C. Dax, J. Eisinger, F. Klaedtke: Mechanizing the powerset
    construction for restricted classes of ω-automata. ATVA 2007); colours of transient states as
    in C. Löding: Efficient minimization of deterministic weak ω-automata. IPL 79, 2001.
    """
    made = subsets(graph, most, tick)
    if made is None:
        return None
    sets, edges = made
    component = strong_components(edges, 0)
    colour = _colours(graph, sets, edges, component, tick)
    block = refined(edges, colour, tick)
    first: dict[int, int] = {}
    for state, name in enumerate(block):
        first.setdefault(name, state)
    number = {name: i for i, name in enumerate(first)}
    rows: list[list[Edge]] = []
    for state in first.values():
        mark = 1 - colour[state] % 2
        rows.append(merged_edges([(a, mark, number[block[t]]) for a, _, t in edges[state]]))
    return trimmed(Graph(graph.full, 1, number[block[0]], rows))


def _letter_classes(rows: list[list[Edge]], full: int) -> list[int]:
    """Return the coarsest sets of letters of which each edge has all or none."""
    classes = [full]
    for row in rows:
        for letters, _, _ in row:
            parts: list[int] = []
            for some in classes:
                parts += [part for part in (some & letters, some & ~letters) if part]
            classes = parts
    return classes


def subsets(
    graph: Graph, most: int, tick: Callable[[], None]
) -> tuple[list[int], list[list[Edge]]] | None:
    """Return the reachable sets of states, as bits, and the complete deterministic edges."""
    number = {1 << graph.initial: 0}
    sets = list(number)
    edges: list[list[Edge]] = []
    while len(edges) < len(sets):
        tick()
        members = sets[len(edges)]
        rows = [graph.edges[i] for i in range(members.bit_length()) if members >> i & 1]
        row: list[Edge] = []
        for letters in _letter_classes(rows, graph.full):
            after = 0
            for part in rows:
                for some, _, target in part:
                    if some & letters:
                        after |= 1 << target
            if after not in number:
                if len(sets) == most:
                    return None
                number[after] = len(sets)
                sets.append(after)
            row.append((letters, 0, number[after]))
        edges.append(merged_edges(row))
    return sets, edges


def _colours(
    graph: Graph, sets: list[int], edges: list[list[Edge]], component: list[int],
    tick: Callable[[], None],
) -> list[int]:  # fmt: skip
    """Return Löding's colours: even where loops are accepting, odd where not.

    A component has the largest colour of the right parity that is at most those that it reaches.
    """
    order = sorted(range(len(sets)), key=component.__getitem__)
    members: dict[int, list[int]] = {}
    for state in order:
        members.setdefault(component[state], []).append(state)
    top = 2 * len(sets) + 2
    colours = [0] * len(sets)
    for home, states in members.items():
        tick()
        below = top
        loops = False
        for state in states:
            for _, _, target in edges[state]:
                if component[target] == home:
                    loops = True
                else:
                    below = min(below, colours[target])
        if loops:
            wanted = 0 if _accepting_loop(graph, sets, edges, component, states[0]) else 1
            below -= (below - wanted) % 2
        for state in states:
            colours[state] = below
    return colours


def _accepting_loop(
    graph: Graph, sets: list[int], edges: list[list[Edge]], component: list[int], start: int
) -> bool:
    """Return whether the automaton accepts a loop of the subset construction, from its subset."""
    letters = _loop(edges, component, start)
    size = len(letters)
    rows: list[list[Edge]] = [
        [(1, m, t * size + (at + 1) % size) for a, m, t in row if a & letter]
        for row in graph.edges
        for at, letter in enumerate(letters)
    ]
    begin = [i * size for i in range(len(graph.edges)) if sets[start] >> i & 1]
    rows.append([(1, 0, node) for node in begin])
    joined = Graph(1, graph.n_marks, len(rows) - 1, rows)
    return bool(accepting_components(joined, strong_components(rows, joined.initial)))


def _loop(edges: list[list[Edge]], component: list[int], start: int) -> list[int]:
    """Return one letter for each step of a shortest loop through a state, inside its component."""
    parent: dict[int, tuple[int, int]] = {}
    waiting = [start]
    for state in waiting:
        for letters, _, target in edges[state]:
            if component[target] != component[start] or target in parent:
                continue
            parent[target] = (state, letters & -letters)
            waiting.append(target)
        if start in parent:
            break
    word: list[int] = []
    state = start
    while not word or state != start:
        state, letter = parent[state]
        word.append(letter)
    return word[::-1]


def refined(edges: list[list[Edge]], colour: list[int], tick: Callable[[], None]) -> list[int]:
    """Return the coarsest partition in which states of a block have one colour and equal steps."""
    block = colour
    count = len(set(block))
    while True:
        tick()
        names: dict[object, int] = {}
        made: list[int] = []
        for state, row in enumerate(edges):
            steps: dict[int, int] = {}
            for letters, _, target in row:
                steps[block[target]] = steps.get(block[target], 0) | letters
            key = (block[state], frozenset(steps.items()))
            made.append(names.setdefault(key, len(names)))
        block = made
        if len(names) == count:
            return block
        count = len(names)
