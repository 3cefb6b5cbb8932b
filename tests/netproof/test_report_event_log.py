"""Reports and simulated runs as event logs: activities, life cycles, pools and lines."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from xml.etree import ElementTree

import pytest

from netproof import check, check_many
from netproof.__main__ import main
from netproof.report.event_log import csv_text, report_cases, xes_text
from netproof.report.model import Report
from netproof.report.renderers import render, render_to
from petri import PetriNet, Transition

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_the_events_of_a_counterexample() -> None:
    report = check(EXAMPLES / "invoice-deadlock.bpmn", "deadlock")
    told = table(csv_text(report, root=ROOT))
    assert {row["case"] for row in told} == {"examples/invoice-deadlock.bpmn: deadlock"}
    assert {(row["property"], row["outcome"]) for row in told} == {("deadlock", "VIOLATED")}
    keys = ("position", "activity", "lifecycle", "element", "kind", "line")
    assert [tuple(row[key] for key in keys) for row in told] == [
        ("1", "Invoice arrived", "complete", "arrived", "start", "10"),
        ("2", "Large amount?", "complete", "amount", "gateway", "13"),
        ("3", "Approve by manager", "start", "manager", "task", "18"),
        ("4", "Approve by manager", "complete", "manager", "task", "18"),
    ]
    assert told[2]["step"] == "“Approve by manager” starts"
    assert {row["pool"] for row in told} == {"Invoice approval"}
    assert {row["file"] for row in told} == {"examples/invoice-deadlock.bpmn"}


def test_the_columns_are_always_the_same() -> None:
    good = csv_text(check(EXAMPLES / "order-process.bpmn", "deadlock"), root=ROOT)
    bad = csv_text(check(EXAMPLES / "invoice-deadlock.bpmn", "deadlock"), root=ROOT)
    headers = [text.splitlines()[0] for text in (good, bad, csv_text(Report(models=())))]
    assert len(set(headers)) == 1
    assert len(headers[0].split(",")) == 13
    assert headers[0].endswith("step,repeated,property,outcome")


def test_pools_are_resources() -> None:
    root = ElementTree.fromstring(
        xes_text(check(EXAMPLES / "purchase-two-pools.bpmn", "deadlock"), root=ROOT)
    )
    pools = [node.get("value") for node in root.iterfind(".//event/string[@key='org:resource']")]
    assert set(pools) == {"Buyer", "Seller"}
    assert len(pools) == len(root.findall(".//event"))


def test_each_verdict_with_a_run_is_a_case_also_from_other_processes(tmp_path: Path) -> None:
    (tmp_path / "bad.bpmn").write_text("<definitions/>")
    paths = [
        EXAMPLES / "hiring-double-welcome.bpmn", tmp_path / "bad.bpmn",
        EXAMPLES / "order-process.bpmn", EXAMPLES / "invoice-deadlock.bpmn",
    ]  # fmt: skip
    many = check_many(paths, jobs=2)
    expected = {
        (Path(model.source).name, entry.name)
        for model in many
        for entry in model.verdicts
        if entry.witness is not None and len(entry.witness)
    }
    cases = report_cases(many, root=ROOT)
    assert {tuple(case.name.rsplit("/", 1)[-1].split(": ")) for case in cases} == expected
    assert {case.name.split("/")[0] for case in cases} == {"examples"}
    alone = [check(path) for path in (paths[0], paths[3])]
    assert cases == tuple(case for one in alone for case in report_cases(one, root=ROOT))


def test_the_run_of_a_net_and_a_cycle() -> None:
    net = PetriNet(
        places=["p", "q"], initial={"p": 1}, name="n",
        transitions=[Transition(id="go", label="Go", name="Away"), "back"],
        arcs=[("p", "go"), ("go", "q"), ("q", "back"), ("back", "p")],
    )  # fmt: skip
    (case,) = report_cases(check(net, "termination"), root=ROOT)
    assert [(e.activity, e.element, e.kind, e.pool, e.repeated) for e in case.events] == [
        ("Away", "go", "transition", None, True), ("back", "back", "transition", None, True),
    ]  # fmt: skip


def test_a_report_without_runs_is_an_empty_log(tmp_path: Path) -> None:
    assert table(render(Report(models=()), "csv")) == []
    render_to(check(EXAMPLES / "order-process.bpmn", "soundness"), "xes", str(tmp_path / "a.xes"))
    assert ElementTree.parse(tmp_path / "a.xes").getroot().findall("trace") == []


@pytest.mark.parametrize("kind", ["xes", "csv"])
def test_a_simulated_run(kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "deep" / f"out.{kind}"
    source = str(EXAMPLES / "order-process.bpmn")
    assert main(["simulate", source, "--seed", "4", "--trace", str(path)]) == 0
    said = [line for line in capsys.readouterr().out.splitlines() if line[4:6] == ". "]
    text = path.read_text(encoding="utf-8")
    if kind == "csv":
        steps = [row["step"] for row in table(text)]
    else:
        found = ElementTree.fromstring(text).iterfind(".//event/string[@key='step']")
        steps = [node.attrib["value"] for node in found]
    assert steps
    assert len(steps) == len(said)
    assert all(step in line for step, line in zip(steps, said, strict=True))


def test_another_ending_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", str(EXAMPLES / "order-process.bpmn"), "--trace", "a.txt"]) == 2
    assert "ends in .xes or .csv" in capsys.readouterr().err


@pytest.mark.filterwarnings("ignore")
def test_pm4py_reads_the_log(tmp_path: Path) -> None:
    """A development-only test: pm4py is no dependency, and is skipped where it is absent."""
    pm4py = pytest.importorskip("pm4py", reason="pm4py is not installed, and need not be")
    report = check_many(sorted(EXAMPLES.glob("*.bpmn")))
    render_to(report, "xes", str(tmp_path / "a.xes"))
    frame = pm4py.read_xes(str(tmp_path / "a.xes"))
    cases = report_cases(report)
    assert list(frame["case:concept:name"].unique()) == [case.name for case in cases]
    assert list(frame["concept:name"]) == [e.activity for case in cases for e in case.events]
    assert list(frame["org:resource"]) == [e.pool for case in cases for e in case.events]
