"""Predicates on listed markings, one number a place, against the evaluation on arrays."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from petri.reductions.small_space import holds_at
from transition_systems.properties.evaluate import evaluate
from transition_systems.properties.predicates import (
    FALSE,
    TRUE,
    And,
    Compare,
    Comparison,
    Dead,
    Not,
    Or,
    Predicate,
)

PLACES = ("p", "q", "r")
OPERATORS: list[Comparison] = ["<=", ">=", "==", "!=", "<", ">"]
TERMS = st.dictionaries(st.sampled_from(PLACES), st.sampled_from([1, 1, 1, 2, -1]), max_size=3)
LEAVES = st.one_of(
    st.sampled_from([TRUE, FALSE]),
    st.builds(
        lambda terms, op, bound: Compare(tuple(terms.items()), op, bound),
        TERMS,
        st.sampled_from(OPERATORS),
        st.integers(-1, 4),
    ),
)
PREDICATES: st.SearchStrategy[Predicate] = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.lists(inner, max_size=3).map(lambda parts: And(tuple(parts))),
        st.lists(inner, max_size=3).map(lambda parts: Or(tuple(parts))),
    ),
    max_leaves=8,
)
ROWS = st.lists(st.tuples(*[st.integers(0, 3)] * 3), max_size=6)


@settings(max_examples=300, deadline=None)
@given(PREDICATES, ROWS)
def test_predicates_hold_where_they_hold_on_arrays(
    predicate: Predicate, rows: list[tuple[int, ...]]
) -> None:
    columns = np.array(rows, dtype=np.int64).reshape(len(rows), len(PLACES))
    named = {place: columns[:, number] for number, place in enumerate(PLACES)}
    wanted = evaluate(predicate, named, None, len(rows))
    assert holds_at(predicate, PLACES, rows) == wanted.tolist()


def test_what_is_enabled_is_not_told_by_markings() -> None:
    assert holds_at(And((TRUE, Dead())), PLACES, [(0, 0, 0)]) is None
    assert holds_at(Not(Dead()), PLACES, []) is None
