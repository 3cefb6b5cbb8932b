"""Evidence for formulas of the mu-calculus: about a net, and about a labelled transition system."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from netproof.recheck.ctl_tree import replayed
from netproof.recheck.ltl_net import system_of
from netproof.recheck.net_table import NetTable
from netproof.recheck.parity import check_parity
from netproof.recheck.parity_play import check_play
from netproof.recheck.result import RecheckResult, RefusedError, Watch, guarded
from netproof.recheck.state_table import StateTable, integers
from netproof.recheck.system_predicates import system_holds
from netproof.recheck.temporal import NetWalker, SystemWalker
from transition_systems.budget import Budget
from transition_systems.evidence import Evidence, ParityStrategy
from transition_systems.lts import LTS
from transition_systems.temporal.mu_formulas import MuFormula, same_mu
from transition_systems.temporal.mu_parse import parse_mu
from transition_systems.verdict import Outcome

__all__ = ["check_mu_net", "recheck_mu"]


def check_mu_net(evidence: ParityStrategy, table: NetTable, watch: Watch) -> None:
    """Check a strategy in the game of some markings of a net, and its path.

    A step to a marking that is not among them leads to one state more, in which the strategy has no
    position: its player never goes there, and the other player cannot.
    """
    if evidence.space is None:
        raise RefusedError("evidence about a net needs the markings that it speaks of")
    states = StateTable.of(table, evidence.space, watch)
    own = _with_one_more(evidence, len(states))
    lts, holds = system_of(states, states.arcs(leaving=True), table, watch, outside=1)
    check_parity(own, lts, holds, watch)
    if own.path is not None:
        walked = replayed(NetWalker(table, watch), own.path, table.initial, watch)
        check_play(own, lts, [states.index(tokens) for tokens in walked], watch)


def _with_one_more(evidence: ParityStrategy, n: int) -> ParityStrategy:
    """Return a strategy with the numbers that its positions have beside one more state."""
    size = (len(evidence.positions),)
    positions = integers(evidence.positions, size, "the positions")
    moves = integers(evidence.moves, size, "the moves")
    return replace(
        evidence, positions=positions + positions // n,
        moves=np.where(moves < 0, moves, moves + moves // n),
    )  # fmt: skip


def recheck_mu(
    formula: MuFormula | str,
    outcome: Outcome | str,
    evidence: Evidence,
    lts: LTS,
    *,
    labels: Collection[str] = (),
    budget: Budget | None = None,
) -> RecheckResult:
    """Decide whether evidence proves an outcome of a formula of the mu-calculus on a system.

    Parameters
    ----------
    formula, outcome
        The formula or its text, and ``HOLDS`` (in all initial states) or ``VIOLATED``.
    evidence
        A strategy.
    lts
        The system.
    labels
        Labels that may be asked for although the system does not have them.
    budget
        Seconds and bytes.

    Returns
    -------
    RecheckResult
        ``failed`` with a reason where the evidence proves nothing or is malformed.

    Notes
    -----
    O(positions and moves), for each nesting depth of fixpoints, and the steps of the path.

    Examples
    --------
    >>> from transition_systems.temporal.mu_calculus import check_mu
    >>> lts = LTS.from_arcs(2, [(0, "a", 1)])
    >>> verdict = check_mu(lts, "nu X. <a> X")
    >>> verdict.outcome, recheck_mu("nu X. <a> X", "VIOLATED", verdict.evidence, lts).passed
    (<Outcome.VIOLATED: 'VIOLATED'>, True)
    >>> recheck_mu("nu X. <a> X", "HOLDS", verdict.evidence, lts).status
    'failed'
    """

    def work() -> None:
        watch = Watch(budget)
        if not isinstance(evidence, ParityStrategy) or evidence.space is not None:
            raise RefusedError("the evidence is no strategy in the game of a system")
        if outcome not in (Outcome.HOLDS, Outcome.VIOLATED):
            raise RefusedError(f"there is nothing to prove for {outcome!r:.40}")
        if evidence.claim.model_digest != lts.digest():
            raise RefusedError("the evidence is about another system: the digest differs")
        asked = parse_mu(formula) if isinstance(formula, str) else formula
        if not same_mu(parse_mu(evidence.formula), asked):
            raise RefusedError("the claim is not about the formula that was asked for")
        found = check_parity(evidence, lts, lambda p: system_holds(lts, p, watch, labels), watch)
        if evidence.path is not None:
            walker = SystemWalker(lts, watch)
            start = walker.state(evidence.path.initial)
            if start not in lts.initial.tolist():
                raise RefusedError("the path does not begin in an initial state")
            check_play(evidence, lts, replayed(walker, evidence.path, start, watch), watch)
        if found is not (outcome == Outcome.HOLDS):
            raise RefusedError("the evidence proves the contrary of the claim")

    return guarded(work)
