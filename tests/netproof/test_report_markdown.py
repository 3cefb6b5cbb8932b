"""Markdown job summaries: what they tell, escaping, charts, and the bound on their size."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from netproof import check, check_many
from netproof.report.findings import findings_of, outline_for
from netproof.report.markdown import markdown_text
from netproof.report.mermaid import mermaid_chart
from netproof.report.model import Accepted, ModelReport, Report, VerdictReport
from transition_systems.run import Run, Step
from transition_systems.verdict import Outcome, Statistics, Verdict

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"

DEADLOCK = """\
❌ **deadlock** VIOLATED (line 26): After 4 steps the process is stuck: The parallel gateway join \
has a token on the flow from “Approve by manager” to join and waits for a token on the flow from \
“Approve by rule” to join, which never comes.

1. start event “Invoice arrived” occurs (line 10)
2. exclusive gateway “Large amount?” takes “yes” (line 13)
3. “Approve by manager” starts (line 18)
4. “Approve by manager” completes (line 18)

```mermaid
flowchart LR
  n0(("Invoice arrived"))
  n1{"× Large amount?"}
  n2["Approve by manager"]
  n3["Approve by rule"]
  n4{"✗ +"}
  n5["Pay invoice"]
  n6((("Invoice paid")))
  n0 ==> n1
  n1 ==>|"yes"| n2
  n1 -->|"no"| n3
  n2 ==>|"✗"| n4
  n3 --> n4
  n4 --> n5
  n5 --> n6
  classDef way stroke-width:3px
  classDef stuck stroke:#b42318,stroke-width:4px
  class n0,n1,n2 way
  class n4 stuck
```
"""


def test_a_violation_is_told_with_its_run_and_chart() -> None:
    text = markdown_text(check(EXAMPLES / "invoice-deadlock.bpmn", "deadlock"), root=ROOT)
    assert DEADLOCK in text
    assert text.startswith("## netproof: not all is good\n")
    assert (
        "| file | deadlock |\n| --- | --- |\n| examples/invoice-deadlock.bpmn | ❌ VIOLATED |"
        in text
    )
    assert "<details><summary>What is taken for granted</summary>" in text


def test_a_clean_run_says_so() -> None:
    text = markdown_text(check(EXAMPLES / "order-process.bpmn", "soundness"), root=ROOT)
    assert text.startswith("## netproof: all good\n")
    assert "| examples/order-process.bpmn | ✅ HOLDS |" in text
    assert "###" not in text


def test_the_worst_comes_first_and_the_same_run_once() -> None:
    files = ["order-process.bpmn", "invoice-deadlock.bpmn", "no-such.bpmn"]
    text = markdown_text(check_many([EXAMPLES / name for name in files]), root=ROOT)
    assert [line.split("/")[1] for line in text.splitlines() if line.startswith("### ")] == [
        "no-such.bpmn", "invoice-deadlock.bpmn",
    ]  # fmt: skip
    assert "The run is the one above." in text
    assert str(ROOT) not in text


def test_accepted_verdicts_are_shown_and_do_not_count() -> None:
    (model,) = check(EXAMPLES / "invoice-deadlock.bpmn", "deadlock").models
    entry = replace(model.verdicts[0], accepted=Accepted(kind="suppressed", reason="an example"))
    text = markdown_text(Report(models=(replace(model, verdicts=(entry,)),)), root=ROOT)
    assert text.startswith("## netproof: all good or accepted\n")
    assert "Does not count, suppressed: an example" in text


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "a|b", "[x](y)", "```\n# h", "@all"])
def test_names_are_text(name: str) -> None:
    verdict = Verdict(
        property=name,
        outcome=Outcome.VIOLATED,
        explanation=(name,),
        statistics=Statistics(method="x"),
    )
    run = Run(initial={}, steps=(Step(action="t", label=name, state={}),))
    models = (
        ModelReport(source=f"{name}.x", verdicts=(VerdictReport(verdict=verdict, witness=run),)),
        ModelReport(source=f"{name}.y", error=name),
    )
    text = markdown_text(Report(models=models), root=ROOT)
    bare = re.sub(r"\\.", "", text)
    assert "<script" not in bare
    assert "```" not in bare
    assert "](" not in bare
    assert "@all" not in bare
    table = [line for line in bare.splitlines() if line.startswith("|")]
    assert {line.count("|") for line in table} == {3}


def test_it_is_below_a_mebibyte_by_construction() -> None:
    label = "Ω" * 1_000
    steps = tuple(Step(action="t", label=label, state={}) for _ in range(120))
    verdict = Verdict(
        property="deadlock", outcome=Outcome.VIOLATED, explanation=(label,), statistics=Statistics(method="x")
    )  # fmt: skip
    entry = VerdictReport(verdict=verdict, witness=Run(initial={}, steps=steps))
    report = Report(
        models=tuple(ModelReport(source=f"{i}.x", verdicts=(entry,)) for i in range(3_000))
    )
    text = markdown_text(report, root=ROOT)
    assert 100_000 < len(text.encode()) <= 1_000_000
    assert re.search(r"cut to fit: 2000 rows of the table and the details of \d+ files", text)
    small = markdown_text(report, root=ROOT, max_bytes=10_000)
    assert len(small.encode()) <= 10_000
    assert small.endswith("The JSON report has them all.\n")


def test_charts_of_pools_have_a_frame_for_each() -> None:
    (model,) = check(EXAMPLES / "purchase-two-pools.bpmn", "deadlock").models
    (finding,) = findings_of(model)
    chart = mermaid_chart(outline_for(model), run=finding.entry.witness, blamed=finding.elements)
    assert chart.count("  subgraph ") == chart.count("\n  end") == 2
    assert '"✗ Goods arrive"' in chart
    assert "-.->" in chart
