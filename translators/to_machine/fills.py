"""Which outgoing flows get a token when a node is done."""

from __future__ import annotations

from itertools import combinations

from translators.to_machine.plan import Moves, Plan
from translators.workflow.conditions import possible_subsets
from translators.workflow.graph import Flow, Node

__all__ = ["fills", "possible", "subsets"]

MOST_CONDITIONS = 12


def subsets(flows: list[Flow]) -> list[tuple[Flow, ...]]:
    """Return all subsets of flows, the empty one first."""
    return [chosen for size in range(len(flows) + 1) for chosen in combinations(flows, size)]


def fills(plan: Plan, node: Node) -> list[Moves]:
    """Return each way in which an activity or event fills its outgoing flows.

    All unconditional flows get a token; of the conditional ones any subset whose conditions can
    hold together; the default flow only if that subset is empty.
    """
    outgoing = plan.index.outgoing[node.id]
    default = [flow for flow in outgoing if flow.id == node.default]
    conditional = [f for f in outgoing if f.condition is not None and f.id != node.default]
    always = [f for f in outgoing if f.condition is None and f.id != node.default]
    chosen: dict[Moves, None] = {}
    if len(conditional) > MOST_CONDITIONS:
        plan.refuse(node, f"more than {MOST_CONDITIONS} conditional flows are not supported yet")
        return [()]
    for subset in possible(plan, conditional):
        flows = [*always, *subset]
        if not subset:
            flows += default
            if not flows and conditional:
                continue
        chosen[tuple((flow.id, "put") for flow in flows)] = None
    return list(chosen)


def possible(plan: Plan, flows: list[Flow]) -> list[tuple[Flow, ...]]:
    """Return the subsets of flows whose conditions can hold together, the empty one first."""
    together = possible_subsets(plan.graph, flows, budget=plan.budget)
    if together is None:
        return subsets(flows)
    place = {flow.id: i for i, flow in enumerate(flows)}
    return [
        chosen
        for chosen in subsets(flows)
        if frozenset(place[flow.id] for flow in chosen) in together
    ]
