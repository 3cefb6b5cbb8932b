"""The mu-calculus while the game is explored: against the definition, rechecked, and mutated."""

from __future__ import annotations

import json
import random
from collections import Counter
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from json_mutants import Spoiler
from netproof.recheck import recheck
from oracles.mu_calculus import mu_states_by_definition
from petri import PetriNet, mu_calculus
from petri.ctl_star import labelled_by_transitions
from petri.mu_calculus import mu
from petri.mu_on_the_fly import mu_on_the_fly as mu_on_the_fly_of_net
from petri.state_space.packed import PackedNet
from petri.whole_space import whole_space
from strategies_ctl import random_system
from transition_systems.budget import Budget
from transition_systems.errors import ExpressionError, NetproofError, UsageError
from transition_systems.evidence import ParityStrategy, evidence_from_dict
from transition_systems.evidence_parity import mu_claim
from transition_systems.lts import LTS, TAU_NAME, TICK_NAME
from transition_systems.properties.predicates import Atom, Predicate
from transition_systems.protocols import BlockError, WidthError
from transition_systems.temporal import mu_on_the_fly
from transition_systems.temporal.mu_formulas import (
    Bound,
    Every,
    Fixpoint,
    Holds,
    Labels,
    Modal,
    MuFormula,
    No,
    Some,
    format_mu,
)
from transition_systems.temporal.mu_on_the_fly import check_mu_on_the_fly
from transition_systems.temporal.mu_parse import parse_mu
from transition_systems.verdict import Verdict

Words = NDArray[np.uint64]
PUMP = PetriNet(
    places=["i", "p", "q"], transitions=["go", "t", "u"], initial=["i"],
    arcs=[("i", "go"), ("go", "i"), ("go", "p"), ("p", "t"), ("t", "q"), ("i", "u"), ("u", "q")],
)  # fmt: skip


def random_mu(
    rng: random.Random, depth: int, labels: list[str], atoms: list[str],
    bound: tuple[str, ...] = (),
) -> MuFormula:  # fmt: skip
    """Return a closed formula; fixpoints alternate, names are used again inside."""

    def inner(*more: str) -> MuFormula:
        return random_mu(rng, depth - 1, labels, atoms, (*bound, *more))

    if depth == 0 or rng.random() < 0.1:
        if bound and rng.random() < 0.7:
            return Bound(rng.choice(bound))
        leaf: MuFormula = Holds(Atom(rng.choice(atoms)))
        return No(leaf) if rng.random() < 0.3 else leaf
    kind = rng.random()
    if kind < 0.35:
        make = rng.choice((Every, Some))
        return make(tuple(inner() for _ in range(rng.choice((1, 2, 2, 3)))))
    if kind < 0.65:
        names = frozenset(rng.sample(labels, rng.randint(0, min(2, len(labels)))))
        chosen = Labels(names, rng.random() < 0.5)
        return Modal("diamond" if rng.random() < 0.5 else "box", chosen, inner())
    name = rng.choice("XYZ")
    return Fixpoint("mu" if rng.random() < 0.5 else "nu", name, inner(name))


class Walked:
    """An explicit system whose states are numbers in two words, some at a time."""

    def __init__(self, lts: LTS, block: int) -> None:
        self.lts, self.block = lts, block
        self.labels = [name for name in lts.label_names if name != TICK_NAME]

    def initial(self) -> Words:
        return self.rows(self.lts.initial)

    def rows(self, states: NDArray[np.int64]) -> Words:
        return np.stack([states, states * 7 % 5], axis=1).astype(np.uint64)

    def successors(self, block: Words) -> tuple[NDArray[np.int64], NDArray[np.int32], Words]:
        found = [(at, int(label), int(target)) for at, row in enumerate(block)
                 for label, target in zip(*self.lts.successors(int(row[0])), strict=True)]  # fmt: skip
        places = [self.labels.index(self.lts.label_names[label]) for _, label, _ in found]
        targets = np.array([target for _, _, target in found], dtype=np.int64)
        source = np.array([at for at, _, _ in found], dtype=np.int64)
        return source, np.array(places, dtype=np.int32), self.rows(targets)

    def holds(self, predicate: Predicate, states: Words) -> NDArray[np.bool_]:
        assert isinstance(predicate, Atom)
        return self.lts.atoms[predicate.name][states[:, 0].astype(np.int64)]

    def decode(self, row: Words) -> int:
        return int(row[0])

    def reencode(self, seen: Words) -> Words:
        return seen


