"""State equation, traps and siphons: a linear proof that no reachable marking is bad.

Facts about all reachable markings are gathered: flows, empty siphons, marked traps. Then the bad
markings are refuted by propagation of exact bounds; where that is not enough by one linear program,
with each disjunction relaxed to a line (:mod:`petri.induction.linear_relax`); where that has a
solution, by traps that the solution empties, and at last by cases.

J. Esparza, S. Melzer: Verification of safety properties using integer programming: beyond the state
equation. Formal Methods in System Design 16, 2000.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import floor
from typing import TYPE_CHECKING

import numpy as np

from petri.induction.known_facts import KnownFacts, known_facts
from petri.induction.linear_farkas import Refutation, least_violation
from petri.induction.linear_lines import Line, Part, Some, holds_at
from petri.induction.linear_relax import relax, relaxation
from petri.induction.linear_script import Case, Facts, write_proof
from petri.induction.linear_trail import NONE, Item, Trail
from petri.net import PetriNet
from petri.structure.siphons_traps import maximal_trap
from transition_systems.budget import Budget
from transition_systems.evidence import LinearProof
from transition_systems.evidence_data import Claim
from transition_systems.progress import Progress, ProgressCallback

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["linear_proof"]

MOST_CASES = 400
MOST_TRAPS = 200
MOST_SHRUNK = 40
EMPTY = 1e-6


def linear_proof(
    net: PetriNet,
    bad: Part,
    claim: Claim,
    *,
    traps: Iterable[Sequence[str]] = (),
    cases: int = MOST_CASES,
    known: KnownFacts | None = None,
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
) -> LinearProof | str:
    """Return a linear proof that no reachable marking is bad, or why there is none.

    Parameters
    ----------
    net
        Any place/transition net; it need not be bounded.
    bad
        What is to be refuted, as lines (:func:`petri.induction.linear_lines.as_parts`).
    claim
        The claim of the proof: that everywhere the opposite holds.
    traps
        Traps that are marked at the start, by ids of places, to be used from the beginning.
    cases
        The largest number of cases.
    known
        Facts about this net that were gathered before; by default they are gathered.
    budget, progress
        Seconds, and a callback told at each case.

    Returns
    -------
    LinearProof or str
        A sentence where the linear facts leave a bad marking open, or the budget ends. That marking
        need not be reachable.

    Notes
    -----
    Sound for each net, not complete. Near-linear where propagation suffices; otherwise a linear
    program of the size of the net for each case.

    Examples
    --------
    >>> from petri.induction.linear_lines import as_parts
    >>> from transition_systems.properties.parse import parse_predicate
    >>> net = PetriNet.from_arrays([[1, 0], [0, 1]], [[0, 1], [1, 0]], [1, 0])
    >>> claim = Claim(formula="AG p1 + p2 <= 1", model_digest=net.digest())
    >>> linear_proof(net, as_parts(net, parse_predicate("p1 + p2 >= 2")), claim).equalities
    ((('p1', 1), ('p2', 1)),)
    """
    search = _Search(net, budget, progress, cases)
    for trap in traps:
        search.add_trap(trap)
    return search.run(bad, claim, known)


@dataclass(slots=True)
class _Open:
    """A case whose split is under way."""

    case: Case
    first_item: int
    rest: list[Part]
    traps: int


@dataclass(slots=True)
class _Split:
    """How a case is split: the step of the proof, and what each case assumes."""

    rule: str
    number: int
    pairs: tuple[tuple[int, int], ...]
    parts: tuple[Part, ...]


class _Search:
    def __init__(
        self, net: PetriNet, budget: Budget | None, progress: ProgressCallback | None, cases: int
    ) -> None:
        self.net = net
        self.budget = (budget or Budget()).fixed()
        self.meter = self.budget.start()
        self.progress = progress
        self.most, self.cases = cases, 0
        self.trail = Trail(len(net.place_ids))
        self.facts = Facts()
        self.used: set[int] = set()
        self.traps: list[tuple[int, Line]] = []
        self.open: list[_Open] = []
        self.traps_here = 0

    def _gather(self, known: KnownFacts) -> None:
        """Take flows and the empty siphon as facts."""
        initial = self.net.initial.to_array(self.net.place_ids).tolist()
        for weights in known.flows:
            number = self.facts.fresh()
            self.facts.equalities[number] = dict(weights)
            value = sum(initial[place] * weight for place, weight in weights)
            other = tuple((place, -weight) for place, weight in weights)
            for row, line in enumerate((Line(weights, value), Line(other, -value))):
                self.trail.add_line(line, self._fact(number, row), fact=True)
        if known.siphon:
            number = self.facts.fresh()
            self.facts.siphons[number] = known.siphon
            line = Line(tuple((place, 1) for place in known.siphon), 0)
            self.trail.add_line(line, self._fact(number), fact=True)

    def _fact(self, number: int, row: int = 0) -> int:
        return self.trail.item(Item("fact", number, (), row))

    def run(self, bad: Part, claim: Claim, known: KnownFacts | None) -> LinearProof | str:
        """Refute case by case, depth first."""
        self._gather(known_facts(self.net, self.budget) if known is None else known)
        first = len(self.trail.items)
        case = root = self._case(bad)
        while True:
            found = self._refute()
            if isinstance(found, str):
                return found
            if found is None:
                if self.trail.closed is not None and self.trail.closed != NONE:
                    self._need(self.trail.closed, case, first)
                if not self._back():
                    names = self.net.place_ids
                    return write_proof(claim, names, root, self.trail, self.facts, self.used)
            else:
                if self.cases >= self.most:
                    return f"{self.cases} cases were not enough"
                case.rule, case.number, case.pairs = found.rule, found.number, found.pairs
                if case.rule == "split" and self.trail.clauses[case.number].origin != NONE:
                    self._need(self.trail.clauses[case.number].origin, case, first)
                self.open.append(_Open(case, first, list(found.parts), self.traps_here))
            parent = self.open[-1]
            self.trail.enter()
            first = len(self.trail.items)
            case = self._case(parent.rest.pop(0))
            parent.case.children.append(case)

    def _back(self) -> bool:
        """Leave the cases that are done; return whether one is left to be entered."""
        while self.open:
            self.trail.leave()
            self.traps_here = self.open[-1].traps
            if self.open[-1].rest:
                return True
            self.open.pop()
        return False

    def _case(self, part: Part) -> Case:
        """Assume what a case assumes."""
        self.cases += 1
        if self.progress is not None:
            seconds = self.meter.seconds
            self.progress(Progress(stage="linear proof", states=self.cases, seconds=seconds))
        for item, line in self.traps[self.traps_here :]:
            self.trail.add_line(line, item, fact=True)
        self.traps_here = len(self.traps)
        lines, clauses = self.trail.assume(part)
        return Case(lines, clauses)

    def _need(self, item: int, case: Case, first: int) -> None:
        """Note all that an item follows from, each in the case in which it was made."""
        starts = [frame.first_item for frame in self.open] + [first]
        cases = [frame.case for frame in self.open] + [case]
        waiting = [item]
        while waiting:
            number = waiting.pop()
            rule, about, *_ = self.trail.items[number]
            if rule == "fact":
                self.used.add(number)
            elif rule == "given":
                if about != NONE:
                    waiting.append(about)
            else:
                needed = cases[bisect_right(starts, number) - 1].needed
                if number in needed:
                    continue
                needed.add(number)
                pairs = self.trail.premises(number)
                if rule in ("sum", "bound"):
                    waiting.extend(line for line, _ in pairs)
                else:
                    waiting.extend(line for _, line in pairs)
                    origin = self.trail.clauses[about].origin
                    if origin != NONE:
                        waiting.append(origin)

    def _refute(self) -> _Split | str | None:
        """Return nothing where the case is impossible, else its split, or why there is none."""
        trail = self.trail
        if trail.closed is not None or trail.propagate():
            return None
        candidate: NDArray[np.float64] | None = None
        for _ in range(MOST_TRAPS):
            reason = self.meter.exhausted()
            if reason is not None:
                return reason
            lines = self._lines()
            if lines is None:
                return None
            found = least_violation(self.net, [line for line, _ in lines], budget=self.budget)
            if isinstance(found, Refutation):
                self._close(found, lines)
                return None
            if isinstance(found, str):
                break
            candidate = found
            if not self._empties_trap(found):
                break
            if trail.closed is not None or trail.propagate():
                return None
        return self._split(candidate)

    def _lines(self) -> list[tuple[Line, int]] | None:
        """Return the lines of the case for a linear program, each with its item.

        A negative item stands for the relaxation of the clause of the number ``-item - 1``.
        Returns ``None`` where one of them is impossible, and closes the case with it.
        """
        trail = self.trail
        lines = [(line, item) for item, line in trail.live_lines if len(line.terms) > 1]
        lines += [(line, item) for item, line in self.traps[: self.traps_here]]
        for place, item in enumerate(trail.low_item):
            if item != NONE:
                lines.append((Line(((place, -1),), -trail.low[place]), item))
        for place, item in enumerate(trail.high_item):
            high = trail.high[place]
            if item != NONE and high is not None:
                lines.append((Line(((place, 1),), high), item))
        for number in trail.live_clauses:
            relaxed = relaxation(trail, number)
            if relaxed is not None:
                if relaxed.impossible:
                    trail.closed = relax(trail, number)
                    return None
                lines.append((relaxed, -number - 1))
        return lines

    def _close(self, found: Refutation, lines: list[tuple[Line, int]]) -> None:
        """Close the case by a sum of lines."""
        pairs: list[tuple[int, int]] = []
        for position, factor in found.lines:
            item = lines[position][1]
            pairs.append((item if item >= 0 else relax(self.trail, -item - 1), factor))
        if found.places:
            number = self.facts.fresh()
            self.facts.inequalities[number] = dict(found.places)
            pairs.append((self._fact(number), 1))
        self.trail.closed = self.trail.item(Item("sum", 1, tuple(pairs)))

    def _empties_trap(self, candidate: NDArray[np.float64]) -> bool:
        """Add a marked trap that is empty in a marking, if there is one."""
        names = self.net.place_ids
        empty = [names[place] for place in np.flatnonzero(candidate <= EMPTY).tolist()]
        initial = self.net.initial.to_dict()
        trap = maximal_trap(self.net, empty)
        if not any(initial.get(name) for name in trap):
            return False
        for name in trap[:MOST_SHRUNK]:
            smaller = maximal_trap(self.net, [other for other in trap if other != name])
            if any(initial.get(other) for other in smaller):
                trap = smaller
        self.add_trap(trap)
        return True

    def add_trap(self, trap: Sequence[str]) -> None:
        """Add a marked trap to the facts."""
        number = self.facts.fresh()
        self.facts.traps[number] = tuple(self.net.place_index(name) for name in trap)
        line = Line(tuple((place, -1) for place in self.facts.traps[number]), -1)
        item = self._fact(number)
        self.traps.append((item, line))
        self.traps_here = len(self.traps)
        self.trail.add_line(line, item, fact=True)

    def _split(self, candidate: NDArray[np.float64] | None) -> _Split | str:
        """Return a split that the candidate does not survive."""
        trail = self.trail
        tokens = None if candidate is None else candidate.tolist()
        open_clauses = [
            (clause.left, number)
            for number in trail.live_clauses
            if (clause := trail.clauses[number]).left > 1
            and (tokens is None or not holds_at(Some(clause.parts), tokens))
        ]
        if open_clauses:
            number = min(open_clauses)[1]
            return _Split("split", number, (), trail.clauses[number].parts)
        if tokens is not None:
            far = [(abs(count - round(count)), -place) for place, count in enumerate(tokens)]
            gap, place = max(far, default=(0.0, 0))
            if gap > EMPTY:
                least = floor(tokens[-place])
                cut = Line(((-place, 1),), least), Line(((-place, -1),), -least - 1)
                return _Split("cut", least, ((-place, 1),), cut)
            named = zip(self.net.place_ids, tokens, strict=True)
            marking = [f"{name}={round(count)}" for name, count in named if round(count)]
            return (
                "the state equation, with traps and siphons, allows the marking "
                + (", ".join(marking[:12]) or "without tokens")
                + (f" and {len(marking) - 12} places more" if len(marking) > 12 else "")
            )
        return "the linear program gave no answer that could be made exact"
