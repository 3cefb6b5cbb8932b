"""Modalities, fixpoints and CTL in one formula, by definition: trees, their text, their states.

A tree is a tuple: ``("atom", name)``, ``("not", f)``, ``("and" | "or" | "->", f, g)``,
``("<>" | "[]", label, f)`` with ``None`` for any label, ``("mu" | "nu", X, f)``, ``("var", X)``, and
``("A" | "E", operator, f)`` or ``("A" | "E", operator, f, g)``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from transition_systems.lts import LTS
from transition_systems.properties.tokens import quoted

States = frozenset[int]
Tree = tuple[Any, ...]


def text_of(tree: Tree) -> str:
    """Return the formula as a user writes it; every name in quotes, every part in parentheses."""
    match tree:
        case "atom", name:
            return quoted(name)
        case "var", name:
            return str(name)
        case "not", part:
            return f"!({text_of(part)})"
        case (("and" | "or" | "->") as word, left, right):
            sign = {"and": "&&", "or": "||"}.get(word, word)
            return f"({text_of(left)}) {sign} ({text_of(right)})"
        case (("<>" | "[]") as signs, label, part):
            return (
                f"{signs[0]}{'true' if label is None else quoted(label)}{signs[1]}({text_of(part)})"
            )
        case (("mu" | "nu") as word, name, part):
            return f"({word} {name}. {text_of(part)})"
        case quantifier, operator, part:
            return f"{quantifier}{operator} ({text_of(part)})"
        case quantifier, operator, left, right:
            return f"{quantifier}[({text_of(left)}) {operator} ({text_of(right)})]"
        case _:
            raise AssertionError(tree)


def states_of(lts: LTS, tree: Tree, known: Mapping[str, States] | None = None) -> States:
    """Return the states in which a formula holds; paths are maximal."""
    every, scope = frozenset(range(lts.n_states)), dict(known or {})
    arcs = [(s, "tau" if label is None else label, t) for s, label, t in lts.arcs()]
    dead = every - {s for s, _, _ in arcs}

    def of(part: Tree) -> States:
        return states_of(lts, part, scope)

    def some(goal: States, label: str | None = None) -> States:
        return frozenset(s for s, name, t in arcs if t in goal and label in (None, name))

    def limit(step: Callable[[States], States], now: States) -> States:
        while (then := step(now)) != now:
            now = then
        return now

    match tree:
        case "atom", name:
            return frozenset(s for s in every if lts.atoms[name][s])
        case "var", name:
            return scope[name]
        case "not", part:
            return every - of(part)
        case "and", left, right:
            return of(left) & of(right)
        case "or", left, right:
            return of(left) | of(right)
        case "->", left, right:
            return (every - of(left)) | of(right)
        case "<>", label, part:
            return some(of(part), label)
        case "[]", label, part:
            return every - some(every - of(part), label)
        case (("mu" | "nu") as word, name, part):

            def step(now: States) -> States:
                return states_of(lts, part, {**scope, name: now})

            return limit(step, frozenset() if word == "mu" else every)
        case quantifier, operator, *parts:
            first, last = of(parts[0]), of(parts[-1])

            def go(goal: States) -> States:
                """Some step, or every one and there is one, leads into the goal."""
                return some(goal) if quantifier == "E" else every - some(every - goal) - dead

            match operator:
                case "X":
                    return some(first) if quantifier == "E" else every - some(every - first)
                case "F":
                    return limit(lambda z: first | go(z), frozenset())
                case "G":
                    return limit(lambda z: first & (go(z) | dead), every)
                case "U":
                    return limit(lambda z: last | (first & go(z)), frozenset())
                case "W":
                    return limit(lambda z: last | (first & (go(z) | dead)), every)
                case _:
                    return limit(lambda z: last & (first | go(z) | dead), every)
        case _:
            raise AssertionError(tree)
