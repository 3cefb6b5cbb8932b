"""Write ``docs/coverage.md``: how the real BPMN files under ``NETPROOF_DATA`` fare.

Usage: ``NETPROOF_DATA=... python docs/make_coverage.py [--jobs N]``
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from netproof import check_many
from netproof.report.model import ModelReport

SETS = {
    "miwg-reference": "the interchange working group's reference diagrams",
    "miwg-vendors": "exports of them by modelling tools",
    "activiti": "executable processes from an engine's own tests",
}
SECONDS = 10


def fate(model: ModelReport) -> str:
    """Return in which column a file counts."""
    if model.error is not None:
        return "error"
    verdict = model["soundness"]
    if model.ledger.refused:
        return "refused"
    if verdict.unknown:
        return "unknown"
    free = [text for text in model.assumptions if not text.startswith("A process")]
    return "assumptions" if free else "exact"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    data = os.environ.get("NETPROOF_DATA")
    if not data:
        sys.exit("NETPROOF_DATA is not set")
    folder = Path(data) / "bpmn"
    paths = sorted(p for p in folder.rglob("*") if p.suffix in (".bpmn", ".xml"))
    reports = check_many(paths, budget=SECONDS, jobs=arguments.jobs)
    rows: dict[str, Counter[str]] = {name: Counter() for name in SETS}
    rest: list[str] = []
    for path, model in zip(paths, reports, strict=True):
        row = rows[path.parent.name]
        kind = fate(model)
        row[kind] += 1
        row["files"] += 1
        if kind in ("exact", "assumptions"):
            row[str(model["soundness"].outcome)] += 1
            continue
        for entry in model.ledger.refused or model.ledger.abstracted:
            note = f"{entry.kind} `{entry.element}`: {entry.note}"
            rest.append(f"| {path.parent.name}/{path.name} | {kind} | {note} |")
            break
        else:
            why = model.error or model["soundness"].reason
            rest.append(f"| {path.parent.name}/{path.name} | {kind} | {why} |")
    total: Counter[str] = sum(rows.values(), Counter())
    decided = total["HOLDS"] + total["VIOLATED"]
    lines = [
        "# How real files fare",
        "",
        "Made by `docs/make_coverage.py`: soundness of 200 real BPMN files, "
        f"{SECONDS} seconds each. *Exact*: nothing was assumed but the reading of starts. *Under "
        "assumptions*: decided, with free choices, outside messages or triggers as listed in "
        "{doc}`meaning`. The last two columns have no verdict.",
        "",
        "| files | | HOLDS | VIOLATED | exact | under assumptions | UNKNOWN | refused |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name, row in (*rows.items(), ("all", total)):
        what = SETS.get(name, f"{100 * decided / total['files']:.1f} % decided")
        lines.append(
            f"| {name} ({row['files']}) | {what} | {row['HOLDS']} | {row['VIOLATED']} | "
            f"{row['exact']} | {row['assumptions']} | {row['unknown']} | "
            f"{row['refused'] + row['error']} |"
        )
    lines += ["", "## The rest, by name", "", "| file | | element |", "| --- | --- | --- |"]
    lines += [line.replace("\n", " ") for line in rest]
    failed = [v for m in reports for v in m.verdicts if v.rechecked == "failed"]
    passed = sum(v.rechecked == "passed" for m in reports for v in m.verdicts)
    lines += ["", f"Of the evidence, {passed} pieces were rechecked and {len(failed)} failed.", ""]
    (ROOT / "docs" / "coverage.md").write_text("\n".join(lines), encoding="utf-8")
    print("\n".join(lines[6:14]))


if __name__ == "__main__":
    main()
