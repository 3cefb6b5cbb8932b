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
from transition_systems.run import Run

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
    check(replay.table(), evidence.inner)
    if evidence.run is not None:
        _same_end(evidence.run, evidence.inner, table, replay, watch)


def _same_end(run: Run, inner: Evidence, table: NetTable, replay: Replay, watch: Watch) -> None:
    """Refuse a run of the net that does not end where the run of the reduced net does.

    Its last marking has to be the one that the reduced net's last marking is read as: the same
    tokens in each place that is left, and what the steps say in each place that went, where they
    say it. The inner evidence was checked, so that its states are those of its steps.
    """
    short = getattr(inner, "run", None)
    if not isinstance(short, Run):
        raise RefusedError("a run is shown, but the inner evidence is about no single marking")
    last = table.walk(run.initial, run.steps, watch)[-1]
    end = short.last
    for place, index in table.place.items():
        try:
            now = replay.meaning(place)
        except RefusedError:  # the steps do not say it
            continue
        weights, tokens = now if isinstance(now, tuple) else ({}, now)
        # Nor the sum over a place of which they do not say it.
        if not weights.keys() <= replay.places.keys():
            continue
        if isinstance(tokens, str):
            tokens = end.get(tokens, 0)
        tokens += sum(weight * end.get(other, 0) for other, weight in weights.items())
        if last.get(index, 0) != tokens:
            raise RefusedError("the run does not end in the marking that the inner evidence names")


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
