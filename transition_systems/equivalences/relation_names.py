"""What is said of a relation's name that a procedure does not know."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

from transition_systems.errors import UsageError

__all__ = ["no_such_relation"]

# Which functions decide the relations of a kind, and make systems small by them.
FUNCTIONS = {
    "bisimilarity": ("equivalent or bisimilar", "minimise"),
    "simulation": ("equivalent, refines, similar or simulated_by", "reduce_by_simulation"),
    "linear-time relation": ("equivalent or refines", "normal_form"),
}


def no_such_relation(name: str, kind: str, known: Collection[str]) -> UsageError:
    """Return the error for a relation that is not of the kind that a function decides.

    Parameters
    ----------
    name, kind, known
        What was asked for, the kind (a key of ``FUNCTIONS``), and the names of that kind.

    Examples
    --------
    >>> print(no_such_relation("week", "bisimilarity", ["strong", "weak"]))
    there is no relation 'week'; did you mean 'weak'?
    """
    from transition_systems.equivalences.linear_relations import LINEAR_RELATIONS
    from transition_systems.equivalences.relations import BISIMILARITIES
    from transition_systems.equivalences.simulations import SIMULATIONS

    tables: tuple[Collection[str], ...] = (BISIMILARITIES, SIMULATIONS, LINEAR_RELATIONS)
    for (other, (decide, small)), table in zip(FUNCTIONS.items(), tables, strict=True):
        if name in table:
            return UsageError(
                f"{name!r} is no {kind}, but a {other}: {decide} decides it, {small} makes a "
                "system small by it"
            )
    near = get_close_matches(name, [one for table in tables for one in table], 3, 0.5)
    listed = " or ".join(map(repr, near))
    mend = f"did you mean {listed}?" if near else f"there are {', '.join(map(repr, known))}"
    return UsageError(f"there is no relation {name!r}; {mend}")
