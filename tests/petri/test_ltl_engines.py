"""Violations of linear temporal logic: listed in part, on diagrams, by deep walks; one answer."""

from __future__ import annotations

import random
import time
from contextlib import suppress

import numpy as np
import pytest

from devtools import within_cpu_seconds
from ltl_cases import random_formula
from netproof.contest.answering import ContestAnswers
from netproof.contest.categories import ContestQuestion
from netproof.recheck import recheck_ltl
from petri import ltl_by_stubborn_sets
from petri.ctl import known_part, symbolic_backwards
from petri.listed_predicates import ListedPredicates
from petri.ltl import ltl
from petri.ltl_walks import LtlWalks
from petri.net import PetriNet
from petri.state_space import state_space
from transition_systems.budget import Budget
from transition_systems.errors import UnsupportedError
from transition_systems.evidence import Claim, LtlLasso, LtlPrefix
from transition_systems.evidence_ltl import ltl_formula
from transition_systems.properties.format import format_formula
from transition_systems.properties.formulas import Formula, Unary
from transition_systems.properties.parse import parse_formula
from transition_systems.properties.predicates import Atom, Dead, Enabled, Not, Predicate, at_least
from transition_systems.run import Run
from transition_systems.temporal import ltl_on_the_fly
from transition_systems.temporal.ltl_questions import linear_formula
from transition_systems.temporal.ltl_symbolic import SymbolicViolations
from transition_systems.temporal.ltl_violations import (
    Violations,
    accepted,
    begun,
    simplified,
    violations,
    without,
)
from transition_systems.temporal.product_system import Observed
from transition_systems.verdict import Outcome

LEAVES: tuple[Predicate, ...] = (
    at_least("p0"), Atom("p1"), Not(at_least("p2")), at_least("p3", 2), Enabled("t0"), Dead(),
)  # fmt: skip


def random_net(rng: random.Random) -> PetriNet:
    """A net of a few tokens that may come to an end."""
    places = [f"p{i}" for i in range(4)]
    arcs: list[tuple[str, str]] = []
    for t in range(4):
        width = rng.choice((1, 1, 2))
        arcs += [(p, f"t{t}") for p in rng.sample(places, width)]
        arcs += [(f"t{t}", p) for p in rng.sample(places, rng.randint(1, width))]
    return PetriNet(
        places=places, transitions=[f"t{i}" for i in range(4)], arcs=arcs,
        initial={p: rng.choice((0, 1, 2)) for p in places},
    )  # fmt: skip


def seen(net: PetriNet, found: Violations, states: int | None = None) -> bool | None:
    """Whether a path of the net, or of a part of it, violates the formula."""
    space = state_space(net, method="explicit", budget=Budget(states=states))
    graph, border = known_part(space, Budget().start())
    stuck = np.flatnonzero((np.diff(graph.offsets) == 0) & ~border)
    n = space.n_states
    source = np.concatenate([np.repeat(np.arange(n), np.diff(graph.offsets)), stuck])
    target = np.concatenate([graph.targets, stuck]).astype(np.int64)
    system = Observed(
        n, source, np.zeros(len(source), dtype=np.int32), target, None,
        found.letters(ListedPredicates(space, net.transition_ids), n), np.array([0]),
    )  # fmt: skip
    return accepted(system, found.graph, Budget().start(), border)


def first_letter(net: PetriNet, found: Violations) -> int:
    space = state_space(net, method="explicit")
    return int(found.letters(ListedPredicates(space, net.transition_ids), space.n_states)[0])


