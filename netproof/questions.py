"""From a property's name to the decision on the net."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from netproof.drawn_answers import drawn_verdict
from netproof.net_behaviour import BEHAVIOUR, net_behaviour
from netproof.properties import (
    KINDS,
    NET_ONLY,
    WORKFLOW_ONLY,
    AskedFormula,
    net_predicate,
    workflow_predicate,
)
from netproof.recheck.net_table import NetTable
from petri import (
    PetriNet,
    always_reachable,
    bounded,
    deadlock,
    invariant,
    no_dead_transitions,
    reachable,
    safe,
    sound,
    terminates,
    workflow_net,
)
from petri.reductions.answers import ReducedNet
from petri.soundness import SoundnessGoal
from petri.state_space.covering import covering_invariant
from petri.state_space.exploring import UNBOUNDED, explore_or_pump
from petri.state_space.reachability import ReachabilityGraph, reachability_graph
from petri.state_space.symbolic.answers import SymbolicAnswers
from transition_systems.budget import Budget
from transition_systems.errors import UsageError
from transition_systems.progress import ProgressCallback
from transition_systems.properties.predicates import (
    Compare,
    Dead,
    Not,
    Predicate,
    disjunction,
)
from transition_systems.run import Lasso
from transition_systems.verdict import Verdict
from translators.ledger import PropertyKind
from translators.to_petri import NetTranslation

__all__ = [
    "FEW",
    "NetQuestion",
    "ask",
    "lost_messages",
    "pose",
    "question_predicate",
    "start_groups",
]

FEW = 5_000
LEAST, CELLS = 200, 1_000_000
WIDE, MANY = 300, 8
REDUCED = frozenset(
    {
        "soundness", "option-to-complete", "proper-completion", "deadlock", "boundedness",
        "safeness", "no-dead-activities", "no-dead-transitions", "never-started-pools",
    }
)  # fmt: skip


@dataclass(slots=True, kw_only=True)
class NetQuestion:
    """A net with its state space, and what completion means there.

    Parameters
    ----------
    net, pump
        The net, and a pump where it is unbounded.
    listed
        The (perhaps partial) reachability graph; ``None`` where it was not begun.
    budget, progress
        Limits and a callback.
    goal
        The goal of soundness; ``None`` for a net that is no workflow net.
    translation
        The map from the user's workflow, ``None`` for a net that is analysed as it is.
    small
        The net reduced, where it has too many markings; the graph is partial then.
    drawn, drawable
        The net with its decision diagram, where it has more markings than can be listed, and
        whether that may be tried still.
    few
        How many markings are listed for the sake of a shortest run.
    """

    net: PetriNet
    pump: Lasso | None
    budget: Budget
    listed: ReachabilityGraph | None = None
    progress: ProgressCallback | None = None
    goal: SoundnessGoal | None = None
    translation: NetTranslation | None = None
    small: ReducedNet | None = None
    drawn: SymbolicAnswers | None = None
    drawable: bool = True
    few: int = FEW
    _table: NetTable | None = None

    @property
    def graph(self) -> ReachabilityGraph:
        """The reachability graph as far as it is known: at least the initial marking."""
        if self.listed is None:
            self.listed = reachability_graph(self.net, budget=replace(self.budget, states=1))
            if self.pump is not None:
                self.listed.reason = UNBOUNDED
        return self.listed

    def table(self) -> NetTable:
        """The table of the net that all rechecks of this question share."""
        if self._table is None:
            self._table = NetTable(self.net)
        return self._table

    @property
    def complete(self) -> bool:
        """Whether all reachable markings, of the net or of its reduction, are known."""
        if self.small is not None and self.small.graph.complete:
            return True
        return self.graph.complete

    @property
    def n_states(self) -> int:
        """How many markings were seen, of the net or of its reduction."""
        found = (self.listed, None if self.small is None else self.small.graph)
        return max((graph.n_states for graph in found if graph is not None), default=0)

    def silent(self, groups: Mapping[str, Sequence[str]]) -> list[str]:
        """Return the groups of which no transition has occurred in the markings that were seen."""
        if self.small is not None:
            return self.small.never(groups)
        fired, index = self.graph.fired, self.net.transition_index
        return [
            name for name, group in groups.items() if not any(fired[index(t)] for t in group)
        ]  # fmt: skip

    def meets(self, predicate: Predicate) -> bool:
        """Return whether a marking with a predicate is reachable, or may be beyond a partial graph.

        For the conditions of the translation.
        """
        if not self.complete:
            return True
        if self.small is not None:
            return self.small.meets(predicate)
        return bool(self.graph.holds(predicate).any())

    def whole(self) -> ReachabilityGraph:
        """Return the graph of the net itself, as far as the budget goes."""
        if self.small is not None and self.pump is None and not self.graph.complete:
            self.listed = self.graph.continued(budget=self.budget, progress=self.progress)
        return self.graph

    def few_enough(self) -> bool:
        """Return whether all markings can be listed after all, where a shortest run is wanted."""
        if self.pump is None and self.graph.n_states < self.few:
            limit = replace(self.budget, states=self.few)
            self.listed = self.graph.continued(budget=limit, progress=self.progress)
        if self.graph.complete:
            self.small = None
        return self.graph.complete

    @property
    def final(self) -> Predicate | None:
        """The completion predicate for deadlocks; a plain net has its final marking."""
        return None if self.translation is None or self.goal is None else self.goal.completion


def pose(
    net: PetriNet,
    *,
    budget: Budget,
    progress: ProgressCallback | None = None,
    goal: SoundnessGoal | None = None,
    translation: NetTranslation | None = None,
) -> NetQuestion:
    """Explore a net, or its reduction where it has too many markings; see :class:`NetQuestion`.

    The first :data:`LEAST` markings are listed, unless there are very many places or a fork that
    makes more at once. Where these are not all, the net is reduced; where it has at most
    :data:`FEW` markings, or fewer with many places, these are listed as soon as something is
    violated, for a shortest run.
    """

    def posed(graph: ReachabilityGraph | None, pump: Lasso | None) -> NetQuestion:
        return NetQuestion(
            net=net, listed=graph, pump=pump, budget=budget, progress=progress, goal=goal,
            translation=translation,
        )  # fmt: skip

    limit = budget.fixed()
    most = min(FEW, max(LEAST, CELLS // (len(net.places) + 1)))
    few = most if limit.states is None else min(most, limit.states)
    graph: ReachabilityGraph | None = None
    if len(net.places) <= WIDE and _widest(net) < MANY:
        first = Budget(states=min(few, LEAST), bytes=limit.bytes, deadline=limit.deadline)
        graph = reachability_graph(net, budget=first, progress=progress)
        if graph.complete or limit.remaining() == 0.0:
            return posed(graph, None)
    small = ReducedNet(
        net,
        goal=goal,
        places=None if translation is None else translation.flow_places,
        also=() if translation is None else [predicate for predicate, _ in translation.conditions],
        budget=limit,
        progress=progress,
    )
    if not small.reduction.steps:
        return posed(*explore_or_pump(net, budget=limit, progress=progress, graph=graph))
    question = posed(graph, None)
    question.small, question.few = small, few
    if small.pump is not None:
        if graph is not None:
            graph.reason = UNBOUNDED
        question.pump = small.reduction.lasso(small.pump)
    return question


def _widest(net: PetriNet) -> int:
    """Return the most places that one transition fills; two to that power markings are likely."""
    return int(np.diff(net.post_arcs.offsets).max(initial=0))


def ask(question: NetQuestion, asked: str | AskedFormula) -> tuple[Verdict, PropertyKind]:
    """Decide a property, and say of which kind it is.

    Raises
    ------
    UsageError
        For a property that does not apply to the kind of model.
    """
    verdict = drawn_verdict(question, asked)
    if isinstance(asked, AskedFormula):
        if verdict is not None:
            return verdict, asked.kind
        predicate = question_predicate(question, asked)
        decide = invariant if asked.everywhere else reachable
        verdict = decide(question.net, predicate, graph=question.whole(), name=asked.text)
        return verdict, asked.kind
    translated = question.translation is not None
    if (asked in NET_ONLY and translated) or (asked in WORKFLOW_ONLY and not translated):
        other = "a net" if translated else "a workflow"
        raise UsageError(f"{asked} is a property of {other}")
    return (_named(question, asked) if verdict is None else verdict), KINDS[asked]


def _named(question: NetQuestion, name: str) -> Verdict:
    if question.small is not None and name in REDUCED:
        verdict = _reduced(question, question.small, name)
        if verdict.violated and question.few_enough():
            return _direct(question, name)
        if not verdict.unknown:
            return verdict
        direct = _direct(question, name)
        return verdict if direct.unknown else direct
    return _direct(question, name)


def _direct(question: NetQuestion, name: str) -> Verdict:
    """Decide a property on the net itself."""
    net, pump = question.net, question.pump
    graph = question.graph if name in REDUCED else question.whole()
    match name:
        case "soundness":
            return _sound(question)
        case "option-to-complete":
            return always_reachable(net, _goal(question).completion, graph=graph, name=name)
        case "proper-completion":
            return invariant(net, _goal(question).proper, graph=graph, name=name)
        case "deadlock":
            return deadlock(net, final=question.final, graph=graph, budget=question.budget)
        case "boundedness":
            return bounded(net, graph=graph, pump=pump, budget=question.budget)
        case "safeness":
            places = None if question.translation is None else question.translation.flow_places
            return safe(net, places=places, graph=graph, pump=pump)
        case "no-dead-activities":
            groups = _goal(question).occurs
            return no_dead_transitions(
                net, groups=groups, graph=graph, name=name, covering=_covering(question)
            )
        case "no-dead-transitions":
            return no_dead_transitions(net, graph=graph, covering=_covering(question))
        case "termination":
            return terminates(net, graph=None if pump is not None else graph).with_(property=name)
        case "termination-weak":
            return terminates(net, fairness="weak", graph=graph).with_(property=name)
        case "termination-strong":
            return terminates(net, fairness="strong", graph=graph).with_(property=name)
        case "lost-messages":
            return invariant(net, lost_messages(question), graph=graph, name=name)
        case "never-started-pools":
            return no_dead_transitions(net, groups=start_groups(question), graph=graph, name=name)
        case "workflow-net":
            return workflow_net(net)
        case _ if name in BEHAVIOUR:
            return net_behaviour(name, net, graph, question.budget)
        case _:
            raise UsageError(f"there is no property {name!r}")


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
        case "no-dead-activities":
            return small.occur(_goal(question).occurs, name=name)
        case "no-dead-transitions":
            return small.occur(None, name=name)
        case _:
            return small.occur(start_groups(question), name=name)


def _covering(question: NetQuestion) -> Predicate | None:
    """Return an invariant of a net that is known to be unbounded."""
    if question.pump is None:
        return None
    return covering_invariant(question.net, budget=question.budget, progress=question.progress)


def _goal(question: NetQuestion) -> SoundnessGoal:
    if question.goal is None:
        structure = workflow_net(question.net)
        raise UsageError(f"the net is no workflow net: {structure.explain()}")
    return question.goal


def _sound(question: NetQuestion) -> Verdict:
    return sound(
        question.net,
        goal=_goal(question),
        occurs_name="no-dead-activities",
        graph=question.graph,
        pump=question.pump,
    )


def question_predicate(question: NetQuestion, asked: AskedFormula) -> Predicate:
    """Return a formula's predicate over the places of the net."""
    if question.translation is not None:
        return workflow_predicate(question.translation, asked.predicate)
    return net_predicate(question.net, asked.predicate)


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
