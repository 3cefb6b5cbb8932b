"""Processes that are killed at a random moment of a search, and started again."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SEARCH = """
import json, sys
from petri.state_space.exploring_packed import state_space
from state_space_nets import kanban
from transition_systems.budget import Budget
space = state_space(kanban(int(sys.argv[1])), spill=sys.argv[2], budget=Budget(bytes=int(sys.argv[3])))
print(json.dumps([space.n_states, space.n_arcs, space.deadlocks, space.max_tokens_in_marking,
                  space.complete]))
"""
KNOWN = {3: [58_400, 446_400], 4: [454_475, 3_979_850]}


def start(size: int, folder: Path, limit: int) -> subprocess.Popen[str]:
    code = f"import sys; sys.path[:0] = [{str(ROOT)!r}, {str(ROOT / 'tests')!r}]\n{SEARCH}"
    command = [sys.executable, "-c", code, str(size), str(folder), str(limit)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def killed_and_again(size: int, kills: int, folder: Path, seed: int, limit: int) -> int:
    """Kill a search a number of times; return how often it was killed before its end."""
    generator = random.Random(seed)
    cut = 0
    for _ in range(kills):
        with start(size, folder, limit) as process:
            time.sleep(generator.uniform(0.1, 1.2))
            process.kill()
            process.wait()
        manifest = folder / "search.json"
        cut += not manifest.exists() or not json.loads(manifest.read_text())["complete"]
    with start(size, folder, limit) as process:
        output, _ = process.communicate()
    states, arcs, deadlocks, _, complete = json.loads(output)
    assert [states, arcs] == KNOWN[size]
    assert deadlocks == 0
    assert complete is True
    return cut


def test_a_killed_search_gives_the_same_counts(tmp_path: Path) -> None:
    assert killed_and_again(4, 4, tmp_path, 1, 20_000_000) > 0


@pytest.mark.campaign
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(50))
def test_fifty_killed_searches(tmp_path: Path, seed: int) -> None:
    killed_and_again(4, 3, tmp_path, seed, 8_000_000 if seed % 2 else 200_000_000)
