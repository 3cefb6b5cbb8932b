"""The four transition systems of one workflow graph, and where they differ."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

from petri import reachability_graph
from transition_systems.budget import Budget
from transition_systems.equivalences import bisimilar
from transition_systems.errors import UndecidedError, UnsupportedError
from transition_systems.lts import LTS
from translators.to_machine import product, workflow_to_machine
from translators.to_petri import workflow_to_net
from translators.to_process import lts, workflow_to_process
from translators.workflow import WorkflowGraph
from translators.workflow.token_game import State, token_game_lts

MAPS = ("net", "term", "machine")
Starts = Literal["one", "all"]


@dataclass
class Compared:
    """The token game of a graph, and the systems of the maps that give it a meaning."""

    game: LTS
    systems: dict[str, LTS] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)

    def different(self) -> list[str]:
        """Return the maps whose system is not branching bisimilar to the token game."""
        return [
            n for n, s in self.systems.items() if not bisimilar(self.game, s, "branching").holds
        ]


def compared(graph: WorkflowGraph, starts: Starts, *, states: int = 600) -> Compared | None:
    """Return the four systems; ``None`` where the token game refuses or has too many states.

    A map may refuse; anything else that it raises is an error and is not caught.
    """
    try:
        game = token_game_lts(graph, starts=starts, budget=Budget(states=states))
    except (UndecidedError, UnsupportedError):
        return None
    budget = Budget(states=20 * states)
    capacity = most_tokens(game)
    found = Compared(game)
    net = workflow_to_net(graph, starts=starts)
    if net.ledger.refused:
        found.refused["net"] = str(net.ledger.refused[0].note)
    else:
        markings = reachability_graph(net.net, budget=budget)
        assert markings.complete
        abstracted = [
            entry
            for predicate, entry in net.conditions
            if entry.kind == "inclusive gateway" and markings.holds(predicate).any()
        ]
        if abstracted:
            found.refused["net"] = "two tokens in the region before an inclusive join"
        else:
            found.systems["net"] = markings.lts(final=markings.holds(net.goal.completion))
    try:
        term = workflow_to_process(graph, starts=starts, capacity=capacity)
        found.systems["term"] = lts(term, budget=budget)
    except UnsupportedError as error:
        found.refused["term"] = str(error)
    try:
        machine = workflow_to_machine(graph, starts=starts, capacity=capacity)
        found.systems["machine"] = product(machine, budget=budget)
    except UnsupportedError as error:
        found.refused["machine"] = str(error)
    return found


def most_tokens(game: LTS) -> int:
    """Return the largest number of tokens in one place of a token game, at least 1."""
    assert game.state_of is not None
    most = 1
    for number in range(game.n_states):
        state: State = game.state_of(number)
        together: Counter[tuple[str, str]] = Counter()
        for token, count in state.tokens:
            together[token.place, token.element] += count
        most = max(most, *together.values(), 1)
    return most
