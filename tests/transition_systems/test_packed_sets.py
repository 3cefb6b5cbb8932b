"""The three kinds of visited sets against a plain set, batch by batch."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from transition_systems import key_table, sorted_runs
from transition_systems.key_table import KeyTable, distinct_hashes
from transition_systems.paged_set import PagedSet
from transition_systems.sorted_runs import SortedRuns

Batch = list[NDArray[np.uint64]]


def batches(words: int, seed: int, spread: int) -> list[Batch]:
    generator = np.random.default_rng(seed)
    sizes = generator.integers(0, 900, size=12)
    return [
        [
            generator.integers(0, spread, size=size, dtype=np.uint64)
            << np.uint64(40 * (w % 2))
            >> np.uint64(1)
            for w in range(words)
        ]
        for size in sizes
    ]


def rows(states: Batch) -> list[tuple[int, ...]]:
    return list(zip(*(word.tolist() for word in states), strict=True))


def compare(table: KeyTable | SortedRuns, parts: list[Batch]) -> None:
    known: set[tuple[int, ...]] = set()
    for part in parts:
        new = rows(table.add([word.copy() for word in part]))
        assert len(set(new)) == len(new)
        assert set(new) == set(rows(part)) - known
        known |= set(new)
        assert len(table) == len(known)
        assert table.contains(part).all()
    other = [word + np.uint64(1) for word in parts[0]]
    assert table.contains(other).tolist() == [row in known for row in rows(other)]


@given(
    words=st.integers(1, 3), seed=st.integers(0, 10_000), spread=st.sampled_from([3, 40, 1 << 20])
)
@settings(max_examples=40, deadline=None, derandomize=True)
def test_the_hash_table_is_a_set(words: int, seed: int, spread: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(key_table, "SMALLEST", 4)
        compare(KeyTable(words), batches(words, seed, spread))


@given(
    words=st.integers(1, 3), seed=st.integers(0, 10_000), spread=st.sampled_from([3, 40, 1 << 20])
)
@settings(max_examples=40, deadline=None, derandomize=True)
def test_runs_in_files_are_a_set(
    words: int, seed: int, spread: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("runs")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sorted_runs, "BLOCK", 64)
        runs = SortedRuns(words, folder=lambda: folder, memory=4_000)
        compare(runs, batches(words, seed, spread))
        assert spread < 1 << 20 or runs.files > 0
        runs.close()
    assert not list(Path(folder).iterdir())


@pytest.mark.parametrize("words", [2, 3])
def test_states_with_one_hash_are_told_apart(words: int, tmp_path: Path) -> None:
    def poor(states: Batch) -> NDArray[np.uint64]:
        # Equal for states that differ in their last word; invertible it must stay in the first.
        return states[0] * np.uint64(2) + np.uint64(1)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(key_table, "state_hash", poor)
        patch.setattr(sorted_runs, "state_hash", poor)
        compare(KeyTable(words), batches(words, 3, 9))
        compare(SortedRuns(words, folder=lambda: tmp_path, memory=2_000), batches(words, 4, 9))


@given(seed=st.integers(0, 10_000), spread=st.sampled_from([100, 5_000, 1 << 40]))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_pages_are_a_set(seed: int, spread: int) -> None:
    pages = PagedSet()
    known: set[int] = set()
    for (part,) in batches(1, seed, spread):
        unique = np.unique(part)
        new = pages.add(unique)
        assert new.tolist() == sorted(set(unique.tolist()) - known)
        known |= set(new.tolist())
        assert len(pages) == len(known)
        assert pages.pages == len({state >> 6 for state in known})
        assert pages.contains(part).all()
        assert pages.contains(part + np.uint64(1)).tolist() == [
            s + 1 in known for s in part.tolist()
        ]


@given(seed=st.integers(0, 10_000), spread=st.sampled_from([100, 5_000, 1 << 40]))
@settings(max_examples=40, deadline=None, derandomize=True)
def test_the_table_takes_many_states_at_once(seed: int, spread: int) -> None:
    table = KeyTable(1)
    known: set[int] = set()
    for (part,) in batches(1, seed, spread):
        new = [state for new in table.add_hashes(distinct_hashes(part)) for state in new.tolist()]
        assert sorted(new) == sorted(set(part.tolist()) - known)
        known |= set(new)
        assert len(table) == len(known)
        assert table.contains([part]).all()
