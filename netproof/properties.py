"""The properties that can be asked of a model, by name, and formulas over its own names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from petri import PetriNet
from transition_systems.errors import UnsupportedError, UsageError
from transition_systems.properties.formulas import Formula, State, Unary
from transition_systems.properties.names import nearest_names
from transition_systems.properties.parse import parse_formula
from transition_systems.properties.predicates import (
    TRUE,
    And,
    Atom,
    Compare,
    Constant,
    Dead,
    Enabled,
    Not,
    Or,
    Predicate,
)
from transition_systems.temporal.ctl_program import ctl_program
from translators.ledger import PropertyKind
from translators.to_petri import NetTranslation
from translators.workflow.graph import WorkflowGraph

__all__ = [
    "KINDS",
    "NET_DEFAULTS",
    "WORKFLOW_DEFAULTS",
    "AskedFormula",
    "asked_properties",
    "net_predicate",
    "property_kind",
    "soundness_kind",
    "workflow_predicate",
]

WORKFLOW_DEFAULTS = ("soundness", "deadlock", "boundedness", "safeness", "no-dead-activities")
NET_DEFAULTS = ("deadlock", "boundedness", "safeness", "no-dead-transitions")

# How a property depends on the behaviours of the model. A deadlock is no universal property: it
# needs that nothing can happen, and what an over-approximation adds can happen.
KINDS: dict[str, PropertyKind] = {
    "soundness": PropertyKind.BRANCHING,
    "option-to-complete": PropertyKind.BRANCHING,
    "proper-completion": PropertyKind.UNIVERSAL,
    "deadlock": PropertyKind.BRANCHING,
    "boundedness": PropertyKind.UNIVERSAL,
    "safeness": PropertyKind.UNIVERSAL,
    "no-dead-activities": PropertyKind.EXISTENTIAL,
    "no-dead-transitions": PropertyKind.EXISTENTIAL,
    "termination": PropertyKind.UNIVERSAL,
    "termination-weak": PropertyKind.BRANCHING,
    "termination-strong": PropertyKind.BRANCHING,
    "lost-messages": PropertyKind.BRANCHING,
    "never-started-pools": PropertyKind.EXISTENTIAL,
    "workflow-net": PropertyKind.UNIVERSAL,
    "liveness": PropertyKind.BRANCHING,
    "reversibility": PropertyKind.BRANCHING,
    "persistence": PropertyKind.UNIVERSAL,
    "stable-place": PropertyKind.UNIVERSAL,
    "weak-soundness": PropertyKind.BRANCHING,
    "relaxed-soundness": PropertyKind.BRANCHING,
    "easy-soundness": PropertyKind.EXISTENTIAL,
    "lazy-soundness": PropertyKind.BRANCHING,
    "generalised-soundness": PropertyKind.BRANCHING,
    "soundness-without-fairness": PropertyKind.BRANCHING,
}
COUNTED = re.compile(r"(?:up-to-)?[1-9][0-9]{0,3}-soundness")
WORKFLOW_ONLY = frozenset({"lost-messages", "never-started-pools"})
NET_ONLY = frozenset(
    {
        "no-dead-transitions", "workflow-net", "liveness", "reversibility", "persistence",
        "stable-place",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class AskedFormula:
    """``AG`` or ``EF`` of a state predicate over the names of the user's model, or another formula.

    ``formula`` is set for a formula of CTL that is neither; ``predicate`` means nothing then.
    """

    text: str
    everywhere: bool
    predicate: Predicate
    formula: Formula | None = None

    @property
    def kind(self) -> PropertyKind:
        """How the formula depends on the behaviours of the model."""
        if self.formula is not None:
            return PropertyKind.BRANCHING
        return PropertyKind.UNIVERSAL if self.everywhere else PropertyKind.EXISTENTIAL


def property_kind(name: str) -> PropertyKind | None:
    """Return how a property depends on the behaviours of the model; ``None`` if there is none such.

    Examples
    --------
    >>> property_kind("3-soundness"), property_kind("sondness")
    (<PropertyKind.BRANCHING: 'branching'>, None)
    """
    return PropertyKind.BRANCHING if COUNTED.fullmatch(name) else KINDS.get(name)


def soundness_kind(name: str) -> bool:
    """Return whether a property is a kind of soundness other than the classical one."""
    return name != "soundness" and name.endswith(("-soundness", "soundness-without-fairness"))


def asked_properties(asked: Iterable[str]) -> list[str | AskedFormula]:
    """Return property names and parsed formulas; what is asked twice is answered once.

    Raises
    ------
    UsageError
        For a name that is unknown (with the nearest), or a formula that is not in CTL.

    Examples
    --------
    >>> asked_properties(["soundness", "deadlock", "soundness"])
    ['soundness', 'deadlock']
    """
    return [
        text if property_kind(text) is not None else _formula(text) for text in dict.fromkeys(asked)
    ]


def _formula(text: str) -> AskedFormula:
    word = text.replace("-", "").replace("_", "")
    if word.isalnum() and not any(c.isspace() for c in text):
        raise _unknown(text)
    formula: Formula = parse_formula(text)
    if isinstance(formula, State) and isinstance(formula.predicate, Atom):
        raise _unknown(text)  # a name alone is a misspelt property, not a question of the start
    if (
        isinstance(formula, Unary)
        and formula.operator in ("AG", "EF")
        and isinstance(formula.operand, State)
    ):
        return AskedFormula(text, formula.operator == "AG", formula.operand.predicate)
    try:
        ctl_program(formula)
    except UnsupportedError:
        raise UsageError(f"{text!r} is not decided yet: formulas are CTL for now") from None
    return AskedFormula(text, False, TRUE, formula)


def _unknown(text: str) -> UsageError:
    close = nearest_names(text, KINDS)
    hint = f"; did you mean {' or '.join(close)}?" if close else ""
    return UsageError(
        f"there is no property {text!r}{hint} Known: {', '.join(KINDS)}; with a number as in "
        "2-soundness and up-to-2-soundness; or a formula of CTL such as AG(...) or EF(...)"
    )


def _rewritten(predicate: Predicate, leaf: Callable[[Predicate], Predicate]) -> Predicate:
    match predicate:
        case Not(operand):
            return Not(_rewritten(operand, leaf))
        case And(operands):
            return And(tuple(_rewritten(operand, leaf) for operand in operands))
        case Or(operands):
            return Or(tuple(_rewritten(operand, leaf) for operand in operands))
        case _:
            return leaf(predicate)


def net_predicate(net: PetriNet, predicate: Predicate) -> Predicate:
    """Return the predicate with its names checked against the net, labels allowed for enabled().

    Raises
    ------
    UsageError
        For a name that the net does not have, with the nearest ones.
    """
    places, transitions = set(net.place_ids), set(net.transition_ids)

    def leaf(node: Predicate) -> Predicate:
        match node:
            case Atom(name):
                _known(name, places)
            case Compare(terms):
                for name, _ in terms:
                    _known(name, places)
            case Enabled(name):
                if name in transitions:
                    return node
                labelled = [t.id for t in net.transitions if t.label == name]
                _known(name, [*transitions, *(t.label for t in net.transitions if t.label)])
                return Or(tuple(Enabled(t) for t in labelled))
            case _:
                pass
        return node

    return _rewritten(predicate, leaf)


def workflow_predicate(translation: NetTranslation, predicate: Predicate) -> Predicate:
    """Return a predicate over ids and names of the diagram as one over the net.

    A node's or flow's name holds in a state where a token is in it; ``enabled(x)`` where a step of
    the node can happen.

    Raises
    ------
    UsageError
        For a name that the diagram does not have or that two elements share.
    """
    graph = translation.graph
    ids = _names(graph)

    def resolve(name: str) -> str:
        _known(name, ids)
        found = ids[name]
        if len(found) > 1:
            raise UsageError(f"{name!r} names several elements: {', '.join(found)}; use the id")
        return found[0]

    def leaf(node: Predicate) -> Predicate:
        match node:
            case Atom(name):
                return _here(translation, resolve(name), name)
            case Enabled(name):
                try:
                    return translation.activity_enabled(resolve(name))
                except KeyError:
                    raise UsageError(f"nothing can happen in {name!r}") from None
            case Compare(terms, op, bound):
                places: list[tuple[str, int]] = []
                for name, factor in terms:
                    element = resolve(name)
                    places += [(p, factor) for p in translation.token_places(element)]
                return Compare(tuple(places), op, bound)
            case Constant() | Dead():
                return node
            case _:
                return node

    return _rewritten(predicate, leaf)


def _here(translation: NetTranslation, element: str, name: str) -> Predicate:
    try:
        return translation.here(element)
    except KeyError:
        raise UsageError(
            f"no token ever rests in {name!r}; name an activity, a flow, an end event or a wait"
        ) from None


def _names(graph: WorkflowGraph) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    items: list[tuple[str, str | None]] = [(n.id, n.name) for n in graph.nodes]
    items += [(f.id, f.name) for f in graph.flows]
    items += [(m.id, m.name) for m in graph.messages]
    for id, _ in items:
        found[id] = [id]
    for id, name in items:
        if name and (name not in found or found[name] != [name]):
            found.setdefault(name, []).append(id)
    return found


def _known(name: str, names: Iterable[str]) -> None:
    known = list(names)
    if name not in known:
        close = nearest_names(name, known)
        hint = f"; did you mean {' or '.join(repr(c) for c in close)}?" if close else ""
        raise UsageError(f"the model has nothing called {name!r}{hint}")
