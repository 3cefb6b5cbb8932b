"""Reports on transition systems: rechecked from the file, refused when forged, in every form."""

from __future__ import annotations

import json
import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import netproof
from netproof.cli.main import run
from netproof.recheck import Sources, recheck_report
from netproof.report.model import Report
from transition_systems import LTS, write_aut
from transition_systems.errors import UsageError
from transition_systems.readwrite.json import write_lts_json
from translators.named_system import NamedSystem


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    lts = LTS.from_arcs(
        4, [(0, "pay", 1), (1, "pay", 2), (1, None, 1), (2, "ship", 0), (2, "ship", 3)],
        atoms={"paid": [False, True, True, False]},
    )  # fmt: skip
    write_lts_json(lts, tmp_path / "shop.lts.json")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "shop.lts.json"


ASKED = (
    "AG (paid -> AF done(ship))", "G (paid -> F done(ship))", "EF s3", "AG !s3", "deadlock",
    "weak: G (paid -> F done(ship))", "strong-fairness: G F s1", "E G F s1", "<pay> <pay> true",
    "liveness", "reversibility", "no-dead-transitions", "termination", "A G E F s0",
    "boundedness",
)  # fmt: skip


def _reported(file: Path) -> Report:
    return netproof.check(file.name, list(ASKED))


def test_reports_are_rechecked_from_the_file(file: Path) -> None:
    report = _reported(file)
    assert {entry.rechecked for entry in report.verdicts} == {"passed"}
    data = report.to_dict()
    assert all(entry.result.passed for entry in recheck_report(data))
    file.write_bytes(file.read_bytes().replace(b"pay", b"pya"))
    assert {entry.result.status for entry in recheck_report(data)} == {"failed"}


