"""The modal mu-calculus on explicit systems, decided by parity games; CTL translated into it."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from transition_systems.budget import Budget
from transition_systems.lts import LTS
from transition_systems.properties.formulas import Formula
from transition_systems.properties.parse import parse_formula
from transition_systems.properties.predicates import TRUE
from transition_systems.temporal.ctl_program import ctl_program
from transition_systems.temporal.ctl_sets import Holds as HoldsIn
from transition_systems.temporal.mu_formulas import (
    Bound,
    Every,
    Fixpoint,
    Holds,
    Labels,
    Modal,
    MuFormula,
    No,
    Some,
)
from transition_systems.temporal.mu_game import game_of, mu_nodes
from transition_systems.temporal.mu_parse import parse_mu
from transition_systems.temporal.observed import lts_holds
from transition_systems.temporal.parity_games import solve

__all__ = ["ctl_to_mu", "mu_states"]

_ANY = Labels(frozenset(), others=True)


def mu_states(
    lts: LTS, formula: MuFormula | str, *, holds: HoldsIn | None = None,
    budget: Budget | None = None,
) -> NDArray[np.bool_]:  # fmt: skip
    """Decide for each state whether a formula of the mu-calculus holds there.

    Parameters
    ----------
    lts
        The system; silent steps have the label ``tau``.
    formula
        The formula, or its text. A label that the system does not have is on no step.
    holds
        Gives for a state predicate where it holds; by default over the atoms of the system.
    budget
        Its seconds.

    Returns
    -------
    ndarray of bool, shape (n,)

    Raises
    ------
    ExpressionError
        For a text that is no formula, and for an atom that is unknown.
    UsageError
        For a variable that is not bound, or is negated.
    UndecidedError
        When the budget ends.

    Notes
    -----
    A parity game of f (n + m) moves for a formula of f parts, by Zielonka's algorithm: linear for
    formulas whose fixpoints do not alternate, but for a factor of their depth.
    E. A. Emerson, C. S. Jutla: Tree automata, mu-calculus and determinacy. FOCS 1991.

    Examples
    --------
    >>> lts = LTS.from_arcs(3, [(0, "a", 0), (0, "b", 1), (1, "a", 2)])
    >>> mu_states(lts, "<b><a> true").tolist()
    [True, False, False]
    >>> mu_states(lts, "nu X. <a> X").tolist()
    [True, False, False]
    >>> mu_states(lts, "[true*] <true*> dead").tolist()
    [True, True, True]
    """
    nodes = mu_nodes(parse_mu(formula) if isinstance(formula, str) else formula)
    won = solve(game_of(lts, nodes, holds or lts_holds(lts)), budget=budget)
    return won[: lts.n_states]


def ctl_to_mu(formula: Formula | str) -> MuFormula:
    """Return a formula of CTL as one of the mu-calculus, on maximal paths.

    Parameters
    ----------
    formula
        A formula of CTL, or its text.

    Returns
    -------
    MuFormula
        ``EX p`` is ``<true> p``; ``E[p U q]`` is ``mu X. q || p && <true> X``; for ``A[p U q]``
        every step leads to ``X``, and there is one.

    Raises
    ------
    UnsupportedError
        For a formula that is not in CTL.

    Examples
    --------
    >>> from transition_systems.temporal.mu_formulas import format_mu
    >>> format_mu(ctl_to_mu("EF p"))
    'mu X2. p || (true && <true> X2)'
    """
    program = ctl_program(parse_formula(formula) if isinstance(formula, str) else formula)
    made: list[MuFormula] = []
    for number, node in enumerate(program.nodes):
        parts = tuple(made[part] for part in node.operands)
        match node.operator:
            case "predicate":
                made.append(Holds(node.predicate))
            case "not":
                made.append(No(parts[0]))
            case "and":
                made.append(Every(parts))
            case "or":
                made.append(Some(parts))
            case "EX":
                made.append(Modal("diamond", _ANY, parts[0]))
            case "EU" | "AU" as operator:
                made.append(_until(operator, f"X{number}", parts[0], parts[1]))
    return made[program.root]


def _until(
    operator: Literal["EU", "AU"], name: str, through: MuFormula, goal: MuFormula
) -> MuFormula:
    again = Modal("diamond", _ANY, Bound(name))
    if operator == "EU":
        return Fixpoint("mu", name, Some((goal, Every((through, again)))))
    able = Modal("diamond", _ANY, Holds(TRUE))
    every = Modal("box", _ANY, Bound(name))
    return Fixpoint("mu", name, Some((goal, Every((through, able, every)))))
