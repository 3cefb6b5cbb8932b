"""The page on trust: every kind is on it, its line counts are those of the code, its script runs."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

import netproof
from netproof.evidence_files import write_evidence
from netproof.report.html_evidence import EVIDENCE_IN_WORDS
from petri import PetriNet, write_pnml
from transition_systems.evidence import Evidence

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "trust.md").read_text(encoding="utf-8")
KINDS = {kind.kind for kind in get_args(Evidence)}
ELSEWHERE = {
    "partition", "simulation", "isomorphism", "colour-difference",
    "distinction", "shared-distinction", "trace-distinction", "word", "ltl-lasso", "ltl-prefix", "ltl-ranks",
    "ltl-stubborn", "tree", "ctl-ranks", "ctl-diagrams", "ctl-star", "parity-strategy",
    "normalised-simulation", "linear-distinction",
}  # fmt: skip


def test_every_kind_is_explained() -> None:
    explained = set(re.findall(r"\*\*`([a-z-]+)`\*\* claims", PAGE))
    assert explained == KINDS
    for name in ELSEWHERE:
        assert name in explained  # of systems and automata; the campaign is about nets
    counted = set(re.findall(r"^ *\| `([a-z-]+)` \|", PAGE, re.MULTILINE))
    assert counted == KINDS - ELSEWHERE


def test_every_kind_is_in_the_schema_of_reports() -> None:
    schema = json.loads((ROOT / "netproof" / "schema" / "report-1.json").read_text())
    verdict = schema["properties"]["models"]["items"]["properties"]["verdicts"]["items"]
    evidence = verdict["properties"]["evidence"]["anyOf"][0]
    assert set(evidence["properties"]["kind"]["enum"]) == KINDS


def test_every_kind_is_told_in_plain_words() -> None:
    assert set(EVIDENCE_IN_WORDS) == KINDS


def closure(module: str) -> int:
    """The lines of a module of the recheck and of all those that it imports there."""
    folder, seen, todo, lines = ROOT / "netproof" / "recheck", {module}, [module], 0
    while todo:
        text = (folder / f"{todo.pop()}.py").read_text(encoding="utf-8")
        lines += text.count("\n")
        found = set(re.findall(r"^from netproof\.recheck\.(\w+) import", text, re.MULTILINE)) - seen
        seen |= found
        todo += found
    return lines


@pytest.mark.parametrize(
    ("kind", "module"),
    [
        ("run", "runs"), ("closed-set", "closed_sets"), ("fair-measure", "fair_measure"),
        ("decision-diagram", "diagrams"), ("stubborn-sets", "stubborn"),
        ("invariant", "invariants"), ("linear-proof", "linear"), ("marked-circuits", "circuits"),
        ("rank-theorem", "rank"), ("structure", "structure"), ("parts", "behaviour"),
        ("reduction", "reductions"), ("marked-trap", "marked_trap"),
        ("rising-sum", "rising_sum"), ("falling-sum", "falling_sum"), ("after-run", "after_run"),
        ("ranked-regions", "regions"), ("growing-runs", "growing_runs"),
        ("complete-prefix", "prefixes"), ("ranked-diagrams", "ranked_diagrams"),
        ("siphon-traps", "siphon_traps"), ("ltl-lasso", "ltl_net"), ("ltl-ranks", "ltl_net"), ("ltl-prefix", "ltl_prefix"),
        ("ltl-stubborn", "ltl_stubborn"),
        ("simulation", "similarity"), ("ctl-star", "ctl_star"), ("ctl-diagrams", "ctl_diagrams"), ("parity-strategy", "parity"),
        ("shared-distinction", "shared_formulas"), ("normalised-simulation", "normalised"), ("linear-distinction", "linear_distinctions"),
    ],
)  # fmt: skip
def test_line_counts(kind: str, module: str) -> None:
    about = PAGE.partition(f"**`{kind}`** claims")[2]
    found = re.search(r"\*Lines\*:\s+([\d,]+)", about)
    assert found is not None
    said = int(found[1].replace(",", ""))
    assert abs(closure(module) - said) <= 0.15 * said, (kind, closure(module), said)


def test_paths_on_the_page() -> None:
    for path in re.findall(r"`((?:netproof|tests|petri|translators)/[\w/.*]+)`", PAGE):
        assert list(ROOT.glob(path.rstrip("/"))), path


def audited(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    (script,) = (s for s in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL) if "def good" in s)
    (folder / "audit.py").write_text(script, encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-I", "audit.py", *arguments], cwd=folder, text=True, check=False,
        capture_output=True, timeout=60,
    )  # fmt: skip


def test_the_script_of_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ring = PetriNet(
        places=["p", "q"], transitions=["a", "b"],
        arcs=[("p", "a"), ("a", "q"), ("q", "b"), ("b", "p")], initial=["p"],
    )  # fmt: skip
    for tokens, told in (({"p": 1}, "2 markings, all good: True"), ({"p": 2}, "good: False")):
        write_pnml(ring.replace(initial=tokens), "net.pnml")
        report = netproof.check("net.pnml", properties=["safeness"])
        (file,) = write_evidence(report, "proofs")
        done = audited(tmp_path, "net.pnml", str(file))
        assert told in done.stdout, done.stderr
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('"p": 2', '"p": 3').replace('"q": 1', '"q": 2'), encoding="utf-8")
    write_pnml(ring.replace(initial={"q": 1}), "net.pnml")
    (file,) = write_evidence(netproof.check("net.pnml", properties=["safeness"]), "proofs")
    write_pnml(ring.replace(initial={"q": 2}), "net.pnml")
    assert "AssertionError" in audited(tmp_path, "net.pnml", str(file)).stderr
