"""The bisimulation game: who can always win does, whatever the other player does."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from netproof.bisimulation_game import BisimulationGame, Position, play_bisimulation
from transition_systems import LTS
from transition_systems.equivalences import bisimilar
from transition_systems.equivalences.relations import Relation
from transition_systems.errors import UsageError
from transition_systems.readwrite.aut import write_aut

LATE = LTS.from_arcs(4, [(0, "a", 1), (1, "b", 2), (1, "c", 3)])
EARLY = LTS.from_arcs(5, [(0, "a", 1), (0, "a", 2), (1, "b", 3), (2, "c", 4)])
LONG = 60


def system(rng: random.Random, near: LTS | None = None) -> LTS:
    n = rng.randint(1, 5)
    if near is not None and rng.random() < 0.6:
        arcs = [(s, a, t) for s, a, t in near.arcs()]
        extra = [(near.n_states, None, 0)] if rng.random() < 0.5 else []
        start = near.n_states if extra else 0
        final = [s for s in range(near.n_states) if near.final[s]]
        return LTS.from_arcs(near.n_states + 1, arcs + extra, initial=[start], final=final)
    arcs = [
        (rng.randrange(n), rng.choice([None, "a", "b"]), rng.randrange(n))
        for _ in range(rng.randint(0, 2 * n))
    ]
    return LTS.from_arcs(n, arcs, final=[s for s in range(n) if rng.random() < 0.2])


@pytest.mark.parametrize("relation", ["strong", "weak", "branching"])
def test_the_computer_wins_where_it_can(relation: Relation) -> None:
    rng = random.Random(5)
    wins = {True: 0, False: 0}
    for _ in range(120):
        a = system(rng)
        b = system(rng, a)
        same = bisimilar(a, b, relation).holds
        game = play_bisimulation(a, b, relation, you="attacker" if same else "defender")
        if not same:
            game.fire("begin")
        while game.choices and len(game.history) < LONG:
            game.fire(rng.choice(list(game.choices)))
        if same:
            assert "attacker wins" not in game.remark
        else:
            assert "attacker wins" in game.remark
        wins[same] += 1
    assert min(wins.values()) > 15


@pytest.mark.parametrize("relation", ["strong", "weak", "branching"])
def test_several_initial_states(relation: Relation) -> None:
    """The attacker takes one of either system, the defender one of the other."""
    rng = random.Random(9)
    wins = {True: 0, False: 0}
    for _ in range(80):
        pair = [system(rng)]
        pair.append(system(rng, pair[0]))
        a, b = (
            LTS.from_arcs(
                lts.n_states, lts.arcs(), final=[s for s in range(lts.n_states) if lts.final[s]],
                initial={*lts.initial.tolist(), rng.randrange(lts.n_states)},
            )
            for lts in pair
        )  # fmt: skip
        same = bisimilar(a, b, relation).holds
        game = play_bisimulation(a, b, relation, you="attacker" if same else "defender")
        if not same:
            game.fire("begin")
        while game.choices and len(game.history) < LONG:
            game.fire(rng.choice(list(game.choices)))
        assert ("attacker wins" in game.remark) is not same
        wins[same] += len(a.initial) * len(b.initial) > 1
    assert min(wins.values()) > 5


def test_both_choose_where_to_begin() -> None:
    a = LTS.from_arcs(3, [(0, "a", 2), (1, "b", 2)], initial=[0, 1])
    b = LTS.from_arcs(3, [(0, "b", 2), (1, "a", 2)], initial=[0, 1])
    game = play_bisimulation(a, b, you="both")
    assert [choice.label for choice in game.choices] == [
        "left: begin in 0", "left: begin in 1", "right: begin in 0", "right: begin in 1"
    ]  # fmt: skip
    game.fire(game.choices[2])
    assert game.history[-1].tokens == {"state 3": 1}
    assert [choice.label for choice in game.choices] == [
        "left answers: it begins in 0", "left answers: it begins in 1"
    ]  # fmt: skip
    game.fire(game.choices[1])
    assert game.history[-1].tokens == {"state 1": 1, "state 3": 1}
    game.fire(game.choices[0])
    assert game.remark == ""


def test_a_step_before_an_answer_can_be_asked_about() -> None:
    """With silent steps that give a choice up, the branching game differs from the weak one."""
    a = LTS.from_arcs(4, [(0, "a", 1), (0, None, 2), (2, "b", 3), (2, "a", 1)])
    b = LTS.from_arcs(5, [(0, "a", 1), (0, None, 2), (2, "b", 3), (2, "a", 4), (0, "b", 3)])
    rules = BisimulationGame(a, b, "branching", "both")
    asked = Position(1, 4, asked=(0, rules.lts.label_names.index("a"), 0))
    answers = rules.choices(asked)
    again = [move.target for move in answers if move.target.before is not None]
    assert again
    assert [choice.action for choice in rules.choices(again[0])] == ["on", "back"]


def test_the_game_says_who_won_and_what_it_cannot_do() -> None:
    game = play_bisimulation(LATE, EARLY, you="both")
    assert game.remark == ""
    game.fire(game.choices[1])
    assert len(game.choices) == 1
    game.fire(game.choices[0])
    game.fire(next(choice for choice in game.choices if choice.action == "c"))
    assert not game.choices
    assert "not strongly bisimilar" in game.remark
    assert game.go(game.position - 1).choices
    assert "<svg" in game.svg()
    assert len(play_bisimulation(LATE, LTS.from_arcs(2, initial=[0, 1])).choices) == 3
    with pytest.raises(UsageError, match="is played for"):
        play_bisimulation(LATE, EARLY, "ready")
    with pytest.raises(UsageError, match="no witness"):
        list(game.game.follow(game.run))


def test_a_final_state_ends_the_game() -> None:
    done = LTS.from_arcs(2, [(0, "a", 1)], final=[1])
    game = play_bisimulation(done, LTS.from_arcs(2, [(0, "a", 1)]), you="defender")
    game.fire("begin")
    game.fire(game.choices[0])
    assert "the other is not" in game.remark
    stuck = play_bisimulation(LTS.from_arcs(1), LTS.from_arcs(1))
    assert stuck.remark == "The attacker has no step left: the defender wins."
    assert stuck.waiting == []


def test_the_widget_shows_both_tokens_and_the_remark() -> None:
    pytest.importorskip("anywidget")
    game = play_bisimulation(LATE, EARLY)
    made = game.widget()
    assert "game" in made.scene["title"]
    assert len(made.start) == 2
    game.fire(game.choices[1])
    assert len(made.history) == 2
    game.fire(next(choice for choice in game.choices if choice.action == "c"))
    assert "no answer" in made.now["remark"]


def test_files_are_played_as_systems_are(tmp_path: Path) -> None:
    write_aut(LATE, tmp_path / "late.aut")
    write_aut(EARLY, tmp_path / "early.aut")
    game = play_bisimulation(str(tmp_path / "late.aut"), tmp_path / "early.aut")
    same = play_bisimulation(LATE, EARLY)
    assert [choice.label for choice in game.choices] == [choice.label for choice in same.choices]
    assert len(game.choices) == 3


def test_workflow_files_are_played() -> None:
    claim = Path(__file__).parents[2] / "examples" / "support-ticket.bpmn"
    game = play_bisimulation(claim, claim, "branching", you="attacker")
    assert "attacker wins" not in game.remark
    assert game.choices


def test_what_is_no_behaviour_is_refused_with_what_is_taken() -> None:
    nothing: Any = 3
    with pytest.raises(UsageError, match=r"an LTS, or the path of .* not of type int"):
        play_bisimulation(LATE, nothing)


@pytest.mark.parametrize("relation", ["divergence-weak", "simulation", "trace", "brnching"])
def test_what_is_not_played_is_told_with_what_is(relation: str) -> None:
    lts = LTS.from_arcs(1, [(0, "a", 0)])
    with pytest.raises(UsageError, match="played for strong, branching, weak, not") as caught:
        play_bisimulation(lts, lts, relation)
    assert ("did you mean 'branching'?" in str(caught.value)) is (relation == "brnching")


@pytest.mark.parametrize("side", ["left", "right"])
def test_systems_begin_somewhere(side: str) -> None:
    one = LTS.from_arcs(2, [(0, "a", 1)])
    other = LTS.from_arcs(2, [(0, "a", 1)], initial=[])
    pair = (other, one) if side == "left" else (one, other)
    with pytest.raises(UsageError, match=f"the {side} system has none"):
        play_bisimulation(*pair)


def test_no_game_goes_on_for_ever_where_the_attacker_can_win() -> None:
    rng = random.Random(8)
    relations: tuple[Relation, ...] = ("strong", "weak", "branching")
    for _ in range(200):
        a = system(rng)
        b = system(rng, a)
        for relation in relations:
            same = bisimilar(a, b, relation, atoms={*a.atoms, *b.atoms}).holds
            game = play_bisimulation(a, b, relation, you="defender")
            for _ in range(LONG):
                if not game.choices:
                    break
                game = game.fire(rng.choice(game.choices))
            assert ("the systems are not" in game.remark) is not same, (a.arcs(), b.arcs())


def test_a_bad_answer_does_not_make_systems_differ() -> None:
    lts = LTS.from_arcs(3, [(0, "a", 1), (0, "a", 2), (1, "b", 1)])
    game = play_bisimulation(lts, lts, you="defender")
    while game.choices:
        game = game.fire(game.choices[-1])
    assert game.remark == (
        "There is no answer: the attacker wins, but the systems are strongly bisimilar: there was "
        "an answer."
    )
