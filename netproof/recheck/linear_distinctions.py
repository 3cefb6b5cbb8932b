"""What is seen after a trace of one of two systems, and never in the other."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from netproof.recheck.linear_walk import Known, Letter, States, Walker, known_relation, walkers
from netproof.recheck.result import RefusedError, Watch
from transition_systems.evidence import LinearDistinction
from transition_systems.lts import FINAL, LTS

__all__ = ["check_linear_distinction"]


def check_linear_distinction(
    evidence: LinearDistinction, left: LTS, right: LTS, watch: Watch
) -> None:
    """Refuse unless just the named system shows what the evidence says after its trace."""
    known, both = known_relation(
        evidence.relation, evidence.atoms, evidence.claim.formula, negated=True
    )
    if evidence.able not in (("left", "right") if both else ("right",)):
        raise RefusedError("the evidence does not name a system that must not show more")
    if len(evidence.along) not in ((len(evidence.trace) + 1, 0) if known.along else (0,)):
        raise RefusedError("what is seen along the trace is not of its length")
    atoms = {FINAL, *evidence.atoms}
    sides = walkers(left, right, evidence.atoms, known, watch)
    able, other = sides if evidence.able == "left" else sides[::-1]
    if not _shows(able, evidence, atoms, known):
        raise RefusedError("the system that is named does not show this after the trace")
    if _shows(other, evidence, atoms, known, chaos=True):
        raise RefusedError("both systems show this after the trace")


def _shows(
    walker: Walker,
    evidence: LinearDistinction,
    atoms: set[str],
    known: Known,
    *,
    chaos: bool = False,
) -> bool:
    """Return whether a system shows what is seen after the trace, perhaps by chaos."""
    states = walker.initial
    for at in range(len(evidence.trace) + 1):
        if chaos and not walker.divergent.isdisjoint(states):
            return True
        if evidence.along and evidence.along[at] is not None:
            wanted = _letters(evidence.along[at], atoms)
            states = frozenset(s for s in states if _waits(walker, s, wanted, known))
        if at < len(evidence.trace):
            states = walker.after(states, ("", evidence.trace[at]))
    return _seen(walker, states, evidence.seen, atoms, known)


def _seen(
    walker: Walker, states: States, seen: tuple[Any, ...], atoms: set[str], known: Known
) -> bool:
    match seen:
        case ("trace",):
            return bool(states)
        case ("atom", str(name)) if name in atoms:
            return any(("atom", name) in walker.steps[s] for s in states)
        case ("end",) if known.seen == "end":
            return any(not walker.steps[s] for s in states)
        case ("divergence",) if known.divergence:
            return not walker.divergent.isdisjoint(states)
        case ("refusal" | "ready" as word, labels, names) if word == known.seen:
            wanted = _letters((labels, names), atoms)
            return any(_waits(walker, s, wanted, known) for s in states)
        case ("future", can, cannot) if known.seen == "future" or (
            known.seen == "impossible" and can == ()
        ):
            words = [[_word(word, atoms) for word in part] for part in (can, cannot)]
            return any(
                all(_does(walker, s, word) for word in words[0])
                and not any(_does(walker, s, word) for word in words[1])
                for s in states
            )
        case _:
            raise RefusedError("this is not seen by the relation")


def _letters(names: Any, atoms: set[str]) -> frozenset[Letter]:
    labels, seen = names
    if not all(isinstance(name, str) for name in (*labels, *seen)) or not atoms.issuperset(seen):
        raise RefusedError("a set of labels and atoms is expected")
    return frozenset([*(("", name) for name in labels), *(("atom", name) for name in seen)])


def _waits(walker: Walker, state: int, wanted: frozenset[Letter], known: Known) -> bool:
    """Return whether a state refuses a set of letters, or is ready for just these."""
    shown = walker.shown(state)
    if shown is None:
        return False
    return shown == wanted if known.seen == "ready" else shown.isdisjoint(wanted)


def _word(word: Any, atoms: set[str]) -> list[Letter]:
    labels, atom = word
    last: Iterable[str] = () if atom is None else (atom,)
    return [*(("", name) for name in labels), *sorted(_letters(((), last), atoms))]


def _does(walker: Walker, state: int, word: list[Letter]) -> bool:
    states = walker.closed([state])
    for letter in word:
        states = walker.after(states, letter)
    return bool(states)
