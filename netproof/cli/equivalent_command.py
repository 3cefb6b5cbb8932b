"""``netproof equivalent``: whether two behaviours are the same, and what tells them apart."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable

from netproof.behaviours import is_system, load_behaviour
from netproof.cli.output_file import write_output
from netproof.comparison.compare import compare
from netproof.equivalences import equivalence_named
from netproof.loading import load
from netproof.recheck import RecheckResult, recheck_equivalence
from transition_systems.budget import Budget
from transition_systems.errors import UndecidedError, UsageError
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
    if _are_models(arguments):
        return _versions(arguments)
    if arguments.picture is not None:
        raise UsageError("a picture is made of two nets or workflows, not of transition systems")
    started = time.monotonic()
    relation: str = arguments.relation or "strong"
    systems, verdict, recheck = compared(arguments, equivalence_named(relation).compare)
    seconds = round(time.monotonic() - started, 6)
    if arguments.output_format == "json":
        sizes = [{"states": lts.n_states, "arcs": lts.n_arcs} for lts in systems]
        sys.stdout.write(json.dumps(_data(relation, sizes, verdict, recheck, seconds)) + "\n")
    else:
        sys.stdout.write(compared_lines(relation, verdict, recheck))
    return FAULT if recheck.status == "failed" else CODES[verdict.outcome]


def compared(
    arguments: argparse.Namespace,
    compare: Callable[[LTS, LTS, Budget], Verdict],
    *,
    turned: bool = False,
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
        left, right = systems[::-1] if turned else systems
        recheck = recheck_equivalence(verdict.evidence, left, right, budget=budget)
    return systems, verdict, recheck


def _are_models(arguments: argparse.Namespace) -> bool:
    """Return whether both files are nets or workflows, so that their elements are compared.

    Standard input is not looked at: it can be read only once.
    """
    paths = (arguments.left, arguments.right)
    return "-" not in paths and not any(is_system(path, arguments.format) for path in paths)


def _versions(arguments: argparse.Namespace) -> int:
    """Compare two versions of a model, with the run that tells them apart on both."""
    started = time.monotonic()
    picture: str | None = arguments.picture
    if picture is not None and not picture.lower().endswith((".svg", ".html")):
        raise UsageError(f"a picture is written as x.svg or x.html, not as {picture}")
    found = compare(
        load(arguments.left, format=arguments.format),
        load(arguments.right, format=arguments.format),
        arguments.relation or "branching",
        budget=Budget(seconds=arguments.budget_seconds),
        starts=arguments.starts or "one",
    )
    if picture is not None:
        write_output(picture, found.svg() if picture.lower().endswith(".svg") else found.html())
    if arguments.output_format == "json":
        sizes = [{"states": one.states, "arcs": one.arcs} for one in (found.old, found.new)]
        seconds = round(time.monotonic() - started, 6)
        data = _data(found.relation, sizes, found.verdict, found.recheck, seconds)
        sys.stdout.write(json.dumps({**data, "comparison": found.to_dict()}) + "\n")
    else:
        sys.stdout.write(str(found))
    return FAULT if found.recheck.status == "failed" else CODES[found.verdict.outcome]


def _data(
    relation: str,
    sizes: list[dict[str, int]],
    verdict: Verdict,
    recheck: RecheckResult,
    seconds: float,
) -> dict[str, object]:
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
