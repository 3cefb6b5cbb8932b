"""Transition systems that are checked on their arrays: as on their nets, and each answer proved."""

from __future__ import annotations

import random

import numpy as np
import pytest
from numpy.typing import NDArray

import netproof
from netproof import system_questions
from netproof.check_options import CheckOptions
from netproof.checking import check_model
from netproof.loading import Model
from netproof.pictures import mimebundle
from netproof.recheck.systems import recheck_system
from netproof.report.model import ModelReport
from transition_systems import LTS, UsageError
from transition_systems.lts import Arc
from transition_systems.scc import components
from transition_systems.temporal import ctl_witness
from translators.named_system import NamedSystem

LEAVES = ("p", "q", "s1", "enabled(a)", "enabled(b)", "done(a)", "done(c)", "dead", "p + q <= 1")
LABELS = ("a", "b", "c", None)


def drawn_system(rng: random.Random, *, distinct: bool = False) -> LTS:
    """A small system with the states s0 and s1, steps a, b, c and atoms p and q that hold."""
    n = rng.randint(2, 6)
    arcs: list[Arc] = [
        (0, "a", 1),
        (1, "b", rng.randrange(n)),
        (rng.randrange(n), "c", rng.randrange(n)),
    ]
    for number in range(rng.randint(0, n)):
        label = f"x{number}" if distinct else rng.choice(LABELS)
        arcs.append((rng.randrange(n), label, rng.randrange(n)))
    if distinct and rng.random() < 0.5:
        arcs.append((rng.randrange(n), None, rng.randrange(n)))
    atoms = {name: [rng.random() < 0.5 for _ in range(n)] for name in ("p", "q")}
    for name in atoms:
        atoms[name][rng.randrange(n)] = True
    final = [rng.randrange(n)] if rng.random() < 0.4 else []
    return LTS.from_arcs(n, arcs, final=final, atoms=atoms)


def drawn_formula(rng: random.Random, logic: str, depth: int = 2) -> str:
    """A formula of a logic, as text."""
    if not depth or rng.random() < 0.2:
        leaves = LEAVES[:5] + LEAVES[7:8] if logic == "mu" else LEAVES
        return rng.choice(leaves)
    one, other = (drawn_formula(rng, logic, depth - 1) for _ in range(2))
    if rng.random() < 0.35:
        return rng.choice([f"!({one})", f"(({one}) && ({other}))", f"(({one}) || ({other}))"])
    if logic == "mu":
        step = rng.choice(["a", "b", "!c", "true", "tau"])
        if rng.random() < 0.4:
            return rng.choice([
                f"(nu X. ({one}) && [{step}] X)", f"(mu X. ({one}) || <{step}> X)",
            ])  # fmt: skip
        return rng.choice([f"<{step}> ({one})", f"[{step}] ({one})"])
    word = rng.choice(["F", "G", "X", "U"])
    path = f"({one}) U ({other})" if word == "U" else f"{word} ({one})"
    if logic == "LTL":
        return f"({path})"
    quantifier = rng.choice("AE")
    if logic == "CTL":
        return f"{quantifier}[{path}]" if word == "U" else f"{quantifier}{path}"
    return f"({quantifier} ({path}))" if rng.random() < 0.7 else f"({path})"


def checked(lts: LTS, *asked: str) -> ModelReport:
    model = Model(source="<system>", format="lts", system=NamedSystem(lts=lts))
    return check_model(model, CheckOptions(properties=asked))


@pytest.mark.parametrize("logic", ["state", "CTL", "LTL", "CTL*", "mu", "pattern", "weak"])
def test_as_on_the_net(logic: str) -> None:
    rng = random.Random(logic)
    seen = set()
    for _ in range(12):
        lts = drawn_system(rng)
        asked = []
        for _ in range(4):
            if logic == "state":
                inner = " && ".join(rng.sample(LEAVES[:5], 2))
                asked.append(rng.choice([f"AG ({inner})", f"EF ({inner})", f"G !({inner})"]))
            elif logic == "pattern":
                asked.append(f"response({rng.choice(LEAVES[:7])}, {rng.choice(LEAVES[:7])})")
            elif logic == "mu":
                asked.append(f"<true>({drawn_formula(rng, logic)})")
            elif logic == "weak":
                asked.append(f"weak: F {drawn_formula(rng, 'LTL')}")
            else:
                asked.append(drawn_formula(rng, logic, 3))
        asked = list(dict.fromkeys(asked))
        direct, net = checked(lts, *asked), netproof.check(NamedSystem(lts=lts).net(), asked)
        for one, other in zip(direct.verdicts, net.verdicts, strict=True):
            assert (one.outcome, one.rechecked) == (other.outcome, "passed"), (
                one,
                list(lts.arcs()),
            )
            seen.add(one.outcome)
    assert len(seen) == 2


