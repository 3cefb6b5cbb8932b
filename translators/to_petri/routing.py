"""Routing: which flows get a token when a node has done its work."""

from __future__ import annotations

from itertools import combinations

from transition_systems.errors import UndecidedError
from translators.to_petri.context import Context
from translators.workflow.conditions import possible_subsets
from translators.workflow.graph import Flow, GatewayKind, Node

__all__ = ["MAX_SUBSETS", "output_sets"]

MAX_SUBSETS = 10
AT_LEAST_ONE = (
    "Where all flows of a node carry conditions and none is the default, at least one condition "
    "holds."
)
FREE_CHOICE = "Conditions are free choices: each may hold or fail each time it is asked."
DECLARED = "Conditions over declared variables hold together only where some values allow it."


def output_sets(context: Context, node: Node) -> list[tuple[Flow, ...]]:
    """Return the sets of flows of which a node fills one; a node with too many is refused.

    A node without outgoing flow ends its token: the empty set. Exclusive gateways fill one flow,
    parallel gateways all, inclusive gateways any non-empty subset (the default only alone). Other
    nodes fill all their unconditional flows and a subset of the conditional ones.
    """
    flows = context.index.outgoing[node.id]
    if not flows:
        return [()]
    match node.gateway:
        case GatewayKind.EXCLUSIVE:
            if len(flows) > 1:
                context.assume(FREE_CHOICE)
            if all(f.condition is not None and f.id != node.default for f in flows):
                context.assume(AT_LEAST_ONE)
            return [(flow,) for flow in flows]
        case GatewayKind.PARALLEL | GatewayKind.EVENT_BASED:
            return [tuple(flows)]
        case GatewayKind.INCLUSIVE:
            return _subsets(context, node, [], flows)
        case _:
            free = [f for f in flows if f.condition is None or f.id == node.default]
            conditional = [f for f in flows if f not in free]
            if not conditional:
                return [tuple(flows)]
            always = [f for f in free if f.id != node.default]
            return _subsets(context, node, always, [f for f in flows if f not in always])


def _subsets(
    context: Context, node: Node, always: list[Flow], flows: list[Flow]
) -> list[tuple[Flow, ...]]:
    options = [flow for flow in flows if flow.id != node.default]
    if len(options) > MAX_SUBSETS:
        context.refuse(node, "it has more conditional flows than can be expanded")
        return []
    if len(flows) > 1 or always:
        context.assume(FREE_CHOICE)
    try:
        feasible = possible_subsets(context.index.graph, options, budget=context.budget)
    except UndecidedError as error:
        context.refuse(node, str(error))
        return []
    if feasible is not None:
        context.assume(DECLARED)
    sets = [
        (*always, *(options[i] for i in chosen))
        for size in range(1, len(options) + 1)
        for chosen in combinations(range(len(options)), size)
        if feasible is None or frozenset(chosen) in feasible
    ]
    none_possible = feasible is None or frozenset() in feasible
    fallback = [flow for flow in flows if flow.id == node.default]
    if none_possible and fallback:
        sets.append((*always, *fallback))
    elif none_possible and always:
        sets.append(tuple(always))
    elif none_possible:
        context.assume(AT_LEAST_ONE)
    order = {flow.id: number for number, flow in enumerate(flows)}
    return [tuple(sorted(chosen, key=lambda f: order.get(f.id, -1))) for chosen in sets]
