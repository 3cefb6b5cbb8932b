"""``netproof equivalent``: whether two behaviours are the same, and what tells them apart."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable

from netproof.behaviours import load_behaviour
from netproof.equivalences import equivalence_named
from netproof.recheck import RecheckResult, recheck_equivalence
from transition_systems.budget import Budget
from transition_systems.errors import UndecidedError
from transition_systems.lts import LTS
from transition_systems.verdict import Outcome, Statistics, Verdict

__all__ = ["compared", "compared_lines", "run"]

SCHEMA = "netproof/equivalent/1"
CODES = {Outcome.HOLDS: 0, Outcome.VIOLATED: 1, Outcome.UNKNOWN: 3}
FAULT = 70


def run(arguments: argparse.Namespace) -> int:
    """Compare two files; 0 if they are equivalent, 1 if not, 3 if it is not known.

    The evidence is rechecked; if it does not prove the answer, the exit code is 70.
    """
    started = time.monotonic()
    relation: str = arguments.relation
    systems, verdict, recheck = compared(arguments, equivalence_named(relation).compare)
    seconds = round(time.monotonic() - started, 6)
    if arguments.output_format == "json":
        sys.stdout.write(json.dumps(_data(relation, systems, verdict, recheck, seconds)) + "\n")
    else:
        sys.stdout.write(compared_lines(relation, verdict, recheck))
    return FAULT if recheck.status == "failed" else CODES[verdict.outcome]


def compared(
    arguments: argparse.Namespace, compare: Callable[[LTS, LTS, Budget], Verdict]
) -> tuple[list[LTS], Verdict, RecheckResult]:
    """Return the systems of two files, the answer about them and its recheck, within the budget."""
    budget = Budget(seconds=arguments.budget_seconds).fixed()
    systems: list[LTS] = []
    recheck = RecheckResult("skipped", "there is no evidence")
    try:
        for path in (arguments.left, arguments.right):
            systems.append(
                load_behaviour(
                    path, format=arguments.format, starts=arguments.starts or "one", budget=budget
                )
            )
        verdict = compare(systems[0], systems[1], budget)
    except UndecidedError as error:
        nothing = Statistics(method="none")
        verdict = Verdict(
            property=arguments.relation,
            outcome=Outcome.UNKNOWN,
            statistics=nothing,
            reason=str(error),
        )
    if verdict.evidence is not None:
        recheck = recheck_equivalence(verdict.evidence, systems[0], systems[1], budget=budget)
    return systems, verdict, recheck


def _data(
    relation: str, systems: list[LTS], verdict: Verdict, recheck: RecheckResult, seconds: float
) -> dict[str, object]:
    sizes = [{"states": lts.n_states, "arcs": lts.n_arcs} for lts in systems]
    return {
        "schema": SCHEMA,
        "relation": relation,
        "outcome": str(verdict.outcome),
        "equivalent": None if verdict.unknown else verdict.holds,
        "reason": verdict.reason,
        "explanation": verdict.explain(),
        "systems": sizes,
        "evidence": None if verdict.evidence is None else verdict.evidence.to_dict(),
        "recheck": {"status": recheck.status, "reason": recheck.reason},
        "seconds": seconds,
    }


def compared_lines(relation: str, verdict: Verdict, recheck: RecheckResult) -> str:
    """Return the answer as lines for a reader."""
    lines = [f"{verdict.outcome} {relation}: {verdict.explain()}"]
    if verdict.evidence is not None:
        why = f": {recheck.reason}" if recheck.reason else ""
        lines.append(f"evidence: {verdict.evidence.kind}, recheck {recheck.status}{why}")
    return "\n".join(lines) + "\n"
