"""The runs of a workflow by definition: all words up to a length, by plain firing."""

from __future__ import annotations

from oracles import firing
from transition_systems.properties.predicates import And, Compare, Constant, Not, Or, Predicate
from translators.to_petri import NetTranslation
from translators.workflow import EventKind, Node, NodeKind, Trigger, WorkflowGraph

END = "■"
Words = set[tuple[str, ...]]
MOST = 4000


def is_named(graph: WorkflowGraph, node: Node) -> bool:
    """Whether an observer sees a node: not gateways, plain unnamed events, bodies, links."""
    if node.kind is NodeKind.GATEWAY or node.trigger is Trigger.LINK:
        return False
    if node.kind is NodeKind.ACTIVITY:
        return not any(inner.scope == node.body for inner in graph.nodes)
    quiet = node.trigger in (Trigger.NONE, Trigger.TERMINATE)
    return bool(node.name) or not quiet or node.event is EventKind.BOUNDARY


def letters(translation: NetTranslation, seen: set[str]) -> dict[str, str]:
    """The letter of each visible transition: its element's id."""
    nodes = {node.id: node for node in translation.graph.nodes}
    found = {}
    for record in translation.transitions.values():
        node = nodes[record.owner]
        if node.id not in seen or node.kind is NodeKind.GATEWAY:
            continue
        if node.kind is NodeKind.ACTIVITY:
            loops = node.loop is not None and node.loop.kind == "standard"
            if record.phase != "complete" and not (record.phase == "repeat" and loops):
                continue
        found[record.id] = node.id
    return found


def holds(predicate: Predicate, tokens: dict[str, int]) -> bool:
    match predicate:
        case Constant(value):
            return value
        case Not(operand):
            return not holds(operand, tokens)
        case And(operands):
            return all(holds(one, tokens) for one in operands)
        case Or(operands):
            return any(holds(one, tokens) for one in operands)
        case Compare(terms, op, bound):
            total = sum(tokens.get(name, 0) * factor for name, factor in terms)
            assert op in ("<=", ">=")
            return total <= bound if op == "<=" else total >= bound
        case _:
            raise AssertionError(predicate)


def words(translation: NetTranslation, seen: set[str], length: int) -> Words | None:
    """All words up to a length, with the end as a letter; ``None`` where there are too many."""
    net = translation.net
    arcs = {(a.source, a.target): a.weight for a in net.arcs}
    places, names = set(net.place_ids), letters(translation, seen)
    start = (frozenset(net.initial.to_dict().items()), ())
    known, todo = {start}, [start]
    found: Words = {()}
    while todo:
        state, word = todo.pop()
        tokens = dict(state)
        if holds(translation.goal.completion, tokens):
            found.add((*word, END))
        for t in net.transition_ids:
            if not firing.can_fire(arcs, places, tokens, t):
                continue
            letter = names.get(t)
            longer = word if letter is None else (*word, letter)
            if len(longer) > length:
                continue
            found.add(longer)
            after = (frozenset(firing.fire(arcs, places, tokens, t).items()), longer)
            if after not in known:
                if len(known) >= MOST:
                    return None
                known.add(after)
                todo.append(after)
    return {word for word in found if len(word) <= length}
