"""Suppressions written in the file itself: ``netproof: ignore PROPERTY because REASON``.

The words stand in the documentation of an element (about that element only), of the process, or in
a text annotation (about the whole file); in a definition, in ``description``. Several properties
are parted by commas. A suppression without a reason, or of a property that does not exist, does
not count and is told in the ledger.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from netproof.properties import KINDS, property_kind
from netproof.report.findings import elements_of, outline_for
from netproof.report.model import Accepted, ModelReport, VerdictReport
from netproof.report.outline import Outline
from netproof.report.policy import split_items
from netproof.report.text import plain
from transition_systems.properties.names import nearest_names
from transition_systems.source_span import SourceSpan
from transition_systems.verdict import Outcome
from translators.ledger import Entry, Fate

__all__ = ["Suppression", "parse_suppressions", "suppressions_in", "with_suppressions"]

KIND = "suppression"
MAX_REASON = 500
_WORD = re.compile(r"\bnetproof:\s*ignore\b", re.IGNORECASE)
_END = re.compile(r"\n[ \t]*\n|\bnetproof:", re.IGNORECASE)
_BECAUSE = re.compile(r"(?:^|\s)because\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """One suppression as written.

    Parameters
    ----------
    properties
        Names or formulas.
    reason
        ``None`` where none is given.
    element
        The element that it is about; ``None`` for the whole file.
    owner, span
        The element in whose text it stands, and where that is.
    """

    properties: tuple[str, ...]
    reason: str | None = None
    element: str | None = None
    owner: str = ""
    span: SourceSpan | None = None


def parse_suppressions(text: str) -> list[tuple[tuple[str, ...], str | None]]:
    """Return the properties and the reason of each suppression in a text.

    Examples
    --------
    >>> parse_suppressions("Old. netproof: ignore deadlock, soundness because it is a sketch")
    [(('deadlock', 'soundness'), 'it is a sketch')]
    >>> parse_suppressions("netproof: ignore safeness")
    [(('safeness',), None)]
    """
    found: list[tuple[tuple[str, ...], str | None]] = []
    for match in _WORD.finditer(text):
        end = _END.search(text, match.end())
        body = text[match.end() : end.start() if end else len(text)]
        because = _BECAUSE.search(body)
        names = body[: because.start()] if because else body
        reason = plain(body[because.end() :], MAX_REASON, line=True) if because else ""
        found.append((split_items(" ".join(names.split())), reason or None))
    return found


def suppressions_in(graph: Any) -> Iterator[Suppression]:
    """Yield the suppressions of a workflow graph, in file order by kind of element."""
    texts: list[tuple[str, str | None, str, SourceSpan | None]] = []
    for scope in graph.scopes:
        if scope.documentation:
            texts.append((scope.documentation, None, scope.id, scope.span))
    for item in graph.data:
        if item.kind == "textAnnotation" and item.name:
            texts.append((item.name, None, item.id, item.span))
    for node in graph.nodes:
        for key, value in node.properties:
            if key in ("documentation", "description"):
                texts.append((value, node.id, node.id, node.span))
    for text, element, owner, span in texts:
        for properties, reason in parse_suppressions(text):
            yield Suppression(
                properties=properties, reason=reason, element=element, owner=owner, span=span
            )


def with_suppressions(model: ModelReport) -> ModelReport:
    """Return a report in which the verdicts that its file suppresses are accepted.

    A suppression at an element covers a verdict about that element: where the run of a violation
    ends with it, or, for what can never occur and what was refused, where each such element is
    covered.
    """
    graph = None if model.model is None else model.model.graph
    if graph is None:
        return model
    written = list(suppressions_in(graph))
    if not written:
        return model
    asked = {entry.name for entry in model.verdicts}
    valid: list[Suppression] = []
    remarks: list[Entry] = []
    for item in written:
        fault = _fault(item, asked)
        if fault is None:
            valid.append(item)
        else:
            remarks.append(_remark(item, Fate.REFUSED, fault))
    outline = outline_for(model)
    used: set[int] = set()
    entries = tuple(_accepted(model, entry, valid, outline, used) for entry in model.verdicts)
    for number, item in enumerate(valid):
        if number not in used and asked & set(item.properties):
            note = f"nothing to suppress here: {', '.join(item.properties)}"
            remarks.append(_remark(item, Fate.NO_EFFECT, note))
    return replace(model, verdicts=entries, ledger=model.ledger.extended(remarks))


def _fault(item: Suppression, asked: set[str]) -> str | None:
    if not item.properties:
        return "a suppression names a property: netproof: ignore PROPERTY because REASON"
    for name in item.properties:
        known = property_kind(name) is not None or name in asked
        if not known and not name.startswith(("AG", "EF")):
            close = nearest_names(name, KINDS)
            hint = f"; did you mean {close[0]}?" if close else ""
            return f"there is no property {plain(name, 100)!r} to suppress{hint}"
    if item.reason is None:
        names = ", ".join(item.properties)
        return f"a suppression needs a reason: netproof: ignore {names} because ..."
    return None


def _remark(item: Suppression, fate: Fate, note: str) -> Entry:
    return Entry(element=item.owner, kind=KIND, fate=fate, note=note, span=item.span)


def _accepted(
    model: ModelReport,
    entry: VerdictReport,
    valid: list[Suppression],
    outline: Outline,
    used: set[int],
) -> VerdictReport:
    if entry.outcome is Outcome.HOLDS:
        return entry
    fitting = [(n, item) for n, item in enumerate(valid) if entry.name in item.properties]
    if not fitting:
        return entry
    elements = elements_of(model, entry, outline)
    every = entry.witness is None
    covering: list[tuple[int, Suppression]] = []
    covered: set[str] = set()
    for number, item in fitting:
        if item.element is None:
            covering, covered = [(number, item)], set(elements)
            break
        hits = {id for id in elements if item.element in _around(id, outline)}
        if hits:
            covering.append((number, item))
            covered |= hits
    if not covering or (every and covered != set(elements)):
        return entry
    used.update(number for number, _ in covering)
    reasons = dict.fromkeys(item.reason for _, item in covering if item.reason)
    reason = plain("; ".join(reasons), MAX_REASON)
    return replace(entry, accepted=Accepted(kind="suppressed", reason=reason))


def _around(id: str, outline: Outline) -> tuple[str, ...]:
    """Return the element itself, and for a flow the node that it leads to."""
    link = outline.links.get(id)
    return (id,) if link is None else (id, link.target)
