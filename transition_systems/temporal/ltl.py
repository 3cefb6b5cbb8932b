"""Model checking linear temporal logic on transition systems.

A path is maximal; in a state without arcs it stays for ever, and a formula reads that state again
and again. The word of a path has a letter for each of its states: which of the formula's state
predicates hold there. A formula holds when it holds on the words of all paths from all initial
states. Nothing is fair unless it is asked for. Silent steps are steps like others; with ``weak``
those that change no predicate of the formula are left out of the word, and a path that ends in
such steps repeats its last letter for ever.
"""

from __future__ import annotations

from transition_systems.budget import Budget
from transition_systems.lts import LTS
from transition_systems.progress import ProgressCallback
from transition_systems.properties.formulas import Formula
from transition_systems.temporal.ltl_deciding import LtlCheck
from transition_systems.temporal.ltl_questions import (
    Holds,
    linear_formula,
    predicate_values,
    reading_of,
)
from transition_systems.temporal.ltl_search import Case
from transition_systems.temporal.product_system import FairnessLike, fairness_of
from transition_systems.verdict import Verdict

__all__ = ["check_ltl"]


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
    return LtlCheck(case, lts.digest, progress).verdict(evidence)
