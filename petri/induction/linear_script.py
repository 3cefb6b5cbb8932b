"""A linear proof written out: the items that a refutation needs, numbered as they come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from petri.induction.linear_trail import NONE, Trail
from transition_systems.evidence import LinearProof
from transition_systems.evidence_data import Claim
from transition_systems.evidence_linear import ProofStep
from transition_systems.evidence_rank import Weights

__all__ = ["Case", "Facts", "write_proof"]


@dataclass(slots=True)
class Case:
    """One case of a refutation.

    Parameters
    ----------
    lines, clauses
        The items and clauses that the case assumes.
    needed
        The items made in it that the refutation needs.
    rule, number, pairs
        The split at its end, if there is one.
    children
        The cases of that split.
    """

    lines: list[int]
    clauses: list[int]
    needed: set[int] = field(default_factory=set[int])
    rule: str = ""
    number: int = 0
    pairs: tuple[tuple[int, int], ...] = ()
    children: list[Case] = field(default_factory=list["Case"])


@dataclass(slots=True)
class Facts:
    """Facts about all reachable markings, by index of the place.

    Parameters
    ----------
    equalities, inequalities
        Weights whose sum no transition changes, or that none increases.
    siphons, traps
        Empty siphons and marked traps.
    """

    equalities: dict[int, dict[int, int]] = field(default_factory=dict[int, dict[int, int]])
    inequalities: dict[int, dict[int, int]] = field(default_factory=dict[int, dict[int, int]])
    siphons: dict[int, tuple[int, ...]] = field(default_factory=dict[int, tuple[int, ...]])
    traps: dict[int, tuple[int, ...]] = field(default_factory=dict[int, tuple[int, ...]])

    def fresh(self) -> int:
        """Return the number of the next fact."""
        sums = len(self.equalities) + len(self.inequalities)
        return sums + len(self.siphons) + len(self.traps)


class _Writer:
    def __init__(self, trail: Trail) -> None:
        self.trail = trail
        self.line_at: dict[int, int] = {}
        self.clause_at: dict[int, int] = {}
        self.lines = self.clauses = 0
        self.steps: list[ProofStep] = []

    def took(self, lines: Sequence[int], clauses: Sequence[int]) -> None:
        """Number lines and clauses that come next."""
        for item in lines:
            self.line_at[item] = self.lines
            self.lines += 1
        for clause in clauses:
            self.clause_at[clause] = self.clauses
            self.clauses += 1

    def write(self, number: int) -> None:
        """Write the step that makes an item."""
        item = self.trail.items[number]
        pairs = self.trail.premises(number)
        if item.rule in ("sum", "bound"):
            made = tuple((self.line_at[line], factor) for line, factor in pairs)
            self.steps.append((item.rule, item.number, made))
            self.took([number], [])
            return
        made = tuple((alternative, self.line_at[line]) for alternative, line in pairs)
        self.steps.append((item.rule, self.clause_at[item.number], made))
        if item.rule == "relax":
            self.took([number], [])
        else:
            self.took(*self.trail.outputs[number])

    def end(self, case: Case) -> None:
        """Write the steps of a case up to its split."""
        self.took(case.lines, case.clauses)
        for number in sorted(case.needed):
            self.write(number)
        if case.rule:
            known = case.number if case.rule == "cut" else self.clause_at[case.number]
            self.steps.append((case.rule, known, case.pairs))


def write_proof(
    claim: Claim, names: Sequence[str], root: Case, trail: Trail, facts: Facts, used: set[int]
) -> LinearProof:
    """Return the evidence of a refutation, with the facts that it uses and no others.

    Parameters
    ----------
    claim
        What it proves.
    names
        The ids of the places.
    root
        The outermost case.
    trail
        Where its items are.
    facts, used
        The facts, and the items of those that are used.

    Returns
    -------
    LinearProof
    """
    writer = _Writer(trail)
    numbers = {trail.items[item].number for item in used}
    by_fact: dict[tuple[int, int], int] = {
        (trail.items[item].number, trail.items[item].row): item for item in used
    }
    kept: list[list[Weights]] = []
    for table, rows in ((facts.equalities, (0, 1)), (facts.inequalities, (0,))):
        chosen = [number for number in table if number in numbers]
        kept.append([_named(table[number], names) for number in chosen])
        for number in chosen:
            writer.took([by_fact.get((number, row), NONE) for row in rows], [])
    sets: list[tuple[tuple[str, ...], ...]] = []
    for found in (facts.siphons, facts.traps):
        chosen = [number for number in found if number in numbers]
        writer.took([by_fact[number, 0] for number in chosen], [])
        sets.append(tuple(tuple(names[place] for place in found[n]) for n in chosen))
    waiting: list[tuple[Case, int, int]] = [(root, writer.lines, writer.clauses)]
    while waiting:
        case, writer.lines, writer.clauses = waiting.pop()
        writer.end(case)
        waiting.extend((c, writer.lines, writer.clauses) for c in reversed(case.children))
    return LinearProof(
        claim=claim,
        equalities=tuple(kept[0]),
        inequalities=tuple(kept[1]),
        siphons=sets[0],
        traps=sets[1],
        steps=tuple(writer.steps),
    )


def _named(weights: dict[int, int], names: Sequence[str]) -> Weights:
    return tuple((names[place], weight) for place, weight in sorted(weights.items()))
