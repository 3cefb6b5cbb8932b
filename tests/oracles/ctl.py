"""CTL by definition: each operator as its own fixpoint over sets of states, on maximal paths."""

from __future__ import annotations

from collections.abc import Callable

from transition_systems.lts import LTS
from transition_systems.properties.formulas import (
    Binary,
    Conjunction,
    Disjunction,
    Formula,
    Implication,
    Negation,
    State,
    Unary,
)
from transition_systems.properties.predicates import (
    And,
    Atom,
    Constant,
    Dead,
    Enabled,
    Not,
    Or,
    Predicate,
)

States = frozenset[int]


def ctl_states_by_definition(lts: LTS, formula: Formula) -> States:
    """Return the states that have a formula."""
    everything = frozenset(range(lts.n_states))
    after = {s: frozenset(lts.successors(s)[1].tolist()) for s in everything}

    def predicate(node: Predicate, state: int) -> bool:
        match node:
            case Constant(value):
                return value
            case Atom(name):
                return bool(lts.atoms[name][state])
            case Dead():
                return not after[state]
            case Enabled(name):
                return name in {lts.label_names[label] for label in lts.successors(state)[0]}
            case Not(operand):
                return not predicate(operand, state)
            case And(operands):
                return all(predicate(part, state) for part in operands)
            case Or(operands):
                return any(predicate(part, state) for part in operands)
            case _:
                raise AssertionError(node)

    def closed(step: Callable[[States], States], begin: States) -> States:
        now = begin
        while (then := step(now)) != now:
            now = then
        return now

    def some(goal: States) -> States:
        return frozenset(s for s in everything if after[s] & goal)

    def every(goal: States) -> States:
        """All steps lead into the goal, and there is one."""
        return frozenset(s for s in everything if after[s] and after[s] <= goal)

    dead = frozenset(s for s in everything if not after[s])

    def holds(node: Formula) -> States:
        match node:
            case State(inner):
                return frozenset(s for s in everything if predicate(inner, s))
            case Negation(inner):
                return everything - holds(inner)
            case Conjunction(parts):
                return frozenset.intersection(*map(holds, parts))
            case Disjunction(parts):
                return frozenset.union(*map(holds, parts))
            case Implication(left, right):
                return (everything - holds(left)) | holds(right)
            case Unary("A" | "E" as quantifier, Unary(operator, inner)):
                return temporal(quantifier, operator, [holds(inner)])
            case Unary("A" | "E" as quantifier, Binary(operator, left, right)):
                return temporal(quantifier, operator, [holds(left), holds(right)])
            case Unary(operator, inner):
                return temporal(operator[0], operator[1], [holds(inner)])
            case Binary(operator, left, right):
                return temporal(operator[0], operator[1], [holds(left), holds(right)])

    def temporal(quantifier: str, operator: str, parts: list[States]) -> States:
        none: States = frozenset()
        step = some if quantifier == "E" else every
        first, last = parts[0], parts[-1]
        match operator:
            case "X":
                return some(first) if quantifier == "E" else every(first) | dead
            case "F":
                return closed(lambda z: first | step(z), none)
            case "G":
                return closed(lambda z: first & (step(z) | dead), everything)
            case "U":
                return closed(lambda z: last | (first & step(z)), none)
            case "W":
                return closed(lambda z: last | (first & (step(z) | dead)), everything)
            case _:
                return closed(lambda z: last & (first | step(z) | dead), everything)

    return holds(formula)
