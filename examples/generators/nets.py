"""Large nets without deadlocks: philosophers, live marked graphs, live and bounded free choice.

    python examples/generators/nets.py FOLDER --places 1000

writes a ring of philosophers of whom one takes the other fork first, a marked graph all circuits of
which are marked, and a free-choice net grown from one circuit by rules that keep it live and
bounded, as PNML. They have astronomically many markings; none of them is dead.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path

from petri import PetriNet, write_pnml

__all__ = ["free_choice", "marked_graph", "philosophers"]


def philosophers(count: int, *, left_handed: bool = True) -> PetriNet:
    """Return a ring of philosophers, four places each; the first one may be left-handed."""
    places: list[str] = []
    transitions: list[str] = []
    arcs: list[tuple[str, str]] = []
    for n in range(count):
        first, second = f"fork{n}", f"fork{(n + 1) % count}"
        if n == 0 and left_handed:
            first, second = second, first
        places += [f"think{n}", f"has{n}", f"eat{n}", f"fork{n}"]
        transitions += [f"take{n}", f"start{n}", f"stop{n}"]
        arcs += [
            (f"think{n}", f"take{n}"), (first, f"take{n}"), (f"take{n}", f"has{n}"),
            (f"has{n}", f"start{n}"), (second, f"start{n}"), (f"start{n}", f"eat{n}"),
            (f"eat{n}", f"stop{n}"), (f"stop{n}", f"think{n}"), (f"stop{n}", first),
            (f"stop{n}", second),
        ]  # fmt: skip
    initial = {f"{kind}{n}": 1 for n in range(count) for kind in ("think", "fork")}
    return PetriNet(places=places, transitions=transitions, arcs=arcs, initial=initial)


def marked_graph(n_places: int, *, seed: int = 0) -> PetriNet:
    """Return a live, strongly connected marked graph with two places to each transition.

    A place that leads to a later transition is empty, one that leads back is marked, so that each
    circuit is marked.
    """
    rng = random.Random(seed)
    count = max(2, n_places // 2)
    order = list(range(count))
    rng.shuffle(order)
    pairs = [(n, (n + 1) % count) for n in range(count)]
    while len(pairs) < n_places:
        first, second = rng.randrange(count), rng.randrange(count)
        if first != second:
            pairs.append((first, second))
    arcs: list[tuple[str, str]] = []
    initial: dict[str, int] = {}
    for number, (source, target) in enumerate(pairs):
        arcs += [(f"t{order[source]}", f"p{number}"), (f"p{number}", f"t{order[target]}")]
        if source > target:
            initial[f"p{number}"] = 1
    return PetriNet(
        places=[f"p{n}" for n in range(len(pairs))],
        transitions=[f"t{n}" for n in range(count)],
        arcs=arcs,
        initial=initial,
    )


class _Growing:
    """A free-choice net under growth, by number: places with makers and users, and tokens."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.makers: list[list[int]] = [[0]]
        self.users: list[list[int]] = [[0]]
        self.tokens = [1]
        self.needs: list[list[int]] = [[0]]
        self.gives: list[list[int]] = [[0]]

    def place(self, maker: int, user: int, tokens: int) -> None:
        """Add a place between two transitions."""
        self.makers.append([maker])
        self.users.append([user])
        self.tokens.append(tokens)
        self.gives[maker].append(len(self.tokens) - 1)
        self.needs[user].append(len(self.tokens) - 1)

    def lengthen(self, place: int) -> None:
        """Put a transition and a place behind a place, before its users."""
        new, transition = len(self.tokens), len(self.needs)
        self.makers.append([transition])
        self.users.append(self.users[place])
        self.tokens.append(0)
        self.needs.append([place])
        self.gives.append([new])
        for user in self.users[new]:
            self.needs[user] = [new if p == place else p for p in self.needs[user]]
        self.users[place] = [transition]

    def copy(self, transition: int) -> None:
        """Add another way from the inputs of a transition to its outputs."""
        new = len(self.needs)
        self.needs.append(list(self.needs[transition]))
        self.gives.append(list(self.gives[transition]))
        for place in self.needs[new]:
            self.users[place].append(new)
        for place in self.gives[new]:
            self.makers[place].append(new)

    def bridge(self, place: int) -> None:
        """Add a place that says what a path of one or two places says together."""
        if len(self.makers[place]) != 1 or len(self.users[place]) != 1:
            return
        maker, user, tokens = self.makers[place][0], self.users[place][0], self.tokens[place]
        further = [
            p for p in self.gives[user]
            if len(self.makers[p]) == 1 and len(self.users[p]) == 1 and p != place
        ]  # fmt: skip
        if further and self.rng.random() < 0.7:
            follower = self.rng.choice(further)
            tokens += self.tokens[follower]
            user = self.users[follower][0]
        self.place(maker, user, tokens)


def free_choice(n_places: int, *, seed: int = 0) -> PetriNet:
    """Return a live and bounded free-choice net, grown from one place and one transition.

    Each rule keeps the net free choice, live and bounded: a place is lengthened, a transition gets
    a copy, or a place is added whose tokens are the sum of those of a path (an implicit place).
    Lengthened bridges cross each other, so that the net is not made of nested blocks.
    """
    rng = random.Random(seed)
    net = _Growing(rng)
    while len(net.tokens) < n_places:
        place = rng.randrange(len(net.tokens))
        chance = rng.random()
        if chance < 0.5:
            net.lengthen(place)
        elif chance < 0.65:
            transition = rng.randrange(len(net.needs))
            if len(net.needs[transition]) + len(net.gives[transition]) < 5:
                net.copy(transition)
        else:
            net.bridge(place)
    arcs = [(f"p{p}", f"t{t}") for t, needs in enumerate(net.needs) for p in needs]
    arcs += [(f"t{t}", f"p{p}") for t, gives in enumerate(net.gives) for p in gives]
    return PetriNet(
        places=[f"p{n}" for n in range(len(net.tokens))],
        transitions=[f"t{n}" for n in range(len(net.needs))],
        arcs=arcs,
        initial={f"p{n}": tokens for n, tokens in enumerate(net.tokens) if tokens},
    )


def main() -> None:
    """Write the files."""
    parser = argparse.ArgumentParser(description="Write large nets without deadlocks.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--places", type=int, default=1_000)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    for name, net in (
        ("philosophers", philosophers(max(2, arguments.places // 4))),
        ("marked-graph", marked_graph(arguments.places)),
        ("free-choice", free_choice(arguments.places)),
    ):
        write_pnml(net, arguments.folder / f"{name}-{arguments.places}.pnml")


if __name__ == "__main__":
    main()
