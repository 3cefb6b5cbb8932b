"""A net of forks, joins, choices and loops, of any size: live, safe, and the same for a seed."""

from __future__ import annotations

import random

from petri import PetriNet

__all__ = ["process_net"]


def process_net(places: int = 100, seed: int = 0, tokens: int = 1) -> PetriNet:
    """Return a net with one way in and a way back, refined step by step.

    Each refinement replaces a transition by a sequence, a fork with a join, a choice or a loop;
    all of these keep the net live and, with one token, safe.
    """
    chance = random.Random(seed)
    names = ["i", "o"]
    moves: list[tuple[list[str], list[str]]] = [(["o"], ["i"]), (["i"], ["o"])]

    def fresh(count: int) -> list[str]:
        new = [f"p{len(names) + i}" for i in range(count)]
        names.extend(new)
        return new

    while len(names) < places:
        left = places - len(names)
        which = chance.randrange(1, len(moves))
        before, after = moves[which]
        kind = chance.choice(["sequence", "sequence", "fork", "fork", "choice", "loop"])
        if kind == "sequence":
            middle = fresh(1)
            moves[which] = (before, middle)
            moves.append((middle, after))
        elif kind == "fork" and left >= 4:
            width = min(chance.choice([2, 2, 3]), left // 2)
            starts, ends = fresh(width), fresh(width)
            moves[which] = (before, starts)
            moves.append((ends, after))
            moves.extend(([a], [b]) for a, b in zip(starts, ends, strict=True))
        elif kind == "choice" and len(before) == 1:
            moves.append((list(before), list(after)))
        elif kind == "loop" and left >= 2:
            middle, back = fresh(2)
            moves[which] = (before, [middle])
            moves += [([middle], after), ([middle], [back]), ([back], [middle])]
    ids = [f"t{number}" for number in range(len(moves))]
    arcs = [(p, t) for t, (before, _) in zip(ids, moves, strict=True) for p in before]
    arcs += [(t, p) for t, (_, after) in zip(ids, moves, strict=True) for p in after]
    return PetriNet(places=names, transitions=ids, arcs=arcs, initial={"i": tokens})
