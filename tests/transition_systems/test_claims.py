"""Claims that are put into words when they are first read."""

from __future__ import annotations

import copy
import pickle
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from transition_systems.evidence_data import Claim

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
