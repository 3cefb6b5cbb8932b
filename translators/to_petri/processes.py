"""Processes: how they start, what stops them, when they are complete."""

from __future__ import annotations

from dataclasses import dataclass, field

from transition_systems.properties.predicates import (
    Compare,
    Predicate,
    at_most,
    conjunction,
    disjunction,
)
from translators.to_petri.context import Context
from translators.to_petri.event_scopes import add_process_interruptions, event_starts
from translators.to_petri.fragments import run_gate
from translators.to_petri.scopes import build_content, start_step
from translators.to_petri.throws import armed_place
from translators.workflow.graph import EventKind, Node, Scope, Trigger

__all__ = ["Process", "build_process"]

SEVERAL_ONE = "A process with several start events starts at exactly one of them, by free choice."
SEVERAL_ALL = "A process with several start events starts at all of them together."
IMPLICIT = "A process without start event starts at all nodes without incoming flow together."


@dataclass(slots=True)
class Process:
    """A process in the net.

    Parameters
    ----------
    scope
        Its scope.
    scopes
        The ids of all scopes inside, its own included.
    run_gate
        The place without whose token nothing in it can act, where some event ends it at once.
    main_gate, exempt
        The place that an interrupting event sub-process empties, and the scopes that do not need
        its token.
    """

    scope: Scope
    scopes: frozenset[str]
    run_gate: str | None = None
    main_gate: str | None = None
    exempt: frozenset[str] = field(default_factory=frozenset)

    def gates_of(self, scope: str) -> list[str]:
        """Return the gates whose tokens the tokens of a scope need to be alive."""
        gates = [] if self.run_gate is None else [self.run_gate]
        if self.main_gate is not None and scope not in self.exempt:
            gates.append(self.main_gate)
        return gates

    def close(self, context: Context) -> None:
        """Let every transition of the process need its gates."""
        if self.scope.id in context.terminating:
            self.run_gate = run_gate(context, self.scope)
        if self.run_gate is None and self.main_gate is None:
            return
        for record in context.assembly.transitions.values():
            if record.scope not in self.scopes:
                continue
            for gate in self.gates_of(record.scope):
                if gate not in record.pre:
                    record.pre[gate] = 1
                    record.post[gate] = 1

    def completion(self, context: Context) -> Predicate:
        """Return the predicate "no token is alive in a started instance of the process"."""
        live = [p for p in context.assembly.places.values() if p.live and p.scope in self.scopes]
        main = [p.id for p in live if p.scope not in self.exempt]
        rest = [p.id for p in live if p.scope in self.exempt]
        done = _empty(main)
        if self.main_gate is not None:
            done = conjunction(disjunction(at_most(self.main_gate, 0), done), _empty(rest))
        if self.run_gate is not None:
            done = disjunction(at_most(self.run_gate, 0), done)
        return done


def _empty(places: list[str]) -> Predicate:
    if not places:
        return conjunction()
    return Compare(tuple((place, 1) for place in places), "<=", 0)


def build_process(context: Context, scope: Scope) -> Process:
    """Add all fragments of a process, innermost scopes first."""
    index = context.index
    scopes = list(index.within(scope.id))
    _starts(context, scope)
    for inner in reversed(scopes):
        build_content(context, inner.id)
    process = Process(scope=scope, scopes=frozenset(s.id for s in scopes))
    for _, start in event_starts(context, scope.id):
        armed_place(context, scope.id, start)
    interruptions = add_process_interruptions(context, scope.id)
    if interruptions is not None:
        process.main_gate, exempt = interruptions
        process.exempt = frozenset(exempt)
    return process


def _starts(context: Context, scope: Scope) -> None:
    """Add the places and transitions that start a process once."""
    index, assembly = context.index, context.assembly
    starts = index.starts(scope.id)
    if not starts:
        implicit = index.implicit_starts(scope.id)
        if implicit:
            context.assume(IMPLICIT)
        for node in implicit:
            context.enter_place(node, initial=1)
        return
    several = len(starts) > 1
    if several:
        context.assume(SEVERAL_ONE if context.starts == "one" else SEVERAL_ALL)
    shared: str | None = None
    if not several or context.starts == "one":
        live = any(_starts_itself(start) for start in starts)
        shared = assembly.place(
            f"{scope.id}.start", "start", scope.id, scope.id, live=live, initial=1, span=scope.span
        )
    for start in starts:
        place = shared or context.enter_place(start, live=_starts_itself(start), initial=1)
        start_step(context, start, place)


def _starts_itself(start: Node) -> bool:
    """Return whether a start needs nothing from outside."""
    return start.event is EventKind.START and start.trigger is Trigger.NONE
