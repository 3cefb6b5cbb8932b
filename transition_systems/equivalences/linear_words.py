"""What tells two systems apart in linear time, in words for a reader."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from transition_systems.evidence_normalised import LinearDistinction
from transition_systems.shown_labels import shown_label

__all__ = ["in_words"]

MOST_SHOWN = 12


def in_words(evidence: LinearDistinction, *, both: bool) -> str:
    """Return a sentence that says what only one of two systems shows.

    Parameters
    ----------
    evidence
        What tells them apart.
    both
        Whether they were compared as equals; otherwise as specification and implementation.

    Examples
    --------
    >>> from transition_systems.evidence_data import Claim
    >>> claim = Claim(formula="not failures refinement", model_digest="")
    >>> in_words(LinearDistinction(claim=claim, relation="failures", trace=("a",), able="right",
    ...                            seen=("refusal", ("b",), ())), both=False)
    'After a, the implementation can refuse {b}; the specification cannot.'
    """
    if both:
        one, other = "the first", "the second"
    else:
        one, other = "the specification", "the implementation"
    if evidence.able == "right":
        one, other = other, one
    after = _after(evidence)
    shown = _shown(evidence.seen)
    if evidence.seen[0] == "trace":
        if not evidence.trace:
            return f"Only {one} has an initial state."
        shown = f"can do {shown_label(evidence.trace[-1])}"
        after = _after(evidence, short=1)
    start = f"{after}, {one}" if after else f"{one[:1].upper()}{one[1:]}"
    return f"{start} {shown}; {other} cannot."


def _after(evidence: LinearDistinction, short: int = 0) -> str:
    """Return the trace but its last letters, with what was seen on the way."""
    trace = evidence.trace[: len(evidence.trace) - short]
    parts: list[str] = []
    for at in range(len(trace) + 1):
        seen = evidence.along[at] if at < len(evidence.along) else None
        if seen is not None:
            word = "refusing" if "failure" in evidence.relation else "ready for"
            parts.append(f"({word} {_set(seen)})")
        if at < len(trace):
            parts.append(shown_label(trace[at]))
    return f"After {_cut(parts, ' ')}" if parts else ""


def _shown(seen: tuple[Any, ...]) -> str:
    match seen:
        case ("atom", name):
            return f"can be where {name} holds"
        case ("end",):
            return "can be at its end, without a further step"
        case ("refusal", labels, atoms):
            return f"can refuse {_set((labels, atoms))}"
        case ("ready", labels, atoms):
            return f"can be ready for just {_set((labels, atoms))}"
        case ("divergence",):
            return "can be silent for ever"
        case ("future", can, cannot):
            parts = [f"can then do {_words(can, 'and')}"] if can else []
            parts += [f"cannot then do {_words(cannot, 'or')}"] if cannot else []
            return f"can be in a state that {' and '.join(parts)}"
        case _:
            return "can do this"


def _set(names: tuple[Iterable[str], Iterable[str]]) -> str:
    return f"{{{_cut([*map(shown_label, names[0]), *names[1]], ', ')}}}"


def _words(words: Iterable[tuple[tuple[str, ...], str | None]], joint: str) -> str:
    shown = (
        _cut([*map(shown_label, labels), *([] if atom is None else [atom])], " ")
        for labels, atom in words
    )
    return _cut([f"'{word}'" for word in shown], f" {joint} ")


def _cut(parts: list[str], between: str) -> str:
    text = between.join(parts[:MOST_SHOWN])
    return text if len(parts) <= MOST_SHOWN else f"{text}{between}... ({len(parts)})"
