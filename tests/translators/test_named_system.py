"""The names that states of transition systems go by: one each, and none that is an atom's."""

from __future__ import annotations

import random

import pytest

from transition_systems import LTS
from translators.named_system import NamedSystem

ATOMS = ("s0", "s1", "s01", "s", "s٣", "s99", "s'0", "p", "final", "s1 ", "-1")


def drawn(rng: random.Random) -> LTS:
    n = rng.randint(1, 4)
    atoms = {
        name: [rng.random() < 0.4 for _ in range(n)] for name in rng.sample(ATOMS, rng.randint(0, 5))
    }  # fmt: skip
    texts = rng.sample(["off", "on", "p", "s0", "", "broken", "s3"], n)
    own = rng.choice([None, texts.__getitem__, lambda state: {"x": state}, lambda _: "same"])
    return LTS.from_arcs(n, [(rng.randrange(n), "a", rng.randrange(n))], atoms=atoms, state_of=own)


def test_names_of_states() -> None:
    rng = random.Random(4)
    kinds = set()
    for _ in range(400):
        system = NamedSystem(lts=drawn(rng))
        names = system.state_names()
        n = system.lts.n_states
        assert len({*names, *system.atoms}) == n + len(system.atoms)
        assert [system.state_named(name) for name in names] == list(range(n))
        assert [system.state_name(state) for state in range(n)] == list(names)
        for other in (*ATOMS, "", "s", "s00", "s0x", "s-1", "s" + "9" * 30, "S0", names[0] + " "):
            assert (system.state_named(other) is not None) is (other in names)
        net = system.net()
        assert net.place_ids == (*names, *system.atoms)
        assert net.initial.to_dict() == system.tokens(0)
        kinds.add(names[0][:2])
    assert {"s0", "s'", "of"} <= kinds


@pytest.mark.parametrize("state", [0, 1, 2])
def test_tokens_are_markings(state: int) -> None:
    lts = LTS.from_arcs(
        3, [(s, "a", t) for s in range(3) for t in range(3)], initial=[state],
        atoms={"p": [True, False, True], "q": [False] * 3},
    )  # fmt: skip
    system = NamedSystem(lts=lts)
    assert system.tokens(state) == system.net().initial.to_dict()
    assert system.labels == ("a",)
