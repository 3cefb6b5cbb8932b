"""Evidence by reduction: the steps preserve the claim, and the smaller net has it."""

from __future__ import annotations

from collections.abc import Callable

from netproof.recheck.forms import moved
from netproof.recheck.keeper import Keeper, never
from netproof.recheck.net_table import NetTable
from netproof.recheck.parts import covers, occurring_groups
from netproof.recheck.replay import Replay
from netproof.recheck.result import RefusedError, Watch
from netproof.recheck.statements import Statement, as_statement, bound_of, supports
from transition_systems.evidence import Evidence, ReductionEvidence

__all__ = ["check_reduction"]

Check = Callable[[NetTable, Evidence], None]


def check_reduction(
    evidence: ReductionEvidence, claim: Statement, table: NetTable, watch: Watch, check: Check
) -> None:
    """Check the steps and what the inner evidence claims; ``check`` checks the inner evidence."""
    if claim.shape not in ("AG", "AG EF", "EF AG", "phrase"):
        raise RefusedError(f"no reduction carries {claim.shape} statements")
    replay = Replay.of(evidence.steps, table, watch)
    replay.ask(Keeper(claim, table))
    if isinstance(evidence.inner, ReductionEvidence):
        raise RefusedError("a reduction inside a reduction")
    inner = as_statement(evidence.inner.claim.formula)
    if not _carries(claim, inner, replay):
        raise RefusedError(
            "the claim about the reduced net is not what the steps make of the claim"
        )
    if evidence.run is not None:
        table.walk(evidence.run.initial, evidence.run.steps, watch)
    check(replay.table(), evidence.inner)


def _carries(claim: Statement, inner: Statement, replay: Replay) -> bool:
    """Return whether a claim about the reduced net means the claim about the net."""
    bound = bound_of(claim)
    if bound is not None:
        least = bound_of(inner)
        return least is not None and max(least, replay.most_fixed) == bound
    if claim.phrase.startswith("occur-groups "):
        return _groups(claim, inner, replay)
    if claim.shape == "phrase":
        raise RefusedError(f"no reduction carries the claim {claim.phrase!r:.80}")
    names = never(claim)
    if names is not None:
        return _never_carried(names, inner, replay)
    assert claim.predicate is not None
    about = moved(claim.predicate, replay.meaning)
    return supports(inner, Statement(claim.shape, about, "", claim.positive))


def _groups(claim: Statement, inner: Statement, replay: Replay) -> bool:
    wanted: list[tuple[str, ...]] = []
    below = replay.covers()
    for group in occurring_groups(claim):
        if replay.early.isdisjoint(group):
            wanted.append(tuple(t for t, some in below.items() if not some.isdisjoint(group)))
    return covers(occurring_groups(inner), wanted)


def _never_carried(names: set[str], inner: Statement, replay: Replay) -> bool:
    if not replay.early.isdisjoint(names):
        raise RefusedError("a transition of the claim occurs")
    below = replay.covers()
    if not names <= set().union(*below.values()):
        raise RefusedError("a transition of the claim is not in the reduced net")
    wanted = {t for t, some in below.items() if not names.isdisjoint(some)}
    claimed = never(inner)
    return claimed is not None and wanted <= claimed
