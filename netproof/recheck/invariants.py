"""Inductive invariants and the state equation, asked of z3 with terms rebuilt from the net.

The SMT-LIB text of the evidence is for readers and other solvers; it is never believed here.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from netproof.recheck.net_table import NetTable
from netproof.recheck.predicates import fold
from netproof.recheck.result import RefusedError, SkippedError, Watch
from netproof.recheck.runs import meant
from netproof.recheck.statements import Statement
from transition_systems.evidence import InvariantEvidence
from transition_systems.properties.parse import parse_predicate
from transition_systems.properties.predicates import (
    And,
    Atom,
    Compare,
    Constant,
    Dead,
    Enabled,
    Not,
    Predicate,
)

__all__ = ["Terms", "check_invariant"]

STATE_EQUATION = "state equation"


def check_invariant(
    evidence: InvariantEvidence, claim: Statement, table: NetTable, watch: Watch
) -> None:
    """Check ``AG P`` by the state equation, or by a predicate: initial, inductive, inside ``P``."""
    good = meant(claim, "AG")
    try:
        z3: Any = import_module("z3")
    except ImportError:
        raise SkippedError("rechecking an invariant needs z3, which is not installed") from None
    terms = Terms(table, z3, watch)
    if evidence.invariant == STATE_EQUATION:
        marking, given = terms.state_equation()
        terms.impossible([*given, z3.Not(terms.predicate(good, marking))], "the state equation")
        return
    inside = parse_predicate(evidence.invariant)
    initial = [z3.IntVal(table.initial.get(place, 0)) for place in range(len(table.place))]
    terms.impossible([z3.Not(terms.predicate(inside, initial))], "the initial marking")
    marking = [z3.Int(f"m{place}") for place in range(len(table.place))]
    start = [tokens >= 0 for tokens in marking] + [terms.predicate(inside, marking)]
    terms.impossible([*start, z3.Not(terms.predicate(good, marking))], "the invariant")
    parts = inside.operands if isinstance(inside, And) else (inside,)
    for transition, name in enumerate(table.net.transition_ids):
        after = list(marking)
        for place, delta in table.change[transition].items():
            after[place] = marking[place] + delta
        names = {table.net.place_ids[place]: n for place, n in table.change[transition].items()}
        lost = [z3.Not(terms.predicate(part, after)) for part in parts if not _kept(part, names)]
        if lost:
            step = [*start, terms.enabled(transition, marking), z3.Or(*lost)]
            terms.impossible(step, f"the step {name!r}")


def _kept(part: Predicate, change: dict[str, int]) -> bool:
    """Return whether a comparison stays true under a change because its sum does not get worse."""
    if not isinstance(part, Compare):
        return False
    moved = sum(factor * change.get(name, 0) for name, factor in part.terms)
    if part.op in (">=", ">"):
        return moved >= 0
    return moved <= 0 if part.op in ("<=", "<") else moved == 0


class Terms:
    """The net and predicates as terms of z3 over integers."""

    def __init__(self, table: NetTable, z3: Any, watch: Watch) -> None:
        self.table, self.z3, self.watch = table, z3, watch

    def impossible(self, formulas: list[Any], what: str) -> None:
        """Refuse unless the formulas cannot be true together."""
        solver = self.z3.Solver()
        solver.set("random_seed", 0)
        left = self.watch.milliseconds()
        if left is not None:
            solver.set("timeout", left)
        solver.add(*formulas)
        answer = str(solver.check())
        if answer == "sat":
            raise RefusedError(f"{what} does not bear out the claim")
        if answer != "unsat":
            raise SkippedError(f"z3 gave no answer about {what}: {solver.reason_unknown()}")

    def state_equation(self) -> tuple[list[Any], list[Any]]:
        """Return the markings ``m0 + C x`` and the constraints on ``x`` and on them."""
        counts = [self.z3.Int(f"x{t}") for t in range(len(self.table.change))]
        sums: list[list[Any]] = [
            [self.z3.IntVal(self.table.initial.get(p, 0))] for p in range(len(self.table.place))
        ]
        for count, change in zip(counts, self.table.change, strict=True):
            for place, delta in change.items():
                sums[place].append(delta * count)
        marking = [self.z3.Int(f"m{place}") for place in range(len(sums))]
        equations = [
            tokens == self.z3.Sum(parts) for tokens, parts in zip(marking, sums, strict=True)
        ]
        return marking, equations + [term >= 0 for term in (*counts, *marking)]

    def enabled(self, transition: int, marking: list[Any]) -> Any:
        """Return the term "the transition is enabled"."""
        needs = self.table.pre[transition].items()
        return self.every([marking[place] >= weight for place, weight in needs])

    def every(self, parts: list[Any]) -> Any:
        """Return the conjunction; of nothing it is true."""
        return self.z3.And(*parts) if parts else self.z3.BoolVal(True)

    def predicate(self, predicate: Predicate, marking: list[Any]) -> Any:
        """Return the term of a state predicate."""

        def combine(node: Predicate, parts: list[Any]) -> Any:
            match node:
                case Constant(value):
                    return self.z3.BoolVal(value)
                case Atom(name):
                    return marking[self._known(self.table.place, name)] >= 1
                case Compare(terms, op, bound):
                    factors = [
                        factor * marking[self._known(self.table.place, name)]
                        for name, factor in terms
                    ]
                    return _compared(self.z3.Sum([self.z3.IntVal(0), *factors]), op, bound)
                case Enabled(name):
                    return self.enabled(self._known(self.table.transition, name), marking)
                case Dead():
                    numbers = range(len(self.table.pre))
                    return self.every([self.z3.Not(self.enabled(t, marking)) for t in numbers])
                case Not():
                    return self.z3.Not(parts[0])
                case And():
                    return self.every(parts)
                case _:
                    return self.z3.Or(*parts) if parts else self.z3.BoolVal(False)

        return fold(predicate, combine)

    @staticmethod
    def _known(names: dict[str, int], name: str) -> int:
        if name not in names:
            raise RefusedError(f"a predicate names {name!r}, which the net does not have")
        return names[name]


def _compared(left: Any, op: str, bound: int) -> Any:
    match op:
        case "<=":
            return left <= bound
        case ">=":
            return left >= bound
        case "<":
            return left < bound
        case ">":
            return left > bound
        case "==":
            return left == bound
        case _:
            return left != bound
