"""Mutated evidence files about transition systems: what the recheck accepts is true."""

from __future__ import annotations

import copy
import os
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import netproof
from evidence_mutants import Mutator
from netproof import system_questions
from netproof.properties import asked_properties
from netproof.recheck import recheck_report
from netproof.recheck.result import RefusedError
from netproof.recheck.systems import about_system
from transition_systems import LTS
from transition_systems.errors import NetproofError
from transition_systems.evidence import evidence_from_dict
from transition_systems.lts import Arc
from transition_systems.readwrite.json import write_lts_json
from translators.named_system import NamedSystem

CAMPAIGN = int(os.environ.get("NETPROOF_SYSTEM_MUTANTS", "600"))
ASKED = (
    "deadlock", "liveness", "reversibility", "no-dead-transitions", "termination",
    "termination-strong", "AG EF done(a)", "AG (p -> AF q)", "EF (s1 && done(b))", "AG !s2",
    "G (done(a) -> F q)", "weak: F G !p", "strong-fairness: G F s0", "E G F done(b)",
    "nu X. {p || s0} && [true] X", "<a> <true> true", "weak-fairness: AF s2",
)  # fmt: skip
LIES = (
    *ASKED,
    "AF q",
    "EF s2",
    "AG EF s2",
    "F s1",
    "G F done(a)",
    "<b> true",
    "safeness",
    "persistence",
)

BROKEN = (
    NetproofError, RefusedError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError,
)  # fmt: skip


def drawn_system(rng: random.Random) -> LTS:
    n = rng.randint(3, 5)
    arcs: list[Arc] = [(0, "a", 1), (1, "b", rng.randrange(n))]
    for _ in range(rng.randint(0, n + 2)):
        arcs.append((rng.randrange(n), rng.choice(["a", "b", None]), rng.randrange(n)))
    atoms = {name: [rng.random() < 0.5 for _ in range(n)] for name in ("p", "q")}
    return LTS.from_arcs(n, arcs, atoms=atoms, final=[n - 1] if rng.random() < 0.3 else [])


def fitting(data: dict[str, Any], system: NamedSystem) -> None:
    """Show the run of the changed evidence, so that the file is refused for nothing but that."""
    try:
        said = data["models"][0]["verdicts"][0]
        evidence = evidence_from_dict(said["evidence"])
        asked = asked_properties([said["property"]])[0]
        holds = said["outcome"] == "HOLDS"
        about = about_system(asked, system, holds=holds, evidence=evidence).about
        run = getattr(evidence, "run", None) or getattr(evidence, "lasso", None)
        found = about.own(run or getattr(evidence, "path", None))
        said["witness"] = None if found is None else found.to_dict()
        said["assumptions"] = [] if isinstance(asked, str) else [*asked.assumed("label")]
    except BROKEN:
        return  # a broken file is refused as it is


def test_what_is_accepted_is_true(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    rng = random.Random(5)
    seen: Counter[str] = Counter()
    made = 0
    while made < CAMPAIGN:
        monkeypatch.setattr(system_questions, "FEW_LABELS", rng.choice((0, 6)))
        system = NamedSystem(lts=drawn_system(rng))
        write_lts_json(system.lts, tmp_path / "x.lts.json")
        report = netproof.check("x.lts.json", list(ASKED))
        assert {entry.rechecked for entry in report.verdicts} == {"passed"}
        data = report.to_dict()
        del data["summary"]
        files = []
        for verdict in data["models"][0]["verdicts"]:
            one = copy.deepcopy(data)
            one["models"][0]["verdicts"] = [copy.deepcopy(verdict)]
            files.append(one)
        mutator, true = Mutator(rng, system.net(), files), {}
        for number in range(60):
            file = rng.choice(files)
            mutant = copy.deepcopy(file) if number % 4 == 0 else mutator.mutant(file)
            made += 1
            if number % 4 == 0:  # another property, and evidence that was not made for it
                said = mutant["models"][0]["verdicts"][0]
                said["property"] = rng.choice(LIES)
                said["outcome"] = rng.choice(["HOLDS", "VIOLATED"])
            fitting(mutant, system)
            try:
                (result,) = recheck_report(mutant)
            except (NetproofError, ValueError):
                seen["refused"] += 1
                continue
            seen[result.result.status] += 1
            if result.result.passed:
                key = result.property
                if key not in true:
                    found = netproof.check("x.lts.json", [key])
                    true[key] = str(found.verdicts[0].outcome)
                assert true[key] == result.outcome, (list(system.lts.arcs()), key, result)
    assert seen["passed"] > 0.03 * made
    assert seen["failed"] > 0.5 * made
