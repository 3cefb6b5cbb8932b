"""The HTML report by a parser that was not written here: html5lib, which stops at any error."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from netproof import check, check_many
from netproof.report.html import html_text
from netproof.report.model import Accepted, ModelReport, Report
from transition_systems.budget import Budget
from transition_systems.verdict import Outcome
from translators.workflow import Flow, Node, NodeKind, Scope, WorkflowGraph

html5lib: Any = pytest.importorskip("html5lib", reason="the extra 'test' is not installed")
ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
HOSTILE = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</title></svg></script><b>",
    "--><!-- ]]>", "&lt;b&gt; &amp; &#x41; &nosuch;", "\u202egnp.exe \x00\x0b\ufffe",
)  # fmt: skip


def hostile() -> Report:
    nodes = tuple(
        Node(id=f"n{i}{name}", kind=NodeKind.ACTIVITY, activity="task", scope="p", name=name)
        for i, name in enumerate(HOSTILE)
    )
    flows = tuple(
        Flow(id=f"f{i}{a.name}", source=a.id, target=b.id, scope="p", name=a.name)
        for i, (a, b) in enumerate(pairwise(nodes))
    )
    graph = WorkflowGraph(
        id=HOSTILE[0], name=HOSTILE[2], scopes=(Scope(id="p", kind="process"),), nodes=nodes,
        flows=flows,
    )  # fmt: skip
    report = check(graph)
    return replace(report, models=tuple(replace(m, source=HOSTILE[1]) for m in report.models))


REPORTS = {
    "sound": lambda: check(EXAMPLES / "order-process.bpmn"),
    "unsound": lambda: check(EXAMPLES / "purchase-two-pools.bpmn"),
    "unknown": lambda: check(EXAMPLES / "order-process.bpmn", budget=Budget(states=1)),
    "unreadable": lambda: check_many(["no-such-file.bpmn"]),
    "many files": lambda: check_many(sorted(p for p in EXAMPLES.iterdir() if p.suffix == ".bpmn")),
    "hostile names": hostile,
}


def parsed(text: str) -> Any:
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)


def one(name: str, properties: str | None = None) -> ModelReport:
    return check(EXAMPLES / f"{name}.bpmn", properties).models[0]


@pytest.mark.parametrize("name", REPORTS)
def test_a_strict_parser_finds_no_error(name: str) -> None:
    tree = parsed(html_text(REPORTS[name](), root=ROOT))
    assert len(tree.findall(".//h1")) == 1
    assert tree.findall(".//section")


def test_the_parser_finds_errors() -> None:
    text = html_text(check(EXAMPLES / "order-process.bpmn"), root=ROOT)
    with pytest.raises(html5lib.html5parser.ParseError):
        html5lib.HTMLParser(strict=True).parse(text.replace("</section>", "</div>", 1))


def test_the_worst_files_come_first() -> None:
    bad, good = one("invoice-deadlock", "deadlock"), one("order-process", "deadlock")
    accepted = Accepted(kind="known", reason="old")
    known = replace(bad, verdicts=tuple(replace(e, accepted=accepted) for e in bad.verdicts))
    entry = good.verdicts[0]
    late = entry.verdict.with_(outcome=Outcome.UNKNOWN, reason="late", evidence=None)
    unknown = replace(good, verdicts=(replace(entry, verdict=late),))
    unreadable = ModelReport(source="a", error="no")
    broken = replace(unreadable, internal=True)
    models = (good, known, unknown, unreadable, broken, bad, good, bad)
    tree = parsed(html_text(Report(models=models), root=ROOT))
    order = ["m6", "m8", "m5", "m4", "m3", "m2", "m1", "m7"]
    assert [section.get("id") for section in tree.findall(".//section")] == order
    assert [link.get("href")[1:] for link in tree.findall(".//nav//a")] == order


def test_a_page_of_very_many_findings_shows_the_worst_in_detail() -> None:
    models = (one("order-process"),) * 300 + (one("invoice-deadlock"),) * 600
    text = html_text(Report(models=models), root=ROOT)
    assert len(text) < 16_000_000
    tree = parsed(text)
    shown = [section.get("id") for section in tree.findall(".//section")]
    assert shown == [f"m{n}" for n in range(301, 501)]
    (note,) = tree.findall(".//nav/p")
    assert note.text == (
        "Only the 200 worst of 900 files have their details on this page; "
        "the JSON report has them all."
    )
    links = {link.get("href") for link in tree.iter("a") if link.get("href").startswith("#")}
    assert links <= {f"#{item.get('id')}" for item in tree.iter()}, "no link leads nowhere"
