"""What a picture of a machine shows, whatever language it is written in."""

from __future__ import annotations

from dataclasses import dataclass

from fsm.dfa import DFA
from fsm.machine import Machine
from fsm.nfa import NFA

__all__ = ["EPSILON", "Drawable", "Picture", "picture_of"]

EPSILON = "ε"

Drawable = DFA | NFA | Machine


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """States in order with their names, arcs with all their labels, and the roles of states."""

    states: tuple[str, ...]
    initial: frozenset[int]
    final: frozenset[int]
    forbidden: frozenset[int]
    arcs: tuple[tuple[int, tuple[str, ...], int], ...]


def picture_of(model: Drawable) -> Picture:
    """Return what is drawn: parallel arcs become one with several labels.

    Examples
    --------
    >>> picture_of(NFA(states=["p"], alphabet=["a"], transitions=[("p", "a", "p")])).arcs
    ((0, ('a',), 0),)
    """
    states = model.state_names
    place = {name: i for i, name in enumerate(states)}
    initial = model.initial if isinstance(model, NFA) else [model.initial]
    labels: dict[tuple[int, int], list[str]] = {}
    for source, letter, target in model.transitions:
        pair = (place[source], place[target])
        labels.setdefault(pair, []).append(EPSILON if letter is None else letter)
    return Picture(
        states=states,
        initial=frozenset(place[name] for name in initial),
        final=frozenset(place[name] for name in model.final),
        forbidden=frozenset(place[n] for n in model.forbidden)
        if isinstance(model, Machine)
        else frozenset(),
        arcs=tuple((s, tuple(names), t) for (s, t), names in labels.items()),
    )
