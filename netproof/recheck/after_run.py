"""A run, and evidence about all markings that come after it: a goal is never reached again."""

from __future__ import annotations

from collections.abc import Callable

from netproof.recheck.net_table import NetTable
from netproof.recheck.result import RefusedError, Watch
from netproof.recheck.statements import Statement, as_statement, supports
from transition_systems.evidence import AfterRunEvidence, Evidence

__all__ = ["check_after_run"]


def check_after_run(
    evidence: AfterRunEvidence,
    claim: Statement,
    table: NetTable,
    watch: Watch,
    check: Callable[[NetTable, Evidence], None],
) -> None:
    """Check ``EF AG P``: ``AG P`` of the net that starts where a run ends, by ``check``.

    The markings that are reachable there are those that come after the run.
    """
    if claim.shape != "EF AG":
        raise RefusedError("a run and what comes after it prove EF AG statements, not this claim")
    last = table.walk(evidence.run.initial, evidence.run.steps, watch)[-1]
    inner = as_statement(evidence.inner.claim.formula)
    wanted = Statement("AG", claim.predicate, "", claim.positive)
    if inner.shape != "AG" or not supports(inner, wanted):
        raise RefusedError("the inner evidence is not about what comes after the run")
    tokens = {table.net.place_ids[place]: count for place, count in last.items()}
    check(NetTable(table.net.replace(initial=tokens)), evidence.inner)
