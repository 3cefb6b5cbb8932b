"""Formulas in parts, evaluated only where the value is asked for: deep ones of narrow systems."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from netproof.recheck.result import Watch
from netproof.recheck.silent_steps import marks_of, on_cycles
from transition_systems.lts import LTS, TAU, TAU_NAME

__all__ = ["Demanded", "Shape", "TooManyError"]

Shape: TypeAlias = tuple[str, str, list[int]]
Key: TypeAlias = tuple[int, int]
Asking: TypeAlias = Generator[Key, bool, bool]

TICKS = 1 << 12


class TooManyError(Exception):
    """More values are asked for than was allowed."""


class Demanded:
    """The values of parts in states, each found when it is first asked for.

    Parameters
    ----------
    lts
        The system.
    shapes
        Operator, label and operands of each part; operands are numbers of parts before.
    atoms
        The atoms that count, beside ``final``.
    watch
        The clock.
    most
        How many steps of the system and operands may be looked at.

    Notes
    -----
    Whether a part holds in a state is asked of its operands in the states that steps lead to, until
    it is settled. What asks waits, so that depth costs no recursion. The number of a part with
    minus one less stands for: silent steps lead to where the part holds.
    """

    def __init__(
        self, lts: LTS, shapes: Sequence[Shape], atoms: Sequence[str], watch: Watch, most: int
    ) -> None:
        self.lts, self.shapes, self.atoms, self.watch = lts, shapes, atoms, watch
        self.left = most
        self.known: dict[Key, bool] = {}
        self.number = {name: index for index, name in enumerate(lts.label_names)}
        self.cyclic: NDArray[np.bool_] | None = None

    def value(self, part: int, state: int) -> bool:
        """Return whether a part holds in a state."""
        known, goal = self.known, (part, state)
        waiting: list[tuple[Key, Asking]] = []
        key, said = goal, known.get(goal)
        while True:
            if said is None:
                found = self._asking(*key)
                if isinstance(found, bool):
                    said = known[key] = found
                else:
                    waiting.append((key, found))
            if said is not None and not waiting:
                return said
            owner, asking = waiting[-1]
            try:
                key = next(asking) if said is None else asking.send(said)
                said = known.get(key)
            except StopIteration as end:
                waiting.pop()
                said = known[owner] = bool(end.value)

    def _spend(self, cost: int) -> None:
        before, self.left = self.left, self.left - cost
        if self.left < 0:
            raise TooManyError
        if before // TICKS != self.left // TICKS:
            self.watch.tick()

    def _steps(self, state: int) -> list[tuple[int, int]]:
        """Return the steps of a state: labels and targets."""
        begin, end = int(self.lts.offsets[state]), int(self.lts.offsets[state + 1])
        self._spend(end - begin + 1)
        row = slice(begin, end)
        return list(zip(self.lts.labels[row].tolist(), self.lts.targets[row].tolist(), strict=True))

    def _asking(self, part: int, state: int) -> Asking | bool:
        """Return the value of a part in a state, or what finds it by asking for others."""
        if part < 0:
            return self._silently(-part - 1, state)
        word, label, below = self.shapes[part]
        match word:
            case "not" | "and":
                return self._joined(word, below, state)
            case "diamond":
                return self._diamond(self.number.get(label, -1), below[0], state)
            case "weak" if label == TAU_NAME:
                return self._silently(below[0], state)
            case "weak":
                return self._weak(part, self.number.get(label, -1), below[0], state)
            case "until":
                return self._until(part, label, below, state)
            case "endless":
                return self._endless(part, below[0], state)
            case "cycle":
                return self._cycle(part, below[0], state)
            case "atom":
                flags = self.lts.atoms.get(label)
                return flags is not None and bool(flags[state])
            case "final":
                return bool(self.lts.final[state])
            case "dead":
                return not self._steps(state)
            case _:
                return True

    def _joined(self, word: str, below: Sequence[int], state: int) -> Asking:
        for part in below:
            self._spend(1)
            if not (yield part, state):
                return word == "not"
        return word == "and"

    def _diamond(self, label: int, part: int, state: int) -> Asking:
        for step, target in self._steps(state):
            if step == label and (yield part, target):
                return True
        return False

    def _silently(self, part: int, state: int) -> Asking:
        """Whether silent steps lead to where a part holds; if not, from none of these states."""
        seen, waiting = {state}, [state]
        while waiting:
            here = waiting.pop()
            if (yield part, here):
                return True
            for label, target in self._steps(here):
                if label == TAU and target not in seen:
                    seen.add(target)
                    waiting.append(target)
        self.known.update(dict.fromkeys(((-part - 1, other) for other in seen), False))
        return False

    def _weak(self, part: int, label: int, goal: int, state: int) -> Asking:
        seen, waiting = {state}, [state]
        while waiting:
            for step, target in self._steps(waiting.pop()):
                if step == label and (yield -goal - 1, target):
                    return True
                if step == TAU and target not in seen:
                    seen.add(target)
                    waiting.append(target)
        self.known.update(dict.fromkeys(((part, other) for other in seen), False))
        return False

    def _until(self, part: int, name: str, below: Sequence[int], state: int) -> Asking:
        """Whether silent steps inside the first operand lead to a step to the second one."""
        through, goal = below
        label = self.number.get(name, -1)
        if name == TAU_NAME and (yield goal, state):
            return True
        seen, waiting = {state}, [state]
        while waiting:
            here = waiting.pop()
            if not (yield through, here):
                continue
            for step, target in self._steps(here):
                if step == label and (yield goal, target):
                    return True
                if step == TAU and target not in seen:
                    seen.add(target)
                    waiting.append(target)
        self.known.update(dict.fromkeys(((part, other) for other in seen), False))
        return False

    def _endless(self, part: int, through: int, state: int) -> Asking:
        """Whether silent steps inside the operand go on for ever."""
        after, waiting = dict[int, set[int]](), [state]
        while waiting:
            here = waiting.pop()
            if here in after or not (yield through, here):
                continue
            after[here] = {target for label, target in self._steps(here) if label == TAU}
            waiting += after[here]
        before: dict[int, list[int]] = {here: [] for here in after}
        for here, targets in after.items():
            targets.intersection_update(after)
            for target in targets:
                before[target].append(here)
        ending = [here for here, targets in after.items() if not targets]
        while ending:
            gone = ending.pop()
            del after[gone]
            for here in before[gone]:
                after[here].discard(gone)
                if not after[here]:
                    ending.append(here)
        self.known.update(((part, here), here in after) for here in before)
        return state in after

    def _cycle(self, part: int, goal: int, state: int) -> Asking:
        """Whether silent steps lead to where the operand holds on a silent cycle of equal atoms."""
        if self.cyclic is None:
            lts, source = self.lts, self.lts.sources
            silent = lts.labels == TAU
            self.cyclic = np.zeros(lts.n_states, dtype=np.bool_)
            marks = marks_of([lts], self.atoms)
            self.cyclic[on_cycles(source[silent], lts.targets[silent], marks)] = True
        seen, waiting = {state}, [state]
        while waiting:
            here = waiting.pop()
            if self.cyclic[here] and (yield goal, here):
                return True
            for label, target in self._steps(here):
                if label == TAU and target not in seen:
                    seen.add(target)
                    waiting.append(target)
        self.known.update(dict.fromkeys(((part, other) for other in seen), False))
        return False
