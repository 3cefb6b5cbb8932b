"""What a report says beside its evidence: ledger, exactness, the witness that is shown.

The texts (explanation, reason, notes of time) are words for a reader and are not rechecked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from netproof.assumed import assumptions
from netproof.properties import KINDS, AskedFormula
from netproof.recheck.forms import moved
from netproof.recheck.keeper import Keeper
from netproof.recheck.net_table import NetTable
from netproof.recheck.predicates import holds_in
from netproof.recheck.replay import Replay
from netproof.recheck.result import RefusedError, Watch
from netproof.recheck.state_table import StateTable
from netproof.recheck.statements import Statement
from petri.last_steps import LastSteps
from petri.net import PetriNet
from transition_systems.evidence import (
    BoundEvidence,
    ClosedSet,
    Evidence,
    Measure,
    Parts,
    RankedSet,
    ReductionEvidence,
)
from transition_systems.properties.predicates import Predicate
from transition_systems.run import Lasso, Run
from transition_systems.verdict import Exactness
from translators.ledger import Entry, Ledger, PropertyKind
from translators.to_petri.translation import NetTranslation
from translators.trace_back import trace_back

__all__ = [
    "avoids",
    "carries",
    "own_exactness",
    "run_of",
    "shown_assumptions",
    "shown_ledger",
    "shows_witness",
    "worth",
]


def shown_ledger(
    entry: Mapping[str, Any], ledger: Ledger, translation: NetTranslation | None
) -> tuple[Ledger, list[tuple[Predicate, Entry]]]:
    """Return the ledger that the report shows, and the conditional entries that it leaves out.

    Refused is a report whose ledger or assumptions are not those of the file.
    """
    said = entry.get("ledger")
    conditional = [] if translation is None else list(translation.conditions)
    found = said if isinstance(said, list) else []
    found = [_anywhere(item) for item in found]
    kept = [(p, one) for p, one in conditional if _anywhere(one.to_dict()) in found]
    told = ledger.extended([one for _, one in kept])
    if found != [_anywhere(item) for item in told.to_list()]:
        raise RefusedError("the ledger of the report is not that of the file")
    assumed = [] if translation is None else list(translation.assumptions)
    if entry.get("assumptions") != assumed:
        raise RefusedError("the assumptions of the report are not those of the file")
    return told, [pair for pair in conditional if pair not in kept]


def shown_assumptions(
    said: Mapping[str, Any],
    asked: str | AskedFormula,
    net: PetriNet,
    translation: NetTranslation | None,
) -> None:
    """Refuse a verdict that lists other assumptions than those under which it is asked."""
    if "assumptions" in said and said["assumptions"] != [*assumptions(asked, net, translation)]:
        raise RefusedError("the assumptions of the verdict are not those of its property")


def _anywhere(item: object) -> object:
    """Return an entry or a step without the path of its file, which may have been moved."""
    if not isinstance(item, Mapping) or not isinstance(item.get("source"), Mapping):
        return item
    return {**item, "source": {**item["source"], "file": None}}


def worth(
    asked: str | AskedFormula, holds: bool, evidence: Evidence, ledger: Ledger
) -> list[Exactness]:
    """Return what an answer about the net is worth for the source, as a whole and by its part."""
    kinds = [asked.kind if isinstance(asked, AskedFormula) else _kind(asked)]
    if asked == "soundness" and not holds and isinstance(evidence, Parts) and evidence.parts:
        kinds.append(KINDS.get(evidence.parts[0][0], PropertyKind.BRANCHING))
    return [ledger.exactness(kind) for kind in kinds]


def _kind(name: str) -> PropertyKind:
    return (
        PropertyKind.EXISTENTIAL
        if name.startswith("unbounded ")
        else KINDS.get(name, PropertyKind.BRANCHING)
    )


def carries(holds: bool, found: Sequence[Exactness]) -> bool:
    """Return whether an outcome on the net carries over to the source."""
    enough = {Exactness.EXACT, Exactness.PROOFS_ONLY if holds else Exactness.BUGS_ONLY}
    return not enough.isdisjoint(found)


def own_exactness(
    asked: str | AskedFormula, holds: bool, evidence: Evidence, ledger: Ledger, exactness: object
) -> None:
    """Refuse an outcome that does not carry over, and an exactness that is not the ledger's."""
    if ledger.refused:
        raise RefusedError("the source has refused elements, so that nothing about it is proved")
    found = worth(asked, holds, evidence, ledger)
    if not carries(holds, found):
        raise RefusedError("the source is approximated, and the outcome does not carry over to it")
    allowed = {str(one) for one in found} | ({"bugs-only"} if len(found) > 1 else set())
    if exactness not in allowed:
        raise RefusedError(f"the report says {exactness!r:.20}; the ledger says {str(found[0])!r}")


def shows_witness(
    said: object,
    evidence: Evidence,
    translation: NetTranslation | None,
    memory: LastSteps | None = None,
) -> None:
    """Refuse a witness that is not the run of the evidence, told on the user's own model."""
    run = run_of(evidence)
    if run is not None and memory is not None:
        run = memory.own(run)
    if run is not None and translation is not None:
        run = trace_back(translation, run)
    if _placed(said) != _placed(None if run is None else run.to_dict()):
        raise RefusedError("the witness that is shown is not the run of the evidence")


def _placed(run: object) -> object:
    if not isinstance(run, Mapping) or not isinstance(run.get("steps"), list):
        return run
    return {**run, "steps": [_anywhere(step) for step in run["steps"]]}


def run_of(evidence: Evidence) -> Run | Lasso | None:
    """Return the run or lasso that a piece of evidence shows."""
    found: Any = getattr(evidence, "run", None)
    if found is None:
        found = getattr(evidence, "lasso", None)
    if found is None and isinstance(evidence, Parts) and len(evidence.parts) == 1:
        return run_of(evidence.parts[0][1])
    return found if isinstance(found, Run | Lasso) else None


def avoids(
    evidence: Evidence, conditions: Sequence[Predicate], table: NetTable, watch: Watch
) -> bool | None:
    """Return whether evidence that was accepted shows that no reachable marking meets a condition.

    It does where it holds a set of markings that is closed under steps and has the initial marking
    in it; ``None`` for other evidence, which does not tell.
    """
    if isinstance(evidence, Parts):
        found = [avoids(part, conditions, table, watch) for _, part in evidence.parts]
        return next((one for one in found if one is not None), None)
    if isinstance(evidence, ReductionEvidence):
        told = [_avoided_inside(evidence, one, table, watch) for one in conditions]
        return None if None in told else all(told)
    if isinstance(evidence, ClosedSet | RankedSet | BoundEvidence | Measure):
        states = StateTable.of(table, evidence.states, watch)
        return not any(holds_in(table, states.rows, one, watch).any() for one in conditions)
    return None


def _avoided_inside(
    evidence: ReductionEvidence, condition: Predicate, table: NetTable, watch: Watch
) -> bool | None:
    """Return whether the reduced net avoids a condition that its steps preserve."""
    keeper = Keeper(Statement("AG", condition, positive=False), table)
    try:
        replay = Replay.of(evidence.steps, table, watch)
        replay.ask(keeper)
    except RefusedError:
        return None
    about = moved(condition, replay.meaning)
    return avoids(evidence.inner, [about], replay.table(), watch)
