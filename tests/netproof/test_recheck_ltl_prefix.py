"""Evidence that a run is a bad prefix: what is forged is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ltl_cases import prefix_of
from netproof.recheck import recheck_ltl
from petri.ltl import ltl
from petri.net import PetriNet
from transition_systems.budget import Budget
from transition_systems.errors import NetproofError
from transition_systems.evidence import evidence_from_dict
from transition_systems.evidence_data import Claim
from transition_systems.evidence_ltl import LtlPrefix, ltl_formula
from transition_systems.lts import LTS
from transition_systems.properties.parse import parse_formula
from transition_systems.run import Run, Step

CHAIN = LTS.from_arcs(
    4, [(0, "a", 1), (1, None, 2), (2, "b", 3), (3, "a", 3)],
    atoms={"p": [True, True, True, False], "q": [False, False, True, False]},
)  # fmt: skip
GROWING = PetriNet(
    places=["p", "n"], transitions=["t", "u"], initial=["p"],
    arcs=[("p", "t"), ("t", "p"), ("t", "n"), ("p", "u"), ("u", "p"), ("n", "u")],
)  # fmt: skip


def claimed(formula: str, run: Run, model: LTS | PetriNet, **reading: Any) -> LtlPrefix:
    said = {"weak": False, "fair": (), "strong": (), **reading}
    text = ltl_formula(formula, holds=False, **said)
    claim = Claim(formula=text, model_digest=model.digest())
    return LtlPrefix(claim=claim, formula=formula, run=run, **reading)


def walk(*moves: tuple[str, Any], start: Any = 0) -> Run:
    steps = tuple(Step(action=action, label=action, state=state) for action, state in moves)
    return Run(initial=start, steps=steps)


def why(evidence: LtlPrefix, model: LTS | PetriNet = CHAIN, **options: Any) -> str:
    result = recheck_ltl(evidence, model, **options)
    assert not result.passed
    return str(result.reason)


WHOLE = walk(("a", 1), ("tau", 2), ("b", 3))


def test_runs_that_are_accepted() -> None:
    for formula, most in (("G p", 3), ("G !q", 2), ("X q", 1), ("p U (q && X q)", 3), ("!p", 0)):
        found = prefix_of(CHAIN, parse_formula(formula))
        assert found is not None
        assert len(found.run) == most
        assert recheck_ltl(found, CHAIN, formula=formula).passed
        assert recheck_ltl(found, CHAIN, formula=f"A ({formula})").passed
        fair = claimed(formula, found.run, CHAIN, fair=(("a",),), strong=(("b", "tau"),))
        assert recheck_ltl(fair, CHAIN).passed


def test_runs_that_are_none() -> None:
    for run, reason in (
        (walk(("b", 3), start=2), "initial state"), (walk(start=True), "initial state"),
        (walk(("b", 1)), "no step"), (walk(("a", 2)), "no step"), (walk(("a", "1")), "no number"),
        (walk(("(stays)", 0)), "no step"),
    ):  # fmt: skip
        assert reason in why(claimed("G p", run, CHAIN))


def test_runs_that_may_go_on_well() -> None:
    for formula, run in (
        ("G p", walk(("a", 1), ("tau", 2))), ("F q", WHOLE), ("G F p", WHOLE), ("p U q", WHOLE),
        ("G (p || F G q)", WHOLE), ("X X X X !p", WHOLE), ("G !p || F G !p", WHOLE),
        ("G (p || F G q) && G (p || F q)", WHOLE),
    ):  # fmt: skip
        assert "may go on" in why(claimed(formula, run, CHAIN)), formula


def test_what_no_expansion_shows() -> None:
    """What is left after the run is refuted over all letters, not by expanding it further."""
    for formula in (
        "G (p || F G q) && G (p || F G !q)",
        "G (p || F q && G !q)",
        "p U G (q && X !q)",
    ):
        found = claimed(formula, WHOLE, CHAIN)
        assert recheck_ltl(found, CHAIN).passed, formula
        assert prefix_of(CHAIN, parse_formula(formula)) is not None
    assert recheck_ltl(claimed("F q && G !q", walk(), CHAIN), CHAIN).passed
    most = " && ".join(f"F x{i}" for i in range(13))
    result = recheck_ltl(
        claimed(f"G (dead || F G enabled(a)) && {most}", walk(), CHAIN), CHAIN,
        holds=lambda _: CHAIN.atoms["p"],
    )  # fmt: skip
    assert result.status == "skipped"
    late = recheck_ltl(claimed("F q && G !q", walk(), CHAIN), CHAIN, budget=Budget(seconds=0))
    assert late.status == "skipped"


def test_silent_steps_that_do_not_count() -> None:
    quiet = LTS.from_arcs(
        3, [(0, None, 1), (1, "a", 2)], atoms={"p": [True, True, False]}
    )  # fmt: skip
    run = walk(("tau", 1), ("a", 2))
    assert recheck_ltl(claimed("X p", run, quiet, weak=True), quiet).passed
    assert "may go on" in why(claimed("X p", run, quiet), quiet)
    assert "may go on" in why(claimed("X X !p", run, quiet), quiet)
    assert "may go on" in why(claimed("X p", walk(("tau", 1)), quiet, weak=True), quiet)
    assert prefix_of(quiet, parse_formula("X p"), weak=True) == claimed(
        "X p", run, quiet, weak=True
    )


def test_claims_that_say_something_else() -> None:
    good = claimed("G p", WHOLE, CHAIN)
    other = Claim(formula="G q not on all paths", model_digest=CHAIN.digest())
    assert "proves" in why(replace(good, claim=other))
    assert "proves" in why(replace(good, weak=True))
    assert "names a label" in why(claimed("G p", WHOLE, CHAIN, fair=(("z",),)))
    assert "digest" in why(good, LTS.from_arcs(1, [(0, "a", 0)]))
    assert "asked for" in why(good, formula="G q")
    for field, bad in (("weak", 1), ("fair", [[1]]), ("formula", 3), ("run", None)):
        with pytest.raises(NetproofError):
            evidence_from_dict({**good.to_dict(), field: bad})


def test_runs_of_nets() -> None:
    one, two = ({"p": 1, "n": k} for k in (1, 2))
    run = walk(("t", one), ("t", two), start={"p": 1})
    good = claimed("G n < 2", run, GROWING)
    assert recheck_ltl(good, GROWING).passed
    assert recheck_ltl(claimed("G n < 2", run, GROWING, strong=(("u",),)), GROWING).passed
    assert recheck_ltl(claimed("X enabled(u) -> X !enabled(u)", run, GROWING), GROWING).passed
    assert "may go on" in why(claimed("G n < 3", run, GROWING), GROWING)
    assert "may go on" in why(claimed("F n >= 3", run, GROWING), GROWING)
    assert "initial marking" in why(replace(good, run=walk(("t", two), start=one)), GROWING)
    assert "does not lead" in why(replace(good, run=walk(("t", two), start={"p": 1})), GROWING)
    assert "not enabled" in why(replace(good, run=walk(("u", one), start={"p": 1})), GROWING)
    assert "no transition" in why(
        replace(good, run=walk(("(stays)", {"p": 1}), start={"p": 1})), GROWING
    )


@pytest.mark.parametrize("method", ["auto", "explicit"])
def test_unbounded_nets(method: str) -> None:
    rising = PetriNet(
        places=["p", "n"], transitions=["t"], initial=["p"],
        arcs=[("p", "t"), ("t", "p"), ("t", "n")],
    )  # fmt: skip
    for formula, steps in (("G n <= 4", 5), ("G (n >= 2 -> X n < 3)", 3), ("n < 2 W n > 2", 2)):
        for fairness in (None, "weak", "strong"):
            verdict = ltl(
                rising, formula, method=method, fairness=fairness, budget=Budget(states=4_000)
            )
            assert isinstance(verdict.evidence, LtlPrefix)
            assert recheck_ltl(verdict.evidence, rising, formula=formula).passed
            assert len(verdict.evidence.run) == steps
