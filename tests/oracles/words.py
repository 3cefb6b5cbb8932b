"""Languages of transition systems by definition: all sets of states that words lead to."""

from __future__ import annotations

from transition_systems.lts import LTS

States = frozenset[int]


def after(lts: LTS, states: States, letter: str | None) -> States:
    """Where one letter and silent steps lead; silent steps alone if there is no letter."""
    arcs = list(lts.arcs())
    found = (
        set(states) if letter is None else {t for s, a, t in arcs if s in states and a == letter}
    )
    while True:
        more = found | {t for s, a, t in arcs if s in found and a is None}
        if more == found:
            return frozenset(found)
        found = more


def same_language(a: LTS, b: LTS) -> bool:
    """Whether the same words end in final states; silent steps are no letters."""
    letters = {label for lts in (a, b) for _, label, _ in lts.arcs() if label is not None}
    first = [after(lts, frozenset(lts.initial.tolist()), None) for lts in (a, b)]
    seen = {(first[0], first[1])}
    waiting = list(seen)
    for one, other in waiting:
        if any(a.final[s] for s in one) != any(b.final[s] for s in other):
            return False
        for letter in letters:
            pair = after(a, one, letter), after(b, other, letter)
            if pair not in seen:
                seen.add(pair)
                waiting.append(pair)
    return True
