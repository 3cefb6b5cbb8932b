"""Inclusive joins with many branches: built by what the split chose, with the same meaning."""

from __future__ import annotations

from typing import Any

import pytest

import netproof
from oracles.four_semantics import compared
from random_workflows import random_workflow
from translators.to_petri import inclusive, workflow_to_net
from workflow_text import drawn


def block(branches: int, split: str) -> str:
    """Return a block of branches of two tasks with a choice in one of them."""
    lines = ["start s", f"{split} g", "or j", "end e", "s > g", "j > e"]
    for n in range(branches):
        lines += [f"task a{n}", f"xor x{n}", f"task b{n}", f"xor y{n}"]
        lines += [f"g > a{n} > x{n} > b{n} > y{n} > j", f"x{n} > y{n}"]
    return "\n".join(lines)


def no_expansion(*_: Any) -> None:
    """Stand for a region that has too many states."""


def test_the_same_as_by_all_markings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inclusive, "_after_split", no_expansion)
    built = 0
    texts = [block(n, split) for n in (2, 3) for split in ("or", "and", "xor")]
    texts += [random_workflow(seed) for seed in range(800)]
    for text in texts:
        if "or " not in text:
            continue
        graph = drawn(text)
        if not any(".expects." in p for p in workflow_to_net(graph, starts="one").net.place_ids):
            continue
        found = compared(graph, "one", states=400)
        if found is not None and "net" in found.systems:
            built += 1
            assert "net" not in found.different(), text
    assert built >= 40, built


@pytest.mark.parametrize(("split", "branches"), [("or", 8), ("and", 16)])
def test_many_branches(split: str, branches: int) -> None:
    report = netproof.check(drawn(block(branches, split)))
    for entry in report.verdicts:
        assert str(entry.outcome) == "HOLDS", entry.reason
        assert entry.rechecked == "passed"
