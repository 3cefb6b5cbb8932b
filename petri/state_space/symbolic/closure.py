"""All markings that a net reaches, as a diagram: saturation."""

from __future__ import annotations

from collections.abc import Generator

from petri.state_space.symbolic.diagrams import Diagram
from petri.state_space.symbolic.symbolic_net import SymbolicNet
from transition_systems.budget import Meter
from transition_systems.progress import Progress, ProgressCallback

__all__ = ["Closure"]

# Steps between two looks at the clock, and looks between two calls of the callback.
LOOK, TELL = 4, 64
MOST_KNOWN = 2_000_000
STAGE = "symbolic state space"

Work = Generator[tuple[Diagram, int], Diagram, Diagram]


class _Stopped(Exception):
    """The budget ended, or a step led out of the fields."""


class Closure:
    """The set of reachable markings, being computed.

    Attributes
    ----------
    states
        The set, once all is done; where a step led out of the fields, the part of a set from which
        it did, without the variables above.
    wide
        A transition that leads out of the fields, so that those of the places it feeds must grow.
    reason
        Why the work ended early, or ``None``.

    Notes
    -----
    Saturation: the part of a diagram from a variable downwards is closed under all transitions of
    the places there before it becomes part of a larger one. A part consists of its two halves,
    which are closed first; then the transitions whose topmost variable is its own are fired, and
    the halves of what they lead to are closed again. Parts that were closed are remembered. The
    library combines whole diagrams, and a part is one: so a step costs what it changes, and not
    the way down to it.
    G. Ciardo, G. Lüttgen, R. Siminiceanu: Saturation: an efficient iteration strategy for symbolic
    state-space generation. TACAS 2001.
    """

    def __init__(self, system: SymbolicNet) -> None:
        self.system = system
        self.states: Diagram = system.store.false
        self.wide: int | None = None
        self.reason: str | None = None
        self.fired = self._due = self._looks = 0
        self._known: dict[tuple[Diagram, int], Diagram] = {}
        n = system.n_variables
        self._starting: list[list[int]] = [[] for _ in range(n + 1)]
        for transition, top in enumerate(system.tops):
            self._starting[top].append(transition)
        # The next variable, from each one on, that is the topmost of some transition.
        self._next = [n] * (n + 1)
        for level in range(n - 1, -1, -1):
            self._next[level] = level if self._starting[level] else self._next[level + 1]
        self._overflow: dict[int, Diagram | None] = {}
        self._stack: list[tuple[tuple[Diagram, int], Work]] = []
        self._value: Diagram = None
        self.started = False

    def run(self, meter: Meter, progress: ProgressCallback | None = None) -> None:
        """Compute the set, until something leads out of the fields or the budget ends.

        After the end of a budget it can be gone on with.
        """
        self._meter, self._progress = meter, progress
        self._look()
        if self.reason is not None or self.wide is not None:
            return
        if not self.started:
            self.started = True
            initial = self.system.initial_set()
            key = self._key(initial, 0)
            self._value = None if key is not None else initial
            if key is not None:
                self._stack = [(key, self._work(*key))]
        try:
            self.states = self._closed()
        except _Stopped:
            return

    def _look(self) -> None:
        size = self.system.store.bytes()
        self.reason = self._meter.exhausted(bytes=size)
        self._looks += 1
        if self._progress is not None and self._looks % TELL == 1:
            self._progress(Progress(stage=STAGE, seconds=self._meter.seconds, bytes=size))

    def _key(self, part: Diagram, level: int) -> tuple[Diagram, int] | None:
        """Return what to close instead, or ``None`` where nothing can be added."""
        store = self.system.store
        if part == store.false or self._next[level] == store.n_variables:
            return None
        return part, min(self._next[level], store.top(part))

    def _closed(self) -> Diagram:
        """Close the set on the stack of generators, so that depth does not matter."""
        value, stack, known = self._value, self._stack, self._known
        while stack:
            if self.fired >= self._due:
                self._due = self.fired + LOOK
                self._look()
                if self.reason is not None:
                    self._value = value
                    raise _Stopped
            self.fired += 1
            key, work = stack[-1]
            try:
                part, level = work.send(value)
            except StopIteration as stop:
                value = stop.value
                stack.pop()
                if len(known) > MOST_KNOWN:
                    known.clear()
                known[key] = value
                known[value, key[1]] = value
                continue
            wanted = self._key(part, level)
            if wanted is None:
                value = part
                continue
            value = known.get(wanted)
            if value is None:
                stack.append((wanted, self._work(*wanted)))
        return value

    def _work(self, part: Diagram, level: int) -> Work:
        """Close the part of a diagram from a variable downwards; ask for the halves."""
        system, store = self.system, self.system.store
        variable = store.variable(level)
        states = part
        low, high = store.halves(part, level)
        closed_low = yield low, level + 1
        closed_high = closed_low if high == low else (yield high, level + 1)
        if closed_low != low or closed_high != high:
            states = store.choice(variable, closed_high, closed_low)
        waiting = list(self._starting[level])
        while waiting:
            transition = waiting.pop()
            self._check(transition, states)
            if self.fired >= self._due:
                yield store.false, level  # for the clock, which may end the work here
            image = system.moved(states, system.move(transition))
            if states | image == states:
                continue
            low, high = store.halves(image, level)
            closed_low = yield low, level + 1
            closed_high = closed_low if high == low else (yield high, level + 1)
            states = states | store.choice(variable, closed_high, closed_low)
            waiting = [t for t in self._starting[level] if t != transition]
            waiting.insert(0, transition)
        return states

    def _check(self, transition: int, states: Diagram) -> None:
        """Stop where a step leads out of the fields."""
        self.fired += 1
        if transition not in self._overflow:
            self._overflow[transition] = self.system.overflow(transition)
        over = self._overflow[transition]
        if over is not None and states & over != self.system.store.false:
            self.wide = transition
            self.states = states
            raise _Stopped
