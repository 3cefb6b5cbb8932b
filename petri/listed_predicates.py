"""State predicates on all listed markings, where the same transitions are asked for many times."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from petri.state_space.space import StateSpace
from transition_systems.properties.evaluate import evaluate
from transition_systems.properties.names import unknown_name
from transition_systems.properties.predicates import Predicate

__all__ = ["ListedPredicates"]

Bools = NDArray[np.bool_]


class ListedPredicates:
    """Evaluates predicates on the markings of a space; called with one, returns bool (n_states,).

    Parameters
    ----------
    space
        The markings.
    transitions
        Those that predicates ask for by ``enabled``; where they are enabled is found once, for all
        of them, and kept as a bit for each marking.

    Examples
    --------
    >>> from petri import PetriNet
    >>> from petri.state_space import state_space
    >>> from transition_systems.properties.parse import parse_predicate
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [2, 0])
    >>> holds = ListedPredicates(state_space(net, method="explicit"), ["t1"])
    >>> holds(parse_predicate("enabled(t1) && p2 >= 1")).tolist()
    [False, True, False]
    """

    def __init__(self, space: StateSpace, transitions: Iterable[str]) -> None:
        self.space = space
        self._bits: dict[str, list[NDArray[np.uint8]]] = {name: [] for name in transitions}
        self._sizes: list[int] = []
        self._stuck: list[Bools] = []
        names = {space.net.transition_index(name): name for name in self._bits}
        for _, block in space.blocks():
            size = len(block[0])
            alive = np.zeros(size, dtype=np.bool_)
            missing = set(self._bits)
            for number, rows in space.kernel.enabled(block):
                alive[rows] = True
                name = names.get(number)
                if name is not None:
                    able = np.zeros(size, dtype=np.bool_)
                    able[rows] = True
                    self._bits[name].append(np.packbits(able))
                    missing.discard(name)
            for name in missing:
                self._bits[name].append(np.zeros((size + 7) // 8, dtype=np.uint8))
            self._sizes.append(size)
            self._stuck.append(~alive)

    def __call__(self, predicate: Predicate) -> Bools:
        """Return where a predicate holds, bool (n_states,)."""
        return evaluate(
            predicate, _Columns(self.space), self.enabled, self.space.n_states,
            dead=lambda: np.concatenate(self._stuck),
        )  # fmt: skip

    def enabled(self, transition: str) -> Bools:
        """Return where one of the transitions is enabled, bool (n_states,)."""
        if transition not in self._bits:
            raise unknown_name(transition, self._bits, kind="transition")
        parts = [
            np.unpackbits(bits, count=size)
            for bits, size in zip(self._bits[transition], self._sizes, strict=True)
        ]
        return np.concatenate(parts).view(np.bool_)


class _Columns(Mapping[str, NDArray[np.int64]]):
    """The places of a space as a lazy mapping to columns."""

    def __init__(self, space: StateSpace) -> None:
        self.space = space
        self.places = frozenset(space.net.place_ids)

    def __getitem__(self, name: str) -> NDArray[np.int64]:
        if name not in self.places:
            raise KeyError(name)
        return self.space.column(name)

    def __contains__(self, name: object) -> bool:
        return name in self.places

    def __iter__(self) -> Iterator[str]:
        return iter(self.space.net.place_ids)

    def __len__(self) -> int:
        return len(self.places)
