"""CTL by diagrams: against listed markings, mutated and forged, and where no list could be."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine_cases import random_net, random_safe_net
from netproof.recheck import ctl_diagrams, recheck, recheck_verdict
from petri import PetriNet
from petri.ctl import ctl, ctl_without_game
from petri.state_space.symbolic import shared_nodes
from transition_systems.budget import Budget
from transition_systems.errors import NetproofError, UnsupportedError, UsageError
from transition_systems.evidence import CtlDiagrams, evidence_from_dict
from transition_systems.properties.format import format_formula
from transition_systems.properties.formulas import Negation, Unary
from transition_systems.properties.parse import parse_formula

COUNTER = PetriNet.from_arrays([[1, 0], [0, 1]], [[0, 1], [1, 0]], [5, 0])
ENDING = PetriNet.from_arrays([[1], [0]], [[0], [1]], [3, 0])
QUANTIFIED = ("X", "F", "G")
SMALL = Budget(states=300)


def formula(net: PetriNet, rng: random.Random, depth: int) -> str:
    if depth == 0 or rng.random() < 0.15:
        kind = rng.random()
        if kind < 0.3 and net.transition_ids:
            return f"enabled({rng.choice(net.transition_ids)})"
        if kind < 0.4:
            return "dead"
        sign = rng.choice((">=", "<=", "=="))
        return f"({rng.choice(net.place_ids)} {sign} {rng.choice((0, 1, 1, 2))})"

    def part() -> str:
        return formula(net, rng, depth - 1)

    kind = rng.random()
    if kind < 0.15:
        return f"!({part()})"
    if kind < 0.4:
        return f"({part()} {rng.choice(('&&', '||', '->'))} {part()})"
    quantifier = rng.choice("AE")
    if kind < 0.7:
        return f"{quantifier}{rng.choice(QUANTIFIED)} ({part()})"
    return f"{quantifier} (({part()}) {rng.choice('URW')} ({part()}))"


def drawn(net: PetriNet, text: str) -> CtlDiagrams:
    verdict = ctl(net, text, method="symbolic")
    assert isinstance(verdict.evidence, CtlDiagrams), verdict
    return verdict.evidence


def cases(count: int) -> Iterator[tuple[PetriNet, str]]:
    for seed in range(count):
        rng = random.Random(seed)
        net = random_safe_net(seed) if seed % 2 else random_net(seed)
        yield net, f"A{rng.choice(QUANTIFIED)} ({formula(net, rng, rng.choice((1, 2)))})"
        yield net, f"E{rng.choice(QUANTIFIED)} ({formula(net, rng, 2)})"


def test_diagrams_and_lists_agree() -> None:
    seen: Counter[str] = Counter()
    for net, text in cases(100):
        listed = ctl(net, text, method="explicit", budget=SMALL)
        if listed.unknown:
            continue
        found = ctl(net, text, method="symbolic")
        assert found.outcome == listed.outcome, (net, text)
        assert found.evidence is not None
        piece = evidence_from_dict(found.evidence.to_dict())
        assert piece == found.evidence
        assert piece.kind == "ctl-diagrams"
        result = recheck_verdict(found.property, found.outcome, piece, net)
        assert result.passed, (net, text, result.reason)
        other = "VIOLATED" if found.holds else "HOLDS"
        assert not recheck_verdict(found.property, other, piece, net).passed
        seen[str(found.outcome)] += 1
    assert min(seen.values()) > 50


def mutant(piece: CtlDiagrams, net: PetriNet, rng: random.Random) -> CtlDiagrams:
    """The evidence with a few numbers changed, rows dropped or swapped, or another claim."""
    arrays = {"links": piece.links.copy(), "nodes": piece.nodes.copy()}
    text = piece.claim.formula
    for _ in range(rng.choice((1, 1, 2, 3))):
        name = rng.choice(("links", "links", "nodes", "claim"))
        if name == "claim":
            kind = rng.random()
            if kind < 0.4:
                one, two = rng.choice(
                    (("A", "E"), ("E", "A"), ("F", "G"), ("G", "F"), (">=", "<="), ("1", "2"),
                     ("||", "&&"), ("&&", "||"), ("U", "R"), ("R", "U"), ("X", "F"), ("G", "X"))
                )  # fmt: skip
                text = text.replace(one, two, rng.choice((1, -1)))
            else:
                asked = formula(net, rng, rng.choice((1, 2))) if kind < 0.7 else text
                text = f"!({asked})" if rng.random() < 0.6 else asked
            continue
        array = arrays[name]
        if not len(array):
            continue
        row, way = rng.randrange(len(array)), rng.random()
        if way < 0.6:
            column = rng.randrange(3)
            array[row, column] = rng.choice(
                (array[row, column] + rng.choice((-1, 1)), array[rng.randrange(len(array)), column])
            )
        elif way < 0.75:
            arrays[name] = np.delete(array, row, axis=0)
        elif way < 0.9:
            other = rng.randrange(len(array))
            array[[row, other]] = array[[other, row]]
        else:
            arrays[name] = np.insert(array, row, array[row], axis=0)
    return replace(piece, claim=replace(piece.claim, formula=text), **arrays)


def campaign(count: int, *, first: bool = False) -> tuple[Counter[str], list[str]]:
    tally: Counter[str] = Counter()
    faults: list[str] = []
    rng = random.Random(count)
    for net, text in cases(count):
        if first and faults:
            break
        if ctl(net, text, method="explicit", budget=SMALL).unknown:
            continue
        piece = drawn(net, text)
        for _ in range(8):
            made = mutant(piece, net, rng)
            if made == piece:
                continue
            tally["mutants"] += 1
            try:
                passed = recheck(evidence_from_dict(made.to_dict()), net).passed
            except NetproofError:
                continue
            if not passed:
                continue
            tally["accepted"] += 1
            if not ctl(net, made.claim.formula, method="explicit", budget=SMALL).holds:
                faults.append(f"{net!r} {made.claim.formula}")
    return tally, faults


def test_what_is_accepted_is_true() -> None:
    tally, faults = campaign(80)
    assert not faults, faults[0]
    assert tally["mutants"] > 700
    assert 0 < tally["accepted"] < tally["mutants"] / 2


def careless(_: Any, *given: Any) -> Any:
    """A check that looks at nothing, and takes the set of a link as it is given."""
    return given[1][1] if isinstance(given[1], tuple) else None


@pytest.mark.parametrize("name", ["within", "leads", "able", "_leads"])
def test_a_careless_recheck_is_found_out(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctl_diagrams._Sets, name, careless)
    assert campaign(110, first=True)[1]


def refused(piece: CtlDiagrams, why: str, net: PetriNet = COUNTER) -> None:
    result = recheck(piece, net)
    assert result.status == "failed", result
    assert why in str(result.reason), result.reason


def linked(piece: CtlDiagrams, rows: list[Any]) -> CtlDiagrams:
    return replace(piece, links=np.array(rows, dtype=np.int64).reshape(-1, 3))


def test_forged_links_are_refused() -> None:
    piece = drawn(ENDING, "AF dead")
    assert recheck(piece, ENDING).passed
    rows = piece.links.tolist()
    assert [row[:2] for row in rows] == [[0, -1]] * 3
    refused(linked(piece, rows[1:]), "leads out of what is allowed", ENDING)
    refused(linked(piece, rows[::-1]), "leads out of what is allowed", ENDING)
    refused(linked(piece, [[1, *row[1:]] for row in rows]), "more temporal", ENDING)
    refused(linked(piece, [[-1, *row[1:]] for row in rows]), "more temporal", ENDING)
    refused(linked(piece, []), "initial marking", ENDING)
    refused(linked(piece, [[0, 7, 0]]), "no transition of the net", ENDING)
    refused(linked(piece, [[0, -2, 0]]), "no transition of the net", ENDING)
    refused(linked(piece, [[0, -1, 10_000]]), "no set", ENDING)
    stuck = ENDING.replace(initial={})
    still = drawn(stuck, "EG p2 == 0")
    gone = replace(linked(still, still.links.tolist()[:1]), claim=still.claim)
    gone = replace(gone, claim=replace(gone.claim, formula="AF p2 >= 1"))
    refused(gone, "dead marking", stuck)
    for text in ("AF p2 >= 4", "AX dead", "! AF dead", "AG dead", "AF dead && AF dead"):
        claim = replace(piece.claim, formula=text)
        assert recheck(replace(piece, claim=claim), ENDING).status == "failed"
    stays = drawn(COUNTER, "AG (p1 + p2 == 5)")
    some = drawn(COUNTER, "EG p1 >= 1")
    for asked in (stays, some):
        assert recheck(asked, COUNTER).passed
        refused(linked(asked, asked.links.tolist()[:1]), "is left, for all we know")
        refused(linked(asked, []), "initial marking")
    refused(linked(some, [[0, -1, row[2]] for row in some.links.tolist()]), "does not enable")
    refused(linked(some, [[0, 1, row[2]] for row in some.links.tolist()]), "does not enable")


def test_paths_beside_the_sets() -> None:
    net = philosophers(24)
    lost = drawn(net, "AG (!dead && EF one3)")
    assert lost.run is not None
    assert lost.lasso is None
    assert not net.enabled(net.run(net.initial, lost.run.actions).last)
    round_ = drawn(net, "AG (one0 -> AF think0)")
    assert round_.lasso is not None
    assert all("one0" in step.state for step in round_.lasso.cycle)
    assert drawn(net, "AG EF dead").path is None
    for piece in (lost, round_):
        assert piece.path is not None
        assert recheck(piece, net).passed
        short = replace(piece, path=replace(piece.path, steps=piece.path.steps[1:]))
        assert recheck(short, net).status == "failed"


def test_a_step_that_changes_nothing() -> None:
    net = PetriNet(
        places=["a", "b"], transitions=["loop", "go"],
        arcs=[("a", "loop"), ("loop", "a"), ("a", "go"), ("go", "b")], initial=["a"],
    )  # fmt: skip
    for text in ("AF b", "EG a", "AG EF b", "EX a", "AX (a || b)"):
        piece = drawn(net, text)
        assert recheck(piece, net).passed
        contrary = Negation(parse_formula(piece.claim.formula))
        turned = replace(piece.claim, formula=format_formula(contrary))
        assert recheck(replace(piece, claim=turned), net).status == "failed"
    asked = drawn(net, "EG a")
    forged = replace(asked.claim, formula="AG a")
    assert recheck(replace(asked, claim=forged), net).status == "failed"


def philosophers(count: int) -> PetriNet:
    arcs: list[tuple[str, str]] = []
    for k in range(count):
        first, second = f"f{k}", f"f{(k + 1) % count}"
        arcs += [(f"think{k}", f"take{k}"), (first, f"take{k}"), (f"take{k}", f"one{k}")]
        arcs += [(f"one{k}", f"eat{k}"), (second, f"eat{k}")]
        arcs += [(f"eat{k}", name) for name in (first, second, f"think{k}")]
    names = list(dict.fromkeys(name for arc in arcs for name in arc))
    steps = [name for name in names if name.startswith(("take", "eat"))]
    places = [name for name in names if name not in steps]
    return PetriNet(
        places=places, transitions=steps, arcs=arcs,
        initial=[name for name in places if name.startswith(("think", "f"))],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("AG (one0 -> AF think0)", False), ("AG (one0 -> E[one0 U (think0 || dead)])", True),
        ("EF EG one3", True), ("AG (EF dead && (dead -> one7))", True), ("AX AX !dead", True),
    ],
)  # fmt: skip
def test_philosophers_beyond_any_list(text: str, holds: bool) -> None:
    net = philosophers(24)
    limit = Budget(states=2_000, seconds=60)
    assert ctl(net, text, budget=limit).holds is holds
    verdict = ctl_without_game(net, parse_formula(text), budget=limit)
    assert verdict.statistics.method == "symbolic"
    assert verdict.holds is holds
    assert verdict.statistics.states > 10**7
    assert isinstance(verdict.evidence, CtlDiagrams)
    assert recheck_verdict(text, verdict.outcome, verdict.evidence, net).passed


def test_budgets_and_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    net = philosophers(12)
    piece = drawn(net, "AG (one0 -> EF think0) || dead")
    assert recheck(piece, net, budget=Budget(seconds=0.0)).status == "skipped"
    assert recheck(piece, net, budget=Budget(bytes=1_000)).status == "skipped"
    assert ctl(net, "AF dead", method="symbolic", budget=Budget(seconds=0.0)).unknown
    monkeypatch.setattr(shared_nodes, "MOST_NODES", 3)
    unshown = ctl(net, "AG EF dead", method="symbolic")
    assert unshown.unknown
    assert unshown.evidence is None
    assert "holds by diagrams, but not shown: the evidence would be too large" in str(
        unshown.reason
    )
    with pytest.raises(UnsupportedError):
        ctl(net, "G F dead", method="symbolic")
    with pytest.raises(UsageError, match="no method"):
        ctl(net, "AF dead", method="magic")


def test_deep_formulas() -> None:
    deep = "AX " * 150 + "true"
    assert recheck(drawn(COUNTER, deep), COUNTER).passed
    deeper = parse_formula(deep)
    for _ in range(300):
        deeper = Unary("AX", deeper)
    found = ctl(COUNTER, deeper, method="symbolic")
    assert found.unknown
    assert "nested too deep" in str(found.reason)