def _against_the_definition(seed: int) -> bool:
    """Compare with the definition on a random system; return whether all of it was explored."""
    rng = random.Random(seed)
    lts = random_system(rng, most=rng.randint(1, 8))
    formula = random_mu(rng, rng.randint(1, 7), ["a", "b", TAU_NAME], ["p", "q"])
    wanted = set(lts.initial.tolist()) <= mu_states_by_definition(lts, formula)
    verdict = check_mu_on_the_fly(
        Walked(lts, rng.randint(1, 4)), formula, model_digest=lambda: "d", labels="ab"
    )
    assert verdict.holds is wanted, (seed, format_mu(formula))
    proof = verdict.evidence
    assert isinstance(proof, ParityStrategy)
    assert proof.claim.formula == mu_claim(format_mu(formula), holds=wanted)
    return verdict.statistics.states > 8


def _small_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mu_on_the_fly, "FIRST", 3)
    monkeypatch.setattr(mu_on_the_fly, "GROWTH", 2)


def test_against_the_definition(monkeypatch: pytest.MonkeyPatch) -> None:
    _small_rounds(monkeypatch)
    assert sum(_against_the_definition(seed) for seed in range(100)) > 10


@pytest.mark.campaign
def test_against_the_definition_at_length(monkeypatch: pytest.MonkeyPatch) -> None:
    _small_rounds(monkeypatch)
    for seed in range(20_000):
        _against_the_definition(seed)


def random_net(rng: random.Random) -> PetriNet:
    """A net of three places; many have no bound."""
    places, transitions = ["p1", "p2", "p3"], ["t1", "t2", "t3"][: rng.randint(1, 3)]
    arcs = {(rng.choice(places), t): rng.choice((1, 1, 2)) for t in transitions}
    arcs |= {(p, t): 1 for t in transitions for p in places if rng.random() < 0.15}
    out = {(t, p): rng.choice((1, 1, 2)) for t in transitions for p in places if rng.random() < 0.4}
    initial = {p: rng.randint(0, 2) for p in places}
    return PetriNet(places=places, transitions=transitions, arcs={**arcs, **out}, initial=initial)


def _on_a_net(seed: int) -> tuple[str, PetriNet, ParityStrategy | None]:
    """Decide a random formula on a random net, on the fly, and recheck what is found."""
    rng = random.Random(seed)
    net = random_net(rng)
    formula = random_mu(rng, rng.randint(1, 6), list(net.transition_ids), ["p1", "p2", "p3"])
    verdict = mu_on_the_fly_of_net(net, parse_mu(format_mu(formula)), Budget(states=300))
    space = whole_space(net, "", Budget(states=60))
    bounded = not isinstance(space, Verdict)
    if verdict.unknown:
        assert not bounded or verdict.statistics.states > 300
        assert "positions of the game" in verdict.reason
        return "unknown", net, None
    assert isinstance(verdict.evidence, ParityStrategy)
    assert recheck(verdict.evidence, net).passed, (seed, format_mu(formula))
    if isinstance(space, Verdict):
        return "unbounded", net, verdict.evidence
    lts = labelled_by_transitions(space)
    atoms = {name: space.markings[:, place] > 0 for place, name in enumerate(net.place_ids)}
    lts = LTS.from_canonical(lts.offsets, lts.labels, lts.targets, lts.label_names, atoms=atoms)
    assert verdict.holds is (0 in mu_states_by_definition(lts, formula)), (seed, str(formula))
    return "bounded", net, verdict.evidence


def test_on_nets(monkeypatch: pytest.MonkeyPatch) -> None:
    _small_rounds(monkeypatch)
    found = Counter(_on_a_net(seed)[0] for seed in range(60))
    assert min(found["unbounded"], found["bounded"]) > 10


