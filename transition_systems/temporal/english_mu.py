"""Formulas of the modal mu-calculus in plain English."""

from __future__ import annotations

from transition_systems.properties.format import LOOSE, PRIMARY, Text, inside
from transition_systems.properties.predicates import FALSE, TRUE, Constant
from transition_systems.shown_labels import shown_label
from transition_systems.temporal.action_formulas import (
    ANY_LABEL,
    ActionFormula,
    Connected,
)
from transition_systems.temporal.english import predicate_in_english, predicate_inside
from transition_systems.temporal.mu_formulas import (
    Bound,
    Every,
    Fixpoint,
    Holds,
    Modal,
    MuFormula,
    No,
    Some,
)

__all__ = ["mu_in_english", "mu_sentence"]

MOST = 600
# A part that is open to its right cannot stand before "and" or "until" without parentheses; one
# with a comma of its own (LOOSE) cannot stand inside another at all.
OPEN = (LOOSE + PRIMARY) // 2


def mu_in_english(formula: MuFormula) -> str | None:
    """Return what a formula says of a state, as a part of a sentence; ``None`` if it is too long.

    Examples
    --------
    >>> from transition_systems.temporal.mu_parse import parse_mu
    >>> mu_in_english(parse_mu("<pay> true && [!pay] false"))
    'some step pay can be taken, and no step other than pay can be taken'
    >>> mu_in_english(parse_mu("nu X. <a> X"))
    'the state is in X, the largest set of states such that some step a leads to a state in X'
    >>> mu_in_english(parse_mu("[true*] <true*> dead"))
    'always it is possible to get to where nothing can happen'
    """
    try:
        return _Telling().clause(formula)
    except _TooLongError:
        return None


def mu_sentence(formula: MuFormula, *, holds: bool) -> str:
    """Return a sentence that tells whether a formula holds at the start.

    Examples
    --------
    >>> from transition_systems.temporal.mu_parse import parse_mu
    >>> mu_sentence(parse_mu("[pay] false"), holds=False)
    'At the start this does not hold: no step pay can be taken.'
    """
    said = mu_in_english(formula)
    if said is None:
        return f"The formula {'holds' if holds else 'does not hold'} at the start."
    return f"At the start {'' if holds else 'this does not hold: '}{said}."


class _TooLongError(Exception):
    """The sentence would be longer than anybody reads."""


class _Telling:
    """Tells a formula; ``parts`` counts its parts, which may be shared many times."""

    def __init__(self) -> None:
        self.parts = 0

    def clause(self, node: MuFormula, least: int = LOOSE) -> str:
        """Return a part, in parentheses where it holds together less than it must."""
        return inside(self.told(node), least)

    def told(self, node: MuFormula) -> Text:
        self.parts += 1
        if self.parts > MOST:
            raise _TooLongError
        text, strength = self._told(node)
        if len(text) > MOST:
            raise _TooLongError
        return text, strength

    def _told(self, node: MuFormula) -> Text:
        match node:
            case Holds(predicate):
                text = predicate_in_english(predicate)
                return text, PRIMARY if text == predicate_inside(predicate) else LOOSE
            case Bound(name):
                return f"the state is in {name}", PRIMARY
            case No(operand):
                return f"it is not so that {self.clause(operand, OPEN)}", OPEN
            case Some((No(premise), conclusion)):
                return f"if {self._if_then(premise, conclusion)}", LOOSE
            case Every((operand,)) | Some((operand,)):
                return self.told(operand)
            case Every(operands) | Some(operands):
                word = "and" if isinstance(node, Every) else "or"
                # What is open to its right ends before the word.
                parts = [self.clause(part, PRIMARY) for part in operands]
                if not parts:
                    return "anything holds" if word == "and" else "nothing holds", PRIMARY
                return f", {word} ".join(parts), LOOSE
            case Modal(kind, labels, operand):
                return self._step(kind == "diamond", labels, operand)
            case Fixpoint(kind, name, operand):
                repeated = self._repeated(node)
                if repeated is not None:
                    return repeated, LOOSE if ", " in repeated else OPEN
                size = "smallest" if kind == "mu" else "largest"
                told = self.clause(operand)
                text = f"the state is in {name}, the {size} set of states such that {told}"
                return text, LOOSE

    def _repeated(self, node: Fixpoint) -> str | None:
        """Tell ``<R*> f``, ``[R*] f`` and the operators of CTL, which are fixpoints."""
        pair = _of_two(node)
        if pair is not None:
            words, first, second = pair
            if self._mentions(first, node.name) or self._mentions(second, node.name):
                return None
            return words.format(*(self.clause(part, PRIMARY) for part in (first, second)))
        match node.kind, node.operand:
            case ("mu", Some((goal, again))) if again == _sure(node.name):
                words = "sooner or later, whatever happens, {}"
                return self._of_paths(words, goal, node.name)
            case ("nu", Every((goal, again))) if again == _until_dead(node.name):
                return self._of_paths("it is possible that for ever {}", goal, node.name)
            case ("mu", Some((goal, Modal("diamond", labels, Bound(name))))) if name == node.name:
                some = True
            case ("nu", Every((goal, Modal("box", labels, Bound(name))))) if name == node.name:
                some = False
            case _:
                return None
        if self._mentions(goal, name):
            return None
        if labels == ANY_LABEL and not some and isinstance(goal, Some):
            match goal.operands:
                case (No(premise), conclusion):
                    return f"whenever {self._if_then(premise, conclusion)}"
                case _:
                    pass
        told = self.clause(goal, OPEN)
        if labels == ANY_LABEL:
            return f"it is possible to get to where {told}" if some else f"always {told}"
        of = _of(labels)
        return (
            f"some number of steps{of} leads to where {told}"
            if some
            else f"after any number of steps{of}, {told}"
        )

    def _if_then(self, premise: MuFormula, conclusion: MuFormula) -> str:
        told = [self.clause(part, OPEN) for part in (premise, conclusion)]
        return f"{told[0]}, then {told[1]}"

    def _of_paths(self, words: str, goal: MuFormula, name: str) -> str | None:
        if self._mentions(goal, name):
            return None
        return words.format(self.clause(goal, OPEN))

    def _mentions(self, node: MuFormula, name: str) -> bool:
        self.parts += 1
        if self.parts > MOST:
            raise _TooLongError
        match node:
            case Bound(other):
                return other == name
            case Every(operands) | Some(operands):
                return any(self._mentions(part, name) for part in operands)
            case No(operand) | Modal(operand=operand):
                return self._mentions(operand, name)
            case Fixpoint(_, bound, operand):
                return bound != name and self._mentions(operand, name)
            case Holds():
                return False

    def _step(self, some: bool, labels: ActionFormula, operand: MuFormula) -> Text:
        of = _of(labels)
        if operand == Holds(Constant(some)):
            return f"{'some' if some else 'no'} step{of} can be taken", PRIMARY
        word = "some" if some else "every"
        if isinstance(operand, Bound):
            return f"{word} step{of} leads to a state in {operand.name}", PRIMARY
        return f"{word} step{of} leads to where {self.clause(operand, OPEN)}", OPEN


