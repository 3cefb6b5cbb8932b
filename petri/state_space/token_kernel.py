"""Firing on packed states: which transitions are enabled where, and what follows.

A block of states is taken apart into one column of narrow integers for each field; comparing
these is an order of magnitude faster than comparing 64-bit words. A successor is the state plus
one constant a word.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from petri.net import PetriNet
from petri.state_space.state_layout import Column, StateLayout, Words

__all__ = ["LayoutError", "TokenKernel"]

Mask = NDArray[np.bool_]
Test = tuple[int, int]


class LayoutError(Exception):
    """A firing leads out of the layout: a bound that was only guessed proved wrong.

    Parameters
    ----------
    transition
        Index of the transition.
    states
        int64: rows of the block from which it leads out.
    """

    def __init__(self, transition: int, states: NDArray[np.int64]) -> None:
        super().__init__("a state does not fit its layout")
        self.transition = transition
        self.states = states


class TokenKernel:
    """The token game of a net on one layout.

    Parameters
    ----------
    net, layout
        The net, and a layout of its markings.

    Examples
    --------
    >>> from petri.state_space.layout_plan import Observed, plan_layout
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [1, 0])
    >>> kernel = TokenKernel(net, plan_layout((), [1, 1], Observed.nothing(2)))
    >>> block = kernel.layout.pack(np.array([[1, 0]]))
    >>> [(t, rows.tolist()) for t, rows in kernel.firings(block)]
    [(0, [0])]
    """

    def __init__(self, net: PetriNet, layout: StateLayout) -> None:
        self.net, self.layout = net, layout
        self.tests: list[tuple[Test, ...] | None] = []
        self.limits: list[tuple[Test, ...]] = []
        self.constants: list[list[np.uint64]] = []
        self.idle: list[bool] = []
        for transition in range(len(net.transition_ids)):
            self._compile(transition)

    def _compile(self, transition: int) -> None:
        pre, post = (
            dict(zip(*(part.tolist() for part in table.row(transition)), strict=True))
            for table in (self.net.pre_arcs, self.net.post_arcs)
        )
        change = {p: post.get(p, 0) - pre.get(p, 0) for p in (*pre, *post)}
        change = {p: tokens for p, tokens in change.items() if tokens}
        self.constants.append(self.layout.constant(change))
        self.idle.append(not change)
        tests: list[Test] = []
        possible = True
        for place, weight in pre.items():
            rule = self.layout.follows.get(place)
            most = rule.value if rule is not None else self._most(place)
            possible &= weight <= most
            if rule is None or rule.others:
                tests.append((place, weight))
        self.tests.append(tuple(tests) if possible else None)
        self.limits.append(tuple(self._limits(change, pre)))

    def _most(self, place: int) -> int:
        """Return the most tokens of a place that its field can hold."""
        field = self.layout.fields[self.layout.home[place][0]]
        return 1 if field.unit else field.base - 1

    def _limits(self, change: dict[int, int], pre: dict[int, int]) -> Iterator[Test]:
        """Yield what must not hold where the transition fires: fields and largest values."""
        gains: dict[int, list[tuple[int, int]]] = {}
        for place, tokens in change.items():
            if tokens > 0 and place in self.layout.home:
                number = self.layout.home[place][0]
                if not self.layout.fields[number].proved:
                    gains.setdefault(number, []).append((place, tokens))
        for number, added in gains.items():
            field = self.layout.fields[number]
            if not field.unit:
                yield number, field.base - 1 - added[0][1]
            elif len(added) > 1 or added[0][1] > 1:
                yield number, -1
            elif not any(change.get(p, 0) < 0 for p in pre if p in field.places):
                yield number, 0

    def firings(
        self,
        block: Words | NDArray[np.uint64],
        columns: Sequence[Column] | None = None,
        alive: Mask | None = None,
        *,
        checked: bool = True,
    ) -> Iterator[tuple[int, NDArray[np.int64]]]:
        """Yield each transition with the rows of the block in which it is enabled, ascending.

        Parameters
        ----------
        block
            The states, one array for each word.
        columns
            Their columns, where they are known.
        alive
            bool (n,), set where some transition is enabled.
        checked
            Whether to look at each firing that could leave the layout.

        Raises
        ------
        LayoutError
            When a successor does not fit the layout.
        """
        count = len(block[0])
        fields = self.layout.columns(block) if columns is None else columns
        masks: dict[Test, Mask] = {}
        scratch = np.empty(count, dtype=bool)
        for transition, tests in enumerate(self.tests):
            if tests is None:
                continue
            mask: Mask
            if not tests:
                mask = np.ones(count, dtype=bool)
            else:
                mask = self._mask(tests[0], fields, masks)
                for test in tests[1:]:
                    mask = np.logical_and(mask, self._mask(test, fields, masks), out=scratch)
            for number, most in self.limits[transition] if checked else ():
                column = fields[number]
                over = mask if most < 0 else mask & (column > column.dtype.type(most))
                if over.any():
                    raise LayoutError(transition, np.flatnonzero(over))
            rows = mask.nonzero()[0]
            if len(rows):
                if alive is not None:
                    np.logical_or(alive, mask, out=alive)
                yield transition, rows

    def enabled(
        self, block: Words | NDArray[np.uint64], alive: Mask | None = None
    ) -> Iterator[tuple[int, NDArray[np.int64]]]:
        """Yield each transition with the rows in which it is enabled, wherever it leads."""
        return self.firings(block, None, alive, checked=False)

    def able(self, transition: int, columns: Sequence[Column], count: int) -> Mask:
        """Return in which of ``count`` states, given by their columns, a transition is enabled."""
        tests = self.tests[transition]
        if tests is None:
            return np.zeros(count, dtype=bool)
        mask: Mask = np.ones(count, dtype=bool)
        for test in tests:
            mask &= self._mask(test, columns, {})
        return mask

    def _mask(self, test: Test, fields: Sequence[Column], masks: dict[Test, Mask]) -> Mask:
        mask = masks.get(test)
        if mask is None:
            place, weight = test
            tokens = self.layout.tokens(fields, place)
            if place in self.layout.home and self.layout.fields[self.layout.home[place][0]].unit:
                mask = tokens.view(np.bool_)
            else:
                mask = tokens >= tokens.dtype.type(weight)
            masks[test] = mask
        return mask

    def successors_of(self, block: Words, transition: int, rows: NDArray[np.int64]) -> Words:
        """Return the states after a transition fires in some rows of a block."""
        return [
            part.take(rows) + constant
            for part, constant in zip(block, self.constants[transition], strict=True)
        ]
