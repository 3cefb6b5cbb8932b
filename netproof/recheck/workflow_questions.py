"""The questions of a workflow, as statements about the net that it was translated to.

Stated once more and apart from the code that asks the engines, so that a slip there is caught.
"""

from __future__ import annotations

from netproof.model_names import net_predicate, workflow_predicate
from netproof.net_formulas import NetFormula, net_formula
from netproof.properties import (
    NET_ONLY,
    AskedFormula,
    asked_properties,
)
from netproof.recheck.bounds import OPEN_NAMES
from netproof.recheck.counted import kind_of_soundness
from netproof.recheck.questions import Linear, Question
from netproof.recheck.result import RefusedError
from petri.net import PetriNet
from transition_systems.properties.formulas import State, Unary
from transition_systems.properties.predicates import Compare, Dead, Not, Or, Predicate
from translators.to_petri.translation import NetTranslation

__all__ = ["question_for"]

WITH_GOAL = frozenset(
    {"weak-soundness", "relaxed-soundness", "easy-soundness", "soundness-without-fairness"}
)


def question_for(
    asked: str | AskedFormula, net: PetriNet, translation: NetTranslation | None = None
) -> Question:
    """Return what defines a property of a net, or of the workflow that it was translated from.

    Parameters
    ----------
    asked
        The name of a property, or a formula over the names of the user's model.
    net
        The net that was analysed.
    translation
        The translation that made it; ``None`` for a net that was read as one.

    Returns
    -------
    Question

    Raises
    ------
    UsageError
        For a property or a name that does not exist.

    Examples
    --------
    >>> net = PetriNet(places=["p"], transitions=[])
    >>> question_for("AG(p <= 1)", net).formula is not None
    True
    """
    if isinstance(asked, str) and not (asked.startswith(OPEN_NAMES) or kind_of_soundness(asked)):
        asked = asked_properties([asked])[0]
    if isinstance(asked, AskedFormula):

        def named(predicate: Predicate) -> Predicate:
            if translation is None:
                return net_predicate(net, predicate)
            return workflow_predicate(translation, predicate)

        if asked.formula is not None:
            about = net_formula(asked, net, translation)
            return _temporal(about, asked.logic, asked.fairness is not None)
        shown = State(named(asked.predicate))
        return Question(formula=Unary("AG" if asked.everywhere else "EF", shown))
    if translation is None:
        return Question()
    goal = translation.goal
    match asked:
        case "lost-messages":
            waiting = Compare(tuple((p, 1) for p in translation.message_places), "<=", 0)
            return Question(formula=Unary("AG", State(Or((Not(Dead()), waiting)))))
        case "never-started-pools":
            return Question(groups=_pool_starts(translation))
        case _ if kind_of_soundness(asked) and asked not in WITH_GOAL:
            return Question()
        case _ if asked in NET_ONLY:
            raise RefusedError(f"{asked} is no property of a workflow")
        case _:
            return Question(goal=goal, final=goal.completion, places=translation.flow_places)


def _temporal(about: NetFormula, logic: str, fairly: bool) -> Question:
    if about.mu is not None:
        return Question(linear=Linear(formula=about.formula, mu=about.mu), net=about.net)
    if logic == "CTL" and not fairly:
        return Question(formula=about.formula, net=about.net)
    linear = Linear(
        formula=about.formula, weak=about.weak, fair=about.fair, strong=about.strong,
        branching=logic != "LTL", maximal=logic == "CTL",
    )  # fmt: skip
    return Question(linear=linear, net=about.net)


def _pool_starts(translation: NetTranslation) -> dict[str, tuple[str, ...]]:
    """Return for each pool that waits to be started the transitions that start it."""
    groups: dict[str, tuple[str, ...]] = {}
    for process in translation.processes:
        waits = {
            place.id
            for place in translation.places.values()
            if place.scope == process.scope.id
            and place.kind == "start"
            and place.initial
            and not place.live
        }
        first = [t.id for t in translation.transitions.values() if not waits.isdisjoint(t.pre)]
        if first:
            groups[process.scope.id] = tuple(first)
    return groups
