"""Bisimilarity against its definition; evidence, quotients, formulas, budgets."""

from __future__ import annotations

from typing import cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oracles.bisimulation import RELATIONS, holds
from strategies_lts import systems
from transition_systems.budget import Budget
from transition_systems.equivalences import bisimilar, evaluate_hml, format_hml, minimise
from transition_systems.equivalences.relations import Relation as RelationName
from transition_systems.errors import UsageError
from transition_systems.evidence import (
    Distinction,
    PartitionEvidence,
    SharedDistinction,
    TraceDistinction,
    evidence_from_dict,
)
from transition_systems.lts import LTS
from transition_systems.lts_operations import disjoint_union
from transition_systems.progress import Progress
from transition_systems.verdict import Outcome

relations = pytest.mark.parametrize("relation", [*RELATIONS])
several = systems(max_states=5, max_arcs=9, several_initial=True)


@relations
@settings(max_examples=120, derandomize=True, deadline=None)
@given(a=several, b=several)
def test_it_agrees_with_the_definition(relation: RelationName, a: LTS, b: LTS) -> None:
    both = disjoint_union(a, b)
    related = RELATIONS[relation](both)
    left, right = a.initial.tolist(), [a.n_states + int(s) for s in b.initial]
    expected = all(any((s, t) in related for t in right) for s in left) and all(
        any((s, t) in related for s in left) for t in right
    )
    verdict = bisimilar(a, b, relation)
    assert verdict.outcome is (Outcome.HOLDS if expected else Outcome.VIOLATED)
    evidence = verdict.evidence
    if expected:
        assert isinstance(evidence, PartitionEvidence)
        blocks = evidence.block.tolist()
        n = both.n_states
        same = {(s, t) for s in range(n) for t in range(n) if blocks[s] == blocks[t]}
        assert same == related
    else:
        assert isinstance(evidence, Distinction)
        formula = evidence.formula
        ours = [holds(both, formula, s) for s in left]
        theirs = [holds(both, formula, t) for t in right]
        assert (any(ours) and not any(theirs)) or (all(ours) and not all(theirs))
        assert ("diamond" in repr(formula)) <= (relation == "strong")
        assert ("until" in repr(formula)) <= relation.endswith("branching")
        assert ("weak" in repr(formula)) <= relation.endswith("weak")
        assert ("endless" in repr(formula)) <= (relation == "divergence-branching")
        assert ("cycle" in repr(formula)) <= (relation == "divergence-weak")
        told = formula[1] if formula[0] == "not" else formula  # then it is one of the other
        assert format_hml(told) in verdict.explain()
    assert evidence_from_dict(evidence.to_dict()) == evidence


@relations
@settings(max_examples=100, derandomize=True, deadline=None)
@given(lts=systems(max_states=7, max_arcs=14))
def test_the_quotient_is_bisimilar_and_smallest(relation: RelationName, lts: LTS) -> None:
    small, place = minimise(lts, relation)
    assert bisimilar(lts, small, relation).holds
    related = RELATIONS[relation](lts)
    n = lts.n_states
    assert {(s, t) for s in range(n) for t in range(n) if place[s] == place[t]} == related
    again, _ = minimise(small, relation)
    assert (again.n_states, again.n_arcs) == (small.n_states, small.n_arcs)
    assert all(bool(lts.final[s]) == bool(small.final[place[s]]) for s in range(n))


def formulas() -> st.SearchStrategy[tuple[object, ...]]:
    label = st.sampled_from(["tau", "a", "b", "zzz"])
    return st.recursive(
        st.sampled_from([("true",), ("final",), ("atom", "final"), ("atom", "ghost")]),
        lambda inner: st.one_of(
            st.tuples(st.sampled_from(["not", "endless", "cycle"]), inner),
            st.tuples(st.just("weak"), label, inner),
            st.lists(inner, max_size=3).map(lambda parts: ("and", *parts)),
            st.tuples(st.just("diamond"), label, inner),
            st.tuples(st.just("until"), inner, label, inner),
        ),
        max_leaves=5,
    )


@settings(max_examples=200, derandomize=True, deadline=None)
@given(systems(), formulas())
def test_formulas_mean_what_their_definition_says(lts: LTS, formula: tuple[object, ...]) -> None:
    expected = [holds(lts, formula, s) for s in range(lts.n_states)]
    assert evaluate_hml(lts, formula).tolist() == expected
    assert isinstance(format_hml(formula), str)


def test_known_pairs() -> None:
    late = LTS.from_arcs(4, [(0, "a", 1), (1, "b", 2), (1, "c", 3)])
    early = LTS.from_arcs(5, [(0, "a", 1), (0, "a", 2), (1, "b", 3), (2, "c", 4)])
    verdict = bisimilar(late, early)
    assert isinstance(verdict.evidence, Distinction)
    assert verdict.evidence.claim.formula == "not strongly bisimilar"
    assert "diamond" in repr(verdict.evidence.formula)
    # Milner's third law holds weakly, not in branching bisimilarity; the first law in both.
    law = LTS.from_arcs(3, [(0, "a", 1), (1, None, 2), (2, "b", 2)])
    plain = LTS.from_arcs(2, [(0, "a", 1), (1, "b", 1)])
    assert bisimilar(law, plain, "branching").holds
    assert bisimilar(law, plain, "strong").violated
    divergent = LTS.from_arcs(1, [(0, None, 0)])
    assert bisimilar(divergent, LTS.from_arcs(1), "branching").holds
    assert bisimilar(divergent, LTS.from_arcs(1, final=[0]), "branching").violated
    ending = LTS.from_arcs(2, [(0, None, 1), (1, None, 0)], final=[1])
    assert bisimilar(ending, LTS.from_arcs(1, final=[0]), "branching").violated
    assert bisimilar(LTS.from_arcs(0, initial=[]), LTS.from_arcs(0, initial=[])).holds
    nothing = bisimilar(LTS.from_arcs(1), LTS.from_arcs(1, initial=[]))
    assert isinstance(nothing.evidence, Distinction)
    assert nothing.evidence.formula == ("true",)


