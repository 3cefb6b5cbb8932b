"""Words, partitions and pairs about two automata, genuine and forged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fsm import DFA, NFA
from fsm.equivalence import equivalent, included
from netproof.recheck import recheck_automata
from transition_systems.evidence import (
    ClosedSet,
    Evidence,
    PartitionEvidence,
    StateSet,
    WordEvidence,
    evidence_from_dict,
)

MANY = settings(max_examples=100, deadline=None, derandomize=True)
EVEN = DFA(states=["e", "o"], alphabet=["a"], initial="e", final=["e"],
           transitions=[("e", "a", "o"), ("o", "a", "e")])  # fmt: skip
FOUR = DFA(states=["0", "1", "2", "3"], alphabet=["a"], initial="0", final=["0", "2"],
           transitions=[(str(i), "a", str((i + 1) % 4)) for i in range(4)])  # fmt: skip
ALL = DFA(states=["s"], alphabet=["a"], initial="s", final=["s"], transitions=[("s", "a", "s")])


@st.composite
def automata(draw: st.DrawFn) -> DFA:
    names = ["x", "y", "z"][: draw(st.integers(1, 3))]
    table = {(s, c): draw(st.sampled_from([None, *names])) for s in names for c in "ab"}
    return DFA(
        states=names, alphabet=["a", "b"], initial="x", final=draw(st.sets(st.sampled_from(names))),
        transitions=[(s, c, t) for (s, c), t in table.items() if t is not None],
    )  # fmt: skip


@MANY
@given(automata(), automata())
def test_verdicts_pass(left: DFA, right: DFA) -> None:
    for decide in (equivalent, included):
        for first, second in ((left, right), (left, left)):
            evidence = decide(first, second).evidence
            assert evidence is not None
            for piece in (evidence, evidence_from_dict(evidence.to_dict())):
                result = recheck_automata(piece, first, second)
                assert result.passed, result.reason


@MANY
@given(automata(), automata(), st.data())
def test_nothing_false_is_accepted(left: DFA, right: DFA, data: st.DataObject) -> None:
    count = left.n_states + right.n_states
    blocks = data.draw(st.lists(st.integers(0, 2), min_size=count, max_size=count))
    genuine = equivalent(left, left).evidence
    digest = equivalent(left, right).evidence
    assert isinstance(genuine, PartitionEvidence)
    assert digest is not None
    claim = replace(genuine.claim, model_digest=digest.claim.model_digest)
    partition = replace(genuine, claim=claim, block=np.array(blocks, dtype=np.int64))
    if recheck_automata(partition, left, right).passed:
        assert equivalent(left, right).holds
    pairs = data.draw(st.sets(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1))
    rows = np.array(sorted(pairs), dtype=np.int64)
    closed = ClosedSet(
        claim=replace(claim, formula="language included"),
        states=StateSet(names=("left", "right"), rows=rows),
    )
    if recheck_automata(closed, left, right).passed:
        assert included(left, right).holds


def forged(evidence: Any) -> Iterator[Evidence]:
    claim = evidence.claim
    for formula in ("", None, "language", "language equivalent ", "strongly bisimilar", "sound"):
        yield replace(evidence, claim=replace(claim, formula=formula))
    opposite = claim.formula[4:] if claim.formula.startswith("not ") else f"not {claim.formula}"
    yield replace(evidence, claim=replace(claim, formula=opposite))
    for digest in ("", None, claim.model_digest[:-1], claim.model_digest.upper()):
        yield replace(evidence, claim=replace(claim, model_digest=digest))
    if isinstance(evidence, WordEvidence):
        for word in (("a",) * 2, ("a",) * 4, ("b",), (1,), (None,), ("ghost",), ("a", "b"), ("",)):
            yield replace(evidence, word=word)
        for side in ("left" if evidence.accepted_by == "right" else "right", "", None, "both", 1):
            yield replace(evidence, accepted_by=side)
    elif isinstance(evidence, PartitionEvidence):
        block: Any = evidence.block
        for i in range(len(block)):
            changed = block.copy()
            changed[i] = block.max() + 1 if i in (0, 2) else block[0] + block[1] - block[i]
            yield replace(evidence, block=changed)
        for wrong in (block[:-1], np.append(block, 0), block.astype(float), None, block[:, None]):
            yield replace(evidence, block=wrong)
        for relation in ("", "strong", None):
            yield replace(evidence, relation=relation)
        yield replace(evidence, block=np.zeros_like(block))
    else:
        rows: Any = evidence.states.rows
        for i in range(len(rows)):
            yield replace(evidence, states=replace(evidence.states, rows=np.delete(rows, i, 0)))
            for j in (0, 1):
                changed = rows.copy()
                changed[i, j] += 1
                yield replace(evidence, states=replace(evidence.states, rows=changed))
        for wrong in (rows[:0], rows - 1, rows + 9, rows[:, :1], rows.astype(float), None):
            yield replace(evidence, states=replace(evidence.states, rows=wrong))
        yield replace(evidence, states=replace(evidence.states, names=("right", "left")))


@pytest.mark.parametrize(
    ("left", "right", "decide"),
    [
        (EVEN, FOUR, equivalent),
        (EVEN, ALL, equivalent),
        (EVEN, ALL, included),
        (ALL, EVEN, included),
    ],
)
def test_forged_evidence_is_refused(left: DFA, right: DFA, decide: Any) -> None:
    genuine = decide(left, right).evidence
    assert recheck_automata(genuine, left, right).passed
    pieces = list(forged(genuine))
    assert len(pieces) >= 20
    for piece in pieces:
        assert recheck_automata(piece, left, right).status == "failed", piece
    assert recheck_automata(genuine, right, left).status == "failed"


def test_automata_that_are_not_deterministic() -> None:
    loose = NFA(states=["p", "q"], alphabet=["a"], initial=["p"], final=["q"],
                transitions=[("p", "a", "p"), ("p", None, "q")])  # fmt: skip
    different = equivalent(loose, EVEN).evidence
    assert isinstance(different, WordEvidence)
    assert recheck_automata(different, loose, EVEN).passed
    assert recheck_automata(replace(different, word=()), loose, EVEN).status == "failed"
    same = equivalent(loose, ALL).evidence
    assert same is not None
    assert recheck_automata(same, loose, ALL).status == "skipped"
