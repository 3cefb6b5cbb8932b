"""Random processes: small terms over three events, with two guarded definitions."""

from __future__ import annotations

from hypothesis import strategies as st

from process_algebra import (
    SKIP,
    STOP,
    Call,
    Definition,
    ExternalChoice,
    Guard,
    Hiding,
    InternalChoice,
    Parallel,
    Prefix,
    Process,
    Renaming,
    Sequential,
    Term,
)
from transition_systems.expressions.parse import parse_expression

EVENTS = ("a", "b", "c")
events = st.sampled_from(EVENTS)
subsets = st.frozensets(events)

DEFINITIONS = (
    Definition(
        name="COUNT",
        parameters=("n", "up"),
        body=ExternalChoice(
            Guard(
                parse_expression("n < 2 && up"),
                Prefix("a", Call("COUNT", parse_expression("n + 1"), parse_expression("up"))),
            ),
            Guard(
                parse_expression("n > 0"),
                Prefix("b", Call("COUNT", parse_expression("n - 1"), True)),
            ),
            Guard(parse_expression("not up"), SKIP),
        ),
    ),
    Definition(name="CLOCK", body=Prefix("c", InternalChoice(Call("CLOCK"), STOP))),
)

leaves = st.one_of(
    st.sampled_from([STOP, SKIP, Call("CLOCK"), Call("COUNT", 0, True), Call("COUNT", 1, False)]),
    st.builds(Prefix, events, st.sampled_from([STOP, SKIP, Call("CLOCK")])),
)


def _larger(inner: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
    several = st.lists(inner, min_size=1, max_size=3)
    return st.one_of(
        st.builds(Prefix, events, inner),
        several.map(lambda parts: ExternalChoice(*parts)),
        several.map(lambda parts: InternalChoice(*parts)),
        st.builds(Guard, st.booleans(), inner),
        st.builds(Sequential, inner, inner),
        several.flatmap(
            lambda parts: st.lists(subsets, min_size=len(parts), max_size=len(parts)).map(
                lambda sets: Parallel(parts, sets)
            )
        ),
        st.builds(Hiding, inner, subsets),
        st.builds(Renaming, inner, st.lists(st.tuples(events, events), max_size=2)),
    )


terms = st.recursive(leaves, _larger, max_leaves=5)
processes = terms.map(lambda term: Process(main=term, definitions=DEFINITIONS))
