"""Deciding one question of linear temporal logic about one system, with the verdict's evidence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from transition_systems.budget import Budget
from transition_systems.evidence import Evidence
from transition_systems.evidence_data import Claim, StateSet
from transition_systems.evidence_ltl import LtlLasso, LtlPrefix, ltl_formula
from transition_systems.progress import Progress, ProgressCallback
from transition_systems.properties.format import format_formula
from transition_systems.run import Lasso, Run
from transition_systems.temporal.bad_prefixes import BadPrefixes, bad_run
from transition_systems.temporal.buchi_graph import Graph, TooManyStatesError
from transition_systems.temporal.ltl_normal_form import term_of
from transition_systems.temporal.ltl_ranks import ranks_of
from transition_systems.temporal.ltl_rules import Rewriting
from transition_systems.temporal.ltl_search import BudgetEndError, Case, LassoSearch
from transition_systems.temporal.ltl_terms import Terms
from transition_systems.temporal.ltl_translate import graph_of
from transition_systems.verdict import Outcome, Statistics, Verdict

__all__ = ["LtlCheck"]

METHOD = "product with a Büchi automaton"


class LtlCheck:
    """One question, and what was spent on it.

    Parameters
    ----------
    case
        The question.
    digest
        Gives the digest of the model that the claim is about.
    progress
        Told the size of the product.
    """

    def __init__(
        self, case: Case, digest: Callable[[], str], progress: ProgressCallback | None
    ) -> None:
        self.case, self.digest, self.progress = case, digest, progress
        self.nodes = self.arcs = 0

    def verdict(self, evidence: bool) -> Verdict:
        """Return the verdict, with evidence for ``HOLDS`` where it is wanted."""
        try:
            lasso = self.violation()
            if lasso is not None:
                return self.answer(Outcome.VIOLATED, self.of_lasso(lasso))
            return self.proved() if evidence else self.answer(Outcome.HOLDS, None)
        except (BudgetEndError, TooManyStatesError) as end:
            return self.answer(Outcome.UNKNOWN, None, str(end))

    def proved(self, space: StateSet | None = None) -> Verdict:
        """Return the verdict ``HOLDS`` with ranks."""
        self.case.tick()
        said = self.claim(holds=True)
        proof = ranks_of(self.case, said)
        return self.answer(Outcome.HOLDS, replace(proof, space=space))

    def claim(self, *, holds: bool) -> Claim:
        """Return the claim that the formula holds, or that it does not."""
        case, fair = self.case, self.case.fairness
        text = format_formula(case.formula)
        said = ltl_formula(text, holds=holds, weak=case.weak, fair=fair.weak, strong=fair.strong)
        return Claim.when_read(said, self.digest)

    def violation(self) -> Lasso | None:
        """Return a lasso that violates the formula, ``None`` where there is none."""
        search = LassoSearch(self.case, self.automaton())
        self.nodes, self.arcs = search.product.n_nodes, len(search.product.source)
        if self.progress is not None:
            told = Progress(
                stage="product", states=self.nodes, arcs=self.arcs, bytes=0, frontier=0,
                seconds=self.case.meter.seconds,
            )  # fmt: skip
            self.progress(told)
        return search.lasso()

    def bad_run(self, bad: BadPrefixes, budget: Budget) -> Run | None:
        """Return a run after which the formula fails in any case, ``None`` where there is none."""
        found = bad.automaton(budget)
        return None if found is None else bad_run(self.case, found)

    def automaton(self) -> Graph:
        """Return a small automaton of the words that violate the formula."""
        case = self.case
        rewriting = Rewriting(Terms(case.reading.alphabet.full), case.tick)
        term = term_of(case.formula, case.reading.alphabet, rewriting)
        return graph_of(rewriting, rewriting.negation(term), tick=case.tick)

    def of_lasso(self, lasso: Lasso) -> LtlLasso:
        """Return the evidence with a lasso."""
        case, fair = self.case, self.case.fairness
        return LtlLasso(
            claim=self.claim(holds=False),
            formula=format_formula(case.formula),
            lasso=lasso,
            weak=case.weak,
            fair=fair.weak,
            strong=fair.strong,
        )

    def of_prefix(self, run: Run) -> LtlPrefix:
        """Return the evidence with a run after which the formula fails in any case."""
        case, fair = self.case, self.case.fairness
        return LtlPrefix(
            claim=self.claim(holds=False),
            formula=format_formula(case.formula),
            run=run,
            weak=case.weak,
            fair=fair.weak,
            strong=fair.strong,
        )

    def answer(
        self, outcome: Outcome, evidence: Evidence | None, reason: str | None = None
    ) -> Verdict:
        """Return a verdict with what was spent."""
        return Verdict(
            property=format_formula(self.case.formula),
            outcome=outcome,
            evidence=evidence,
            reason=reason,
            statistics=Statistics(
                method=METHOD, states=self.nodes, arcs=self.arcs, seconds=self.case.meter.seconds
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