@pytest.mark.parametrize("strength", ["weak", "strong"])
def test_fairness_is_to_labels(strength: str) -> None:
    """Where each label is on one arc, that is fairness to the transitions of the net."""
    rng = random.Random(strength)
    seen = set()
    for _ in range(10):
        lts = drawn_system(rng, distinct=True)
        asked = [f"{strength}-fairness: {drawn_formula(rng, x)}" for x in ("LTL", "CTL", "CTL*")]
        asked = [text for text in asked if set(text) & set("FGXU")]
        asked.append(f"termination-{strength}")
        direct, net = checked(lts, *asked), netproof.check(NamedSystem(lts=lts).net(), asked)
        for one, other in zip(direct.verdicts, net.verdicts, strict=True):
            assert (one.outcome, one.rechecked) == (other.outcome, "passed"), one
            seen.add(one.outcome)
    assert len(seen) == 2
    ring = LTS.from_arcs(2, [(0, "a", 0), (0, "a", 1), (1, "b", 0)])
    (entry,) = checked(ring, f"{strength}-fairness: F s1").verdicts
    assert entry.outcome == "VIOLATED"  # a happens again and again, and s1 is not reached
    assert "fair to each label" in entry.explanation


def _naive(lts: LTS) -> dict[str, bool]:
    """The properties by definition, from which states lead to which."""
    n = lts.n_states
    leads: NDArray[np.bool_] = np.eye(n, dtype=np.bool_)
    leads[lts.sources, lts.targets] = True
    for _ in range(n):
        leads = np.asarray(leads.astype(int) @ leads.astype(int) > 0)
    reached = np.asarray(leads[lts.initial].any(axis=0))
    ends = np.diff(lts.offsets) == 0
    _, component = components(lts.offsets, lts.targets)
    cycle = any(component[s] == component[t] and reached[s]
                for s, t in zip(lts.sources.tolist(), lts.targets.tolist(), strict=True))  # fmt: skip
    able = {
        x: np.asarray(np.isin(np.arange(n), lts.sources[lts.labels == x]))
        for x in np.unique(lts.labels).tolist()
    }
    return {
        "deadlock": not (reached & ends & ~lts.final).any(),
        "termination": not cycle,
        "no-dead-transitions": all((reached & where).any() for where in able.values()),
        "liveness": all((leads[s] & where).any() for where in able.values()
                        for s in np.flatnonzero(reached)),
        "reversibility": all(leads[s][lts.initial].any() for s in np.flatnonzero(reached)),
    }  # fmt: skip


@pytest.mark.parametrize("few", [0, 6])
def test_properties_by_name(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_questions, "FEW_LABELS", few)
    rng = random.Random(9)
    seen = set()
    for number in range(80):
        lts = drawn_system(rng)
        initial = [0] if number % 3 else [0, 1]
        lts = LTS.from_arcs(
            lts.n_states, lts.arcs(), initial=initial, final=np.flatnonzero(lts.final).tolist()
        )
        wanted = _naive(lts)
        for entry in checked(lts, *wanted).verdicts:
            assert (str(entry.outcome) == "HOLDS") is wanted[entry.name], (entry, list(lts.arcs()))
            assert entry.rechecked == "passed", entry
            seen.add((entry.name, str(entry.outcome)))
    assert len(seen) == 10


def _ring(first: int, size: int, labels: int) -> list[Arc]:
    return [
        (first + state, f"x{state % labels}", first + (state + 1) % size) for state in range(size)
    ]


def test_many_labels() -> None:
    one = _ring(0, 300, 300)
    two = [*_ring(0, 60, 30), *_ring(60, 60, 30), (120, "x0", 0), (120, "x0", 60)]
    for arcs, start, live in ((one, 0, "HOLDS"), (two, 120, "HOLDS"), (two[:-3], 60, "VIOLATED")):
        lts = LTS.from_arcs(max(max(a, b) for a, _, b in arcs) + 1, arcs, initial=[start])
        first, second = checked(lts, "liveness", "no-dead-transitions").verdicts
        assert (first.outcome, first.rechecked, second.rechecked) == (live, "passed", "passed")
        assert second.outcome == "HOLDS"
        assert second.witness is None
    single = LTS.from_arcs(2, [(0, "a", 1)])
    (entry,) = checked(single, "no-dead-transitions").verdicts
    assert (entry.outcome, entry.rechecked, entry.witness) == ("HOLDS", "passed", None)


