"""One question, many ways to ask it: decide, the function of its name, check and the contest.

None of them says UNKNOWN where another one decides, and their evidence is about the net itself.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import petri
from netproof.check_options import CheckOptions
from netproof.checking import check_path
from netproof.cli.main import run
from netproof.recheck import recheck_verdict
from petri import PetriNet
from reduction_nets import parallel
from state_space_nets import philosophers, ring
from transition_systems.budget import Budget
from transition_systems.verdict import Outcome, Verdict

pytestmark = pytest.mark.exhaustive

SECONDS = 12.0


def chain(places: int, tokens: int) -> PetriNet:
    arcs = [a for n in range(places - 1) for a in ((f"p{n}", f"t{n}"), (f"t{n}", f"p{n + 1}"))]
    return PetriNet(
        places=[f"p{n}" for n in range(places)],
        transitions=[f"t{n}" for n in range(places - 1)],
        arcs=arcs, initial={"p0": tokens},
    )  # fmt: skip


def cycles(count: int) -> PetriNet:
    """Return rings of three places that know nothing of each other."""
    arcs = [
        arc
        for c in range(count)
        for n in range(3)
        for arc in ((f"c{c}p{n}", f"c{c}t{n}"), (f"c{c}t{n}", f"c{c}p{(n + 1) % 3}"))
    ]
    names = [(c, n) for c in range(count) for n in range(3)]
    return PetriNet(
        places=[f"c{c}p{n}" for c, n in names], transitions=[f"c{c}t{n}" for c, n in names],
        arcs=arcs, initial=[f"c{c}p0" for c in range(count)],
    )  # fmt: skip


def pump(places: int) -> PetriNet:
    """Return a ring of places whose first step fills a place without bound."""
    arcs = [
        arc
        for n in range(places)
        for arc in ((f"p{n}", f"t{n}"), (f"t{n}", f"p{(n + 1) % places}"))
    ]
    return PetriNet(
        places=[*(f"p{n}" for n in range(places)), "q"],
        transitions=[f"t{n}" for n in range(places)],
        arcs=[*arcs, ("t0", "q")], initial=["p0"],
    )  # fmt: skip


NETS: dict[str, Callable[[], PetriNet]] = {
    "a line with many tokens": lambda: chain(100, 30),
    "two places with a million": lambda: chain(2, 10**6),
    "parallel branches": lambda: parallel(30, 2),
    "philosophers": lambda: philosophers(9),
    "a marked graph": lambda: ring(40, 8),
    "rings": lambda: cycles(16),
    "without bound": lambda: pump(6),
}
NAMED: dict[str, Callable[..., Verdict]] = {
    "deadlock": petri.deadlock,
    "safeness": petri.safe,
    "boundedness": petri.bounded,
    "no-dead-transitions": petri.no_dead_transitions,
    "liveness": petri.live,
    "reversibility": petri.reversible,
    "persistence": petri.persistent,
    "stable-place": petri.stable_place,
    "termination": petri.terminates,
    "livelock": petri.livelock,
    "EF": petri.reachable,
    "AG": petri.invariant,
    "AG EF": petri.always_reachable,
}
CATEGORIES = {
    "deadlock": "RD", "safeness": "OS", "no-dead-transitions": "QL", "stable-place": "SM",
    "liveness": "L",
}  # fmt: skip
SAME = {"TRUE": Outcome.HOLDS, "FALSE": Outcome.VIOLATED}


def asked(net: PetriNet, name: str) -> tuple[str, str]:
    """Return the property as it is asked by text, and the predicate where it has one."""
    first, last = net.place_ids[0], net.place_ids[-1]
    predicate = {
        "EF": f"({first} >= 1 && {last} >= 1)", "AG": f"({last} <= 1)", "AG EF": f"{first} >= 1",
    }.get(name, "")  # fmt: skip
    return f"{name} {predicate}".strip(), predicate


def confirmed(verdict: Verdict, net: PetriNet) -> Outcome:
    done = recheck_verdict(verdict.property, verdict.outcome, verdict.evidence, net)
    assert verdict.unknown or done.passed, (verdict, done.reason)
    return verdict.outcome


def contest(
    net: PetriNet, category: str, folder: Path, said: pytest.CaptureFixture[str]
) -> Outcome:
    """Return what the contest's command says; a deadlock there is asked to exist."""
    petri.write_pnml(net, str(folder / "model.pnml"))
    run(["mcc", str(folder), "--category", category, "--budget-seconds", str(SECONDS)])
    _, _, answer, *_ = said.readouterr().out.split()
    if answer == "CANNOT_COMPUTE":
        return Outcome.UNKNOWN
    found = SAME[answer]
    if category != "RD":
        return found
    return Outcome.VIOLATED if found is Outcome.HOLDS else Outcome.HOLDS


@pytest.mark.campaign
@pytest.mark.parametrize("name", NAMED)
@pytest.mark.parametrize("kind", NETS)
def test_all_ways_decide_the_same_of_large_nets(
    kind: str, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    all_the_same(NETS[kind](), name, tmp_path, capsys)


@pytest.mark.parametrize("name", ["deadlock", "no-dead-transitions", "EF", "livelock"])
def test_all_ways_decide_the_same_of_a_line(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert all_the_same(chain(24, 14), name, tmp_path, capsys) is not Outcome.UNKNOWN


def all_the_same(
    net: PetriNet, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Outcome:
    """Ask in all ways; return what all of them say."""
    text, predicate = asked(net, name)
    given = () if not predicate else (predicate,)
    limit = Budget(seconds=SECONDS)
    found = {
        "decide": confirmed(petri.decide(net, text, budget=limit), net),
        "named": confirmed(NAMED[name](net, *given, budget=limit), net),
    }
    path = tmp_path / "net.pnml"
    petri.write_pnml(net, str(path))
    (entry,) = check_path(str(path), CheckOptions(properties=(text,), seconds=SECONDS)).verdicts
    assert entry.verdict.unknown or entry.rechecked == "passed", entry
    found["check"] = entry.verdict.outcome
    if name in CATEGORIES:
        folder = tmp_path / "instance"
        folder.mkdir()
        found["contest"] = contest(net, CATEGORIES[name], folder, capsys)
    assert len(set(found.values())) == 1, found
    return found["decide"]


def test_two_places_far_apart_on_a_line_are_marked_together() -> None:
    net = chain(40, 14)
    verdict = petri.concurrent(net, "p0", "p39", budget=Budget(seconds=SECONDS))
    assert verdict.holds
    assert confirmed(verdict, net) is Outcome.HOLDS


def test_the_bounds_of_a_line_are_found_by_every_route() -> None:
    net = chain(8, 9)
    limit = Budget(seconds=SECONDS)
    found = petri.bounds(net, budget=limit)
    assert {bound.most for bound in found.bounds} == {9}
    assert confirmed(petri.decide(net, "bounds", budget=limit), net) is Outcome.HOLDS
