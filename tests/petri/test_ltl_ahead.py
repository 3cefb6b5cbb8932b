"""LTL where the product with the negation is finite: by listing, rechecked, and mutated."""

from __future__ import annotations

import json
import random
from collections import Counter
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import netproof
from json_mutants import Spoiler
from ltl_cases import LEAVES, random_formula
from netproof.recheck import recheck, recheck_ltl
from petri import PetriNet
from petri.ctl_star import labelled_by_transitions
from petri.ltl import ltl
from petri.whole_space import whole_space
from transition_systems.budget import Budget
from transition_systems.errors import NetproofError
from transition_systems.evidence import LtlRanks, evidence_from_dict
from transition_systems.evidence_ltl import ltl_formula
from transition_systems.lts import LTS
from transition_systems.properties.format import format_formula
from transition_systems.properties.formulas import Negation
from transition_systems.properties.parse import parse_formula
from transition_systems.properties.predicates import Predicate
from transition_systems.protocols import BlockError, WidthError
from transition_systems.temporal import ltl_on_the_fly
from transition_systems.temporal.ltl import check_ltl
from transition_systems.temporal.ltl_on_the_fly import check_ltl_on_the_fly
from transition_systems.verdict import Verdict

Words = NDArray[np.uint64]
QUEUE = PetriNet(
    places=["idle", "busy", "buffer"], transitions=["arrive", "take", "done"], initial=["idle"],
    arcs=[("arrive", "buffer"), ("buffer", "take"), ("idle", "take"), ("take", "busy"),
          ("busy", "done"), ("done", "idle")],
)  # fmt: skip
PUMP = PetriNet(places=["n"], transitions=["more"], arcs=[("more", "n")], initial=[])
CASES = [
    (QUEUE, "F buffer"), (QUEUE, "X buffer"), (QUEUE, "F (buffer >= 2 || busy)"),
    (QUEUE, "idle U buffer"), (QUEUE, "X (enabled(take) && X (busy || buffer >= 2))"),
    (QUEUE, "!G (buffer == 0)"), (QUEUE, "buffer == 0 W enabled(take)"),
    (PUMP, "F (n >= 4)"), (PUMP, "F (n >= 300 && !dead)"), (PUMP, "(n <= 20) U (n == 21)"),
    (PUMP, "F (n == 3 && X n == 4)"),
]  # fmt: skip


@pytest.mark.parametrize(("net", "text"), CASES)
def test_nets_without_a_bound(net: PetriNet, text: str) -> None:
    verdict = ltl(net, text, budget=Budget(seconds=30))
    assert verdict.holds
    evidence = evidence_from_dict(json.loads(json.dumps(again(verdict))))
    assert recheck_ltl(evidence, net, formula=text).passed
    assert not recheck_ltl(evidence, net, formula=f"!({text})").passed
    assert not recheck_ltl(evidence, QUEUE if net is PUMP else PUMP).passed
    (told,) = netproof.check(net, properties=[text]).models[0].verdicts
    assert (str(told.outcome), told.rechecked) == ("HOLDS", "passed")


def again(verdict: Verdict) -> dict[str, Any]:
    assert isinstance(verdict.evidence, LtlRanks)
    return verdict.evidence.to_dict()


def test_what_stays_open() -> None:
    for text in ("F busy", "G F buffer"):
        assert not ltl(QUEUE, text, budget=Budget(states=1_000, seconds=30)).holds


def random_net(rng: random.Random) -> PetriNet:
    """A net of three places; many have no bound."""
    places, transitions = ["p", "q", "r"], ["a", "b", "c"][: rng.randint(1, 3)]
    arcs = {(rng.choice(places), t): rng.choice((1, 1, 2)) for t in transitions}
    out = {(t, p): rng.choice((1, 1, 2)) for t in transitions for p in places if rng.random() < 0.4}
    initial = {p: rng.randint(0, 2) for p in places}
    return PetriNet(places=places, transitions=transitions, arcs={**arcs, **out}, initial=initial)


