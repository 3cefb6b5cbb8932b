"""The map to machines against the token game, on every construct."""

from __future__ import annotations

import pytest

from machine_cases import CASES, DISPUTED
from machine_graphs import graph_of
from transition_systems.budget import Budget
from transition_systems.equivalences import bisimilar
from translators.to_machine import product, workflow_to_machine
from translators.workflow.token_game import token_game_lts

ALL = {**CASES, **DISPUTED}


@pytest.mark.parametrize("starts", ["one", "all"])
@pytest.mark.parametrize("name", ALL)
def test_agrees_with_the_token_game(name: str, starts: str) -> None:
    graph = graph_of(ALL[name])
    reading = "all" if starts == "all" else "one"
    budget = Budget(states=20_000, seconds=60)
    machine = product(workflow_to_machine(graph, starts=reading, capacity=2), budget=budget)
    game = token_game_lts(graph, starts=reading, budget=budget)
    assert bisimilar(machine, game, "branching").holds
