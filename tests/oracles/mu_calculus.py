"""The mu-calculus by definition: fixpoints by iteration over sets of states."""

from __future__ import annotations

from collections.abc import Mapping

from transition_systems.lts import LTS
from transition_systems.properties.predicates import Atom, Constant, Dead, Enabled
from transition_systems.temporal.action_formulas import ActionFormula, Connected, Labels
from transition_systems.temporal.mu_formulas import (
    Bound,
    Every,
    Fixpoint,
    Holds,
    Modal,
    MuFormula,
    No,
    Some,
)

States = frozenset[int]


def is_one(label: str, action: ActionFormula) -> bool:
    """Return whether a step with a label is one of an action formula."""
    match action:
        case Labels(names, others):
            return label not in names if others else label in names
        case Connected("and", parts):
            return all(is_one(label, part) for part in parts)
        case Connected(_, parts):
            return any(is_one(label, part) for part in parts)


def mu_states_by_definition(
    lts: LTS, formula: MuFormula, known: Mapping[str, States] | None = None
) -> States:
    """Return the states that have a formula; predicates have no connectives."""
    everything = frozenset(range(lts.n_states))
    scope = dict(known or {})

    def of(part: MuFormula) -> States:
        return mu_states_by_definition(lts, part, scope)

    match formula:
        case Holds(Constant(value)):
            return everything if value else frozenset()
        case Holds(Atom(name)):
            return frozenset(s for s in everything if lts.atoms[name][s])
        case Holds(Dead()):
            return everything - {s for s, _, _ in lts.arcs()}
        case Holds(Enabled(name)):
            return frozenset(s for s, label, _ in lts.arcs() if label == name)
        case Bound(name):
            return scope[name]
        case No(operand):
            return everything - of(operand)
        case Every(operands):
            return everything.intersection(*map(of, operands))
        case Some(operands):
            return frozenset().union(*map(of, operands))
        case Modal(kind, labels, operand):
            goal = of(operand)
            arcs = [
                (s, t) for s, label, t in lts.arcs()
                if is_one(label or "tau", labels)
            ]  # fmt: skip
            if kind == "diamond":
                return frozenset(s for s, t in arcs if t in goal)
            return everything - {s for s, t in arcs if t not in goal}
        case Fixpoint(kind, name, operand):
            now: States = frozenset() if kind == "mu" else everything
            while True:
                scope[name] = now
                then = of(operand)
                if then == now:
                    return now
                now = then
        case _:
            raise AssertionError(formula)
