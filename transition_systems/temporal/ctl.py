"""Computation tree logic on explicit systems: a verdict with a tree of runs, or with ranks."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transition_systems.budget import Budget
from transition_systems.evidence_ctl import CtlRanks, TreeEvidence, TreeNode
from transition_systems.evidence_data import Claim, StateSet
from transition_systems.lts import LTS
from transition_systems.properties.format import format_formula
from transition_systems.properties.formulas import Formula, Negation
from transition_systems.properties.parse import parse_formula
from transition_systems.run import Lasso, Run
from transition_systems.temporal.ctl_fixpoints import Graph, OutOfBudgetError
from transition_systems.temporal.ctl_program import ctl_program
from transition_systems.temporal.ctl_sets import CtlSets, Holds
from transition_systems.temporal.ctl_witness import Naming, NoTreeError, WitnessTrees
from transition_systems.temporal.observed import lts_holds
from transition_systems.verdict import Outcome, Statistics, Verdict

__all__ = ["ExplicitModel", "check_ctl", "check_ctl_on", "ctl_states"]

METHOD = "explicit"
READING = "paths are maximal: in a dead state EX is false, AX is true, and F needs its goal there"


@dataclass(frozen=True, slots=True)
class ExplicitModel:
    """An explicit system under another name than that of its arrays.

    Parameters
    ----------
    offsets, targets, initial
        The graph, and its initial states.
    naming
        How states and arcs are shown.
    digest
        Gives the digest of the model that claims are about.
    states
        Gives all states as evidence; ``None`` for a transition system, whose states are numbers.
    """

    offsets: NDArray[np.int64]
    targets: NDArray[np.int64]
    initial: NDArray[np.int64]
    naming: Naming
    digest: Callable[[], str]
    states: Callable[[], StateSet] | None = None


def _model(lts: LTS) -> ExplicitModel:
    def arc(number: int) -> tuple[str, str]:
        name = lts.label_names[lts.labels[number]]
        return name, name

    naming = Naming(state=int, arc=arc)
    return ExplicitModel(lts.offsets, lts.targets, lts.initial, naming, lts.digest)


def check_ctl(
    lts: LTS, formula: Formula | str, *, holds: Holds | None = None, budget: Budget | None = None
) -> Verdict:
    """Decide whether a formula of CTL holds in every initial state of a system.

    Paths are maximal: they end in a state without steps or never. So in such a dead state ``EX p``
    is false and ``AX p`` true, ``AF p`` needs ``p`` there, and ``EG p`` asks no more than ``p``.

    Parameters
    ----------
    lts
        The system.
    formula
        A formula of CTL, or its text. Predicates are over the atoms of the system, ``enabled(a)``
        over its labels, and ``dead`` means a state without steps.
    holds
        Gives for a state predicate where it holds, bool (n,), where it is not about atoms.
    budget
        Its seconds.

    Returns
    -------
    Verdict
        With a tree of runs where the formula (HOLDS, one initial state) or its negation (VIOLATED)
        says only that something exists, for ``AG`` from the nearest initial state; else with the
        ranks of all fixpoints. UNKNOWN when the budget ends.

    Raises
    ------
    UnsupportedError
        For a formula that is not in CTL.
    ExpressionError
        For a name that is unknown, with the nearest ones.

    Notes
    -----
    O(f (n + m)) for a formula of size f, n states and m arcs: each least fixpoint is a work list
    over the arcs turned around, for ``AU`` with the number of successors that are still outside.
    E. M. Clarke, E. A. Emerson, A. P. Sistla: Automatic verification of finite-state concurrent
    systems using temporal logic specifications. ACM TOPLAS 8, 1986.

    Examples
    --------
    >>> lts = LTS.from_arcs(3, [(0, "pay", 1), (1, "wait", 1), (1, "ship", 2)],
    ...                     atoms={"paid": [False, True, False], "shipped": [False, False, True]})
    >>> verdict = check_ctl(lts, "AG (paid -> AF shipped)")
    >>> verdict.violated, verdict.witness.actions, verdict.evidence.kind
    (True, ('pay', 'wait'), 'tree')
    >>> bool(check_ctl(lts, "AG (paid -> EF shipped)"))
    True
    """
    return check_ctl_on(_model(lts), formula, holds=holds or lts_holds(lts), budget=budget)


def ctl_states(lts: LTS, formula: Formula | str, *, holds: Holds | None = None) -> NDArray[Any]:
    """Return the states in which a formula of CTL holds.

    Parameters
    ----------
    lts, formula, holds
        As for :func:`check_ctl`.

    Returns
    -------
    ndarray of bool, shape (n,)

    Raises
    ------
    UnsupportedError
        For a formula that is not in CTL; ``ExpressionError`` for a name that is unknown.

    Examples
    --------
    >>> ctl_states(LTS.from_arcs(2, [(0, "a", 1)]), "EX dead").tolist()
    [True, False]
    """
    program = ctl_program(parse_formula(formula) if isinstance(formula, str) else formula)
    return CtlSets(program, Graph(lts.offsets, lts.targets), holds or lts_holds(lts)).result()


def check_ctl_on(
    model: ExplicitModel, formula: Formula | str, *, holds: Holds, budget: Budget | None = None
) -> Verdict:
    """Decide a formula of CTL on an explicit system that was built from a model of the user's.

    As :func:`check_ctl`; states and claims are those of the model.
    """
    started = time.monotonic()
    asked = parse_formula(formula) if isinstance(formula, str) else formula
    text = format_formula(asked)
    graph = Graph(model.offsets, model.targets, (budget or Budget()).start())
    sets = CtlSets(ctl_program(asked), graph, holds)

    def verdict(outcome: Outcome, **told: Any) -> Verdict:
        figures = Statistics(
            method=METHOD, states=graph.n_states, arcs=len(model.targets),
            seconds=time.monotonic() - started,
        )  # fmt: skip
        return Verdict(
            property=text, outcome=outcome, statistics=figures, assumptions=(READING,), **told
        )

    try:
        good = sets.result()[model.initial]
    except OutOfBudgetError as error:
        return verdict(Outcome.UNKNOWN, reason=str(error))
    outcome = Outcome.HOLDS if good.all() else Outcome.VIOLATED
    said = text if good.all() else format_formula(Negation(asked))
    claim = Claim.when_read(said, model.digest)
    evidence = _evidence(model, sets, claim, good)
    return verdict(outcome, evidence=evidence, explanation=_explained(text, outcome, evidence))


def _evidence(
    model: ExplicitModel, sets: CtlSets, claim: Claim, good: NDArray[np.bool_]
) -> TreeEvidence | CtlRanks:
    formula, holds = sets.program.formula, bool(good.all())
    shown: TreeNode | None = None
    if len(good) and (not holds or len(good) == 1):
        start = _nearest(sets, model.initial[~good]) if not holds else int(model.initial[0])
        try:
            tree = WitnessTrees(sets, model.naming).tree(formula, holds, start)
            return TreeEvidence(claim=claim, start=model.naming.state(start), tree=tree)
        except NoTreeError:
            shown = _partly(sets, model, start, holds)
    ranks = tuple(sets.ranks[number] for number in sets.program.fixpoints)
    return CtlRanks(
        claim=claim,
        states=None if model.states is None else model.states(),
        ranks=tuple(rank.astype(np.int64) for rank in ranks),
        path=None if shown is None else shown.shown(),
    )


def _nearest(sets: CtlSets, breaking: NDArray[np.int64]) -> int:
    """Return the initial state that breaks the formula: the nearest, where that is a distance."""
    number, broken = sets.program.root, True
    while sets.program.nodes[number].operator == "not":
        number, broken = sets.program.nodes[number].operands[0], not broken
    if broken or sets.program.nodes[number].operator != "EU":
        return int(breaking[0])
    return int(breaking[int(np.argmin(sets.ranks[number][breaking]))])


def _partly(sets: CtlSets, model: ExplicitModel, start: int, holds: bool) -> TreeNode | None:
    """Return what of a tree there is, to be shown beside the ranks."""
    try:
        return WitnessTrees(sets, model.naming, partial=True).tree(
            sets.program.formula, holds, start
        )
    except NoTreeError:
        return None


def _explained(text: str, outcome: Outcome, evidence: TreeEvidence | CtlRanks) -> tuple[str, ...]:
    word = "holds" if outcome is Outcome.HOLDS else "does not hold"
    path: Run | Lasso | None = evidence.run or evidence.lasso
    if path is None:
        return (f"{text} {word}.",)
    steps = f"{len(path)} step{'' if len(path) == 1 else 's'}"
    kind = "a lasso" if isinstance(path, Lasso) else "a run"
    return (f"{text} {word}: {kind} of {steps} shows it.",)
