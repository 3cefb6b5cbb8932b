"""Reports that were written are rechecked from their sources; forged ones are refused."""

from __future__ import annotations

import copy
import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from netproof.checking import CheckOptions, check_path
from netproof.cli.main import run
from netproof.recheck import recheck_report, source_digest
from netproof.report.model import Report
from transition_systems.budget import Budget
from transition_systems.errors import InputError

EXAMPLES = Path(__file__).parents[2] / "examples"
FILES = ("purchase-two-pools.bpmn", "invoice-deadlock.bpmn", "hiring-double-welcome.bpmn")
PNML = """<pnml xmlns="http://www.pnml.org/version-2009/grammar/pnml"><net id="n"
 type="http://www.pnml.org/version-2009/grammar/ptnet"><page id="g">
<place id="i"><initialMarking><text>1</text></initialMarking></place><place id="o"/>
<transition id="t"/><arc id="a" source="i" target="t"/><arc id="b" source="t" target="o"/>
</page></net></pnml>"""
PROPERTIES = (
    "soundness", "deadlock", "boundedness", "safeness", "no-dead-activities", "option-to-complete",
    "proper-completion", "termination", "termination-strong", "EF(dead)", "AG(!dead)",
)  # fmt: skip


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("sources")
    for name in FILES:
        shutil.copy(EXAMPLES / name, folder / name)
    (folder / "net.pnml").write_text(PNML, encoding="utf-8")
    options = CheckOptions(properties=PROPERTIES)
    models = [check_path(str(folder / name), options) for name in (*FILES, "net.pnml")]
    data = Report(models=tuple(models), options=options.to_dict()).to_dict()
    text = json.loads(json.dumps(data))
    for model in text["models"]:
        assert model["error"] is None
        model["source"] = Path(model["source"]).name
    return folder, text


def statuses(report: Any, folder: Path, **more: Any) -> list[str]:
    return [r.result.status for r in recheck_report(report, root=folder, **more)]


