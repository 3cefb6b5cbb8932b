"""What the second checkers of evidence stand on: nets as dicts, markings as frozensets.

Nothing here comes from the recheck of the product. The files are read as JSON; only the parser of
the property language is shared, since it says what the texts mean.
"""

from __future__ import annotations

import base64
import itertools
import random
import struct
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from petri import PetriNet
from transition_systems.properties.formulas import State, Unary
from transition_systems.properties.parse import parse_formula
from transition_systems.properties.predicates import (
    And,
    Atom,
    Compare,
    Constant,
    Dead,
    Enabled,
    Not,
    Or,
)

Marking = frozenset[tuple[str, int]]
Test = Callable[[Marking], bool]


class Wrong(Exception):
    """The evidence proves nothing."""


def need(condition: object) -> None:
    if not condition:
        raise Wrong


def marking(tokens: dict[str, int]) -> Marking:
    return frozenset((place, count) for place, count in tokens.items() if count)


@dataclass
class Plain:
    """A net over dicts."""

    places: list[str]
    transitions: list[str]
    pre: dict[str, dict[str, int]]
    post: dict[str, dict[str, int]]
    initial: Marking
    final: Marking | None = None
    digest: str = ""
    silent: frozenset[str] = frozenset()
    _steps: dict[Marking, list[tuple[str, Marking]]] = field(default_factory=dict)

    @classmethod
    def of(cls, net: PetriNet) -> Plain:
        pre: dict[str, dict[str, int]] = {t: {} for t in net.transition_ids}
        post: dict[str, dict[str, int]] = {t: {} for t in net.transition_ids}
        for arc in net.arcs:
            if arc.target in pre:
                pre[arc.target][arc.source] = arc.weight
            else:
                post[arc.source][arc.target] = arc.weight
        final = None if net.final is None else marking(dict(net.final.to_dict()))
        return cls(
            list(net.place_ids), list(net.transition_ids), pre, post,
            marking(dict(net.initial.to_dict())), final, net.digest(),
            frozenset(node.id for node in net.transitions if node.silent),
        )  # fmt: skip

    def enabled(self, now: Marking, transition: str) -> bool:
        tokens = dict(now)
        return all(tokens.get(p, 0) >= n for p, n in self.pre[transition].items())

    def fire(self, now: Marking, transition: str) -> Marking:
        tokens = dict(now)
        for p, n in self.pre[transition].items():
            tokens[p] -= n
        for p, n in self.post[transition].items():
            tokens[p] = tokens.get(p, 0) + n
        return marking(tokens)

    def steps(self, now: Marking) -> list[tuple[str, Marking]]:
        if now not in self._steps:
            self._steps[now] = [
                (t, self.fire(now, t)) for t in self.transitions if self.enabled(now, t)
            ]
        return self._steps[now]

    def reach(self, start: Marking, limit: int = 3000) -> set[Marking] | None:
        """All markings that can be reached, or None for more than the limit."""
        seen, todo = {start}, [start]
        while todo:
            for _, after in self.steps(todo.pop()):
                if after not in seen:
                    if len(seen) >= limit:
                        return None
                    seen.add(after)
                    todo.append(after)
        return seen

    def box(self) -> list[Marking]:
        """Markings of all sorts, reachable or not, in which predicates can be compared."""
        top = next((k for k in (3, 2, 1) if (k + 1) ** len(self.places) <= 800), None)
        if top is not None:
            found = [
                marking(dict(zip(self.places, counts, strict=True)))
                for counts in itertools.product(range(top + 1), repeat=len(self.places))
            ]
        else:
            rng = random.Random(len(self.places))
            found = [
                marking({p: rng.choice((0, 0, 0, 1, 1, 2, 3)) for p in self.places})
                for _ in range(500)
            ]
            found += [marking({p: k}) for p in self.places for k in (1, 2, 3)] + [frozenset()]
        return found + list(itertools.islice(self.reach(self.initial) or {self.initial}, 300))


def tokens_of(net: Plain, state: Any) -> Marking:
    """A state of a run as JSON has it."""
    need(isinstance(state, dict))
    for name, count in state.items():
        need(name in net.places and type(count) is int and count >= 0)
    return marking(state)


