"""One side of a comparison: its net, when it is done, where its translation is not exact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from netproof.difference.behaviour import Allowance, Behaviour, Test, predicate_test
from netproof.difference.letters import Action, net_actions, workflow_actions
from netproof.loading import Model
from petri import PetriNet
from petri.soundness import workflow_goal
from petri.workflow_net import workflow_net
from transition_systems.errors import UsageError
from transition_systems.properties.predicates import Predicate
from translators.ledger import Direction, Entry, Ledger
from translators.to_petri import NetTranslation

__all__ = ["Subject"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A model with its net.

    Parameters
    ----------
    which
        ``old`` or ``new``.
    model, net, translation
        The model, its net, and the map to it where there was one.
    ledger
        What became of each element.
    """

    which: str
    model: Model
    net: PetriNet
    translation: NetTranslation | None
    ledger: Ledger

    @property
    def refusal(self) -> str | None:
        """Why nothing can be said of the runs, ``None`` where all was understood."""
        refused = self.ledger.refused
        if not refused:
            return None
        entry = refused[0]
        more = f"; {len(refused) - 1} more refused" if len(refused) > 1 else ""
        place = f" (line {entry.span.line})" if entry.span is not None and entry.span.line else ""
        return (
            f"in the {self.which} model {entry.kind} {entry.element}{place} was refused: "
            f"{entry.note}{more}"
        )

    @property
    def always_exact(self) -> bool:
        """Whether the net has just the runs of the model, whatever states it reaches."""
        loose = any(e.direction is not Direction.EXACT for e in self.ledger.abstracted)
        return not loose and (self.translation is None or not self.translation.conditions)

    def actions(self, other: NetTranslation | None) -> list[Action]:
        """Return what can be seen of it; ``other`` is the map of the other model, if it has one."""
        if self.translation is not None:
            return workflow_actions(self.translation)
        return net_actions(self.net, other)

    @property
    def completion(self) -> Predicate | None:
        """When all is done; ``None`` for a net that is no workflow net."""
        if self.translation is not None:
            return self.translation.goal.completion
        if not workflow_net(self.net).holds:
            return None
        try:
            return workflow_goal(self.net).completion
        except UsageError:
            return None

    def done(self) -> Test | None:
        """Return the completion as a function of a marking."""
        if self.translation is None and self.net.final is not None:
            final = tuple(self.net.final.to_array(self.net.place_ids).tolist())
            return lambda marking: marking == final
        completion = self.completion
        places = {id: number for number, id in enumerate(self.net.place_ids)}
        return None if completion is None else predicate_test(completion, places)

    def behaviour(self, letters: Mapping[str, int], allowance: Allowance) -> Behaviour:
        """Return its states as an observer tells them apart."""
        return Behaviour(self.net, letters, self.done(), self._eager(letters), allowance)

    def _eager(self, letters: Mapping[str, int]) -> frozenset[str]:
        """Return silent transitions that can be done at once without a difference to any run.

        Such a transition takes away only from places that nothing else takes from, so that doing it
        early disables nothing. While it can be done its process is not done, which makes it
        unimportant for the end of a run, too.
        """
        before: dict[str, dict[str, int]] = {id: {} for id in self.net.transition_ids}
        after: dict[str, dict[str, int]] = {id: {} for id in self.net.transition_ids}
        takers: dict[str, set[str]] = {}
        for source, target, weight in self.net.arcs:
            if target in before:
                before[target][source] = weight
                takers.setdefault(source, set()).add(target)
            else:
                after[source][target] = weight
        if self.translation is not None and self.translation.conditions:
            return frozenset()
        lost: dict[str, set[str]] = {}
        gained: dict[str, set[str]] = {}
        for t, needs in before.items():
            gives = after[t]
            less = {p for p, n in needs.items() if gives.get(p, 0) < n}
            more = {p for p, n in gives.items() if needs.get(p, 0) < n}
            alone = all(takers[p] == {t} for p in less)
            if t not in letters and less and alone and self._unfinished(less, more):
                lost[t], gained[t] = less, more
        return frozenset(_without_cycles(lost, gained))

    def _unfinished(self, less: set[str], more: set[str]) -> bool:
        """Return whether nothing is done while tokens are in ``less``, wherever they go."""
        if self.translation is None:
            final = self.net.final
            if final is not None:
                return not all(final.get(place, 0) for place in less)
            return any(self.net.postset(place) for place in less)
        live = [p for p in less if self._gates(p) is not None]
        return any(all(self._gates(p) in (None, self._gates(one)) for p in more) for one in live)

    def _gates(self, place: str) -> tuple[str, tuple[str, ...]] | None:
        """Return the process and gates of a place that keeps it from being done, or ``None``."""
        assert self.translation is not None
        record = self.translation.places.get(place)
        if record is None or not record.live or record.scope is None:
            return None
        for process in self.translation.processes:
            if record.scope in process.scopes:
                return process.scope.id, tuple(process.gates_of(record.scope))
        return None

    def approximations(self, markings: Iterable[tuple[int, ...]]) -> list[Entry]:
        """Return the entries of the ledger that make the explored states more or fewer than real.

        Entries that count only where a statement is reached count if an explored state meets it.
        """
        explored = list(markings)
        found = [e for e in self.ledger.abstracted if e.direction is not Direction.EXACT]
        if self.translation is not None:
            places = {id: number for number, id in enumerate(self.net.place_ids)}
            for statement, entry in self.translation.conditions:
                test = predicate_test(statement, places)
                if entry.direction is not Direction.EXACT and any(
                    test(marking) for marking in explored
                ):
                    found.append(entry)
        return found


def _without_cycles(lost: dict[str, set[str]], gained: dict[str, set[str]]) -> set[str]:
    """Return the transitions that no cycle of them feeds."""
    into = {place: t for t, places in lost.items() for place in places}
    feeds = {t: {into[p] for p in places if p in into} for t, places in gained.items()}
    waiting = dict.fromkeys(feeds, 0)
    for targets in feeds.values():
        for target in targets:
            waiting[target] += 1
    ready = [t for t, count in waiting.items() if count == 0]
    kept: set[str] = set()
    while ready:
        t = ready.pop()
        kept.add(t)
        for target in feeds[t]:
            waiting[target] -= 1
            if waiting[target] == 0:
                ready.append(target)
    return kept
