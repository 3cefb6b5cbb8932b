"""Whether every step from the set of a decision diagram stays in it."""

from __future__ import annotations

from collections.abc import Iterable

from netproof.recheck.diagram_table import DiagramTable
from netproof.recheck.net_table import NetTable
from netproof.recheck.result import RefusedError

__all__ = ["check_closed"]

LOOK = 1 << 14
# What was read of the tokens x of a place and of x + d after the step: how far the digits of the
# second number are ahead (``None`` where it is too large for the field), and whether those of x
# are so far the digits of the least number allowed. Behind the last digit: ``None``.
_Digits = tuple[int | None, bool] | None
_Rows = dict[_Digits, list[tuple[int, int, _Digits]]]
# Variable, node of the marking before the step, node of the one after it, digits.
_Pair = tuple[int, int, int, _Digits]


def check_closed(diagram: DiagramTable) -> None:
    """Refuse the set unless each marking that a step leads to from it is in it.

    A marking and the one after the step go down the diagram together, digit by digit, from the
    first place of the transition on; above it both are on the same way. Refused is a transition by
    which the first can be inside and the second outside, or beyond its field.
    """
    if diagram.closed:
        return
    starting: dict[int, list[_Step]] = {}
    for transition in range(len(diagram.table.pre)):
        step = _Step(diagram, transition)
        if step.moves:
            starting.setdefault(step.top, []).append(step)
    for level, nodes in diagram.cuts(starting):
        for step in starting[level]:
            diagram.watch.tick()
            if step.leaves(nodes):
                name = diagram.table.net.transition_ids[step.transition]
                raise RefusedError(f"{name!r} leads out of the set of the diagram")
    diagram.closed = True


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


class _Step:
    """What a transition does to the digits of its places, by variable."""

    def __init__(self, diagram: DiagramTable, transition: int) -> None:
        self.diagram, self.transition = diagram, transition
        table: NetTable = diagram.table
        needs, moved = table.pre[transition], table.change[transition]
        self.starts: dict[int, list[_Digits]] = {}
        self.rows: dict[int, _Rows] = {}
        places = needs.keys() | moved.keys()
        # Otherwise the marking after the step is the one before it, or there is no step.
        self.moves = bool(moved) and all(
            needs.get(place, 0) >> diagram.fields[place][1] == 0 for place in places
        )
        if not self.moves:
            return
        for place in places:
            self._read(*diagram.fields[place], needs.get(place, 0), moved.get(place, 0))
        self.top = min(self.starts)
        self.end = max(self.rows) + 1
        following = self.end
        self.next = [following] * (self.end - self.top + 1)
        for variable in range(self.end - 1, self.top - 1, -1):
            following = variable if variable in self.starts else following
            self.next[variable - self.top] = following

    def _read(self, first: int, bits: int, needed: int, change: int) -> None:
        """Take up a field: both numbers in it, or the second one above all that fit."""
        above = max(needed, (1 << bits) - change)
        self.starts[first] = [(0, True)]
        if change > 0 and above >> bits == 0:
            self.starts[first].append((None, True))
        known: set[_Digits] = set(self.starts[first])
        for left in range(bits - 1, -1, -1):
            rows = _choices(known, left, change, {False: needed, True: above})
            self.rows[first + bits - 1 - left] = rows
            known = {state for choices in rows.values() for _, _, state in choices}

    def leaves(self, nodes: list[int]) -> bool:
        """Return whether the step leads out of the set from a marking on a way to the nodes."""
        levels, low, high = self.diagram.levels, self.diagram.low, self.diagram.high
        bottom = self.diagram.n_variables
        stack: list[_Pair] = [(self.top, node, node, None) for node in nodes]
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
                for state in self.starts[variable]:
                    outside = state is not None and state[0] is None
                    push((variable, before, 0 if outside else after, state))
                continue
            for side in (high, low):
                one, other = (
                    side[node] if levels[node] == variable else node for node in (before, after)
                )
                push((variable + 1, one, other, None))
        return False
