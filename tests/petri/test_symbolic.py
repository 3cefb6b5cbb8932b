"""Symbolic state spaces against the explicit engine, a naive search and closed forms."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oracles.net_properties import space_of
from petri import PetriNet, parse_pnml
from petri.state_space.exploring_packed import state_space
from petri.state_space.symbolic import contest
from petri.state_space.symbolic.block_orders import block_order, sifted
from petri.state_space.symbolic.closure import Closure
from petri.state_space.symbolic.diagram_figures import joint_counts, ways
from petri.state_space.symbolic.diagrams import LIBRARIES, diagrams
from petri.state_space.symbolic.exploring_symbolic import symbolic_state_space
from petri.state_space.symbolic.fields import between, linear_at_most, shifted
from petri.state_space.symbolic.symbolic_net import SymbolicNet
from petri.state_space.symbolic.symbolic_space import SymbolicSpace
from petri.state_space.symbolic.variable_order import force_order, neighbourhoods, span
from petri.structure.nupn import nupn_units
from state_space_nets import branches, kanban, philosophers, slotted_ring
from strategies_petri import nets
from transition_systems.budget import Budget, Meter
from transition_systems.errors import ExpressionError, UndecidedError, UsageError
from transition_systems.properties.parse import parse_predicate
from transition_systems.properties.predicates import Compare, Dead, Enabled, Not, Predicate
from transition_systems.protocols import SymbolicSystem

library = pytest.mark.parametrize("library", LIBRARIES)


def figures(space: Any) -> tuple[int, ...]:
    return (
        space.n_states, space.n_arcs, space.deadlocks,
        space.max_tokens_in_place, space.max_tokens_in_marking,
    )  # fmt: skip


def compared(net: PetriNet, library: str) -> SymbolicSpace | None:
    """Compare everything with the explicit engine; ``None`` where that does not end soon."""
    explicit = state_space(net, budget=Budget(states=1_500))
    if explicit.unbounded:
        space = symbolic_state_space(net, library=library, budget=Budget(seconds=20))
        assert space.unbounded
        assert not space.complete
        assert space.pump is not None
        return None
    if not explicit.complete:
        return None
    space = symbolic_state_space(net, library=library)
    assert space.complete
    assert figures(space) == figures(explicit)
    assert space.bounds() == explicit.bounds()
    return space


@settings(max_examples=240, deadline=None)
@given(nets(), st.sampled_from(("oxidd", "oxidd", "oxidd", "oxidd", "dd")))
def test_any_net_has_the_figures_of_the_explicit_engine(net: PetriNet, library: str) -> None:
    compared(net, library)


@st.composite
def conserving(draw: st.DrawFn) -> PetriNet:
    """Nets whose transitions keep the number of tokens, so that all are bounded."""
    n = draw(st.integers(2, 6))
    places = [f"p{i}" for i in range(n)]
    arcs: list[tuple[str, str]] = []
    names = [f"t{i}" for i in range(draw(st.integers(1, 6)))]
    for name in names:
        for _ in range(draw(st.integers(1, 2))):
            arcs.append((draw(st.sampled_from(places)), name))
            arcs.append((name, draw(st.sampled_from(places))))
    initial = draw(st.dictionaries(st.sampled_from(places), st.integers(1, 3), min_size=1))
    return PetriNet(places=places, transitions=names, arcs=arcs, initial=initial)


@settings(max_examples=80, deadline=None)
@given(conserving(), st.sampled_from(LIBRARIES), st.data())
def test_sets_predicates_and_runs_by_definition(
    net: PetriNet, library: str, data: st.DataObject
) -> None:
    space = compared(net, library)
    naive = space_of(net, 600)
    if space is None or naive is None:
        return
    places = net.place_ids
    seen = {tuple(m[p] for p in places) for m in space.markings()}
    explicit = state_space(net)
    assert seen == {tuple(row) for row in explicit.markings.tolist()}
    assert len(seen) == space.n_states
    counts = {name: int(explicit.holds(Enabled(name)).sum()) for name in net.transition_ids}
    assert space.arcs_of == counts
    factor = st.integers(-3, 3)
    terms = tuple((p, data.draw(factor)) for p in places)
    op = data.draw(st.sampled_from(("<=", ">=", "==", "!=", "<", ">")))
    goals: list[Predicate] = [Compare(terms, op, data.draw(st.integers(-6, 6))), Dead()]
    for goal in (*goals, Not(goals[0])):
        where = explicit.holds(goal)
        assert space.number_with(goal) == int(where.sum())
        run, other = space.run_to_some(goal), explicit.run_to_some(goal)
        assert (run is None) == (other is None) == (not where.any())
        if run is not None and other is not None:
            assert len(run.actions) == len(other.actions)
            assert explicit.number_of(run.last) in where.nonzero()[0]


@settings(max_examples=60, deadline=None)
@given(conserving(), st.sampled_from(LIBRARIES), st.data())
def test_image_and_preimage_by_definition(net: PetriNet, library: str, data: st.DataObject) -> None:
    space = symbolic_state_space(net, library=library)
    system = space.system
    assert isinstance(system, SymbolicSystem)
    all_markings = sorted(space.markings(), key=str)
    chosen = data.draw(st.lists(st.sampled_from(all_markings), max_size=5))
    states = system.store.false
    for marking in chosen:
        states = states | system.one(marking)
    steps = {(m, net.fire(m, t)) for m in all_markings for t in net.enabled(m)}
    after = {target for source, target in steps if source in chosen}
    before = {source for source, target in steps if target in chosen}
    assert set(space.markings(system.image(states))) == after
    assert set(space.markings(system.preimage(states) & space.states)) == before
    assert set(space.markings(system.initial_set())) == {net.initial}
    assert all(marking in space for marking in all_markings)


@library
def test_a_library_keeps_the_contract(library: str) -> None:
    store = diagrams(3, library=library)
    x, y, z = (store.variable(i) for i in range(3))
    odd = (x & ~y) | (~x & y)
    assert store.choice(x, y, z) == (x & y) | (~x & z)
    assert store.meet(x | y, ~x, store.quantifier([0])) == y
    assert store.replaced(x & ~y, store.replacement({0: y, 1: x | z})) == y & ~(x | z)
    table = store.table(odd | z)
    assert table.levels[table.root] == 0
    assert ways(table)[table.root] == 6
    assert joint_counts(table, 3, [(7, store.table(y)), (8, store.table(store.true))]) == {
        7: 3, 8: 6,
    }  # fmt: skip
    for values in ((False, True, False), (True, True, False), (True, True, True)):
        assert store.contains(odd | z, values) == ((values[0] ^ values[1]) or values[2])
    assert store.table(store.false).root == 0
    assert store.bytes() >= 0


@library
def test_fields_are_numbers(library: str) -> None:
    store = diagrams(4, library=library)
    bits = (0, 1, 2)

    def numbers(diagram: Any) -> set[int]:
        rows = [(*(bool(n >> (2 - i) & 1) for i in range(3)), False) for n in range(8)]
        return {n for n, row in enumerate(rows) if store.contains(diagram, row)}

    for low in range(-1, 9):
        for high in range(low - 1, 9):
            expected = {n for n in range(8) if low <= n <= high}
            assert numbers(between(store, bits, max(low, 0), min(high, 7))) == expected
    five = between(store, bits, 5, 5)
    for amount in range(-9, 9):
        moved = store.replaced(five, store.replacement(shifted(store, bits, -amount)))
        assert numbers(moved) == {(5 + amount) % 8}
    for bound in range(-3, 9):
        weights = {0: 4, 1: 2, 2: 1, 3: 0}
        assert numbers(linear_at_most(store, weights, bound)) == set(range(bound + 1)) & {*range(8)}


@pytest.mark.parametrize(
    ("net", "states"),
    [
        (philosophers(18), 7_761_798),
        (philosophers(1), 2),
        (branches(20, 6), 7**20 + 2),
        (kanban(7), 41_644_800),
        (slotted_ring(5), 53_856),
    ],
    ids=["philosophers", "one", "branches", "kanban", "ring"],
)
def test_known_counts(net: PetriNet, states: int) -> None:
    assert symbolic_state_space(net).n_states == states


def test_counts_longer_than_any_word() -> None:
    space = symbolic_state_space(philosophers(150))
    even = {0: 2, 1: 2}
    for n in range(2, 151):  # (1+√2)^n + (1-√2)^n satisfies a(n) = 2 a(n-1) + a(n-2)
        even[n] = 2 * even[n - 1] + even[n - 2]
    assert space.n_states == even[150]
    assert space.deadlocks == 1
    assert space.max_tokens_in_place == 1
    assert space.max_tokens_in_marking == 300
    assert "58-digit number" in repr(space)


def test_places_without_proof_are_widened() -> None:
    arcs: list[Any] = [("p", "t", 1), ("t", "q", 9), ("q", "u", 2), ("u", "r", 1)]
    net = PetriNet(places=["p", "q", "r"], transitions=["t", "u"], arcs=arcs, initial={"p": 3})
    space = symbolic_state_space(net)
    assert figures(space) == figures(state_space(net))
    assert space.bounds() == {"p": 3, "q": 27, "r": 13}


def test_nets_without_places_or_transitions() -> None:
    for net in (
        PetriNet(places=[], transitions=[]),
        PetriNet(places=[], transitions=["t"]),
        PetriNet(places=["p"], transitions=[], initial={"p": 5}),
    ):
        for library in LIBRARIES:
            assert figures(symbolic_state_space(net, library=library)) == figures(state_space(net))


def test_budgets_end_the_work_and_partial_sets_tell_nothing() -> None:
    for budget in (Budget(seconds=0), Budget(bytes=1)):
        space = symbolic_state_space(philosophers(200), budget=budget)
        assert not space.complete
        assert "budget" in str(space.reason)
        with pytest.raises(UndecidedError, match="not complete"):
            _ = space.n_states
    space = symbolic_state_space(kanban(6), library="dd", budget=Budget(bytes=200))
    assert not space.complete
    whole = symbolic_state_space(philosophers(5))
    with pytest.raises(UndecidedError, match="no run"):
        whole.run_to_some(Dead(), budget=Budget(seconds=0))


def test_names_are_checked() -> None:
    space = symbolic_state_space(philosophers(3))
    with pytest.raises(ExpressionError, match="fork1"):
        space.number_with(parse_predicate("fork_1 >= 1"))
    with pytest.raises(ExpressionError, match="left1"):
        space.number_with(parse_predicate("enabled(left_1)"))
    with pytest.raises(UsageError, match="no library"):
        symbolic_state_space(philosophers(3), library="cudd")


def test_a_library_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "oxidd", None)
    monkeypatch.delitem(sys.modules, "petri.state_space.symbolic.oxidd_diagrams", raising=False)
    monkeypatch.setitem(sys.modules, "oxidd._oxidd", None)
    with pytest.raises(UsageError, match="pip install oxidd"):
        symbolic_state_space(philosophers(3))


def test_force_puts_neighbours_together() -> None:
    names = [*range(0, 60, 2), *range(1, 60, 2)]
    chain = [(names[i], names[i + 1]) for i in range(59)]
    order = force_order(60, chain)
    assert sorted(order) == list(range(60))
    assert span(order, chain) <= 70 < span(list(range(60)), chain)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_sifting_finds_the_best_place_of_each(data: st.DataObject) -> None:
    n = data.draw(st.integers(2, 7))
    members = st.lists(st.integers(0, n - 1), min_size=2, max_size=n, unique=True).map(tuple)
    groups = data.draw(st.lists(members, min_size=1, max_size=6))
    order = data.draw(st.permutations(range(n)))
    better = sifted(order, groups)
    assert sorted(better) == list(range(n))
    for member in range(n):
        rest = [other for other in better if other != member]
        for k in range(n):
            assert span(better, groups) <= span([*rest[:k], member, *rest[k:]], groups)


def test_blocks_stay_together() -> None:
    blocks = [(3, 1, 5), (0, 4)]
    order = block_order(8, [(0, 7), (1, 7), (5, 2), (4, 6), (3, 4)], blocks)
    assert sorted(order) == list(range(8))
    for block in blocks:
        places = sorted(order.index(member) for member in block)
        assert places == list(range(places[0], places[0] + len(block)))


def units_of(structure: str) -> tuple[tuple[int, ...], ...]:
    places = "".join(f'<place id="p{i}"/>' for i in range(4))
    return nupn_units(parse_pnml(
        '<pnml><net id="n" type="http://www.pnml.org/version-2009/grammar/ptnet"><page id="g">'
        f'{places}<toolspecific tool="nupn" version="1.1">{structure}</toolspecific></page>'
        "</net></pnml>"
    ))  # fmt: skip


def test_units_that_make_no_sense_are_none() -> None:
    def unit(name: str, places: str, inner: str = "") -> str:
        return f'<unit id="{name}"><places>{places}</places><subunits>{inner}</subunits></unit>'

    def structure(*units: str, root: str = "a") -> str:
        return f'<structure root="{root}" safe="true">{"".join(units)}</structure>'

    good = structure(unit("a", "p0", "b c"), unit("c", "p3"), unit("b", "p2 p1"))
    assert units_of(good) == ((0,), (2, 1), (3,))
    assert nupn_units(philosophers(2)) == ()
    for wrong in (
        "", structure(root="z"), structure(unit("a", "p0", "a")), structure(unit("a", "ghost")),
        structure(unit("a", "p0 p0")), structure(unit("a", "p0", "z")),
        structure(unit("a", "p0"), unit("a", "p1")),
        structure(unit("a", "p0", "b"), unit("b", "p0")),
        structure(unit("a", "p0", "b c"), unit("b", "p1", "c"), unit("c", "p2", "b")),
    ):  # fmt: skip
        assert units_of(wrong) == ()


@library
def test_a_closure_goes_on_where_it_was(library: str) -> None:
    net = slotted_ring(5)
    order = force_order(len(net.place_ids), neighbourhoods(net))
    system = SymbolicNet(net, order, [1] * len(order), library=library)
    whole = Closure(system)
    whole.run(Budget().start())
    parts = Closure(system)
    rounds, looks = 0, 0

    class Hurried(Meter):
        """Over at the third look."""

        def exhausted(self, *, states: int = 0, bytes: int = 0) -> str | None:
            nonlocal looks
            looks += 1
            return "no more" if looks > 2 else None

    while not parts.started or parts.reason is not None:
        rounds, looks = rounds + 1, 0
        parts.run(Hurried(Budget()))
    assert rounds > 3
    assert parts.states == whole.states


def test_other_orders_are_tried_in_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """With turns of no time every order gets its part, and widening starts all of them again."""
    monkeypatch.setattr(contest, "FIRST", 0.0)
    monkeypatch.setattr(contest, "LATER", 1e-4)
    for net in (branches(6, 3), kanban(3), philosophers(9), slotted_ring(4)):
        space = symbolic_state_space(net)
        assert figures(space) == figures(state_space(net))
