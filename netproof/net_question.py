"""A net that is asked about: its state space as far as it is known, and how it is posed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from netproof.recheck.net_table import NetTable
from petri import PetriNet, reachability_graph
from petri.reductions.answers import ReducedNet
from petri.soundness import SoundnessGoal
from petri.state_space.exploring import UNBOUNDED, explore_or_pump
from petri.state_space.reachability import ReachabilityGraph
from petri.state_space.symbolic.answers import SymbolicAnswers
from transition_systems.budget import Budget
from transition_systems.progress import ProgressCallback
from transition_systems.properties.predicates import Predicate
from transition_systems.run import Lasso
from translators.to_petri import NetTranslation

__all__ = ["FEW", "NetQuestion", "few_markings", "pose"]

FEW = 5_000
LEAST, CELLS = 200, 1_000_000
WIDE, MANY = 300, 8


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
        Limits of the search, and a callback.
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
    _proofs: Budget | None = None

    @property
    def graph(self) -> ReachabilityGraph:
        """The reachability graph as far as it is known: at least the initial marking."""
        if self.listed is None:
            self.listed = reachability_graph(self.net, budget=replace(self.budget, states=1))
            if self.pump is not None:
                self.listed.reason = UNBOUNDED
        return self.listed

    @property
    def proofs(self) -> Budget:
        """The limits of what is asked of the markings that were found: those of the search, too."""
        return self.budget if self._proofs is None else self._proofs

    def proved_within(self, limit: Budget) -> None:
        """Let what is asked of the markings that were found have limits of its own."""
        self._proofs = limit
        if self.small is not None:
            self.small.proving = limit

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
    safeness: bool = True,
) -> NetQuestion:
    """Explore a net, or its reduction where it has too many markings; see :class:`NetQuestion`.

    The first :data:`LEAST` markings are listed, unless there are very many places or a fork that
    makes more at once. Where these are not all, the net is reduced; where it has at most
    :data:`FEW` markings, or fewer with many places, these are listed as soon as something is
    violated, for a shortest run. Without ``safeness``, that is not asked of the reduction.
    """

    def posed(graph: ReachabilityGraph | None, pump: Lasso | None) -> NetQuestion:
        return NetQuestion(
            net=net, listed=graph, pump=pump, budget=budget, progress=progress, goal=goal,
            translation=translation,
        )  # fmt: skip

    limit = budget.fixed()
    most = few_markings(net)
    few = most if limit.states is None else min(most, limit.states)
    graph: ReachabilityGraph | None = None
    if len(net.places) <= WIDE and _widest(net) < MANY:
        first = Budget(states=min(few, LEAST), bytes=limit.bytes, deadline=limit.deadline)
        graph = reachability_graph(net, budget=first, progress=progress)
        if graph.complete or limit.remaining() == 0.0:
            return posed(graph, None)
    places: Sequence[str] | None = None if translation is None else translation.flow_places
    if not safeness:
        places = ()
    small = ReducedNet(
        net,
        goal=goal,
        places=places,
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


def few_markings(net: PetriNet) -> int:
    """Return how many markings of a net are listed at once: fewer where there are many places."""
    return min(FEW, max(LEAST, CELLS // (len(net.places) + 1)))


def _widest(net: PetriNet) -> int:
    """Return the most places that one transition fills; two to that power markings are likely."""
    return int(np.diff(net.post_arcs.offsets).max(initial=0))