def test_an_until_must_not_leave_through_another_class() -> None:
    shared = [(1, "a", 2), (1, "c", 2), (0, None, 1), (0, "b", 2)]
    here = LTS.from_arcs(3, [*shared, (0, "a", 2)])
    there = LTS.from_arcs(3, shared)
    for one, other in ((here, there), (there, here)):
        evidence = bisimilar(one, other, "branching").evidence
        assert isinstance(evidence, Distinction)
        assert holds(one, evidence.formula, 0)
        assert not holds(other, evidence.formula, 0)


def test_labels_are_compared_by_name() -> None:
    one = LTS.from_arcs(1, [(0, "b", 0)])
    other = LTS.from_arrays(1, [0], [3], [0], label_names=["tau", "✓", "a", "b"])
    assert bisimilar(one, other).holds


def test_budget_misuse_and_progress() -> None:
    chain = LTS.from_arcs(30, [(i, "a", i + 1) for i in range(29)])
    longer = LTS.from_arcs(31, [(i, "a", i + 1) for i in range(30)])
    seen: list[Progress] = []
    verdict = bisimilar(chain, longer, progress=seen.append, seed=5)
    assert verdict.violated
    assert verdict.seed == 5
    assert seen
    assert bisimilar(chain, longer, budget=Budget(states=10)).unknown
    assert bisimilar(chain, longer, budget=Budget(seconds=0)).reason == "the time budget is used up"
    with pytest.raises(UsageError):
        bisimilar(chain, longer, cast(RelationName, "strange"))
    with pytest.raises(UsageError):
        bisimilar(chain, longer, method="magic")
    with pytest.raises(UsageError):
        evaluate_hml(chain, ("box", "a", ("true",)))
    far = LTS.from_arcs(700, [(i, "a", i + 1) for i in range(699)])
    further = LTS.from_arcs(701, [(i, "a", i + 1) for i in range(700)])
    deep = bisimilar(far, further)
    assert isinstance(deep.evidence, TraceDistinction)
    assert (deep.evidence.trace, deep.evidence.able) == (("a",) * 700, "right")
    # The same traces, and a difference that is deep: a formula in parts, unless time is short.
    forks = [(i, "a", i + 1) for i in range(699)] + [(0, "a", 700), (700, "a", 701)]
    one = LTS.from_arcs(1400, [*forks, (699, "a", 702), (699, "a", 703), (702, "b", 704)])
    other = LTS.from_arcs(1400, [*forks, (699, "a", 702), (702, "b", 704)])
    assert isinstance(bisimilar(one, other).evidence, SharedDistinction)


def test_large_systems_are_quick() -> None:
    n = 20_000
    ring = LTS.from_arcs(n, [(i, "ab"[i % 2], (i + 1) % n) for i in range(n)])
    small, place = minimise(ring)
    assert (small.n_states, int(place.max())) == (2, 1)
    silent = LTS.from_arcs(
        n, [(i, None if i % 10 else "a", (i + 1) % n) for i in range(n)], final=np.arange(0)
    )
    assert minimise(silent, "branching")[0].n_states == 1
    arcs = [(i, None, i + 1) for i in range(5_000)]
    chain = LTS.from_arcs(5_001, [*arcs, (5_000, "a", 0), (2_500, "b", 0)])
    small, place = minimise(chain, "branching")
    assert (small.n_states, int(place[2_500]), int(place[2_501])) == (2, 0, 1)


def test_the_empty_label_is_told() -> None:
    one, two = LTS.from_arcs(2, [(0, "", 1)]), LTS.from_arcs(2, [(0, "a", 1)])
    assert 'has <"">true. The shortest trace of just one is one of the first: "".' in (
        bisimilar(one, two).explain()
    )
    assert format_hml(("until", ("true",), "", ("weak", "", ("true",)))) == '(true <""> <<"">>true)'


@pytest.mark.parametrize(
    ("label", "shown"),
    [("a", "<a>true"), ("X", "<X>true"), ("not <b>", '<"not <b>">true'), ("true", '<"true">true'),
     ("send(1,2)", '<"send(1,2)">true'), ('say "hi"', r'<"say \"hi\"">true')],
)  # fmt: skip
def test_labels_that_need_it_are_quoted(label: str, shown: str) -> None:
    assert format_hml(("diamond", label, ("true",))) == shown
    told = bisimilar(LTS.from_arcs(2, [(0, label, 1)]), LTS.from_arcs(1)).explain()
    assert f"has {shown}." in told
