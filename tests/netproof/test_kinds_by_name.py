"""The other kinds of soundness asked by name: verdicts, evidence in files, forged reports refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import netproof
from netproof.__main__ import main
from netproof.properties import asked_properties, property_kind
from netproof.recheck import recheck_report
from netproof.recheck.begun import begun_net
from netproof.recheck.result import RefusedError
from petri import PetriNet, sound, write_pnml
from petri.soundness import started
from transition_systems.errors import UsageError
from workflow_text import drawn

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
NAMES: dict[str, dict[str, Any]] = {
    "weak-soundness": {"kind": "weak"},
    "relaxed-soundness": {"kind": "relaxed"},
    "easy-soundness": {"kind": "easy"},
    "lazy-soundness": {"kind": "lazy"},
    "soundness-without-fairness": {"fairness": False},
    "generalised-soundness": {"kind": "generalised"},
    "1-soundness": {"kind": "k", "k": 1},
    "2-soundness": {"kind": "k", "k": 2},
    "up-to-3-soundness": {"kind": "up-to-k", "k": 3},
}
FORKS = PetriNet(
    places=["i", "o", "a", "b", "c", "d"], transitions=["x", "y", "u", "v"],
    arcs=[("i", "x"), ("x", "a"), ("x", "b"), ("i", "y"), ("y", "c"), ("y", "d"),
          ("a", "u"), ("b", "u"), ("u", "o"), ("c", "v"), ("d", "v"), ("v", "o")],
    initial=["i"],
)  # fmt: skip
MIXED = FORKS.replace(
    transitions=["x", "y", "u", "v", "m"],
    arcs=[*((a.source, a.target) for a in FORKS.arcs), ("a", "m"), ("d", "m"), ("m", "a")],
)
JOIN = PetriNet(
    places=["i", "p", "q", "o"], transitions=["t", "u", "j"], initial=["i"],
    arcs=[("i", "t"), ("t", "p"), ("i", "u"), ("u", "q"), ("p", "j"), ("q", "j"), ("j", "o")],
)  # fmt: skip
LOOP = PetriNet(
    places=["i", "p", "o"], transitions=["t", "again", "done"], initial=["i"],
    arcs=[("i", "t"), ("t", "p"), ("p", "again"), ("again", "p"), ("p", "done"), ("done", "o")],
)  # fmt: skip
NETS = {"forks": FORKS, "mixed": MIXED, "join": JOIN, "loop": LOOP}


@pytest.mark.parametrize("name", NETS)
def test_what_is_asked_by_name_is_what_petri_says(name: str, tmp_path: Path) -> None:
    path = tmp_path / "net.pnml"
    write_pnml(NETS[name], path)
    report = netproof.check(path, tuple(NAMES))
    for entry, (asked, options) in zip(report.verdicts, NAMES.items(), strict=True):
        assert entry.outcome == sound(NETS[name], **options).outcome, asked
        assert entry.rechecked == ("skipped" if entry.verdict.unknown else "passed"), asked
    results = recheck_report(report.to_dict())
    assert {r.result.status for r in results if r.outcome != "UNKNOWN"} == {"passed"}


def test_numbers_tell_mixing_cases_apart(tmp_path: Path) -> None:
    path = tmp_path / "net.pnml"
    write_pnml(MIXED, path)
    report = netproof.check(path, ("1-soundness", "2-soundness", "weak-soundness"))
    assert [str(e.outcome) for e in report.verdicts] == ["HOLDS", "VIOLATED", "HOLDS"]
    folder = tmp_path / "proofs"
    assert main(["check", str(path), "--property", "2-soundness", "--evidence-dir", str(folder)])
    assert main(["recheck", str(folder)]) == 0


def forged(data: dict[str, Any], **changes: object) -> dict[str, Any]:
    copy: dict[str, Any] = json.loads(json.dumps(data))
    copy["models"][0]["verdicts"][0].update(changes)
    return copy


@pytest.mark.parametrize("asked", ["2-soundness", "up-to-2-soundness", "generalised-soundness"])
def test_forged_reports_are_refused(asked: str, tmp_path: Path) -> None:
    path = tmp_path / "net.pnml"
    write_pnml(MIXED, path)
    data = netproof.check(path, asked).to_dict()
    (genuine,) = recheck_report(data)
    assert genuine.result.passed
    lies = [forged(data, outcome="HOLDS")]
    lies += [
        forged(data, property=f"{other}soundness")
        for other in ("1-", "3-", "up-to-3-", "weak-", "easy-", "", "relaxed-", "lazy-")
    ]
    for lie in lies:
        (result,) = recheck_report(lie)
        assert not result.result.passed, lie["models"][0]["verdicts"][0]["property"]


def test_the_net_that_begins_is_built_twice_alike() -> None:
    named = PetriNet(
        places=["start", "case.1", "start.2", "o"], transitions=["start.1", "b", "c"],
        arcs=[("start", "start.1"), ("start.1", "case.1"), ("case.1", "b"), ("b", "start.2"),
              ("start.2", "c"), ("c", "o")],
        initial=["start"], final=["o"], name="n",
    )  # fmt: skip
    for net in (*NETS.values(), named):
        for count in (1, 2, 4):
            one = started(net, count)
            assert begun_net(f"{count}-soundness", net, None) == one
            assert begun_net("generalised-soundness", net, one.digest()) == one
        choice = started(net, 1, 2, 3)
        assert begun_net("up-to-3-soundness", net, choice.digest()) == choice
        assert begun_net("soundness", net, choice.digest()) is net


def test_tokens_elsewhere_are_not_forgotten() -> None:
    net = LOOP.replace(initial=["i", "p"])
    with pytest.raises(RefusedError, match="outside its source"):
        begun_net("2-soundness", net, None)
    for name in ("2-soundness", "up-to-3-soundness", "generalised-soundness"):
        with pytest.raises(UsageError, match="elsewhere too, as in 'p'"):
            sound(net, **NAMES[name])


@pytest.mark.parametrize("name", ["invoice-deadlock", "support-ticket", "insurance-claim"])
def test_workflows_have_their_own_completion(name: str) -> None:
    path = EXAMPLES / f"{name}.bpmn"
    report = netproof.check(path, (*NAMES, "soundness", "proper-completion"))
    assert {e.rechecked for e in report.verdicts if not e.verdict.unknown} == {"passed"}
    unknown = [e for e in report.verdicts if e.verdict.unknown]
    assert all("cannot be asked" in (e.verdict.reason or "") for e in unknown)
    if report["soundness"].holds:
        kinds = ("weak-soundness", "relaxed-soundness", "easy-soundness")
        assert all(report[kind].holds for kind in kinds)
    else:
        assert report["weak-soundness"].outcome == "VIOLATED"
    assert bool(unknown) == (name != "invoice-deadlock")


def test_a_choice_of_cases_is_told_in_the_run_of_a_workflow() -> None:
    entry = netproof.check(EXAMPLES / "invoice-deadlock.bpmn", "up-to-2-soundness").verdicts[0]
    assert entry.witness is not None
    assert entry.witness.steps[0].label == "how many cases start is chosen"
    assert "it can no longer complete" in entry.verdict.explain()


def test_a_loop_is_an_error_without_fairness_only() -> None:
    graph = drawn("""
start s
xor x
task a
xor y
end e
s > x > a > y > e
y > x
""")
    report = netproof.check(graph, ("soundness", "soundness-without-fairness"))
    assert [str(e.outcome) for e in report.verdicts] == ["HOLDS", "VIOLATED"]
    assert "A case can go on for ever" in report.verdicts[1].verdict.explain()


def test_names_with_numbers_are_known() -> None:
    assert asked_properties(["12-soundness", "up-to-2-soundness"])
    assert property_kind("0-soundness") is None
    with pytest.raises(UsageError, match="2-soundness"):
        asked_properties(["0-soundness"])
