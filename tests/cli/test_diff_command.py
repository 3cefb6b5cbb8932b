"""``netproof diff`` as a user runs it: outputs, exit codes, budgets, bad input."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from command_line import called_as_text
from devtools import within_cpu_seconds

pytestmark = pytest.mark.exhaustive

ROOT = Path(__file__).parents[2]
ORDER = ROOT / "examples/order-process.bpmn"
SCHEMA = json.loads((ROOT / "netproof/schema/diff-1.json").read_text())


def diff(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return called_as_text("diff", *arguments, stdin=stdin)


@pytest.fixture
def worse(tmp_path: Path) -> str:
    """The order process without its join."""
    text = ORDER.read_text(encoding="utf-8")
    path = tmp_path / "worse.bpmn"
    path.write_text(text.replace('targetRef="join"', 'targetRef="ship"'), encoding="utf-8")
    return str(path)


def test_the_exit_code_tells_what_got_worse(worse: str) -> None:
    order = str(ORDER)
    assert diff(order, order).returncode == 0
    done = diff(order, worse)
    assert done.returncode == 1
    assert done.stderr == ""
    assert "2 verdicts got worse" in done.stdout
    assert diff(worse, order).returncode == 0
    assert diff(worse, worse).returncode == 0
    assert diff(order, worse, "--exit-zero").returncode == 0
    assert diff(worse, order, "--fail-on-change", "language").returncode == 1
    assert diff(worse, order, "--fail-on-change", "elements,verdicts").returncode == 1
    assert diff(order, order, "--fail-on-change", "elements,verdicts,language").returncode == 0
    assert diff(worse, order, "--budget-states", "2", "--property", "no-dead-activities",
                "--fail-on-change", "language").returncode == 3  # fmt: skip


def test_json_and_files(worse: str, tmp_path: Path) -> None:
    out = tmp_path / "deep" / "diff.md"
    done = diff(str(ORDER), worse, "--output-format", "json", "--output", f"markdown={out}")
    data = json.loads(done.stdout)
    jsonschema.validate(data, SCHEMA)
    assert data["summary"]["worse"] == 2
    assert data["runs"]["gained"]["steps"][-1]["element"] == "ship"
    assert out.read_text(encoding="utf-8").startswith("## netproof diff: ")


def test_one_file_from_standard_input(worse: str) -> None:
    text = ORDER.read_text(encoding="utf-8")
    done = diff("-", worse, stdin=text)
    assert done.returncode == 1
    assert "old  -  (bpmn)" in done.stdout
    both = diff("-", "-", stdin=text)
    assert both.returncode == 2
    assert "only one" in both.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["no-such-file.bpmn"], "no-such-file"),
        (["{bad}"], "bad.bpmn"),
        (["{order}", "--property", "sound"], "no property"),
        (["{order}", "--property", "EF(nothing)"], "nothing called"),
        (["{order}", "--output", "json"], "FORMAT=PATH"),
        (["{order}", "--output", "html=x"], "no diff format"),
        (["{order}", "--fail-on-change", "colour"], "takes verdicts"),
        (["{order}", "--from", "nonsense"], "nonsense"),
    ],
)
def test_bad_input_is_told_in_a_line(arguments: list[str], message: str, tmp_path: Path) -> None:
    bad = tmp_path / "bad.bpmn"
    bad.write_text("<definitions")
    filled = [a.format(bad=bad, order=ORDER) for a in arguments]
    done = diff(str(ORDER), *filled)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_what_is_known_is_told_where_a_step_does_not_end() -> None:
    code = (
        "import sys, time, netproof.comparing as c\n"
        "c.compare_runs = lambda *a, **k: time.sleep(3600)\n"
        "from netproof.__main__ import main\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "diff", str(ORDER), str(ORDER), "--budget-seconds", "1"],
        cwd=ROOT, text=True, capture_output=True, timeout=120, check=False, encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    assert done.returncode == 3
    assert "as before HOLDS: soundness" in done.stdout
    assert "the call ended before it was done" in done.stdout


def test_the_process_ends_with_its_budget(tmp_path: Path) -> None:
    """Twelve parallel branches with a choice each: more than can be compared in a second."""
    lines = ["start s", "and f", "and j", "end e", "s > f", "j > e"]
    for n in range(14):
        lines += [f"xor x{n}", f"xor y{n}", f"task a{n}", f"task b{n}", f"task c{n}"]
        lines += [f"f > x{n} > a{n} > y{n} > c{n} > j", f"x{n} > b{n} > y{n}"]
    from netproof import convert
    from workflow_text import drawn

    graph = drawn("\n".join(lines))
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    text = convert(graph, "definition")
    old.write_text(text, encoding="utf-8")
    new.write_text(text.replace('"a13"', '"b99"'), encoding="utf-8")
    with within_cpu_seconds(3):
        done = diff(str(old), str(new), "--budget-seconds", "3")
    assert done.returncode in (0, 3), done.stderr
    assert "Traceback" not in done.stderr
    assert "Runs" in done.stdout
