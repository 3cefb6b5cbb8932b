"""Verdicts on a translated workflow, told in the diagram's own names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from transition_systems.run import Lasso
from transition_systems.verdict import Verdict
from translators.to_petri import NetTranslation
from translators.trace_back import element_state
from translators.workflow.graph import EventKind

__all__ = ["explained", "stuck_reasons"]

HOLDS = {
    "soundness": "Every case can complete, completes properly, and every activity can occur.",
    "option-to-complete": "From every state that can be reached the process can still complete.",
    "proper-completion": "No end event is reached twice in one case.",
    "deadlock": "No case gets stuck before it is complete.",
    "boundedness": "Tokens cannot pile up without bound.",
    "safeness": "No flow ever carries two tokens.",
    "no-dead-activities": "Every activity can occur.",
    "termination": "Every case ends, whatever is chosen.",
    "termination-weak": "Every weakly fair run ends.",
    "termination-strong": "Every strongly fair run ends.",
    "lost-messages": "Every message that is sent has been received when all is done.",
    "never-started-pools": "Every pool is started in some run.",
}
FAILS = {
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
    return verdict.with_(
        explanation=tuple(_violation(translation, verdict, verdict.property, dead))
    )


def _violation(
    translation: NetTranslation, verdict: Verdict, name: str, dead: Sequence[str]
) -> list[str]:
    if name == "soundness":
        failed = next((part for part in verdict.parts if part.violated), None)
        if failed is None:
            return ["Tokens can pile up without bound, so that no case completes properly."]
        head = FAILS.get(failed.property, f"{failed.property} fails")
        return [f"{head}:", *_violation(translation, failed, failed.property, dead)]
    if name in ("no-dead-activities", "never-started-pools"):
        return [_dead(translation, verdict, name, dead)]
    witness = verdict.witness
    if witness is None:
        return list(verdict.explanation)
    after = _after(len(witness.stem) if isinstance(witness, Lasso) else len(witness))
    if isinstance(witness, Lasso):
        return [_cycle(translation, witness, after, name)]
    state = element_state(translation, witness.last)
    match name:
        case "proper-completion":
            twice = _named(
                translation, [e for e, n in state.items() if n > 1 and _is_end(translation, e)]
            )
            return [f"{after} {twice} has been reached twice."]
        case "safeness":
            flows = {flow.id for flow in translation.graph.flows}
            full = [e for e, n in state.items() if n > 1 and e in flows]
            most = max(state[e] for e in full)
            return [f"{after} there are {most} tokens on {_one(translation, full[0])}."]
        case "deadlock" | "option-to-complete":
            stuck = stuck_reasons(translation, witness.last)
            if stuck:
                return [f"{after} the process is stuck:", *stuck]
            where = _named(translation, [e for e in state if not _is_end(translation, e)])
            return [f"{after} it can go on but never complete; tokens are then in {where}."]
        case "lost-messages":
            messages = {message.id for message in translation.graph.messages}
            lost = _named(translation, [e for e in state if e in messages])
            return [f"{after} all has stopped and nobody has received {lost}."]
        case _:
            pass
    where = _named(translation, list(state))
    return [f"{after} it fails, with tokens in {where or 'no element'}."]


def _after(count: int) -> str:
    if count == 0:
        return "At the very start"
    return f"After {count} step{'' if count == 1 else 's'}"


def _dead(translation: NetTranslation, verdict: Verdict, name: str, dead: Sequence[str]) -> str:
    from transition_systems.properties.parse import parse_formula
    from transition_systems.properties.walk import names_in_formula

    evidence = verdict.evidence
    assert evidence is not None
    _, enabled = names_in_formula(parse_formula(evidence.claim.formula))
    owners = list(dict.fromkeys(translation.transitions[t].owner for t in sorted(enabled)))
    if name == "never-started-pools":
        return f"No run starts the pool of {_named(translation, owners)}."
    listed = _named(translation, list(dead) or owners)
    return f"{listed or 'An activity'} can never start."


def _cycle(translation: NetTranslation, lasso: Lasso, after: str, name: str) -> str:
    before = lasso.stem[-1].state if lasso.stem else lasso.initial
    owners = dict.fromkeys(translation.transitions[s.action].owner for s in lasso.cycle)
    around = _named(translation, list(owners))
    if name == "boundedness":
        first, last = element_state(translation, before), element_state(translation, lasso.last)
        grown = [e for e in last if last[e] > first.get(e, 0)]
        return (
            f"{after}, {len(lasso.cycle)} more steps (through {around}) can be repeated for ever, "
            f"and each time tokens are added to {_named(translation, grown)}."
        )
    return f"{after}, {len(lasso.cycle)} steps can be repeated for ever: {around}."


def stuck_reasons(translation: NetTranslation, marking: Mapping[str, int]) -> list[str]:
    """Return for a marking without an enabled transition why each waiting node cannot go on.

    Empty where some transition is enabled.
    """
    index = translation.index
    assert index is not None
    waiting: dict[str, tuple[list[str], list[str]]] = {}
    for record in translation.transitions.values():
        missing = [p for p, n in record.pre.items() if marking.get(p, 0) < n]
        if not missing and not record.at_most:
            return []
        node = index.node[record.owner]
        if node.event in (EventKind.BOUNDARY, EventKind.START) or record.owner in waiting:
            continue
        if node.body is not None and _busy(translation, marking, node.body):
            continue
        places = translation.places
        held = [p for p in record.pre if p not in missing and places[p].live]
        if held:
            absent = [p for p in missing if places[p].kind != "control"]
            waiting[record.owner] = (
                [places[p].element for p in held],
                [places[p].element for p in absent],
            )
    return [_reason(translation, *item) for item in waiting.items()]


def _busy(translation: NetTranslation, marking: Mapping[str, int], body: str) -> bool:
    """Return whether a token is inside a sub-process: then the reason lies there."""
    assert translation.index is not None
    inside = {scope.id for scope in translation.index.within(body)}
    return any(
        count and translation.places[p].live and translation.places[p].scope in inside
        for p, count in marking.items()
        if p in translation.places
    )


def _reason(translation: NetTranslation, owner: str, ends: tuple[list[str], list[str]]) -> str:
    assert translation.index is not None
    held, absent = ends
    node = translation.index.node[owner]
    kind = f"The {node.gateway} gateway " if node.gateway else ""
    name = f"“{node.title}”" if node.name or not node.gateway else node.id
    where = _named(translation, [e for e in held if e != owner])
    at = f" has a token on {where} and" if where else ""
    if not absent:
        return f"{kind}{name}{at} cannot go on."
    messages = {message.id for message in translation.graph.messages}
    what = "" if all(e in messages for e in absent) else "a token on "
    return f"{kind}{name}{at} waits for {what}{_named(translation, absent)}, which never comes."


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
        return f"the flow from {_short(source.name, source.id)} to {_short(target.name, target.id)}"
    if element in index.node:
        node = index.node[element]
        return _short(node.name, node.id)
    for message in translation.graph.messages:
        if message.id == element:
            source, target = index.node[message.source], index.node[message.target]
            ends = f"from {_short(source.name, source.id)} to {_short(target.name, target.id)}"
            return f"the message “{message.name}” {ends}" if message.name else f"the message {ends}"
    return element


def _short(name: str | None, id: str) -> str:
    return f"“{' '.join(name.split())}”" if name else id


def _named(translation: NetTranslation, elements: list[str]) -> str:
    texts = [_one(translation, element) for element in elements]
    if len(texts) > 4:
        texts = [*texts[:3], f"{len(texts) - 3} more"]
    if len(texts) < 2:
        return "".join(texts)
    return f"{', '.join(texts[:-1])} and {texts[-1]}"
