"""``netproof equivalent``: whether two behaviours are the same, and what tells them apart."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence

from netproof.behaviours import exact_behaviour, is_system
from netproof.cli.output_file import tell_remarks, write_output
from netproof.cli.watchdog import OUT_OF_TIME, budget_of, watched
from netproof.comparison.compare import compare
from netproof.equivalences import equivalence_named
from netproof.loading import load
from netproof.recheck import RecheckResult, recheck_equivalence
from transition_systems.budget import Budget
from transition_systems.errors import UndecidedError, UsageError
from transition_systems.lts import LTS
from transition_systems.verdict import Outcome, Statistics, Verdict

__all__ = ["compared", "compared_lines", "run", "unknown"]

SCHEMA = "netproof/equivalent/1"
CODES = {Outcome.HOLDS: 0, Outcome.VIOLATED: 1, Outcome.UNKNOWN: 3}
FAULT = 70
NO_EVIDENCE = RecheckResult("skipped", "there is no evidence")


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

    def told(systems: Sequence[LTS], verdict: Verdict, recheck: RecheckResult) -> int:
        seconds = round(time.monotonic() - started, 6)
        if arguments.output_format == "json":
            sizes = [{"states": lts.n_states, "arcs": lts.n_arcs} for lts in systems]
            sys.stdout.write(json.dumps(_data(relation, sizes, verdict, recheck, seconds)) + "\n")
        else:
            sys.stdout.write(compared_lines(relation, verdict, recheck))
        return FAULT if recheck.status == "failed" else CODES[verdict.outcome]

    return compared(arguments, relation, equivalence_named(relation).compare, told)


def compared(
    arguments: argparse.Namespace,
    relation: str,
    compare: Callable[[LTS, LTS, Budget], Verdict],
    told: Callable[[Sequence[LTS], Verdict, RecheckResult], int],
    *,
    turned: bool = False,
) -> int:
    """Compare the systems of two files within the budget and tell the answer and its recheck.

    Parameters
    ----------
    arguments, relation, compare
        The files and the budget; the relation and its procedure.
    told
        Is given the systems that were read, the verdict and its recheck; returns the exit code.
    turned
        Whether the evidence is about the second system and the first.
    """
    budget = budget_of(arguments)
    systems: list[LTS] = []
    remarks: list[str] = []

    def end() -> int:
        return told(systems, unknown(relation, OUT_OF_TIME), NO_EVIDENCE)

    recheck = NO_EVIDENCE
    with watched(arguments, end):
        try:
            for path in (arguments.left, arguments.right):
                found = exact_behaviour(
                    path, format=arguments.format, starts=arguments.starts or "one", budget=budget
                )
                systems.append(found.lts)
                remarks += found.remarks
            verdict = compare(systems[0], systems[1], budget)
        except UndecidedError as error:
            verdict = unknown(relation, str(error))
        if verdict.evidence is not None:
            left, right = systems[::-1] if turned else systems
            recheck = recheck_equivalence(verdict.evidence, left, right, budget=budget)
    tell_remarks(remarks)
    return told(systems, verdict, recheck)


def unknown(relation: str, reason: str) -> Verdict:
    """Return the verdict on a relation that was not decided."""
    return Verdict(
        property=relation, outcome=Outcome.UNKNOWN, reason=reason,
        statistics=Statistics(method="none"),
    )  # fmt: skip


def _are_models(arguments: argparse.Namespace) -> bool:
    """Return whether both files are nets or workflows, so that their elements are compared.

    Standard input is not looked at: it can be read only once.
    """
    paths = (arguments.left, arguments.right)
    return "-" not in paths and not any(is_system(path, arguments.format) for path in paths)


def _versions(arguments: argparse.Namespace) -> int:
    """Compare two versions of a model, with the run that tells them apart on both."""
    started = time.monotonic()
    relation: str = arguments.relation or "branching"
    equivalence_named(relation)
    picture: str | None = arguments.picture
    if picture is not None and not picture.lower().endswith((".svg", ".html")):
        raise UsageError(f"a picture is written as x.svg or x.html, not as {picture}")

    def end() -> int:
        verdict, seconds = unknown(relation, OUT_OF_TIME), round(time.monotonic() - started, 6)
        if arguments.output_format == "json":
            data = _data(relation, [], verdict, NO_EVIDENCE, seconds)
            sys.stdout.write(json.dumps(data) + "\n")
        else:
            sys.stdout.write(compared_lines(relation, verdict, NO_EVIDENCE))
        return CODES[verdict.outcome]

    with watched(arguments, end):
        found = compare(
            load(arguments.left, format=arguments.format),
            load(arguments.right, format=arguments.format),
            relation,
            budget=budget_of(arguments),
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
    told = verdict.explain() if verdict.reason is None else verdict.reason
    lines = [f"{verdict.outcome} {relation}: {told}"]
    if verdict.evidence is not None:
        why = f": {recheck.reason}" if recheck.reason else ""
        lines.append(f"evidence: {verdict.evidence.kind}, recheck {recheck.status}{why}")
    return "\n".join(lines) + "\n"
