"""Action formulas: which steps a modality speaks of, as a Boolean combination of names.

A name is a label of a transition system, where a step has one label only, or a name that a user
gives to steps of a net or workflow, where several names may mean the same step: its id, its label,
the node that owns it. ``a && !b`` is therefore kept until it is known what ``a`` and ``b`` mean;
then :func:`as_labels` works it out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

__all__ = [
    "ANY_LABEL",
    "ActionFormula",
    "Connected",
    "Labels",
    "action_text",
    "as_labels",
    "connected",
    "inverted",
    "names_in",
    "renamed",
]

Word = Literal["and", "or"]
_SIGNS = {"and": " && ", "or": " || "}


@dataclass(frozen=True, slots=True)
class Labels:
    """A set of labels: those that are named, or all others."""

    names: frozenset[str]
    others: bool = False

    def has(self, name: str) -> bool:
        """Return whether a label is in the set.

        Examples
        --------
        >>> Labels(frozenset("ab"), True).has("a")
        False
        """
        return (name in self.names) is not self.others


@dataclass(frozen=True, slots=True)
class Connected:
    """The union or the intersection of several sets whose names may mean the same steps."""

    word: Word
    parts: tuple[ActionFormula, ...]


ActionFormula: TypeAlias = Labels | Connected

ANY_LABEL = Labels(frozenset(), others=True)


def inverted(formula: ActionFormula) -> ActionFormula:
    """Return the complement.

    Examples
    --------
    >>> action_text(inverted(connected("and", [Labels(frozenset("a")), Labels(frozenset("b"))])))
    '!a || !b'
    """
    if isinstance(formula, Labels):
        return Labels(formula.names, not formula.others)
    word: Word = "or" if formula.word == "and" else "and"
    return Connected(word, tuple(inverted(part) for part in formula.parts))


def connected(word: Word, parts: Sequence[ActionFormula]) -> ActionFormula:
    """Return the union (``or``) or the intersection (``and``) of some sets.

    Parameters
    ----------
    word, parts
        The connective, and at least one set.

    Returns
    -------
    ActionFormula
        Simplified only by what is true whatever the names mean.

    Notes
    -----
    Linear in the names.

    Examples
    --------
    >>> connected("or", [Labels(frozenset("a")), Labels(frozenset("b"))]).names == {"a", "b"}
    True
    """
    absorbs = inverted(ANY_LABEL) if word == "and" else ANY_LABEL
    flat: dict[ActionFormula, None] = {}
    joined: set[str] = set()
    for part in parts:
        more = part.parts if isinstance(part, Connected) and part.word == word else (part,)
        for one in more:
            if one == absorbs:
                return absorbs
            if isinstance(one, Labels) and one.others is (word == "and"):
                joined |= one.names
            else:
                flat[one] = None
    same = Labels(frozenset(joined), word == "and")
    sets = list(flat)
    if joined or not sets:
        sets.insert(0 if word == "or" else len(sets), same)
    return Connected(word, tuple(sets)) if len(sets) > 1 else sets[0]


def as_labels(formula: ActionFormula) -> Labels:
    """Return a formula as one set, where no step has two of its names.

    Notes
    -----
    Linear in the names.

    Examples
    --------
    >>> one, other = Labels(frozenset("ab")), Labels(frozenset("bc"), True)
    >>> as_labels(connected("and", [one, other]))
    Labels(names=frozenset({'a'}), others=False)
    """
    if isinstance(formula, Labels):
        return formula
    if formula.word == "and":
        found = as_labels(inverted(formula))
        return Labels(found.names, not found.others)
    sets = [as_labels(part) for part in formula.parts]
    named = frozenset().union(*(one.names for one in sets if not one.others))
    left_out = [one.names for one in sets if one.others]
    if not left_out:
        return Labels(named)
    return Labels(left_out[0].intersection(*left_out[1:]) - named, others=True)


def names_in(formula: ActionFormula) -> frozenset[str]:
    """Return the names that a formula has.

    Examples
    --------
    >>> sorted(names_in(Connected("and", (Labels(frozenset("ab")), Labels(frozenset("c"))))))
    ['a', 'b', 'c']
    """
    if isinstance(formula, Labels):
        return formula.names
    return frozenset().union(*map(names_in, formula.parts))


def renamed(formula: ActionFormula, label: Callable[[str], Iterable[str]]) -> ActionFormula:
    """Return a formula with all that each name means in its place.

    Examples
    --------
    >>> steps = {"pay": ["t1"], "t1": ["t1"]}
    >>> twice = Connected("and", (Labels(frozenset({"pay"})), Labels(frozenset({"t1"}))))
    >>> as_labels(renamed(twice, steps.get))
    Labels(names=frozenset({'t1'}), others=False)
    """
    if isinstance(formula, Labels):
        return Labels(
            frozenset(new for name in formula.names for new in label(name)), formula.others
        )
    return Connected(formula.word, tuple(renamed(part, label) for part in formula.parts))


def action_text(formula: ActionFormula, name: Callable[[str], str] = str) -> str:
    """Return a formula as the language writes it.

    Parameters
    ----------
    formula, name
        The formula, and how a name of it is written.

    Returns
    -------
    str

    Examples
    --------
    >>> action_text(Connected("and", (Labels(frozenset("ab")), Labels(frozenset("c"), True))))
    '(a || b) && !c'
    """
    if isinstance(formula, Connected):
        return _SIGNS[formula.word].join(
            f"({text})" if _is_joined(part) else text
            for part in formula.parts
            for text in (action_text(part, name),)
        )
    named = " || ".join(name(one) for one in sorted(formula.names))
    if not formula.others:
        return named or "false"
    if not formula.names:
        return "true"
    return f"!{named}" if len(formula.names) == 1 else f"!({named})"


def _is_joined(formula: ActionFormula) -> bool:
    """Return whether a connective stands between the parts of a formula's text."""
    if isinstance(formula, Connected):
        return True
    return not formula.others and len(formula.names) > 1
