"""One question, the engines side by side: the first answer with evidence wins."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import get_args

from petri.boundedness import bounded
from petri.decision import final_predicate
from petri.home import reversible
from petri.last_steps import require_no_last_steps
from petri.live import live
from petri.livelock import livelock
from petri.liveness import no_dead_transitions
from petri.memory import within_memory
from petri.net import PetriNet
from petri.persistence import persistence_predicate
from petri.portfolio.asking import ask
from petri.portfolio.bounds import BOUND, BOUNDS, bounds, summed_places
from petri.reachability_formulas import reachability_formula, reachability_shape
from petri.soundness.sound import sound
from petri.stable_places import stable_place
from petri.termination import terminates
from transition_systems.budget import Budget
from transition_systems.errors import UndecidedError, UsageError
from transition_systems.progress import ProgressCallback
from transition_systems.properties.format import format_formula
from transition_systems.properties.formulas import (
    Conjunction,
    Disjunction,
    Formula,
    Implication,
    State,
    Unary,
)
from transition_systems.properties.names import nearest_names
from transition_systems.properties.parse import parse_formula
from transition_systems.properties.predicates import (
    Dead,
    Not,
    Predicate,
    at_most,
    conjunction,
    disjunction,
)
from transition_systems.verdict import Outcome, Statistics, Verdict

__all__ = ["decide"]

SECONDS = 60.0
OTHERS: dict[str, Callable[..., Verdict]] = {
    "boundedness": bounded,
    "liveness": live,
    "no-dead-transitions": no_dead_transitions,
    "reversibility": reversible,
    "soundness": sound,
    "stable-place": stable_place,
    "termination": terminates,
    "termination-strong": partial(terminates, fairness="strong"),
    "termination-weak": partial(terminates, fairness="weak"),
}
# What is asked by a function of its own, with other arguments.
ELSEWHERE = {
    "workflow-net": "petri.workflow_net(net)",
    "soundness-without-fairness": "petri.sound(net, fairness=False)",
    **{
        f"{kind}-soundness": f'petri.soundness.sound_as(net, "{kind}")'
        for kind in ("weak", "relaxed", "easy", "lazy", "generalised")
    },
}
SOME_TOKENS = re.compile(r"(up-to-)?[0-9]+-soundness")
LIVELOCK = ("livelock", "divergence")
INVARIANTS = ("deadlock", "persistence", "safeness")


@within_memory(lambda *asked, **named: str(asked[1] if len(asked) > 1 else named["property"]))
def decide(
    net: PetriNet,
    property: str | Formula,
    *,
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
    seed: int | None = None,
    parallel: bool = True,
) -> Verdict:
    """Decide a property of a net by whatever engine answers first.

    Parameters
    ----------
    net
        Any place/transition net.
    property
        ``AG P``, ``EF P``, ``AG EF P`` or ``EF AG P`` of a state predicate, as a formula or its
        text; or a name:
        ``deadlock`` (that there is none), ``safeness``, ``persistence``, ``boundedness``,
        ``liveness``, ``no-dead-transitions``, ``reversibility``, ``stable-place``,
        ``termination`` (``-weak``, ``-strong``), ``livelock``, ``soundness``; ``bounds`` (the
        exact bound of each place) or ``bound p + q`` of a sum, as :func:`petri.bounds` has them.
    budget
        60 seconds by default.
    progress, seed
        For the engines that take them.
    parallel
        Whether a second process explores the state space meanwhile.

    Returns
    -------
    Verdict
        With the evidence of the engine that answered. ``explanation`` tells which one it was and
        what the others had found.

    Raises
    ------
    UsageError
        For a name that there is not, or a formula of another form or about the last step.

    Notes
    -----
    Invariants and reachability are asked as :class:`~petri.portfolio.batch.Batch` says: structure
    and some markings listed, then random walks, the state equation, unfolding and induction beside
    the whole state space. The others go through engines of their own, one after the other, each
    with its share of the time: listing, structure, decision diagrams or reduction.

    Examples
    --------
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [1, 0])
    >>> decide(net, "AG p1 + p2 == 1").outcome
    <Outcome.HOLDS: 'HOLDS'>
    >>> decide(net, "deadlock").witness.actions
    ('t1',)
    """
    given: object = property
    if not isinstance(given, (str, *get_args(Formula))):
        raise UsageError(f"{given!r:.60} is no property: a name, or a formula or its text")
    limit = (budget or Budget(seconds=SECONDS)).fixed()
    if isinstance(property, str) and (property == BOUNDS or property.startswith(BOUND)):
        text = property.removeprefix(BOUND)
        one = None if property == BOUNDS else summed_places(net, text)
        found = bounds(
            net, places=None if one is None else [one], budget=limit, progress=progress,
            seed=seed, parallel=parallel,
        )  # fmt: skip
        return found.verdict if one is None else found.bounds[0].verdict
    if property in LIVELOCK:
        return livelock(net, budget=limit).with_(property=str(property))
    if isinstance(property, str) and property in OTHERS:
        return OTHERS[property](net, budget=limit, progress=progress, seed=seed)
    try:
        name, formula = _asked(net, property, limit)
    except UndecidedError as error:
        return Verdict(
            property=str(property), outcome=Outcome.UNKNOWN, reason=str(error), seed=seed,
            statistics=Statistics(method="portfolio"),
        )  # fmt: skip
    if limit.remaining() is None:
        limit = replace(limit, seconds=SECONDS).fixed()
    shape = reachability_shape(formula)
    if shape is not None and shape[0] in ("AG", "EF"):
        return ask(
            net, shape[1], everywhere=shape[0] == "AG", name=name, budget=limit,
            progress=progress, seed=seed, parallel=parallel,
        )  # fmt: skip
    verdict = reachability_formula(
        net, formula, name=name, budget=limit, progress=progress, seed=seed
    )
    if verdict is None:
        raise _other(formula)
    return verdict


def _other(formula: Formula) -> UsageError:
    """Return the error for a formula of another form, with how to ask it."""
    told = "formulas are AG, EF, AG EF or EF AG of a state predicate"
    if isinstance(formula, Conjunction | Disjunction | Implication):
        first, *rest = (
            [formula.left, formula.right] if isinstance(formula, Implication)
            else formula.operands
        )  # fmt: skip
        if isinstance(first, Unary) and all(isinstance(part, State) for part in rest):
            operators = ""
            while isinstance(first, Unary):
                operators, first = f"{operators}{first.operator} ", first.operand
            if isinstance(formula, Implication):
                whole: Formula = Implication(first, formula.right)
            else:
                whole = type(formula)((first, *rest))
            mend = f"{operators}({format_formula(whole)})"
            return UsageError(
                f"{told}; here {operators.strip()} ends before {format_formula(rest[0])!r:.60}. "
                f"For all of it write {mend!r:.200}"
            )
    return UsageError(f"{told}; petri.ctl.ctl, petri.ltl.ltl and netproof.check take others")


def _asked(net: PetriNet, asked: str | Formula, limit: Budget) -> tuple[str, Formula]:
    """Return the name of a property and its formula."""
    if isinstance(asked, str):
        predicate = _named(net, asked, limit)
        if predicate is not None:
            return asked, Unary("AG", State(predicate))
    formula = parse_formula(asked) if isinstance(asked, str) else asked
    require_no_last_steps(formula)
    return (asked if isinstance(asked, str) else format_formula(formula)), formula


def _named(net: PetriNet, name: str, limit: Budget) -> Predicate | None:
    """Return what must hold everywhere for a property; ``None`` for the text of a formula."""
    match name:
        case "deadlock":
            return disjunction(Not(Dead()), final_predicate(net, None))
        case "safeness":
            return conjunction(*(at_most(place, 1) for place in net.place_ids))
        case "persistence":
            return persistence_predicate(net, budget=limit)
        case _ if name.replace("-", "").isalnum():
            if name in ELSEWHERE:
                raise UsageError(f"{name} is asked by {ELSEWHERE[name]}")
            if SOME_TOKENS.fullmatch(name):
                kind, k = ("up-to-k" if name[0] == "u" else "k"), name.split("-")[-2]
                raise UsageError(f'{name} is asked by petri.sound(net, kind="{kind}", k={k})')
            known = (*INVARIANTS, *OTHERS, *LIVELOCK, BOUNDS)
            close = nearest_names(name, known)
            hint = f"; did you mean {' or '.join(close)}?" if close else ""
            raise UsageError(f"there is no property {name!r}{hint} Known: {', '.join(known)}")
        case _:
            return None
