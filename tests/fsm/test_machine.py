"""Networks of machines and their products, against the definition of synchronisation vectors."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fsm import Machine, Network, Vector, network_product
from transition_systems.budget import Budget
from transition_systems.errors import InputError, UsageError
from transition_systems.progress import Progress

quick = settings(max_examples=100, deadline=None, derandomize=True)


@st.composite
def networks(draw: st.DrawFn) -> Network:
    machines: list[Machine] = []
    for name in ("m", "n", "o")[: draw(st.integers(1, 3))]:
        states = ["0", "1", "2"][: draw(st.integers(1, 3))]
        state = st.sampled_from(states)
        steps = {
            (s, a): draw(state) for s in states for a in ("x", "y") if draw(st.integers(0, 2)) > 0
        }
        machines.append(
            Machine(
                name=name, states=states, initial=draw(state), final=draw(st.sets(state)),
                transitions=[(s, a, t) for (s, a), t in steps.items()],
            )
        )  # fmt: skip
    vectors: list[Vector] = []
    for index in range(draw(st.integers(0, 4))):
        parts = []
        for machine in machines:
            actions = list(machine.actions)
            if actions and draw(st.booleans()):
                local = draw(st.lists(st.sampled_from(actions), min_size=1, max_size=2))
                parts.append((machine.name, tuple(local)))
        label = draw(st.sampled_from([None, "a", "b"]))
        vectors.append(Vector(name=f"v{index}", label=label, parts=tuple(parts)))
    return Network(machines=tuple(machines), vectors=tuple(vectors))


def _by_definition(network: Network) -> tuple[set[tuple[str, ...]], set[tuple[object, ...]]]:
    tables = [{(s, a): t for s, a, t in m.transitions} for m in network.machines]
    names = [m.name for m in network.machines]
    start = tuple(m.initial for m in network.machines)
    seen, pending, arcs = {start}, [start], set()
    while pending:
        state = pending.pop()
        for vector in network.vectors:
            new: list[str | None] = list(state)
            for name, actions in vector.parts:
                at = names.index(name)
                for action in actions:
                    new[at] = tables[at].get((new[at] or "", action)) if new[at] else None
            if None in new:
                continue
            target = tuple(local for local in new if local is not None)
            arcs.add((state, vector.label, target))
            if target not in seen:
                seen.add(target)
                pending.append(target)
    return seen, arcs


@quick
@given(networks())
def test_product_is_that_of_the_definition(network: Network) -> None:
    found = network_product(network)
    assert found.complete
    assert found.lts.state_of is not None
    rows = [tuple(found.lts.state_of(i).values()) for i in range(found.lts.n_states)]
    states, arcs = _by_definition(network)
    assert set(rows) == states
    assert len(rows) == len(states)
    assert {(rows[s], label, rows[t]) for s, label, t in found.lts.arcs()} == arcs
    for row, final in zip(rows, found.lts.final.tolist(), strict=True):
        assert final is all(s in m.final for s, m in zip(row, network.machines, strict=True))


@quick
@given(networks())
def test_values(network: Network) -> None:
    scope = {"Network": Network, "Machine": Machine, "Vector": Vector}
    assert eval(repr(network), scope) == network
    assert Network.from_dict(network.to_dict()) == network
    assert hash(Network.from_dict(network.to_dict())) == hash(network)
    assert Network.from_dict(network.to_dict()).digest() == network.digest()


def _counter(limit: int) -> Network:
    states = [str(i) for i in range(limit + 1)]
    up = [(states[i], "up", states[i + 1]) for i in range(limit)]
    counter = Machine(name="c", states=states, initial="0", transitions=up, forbidden=[states[-1]])
    return Network(
        machines=(counter,), vectors=(Vector(name="more", label="up", parts=(("c", ("up",)),)),)
    )


def test_forbidden_states_are_told() -> None:
    found = network_product(_counter(3))
    assert not found.complete
    assert found.violation == ("c", "more")
    assert found.reason is not None
    assert "forbidden" in found.reason


def test_large_machines_and_budgets() -> None:
    network = _counter(4000)
    calls: list[Progress] = []
    found = network_product(network, budget=Budget(states=2000), progress=calls.append)
    assert found.reason == "the budget of 2000 states is used up"
    assert calls
    assert not found.complete


def test_mistakes_are_refused() -> None:
    machine = Machine(name="m", states=["0"], initial="0", transitions=[("0", "a", "0")])
    with pytest.raises(UsageError, match="no action 'b'"):
        Network(machines=(machine,), vectors=(Vector(name="v", parts=(("m", ("b",)),)),))
    with pytest.raises(UsageError, match="no machine 'n'"):
        Network(machines=(machine,), vectors=(Vector(name="v", parts=(("n", ("a",)),)),))
    with pytest.raises(UsageError, match="names a machine twice"):
        parts = (("m", ("a",)), ("m", ("a",)))
        Network(machines=(machine,), vectors=(Vector(name="v", parts=parts),))
    with pytest.raises(UsageError, match="occurs twice"):
        Network(machines=(machine, machine))
    with pytest.raises(UsageError, match="two transitions"):
        steps = [("0", "a", "0"), ("0", "a", "1")]
        Machine(name="m", states=["0", "1"], initial="0", transitions=steps)
    with pytest.raises(InputError):
        Network.from_dict({"schema": "other"})
    with pytest.raises(InputError):
        Machine.from_dict({"name": "m"})
