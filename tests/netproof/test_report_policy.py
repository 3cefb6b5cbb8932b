"""What fails and what warns; baselines; suppressions in the file."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import jsonschema
import pytest

from command_line import called_as_text
from netproof import check, check_many
from netproof.report.baseline import (
    apply_baseline,
    baseline_pairs,
    baseline_text,
    read_baseline,
    write_baseline,
)
from netproof.report.model import Report
from netproof.report.policy import policy_of, split_items
from netproof.report.sarif import sarif_log
from netproof.report.suppressions import parse_suppressions
from transition_systems.errors import InputError, UsageError
from translators.ledger import Fate

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
DEADLOCK = EXAMPLES / "invoice-deadlock.bpmn"
SCHEMA = json.loads((ROOT / "netproof/schema/report-1.json").read_text())


def netproof(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return called_as_text("check", *arguments, cwd=cwd)


# -- what fails ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fail_on", "warn_on", "code"),
    [
        (["violated", "unknown", "error"], [], 1),
        (["unknown", "error"], [], 0),
        (["violated:soundness"], [], 1),
        (["violated:safeness"], [], 0),
        (["deadlock"], [], 1),
        (["violated"], ["violated"], 0),
        (["violated"], ["soundness", "deadlock"], 1),
        (["violated"], ["soundness", "deadlock", "violated:no-dead-activities"], 0),
        (["violated:deadlock"], ["violated"], 1),
    ],
)
def test_exit_codes_of_a_violated_file(fail_on: list[str], warn_on: list[str], code: int) -> None:
    report = check(DEADLOCK)
    policy = policy_of(fail_on, warn_on)
    assert policy.exit_code(policy.applied(report)) == code
    assert policy.exit_code(report, zero=True) == 0


def test_each_verdict_counts_and_not_only_the_worst_of_a_file() -> None:
    from dataclasses import replace

    from transition_systems.verdict import Outcome

    (model,) = check(DEADLOCK).models
    first, *rest = model.verdicts
    unknown = replace(first, verdict=first.verdict.with_(outcome=Outcome.UNKNOWN, reason="late"))
    report = Report(models=(replace(model, verdicts=(unknown, *rest)),))
    assert policy_of(["unknown"]).exit_code(report) == 3
    assert policy_of(["unknown", "violated"]).exit_code(report) == 1


def test_items_of_lists() -> None:
    assert split_items('a, violated:EF("x, y"),') == ("a", 'violated:EF("x, y")')
    for bad in ("everything", "violated:soundnes", "error:soundness", "violated:AG("):
        with pytest.raises(UsageError, match="--fail-on"):
            policy_of([bad])


# -- baselines ----------------------------------------------------------------------------------


def test_what_a_baseline_knows_does_not_fail(tmp_path: Path) -> None:
    report = check(DEADLOCK)
    write_baseline(report, str(tmp_path / "deep" / "base.json"), root=ROOT)
    known = read_baseline(str(tmp_path / "deep" / "base.json"))
    assert known == baseline_pairs(report, root=ROOT)
    assert len(known) == 3
    accepted = apply_baseline(report, known, "base.json", root=ROOT)
    assert (report.exit_code, accepted.exit_code) == (1, 0)
    assert accepted.summary["accepted"] == 3
    assert accepted.summary["VIOLATED"] == 3
    jsonschema.validate(accepted.to_dict(), SCHEMA)
    results = sarif_log(accepted, root=ROOT)["runs"][0]["results"]
    assert {r["suppressions"][0]["kind"] for r in results} == {"external"}
    other = check(EXAMPLES / "hiring-double-welcome.bpmn")
    assert apply_baseline(other, known, "base.json", root=ROOT).exit_code == 1


def test_a_baseline_is_stable() -> None:
    files = [DEADLOCK, EXAMPLES / "purchase-two-pools.bpmn"]
    one = baseline_text(check_many(files), root=ROOT)
    assert one == baseline_text(check_many(files[::-1], jobs=2), root=ROOT)
    data = json.loads(one)
    assert data["schema"] == "netproof/baseline/1"
    keys = [(row["file"], row["rule"]) for row in data["findings"]]
    assert keys == sorted(keys)
    assert keys[0] == ("examples/invoice-deadlock.bpmn", "NP101")


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"schema": "netproof/baseline/2", "findings": []}', "[" * 100_000,
             '{"schema": "netproof/baseline/1", "findings": {}}',
             '{"schema": "netproof/baseline/1", "findings": [1]}',
             '{"schema": "netproof/baseline/1", "findings": [{"file": 1}]}'],
)  # fmt: skip
def test_what_is_no_baseline_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "b.json").write_text(text)
    with pytest.raises(InputError, match="baseline"):
        read_baseline(str(tmp_path / "b.json"))
    with pytest.raises(InputError, match="baseline"):
        read_baseline(str(tmp_path / "none.json"))


def test_the_command_line_writes_and_reads_baselines(tmp_path: Path) -> None:
    (tmp_path / "p.bpmn").write_text(DEADLOCK.read_text())
    assert netproof("p.bpmn", "--write-baseline", "base.json", cwd=tmp_path).returncode == 0
    again = netproof("p.bpmn", "--baseline", "base.json", "--output", "github=g.txt", cwd=tmp_path)
    assert again.returncode == 0, again.stdout
    assert "(known: in the baseline base.json)" in again.stdout
    assert (tmp_path / "g.txt").read_text().startswith("::notice ")
    changed = DEADLOCK.read_text().replace("flow_", "way_")
    (tmp_path / "p.bpmn").write_text(changed)
    assert netproof("p.bpmn", "--baseline", "base.json", cwd=tmp_path).returncode == 1
    (tmp_path / "netproof.toml").write_text('baseline = "base.json"\nwarn-on = ["violated"]\n')
    warned = netproof("p.bpmn", cwd=tmp_path)
    assert warned.returncode == 0
    assert "(warning only)" in warned.stdout
    assert netproof("p.bpmn", "--baseline", "none.json", cwd=tmp_path).returncode == 2


@pytest.mark.parametrize("name", ["markdown", "sarif", "junit", "github", "json"])
def test_each_format_goes_to_standard_output_and_to_a_file(name: str, tmp_path: Path) -> None:
    (tmp_path / "p.bpmn").write_text((EXAMPLES / "order-process.bpmn").read_text())
    arguments = ["p.bpmn", "--property", "safeness", "--output-format", name]
    done = netproof(*arguments, "--output", f"{name}=out/r", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "out/r").read_text(encoding="utf-8") == done.stdout
    assert done.stdout.strip()


# -- suppressions -------------------------------------------------------------------------------

SPACE = "http://www.omg.org/spec/BPMN/20100524/MODEL"


def documented(place: str, words: str) -> str:
    """The example with documentation in the start tag of an element."""
    text = DEADLOCK.read_text()
    start = text.index(f'id="{place}"')
    end = text.index(">", start) + 1
    return f"{text[:end]}<bpmn:documentation>{words}</bpmn:documentation>{text[end:]}"


def checked(tmp_path: Path, text: str) -> Report:
    file = tmp_path / "p.bpmn"
    file.write_text(text)
    return check(file)


ALL = "netproof: ignore soundness, deadlock, no-dead-activities because it is an example"


def test_a_process_suppresses_for_the_whole_file(tmp_path: Path) -> None:
    report = checked(tmp_path, documented("invoice", f"Invoices.\n\n{ALL}"))
    assert report.exit_code == 0
    entries = [entry for entry in report.models[0].verdicts if entry.accepted]
    assert [entry.name for entry in entries] == ["soundness", "deadlock", "no-dead-activities"]
    assert {e.accepted.reason for e in entries if e.accepted} == {"it is an example"}
    assert report["deadlock"].violated
    results = sarif_log(report, root=ROOT)["runs"][0]["results"]
    assert {r["suppressions"][0]["kind"] for r in results} == {"inSource"}
    assert json.loads(baseline_text(report, root=ROOT))["findings"] == []
    jsonschema.validate(report.to_dict(), SCHEMA)


def test_an_element_suppresses_what_is_about_it(tmp_path: Path) -> None:
    report = checked(tmp_path, documented("join", ALL))
    accepted = {e.name for e in report.models[0].verdicts if e.accepted}
    assert accepted == {"soundness", "deadlock"}
    report = checked(tmp_path, documented("pay", ALL))
    assert {e.name for e in report.models[0].verdicts if e.accepted} == {"no-dead-activities"}
    assert report.exit_code == 1
    report = checked(tmp_path, documented("arrived", ALL))
    assert report.exit_code == 1
    assert any("nothing to suppress" in (e.note or "") for e in report.models[0].ledger.entries)


@pytest.mark.parametrize(
    ("words", "note"),
    [
        ("netproof: ignore deadlock", "needs a reason"),
        ("netproof: ignore deadlock because  ", "needs a reason"),
        ("netproof: ignore deadlok because of me", "did you mean deadlock"),
        ("netproof: ignore because of me", "names a property"),
    ],
)
def test_a_suppression_without_reason_or_property_does_not_count(
    words: str, note: str, tmp_path: Path
) -> None:
    report = checked(tmp_path, documented("invoice", words))
    assert report.exit_code == 1
    (entry,) = [e for e in report.models[0].ledger.entries if e.kind == "suppression"]
    assert entry.fate is Fate.REFUSED
    assert note in (entry.note or "")
    done = netproof("p.bpmn", cwd=tmp_path)
    assert done.returncode == 1
    assert note in done.stdout


def test_a_text_annotation_suppresses_for_the_whole_file(tmp_path: Path) -> None:
    annotation = f'<bpmn:textAnnotation id="a"><bpmn:text>{ALL}</bpmn:text></bpmn:textAnnotation>'
    text = DEADLOCK.read_text().replace("</bpmn:process>", f"{annotation}</bpmn:process>")
    assert checked(tmp_path, text).exit_code == 0


def test_a_definition_suppresses_in_its_descriptions(tmp_path: Path) -> None:
    data = json.loads((EXAMPLES / "parcel-return.json").read_text())
    file = tmp_path / "w.json"
    file.write_text(json.dumps({**data, "description": ALL}))
    assert check(file).exit_code == 0
    assert check_many([file, DEADLOCK], jobs=2).models[0].status == "ok"


def test_where_a_suppression_ends() -> None:
    text = (
        "netproof: ignore a because\n one\n line\n\nMore. netproof:ignore AG(x, y) because BECAUSE"
    )
    assert parse_suppressions(text) == [(("a",), "one line"), (("AG(x, y)",), "BECAUSE")]
    assert parse_suppressions("please ignore deadlock because") == []
