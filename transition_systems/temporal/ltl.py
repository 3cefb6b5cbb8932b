"""Model checking linear temporal logic on transition systems.

A path is maximal; in a state without arcs it stays for ever, and a formula reads that state again
and again. The word of a path has a letter for each of its states: which of the formula's state
predicates hold there. A formula holds when it holds on the words of all paths from all initial
states. Nothing is fair unless it is asked for. Silent steps are steps like others; with ``weak``
those that change no predicate of the formula are left out of the word, and a path that ends in
such steps repeats its last letter for ever.
"""

from __future__ import annotations

from transition_systems.budget import Budget, Meter
from transition_systems.evidence import Evidence
from transition_systems.evidence_data import Claim
from transition_systems.evidence_ltl import LtlLasso, ltl_formula
from transition_systems.lts import LTS
from transition_systems.progress import Progress, ProgressCallback
from transition_systems.properties.format import format_formula
from transition_systems.properties.formulas import Formula
from transition_systems.run import Lasso
from transition_systems.temporal.buchi_graph import TooManyStatesError
from transition_systems.temporal.ltl_normal_form import term_of
from transition_systems.temporal.ltl_questions import (
    Holds,
    linear_formula,
    predicate_values,
    reading_of,
)
from transition_systems.temporal.ltl_ranks import ranks_of
from transition_systems.temporal.ltl_rules import Rewriting
from transition_systems.temporal.ltl_search import BudgetEndError, Case, LassoSearch
from transition_systems.temporal.ltl_terms import Terms
from transition_systems.temporal.ltl_translate import graph_of
from transition_systems.temporal.product_system import FairnessLike, fairness_of
from transition_systems.verdict import Outcome, Statistics, Verdict

__all__ = ["check_ltl"]

METHOD = "product with a Büchi automaton"


def check_ltl(
    lts: LTS,
    formula: Formula | str,
    *,
    holds: Holds | None = None,
    fairness: FairnessLike = None,
    weak: bool = False,
    evidence: bool = True,
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
) -> Verdict:
    """Decide whether a formula of linear temporal logic holds on all paths of a system.

    Parameters
    ----------
    lts
        The system.
    formula
        The formula, or its text: state predicates under ``X F G U W R`` and connectives. A
        quantifier ``A`` may stand before the whole.
    holds
        Gives for a state predicate without connectives its value in each state, bool (n,); by
        default over ``lts.atoms``, ``enabled(label)`` and ``dead`` (no arcs). A recheck needs the
        same.
    fairness
        Which paths count: a :class:`~transition_systems.temporal.product_system.Fairness`;
        ``"weak"`` or ``"strong"`` to each label by itself; all paths by default.
    weak
        Whether silent steps that change no predicate of the formula are left out.
    evidence
        Whether to prove ``HOLDS``; without it the verdict has no evidence then.
    budget, progress
        Seconds, states of the product, bytes; told the number of nodes of the product.

    Returns
    -------
    Verdict
        ``VIOLATED`` with a lasso (:class:`~transition_systems.evidence_ltl.LtlLasso`): a shortest
        stem to a part of the product with an accepting cycle, then a short cycle. ``HOLDS`` with
        ranks (:class:`~transition_systems.evidence_ltl.LtlRanks`). ``UNKNOWN`` when the budget
        ends, and for a formula whose automaton is too large.

    Raises
    ------
    ExpressionError
        When the text is no formula, or names what is not known.
    UnsupportedError
        When the formula is not of linear temporal logic.
    UsageError
        When the fairness names a label that does not occur.

    Notes
    -----
    O(2^|formula| * (states + arcs)). M. Vardi, P. Wolper: An automata-theoretic approach to
    automatic program verification. LICS 1986.

    Examples
    --------
    >>> lts = LTS.from_arcs(2, [(0, "a", 1), (1, "b", 0)], atoms={"p": [True, False]})
    >>> check_ltl(lts, "G F p").outcome
    <Outcome.HOLDS: 'HOLDS'>
    >>> check_ltl(lts, "F G p").witness.actions
    ('a', 'b')
    """
    meter = (budget or Budget()).start()
    tree = linear_formula(formula)
    fair = fairness_of(fairness, lts)
    reading = reading_of(tree, lts.n_states, holds or predicate_values(lts))
    case = Case(lts, tree, reading, fair, weak, meter)
    return _Check(case, progress).verdict(evidence)


class _Check:
    def __init__(self, case: Case, progress: ProgressCallback | None) -> None:
        self.case, self.progress = case, progress
        self.nodes = self.arcs = 0

    def verdict(self, evidence: bool) -> Verdict:
        try:
            lasso = self.violation()
            if lasso is not None:
                return self.answer(Outcome.VIOLATED, self.of_lasso(lasso))
            proof = ranks_of(self.case) if evidence else None
            return self.answer(Outcome.HOLDS, proof)
        except (BudgetEndError, TooManyStatesError) as end:
            return self.answer(Outcome.UNKNOWN, None, str(end))

    def violation(self) -> Lasso | None:
        """Return a lasso that violates the formula, ``None`` where there is none."""
        case = self.case
        alphabet = case.reading.alphabet
        rewriting = Rewriting(Terms(alphabet.full))
        root = rewriting.negation(term_of(case.formula, alphabet, rewriting))
        search = LassoSearch(case, graph_of(rewriting, root, tick=case.tick))
        self.nodes, self.arcs = search.product.n_nodes, len(search.product.source)
        if self.progress is not None:
            told = Progress(
                stage="product", states=self.nodes, arcs=self.arcs, bytes=0, frontier=0,
                seconds=case.meter.seconds,
            )  # fmt: skip
            self.progress(told)
        return search.lasso()

    def of_lasso(self, lasso: Lasso) -> LtlLasso:
        """Return the evidence with a lasso."""
        case, fair = self.case, self.case.fairness
        text = format_formula(case.formula)
        said = ltl_formula(text, holds=False, weak=case.weak, fair=fair.weak, strong=fair.strong)
        return LtlLasso(
            claim=Claim(formula=said, model_digest=case.lts.digest()),
            formula=text, lasso=lasso, weak=case.weak, fair=fair.weak, strong=fair.strong,
        )  # fmt: skip

    def answer(
        self, outcome: Outcome, evidence: Evidence | None, reason: str | None = None
    ) -> Verdict:
        meter: Meter = self.case.meter
        return Verdict(
            property=format_formula(self.case.formula),
            outcome=outcome,
            evidence=evidence,
            reason=reason,
            statistics=Statistics(
                method=METHOD, states=self.nodes, arcs=self.arcs, seconds=meter.seconds
            ),
            assumptions=_assumptions(self.case),
        )


def _assumptions(case: Case) -> tuple[str, ...]:
    said = case.fairness.text()
    return (
        "A path that can go no further stays in its last state for ever.",
        *((f"Only paths count that are {said}.",) if said else ()),
        *(("Silent steps that change no predicate are left out.",) if case.weak else ()),
    )