def test_a_report_passes(written: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    folder, report = written
    results = recheck_report(report, root=folder)
    assert len(results) == 4 * len(PROPERTIES)
    for entry in results:
        unknown = entry.outcome == "UNKNOWN"
        assert entry.result.status == ("skipped" if unknown else "passed"), entry
    outcomes = Counter(entry.outcome for entry in results)
    assert outcomes["HOLDS"] >= 15
    assert outcomes["VIOLATED"] >= 5
    path = tmp_path / "report.json"
    path.write_text(json.dumps(report), encoding="utf-8")
    assert recheck_report(path, root=folder) == results


def test_sources_that_changed_or_are_gone(
    written: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    folder, report = written
    assert set(statuses(report, tmp_path)) == {"failed"}
    for name in (*FILES, "net.pnml"):
        text = (folder / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text + "\n", encoding="utf-8")
    changed = recheck_report(report, root=tmp_path)
    assert {r.result.status for r in changed if r.outcome != "UNKNOWN"} == {"failed"}
    assert any("another source" in (r.result.reason or "") for r in changed)
    for name in (*FILES, "net.pnml"):
        (tmp_path / name).write_text("no model", encoding="utf-8")
    assert set(statuses(report, tmp_path)) == {"failed"}


def test_forged_verdicts(written: tuple[Path, dict[str, Any]]) -> None:
    folder, report = written
    count = 0
    for m, model in enumerate(report["models"]):
        verdicts = model["verdicts"]
        for v, verdict in enumerate(verdicts):
            if verdict["outcome"] == "UNKNOWN":
                continue
            opposite = "HOLDS" if verdict["outcome"] == "VIOLATED" else "VIOLATED"
            changes: list[dict[str, Any]] = [
                {"outcome": opposite}, {"outcome": "MAYBE"}, {"outcome": None},
                {"evidence": None}, {"evidence": {}}, {"evidence": []}, {"evidence": 7},
                {"evidence": {"kind": "ghost", "claim": verdict["evidence"]["claim"]}},
                {"property": "ghost"}, {"property": None}, {"property": "AX p"}, {"property": ""},
            ]  # fmt: skip
            for key in ("model_digest", "source_digest", "translation", "formula"):
                forged = copy.deepcopy(verdict["evidence"])
                forged["claim"][key] = "something else"
                changes.append({"evidence": forged})
            others = [w for w in verdicts if w["property"] != verdict["property"]]
            for other in others:
                if opposite == other["outcome"]:
                    changes.append({"evidence": other["evidence"], "outcome": opposite})
            small = {"verdicts": [{**verdict, **change} for change in changes]}
            entry = {**report, "models": [{**model, **small}]}
            got = statuses(entry, folder)
            count += len(got)
            assert set(got) == {"failed"}, (m, v, verdict["property"], got)
    assert count >= 100


def test_what_is_said_beside_the_evidence(written: tuple[Path, dict[str, Any]]) -> None:
    folder, report = written
    report = {key: value for key, value in report.items() if key != "summary"}
    model = next(m for m in report["models"] if m["source"] == "purchase-two-pools.bpmn")

    def forged(**changes: Any) -> list[str]:
        return statuses({**report, "models": [{**copy.deepcopy(model), **changes}]}, folder)

    count = len(model["verdicts"])
    assert "failed" not in forged()
    for changes in (
        {"ledger": []}, {"ledger": model["ledger"][1:]}, {"ledger": None},
        {"ledger": [{**model["ledger"][0], "note": "x"}, *model["ledger"][1:]]},
        {"assumptions": [*model["assumptions"], "Nothing goes wrong."]}, {"error": "no such file"},
    ):  # fmt: skip
        assert forged(**changes) == ["failed"] * count, changes
    wrong = [v for v in model["verdicts"] if v["witness"] is not None]
    assert wrong
    for verdict in wrong:
        run = verdict["witness"]
        for witness in (
            None, {**run, "steps": run["steps"][:-1]}, {**run, "loop_start": 1 << 9},
            {**run, "steps": [{**step, "label": "x"} for step in run["steps"]]},
        ):  # fmt: skip
            if witness != run:
                assert forged(verdicts=[{**verdict, "witness": witness}]) == ["failed"]
    for verdict in model["verdicts"]:
        for exactness in ("none", "proofs-only", "bugs-only", "", None):
            if exactness != verdict["exactness"] and verdict["outcome"] != "UNKNOWN":
                said = statuses(
                    {
                        **report,
                        "models": [{**model, "verdicts": [{**verdict, "exactness": exactness}]}],
                    },
                    folder,
                )
                soft = verdict["property"] == "soundness" and exactness == "bugs-only"
                assert said == ["passed" if soft else "failed"]


TWICE = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p">
<startEvent id="s"/><parallelGateway id="g"/><subProcess id="b"><startEvent id="i"/><task id="a"/>
<endEvent id="x"/><sequenceFlow id="f1" sourceRef="i" targetRef="a"/>
<sequenceFlow id="f2" sourceRef="a" targetRef="x"/></subProcess>
<sequenceFlow id="f3" sourceRef="s" targetRef="g"/><sequenceFlow id="f4" sourceRef="g" targetRef="b"/>
<sequenceFlow id="f5" sourceRef="g" targetRef="b"/>
</process></definitions>"""


def test_what_the_ledger_leaves_out_must_be_out_of_reach(tmp_path: Path) -> None:
    """Two tokens enter one sub-process, which the map covers one after the other only."""
    path = tmp_path / "twice.bpmn"
    path.write_text(TWICE)
    report = json.loads(
        json.dumps(Report(models=(check_path(str(path), CheckOptions()),)).to_dict())
    )
    assert statuses(report, tmp_path) == ["passed"] * 5
    (model,) = report["models"]
    assert model["verdicts"][0]["outcome"] == "UNKNOWN"
    once = tmp_path / "once.bpmn"
    once.write_text(
        TWICE.replace('sourceRef="g" targetRef="b"', 'sourceRef="g" targetRef="t"', 1).replace(
            '<subProcess id="b">', '<task id="t"/><subProcess id="b">'
        )
    )
    honest = check_path(str(once), CheckOptions()).to_dict()
    assert honest["verdicts"][1]["exactness"] == "exact"
    (omitted,) = [e for e in model["ledger"] if "again while" in (e["note"] or "")]
    mapped = [e for e in honest["ledger"] if e["element"] == "b"]
    for verdict in model["verdicts"]:
        if verdict["outcome"] == "UNKNOWN":
            verdict.update(
                outcome="HOLDS", exactness="exact", reason=None, abstract_outcome=None,
                witness=None,
            )  # fmt: skip
    assert statuses(report, tmp_path)[:4] == ["failed"] * 4
    place = model["ledger"].index(omitted)
    model["ledger"][place] = {**mapped[0], "source": omitted["source"]}
    got = statuses(report, tmp_path)
    assert got[0] == got[1] == got[3] == "failed"


def test_malformed_reports(written: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    folder, report = written
    report = {key: value for key, value in report.items() if key != "summary"}
    for wrong in ({}, {"schema": "netproof/report/2", "models": []}, {**report, "models": 3}):
        with pytest.raises(InputError):
            recheck_report(wrong)
    path = tmp_path / "report.json"
    for text in ("", "[]", "{", "[" * 100_000):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(InputError):
            recheck_report(path)
    with pytest.raises(InputError):
        recheck_report(tmp_path / "absent.json")
    model = report["models"][0]
    for entry in (7, {}, {**model, "verdicts": None}, {**model, "verdicts": [7, None]},
                  {**model, "format": "ghost"}, {**model, "source": None},
                  {**model, "source": "\0"}):  # fmt: skip
        got = statuses({**report, "models": [entry]}, folder)
        assert got
        assert set(got) == {"failed"}
    assert set(statuses({**report, "options": {"starts": "some"}}, folder)) == {"failed"}
    stdin = {**report, "models": [{**model, "source": "-"}]}
    assert set(statuses(stdin, folder)) == {"skipped"}


def test_the_budget_skips(written: tuple[Path, dict[str, Any]]) -> None:
    folder, report = written
    got = statuses(report, folder, budget=Budget(seconds=0.0))
    assert "passed" not in got
    assert "skipped" in got


def test_an_approximated_source_does_not_carry_everything(
    written: tuple[Path, dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were the file approximated, verdicts that do not carry over would be refused."""
    from transition_systems.verdict import Exactness
    from translators.ledger import Ledger

    folder, report = written
    monkeypatch.setattr(Ledger, "exactness", lambda self, kind: Exactness.NONE)
    results = recheck_report(report, root=folder)
    assert {r.result.status for r in results if r.outcome != "UNKNOWN"} == {"failed"}


def test_the_digest_of_a_source() -> None:
    assert source_digest(b"a") != source_digest(b"b")


def test_a_summary_of_other_verdicts_fails(written: tuple[Path, dict[str, Any]]) -> None:
    folder, report = written
    assert "failed" not in statuses(report, folder)
    for name in ("HOLDS", "VIOLATED", "UNKNOWN", "files"):
        summary = {**report["summary"], name: report["summary"][name] + 1}
        results = recheck_report({**report, "summary": summary}, root=folder)
        assert [r.property for r in results if r.result.status == "failed"] == ["summary"]
    for summary in (None, [], {}):
        assert statuses({**report, "summary": summary}, folder)[-1] == "failed"


def test_a_key_that_stands_twice_is_refused(
    written: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    folder, report = written
    text = json.dumps(report)
    path = tmp_path / "report.json"
    outcome = '"outcome": "'
    assert outcome in text
    path.write_text(text.replace(outcome, f'{outcome}HOLDS", {outcome}', 1), encoding="utf-8")
    with pytest.raises(InputError, match="'outcome' stands twice"):
        recheck_report(path, root=folder)


def test_lines_say_what_passed(
    written: tuple[Path, dict[str, Any]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, report = written
    path = tmp_path / "report.json"
    path.write_text(json.dumps(report), encoding="utf-8")
    run(["recheck", str(path), "--root", str(folder)])
    lines = capsys.readouterr().out.splitlines()
    for line, verdict in zip(
        lines, (v for model in report["models"] for v in model["verdicts"]), strict=False
    ):
        assert f"  {verdict['outcome']:<8}  {verdict['property']}" in line
    path.write_text(json.dumps({**report, "models": [], "summary": {
        "files": 0, "HOLDS": 0, "VIOLATED": 0, "UNKNOWN": 0}}), encoding="utf-8")  # fmt: skip
    assert run(["recheck", str(path)]) == 3
    assert capsys.readouterr().out.startswith("no verdict was there to recheck\n")
