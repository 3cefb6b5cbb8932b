"""``netproof refine``: whether an implementation shows nothing that its specification does not."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence

from netproof.cli.equivalent_command import compared, compared_lines
from netproof.recheck import RecheckResult
from netproof.refinements import refinement_named
from transition_systems.lts import LTS
from transition_systems.verdict import Outcome, Verdict

__all__ = ["run"]

SCHEMA = "netproof/refine/1"
CODES = {Outcome.HOLDS: 0, Outcome.VIOLATED: 1, Outcome.UNKNOWN: 3}
FAULT = 70


def run(arguments: argparse.Namespace) -> int:
    """Compare two files; 0 if the second refines the first, 1 if not, 3 if it is not known.

    The evidence is rechecked; if it does not prove the answer, the exit code is 70.
    """
    started = time.monotonic()
    relation: str = arguments.relation
    refinement = refinement_named(relation)

    def told(systems: Sequence[LTS], verdict: Verdict, recheck: RecheckResult) -> int:
        if arguments.output_format == "json":
            sizes = [{"states": lts.n_states, "arcs": lts.n_arcs} for lts in systems]
            data = {
                "schema": SCHEMA,
                "relation": relation,
                "outcome": str(verdict.outcome),
                "refines": None if verdict.unknown else verdict.holds,
                "reason": verdict.reason,
                "explanation": verdict.explain(),
                "specification": sizes[0] if sizes else None,
                "implementation": sizes[1] if len(sizes) > 1 else None,
                "evidence": None if verdict.evidence is None else verdict.evidence.to_dict(),
                "recheck": {"status": recheck.status, "reason": recheck.reason},
                "seconds": round(time.monotonic() - started, 6),
            }
            sys.stdout.write(json.dumps(data) + "\n")
        else:
            sys.stdout.write(compared_lines(relation, verdict, recheck))
        return FAULT if recheck.status == "failed" else CODES[verdict.outcome]

    return compared(arguments, relation, refinement.decide, told, turned=refinement.turned)
