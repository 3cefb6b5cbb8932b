"""The properties that can be asked of a model, by name, and formulas over its own names."""

from __future__ import annotations

import re
from collections.abc import Iterable

from netproof.asked_formulas import AskedFormula, asked_formula, with_reading
from transition_systems.errors import UsageError
from transition_systems.properties.formulas import State
from transition_systems.properties.names import nearest_names
from transition_systems.properties.predicates import Atom
from translators.ledger import PropertyKind

__all__ = [
    "KINDS",
    "NET_DEFAULTS",
    "WORKFLOW_DEFAULTS",
    "AskedFormula",
    "asked_properties",
    "property_kind",
    "read_as",
    "soundness_kind",
]

WORKFLOW_DEFAULTS = ("soundness", "deadlock", "boundedness", "safeness", "no-dead-activities")
NET_DEFAULTS = ("deadlock", "boundedness", "safeness", "no-dead-transitions")

# How a property depends on the behaviours of the model. A deadlock is no universal property: it
# needs that nothing can happen, and what an over-approximation adds can happen.
KINDS: dict[str, PropertyKind] = {
    "soundness": PropertyKind.BRANCHING,
    "option-to-complete": PropertyKind.BRANCHING,
    "proper-completion": PropertyKind.UNIVERSAL,
    "deadlock": PropertyKind.BRANCHING,
    "boundedness": PropertyKind.UNIVERSAL,
    "safeness": PropertyKind.UNIVERSAL,
    "no-dead-activities": PropertyKind.EXISTENTIAL,
    "no-dead-transitions": PropertyKind.EXISTENTIAL,
    "termination": PropertyKind.UNIVERSAL,
    "termination-weak": PropertyKind.BRANCHING,
    "termination-strong": PropertyKind.BRANCHING,
    "lost-messages": PropertyKind.BRANCHING,
    "never-started-pools": PropertyKind.EXISTENTIAL,
    "workflow-net": PropertyKind.UNIVERSAL,
    "liveness": PropertyKind.BRANCHING,
    "reversibility": PropertyKind.BRANCHING,
    "persistence": PropertyKind.UNIVERSAL,
    "stable-place": PropertyKind.UNIVERSAL,
    "weak-soundness": PropertyKind.BRANCHING,
    "relaxed-soundness": PropertyKind.BRANCHING,
    "easy-soundness": PropertyKind.EXISTENTIAL,
    "lazy-soundness": PropertyKind.BRANCHING,
    "generalised-soundness": PropertyKind.BRANCHING,
    "soundness-without-fairness": PropertyKind.BRANCHING,
}
COUNTED = re.compile(r"(?:up-to-)?[1-9][0-9]{0,3}-soundness")
WORKFLOW_ONLY = frozenset({"lost-messages", "never-started-pools"})
NET_ONLY = frozenset(
    {
        "no-dead-transitions", "workflow-net", "liveness", "reversibility", "persistence",
        "stable-place",
    }
)  # fmt: skip


def property_kind(name: str) -> PropertyKind | None:
    """Return how a property depends on the behaviours of the model; ``None`` if there is none such.

    Examples
    --------
    >>> property_kind("3-soundness"), property_kind("sondness")
    (<PropertyKind.BRANCHING: 'branching'>, None)
    """
    return PropertyKind.BRANCHING if COUNTED.fullmatch(name) else KINDS.get(name)


def soundness_kind(name: str) -> bool:
    """Return whether a property is a kind of soundness other than the classical one."""
    return name != "soundness" and name.endswith(("-soundness", "soundness-without-fairness"))


def asked_properties(asked: Iterable[str]) -> list[str | AskedFormula]:
    """Return property names and parsed formulas; what is asked twice is answered once.

    Raises
    ------
    UsageError
        For a name that is unknown (with the nearest), or a formula that asks nothing.

    Examples
    --------
    >>> asked_properties(["soundness", "deadlock", "soundness"])
    ['soundness', 'deadlock']
    """
    return [
        text if property_kind(text) is not None else _formula(text) for text in dict.fromkeys(asked)
    ]


def read_as(text: str, *, weak: bool = False, fairness: str | None = None) -> str:
    """Return a property as it is asked where silent steps are left out, or only fair paths count.

    What does not depend on that stays as it is.

    Examples
    --------
    >>> [read_as(t, fairness="weak-fairness") for t in ("F p", "AG p", "safeness", "termination")]
    ['weak-fairness: F p', 'AG p', 'safeness', 'termination-weak']
    """
    if text == "termination" and fairness in ("weak-fairness", "strong-fairness"):
        return f"termination-{fairness.removesuffix('-fairness')}"
    if property_kind(text) is not None:
        return text
    asked = asked_formula(text)
    if asked.formula is None:
        return text
    return with_reading(text, weak=weak and asked.logic == "LTL", fairness=fairness)


def _formula(text: str) -> AskedFormula:
    word = text.replace("-", "").replace("_", "")
    if word.isalnum() and not any(c.isspace() for c in text):
        raise _unknown(text)
    asked = asked_formula(text)
    if isinstance(asked.formula, State) and isinstance(asked.formula.predicate, Atom):
        raise _unknown(text)  # a name alone is a misspelt property, not a question of the start
    return asked


def _unknown(text: str) -> UsageError:
    close = nearest_names(text, KINDS)
    hint = f"; did you mean {' or '.join(close)}?" if close else "."
    return UsageError(
        f"there is no property {text!r}{hint} Known: {', '.join(KINDS)}; with a number as in "
        "2-soundness and up-to-2-soundness; or a formula such as AG(...), EF(...), "
        "G (p -> F q) or response(p, q)"
    )
