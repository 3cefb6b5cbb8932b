"""Evidence about formulas of linear temporal logic on a transition system."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transition_systems.evidence_data import (
    ByContent,
    Claim,
    StateSet,
    decode_array,
    encode_array,
)
from transition_systems.run import Lasso, Run, Step

__all__ = [
    "STAYS",
    "LabelSets",
    "LtlLasso",
    "LtlPrefix",
    "LtlRanks",
    "ltl_formula",
    "moves_of",
]

LabelSets = tuple[tuple[str, ...], ...]
STAYS = "(stays)"


def ltl_formula(text: str, *, holds: bool, weak: bool, fair: LabelSets, strong: LabelSets) -> str:
    """Return the statement that a formula holds on all paths that count, or that it does not.

    Parameters
    ----------
    text
        The formula.
    holds
        Whether it holds.
    weak
        Whether silent steps do not count.
    fair, strong
        The sets of labels to which a path must be weakly and strongly fair.

    Examples
    --------
    >>> ltl_formula("F p", holds=True, weak=False, fair=(("a",),), strong=())
    'F p on all paths that are weakly fair to {a}'
    """
    conditions = [
        f"{kind} fair to {{{', '.join(names)}}}"
        for kind, sets in (("weakly", fair), ("strongly", strong))
        for names in sets
    ]
    said = f" that are {' and '.join(conditions)}" if conditions else ""
    silent = ", silent steps left out" if weak else ""
    return f"{text} {'on all paths' if holds else 'not on all paths'}{said}{silent}"


def moves_of(run: Run | Lasso) -> tuple[Step, ...]:
    """Return the steps of a run without staying in its last state.

    Examples
    --------
    >>> stay = Step(action=STAYS, label=STAYS, state=0)
    >>> moves_of(Lasso(initial=0, steps=(stay,), loop_start=0))
    ()
    """
    return tuple(step for step in run.steps if step.action != STAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class LtlLasso:
    """An infinite path on which a formula does not hold.

    Parameters
    ----------
    claim
        What :func:`ltl_formula` says.
    formula
        The formula as text.
    lasso
        Stem and cycle; states are indices, actions names of labels. In a state without arcs a
        step :data:`STAYS` to the same state stands for staying there for ever.
    weak
        Whether silent steps that change no predicate of the formula are left out of the word.
    fair, strong
        The sets of labels to which the path is weakly and strongly fair.
    """

    claim: Claim
    formula: str
    lasso: Lasso
    weak: bool = False
    fair: LabelSets = ()
    strong: LabelSets = ()

    kind = "ltl-lasso"

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        return {
            "kind": self.kind,
            "claim": self.claim.to_dict(),
            "formula": self.formula,
            "lasso": self.lasso.to_dict(),
            **_reading(self.weak, self.fair, self.strong),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> LtlLasso:
        """Rebuild the evidence from :meth:`to_dict`."""
        return cls(
            claim=Claim.from_dict(data["claim"]),
            formula=_text(data["formula"]),
            lasso=Lasso.from_dict(data["lasso"]),
            weak=_truth(data["weak"]),
            fair=_sets(data["fair"]),
            strong=_sets(data["strong"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LtlPrefix:
    """A run after which a formula does not hold, however the path goes on.

    Parameters
    ----------
    claim
        What :func:`ltl_formula` says.
    formula
        The formula as text.
    run
        The run; states are indices, actions names of labels. No infinite word that begins with its
        word, the letter of its last state included, has the formula.
    weak
        Whether silent steps that change no predicate of the formula are left out of the word.
    fair, strong
        The sets of labels to which the paths that count are weakly and strongly fair: one of them
        begins with the run.
    """

    claim: Claim
    formula: str
    run: Run
    weak: bool = False
    fair: LabelSets = ()
    strong: LabelSets = ()

    kind = "ltl-prefix"

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        return {
            "kind": self.kind,
            "claim": self.claim.to_dict(),
            "formula": self.formula,
            "run": self.run.to_dict(),
            **_reading(self.weak, self.fair, self.strong),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> LtlPrefix:
        """Rebuild the evidence from :meth:`to_dict`."""
        return cls(
            claim=Claim.from_dict(data["claim"]),
            formula=_text(data["formula"]),
            run=Run.from_dict(data["run"]),
            weak=_truth(data["weak"]),
            fair=_sets(data["fair"]),
            strong=_sets(data["strong"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LtlRanks(ByContent):
    """Ranks on the product of a system with the tableau of a formula's negation.

    The tableau is by definition: its states are sets of obligations, a subformula that must hold
    (number ``2 i`` for the subformula ``i`` in the order in which operands come before operators,
    equal ones once) or must not (``2 i + 1``). Each letter leads to all minimal sets of what must
    hold next, with the obligations that it puts off.

    Parameters
    ----------
    claim
        What :func:`ltl_formula` says.
    formula
        The formula as text.
    states
        The states of the tableau: sets of obligations, sorted.
    nodes
        The reachable nodes ``a * n + s`` of the product, int64 (k,), sorted.
    ranks
        For each level the rank of each node, int64 (levels, k); steps that are left at a level
        do not raise it.
    helpers
        For each level and rank why no fair path stays there: the obligation that each step puts
        off; ``-2 - j`` for the weak and ``-2 - (weak sets) - j`` for the strong condition ``j``;
        -1 where there is no step.
    weak, fair, strong
        As for :class:`LtlLasso`.
    space
        The states of the system in the order of their numbers, where the claim is about a model
        whose states they are. Where all steps and paths count, other states are left out; at the
        states from which a step leads there, the tableau has no move.
    """

    claim: Claim
    formula: str
    states: tuple[tuple[int, ...], ...]
    nodes: NDArray[np.int64]
    ranks: NDArray[np.int64]
    helpers: tuple[tuple[int, ...], ...]
    weak: bool = False
    fair: LabelSets = ()
    strong: LabelSets = ()
    space: StateSet | None = None

    kind = "ltl-ranks"

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        return {
            "kind": self.kind,
            "claim": self.claim.to_dict(),
            "formula": self.formula,
            "states": [list(state) for state in self.states],
            "nodes": encode_array(self.nodes),
            "ranks": encode_array(self.ranks),
            "helpers": [list(row) for row in self.helpers],
            "space": None if self.space is None else self.space.to_dict(),
            **_reading(self.weak, self.fair, self.strong),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> LtlRanks:
        """Rebuild the evidence from :meth:`to_dict`."""
        return cls(
            claim=Claim.from_dict(data["claim"]),
            formula=_text(data["formula"]),
            states=_integers(data["states"]),
            nodes=decode_array(data["nodes"]),
            ranks=decode_array(data["ranks"]),
            helpers=_integers(data["helpers"]),
            space=None if data["space"] is None else StateSet.from_dict(data["space"]),
            weak=_truth(data["weak"]),
            fair=_sets(data["fair"]),
            strong=_sets(data["strong"]),
        )


def _reading(weak: bool, fair: LabelSets, strong: LabelSets) -> dict[str, Any]:
    return {
        "weak": weak,
        "fair": [list(names) for names in fair],
        "strong": [list(names) for names in strong],
    }


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"{value!r} is no truth value")
    return value


def _sets(value: Any) -> LabelSets:
    return tuple(tuple(_text(name) for name in names) for names in value)


def _integers(value: Any) -> tuple[tuple[int, ...], ...]:
    rows = tuple(tuple(row) for row in value)
    if any(type(number) is not int for row in rows for number in row):
        raise TypeError("a list of whole numbers is expected")
    return rows
