"""The modal mu-calculus on explicit systems, decided by parity games; CTL translated into it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from transition_systems.budget import Budget
from transition_systems.errors import UndecidedError, UsageError
from transition_systems.evidence_data import Claim, StateSet
from transition_systems.evidence_parity import ParityStrategy, mu_claim
from transition_systems.lts import LTS
from transition_systems.properties.formulas import Formula
from transition_systems.properties.parse import parse_formula
from transition_systems.properties.predicates import TRUE
from transition_systems.temporal.action_formulas import ANY_LABEL
from transition_systems.temporal.ctl_program import ctl_program
from transition_systems.temporal.ctl_sets import Holds as HoldsIn
from transition_systems.temporal.mu_formulas import (
    Bound,
    Every,
    Fixpoint,
    Holds,
    Modal,
    MuFormula,
    No,
    Some,
    format_mu,
    same_mu,
)
from transition_systems.temporal.mu_game import game_of, mu_nodes, require_labels
from transition_systems.temporal.mu_parse import parse_mu
from transition_systems.temporal.mu_play import nearest_play, play_of, played, with_states
from transition_systems.temporal.observed import lts_holds
from transition_systems.temporal.parity_games import solve, strategies
from transition_systems.verdict import Outcome, Statistics, Verdict

__all__ = ["check_mu", "ctl_to_mu", "mu_states"]


def mu_states(
    lts: LTS, formula: MuFormula | str, *, holds: HoldsIn | None = None,
    labels: Collection[str] = (), budget: Budget | None = None,
) -> NDArray[np.bool_]:  # fmt: skip
    """Decide for each state whether a formula of the mu-calculus holds there.

    Parameters
    ----------
    lts
        The system; silent steps have the label ``tau``.
    formula
        The formula, or its text. Its labels are in ``lts.label_names``, on a step or on none.
    holds
        Gives for a state predicate where it holds; by default over the atoms of the system.
    labels
        Labels that may be asked for although the system does not have them: they are on no step.
    budget
        Its seconds.

    Returns
    -------
    ndarray of bool, shape (n,)

    Raises
    ------
    ExpressionError
        For a text that is no formula, and for an atom or a label that is unknown, with the nearest.
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
    require_labels(nodes, (*lts.label_names, *labels))
    limit = (budget or Budget()).fixed()
    game = game_of(lts, nodes, holds or lts_holds(lts, labels), limit.start().look)
    won = solve(game, budget=limit)
    return won[: lts.n_states]


def check_mu(
    lts: LTS, formula: MuFormula | str, *, holds: HoldsIn | None = None,
    labels: Collection[str] = (), budget: Budget | None = None,
    digest: Callable[[], str] | None = None,
    space: Callable[[], StateSet] | None = None, state: Callable[[int], object] | None = None,
) -> Verdict:  # fmt: skip
    """Decide whether a formula of the mu-calculus holds in every initial state of a system.

    Parameters
    ----------
    lts, formula, holds, labels, budget
        As for :func:`mu_states`.
    digest, space, state
        Where the system is that of a net: its digest, all markings, and the marking of a number.

    Returns
    -------
    Verdict
        With a strategy in the game of the system and the formula, for the player who shows that
        the formula holds, or that it fails in an initial state
        (:class:`~transition_systems.evidence_parity.ParityStrategy`), and its run while the other
        player has no choice: to a state that breaks ``[true*] f``, shortest of those from the
        initial states that break it (of very many the first ones, whose plays have 100,000
        positions), or to the one that ``<true*> f`` speaks of; none for
        what holds on all runs. UNKNOWN when the budget ends.

    Raises
    ------
    ExpressionError
        For a text that is no formula, and for an atom or a label that is unknown, with the nearest.
    UsageError
        For a variable that is not bound, or is negated.

    Notes
    -----
    As :func:`mu_states`.

    Examples
    --------
    >>> lts = LTS.from_arcs(2, [(0, "a", 1), (1, "b", 0)])
    >>> verdict = check_mu(lts, "nu X. mu Y. <a> X || <b> Y")
    >>> verdict.outcome, verdict.evidence.kind
    (<Outcome.HOLDS: 'HOLDS'>, 'parity-strategy')
    """
    limit = (budget or Budget()).fixed()
    meter = limit.start()
    tree = parse_mu(formula) if isinstance(formula, str) else formula
    text = format_mu(tree)
    given, tree = tree, parse_mu(text)
    if not same_mu(given, tree):
        raise UsageError(f"the formula has a variable that is not bound, or no name: {text:.80}")

    def answer(
        outcome: Outcome, evidence: ParityStrategy | None, reason: str | None = None
    ) -> Verdict:
        return Verdict(
            property=text, outcome=outcome, evidence=evidence, reason=reason,
            statistics=Statistics(
                method="parity game", states=lts.n_states, arcs=lts.n_arcs, seconds=meter.seconds
            ),
        )  # fmt: skip

    nodes = mu_nodes(tree)
    require_labels(nodes, (*lts.label_names, *labels))
    try:
        game = game_of(lts, nodes, holds or lts_holds(lts, labels), meter.look)
        even, move = strategies(game, budget=limit)
        true = bool(even[lts.initial].all())
        starts, path = lts.initial, None
        if not true:
            starts, path = nearest_play(game, nodes, lts, move, starts[~even[starts]], meter.look)
        elif len(starts):
            path = play_of(game, nodes, lts, move, int(starts[0]), odd=False, look=meter.look)
    except UndecidedError as error:
        return answer(Outcome.UNKNOWN, None, str(error))
    positions = played(game, starts, move, odd=not true)
    ends = len(nodes) * lts.n_states
    positions = positions[positions < ends]
    own = game.odd[positions] == (not true)
    proof = ParityStrategy(
        claim=Claim.when_read(mu_claim(text, holds=true), digest or lts.digest),
        formula=text, positions=positions,
        moves=np.where(own & (move[positions] < ends), move[positions], -1),
        space=None if space is None else space(),
        path=None if path is None else with_states(path, state),
    )  # fmt: skip
    return answer(Outcome.HOLDS if true else Outcome.VIOLATED, proof)


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
                made.append(Modal("diamond", ANY_LABEL, parts[0]))
            case "EU" | "AU" as operator:
                made.append(_until(operator, f"X{number}", parts[0], parts[1]))
    return made[program.root]


def _until(
    operator: Literal["EU", "AU"], name: str, through: MuFormula, goal: MuFormula
) -> MuFormula:
    again = Modal("diamond", ANY_LABEL, Bound(name))
    if operator == "EU":
        return Fixpoint("mu", name, Some((goal, Every((through, again)))))
    able = Modal("diamond", ANY_LABEL, Holds(TRUE))
    every = Modal("box", ANY_LABEL, Bound(name))
    return Fixpoint("mu", name, Some((goal, Every((through, able, every)))))
