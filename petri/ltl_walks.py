"""Deep walks in the product of a net and a Büchi automaton: accepting cycles, found early.

A depth-first search that keeps strongly connected components as it goes finds an accepting cycle as
soon as it closes one, however many markings there are. It begins anew with other orders and other
depths; that there is none it does not tell.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator

from petri.net import PetriNet
from petri.tuple_game import Able, Marking, TupleGame
from transition_systems.evidence_ltl import STAYS
from transition_systems.run import Lasso, Run, Step
from transition_systems.temporal.buchi_graph import accepting_components, strong_components
from transition_systems.temporal.ltl_violations import Violations

__all__ = ["LtlWalks"]

Node = tuple[Marking, int]
# A node on the path, what comes after it, the transition that led to it (or -1), what is able.
_Visit = tuple[Node, Iterator[tuple[Node, int, Able, int]], int, Able]
# The steps that are looked at between two looks at the clock, and the longest path.
BETWEEN, SHORT, DEPTHS = 256, (30, 100), (300, 3_000, 30_000)
MOST_NODES = 2_000_000


class LtlWalks:
    """Walks in the products of a net with automata.

    Parameters
    ----------
    net
        Any place/transition net.
    seed
        Of the random numbers.

    Examples
    --------
    >>> from transition_systems.properties.parse import parse_formula
    >>> from transition_systems.temporal.ltl_violations import violations
    >>> net = PetriNet.from_arrays([[1, 0], [0, 1]], [[0, 1], [1, 0]], [1, 0])
    >>> walks = LtlWalks(net)
    >>> walks.violated(violations(parse_formula("F G p1")), 1.0)
    True
    """

    def __init__(self, net: PetriNet, *, seed: int = 0) -> None:
        self.net = net
        self.random = random.Random(seed)  # noqa: S311 - a walk, no secret
        self.round = 0
        self.game = TupleGame(net)

    def violated(self, violations: Violations, seconds: float) -> bool:
        """Return whether a path that violates a formula was found in some seconds."""
        self.round += 1
        ends = time.monotonic() + seconds
        search = _Search(self, violations)
        while time.monotonic() < ends:
            depth = DEPTHS[self.round % len(DEPTHS)]
            if search.run(min(ends, time.monotonic() + max(0.1, seconds / 2)), depth):
                return True
            if search.exhausted:
                return False
        return False

    def lasso(self, violations: Violations, seconds: float) -> Lasso | None:
        """Return a path that violates a formula, where one was found in some seconds.

        Short searches come first; the path is not a shortest one.
        """
        ends = time.monotonic() + seconds
        search = self._searched(violations, ends)
        return None if search is None else search.shown(ends)

    def violation(self, violations: Violations, seconds: float) -> Lasso | Run | None:
        """Return a path that violates a formula, or a run after which no path has it.

        A run is returned where the search came to a state of the automaton in which every word is
        accepted: what comes after the run does not matter.

        Examples
        --------
        >>> from transition_systems.properties.parse import parse_formula
        >>> from transition_systems.temporal.ltl_violations import violations
        >>> net = PetriNet.from_arrays([[0]], [[1]], [0])
        >>> LtlWalks(net).violation(violations(parse_formula("G p1 < 2")), 1.0).actions
        ('t1', 't1')
        """
        ends = time.monotonic() + seconds
        search = self._searched(violations, ends)
        if search is None:
            return None
        return search.prefix() or search.shown(ends)

    def _searched(self, violations: Violations, ends: float) -> _Search | None:
        """Return a search that has found a violation before a time."""
        search = _Search(self, violations)
        for depth in (*SHORT, *DEPTHS):
            left = ends - time.monotonic()
            if left <= 0.0 or search.exhausted:
                return None
            if search.run(time.monotonic() + left / 2, depth):
                return search
        return None


class _Search:
    """Depth-first searches for one automaton; components by J.-M. Couvreur (FM 1999)."""

    def __init__(self, walks: LtlWalks, violations: Violations) -> None:
        self.walks = walks
        graph = violations.graph
        self.tests = [walks.game.test(predicate) for predicate in violations.predicates]
        self.every = graph.all_marks
        self.initial = graph.initial
        home = strong_components(graph.edges, graph.initial)
        good = accepting_components(graph, home)
        self.edges = [
            [
                (letters, marks, target)
                for letters, marks, target in sorted(
                    row, key=lambda edge: (home[edge[2]] not in good, home[edge[2]])
                )
            ]
            for row in graph.edges
        ]
        self.universal = {
            state
            for state, row in enumerate(graph.edges)
            if any(edge == (graph.full, self.every, state) for edge in row)
        }
        self.exhausted = False
        self.index: dict[Node, int] = {}
        self.roots: list[list[int]] = []
        self.path: list[_Visit] = []

    def letter(self, marking: Marking, able: Able) -> int:
        """Return the letter of a marking."""
        return sum([1 << bit for bit, test in enumerate(self.tests) if test(marking, able)])

    def run(self, ends: float, depth: int) -> bool:
        """Search once, until a time; tell whether an accepting cycle was found."""
        walks = self.walks
        index = self.index = {}
        roots = self.roots = []
        path = self.path = []
        live: list[Node] = []
        cut = False

        def push(node: Node, marks: int, able: Able, transition: int) -> bool:
            number = len(index) + 1
            index[node] = number
            roots.append([number, 0, marks])
            live.append(node)
            path.append((node, self._successors(node, able), transition, able))
            return node[1] in self.universal

        first = walks.game.initial
        if push((first, self.initial), 0, walks.game.able(first), -1):
            return True
        steps = 0
        while path:
            steps += 1
            if steps % BETWEEN == 0 and (time.monotonic() > ends or len(index) > MOST_NODES):
                return False
            node, after, _, _ = path[-1]
            found = next(after, None) if len(path) < depth else None
            cut |= found is None and len(path) >= depth
            if found is None:
                path.pop()
                if roots[-1][0] == index[node]:
                    roots.pop()
                    while True:
                        gone = live.pop()
                        index[gone] = 0
                        if gone == node:
                            break
                continue
            target, marks, able, transition = found
            number = index.get(target)
            if number is None:
                if transition >= 0:
                    able = walks.game.able_after(able, transition, target[0])
                if push(target, marks, able, transition):
                    return True
            elif number > 0:
                while roots[-1][0] > number:
                    _, inside, entered = roots.pop()
                    marks |= inside | entered
                roots[-1][1] |= marks
                if roots[-1][1] == self.every:
                    return True
        self.exhausted = not cut
        return False

    def prefix(self) -> Run | None:
        """Return the run that the last search has found, where what comes after does not matter.

        The letter of its last state is the last one that the automaton has read.
        """
        if self.path[-1][0][1] not in self.universal:
            return None
        stem = [(visit[2], visit[0][0]) for visit in self.path[1:-1]]
        if any(transition < 0 for transition, _ in stem):
            return None
        steps = tuple(self._step(*one) for one in stem)
        return Run(initial=self._state(self.walks.game.initial), steps=steps)

    def _state(self, marking: Marking) -> dict[str, int]:
        places = self.walks.net.place_ids
        return {p: k for p, k in zip(places, marking, strict=True) if k}

    def _step(self, transition: int, marking: Marking) -> Step:
        if transition < 0:
            return Step(action=STAYS, label=STAYS, state=self._state(marking))
        node = self.walks.net.transitions[transition]
        return Step(action=node.id, label=node.id, state=self._state(marking))

    def shown(self, ends: float) -> Lasso | None:
        """Return the path that the last search has found; ``None`` where the time ends first."""
        last, _, _, able = self.path[-1]
        if last[1] in self.universal:
            stem = [(visit[2], visit[0][0]) for visit in self.path[1:]]
            return self._lasso(stem, self._onward(last[0], able, ends))
        root = self.roots[-1][0]
        start = next(at for at, visit in enumerate(self.path) if self.index[visit[0]] == root)
        stem = [(visit[2], visit[0][0]) for visit in self.path[1 : start + 1]]
        return self._lasso(stem, self._round(self.path[start][0], root, ends))

    def _lasso(
        self, stem: list[tuple[int, Marking]], more: tuple[list[tuple[int, Marking]], int] | None
    ) -> Lasso | None:
        """Return a lasso of a stem and what comes after it, and where its loop begins there."""
        if more is None:
            return None
        cycle, loop = more
        steps = [self._step(*one) for one in (*stem, *cycle)]
        first = next((at for at, one in enumerate(steps) if one.action == STAYS), None)
        if first is not None:
            steps, loop = steps[: first + 1], first - len(stem)
        return Lasso(
            initial=self._state(self.walks.game.initial), steps=tuple(steps),
            loop_start=len(stem) + loop,
        )  # fmt: skip

    def _onward(
        self, marking: Marking, able: Able, ends: float
    ) -> tuple[list[tuple[int, Marking]], int] | None:
        """Walk on until a marking comes again, or nothing can happen."""
        known = {marking: 0}
        steps: list[tuple[int, Marking]] = []
        while time.monotonic() < ends:
            if not able:
                return [*steps, (-1, marking)], len(steps)
            transition = self.walks.random.choice(sorted(able))
            marking = self.walks.game.after(marking, transition)
            able = self.walks.game.able_after(able, transition, marking)
            steps.append((transition, marking))
            if marking in known:
                return steps, known[marking]
            known[marking] = len(steps)
        return None

    def _round(
        self, start: Node, root: int, ends: float
    ) -> tuple[list[tuple[int, Marking]], int] | None:
        """Return a way around in the component of a node that meets all marks."""
        steps: list[tuple[int, Marking]] = []
        missing, here = self.every, start
        while True:
            way = self._way(here, root, missing, None if missing else start, ends)
            if way is None:
                return None
            for transition, marks, node in way:
                steps.append((transition, node[0]))
                missing &= ~marks
                here = node
            if not missing and here == start and steps:
                return steps, 0

    def _way(
        self, begin: Node, root: int, marks: int, goal: Node | None, ends: float
    ) -> list[tuple[int, int, Node]] | None:
        """Return a shortest way in the component to an edge with a mark of some, or to a node."""
        came: dict[Node, tuple[Node, int, int]] = {}
        ready = [begin]
        for node in ready:
            if time.monotonic() > ends:
                return None
            able = self.walks.game.able(node[0])
            for target, met, _, transition in self._successors(node, able):
                if self.index.get(target, 0) < root:
                    continue
                if met & marks or target == goal:
                    way = [(transition, met, target)]
                    while node != begin:
                        before, fired, seen = came[node]
                        way.append((fired, seen, node))
                        node = before
                    return way[::-1]
                if target not in came and target != begin:
                    came[target] = node, transition, met
                    ready.append(target)
        return None

    def _successors(self, node: Node, able: Able) -> Iterator[tuple[Node, int, Able, int]]:
        """Yield the next nodes, the marks on the way, what was enabled, and what fires (or -1)."""
        marking, state = node
        letter = self.letter(marking, able)
        edges = [
            (marks, target) for letters, marks, target in self.edges[state] if letters >> letter & 1
        ]
        if not edges:
            return
        if not able:
            for marks, target in edges:
                yield (marking, target), marks, able, -1
            return
        order = list(able)
        self.walks.random.shuffle(order)
        for transition in order:
            after = self.walks.game.after(marking, transition)
            for marks, target in edges:
                yield (after, target), marks, able, transition
