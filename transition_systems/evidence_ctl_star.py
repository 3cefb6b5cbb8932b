"""Evidence for formulas of CTL*: for each path quantifier the states where it holds, and why."""

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
from transition_systems.evidence_ltl import LabelSets, LtlRanks
from transition_systems.run import Lasso, Run

__all__ = ["CtlStarProof", "QuantifiedPart", "ctl_star_claim", "part_name"]


def part_name(number: int, taken: str = "") -> str:
    """Return the name of the atom that stands for a quantified part of a formula.

    ``taken`` are the primes that it needs so as to differ from the atoms of the formula.
    """
    return f"part{taken} {number}"


def ctl_star_claim(
    text: str, *, holds: bool, maximal: bool, fair: LabelSets, strong: LabelSets
) -> str:
    """Return the statement that a formula of CTL* holds in the initial states, or fails in one.

    Parameters
    ----------
    text
        The formula.
    holds
        Whether it holds.
    maximal
        Whether paths may end in dead states (CTL); else they stay there for ever.
    fair, strong
        The sets of labels to which a path must be weakly and strongly fair to count.

    Examples
    --------
    >>> ctl_star_claim("E G F p", holds=False, maximal=False, fair=(("a",),), strong=())
    'E G F p fails as CTL* on paths weakly fair to {a}'
    """
    conditions = [
        f"{kind} fair to {{{', '.join(names)}}}"
        for kind, sets in (("weakly", fair), ("strongly", strong))
        for names in sets
    ]
    said = f" on paths {' and '.join(conditions)}" if conditions else ""
    return f"{text} {'holds' if holds else 'fails'} as {'CTL' if maximal else 'CTL*'}{said}"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class QuantifiedPart(ByContent):
    """Where a part ``E path`` of a formula holds, and why nowhere else.

    Parameters
    ----------
    begin
        For each state the position from which a path begins on which the path formula holds, -1
        where there is none, int64 (n,).
    state, label, after
        For each position its state, the label of the step from there (-1 for staying in a dead
        state), and the position after that, int64 (k,).
    ranks
        Shows that no path from the other states has the path formula: about the system with these
        as its initial states. ``None`` where there are none.
    """

    begin: NDArray[np.int64]
    state: NDArray[np.int64]
    label: NDArray[np.int64]
    after: NDArray[np.int64]
    ranks: LtlRanks | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the part as JSON data."""
        return {
            "begin": encode_array(self.begin),
            "state": encode_array(self.state),
            "label": encode_array(self.label),
            "after": encode_array(self.after),
            "ranks": None if self.ranks is None else self.ranks.to_dict(),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> QuantifiedPart:
        """Rebuild the part from :meth:`to_dict`."""
        ranks = data["ranks"]
        return cls(
            begin=decode_array(data["begin"]),
            state=decode_array(data["state"]),
            label=decode_array(data["label"]),
            after=decode_array(data["after"]),
            ranks=None if ranks is None else LtlRanks.from_dict(ranks),
        )


def path_from_dict(data: Mapping[str, Any] | None) -> Run | Lasso | None:
    """Return a run or a lasso from plain data."""
    if data is None:
        return None
    return Lasso.from_dict(data) if data["kind"] == "lasso" else Run.from_dict(data)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CtlStarProof(ByContent):
    """For each path quantifier of a formula, innermost first, the states where it holds and why.

    ``A path`` is taken as the negation of ``E`` of the negated path.

    Parameters
    ----------
    claim
        What :func:`ctl_star_claim` says.
    formula
        The formula as text.
    parts
        For each quantifier, operands before operators and from left to right.
    maximal, fair, strong
        As for :func:`ctl_star_claim`.
    space
        The states in the order of their numbers, where the claim is about a net.
    path
        A run or lasso from an initial state that is worth showing.
    """

    claim: Claim
    formula: str
    parts: tuple[QuantifiedPart, ...]
    maximal: bool = False
    fair: LabelSets = ()
    strong: LabelSets = ()
    space: StateSet | None = None
    path: Run | Lasso | None = None

    kind = "ctl-star"

    @property
    def run(self) -> Run | None:
        """The path that is worth showing, where it is finite."""
        return self.path if isinstance(self.path, Run) else None

    @property
    def lasso(self) -> Lasso | None:
        """The path that is worth showing, where it is infinite."""
        return self.path if isinstance(self.path, Lasso) else None

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        return {
            "kind": self.kind,
            "claim": self.claim.to_dict(),
            "formula": self.formula,
            "parts": [part.to_dict() for part in self.parts],
            "maximal": self.maximal,
            "fair": [list(names) for names in self.fair],
            "strong": [list(names) for names in self.strong],
            "space": None if self.space is None else self.space.to_dict(),
            "path": None if self.path is None else self.path.to_dict(),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> CtlStarProof:
        """Rebuild the evidence from :meth:`to_dict`."""
        space = data["space"]
        return cls(
            claim=Claim.from_dict(data["claim"]),
            formula=str(data["formula"]),
            parts=tuple(QuantifiedPart.from_dict(part) for part in data["parts"]),
            maximal=data["maximal"] is True,
            fair=tuple(tuple(str(name) for name in names) for names in data["fair"]),
            strong=tuple(tuple(str(name) for name in names) for names in data["strong"]),
            space=None if space is None else StateSet.from_dict(space),
            path=path_from_dict(data["path"]),
        )
