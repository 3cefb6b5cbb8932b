"""``netproof check`` as a user runs it: outputs, exit codes, budgets, settings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from command_line import called_as_text as netproof
from devtools import within_cpu_seconds

pytestmark = pytest.mark.exhaustive

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
SCHEMA = json.loads((ROOT / "netproof/schema/report-1.json").read_text())


def report(*arguments: str, cwd: Path = ROOT) -> tuple[int, dict[str, Any]]:
    done = netproof("check", *arguments, "--output-format", "json", cwd=cwd)
    assert done.stderr == "", done.stderr
    data = json.loads(done.stdout)
    jsonschema.validate(data, SCHEMA)
    return done.returncode, data


def test_the_default_verdicts_of_a_sound_process() -> None:
    code, data = report("examples/order-process.bpmn")
    assert code == 0
    (model,) = data["models"]
    assert model["source"] == "examples/order-process.bpmn"
    assert model["error"] is None
    assert [(v["property"], v["outcome"], v["rechecked"]) for v in model["verdicts"]] == [
        (name, "HOLDS", "passed")
        for name in ("soundness", "deadlock", "boundedness", "safeness", "no-dead-activities")
    ]


def test_a_violation_is_a_run_on_the_diagram() -> None:
    code, data = report("examples/invoice-deadlock.bpmn")
    assert code == 1
    deadlock = data["models"][0]["verdicts"][1]
    assert deadlock["outcome"] == "VIOLATED"
    assert "join" in deadlock["explanation"]
    steps = deadlock["witness"]["steps"]
    assert steps[0]["source"]["element"] == "arrived"
    assert all(step["source"]["line"] for step in steps)
    assert all(step["source"]["file"] == "examples/invoice-deadlock.bpmn" for step in steps)


def test_every_example_is_decided_and_rechecked() -> None:
    files = sorted(str(p) for p in EXAMPLES.iterdir() if p.suffix in (".bpmn", ".json", ".yaml"))
    assert len(files) >= 8
    _, data = report(*files, "--jobs", "2")
    assert [m["source"] for m in data["models"]] == files
    for model in data["models"]:
        for verdict in model["verdicts"]:
            assert verdict["outcome"] in ("HOLDS", "VIOLATED"), (model["source"], verdict)
            assert verdict["rechecked"] == "passed", (model["source"], verdict)


def test_one_bad_file_does_not_stop_the_rest(tmp_path: Path) -> None:
    bad = tmp_path / "bad.bpmn"
    bad.write_text("<definitions")
    code, data = report(str(bad), "examples/order-process.bpmn", "no-such-file.bpmn")
    assert code == 2
    assert [m["error"] is None for m in data["models"]] == [False, True, False]
    assert data["models"][0]["verdicts"] == []
    assert data["summary"]["errors"] == 2


def test_exit_codes_can_be_chosen() -> None:
    deadlock = "examples/invoice-deadlock.bpmn"
    assert netproof("check", deadlock).returncode == 1
    assert netproof("check", deadlock, "--exit-zero").returncode == 0
    assert netproof("check", deadlock, "--fail-on", "error").returncode == 0
    assert netproof("check", "no-such.bpmn", "--fail-on", "violated").returncode == 0
    assert netproof("check", deadlock, "--fail-on", "everything").returncode == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["check"], "nothing to check"),
        (["check", "no*such*.bpmn"], "matches"),
        (["check", "examples", "--property", "soundnes"], "did you mean soundness"),
        (["check", "examples", "--property", "wek: F x"], "did you mean weak"),
        (["check", "examples", "--property", "AG("], "expected"),
        (["check", "examples", "--output", "yaml=x"], "no report format"),
        (["check", "examples", "--from", "bpnm"], ""),
        (["convert", "examples/order-process.bpmn", "--to", "nothing"], "invalid choice"),
    ],
)
def test_usage_errors_are_one_line_and_exit_2(arguments: list[str], message: str) -> None:
    done = netproof(*arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr + done.stdout
    assert message in (done.stderr + done.stdout).replace("‘", "'")


def test_formulas_use_the_names_of_the_file() -> None:
    code, data = report(
        "examples/invoice-deadlock.bpmn", "--property", 'EF("Pay invoice")',
        "--property", 'AG(!"Pay invoice")', "--property", 'EF(enabled("Approve by manager"))',
    )  # fmt: skip
    assert code == 1
    assert [v["outcome"] for v in data["models"][0]["verdicts"]] == ["VIOLATED", "HOLDS", "HOLDS"]


def test_a_name_that_a_file_does_not_have_costs_only_that_property() -> None:
    wrong = ("--property", 'EF("Pay invoce")', "--property", "deadlock")
    done = netproof("check", "examples/invoice-deadlock.bpmn", *wrong, "--output-format", "json")
    assert done.returncode == 2
    assert "nothing called 'Pay invoce'" in done.stderr
    data = json.loads(done.stdout)
    assert data["models"][0]["error"] is None
    unknown, stuck = data["models"][0]["verdicts"]
    assert (unknown["outcome"], stuck["outcome"]) == ("UNKNOWN", "VIOLATED")
    assert "did you mean 'Pay invoice'?" in unknown["reason"]
    one = ("--property", 'EF("Pay invoice")')
    code, data = report("examples/invoice-deadlock.bpmn", "examples/order-process.bpmn", *one)
    assert code == 1
    assert [m["verdicts"][0]["outcome"] for m in data["models"]] == ["VIOLATED", "UNKNOWN"]


def test_options_may_stand_between_files() -> None:
    code, data = report(
        "examples/order-process.bpmn", "--jobs", "1", "examples/travel-booking.bpmn"
    )
    assert code == 0
    assert len(data["models"]) == 2


def test_standard_input_and_written_reports(tmp_path: Path) -> None:
    text = (EXAMPLES / "order-process.bpmn").read_text()
    out = tmp_path / "deep" / "r.json"
    done = netproof("check", "-", "--output", f"json={out}", stdin=text)
    assert done.returncode == 0, done.stderr
    assert "soundness" in done.stdout
    data = json.loads(out.read_text())
    assert data["models"][0]["source"] == "-"


def test_a_report_is_rechecked_from_its_sources(tmp_path: Path) -> None:
    file = tmp_path / "p.bpmn"
    file.write_text((EXAMPLES / "hiring-double-welcome.bpmn").read_text())
    out = tmp_path / "r.json"
    netproof("check", "p.bpmn", "--output", f"json={out}", cwd=tmp_path)
    good = netproof("recheck", "r.json", cwd=tmp_path)
    assert good.returncode == 0, good.stdout + good.stderr
    assert "5 passed" in good.stdout
    file.write_text(file.read_text().replace("Welcome", "Greet"))
    bad = netproof("recheck", "r.json", cwd=tmp_path)
    assert bad.returncode == 70
    assert "failed" in bad.stdout


def test_settings_are_read_and_unknown_keys_refused(tmp_path: Path) -> None:
    (tmp_path / "p.bpmn").write_text((EXAMPLES / "invoice-deadlock.bpmn").read_text())
    settings = tmp_path / "netproof.toml"
    settings.write_text(
        'properties = ["safeness"]\n[[paths]]\nmatch = "p.*"\nproperties = ["deadlock"]\n'
    )
    _, data = report("p.bpmn", cwd=tmp_path)
    assert [v["property"] for v in data["models"][0]["verdicts"]] == ["deadlock"]
    shown = netproof("check", "p.bpmn", "--show-config", cwd=tmp_path)
    assert 'properties = ["safeness"]' in shown.stdout
    settings.write_text("budget-secondes = 3\n")
    refused = netproof("check", "p.bpmn", cwd=tmp_path)
    assert refused.returncode == 2
    assert "budget-seconds" in refused.stderr


def test_the_same_input_gives_the_same_output_but_for_timings() -> None:
    def untimed(data: object) -> object:
        if isinstance(data, dict):
            return {k: untimed(v) for k, v in data.items() if k not in ("seconds", "timings")}
        return [untimed(item) for item in data] if isinstance(data, list) else data

    first, second = report("examples/travel-booking.bpmn"), report("examples/travel-booking.bpmn")
    assert untimed(first[1]) == untimed(second[1])


def parallel(branches: int, *, ended: bool = False) -> str:
    """A parallel block; where a branch may end all, no reduction helps against 3^branches states."""
    nodes = [
        '<startEvent id="s"/><parallelGateway id="f"/><parallelGateway id="j"/><endEvent id="e"/>'
    ]
    flows = ['<sequenceFlow id="a" sourceRef="s" targetRef="f"/>'
             '<sequenceFlow id="z" sourceRef="j" targetRef="e"/>']  # fmt: skip
    for i in range(branches):
        nodes.append(f'<task id="t{i}"/>')
        flows.append(f'<sequenceFlow id="i{i}" sourceRef="f" targetRef="t{i}"/>'
                     f'<sequenceFlow id="o{i}" sourceRef="t{i}" targetRef="j"/>')  # fmt: skip
    if ended:
        nodes.append('<exclusiveGateway id="x"/><endEvent id="t"><terminateEventDefinition/>'
                     '</endEvent>')  # fmt: skip
        flows[-1] = flows[-1].replace('targetRef="j"', 'targetRef="x"')
        flows.append('<sequenceFlow id="xj" sourceRef="x" targetRef="j"/>'
                     '<sequenceFlow id="xt" sourceRef="x" targetRef="t"/>')  # fmt: skip
    space = "http://www.omg.org/spec/BPMN/20100524/MODEL"
    body = "".join(nodes + flows)
    return f'<definitions xmlns="{space}"><process id="p">{body}</process></definitions>'


def test_a_budget_is_kept_and_what_is_known_is_told(tmp_path: Path) -> None:
    (tmp_path / "big.bpmn").write_text(parallel(26, ended=True))
    with within_cpu_seconds(3):
        code, data = report("big.bpmn", "--budget-seconds", "3", cwd=tmp_path)
    assert code == 3
    verdicts = {v["property"]: v for v in data["models"][0]["verdicts"]}
    assert verdicts["soundness"]["outcome"] == "UNKNOWN"
    assert "states" in verdicts["soundness"]["reason"]
    assert data["models"][0]["error"] is None


def test_the_total_time_is_kept(tmp_path: Path) -> None:
    for i in range(6):
        (tmp_path / f"big{i}.bpmn").write_text(parallel(24, ended=True))
    with within_cpu_seconds(4):
        code, data = report(".", "--budget-seconds", "2", "--total-seconds", "4", cwd=tmp_path)
    assert len(data["models"]) == 6
    assert code == 3
    last = data["models"][-1]
    assert last["error"] is None
    assert {v["outcome"] for v in last["verdicts"]} == {"UNKNOWN"}
    assert all(v["reason"] for v in last["verdicts"])


def test_refused_elements_are_named_and_the_verdict_is_unknown(tmp_path: Path) -> None:
    text = parallel(2).replace("parallelGateway", "complexGateway")
    (tmp_path / "c.bpmn").write_text(text)
    code, data = report("c.bpmn", cwd=tmp_path)
    assert code == 3
    model = data["models"][0]
    assert model["error"] is None
    for verdict in model["verdicts"]:
        assert (verdict["outcome"], verdict["exactness"]) == ("UNKNOWN", "none")
        assert "complex" in verdict["reason"]
    assert {e["fate"] for e in model["ledger"] if e["element"] in ("f", "j")} == {"refused"}
