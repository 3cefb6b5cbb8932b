"""The token game played by hand: states as values, steps with words, refusals and budgets."""

from __future__ import annotations

from typing import Any, cast

import pytest

from transition_systems.budget import Budget
from transition_systems.errors import UndecidedError, UnsupportedError, UsageError
from translators.workflow.token_game import State, Token, TokenGame, token_game_lts
from workflow_text import drawn

SUB = """
start s
sub S
  start t
  task A
  t > A
boundary b timer on=S
end e
s > S > e
"""


def play(game: TokenGame, *labels: str | None) -> State:
    """Return the state after these steps, of which each must be possible in one way."""
    state = game.initial()
    for label in labels:
        (state,) = {step.state for step in game.steps(state) if step.label == label}
    return state


def test_states_are_values() -> None:
    state = State.of([Token("flow", "f"), Token("run", "A", ("b",)), Token("flow", "f")])
    assert eval(repr(state)) == state
    assert len({state, State.from_counts(state.counts())}) == 1
    assert str(state) == "flow f x 2; run A after b"
    assert str(State()) == "no token"
    with pytest.raises(AttributeError):
        cast(Any, state).tokens = frozenset()


def test_a_boundary_event_empties_its_sub_process() -> None:
    game = TokenGame(drawn(SUB))
    inside = play(game, "s", "S.start", "t", "A.start")
    assert inside == State.of([Token("run", "S"), Token("run", "A")])
    steps = {step.label: step for step in game.steps(inside)}
    assert set(steps) == {"A.complete", "b"}
    assert steps["b"].description == "b occurs while S runs"
    assert steps["b"].state == State()
    assert game.is_complete(steps["b"].state)
    assert not game.is_complete(inside)
    done = play(game, "s", "S.start", "t", "A.start", "A.complete", "S.complete", "e")
    assert done == State.of([Token("reached", "e")])


def test_the_second_token_waits_outside() -> None:
    game = TokenGame(drawn("start s\nxor x\nand g\nsub S\n  task A\ns > g > x > S\ng > x"))
    state = play(game, "s", None)
    running = next(step.state for step in game.steps(state) if step.label is None)
    assert [step.label for step in game.steps(running)].count("S.start") <= 1


def test_refusals_and_budgets() -> None:
    graph = drawn(SUB)
    with pytest.raises(UsageError, match="'one' or 'all'"):
        TokenGame(graph, starts=cast(Any, "some"))
    with pytest.raises(UndecidedError, match="further states"):
        token_game_lts(graph, budget=Budget(states=2))
    with pytest.raises(UnsupportedError, match="no split before it"):
        TokenGame(drawn("start s\nstart r\nor j\ns > j\nr > j"))
    unbounded = drawn("start s\nxor x\nand g\ns > x > g > x\ng > x")
    with pytest.raises(UndecidedError):
        token_game_lts(unbounded, budget=Budget(states=50))


def test_the_system_knows_its_states() -> None:
    system = token_game_lts(drawn(SUB))
    assert system.state_of is not None
    assert system.state_of(0) == TokenGame(drawn(SUB)).initial()