def listed(net: PetriNet) -> LTS | None:
    """All markings as a system; ``None`` where there are too many."""
    space = whole_space(net, "", Budget(states=60))
    if isinstance(space, Verdict):
        return None
    lts = labelled_by_transitions(space)
    atoms = {name: space.markings[:, place] > 0 for place, name in enumerate(net.place_ids)}
    return LTS.from_canonical(lts.offsets, lts.labels, lts.targets, lts.label_names, atoms=atoms)


def decided(rng: random.Random) -> tuple[PetriNet, Verdict, LTS | None]:
    net, formula = random_net(rng), random_formula(rng, rng.randint(1, 4), LEAVES)
    return net, ltl(net, formula, method="explicit", budget=Budget(states=200)), listed(net)


def left_out(net: PetriNet, evidence: LtlRanks) -> bool:
    """Whether the markings of evidence are not all that there are."""
    assert evidence.space is not None
    space = whole_space(net, "", Budget(states=1_000))
    return isinstance(space, Verdict) or space.n_states > len(evidence.space.rows)


def compare(count: int, seed: int) -> Counter[str]:
    rng, found = random.Random(seed), Counter[str]()
    for _ in range(count):
        net, verdict, lts = decided(rng)
        if lts is not None:
            assert not verdict.unknown
            assert verdict.holds is check_ltl(lts, verdict.property, evidence=False).holds
        if verdict.unknown:
            found["unknown"] += 1
            continue
        assert verdict.evidence is not None
        assert recheck(verdict.evidence, net).passed, (verdict.property, net.to_dict())
        if isinstance(verdict.evidence, LtlRanks):
            part = left_out(net, verdict.evidence)
            found[f"{'bounded' if lts else 'unbounded'} {'in part' if part else 'whole'}"] += 1
    return found


def small_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ltl_on_the_fly, "FIRST", 2)
    monkeypatch.setattr(ltl_on_the_fly, "GROWTH", 2)


def test_against_all_markings(monkeypatch: pytest.MonkeyPatch) -> None:
    small_rounds(monkeypatch)
    found = compare(90, 1)
    assert min(found["bounded in part"], found["unbounded in part"]) > 1, found


@pytest.mark.campaign
def test_against_all_markings_at_length(monkeypatch: pytest.MonkeyPatch) -> None:
    small_rounds(monkeypatch)
    found = compare(5_000, 2)
    assert min(found["bounded in part"], found["unbounded in part"]) > 100, found


def mutants(count: int, seed: int) -> Counter[str]:
    """Spoil ranks on a part of the markings, and their claims: what is accepted is true."""
    rng, tried = random.Random(seed), Counter[str]()
    while tried["all"] < count:
        net, verdict, lts = decided(rng)
        proof = verdict.evidence
        if lts is None or not isinstance(proof, LtlRanks) or not left_out(net, proof):
            continue
        data: Any = json.loads(json.dumps(proof.to_dict()))
        spoiler = Spoiler(rng, ["p", "a", "G p", "F q", data["formula"]])
        for _ in range(10):
            made: Any = spoiler.spoilt(data) if rng.random() < 0.7 else dict(data)
            if rng.random() < 0.4 and isinstance(made, dict):
                tree = parse_formula(data["formula"])
                tree = rng.choice((tree, Negation(tree), random_formula(rng, 2, LEAVES)))
                text = format_formula(tree)
                said = ltl_formula(text, holds=True, weak=False, fair=(), strong=())
                made = {**made, "formula": text, "claim": {**data["claim"], "formula": said}}
            tried["all"] += 1
            try:
                spoilt = evidence_from_dict(made)
            except (NetproofError, KeyError, TypeError, ValueError, AttributeError):
                continue
            if isinstance(spoilt, LtlRanks) and recheck(spoilt, net).passed:
                tried["accepted"] += 1
                assert (spoilt.weak, spoilt.fair, spoilt.strong) == (False, (), ())
                assert check_ltl(lts, spoilt.formula, evidence=False).holds, made
    return tried


