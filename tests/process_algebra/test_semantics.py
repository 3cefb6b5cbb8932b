"""The transition systems of processes: against the rules by definition, and by hand."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from devtools import within_cpu_seconds
from oracles import csp
from process_algebra import (
    SKIP,
    STOP,
    Call,
    Definition,
    ExternalChoice,
    Guard,
    Hiding,
    Interleaving,
    Parallel,
    Prefix,
    Process,
    ProductSystem,
    Renaming,
    Sequential,
    Term,
    Terminated,
    TermSystem,
    lts,
    process_system,
    rewrites,
    state_space,
)
from strategies_csp import DEFINITIONS, processes, subsets, terms
from transition_systems import LTS, Budget, bisimilar
from transition_systems.equivalences.relations import Relation
from transition_systems.errors import UndecidedError, UsageError
from transition_systems.explore import explore
from transition_systems.expressions.parse import parse_expression
from transition_systems.protocols import ExplicitSystem

LIMIT = 400


def by_definition(process: Process) -> LTS | None:
    numbers: dict[Term, int] = {csp.closed(process.main, {}): 0}
    waiting = list(numbers)
    arcs: list[tuple[int, str | None, int]] = []
    for term in waiting:
        for event, after in csp.steps(term, process):
            if after not in numbers:
                numbers[after] = len(numbers)
                waiting.append(after)
            arcs.append((numbers[term], event, numbers[after]))
        if len(numbers) > LIMIT:
            return None
    final = [number for term, number in numbers.items() if isinstance(term, Terminated)]
    return LTS.from_arcs(len(numbers), arcs, final=final)


def alike(one: LTS, other: LTS, relation: Relation = "strong") -> bool:
    return bool(bisimilar(one, other, relation))


@settings(max_examples=200, derandomize=True, deadline=None)
@given(processes)
def test_the_rules_are_those_of_the_definition(process: Process) -> None:
    expected = by_definition(process)
    assume(expected is not None)
    assert expected is not None
    found = lts(process)
    assert found.n_states == expected.n_states
    assert found.n_arcs == expected.n_arcs
    assert alike(found, expected)


@settings(max_examples=100, derandomize=True, deadline=None)
@given(st.lists(terms, min_size=1, max_size=3), st.data())
def test_products_are_terms(parts: list[Term], data: st.DataObject) -> None:
    sets = [data.draw(subsets) for _ in parts]
    pairs = data.draw(
        st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), max_size=2)
    )
    main = Hiding(Renaming(Parallel(parts, sets), pairs), data.draw(subsets))
    process = Process(main=main, definitions=DEFINITIONS)
    expected = by_definition(process)
    assume(expected is not None)
    assert expected is not None
    assert isinstance(process_system(process), ProductSystem)
    found = lts(process)
    assert alike(found, expected)
    assert found.n_states <= expected.n_states + 1
    for state in range(found.n_states):
        assert found.state_of is not None
        assert isinstance(found.state_of(state), Term)


@settings(max_examples=200, derandomize=True, deadline=None)
@given(terms)
def test_laws_hold(term: Term) -> None:
    one = by_definition(Process(main=term, definitions=DEFINITIONS))
    assume(one is not None)
    assert one is not None
    for law, other in rewrites(term):
        there = state_space(
            Process(main=other, definitions=DEFINITIONS), budget=Budget(states=4 * LIMIT)
        )
        assert there.complete
        assert alike(one, there.lts, law.relation), (law.name, str(term), str(other))


def test_every_law_applies_somewhere() -> None:
    a, b = Prefix("a", STOP), Prefix("b", SKIP)
    shown = [
        ExternalChoice(a, b, STOP), ExternalChoice(ExternalChoice(a, b), a), ExternalChoice(a),
        process_algebra_internal(a), Guard(True, a), Sequential(b, a), Sequential(STOP, a), Sequential(SKIP, a),
        Sequential(Sequential(b, b), a), Hiding(Hiding(a, ["a"]), ["b"]), Hiding(a, ["a"]),
        Renaming(a, [("a", "b"), ("a", "c")]), Parallel([a, a, b], [["a"], ["a"], []]),
    ]  # fmt: skip
    from process_algebra import LAWS

    used = {law.name for term in shown for law, _ in rewrites(term)}
    assert used == {law.name for law in LAWS}
    for term in shown:
        for law, other in rewrites(term):
            assert alike(lts(term), lts(other), law.relation), law.name


def process_algebra_internal(a: Term) -> Term:
    from process_algebra import InternalChoice

    return InternalChoice(a, a)


def test_ticks() -> None:
    assert list(lts(SKIP).arcs()) == [(0, "✓", 1)]
    assert lts(SKIP).final.tolist() == [False, True]
    both = lts(Interleaving(SKIP, SKIP))
    assert [a for a in both.arcs() if a[1] == "✓"] == [(3, "✓", 4)]
    assert len(lts(Parallel([SKIP, STOP], ["a"])).deadlocks()) == 1
    assert list(lts(Sequential(SKIP, Prefix("a", STOP))).arcs()) == [(0, None, 1), (1, "a", 2)]
    done = ExternalChoice(SKIP, Prefix("a", STOP))
    assert sorted(map(str, (x[1] for x in lts(done).arcs()))) == ["a", "✓"]


def buffer(size: int) -> Definition:
    up, down = parse_expression("n + 1"), parse_expression("n - 1")
    return Definition(
        name="B",
        parameters=("n",),
        body=ExternalChoice(
            Guard(parse_expression(f"n < {size}"), Prefix("in", Call("B", up))),
            Guard(parse_expression("n > 0"), Prefix("out", Call("B", down))),
        ),
    )


def test_a_buffer_counts() -> None:
    space = state_space(Process(main=Call("B", 0), definitions=(buffer(5),)))
    assert (space.lts.n_states, space.lts.n_arcs, space.complete) == (6, 10, True)


def test_budgets_end_with_a_reason() -> None:
    forever = Process(main=Call("B", 0), definitions=(buffer(10**9),))
    space = state_space(forever, budget=Budget(states=1000))
    assert not space.complete
    assert space.reason == "the budget of 1000 states is used up"
    assert 0 < space.expanded <= space.lts.n_states
    with pytest.raises(UndecidedError):
        lts(forever, budget=Budget(states=1000))


def test_unguarded_recursion_is_refused() -> None:
    for body in (
        Call("P"),
        ExternalChoice(Prefix("a", STOP), Call("P")),
        Sequential(Call("Q"), STOP),
    ):
        process = Process(
            main=Call("P"),
            definitions=(Definition(name="P", body=body), Definition(name="Q", body=Call("P"))),
        )
        with pytest.raises(UsageError, match="unguarded"):
            lts(process)


def test_observed_events_are_no_steps() -> None:
    loop = Definition(name="P", body=ExternalChoice(Prefix("a", Call("Q")), Prefix("w", Call("P"))))
    other = Definition(name="Q", body=Prefix("done", Call("Q")))
    for main in (Call("P"), Parallel([Call("P"), STOP], [["a"], []])):
        process = Process(main=main, definitions=(loop, other))
        space = state_space(process, completion="done", observe={"w": "waits"})
        assert list(space.lts.arcs()) == [(0, "a", 1)]
        assert space.lts.final.tolist() == [False, True]
        assert space.lts.atoms["waits"].tolist() == [True, False]


def test_a_search_halts_at_an_event() -> None:
    process = Process(main=Call("B", 0), definitions=(buffer(10**9),))
    long = Hiding(
        Parallel([Sequential(Prefix("x", SKIP), Prefix("bad", STOP)), process.main], ()), ["x"]
    )
    space = state_space(Process(main=long, definitions=process.definitions), halt=["bad"])
    assert space.halted == "bad"
    assert not space.complete


def test_both_systems_keep_the_protocol() -> None:
    for term, kind in (
        (Prefix("a", SKIP), TermSystem),
        (Interleaving(SKIP, Prefix("a", STOP)), ProductSystem),
    ):
        system = process_system(term)
        assert isinstance(system, kind)
        assert isinstance(system, ExplicitSystem)
        found = explore(system)
        assert found.complete
        assert isinstance(system.decode(found.states[0]), Term)


@pytest.mark.exhaustive
def test_deep_terms_step() -> None:
    term: Term = Prefix("a", STOP)
    for _ in range(100_000):
        term = Sequential(term, SKIP)
    assert lts(term).n_states == 2


def test_hundreds_of_processes_are_quick() -> None:
    cells = [
        Definition(name=f"C{i}", body=Prefix(f"e{i}", Prefix(f"e{i + 1}", Call(f"C{i}"))))
        for i in range(200)
    ]
    main = Parallel(
        [Call(f"C{i}") for i in range(200)], [[f"e{i}", f"e{i + 1}"] for i in range(200)]
    )
    process = Process(main=main, definitions=tuple(cells))
    with within_cpu_seconds(4):
        space = state_space(process, budget=Budget(states=5000))
    assert space.lts.n_states > 5000
