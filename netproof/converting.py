"""Conversions of a model to text in another format."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Literal

from netproof.loading import Model
from petri import PetriNet, format_dot, format_pnml
from transition_systems.errors import UnsupportedError, UsageError
from translators.to_petri import NetTranslation, workflow_to_net

__all__ = ["CONVERSIONS", "net_of"]

Starts = Literal["one", "all"]


def net_of(model: Model, starts: Starts = "one") -> tuple[PetriNet, NetTranslation | None]:
    """Return the net of a model, and the translation where there was one.

    Raises
    ------
    UnsupportedError
        When an element of a workflow was refused: a net without it would be another model.
    """
    if model.graph is None:
        assert model.net is not None
        return model.net, None
    translation = workflow_to_net(model.graph, starts=starts)
    refused = (model.ledger + translation.ledger).refused
    if refused:
        entry = refused[0]
        raise UnsupportedError(f"{entry.kind} {entry.element}: {entry.note}", span=entry.span)
    return translation.net, translation


def _pnml(model: Model, starts: Starts) -> str:
    return format_pnml(net_of(model, starts)[0])


def _dot(model: Model, starts: Starts) -> str:
    return format_dot(net_of(model, starts)[0])


def _json(model: Model, starts: Starts) -> str:
    net, translation = net_of(model, starts)
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
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def _cspm(model: Model, starts: Starts) -> str:
    if model.graph is None:
        raise UsageError("only workflows are converted to CSPm; this is a net")
    from process_algebra import format_cspm
    from translators.to_process import workflow_to_process

    return format_cspm(workflow_to_process(model.graph, starts=starts).process)


def _definition(model: Model, starts: Starts) -> str:
    del starts
    if model.graph is None:
        raise UsageError("only workflows are converted to the definition format; this is a net")
    from translators.definition import format_definition

    return format_definition(model.graph)


CONVERSIONS: Mapping[str, Callable[[Model, Starts], str]] = {
    "pnml": _pnml,
    "dot": _dot,
    "json": _json,
    "cspm": _cspm,
    "definition": _definition,
}
