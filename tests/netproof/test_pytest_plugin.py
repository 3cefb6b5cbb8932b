"""The pytest plug-in, used by pytest itself in scratch projects."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

import netproof
import netproof.pytest_items
import netproof.pytest_results as module
from netproof.checking import CheckOptions
from netproof.pytest_results import default_names
from netproof.report.baseline import write_baseline
from netproof.report.model import ModelReport

pytestmark = pytest.mark.exhaustive

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
INSTALLED = any(p.name == "netproof" for p in metadata.entry_points(group="pytest11"))
# Hypothesis rewrites itself in each run within a run, which takes a second.
PLUGIN = ("-p", "no:hypothesispytest", *(() if INSTALLED else ("-p", "netproof.pytest_plugin")))
DEFAULTS = ["soundness", "deadlock", "boundedness", "safeness", "no-dead-activities"]


@pytest.fixture(autouse=True, scope="module")
def _loaded() -> None:
    """What is imported on first use stays imported when pytester tidies up after a run."""
    netproof.check(EXAMPLES / "order-process.bpmn")
    netproof.check(EXAMPLES / "purchase-two-pools.bpmn")


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A project with a sound workflow, one with a deadlock, and a test of its own."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    models = pytester.mkdir("models")
    for old, new in (("order-process", "order"), ("invoice-deadlock", "invoice")):
        (models / f"{new}.bpmn").write_bytes((EXAMPLES / f"{old}.bpmn").read_bytes())
    (pytester.mkdir("tests") / "test_own.py").write_text("def test_own(): pass\n")
    return pytester


def ini(project: pytest.Pytester, *lines: str) -> None:
    text = "\n".join(["[pytest]", "testpaths = tests", "addopts = --strict-markers", *lines])
    (project.path / "pytest.ini").write_text(text + "\n", encoding="utf-8")


def run(project: pytest.Pytester, *args: str) -> pytest.RunResult:
    return project.runpytest_inprocess(*PLUGIN, "-p", "no:randomly", *args)


def listed(project: pytest.Pytester, *args: str) -> list[str]:
    found = run(project, "--collect-only", "-q", *args)
    return [line for line in found.outlines if "::" in line]


def ids(file: str, names: list[str] = DEFAULTS) -> list[str]:
    return [f"models/{file}.bpmn::{name}" for name in names]


def test_without_a_request_nothing_is_collected_or_imported(project: pytest.Pytester) -> None:
    ini(project)
    (project.path / "tests" / "test_own.py").write_text(
        "import sys\ndef test_own():\n"
        "    assert 'netproof.pytest_plugin' in sys.modules\n"
        "    ours = {n for n in sys.modules if n.split('.')[0] in ('netproof', 'petri', 'translators')}\n"
        "    assert ours == {'netproof', 'netproof.pytest_plugin'}\n"
        "    assert 'numpy' not in sys.modules\n"
    )
    found = project.runpytest_subprocess(*PLUGIN, ".")
    found.assert_outcomes(passed=1)
    assert found.ret == 0


def test_the_entry_point_names_the_plug_in() -> None:
    table = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    points = table["project"]["entry-points"]["pytest11"]
    assert points == {"netproof": "netproof.pytest_plugin"}


def test_each_property_is_a_test_and_the_run_is_shown(project: pytest.Pytester) -> None:
    ini(project, "netproof_files = models/*.bpmn")
    found = run(project, "-v")
    found.assert_outcomes(passed=1 + 5 + 2, failed=3)
    found.stdout.fnmatch_lines(["models/order.bpmn::soundness PASSED*"])
    found.stdout.fnmatch_lines(
        [
            "*_ deadlock in models/invoice.bpmn _*",
            "deadlock is VIOLATED in models/invoice.bpmn:26",
            "  After 4 steps the process is stuck: The parallel gateway join *",
            "    1. start event “Invoice arrived” occurs  (models/invoice.bpmn:10)",
            "    2. *", "    3. *",
            "    4. “Approve by manager” completes  (models/invoice.bpmn:18)",
            "  assumed: Conditions are free choices*",
            "  rerun: netproof check models/invoice.bpmn --property deadlock",
        ],
        consecutive=True,
    )  # fmt: skip
    found.stdout.fnmatch_lines(["FAILED models/invoice.bpmn::deadlock - VIOLATED: *"])
    text = found.stdout.str()
    assert "Traceback" not in text
    assert "pytest_items" not in text


def test_names_choose_as_they_do_among_tests(project: pytest.Pytester) -> None:
    ini(project, "netproof_files = models")
    assert listed(project) == ["tests/test_own.py::test_own", *ids("invoice"), *ids("order")]
    assert listed(project, "tests") == ["tests/test_own.py::test_own"]
    assert listed(project, "models/order.bpmn") == ids("order")
    assert listed(project, "models/order.bpmn::safeness") == ids("order", ["safeness"])
    assert listed(project, "-k", "invoice and deadlock") == ids("invoice", ["deadlock"])
    assert listed(project, "-k", "order and safeness") == ids("order", ["safeness"])
    assert listed(project, "-m", "netproof") == [*ids("invoice"), *ids("order")]
    everything = listed(project, ".")
    assert sorted(everything) == sorted(
        ["tests/test_own.py::test_own", *ids("invoice"), *ids("order")]
    )


def test_the_option_adds_files_to_the_call(project: pytest.Pytester) -> None:
    ini(project)
    own = ["tests/test_own.py::test_own"]
    assert listed(project) == own
    assert listed(project, "--netproof", "models/o*.bpmn") == own + ids("order")
    assert listed(project, "tests", "--netproof", "models/o*.bpmn") == own + ids("order")
    one = ids("order", ["deadlock"])
    assert listed(project, "--netproof", "models", one[0]) == one
    both = ("--netproof", "models/order.bpmn", "--netproof", "models")
    assert listed(project, *both) == [*own, *ids("order"), *ids("invoice")]


def test_patterns_of_the_option_begin_where_the_user_is(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    ini(project, "netproof_files = models/order.bpmn")
    monkeypatch.chdir(project.path / "models")
    found = run(project, "--netproof", "inv*", "invoice.bpmn::deadlock")
    found.assert_outcomes(failed=1)
    found.stdout.fnmatch_lines(["deadlock is VIOLATED in invoice.bpmn:26"])


@pytest.mark.parametrize(
    ("lines", "error"),
    [
        (["netproof_files = nothing/*.bpmn"], "*no workflow file matches 'nothing/*.bpmn' in *"),
        (["netproof_files = models", "netproof_properties = soundnes"], "*did you mean soundness*"),
        (["netproof_files = models", "netproof_unknown = pass"], "*skip or fail, not 'pass'*"),
        (["netproof_files = models", "netproof_budget_seconds = 0"], "*positive number*"),
        (["netproof_files = models", "netproof_budget_seconds = x"], "*positive number*"),
    ],
)
def test_wrong_settings_are_told_before_anything_runs(
    project: pytest.Pytester, lines: list[str], error: str
) -> None:
    ini(project, *lines)
    found = run(project)
    assert found.ret == pytest.ExitCode.USAGE_ERROR
    found.stderr.fnmatch_lines([f"ERROR: netproof: {error}"])


def test_a_wrong_settings_file_of_the_project_is_told(project: pytest.Pytester) -> None:
    ini(project, "netproof_files = models")
    (project.path / "netproof.toml").write_text("propertys = []\n")
    found = run(project)
    assert found.ret == pytest.ExitCode.USAGE_ERROR
    found.stderr.fnmatch_lines(["*unknown key 'propertys'. Did you mean properties?*"])


def test_properties_are_names_and_formulas(project: pytest.Pytester) -> None:
    formula = 'AG(!("Approve by manager" && "Approve by rule"))'
    ini(
        project, "netproof_files = models/invoice.bpmn",
        "netproof_properties =", "    deadlock, safeness boundedness", f"    {formula}",
    )  # fmt: skip
    names = ["deadlock", "safeness", "boundedness", formula]
    assert listed(project)[1:] == ids("invoice", names)
    run(project).assert_outcomes(passed=4, failed=1)
    run(project, f"models/invoice.bpmn::{formula}").assert_outcomes(passed=1)


def test_files_have_the_settings_of_the_project(project: pytest.Pytester) -> None:
    ini(project, "netproof_files = models", "netproof_properties = safeness")
    (project.path / "netproof.toml").write_text(
        'properties = ["deadlock"]\n[[paths]]\nmatch = "models/inv*"\n'
        'properties = ["boundedness", "EF(dead)"]\nbudget-seconds = 7\n'
    )
    assert listed(project)[1:] == [
        *ids("invoice", ["boundedness", "EF(dead)"]), *ids("order", ["safeness"]),
    ]  # fmt: skip
    ini(project, "netproof_files = models")
    assert listed(project)[1:] == [
        *ids("invoice", ["boundedness", "EF(dead)"]), *ids("order", ["deadlock"]),
    ]  # fmt: skip
    (project.path / "netproof.toml").write_text('exclude = ["order.*"]\n')
    assert listed(project)[1:] == ids("invoice")


def test_unknown_is_skipped_with_its_reason_or_fails(project: pytest.Pytester) -> None:
    lines = ["netproof_files = models/order.bpmn", "netproof_budget_seconds = 0.000001"]
    ini(project, *lines, "netproof_properties = soundness")
    found = run(project, "-rs")
    found.assert_outcomes(passed=1, skipped=1)
    found.stdout.fnmatch_lines(["SKIPPED * models/order.bpmn:1: UNKNOWN: the time budget *"])
    ini(project, *lines, "netproof_properties = soundness", "netproof_unknown = fail")
    found = run(project)
    found.assert_outcomes(passed=1, failed=1)
    found.stdout.fnmatch_lines(["soundness is UNKNOWN in models/order.bpmn"])
    (project.path / "netproof.toml").write_text('fail-on = ["violated"]\n')
    run(project).assert_outcomes(passed=1, skipped=1)


def test_a_file_that_cannot_be_read_fails_once_with_one_line(project: pytest.Pytester) -> None:
    ini(project, "netproof_files = models")
    text = (EXAMPLES / "order-process.bpmn").read_text("utf-8")
    (project.path / "models" / "order.bpmn").write_text(text[: len(text) // 2], encoding="utf-8")
    found = run(project, "models/order.bpmn")
    found.assert_outcomes(failed=1, skipped=4)
    (line,) = [t for t in found.outlines if t.startswith("models/order.bpmn:") and "[" not in t]
    assert int(line.split(":")[1]) > 1
    assert "Traceback" not in found.stdout.str()
    run(project, "models/order.bpmn::safeness").assert_outcomes(failed=1)
    (project.path / "netproof.toml").write_text('fail-on = ["violated"]\n')
    run(project, "models/order.bpmn").assert_outcomes(xfailed=1, skipped=4)


def test_what_is_known_suppressed_or_only_warns_is_expected(project: pytest.Pytester) -> None:
    ini(project, "netproof_files = models/invoice.bpmn", "netproof_properties = deadlock")
    assert run(project, "-q").ret == 1
    (project.path / "netproof.toml").write_text('warn-on = ["violated:deadlock"]\n')
    found = run(project, "-rx")
    found.assert_outcomes(passed=1, xfailed=1)
    found.stdout.fnmatch_lines(["XFAIL models/invoice.bpmn::deadlock - *warning only: VIOLATED: *"])
    (project.path / ".git").mkdir()
    write_baseline(netproof.check("models/invoice.bpmn", "deadlock"), "known.json")
    (project.path / "netproof.toml").write_text('baseline = "known.json"\n')
    found = run(project, "-rx")
    found.assert_outcomes(passed=1, xfailed=1)
    found.stdout.fnmatch_lines(["XFAIL *known (in the baseline known.json): VIOLATED: *"])
    (project.path / "netproof.toml").unlink()
    file = project.path / "models" / "invoice.bpmn"
    text = file.read_text("utf-8")
    start = text.index(">", text.index("<bpmn:process")) + 1
    note = "<bpmn:documentation>netproof: ignore deadlock because of tests</bpmn:documentation>"
    file.write_text(text[:start] + note + text[start:], encoding="utf-8")
    found = run(project, "-rx")
    found.assert_outcomes(passed=1, xfailed=1)
    found.stdout.fnmatch_lines(["XFAIL *suppressed (of tests): VIOLATED: *"])


def test_places_and_facts_are_in_the_reports(project: pytest.Pytester) -> None:
    ini(project, "netproof_files = models/invoice.bpmn")
    record = project.inline_run(*PLUGIN, "models", "--junitxml=j.xml", "--tb=short")
    found = {r.nodeid: r for r in record.getreports("pytest_runtest_logreport") if r.when == "call"}
    bad = found["models/invoice.bpmn::deadlock"]
    assert bad.location[:2] == ("models/invoice.bpmn", 25)
    assert (bad.longrepr.reprcrash.path, bad.longrepr.reprcrash.lineno) == (
        "models/invoice.bpmn", 26,
    )  # fmt: skip
    assert bad.longrepr.reprcrash.message.startswith("VIOLATED: After 4 steps")
    assert dict(bad.user_properties)["netproof.outcome"] == "VIOLATED"
    cases = {c.get("name"): c for c in ElementTree.parse("j.xml").iter("testcase")}
    assert set(cases) == set(DEFAULTS)
    (told,) = cases["deadlock"].iter("failure")
    assert "Invoice arrived" in (told.text or "")
    facts = {p.get("name"): p.get("value") for p in cases["safeness"].iter("property")}
    assert facts["netproof.outcome"] == "HOLDS"
    assert facts["netproof.rechecked"] == "passed"


def test_a_file_is_checked_once_and_only_for_what_was_selected(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, tuple[str, ...]]] = []
    real = module.guarded

    def counted(source: str, options: CheckOptions, *rest: Any) -> ModelReport:
        asked.append((Path(source).name, options.properties))
        return real(source, options, *rest)

    monkeypatch.setattr(module, "guarded", counted)
    ini(project, "netproof_files = models")
    run(project)
    assert asked == [("invoice.bpmn", tuple(DEFAULTS)), ("order.bpmn", tuple(DEFAULTS))]
    asked.clear()
    run(project, "-k", "deadlock and order or safeness and order")
    assert asked == [("order.bpmn", ("deadlock", "safeness"))]
    asked.clear()
    listed(project)
    assert asked == []


def test_only_what_failed_is_run_again(project: pytest.Pytester) -> None:
    ini(project, "netproof_files = models")
    run(project).assert_outcomes(passed=8, failed=3)
    run(project, "--lf").assert_outcomes(failed=3)


def test_faults_of_ours_fail_in_any_case(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    ini(project, "netproof_files = models/order.bpmn", "netproof_properties = deadlock")
    (project.path / "netproof.toml").write_text("fail-on = []\n")
    fault = ModelReport(source="x", error="internal error: KeyError: 'a'", internal=True)
    monkeypatch.setattr(module, "guarded", lambda *_: fault)
    found = run(project)
    found.assert_outcomes(passed=1, failed=1)
    found.stdout.fnmatch_lines(["*internal error: KeyError: 'a'"])
    (good,) = netproof.check("models/order.bpmn", "deadlock")
    forged = replace(good.verdicts[0], rechecked="failed", recheck_reason="forged")
    monkeypatch.setattr(module, "guarded", lambda *_: replace(good, verdicts=(forged,)))
    found = run(project)
    found.assert_outcomes(passed=1, failed=1)
    found.stdout.fnmatch_lines(["*failed its recheck (an internal error)", "  forged"])


@pytest.mark.parametrize("distribution", ["load", "loadgroup"])
def test_in_several_processes(project: pytest.Pytester, distribution: str) -> None:
    pytest.importorskip("xdist")
    ini(project, "netproof_files = models/*.bpmn", "netproof_properties = deadlock safeness")
    found = project.runpytest_subprocess(*PLUGIN, "-n", "2", "--dist", distribution)
    found.assert_outcomes(passed=4, failed=1)
    found.stdout.fnmatch_lines(["deadlock is VIOLATED in models/invoice.bpmn:26"])
    found.stdout.fnmatch_lines(["FAILED models/invoice.bpmn::deadlock* - VIOLATED: *"])


def test_names_with_spaces_and_signs(project: pytest.Pytester) -> None:
    folder = project.mkdir("a [b] c")
    (folder / "x*y.bpmn").write_bytes((EXAMPLES / "order-process.bpmn").read_bytes())
    ini(project, "netproof_files = 'a [b] c/x*y.bpmn'", "netproof_properties = safeness")
    run(project, ".").assert_outcomes(passed=2)
    found = run(project)
    assert found.ret == pytest.ExitCode.USAGE_ERROR
    found.stderr.fnmatch_lines(["*call it with a folder above it*"])
    (folder / "pytest.ini").write_text("[pytest]\nnetproof_files = *.bpmn\n")
    found = run(project, "-c", str(folder / "pytest.ini"), "--rootdir", str(folder), ".")
    found.assert_outcomes(passed=6)


def test_the_settings_can_stand_in_pyproject(project: pytest.Pytester) -> None:
    (project.path / "pyproject.toml").write_text(
        "[tool.pytest.ini_options]\ntestpaths = ['tests']\nnetproof_files = ['models/order.bpmn']\n"
        "netproof_properties = ['AG(!(dead && \"Ship goods\"))', 'safeness']\n"
        "[tool.netproof]\nbudget-seconds = 9\n"
    )
    found = listed(project)
    assert found[1:] == ids("order", ['AG(!(dead && "Ship goods"))', "safeness"])


def test_defaults_are_those_of_a_check(tmp_path: Path) -> None:
    from petri import PetriNet, write_pnml

    flow = PetriNet(
        places=["i", "o"], transitions=["t"], arcs=[("i", "t"), ("t", "o")], initial={"i": 1},
        final={"o": 1},
    )  # fmt: skip
    cycle = PetriNet(
        places=["p"], transitions=["t"], arcs=[("p", "t"), ("t", "p")], initial={"p": 1}
    )
    broken = tmp_path / "broken.pnml"
    broken.write_text("<pnml")
    files = [broken, *sorted(EXAMPLES.glob("*.bpmn")), EXAMPLES / "document-approval.yaml"]
    for number, net in enumerate((flow, cycle)):
        files.append(tmp_path / f"{number}.pnml")
        write_pnml(net, files[-1])
    for file in files[1:]:
        asked = [entry.name for entry in netproof.check(file).models[0].verdicts]
        assert list(default_names(file, CheckOptions())) == asked, file
    assert list(default_names(broken, CheckOptions())) == DEFAULTS
    assert "no-dead-transitions" in default_names(files[-1], CheckOptions(format="pnml"))


def test_a_package_that_shadows_ours_is_told(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    ini(project, "netproof_files = models")
    monkeypatch.setattr(
        "netproof.pytest_items.shadowed_packages", lambda: [("petri", "/else/petri.py")]
    )
    found = run(project)
    assert found.ret == pytest.ExitCode.USAGE_ERROR
    found.stderr.fnmatch_lines(["*the package 'petri' is imported from /else/petri.py*"])


def test_help_tells_the_option_and_the_settings(project: pytest.Pytester) -> None:
    ini(project, "netproof_files = nothing/*.bpmn")
    text = project.runpytest_subprocess(*PLUGIN, "--help").stdout.str()
    for word in ("--netproof", "netproof_files", "netproof_properties", "netproof_unknown"):
        assert word in text
