"""Fairness to sets of labels: which of them happen and can, in lists that grow with the system."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from netproof.recheck.result import RefusedError
from transition_systems.evidence_ltl import LabelSets
from transition_systems.lts import LTS

__all__ = ["FairLabels", "check_fair"]

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


class FairLabels:
    """Some sets of labels of a system.

    Attributes
    ----------
    count
        How many sets there are.
    """

    def __init__(self, lts: LTS, sets: LabelSets) -> None:
        self.count, self.n_labels = len(sets), len(lts.label_names)
        number = {name: index for index, name in enumerate(lts.label_names)}
        if any(name not in number for names in sets for name in names):
            raise RefusedError("the fairness names a label that the system does not know")
        pairs = [(number[name], at) for at, names in enumerate(sets) for name in names]
        label, which = np.array(sorted(set(pairs)), dtype=np.int64).reshape(-1, 2).T
        self._width = max(1, self.count)
        self._members = label * self._width + which
        self._rows = np.searchsorted(label, np.arange(self.n_labels + 1))
        self._which = which
        arcs, found = self._each(lts.labels.astype(np.int64))
        self._can = np.unique(lts.sources[arcs] * self._width + found)
        self._begins = np.searchsorted(self._can, np.arange(lts.n_states + 1) * self._width)

    def happens(self, labels: Ints, sets: Ints) -> Bools:
        """Return whether each label, -1 for none, is in the set beside it."""
        return _member(self._members, labels * self._width + sets) & (labels >= 0)

    def can(self, states: Ints, sets: Ints) -> Bools:
        """Return whether each state has a step of the set beside it."""
        return _member(self._can, states * self._width + sets)

    def happening(self, labels: Ints) -> Bools:
        """Return of which sets some of the labels are, bool (count,)."""
        flags = np.zeros(self.count, dtype=np.bool_)
        flags[self._each(labels[labels >= 0])[1]] = True
        return flags

    def able(self, states: Ints) -> Ints:
        """Return in how many of some distinct states each set has a step, int64 (count,)."""
        begin, end = self._begins[states], self._begins[states + 1]
        found = self._can[_ranges(begin, end)] % self._width
        return np.bincount(found, minlength=self.count).astype(np.int64)

    def _each(self, labels: Ints) -> tuple[Ints, Ints]:
        """Return the place of each label, and a set with it, once for each such set."""
        begin, end = self._rows[labels], self._rows[labels + 1]
        place = np.repeat(np.arange(len(labels)), end - begin)
        return place, self._which[_ranges(begin, end)]


def check_fair(weak: FairLabels, strong: FairLabels, states: Ints, labels: Ints) -> None:
    """Refuse a cycle through some states by steps with some labels that is not fair."""
    distinct = np.unique(states)
    if (~weak.happening(labels) & (weak.able(distinct) == len(distinct))).any():
        raise RefusedError("the path is not weakly fair")
    if (~strong.happening(labels) & (strong.able(distinct) > 0)).any():
        raise RefusedError("the path is not strongly fair")


def _ranges(begin: Ints, end: Ints) -> Ints:
    """Return the numbers from each begin up to its end, one range after the other."""
    width = end - begin
    shift = np.repeat(end - np.cumsum(width), width)
    return np.arange(int(width.sum()), dtype=np.int64) + shift


def _member(known: Ints, keys: Ints) -> Bools:
    if not len(known):
        return np.zeros(len(keys), dtype=np.bool_)
    at = np.minimum(np.searchsorted(known, keys), len(known) - 1)
    return np.asarray(known[at] == keys, dtype=np.bool_)
