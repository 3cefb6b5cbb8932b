"""Evidence for formulas of branching time: trees of runs, and ranks of all fixpoints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transition_systems.errors import RecheckError
from transition_systems.evidence_data import (
    ByContent,
    Claim,
    StateSet,
    decode_array,
    encode_array,
)
from transition_systems.run import Lasso, Run

__all__ = ["CtlRanks", "ShowsPath", "TreeEvidence", "TreeNode", "path_from_dict"]

MOST_DEEP = 200


def path_from_dict(data: Mapping[str, Any] | None) -> Run | Lasso | None:
    """Rebuild a run or a lasso from its JSON form."""
    if data is None:
        return None
    return Lasso.from_dict(data) if data["kind"] == "lasso" else Run.from_dict(data)


class ShowsPath:
    """Evidence of which a run or a lasso is worth showing."""

    __slots__ = ()

    @property
    def shown(self) -> Run | Lasso | None:
        """The path that is worth showing."""
        return None

    @property
    def run(self) -> Run | None:
        """The path that is worth showing, where it is finite."""
        path = self.shown
        return path if isinstance(path, Run) else None

    @property
    def lasso(self) -> Lasso | None:
        """The path that is worth showing, where it is infinite."""
        path = self.shown
        return path if isinstance(path, Lasso) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeNode:
    """Shows one formula, or its negation, in one state.

    Parameters
    ----------
    path
        For a temporal operator the run that is claimed to exist: up to the goal, up to a dead
        state, or a lasso. ``None`` for a Boolean operator.
    choice
        Which operand is shown, where one is enough; for an operator that need not reach its goal,
        1 where the path ends in the goal and 0 where it never does.
    parts
        For each operand that is to be shown and is no state predicate, in order: along the path,
        state by state. Negation has no node of its own.
    """

    path: Run | Lasso | None = None
    choice: int = 0
    parts: tuple[TreeNode, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the node as JSON data."""
        return {
            "path": None if self.path is None else self.path.to_dict(),
            "choice": self.choice,
            "parts": [part.to_dict() for part in self.parts],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], depth: int = 0) -> TreeNode:
        """Rebuild a node from :meth:`to_dict`; refuse one that is nested too deep."""
        if depth > MOST_DEEP:
            raise RecheckError("a tree of runs is nested too deep")
        return cls(
            path=path_from_dict(data["path"]),
            choice=int(data["choice"]),
            parts=tuple(cls.from_dict(part, depth + 1) for part in data["parts"]),
        )

    def shown(self) -> Run | Lasso | None:
        """Return the path from the root as far as it goes on in one line."""
        steps: list[Any] = []
        first: Any = None
        node: TreeNode | None = self
        while node is not None:
            path = node.path
            if path is not None:
                last = steps[-1].state if steps else first
                if first is None:
                    first = path.initial
                elif path.initial != last:
                    break
                if isinstance(path, Lasso):
                    start = len(steps) + path.loop_start
                    return Lasso(initial=first, steps=(*steps, *path.steps), loop_start=start)
                steps.extend(path.steps)
            node = node.parts[-1] if node.parts else None
        return None if first is None else Run(initial=first, steps=tuple(steps))


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeEvidence(ShowsPath):
    """A tree of runs: what exists according to a formula of CTL, piece by piece.

    ``start`` is the initial state in which it is shown.
    """

    claim: Claim
    start: Any
    tree: TreeNode

    kind = "tree"

    @property
    def shown(self) -> Run | Lasso | None:
        """The path that is worth showing."""
        return self.tree.shown()

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        start = dict(self.start) if isinstance(self.start, Mapping) else self.start
        return {
            "kind": self.kind,
            "claim": self.claim.to_dict(),
            "start": start,
            "tree": self.tree.to_dict(),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> TreeEvidence:
        """Rebuild the evidence from :meth:`to_dict`."""
        return cls(
            claim=Claim.from_dict(data["claim"]),
            start=data["start"],
            tree=TreeNode.from_dict(data["tree"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CtlRanks(ByContent, ShowsPath):
    """All states, and for each fixpoint of a formula of CTL the rank of each of them.

    Parameters
    ----------
    claim
        The formula.
    states
        The markings of a net, closed under steps; ``None`` for the states of a transition system.
    ranks
        For each temporal operator of the formula but the next ones, operands before operators and
        from left to right, int64 (n_states,): the rank in the least fixpoint that the operator or
        its negation is, -1 outside it.
    path
        A run or lasso of the system that shows some of it.
    """

    claim: Claim
    states: StateSet | None
    ranks: tuple[NDArray[np.int64], ...]
    path: Run | Lasso | None = None

    kind = "ctl-ranks"

    @property
    def shown(self) -> Run | Lasso | None:
        """The path that is worth showing."""
        return self.path

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        return {
            "kind": self.kind,
            "claim": self.claim.to_dict(),
            "states": None if self.states is None else self.states.to_dict(),
            "ranks": [encode_array(rank) for rank in self.ranks],
            "path": None if self.path is None else self.path.to_dict(),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> CtlRanks:
        """Rebuild the evidence from :meth:`to_dict`."""
        states = data["states"]
        return cls(
            claim=Claim.from_dict(data["claim"]),
            states=None if states is None else StateSet.from_dict(states),
            ranks=tuple(decode_array(rank) for rank in data["ranks"]),
            path=path_from_dict(data["path"]),
        )
