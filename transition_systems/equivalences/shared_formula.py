"""Formulas that tell two states apart as lists of their parts, each written once, however deep."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from transition_systems.equivalences.distinguish import Choice, Distinguisher, TooLargeError
from transition_systems.equivalences.part_list import PartList, SharedPart, shown_parts

__all__ = ["said_of_parts", "shared_formula"]


def shared_formula(
    distinguisher: Distinguisher,
    block: NDArray[np.int64],
    left: Sequence[int],
    right: Sequence[int],
) -> tuple[SharedPart, ...]:
    """Return a formula of some initial node on the left and of none on the right, in parts.

    Or of all on the left and not of all on the right.

    Parameters
    ----------
    distinguisher
        What tells nodes apart.
    block
        The blocks in which the initial nodes of the two sides are not the same.
    left, right
        The initial nodes.

    Returns
    -------
    tuple
        The parts, the formula last; operands are numbers of parts before.

    Raises
    ------
    TooLargeError
        For more than 200,000 parts, or when the time ends.
    """
    writer = _Writer(distinguisher)
    here = {int(block[node]): node for node in left}
    there = {int(block[node]): node for node in right}
    unmatched = sorted(set(here) - set(there))
    if unmatched:
        whole = writer.alone(here[unmatched[0]], list(there.values()))
    else:
        missing = min(set(there) - set(here))
        whole = writer.negated(writer.alone(there[missing], list(here.values())))
    return tuple(writer.parts[: whole + 1])


class _Writer(PartList):
    """Writes down the first choice for each pair of nodes, and each part once."""

    def __init__(self, distinguisher: Distinguisher) -> None:
        super().__init__()
        self.distinguisher = distinguisher
        self.known: dict[tuple[int, int, int], int] = {}

    def alone(self, node: int, others: Iterable[int]) -> int:
        """Return the number of what holds in a node and in none of the others."""
        return self.together(self.apart(node, other) for other in others)

    def apart(self, left: int, right: int) -> int:
        """Return the number of a part that holds in one node and not in another."""
        key, known = self.distinguisher.key, self.known
        waiting = [(left, right)]
        chosen: dict[tuple[int, int, int], Choice | None] = {}
        while waiting:
            if self.distinguisher.meter.out_of_time():
                raise TooLargeError
            pair = waiting[-1]
            name = key(*pair)
            if name in known:
                waiting.pop()
                continue
            if name not in chosen:
                chosen[name] = next(iter(self.distinguisher.choices(*pair)), None)
            choice = chosen[name]
            needs = [] if choice is None else choice.needs()
            missing = [need for need in needs if key(*need) not in known]
            if missing:
                waiting += missing
                continue
            known[name] = self.atom(*pair) if choice is None else self.step(choice)
            waiting.pop()
        return known[key(left, right)]

    def atom(self, left: int, right: int) -> int:
        """Return the number of an atom, perhaps negated, that one node has and another has not."""
        found = self.distinguisher.difference(left, right)
        return self.negated(self.add(*found[1])) if found[0] == "not" else self.add(*found)

    def step(self, choice: Choice) -> int:
        """Return the number of the part that a choice stands for."""
        who = self.distinguisher
        branching, endless = who.kind == "branching", choice.label == who.divergence
        stay = self.alone(choice.home, choice.exits) if branching else 0
        if endless and branching:
            part = self.add("endless", stay)
        else:
            good = self.alone(choice.good, choice.bad)
            if endless:
                part = self.add("cycle", good)
            elif branching:
                part = self.add("until", stay, who.names[choice.label], good)
            else:
                word = "diamond" if who.kind == "strong" else "weak"
                part = self.add(word, who.names[choice.label], good)
        return part if choice.positive else self.negated(part)


def said_of_parts(parts: Sequence[SharedPart]) -> str:
    """Return which of two systems has a formula that is given in parts, and how it begins.

    Examples
    --------
    >>> said_of_parts([("true",), ("diamond", "a", 0), ("not", 1)])
    'only the second has a formula of 2 parts that begins <a>true'
    """
    word, *operands = parts[-1]
    if word == "not":
        (part,) = operands
        return f"only the second has {shown_parts(parts[: int(part) + 1])}"
    return f"only the first has {shown_parts(parts)}"
