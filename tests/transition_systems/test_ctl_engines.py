"""Simplified CTL, CTL on parts of systems and on diagrams, all against the definition."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pytest

from oracles.ctl import ctl_states_by_definition
from strategies_ctl import random_ctl, random_system
from transition_systems.budget import Budget
from transition_systems.errors import UndecidedError
from transition_systems.lts import LTS
from transition_systems.properties.parse import parse_formula
from transition_systems.properties.predicates import Atom, Predicate
from transition_systems.temporal.ctl_fixpoints import Graph
from transition_systems.temporal.ctl_partial import PartialSets
from transition_systems.temporal.ctl_program import ctl_program
from transition_systems.temporal.ctl_sets import CtlSets
from transition_systems.temporal.ctl_simplify import simplified
from transition_systems.temporal.ctl_symbolic import check_ctl_symbolic
from transition_systems.temporal.observed import lts_holds


@dataclass(frozen=True)
class Members:
    """A set of states with the operators that diagrams have."""

    members: frozenset[int]
    count: int

    def __and__(self, other: Members) -> Members:
        return Members(self.members & other.members, self.count)

    def __or__(self, other: Members) -> Members:
        return Members(self.members | other.members, self.count)

    def __invert__(self) -> Members:
        return Members(frozenset(range(self.count)) - self.members, self.count)


class ByMembers:
    """A symbolic system over plain sets."""

    def __init__(self, lts: LTS) -> None:
        self.lts, self.holds = lts, lts_holds(lts)
        self.arcs = list(zip(lts.sources.tolist(), lts.targets.tolist(), strict=True))

    def _of(self, states: Iterable[int]) -> Members:
        return Members(frozenset(states), self.lts.n_states)

    def initial_set(self) -> Members:
        return self._of(self.lts.initial.tolist())

    def image(self, states: Members) -> Members:
        return self._of(t for s, t in self.arcs if s in states.members)

    def preimage(self, states: Members) -> Members:
        return self._of(s for s, t in self.arcs if t in states.members)

    def states_with(self, predicate: Predicate) -> Members:
        return self._of(np.flatnonzero(self.holds(predicate)).tolist())


def test_simplified_formulas_hold_in_the_same_states() -> None:
    smaller = 0
    for seed in range(1_500):
        rng = random.Random(seed)
        lts, formula = random_system(rng), random_ctl(rng, rng.randint(1, 5))
        program = ctl_program(formula)
        found = simplified(program)
        graph = Graph(lts.offsets, lts.targets)
        holds = CtlSets(found, graph, lts_holds(lts)).result()
        assert set(np.flatnonzero(holds).tolist()) == ctl_states_by_definition(lts, formula), seed
        smaller += len(found.nodes) < len(program.nodes)
    assert smaller > 500


@pytest.mark.parametrize(
    ("text", "like"),
    [
        ("EF AF p", "EF p"), ("AF EF p", "EF p"), ("E[p U EF q]", "EF q"), ("AG AG p", "AG p"),
        ("EG AG p", "AG p"), ("AG EG p", "AG p"), ("AF AF p", "AF p"), ("EF E[p U q]", "EF q"),
        ("EF (p || EF q)", "EF p || EF q"), ("AG (p && AG q)", "AG p && AG q"),
        ("A[p U AF q]", "AF q"), ("EF false || AX true", "true"),
    ],
)  # fmt: skip
def test_rules(text: str, like: str) -> None:
    def nodes(shown: str) -> object:
        found = simplified(ctl_program(parse_formula(shown)))
        return {(node.operator, node.predicate) for node in found.nodes}

    assert nodes(text) == nodes(like)


def test_facts_are_put_in() -> None:
    program = simplified(ctl_program(parse_formula("AG (p -> AF q)")), {Atom("p"): False})
    assert len(program.nodes) == 1


def test_parts_of_a_system_tell_nothing_wrong() -> None:
    known = 0
    for seed in range(1_500):
        rng = random.Random(seed)
        lts, formula = random_system(rng), random_ctl(rng, rng.randint(1, 4))
        n = lts.n_states
        border = np.array([rng.random() < 0.3 for _ in range(n)])
        offsets = np.concatenate([[0], np.cumsum(np.where(border, 0, np.diff(lts.offsets)))])
        graph = Graph(offsets, lts.targets[~border[lts.sources]])
        wanted = ctl_states_by_definition(lts, formula)
        sets = PartialSets(simplified(ctl_program(formula)), graph, lts_holds(lts), border)
        certainly, perhaps = sets.certainly_and_perhaps()
        assert set(np.flatnonzero(certainly).tolist()) <= wanted
        assert wanted <= set(np.flatnonzero(perhaps).tolist())
        for state in range(n):
            fresh = PartialSets(sets.program, graph, lts_holds(lts), border)
            answer = fresh.at(state)
            assert answer in (None, state in wanted)
            known += answer is not None
    assert known > 3_000


def test_diagrams() -> None:
    for seed in range(800):
        rng = random.Random(seed)
        lts, formula = random_system(rng), random_ctl(rng, rng.randint(1, 5))
        wanted = ctl_states_by_definition(lts, formula) >= set(lts.initial.tolist())
        assert check_ctl_symbolic(ByMembers(lts), formula) is wanted, seed


def test_diagrams_keep_to_the_budget() -> None:
    with pytest.raises(UndecidedError):
        check_ctl_symbolic(ByMembers(LTS.from_arcs(1)), "AG true", budget=Budget(seconds=0))