def array(data: Any) -> tuple[list[int], list[int]]:
    """Shape and cells of an array as JSON has it."""
    shape, kind = [int(n) for n in data["shape"]], data["dtype"]
    code = {
        "|u1": "B",
        "<u2": "H",
        "<u4": "I",
        "<i8": "q",
        "<u8": "Q",
        "|i1": "b",
        "<i2": "h",
        "<i4": "i",
    }
    raw = zlib.decompress(base64.b64decode(data["zlib"], validate=True))
    count = 1
    for n in shape:
        need(n >= 0)
        count *= n
    return shape, list(struct.unpack(f"<{count}{code[kind]}", raw))


def table(data: Any, columns: int | None = None) -> list[list[int]]:
    """The rows of an array of two dimensions."""
    shape, cells = array(data)
    need(len(shape) == 2 and (columns is None or shape[1] == columns))
    return [cells[k * shape[1] : (k + 1) * shape[1]] for k in range(shape[0])]


def row(data: Any, length: int) -> list[int]:
    """An array of one dimension."""
    shape, cells = array(data)
    need(shape == [length])
    return cells


def states_of(net: Plain, data: Any) -> list[Marking]:
    """A set of states: markings in the order of the rows."""
    need([str(name) for name in data["names"]] == net.places)
    found = table(data["rows"], len(net.places))
    need(found and all(cell >= 0 for line in found for cell in line))
    return [marking(dict(zip(net.places, line, strict=True))) for line in found]


def test_of(net: Plain, predicate: Any) -> Test:
    """A state predicate as a function of a marking."""

    def value(now: dict[str, int], whole: Marking, node: Any) -> bool:
        match node:
            case Constant(value=known):
                return bool(known)
            case Atom(name=name):
                return now.get(name, 0) >= 1
            case Enabled(name=name):
                return net.enabled(whole, name)
            case Dead():
                return not any(net.enabled(whole, t) for t in net.transitions)
            case Not(operand=inner):
                return not value(now, whole, inner)
            case And(operands=parts):
                return all(value(now, whole, part) for part in parts)
            case Or(operands=parts):
                return any(value(now, whole, part) for part in parts)
            case Compare(terms=terms, op=op, bound=bound):
                total = sum(weight * now.get(name, 0) for name, weight in terms)
                return {
                    "<=": total <= bound, ">=": total >= bound, "<": total < bound,
                    ">": total > bound, "==": total == bound, "!=": total != bound,
                }[op]  # fmt: skip
        raise Wrong

    todo = [predicate]
    while todo:
        node: Any = todo.pop()
        match node:
            case Atom(name=name):
                need(name in net.places)
            case Enabled(name=name):
                need(name in net.transitions)
            case Compare(terms=terms):
                need(all(name in net.places for name, _ in terms))
            case Not(operand=inner):
                todo.append(inner)
            case And(operands=parts) | Or(operands=parts):
                todo.extend(parts)
    return lambda whole: value(dict(whole), whole, predicate)


@dataclass
class Said:
    """A claim: a shape with a predicate, or a phrase."""

    shape: str
    test: Test | None = None
    predicate: Any = None
    phrase: str = ""


def said(net: Plain, text: Any) -> Said:
    """What a claim's text says."""
    need(isinstance(text, str))
    first = text.split(" ", 1)[0]
    phrases = ("unbounded", "terminates", "infinite", "workflow", "not", "sound", "live", "no",
               "bounded", "bound", "bounds", "occur", "occur-groups", "weakly", "lazily", "relaxed")  # fmt: skip
    if first in phrases:
        return Said("phrase", phrase=text)
    try:
        formula: Any = parse_formula(text)
    except Exception as error:
        raise Wrong from error
    operators: list[str] = []
    while isinstance(formula, Unary):
        operators.append(formula.operator)
        formula = formula.operand
    need(isinstance(formula, State))
    return Said(" ".join(operators), test_of(net, formula.predicate), formula.predicate)


def implies(net: Plain, first: Test, second: Test, where: Iterable[Marking] | None = None) -> bool:
    """Whether one predicate implies another, in all markings of the box."""
    return all(second(m) for m in (net.box() if where is None else where) if first(m))
