"""The linear-time relations by name: what is seen along a trace, and how each is spoken of."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from transition_systems.equivalences.relation_names import no_such_relation

__all__ = [
    "LINEAR_RELATIONS",
    "OTHER_NAMES",
    "LinearName",
    "LinearRelation",
    "Seen",
    "linear_relation_named",
]

Seen = Literal["nothing", "end", "refusal", "ready", "future", "impossible"]
LinearName = Literal[
    "trace",
    "weak-trace",
    "completed-trace",
    "weak-completed-trace",
    "failures",
    "weak-failures",
    "failures-divergences",
    "readiness",
    "weak-readiness",
    "failure-trace",
    "weak-failure-trace",
    "ready-trace",
    "weak-ready-trace",
    "possible-futures",
    "weak-possible-futures",
    "impossible-futures",
    "weak-impossible-futures",
]


@dataclass(frozen=True, slots=True)
class LinearRelation:
    """One of the linear-time relations: systems are compared by what can be seen of their runs.

    Parameters
    ----------
    name
        As in :data:`LinearName`.
    phrase
        What of two systems it compares.
    seen
        What is seen in a state at the end of a trace, beside the trace: nothing, that it is the
        end, what it refuses, what it is ready for, all its traces, or traces that it has not.
    silent
        Whether silent steps are no letters of a trace.
    along
        Whether it is seen in the states before, too.
    divergence
        Whether a state that can be silent for ever is chaos.
    """

    name: str
    phrase: str
    seen: Seen
    silent: bool = False
    along: bool = False
    divergence: bool = False

    def claim(self, *, refinement: bool, atoms: Collection[str] = ()) -> str:
        """Return what is claimed of two systems, given the atoms that are seen beside ``final``."""
        shown = f" respecting {json.dumps(sorted(atoms), ensure_ascii=False)}" if atoms else ""
        return f"{self.phrase} {'refinement' if refinement else 'equivalent'}{shown}"

    @property
    def of_termination(self) -> bool:
        """Whether a state that can do CSP's tick may refuse all else."""
        return self.silent and self.seen == "refusal" and not self.along


def _both(name: str, phrase: str, seen: Seen, *, along: bool = False) -> tuple[LinearRelation, ...]:
    return (
        LinearRelation(name, phrase, seen, along=along),
        LinearRelation(f"weak-{name}", f"weak {phrase}", seen, silent=True, along=along),
    )


LINEAR_RELATIONS = {
    known.name: known
    for known in (
        *_both("trace", "trace", "nothing"),
        *_both("completed-trace", "completed trace", "end"),
        LinearRelation("failures", "failures", "refusal"),
        LinearRelation("weak-failures", "stable failures", "refusal", silent=True),
        LinearRelation(
            "failures-divergences",
            "failures-divergences",
            "refusal",
            silent=True,
            divergence=True,
        ),
        *_both("readiness", "readiness", "ready"),
        *_both("failure-trace", "failure trace", "refusal", along=True),
        *_both("ready-trace", "ready trace", "ready", along=True),
        *_both("possible-futures", "possible futures", "future"),
        *_both("impossible-futures", "impossible futures", "impossible"),
    )
}
# Names by which textbooks know a relation, too.
OTHER_NAMES = {"stable-failures": "weak-failures"}


def linear_relation_named(name: str) -> LinearRelation:
    """Return the linear-time relation of a name.

    Raises
    ------
    UsageError
        When there is none.

    Examples
    --------
    >>> linear_relation_named("weak-failures").phrase
    'stable failures'
    """
    found = LINEAR_RELATIONS.get(OTHER_NAMES.get(name, name))
    if found is None:
        raise no_such_relation(name, "linear-time relation", LINEAR_RELATIONS)
    return found
