"""The names of a user's model in state predicates, as places and transitions of its net."""

from __future__ import annotations

from collections.abc import Callable

from netproof.step_names import NetSteps, WorkflowSteps
from netproof.unknown_names import no_state, require_known
from netproof.workflow_variables import refuse_variable
from petri import PetriNet
from transition_systems.errors import UsageError
from transition_systems.properties.predicates import (
    And,
    Atom,
    Compare,
    Constant,
    Dead,
    Enabled,
    LastStep,
    Not,
    Or,
    Predicate,
    disjunction,
)
from transition_systems.properties.tokens import quote_name
from translators.to_petri import NetTranslation

__all__ = ["PREDICATE_WORDS", "mapped_leaves", "net_predicate", "workflow_predicate"]

PREDICATE_WORDS = ("dead", "true", "false")
BEGINNINGS = frozenset({"start", "repeat"})


def mapped_leaves(predicate: Predicate, leaf: Callable[[Predicate], Predicate]) -> Predicate:
    """Return a predicate with each of its parts without connectives replaced."""
    match predicate:
        case Not(operand):
            return Not(mapped_leaves(operand, leaf))
        case And(operands):
            return And(tuple(mapped_leaves(operand, leaf) for operand in operands))
        case Or(operands):
            return Or(tuple(mapped_leaves(operand, leaf) for operand in operands))
        case _:
            return leaf(predicate)


def net_predicate(net: PetriNet, predicate: Predicate) -> Predicate:
    """Return the predicate with its names checked against the net, labels allowed for enabled().

    Raises
    ------
    UsageError
        For a name that the net does not have, with the nearest ones; for one that is the id of a
        transition and the label of others.
    """
    places, steps = set(net.place_ids), NetSteps(net)
    known = steps.ids | steps.labels.keys()

    def leaf(node: Predicate) -> Predicate:
        match node:
            case LastStep():
                if node.word == "started":
                    raise UsageError(
                        f"a step of a net is one event: ask for done({quote_name(node.step)})"
                    )
                return disjunction(*(LastStep(f"done({t})") for t in steps.named(node.step)))
            case Atom(name):
                if name not in places and name in known:
                    raise no_state(name)
                require_known(name, places, steps=known, words=PREDICATE_WORDS)
            case Compare(terms):
                for name, _ in terms:
                    require_known(name, places)
            case Enabled(name):
                return disjunction(*(Enabled(t) for t in steps.named(name)))
            case _:
                pass
        return node

    return mapped_leaves(predicate, leaf)


def workflow_predicate(translation: NetTranslation, predicate: Predicate) -> Predicate:
    """Return a predicate over ids and names of the diagram as one over the net.

    A node's or flow's name holds in a state where a token is in it; ``enabled(x)`` where a step of
    the node can happen; ``started(x)`` where the last step started the activity, ``done(x)`` where
    it completed it, or was the step of an event or a gateway. Both also take a step by its label in
    the transition system of the workflow, ``done("x.start")``.

    Raises
    ------
    UsageError
        For a name that the diagram does not have or that two elements share, and for a variable,
        whose values no translation keeps.
    """
    steps = WorkflowSteps(translation)
    ids = steps.elements

    def resolve(name: str, words: tuple[str, ...] = ()) -> str:
        if name not in ids:
            refuse_variable(translation.graph, name)
        require_known(name, ids, words=words)
        found = ids[name]
        if len(found) > 1:
            raise UsageError(f"{name!r} names several elements: {', '.join(found)}; use the id")
        return found[0]

    def leaf(node: Predicate) -> Predicate:
        match node:
            case LastStep():
                found = steps.step(node.step)
                if not found:
                    return _stepped(translation, node.word, resolve(node.step), node.step)
                if node.word == "started":
                    name = quote_name(node.step)
                    raise UsageError(f"{node.step!r} is one step: ask for done({name})")
                return disjunction(*(LastStep(f"done({t})") for t in found))
            case Atom(name):
                return _here(translation, resolve(name, PREDICATE_WORDS), name)
            case Enabled(name):
                found = steps.step(name)
                if found:
                    return disjunction(*(Enabled(t) for t in found))
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

    return mapped_leaves(predicate, leaf)


def _stepped(translation: NetTranslation, word: str, element: str, name: str) -> Predicate:
    """Return the predicate that the last step started a node, or was any other step of it."""
    found = [
        record.id
        for record in translation.transitions.values()
        if record.owner == element
        and (record.phase in BEGINNINGS) is (word == "started")
        and record.phase != "skip"
    ]
    if not found:
        raise UsageError(f"no step of {name!r} is one that {word}(...) means")
    return disjunction(*(LastStep(f"done({id})") for id in found))


def _here(translation: NetTranslation, element: str, name: str) -> Predicate:
    try:
        return translation.here(element)
    except KeyError:
        raise UsageError(
            f"no token ever rests in {name!r}; name an activity, a flow, an end event or a wait"
        ) from None
