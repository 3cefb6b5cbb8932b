"""Plays that tell systems apart: each turn is a move of its system, the end is a difference."""

from __future__ import annotations

import random

import pytest

from oracles.bisimulation import RELATIONS, Relation
from transition_systems.equivalences import bisimilar
from transition_systems.equivalences.play import Play, distinguishing_play, trace_play
from transition_systems.errors import UsageError
from transition_systems.evidence import Claim, Distinction, TraceDistinction
from transition_systems.lts import LTS


def system(rng: random.Random, near: LTS | None = None) -> LTS:
    """A random system, or one that differs from another in a few arcs."""
    n = rng.randint(1, 6) if near is None else near.n_states

    def arc() -> tuple[int, str | None, int]:
        return rng.randrange(n), rng.choice([None, None, "a", "b"]), rng.randrange(n)

    if near is None:
        arcs = [arc() for _ in range(rng.randint(0, 2 * n + 1))]
        final = [s for s in range(n) if rng.random() < 0.2]
        atoms = {"p": [rng.random() < 0.15 for _ in range(n)]}
        return LTS.from_arcs(n, arcs, initial={rng.randrange(n)}, final=final, atoms=atoms)
    arcs = [arc() if rng.random() < 0.2 else old for old in near.arcs()]
    final = [s for s in range(n) if near.final[s]]
    return LTS.from_arcs(
        n, arcs, initial=near.initial.tolist(), final=final, atoms={"p": near.atoms["p"]}
    )


def silently(lts: LTS, state: int) -> set[int]:
    found, waiting = {state}, [state]
    arcs = list(lts.arcs())
    while waiting:
        here = waiting.pop()
        fresh = {t for s, a, t in arcs if s == here and a is None} - found
        found |= fresh
        waiting += fresh
    return found


def can(lts: LTS, state: int, label: str, *, silent: bool) -> bool:
    wanted = None if label == "tau" else label
    starts = silently(lts, state) if silent else {state}
    return any(s in starts and a == wanted for s, a, _ in lts.arcs())


def has_silent_cycle(lts: LTS, state: int) -> bool:
    return any(
        s in silently(lts, state) and a is None and s in silently(lts, t) for s, a, t in lts.arcs()
    )


def check(play: Play, systems: tuple[LTS, LTS], *, silent: bool) -> None:
    at = list(play.start)
    for side in (0, 1):
        assert at[side] in systems[side].initial
    for turn in play.turns:
        words = []
        for side, path in ((turn.side, turn.attack), (1 - turn.side, turn.answer or ())):
            for source, label, target in path:
                assert source == at[side]
                assert (source, None if label == "tau" else label, target) in systems[side].arcs()
                at[side] = target
            labels = [label for _, label, _ in path]
            words.append([a for a in labels if a != "tau"] if silent else labels)
        if turn.answer is None:
            assert turn is play.turns[-1]
            assert play.ending in ("label", "final")
            assert turn.side == play.able
        else:
            assert words[0] == words[1]
    able, other = systems[play.able], systems[1 - play.able]
    p, q = at[play.able], at[1 - play.able]
    if play.ending == "label":
        assert play.turns[-1].attack[-1][1] == play.what
        assert not can(other, q, play.what, silent=silent)
    elif play.ending == "final":
        assert able.final[p]
        assert not other.final[q]
    elif play.ending == "atom":
        assert able.atoms[play.what][p]
        assert not other.atoms[play.what][q]
    else:
        assert has_silent_cycle(able, p)


@pytest.mark.parametrize("relation", [*RELATIONS])
def test_every_turn_is_a_move_and_the_end_a_difference(relation: Relation) -> None:
    rng = random.Random(11)
    endings = set()
    played = 0
    while played < 250:
        a = system(rng)
        b = system(rng, None if rng.random() < 0.4 else a)
        verdict = bisimilar(a, b, relation, atoms=["p"])
        if not verdict.violated:
            continue
        assert verdict.evidence is not None
        play = distinguishing_play(verdict.evidence, a, b)
        assert play is not None
        check(play, (a, b), silent=relation != "strong")
        endings.add(play.ending)
        played += 1
    wanted = {"label", "final", "atom"}
    assert endings == wanted | ({"endless"} if "divergence" in relation else set())


def test_a_trace_is_followed_as_far_as_it_goes() -> None:
    a = LTS.from_arcs(4, [(0, "a", 1), (1, None, 2), (2, "b", 3)], final=[3])
    b = LTS.from_arcs(3, [(0, None, 1), (1, "a", 2)])
    play = trace_play(a, b, ("a", "b"), 0)
    check(play, (a, b), silent=True)
    assert (play.ending, play.what) == ("label", "b")
    assert [label for _, label, _ in play.path(1)] == ["tau", "a"]
    c = LTS.from_arcs(3, [(0, "a", 1), (1, "b", 2)])
    ended = trace_play(c, a, ("a", "b", "✓"), 1)
    check(ended, (c, a), silent=True)
    assert (ended.ending, ended.able) == ("final", 1)
    with pytest.raises(UsageError, match="no such trace"):
        trace_play(a, b, ("a", "b"), 1)


def test_a_trace_of_the_strong_relation_counts_silent_steps() -> None:
    a = LTS.from_arcs(2, [(0, None, 1)])
    b = LTS.from_arcs(1)
    claim = Claim(formula="not strongly bisimilar", model_digest="")
    told = TraceDistinction(claim=claim, relation="strong", trace=("tau",), able="left")
    play = distinguishing_play(told, a, b)
    assert play is not None
    assert play.turns[-1].attack == ((0, "tau", 1),)
    assert play.turns[-1].answer is None


def test_a_formula_of_both_is_refused() -> None:
    lts = LTS.from_arcs(2, [(0, "a", 1)])
    claim = Claim(formula="not strongly bisimilar", model_digest="")
    both = Distinction(claim=claim, relation="strong", formula=("diamond", "a", ("true",)))
    with pytest.raises(UsageError, match="does not tell"):
        distinguishing_play(both, lts, lts)
