"""The properties that can be asked of a model, by name, and formulas over its own names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

from netproof.asked_formulas import FAIRNESS, AskedFormula, asked_formula, with_reading
from transition_systems.errors import ExpressionError, UsageError
from transition_systems.properties.formulas import State
from transition_systems.properties.names import nearest_names
from transition_systems.properties.predicates import Atom, LastStep
from translators.ledger import PropertyKind

__all__ = [
    "BOUND",
    "KINDS",
    "LIVELOCK",
    "NET_DEFAULTS",
    "NET_ONLY",
    "SYSTEM_DEFAULTS",
    "WORKFLOW_DEFAULTS",
    "WORKFLOW_ONLY",
    "AskedFormula",
    "asked_properties",
    "misnamed",
    "name_alone",
    "property_kind",
    "read_as",
    "soundness_kind",
]

MISSPELT = 0.8  # so much alike a word and a property are where the word is taken as misspelt
LIVELOCK = ("livelock", "divergence")
OPERATORS = frozenset({"AG", "AF", "AX", "EG", "EF", "EX"})
WORKFLOW_DEFAULTS = ("soundness", "deadlock", "boundedness", "safeness", "no-dead-activities")
NET_DEFAULTS = ("deadlock", "boundedness", "safeness", "no-dead-transitions")
SYSTEM_DEFAULTS = ("deadlock", "no-dead-transitions")

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
    "livelock": PropertyKind.UNIVERSAL,
    "divergence": PropertyKind.UNIVERSAL,
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
    "bounds": PropertyKind.BRANCHING,
    "weak-soundness": PropertyKind.BRANCHING,
    "relaxed-soundness": PropertyKind.BRANCHING,
    "easy-soundness": PropertyKind.EXISTENTIAL,
    "lazy-soundness": PropertyKind.BRANCHING,
    "generalised-soundness": PropertyKind.BRANCHING,
    "soundness-without-fairness": PropertyKind.BRANCHING,
}
COUNTED = re.compile(r"(?:up-to-)?[1-9][0-9]{0,18}-soundness")
# The exact bound of the sum of places that follows.
BOUND = "bound "
WORKFLOW_ONLY = frozenset({"lost-messages", "never-started-pools"})
NET_ONLY = frozenset(
    {
        "no-dead-transitions", "workflow-net", "liveness", "reversibility", "persistence",
        "stable-place", "bounds",
    }
)  # fmt: skip


def property_kind(name: str) -> PropertyKind | None:
    """Return how a property depends on the behaviours of the model; ``None`` if there is none such.

    Examples
    --------
    >>> property_kind("3-soundness"), property_kind("sondness")
    (<PropertyKind.BRANCHING: 'branching'>, None)
    """
    if COUNTED.fullmatch(name) or name.startswith(BOUND):
        return PropertyKind.BRANCHING
    return KINDS.get(name)


def soundness_kind(name: str) -> bool:
    """Return whether a property is a kind of soundness other than the classical one."""
    return name != "soundness" and name.endswith(("-soundness", "soundness-without-fairness"))


def asked_properties(asked: Iterable[str]) -> list[str | AskedFormula]:
    """Return property names and parsed formulas; what is asked twice is answered once.

    A word that is no property is a formula, of a name of the model in its initial state, unless it
    looks very much like a property; a name that does look so is written in quotation marks.

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


def name_alone(asked: str | AskedFormula) -> bool:
    """Return whether a formula is one name, which may be a misspelt property as well.

    Examples
    --------
    >>> [name_alone(asked) for asked in asked_properties(["paid", "!paid", "done(pay)", "dead"])]
    [True, False, False, False]
    """
    if isinstance(asked, str) or not isinstance(asked.formula, State):
        return False
    named = asked.formula.predicate
    return isinstance(named, Atom) and not isinstance(named, LastStep)


def misnamed(asked: AskedFormula, nothing: str) -> str:
    """Return what is said of a name alone that is neither a property nor a name of the model.

    Parameters
    ----------
    asked
        The formula.
    nothing
        What is said of the names of the model.
    """
    close = nearest_names(asked.text, KINDS)
    hint = f" (is it {' or '.join(close)}?)" if close else ""
    return f"there is no property {asked.text!r}{hint}, and {nothing}"


def _formula(text: str) -> AskedFormula:
    words, colon, rest = text.rpartition(":")
    said = set(re.split(r"[\s,]+", words.strip()))
    if colon and said <= {"weak", *FAIRNESS} and property_kind(rest.strip()) is not None:
        raise _read_in_one_way(words.strip(), rest.strip())
    word = text.replace("-", "").replace("_", "")
    if not word.isalnum() or any(c.isspace() for c in text):
        return asked_formula(text)
    if text in OPERATORS or get_close_matches(text, KINDS, 1, MISSPELT):
        raise _unknown(text)
    try:
        return asked_formula(text)  # a name of the model, about its initial state
    except ExpressionError:
        raise _unknown(text) from None


def _read_in_one_way(words: str, name: str) -> UsageError:
    """Return the error for words that say how to read a formula before a property by name."""
    for word in re.split(r"[\s,:]+", words):
        fair = read_as(name, fairness=word)
        if fair == name:
            continue
        return UsageError(f"{words!r} stands before formulas: this property is asked as {fair}")
    return UsageError(
        f"{name} is a property by name, which is asked in one way, without {words + ':'!r}; "
        "what the model calls so is written in quotation marks"
    )


def _unknown(text: str) -> UsageError:
    close = nearest_names(text, KINDS)
    hint = f"; did you mean {' or '.join(close)}?" if close else "."
    return UsageError(
        f"there is no property {text!r}{hint} netproof check --help lists them, also those with a "
        "number as 2-soundness; a formula is written as AG (p -> AF q), G (p -> F q) or "
        "response(p, q)"
    )