def test_mutants_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    small_rounds(monkeypatch)
    assert 5 < mutants(100, 4)["accepted"] < 90


@pytest.mark.campaign
def test_mutants_are_refused_at_length(monkeypatch: pytest.MonkeyPatch) -> None:
    small_rounds(monkeypatch)
    assert mutants(10_000, 5)["accepted"] > 500


def test_a_part_is_not_enough_where_not_all_paths_count() -> None:
    verdict = ltl(QUEUE, "F buffer", budget=Budget(seconds=30))
    data = again(verdict)
    assert recheck(evidence_from_dict(data), QUEUE).passed
    take = (("take",),)
    for weak, fair, strong in ((True, (), ()), (False, take, ()), (False, (), take)):
        changed = {"weak": weak, "fair": fair, "strong": strong}
        said = ltl_formula("F buffer", holds=True, weak=weak, fair=fair, strong=strong)
        forged = {**data, **changed, "claim": {**data["claim"], "formula": said}}
        found = recheck(evidence_from_dict(forged), QUEUE)
        assert "leads out of the set" in str(found.reason)


class Numbers:
    """Numbers that grow for ever by one or two, in fields of a few bits, some at a time."""

    labels = ("one", "two")

    def __init__(self, bits: int, block: int) -> None:
        self.bits, self.most, self.seen = bits, block, 0

    def initial(self) -> Words:
        return self.code(np.zeros(1, dtype=np.int64))

    def code(self, values: NDArray[np.int64]) -> Words:
        """A number beside the width that it is written for."""
        return np.stack([values, np.full(len(values), self.bits)], axis=1).astype(np.uint64)

    def value(self, rows: Words) -> NDArray[np.int64]:
        assert (rows[:, 1] == self.bits).all()  # all states are in the encoding of now
        return rows[:, 0].astype(np.int64)

    def successors(self, block: Words) -> tuple[NDArray[np.int64], NDArray[np.int32], Words]:
        if len(block) > self.most:
            raise BlockError(self.most)
        values = self.value(block)
        after = np.stack([values + 1, values + 2], axis=1).reshape(-1)
        if after.max(initial=0) >= 1 << self.bits:
            raise WidthError
        labels = np.tile(np.arange(2, dtype=np.int32), len(block))
        return np.repeat(np.arange(len(block)), 2), labels, self.code(after)

    def holds(self, predicate: Predicate, states: Words) -> NDArray[np.bool_]:
        return self.value(states) >= 40

    def decode(self, row: Words) -> int:
        return int(row[0])

    def reencode(self, seen: Words) -> Words:
        values = self.value(seen)
        self.bits += 1
        self.seen += 1
        return self.code(values)


@pytest.mark.parametrize(("first", "block"), [(2, 1), (5, 3), (30, 100), (2_000, 100)])
def test_a_system_without_end(first: int, block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ltl_on_the_fly, "FIRST", first)
    system = Numbers(2, block)
    arcs = [(n, name, n + step) for n in range(40) for step, name in ((1, "one"), (2, "two"))]
    lts = LTS.from_arcs(42, arcs, atoms={"far": [n >= 40 for n in range(42)]})
    verdict = check_ltl_on_the_fly(
        system, "F far && F enabled(one)", model_digest=lts.digest(), budget=Budget(seconds=60)
    )
    assert verdict.holds
    assert system.seen >= 4
    assert verdict.evidence is not None
    far = lts.atoms["far"]
    able = np.ones(42, dtype=np.bool_)
    found = recheck_ltl(
        verdict.evidence, lts, holds=lambda leaf: far if str(leaf).startswith("Atom") else able
    )
    assert found.passed, found.reason
    assert check_ltl_on_the_fly(
        Numbers(3, block), "G !far", model_digest="", budget=Budget(seconds=60)
    ).violated
    assert check_ltl_on_the_fly(
        Numbers(3, block), "G F far", model_digest="", budget=Budget(states=400, seconds=60)
    ).unknown
