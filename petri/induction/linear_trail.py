"""Bounds of places that follow from lines and clauses, with what each follows from.

Bounds are propagated with exact integers: a line and the bounds of its other places bound one
place; a clause all alternatives of which but one are impossible is that one. Each result is an item
of a proof; what it follows from is looked up when the item is needed.
"""

from __future__ import annotations

from typing import NamedTuple

from petri.induction.linear_lines import Every, Line, Part, Some

__all__ = ["Item", "Trail"]

NONE = -1
Pairs = tuple[tuple[int, int], ...]


class Item(NamedTuple):
    """A line of a proof, or a step that assumes several.

    ``rule`` is a rule of the proof, ``fact`` (then ``number`` names the fact, and ``row`` tells
    which line of it), or ``given`` (assumed by the case, or by the item ``number``).
    """

    rule: str
    number: int
    pairs: Pairs = ()
    row: int = NONE


class _Clause:
    __slots__ = ("left", "origin", "parts", "rows")

    def __init__(self, parts: tuple[Part, ...], origin: int) -> None:
        self.parts = parts
        self.origin = origin
        self.rows: list[int] = []
        self.left = len(parts)


class Trail:
    """Bounds, lines and clauses of the case at hand; cases are entered and left.

    Attributes
    ----------
    low, high
        The bounds of each place; ``None`` is no upper bound.
    low_item, high_item
        The items that prove them; -1 where none is needed.
    items
        All items; ``outputs`` has the items and clauses that an assuming one led to.
    closed
        The item that is impossible in the case at hand, ``None`` while there is none; -1 where
        the case is impossible as soon as it is assumed.
    """

    def __init__(self, n_places: int) -> None:
        self.low = [0] * n_places
        self.high: list[int | None] = [None] * n_places
        self.low_item = [NONE] * n_places
        self.high_item = [NONE] * n_places
        self.items: list[Item] = []
        self.outputs: dict[int, tuple[list[int], list[int]]] = {}
        self.clauses: list[_Clause] = []
        self.closed: int | None = None
        self.live_clauses: list[int] = []
        self.live_lines: list[tuple[int, Line]] = []
        self.updates_left = 0
        self._before: dict[int, int] = {}
        self._lines: list[Line] = []
        self._items_of: list[int] = []
        self._clause_of: list[int] = []
        self._least: list[int] = []
        self._endless: list[int] = []
        self._gap: list[int | None] = []
        self._uses: list[list[tuple[int, int]]] = [[] for _ in range(n_places)]
        self._waiting: list[int] = []
        self._queued: list[bool] = []
        self._log: list[tuple[int, int | None, int]] = []
        self._marks: list[tuple[int, int, int, int]] = []

    def item(self, item: Item) -> int:
        """Add an item and return its number."""
        self.items.append(item)
        return len(self.items) - 1

    def enter(self) -> None:
        """Open a case."""
        self._marks.append(
            (len(self._log), len(self._lines), len(self.live_clauses), len(self.live_lines))
        )

    def leave(self) -> None:
        """Forget what was assumed and found in the case that was opened last."""
        log, lines, clauses, live = self._marks.pop()
        for row in range(len(self._lines) - 1, lines - 1, -1):
            for place, _ in self._lines[row].terms:
                self._uses[place].pop()
        for part in (self._lines, self._items_of, self._clause_of, self._least, self._endless):
            del part[lines:]
        del self._gap[lines:], self._queued[lines:]
        self._waiting = []
        self._queued = [False] * lines
        for key, old, item in reversed(self._log[log:]):
            self._restore(key, old, item)
        del self._log[log:], self.live_clauses[clauses:], self.live_lines[live:]
        self.closed = None

    def _restore(self, key: int, old: int | None, item: int) -> None:
        if old is None and item < NONE:
            self.clauses[key].left = NONE - item
            return
        place, upper = key >> 1, key & 1
        if upper:
            now = self.high[place]
            assert now is not None
            for row, weight in self._uses[place]:
                if weight < 0:
                    if old is None:
                        self._endless[row] += 1
                        self._least[row] -= weight * now
                    else:
                        self._least[row] += weight * (old - now)
            self.high[place], self.high_item[place] = old, item
            return
        assert old is not None
        for row, weight in self._uses[place]:
            if weight > 0:
                self._least[row] += weight * (old - self.low[place])
        self.low[place], self.low_item[place] = old, item

    def assume(self, part: Part, origin: int = NONE) -> tuple[list[int], list[int]]:
        """Assume a part; return the items of its lines and the numbers of its clauses."""
        lines: list[int] = []
        clauses: list[int] = []
        waiting = [part]
        while waiting:
            now = waiting.pop()
            if isinstance(now, Some) and not now.parts:
                now = Line((), -1)
            if isinstance(now, Line):
                lines.append(self.item(Item("given", origin)))
                self.add_line(now, lines[-1])
                if now.impossible:
                    self.closed = NONE if origin == NONE else lines[-1]
            elif isinstance(now, Every) or len(now.parts) == 1:
                waiting.extend(reversed(now.parts))
            else:
                clauses.append(self._add_clause(now.parts, origin))
        return lines, clauses

    def add_line(self, line: Line, item: int, *, fact: bool = False) -> None:
        """Add a line that the item proves."""
        if line.impossible and self.closed is None:
            self.closed = item
        if not fact:
            self.live_lines.append((item, line))
        if len(line.terms) == 1 and abs(line.terms[0][1]) == 1:
            place, weight = line.terms[0]
            self._set(place, weight > 0, line.bound * weight, item)
            return
        self._add_row(line, item, NONE)

    def _add_clause(self, parts: tuple[Part, ...], origin: int) -> int:
        number = len(self.clauses)
        clause = _Clause(parts, origin)
        self.clauses.append(clause)
        self.live_clauses.append(number)
        for part in parts:
            clause.rows.append(len(self._lines) if isinstance(part, Line) else NONE)
            if isinstance(part, Line):
                self._add_row(part, NONE, number)
        return number

    def _add_row(self, line: Line, item: int, clause: int) -> None:
        row = len(self._lines)
        least = endless = 0
        for place, weight in line.terms:
            self._uses[place].append((row, weight))
            if weight > 0:
                least += weight * self.low[place]
            else:
                high = self.high[place]
                if high is None:
                    endless += 1
                else:
                    least += weight * high
        self._lines.append(line)
        self._items_of.append(item)
        self._clause_of.append(clause)
        self._least.append(least)
        self._endless.append(endless)
        self._gap.append(None)
        self._queued.append(True)
        self._waiting.append(row)

    def _set(self, place: int, upper: bool, value: int, item: int) -> None:
        """Tighten a bound, if it is tighter."""
        if upper:
            old = self.high[place]
            if old is not None and old <= value:
                return
            before = self.high_item[place]
            self.high[place], self.high_item[place] = value, item
        else:
            old = self.low[place]
            if old >= value:
                return
            before = self.low_item[place]
            self.low[place], self.low_item[place] = value, item
        self._before[item] = before
        self._log.append((2 * place + upper, old, before))
        self.updates_left -= 1
        for row, weight in self._uses[place]:
            if (weight < 0) == upper:
                if old is None:
                    self._endless[row] -= 1
                    self._least[row] += weight * value
                else:
                    self._least[row] += weight * (value - old)
                if not self._queued[row]:
                    self._queued[row] = True
                    self._waiting.append(row)
        high = self.high[place]
        if high is not None and high < self.low[place] and self.closed is None:
            if self.low_item[place] == NONE:
                self.closed = self.high_item[place]
            else:
                pairs = ((self.low_item[place], 1), (self.high_item[place], 1))
                self.closed = self.item(Item("sum", 1, pairs))

    def propagate(self) -> bool:
        """Find all bounds that follow; return whether the case is impossible."""
        self.updates_left = 20 * len(self.low) + 500
        while self._waiting and self.closed is None and self.updates_left > 0:
            row = self._waiting.pop()
            self._queued[row] = False
            if self._clause_of[row] == NONE:
                self._bound(row)
            elif self._refuted(row):
                self._refute(self._clause_of[row])
        return self.closed is not None

    def _refuted(self, row: int) -> bool:
        return not self._endless[row] and self._least[row] > self._lines[row].bound

    def _refute(self, number: int) -> None:
        """Count the alternatives of a clause that are left; assume the only one."""
        clause = self.clauses[number]
        left = [k for k, row in enumerate(clause.rows) if row == NONE or not self._refuted(row)]
        if len(left) > 1:
            return
        if len(left) < clause.left:
            kept = left[0] if left else len(clause.parts) - 1
            others = [k for k in range(len(clause.parts)) if k != kept]
            pairs = tuple((k, self._against(clause.rows[k])) for k in others)
            self._log.append((number, None, NONE - clause.left))
            clause.left = len(left)
            item = self.item(Item("unit", number, pairs))
            self.outputs[item] = ([], [])
            self.outputs[item] = self.assume(clause.parts[kept], item)

    def _against(self, row: int) -> int:
        """Return an item that contradicts the line of a row."""
        pairs = self.supports(row, NONE)
        if len(pairs) == 1 and pairs[0][1] == 1:
            return pairs[0][0]
        return self.item(Item("sum", 1, tuple(pairs)))

    def supports(self, row: int, skip: int, before: int | None = None) -> list[tuple[int, int]]:
        """Return the items, with factors, that give a line its least value but for one place.

        With ``before``, those that stood when the item of that number was made.
        """
        pairs: list[tuple[int, int]] = []
        for place, weight in self._lines[row].terms:
            if place == skip:
                continue
            item = self.low_item[place] if weight > 0 else self.high_item[place]
            while before is not None and item > before:
                item = self._before[item]
            if item != NONE:
                pairs.append((item, abs(weight)))
        return pairs

    def premises(self, number: int) -> Pairs:
        """Return the items, with factors or alternatives, that an item of the case follows from."""
        item = self.items[number]
        if item.rule != "bound" or item.pairs:
            return item.pairs
        pairs = ((self._items_of[item.row], 1), *self.supports(item.row, item.number, number))
        self.items[number] = item._replace(pairs=pairs)
        return pairs

    def _bound(self, row: int) -> None:
        """Bound the places of a line by the bounds of its others."""
        endless = self._endless[row]
        if endless > 1:
            return
        line = self._lines[row]
        slack = line.bound - self._least[row]
        gap = self._gap[row]
        if not endless:
            if slack < 0:
                pairs = ((self._items_of[row], 1), *self.supports(row, NONE))
                self.closed = self.item(Item("sum", 1, pairs))
                return
            if gap is not None and slack >= gap:
                return
        widest: int | None = 0
        for place, weight in line.terms:
            high, low = self.high[place], self.low[place]
            if weight > 0:
                if endless:
                    continue
                new = low + slack // weight
                if high is None or new < high:
                    self._derived(place, True, new, row)
            else:
                if endless and high is not None:
                    continue
                new = -(slack // -weight) + (0 if high is None else high)
                if new > low:
                    self._derived(place, False, new, row)
            if self.closed is not None:
                return
            high, low = self.high[place], self.low[place]
            if widest is not None:
                widest = None if high is None else max(widest, abs(weight) * (high - low))
        if not self._marks:
            self._gap[row] = None if endless else widest

    def _derived(self, place: int, upper: bool, value: int, row: int) -> None:
        self._set(place, upper, value, self.item(Item("bound", place, (), row)))
