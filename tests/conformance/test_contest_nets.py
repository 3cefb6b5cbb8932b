"""The contest's place/transition nets: state counts, arcs and deadlocks as the consensus has them."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from petri import deadlock, reachability_graph, read_pnml
from transition_systems.budget import Budget

DATA = os.environ.get("NETPROOF_DATA")
FOLDER = Path(DATA or ".") / "pnml" / "mcc"
MOST = 100_000

pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not DATA, reason="NETPROOF_DATA is not set: no contest nets"),
]


def expected(folder: Path, what: str) -> int | None:
    """Return a figure of the expected state space, None where it is not a number."""
    found = re.search(rf"STATE_SPACE {what} (\d+)", (folder / "expected/SS.out").read_text())
    return int(found[1]) if found and len(found[1]) < 30 else None


def instances() -> list[str]:
    if not DATA:
        return []
    names = [p.name for p in sorted(FOLDER.iterdir()) if "-COL-" not in p.name]
    return [n for n in names if (expected(FOLDER / n, "STATES") or MOST + 1) <= MOST]


def test_there_are_instances_to_compare() -> None:
    assert len(instances()) >= 10


@pytest.mark.parametrize("name", instances())
def test_counts_and_deadlock_are_those_of_the_contest(name: str) -> None:
    folder = FOLDER / name
    net = read_pnml(folder / "model.pnml")
    graph = reachability_graph(net, budget=Budget(states=2 * MOST))
    assert graph.complete
    assert graph.n_states == expected(folder, "STATES")
    arcs = expected(folder, "TRANSITIONS")
    assert arcs is None or graph.n_arcs == arcs
    assert int(graph.markings.max()) == expected(folder, "MAX_TOKEN_IN_PLACE")
    assert int(graph.markings.sum(axis=1).max()) == expected(folder, "MAX_TOKEN_PER_MARKING")
    answer = re.search(r"\b(TRUE|FALSE)\b", (folder / "expected/RD.out").read_text())
    if answer is not None:
        assert deadlock(net, graph=graph).violated == (answer[1] == "TRUE")
