"""The markings in which a sub-process can complete, by reduction and by full exploration."""

from __future__ import annotations

from typing import Any

import pytest

from random_workflows import random_workflow
from translators.to_petri import scopes, workflow_to_net
from translators.to_petri.expansion import explore_ends, explore_part
from workflow_text import drawn


def test_reduction_finds_the_same_ends_of_a_sub_process(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = 0

    def both(*arguments: Any) -> Any:
        nonlocal compared
        part, ends = explore_part(*arguments), explore_ends(*arguments)
        if part is not None and ends is not None:
            compared += 1
            assert {row.tobytes() for row in part.terminal()} == {
                row.tobytes() for row in ends.terminal()
            }
            for row in ends.rows:
                assert part.consume(row, arguments[0].assembly) == ends.consume(
                    row, arguments[0].assembly
                )
        return part

    monkeypatch.setattr(scopes, "explore_part", both)
    for seed in range(1_500):
        workflow_to_net(drawn(random_workflow(seed)), starts="one")
    assert compared >= 100


def test_a_wide_sub_process_is_mapped() -> None:
    lines = ["start s", "sub b", "  start i", "  and f", "  and j", "  end o", "  i > f", "  j > o"]
    for k in range(20):
        lines += [f"  task t{k}", f"  f > t{k} > j"]
    lines += ["end e", "s > b > e"]
    translation = workflow_to_net(drawn("\n".join(lines)), starts="one")
    assert not translation.ledger.refused
