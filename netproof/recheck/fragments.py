"""Which formulas of Hennessy and Milner a simulation preserves, and how each is spoken of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from netproof.recheck.result import RefusedError

__all__ = ["SIMULATIONS", "check_fragment", "check_parts"]


@dataclass(frozen=True, slots=True)
class Known:
    """How a simulation is spoken of, and whether it abstracts from silent steps."""

    adjective: str
    weak: bool


SIMULATIONS = {
    "simulation": Known("simulation", weak=False),
    "completed-simulation": Known("completed simulation", weak=False),
    "ready-simulation": Known("ready simulation", weak=False),
    "2-nested-simulation": Known("2-nested simulation", weak=False),
    "weak-simulation": Known("weak simulation", weak=True),
    "weak-ready-simulation": Known("weak ready simulation", weak=True),
    "coupled-simulation": Known("coupled simulation", weak=True),
}


def check_fragment(formula: object, relation: str, atoms: Sequence[str]) -> None:
    """Refuse a formula that need not hold in a state that simulates one with it.

    All simulations preserve atoms and their negations, conjunction, and steps: ``diamond``, or
    ``weak`` where silent steps are abstracted from. Beside these, completed simulation preserves
    ``dead``; ready simulation that a label cannot be done; 2-nested simulation the negation of what
    plain simulation preserves, since the upper state is simulated by the lower one. Coupled
    simulation preserves that silent steps lead to where several of its formulas are false: from a
    state above that place silent steps lead to one under it, where they are false, too.

    R. van Glabbeek, The linear time - branching time spectrum I (2001); B. Bisping, U. Nestmann,
    K. Peters, Coupled similarity: the first 32 years, Acta Informatica 57 (2020).
    """
    step = "weak" if SIMULATIONS[relation].weak else "diamond"
    waiting: list[tuple[object, bool]] = [(formula, False)]
    while waiting:
        node, nested = waiting.pop()
        match node:
            case ("true",) | ("final",) | ("not", ("final",)):
                continue
            case ("atom", name) | ("not", ("atom", name)) if name in atoms:
                continue
            case ("and", *parts):
                waiting += [(part, nested) for part in parts]
            case (word, "tau", inner) if word == step and relation == "coupled-simulation":
                denied = _denied(inner)
                waiting += [(part, False) for part in ([inner] if denied is None else denied)]
            case (word, str(), inner) if word == step:
                waiting.append((inner, nested))
            case ("dead",) if relation == "completed-simulation":
                continue
            case ("not", (word, str(), ("true",))) if word == step and "ready" in relation:
                continue
            case ("not", inner) if relation == "2-nested-simulation" and not nested:
                waiting.append((inner, True))
            case _:
                raise RefusedError(f"this is no formula that {relation} preserves")


def _denied(formula: object) -> list[object] | None:
    """Return the operands of negations, if the formula is made of these and atoms only."""
    match formula:
        case ("not", inner):
            return [inner]
        case ("true",) | ("final",) | ("atom", _):
            return [formula]
        case ("and", *parts):
            operands = [_denied(part) for part in parts]
            if all(found is not None for found in operands):
                return [one for found in operands if found is not None for one in found]
        case _:
            pass
    return None


def check_parts(shapes: Sequence[tuple[str, str, list[int]]], relation: str) -> None:
    """Refuse the same of a formula in parts: operator, label and operands of each, the last it.

    Operands come before; atoms are among those that count. What is looked at is whether a part
    stands for itself, inside a negation of 2-nested simulation, or is made of negations after
    silent steps of coupled simulation.
    """
    step = "weak" if SIMULATIONS[relation].weak else "diamond"
    deniable: list[bool] = []
    for word, _, below in shapes:
        whole = word == "and" and all(deniable[part] for part in below)
        deniable.append(whole or word in ("not", "true", "final", "atom"))
    waiting, seen = [(len(shapes) - 1, "itself")], set[tuple[int, str]]()
    while waiting:
        if waiting[-1] in seen:
            waiting.pop()
            continue
        number, place = waiting.pop()
        seen.add((number, place))
        word, label, below = shapes[number]
        if word in ("true", "final", "atom") or (word == "dead" and "completed" in relation):
            continue
        if word == "and":
            waiting += [(part, place) for part in below]
        elif word == step:
            coupled = relation == "coupled-simulation" and label == "tau" and deniable[below[0]]
            waiting.append((below[0], "denied" if coupled else place))
        elif word == "not" and place == "denied":
            waiting.append((below[0], "itself"))
        elif word == "not" and relation == "2-nested-simulation" and place == "itself":
            waiting.append((below[0], "nested"))
        elif word != "not" or not _deniable(shapes, below[0], step, ready="ready" in relation):
            raise RefusedError(f"this is no formula that {relation} preserves")


def _deniable(
    shapes: Sequence[tuple[str, str, list[int]]], part: int, step: str, *, ready: bool
) -> bool:
    """Return whether the negation of a part is preserved: of atoms, for ready of single steps."""
    word, _, below = shapes[part]
    return word in ("final", "atom") or (ready and word == step and shapes[below[0]][0] == "true")
