"""The order of the fields in a word: what varies together lies in the lowest bits.

States that differ in the lowest six bits only share a page of the visited set, so the fields there
are those for which a sample of reachable states needs the fewest pages. Fields whose bounds are no
powers of two share bits where that makes a state fit 32 bits, or fewer words.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, islice
from math import prod

import numpy as np
from numpy.typing import NDArray

from petri.state_space.state_layout import GROUP_VALUES, Field, StateLayout
from transition_systems.paged_set import PAGE_BITS

__all__ = ["arranged"]

TRIED = 150
NARROW = 32


def arranged(layout: StateLayout, sample: NDArray[np.uint64] | None) -> StateLayout:
    """Return the same fields in a better order.

    Parameters
    ----------
    layout
        A layout of markings.
    sample
        Some reachable states in that layout, uint64 of shape (words, n), e.g. one level of the
        search; without them only the widths count.

    Returns
    -------
    StateLayout

    Examples
    --------
    >>> fields = [Field(places=(p,), base=6, unit=False, proved=True) for p in range(11)]
    >>> arranged(StateLayout(11, fields, []), None).bits
    30
    """
    fields = layout.fields
    first = _page(layout, sample)
    wide = sum(fields[n].bits for n in first) > PAGE_BITS
    plain = _ordered(layout, [first] if wide else [], first)
    rest = [n for n in range(len(fields)) if n not in first]
    groups = [list(first)] if first else []
    groups += _digit_groups(fields, rest)
    narrow = _ordered(layout, groups, first)
    if narrow.words < plain.words or plain.bits > NARROW >= narrow.bits:
        return narrow
    return plain


def _ordered(layout: StateLayout, groups: list[list[int]], first: list[int]) -> StateLayout:
    """Return the layout with some fields in front; numbers of groups are those of before."""
    order = first + [n for n in range(len(layout.fields)) if n not in first]
    number = {old: new for new, old in enumerate(order)}
    return StateLayout(
        layout.n_places,
        [layout.fields[n] for n in order],
        layout.dependents,
        [[number[n] for n in group] for group in groups if _fits(layout.fields, group)],
    )


def _fits(fields: tuple[Field, ...], group: list[int]) -> bool:
    return len(group) > 1 and prod(fields[n].base for n in group) <= GROUP_VALUES


def _page(layout: StateLayout, sample: NDArray[np.uint64] | None) -> list[int]:
    """Return the fields of the lowest bits."""
    if sample is None or not sample.shape[1] or layout.words > 1:
        return []
    states = sample[0]
    best: tuple[int, list[int]] = (len(states) + 1, [])
    for chosen in _choices(layout.fields):
        mask = 0
        for n in chosen:
            # Groups of one only: each field has bits of its own in a layout that is planned.
            mask |= ((1 << layout.fields[n].bits) - 1) << layout.shift[n]
        rest = np.sort(states & np.uint64(~mask & ((1 << 64) - 1)))
        pages = 1 + int(np.count_nonzero(rest[1:] != rest[:-1]))
        best = min(best, (pages, list(chosen)))
    return best[1]


def _choices(fields: tuple[Field, ...]) -> Iterator[tuple[int, ...]]:
    most = 1 << PAGE_BITS
    for size in range(1, PAGE_BITS + 1):
        fitting = (
            chosen
            for chosen in combinations(range(len(fields)), size)
            if 4 <= prod(fields[n].base for n in chosen) <= most
        )
        yield from islice(fitting, TRIED)


def _digit_groups(fields: tuple[Field, ...], rest: list[int]) -> list[list[int]]:
    """Return groups of fields that take fewer bits together than alone."""
    waiting = sorted(
        (n for n in rest if fields[n].base & (fields[n].base - 1)), key=lambda n: -fields[n].base
    )
    groups: list[list[int]] = []
    while waiting:
        group = [waiting.pop(0)]
        for n in list(waiting):
            if prod(fields[m].base for m in group) * fields[n].base <= GROUP_VALUES:
                group.append(n)
                waiting.remove(n)
        values = prod(fields[n].base for n in group)
        if (values - 1).bit_length() < sum(fields[n].bits for n in group):
            groups.append(group)
    return groups
