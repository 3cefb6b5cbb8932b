"""What an error of a draft depends on: unless one of these changes, the same run stays possible.

An error is told as a list of terms, each a conjunction of changes. A repair has to make at least
one of the terms true. The changes are

``kind g``
    gateway ``g`` gets the other kind;
``from f``, ``to f``
    flow ``f`` goes, or starts (ends) elsewhere;
``in n``, ``out n``
    a flow is added to (from) node ``n``, or led there.
"""

from __future__ import annotations

from collections import Counter
from typing import Literal, TypeAlias

from petri.soundness import ErrorKind
from transition_systems.run import Run
from translators.repair.draft import Draft
from translators.repair.judge import Error
from translators.repair.routes import ALL, CHOOSE, END, Place, Routes
from translators.repair.search import Finding, Firing
from translators.workflow.graph import GatewayKind

__all__ = ["Change", "Term", "terms_of", "terms_of_paths", "terms_of_run"]

Change: TypeAlias = tuple[Literal["kind", "from", "to", "in", "out"], str]
Term: TypeAlias = tuple[Change, ...]


def terms_of(finding: Finding) -> set[Term]:
    """Return the terms of which one has to become true, or else the error stays.

    An end that is reached twice needs only the steps that bring two tokens there: tokens elsewhere
    take nothing away. A marking in which nothing happens needs all steps, and that the joins go on
    to lack what they lack. A livelock and a dead part need that all is the same wherever a token
    can be.
    """
    made = _Terms(finding.routes)
    match finding.kind:
        case ErrorKind.LACK_OF_SYNCHRONISATION | ErrorKind.IMPROPER_COMPLETION:
            made.cone(finding)
        case ErrorKind.DEADLOCK_AT_JOIN:
            made.steps(finding.run)
            made.stuck(finding.marked)
        case _:
            made.steps(finding.run)
            made.everywhere(finding.marked)
    return made.terms


class _Terms:
    def __init__(self, routes: Routes) -> None:
        self.routes = routes
        self.terms: set[Term] = set()

    def add(self, *changes: Change) -> None:
        self.terms.add(tuple(sorted(changes)))

    def chain(self, place: Place, *, exact: bool) -> None:
        """Require that a token goes through the nodes of a place as it did."""
        role = self.routes.role
        for number, node in enumerate(place.between):
            self.add(("to", place.flows[number]))
            self.add(("from", place.flows[number + 1]))
            if role[node] == ALL:
                self.add(("in", node))
                if exact:
                    self.add(("out", node))
            elif role[node] == CHOOSE:
                self.add(("kind", node), ("in", node))
                if exact:
                    self.add(("kind", node), ("out", node))
            elif exact:
                self.add(("out", node))

    def last_flow(self, number: int) -> str:
        return self.routes.places[number].flows[-1]

    def take(self, firing: Firing, *, exact: bool) -> None:
        """Require that a node still gets the tokens that it took."""
        target = self.routes.places[firing.taken[0]].target if firing.taken else firing.node
        for number in firing.taken:
            self.chain(self.routes.places[number], exact=exact)
            self.add(("to", self.last_flow(number)))
        if self.routes.role[target] == ALL:
            self.add(("in", target))

    def fill(self, number: int) -> None:
        if number < self.routes.count:
            self.add(("from", self.routes.places[number].flows[0]))

    def steps(self, run: tuple[Firing, ...]) -> None:
        """Require that all steps of a run are as they were, with all that they fill."""
        routes = self.routes
        assert routes.start is not None
        for number in routes.first:
            self.fill(number)
        self.add(("out", routes.start))
        for firing in run:
            self.take(firing, exact=True)
            for number in firing.filled:
                self.fill(number)
            if routes.role[firing.node] == CHOOSE or routes.role[firing.node] == ALL:
                self.add(("kind", firing.node))
            if routes.role[firing.node] not in (CHOOSE, END) or not firing.filled:
                self.add(("out", firing.node))

    def cone(self, finding: Finding) -> None:
        """Require only the steps that bring two tokens to an end."""
        routes = self.routes
        (end,) = finding.run[-1].filled
        need: Counter[int] = Counter({end: 2})
        for firing in reversed(finding.run):
            used = [number for number in firing.filled if need[number] > 0]
            if not used:
                continue
            for number in used:
                need[number] -= 1
                self.fill(number)
            self.take(firing, exact=False)
            need.update(firing.taken)
            self._kind(firing, len(used))
        for number in routes.first:
            if need[number] > 0:
                self.fill(number)

    def _kind(self, firing: Firing, used: int) -> None:
        """Require the kind of a gateway where the other kind would not do as well."""
        role, node = self.routes.role[firing.node], firing.node
        if role == CHOOSE:
            if len(self.routes.into[node]) > 1:
                self.add(("kind", node))
            else:
                self.add(("kind", node), ("in", node))
        elif role == ALL and used > len(firing.taken):
            self.add(("kind", node))

    def stuck(self, marked: frozenset[int]) -> None:
        """Require that joins go on to lack a token."""
        for number in marked:
            place = self.routes.places[number]
            self.chain(place, exact=True)
            self.add(("to", self.last_flow(number)))
            self.add(("kind", place.target))
            held = {self.last_flow(n) for n in marked}
            missing = [f for f in self.routes.into[place.target] if f not in held]
            lacking: list[Change] = [("to", flow) for flow in missing]
            self.add(*lacking)

    def everywhere(self, marked: frozenset[int]) -> None:
        """Require that whatever has a token somewhere does just what it did."""
        routes = self.routes
        nodes: set[str] = {routes.start} if routes.start is not None else set()
        for number in marked:
            place = routes.places[number]
            nodes.update(place.between)
            nodes.add(place.target)
            nodes.update(routes.beside.get(place.target, ()))
        for node in nodes:
            if routes.role[node] in (CHOOSE, ALL):
                self.add(("kind", node))
            for flow in routes.out[node]:
                self.add(("from", flow))
            for flow in routes.into[node]:
                self.add(("to", flow))
            self.add(("in", node))
            self.add(("out", node))


