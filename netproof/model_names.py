"""The names of a user's model in state predicates, as places and transitions of its net."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from petri import PetriNet
from transition_systems.errors import UsageError
from transition_systems.lts import TAU_NAME
from transition_systems.properties.names import nearest_names
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
from translators.workflow.graph import WorkflowGraph

__all__ = [
    "NOTHING",
    "PREDICATE_WORDS",
    "mapped_leaves",
    "net_predicate",
    "no_state",
    "steps_named",
    "unknown_name",
    "with_kind_of_name",
    "workflow_predicate",
]

NOTHING = "the model has nothing called"
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
        For a name that the net does not have, with the nearest ones.
    """
    places, transitions = set(net.place_ids), set(net.transition_ids)
    labels = {node.label for node in net.transitions}

    def fired(name: str) -> list[str]:
        if name in transitions:
            return [name]
        return _with_label(net, name)

    def leaf(node: Predicate) -> Predicate:
        match node:
            case LastStep():
                if node.word == "started":
                    raise UsageError(
                        f"a step of a net is one event: ask for done({quote_name(node.step)})"
                    )
                return disjunction(*(LastStep(f"done({t})") for t in fired(node.step)))
            case Atom(name):
                if name not in places and (name in transitions or name in labels):
                    raise no_state(name)
                known = transitions | {label for label in labels if label}
                _known(name, places, steps=known, words=PREDICATE_WORDS)
            case Compare(terms):
                for name, _ in terms:
                    _known(name, places)
            case Enabled(name):
                if name in transitions:
                    return node
                return disjunction(*(Enabled(t) for t in fired(name)))
            case _:
                pass
        return node

    return mapped_leaves(predicate, leaf)


def workflow_predicate(translation: NetTranslation, predicate: Predicate) -> Predicate:
    """Return a predicate over ids and names of the diagram as one over the net.

    A node's or flow's name holds in a state where a token is in it; ``enabled(x)`` where a step of
    the node can happen; ``started(x)`` where the last step started the activity, ``done(x)`` where
    it completed it, or was the step of an event or a gateway.

    Raises
    ------
    UsageError
        For a name that the diagram does not have or that two elements share.
    """
    graph = translation.graph
    ids = _names(graph)

    def resolve(name: str, words: tuple[str, ...] = ()) -> str:
        _known(name, ids, words=words)
        found = ids[name]
        if len(found) > 1:
            raise UsageError(f"{name!r} names several elements: {', '.join(found)}; use the id")
        return found[0]

    def leaf(node: Predicate) -> Predicate:
        match node:
            case LastStep():
                return _stepped(translation, node.word, resolve(node.step), node.step)
            case Atom(name):
                return _here(translation, resolve(name, PREDICATE_WORDS), name)
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

    return mapped_leaves(predicate, leaf)


def steps_named(net: PetriNet, translation: NetTranslation | None, name: str) -> list[str]:
    """Return the transitions that a label of a modality means.

    A transition or a label of a net; a node of a workflow for all of its steps, or one step by the
    id of its transition (``pay.start``, ``pay.complete``). ``tau`` means the silent ones.

    Raises
    ------
    UsageError
        For a name that the model does not have, with the nearest ones, and for one without steps
        of its own, such as a flow.
    """
    if name in set(net.transition_ids):
        return [name]
    if name == TAU_NAME:
        return _silent(net)
    if translation is None:
        return _with_label(net, name)
    ids = _names(translation.graph)
    _known(name, [*ids, *net.transition_ids])
    found = [t.id for t in translation.transitions.values() if t.owner in ids[name]]
    if not found:
        raise UsageError(
            f"no step is one of {name!r}; a modality names a node, or one of its steps"
        )
    return found


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


def _with_label(net: PetriNet, name: str) -> list[str]:
    """Return the transitions with a label; of a misspelt name the nearest labels come first."""
    if name == TAU_NAME:
        return _silent(net)
    found = [node.id for node in net.transitions if node.label == name]
    if not found:
        shown = [node.label or node.id for node in net.transitions]
        _known(name, shown if nearest_names(name, shown) else net.transition_ids)
    return found


def _silent(net: PetriNet) -> list[str]:
    return [node.id for node in net.transitions if node.silent]


def _known(
    name: str, names: Iterable[str], steps: Iterable[str] = (), words: Iterable[str] = ()
) -> None:
    """Refuse a name that is not known, with the nearest ones; with steps if no state is near."""
    known = list(names)
    if name not in known:
        raise with_kind_of_name(name, known, steps, words)


def no_state(step: str) -> UsageError:
    """Return the error for the name of a step where a state is meant.

    Examples
    --------
    >>> print(no_state("pay now"))
    'pay now' is a step, not a state: ask for done("pay now") or enabled("pay now")
    """
    name = quote_name(step)
    return UsageError(f"{step!r} is a step, not a state: ask for done({name}) or enabled({name})")


def with_kind_of_name(
    name: str, states: Iterable[str], steps: Iterable[str], words: Iterable[str] = ()
) -> UsageError:
    """Return the error for a name that is no state: the nearest states, or steps if none is near.

    ``words`` are those of the language that can stand in the place of a state.

    Examples
    --------
    >>> str(with_kind_of_name("pya", ["sent"], ["pay"]))
    "the model has nothing called 'pya'; did you mean 'done(pay)'?"
    >>> str(with_kind_of_name("ded", ["sent"], ["pay"], ["dead"]))
    "the model has nothing called 'ded'; did you mean 'dead'?"
    """
    near = nearest_names(name, [*states, *words])
    return _unknown(
        name, near or tuple(f"done({quote_name(step)})" for step in nearest_names(name, steps))
    )


def unknown_name(name: str, names: Iterable[str]) -> UsageError:
    """Return the error for a name that does not exist, with the nearest ones.

    Examples
    --------
    >>> str(unknown_name("pya", ["pay"]))
    "the model has nothing called 'pya'; did you mean 'pay'?"
    """
    return _unknown(name, nearest_names(name, names))


def _read_as_name(name: str) -> str:
    """Return what to say where the name of no element reads as a predicate, but for its quotes."""
    if name.startswith(("done(", "started(", "enabled(")) and name.endswith(")"):
        return "; in quotation marks it is a name, without them the predicate"
    return ""


def _unknown(name: str, close: Iterable[str]) -> UsageError:
    found = tuple(close)
    hint = f"; did you mean {' or '.join(repr(c) for c in found)}?" if found else ""
    return UsageError(f"{NOTHING} {name!r}{_read_as_name(name)}{hint}")