def test_a_source_is_read_once_for_many_reports(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(["check", file.name, "--property", "EF s3", "--property", "deadlock",
                "--property", "persistence", "--evidence-dir", "proof"]) == 1  # fmt: skip
    sources = Sources()
    known: list[tuple[Any, str]] = []
    plain = Sources.read

    def counted(self: Sources, data: bytes, source: str, format: object) -> tuple[Any, str]:
        known.append(plain(self, data, source, format))
        return known[-1]

    monkeypatch.setattr(Sources, "read", counted)
    assert run(["recheck", "proof"]) == 0
    assert len(known) == 3
    assert len({id(found) for found, _ in known}) == 1
    other = file.read_bytes().replace(b"pay", b"pya")
    one, first = plain(sources, file.read_bytes(), file.name, "lts")
    two, second = plain(sources, other, file.name, "lts")
    assert one.lts != two.lts
    assert first != second
    assert plain(sources, other, "another name", "lts")[0] is not two


def test_forged_reports_are_refused(file: Path) -> None:
    text = json.dumps(_reported(file).to_dict())
    other = {"HOLDS": "VIOLATED", "VIOLATED": "HOLDS"}
    for number in range(len(ASKED)):
        for change in ("outcome", "digest", "witness", "exactness", "swap", "name"):
            data = json.loads(text)
            del data["summary"]
            verdicts = data["models"][0]["verdicts"]
            said = verdicts[number]
            if change == "outcome":
                said["outcome"] = other[said["outcome"]]
            elif change == "digest":
                said["evidence"]["claim"]["model_digest"] = "sha256:" + "0" * 64
            elif change == "witness":
                said["witness"] = {"kind": "run", "initial": {"s9": 1}, "steps": []}
            elif change == "exactness":
                said["exactness"] = "bugs-only"
            elif change == "swap":
                said["evidence"] = verdicts[number - 1]["evidence"]
            else:
                said["property"] = "AG paid" if said["outcome"] == "HOLDS" else "EF paid"
            found = recheck_report(data)[number].result
            assert found.status == "failed", (ASKED[number], change)


def test_evidence_of_fair_paths_is_no_evidence_of_all(file: Path) -> None:
    asked = ["strong-fairness: AF s3", "AF s3", "strong-fairness: F s3", "F s3"]
    verdicts = netproof.check(file.name, asked).models[0].verdicts
    assert [str(entry.outcome) for entry in verdicts] == ["VIOLATED"] * 4
    held = netproof.check(file.name, ["strong-fairness: AF s2", "strong-fairness: F s2"])
    data = held.to_dict()
    del data["summary"]
    for said, plain in zip(data["models"][0]["verdicts"], ("AF s2", "F s2"), strict=True):
        assert said["outcome"] == "HOLDS"
        said["property"], said["assumptions"] = plain, []
    assert {entry.result.status for entry in recheck_report(data)} == {"failed"}


def test_the_empty_label_is_told_and_states_are_no_tokens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    lts = LTS.from_arcs(
        3, [(0, "", 1), (1, "a", 0), (1, "", 2)], atoms={"paid": [False, False, True]}
    )
    write_lts_json(lts, "e.lts.json")
    asked = ["liveness", "deadlock", 'AG !enabled("")', 'EF done("")']
    options = [part for name in asked for part in ("--property", name)]
    assert run(["check", "e.lts.json", *options, "--output", "html=e.html",
                "--output", "markdown=e.md", "--evidence-dir", "proof"]) == 1  # fmt: skip
    told = capsys.readouterr().out
    assert '"" can never happen again, from some state on. After 2 steps' in told
    assert 'whatever happens, "" cannot happen.' in told
    assert 'the last step completed "".' in told
    assert '2. ""' in told
    assert run(["recheck", "proof"]) == 0
    page, text = (Path(f"e.{kind}").read_text(encoding="utf-8") for kind in ("html", "md"))
    assert "Now in state s2 · paid holds</span>" in page
    assert "Tokens: in" not in page
    assert '|"#quot;#quot;"|' in text
    assert '|"tau"|' not in text
    capsys.readouterr()
    assert run(["simulate", "e.lts.json", "--seed", "1"]) == 0
    assert "; state: s2, paid\n" in capsys.readouterr().out


def test_transitions_of_a_system_have_ids_of_their_own() -> None:
    names = ["", "", '""', '""', '""#1', '""#2\'', "a", "a", "a#1", " "]
    for count in range(1, len(names) + 1):
        arcs = [(0, name, number + 1) for number, name in enumerate(names[:count])]
        net = NamedSystem(lts=LTS.from_arcs(count + 1, arcs)).net()
        assert len({item.id for item in net.transitions}) == count
        assert sorted(str(item.label) for item in net.transitions) == sorted(names[:count])


def test_a_label_that_is_named_wrongly_is_refused(file: Path) -> None:
    report = _reported(file)
    entry = next(one for one in report.verdicts if one.name == "liveness")
    evidence = entry.evidence
    assert evidence is not None
    assert evidence.claim.formula.startswith("!")
    forged = replace(evidence, claim=replace(evidence.claim, formula="!AG EF enabled(nothing)"))
    system = netproof.load(file.name).system
    assert system is not None
    digest = evidence.claim.source_digest
    from netproof.recheck.systems import recheck_system

    assert recheck_system("liveness", "VIOLATED", evidence, system, source_digest=digest)
    assert not recheck_system("liveness", "VIOLATED", forged, system, source_digest=digest)
    assert not recheck_system("safeness", "VIOLATED", evidence, system, source_digest=digest)


def test_runs_are_told_in_labels(file: Path, tmp_path: Path) -> None:
    assert run(["check", file.name, "--property", "AG !s3", "--traces-dir", "runs",
                "--output", "html=page.html"]) == 1  # fmt: skip
    (trace,) = (tmp_path / "runs").glob("*.itf.json")
    states = json.loads(trace.read_text())["states"]
    assert [state["action"] for state in states] == ["", "pay", "pay", "ship"]
    assert states[-1]["s3"] == 1
    (test,) = (tmp_path / "runs").glob("test_*.py")
    scope: dict[str, object] = {"__file__": str(test)}
    exec(compile(test.read_text(), str(test), "exec"), scope)
    found = scope["test_the_run_is_one_of_the_model"]
    assert callable(found)
    found()
    page = (tmp_path / "page.html").read_text()
    assert 'data-element="s3"' in page
    assert "leads to s1, paid" in page
    with pytest.raises(UsageError, match="cannot do 'ship'; what it can do: pay"):
        netproof.replay(file.name, ["ship"])


def test_a_model_is_the_same_after_its_net_was_made(file: Path) -> None:
    model, other = netproof.load(file.name), netproof.load(file.name)
    assert other.net is not None
    assert other.net is other.net
    assert model == other == pickle.loads(pickle.dumps(other))
    assert "places" not in repr(other)
    net = netproof.check(NamedSystem(lts=LTS.from_arcs(1)).net(), "deadlock").models[0].model
    assert net.system is None


def test_every_form_of_report(file: Path) -> None:
    (file.parent / "pay.aut").write_text('des (0, 2, 2)\n(0, "s1", 1)\n(1, "pay", 0)\n')
    names = (file.name, "pay.aut")
    forms = ("json", "markdown", "html", "sarif", "junit", "github", "xes", "csv")
    options = [word for form in forms for word in ("--output", f"{form}=all.{form}")]
    asked = ["--property", "AG !dead", "--property", "F G enabled(pay)"]
    assert run(["check", *names, *asked, *options]) == 1
    chart = (file.parent / "all.markdown").read_text()
    assert 'n0("s0")' in chart
    assert '-->|"pay"|' in chart
    assert "pay" in (file.parent / "all.csv").read_text()


def test_a_large_file_at_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = np.random.default_rng(1)
    n, m = 70_000, 200_000
    lts = LTS.from_arrays(
        n, rng.integers(n, size=m), rng.integers(2, 6, size=m), rng.integers(n, size=m),
        label_names=["tau", "✓", "pay", "ship", "wait", "stop"],
    )  # fmt: skip
    write_aut(lts, tmp_path / "large.aut")
    monkeypatch.chdir(tmp_path)
    asked = ["AG (enabled(pay) -> EF done(ship))", "G (done(pay) -> F done(ship))", "deadlock"]
    options = [word for text in asked for word in ("--property", text)]
    assert run(["check", "large.aut", *options, "--evidence-dir", "proof"]) == 1
    told = capsys.readouterr().out
    assert "70000 states" in told
    assert told.count("VIOLATED") == 3
    assert "recheck" not in told
    assert run(["recheck", "proof"]) == 0
