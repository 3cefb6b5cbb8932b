"""Answers to the Model Checking Contest's formulas, compared with the published ones.

    python benchmarks/contest_answers.py FOLDER [--budget-seconds 60] [--categories RD,OS,...]

FOLDER holds P/T instances as ``NAME/model.pnml`` with the formulas beside it, and the published
answers as ``NAME/expected/CATEGORY.out``. Each instance and category is one process of
``netproof mcc`` with the budget; answers that nobody published are not counted.
"""

from __future__ import annotations

import argparse
import collections
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CATEGORIES = ("RD", "OS", "QL", "SM", "L", "UB", "RC", "RF")


def lines_of(text: str) -> dict[str, tuple[str, str]]:
    """Return answer and techniques by the id of the formula."""
    rows = [line.split() for line in text.splitlines() if line.startswith("FORMULA ")]
    return {row[1]: (row[2], " ".join(row[4:])) for row in rows}


def answered(folder: Path, category: str, seconds: float) -> dict[str, tuple[str, str]]:
    """Return what the command prints."""
    done = subprocess.run(
        [sys.executable, "-m", "netproof", "mcc", str(folder), "--category", category,
         "--budget-seconds", str(seconds)],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    return lines_of(done.stdout)


def main() -> None:
    """Print a table of categories, and every disagreement."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--budget-seconds", type=float, default=60.0)
    parser.add_argument("--categories", default=",".join(CATEGORIES))
    arguments = parser.parse_args()
    known: collections.Counter[str] = collections.Counter()
    right: collections.Counter[str] = collections.Counter()
    engines: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    wrong: list[str] = []
    asked = arguments.categories.split(",")
    for folder in sorted(path for path in arguments.folder.iterdir() if "-PT-" in path.name):
        began = time.monotonic()
        row: list[str] = []
        for category in asked:
            published = lines_of((folder / "expected" / f"{category}.out").read_text())
            found = answered(folder, category, arguments.budget_seconds)
            sure = {name: answer for name, (answer, _) in published.items() if answer != "?"}
            same = [name for name, answer in sure.items() if found[name][0] == answer]
            known[category] += len(sure)
            right[category] += len(same)
            engines[category].update(found[name][1] for name in same)
            row.append(f"{category} {len(same)}/{len(sure)}")
            wrong += [
                f"{folder.name} {name}: {found[name][0]}, published {answer}"
                for name, answer in sure.items()
                if found[name][0] not in (answer, "CANNOT_COMPUTE")
            ]
        print(f"{folder.name}: {', '.join(row)}, {time.monotonic() - began:.0f} s", flush=True)
    print(f"\nload {os.getloadavg()[0]:.1f}, {arguments.budget_seconds:g} s each\n")
    print("| category | published | given | share | by |")
    print("| --- | --- | --- | --- | --- |")
    for category in asked:
        told = ", ".join(f"{name.lower()} {n}" for name, n in engines[category].most_common())
        share = right[category] / max(1, known[category])
        print(f"| {category} | {known[category]} | {right[category]} | {share:.0%} | {told} |")
    total, all_right = sum(known.values()), sum(right.values())
    print(f"| all | {total} | {all_right} | {all_right / max(1, total):.1%} | |")
    print("\n".join(["", f"disagreements: {len(wrong)}", *wrong]))


if __name__ == "__main__":
    main()
