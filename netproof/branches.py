"""The runs of a tree of runs that stand beside each other, each with the part that it shows."""

from __future__ import annotations

from collections.abc import Callable

from transition_systems.evidence import Evidence, TreeEvidence, TreeNode
from transition_systems.properties.formulas import Formula, Negation, State
from transition_systems.run import Lasso, Run
from transition_systems.temporal.ctl_obligations import Obligation, operands_to_show
from transition_systems.temporal.english import clause_in_english

__all__ = ["told_branches"]

MOST_BRANCHES, MOST_STEPS = 8, 24


def told_branches(
    formula: Formula,
    evidence: Evidence | None,
    own: Callable[[Run | Lasso], Run | Lasso | None],
    shown: Callable[[Run | Lasso, bool], str],
) -> tuple[str, ...]:
    """Return a sentence on the run of each part of a formula that does not hold, and its steps.

    Parameters
    ----------
    formula
        As it was asked.
    evidence
        Of its violation.
    own
        Gives a run of the model for one of the evidence.
    shown
        Tells in a sentence where a run of the evidence leads, which shows that a part holds, or
        that it does not.

    Returns
    -------
    tuple of str
        Nothing where the evidence is no tree of runs, or has one run to show, of all that was
        asked. One run of a part is told without its steps, which the verdict shows.
    """
    if not isinstance(evidence, TreeEvidence):
        return ()
    found = _branches(formula, False, evidence.tree)
    if not found or len(found) > MOST_BRANCHES:
        return ()
    if len(found) == 1 and found[0][0][0] is _stripped(formula):
        return ()
    told: list[str] = []
    for (part, positive), node in found:
        path = node.shown()
        run = None if path is None else own(path)
        if path is None or run is None:
            return ()
        word = "holds" if positive else "does not hold"
        steps = _steps(run) if len(found) > 1 else ""
        told.append(f"“{clause_in_english(part)}” {word}: {shown(path, positive)}{steps}")
    return tuple(told)


def _branches(
    formula: Formula, positive: bool, node: TreeNode
) -> list[tuple[Obligation, TreeNode]] | None:
    """Return the parts with paths of their own; ``None`` where the tree is of another formula."""
    while isinstance(formula, Negation):
        formula, positive = formula.operand, not positive
    if node.path is not None:
        return [((formula, positive), node)]
    if isinstance(formula, State):
        return []
    wanted, every = operands_to_show(formula, positive)
    if not every:
        wanted = wanted[node.choice : node.choice + 1]
    wanted = tuple(part for part in wanted if not isinstance(part[0], State))
    if len(wanted) != len(node.parts):
        return None
    found: list[tuple[Obligation, TreeNode]] = []
    for (part, sign), below in zip(wanted, node.parts, strict=True):
        more = _branches(part, sign, below)
        if more is None:
            return None
        found += more
    return found


def _stripped(formula: Formula) -> Formula:
    while isinstance(formula, Negation):
        formula = formula.operand
    return formula


def _steps(run: Run | Lasso) -> str:
    names = [step.label for step in run.steps[:MOST_STEPS]]
    if not names:
        return ""
    left = len(run.steps) - len(names)
    return f" Its steps: {'; '.join(names)}{f'; and {left} more' if left else ''}."
