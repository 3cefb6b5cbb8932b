"""Linear time by stubborn sets: against the full search, with careless engines and forged files."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import netproof
from ltl_cases import random_formula
from netproof.contest import linear
from netproof.contest.answering import ContestAnswers
from netproof.contest.categories import ContestQuestion
from netproof.contest.questions import Shown
from netproof.evidence_files import recheck_folder, write_evidence
from netproof.recheck import ltl_stubborn, recheck, recheck_ltl
from petri import PetriNet, write_pnml
from petri import ltl_by_stubborn_sets as engine
from petri.last_steps import with_last_steps
from petri.ltl import ltl
from petri.ltl_by_stubborn_sets import ltl_by_stubborn_sets, worth_reducing
from petri.stubborn.dependencies import Dependencies
from petri.stubborn.stuttering import StutterSearch, visible_transitions
from transition_systems.budget import Budget
from transition_systems.errors import ExpressionError, NetproofError, UnsupportedError
from transition_systems.evidence import LtlRanks, LtlStubborn, evidence_from_dict
from transition_systems.evidence_ltl import ltl_formula
from transition_systems.properties.format import format_formula
from transition_systems.properties.formulas import Formula
from transition_systems.properties.parse import parse_formula
from transition_systems.properties.predicates import Atom, Compare, Dead, Enabled, Predicate

pytestmark = pytest.mark.exhaustive

SMALL = Budget(states=500)


def wide_net(rng: random.Random) -> PetriNet:
    """One to three small nets side by side that now and then ask for each other's tokens."""
    places: list[str] = []
    transitions: list[str] = []
    arcs: dict[tuple[str, str], None] = {}
    initial: dict[str, int] = {}
    for part in range(rng.choice((1, 2, 2, 3))):
        own = [f"p{part}{i}" for i in range(rng.randint(2, 4))]
        places += own
        initial.update({place: 1 for place in own if rng.random() < 0.3})
        initial.setdefault(own[0], 1)
        for number in range(rng.randint(1, 4)):
            transition = f"t{part}{number}"
            transitions.append(transition)
            arcs[rng.choice(own), transition] = None
            arcs[transition, rng.choice(own)] = None
            other = rng.choice(places)
            if rng.random() < 0.15:
                arcs[other, transition] = None
                if rng.random() < 0.7:
                    arcs[transition, other] = None
    return PetriNet(places=places, transitions=transitions, arcs=list(arcs), initial=initial)


def formula_about(net: PetriNet, rng: random.Random) -> Formula:
    leaves: list[Predicate] = [Atom(rng.choice(net.place_ids)) for _ in range(2)]
    leaves.append(Compare(((rng.choice(net.place_ids), 1),), rng.choice(("<=", "==")), 1))
    leaves.append(Compare(tuple((p, 1) for p in rng.sample(net.place_ids, 2)), ">=", 2))
    if rng.random() < 0.4:
        leaves.append(Enabled(rng.choice(net.transition_ids)))
    if rng.random() < 0.2:
        leaves.insert(rng.randrange(len(leaves)), Dead())
    return random_formula(rng, rng.choice((2, 3)), leaves[: rng.randint(1, 5)])


def cases(count: int, seed: int = 0) -> Iterator[tuple[PetriNet, Formula]]:
    rng = random.Random(seed)
    for _ in range(count):
        net = wide_net(rng)
        yield net, formula_about(net, rng)


def test_reduced_and_full_agree() -> None:
    seen: Counter[str] = Counter()
    sizes = [0, 0]
    for net, formula in cases(110):
        full = ltl(net, formula, budget=SMALL, method="explicit")
        if full.unknown:
            continue
        try:
            found = ltl_by_stubborn_sets(net, formula, budget=Budget(states=2_000))
        except UnsupportedError:
            seen["refused"] += 1
            continue
        if found.unknown:
            continue
        assert found.outcome == full.outcome, (net, format_formula(formula))
        assert found.evidence is not None
        piece = evidence_from_dict(found.evidence.to_dict())
        assert piece == found.evidence
        assert recheck(piece, net).passed, (net, format_formula(formula))
        assert recheck_ltl(piece, net, formula=format_formula(formula)).passed
        seen[str(found.outcome)] += 1
        if isinstance(piece, LtlStubborn):
            assert isinstance(full.evidence, LtlRanks)
            assert piece.ranks.space is not None
            assert full.evidence.space is not None
            sizes[0] += len(piece.ranks.space.rows)
            sizes[1] += len(full.evidence.space.rows)
    assert len(seen) == 3
    assert min(seen.values()) > 20
    assert sizes[0] < 0.8 * sizes[1]


