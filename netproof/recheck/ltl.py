"""Evidence about formulas of linear temporal logic on a transition system or a net."""

from __future__ import annotations

from netproof.recheck.ltl_lasso import check_ltl_lasso
from netproof.recheck.ltl_net import check_ltl_net
from netproof.recheck.ltl_prefix import check_ltl_prefix
from netproof.recheck.ltl_ranks import check_ltl_ranks
from netproof.recheck.ltl_stubborn import check_ltl_stubborn
from netproof.recheck.ltl_words import Holds
from netproof.recheck.net_table import NetTable
from netproof.recheck.result import RecheckResult, RefusedError, Watch, guarded
from petri.net import PetriNet
from transition_systems.budget import Budget
from transition_systems.evidence import Evidence, LtlLasso, LtlPrefix, LtlRanks, LtlStubborn
from transition_systems.lts import LTS
from transition_systems.properties.formulas import Formula, Unary
from transition_systems.properties.parse import parse_formula

__all__ = ["recheck_ltl"]


def recheck_ltl(
    evidence: Evidence,
    model: LTS | PetriNet,
    *,
    formula: str | None = None,
    holds: Holds | None = None,
    budget: Budget | None = None,
) -> RecheckResult:
    """Decide whether evidence proves that a formula holds on all paths, or that it does not.

    A path is maximal and stays for ever in a state without arcs; the claim says which paths count.

    Parameters
    ----------
    evidence
        A lasso on which the formula does not hold, a run after which it cannot hold, or ranks on
        the product of the system with the tableau of the formula's negation.
    model
        The system or the net; its digest must be the claim's. The labels of a net's steps are the
        ids of its transitions; those without a label are silent.
    formula
        The text of the formula that the claim must be about; by default the claim's own.
    holds
        Gives for a state predicate without connectives its value in each state of a system; by
        default over its atoms and labels. For a net predicates are over its places.
    budget
        Seconds and bytes.

    Returns
    -------
    RecheckResult

    Notes
    -----
    The path is replayed and the formula evaluated on its word: O(length * size of the formula).
    Along a run the formula is expanded letter by letter, and what is left refuted.
    The tableau is made again by definition, without any simplification: exponential in the
    formula; what does not fit is skipped.

    Examples
    --------
    >>> from transition_systems.evidence import Claim
    >>> from transition_systems.run import Lasso, Step
    >>> lts = LTS.from_arcs(1, [(0, "a", 0)])
    >>> claim = Claim(formula="F dead not on all paths", model_digest=lts.digest())
    >>> lasso = Lasso(initial=0, steps=(Step(action="a", label="a", state=0),), loop_start=0)
    >>> recheck_ltl(LtlLasso(claim=claim, formula="F dead", lasso=lasso), lts).status
    'passed'
    """

    def work() -> None:
        watch = Watch(budget)
        if not isinstance(evidence, (LtlLasso, LtlPrefix, LtlRanks, LtlStubborn)):
            raise RefusedError("the evidence is about no formula of linear temporal logic")
        if evidence.claim.model_digest != model.digest():
            raise RefusedError("the evidence is about another model: the digest differs")
        if formula is not None and _plain(formula) != _plain(_text(evidence)):
            raise RefusedError("the claim is not about the formula that was asked for")
        if isinstance(evidence, LtlStubborn):
            if not isinstance(model, PetriNet):
                raise RefusedError("stubborn sets are of the transitions of a net")
            check_ltl_stubborn(evidence, NetTable(model), watch)
        elif isinstance(model, PetriNet):
            check_ltl_net(evidence, NetTable(model), watch)
        elif isinstance(evidence, LtlLasso):
            check_ltl_lasso(evidence, model, holds, watch)
        elif isinstance(evidence, LtlPrefix):
            check_ltl_prefix(evidence, model, holds, watch)
        else:
            check_ltl_ranks(evidence, model, holds, watch)

    return guarded(work)


def _text(evidence: LtlLasso | LtlPrefix | LtlRanks | LtlStubborn) -> str:
    return evidence.ranks.formula if isinstance(evidence, LtlStubborn) else evidence.formula


def _plain(formula: str) -> Formula:
    tree = parse_formula(formula)
    return tree.operand if isinstance(tree, Unary) and tree.operator == "A" else tree