@pytest.mark.campaign
def test_on_nets_at_length(monkeypatch: pytest.MonkeyPatch) -> None:
    _small_rounds(monkeypatch)
    found = Counter(_on_a_net(seed)[0] for seed in range(10_000))
    assert min(found["unbounded"], found["bounded"]) > 1_000


def _truth(net: PetriNet, evidence: ParityStrategy) -> bool | None:
    """Whether a claim is true, where the definition can tell."""
    space = whole_space(net, "", Budget(states=60))
    if hasattr(space, "outcome"):
        return None
    verdict = mu(net, evidence.formula)
    return evidence.claim.formula == mu_claim(evidence.formula, holds=verdict.holds)


def _mutants(count: int, seed: int) -> Counter[str]:
    """Mutate evidence about bounded nets; count what was tried, and refuse a false claim."""
    rng = random.Random(seed)
    tried: Counter[str] = Counter()
    spoiler = Spoiler(rng, ["p1", "t1", "nu X. [true] X", "mu X. <true> X || p1"])
    while tried["all"] < count:
        kind, net, evidence = _on_a_net(rng.randrange(10**6))
        if kind != "bounded" or evidence is None:
            continue
        data: Any = json.loads(json.dumps(evidence.to_dict()))
        for _ in range(20):
            made: Any = spoiler.spoilt(data)
            if rng.random() < 0.5 and isinstance(made, dict):
                true = rng.random() < 0.5
                made["claim"] = {**data["claim"], "formula": mu_claim(evidence.formula, holds=true)}
            tried["all"] += 1
            try:
                spoilt = evidence_from_dict(made)
            except (NetproofError, KeyError, TypeError, ValueError, AttributeError):
                continue
            if isinstance(spoilt, ParityStrategy) and recheck(spoilt, net).passed:
                tried["accepted"] += 1
                assert _truth(net, spoilt), made
    return tried


def test_mutants_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    _small_rounds(monkeypatch)
    assert _mutants(400, 5)["accepted"] < 200


@pytest.mark.campaign
def test_mutants_are_refused_at_length(monkeypatch: pytest.MonkeyPatch) -> None:
    _small_rounds(monkeypatch)
    assert _mutants(20_000, 6)["accepted"] > 100


@pytest.mark.parametrize(
    ("text", "outcome", "actions"),
    [
        ("<true*> {p >= 5}", "HOLDS", ("go",) * 5),
        ("mu X. <go> X || {p >= 30}", "HOLDS", ("go",) * 30),
        ("[true*] <true> true", "VIOLATED", ("u",)),
        ("[go.go.u] <t.t> [t] false", "HOLDS", None),
        ("AG {q <= 3}", "VIOLATED", None),
        ("EF (p >= 3 && <t><t><t> q >= 3)", "HOLDS", ("go",) * 3 + ("t",) * 3),
        ("AG (dead -> q >= 2)", "VIOLATED", ("u",)),
        ("EF (enabled(t) && !enabled(go))", "HOLDS", ("go", "u")),
        ("nu X. <go> X", "UNKNOWN", None),
        ("mu X. [true] X", "UNKNOWN", None),
    ],
)
def test_a_net_without_a_bound(text: str, outcome: str, actions: tuple[str, ...] | None) -> None:
    verdict = mu(PUMP, text, budget=Budget(states=4_000))
    assert str(verdict.outcome) == outcome
    if outcome == "UNKNOWN":
        assert verdict.reason is not None
        assert "positions of the game that were looked at do not decide" in verdict.reason
        return
    assert verdict.evidence is not None
    assert recheck(verdict.evidence, PUMP).passed
    if actions is not None:
        assert verdict.witness is not None
        assert verdict.witness.actions == actions


def test_a_huge_net(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mu_calculus, "FEW", 500)
    places = [f"{side}{n}" for n in range(40) for side in "ab"]
    net = PetriNet(
        places=places, transitions=[f"t{n}" for n in range(40)],
        arcs=[arc for n in range(40) for arc in ((f"a{n}", f"t{n}"), (f"t{n}", f"b{n}"))],
        initial=[f"a{n}" for n in range(40)],
    )  # fmt: skip
    for text, outcome in {
        "<t1.t2*.t3> {b3 == 1}": "HOLDS",
        "[t1.t2.t3] enabled(t3)": "VIOLATED",
        "nu X. [t1 || t2] X && a7": "HOLDS",
    }.items():
        verdict = mu(net, text, budget=Budget(states=5_000))
        assert str(verdict.outcome) == outcome
        assert verdict.statistics.states < 50
        assert verdict.evidence is not None
        assert recheck(verdict.evidence, net).passed


