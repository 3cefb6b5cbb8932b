"""The bisimilarities by name: what each respects, and how it is spoken of."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from transition_systems.equivalences.relation_names import no_such_relation

__all__ = ["BISIMILARITIES", "Bisimilarity", "Relation", "relation_named"]

Relation = Literal["strong", "branching", "divergence-branching", "weak", "divergence-weak"]


@dataclass(frozen=True, slots=True)
class Bisimilarity:
    """One of the bisimilarities.

    Parameters
    ----------
    name
        As in :data:`Relation`.
    phrase
        What two systems are that it relates.
    kind
        ``"strong"``, ``"branching"`` or ``"weak"``.
    divergence
        Whether a silent cycle must be matched by one.
    """

    name: str
    phrase: str
    kind: Literal["strong", "branching", "weak"]
    divergence: bool = False

    def claim(self, atoms: Collection[str] = ()) -> str:
        """Return what two systems are that it relates, given the atoms that states share."""
        shown = f" respecting {json.dumps(sorted(atoms), ensure_ascii=False)}" if atoms else ""
        return f"{self.phrase}{shown}"

    @property
    def silent(self) -> bool:
        """Whether it abstracts from silent steps."""
        return self.kind != "strong"


BISIMILARITIES = {
    known.name: known
    for known in (
        Bisimilarity("strong", "strongly bisimilar", "strong"),
        Bisimilarity("branching", "branching bisimilar", "branching"),
        Bisimilarity(
            "divergence-branching",
            "divergence-preserving branching bisimilar",
            "branching",
            divergence=True,
        ),
        Bisimilarity("weak", "weakly bisimilar", "weak"),
        Bisimilarity(
            "divergence-weak",
            "divergence-preserving weakly bisimilar",
            "weak",
            divergence=True,
        ),
    )
}


def relation_named(name: str) -> Bisimilarity:
    """Return the bisimilarity of a name.

    Raises
    ------
    UsageError
        When there is none.

    Examples
    --------
    >>> relation_named("weak").phrase
    'weakly bisimilar'
    """
    found = BISIMILARITIES.get(name)
    if found is None:
        raise no_such_relation(name, "bisimilarity", BISIMILARITIES)
    return found
