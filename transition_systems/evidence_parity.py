"""Evidence for formulas of the mu-calculus: a strategy in the game of a system and a formula."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transition_systems.evidence_ctl_star import path_from_dict
from transition_systems.evidence_data import (
    ByContent,
    Claim,
    StateSet,
    decode_array,
    encode_array,
)
from transition_systems.run import Lasso, Run

__all__ = ["ParityStrategy", "mu_claim"]


def mu_claim(text: str, *, holds: bool) -> str:
    """Return the statement that a formula holds in all initial states, or fails in one.

    Examples
    --------
    >>> mu_claim("nu X. <a> X", holds=True)
    'nu X. <a> X holds in the mu-calculus'
    """
    return f"{text} {'holds' if holds else 'fails'} in the mu-calculus"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ParityStrategy(ByContent):
    """Positions from which a player wins the game of a formula, and a move from each of its own.

    The parts of the formula are numbered in preorder, with negations driven to the predicates and a
    variable standing for its fixpoint; position ``part * n + state`` says that the part holds in
    the state (for the player who shows that it does), or that it does not.

    Parameters
    ----------
    claim
        What :func:`mu_claim` says.
    formula
        The formula as text.
    positions
        Positions that the player wins, int64 (k,), ascending.
    moves
        For each where the player moves the next position, -1 elsewhere, int64 (k,).
    space
        The states in the order of their numbers, where the claim is about a net.
    path
        The play of the strategy from an initial state, while the other player has no choice.
    """

    claim: Claim
    formula: str
    positions: NDArray[np.int64]
    moves: NDArray[np.int64]
    space: StateSet | None = None
    path: Run | Lasso | None = None

    kind = "parity-strategy"

    @property
    def run(self) -> Run | None:
        """The play, where it is finite."""
        return self.path if isinstance(self.path, Run) else None

    @property
    def lasso(self) -> Lasso | None:
        """The play, where it is infinite."""
        return self.path if isinstance(self.path, Lasso) else None

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        return {
            "kind": self.kind,
            "claim": self.claim.to_dict(),
            "formula": self.formula,
            "positions": encode_array(self.positions),
            "moves": encode_array(self.moves),
            "space": None if self.space is None else self.space.to_dict(),
            "path": None if self.path is None else self.path.to_dict(),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> ParityStrategy:
        """Rebuild the evidence from :meth:`to_dict`."""
        space = data["space"]
        return cls(
            claim=Claim.from_dict(data["claim"]),
            formula=str(data["formula"]),
            positions=decode_array(data["positions"]),
            moves=decode_array(data["moves"]),
            space=None if space is None else StateSet.from_dict(space),
            path=path_from_dict(data.get("path")),
        )
