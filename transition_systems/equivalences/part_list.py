"""Formulas as lists of their parts, each written once, however deep they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from transition_systems.equivalences.distinguish import (
    MAX_FORMULA_DEPTH,
    MAX_FORMULA_SIZE,
    TooLargeError,
)
from transition_systems.equivalences.hml import HmlFormula, shown_hml

__all__ = ["PartList", "SharedPart", "nested_formula", "shown_parts"]

SharedPart = tuple[str | int, ...]
MOST_PARTS = 200_000
SHOWN_LEVELS = 8


class PartList:
    """Parts of formulas; operands are numbers of parts before.

    Examples
    --------
    >>> written = PartList()
    >>> written.negated(written.add("diamond", "a", written.add("true")))
    2
    >>> written.parts
    [('true',), ('diamond', 'a', 0), ('not', 1)]
    """

    def __init__(self) -> None:
        self.parts: list[SharedPart] = []
        self.number: dict[SharedPart, int] = {}

    def add(self, *part: str | int) -> int:
        """Return the number of a part, written down now or before.

        Raises
        ------
        TooLargeError
            For more than 200,000 parts.
        """
        if part not in self.number:
            if len(self.parts) >= MOST_PARTS:
                raise TooLargeError
            self.number[part] = len(self.parts)
            self.parts.append(part)
        return self.number[part]

    def negated(self, part: int) -> int:
        """Return the number of the negation of a part."""
        word, *operands = self.parts[part]
        return int(operands[0]) if word == "not" else self.add("not", part)

    def together(self, parts: Iterable[int]) -> int:
        """Return the number of the conjunction of some parts."""
        numbers = sorted(set(parts))
        if len(numbers) == 1:
            return numbers[0]
        return self.add("and", *numbers) if numbers else self.add("true")


def nested_formula(parts: Sequence[SharedPart]) -> HmlFormula | None:
    """Return the formula that some parts make, nested; ``None`` where it is too large or deep.

    Examples
    --------
    >>> nested_formula([("true",), ("diamond", "a", 0), ("not", 1)])
    ('not', ('diamond', 'a', ('true',)))
    """
    sizes: list[int] = []
    depths: list[int] = []
    for part in parts:
        below = [one for one in part if isinstance(one, int)]
        sizes.append(min(MAX_FORMULA_SIZE + 1, 1 + sum(sizes[one] for one in below)))
        depths.append(1 + max((depths[one] for one in below), default=0))
    if sizes[-1] > MAX_FORMULA_SIZE or depths[-1] > MAX_FORMULA_DEPTH:
        return None
    formulas: list[HmlFormula] = []
    for part in parts:
        formulas.append(tuple(formulas[one] if isinstance(one, int) else one for one in part))
    return formulas[-1]


def shown_parts(parts: Sequence[SharedPart]) -> str:
    """Return how many parts a formula has, and how it begins.

    Examples
    --------
    >>> shown_parts([("true",), ("diamond", "a", 0)])
    'a formula of 2 parts that begins <a>true'
    """

    def shown(number: int, levels: int) -> HmlFormula:
        word, *rest = parts[number]
        if not levels and rest and word != "atom":
            return ("atom", "...")
        below = (shown(one, levels - 1) if isinstance(one, int) else one for one in rest)
        return (word, *below)

    begins = shown_hml(shown(len(parts) - 1, SHOWN_LEVELS))
    return f"a formula of {len(parts)} parts that begins {begins}"
