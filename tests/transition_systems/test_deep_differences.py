"""What tells deep systems apart: found without going through all of what cannot be written down."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

from netproof.recheck import recheck_equivalence
from transition_systems.budget import Budget
from transition_systems.csr import spread
from transition_systems.equivalences.bisimilarity import bisimilar
from transition_systems.equivalences.distinguish import MAX_FORMULA_DEPTH, Distinguisher
from transition_systems.equivalences.traces import TraceSearch, distinguishing_trace
from transition_systems.evidence import Distinction, SharedDistinction, TraceDistinction
from transition_systems.lts import LTS

N = 1_200


def chain(n: int, every: int = 0) -> LTS:
    """Steps ``a`` in a row; each one at a multiple of ``every`` is silent."""
    return LTS.from_arcs(
        n + 1, [(i, None if every and i % every == 1 else "a", i + 1) for i in range(n)]
    )


def ring(n: int, odd: int) -> LTS:
    return LTS.from_arcs(n, [(i, "b" if i == odd else "a", (i + 1) % n) for i in range(n)])


def ladder(n: int, last: str) -> LTS:
    rungs = [(i, "abc"[i % 3], n + 1) for i in range(n)]
    return LTS.from_arcs(n + 2, [*((i, None, i + 1) for i in range(n)), *rungs, (n, last, n + 1)])


@pytest.mark.parametrize("relation", ["strong", "branching", "divergence-branching", "weak"])
@pytest.mark.parametrize(
    ("a", "b"),
    [
        (chain(N), chain(N + 1)), (chain(N, 2), chain(N + 2, 2)), (ring(N, N // 2), ring(N, 800)),
    ],
)  # fmt: skip
def test_few_pairs_are_looked_at(
    a: LTS, b: LTS, relation: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = 0
    choices = Distinguisher.choices

    def counted(self: Distinguisher, left: int, right: int) -> Any:
        nonlocal looked
        looked += 1
        return choices(self, left, right)

    monkeypatch.setattr(Distinguisher, "choices", counted)
    verdict = bisimilar(a, b, relation, budget=Budget(seconds=60))
    assert isinstance(verdict.evidence, TraceDistinction)
    assert looked <= MAX_FORMULA_DEPTH + 1
    assert recheck_equivalence(verdict.evidence, a, b).passed


def test_a_short_formula_of_a_deep_system() -> None:
    a, b = ladder(N, "d"), ladder(N, "e")
    verdict = bisimilar(a, b, "branching")
    assert isinstance(verdict.evidence, Distinction)
    assert len(str(verdict.evidence.formula)) < 100
    assert recheck_equivalence(verdict.evidence, a, b).passed


@pytest.mark.parametrize("depth", [MAX_FORMULA_DEPTH - 6, MAX_FORMULA_DEPTH + 3])
@pytest.mark.parametrize("relation", ["strong", "branching", "weak"])
def test_the_depth_that_can_be_written_down(depth: int, relation: Any) -> None:
    """Systems with the same traces: up to a depth a nested formula, beyond it one in parts."""
    rows = [(i, "a", i + 1) for i in range(depth)]
    late = LTS.from_arcs(
        depth + 3,
        [*rows, (depth, "b", depth + 1), (depth + 1, "c", depth + 2), (depth + 1, "d", depth + 2)],
    )
    early = LTS.from_arcs(
        depth + 4,
        [*rows, (depth, "b", depth + 1), (depth + 1, "c", depth + 3), (depth, "b", depth + 2),
         (depth + 2, "d", depth + 3)],
    )  # fmt: skip
    verdict = bisimilar(late, early, relation)
    assert isinstance(
        verdict.evidence, SharedDistinction if depth > MAX_FORMULA_DEPTH else Distinction
    )
    assert recheck_equivalence(verdict.evidence, late, early).passed


@pytest.mark.parametrize("seed", range(30))
def test_marks_spread_to_all_that_is_reached(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 200))
    rows = np.sort(rng.integers(0, n, size=int(rng.integers(0, 3 * n))))
    targets = rng.integers(0, n, size=len(rows))
    offsets = np.searchsorted(rows, np.arange(n + 1))
    starts = np.unique(rng.integers(0, n, size=int(rng.integers(1, n + 1))))
    seen = np.zeros(n, dtype=np.bool_)
    seen[starts] = True
    found = np.concatenate([starts, *spread(offsets, targets, starts, seen)])
    waiting, reached = starts.tolist(), set(starts.tolist())
    while waiting:
        here = waiting.pop()
        for head in targets[offsets[here] : offsets[here + 1]].tolist():
            if head not in reached:
                reached.add(head)
                waiting.append(head)
    assert sorted(found.tolist()) == sorted(reached) == np.flatnonzero(seen).tolist()


@pytest.mark.parametrize("silent", [False, True])
def test_a_search_that_is_gone_on_with(silent: bool) -> None:
    rng = random.Random(3)
    for _ in range(40):
        a, b = (
            LTS.from_arcs(
                8, [(rng.randrange(8), rng.choice((None, "a", "b")), rng.randrange(8)) for _ in range(14)]
            )
            for _ in range(2)
        )  # fmt: skip
        meter = Budget().start()
        whole = distinguishing_trace(a, b, silent=silent, meter=meter)
        search = TraceSearch(a, b, silent=silent)
        found, most = None, 1
        while found is None and most < 5_000:
            found = search.found(meter, most)
            most += 7
        assert found == whole
