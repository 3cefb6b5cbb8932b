"""Verdicts on a translated workflow, told in the diagram's own names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from transition_systems.counted_words import after_steps
from transition_systems.run import Lasso
from transition_systems.verdict import Verdict
from translators.to_petri import NetTranslation
from translators.trace_back import element_state
from translators.workflow.graph import EventKind
from translators.workflow_errors import workflow_error

__all__ = ["explained", "named_elements", "stuck_reasons"]

HOLDS = {
    "soundness": "Every case can complete, completes properly, and every activity can occur.",
    "option-to-complete": "From every state that can be reached the process can still complete.",
    "proper-completion": "No end event is reached twice in one case.",
    "deadlock": "No case gets stuck before it is complete.",
    "boundedness": "Tokens cannot pile up without bound.",
    "safeness": "No flow ever carries two tokens.",
    "no-dead-activities": "Every activity can occur.",
    "livelock": "No case goes on for ever with nothing but routing.",
    "divergence": "No case goes on for ever with nothing but routing.",
    "termination": "Every case ends, whatever is chosen.",
    "termination-weak": "Every weakly fair run ends.",
    "termination-strong": "Every strongly fair run ends.",
    "lost-messages": "Every message that is sent has been received when all is done.",
    "never-started-pools": "Every pool is started in some run.",
    "weak-soundness": "Every case can complete, and completes properly.",
    "relaxed-soundness": "Every activity can occur in some case that completes.",
    "easy-soundness": "Some case can complete.",
    "soundness-without-fairness": "Every case completes, whatever is chosen, and properly; every "
    "activity can occur.",
}
IN_PARTS = ("soundness", "weak-soundness", "lazy-soundness", "soundness-without-fairness")
FAILS = {
    "termination": "A case can go on for ever",
    "option-to-complete": "The process can reach a state from which it cannot complete",
    "proper-completion": "An end event is reached twice in one case",
    "no-dead-activities": "Some activities can never occur",
}


def explained(
    translation: NetTranslation, verdict: Verdict, *, dead: Sequence[str] = ()
) -> Verdict:
    """Return the verdict with an explanation about the user's own elements.

    ``dead`` are the activities that no run reaches, where they are known.
    """
    if verdict.unknown:
        return verdict
    if verdict.holds:
        text = HOLDS.get(verdict.property)
        return verdict if text is None else verdict.with_(explanation=(text,))
    told = _violation(translation, verdict, verdict.property, dead)
    if verdict.property == "soundness" and verdict.evidence is not None:
        told.insert(0, workflow_error(translation, verdict).text)
    return verdict.with_(explanation=tuple(told))


def _violation(
    translation: NetTranslation, verdict: Verdict, name: str, dead: Sequence[str]
) -> list[str]:
    if name in IN_PARTS:
        failed = next((part for part in verdict.parts if part.violated), None)
        if failed is None and name == "soundness":
            return ["Tokens can pile up without bound, so that no case completes properly."]
        if failed is None:
            return list(verdict.explanation)
        head = FAILS.get(failed.property, f"{failed.property} fails")
        return [f"{head}:", *_violation(translation, failed, failed.property, dead)]
    if name in ("no-dead-activities", "never-started-pools"):
        return [_dead(translation, verdict, name, dead)]
    if name == "easy-soundness":
        return ["No case can complete."]
    witness = verdict.witness
    if witness is None and name == "option-to-complete":
        return ["in each state that can be reached, the first one too, a token is left."]
    if witness is None:
        return list(verdict.explanation)
    after = after_steps(len(witness.stem) if isinstance(witness, Lasso) else len(witness))
    if isinstance(witness, Lasso):
        return [_cycle(translation, witness, after, name)]
    marking = witness.last
    state = element_state(translation, marking)
    match name:
        case "proper-completion":
            twice = [e for e, n in state.items() if n > 1 and _is_end(translation, e)]
            told = named_elements(translation, twice) or "an end event"
            return [f"{after} {told} has been reached twice."]
        case "safeness":
            full = [p for p in translation.flow_places if marking.get(p, 0) > 1]
            if full:
                where = _one(translation, translation.places[full[0]].element)
                return [f"{after} there are {marking[full[0]]} tokens on {where}."]
        case "deadlock" | "option-to-complete":
            where = named_elements(translation, _waiting_elements(translation, marking))
            if name != "deadlock" and _can_go_on(translation, marking):
                tail = f"; tokens are then on {where}" if where else ""
                return [f"{after} it can go on but never complete{tail}."]
            reasons = stuck_reasons(translation, marking)
            if reasons:
                return [f"{after} the process is stuck:", *reasons]
            return [f"{after} the process is stuck{f', with tokens on {where}' if where else ''}."]
        case "lost-messages":
            messages = {message.id for message in translation.graph.messages}
            lost = named_elements(translation, [e for e in state if e in messages]) or "a message"
            return [f"{after} all has stopped and nobody has received {lost}."]
        case _:
            pass
    where = named_elements(translation, [*_pending_starts(translation, marking), *state])
    fails = "it can no longer complete" if name.endswith("-soundness") else "it fails"
    return [f"{after} {fails}, with {f'tokens on {where}' if where else 'no token anywhere'}."]


def _dead(translation: NetTranslation, verdict: Verdict, name: str, dead: Sequence[str]) -> str:
    from transition_systems.properties.parse import parse_formula
    from transition_systems.properties.walk import names_in_formula

    evidence = verdict.evidence
    assert evidence is not None
    _, enabled = names_in_formula(parse_formula(evidence.claim.formula))
    owners = list(dict.fromkeys(translation.transitions[t].owner for t in sorted(enabled)))
    if name == "never-started-pools":
        return f"No run starts the pool of {named_elements(translation, owners) or 'some process'}."
    listed = named_elements(translation, list(dead) or owners)
    return f"{listed or 'An activity'} can never start."


def _cycle(translation: NetTranslation, lasso: Lasso, after: str, name: str) -> str:
    before = lasso.stem[-1].state if lasso.stem else lasso.initial
    owners = dict.fromkeys(translation.transitions[s.action].owner for s in lasso.cycle)
    around = named_elements(translation, list(owners))
    count = len(lasso.cycle)
    if name == "boundedness":
        grown = named_elements(translation, _grown(translation, before, lasso.last))
        more = f"{count} more step{'' if count == 1 else 's'} (through {around})"
        added = f"tokens are added to {grown}" if grown else "there are more tokens"
        return f"{after}, {more} can be repeated for ever, and each time {added}."
    steps = "1 step" if count == 1 else f"{count} steps"
    silent = ", and no activity or event in it" if name in ("livelock", "divergence") else ""
    return f"{after}, {steps} can be repeated for ever: {around}{silent}."


def _grown(
    translation: NetTranslation, before: Mapping[str, int], after: Mapping[str, int]
) -> list[str]:
    """Return the elements that have more tokens; of bookkeeping, what it is kept for."""
    first, last = element_state(translation, before), element_state(translation, after)
    grown = [e for e in last if last[e] > first.get(e, 0)]
    if grown:
        return grown
    more = [p for p in after if after[p] > before.get(p, 0) and p in translation.places]
    return list(dict.fromkeys(translation.places[p].element for p in more))


def _can_go_on(translation: NetTranslation, marking: Mapping[str, int]) -> bool:
    """Return whether some transition of the net is enabled."""
    return any(
        all(marking.get(p, 0) >= n for p, n in record.pre.items())
        and all(marking.get(p, 0) <= n for p, n in record.at_most.items())
        for record in translation.transitions.values()
    )


def _frozen(translation: NetTranslation, marking: Mapping[str, int]) -> set[str]:
    """Return the scopes whose tokens a terminate event or an interruption has stopped."""
    return {
        scope
        for process in translation.processes
        for scope in process.scopes
        if any(marking.get(gate, 0) == 0 for gate in process.gates_of(scope))
    }


def _pending_starts(translation: NetTranslation, marking: Mapping[str, int]) -> list[str]:
    """Return the processes that start by themselves and have not started yet."""
    frozen = _frozen(translation, marking)
    own = {process.scope.id for process in translation.processes}
    return [
        record.element
        for record in translation.places.values()
        if record.kind == "start" and record.live and record.element in own
        if marking.get(record.id, 0) and record.scope not in frozen
    ]


def _waiting_elements(translation: NetTranslation, marking: Mapping[str, int]) -> list[str]:
    """Return the elements with tokens that are neither at an end nor in a message under way."""
    messages = {message.id for message in translation.graph.messages}
    state = element_state(translation, marking)
    kept = [e for e in state if not _is_end(translation, e) and e not in messages]
    return [*_pending_starts(translation, marking), *kept]


def stuck_reasons(translation: NetTranslation, marking: Mapping[str, int]) -> list[str]:
    """Return for a marking without an enabled transition why each waiting node cannot go on.

    Empty where some transition is enabled, and where no reason is known. What a terminate event or
    an interruption has stopped does not wait.
    """
    index = translation.index
    assert index is not None
    if _can_go_on(translation, marking):
        return []
    frozen, places = _frozen(translation, marking), translation.places
    waiting: dict[str, str] = {}
    for record in translation.transitions.values():
        node = index.node[record.owner]
        if node.event in (EventKind.BOUNDARY, EventKind.START) or record.owner in waiting:
            continue
        if record.scope in frozen:
            continue
        if node.body is not None and _busy(translation, marking, node.body):
            continue
        missing = [p for p, n in record.pre.items() if marking.get(p, 0) < n]
        held = [p for p in record.pre if p not in missing and places[p].live]
        if not held:
            continue
        blocking = [p for p, n in record.at_most.items() if marking.get(p, 0) > n]
        waiting[record.owner] = _reason(
            translation,
            record.owner,
            _elements(translation, held),
            _elements(translation, [p for p in missing if places[p].kind != "control"]),
            [] if missing else _elements(translation, blocking),
        )
    return list(waiting.values())


def _elements(translation: NetTranslation, places: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(translation.places[place].element for place in places))


def _busy(translation: NetTranslation, marking: Mapping[str, int], body: str) -> bool:
    """Return whether a token is inside a sub-process: then the reason lies there."""
    assert translation.index is not None
    inside = {scope.id for scope in translation.index.within(body)}
    return any(
        count and translation.places[p].live and translation.places[p].scope in inside
        for p, count in marking.items()
        if p in translation.places
    )


def _reason(
    translation: NetTranslation, owner: str, held: list[str], absent: list[str], blocking: list[str]
) -> str:
    """Return why a node waits: what it has, what it has not, what is in its way."""
    assert translation.index is not None
    node = translation.index.node[owner]
    kind = f"The {node.gateway} gateway " if node.gateway else ""
    name = f"“{node.title}”" if node.name or not node.gateway else node.id
    where = named_elements(translation, [e for e in held if e != owner])
    at = f" has a token on {where} and" if where else ""
    if absent:
        messages = {message.id for message in translation.graph.messages}
        what = "" if all(e in messages for e in absent) else "a token on "
        missing = named_elements(translation, absent)
        return f"{kind}{name}{at} waits for {what}{missing}, which never comes."
    if blocking:
        there = named_elements(translation, blocking)
        return f"{kind}{name}{at} waits for a token on {there} to go on, which it never does."
    return f"{kind}{name}{at} cannot go on."


def _is_end(translation: NetTranslation, element: str) -> bool:
    assert translation.index is not None
    node = translation.index.node.get(element)
    return node is not None and node.event is not None and str(node.event) == "end"


def _one(translation: NetTranslation, element: str) -> str:
    index = translation.index
    assert index is not None
    if element in index.flow:
        flow = index.flow[element]
        if flow.name:
            return f"the flow “{flow.name}”"
        source, target = index.node[flow.source], index.node[flow.target]
        beside = [f for f in index.outgoing[flow.source] if f.target == flow.target]
        which = f" ({flow.id})" if len(beside) > 1 else ""
        ends = f"from {_short(source.name, source.id)} to {_short(target.name, target.id)}"
        return f"the flow {ends}{which}"
    if element in index.node:
        node = index.node[element]
        return _short(node.name, node.id)
    for message in translation.graph.messages:
        if message.id == element:
            source, target = index.node[message.source], index.node[message.target]
            ends = f"from {_short(source.name, source.id)} to {_short(target.name, target.id)}"
            return f"the message “{message.name}” {ends}" if message.name else f"the message {ends}"
    if element in index.scope:
        pool = next((p for p in translation.graph.pools if p.scope == element), None)
        name = (pool.name if pool is not None else None) or index.scope[element].name
        return f"the start of {_short(name, element)}"
    return element


def _short(name: str | None, id: str) -> str:
    return f"“{' '.join(name.split())}”" if name else id


def named_elements(translation: NetTranslation, elements: list[str]) -> str:
    """Return elements as a list of names."""
    texts = [_one(translation, element) for element in elements]
    if len(texts) > 4:
        texts = [*texts[:3], f"{len(texts) - 3} more"]
    if len(texts) < 2:
        return "".join(texts)
    return f"{', '.join(texts[:-1])} and {texts[-1]}"
