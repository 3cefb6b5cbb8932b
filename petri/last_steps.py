"""Nets that remember the last step, for ``done(t)`` in formulas.

A mark moves between extra places, one for each kind of last step that the formula tells apart, and
each transition has a copy for each place that the mark may be in. What the net does is not changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from petri.firing import with_labels
from petri.net import PetriNet
from petri.nodes import Transition
from transition_systems.errors import UsageError
from transition_systems.properties.formulas import Formula, State
from transition_systems.properties.names import require_names
from transition_systems.properties.predicates import (
    FALSE,
    TRUE,
    And,
    Atom,
    Enabled,
    LastStep,
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

__all__ = [
    "LastSteps",
    "done_names",
    "require_no_last_steps",
    "with_last_steps",
    "with_last_steps_of",
]

MARK = "last step "


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
    return node.step if isinstance(node, LastStep) and node.word == "done" else None


def require_no_last_steps(asked: Formula | Predicate) -> None:
    """Check that nothing is asked about the last step, which the markings of a net do not tell.

    A place may be called ``"done(t)"``, in quotation marks.

    Raises
    ------
    UsageError
        For ``done(...)`` and ``started(...)``.
    """
    for predicate in predicates_in(asked) if isinstance(asked, Formula) else (asked,):
        for node in subpredicates(predicate):
            if isinstance(node, LastStep):
                raise UsageError(f"{node.word}(...) is about the net that remembers its last step")


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
    meaning
        What each predicate that was asked is about the places and transitions of the net.
    """

    given: PetriNet
    net: PetriNet
    formula: Formula
    marks: tuple[str, ...]
    meaning: Mapping[Predicate, Predicate] = field(repr=False, compare=False)

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
    O(size of the formula + k * (transitions + arcs)) for k kinds of last steps.

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
    made = with_last_steps_of(net, predicates_in(formula))
    return replace(made, formula=map_predicates(formula, made.meaning.__getitem__))


def with_last_steps_of(net: PetriNet, asked: Iterable[Predicate]) -> LastSteps:
    """Return the net of :func:`with_last_steps` for predicates, which its ``meaning`` maps.

    Parameters
    ----------
    net, asked
        Any net; predicates over its places, ``enabled(t)`` and ``done(t)``.

    Returns
    -------
    LastSteps
        Its ``formula`` is ``true``.

    Raises
    ------
    ExpressionError
        For a transition that the net does not have.

    Notes
    -----
    As :func:`with_last_steps`.

    Examples
    --------
    >>> net = PetriNet(places=["p"], transitions=["a", "b"], arcs=[("p", "a"), ("b", "p")])
    >>> made = with_last_steps_of(net, [LastStep("done(a)")])
    >>> made.copies("a"), len(made.meaning)
    (('a@0', 'a@1'), 1)
    """
    predicates = list(dict.fromkeys(asked))
    done = [name for one in predicates for node in subpredicates(one) if (name := _done(node))]
    require_names(done, net.transition_ids, kind="transition")
    groups = _Groups(predicates)
    kinds: dict[tuple[Predicate, ...], int] = {groups.after(()): 0}
    told: dict[tuple[int, ...], int] = {(): 0}
    kind: dict[str, int] = {}
    for transition in net.transition_ids:
        held = groups.holding(transition)
        if held not in told:
            told[held] = kinds.setdefault(groups.after(held), len(kinds))
        kind[transition] = told[held]
    marks = _free(net.place_ids, len(kinds))
    copies = range(len(kinds))
    meaning: dict[Predicate, Predicate] = {}
    for number, predicate in enumerate(predicates):
        answers = [answer[number] for answer in kinds]
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
        formula=State(TRUE),
        marks=tuple(marks),
        meaning=meaning,
    )


def _free(taken: Iterable[str], count: int) -> list[str]:
    """Return names for the places of the mark that the net does not have."""
    known, head = set(taken), MARK
    while any(f"{head}{number}" in known for number in range(count)):
        head += "'"
    return [f"{head}{number}" for number in range(count)]


class _Groups:
    """The parts ``done(x) || done(y) || ...`` of predicates, each as one atom.

    What a predicate says after a step depends on the groups that the step is in, of which there are
    few where a label stands for thousands of transitions.
    """

    def __init__(self, predicates: Iterable[Predicate]) -> None:
        given = list(predicates)
        names = {n.name for one in given for n in subpredicates(one) if isinstance(n, Atom)}
        self.head = "step of group "
        while any(name.startswith(self.head) for name in names):
            self.head += "'"
        self.numbers: dict[frozenset[str], int] = {}
        self.predicates = [self._alone(fold_predicate(one, self._grouped)) for one in given]
        self.of: dict[str, list[int]] = {}
        for group, number in self.numbers.items():
            for name in group:
                self.of.setdefault(name, []).append(number)

    def _atom(self, group: frozenset[str]) -> Atom:
        return Atom(f"{self.head}{self.numbers.setdefault(group, len(self.numbers))}")

    def _grouped(self, node: Predicate, parts: list[Predicate]) -> Predicate:
        """Return a node with groups in place of done(); inside a disjunction these come later."""
        match node:
            case Or(operands=operands):
                done = [_done(operand) for operand in operands]
                group = frozenset(name for name in done if name is not None)
                kept = [part for part, name in zip(parts, done, strict=True) if name is None]
                return Or((*kept, self._atom(group))) if group else Or(tuple(kept))
            case And():
                return And(tuple(self._alone(part) for part in parts))
            case Not():
                return Not(self._alone(parts[0]))
            case _:
                return node

    def _alone(self, node: Predicate) -> Predicate:
        name = _done(node)
        return node if name is None else self._atom(frozenset([name]))

    def holding(self, transition: str) -> tuple[int, ...]:
        """Return the groups that a transition is in."""
        return tuple(sorted(self.of.get(transition, ())))

    def after(self, held: tuple[int, ...]) -> tuple[Predicate, ...]:
        """Return what each predicate says after a step that is in some groups."""
        true = {f"{self.head}{number}" for number in held}

        def combine(node: Predicate, parts: list[Predicate]) -> Predicate:
            match node:
                case Atom(name=name) if name.startswith(self.head):
                    return TRUE if name in true else FALSE
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

        return tuple(fold_predicate(one, combine) for one in self.predicates)


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
