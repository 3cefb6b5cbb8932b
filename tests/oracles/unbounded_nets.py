"""What can always be reached in small nets, also unbounded ones, by definition and by dictionaries.

For goals that only ask for tokens the markings from which they can be covered are computed exactly,
as the minimal elements of an upward-closed set; other goals are looked for forwards, step by step.
"""

from __future__ import annotations

from collections.abc import Callable

from petri import PetriNet

Key = tuple[int, ...]


class Tokens:
    """The steps of a net on tuples of tokens."""

    def __init__(self, net: PetriNet) -> None:
        self.places, self.names = net.place_ids, net.transition_ids
        weight = {(arc.source, arc.target): arc.weight for arc in net.arcs}
        self.takes = [tuple(weight.get((p, t), 0) for p in self.places) for t in self.names]
        self.gives = [tuple(weight.get((t, p), 0) for p in self.places) for t in self.names]
        self.initial: Key = tuple(net.initial.get(p, 0) for p in self.places)

    def steps(self, key: Key) -> list[tuple[str, Key]]:
        return [
            (name, tuple(n - a + b for n, a, b in zip(key, take, give, strict=True)))
            for name, take, give in zip(self.names, self.takes, self.gives, strict=True)
            if all(n >= a for n, a in zip(key, take, strict=True))
        ]

    def first(self, start: Key, most: int) -> tuple[list[Key], bool]:
        """The markings from one on, breadth first, and whether these are all."""
        seen, order = {start}, [start]
        for key in order:
            for _, after in self.steps(key):
                if after not in seen:
                    if len(order) >= most:
                        return order, False
                    seen.add(after)
                    order.append(after)
        return order, True

    def covering(self, wanted: Key) -> list[Key]:
        """The smallest markings from which one with at least those tokens can be reached."""
        basis, todo = [wanted], [wanted]
        while todo:
            key = todo.pop()
            for take, give in zip(self.takes, self.gives, strict=True):
                before = tuple(max(a, n - b + a) for n, a, b in zip(key, take, give, strict=True))
                if not any(below(old, before) for old in basis):
                    basis = [old for old in basis if not below(before, old)] + [before]
                    todo.append(before)
        return basis


def below(one: Key, other: Key) -> bool:
    return all(a <= b for a, b in zip(one, other, strict=True))


def wrong_about(
    net: PetriNet,
    holds: bool,
    lost: dict[str, int] | None,
    goal: Callable[[Key], bool],
    wanted: Key | None,
    most: int = 150,
) -> str | None:
    """What speaks against a verdict on ``AG EF goal``; ``None`` where nothing does.

    ``lost`` is the marking from which the goal is said to be out of reach, ``wanted`` the tokens of
    a goal that only asks for tokens.
    """
    game = Tokens(net)
    basis = None if wanted is None else game.covering(wanted)
    if not holds:
        if lost is None:
            return None
        end = tuple(lost.get(p, 0) for p in game.places)
        found = game.first(end, most)[0]
        if any(goal(key) for key in found) or (basis and any(below(b, end) for b in basis)):
            return f"the goal can be reached from {end}"
        return None
    reachable, _ = game.first(game.initial, most)
    for key in reachable:
        if basis is not None:
            if not any(below(old, key) for old in basis):
                return f"the goal cannot be covered from {key}"
            continue
        later, every = game.first(key, most)
        if every and not any(goal(one) for one in later):
            return f"the goal cannot be reached from {key}"
    return None