def test_runs_that_are_too_long_to_be_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    lts = LTS.from_arcs(200, [(state, "a", state + 1) for state in range(199)])
    (entry,) = checked(lts, "deadlock").verdicts
    assert entry.witness is not None
    assert len(entry.witness) == 199
    monkeypatch.setattr(ctl_witness, "MOST_STEPS", 100)
    for entry in checked(lts, "deadlock", "reversibility", "AG !s150").verdicts:
        assert (entry.outcome, entry.rechecked) == ("VIOLATED", "passed")
        assert (entry.witness is None) is (entry.name != "reversibility")
    assert checked(lts, "deadlock").verdicts[0].explanation.startswith("After more steps than")


def test_a_system_in_memory() -> None:
    lts = LTS.from_arcs(2, [(0, "pay", 1)], atoms={"paid": [False, True]})
    report = netproof.check(lts, ["AF paid", "deadlock"])
    assert [str(entry.outcome) for entry in report.verdicts] == ["HOLDS", "VIOLATED"]
    assert netproof.replay(lts, ["pay"]) == [{"s0": 1}, {"s1": 1, "paid": 1}]
    assert "<svg" in str(mimebundle(report))
    assert report.trace("deadlock").to_mermaid().endswith("Note over L0: pay")


def test_all_initial_states_count() -> None:
    lts = LTS.from_arcs(3, [(0, "a", 2), (1, "b", 2)], initial=[0, 1])
    report = checked(
        lts, "EF done(a)", "F s2", "<a> true", "AG !s2", "persistence", "AF (s0 || s2)"
    )
    outcomes = [str(entry.outcome) for entry in report.verdicts]
    assert outcomes == ["VIOLATED", "HOLDS", "VIOLATED", "VIOLATED", "UNKNOWN", "HOLDS"]
    assert all(entry.rechecked == "passed" for entry in report.verdicts if entry.evidence)
    assert "every initial state" in report.verdicts[0].explanation
    assert "several initial states" in str(report.verdicts[4].reason)


def test_systems_are_bounded_and_safe() -> None:
    """Whatever they are: they have finitely many states and are in one at a time."""
    for lts in (
        LTS.from_arcs(1, initial=[]), LTS.from_arcs(2, [(0, "a", 1)], initial=[0, 1]),
        LTS.from_arcs(2, [(0, "a", 1)], atoms={"p": [True, True]}),
    ):  # fmt: skip
        system = NamedSystem(lts=lts)
        report = checked(lts, "boundedness", "safeness")
        for entry in report.verdicts:
            assert (str(entry.outcome), entry.rechecked) == ("HOLDS", "passed")
            assert entry.evidence is not None
            assert not recheck_system(entry.name, "VIOLATED", entry.evidence, system)
            assert not recheck_system("deadlock", "HOLDS", entry.evidence, system)
        texts = [entry.explanation for entry in report.verdicts]
        assert "ever holds more than 1 token" in texts[0]
        assert "ever holds two tokens" in texts[1]


def test_names_that_are_no_names() -> None:
    lts = LTS.from_arcs(2, [(0, "pay", 1), (1, "ship", 0)], atoms={"paid": [False, True]})
    for text, said in (
        ("AG piad", "did you mean 'paid'"), ("EF pay", "ask for done(pay)"),
        ("EF done(shp)", "did you mean 'ship'"), ("<shp> true", "did you mean 'ship'"),
        ("EF started(pay)", "one event"),
        ("weak-process-fairness: F paid", "no processes"), ("EF (s3 + paid >= 1)", "'s3'"),
        ("lost-messages", "property of a workflow"),
    ):  # fmt: skip
        (entry,) = checked(lts, text).verdicts
        assert entry.unusable, text
        assert said in str(entry.reason), entry.reason


def test_the_silent_step_is_called_tau() -> None:
    lts = LTS.from_arcs(2, [(0, "a", 1)])
    with pytest.raises(UsageError, match="is called 'tau'"):
        netproof.check(lts, ["EF done(i)"])