def _of_two(node: Fixpoint) -> tuple[str, MuFormula, MuFormula] | None:
    """Return how ``U``, ``W`` and ``R`` are told, with their operands; ``None`` for others."""
    step = Modal("diamond", ANY_LABEL, Bound(node.name))
    every = Modal("box", ANY_LABEL, Bound(node.name))
    match node.kind, node.operand:
        case "mu", Some((goal, Every((through, again)))) if again == step:
            return "it is possible that {} until {}, which comes", through, goal
        case "mu", Some((goal, Every((through, again)))) if again == _sure(node.name):
            return "whatever happens, {} until {}, which comes", through, goal
        case "nu", Some((goal, Every((through, again)))) if again == every:
            return "on every run {} until {}, or for ever", through, goal
        case "nu", Some((goal, Every((through, again)))) if again == _until_dead(node.name):
            return "on some run {} until {}, or for ever", through, goal
        case "nu", Every((goal, Some((release, again)))) if again == every:
            return "on every run {1} until and while {0}, or for ever", release, goal
        case "nu", Every((goal, Some((release, again)))) if again == _until_dead(node.name):
            return "on some run {1} until and while {0}, or for ever", release, goal
        case _:
            return None


def _sure(name: str) -> MuFormula:
    """Return what stands in ``AF f`` beside ``f``: there is a step, and every one leads on."""
    return Every((Modal("diamond", ANY_LABEL, Holds(TRUE)), Modal("box", ANY_LABEL, Bound(name))))


def _until_dead(name: str) -> MuFormula:
    """Return what stands in ``EG f`` beside ``f``: there is no step, or some one leads on."""
    return Some((Modal("box", ANY_LABEL, Holds(FALSE)), Modal("diamond", ANY_LABEL, Bound(name))))


def _of(labels: ActionFormula) -> str:
    if isinstance(labels, Connected):
        return f" that is {_that_is(labels)}"
    if not labels.names:
        return "" if labels.others else " of the empty set"
    named = " or ".join(shown_label(name) for name in sorted(labels.names))
    return f" other than {named}" if labels.others else f" {named}"


def _that_is(labels: ActionFormula) -> str:
    """Return what a step is, where several names speak of it."""
    if isinstance(labels, Connected):
        single = [not isinstance(one, Connected) and len(one.names) < 2 for one in labels.parts]
        parts = zip(map(_that_is, labels.parts), single, strict=True)
        return f" {labels.word} ".join(text if one else f"({text})" for text, one in parts)
    shown = [shown_label(name) for name in sorted(labels.names)]
    if not shown:
        return "any" if labels.others else "none"
    if not labels.others:
        return " or ".join(shown)
    return f"neither {' nor '.join(shown)}" if len(shown) > 1 else f"not {shown[0]}"