APART = PetriNet(
    places=["p", "p2", "q", "q2"], transitions=["a", "b"],
    arcs=[("p", "a"), ("a", "p2"), ("q", "b"), ("b", "q2")], initial=["p", "q"],
)  # fmt: skip


def test_a_formula_that_tells_repetition_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the guard gone, the step that is looked at first decides what comes next."""
    text = "X !q2"
    assert ltl(APART, text, method="explicit").violated
    with pytest.raises(UnsupportedError, match="can tell how often"):
        ltl_by_stubborn_sets(APART, text)
    with pytest.raises(UnsupportedError, match="can tell how often"):
        ltl(APART, text, method="stubborn")
    monkeypatch.setattr(engine, "stutter_invariant", lambda *_, **__: True)
    wrong = ltl_by_stubborn_sets(APART, text)
    assert wrong.holds  # which is why there is a guard
    assert wrong.evidence is not None
    assert (
        recheck(wrong.evidence, APART).reason
        == "the formula can tell how often a letter is repeated"
    )


def test_next_that_does_not_tell_repetition() -> None:
    for text in ("F dead", "F (!q2 && X q2)", "F (q && X !q)", "G (q2 -> X q2)", "X F q2 || q2"):
        found = ltl_by_stubborn_sets(APART, text)
        assert found.holds
        assert found.statistics.states == 3
        assert found.evidence is not None
        assert recheck(found.evidence, APART).passed


def careless(monkeypatch: pytest.MonkeyPatch, *, blind: bool, patient: bool) -> None:
    """Make the engine leave out one of its rules."""
    if blind:
        monkeypatch.setattr("petri.stubborn.stuttering.visible_transitions", lambda *_: 0)
    if patient:
        monkeypatch.setattr(StutterSearch, "open_cycles", lambda _: False)


def claims(count: int) -> Iterator[tuple[PetriNet, LtlStubborn, bool]]:
    """What an engine proves, and whether it is so."""
    for net, formula in cases(count, seed=5):
        full = ltl(net, formula, budget=SMALL, method="explicit")
        try:
            found = ltl_by_stubborn_sets(net, formula, budget=SMALL)
        except UnsupportedError:
            continue
        if not full.unknown and isinstance(found.evidence, LtlStubborn):
            yield net, found.evidence, full.holds


@pytest.mark.parametrize(("blind", "patient"), [(True, False), (False, True), (True, True)])
def test_what_careless_engines_prove(
    blind: bool, patient: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    careless(monkeypatch, blind=blind, patient=patient)
    wrong = 0
    for net, piece, holds in claims(120):
        passed = recheck(piece, net).passed
        assert holds or not passed, (net, piece.claim)
        wrong += not holds
    assert wrong > 0


def everything(local: Any, _: Any) -> Any:
    """A check that takes all sets as fine."""
    return np.ones(len(local.rows), dtype=np.bool_)


@pytest.mark.parametrize(
    ("owner", "name", "instead"),
    [
        (ltl_stubborn, "_rules", everything),
        (ltl_stubborn, "_visible", lambda *_: set()),
    ],
)
def test_a_careless_recheck_is_found_out(
    owner: Any, name: str, instead: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    careless(monkeypatch, blind=True, patient=True)
    monkeypatch.setattr(owner, name, instead)
    assert any(recheck(piece, net).passed for net, piece, holds in claims(120) if not holds)


def mutant(piece: LtlStubborn, rng: random.Random, other: str) -> LtlStubborn:
    """The evidence with bits of sets, numbers or markings changed, or about another formula."""
    stubborn, order, ranks = piece.stubborn.copy(), piece.order.copy(), piece.ranks
    assert ranks.space is not None
    rows = ranks.space.rows.copy()
    for _ in range(rng.choice((1, 1, 2))):
        row, kind = rng.randrange(len(order)), rng.random()
        if kind < 0.4:
            stubborn[row, rng.randrange(stubborn.shape[1])] ^= 1 << rng.randrange(8)
        elif kind < 0.5:
            stubborn[row] = stubborn[rng.randrange(len(order))]
        elif kind < 0.6:
            order[row] += rng.choice((-3, -1, 1, 3))
        elif kind < 0.7:
            rows[row, rng.randrange(rows.shape[1])] = rng.choice((0, 1, 2))
        elif kind < 0.8 and ranks.ranks.size:
            changed = ranks.ranks.copy()
            changed[rng.randrange(len(changed)), rng.randrange(changed.shape[1])] += 1
            ranks = replace(ranks, ranks=changed)
        else:
            text = rng.choice((other, f"!({ranks.formula})", ranks.formula.replace("F", "G")))
            said = ltl_formula(text, holds=True, weak=False, fair=(), strong=())
            ranks = replace(ranks, formula=text, claim=replace(ranks.claim, formula=said))
    space = replace(piece.ranks.space, rows=rows) if piece.ranks.space else None
    ranks = replace(ranks, space=space)
    return LtlStubborn(claim=ranks.claim, ranks=ranks, stubborn=stubborn, order=order)


def test_mutants() -> None:
    rng = random.Random(4)
    tried = accepted = 0
    for net, piece, holds in claims(110):
        assert holds
        for _ in range(8):
            made = mutant(piece, rng, format_formula(formula_about(net, rng)))
            if made == piece:
                continue
            tried += 1
            try:
                passed = recheck(evidence_from_dict(made.to_dict()), net).passed
            except NetproofError:
                continue
            if passed:
                accepted += 1
                assert ltl(net, made.ranks.formula, method="explicit").holds, made.claim
    assert tried > 150
    assert 0 < accepted < tried / 2


def refused(piece: LtlStubborn, why: str) -> None:
    result = recheck(piece, APART)
    assert result.status == "failed", result
    assert why in str(result.reason), result.reason


def test_forged_pieces_are_refused() -> None:
    piece = ltl_by_stubborn_sets(APART, "F q2").evidence
    assert isinstance(piece, LtlStubborn)
    assert recheck(piece, APART).passed
    ranks = piece.ranks
    none = np.zeros_like(piece.stubborn)
    refused(replace(piece, stubborn=none), "no step where there are steps")
    only_b = np.full_like(piece.stubborn, 0b10)
    refused(replace(piece, stubborn=only_b), "no invisible step where there are some")
    refused(replace(piece, ranks=replace(ranks, space=None)), "needs their set")
    refused(replace(piece, ranks=replace(ranks, fair=(("a",),))), "not those that are fair")
    refused(replace(piece, ranks=replace(ranks, weak=True)), "not those that are fair")
    other = replace(piece.claim, formula="F p2 on all paths")
    refused(replace(piece, claim=other), "not its claim")
    refused(replace(piece, claim=other, ranks=replace(ranks, claim=other)), "not its claim")
    refused(replace(piece, order=piece.order[:-1]), "the order of the markings")
    loop = PetriNet(
        places=["p", "q", "q2"], transitions=["a", "b"],
        arcs=[("p", "a"), ("a", "p"), ("q", "b"), ("b", "q2")], initial=["p", "q"],
    )  # fmt: skip
    stays = ltl_by_stubborn_sets(loop, "G (q || q2)").evidence
    assert isinstance(stays, LtlStubborn)
    assert recheck(stays, loop).passed
    assert stays.ranks.space is not None
    # In the first marking only the loop, which never lets b come: rule (d).
    some = stays.stubborn.copy()
    some[0] = 0b01
    result = recheck(replace(stays, stubborn=some), loop)
    assert "put off on a cycle" in str(result.reason)
    # Only what is visible, where something else goes on: rule (c).
    some[0] = 0b10
    assert "no invisible step" in str(recheck(replace(stays, stubborn=some), loop).reason)


def test_what_is_visible() -> None:
    net = PetriNet(
        places=["p", "q", "r"], transitions=["a", "b", "c"],
        arcs=[("p", "a"), ("a", "q"), ("q", "b"), ("b", "r"), ("r", "c"), ("c", "r")],
        initial=["p"],
    )  # fmt: skip
    wanted = {
        "F p": 0b001, "F q": 0b011, "F p + q >= 1": 0b010, "F p + q + r >= 1": 0b000,
        "F enabled(b)": 0b011, "F enabled(c)": 0b010, "F dead": 0b000, "F (q && dead)": 0b111,
    }  # fmt: skip
    for text, mask in wanted.items():
        assert visible_transitions(net, parse_formula(text), Dependencies(net)) == mask, text
        assert worth_reducing(net, parse_formula(text)) is (mask != 0b111)
        assert ltl_by_stubborn_sets(net, text).outcome == ltl(net, text, method="explicit").outcome


def test_nets_that_remember_their_last_step() -> None:
    """Each step may change what was last: no order of theirs is left out."""
    for net, _ in cases(12, seed=3):
        name = net.transition_ids[0]
        for text in (f"F done({name})", f"G (done({name}) -> F dead)", f"G F done({name})"):
            made = with_last_steps(net, parse_formula(text))
            full = ltl(made.net, made.formula, budget=SMALL, method="explicit")
            found = ltl_by_stubborn_sets(made.net, made.formula, budget=SMALL)
            if not full.unknown and not found.unknown:
                assert found.outcome == full.outcome, (net, text)


def lines(count: int, length: int) -> PetriNet:
    """Lines side by side, and a last step that waits for all of them."""
    arcs: list[tuple[str, str]] = []
    for k in range(count):
        for at in range(length):
            arcs += [(f"q{k}_{at}", f"s{k}_{at}"), (f"s{k}_{at}", f"q{k}_{at + 1}")]
        arcs.append((f"q{k}_{length}", "join"))
    arcs.append(("join", "end"))
    names = list(dict.fromkeys(name for arc in arcs for name in arc))
    steps = [name for name in names if name[0] in "sj"]
    places = [name for name in names if name not in steps]
    initial = [f"q{k}_0" for k in range(count)]
    return PetriNet(places=places, transitions=steps, arcs=arcs, initial=initial)


def test_markings_beyond_any_list() -> None:
    net = lines(9, 9)  # 10^9 markings
    for text, holds in (("F end", True), ("G (q0_3 -> F q1_8)", False)):
        found = ltl_by_stubborn_sets(net, text)
        assert found.holds is holds
        assert found.statistics.states < 200
        assert found.evidence is not None
        assert recheck(found.evidence, net).passed


def test_files_with_large_state_spaces(tmp_path: Path) -> None:
    """The claim is about the file then; what is written is read and rechecked."""
    write_pnml(lines(9, 9), tmp_path / "lines.pnml")
    report = netproof.check(tmp_path / "lines.pnml", properties=["G (q0_3 -> F end)"])
    (entry,) = report.models[0].verdicts
    assert entry.verdict.holds
    assert entry.verdict.statistics.method == "stubborn-sets"
    assert entry.rechecked == "passed"
    write_evidence(report, tmp_path / "proofs")
    ((_, found),) = recheck_folder(tmp_path / "proofs")
    assert found.result.passed


def test_the_contest(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WALK_SHARE", "REACH_SHARE"):
        monkeypatch.setattr(linear, name, 0.0)
    monkeypatch.setattr(linear, "FIRST_STATES", 50)
    texts = {"A F end": "TRUE", "A (F q0_3 && G (q0_3 -> F end))": "TRUE", "A F q8_2": "TRUE"}
    told: dict[int, tuple[str, str]] = {}
    kept: dict[int, list[Shown]] = {}
    net = lines(9, 9)
    questions = [
        ContestQuestion(id=str(i), category="LTLC", formula=parse_formula(text))
        for i, text in enumerate(texts)
    ]
    ContestAnswers(
        net, questions, deadline=time.monotonic() + 60, parallel=False,
        tell=lambda i, value, by: told.update({i: (value, by)}),
        keep=lambda i, shown: kept.update({i: shown}),
    ).run()  # fmt: skip
    assert told == {i: (value, "STUBBORN_SETS") for i, value in enumerate(texts.values())}
    for shown in kept.values():
        assert [one.evidence.kind for one in shown] == ["ltl-stubborn"]
        assert recheck(shown[0].evidence, net).passed
    assert len(kept) == 3


def test_budgets_and_errors() -> None:
    net = lines(5, 5)
    short = ltl_by_stubborn_sets(
        net, "G (q0_0 || F end) && F (q1_1 && q2_2)", budget=Budget(states=5)
    )
    assert short.unknown
    assert short.reason is not None
    assert ltl_by_stubborn_sets(net, "F end", budget=Budget(seconds=0.0)).unknown
    doubtful = ltl_by_stubborn_sets(net, "F (!end && X end)", budget=Budget(seconds=0.0))
    assert "not known whether the formula can tell" in str(doubtful.reason)
    piece = ltl_by_stubborn_sets(net, "F end").evidence
    assert piece is not None
    assert recheck(piece, net, budget=Budget(seconds=0.0)).status == "skipped"
    with pytest.raises(ExpressionError, match="q0_0"):
        ltl_by_stubborn_sets(net, "F q0_00")
    with pytest.raises(UnsupportedError):
        ltl_by_stubborn_sets(net, "G EF end")
