"""The steps of CSP terms by definition: one rule at a time, recursively, over sets."""

from __future__ import annotations

from itertools import product
from typing import Any

from process_algebra import (
    Call,
    ExternalChoice,
    Guard,
    Hiding,
    InternalChoice,
    Parallel,
    Prefix,
    Process,
    Renaming,
    Sequential,
    Skip,
    Term,
    Terminated,
)
from transition_systems.expressions.ast import Boolean, Integer
from transition_systems.expressions.evaluate import evaluate_expression

TAU, TICK = "tau", "✓"
OMEGA = Terminated()
Steps = set[tuple[str, Any]]


def steps(term: Term, process: Process, values: dict[str, Any] | None = None) -> Steps:
    """Return all (event, state) with a rule that derives it; states carry parameter values."""
    env = values or {}

    def of(sub: Term) -> Steps:
        return steps(sub, process, env)

    ops = term.operands
    match term:
        case Skip():
            return {(TICK, OMEGA)}
        case Prefix():
            return {(ops[0], closed(ops[1], env))}
        case ExternalChoice():
            found: Steps = set()
            for i, branch in enumerate(ops[0]):
                for event, after in of(branch):
                    rest = [closed(b, env) for b in ops[0]]
                    rest[i] = after
                    found.add((event, ExternalChoice(*rest) if event == TAU else after))
            return found
        case InternalChoice():
            return {(TAU, closed(branch, env)) for branch in ops[0]}
        case Guard():
            return of(ops[1]) if evaluate_expression(ops[0], env) is True else set()
        case Sequential():
            then = closed(ops[1], env)
            return {
                (TAU, then) if event == TICK else (event, Sequential(after, then))
                for event, after in of(ops[0])
            }
        case Hiding():
            return {
                (TICK, OMEGA)
                if event == TICK
                else (TAU if event in ops[1] else event, Hiding(after, ops[1]))
                for event, after in of(ops[0])
            }
        case Renaming():
            found = set()
            for event, after in of(ops[0]):
                names = {new for old, new in ops[1] if old == event} or {event}
                found |= {(n, OMEGA if n == TICK else Renaming(after, ops[1])) for n in names}
            return found
        case Parallel():
            return parallel(ops[0], ops[1], process, env)
        case Call():
            known = process.definition(ops[0])
            given = [evaluate_expression(argument, env) for argument in ops[1]]
            return steps(known.body, process, dict(zip(known.parameters, given, strict=True)))
        case _:
            return set()


def parallel(parts: Any, sets: Any, process: Process, env: dict[str, Any]) -> Steps:
    if all(isinstance(part, Terminated) for part in parts):
        return {(TICK, OMEGA)}
    moves = [steps(part, process, env) for part in parts]
    rest = [closed(part, env) for part in parts]
    found: Steps = set()
    for i, own in enumerate(moves):
        for event, after in own:
            alone = (*rest[:i], OMEGA if event == TICK else after, *rest[i + 1 :])
            if event in (TAU, TICK):
                found.add((TAU, Parallel(alone, sets)))
            elif event not in sets[i]:
                found.add((event, Parallel(alone, sets)))
    for event in frozenset().union(*sets):
        ways = [
            [after for name, after in own if name == event] if event in names else [same]
            for own, names, same in zip(moves, sets, rest, strict=True)
        ]
        found |= {(event, Parallel(after, sets)) for after in product(*ways)}
    return found


def closed(term: Term, env: dict[str, Any]) -> Term:
    """Return the term with the values of its parameters written into it."""
    ops = term.operands
    match term:
        case Prefix():
            return Prefix(ops[0], closed(ops[1], env))
        case ExternalChoice() | InternalChoice():
            return type(term)(*(closed(branch, env) for branch in ops[0]))
        case Guard():
            return Guard(Boolean(evaluate_expression(ops[0], env) is True), closed(ops[1], env))
        case Sequential():
            return Sequential(closed(ops[0], env), closed(ops[1], env))
        case Hiding() | Renaming():
            return type(term)(closed(ops[0], env), ops[1])
        case Parallel():
            return Parallel([closed(part, env) for part in ops[0]], ops[1])
        case Call():
            values = [evaluate_expression(argument, env) for argument in ops[1]]
            return Call(
                ops[0], *(Boolean(v) if isinstance(v, bool) else Integer(int(v)) for v in values)
            )
        case _:
            return term
