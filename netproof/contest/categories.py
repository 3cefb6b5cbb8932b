"""What each category of the contest asks of an instance, and in which order."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from petri.readwrite.contest_formulas import ContestProperty, read_contest_formulas
from transition_systems.errors import UsageError
from transition_systems.properties.formulas import Formula

__all__ = ["CATEGORIES", "ContestQuestion", "questions_of"]

# The name in file names and answers; whether there is a file of formulas.
CATEGORIES = {
    "RD": ("ReachabilityDeadlock", False),
    "OS": ("OneSafe", False),
    "QL": ("QuasiLiveness", False),
    "SM": ("StableMarking", False),
    "L": ("Liveness", False),
    "UB": ("UpperBounds", True),
    "RC": ("ReachabilityCardinality", True),
    "RF": ("ReachabilityFireability", True),
    "CTLC": ("CTLCardinality", True),
    "CTLF": ("CTLFireability", True),
    "LTLC": ("LTLCardinality", True),
    "LTLF": ("LTLFireability", True),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ContestQuestion:
    """One line of the answer.

    Parameters
    ----------
    id
        What the line calls it.
    category
        The short name of its category.
    formula, places
        What is asked, in the categories that have formulas.
    refused
        Why it cannot be asked, where the formula has an operator that is not supported.
    """

    id: str
    category: str
    formula: Formula | None = None
    places: tuple[str, ...] = ()
    refused: str | None = None


def questions_of(directory: Path, category: str) -> list[ContestQuestion]:
    """Return the questions of a category, in the lexicographic order of the formulas' full ids.

    Parameters
    ----------
    directory
        The folder of an instance, named like it, with the category's file of formulas.
    category
        A key of :data:`CATEGORIES`.

    Raises
    ------
    UsageError
        For an unknown category.
    InputError
        When the formulas cannot be read.
    """
    if category not in CATEGORIES:
        raise UsageError(f"there is no category {category!r}; there are {', '.join(CATEGORIES)}")
    name, with_formulas = CATEGORIES[category]
    if not with_formulas:
        return [ContestQuestion(id=name, category=category)]
    found = read_contest_formulas(str(directory / f"{name}.xml"), keep_refused=True)
    instance = directory.resolve().name
    return [
        _question(f"{instance}-{name}-{number:02}", category, item)
        for number, item in enumerate(sorted(found, key=lambda item: item.id))
    ]


def _question(id: str, category: str, item: ContestProperty) -> ContestQuestion:
    return ContestQuestion(
        id=id, category=category, formula=item.formula, places=item.places, refused=item.refused
    )
