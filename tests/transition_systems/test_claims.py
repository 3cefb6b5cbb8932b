"""Claims that are put into words when they are first read."""

from __future__ import annotations

import copy
import pickle
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from transition_systems import (
    LTS,
    Verdict,
    bisimilar,
    check_ctl,
    check_ctl_star,
    check_livelock,
    check_ltl,
    check_mu,
    equivalent,
    isomorphic,
    refines,
    similar,
)
from transition_systems.evidence_data import Claim
from transition_systems.lts_data import pair_digest

SAID = Claim(formula="EF dead", model_digest="sha256:0")


class Teller:
    """Tells the statement and the digest, and counts how often it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def formula(self) -> str:
        self.asked.append("formula")
        return SAID.formula

    def digest(self) -> str:
        self.asked.append("digest")
        return SAID.model_digest

    def claim(self) -> Claim:
        return Claim.when_read(self.formula, self.digest)


def test_nothing_is_told_before_it_is_read_and_then_once() -> None:
    teller = Teller()
    claim = teller.claim()
    assert claim.source_digest is None
    assert not teller.asked
    for _ in range(2):
        assert (claim.formula, claim.model_digest) == (SAID.formula, SAID.model_digest)
    assert teller.asked == ["formula", "digest"]


def test_each_of_both_is_told_by_itself() -> None:
    teller = Teller()
    assert teller.claim().formula == SAID.formula
    assert teller.asked == ["formula"]
    assert Claim.when_read(SAID.formula, teller.digest).formula == SAID.formula
    assert teller.asked == ["formula"]
    assert Claim.when_read(SAID.formula, teller.digest) == SAID
    assert teller.asked == ["formula", "digest"]


def loops(n: int) -> LTS:
    return LTS.from_arcs(n, [(s, None, s) for s in range(n)], atoms={"p": [True] * n})


@pytest.mark.parametrize(
    "decide",
    [
        lambda a, b: bisimilar(a, b),
        lambda a, b: bisimilar(a, b, "weak"),
        lambda a, b: similar(a, b),
        lambda a, b: equivalent(a, b),
        lambda a, b: refines(a, b, "failures"),
        lambda a, b: isomorphic(a, b),
        lambda a, _: check_ctl(a, "AG EF p"),
        lambda a, _: check_ltl(a, "G F p"),
        lambda a, _: check_ltl(a, "G F !p"),
        lambda a, _: check_ctl_star(a, "E G F p"),
        lambda a, _: check_mu(a, "nu X. [true] X"),
        lambda a, _: check_livelock(a),
    ],
)
def test_a_decision_hashes_no_system(
    decide: Callable[[LTS, LTS], Verdict], monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[LTS] = []
    digest = LTS.digest

    def counted(lts: LTS) -> str:
        hashed.append(lts)
        return digest(lts)

    monkeypatch.setattr(LTS, "digest", counted)
    one, other = loops(3), loops(2)
    evidence = decide(one, other).evidence
    assert evidence is not None
    assert evidence.claim.formula
    assert not hashed
    digests = (one.digest(), pair_digest(one, other))
    assert evidence.claim.model_digest in digests


@pytest.mark.parametrize(
    "view",
    [
        lambda claim: claim,
        hash,
        repr,
        Claim.to_dict,
        copy.copy,
        copy.deepcopy,
        lambda claim: pickle.loads(pickle.dumps(claim)),
        lambda claim: replace(claim, translation="x/1"),
        lambda claim: Claim.from_dict(claim.to_dict()),
    ],
)
def test_a_claim_of_either_kind_is_the_same(view: Callable[[Claim], object]) -> None:
    assert view(Teller().claim()) == view(SAID)


def test_a_claim_is_read_by_many_threads() -> None:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            for _ in range(400):
                claim = Teller().claim()
                told = pool.map(lambda number, claim=claim: claim.to_dict(), range(8))
                assert all(one == SAID.to_dict() for one in told)
    finally:
        sys.setswitchinterval(interval)


def test_a_claim_has_nothing_else() -> None:
    with pytest.raises(AttributeError, match="wording"):
        getattr(Teller().claim(), "wording")  # noqa: B009
