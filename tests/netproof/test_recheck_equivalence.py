"""Partitions, formulas and words about two transition systems, genuine and forged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netproof.recheck import recheck_equivalence
from strategies_lts import systems
from transition_systems.equivalences import bisimilar
from transition_systems.evidence import (
    Claim,
    Distinction,
    Evidence,
    PartitionEvidence,
    TraceDistinction,
    WordEvidence,
    evidence_from_dict,
)
from transition_systems.lts import LTS
from transition_systems.lts_data import pair_digest

MANY = settings(max_examples=100, deadline=None, derandomize=True)
PHRASES = {
    "strong": "strongly bisimilar",
    "branching": "branching bisimilar",
    "divergence-branching": "divergence-preserving branching bisimilar",
    "weak": "weakly bisimilar",
    "divergence-weak": "divergence-preserving weakly bisimilar",
}
RELATIONS = st.sampled_from([*PHRASES])
A = LTS.from_arcs(4, [(0, "a", 1), (1, "b", 2), (0, "a", 3), (3, "b", 2)], final=[2])
B = LTS.from_arcs(3, [(0, "a", 1), (1, "b", 2)], final=[2])
C = LTS.from_arcs(5, [(0, None, 1), (1, "a", 2), (2, None, 3), (3, "b", 4)], final=[4])
D = LTS.from_arcs(4, [(0, "a", 1), (0, "a", 2), (1, "b", 3)], final=[3])
E = LTS.from_arcs(4, [(0, "a", 1), (1, None, 2), (2, None, 1), (2, "b", 3)], final=[3])


@MANY
@given(systems(several_initial=True), systems(several_initial=True), RELATIONS)
def test_verdicts_on_drawn_systems(left: LTS, right: LTS, relation: Any) -> None:
    verdict = bisimilar(left, right, relation)
    assert verdict.evidence is not None
    again = evidence_from_dict(verdict.evidence.to_dict())
    for evidence in (verdict.evidence, again):
        result = recheck_equivalence(evidence, left, right)
        assert result.passed, result.reason
    both = bisimilar(left, left, relation).evidence
    assert both is not None
    assert recheck_equivalence(both, left, left).passed
    if left != right:
        assert recheck_equivalence(both, left, right).status == "failed"


@MANY
@given(systems(max_states=4, max_arcs=5), systems(max_states=4, max_arcs=5), RELATIONS, st.data())
def test_no_partition_joins_systems_that_differ(
    left: LTS, right: LTS, relation: Any, data: st.DataObject
) -> None:
    count = left.n_states + right.n_states
    blocks = data.draw(st.lists(st.integers(0, 3), min_size=count, max_size=count))
    evidence = PartitionEvidence(
        claim=Claim(formula=PHRASES[relation], model_digest=pair_digest(left, right)),
        relation=relation,
        block=np.array(blocks, dtype=np.int64),
    )
    if recheck_equivalence(evidence, left, right).passed:
        assert bisimilar(left, right, relation).holds


def formulas(relation: str) -> st.SearchStrategy[Any]:
    label = st.sampled_from(["tau", "a", "b"])

    def larger(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        step = {
            "strong": st.tuples(st.just("diamond"), label, inner),
            "branching": st.tuples(st.just("until"), inner, label, inner),
            "weak": st.tuples(st.just("weak"), label, inner),
        }[relation.removeprefix("divergence-")]
        if relation.startswith("divergence-"):
            word = "cycle" if relation.endswith("weak") else "endless"
            step |= st.tuples(st.just(word), inner)
        return step | st.tuples(st.just("not"), inner) | st.tuples(st.just("and"), inner, inner)

    return st.recursive(st.sampled_from([("true",), ("final",)]), larger, max_leaves=6)


@MANY
@given(systems(max_states=4, max_arcs=5), systems(max_states=4, max_arcs=5), RELATIONS, st.data())
def test_no_formula_tells_equivalent_systems_apart(
    left: LTS, right: LTS, relation: Any, data: st.DataObject
) -> None:
    evidence = Distinction(
        claim=Claim(formula=f"not {PHRASES[relation]}", model_digest=pair_digest(left, right)),
        relation=relation,
        formula=data.draw(formulas(relation)),
    )
    if recheck_equivalence(evidence, left, right).passed:
        assert bisimilar(left, right, relation).violated


def forged_claims(evidence: Any) -> Iterator[Evidence]:
    claim = evidence.claim
    for formula in ("", "bisimilar", "strong", "EF true", "not", claim.formula + " ", None,
                    claim.formula.removeprefix("not ")
                    if claim.formula.startswith("not ") else f"not {claim.formula}"):  # fmt: skip
        yield replace(evidence, claim=replace(claim, formula=formula))
    for digest in ("", None, pair_digest(B, A), pair_digest(A, A), claim.model_digest[:-1]):
        yield replace(evidence, claim=replace(claim, model_digest=digest))


def forged_partitions(evidence: PartitionEvidence) -> Iterator[Evidence]:
    block: Any = evidence.block
    for first in range(len(block)):
        for second in range(first):
            if block[first] != block[second]:  # two blocks merged
                yield replace(evidence, block=np.where(block == block[first], block[second], block))
                swapped = block.copy()
                swapped[[first, second]] = block[[second, first]]
                yield replace(evidence, block=swapped)
        apart = block.copy()
        apart[first] = 99
        yield replace(evidence, block=apart)
    for wrong in (block[:-1], np.append(block, 0), block.astype(float), block.tolist(), None,
                  block[:, None], np.zeros_like(block), np.arange(len(block))):  # fmt: skip
        yield replace(evidence, block=wrong)
    for relation in (
        "branchin",
        "",
        None,
        "strong" if evidence.relation != "strong" else "branching",
    ):
        yield replace(evidence, relation=relation)


def forged_formulas(evidence: Distinction) -> Iterator[Evidence]:
    formula = evidence.formula
    for wrong in (("not", formula), ("true",), ("final",), ("not", ("true",)), (), "true", None,
                  ("and",), ("or", formula), ("diamond", "a"), ("diamond", 1, ("true",)),
                  ("until", ("true",), "a"), ("not",), ("not", "true"), ("true", ("true",)),
                  ("and", formula, ("not", formula)), ("and", formula, 7), ("box", "a", formula),
                  ("diamond", "ghost", ("true",)), ("until", ("true",), "ghost", ("true",)),
                  ("diamond", "a", ("true",)), ("diamond", "tau", ("true",)),
                  ("weak", "tau", ("true",)), ("weak", "ghost", ("true",)), ("atom", "ghost"),
                  ("atom", 1), ("atom",), ("endless", ("true",)), ("cycle", ("true",)),
                  ("endless",), ("cycle", "true"), ("weak", ("true",))):  # fmt: skip
        yield replace(evidence, formula=wrong)
    for relation in (
        "simulation",
        "",
        None,
        "strong" if evidence.relation != "strong" else "branching",
    ):
        yield replace(evidence, relation=relation)


@pytest.mark.parametrize(
    ("left", "right", "relation"),
    [
        (A, B, "strong"),
        (C, B, "branching"),
        (C, B, "divergence-weak"),
        *((D, B, relation) for relation in PHRASES),
        (E, B, "divergence-branching"),
        (E, B, "divergence-weak"),
    ],
)
def test_forged_evidence_is_refused(left: LTS, right: LTS, relation: Any) -> None:
    genuine = bisimilar(left, right, relation).evidence
    assert genuine is not None
    assert recheck_equivalence(genuine, left, right).passed
    if isinstance(genuine, PartitionEvidence):
        forged = [*forged_partitions(genuine), *forged_claims(genuine)]
    else:
        assert isinstance(genuine, Distinction)
        forged = [*forged_formulas(genuine), *forged_claims(genuine)]
    assert len(forged) >= 20
    for evidence in forged:
        still = isinstance(evidence, PartitionEvidence) and _valid_split(evidence, left, right)
        assert still or recheck_equivalence(evidence, left, right).status == "failed", evidence
    assert recheck_equivalence(genuine, right, left).status == "failed"


def _valid_split(evidence: PartitionEvidence, left: LTS, right: LTS) -> bool:
    """A finer partition may be a strong bisimulation, too: by definition, state by state."""
    block: Any = evidence.block
    if not isinstance(block, np.ndarray) or block.shape != (left.n_states + right.n_states,):
        return False
    if evidence.claim.formula != "strongly bisimilar" or evidence.relation != "strong":
        return False
    moves = [set[Any]() for _ in block]
    for lts, base in ((left, 0), (right, left.n_states)):
        for source, label, target in lts.arcs():
            moves[source + base].add((label, block[target + base]))
    final = [*left.final.tolist(), *right.final.tolist()]
    return block[0] == block[left.n_states] and all(
        moves[i] == moves[j] and final[i] == final[j]
        for i in range(len(block)) for j in range(i) if block[i] == block[j]
    )  # fmt: skip


def test_traces() -> None:
    for relation, phrase in PHRASES.items():
        claim = Claim(formula=f"not {phrase}", model_digest=pair_digest(D, C))
        trace = ("a",) if relation == "strong" else ("a", "b", "b")
        genuine = TraceDistinction(claim=claim, relation=relation, trace=trace, able="left")
        if relation == "strong":
            assert recheck_equivalence(genuine, D, C).passed
            again = evidence_from_dict(genuine.to_dict())
            assert recheck_equivalence(again, D, C).passed
        else:
            assert recheck_equivalence(genuine, D, C).status == "failed"
        traces: list[Any] = [
            (),
            ("b",),
            ("tau",),
            ("a", "c"),
            ("",),
            (1,),
            ("a", None),
            ("tau", "a"),
        ]
        forged = [replace(genuine, trace=trace) for trace in traces]
        forged += [replace(genuine, able=able) for able in ("right", "", None, "Left")]
        forged += [replace(genuine, relation=other) for other in (*PHRASES, "", None)
                   if other != relation]  # fmt: skip
        forged += forged_claims(genuine)
        assert len(forged) >= 20
        for evidence in forged:
            assert recheck_equivalence(evidence, D, C).status == "failed", evidence


def test_words() -> None:
    more = LTS.from_arcs(3, [(0, "a", 1), (1, None, 2), (2, "b", 2)], final=[2])
    claim = Claim(formula="not language equivalent", model_digest=pair_digest(B, more))
    genuine = WordEvidence(claim=claim, word=("a",), accepted_by="right")
    assert recheck_equivalence(genuine, B, more).passed
    assert recheck_equivalence(replace(genuine, word=("a", "b", "b")), B, more).passed
    words = [(), ("a", "b"), ("b",), ("a", "c"), ("tau",), ("a", "tau"), ("b", "a"), ("",),
             ("a", "a"), (1,), ("a", None), ("ghost",), ("✓",)]  # fmt: skip
    forged = [replace(genuine, word=word) for word in words]
    forged += [replace(genuine, accepted_by=side) for side in ("left", "", None, "both", "Right")]
    forged += forged_claims(genuine)
    assert len(forged) >= 20
    for evidence in forged:
        assert recheck_equivalence(evidence, B, more).status == "failed", evidence


def test_a_formula_must_be_of_the_relation() -> None:
    """B and C are branching bisimilar, though only B has an ``a`` at once."""
    for formula in (("diamond", "a", ("true",)), ("not", ("diamond", "tau", ("true",)))):
        claim = Claim(formula="not branching bisimilar", model_digest=pair_digest(B, C))
        weak = Distinction(claim=claim, relation="branching", formula=formula)
        assert recheck_equivalence(weak, B, C).status == "failed"
        strong = replace(
            weak, claim=replace(claim, formula="not strongly bisimilar"), relation="strong"
        )
        assert recheck_equivalence(strong, B, C).passed
