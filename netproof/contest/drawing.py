"""Temporal formulas on the whole space as diagrams, by another process where there may be one."""

from __future__ import annotations

import multiprocessing
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from typing import Generic, TypeVar

from netproof.contest.questions import Shown
from petri.net import PetriNet
from petri.portfolio import Answer, Batch, Reach
from petri.state_space import state_space
from petri.state_space.space import StateSpace
from petri.state_space.symbolic.symbolic_space import SymbolicSpace
from transition_systems.budget import Budget
from transition_systems.errors import NetproofError, UndecidedError
from transition_systems.properties.predicates import Predicate

__all__ = ["BYTES", "Drawing", "Say"]

BYTES = 5 << 30
MOST_CELLS = 1_500_000_000
SHORTEST, LEAST_SHARE = 1.0, 2.0
A = TypeVar("A")
Say = Callable[[int, bool, str, list[Shown]], None]


class Drawing(ABC, Generic[A]):
    """Questions that are open, and their answers from the symbolic state space.

    Parameters
    ----------
    net
        The net.
    deadline
        Absolute time of :func:`time.monotonic`.
    say
        Called with the number of a question, its answer, the engine and what proves it.
    parallel
        Whether there may be a second process.
    """

    def __init__(self, net: PetriNet, *, deadline: float, say: Say, parallel: bool) -> None:
        self.net, self.deadline, self.say = net, deadline, say
        self.parallel = parallel and "fork" in multiprocessing.get_all_start_methods()
        self.open: dict[int, A] = {}
        self.second: Connection | None = None

    @abstractmethod
    def _size(self, asked: A) -> tuple[int, ...]:
        """Return how much work a question may be; the small ones come first."""

    @abstractmethod
    def _decided(self, space: SymbolicSpace, asked: A, budget: Budget) -> bool:
        """Return the answer to a question on the whole space; ``UndecidedError`` without one."""

    def _proved(self, space: SymbolicSpace, asked: A, value: bool, budget: Budget) -> list[Shown]:
        """Return what proves an answer; ``UndecidedError`` where the budget ends."""
        del space, asked, value, budget
        return []

    def _left(self) -> float:
        return max(0.0, self.deadline - time.monotonic())

    def _answer(self, number: int, value: bool, method: str, shown: Sequence[Shown] = ()) -> None:
        if self.open.pop(number, None) is not None:
            self.say(number, value, method, list(shown))

    def _markings(self, states: int, share: float) -> StateSpace:
        """List so many markings, or as many as fit the memory, in a share of the time."""
        most = min(states, MOST_CELLS // (len(self.net.place_ids) + 1))
        budget = Budget(seconds=share * self._left(), states=most, bytes=BYTES)
        return state_space(self.net, method="explicit", budget=budget)

    def _portfolio(
        self, goals: Sequence[Predicate], share: float, take: Callable[[int, Answer], None]
    ) -> None:
        """Ask the portfolio which goals are reachable, in a share of the time, while it matters."""

        def told(number: int, answer: Answer) -> None:
            take(number, answer)
            self._hear(0.0)
            if not self.open:
                for other in list(batch.open):
                    batch.close(other)

        batch = Batch(
            self.net, [Reach(goal) for goal in goals], budget=Budget(seconds=share * self._left()),
            tell=told, evidence=False, parallel=False,
        )  # fmt: skip
        batch.run()

    @contextmanager
    def _drawing(self) -> Generator[Connection | None]:
        """Have another process draw the whole space, where there may be one."""
        if not self.parallel or self._left() < SHORTEST:
            yield None
            return
        context = multiprocessing.get_context("fork")
        ours, theirs = context.Pipe(duplex=False)
        child = context.Process(
            target=self._by_diagrams, daemon=True,
            args=(dict(self.open), lambda *found: theirs.send(found), self._left()),
        )  # fmt: skip
        child.start()
        theirs.close()
        try:
            yield ours
        finally:
            child.kill()
            child.join()
            ours.close()

    def _hear(self, wait: float) -> None:
        """Take the answers of the other process, waiting for more of them."""
        ends = time.monotonic() + wait
        try:
            while self.second and self.open and self.second.poll(max(0.0, ends - time.monotonic())):
                self._drawn(*self.second.recv())
        except (EOFError, OSError):
            self.second = None

    def _drawn(self, number: int, value: bool, shown: Sequence[Shown] = ()) -> None:
        """Take an answer from the diagrams."""
        self._answer(number, value, "symbolic", shown)

    def _by_diagrams(
        self, asked: dict[int, A], found: Callable[[int, bool, list[Shown]], None],
        seconds: float,
    ) -> None:  # fmt: skip
        """Answer on the symbolic state space, in a share of the time each."""
        ends = time.monotonic() + seconds
        try:
            space = state_space(
                self.net, method="symbolic", budget=Budget(deadline=ends, bytes=BYTES)
            )
            if not space.complete:
                return
            waiting = sorted(asked.items(), key=lambda item: self._size(item[1]))
            for place, (number, one) in enumerate(waiting):
                left = ends - time.monotonic()
                share = max(left / (len(waiting) - place), min(left, LEAST_SHARE))
                try:
                    value = self._decided(space, one, Budget(seconds=share))
                except UndecidedError:
                    continue
                shown: list[Shown] = []
                with suppress(UndecidedError):
                    shown = self._proved(space, one, value, Budget(seconds=share))
                found(number, value, shown)
        except (NetproofError, MemoryError, OverflowError, BrokenPipeError):
            return
