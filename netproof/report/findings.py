"""What a report has to tell beside "all is well": one finding for each verdict that is not good.

A finding knows its rule, the elements that it is about, its place in the file, and a fingerprint
made of the property, the outcome and the elements' ids, so that it stays when lines move.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any, Literal

from netproof.report.model import ModelReport, VerdictReport
from netproof.report.outline import Outline, outline_of
from netproof.report.rules import Rule, rule_of
from transition_systems.run import Lasso
from transition_systems.source_span import SourceSpan
from transition_systems.verdict import Outcome, Verdict

__all__ = ["Finding", "elements_of", "findings_of", "fingerprint", "outline_for"]

FINGERPRINT = "netproof/v1"
MAX_ELEMENTS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A verdict that is VIOLATED or UNKNOWN, as reports tell it.

    Parameters
    ----------
    model, entry
        Where it comes from.
    rule
        Its rule.
    elements
        Ids of the elements that it is about, in the order in which they are blamed.
    span
        The place to show first; ``None`` where nothing better than the file is known.
    fingerprint
        Equal for the same finding before and after an edit elsewhere in the file.
    """

    model: ModelReport
    entry: VerdictReport
    rule: Rule
    elements: tuple[str, ...]
    span: SourceSpan | None
    fingerprint: str

    @property
    def text(self) -> str:
        """What is wrong, in plain words; for UNKNOWN the reason."""
        verdict = self.entry.verdict
        return verdict.explain() if verdict.reason is None else verdict.reason

    @property
    def level(self) -> Literal["error", "warning", "note"]:
        """``error``, ``warning`` or ``note``: an accepted finding is a note."""
        return "note" if self.entry.accepted is not None else self.entry.level


def outline_for(model: ModelReport) -> Outline:
    """Return the outline of a report's model; empty where it could not be read."""
    if isinstance(model.outline, Outline):
        return model.outline
    return outline_of(model.model, model.translation)


def findings_of(model: ModelReport, outline: Outline | None = None) -> list[Finding]:
    """Return the findings of one file, in the order of its verdicts.

    Examples
    --------
    >>> findings_of(ModelReport(source="x.bpmn", error="no such file"))
    []
    """
    known = outline_for(model) if outline is None else outline
    found: list[Finding] = []
    for entry in model.verdicts:
        if entry.outcome is Outcome.HOLDS:
            continue
        elements = elements_of(model, entry, known)
        found.append(
            Finding(
                model=model, entry=entry, rule=rule_of(entry.name), elements=elements,
                span=_place(entry, elements, known),
                fingerprint=fingerprint(entry.name, entry.outcome, elements),
            )
        )  # fmt: skip
    return found


def fingerprint(name: str, outcome: Outcome, elements: tuple[str, ...]) -> str:
    """Return 32 hexadecimal digits for a property, an outcome and ids of elements.

    Examples
    --------
    >>> one = fingerprint("deadlock", Outcome.VIOLATED, ("a", "b"))
    >>> one == fingerprint("deadlock", Outcome.VIOLATED, ("b", "a")), len(one)
    (True, 32)
    """
    data = json.dumps([FINGERPRINT, name, str(outcome), sorted(set(elements))])
    return hashlib.sha256(data.encode("ascii")).hexdigest()[:32]


def elements_of(model: ModelReport, entry: VerdictReport, outline: Outline) -> tuple[str, ...]:
    """Return the ids of the elements that a verdict is about.

    Where a run gets stuck: the elements that hold a token at its end. Where something happens
    twice: the elements with two tokens. Where steps are repeated for ever: the elements that act in
    them. Where nothing leads to an element: the element. Without a verdict: what was refused.
    """
    if entry.outcome is Outcome.UNKNOWN:
        refused = [item for item in model.ledger.refused if item.kind != "suppression"]
        return tuple(dict.fromkeys(item.element for item in refused))
    witness = entry.witness
    if isinstance(witness, Lasso):
        return tuple(dict.fromkeys(outline.owner(step.action) for step in witness.cycle))
    if witness is None:
        return entry.dead or _claimed(entry.verdict, outline)
    tokens = _tokens(witness.last)
    twice = [id for id, count in tokens.items() if count > 1]
    if twice and entry.name not in ("deadlock", "option-to-complete"):
        return tuple(twice)
    ends = {id for id, item in outline.elements.items() if item.shape == "end"}
    left = [id for id in tokens if id not in ends]
    if left:
        return tuple(left)
    if len(witness):
        return (outline.owner(witness.steps[-1].action),)
    return tuple(tokens)


def _tokens(state: Any) -> dict[str, int]:
    if not isinstance(state, dict):
        return {}
    return {str(id): int(count) for id, count in state.items() if count}


def _claimed(verdict: Verdict, outline: Outline) -> tuple[str, ...]:
    """Return the elements of a claim that something is never enabled."""
    failed = next((part for part in verdict.parts if part.violated), verdict)
    if failed.evidence is None:
        return ()
    from transition_systems.errors import NetproofError
    from transition_systems.properties.parse import parse_formula
    from transition_systems.properties.walk import names_in_formula

    try:
        _, enabled = names_in_formula(parse_formula(failed.evidence.claim.formula))
    except NetproofError:
        return ()
    return tuple(dict.fromkeys(outline.owner(name) for name in sorted(enabled)))


def _place(entry: VerdictReport, elements: tuple[str, ...], outline: Outline) -> SourceSpan | None:
    """Return the place of the node that waits, else of an element, else of a step."""
    for id in elements[:MAX_ELEMENTS]:
        link = outline.links.get(id)
        if link is not None and link.target in outline.elements:
            found = outline.elements[link.target].span or link.span
        else:
            found = outline.place(id)
        if found is not None and found.line:
            return found
    steps = () if entry.witness is None else entry.witness.steps
    for step in (*steps[-1:], *steps[:1]):
        if step.source is not None and step.source.line:
            return step.source
    return None
