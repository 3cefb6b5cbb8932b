"""A search by stubborn sets that keeps the words of all paths, up to repetition of letters.

A transition is visible that may change a predicate of the formula. Each marking fires a strict
stubborn set with an enabled transition, where there is one. A set with an enabled transition that
is visible has all that are visible, and an enabled one that is not, where there is one. On each
cycle some set has all that are visible, so that none of them is put off for ever.
A. Valmari: The state explosion problem. LNCS 1491, 1998; the proof stands in
``netproof.recheck.ltl_stubborn``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from petri.net import PetriNet
from petri.stubborn.closure import closed_set
from petri.stubborn.dependencies import Dependencies, Tokens, bits_of
from petri.stubborn.explored import Explored
from transition_systems.budget import Meter
from transition_systems.progress import Progress, ProgressCallback
from transition_systems.properties.formulas import Formula
from transition_systems.properties.predicates import Atom, Compare, Dead, Enabled, Predicate
from transition_systems.properties.walk import predicates_in, subpredicates

__all__ = ["StutterSearch", "visible_transitions"]

ROUND = 256
MOST_STARTS = 12


def visible_transitions(net: PetriNet, formula: Formula, dependencies: Dependencies) -> int:
    """Return the transitions that may change a predicate of a formula, as a mask.

    Parameters
    ----------
    net, formula
        The net, and a formula over its places and transitions.
    dependencies
        Of the net.

    Returns
    -------
    int
        Of a comparison those that change its sum; of ``enabled(t)`` those that change a place that
        ``t`` needs. For ``dead`` all, where another predicate changes; else none, since it comes
        to hold at the end of a path, and only there.

    Examples
    --------
    >>> from transition_systems.properties.parse import parse_formula
    >>> net = PetriNet.from_arrays([[1, 0], [0, 0]], [[0, 0], [1, 1]], [2, 0])
    >>> bin(visible_transitions(net, parse_formula("F p1 >= 1"), Dependencies(net)))
    '0b1'
    """
    mask, dead = 0, False
    for predicate in predicates_in(formula):
        for leaf in subpredicates(predicate):
            mask |= _changing(net, leaf, dependencies)
            dead |= isinstance(leaf, Dead)
    return dependencies.everything if dead and mask else mask


def _changing(net: PetriNet, leaf: Predicate, deps: Dependencies) -> int:
    match leaf:
        case Atom(name):
            place = net.place_index(name)
            return deps.more[place] | deps.less[place]
        case Compare(terms):
            factors: dict[int, int] = {}
            for name, factor in terms:
                place = net.place_index(name)
                factors[place] = factors.get(place, 0) + factor
            near = 0
            for place in factors:
                near |= deps.more[place] | deps.less[place]
            return sum(
                1 << number
                for number in bits_of(near)
                if sum(factors.get(place, 0) * change for place, change in deps.moves[number])
            )
        case Enabled(name):
            mask = 0
            for place, _ in deps.needs[net.transition_index(name)]:
                mask |= deps.more[place] | deps.less[place]
            return mask
        case _:
            return 0


class StutterSearch(Explored):
    """A search that keeps the words of a formula, up to repetition.

    Parameters
    ----------
    net, formula
        The net, and the formula whose words are to be kept.

    Attributes
    ----------
    expanded
        How many states, the first ones, have their arcs.
    """

    def __init__(self, net: PetriNet, formula: Formula) -> None:
        super().__init__(net)
        self.visible = visible_transitions(net, formula, self.deps)
        self.expanded = 0
        self._bytes_each = 2 * len(net.place_ids) + len(net.transition_ids) // 4 + 400

    @property
    def complete(self) -> bool:
        """Whether all states that were found are expanded."""
        return self.expanded == len(self.markings)

    def go(self, meter: Meter, progress: ProgressCallback | None, most: int) -> str | None:
        """Expand until nothing is left, there are so many states, or the budget ends: then why."""
        while not self.complete and len(self.markings) < most:
            count = len(self.markings)
            why = meter.exhausted(states=count, bytes=count * self._bytes_each)
            if why is not None:
                return why
            if progress is not None and self.expanded % ROUND == 0:
                progress(Progress(stage="stubborn sets", states=count, seconds=meter.seconds))
            state = self.expanded
            self.expanded += 1
            self.stubborn[state] = chosen = self._chosen(state)
            self.fire(state, chosen & self.enabled[state])
        return None

    def _chosen(self, state: int) -> int:
        """Return the set of a state, of those from several beginnings, that enables the fewest."""
        tokens, enabled, visible = self.markings[state], self.enabled[state], self.visible
        best, least = self.deps.everything, enabled.bit_count()
        if not enabled:
            return 0
        hidden = enabled & ~visible
        starts = [1 << number for number in bits_of(hidden)][:MOST_STARTS]
        for start in starts:
            if least <= 1:
                break
            found = self._closed(tokens, enabled, start, least - 1)
            if found is not None and found & enabled & visible:
                found = self._closed(tokens, enabled, found | visible, least - 1)
            if found is not None:
                best, least = found, (found & enabled).bit_count()
        return best

    def _closed(self, tokens: Tokens, enabled: int, start: int, most: int) -> int | None:
        return closed_set(self.deps, tokens, enabled, start, strict=True, most=most)

    def open_cycles(self) -> bool:
        """Let a set on each cycle have all that is visible; return whether there was any to do."""
        heads = self._ordered()[1]
        for state in heads:
            tokens, enabled = self.markings[state], self.enabled[state]
            before = self.stubborn[state] & enabled
            found = self._closed(tokens, enabled, self.stubborn[state] | self.visible, 1 << 62)
            assert found is not None
            self.stubborn[state] = found
            self.fire(state, found & enabled & ~before)
        return bool(heads)

    def order(self) -> NDArray[np.int64]:
        """Return numbers that fall along all steps between sets without all that is visible."""
        return np.array(self._ordered()[0], dtype=np.int64)

    def _ordered(self) -> tuple[list[int], list[int]]:
        """Return the order in which a search leaves such states, and where it closes cycles."""
        closed = [not self.visible & ~mask for mask in self.stubborn]
        rows: list[list[int]] = [[] for _ in self.markings]
        for source, target in zip(self.sources, self.targets, strict=True):
            if not closed[source] and not closed[target]:
                rows[source].append(target)
        number, clock = [-1] * len(rows), 0
        heads: set[int] = set()
        on_path: set[int] = set()
        met = [False] * len(rows)
        for root in range(len(rows)):
            if met[root]:
                continue
            met[root] = True
            path = [(root, iter(rows[root]))]
            on_path.add(root)
            while path:
                state, rest = path[-1]
                for target in rest:
                    if target in on_path:
                        heads.add(target)
                    elif not met[target]:
                        met[target] = True
                        on_path.add(target)
                        path.append((target, iter(rows[target])))
                        break
                else:
                    path.pop()
                    on_path.discard(state)
                    number[state] = clock
                    clock += 1
        return number, sorted(heads)