def test_what_is_wrong_is_told_before_anything_is_explored() -> None:
    for text in ("<go> true || {pp >= 1}", "<goo> true", "<go> enabled(tt)"):
        with pytest.raises(ExpressionError, match="Did you mean"):
            mu(PUMP, text)
    with pytest.raises(UsageError):
        mu(PUMP, Bound("X"))
    system = PackedNet(PUMP)
    with pytest.raises(UsageError, match="nothing tells where"):
        check_mu_on_the_fly(system, "<go> p", model_digest=PUMP.digest)
    found = check_mu_on_the_fly(system, "<go> enabled(t)", model_digest=PUMP.digest)
    assert found.holds


def test_a_step_out_of_the_markings_is_no_way_out() -> None:
    verdict = mu(PUMP, "[go] <t> true", budget=Budget(states=4_000))
    proof = verdict.evidence
    assert isinstance(proof, ParityStrategy)
    assert proof.space is not None
    assert len(proof.space.rows) == 3
    fewer = proof.to_dict()
    rows = proof.space.rows[:2]
    fewer["space"] = {**proof.space.to_dict(), **_rows(rows)}
    assert not recheck(evidence_from_dict(fewer), PUMP).passed


def _rows(rows: NDArray[np.int64]) -> dict[str, Any]:
    from transition_systems.evidence_data import encode_array

    return {"rows": encode_array(rows)}


class Counting:
    """A system of the numbers 0 to 3 in words of 64 bits: 0 leads to all others.

    Two labels have one name; the first is on all steps.
    """

    labels = ("a", "a")
    wide = True

    def __init__(self, alone: bool = False, narrow: bool = False) -> None:
        self.alone, self.wide = alone, not narrow

    def initial(self) -> Words:
        return np.zeros((1, 1 + self.wide), dtype=np.uint64)

    def successors(self, block: Words) -> tuple[Any, Any, Words]:
        if not self.wide:
            raise WidthError("too narrow")
        if self.alone and len(block) > 1:
            raise BlockError(1)
        source = np.repeat(np.flatnonzero(block[:, 0] == 0), 3)
        target = np.zeros((len(source), 2), dtype=np.uint64)
        target[:, 0] = np.tile(np.arange(1, 4), len(source) // 3)
        return source, np.zeros(len(source), dtype=np.int32), target

    def decode(self, row: Words) -> int:
        return int(row[0])

    def reencode(self, seen: Words) -> Words:
        self.wide = True
        return np.concatenate([seen, np.zeros_like(seen)], axis=1)


@pytest.mark.parametrize("ways", [{}, {"alone": True}, {"narrow": True}])
@pytest.mark.parametrize(
    ("text", "outcome"),
    [("<a> true", "HOLDS"), ("enabled(a)", "HOLDS"), ("dead", "VIOLATED"), ("<a> dead", "HOLDS"),
     ("[a] enabled(a)", "VIOLATED"), ("[a] (dead || enabled(a))", "HOLDS")],
)  # fmt: skip
def test_systems_with_labels_of_one_name_in_small_blocks_and_words(
    text: str, outcome: str, ways: dict[str, bool]
) -> None:
    verdict = check_mu_on_the_fly(
        Counting(**ways), text, model_digest=lambda: "d", budget=Budget(states=1_000, seconds=20)
    )
    assert str(verdict.outcome) == outcome


def test_one_position_is_told_in_the_singular() -> None:
    net = PetriNet(places=["p"], transitions=["t"], arcs=[("t", "p")])
    for states, said in ((0, "the 1 position of the game that was looked at does not"),
                         (3, "positions of the game that were looked at do not")):  # fmt: skip
        verdict = mu(net, "[true*] {p <= 50}", budget=Budget(states=states))
        assert verdict.unknown
        assert said in str(verdict.reason)
