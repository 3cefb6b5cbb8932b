"""Names with dots in modalities: without quotation marks ``pay.start`` is two steps."""

from __future__ import annotations

import re
from collections.abc import Collection

from transition_systems.errors import UsageError
from transition_systems.properties.names import nearest_names
from transition_systems.properties.tokens import quoted

__all__ = ["read_in_sequence", "with_dotted_names"]

QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
MODALITY = re.compile(r"<([^<>\[\]]*)>|\[([^<>\[\]]*)\]")
DOTTED = re.compile(r"[^\W\d][\w$]*(?:\.[^\W\d][\w$]*)+(?!\s*[*+])")
MOST_PARTS = 8


def _dotted(text: str) -> list[str]:
    """Return the sequences of names in the modalities of a text, and their parts, each once."""
    found: dict[str, None] = {}
    for modality in MODALITY.finditer(QUOTED.sub('""', text)):
        for run in DOTTED.findall(modality[1] or modality[2] or ""):
            parts = run.split(".")[:MOST_PARTS]
            for first in range(len(parts)):
                for end in range(len(parts), first + 1, -1):
                    found.setdefault(".".join(parts[first:end]))
    return list(found)


def read_in_sequence(text: str, steps: Collection[str]) -> tuple[str, ...]:
    """Return a sentence for each step of a model that a formula reads as a sequence of steps.

    Parameters
    ----------
    text
        The formula.
    steps
        The names of steps of the model.

    Examples
    --------
    >>> read_in_sequence("<pay.start> true", ["pay", "start", "pay.start"])
    ('In it pay.start is pay, then start; the step of that name is written "pay.start".',)
    >>> read_in_sequence('<"pay.start"> true', ["pay.start"])
    ()
    """
    return tuple(
        f"In it {name} is {', then '.join(name.split('.'))}; "
        f"the step of that name is written {quoted(name)}."
        for name in _dotted(text)
        if name in steps
    )


def with_dotted_names(error: UsageError, text: str, steps: Collection[str]) -> UsageError:
    """Return the error for a name, with a step in quotation marks that may have been meant.

    Examples
    --------
    >>> print(with_dotted_names(UsageError("nothing called 'strat'"), "<a.strat> p", ["a.start"]))
    nothing called 'strat'; in quotation marks "a.start" is one step
    """
    for name in _dotted(text):
        if not any(part and f"'{part}'" in str(error) for part in name.split(".")):
            continue
        near = (name,) if name in steps else nearest_names(name, [s for s in steps if "." in s])
        if near:
            shown = " or ".join(quoted(one) for one in near)
            return UsageError(f"{error}; in quotation marks {shown} is one step")
    return error
