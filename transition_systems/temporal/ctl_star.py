"""Model checking CTL* on transition systems, and CTL where only fair paths count."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from transition_systems.budget import Budget
from transition_systems.evidence_ctl_star import CtlStarProof, QuantifiedPart, ctl_star_claim
from transition_systems.evidence_data import Claim, StateSet
from transition_systems.evidence_ltl import LtlRanks, ltl_formula
from transition_systems.lts import LTS
from transition_systems.properties.format import format_formula
from transition_systems.properties.formulas import Formula, Negation, Unary
from transition_systems.properties.parse import parse_formula
from transition_systems.run import Lasso, Run, Step
from transition_systems.temporal.buchi_graph import TooManyStatesError
from transition_systems.temporal.ctl_program import ctl_program
from transition_systems.temporal.ctl_star_sets import Quantified, StarSets
from transition_systems.temporal.ltl_questions import Holds, predicate_values, reading_of
from transition_systems.temporal.ltl_ranks import ranks_of
from transition_systems.temporal.ltl_search import BudgetEndError, Case
from transition_systems.temporal.product_system import FairnessLike, fairness_of
from transition_systems.verdict import Outcome, Statistics, Verdict

__all__ = ["check_ctl_star"]

METHOD = "a Büchi automaton for each path quantifier"


def check_ctl_star(
    lts: LTS,
    formula: Formula | str,
    *,
    holds: Holds | None = None,
    fairness: FairnessLike = None,
    maximal: bool = False,
    digest: Callable[[], str] | None = None,
    state: Callable[[int], Any] = int,
    space: Callable[[], StateSet] | None = None,
    budget: Budget | None = None,
) -> Verdict:
    """Decide whether a formula of CTL* holds in every initial state of a system.

    Parameters
    ----------
    lts
        The system.
    formula
        State predicates, path quantifiers ``A`` and ``E``, ``X F G U W R`` and connectives, nested
        in any way; what is under no quantifier speaks of all paths.
    holds
        Gives for a state predicate without connectives where it holds, bool (n,); by default over
        the atoms and labels of the system.
    fairness
        Which paths count, as for :func:`~transition_systems.temporal.ltl.check_ltl`.
    maximal
        Whether paths may end in dead states, as in CTL: there ``EX p`` is false. By default they
        stay there for ever.
    digest, state, space
        Where the system is that of a model: its digest, the model's own state for a number, and
        all states.
    budget
        Seconds, bytes, and states of a product.

    Returns
    -------
    Verdict
        With the states where each quantified part holds, paths that show it there, and ranks that
        show that there are none elsewhere (:class:`~transition_systems.evidence_ctl_star
        .CtlStarProof`). UNKNOWN when the budget ends.

    Raises
    ------
    UnsupportedError
        For formulas with too many different predicates.
    ExpressionError
        For a name that is unknown, with the nearest ones.

    Notes
    -----
    For each quantifier O(2^|path formula| * (states + arcs)); with strong fairness times the sets.
    E. A. Emerson, C.-L. Lei: Modalities for model checking. Sci. Comput. Program. 8, 1987.

    Examples
    --------
    >>> lts = LTS.from_arcs(2, [(0, "a", 1), (0, "b", 0)], atoms={"p": [False, True]})
    >>> check_ctl_star(lts, "A (F p || E G !p)").outcome
    <Outcome.HOLDS: 'HOLDS'>
    >>> check_ctl_star(lts, "AF p", fairness="weak", maximal=True).outcome
    <Outcome.HOLDS: 'HOLDS'>
    """
    meter = (budget or Budget()).start()
    tree = parse_formula(formula) if isinstance(formula, str) else formula
    tree = parse_formula(format_formula(tree))
    if maximal:
        ctl_program(tree)
    fair = fairness_of(fairness, lts)
    values = holds or predicate_values(lts)
    nothing = reading_of(parse_formula("true"), lts.n_states, values)
    case = Case(lts, tree, nothing, fair, False, meter)
    sets = StarSets(case, values, maximal)
    text = format_formula(tree)

    def answer(outcome: Outcome, proof: CtlStarProof | None, reason: str | None = None) -> Verdict:
        return Verdict(
            property=text, outcome=outcome, evidence=proof, reason=reason,
            statistics=Statistics(
                method=METHOD, states=lts.n_states, arcs=lts.n_arcs, seconds=meter.seconds
            ),
        )  # fmt: skip

    try:
        _, where = sets.states()
        true = bool(where[lts.initial].all())
        said = ctl_star_claim(text, holds=true, maximal=maximal, fair=fair.weak, strong=fair.strong)
        claim = Claim.when_read(said, digest or lts.digest)
        proof = CtlStarProof(
            claim=claim, formula=text, parts=tuple(_proved(sets, part) for part in sets.parts),
            maximal=maximal, fair=fair.weak, strong=fair.strong,
            space=None if space is None else space(),
            path=_shown(sets, tree, where, true, state),
        )  # fmt: skip
    except (BudgetEndError, TooManyStatesError) as end:
        return answer(Outcome.UNKNOWN, None, str(end))
    return answer(Outcome.HOLDS if true else Outcome.VIOLATED, proof)


def _proved(sets: StarSets, part: Quantified) -> QuantifiedPart:
    """Return a part with the ranks that show where no path has its path formula."""
    ranks: LtlRanks | None = None
    others = np.flatnonzero(~part.where)
    if len(others):
        lts, fair = sets.case.lts, sets.case.fairness
        path = parse_formula(format_formula(Negation(part.path)))
        reading = reading_of(path, lts.n_states, sets.value)
        case = replace(sets.case, lts=_begun(lts, others), formula=path, reading=reading)
        said = ltl_formula(
            format_formula(path), holds=True, weak=False, fair=fair.weak, strong=fair.strong
        )
        ranks = ranks_of(case, Claim(formula=said, model_digest=""))
    return QuantifiedPart(
        begin=part.begin, state=part.state, label=part.label, after=part.after, ranks=ranks
    )


def _begun(lts: LTS, initial: np.ndarray[Any, Any]) -> LTS:
    return LTS.from_arrays(
        lts.n_states, lts.sources, lts.labels, lts.targets, label_names=lts.label_names,
        initial=initial,
    )  # fmt: skip


def _shown(
    sets: StarSets, tree: Formula, where: np.ndarray[Any, Any], true: bool,
    state: Callable[[int], Any],
) -> Run | Lasso | None:  # fmt: skip
    """Return a path of the last part, where the outcome of the formula is that there is one."""
    quantifier = tree.operator[0] if isinstance(tree, Unary) else ""
    if not sets.parts or quantifier not in ("A", "E") or true is not (quantifier == "E"):
        return None
    lts, part = sets.case.lts, sets.parts[-1]
    chosen = [s for s in lts.initial.tolist() if bool(where[s]) is true and part.begin[s] >= 0]
    if not chosen:
        return None
    names = lts.label_names
    at = int(part.begin[chosen[0]])
    seen: dict[int, int] = {}
    steps: list[Step] = []
    while at not in seen:
        seen[at] = len(steps)
        label, after = int(part.label[at]), int(part.after[at])
        if label < 0:
            return Run(initial=state(chosen[0]), steps=tuple(steps))
        steps.append(
            Step(action=names[label], label=names[label], state=state(int(part.state[after])))
        )
        at = after
    return Lasso(initial=state(chosen[0]), steps=tuple(steps), loop_start=seen[at])
