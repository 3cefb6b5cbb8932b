"""From a property's name to the decision on the net."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from netproof.drawn_answers import drawn_verdict
from netproof.model_names import net_predicate, workflow_predicate
from netproof.net_behaviour import LIVELOCK, NETS, net_behaviour
from netproof.net_formulas import net_formula
from netproof.net_question import NetQuestion
from netproof.properties import (
    BOUND,
    NET_ONLY,
    WORKFLOW_ONLY,
    AskedFormula,
    property_kind,
    soundness_kind,
)
from netproof.soundness_kinds import decide_kind
from netproof.temporal_questions import decide_formula
from petri import (
    always_reachable,
    bounded,
    deadlock,
    invariant,
    no_dead_transitions,
    reachable,
    safe,
    sound,
    workflow_net,
)
from petri.reductions.answers import ReducedNet
from petri.soundness import SoundnessGoal
from petri.state_space.reachability import ReachabilityGraph
from transition_systems.budget import Budget
from transition_systems.errors import UsageError
from transition_systems.properties.formulas import State, Unary
from transition_systems.properties.predicates import (
    Compare,
    Dead,
    Not,
    Predicate,
    disjunction,
)
from transition_systems.verdict import Outcome, Statistics, Verdict
from translators.ledger import PropertyKind

__all__ = ["ask", "lost_messages", "question_predicate", "start_groups"]

PORTFOLIO = 0.7
# Where a property can be asked that a model of the other kind does not have.
_ELSEWHERE = {
    True: "a net: netproof convert MODEL --to pnml writes that of this workflow, to ask it there",
    False: "a workflow, which this net is not; of nets netproof check --help lists the properties",
}
REDUCED = frozenset(
    {
        "soundness", "option-to-complete", "proper-completion", "deadlock", "boundedness",
        "safeness", "no-dead-activities", "no-dead-transitions", "never-started-pools",
    }
)  # fmt: skip


def ask(question: NetQuestion, asked: str | AskedFormula) -> tuple[Verdict, PropertyKind]:
    """Decide a property, and say of which kind it is.

    Raises
    ------
    UsageError
        For a property that does not apply to the kind of model.
    """
    if isinstance(asked, AskedFormula):
        return _formula(question, asked), asked.kind
    verdict = drawn_verdict(question, asked)
    translated = question.translation is not None
    of_nets = asked in NET_ONLY or asked.startswith(BOUND)
    if (of_nets and translated) or (asked in WORKFLOW_ONLY and not translated):
        raise UsageError(f"{asked} is a property of {_ELSEWHERE[translated]}")
    kind = property_kind(asked)
    assert kind is not None
    return (_named(question, asked) if verdict is None else verdict), kind


def _formula(question: NetQuestion, asked: AskedFormula) -> Verdict:
    """Decide a formula: on few markings, by the portfolio, by a diagram, on all markings."""
    if asked.formula is not None:
        about = net_formula(asked, question.net, question.translation)
        return decide_formula(asked, about, budget=question.budget, progress=question.progress)
    predicate = question_predicate(question, asked)
    decide = invariant if asked.everywhere else reachable
    if question.drawn is None and not question.few_enough():
        verdict = _by_portfolio(question, asked, predicate)
        if not verdict.unknown:
            return verdict
    drawn = drawn_verdict(question, asked)
    if drawn is not None:
        return drawn
    return decide(
        question.net, predicate, graph=question.whole(), budget=question.proofs, name=asked.text
    )  # fmt: skip


def _by_portfolio(question: NetQuestion, asked: AskedFormula, predicate: Predicate) -> Verdict:
    from petri.portfolio.decide import decide

    left = question.budget.remaining()
    limit = replace(
        question.budget, deadline=None, seconds=None if left is None else PORTFOLIO * left
    )
    formula = Unary("AG" if asked.everywhere else "EF", State(predicate))
    verdict = decide(
        question.net, formula, budget=limit, progress=question.progress, parallel=False
    )
    return verdict.with_(property=asked.text)


def _named(question: NetQuestion, name: str) -> Verdict:
    if soundness_kind(name):
        return _kind(question, name)
    if question.small is not None and name in REDUCED:
        verdict = _reduced(question, question.small, name)
        if verdict.violated and question.few_enough():
            return _direct(question, name)
        if not verdict.unknown:
            return verdict
        direct = _direct(question, name)
        return verdict if direct.unknown else direct
    return _direct(question, name)


def _kind(question: NetQuestion, name: str) -> Verdict:
    """Decide another kind of soundness; of some workflows it cannot be asked, which is told."""
    try:
        return decide_kind(
            name, question.net, goal=question.goal, budget=question.budget,
            progress=question.progress, pump=question.pump,
        )  # fmt: skip
    except UsageError as error:
        if question.translation is None:
            raise
        return Verdict(
            property=name, outcome=Outcome.UNKNOWN, statistics=Statistics(method="none"),
            reason=f"it cannot be asked of the net of this workflow: {error}",
        )  # fmt: skip


def _direct(question: NetQuestion, name: str) -> Verdict:
    """Decide a property on the net itself: on the markings that were listed, then by engines."""
    if name in NETS or name in LIVELOCK or name.startswith(BOUND):
        return net_behaviour(name, question)
    graph = question.graph if name in REDUCED else question.whole()
    seen = _decided(question, name, graph, question.proofs)
    if not seen.unknown or question.graph.complete or name in ("soundness", "workflow-net"):
        return seen
    # What grows for ever tells of the bounds only.
    if question.pump is not None and name != "option-to-complete":
        return seen
    left = question.proofs.remaining()
    seconds = None if left is None else PORTFOLIO * left
    found = _decided(question, name, None, replace(question.proofs, deadline=None, seconds=seconds))
    return seen if found.unknown else found


def _decided(
    question: NetQuestion, name: str, graph: ReachabilityGraph | None, limit: Budget
) -> Verdict:
    """Decide a property by the function of its name: on a list of markings, or by its engines."""
    net, progress = question.net, question.progress if graph is None else None
    pump = question.pump if graph is not None else None
    match name:
        case "soundness":
            return _sound(question)
        case "option-to-complete":
            goal = _goal(question).completion
            return always_reachable(
                net, goal, graph=graph, budget=limit, progress=progress, name=name
            )  # fmt: skip
        case "proper-completion" | "lost-messages":
            proper = name == "proper-completion"
            wanted = _goal(question).proper if proper else lost_messages(question)
            return invariant(net, wanted, graph=graph, budget=limit, progress=progress, name=name)
        case "deadlock":
            final = question.final
            return deadlock(net, final=final, graph=graph, budget=limit, progress=progress)
        case "boundedness":
            listable = graph is not None and graph.listable
            known = graph if listable or pump is not None else None
            return bounded(net, graph=known, pump=pump, budget=limit, progress=progress)
        case "safeness":
            places = None if question.translation is None else question.translation.flow_places
            return safe(
                net, places=places, graph=graph, pump=pump, budget=limit, progress=progress
            )  # fmt: skip
        case "no-dead-activities" | "no-dead-transitions" | "never-started-pools":
            groups = _groups(question, name)
            return no_dead_transitions(
                net, groups=groups, graph=graph, budget=limit, name=name, progress=progress
            )  # fmt: skip
        case "workflow-net":
            return workflow_net(net)
        case _:
            raise UsageError(f"there is no property {name!r}")


def _groups(question: NetQuestion, name: str) -> Mapping[str, Sequence[str]] | None:
    """Return the groups of transitions of which one must occur; ``None`` for each by itself."""
    if name == "no-dead-transitions":
        return None
    return start_groups(question) if name.startswith("never") else _goal(question).occurs


def _reduced(question: NetQuestion, small: ReducedNet, name: str) -> Verdict:
    """Decide a property that the reduction preserves."""
    match name:
        case "soundness":
            _goal(question)
            return small.sound(occurs_name="no-dead-activities")
        case "option-to-complete":
            _goal(question)
            return small.option()
        case "proper-completion":
            _goal(question)
            return small.proper()
        case "deadlock":
            return small.deadlock(question.final)
        case "boundedness":
            return small.bounded()
        case "safeness":
            return small.safe()
        case _:
            return small.occur(_groups(question, name), name=name)


def _goal(question: NetQuestion) -> SoundnessGoal:
    if question.goal is None:
        structure = workflow_net(question.net)
        raise UsageError(f"this is asked of workflow nets only. {structure.explain()}")
    return question.goal


def _sound(question: NetQuestion) -> Verdict:
    return sound(
        question.net,
        goal=_goal(question),
        occurs_name="no-dead-activities",
        budget=question.proofs,
        graph=question.graph,
        pump=question.pump,
    )


def question_predicate(question: NetQuestion, asked: AskedFormula) -> Predicate:
    """Return a formula's predicate over the places of the net."""
    return net_names(question, asked.predicate)


def net_names(question: NetQuestion, predicate: Predicate) -> Predicate:
    """Return a predicate over the user's names as one over the places of the net."""
    if question.translation is not None:
        return workflow_predicate(question.translation, predicate)
    return net_predicate(question.net, predicate)


def lost_messages(question: NetQuestion) -> Predicate:
    """Return the predicate "nothing has stopped with a message still under way"."""
    assert question.translation is not None
    terms = tuple((place, 1) for place in question.translation.message_places)
    return disjunction(Not(Dead()), Compare(terms, "<=", 0))


def start_groups(question: NetQuestion) -> dict[str, tuple[str, ...]]:
    """Return for each pool that waits to be started the transitions that start it."""
    translation = question.translation
    assert translation is not None
    groups: dict[str, tuple[str, ...]] = {}
    for process in translation.processes:
        starts = {
            p.id
            for p in translation.places.values()
            if p.kind == "start" and p.scope == process.scope.id and p.initial and not p.live
        }
        found = tuple(t.id for t in translation.transitions.values() if starts & set(t.pre))
        if found:
            groups[process.scope.id] = found
    return groups
