"""Answers to the Model Checking Contest's formulas, compared with the published ones.

    python benchmarks/contest_answers.py FOLDER [--budget-seconds 60] [--categories RD,OS,...]
                                                [--evidence]

FOLDER holds P/T instances as ``NAME/model.pnml`` with the formulas beside it, and the published
answers as ``NAME/expected/CATEGORY.out``. Each instance and category is one process of
``netproof mcc`` with the budget; answers that nobody published are not counted. With ``--evidence``
what proves the answers is written to files, and an answer is ``proved`` where ``netproof recheck``,
in another process with as much time again for each category, accepts all of its files.
"""

from __future__ import annotations

import argparse
import collections
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CATEGORIES = ("RD", "OS", "QL", "SM", "L", "UB", "RC", "RF")


def lines_of(text: str) -> dict[str, tuple[str, str]]:
    """Return answer and techniques by the id of the formula."""
    rows = [line.split() for line in text.splitlines() if line.startswith("FORMULA ")]
    return {row[1]: (row[2], " ".join(row[4:])) for row in rows}


def answered(
    folder: Path, category: str, seconds: float, proofs: Path | None
) -> dict[str, tuple[str, str]]:
    """Return what the command prints; with a folder for what proves it."""
    kept = [] if proofs is None else ["--evidence-dir", str(proofs)]
    done = subprocess.run(
        [sys.executable, "-m", "netproof", "mcc", str(folder), "--category", category,
         "--budget-seconds", str(seconds), *kept],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    return lines_of(done.stdout)


def proved(proofs: Path, seconds: float) -> set[str]:
    """Return the formulas all of whose files the recheck accepts."""
    accepted: set[str] = set()
    for folder in sorted(proofs.iterdir()) if proofs.is_dir() else ():
        done = subprocess.run(
            [sys.executable, "-m", "netproof", "recheck", str(folder),
             "--budget-seconds", str(seconds)],
            capture_output=True, text=True, check=False, cwd=ROOT,
        )  # fmt: skip
        if done.returncode == 0:
            accepted.add(folder.name)
        else:
            print(
                f"  not proved: {folder.name}: {done.stdout.strip().splitlines()[:1]}", flush=True
            )
    return accepted


def main() -> None:
    """Print a table of categories, and every disagreement."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--budget-seconds", type=float, default=60.0)
    parser.add_argument("--categories", default=",".join(CATEGORIES))
    parser.add_argument("--evidence", action="store_true")
    arguments = parser.parse_args()
    known: collections.Counter[str] = collections.Counter()
    right: collections.Counter[str] = collections.Counter()
    shown: collections.Counter[str] = collections.Counter()
    engines: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    wrong: list[str] = []
    asked = arguments.categories.split(",")
    for folder in sorted(path for path in arguments.folder.iterdir() if "-PT-" in path.name):
        began = time.monotonic()
        row: list[str] = []
        for category in asked:
            published = lines_of((folder / "expected" / f"{category}.out").read_text())
            with tempfile.TemporaryDirectory() as name:
                proofs = Path(name) / "proofs" if arguments.evidence else None
                found = answered(folder, category, arguments.budget_seconds, proofs)
                accepted = set() if proofs is None else proved(proofs, arguments.budget_seconds)
            sure = {name: answer for name, (answer, _) in published.items() if answer != "?"}
            same = [name for name, answer in sure.items() if found[name][0] == answer]
            known[category] += len(sure)
            right[category] += len(same)
            engines[category].update(found[name][1] for name in same)
            shown[category] += sum(name in accepted for name in same)
            bare = [name for name in same if name not in accepted] if arguments.evidence else []
            if bare:
                print(f"  given without proof: {', '.join(bare)}", flush=True)
            row.append(f"{category} {len(same)}/{len(sure)}")
            wrong += [
                f"{folder.name} {name}: {found[name][0]}, published {answer}"
                for name, answer in sure.items()
                if found[name][0] not in (answer, "CANNOT_COMPUTE")
            ]
        print(f"{folder.name}: {', '.join(row)}, {time.monotonic() - began:.0f} s", flush=True)
    print(f"\nload {os.getloadavg()[0]:.1f}, {arguments.budget_seconds:g} s each\n")
    print("| category | published | given | share | proved | by |")
    print("| --- | --- | --- | --- | --- | --- |")
    for category in asked:
        told = ", ".join(f"{name.lower()} {n}" for name, n in engines[category].most_common())
        share = right[category] / max(1, known[category])
        counts = f"{known[category]} | {right[category]} | {share:.0%} | {shown[category]}"
        print(f"| {category} | {counts} | {told} |")
    total, all_right, with_proof = (sum(c.values()) for c in (known, right, shown))
    share = all_right / max(1, total)
    print(f"| all | {total} | {all_right} | {share:.1%} | {with_proof} | |")
    print("\n".join(["", f"disagreements: {len(wrong)}", *wrong]))


if __name__ == "__main__":
    main()
