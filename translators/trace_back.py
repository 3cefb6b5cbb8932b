"""From runs of a net back to the user's own diagram: what happens, where it was drawn.

Each step of the net is told as a sentence about the element that acts, with its place in the
file; each marking becomes the elements that hold a token.
"""

from __future__ import annotations

from collections.abc import Mapping

from transition_systems.evidence_ltl import STAYS
from transition_systems.run import Lasso, Run, Step
from translators.to_petri.assembly import TransitionRecord
from translators.to_petri.translation import NetTranslation
from translators.workflow.graph import EventKind, GatewayKind, Node, Trigger
from translators.workflow.index import GraphIndex

__all__ = ["element_state", "step_sentence", "trace_back"]


def trace_back(translation: NetTranslation, run: Run | Lasso) -> Run | Lasso:
    """Return a run of the net as a run of the workflow.

    Parameters
    ----------
    translation
        The map that made the net.
    run
        A run or lasso of ``translation.net``, or of that net begun with a choice of how many cases
        start.

    Returns
    -------
    Run or Lasso
        With as many steps; labels are sentences, states say which elements hold tokens.
    """
    steps = tuple(_step(translation, step) for step in run.steps)
    initial = element_state(translation, run.initial)
    if isinstance(run, Lasso):
        return Lasso(initial=initial, steps=steps, loop_start=run.loop_start)
    return Run(initial=initial, steps=steps)


def element_state(translation: NetTranslation, marking: Mapping[str, int]) -> dict[str, int]:
    """Return the tokens by element: on flows, in activities and waits, at ends, in messages.

    Tokens that a terminate event or an interruption has frozen are left out.
    """
    frozen = {
        scope
        for process in translation.processes
        for scope in process.scopes
        if any(marking.get(gate, 0) == 0 for gate in process.gates_of(scope))
    }
    tokens: dict[str, int] = {}
    for place, count in marking.items():
        record = translation.places.get(place)
        if record is None or record.kind == "control":
            continue
        if record.kind != "end" and record.scope in frozen:
            continue
        if record.kind == "start" and record.element in {p.scope.id for p in translation.processes}:
            continue
        tokens[record.element] = tokens.get(record.element, 0) + count
    return tokens


def _step(translation: NetTranslation, step: Step) -> Step:
    state = element_state(translation, step.state)
    record = translation.transitions.get(step.action)
    if step.action == STAYS:
        return Step(action=step.action, label="nothing more happens", state=state)
    if record is None:
        return Step(action=step.action, label=_added(translation, step.action), state=state)
    assert translation.index is not None
    node = translation.index.node[record.owner]
    return Step(
        action=step.action,
        label=step_sentence(translation, record),
        state=state,
        source=node.span,
    )


def _added(translation: NetTranslation, action: str) -> str:
    """Return what a transition means that was put around the net to ask about several cases."""
    end = translation.places.get(action.rstrip("'").removesuffix(".out"))
    if end is None or translation.index is None:
        return "how many cases start is chosen"
    return f"a case is over at “{translation.index.node[end.element].title}”"


def step_sentence(translation: NetTranslation, record: TransitionRecord) -> str:
    """Return what a transition means, as a short sentence about its element."""
    index = translation.index
    assert index is not None
    node = index.node[record.owner]
    taken = [_flow_name(index, flow) for flow in record.taken]
    name = f"“{node.title}”" if node.name or node.is_activity else ""
    return " ".join(_sentence(translation, record, node, name, taken).split())


def _sentence(
    translation: NetTranslation,
    record: TransitionRecord,
    node: Node,
    name: str,
    taken: list[str],
) -> str:
    index = translation.index
    assert index is not None
    match record.phase:
        case "start":
            return f"{name} starts"
        case "complete":
            conditional = any(index.flow[flow].condition for flow in record.taken)
            return f"{name} completes" + (f" and takes {_listed(taken)}" if conditional else "")
        case "repeat":
            return f"{name} starts again"
        case "skip":
            return f"{name} is skipped"
        case "end":
            verb = {Trigger.TERMINATE: "terminates its process", Trigger.ERROR: "raises an error"}
            return f"end event {name} {verb.get(node.trigger, 'is reached')}"
        case "interrupt":
            return f"{_event_name(node)} {name} interrupts {_interrupted(translation, node)}"
        case "throw":
            return f"{name} catches what is thrown and interrupts {_interrupted(translation, node)}"
        case "trigger":
            return f"{_event_name(node)} {name} starts an event sub-process"
        case "route":
            return _gateway(node, taken, len(index.incoming[node.id]))
        case _:
            pass
    return f"{_event_name(node)} {name} occurs"


def _event_name(node: Node) -> str:
    trigger = "" if node.trigger is Trigger.NONE else f"{node.trigger} "
    kind = {EventKind.START: "start event", EventKind.CATCH: "event", EventKind.THROW: "event"}
    return f"{trigger}{kind.get(node.event, 'event') if node.event else 'event'}"


def _interrupted(translation: NetTranslation, node: Node) -> str:
    index = translation.index
    assert index is not None
    if node.attached_to is not None:
        return f"“{index.node[node.attached_to].title}”"
    owner = index.scope[node.scope].owner
    outer = index.scope[index.node[owner].scope].owner if owner is not None else None
    return f"“{index.node[outer].title}”" if outer is not None else "the process"


def _gateway(node: Node, taken: list[str], incoming: int) -> str:
    kind = f"{node.gateway} gateway"
    name = f"{kind} “{node.title}”" if node.name else f"{kind} {node.id}"
    if node.gateway is GatewayKind.EVENT_BASED:
        return f"{name} waits for the first of its events"
    if node.gateway is GatewayKind.PARALLEL and incoming > 1:
        return f"{name} joins its {incoming} branches" + (
            f" and starts {len(taken)}" if len(taken) > 1 else ""
        )
    if node.gateway is GatewayKind.EXCLUSIVE and len(taken) == 1 and incoming > 1:
        return f"{name} passes a token on, {_listed(taken)}"
    return f"{name} takes {_listed(taken)}" if taken else f"{name} ends its token"


def _flow_name(index: GraphIndex, flow_id: str) -> str:
    """Return the name of a flow, or where it leads if it has none."""
    flow = index.flow[flow_id]
    if flow.name:
        return f"“{flow.name}”"
    target = index.node[flow.target]
    kind = "" if target.name or target.gateway is None else f"the {target.gateway} gateway "
    return f"the way to {kind}“{target.title}”" if target.name else f"the way to {kind}{target.id}"


def _listed(names: list[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"
