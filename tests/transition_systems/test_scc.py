"""Strongly connected components: compiled and in Python, with parallel arcs, in order."""

from __future__ import annotations

import numpy as np
import pytest

from transition_systems import scc
from transition_systems.scc import components, strong_components, tarjan


def graph(n: int, m: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    tails = np.sort(rng.integers(0, n, m))
    heads = rng.integers(0, n, m) if seed % 2 else np.maximum(tails - rng.integers(0, 5, m), 0)
    offsets = np.concatenate([[0], np.cumsum(np.bincount(tails, minlength=n))]).astype(np.int64)
    return offsets, heads.astype(np.int64), tails


@pytest.mark.parametrize("many", [1, 8, 512])
@pytest.mark.parametrize("seed", range(8))
def test_the_order_is_topological(seed: int, many: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scc, "SCIPY_FROM", 1)
    monkeypatch.setattr(scc, "MANY", many)
    for n, m in ((1, 0), (5, 12), (60, 80), (3_000, 3_200), (3_000, 12_000)):
        offsets, heads, tails = graph(n, m, seed)
        count, place = components(offsets, heads)
        assert (place[tails] >= place[heads]).all()
        assert set(place.tolist()) == set(range(count))
        expected, known = tarjan(offsets, heads)
        assert count == expected == strong_components(offsets, heads)[0]
        assert len(set(zip(place.tolist(), known.tolist(), strict=True))) == count


def test_a_long_chain_and_a_wide_star() -> None:
    n = 50_000
    offsets = np.minimum(np.arange(n + 1), n - 1)
    assert (np.diff(components(offsets, np.arange(1, n))[1]) < 0).all()
    star = np.concatenate([[0], np.full(n, n - 1)])
    count, place = components(star, np.arange(1, n))
    assert (count, place[0]) == (n, n - 1)
