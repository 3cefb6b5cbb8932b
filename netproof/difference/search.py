"""The shortest run that only one of two models allows, both searched at once, breadth first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from netproof.difference.behaviour import Behaviour, OutOfBudgetError
from petri import PetriNet
from petri.marking import Marking
from transition_systems.budget import Meter
from transition_systems.progress import Progress, ProgressCallback

__all__ = ["END", "Search", "allows"]

END = -1
Word = tuple[int, ...]
States = frozenset[int]
TELL = 1024


@dataclass(slots=True)
class Search:
    """The words of one model that the other has not, for both ways round.

    A word is a sequence of letters, with :data:`END` as the last one where all may be done after
    it. Words are found breadth first on pairs of sets of states (the subset construction on both
    sides at once), so the first one found is among the shortest.

    Attributes
    ----------
    words
        The shortest word of the old and of the new model that the other does not have.
    complete
        Whether all pairs were seen: then a word that was not found does not exist.
    reason
        Why not.
    pairs
        Pairs seen.
    """

    old: Behaviour
    new: Behaviour
    words: tuple[Word | None, Word | None] = (None, None)
    complete: bool = False
    reason: str | None = None
    pairs: int = 0

    def run(self, meter: Meter, progress: ProgressCallback | None = None) -> None:
        """Search until both words are found, all pairs are seen, or the budget ends."""
        try:
            self._run(meter, progress)
        except OutOfBudgetError as end:
            self.reason = str(end)

    def _run(self, meter: Meter, progress: ProgressCallback | None) -> None:
        sides = (self.old, self.new)
        first = (self.old.start(), self.new.start())
        order: list[tuple[States, States]] = [first]
        came: dict[tuple[States, States], tuple[int, int]] = {first: (-1, END)}
        found: list[Word | None] = [None, None]
        for index, pair in enumerate(order):
            self.pairs = index + 1
            if index % TELL == 0 and progress is not None:
                progress(
                    Progress(
                        stage="pairs of states", states=len(order), frontier=len(order) - index,
                        arcs=index, seconds=meter.seconds,
                    )
                )  # fmt: skip
            after = (self.old.after(pair[0]), self.new.after(pair[1]))
            for side in (0, 1):
                letter = next((x for x in after[side] if x not in after[1 - side]), None)
                if letter is None and sides[1 - side].done is not None:
                    ends = sides[side].may_end(pair[side])
                    if ends and not sides[1 - side].may_end(pair[1 - side]):
                        letter = END
                if letter is not None and found[side] is None:
                    found[side] = (*_word(order, came, index), letter)
                    self.words = (found[0], found[1])
            if None not in found:
                return
            for letter, states in after[0].items():
                if letter in after[1]:
                    target = (states, after[1][letter])
                    if target not in came:
                        came[target] = (index, letter)
                        order.append(target)
                        self.old.allowance.take()
        self.complete = True


def _word(
    order: Sequence[tuple[States, States]],
    came: dict[tuple[States, States], tuple[int, int]],
    index: int,
) -> Word:
    word: list[int] = []
    while index > 0:
        index, letter = came[order[index]]
        word.append(letter)
    return tuple(reversed(word))


def allows(
    net: PetriNet,
    letters: dict[str, int],
    word: Word,
    done: object,
    *,
    meter: Meter,
    most: int = 20_000,
) -> bool | None:
    """Return whether a net has a run that is seen as a word, by plain firing; ``None``: too much.

    This shares nothing with the search but the net and its letters.
    """
    tests = done if callable(done) else None
    states: set[Marking] = {net.initial}
    for letter in (None, *word):
        if letter == END:
            vectors = (tuple(s.to_array(net.place_ids).tolist()) for s in states)
            return tests is not None and any(tests(vector) for vector in vectors)
        if letter is not None:
            states = {
                net.fire(state, t)
                for state in states
                for t in net.enabled(state)
                if letters.get(t) == letter
            }
        todo = list(states)
        while todo:
            if len(states) > most or meter.out_of_time():
                return None
            state = todo.pop()
            for t in net.enabled(state):
                if t not in letters:
                    after = net.fire(state, t)
                    if after not in states:
                        states.add(after)
                        todo.append(after)
        if not states:
            return False
    return True
