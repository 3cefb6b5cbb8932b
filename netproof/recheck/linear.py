"""Linear proofs: each line of the script is computed again, with integers.

What the rules mean is said in :mod:`transition_systems.evidence_linear`; here they are checked. A
line is a dictionary of coefficients by place and a bound: their sum over the tokens is at most it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import lcm
from typing import TypeVar

from netproof.recheck.linear_facts import facts_of
from netproof.recheck.linear_lines import Line, Part, Signed, names_known, parts_of
from netproof.recheck.net_table import NetTable, Tokens
from netproof.recheck.result import RefusedError, Watch
from netproof.recheck.runs import meant
from netproof.recheck.statements import Statement
from transition_systems.evidence import LinearProof

__all__ = ["check_linear"]

Pairs = tuple[tuple[int, int], ...]
T = TypeVar("T")
MOST_BITS = 1 << 16


def check_linear(evidence: LinearProof, claim: Statement, table: NetTable, watch: Watch) -> None:
    """Check ``AG P``: the facts hold, and the script makes each bad case impossible."""
    good = meant(claim, "AG")
    names_known(good, table)
    script = _Script(table, facts_of(evidence, table))
    script.begin((good, False))
    for number, (rule, value, pairs) in enumerate(evidence.steps):
        if number % 256 == 0:
            watch.tick()
        if script.proved:
            raise RefusedError("the proof goes on after its end")
        script.step(rule, value, pairs)
    if not script.proved:
        raise RefusedError("the proof ends before each case is impossible")


class _Script:
    """The lines and clauses that hold in the case at hand, and the cases that are still open."""

    def __init__(self, table: NetTable, facts: Iterable[Line]) -> None:
        self.table = table
        self.lines: list[Line] = list(facts)
        self.clauses: list[list[Part]] = []
        self.open: list[tuple[Iterator[Part], int, int]] = []
        self.impossible = any(_impossible(line) for line in self.lines)
        self.proved = False

    def begin(self, bad: Signed) -> None:
        """Assume what is to be refuted."""
        self._assume(bad)
        if self.impossible:
            self._next_case()

    def step(self, rule: str, number: int, pairs: Pairs) -> None:
        """Do one step; go on to the next case where this one has become impossible."""
        match rule:
            case "sum":
                terms, bound = self._sum(pairs)
                if number < 1:
                    raise RefusedError("a line is divided by a number below 1")
                self._add(Line({p: a // number for p, a in terms.items()}, bound // number))
            case "bound":
                self._add(_kept(*self._sum(pairs), number))
            case "relax":
                self._add(self._relaxed(_at(self.clauses, number), pairs))
            case "unit":
                self._assume(self._last(_at(self.clauses, number), pairs))
            case "split":
                self._split(iter(_at(self.clauses, number)))
            case "cut":
                terms = dict(pairs)
                if len(terms) < len(pairs) or not terms.keys() <= set(range(len(self.table.place))):
                    raise RefusedError("a cut does not name places")
                more = {place: -factor for place, factor in terms.items()}
                self._split(iter([Line(terms, number), Line(more, -number - 1)]))
            case _:
                raise RefusedError(f"a proof has no rule {rule!r:.40}")
        if self.impossible:
            self._next_case()

    def _add(self, line: Line) -> None:
        if line.bound.bit_length() > MOST_BITS:
            raise RefusedError("a number of the proof is too large")
        self.lines.append(line)
        self.impossible = self.impossible or _impossible(line)

    def _split(self, alternatives: Iterator[Part]) -> None:
        self.open.append((alternatives, len(self.lines), len(self.clauses)))
        self._next_case()

    def _next_case(self) -> None:
        """Leave a case that is impossible, and open the next one; without any, all is proved."""
        while self.open:
            alternatives, lines, clauses = self.open[-1]
            del self.lines[lines:], self.clauses[clauses:]
            following = next(alternatives, None)
            if following is None:
                self.open.pop()
                continue
            self.impossible = False
            self._assume(following)
            if not self.impossible:
                return
        self.proved = True

    def _assume(self, part: Part) -> None:
        waiting = [part]
        while waiting:
            now = waiting.pop()
            if isinstance(now, Line):
                self._add(now)
                continue
            every, below = parts_of(now, self.table)
            if every or len(below) == 1:
                waiting.extend(reversed(below))
            elif below:
                self.clauses.append(below)
            else:
                self._add(Line({}, -1))

    def _sum(self, pairs: Pairs) -> Line:
        """Return the sum of lines, each multiplied by a factor that is not negative."""
        total: Tokens = {}
        bound = 0
        for number, factor in pairs:
            terms, most = _at(self.lines, number)
            if factor < 0:
                raise RefusedError("a line is multiplied by a negative number")
            bound += factor * most
            for place, weight in terms.items():
                total[place] = total.get(place, 0) + factor * weight
        return Line(total, bound)

    def _line(self, part: Part) -> Line:
        """Return the only line that an alternative is."""
        while not isinstance(part, Line):
            below = parts_of(part, self.table)[1]
            if len(below) != 1:
                raise RefusedError("an alternative is no line")
            part = below[0]
        return part

    def _relaxed(self, clause: list[Part], pairs: Pairs) -> Line:
        """Return what a disjunction of lines means, where each sum has an upper bound."""
        if sorted(number for number, _ in pairs) != list(range(len(clause))):
            raise RefusedError("the bounds are not those of the alternatives of a clause")
        found: list[tuple[Tokens, int, int]] = []
        for number, bounding in pairs:
            terms, most = self._line(clause[number])
            above, upper = _at(self.lines, bounding)
            if any(above.get(p, 0) < terms.get(p, 0) for p in (*above, *terms)):
                raise RefusedError("a line does not bound its alternative")
            if upper <= most:
                raise RefusedError("an alternative of a clause holds everywhere")
            found.append((terms, upper, upper - most))
        scale = lcm(*(gap for *_, gap in found))
        total: Tokens = {}
        for terms, _, gap in found:
            for place, weight in terms.items():
                total[place] = total.get(place, 0) + scale // gap * weight
        return Line(total, sum(scale // gap * upper for _, upper, gap in found) - scale)

    def _last(self, clause: list[Part], pairs: Pairs) -> Part:
        """Return the alternative of a clause that is left when the others are impossible."""
        left = set(range(len(clause)))
        for number, against in pairs:
            if number not in left:
                raise RefusedError("a clause does not have such an alternative")
            left.discard(number)
            terms, most = self._line(clause[number])
            other, bound = _at(self.lines, against)
            total = {p: terms.get(p, 0) + other.get(p, 0) for p in (*terms, *other)}
            if not _impossible(Line(total, most + bound)):
                raise RefusedError("an alternative of a clause is not refuted")
        if len(left) != 1:
            raise RefusedError("a clause does not have just one alternative left")
        return clause[left.pop()]


def _impossible(line: Line) -> bool:
    return line.bound < 0 and all(weight >= 0 for weight in line.terms.values())


def _kept(terms: Tokens, bound: int, place: int) -> Line:
    """Return what a line says of one place, where no other has a negative coefficient."""
    size = terms.get(place, 0)
    if size == 0 or any(weight < 0 for other, weight in terms.items() if other != place):
        raise RefusedError("a line does not bound the place")
    return Line({place: 1 if size > 0 else -1}, bound // abs(size))


def _at(found: Sequence[T], number: int) -> T:
    if not 0 <= number < len(found):
        raise RefusedError("a step of the proof names a line or clause that there is not")
    return found[number]
