"""CTL* on transition systems: path quantifiers from the inside out, each by a Büchi automaton."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from transition_systems.csr import csr_order
from transition_systems.evidence_ctl_star import part_name
from transition_systems.properties.formulas import (
    Binary,
    Conjunction,
    Disjunction,
    Formula,
    Implication,
    Negation,
    State,
    Unary,
)
from transition_systems.properties.predicates import (
    And,
    Atom,
    Constant,
    Dead,
    Not,
    Or,
    Predicate,
)
from transition_systems.properties.walk import fold_formula, fold_predicate, names_in_formula
from transition_systems.temporal.fair_sets import FairSets
from transition_systems.temporal.lasso import breadth_first
from transition_systems.temporal.ltl_normal_form import term_of
from transition_systems.temporal.ltl_questions import Holds, reading_of
from transition_systems.temporal.ltl_rules import Rewriting
from transition_systems.temporal.ltl_search import BudgetEndError, Case, LassoSearch
from transition_systems.temporal.ltl_terms import Terms
from transition_systems.temporal.ltl_translate import graph_of
from transition_systems.temporal.product import FairParts, Product, fair_components

__all__ = ["Quantified", "StarSets"]

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Quantified:
    """A part ``E path``, over state predicates and the atoms of parts before it.

    Parameters
    ----------
    path
        The path formula.
    where
        Where the part holds, bool (n,).
    begin, state, label, after
        Paths that show it, as in :class:`~transition_systems.evidence_ctl_star.QuantifiedPart`;
        labels by number, -1 for staying.
    """

    path: Formula
    where: Bools
    begin: Ints
    state: Ints
    label: Ints
    after: Ints


@dataclass
class StarSets:
    """Where the parts of a formula of CTL* hold.

    Parameters
    ----------
    case
        The system, which paths count, and the budget; its formula is decided.
    holds
        Gives for a state predicate without connectives where it holds.
    maximal
        Whether paths may end in dead states, so that there is no next state there (CTL); else they
        stay there for ever.
    """

    case: Case
    holds: Holds
    maximal: bool
    parts: list[Quantified] = field(default_factory=list)
    taken: str = ""

    def __post_init__(self) -> None:
        names, _ = names_in_formula(self.case.formula)
        while any(name.startswith(f"part{self.taken} ") for name in names):
            self.taken += "'"

    def states(self) -> tuple[Formula, Bools]:
        """Return the formula over the atoms of its parts, and where it holds, bool (n,).

        What is under no path quantifier speaks of all paths.

        Raises
        ------
        BudgetEndError
            When the budget ends.
        TooManyStatesError
            When the automaton of a part is too large.
        """
        top = fold_formula(self.case.formula, self._combined)
        if not _of_states(top):
            top = self._quantified("A", top)
        return top, self._truth(top)

    def value(self, predicate: Predicate) -> Bools:
        """Return where a predicate without connectives holds, the atoms of parts among them."""
        if isinstance(predicate, Atom):
            head, _, number = predicate.name.rpartition(" ")
            if head == f"part{self.taken}" and number.isdecimal():
                return self.parts[int(number)].where
        return self.holds(predicate)

    def _combined(self, node: Formula, below: list[Formula]) -> Formula:
        match node:
            case Unary(operator=("A" | "E") as quantifier):
                return self._quantified(quantifier, below[0])
            case Unary(operator=("AX" | "AF" | "AG" | "EX" | "EF" | "EG") as operator):
                inner = {"X": Unary("X", below[0]), "F": Unary("F", below[0])}
                path = inner.get(operator[1], Unary("G", below[0]))
                return self._quantified(operator[0], path)
            case Unary(operator=operator):
                return Unary(operator, below[0])
            case Binary(operator=("AU" | "EU") as operator):
                return self._quantified(operator[0], Binary("U", below[0], below[1]))
            case Binary(operator=operator):
                return Binary(operator, below[0], below[1])
            case Negation():
                return Negation(below[0])
            case Conjunction():
                return Conjunction(tuple(below))
            case Disjunction():
                return Disjunction(tuple(below))
            case Implication():
                return Implication(below[0], below[1])
            case State():
                return node

    def _quantified(self, quantifier: str, path: Formula) -> Formula:
        """Decide a part ``E path`` or ``A path``, and return what stands for it."""
        if _of_states(path):
            return path
        step = self.maximal and isinstance(path, Unary) and path.operator == "X"
        if quantifier == "E":
            found: Formula = self._part(path)
            return Conjunction((found, Negation(State(Dead())))) if step else found
        found = Negation(self._part(Negation(path)))
        return Disjunction((found, State(Dead()))) if step else found

    def _part(self, path: Formula) -> State:
        self.parts.append(self._exists(path))
        return State(Atom(part_name(len(self.parts) - 1, self.taken)))

    def _exists(self, path: Formula) -> Quantified:
        """Return where a path that counts begins on which a formula holds, and such paths."""
        case, lts = self.case, self.case.lts
        reading = reading_of(path, lts.n_states, self.value)
        case = Case(lts, path, reading, case.fairness, case.weak, case.meter, silent=case.silent)
        rewriting = Rewriting(Terms(reading.alphabet.full), case.tick)
        graph = graph_of(
            rewriting, term_of(path, reading.alphabet, rewriting), tick=case.tick
        )  # fmt: skip
        search = LassoSearch(case, graph)
        made, system = search.product, search.system
        weak, strong = case.conditions(system)
        inner = np.flatnonzero(made.inner).astype(np.int64)
        parts = fair_components(made, inner, weak, strong, case.meter)
        if parts is None:
            raise BudgetEndError("the time budget is used up")
        tails, heads, edges, entries = _cycles(search, parts, weak, strong)
        nodes = made.n_nodes
        order, offsets = csr_order(made.target, nodes)
        goals = np.array(sorted(entries), dtype=np.int64)
        _, parent = breadth_first(offsets, made.source[order], goals)
        begins = graph.initial * system.n_states + np.arange(lts.n_states)
        where: Bools = parent[begins] > -2
        used, after, edge = _ways(made, parent, begins[where])
        place = np.full(nodes, -1, dtype=np.int64)
        place[used] = len(tails) + np.arange(len(used))
        onto = np.where(after >= 0, place[after], -1)
        for at in np.flatnonzero(after < 0).tolist():
            first = entries[int(used[at])]
            onto[at], edge[at] = heads[first], edges[first]
        arcs = made.arc[np.concatenate((np.array(edges, dtype=np.int64), edge))]
        state = np.concatenate((np.array(tails, dtype=np.int64), used)) % lts.n_states
        begin = np.where(where, place[begins], -1)
        label = system.label[arcs].astype(np.int64)
        return Quantified(
            path, where, begin, state, label,
            np.concatenate((np.array(heads, dtype=np.int64), onto)),
        )  # fmt: skip

    def _truth(self, top: Formula) -> Bools:
        """Return where a formula without temporal operators holds."""
        n = self.case.lts.n_states

        def predicate(node: Predicate, below: list[Bools]) -> Bools:
            if isinstance(node, Constant):
                return np.full(n, node.value, dtype=np.bool_)
            if isinstance(node, And | Or | Not):
                return joined(type(node).__name__, below)
            return self.value(node)

        def joined(kind: str, below: list[Bools]) -> Bools:
            if kind in ("Not", "Negation"):
                return ~below[0]
            if kind == "Implication":
                return ~below[0] | below[1]
            every = kind in ("And", "Conjunction")
            join = np.logical_and if every else np.logical_or
            start = np.full(n, every, dtype=np.bool_)
            return np.asarray(join.reduce([start, *below]), dtype=np.bool_)

        def formula(node: Formula, below: list[Bools]) -> Bools:
            if isinstance(node, State):
                return fold_predicate(node.predicate, predicate)
            return joined(type(node).__name__, below)

        return fold_formula(top, formula)


def _cycles(
    search: LassoSearch, parts: FairParts, weak: FairSets, strong: FairSets
) -> tuple[list[int], list[int], list[int], dict[int, int]]:
    """Return one accepting fair cycle in each part, as positions.

    Returns
    -------
    nodes, after, edges, entries
        For each position its node, next position and edge; the position of each first node.
    """
    made = search.product
    nodes: list[int] = []
    after: list[int] = []
    edges: list[int] = []
    entries: dict[int, int] = {}
    home = parts.part[made.source[parts.edges]]
    order, offsets = csr_order(home, int(home.max()) + 1 if len(home) else 0)
    grouped = parts.edges[order]
    for begin, end in pairwise(offsets.tolist()):
        if begin == end:
            continue
        chosen = grouped[begin:end]
        entry = int(made.source[chosen[0]])
        cycle = search.cycle(chosen, entry, weak, strong)
        start = len(nodes)
        entries[entry] = start
        nodes += made.source[np.array(cycle, dtype=np.int64)].tolist()
        after += [*range(start + 1, start + len(cycle)), start]
        edges += cycle
    return nodes, after, edges, entries


def _ways(made: Product, parent: Ints, begins: Ints) -> tuple[Ints, Ints, Ints]:
    """Return the nodes on the ways from some nodes to where a search backwards began.

    Returns
    -------
    nodes, after, edges
        Each node with the next one (-1 at the end) and the edge to it (-1 there).
    """
    known = np.zeros(made.n_nodes, dtype=np.bool_)
    fresh = np.unique(begins)
    while len(fresh):
        known[fresh] = True
        ahead = parent[fresh]
        ahead = np.unique(ahead[ahead >= 0])
        fresh = ahead[~known[ahead]]
    used = np.flatnonzero(known).astype(np.int64)
    after = np.where(parent[used] >= 0, parent[used], -1)
    keys = made.source * made.n_nodes + made.target
    order = np.argsort(keys, kind="stable")
    wanted = used * made.n_nodes + after
    at = np.searchsorted(keys[order], wanted)
    edge = np.where(after >= 0, order[np.minimum(at, len(order) - 1)], -1) if len(order) else after
    return used, after, edge.astype(np.int64)


def _of_states(formula: Formula) -> bool:
    """Return whether a formula has no temporal operator."""
    return not fold_formula(
        formula, lambda node, below: isinstance(node, Unary | Binary) or any(below)
    )
