"""``netproof spectrum``: every equivalence and preorder of two behaviours at once."""

from __future__ import annotations

import argparse
import json
import sys
import time

from netproof.behaviours import exact_behaviour
from netproof.check_options import DECIDE_SHARE
from netproof.cli.output_file import tell_remarks, write_output
from netproof.cli.watchdog import OUT_OF_TIME, budget_of, watched
from netproof.recheck import RecheckResult
from netproof.spectra import evidence_pieces, rechecked_spectrum
from transition_systems.budget import Budget
from transition_systems.equivalences.spectrum import SCHEMA, Spectrum, spectrum
from transition_systems.errors import UndecidedError, UsageError

__all__ = ["run"]

DECIDED, UNDECIDED, FAULT = 0, 3, 70


def run(arguments: argparse.Namespace) -> int:
    """Print the spectrum of two files; 0 if all is known, 3 if not, 70 if a recheck fails."""
    if arguments.output is not None and not arguments.output.lower().endswith(".svg"):
        raise UsageError(f"the lattice is written as x.svg, not as {arguments.output}")
    budget = budget_of(arguments)
    started = time.monotonic()
    json_wanted = arguments.json or arguments.output_format == "json"
    decided: list[Spectrum] = []
    checks: dict[tuple[str, str], RecheckResult] = {}

    def late(reason: str = OUT_OF_TIME) -> int:
        if decided:
            return tell(decided[0], dict(checks))
        sys.stderr.write(f"netproof: {reason}\n")
        if json_wanted:
            lists = dict.fromkeys(("finest", "coarsest", "lines", "rechecks"), ())
            seconds = round(time.monotonic() - started, 6)
            told = f"Nothing is known: {reason}."
            data = {"schema": SCHEMA, "explanation": told, **lists, "seconds": seconds}
            sys.stdout.write(json.dumps(data) + "\n")
        return UNDECIDED

    def tell(found: Spectrum, checks: dict[tuple[str, str], RecheckResult]) -> int:
        seconds = round(time.monotonic() - started, 6)
        sys.stdout.write(_json(found, checks, seconds) if json_wanted else _text(found, checks))
        if any(result.status == "failed" for result in checks.values()):
            return FAULT
        return UNDECIDED if any(line.equal.verdict.unknown for line in found.lines) else DECIDED

    with watched(arguments, late):
        try:
            left, right = (
                exact_behaviour(
                    path, format=arguments.format, starts=arguments.starts or "one", budget=budget
                )
                for path in (arguments.left, arguments.right)
            )
        except UndecidedError as error:
            return late(str(error))
        a, b = left.lts, right.lts
        tell_remarks((*left.remarks, *right.remarks))
        share = Budget(seconds=DECIDE_SHARE * (budget.remaining() or 0.0))
        decided.append(spectrum(a, b, atoms={*a.atoms, *b.atoms}, budget=share))
        rechecked_spectrum(decided[0], a, b, budget=budget, results=checks)
    if arguments.output is not None:
        write_output(arguments.output, decided[0].svg())
    return tell(decided[0], checks)


def _json(found: Spectrum, checks: dict[tuple[str, str], RecheckResult], seconds: float) -> str:
    data = found.to_dict()
    data["rechecks"] = [
        {"relation": relation, "side": side, "status": result.status, "reason": result.reason}
        for (relation, side), result in checks.items()
    ]
    data["seconds"] = seconds
    return json.dumps(data) + "\n"


def _text(found: Spectrum, checks: dict[tuple[str, str], RecheckResult]) -> str:
    pieces = evidence_pieces(found)
    passed = sum(result.passed for result in checks.values())
    failed = [f"{r} ({s})" for (r, s), result in checks.items() if result.status == "failed"]
    text = f"{found!r}\n\nevidence: {passed} of {pieces} pieces rechecked and passed"
    return text + (f", failed: {', '.join(failed)}" if failed else "") + "\n"
