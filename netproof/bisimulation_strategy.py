"""How the attacker of a bisimulation game wins: backwards from the positions that are won."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Sequence
from typing import Any

from transition_systems.equivalences import bisimilar
from transition_systems.equivalences.play import distinguishing_play
from transition_systems.equivalences.relations import Relation
from transition_systems.lts import LTS

__all__ = ["first_attack", "moves_to_win"]

MOST_POSITIONS = 5_000


def moves_to_win(
    start: Any,
    after: Callable[[Any], Sequence[Any]],
    defends: Callable[[Any], bool],
    lost: Callable[[Any], bool],
    most: int = MOST_POSITIONS,
) -> dict[Any, int] | None:
    """Return in how many moves the attacker wins, for each position in which that can be forced.

    Parameters
    ----------
    start
        The position from which others are reached; positions are hashable.
    after
        The positions after each move.
    defends
        Whether the move is the defender's.
    lost
        Whether the defender has lost, of a position without moves.
    most
        With more positions than these there is no answer.

    Returns
    -------
    dict or None
        The fewest moves when the defender holds out as long as can be; positions that are not in it
        are not won. ``None`` for too many.

    Notes
    -----
    Linear in the moves.

    Examples
    --------
    >>> moves_to_win(3, lambda n: [n - 1] if n else [], lambda n: n % 2 == 0, lambda n: True, 10)
    {0: 0, 1: 1, 2: 2, 3: 3}
    """
    known: dict[Any, list[Any]] = {}
    waiting = deque([start])
    before: dict[Any, list[Any]] = {start: []}
    while waiting:
        at = waiting.popleft()
        known[at] = list(after(at))
        if len(before) > most:
            return None
        for target in known[at]:
            if target not in before:
                before[target] = []
                waiting.append(target)
            before[target].append(at)
    found = {at: 0 for at, moves in known.items() if not moves and lost(at)}
    left = {at: len(moves) for at, moves in known.items()}
    won = deque(found)
    while won:
        target = won.popleft()
        for at in before[target]:
            left[at] -= 1
            if at not in found and (not defends(at) or not left[at]):
                found[at] = found[target] + 1
                won.append(at)
    return dict(sorted(found.items(), key=lambda item: item[1]))


def first_attack(
    systems: tuple[LTS, LTS], places: tuple[int, int], relation: Relation, atoms: Collection[str]
) -> tuple[int, int, str, int] | None:
    """Return the first step of an attack that a formula shows which only one state has.

    Parameters
    ----------
    systems, places, relation, atoms
        The systems, a state of each, and in which relation they are not.

    Returns
    -------
    tuple or None
        The number of the system, and the arc: source, label, target. ``None`` for related states,
        and where no such formula was found.

    Examples
    --------
    >>> one, two = LTS.from_arcs(2, [(0, "a", 1)]), LTS.from_arcs(1, [])
    >>> first_attack((one, two), (0, 0), "strong", ())
    (0, 0, 'a', 1)
    """
    a, b = (_begun(lts, state) for lts, state in zip(systems, places, strict=True))
    verdict = bisimilar(a, b, relation, atoms=atoms)
    play = None if verdict.evidence is None else distinguishing_play(verdict.evidence, a, b)
    if play is None or not play.turns or not play.turns[0].attack:
        return None
    source, label, target = play.turns[0].attack[0]
    return play.turns[0].side, source, label, target


def _begun(lts: LTS, state: int) -> LTS:
    return LTS(
        offsets=lts.offsets, labels=lts.labels, targets=lts.targets, atoms=lts.atoms,
        label_names=lts.label_names, initial=[state],
    )  # fmt: skip
