"""Whether every step from the set of a decision diagram stays in it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from netproof.recheck.diagram_table import DiagramTable
from netproof.recheck.net_table import Tokens
from netproof.recheck.result import RefusedError

__all__ = ["StepOf", "check_closed", "cuts_of_pairs"]

LOOK = 1 << 14
# What was read of a field before a step, and what that allows. In a number: how far the digits of
# the tokens after the step are ahead (``None`` where they will not fit), and whether those before
# are so far the digits of the least number allowed. In a code: the digits read so far, and one of
# the ways below. Behind the last digit: ``None``.
_Digits = tuple[int | None, int] | None
_Rows = dict[_Digits, list[tuple[int, int, _Digits]]]
# Variable, node of the marking before the step, node of the one after it, digits.
_Pair = tuple[int, int, int, _Digits]
_GIVEN, _FREE, _TAKEN = 0, 1, 2


def check_closed(diagram: DiagramTable) -> None:
    """Refuse the set unless each marking that a step leads to from it is in it.

    A marking and the one after the step go down the diagram together, digit by digit, from the
    first place of the transition on; above it both are on the same way. Refused is a transition by
    which the first can be inside and the second outside, or beyond its field.
    """
    if diagram.closed:
        return
    starting: dict[int, list[StepOf]] = {}
    for transition in range(len(diagram.table.pre)):
        step = StepOf(diagram, transition)
        if step.moves:
            starting.setdefault(step.top, []).append(step)
    for level, nodes in diagram.cuts(starting):
        for step in starting[level]:
            diagram.watch.tick()
            if step.leaves((node, node) for node in nodes):
                name = diagram.table.net.transition_ids[step.transition]
                raise RefusedError(f"{name!r} leads out of the set of the diagram")
    diagram.closed = True


def cuts_of_pairs(
    diagram: DiagramTable, inside: int, allowed: int, wanted: Collection[int]
) -> Iterator[tuple[int, list[tuple[int, int]]]]:
    """Yield for some variables the pairs of nodes at which ways down from two roots cross them.

    As ``DiagramTable.cuts`` for one root; left out are pairs of which the first node is 0.
    """
    levels, low, high = diagram.levels, diagram.low, diagram.high
    root = (inside, allowed)
    here, met = {root}, {root}
    waiting = {min(levels[inside], levels[allowed]): [root]}
    for level in range(max(wanted, default=-1) + 1):
        if level in wanted:
            yield level, [pair for pair in here if pair[0]]
        for pair in waiting.pop(level, ()):
            here.discard(pair)
            for side in (low, high):
                one, other = (side[node] if levels[node] == level else node for node in pair)
                child = (one, other)
                if one:
                    here.add(child)
                    if child not in met:
                        met.add(child)
                        waiting.setdefault(min(levels[one], levels[other]), []).append(child)
        diagram.watch.tick()


def _choices(known: Iterable[_Digits], left: int, change: int, least: dict[bool, int]) -> _Rows:
    """Return by what was read which two digits may follow, before ``left`` more."""
    low, rest = divmod(change, 1 << left)
    allowed = (low, low + 1) if rest else (low,)
    rows: _Rows = {}
    for state in known:
        assert state is not None
        ahead, tight = state
        bound = least[ahead is None] >> left & 1
        choices = rows.setdefault(state, [])
        for digit in (bound, 1) if tight and not bound else (bound,) if tight else (0, 1):
            still = tight and digit == bound
            if ahead is None:
                choices.append((digit, 0, (None, still) if left else None))
                continue
            for after in (0, 1):
                further = 2 * ahead + after - digit
                if further in allowed:
                    choices.append((digit, after, (further, still) if left else None))
    return rows


class StepOf:
    """What a transition does to the digits of its places, by variable."""

    def __init__(self, diagram: DiagramTable, transition: int) -> None:
        self.diagram, self.transition = diagram, transition
        needs = diagram.table.pre[transition]
        moved = diagram.table.change[transition]
        # Where a field is entered: the states, and whether they lead out of the set.
        self.starts: dict[int, list[tuple[bool, _Digits]]] = {}
        self.rows: dict[int, _Rows] = {}
        # Otherwise the marking after the step is the one before it.
        self.moves = bool(moved)
        for first in {diagram.fields[place][0] for place in (*needs, *moved)}:
            places = diagram.members[first]
            bits, code = diagram.fields[places[0]][1:]
            if code:
                self.moves &= self._code(first, bits, places, needs, moved)
            else:
                needed = needs.get(places[0], 0)
                self.moves &= needed >> bits == 0
                if self.moves:
                    self._number(first, bits, needed, moved.get(places[0], 0))
        if not self.moves:
            return
        self.top = min(self.starts)
        self.end = max(self.rows) + 1
        following = self.end
        self.next = [following] * (self.end - self.top + 1)
        for variable in range(self.end - 1, self.top - 1, -1):
            following = variable if variable in self.starts else following
            self.next[variable - self.top] = following

    def _number(self, first: int, bits: int, needed: int, change: int) -> None:
        """Take up a field: both numbers in it, or the second one above all that fit."""
        above = max(needed, (1 << bits) - change)
        self.starts[first] = [(False, (0, True))]
        if change > 0 and above >> bits == 0:
            self.starts[first].append((True, (None, True)))
        known: set[_Digits] = {state for _, state in self.starts[first]}
        for left in range(bits - 1, -1, -1):
            rows = _choices(known, left, change, {False: needed, True: above})
            self.rows[first + bits - 1 - left] = rows
            known = {state for choices in rows.values() for _, _, state in choices}

    def _code(self, first: int, bits: int, places: list[int], needs: Tokens, moved: Tokens) -> bool:
        """Take up a field of places that share codes; return whether the step can occur there.

        A step that takes from a place finds its code. One that does not finds the code of some
        place, and puts a second token beside it, or of none.
        """
        diagram = self.diagram
        taken = [place for place in places if needs.get(place, 0)]
        if len(taken) > 1 or any(needs[place] > 1 for place in taken):
            return False
        after = {place: moved.get(place, 0) + (place in taken) for place in places}
        put = [place for place in places if after[place]]
        fits = sum(after.values()) <= 1
        target = diagram.fields[put[0]][2] if put and fits else 0
        codes = {diagram.fields[place][2] for place in places}
        if taken:
            codes = {diagram.fields[taken[0]][2]}
            self.starts[first] = [(not fits, (0, _GIVEN))]
        else:
            self.starts[first] = [(not fits, (0, _FREE)), (True, (0, _TAKEN))]
        known: set[_Digits] = {state for _, state in self.starts[first]}
        for left in range(bits - 1, -1, -1):
            rows: _Rows = {}
            for state in known:
                assert state is not None
                before, way = state[0] or 0, state[1]
                for value in (2 * before, 2 * before + 1):
                    if left == 0 and (value in codes) == (way == _FREE):
                        continue
                    following = (value, way) if left else None
                    rows.setdefault(state, []).append((value & 1, target >> left & 1, following))
                rows.setdefault(state, [])
            self.rows[first + bits - 1 - left] = rows
            known = {state for choices in rows.values() for _, _, state in choices}
        return True

    def leads_out(self, inside: int, allowed: int) -> bool:
        """Return whether the step leads from some marking of a set to one outside another set."""
        levels, low, high = self.diagram.levels, self.diagram.low, self.diagram.high
        stack = [(inside, allowed)]
        seen, here = set(stack), set[tuple[int, int]]()
        while stack:
            pair = stack.pop()
            variable = min(levels[pair[0]], levels[pair[1]])
            if not pair[0]:
                continue
            if variable >= self.top:
                here.add(pair)
                continue
            for side in (low, high):
                one, other = (side[node] if levels[node] == variable else node for node in pair)
                if (one, other) not in seen:
                    seen.add((one, other))
                    stack.append((one, other))
        return self.leaves(here)

    def leaves(self, pairs: Iterable[tuple[int, int]]) -> bool:
        """Return whether the step leads out of a set.

        The nodes are those at the first variable of the step: where markings inside are before it,
        and where they have to be after it.
        """
        levels, low, high = self.diagram.levels, self.diagram.low, self.diagram.high
        bottom = self.diagram.n_variables
        stack: list[_Pair] = [(self.top, before, after, None) for before, after in pairs]
        seen, count = set(stack), 0

        def push(pair: _Pair) -> None:
            if pair[1] and pair not in seen:
                seen.add(pair)
                stack.append(pair)

        while stack:
            variable, before, after, digits = stack.pop()
            count += 1
            if count % LOOK == 0:
                self.diagram.watch.tick()
            if digits is not None:
                parts = [
                    (high[node], low[node]) if levels[node] == variable else (node, node)
                    for node in (before, after)
                ]
                for one, other, state in self.rows[variable][digits]:
                    push((variable + 1, parts[0][1 - one], parts[1][1 - other], state))
                continue
            if variable >= self.end and before == after:
                continue
            following = bottom
            if variable < self.end:
                following = self.next[variable - self.top]
            variable = min(levels[before], levels[after], following)
            if variable == bottom:
                return True  # inside before, and outside after: the two nodes differ
            if variable == following < self.end:
                for outside, state in self.starts[variable]:
                    push((variable, before, 0 if outside else after, state))
                continue
            for side in (high, low):
                one, other = (
                    side[node] if levels[node] == variable else node for node in (before, after)
                )
                push((variable + 1, one, other, None))
        return False
