"""Rechecking one piece of evidence about a net."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from netproof.recheck.after_run import check_after_run
from netproof.recheck.answers import follows_from_claim
from netproof.recheck.behaviour import check_live, check_no_stable_place
from netproof.recheck.circuits import check_circuits
from netproof.recheck.closed_sets import (
    check_bound,
    check_closed_set,
    check_measure,
    check_ranked_set,
    check_trap,
)
from netproof.recheck.diagrams import check_diagram
from netproof.recheck.fair_measure import check_fair_measure
from netproof.recheck.falling_sum import check_falling_sum
from netproof.recheck.growing_runs import check_growing_runs
from netproof.recheck.invariants import check_invariant
from netproof.recheck.linear import check_linear
from netproof.recheck.linear_lines import names_known
from netproof.recheck.linear_questions import answers_linear
from netproof.recheck.ltl_net import check_ltl_net
from netproof.recheck.ltl_stubborn import check_ltl_stubborn
from netproof.recheck.marked_trap import check_marked_trap
from netproof.recheck.mu import check_mu_net
from netproof.recheck.net_table import NetTable
from netproof.recheck.parts import check_parts
from netproof.recheck.prefixes import check_prefix
from netproof.recheck.questions import (
    Goal,
    Question,
    silent_for_ever,
)
from netproof.recheck.rank import check_rank
from netproof.recheck.ranked_diagrams import check_ranked_diagrams
from netproof.recheck.reductions import check_reduction
from netproof.recheck.regions import check_regions
from netproof.recheck.result import RecheckResult, RefusedError, SkippedError, Watch, guarded
from netproof.recheck.rising_sum import check_rising_sum
from netproof.recheck.runs import check_lasso, check_pump, check_run
from netproof.recheck.siphon_traps import check_siphon_traps
from netproof.recheck.statements import Statement, as_statement, same
from netproof.recheck.structure import check_structure
from netproof.recheck.stubborn import check_stubborn
from netproof.recheck.temporal import check_star, check_temporal
from netproof.recheck.watched import check_watched, is_watched
from netproof.recheck.well_structured import check_well_structured
from petri.net import PetriNet
from transition_systems.budget import Budget
from transition_systems.evidence import (
    AfterRunEvidence,
    BoundEvidence,
    CircuitEvidence,
    Claim,
    ClosedSet,
    CompletePrefix,
    CtlDiagrams,
    CtlRanks,
    CtlStarProof,
    DiagramEvidence,
    Evidence,
    FairMeasure,
    FallingSumEvidence,
    GrowingRunsEvidence,
    InvariantEvidence,
    LassoEvidence,
    LinearProof,
    LtlLasso,
    LtlPrefix,
    LtlRanks,
    LtlStubborn,
    MarkedTrapEvidence,
    Measure,
    ParityStrategy,
    Parts,
    PumpEvidence,
    RankedDiagrams,
    RankedRegions,
    RankedSet,
    RankEvidence,
    ReductionEvidence,
    RisingSumEvidence,
    RunEvidence,
    SiphonTraps,
    StructureEvidence,
    StubbornEvidence,
    TrapEvidence,
    TreeEvidence,
    WellStructuredEvidence,
)
from transition_systems.properties.formulas import Formula
from transition_systems.verdict import Outcome

__all__ = ["recheck", "recheck_verdict"]

MOST_NESTED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Setting:
    table: NetTable
    watch: Watch
    digest: str
    source_digest: str | None
    translation: str | None
    goal: Goal | None

    def own(self, claim: Claim) -> Statement:
        """Refuse a claim about another model, source or translation; return its statement."""
        if claim.model_digest != self.digest:
            raise RefusedError("the evidence is about another model: its digest differs")
        if claim.source_digest != self.source_digest:
            raise RefusedError("the evidence is about another source: its digest differs")
        if claim.translation != self.translation:
            raise RefusedError("the evidence was made with another translation")
        statement = as_statement(claim.formula)
        if statement.predicate is not None:
            names_known(statement.predicate, self.table)
        return statement

    def check(self, evidence: Evidence, depth: int = 0) -> None:
        """Refuse evidence that does not prove its own claim."""
        self.watch.tick()
        claim = self.own(evidence.claim)
        table, watch = self.table, self.watch
        match evidence:
            case RunEvidence():
                check_run(evidence, claim, table, watch)
            case LassoEvidence():
                check_lasso(evidence, claim, table, watch)
            case PumpEvidence():
                check_pump(evidence, claim, table, watch)
            case GrowingRunsEvidence():
                check_growing_runs(evidence, claim, table, watch)
            case ClosedSet():
                check_closed_set(evidence, claim, table, watch)
            case DiagramEvidence():
                check_diagram(evidence, claim, table, watch)
            case RankedDiagrams():
                check_ranked_diagrams(evidence, claim, table, watch)
            case RankedSet():
                check_ranked_set(evidence, claim, table, watch)
            case Measure():
                check_measure(evidence, claim, table, watch)
            case FallingSumEvidence():
                check_falling_sum(evidence, claim, table, watch)
            case FairMeasure():
                check_fair_measure(evidence, claim, table, watch)
            case TrapEvidence():
                check_trap(evidence, claim, table, watch)
            case MarkedTrapEvidence():
                check_marked_trap(evidence, claim, table, watch)
            case AfterRunEvidence():
                check_after_run(evidence, claim, table, watch, self._inside)
            case RankedRegions():
                check_regions(evidence, claim, table, watch, lambda part: self.check(part, 1))
            case RisingSumEvidence():
                check_rising_sum(evidence, claim, table, watch)
            case BoundEvidence():
                check_bound(evidence, claim, table, watch)
            case InvariantEvidence():
                check_invariant(evidence, claim, table, watch)
            case CircuitEvidence():
                check_circuits(evidence, claim, table)
            case SiphonTraps():
                check_siphon_traps(evidence, claim, table, watch)
            case LinearProof():
                check_linear(evidence, claim, table, watch)
            case CompletePrefix():
                check_prefix(evidence, claim, table, watch)
            case StubbornEvidence():
                check_stubborn(evidence, claim, table, watch)
            case TreeEvidence() | CtlRanks() | CtlDiagrams():
                check_temporal(evidence, table, watch)
            case LtlLasso() | LtlPrefix() | LtlRanks():
                check_ltl_net(evidence, table, watch)
            case LtlStubborn():
                check_ltl_stubborn(evidence, table, watch)
            case CtlStarProof():
                check_star(evidence, table, watch)
            case ParityStrategy():
                check_mu_net(evidence, table, watch)
            case StructureEvidence():
                check_structure(evidence, claim, table)
            case Parts():
                if depth == MOST_NESTED:
                    raise RefusedError("the parts are nested too deep")
                self._parts(evidence, claim, lambda part: self.check(part, depth + 1))
            case RankEvidence():
                check_rank(evidence, claim, table, watch, self.goal)
            case WellStructuredEvidence():
                check_well_structured(evidence, claim, table, watch, self.goal)
            case ReductionEvidence():
                check_reduction(evidence, claim, table, watch, self._inside)
            case _:
                raise RefusedError(f"evidence of kind {evidence.kind!r} is not about a net")

    def _parts(self, evidence: Parts, claim: Statement, check: Callable[[Evidence], None]) -> None:
        if claim.phrase == "live":
            check_live(evidence, self.table.net, check)
        elif claim.phrase == "no stable place":
            check_no_stable_place(evidence, self.table.net, check)
        elif claim.phrase == "not relaxed sound" and is_watched(evidence):
            check_watched(evidence, self.table.net, self.goal, self._watched)
        else:
            check_parts(evidence, claim, self.table, self.goal, check)

    def _watched(self, net: PetriNet, piece: Evidence) -> None:
        """Check evidence about the net with places that count what occurs."""
        watched = replace(self, table=NetTable(net), digest=net.digest(), goal=None)
        watched.check(piece, depth=1)

    def _inside(self, table: NetTable, inner: Evidence) -> None:
        """Check evidence about a reduced net, which stands for no source of its own."""
        reduced = _Setting(
            table=table,
            watch=self.watch,
            digest=table.net.digest(),
            source_digest=None,
            translation=None,
            goal=None,
        )
        reduced.check(inner, depth=1)


def _setting(
    net: PetriNet,
    source_digest: str | None,
    translation: str | None,
    budget: Budget | None,
    goal: Goal | None,
    table: NetTable | None = None,
) -> _Setting:
    return _Setting(
        table=NetTable(net) if table is None else table,
        watch=Watch(budget),
        digest=net.digest(),
        source_digest=source_digest,
        translation=translation,
        goal=goal,
    )


def recheck(
    evidence: Evidence,
    net: PetriNet,
    *,
    formula: Formula | str | None = None,
    source_digest: str | None = None,
    translation: str | None = None,
    budget: Budget | None = None,
    goal: Goal | None = None,
) -> RecheckResult:
    """Decide whether a piece of evidence proves its own claim about a net.

    Enabledness, firing, predicates and membership are computed here from the net's arcs, by code
    that shares nothing with the engines that made the evidence.

    Parameters
    ----------
    evidence
        Any kind that is about a net.
    net
        The net; its digest must be the claim's.
    formula
        The statement that the claim must be (a formula, its text, or a phrase); by default the
        claim is taken as it is.
    source_digest, translation
        The digest of the source and the name of the translation; the claim's must be the same.
    budget
        Seconds and bytes; what does not fit is skipped.
    goal
        What soundness means, for the claims ``sound`` and ``not sound``; by default the goal of a
        workflow net, and then the net must be one.

    Returns
    -------
    RecheckResult
        ``failed`` with a reason where the evidence proves nothing or is malformed; never raises
        for forged data.

    Notes
    -----
    O(n t p) for a set of n markings, t transitions and p places.

    Examples
    --------
    >>> from petri import PetriNet
    >>> from transition_systems.run import Run
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [1, 0])
    >>> claim = Claim(formula="EF p1 >= 1", model_digest=net.digest())
    >>> recheck(RunEvidence(claim=claim, run=Run(initial={"p1": 1})), net)
    RecheckResult(status='passed', reason=None)
    >>> recheck(RunEvidence(claim=claim, run=Run(initial={"p1": 2})), net).reason
    'the run does not start in the initial marking'
    """

    def work() -> None:
        setting = _setting(net, source_digest, translation, budget, goal)
        setting.check(evidence)
        if formula is not None and not same(
            as_statement(evidence.claim.formula), as_statement(formula)
        ):
            raise RefusedError("the claim is not the statement that was asked for")

    return guarded(work)


def recheck_verdict(
    property_name: str,
    outcome: Outcome | str,
    evidence: Evidence | None,
    net: PetriNet,
    *,
    question: Question | None = None,
    source_digest: str | None = None,
    translation: str | None = None,
    budget: Budget | None = None,
    table: NetTable | None = None,
) -> RecheckResult:
    """Decide whether evidence proves an outcome of a property of a net.

    Two things are checked: the claim is a statement from which the outcome follows, and the
    evidence proves the claim (:func:`recheck`).

    Parameters
    ----------
    property_name
        The name of a property, ``bounded by k``, or a formula over the net.
    outcome
        ``HOLDS`` or ``VIOLATED``; an ``UNKNOWN`` has nothing to check and is skipped.
    evidence
        What came with the verdict.
    net
        The net.
    question
        What defines the property beside its name: goal, completion, places, groups, formula.
    source_digest, translation, budget
        As for :func:`recheck`.
    table
        The table of the net, to be shared by several rechecks.

    Returns
    -------
    RecheckResult
        As :func:`recheck`; also ``failed`` where there is no evidence.

    Examples
    --------
    >>> from petri import PetriNet
    >>> from transition_systems.run import Run
    >>> net = PetriNet.from_arrays([[2], [0]], [[0], [1]], [1, 0])
    >>> claim = Claim(formula="EF dead", model_digest=net.digest())
    >>> stuck = RunEvidence(claim=claim, run=Run(initial={"p1": 1}))
    >>> recheck_verdict("deadlock", "VIOLATED", stuck, net).status
    'passed'
    >>> recheck_verdict("deadlock", "HOLDS", stuck, net).status
    'failed'
    """
    asked = question or Question()
    if property_name in ("livelock", "divergence") and not isinstance(evidence, FallingSumEvidence):
        asked = replace(asked, linear=silent_for_ever(net))

    def work() -> None:
        if outcome == Outcome.UNKNOWN:
            raise SkippedError("the outcome is UNKNOWN, which claims nothing")
        if outcome not in (Outcome.HOLDS, Outcome.VIOLATED):
            raise RefusedError(f"there is no outcome {outcome!r:.40}")
        if evidence is None:
            raise RefusedError("the verdict comes without evidence")
        if table is not None and table.net is not net:
            raise RefusedError("the table is of another net")
        setting = _setting(net, source_digest, translation, budget, asked.goal, table)
        claim = setting.own(evidence.claim)
        holds = outcome == Outcome.HOLDS
        if asked.linear is not None:
            follows_from = answers_linear(evidence, asked.linear, holds=holds, watch=setting.watch)
        else:
            follows_from = follows_from_claim(property_name, holds, claim, net, asked, evidence)
        if not follows_from:
            raise RefusedError(
                f"{property_name} {outcome} does not follow from {evidence.claim.formula!r:.120}"
            )
        setting.check(evidence)

    return guarded(work)
