"""Conversions of a model to text in another format, with remarks on what the text does not say."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from netproof.loading import Model
from petri import PetriNet, format_dot, format_pnml
from petri.state_space.reachability import ReachabilityGraph, reachability_graph
from transition_systems.budget import Budget
from transition_systems.errors import UnsupportedError, UsageError
from translators.ledger import Entry
from translators.to_petri import NetTranslation, workflow_to_net

if TYPE_CHECKING:
    from translators.to_process import ProcessTranslation

__all__ = ["CONVERSIONS", "Conversion", "net_of"]

Starts = Literal["one", "all"]
EXPLORED_STATES, EXPLORED_SECONDS = 50_000, 5.0
COMPLETION_KEPT = "the completion condition is kept as tool-specific content"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """A model as text, and remarks on what became of it on the way."""

    text: str
    remarks: tuple[str, ...] = ()


def net_of(
    model: Model, starts: Starts = "one", budget: Budget | None = None
) -> tuple[PetriNet, NetTranslation | None]:
    """Return the net of a model, and the translation where there was one.

    Raises
    ------
    UnsupportedError
        When an element of a workflow was refused: a net without it would be another model.
    """
    if model.graph is None:
        assert model.net is not None
        return model.net, None
    translation = workflow_to_net(model.graph, starts=starts, budget=budget)
    _refuse((model.ledger + translation.ledger).refused)
    return translation.net, translation


def _explored(budget: Budget) -> Budget:
    """Return the share of a budget for looking whether a state is reached."""
    left = budget.remaining()
    seconds = EXPLORED_SECONDS if left is None else min(EXPLORED_SECONDS, left)
    return Budget(states=EXPLORED_STATES, seconds=seconds)


def _refuse(entries: Iterable[Entry]) -> None:
    for entry in entries:
        told = entry.span is not None and entry.span.element is not None
        what = entry.kind if told else f"{entry.kind} {entry.element}"
        raise UnsupportedError(f"{what}: {entry.note}", span=entry.span)


def _remarks(model: Model, entries: Iterable[Entry]) -> tuple[str, ...]:
    """Return one line for each abstracted element."""
    return tuple(
        f"{entry.kind} {entry.element}: {entry.direction}: {entry.note}"
        for entry in (*model.ledger.abstracted, *entries)
    )


def _net_remarks(
    model: Model,
    translation: NetTranslation | None,
    space: ReachabilityGraph | None,
    budget: Budget,
) -> tuple[str, ...]:
    """Return the remarks on a net; of what counts only if it is reached, what is or may be."""
    if translation is None:
        return ()
    entries = list(translation.ledger.abstracted)
    if translation.conditions and space is None:
        space = reachability_graph(translation.net, budget=_explored(budget))
    for statement, entry in translation.conditions:
        if space is None or not space.complete or bool(space.holds(statement).any()):
            entries.append(entry)
    return _remarks(model, entries)


def _pnml(model: Model, starts: Starts, budget: Budget) -> Conversion:
    net, translation = net_of(model, starts, budget)
    if translation is None:
        return Conversion(text=format_pnml(net))
    space = reachability_graph(net, budget=_explored(budget))
    remarks = _net_remarks(model, translation, space, budget)
    done = space.holds(translation.goal.completion).nonzero()[0]
    if space.complete and len(done) == 1:
        final = net.replace(final=space.marking(int(done[0])))
        return Conversion(text=format_pnml(final), remarks=remarks)
    return Conversion(text=_with_completion(net, translation), remarks=(*remarks, COMPLETION_KEPT))


def _with_completion(net: PetriNet, translation: NetTranslation) -> str:
    """Return PNML in which the completion stands as tool-specific content of the net."""
    from petri.readwrite.pnml_write import NAMESPACE, new_document
    from transition_systems.properties.format import format_predicate
    from transition_systems.readwrite.xml import XmlElement, format_xml

    root = new_document(net)
    holder = XmlElement(
        "toolspecific", namespace=NAMESPACE, attributes={"tool": "netproof", "version": "1"}
    )
    text = format_predicate(translation.goal.completion)
    holder.append(XmlElement("completion", namespace=NAMESPACE, text=text))
    next(root.iter("net")).append(holder)
    return format_xml(root)


def _dot(model: Model, starts: Starts, budget: Budget) -> Conversion:
    net, translation = net_of(model, starts, budget)
    return Conversion(text=format_dot(net), remarks=_net_remarks(model, translation, None, budget))


def _json(model: Model, starts: Starts, budget: Budget) -> Conversion:
    net, translation = net_of(model, starts, budget)
    data = {
        "schema": "netproof/net/1",
        "source": model.source,
        "net": net.to_dict(),
        "elements": {}
        if translation is None
        else {
            "places": {p.id: p.element for p in translation.places.values()},
            "transitions": {t.id: t.owner for t in translation.transitions.values()},
        },
    }
    return Conversion(
        text=json.dumps(data, ensure_ascii=False, indent=1) + "\n",
        remarks=_net_remarks(model, translation, None, budget),
    )


def _cspm(model: Model, starts: Starts, budget: Budget) -> Conversion:
    if model.graph is None:
        raise _no_workflow(model, "CSPm")
    from process_algebra import format_cspm
    from translators.to_process import workflow_to_process

    translation = workflow_to_process(model.graph, starts=starts, budget=budget)
    _refuse((*model.ledger.refused, *translation.refused))
    return Conversion(
        text=format_cspm(translation.process),
        remarks=(*_remarks(model, translation.ledger.abstracted), *_watched(translation, budget)),
    )


def _watched(translation: ProcessTranslation, budget: Budget) -> tuple[str, ...]:
    """Return what the process leaves out in states that it reaches, or may reach."""
    from translators.to_process.translation import state_space

    try:
        space = state_space(translation, budget=_explored(budget))
    except UnsupportedError as error:
        return (f"the process stops at an overflow event: {error.message}",)
    return tuple(
        f"under-approximation: {text}"
        for text in dict.fromkeys(translation.watches.values())
        if not space.complete or space.lts.atoms[text].any()
    )


def _no_workflow(model: Model, format: str) -> UsageError:
    """Return the error for a model that is no workflow, with what it is written as."""
    found, written = "a net", "pnml, dot, json, aut, fsm or lts"
    if model.system is not None:
        found = "a transition system"
    return UsageError(
        f"only workflows are converted to {format}; this is {found}, which is written as {written}"
    )


def _definition(model: Model, starts: Starts, budget: Budget) -> Conversion:
    del starts, budget
    if model.graph is None:
        raise _no_workflow(model, "the definition format")
    from translators.definition import format_definition

    text = format_definition(model.graph)
    _refuse(model.ledger.refused)
    return Conversion(text=text, remarks=_remarks(model, ()))


CONVERSIONS: Mapping[str, Callable[[Model, Starts, Budget], Conversion]] = {
    "pnml": _pnml,
    "dot": _dot,
    "json": _json,
    "cspm": _cspm,
    "definition": _definition,
}
