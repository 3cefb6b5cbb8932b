"""S- and T-components, and nets that are covered by them.

An S-component is a set of places with all their transitions that is a strongly connected state
machine: each of the transitions takes from one of the places and gives to one, so that the places
together keep their tokens. A T-component is a set of transitions with all their places that is a
strongly connected marked graph: occurring once each, they lead back to the marking.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Any, Literal

from petri.incidence import ArcTable
from petri.net import PetriNet
from petri.structure.siphons_traps import set_solver, solved
from transition_systems.budget import Budget, Meter
from transition_systems.errors import UndecidedError

__all__ = ["Component", "CoverAnswer", "s_cover", "t_cover"]

MOST_ROUNDS = 10_000

Lists = list[list[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """An S- or T-component.

    Parameters
    ----------
    kind
        ``"S"`` or ``"T"``.
    places, transitions
        Its nodes by id, in the order of the net.
    """

    kind: Literal["S", "T"]
    places: tuple[str, ...]
    transitions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverAnswer:
    """Whether each place is in an S-component (each transition in a T-component).

    Parameters
    ----------
    holds
        ``None`` where the budget ended before the answer.
    components
        Components that cover together what is covered.
    uncovered
        The first node that is in none; where an arc has a weight, the place (transition) there.
    why
        A sentence where the net is not covered, or it is open.
    """

    holds: bool | None
    components: tuple[Component, ...]
    uncovered: str | None = None
    why: str | None = None

    def __bool__(self) -> bool:
        return self.holds is True


def s_cover(net: PetriNet, *, budget: Budget | None = None) -> CoverAnswer:
    """Decide whether a net is S-coverable: each place is in an S-component.

    Parameters
    ----------
    net
        Any place/transition net; where an arc has a weight above 1 it is not covered.
    budget
        Its seconds.

    Returns
    -------
    CoverAnswer
        With the covering components, which are place flows with weights 1, or the place that is in
        none.

    Raises
    ------
    UsageError
        When the package ``python-sat`` is not installed.

    Notes
    -----
    A SAT solver proposes sets of places in which each transition has one input and one output; the
    part around the place in question must be strongly connected, else it is excluded. Polynomial
    only for well-formed free-choice nets.
    M. Hack: Analysis of production schemata by Petri nets. MIT, 1972.

    Examples
    --------
    >>> net = PetriNet.from_arrays([[1, 0], [0, 1]], [[0, 1], [1, 0]], [1, 0])
    >>> s_cover(net).components
    (Component(kind='S', places=('p1', 'p2'), transitions=('t1', 't2')),)
    """
    return _Cover(net, "S").answer(budget)


def t_cover(net: PetriNet, *, budget: Budget | None = None) -> CoverAnswer:
    """Decide whether a net is T-coverable: each transition is in a T-component.

    Parameters
    ----------
    net, budget
        As for :func:`s_cover`.

    Returns
    -------
    CoverAnswer
        With the covering components, or the transition that is in none.

    Examples
    --------
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [1, 0])
    >>> t_cover(net).uncovered
    't1'
    """
    return _Cover(net, "T").answer(budget)


def _lists(table: ArcTable) -> Lists:
    offsets, nodes, _ = (part.tolist() for part in table)
    return [nodes[a:b] for a, b in pairwise(offsets)]


class _Cover:
    """The search for components: ``own`` nodes are chosen, ``other`` ones come with them."""

    def __init__(self, net: PetriNet, kind: Literal["S", "T"]) -> None:
        self.net = net
        self.kind: Literal["S", "T"] = kind
        tables = (net.producers, net.consumers, net.pre_arcs, net.post_arcs)
        before, after, inputs, outputs = (_lists(table) for table in tables)
        if kind == "S":
            self.before, self.after, self.inputs, self.outputs = before, after, inputs, outputs
        else:
            self.before, self.after, self.inputs, self.outputs = inputs, outputs, before, after
        self.names = net.place_ids if kind == "S" else net.transition_ids

    def answer(self, budget: Budget | None) -> CoverAnswer:
        """Cover the nodes one by one."""
        heavy = next((arc for arc in self.net.arcs if arc.weight != 1), None)
        if heavy is not None:
            why = f"the arc from {heavy.source!r} to {heavy.target!r} has weight {heavy.weight}"
            end = heavy.source if heavy.source in self.names else heavy.target
            return CoverAnswer(holds=False, components=(), uncovered=end, why=why)
        meter = (budget or Budget()).start()
        covered = [False] * len(self.names)
        found: list[Component] = []
        with set_solver(self._clauses(), range(1, len(self.names) + 1)) as solver:
            for node, name in enumerate(self.names):
                if covered[node]:
                    continue
                members: set[int] | str | None = None
                for _ in range(MOST_ROUNDS):
                    members = meter.exhausted() or self._around(solver, node, meter)
                    if members != set():
                        break
                if members is None:
                    kind = "place" if self.kind == "S" else "transition"
                    why = f"the {kind} {name!r} is in no {self.kind}-component"
                    return CoverAnswer(
                        holds=False, components=tuple(found), uncovered=name, why=why
                    )
                if isinstance(members, str) or not members:
                    why = f"{members or 'too many candidates'}; {name!r} is not covered yet"
                    return CoverAnswer(holds=None, components=tuple(found), uncovered=name, why=why)
                for member in members:
                    covered[member] = True
                found.append(self._component(members))
        return CoverAnswer(holds=True, components=tuple(found))

    def _clauses(self) -> Iterator[list[int]]:
        """Yield: each other node next to a chosen one has just one chosen node on each side."""
        for inputs, outputs in zip(self.inputs, self.outputs, strict=True):
            for side in (inputs, outputs):
                for first, second in combinations(side, 2):
                    yield [-first - 1, -second - 1]
                for node in {*inputs, *outputs}:
                    if node not in side:
                        yield [-node - 1, *(other + 1 for other in side)]

    def _around(self, solver: Any, node: int, meter: Meter) -> set[int] | str | None:
        """Return a component with a node, or nothing where one was excluded; ``None`` for none."""
        try:
            if not solved(solver, meter, [node + 1]):
                return None
        except UndecidedError as error:
            return str(error)
        chosen = {number - 1 for number in solver.get_model()[: len(self.names)] if number > 0}
        forward = self._reached(node, chosen, self.after, self.outputs)
        backward = self._reached(node, chosen, self.before, self.inputs)
        near = self._together(node, chosen)
        if forward == near and backward == near:
            return near
        solver.add_clause([-member - 1 for member in near])
        return set()

    def _reached(self, start: int, chosen: set[int], out: Lists, onward: Lists) -> set[int]:
        seen, waiting = {start}, [start]
        while waiting:
            for other in out[waiting.pop()]:
                for node in onward[other]:
                    if node in chosen and node not in seen:
                        seen.add(node)
                        waiting.append(node)
        return seen

    def _together(self, start: int, chosen: set[int]) -> set[int]:
        """Return the chosen nodes that are connected with one, in either direction."""
        seen, waiting = {start}, [start]
        while waiting:
            node = waiting.pop()
            for other in (*self.before[node], *self.after[node]):
                for near in (*self.inputs[other], *self.outputs[other]):
                    if near in chosen and near not in seen:
                        seen.add(near)
                        waiting.append(near)
        return seen

    def _component(self, members: set[int]) -> Component:
        others = {other for node in members for other in (*self.before[node], *self.after[node])}
        places, transitions = (members, others) if self.kind == "S" else (others, members)
        return Component(
            kind=self.kind,
            places=tuple(self.net.place_ids[place] for place in sorted(places)),
            transitions=tuple(self.net.transition_ids[t] for t in sorted(transitions)),
        )
