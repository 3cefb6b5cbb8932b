"""Places that share a field: groups with one token, and groups that were wrongly taken for such."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from petri import PetriNet, parse_pnml
from petri.state_space.exploring_packed import state_space
from petri.state_space.symbolic import contest, exploring_symbolic
from petri.state_space.symbolic.block_orders import Plan, candidate_orders
from petri.state_space.symbolic.closure import Closure
from petri.state_space.symbolic.diagrams import LIBRARIES
from petri.state_space.symbolic.exploring_symbolic import symbolic_state_space
from petri.state_space.symbolic.symbolic_net import SymbolicNet
from petri.state_space.symbolic.symbolic_space import SymbolicSpace
from petri.structure.flows import place_semiflows
from recheck_support import coded_space
from state_space_nets import branches, kanban, philosophers
from transition_systems.budget import Budget
from transition_systems.properties.parse import parse_predicate
from transition_systems.properties.predicates import Compare, Dead, Enabled, Not, Predicate


def figures(space: Any) -> tuple[Any, ...]:
    return (
        space.n_states, space.n_arcs, space.deadlocks, space.bounds(),
        space.max_tokens_in_place, space.max_tokens_in_marking,
    )  # fmt: skip


@st.composite
def machines(draw: st.DrawFn) -> tuple[PetriNet, list[tuple[int, ...]]]:
    """Some machines with one token each, or none, that step together, and a few counters."""
    sizes = draw(st.lists(st.integers(1, 4), min_size=1, max_size=3))
    places = [[f"m{i}s{j}" for j in range(size)] for i, size in enumerate(sizes)]
    counters = [f"c{i}" for i in range(draw(st.integers(0, 2)))]
    arcs: list[tuple[str, str, int]] = []
    names = [f"t{i}" for i in range(draw(st.integers(1, 6)))]
    for name in names:
        moving = draw(st.lists(st.integers(0, len(sizes) - 1), min_size=1, unique=True))
        for machine in moving:
            take = draw(st.booleans()) or draw(st.booleans())
            if take:
                arcs.append((draw(st.sampled_from(places[machine])), name, 1))
            if take and draw(st.integers(0, 4)):
                arcs.append((name, draw(st.sampled_from(places[machine])), 1))
        if len(counters) == 2 and draw(st.booleans()):
            weight = draw(st.integers(1, 2))
            one, other = draw(st.permutations(counters))
            arcs += [(one, name, weight), (name, other, weight)]
    initial = {draw(st.sampled_from(row)): 1 for row in places if draw(st.integers(0, 4))}
    initial.update(dict.fromkeys(counters, draw(st.integers(0, 3))))
    net = PetriNet(
        places=[*(p for row in places for p in row), *counters],
        transitions=names,
        arcs=arcs,
        initial=initial,
    )
    return net, [tuple(map(net.place_index, row)) for row in places if len(row) > 1]


@settings(max_examples=120, deadline=None)
@given(machines(), st.sampled_from(LIBRARIES), st.data())
def test_groups_change_no_figure(
    made: tuple[PetriNet, list[tuple[int, ...]]], library: str, data: st.DataObject
) -> None:
    net, groups = made
    explicit = state_space(net)
    order = data.draw(st.permutations(range(len(net.place_ids))))
    widths = [4 if name.startswith("c") else 1 for name in net.place_ids]
    system = SymbolicNet(net, order, widths, library=library, groups=groups)
    closure = Closure(system)
    closure.run(Budget().start())
    assert closure.wide is None
    space = SymbolicSpace(
        net, system, closure.states, reason=None, pump=None, seconds=0.0, cpu_seconds=0.0,
        peak_bytes=0,
    )  # fmt: skip
    assert figures(space) == figures(explicit)
    everything = sorted(space.markings(), key=str)
    assert len(everything) == space.n_states
    assert all(marking in space for marking in everything)
    assert {tuple(m[p] for p in net.place_ids) for m in everything} == {
        tuple(row) for row in explicit.markings.tolist()
    }
    chosen = data.draw(st.lists(st.sampled_from(everything), max_size=5))
    states = system.store.false
    for marking in chosen:
        states = states | system.one(marking)
    steps = {(m, net.fire(m, t)) for m in everything for t in net.enabled(m)}
    after = {target for source, target in steps if source in chosen}
    before = {source for source, target in steps if target in chosen}
    assert set(space.markings(system.image(states))) == after
    assert set(space.markings(system.preimage(states) & space.states)) == before
    terms = tuple((p, data.draw(st.integers(-2, 2))) for p in net.place_ids)
    op = data.draw(st.sampled_from(("<=", ">=", "==", "!=", "<", ">")))
    goals: list[Predicate] = [Compare(terms, op, data.draw(st.integers(-3, 3))), Dead()]
    goals += [Not(goals[0]), Enabled(net.transition_ids[0])]
    for goal in goals:
        where = explicit.holds(goal)
        assert space.number_with(goal) == int(where.sum())
        for shortest in (True, False):
            run = space.run_to_some(goal, shortest=shortest)
            assert (run is None) == (not where.any())
            if run is not None:
                assert explicit.number_of(run.last) in where.nonzero()[0]


def nested(text: str, initial: dict[str, int], *units: str) -> PetriNet:
    """A net from ``"t: p q > r"`` lines, with places by name, through PNML with units."""
    lines = [line.partition(":") for line in text.split(";")]
    arcs = [
        f'<arc id="{t.strip()}{side}{p}" source="{p if not side else t.strip()}" '
        f'target="{t.strip() if not side else p}"/>'
        for t, _, tail in lines
        for side, part in enumerate(tail.split(">"))
        for p in part.split()
    ]
    names = list(dict.fromkeys(p for u in units for p in u.split()))
    places = "".join(
        f'<place id="{p}"><initialMarking><text>{initial.get(p, 0)}</text></initialMarking></place>'
        for p in names
    )
    transitions = "".join(f'<transition id="{t.strip()}"/>' for t, _, _ in lines)
    inner = "".join(
        f'<unit id="u{i}"><places>{unit}</places><subunits/></unit>' for i, unit in enumerate(units)
    )
    root = f'<unit id="r"><places/><subunits>{" ".join(f"u{i}" for i in range(len(units)))}</subunits></unit>'
    return parse_pnml(
        '<pnml><net id="n" type="http://www.pnml.org/version-2009/grammar/ptnet"><page id="g">'
        f"{places}{transitions}{''.join(arcs)}"
        '<toolspecific tool="nupn" version="1.1"><structure root="r" safe="true">'
        f"{root}{inner}</structure></toolspecific></page></net></pnml>"
    )


FORK = "t: i > p q; x: p > r; y: q > s; j: r s > o"


@pytest.mark.parametrize(
    ("net", "kept"),
    [
        (nested(FORK, {"i": 1}, "i o", "p r", "q s"), 3),
        (nested(FORK, {"i": 1}, "i o", "p r q s"), 1),
        (nested(FORK, {"i": 1}, "i p", "q r", "s o"), 2),
        (nested(FORK, {"i": 2}, "i o", "p r", "q s"), 0),
        (nested("t: a > b e; u: b > c; v: e > b", {"a": 1, "d": 1}, "a b e", "c d"), 0),
        (nested("t: a > b c", {"a": 1}, "a d", "b c"), 1),
    ],
)
def test_units_are_not_believed(net: PetriNet, kept: int, monkeypatch: pytest.MonkeyPatch) -> None:
    plans = list(candidate_orders(net))
    assert len(plans) == 2
    monkeypatch.setattr(exploring_symbolic._Knowledge, "orders", lambda self: iter([plans[1]]))
    space = symbolic_state_space(net)
    assert figures(space) == figures(state_space(net))
    groups = {bits for bits, code in zip(space.system.bits, space.system.fields.codes) if code}
    assert len(groups) == kept


def test_semiflows_with_one_token_become_groups() -> None:
    net = philosophers(6)
    plans = list(candidate_orders(net, place_semiflows(net)))
    assert [bool(plan.groups) for plan in plans] == [False, True]
    assert all(
        sum(net.initial.to_array(net.place_ids)[list(group)]) == 1 for group in plans[1].groups
    )
    assert list(candidate_orders(kanban(2), place_semiflows(kanban(2))))[1].groups == ()
    assert Plan([0]) == Plan([0], ())


@pytest.mark.parametrize("library", LIBRARIES)
def test_other_plans_take_their_turns(library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contest, "FIRST", 0.0)
    monkeypatch.setattr(contest, "LATER", 1e-4)
    for net in (philosophers(5), branches(3, 3)):
        space = symbolic_state_space(net, library=library)
        assert figures(space) == figures(state_space(net))


def test_markings_that_do_not_fit_are_in_no_set() -> None:
    net = philosophers(3)
    space = coded_space(net, "think0 wait0 eat0")
    assert net.initial in space
    assert {"think0": 1, "wait0": 1} not in space
    assert {**net.initial.to_dict(), "think0": 2} not in space
    assert space.system.one({"think0": 1, "wait0": 1}) == space.system.store.false
    assert space.number_with(parse_predicate("think0 + wait0 + eat0 >= 2")) == 0
    assert space.number_with(parse_predicate("think0 + wait0 + eat0 == 1")) == space.n_states
