"""Nets that remember the last step, for ``done(t)`` in formulas.

A mark moves between extra places, one for each kind of last step that the formula tells apart, and
each transition has a copy for each place that the mark may be in. What the net does is not changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from petri.firing import with_labels
from petri.net import PetriNet
from petri.nodes import Transition
from transition_systems.properties.formulas import Formula
from transition_systems.properties.names import require_names
from transition_systems.properties.predicates import (
    FALSE,
    TRUE,
    And,
    Atom,
    Enabled,
    Not,
    Or,
    Predicate,
    at_least,
    conjunction,
    disjunction,
)
from transition_systems.properties.walk import (
    fold_predicate,
    map_predicates,
    predicates_in,
    subpredicates,
)
from transition_systems.run import Lasso, Run, Step

__all__ = ["LastSteps", "done_names", "with_last_steps"]

HEAD, MARK = "done(", "last step "


def done_names(formula: Formula) -> tuple[str, ...]:
    """Return the names x of the parts ``done(x)`` of a formula, each once.

    Examples
    --------
    >>> from transition_systems.properties.parse import parse_formula
    >>> done_names(parse_formula("G (done(pay) -> F (p && !done(ship)))"))
    ('pay', 'ship')
    """
    return tuple(
        dict.fromkeys(
            name
            for predicate in predicates_in(formula)
            for node in subpredicates(predicate)
            if (name := _done(node)) is not None
        )
    )


def _done(node: Predicate) -> str | None:
    if isinstance(node, Atom) and node.name.startswith(HEAD) and node.name.endswith(")"):
        return node.name[len(HEAD) : -1]
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class LastSteps:
    """A net that remembers its last step, and a formula about it.

    Parameters
    ----------
    given
        The net that remembers nothing.
    net
        The net. The copies of a transition ``t`` are ``t@0`` (nothing done before), ``t@1``, ...
    formula
        The formula over its places and transitions.
    marks
        The places of the mark.
    """

    given: PetriNet
    net: PetriNet
    formula: Formula
    marks: tuple[str, ...]

    def own(self, run: Run | Lasso) -> Run | Lasso:
        """Return a run of this net as one of the given net."""
        marks = set(self.marks)

        def plain(state: Mapping[str, int]) -> dict[str, int]:
            return {place: count for place, count in state.items() if place not in marks}

        def step(one: Step) -> Step:
            name, at, number = one.action.rpartition("@")
            action = name if at and number.isdecimal() else one.action
            return replace(one, action=action, state=plain(one.state))

        steps = tuple(step(one) for one in run.steps)
        return with_labels(self.given, replace(run, initial=plain(run.initial), steps=steps))

    def copies(self, transition: str) -> tuple[str, ...]:
        """Return the ids of the copies of a transition of the given net."""
        return tuple(f"{transition}@{number}" for number in range(len(self.marks)))


def with_last_steps(net: PetriNet, formula: Formula) -> LastSteps:
    """Return the net that remembers of its last step what the formula asks, and the formula.

    Parameters
    ----------
    net
        Any net.
    formula
        A formula over its places, ``enabled(t)`` and ``done(t)``: the last step was ``t``. In the
        initial marking nothing is done.

    Returns
    -------
    LastSteps
        The net has as many transitions for each of the given net as there are different answers
        of the formula's predicates to the question what the last step was; without the mark it is
        bisimilar to the given net.

    Raises
    ------
    ExpressionError
        For a transition that the net does not have.

    Notes
    -----
    O(transitions * size of the formula).

    Examples
    --------
    >>> from transition_systems.properties.format import format_formula
    >>> from transition_systems.properties.parse import parse_formula
    >>> net = PetriNet(places=["p"], transitions=["a", "b"], arcs=[("p", "a"), ("b", "p")])
    >>> found = with_last_steps(net, parse_formula("G !done(a)"))
    >>> found.net.transition_ids
    ('a@0', 'b@0', 'a@1', 'b@1')
    >>> format_formula(found.formula)
    'G ("last step 0" >= 1)'
    """
    require_names(done_names(formula), net.transition_ids, kind="transition")
    predicates = list(dict.fromkeys(predicates_in(formula)))
    kinds: dict[tuple[Predicate, ...], int] = {}
    kinds[tuple(_after(predicate, None) for predicate in predicates)] = 0
    asked = set(done_names(formula))
    other: int | None = None
    kind: dict[str, int] = {}
    for transition in net.transition_ids:
        if transition not in asked and other is not None:
            kind[transition] = other
            continue
        told = tuple(_after(predicate, transition) for predicate in predicates)
        kind[transition] = kinds.setdefault(told, len(kinds))
        if transition not in asked:
            other = kind[transition]
    marks = _free(net.place_ids, len(kinds))
    copies = range(len(kinds))
    meaning: dict[Predicate, Predicate] = {}
    for number, predicate in enumerate(predicates):
        answers = [told[number] for told in kinds]
        if len(set(answers)) == 1:
            found = answers[0]
        else:
            found = disjunction(
                *(
                    conjunction(at_least(mark), answer)
                    for mark, answer in zip(marks, answers, strict=True)
                )
            )
        meaning[predicate] = _copied(found, len(kinds))
    arcs: list[tuple[str, str, int]] = []
    transitions = set(net.transition_ids)
    for arc in net.arcs:
        for copy in copies:
            ends = [f"{x}@{copy}" if x in transitions else x for x in (arc.source, arc.target)]
            arcs.append((ends[0], ends[1], arc.weight))
    for transition in net.transition_ids:
        for copy in copies:
            arcs.append((marks[copy], f"{transition}@{copy}", 1))
            arcs.append((f"{transition}@{copy}", marks[kind[transition]], 1))
    final = net.final
    made = PetriNet(
        places=[*net.places, *marks],
        transitions=[
            Transition(id=f"{node.id}@{copy}", label=node.label)
            for copy in copies
            for node in net.transitions
        ],
        arcs=arcs,
        initial={**net.initial.to_dict(), marks[0]: 1},
        final=None if final is None else final.to_dict(),
        name=net.name,
    )
    return LastSteps(
        given=net,
        net=made,
        formula=map_predicates(formula, meaning.__getitem__),
        marks=tuple(marks),
    )


def _free(taken: Iterable[str], count: int) -> list[str]:
    """Return names for the places of the mark that the net does not have."""
    known, head = set(taken), MARK
    while any(f"{head}{number}" in known for number in range(count)):
        head += "'"
    return [f"{head}{number}" for number in range(count)]


def _after(predicate: Predicate, last: str | None) -> Predicate:
    """Return what a predicate says where the last step is known; ``None`` before any."""

    def combine(node: Predicate, parts: list[Predicate]) -> Predicate:
        match node:
            case Atom():
                name = _done(node)
                if name is None:
                    return node
                return TRUE if name == last else FALSE
            case Not():
                if parts[0] in (TRUE, FALSE):
                    return FALSE if parts[0] == TRUE else TRUE
                return Not(parts[0])
            case And():
                return conjunction(*parts)
            case Or():
                return disjunction(*parts)
            case _:
                return node

    return fold_predicate(predicate, combine)


def _copied(predicate: Predicate, copies: int) -> Predicate:
    """Return a predicate with ``enabled`` of some copy for ``enabled`` of a transition."""

    def combine(node: Predicate, parts: list[Predicate]) -> Predicate:
        match node:
            case Enabled(name=name):
                return disjunction(*(Enabled(f"{name}@{copy}") for copy in range(copies)))
            case Not():
                return Not(parts[0])
            case And():
                return And(tuple(parts))
            case Or():
                return Or(tuple(parts))
            case _:
                return node

    return fold_predicate(predicate, combine)
