"""The steps of gateways."""

from __future__ import annotations

from translators.to_machine.fills import possible
from translators.to_machine.locals import counter
from translators.to_machine.plan import Moves, Plan, ways
from translators.to_machine.regions import Region
from translators.workflow.graph import GatewayKind, Node

__all__ = ["gateway_machine", "gateway_steps"]

MOST_BRANCHES = 10


def gateway_machine(plan: Plan, node: Node) -> None:
    """Add the machine of a gateway: an event-based one counts the tokens that wait."""
    starts = node.instantiate and plan.pending(node) is not None
    if node.gateway is GatewayKind.EVENT_BASED and not starts:
        name = plan.add(counter(node.id, plan.capacity), node.id)
        plan.contents[node.scope].tokens.append(name)
    else:
        plan.add_stateless(node)


def gateway_steps(plan: Plan, node: Node, region: Region | None) -> None:
    """Add the silent vectors by which a gateway routes."""
    taken = plan.takes(node)
    given: list[Moves] = [((f.id, "put"),) for f in plan.index.outgoing[node.id]]
    match node.gateway:
        case GatewayKind.EXCLUSIVE:
            given = given or [()]
        case GatewayKind.PARALLEL:
            taken = [tuple(move for moves in taken for move in moves)] if taken else []
            given = [tuple(move for moves in given for move in moves)]
        case GatewayKind.EVENT_BASED:
            if plan.pending(node) is not None and node.instantiate:
                return
            given = [((node.id, "put"),)] if given else [()]
        case GatewayKind.INCLUSIVE:
            given = _branches(plan, node)
            if region is not None:
                taken = _joined(plan, node, region)
        case _:
            return
    for moves in ways(taken, given):
        plan.step(node, f"{node.id} routes", None, moves)


def _branches(plan: Plan, node: Node) -> list[Moves]:
    """Return any non-empty subset of the outgoing flows, the default flow only alone."""
    outgoing = plan.index.outgoing[node.id]
    if not outgoing:
        return [()]
    default = [flow for flow in outgoing if flow.id == node.default]
    others = [flow for flow in outgoing if flow.id != node.default]
    if len(others) > MOST_BRANCHES:
        plan.refuse(node, f"inclusive splits into more than {MOST_BRANCHES} are not supported yet")
        return []
    chosen = [flows or tuple(default) for flows in possible(plan, others)]
    return [tuple((flow.id, "put") for flow in flows) for flows in chosen if flows]


def _joined(plan: Plan, node: Node, region: Region) -> list[Moves]:
    """Return the ways to take one token from each flow that has one, with nothing on its way."""
    flows = [flow.id for flow in plan.index.incoming[node.id] if plan.carries(flow.source)]
    quiet = tuple((name, "none") for name in region.machines(plan))
    return [
        ((first, "take"), *((f, "take-if-any") for f in flows if f != first), *quiet)
        for first in flows
    ]