def terms_of_paths(before: Draft, after: Draft) -> set[Term]:
    """Return the terms of which one has to become true for all nodes to be on a path again.

    A part that is cut off is led to again by a flow into it, and one from which no end is reached
    any more by a flow out of it; or the flow that was taken away comes back.
    """
    cut = after.nodes.keys() - after.path_nodes()
    terms: set[Term] = set()
    for name in cut:
        terms |= {(("in", name),), (("out", name),)}
    for flow, ends in before.flows.items():
        if after.flows.get(flow) != ends:
            terms |= {(("from", flow),), (("to", flow),)}
    return terms


def terms_of_run(error: Error, draft: Draft) -> set[Term] | None:
    """Return the terms for an error that was found on the net; ``None`` where none are known.

    A run stays possible where all that happens in it, and all that has a token at its end, is left
    as it is. Not so where an inclusive join may look at the whole workflow.
    """
    into, out = draft.around()
    for name, node in draft.nodes.items():
        looks = node.gateway in (GatewayKind.INCLUSIVE, GatewayKind.COMPLEX)
        if looks and len(into[name]) > 1:
            return None
    verdict, translation = error.verdict, error.translation
    if verdict is None or translation is None or verdict.witness is None:
        return None
    witness = verdict.witness
    if isinstance(witness, Run) and error.kind is ErrorKind.LIVELOCK:
        return None
    nodes = {translation.transitions[name].owner for name in witness.actions}
    for place in witness.last:
        record = translation.places.get(place)
        if record is None:
            continue
        nodes.add(record.element)
        if record.element in draft.flows:
            nodes.update(draft.flows[record.element])
    nodes.update(n.id for n in draft.nodes.values() if n.attached_to in nodes)
    terms: set[Term] = set()
    for name in nodes & draft.nodes.keys():
        terms |= {(("kind", name),), (("in", name),), (("out", name),)}
        terms |= {(("to", flow),) for flow in into[name]}
        terms |= {(("from", flow),) for flow in out[name]}
    return terms
