"""A run that is stepped forward and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from petri.firing import enabled_transitions, fire, step, transition_number
from petri.marking import Marking
from petri.net import PetriNet
from transition_systems.errors import FiringError, UsageError
from transition_systems.run import Run

__all__ = ["Replay"]


class Replay:
    """A sequence of firings with a position in it.

    Parameters
    ----------
    net
        The net.
    transitions
        What fires, by ids or indices.
    marking
        Where it begins; by default the initial marking.

    Notes
    -----
    A step forward or back costs the tokens of the marking and the arcs of the transition.

    Examples
    --------
    >>> net = PetriNet(places=["p", "q"], transitions=["t"], arcs=[("p", "t"), ("t", "q")],
    ...                initial={"p": 2})
    >>> replay = Replay(net, ["t", "t"])
    >>> replay.forward(), str(replay.marking), replay.position
    ('t', 'p + q', 1)
    >>> replay.back(), str(replay.marking)
    ('t', '2 p')
    """

    def __init__(
        self,
        net: PetriNet,
        transitions: Sequence[str | int],
        *,
        marking: Mapping[str, int] | None = None,
    ) -> None:
        self.net = net
        self.start = net.initial if marking is None else Marking(marking)
        self.numbers = tuple(transition_number(net, t) for t in transitions)
        self._position = 0
        self._marking = self.start

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def position(self) -> int:
        """How many firings lie behind."""
        return self._position

    @property
    def marking(self) -> Marking:
        """The marking here."""
        return self._marking

    @property
    def enabled(self) -> tuple[str, ...]:
        """The ids of the transitions that could fire here."""
        return enabled_transitions(self.net, self._marking)

    def forward(self) -> str:
        """Fire the next transition and return its id.

        Raises
        ------
        UsageError
            At the end.
        FiringError
            When it is not enabled here.
        """
        if self._position == len(self.numbers):
            raise UsageError("the run ends here")
        number = self.numbers[self._position]
        self._marking = fire(self.net, self._marking, number)
        self._position += 1
        return self.net.transition_ids[number]

    def back(self) -> str:
        """Undo the last firing and return the id of the transition.

        Raises
        ------
        UsageError
            At the start.
        """
        if self._position == 0:
            raise UsageError("the run begins here")
        number = self.numbers[self._position - 1]
        tokens = self._marking.to_dict()
        for table, sign in ((self.net.post_arcs, -1), (self.net.pre_arcs, 1)):
            places, weights = table.row(number)
            for place, weight in zip(places.tolist(), weights.tolist(), strict=True):
                name = self.net.place_ids[place]
                tokens[name] = tokens.get(name, 0) + sign * weight
        self._marking = Marking(tokens)
        self._position -= 1
        return self.net.transition_ids[number]

    def goto(self, position: int) -> Marking:
        """Go to a position and return the marking there."""
        if not 0 <= position <= len(self.numbers):
            raise UsageError(f"the run has positions 0 to {len(self.numbers)}, not {position}")
        while self._position < position:
            self.forward()
        while self._position > position:
            self.back()
        return self._marking

    def markings(self) -> NDArray[np.int64]:
        """Return all markings of the run, int64 (len + 1, n_places).

        Raises
        ------
        FiringError
            When some transition is not enabled where it fires.
        """
        result = np.empty((len(self) + 1, len(self.net.place_ids)), dtype=np.int64)
        result[0] = self.start.to_array(self.net.place_ids)
        for row, number in enumerate(self.numbers):
            result[row + 1] = result[row]
            places, weights = self.net.pre_arcs.row(number)
            if (result[row][places] < weights).any():
                name = self.net.transition_ids[number]
                raise FiringError(f"step {row + 1}: {name} is not enabled")
            result[row + 1][places] -= weights
            places, weights = self.net.post_arcs.row(number)
            result[row + 1][places] += weights
        return result

    def run(self) -> Run:
        """Return the whole run with the marking after each step."""
        here = self._position
        self.goto(0)
        steps = []
        for number in self.numbers:
            self.forward()
            steps.append(step(self.net, number, self._marking))
        self.goto(here)
        return Run(initial=self.start.to_dict(), steps=tuple(steps))
