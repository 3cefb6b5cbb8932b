"""``netproof mcc``: the contest's lines, in order, in time, and right by a naive oracle."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

import petri
from netproof.cli.main import run
from netproof.contest import branching
from netproof.contest.answering import ContestAnswers
from netproof.contest.categories import CATEGORIES, ContestQuestion
from netproof.contest.liveness import listed_live
from netproof.contest.questions import Shown
from netproof.recheck import recheck, recheck_verdict
from netproof.recheck.workflow_questions import question_for
from oracles.net_properties import Space, space_of
from petri import PetriNet, write_pnml
from petri.ctl import ctl
from petri.portfolio import Most, Reach
from petri.portfolio.whole import DrawnAnswers, ListedAnswers
from petri.state_space import StateSpace, SymbolicSpace, state_space
from state_space_nets import philosophers
from transition_systems.budget import Budget
from transition_systems.properties.formulas import State, Unary, always_everywhere, possible
from transition_systems.properties.parse import parse_formula
from transition_systems.properties.predicates import And, Compare, Dead, Enabled, Not, conjunction

DATA = os.environ.get("NETPROOF_DATA")


def instance(tmp_path: Path, net: PetriNet, **files: str) -> Path:
    folder = tmp_path / "Toy-PT-01"
    folder.mkdir()
    write_pnml(net, str(folder / "model.pnml"))
    for name, text in files.items():
        (folder / f"{name}.xml").write_text(text)
    return folder


def bounds(*places: str) -> str:
    """Return formulas whose order in the file is not that of their ids."""
    items = [
        f"<property><id>Toy-UpperBounds-{2030 - n}-{n:02}</id><formula><place-bound>"
        f"<place>{place}</place></place-bound></formula></property>"
        for n, place in enumerate(places)
    ]
    return f"<property-set>{''.join(items)}</property-set>"


NET = PetriNet(
    places=["p", "q", "r"], transitions=["t", "u"], initial={"p": 2},
    arcs=[("p", "t"), ("t", "q"), ("q", "u", 2), ("u", "r")],
)  # fmt: skip


def test_lines_of_all_categories(tmp_path, capsys) -> None:
    folder = instance(tmp_path, NET, UpperBounds=bounds("p", "q", "r"))
    wanted = {"RD": "TRUE", "OS": "FALSE", "QL": "TRUE", "SM": "FALSE", "L": "FALSE"}
    for category, answer in wanted.items():
        assert run(["mcc", str(folder), "--category", category]) == 0
        name = CATEGORIES[category][0]
        assert capsys.readouterr().out == f"FORMULA {name} {answer} TECHNIQUES EXPLICIT\n"
    assert run(["mcc", str(folder), "--category", "UB", "--budget-seconds", "20"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1:3] for line in lines] == [
        ["Toy-PT-01-UpperBounds-00", "1"],
        ["Toy-PT-01-UpperBounds-01", "2"],
        ["Toy-PT-01-UpperBounds-02", "2"],
    ]


CTL = """<property-set><property><id>Toy-CTL-2030-00</id><formula><all-paths><finally>
<negation><is-fireable><transition>t</transition></is-fireable></negation></finally></all-paths>
</formula></property><property><id>Toy-CTL-2030-01</id><formula><exists-path><globally>
<exists-path><next><is-fireable><transition>u</transition></is-fireable></next></exists-path>
</globally></exists-path></formula></property><property><id>Toy-CTL-2030-02</id><formula>
<all-paths><globally><exists-path><finally><is-fireable><transition>u</transition></is-fireable>
</finally></exists-path></globally></all-paths></formula></property></property-set>"""


def test_branching_time(tmp_path, capsys) -> None:
    folder = instance(tmp_path, NET, CTLFireability=CTL)
    proofs = tmp_path / "proofs"
    command = ["mcc", str(folder), "--category", "CTLF", "--evidence-dir", str(proofs)]
    assert run(command) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [line[1] for line in lines] == [f"Toy-PT-01-CTLFireability-{n:02}" for n in range(3)]
    assert [line[2] for line in lines] == ["TRUE", "FALSE", "FALSE"]
    for folder in sorted(proofs.iterdir()):
        assert run(["recheck", str(folder)]) == 0
    assert len(list(proofs.iterdir())) == 3


@pytest.mark.parametrize(("parallel", "most"), [(False, 40), (True, 40), (False, 3), (True, 3)])
def test_branching_time_beyond_the_first_list(monkeypatch, parallel, most) -> None:
    """With a list that is too short, the portfolio and the diagrams give the same answers."""
    monkeypatch.setattr(branching, "FIRST_STATES", most // 2)
    monkeypatch.setattr(branching, "MOST_STATES", most)
    net = philosophers(4)
    place, step = net.place_ids[0], net.transition_ids[0]
    texts = (
        f"AG EF ({place} >= 1)", f"EF (dead && {place} == 0)", f"AG (enabled({step}) -> AF dead)",
        f"E[enabled({step}) U AX {place} >= 1]", f"EG !dead && AG {place} <= 1",
        "AF dead", f"AG ({place} <= 3 -> EF dead)",
    )  # fmt: skip
    questions = [
        ContestQuestion(id=str(n), category="CTLC", formula=parse_formula(text))
        for n, text in enumerate(texts)
    ]
    answers: dict[int, str] = {}
    kept: list[Shown] = []
    ContestAnswers(
        net, questions, deadline=time.monotonic() + 120, parallel=parallel,
        tell=lambda number, answer, _: answers.__setitem__(number, answer),
        keep=lambda _, shown: kept.extend(shown),
    ).run()  # fmt: skip
    assert answers == {n: str(ctl(net, text).holds).upper() for n, text in enumerate(texts)}
    if most == 3:  # no list is complete
        assert any(shown.evidence.kind == "ctl-diagrams" for shown in kept)
    for shown in kept:
        assert recheck_verdict(shown.property, shown.outcome, shown.evidence, net).passed


def test_unbounded_nets(tmp_path, capsys) -> None:
    net = PetriNet(
        places=["p", "q", "r"], transitions=["t", "u"], initial={"p": 1},
        arcs=[("p", "t"), ("t", "p"), ("t", "q"), ("r", "u")],
    )  # fmt: skip
    folder = instance(tmp_path, net, UpperBounds=bounds("p", "q", "r"))
    found: list[str] = []
    for category in ("OS", "QL", "UB"):
        assert run(["mcc", str(folder), "--category", category]) == 0
        found += [line.split()[2] for line in capsys.readouterr().out.splitlines()]
    assert found == ["FALSE", "FALSE", "0", "inf", "1"]


def test_wrong_use(tmp_path, capsys) -> None:
    folder = instance(tmp_path, NET, UpperBounds=bounds("nix"))
    assert run(["mcc", str(tmp_path / "no"), "--category", "RD"]) == 2
    assert run(["mcc", str(folder), "--category", "XX"]) == 2
    assert run(["mcc", str(folder), "--category", "RC"]) == 2
    assert run(["mcc", str(folder), "--category", "UB"]) == 2
    error = capsys.readouterr().err
    assert "is no folder" in error
    assert "ReachabilityCardinality.xml" in error
    assert "names 'nix', which is no place of the net" in error


def test_a_coloured_net_cannot_be_computed(tmp_path, capsys) -> None:
    folder = instance(tmp_path, NET, UpperBounds=bounds("p", "q"))
    text = (folder / "model.pnml").read_text().replace("/ptnet", "/symmetricnet")
    (folder / "model.pnml").write_text(text)
    assert run(["mcc", str(folder), "--category", "UB"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[2] for line in lines] == ["CANNOT_COMPUTE"] * 2


def random_net(seed: int) -> PetriNet:
    rng = random.Random(seed)
    places = [f"p{n}" for n in range(rng.randint(1, 5))]
    transitions = [f"t{n}" for n in range(rng.randint(1, 5))]
    arcs: list[tuple[str, str, int]] = []
    for transition in transitions:
        for place in rng.sample(places, rng.randint(0, len(places) // 2 + 1)):
            arcs.append((place, transition, rng.choice((1, 1, 2))))
        for place in rng.sample(places, rng.randint(0, len(places) // 2 + 1)):
            arcs.append((transition, place, rng.choice((1, 1, 1, 2))))
    tokens = {place: rng.choice((0, 1, 1, 2)) for place in places}
    return PetriNet(places=places, transitions=transitions, arcs=arcs, initial=tokens)


def questions_for(net: PetriNet, seed: int) -> list[ContestQuestion]:
    rng = random.Random(seed)
    asked = [ContestQuestion(id=c, category=c) for c in ("RD", "OS", "QL", "SM", "L")]
    for n in range(3):
        some = tuple(rng.sample(net.place_ids, rng.randint(1, len(net.place_ids))))
        asked.append(ContestQuestion(id=f"UB{n}", category="UB", places=some))
        terms = tuple((place, rng.choice((1, 1, -1))) for place in some)
        compare = Compare(terms, "<=", rng.randint(-2, 4))
        fire = Enabled(rng.choice(net.transition_ids))
        predicate = rng.choice((compare, Not(compare), conjunction(compare, Not(fire)), fire))
        make = rng.choice((possible, always_everywhere))
        asked.append(ContestQuestion(id=f"RC{n}", category="RC", formula=make(predicate)))
    return asked


def by_definition(net: PetriNet, space: Space, question: ContestQuestion) -> bool | int:
    """Answer one question from all markings, one after the other."""
    fires = {key: {name for name, _ in steps} for key, steps in space.steps.items()}
    counts = [dict(key) for key in space.steps]
    everything = set(net.transition_ids)
    if question.category == "RD":
        return any(not names for names in fires.values())
    if question.category == "OS":
        return all(n <= 1 for tokens in counts for n in tokens.values())
    if question.category == "QL":
        return set().union(*fires.values()) == everything
    if question.category == "SM":
        return any(len({tokens.get(p, 0) for tokens in counts}) == 1 for p in net.place_ids)
    if question.category == "L":
        return all(
            set().union(*(fires[later] for later in space.closure(key))) == everything
            for key in space.steps
        )
    if question.category == "UB":
        return max(sum(tokens.get(p, 0) for p in question.places) for tokens in counts)
    formula = question.formula
    assert isinstance(formula, Unary)
    assert isinstance(formula.operand, State)
    inner = formula.operand.predicate
    values = [_holds(inner, dict(key), fires[key]) for key in space.steps]
    return all(values) if formula.operator == "AG" else any(values)


def _holds(node: object, tokens: dict[str, int], fires: set[str]) -> bool:
    match node:
        case Compare(terms=terms, bound=bound):
            return sum(weight * tokens.get(place, 0) for place, weight in terms) <= bound
        case Enabled(name=name):
            return name in fires
        case Not(operand=operand):
            return not _holds(operand, tokens, fires)
        case And(operands=operands):
            return all(_holds(part, tokens, fires) for part in operands)
        case _:
            raise AssertionError(node)


def test_answers_by_definition() -> None:
    compared = 0
    for seed in range(250):
        net = random_net(seed)
        if petri.bounded(net, budget=Budget(states=300)).violated:
            continue
        space = space_of(net, limit=300)
        if space is None:
            continue
        asked = questions_for(net, seed)
        found: dict[int, str] = {}
        ContestAnswers(
            net, asked, deadline=time.monotonic() + 60,
            tell=lambda number, answer, _, found=found: found.update({number: answer}),
        ).run()  # fmt: skip
        for number, question in enumerate(asked):
            wanted = by_definition(net, space, question)
            text = str(wanted).upper() if isinstance(wanted, bool) else str(wanted)
            assert found[number] == text, (seed, question)
            compared += 1
    assert compared > 500


def test_diagrams_answer_as_lists_do() -> None:
    compared = 0
    for seed in range(60):
        net = random_net(seed)
        listed = state_space(net, method="explicit", budget=Budget(states=500))
        if not listed.complete:
            continue
        drawn = state_space(net, method="symbolic")
        assert isinstance(listed, StateSpace)
        assert isinstance(drawn, SymbolicSpace)
        assert listed_live(listed) == petri.live(net, method="symbolic").holds, seed
        one, other = ListedAnswers(listed, evidence=True), DrawnAnswers(drawn, budget=Budget())
        for question in (
            Most(net.place_ids), Most(net.place_ids[:1]), Reach(Dead()),
            *(Reach(Enabled(t)) for t in net.transition_ids),
        ):  # fmt: skip
            first, second = one.answer(question), other.answer(question)
            assert first is not None
            assert second is not None
            assert first.value == second.value, seed
            for piece in (*first.evidence, *second.evidence):
                assert recheck(piece, net).passed
            compared += 1
    assert compared > 100


def test_what_is_kept_proves_the_answers(tmp_path, capsys) -> None:
    checked = 0
    for seed in range(60, 90):
        net = random_net(seed)
        if space_of(net, limit=300) is None:
            continue
        asked, kept = questions_for(net, seed), list[Shown]()
        ContestAnswers(
            net, asked, deadline=time.monotonic() + 60, tell=lambda *_: None,
            keep=lambda _, shown, kept=kept: kept.extend(shown), parallel=False,
        ).run()  # fmt: skip
        assert len(kept) >= len(asked)
        for shown in kept:
            question = question_for(shown.property, net)
            result = recheck_verdict(
                shown.property, shown.outcome, shown.evidence, net, question=question
            )
            assert result.passed, (seed, shown.property, result.reason)
            checked += 1
    assert checked > 100
    folder = instance(tmp_path, NET, UpperBounds=bounds("p", "q", "r"))
    proofs = tmp_path / "proofs"
    for category in ("RD", "OS", "QL", "SM", "L", "UB"):
        run(["mcc", str(folder), "--category", category, "--evidence-dir", str(proofs)])
    capsys.readouterr()
    assert run(["recheck", str(proofs)]) == 0
    assert "11 passed, 0 skipped, 0 failed" in capsys.readouterr().out


def test_every_line_is_printed_before_the_time_is_over(tmp_path, capfd) -> None:
    folder = instance(tmp_path, philosophers(6), UpperBounds=bounds("eats0"))
    places = "".join(f"<place>{p}</place>" for p in philosophers(6).place_ids)
    text = bounds("x").replace("<place>x</place>", places)
    (folder / "UpperBounds.xml").write_text(text)
    done = subprocess.run(
        [sys.executable, "-m", "netproof", "mcc", str(folder), "--category", "UB",
         "--budget-seconds", "1"],
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    assert done.stdout.startswith("FORMULA Toy-PT-01-UpperBounds-00 ")


@pytest.mark.data
@pytest.mark.skipif(DATA is None, reason="NETPROOF_DATA is not set")
@pytest.mark.parametrize(
    ("name", "categories"),
    [
        ("Kanban-PT-00005", ("UB",)),
        ("AutoFlight-PT-01a", ("RD", "UB", "RC")),
        ("BridgeAndVehicles-COL-V04P05N02", ("RD", "UB", "RC")),
    ],
)
def test_published_answers(name: str, categories: tuple[str, ...], capsys) -> None:
    folder = Path(str(DATA)) / "pnml" / "mcc" / name
    for category in categories:
        assert run(["mcc", str(folder), "--category", category, "--budget-seconds", "60"]) == 0
        found = [line.split()[1:3] for line in capsys.readouterr().out.splitlines()]
        known = [
            line.split()[1:3]
            for line in (folder / "expected" / f"{category}.out").read_text().splitlines()
            if line.startswith("FORMULA")
        ]
        for mine, theirs in zip(found, known, strict=True):
            assert mine[0] == theirs[0]
            assert mine[1] in (theirs[1], "CANNOT_COMPUTE")
            if "-PT-" in name and theirs[1] != "?":
                assert mine[1] == theirs[1]


@pytest.mark.parametrize("category", ["RF", "CTLF", "LTLF"])
def test_an_operator_that_is_not_supported_refuses_its_formula_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], category: str
) -> None:
    fires = "<is-fireable><transition>t</transition></is-fireable>"
    items = "".join(
        f"<property><id>Toy-{n}</id><formula><all-paths><globally>{inner}</globally></all-paths>"
        "</formula></property>"
        for n, inner in enumerate(
            [f"<xor>{fires}{fires}</xor>", f"<implies>{fires}{fires}</implies>"]
        )
    )
    name = CATEGORIES[category][0]
    folder = instance(tmp_path, NET, **{name: f"<property-set>{items}</property-set>"})
    run(["mcc", str(folder), "--category", category, "--budget-seconds", "20"])
    first, second = capsys.readouterr().out.splitlines()
    assert first == f"FORMULA Toy-PT-01-{name}-00 CANNOT_COMPUTE TECHNIQUES NONE"
    assert second.startswith(f"FORMULA Toy-PT-01-{name}-01 TRUE TECHNIQUES")