@pytest.mark.parametrize("seed", range(8))
def test_engines_agree(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(12):
        net, formula = random_net(rng), random_formula(rng, 3, LEAVES)
        expected = ltl(net, formula).violated
        found = violations(formula)
        assert seen(net, found) is expected
        started = Violations(
            found.formula, found.predicates, begun(found.graph, first_letter(net, found))
        )
        assert seen(net, started) is expected
        for states in (1, 2, 3, 5):
            assert seen(net, found, states) in (expected, None)
        space = state_space(net, method="symbolic")
        symbolic = SymbolicViolations(
            space.system, space.states, started, Budget().start(),
            backwards=symbolic_backwards(space),
        )  # fmt: skip
        assert symbolic.found() is expected
        walked = LtlWalks(net, seed=seed).violated(started, 5.0)
        assert walked is expected  # a small net is searched to its end


@pytest.mark.parametrize("seed", range(8))
def test_lassos_of_walks_are_rechecked(seed: int) -> None:
    rng = random.Random(100 + seed)
    shown = 0
    for _ in range(15):
        net, formula = random_net(rng), linear_formula(random_formula(rng, 3, LEAVES))
        expected = ltl(net, formula).violated
        found = violations(formula)
        started = Violations(
            found.formula, found.predicates, begun(found.graph, first_letter(net, found))
        )
        lasso = LtlWalks(net, seed=seed).lasso(started, 5.0)
        assert (lasso is not None) is expected
        if lasso is not None:
            text = format_formula(formula)
            said = ltl_formula(text, holds=False, weak=False, fair=(), strong=())
            claim = Claim(formula=said, model_digest=net.digest())
            result = recheck_ltl(LtlLasso(claim=claim, formula=text, lasso=lasso), net)
            assert result.passed, result.reason
            shown += 1
    assert shown > 2


def test_a_violation_far_beyond_what_is_listed() -> None:
    places = [*(f"p{i}" for i in range(300)), *(f"{side}{i}" for side in "ab" for i in range(4))]
    moves = [(f"p{i}", f"p{i + 1}") for i in range(299)] + [("p299", "p298")]
    moves += [pair for i in range(4) for pair in ((f"a{i}", f"b{i}"), (f"b{i}", f"a{i}"))]
    net = PetriNet(
        places=places, transitions=[f"t{i}" for i in range(len(moves))],
        initial=["p0", *(f"a{i}" for i in range(4))],
        arcs=[arc for i, (x, y) in enumerate(moves) for arc in ((x, f"t{i}"), (f"t{i}", y))],
    )  # fmt: skip
    limit = Budget(seconds=20, states=500)
    verdict = ltl(net, "F G !p299", budget=limit)
    assert verdict.violated
    assert verdict.evidence is not None
    assert recheck_ltl(verdict.evidence, net, formula="F G !p299").passed
    assert ltl(net, "F G !p299", fairness="weak", budget=limit).unknown


def test_walks_end_in_time() -> None:
    places = [f"p{i}" for i in range(40)]
    net = PetriNet(
        places=places, transitions=[f"t{i}" for i in range(40)], initial=dict.fromkeys(places, 2),
        arcs=[a for i in range(40) for a in ((f"p{i}", f"t{i}"), (f"t{i}", f"p{(i + 1) % 40}"))],
    )  # fmt: skip
    with within_cpu_seconds(0.3):
        assert not LtlWalks(net).violated(violations(parse_formula("G (p0 <= 80)")), 0.3)


def test_what_is_known_beforehand() -> None:
    formula = parse_formula("G (p -> F (q && r))")
    p, q, r = Atom("p"), Atom("q"), Atom("r")
    assert violations(formula, {p: False}).none
    assert not violations(formula, {q: True}).none
    assert violations(formula, {q: True, r: True}).none
    assert violations(formula, {q: True}).predicates == (p, r)
    assert simplified(p, {p: True}) != p
    found = violations(parse_formula("F p"))
    assert without(found.graph, found.graph.full).edges == [[]]
    assert begun(found.graph, 1).edges == [[]]


@pytest.mark.parametrize("parallel", [False, True])
def test_the_contest(parallel: bool) -> None:
    net = PetriNet(
        places=["p", "q", "n"], transitions=["a", "b", "more"], initial={"p": 1, "n": 3},
        arcs=[("p", "a"), ("a", "q"), ("q", "b"), ("b", "p"), ("q", "more"), ("n", "more"),
              ("more", "p")],
    )  # fmt: skip
    texts = {"G F p": "TRUE", "F G p": "FALSE", "F n <= 0": "FALSE", "G (p -> X q)": "TRUE",
             "F p": "TRUE", "G (n <= 3)": "TRUE", "X X q": "FALSE"}  # fmt: skip
    formulas: list[Formula] = [Unary("A", parse_formula(text)) for text in texts]
    formulas += [parse_formula("AG (n <= 3)"), parse_formula("A[p U q]")]
    told: dict[int, str] = {}
    kept: dict[int, list[str]] = {}
    ContestAnswers(
        net,
        [ContestQuestion(id=str(i), category="LTLC", formula=f) for i, f in enumerate(formulas)],
        deadline=time.monotonic() + 120, tell=lambda i, value, _: told.update({i: value}),
        keep=lambda i, shown: kept.update({i: [str(one.outcome) for one in shown]}),
        parallel=parallel,
    ).run()  # fmt: skip
    assert [told[i] for i in range(len(formulas))] == [*texts.values(), "TRUE", "TRUE"]
    assert {i: "HOLDS" if value == "TRUE" else "VIOLATED" for i, value in told.items()} == {
        i: outcomes[0] for i, outcomes in kept.items()
    }


def random_growing(rng: random.Random) -> PetriNet:
    """A net that may have no bound."""
    net = random_net(rng)
    arcs = [(arc.source, arc.target) for arc in net.arcs]
    more = ("t0", rng.choice(net.place_ids))
    return PetriNet(
        places=net.place_ids, transitions=net.transition_ids, initial=net.initial.to_dict(),
        arcs=[*arcs, *([] if more in arcs else [more])],
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
def test_beginnings_that_decide(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a part of the markings, or on a walk: what is found is accepted, and so is what is left."""
    monkeypatch.setattr(ltl_on_the_fly, "FIRST", 3)
    monkeypatch.setattr(ltl_by_stubborn_sets, "FIRST", 3)
    rng = random.Random(200 + seed)
    kinds: set[str] = set()
    for _ in range(12):
        net, formula = random_growing(rng), random_formula(rng, 3, LEAVES)
        limit = Budget(states=200)
        verdicts = [
            ltl(net, formula, method="explicit", fairness=fairness, weak=weak, budget=limit)
            for fairness in (None, "weak", "strong") for weak in (False, True)
        ]  # fmt: skip
        with suppress(UnsupportedError):
            verdicts.append(ltl(net, formula, method="stubborn", budget=limit))
        for verdict in verdicts:
            if verdict.evidence is not None:
                kinds.add(verdict.evidence.kind)
                result = recheck_ltl(verdict.evidence, net, formula=verdict.property)
                assert result.passed, result.reason
        plain = {verdicts[0].outcome, *(verdict.outcome for verdict in verdicts[6:])}
        assert len(plain - {Outcome.UNKNOWN}) <= 1
        run = LtlWalks(net, seed=seed).violation(violations(linear_formula(formula)), 0.2)
        assert run is None or not verdicts[0].holds
        if isinstance(run, Run):
            text = format_formula(formula)
            said = ltl_formula(text, holds=False, weak=False, fair=(), strong=())
            claim = Claim(formula=said, model_digest=net.digest())
            result = recheck_ltl(LtlPrefix(claim=claim, formula=text, run=run), net)
            assert result.passed, result.reason
            kinds.add("walk")
    assert kinds >= {"ltl-prefix", "ltl-ranks", "walk"}


def test_the_contest_on_a_part_of_an_unbounded_net() -> None:
    rising = PetriNet(
        places=["p", "n"], transitions=["t"], initial=["p"],
        arcs=[("p", "t"), ("t", "p"), ("t", "n")],
    )  # fmt: skip
    told: dict[int, str] = {}
    texts = ("G (n < 3)", "G (n < 2 || F G (n > 5)) && G (n < 2 || F G !(n > 5))")
    ContestAnswers(
        rising,
        [ContestQuestion(id=text, category="LTLC", formula=parse_formula(text)) for text in texts],
        deadline=time.monotonic() + 60, tell=lambda i, value, _: told.update({i: value}),
        keep=lambda *_: None, parallel=False,
    ).run()  # fmt: skip
    assert told == {0: "FALSE", 1: "FALSE"}
