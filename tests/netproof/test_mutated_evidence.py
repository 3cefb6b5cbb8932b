"""Mutated evidence files: what the recheck accepts is true, and proved for a second checker too."""

from __future__ import annotations

import json
import os
import random
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from evidence_cases import kinds_in, small_nets, verdict_in, write_files
from evidence_mutants import Mutator
from netproof.recheck import check, reductions
from netproof.recheck.report import recheck_report
from netproof.recheck.state_table import StateTable
from oracles.evidence_net import Plain
from oracles.evidence_truth import World
from oracles.evidence_whole import judge
from petri import PetriNet

KINDS = {
    "run", "lasso", "pump", "closed-set", "decision-diagram", "ranked-set", "measure",
    "fair-measure", "trap", "bound", "invariant", "linear-proof", "marked-circuits", "rank-theorem",
    "stubborn-sets", "structure", "parts", "reduction", "marked-trap", "rising-sum", "falling-sum",
    "complete-prefix", "ranked-diagrams", "siphon-traps",
    "well-structured", "after-run", "ranked-regions", "growing-runs",
}  # fmt: skip
CAMPAIGN = int(os.environ.get("NETPROOF_MUTANTS", "12000"))


@dataclass
class Case:
    """A net with the files about it, and all its markings."""

    net: PetriNet
    where: Path
    files: list[Any]
    world: World


def cases_of(folder: Path, nets: int, first: int = 0) -> Iterator[Case]:
    for number, net in enumerate(small_nets(nets, first)):
        where = folder / f"n{number}"
        read, files = write_files(net, where, first + number)
        yield Case(read, where, files, World(Plain.of(read)))


def status(file: Any, root: Path) -> str:
    found = [entry.result.status for entry in recheck_report(file, root=root)]
    return found[0] if len(found) == 1 else "failed"


class Tally:
    """How many files of each kind there were, and what came of their mutants."""

    def __init__(self) -> None:
        self.genuine: Counter[str] = Counter()
        self.mutants: Counter[str] = Counter()
        self.valid: Counter[str] = Counter()
        self.skipped: Counter[str] = Counter()
        self.faults: list[str] = []

    def genuine_files(self, case: Case) -> None:
        """Both checkers accept what the engines wrote."""
        for file in case.files:
            self.genuine.update(set(kinds_in(verdict_in(file)["evidence"])))
            assert status(file, case.where) == "passed", (case.net, file)
            wrong = judge(case.net, case.world, verdict_in(file))
            assert wrong is None, (wrong, case.net, file)

    def spoil(self, case: Case, mutants: int, kinds: Iterable[str] = KINDS, seed: int = 0) -> None:
        """Compare both checkers on mutants of the files."""
        rng = random.Random(f"{case.net.digest()} {seed}")
        mutator = Mutator(rng, case.net, case.files)
        for file in case.files:
            kind = verdict_in(file)["evidence"]["kind"]
            for _ in range(mutants if kind in kinds else 0):
                self.one(mutator.mutant(file), file, case, kind)

    def one(self, made: Any, file: Any, case: Case, kind: str) -> None:
        if made == file:
            return
        self.mutants[kind] += 1
        found = status(made, case.where)
        if found == "skipped":
            self.skipped[kind] += 1
        if found != "passed":
            return
        wrong = judge(case.net, case.world, verdict_in(made))
        if wrong is None:
            self.valid[kind] += 1
        else:
            self.faults.append(f"{wrong}: {case.net!r} {json.dumps(verdict_in(made))}")


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> list[Case]:
    return list(cases_of(tmp_path_factory.mktemp("files"), 3))


def test_mutants_of_every_kind(few: list[Case]) -> None:
    tally = Tally()
    for case in few:
        tally.genuine_files(case)
        tally.spoil(case, 2)
    assert not tally.faults, tally.faults[0]
    assert set(tally.genuine) == KINDS
    assert sum(tally.mutants.values()) > 800
    assert 0 < sum(tally.valid.values()) < sum(tally.mutants.values()) / 2


def nothing(*_: Any, **__: Any) -> None:
    """A check that looks at nothing."""


@pytest.mark.parametrize(
    ("kind", "owner", "name", "instead"),
    [
        ("closed-set", StateTable, "closed", nothing),
        ("trap", check, "check_trap", nothing),
        ("bound", check, "check_bound", nothing),
        ("reduction", reductions, "_carries", lambda *_: True),
        *(
            (kind, check, f"check_{name}", nothing)
            for kind, name in (
                ("run", "run"), ("lasso", "lasso"), ("pump", "pump"), ("ranked-set", "ranked_set"),
                ("measure", "measure"), ("fair-measure", "fair_measure"), ("structure", "structure"),
                ("decision-diagram", "diagram"), ("invariant", "invariant"), ("parts", "parts"),
                ("linear-proof", "linear"), ("marked-circuits", "circuits"), ("rank-theorem", "rank"),
                ("stubborn-sets", "stubborn"), ("marked-trap", "marked_trap"),
                ("rising-sum", "rising_sum"), ("falling-sum", "falling_sum"),
                ("complete-prefix", "prefix"), ("ranked-diagrams", "ranked_diagrams"),
                ("siphon-traps", "siphon_traps"), ("after-run", "after_run"),
                ("ranked-regions", "regions"), ("growing-runs", "growing_runs"),
                ("well-structured", "well_structured"),
            )
        ),
    ],
)  # fmt: skip
def test_a_careless_recheck_is_found_out(
    few: list[Case], monkeypatch: pytest.MonkeyPatch, kind: str, owner: Any, name: str, instead: Any
) -> None:
    monkeypatch.setattr(owner, name, instead)
    tally = Tally()
    for case in few:
        tally.spoil(case, 20, {kind}, seed=1)
        if tally.faults:
            return
    raise AssertionError(f"{tally.mutants} mutants do not find out that {name} is gone")


def test_a_workflow_net_of_one_place(tmp_path: Path) -> None:
    """Its source is its sink; closing it changes nothing, which the rank theorem takes too."""
    case = Case(*_one_place(tmp_path))
    kinds = [verdict_in(file)["evidence"]["kind"] for file in case.files]
    assert "rank-theorem" in kinds
    Tally().genuine_files(case)


def _one_place(folder: Path) -> tuple[PetriNet, Path, list[Any], World]:
    net, files = write_files(PetriNet(places=["p"], transitions=[], initial=["p"]), folder, 0)
    return net, folder, files, World(Plain.of(net))


@pytest.mark.campaign
@pytest.mark.timeout(0)
def test_ten_thousand_mutants(tmp_path: Path) -> None:
    """Prints the table that ``docs/trust.md`` shows."""
    tally, first = Tally(), 0
    while sum(tally.mutants.values()) < CAMPAIGN:
        for case in cases_of(tmp_path / str(first), 20, first):
            tally.genuine_files(case)
            tally.spoil(case, 4)
        first += 20
    print(f"\n{'kind':<18} {'files':>6} {'mutants':>8} {'refused':>8} {'valid':>6} {'skipped':>8}")
    for kind in sorted(KINDS):
        made, valid, skipped = tally.mutants[kind], tally.valid[kind], tally.skipped[kind]
        refused = made - valid - skipped
        print(f"{kind:<18} {tally.genuine[kind]:>6} {made:>8} {refused:>8} {valid:>6} {skipped:>8}")
    print(f"all mutants {sum(tally.mutants.values())}, valid {sum(tally.valid.values())}")
    assert not tally.faults, f"{len(tally.faults)} faults:\n" + "\n".join(tally.faults[:20])
