"""Sets of markings as decision diagrams: a table of nodes that is read, not believed."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import numpy as np
from numpy.typing import NDArray

from netproof.recheck.net_table import NetTable, Tokens
from netproof.recheck.result import RefusedError, Watch
from netproof.recheck.state_table import integers
from transition_systems.evidence import DiagramEvidence

__all__ = ["DiagramTable"]

MOST_BITS, MOST_CODED = 62, 12
MOST_VARIABLES = 1 << 22
BYTES_OF_NODE = 400


class DiagramTable:
    """A diagram over the fields of the places: node 0 is empty, node 1 is everything.

    Refused are fields that overlap or leave variables out, nodes that refer to later nodes or to
    variables that do not come after their own: so that every walk downwards ends.

    Attributes
    ----------
    fields
        For each place its first variable, the number of its variables, and its code.
    members
        The places of each field, by its first variable.
    levels, low, high
        By node: its variable (the number of variables for nodes 0 and 1), and its two successors.
    root
        The node of the whole set.
    """

    __slots__ = (
        "arrays",
        "closed",
        "fields",
        "high",
        "levels",
        "low",
        "members",
        "n_variables",
        "root",
        "table",
        "watch",
    )  # fmt: skip

    arrays: tuple[NDArray[np.int64], NDArray[np.int64]]

    def __init__(self, table: NetTable, evidence: DiagramEvidence, watch: Watch) -> None:
        self.table, self.watch, self.closed = table, watch, False
        names = table.net.place_ids
        if tuple(evidence.names) != names:
            raise RefusedError("the fields of the diagram are not the places of the net")
        fields = integers(evidence.fields, (len(names), 3), "the fields")
        self._laid(fields)
        nodes = evidence.nodes
        if not isinstance(nodes, np.ndarray) or nodes.ndim != 2:  # pyright: ignore[reportUnnecessaryIsInstance]
            raise RefusedError("the nodes of the diagram are no table")
        watch.fits(len(nodes) * BYTES_OF_NODE)
        nodes = integers(nodes, (len(nodes), 3), "the nodes")
        end, own = self.n_variables, np.arange(2, len(nodes) + 2)
        variables, behind = nodes[:, 0], nodes[:, 1:]
        if (variables < 0).any() or (variables >= end).any():
            raise RefusedError("a node of the diagram has a variable that no field has")
        if (behind < 0).any() or (behind >= own[:, None]).any():
            raise RefusedError("a node of the diagram does not refer to an earlier one")
        levels = np.concatenate([[end, end], variables])
        if (levels[behind] <= variables[:, None]).any():
            raise RefusedError("a node of the diagram refers to a variable that is not after its")
        self.levels: list[int] = levels.tolist()
        self.low: list[int] = [0, 1, *behind[:, 0].tolist()]
        self.high: list[int] = [0, 1, *behind[:, 1].tolist()]
        self.root = len(nodes) + 1

    def _laid(self, fields: NDArray[np.int64]) -> None:
        """Take the fields over; refuse them unless they have each variable once.

        Places share a field where each has a code of its own.
        """
        if (fields < 0).any() or (fields > MOST_VARIABLES).any():
            raise RefusedError("a field of the diagram has no sensible place or size")
        if (fields[:, 1] > MOST_BITS).any() or (fields[:, 1] < 1).any():
            raise RefusedError("a field of the diagram has no variables, or too many")
        if (fields[fields[:, 2] > 0, 1] > MOST_CODED).any():
            raise RefusedError("a field of codes has too many variables")
        self.members: dict[int, list[int]] = {}
        self.fields: list[tuple[int, int, int]] = []
        shared: dict[tuple[int, int, int], int] = {}
        for place, (first, bits, code) in enumerate(fields.tolist()):
            self.fields.append((first, bits, code))
            if shared.setdefault((first, bits, code), place) != place or code >> bits:
                raise RefusedError("a code of the diagram stands for two places, or does not fit")
            together = self.members.setdefault(first, [])
            together.append(place)
            if len(together) > 1 and (
                not code or not self.fields[together[0]][2] or self.fields[together[0]][1] != bits
            ):
                raise RefusedError("two fields of the diagram overlap")
        end = 0
        for first in sorted(self.members):
            if first != end:
                raise RefusedError("the fields of the diagram overlap or leave variables out")
            end += self.fields[self.members[first][0]][1]
        self.n_variables = end

    def cuts(self, wanted: Collection[int]) -> Iterator[tuple[int, list[int]]]:
        """Yield for some variables, in order, the nodes at which ways down from the root cross it.

        They are the nodes of that variable or of later ones that are the root, or behind a node of
        an earlier variable that is itself on a way; node 0 is left out.
        """
        waiting: list[list[int]] = [[] for _ in range(self.n_variables + 1)]
        here, met = {self.root}, {self.root}
        waiting[self.levels[self.root]].append(self.root)
        for level in range(self.n_variables):
            if level in wanted:
                yield level, list(here)
            here.difference_update(waiting[level])
            for node in waiting[level]:
                for child in (self.low[node], self.high[node]):
                    if child:
                        here.add(child)
                        if child not in met:
                            met.add(child)
                            waiting[self.levels[child]].append(child)
            self.watch.tick()

    @classmethod
    def of(cls, table: NetTable, evidence: DiagramEvidence, watch: Watch) -> DiagramTable:
        """Return the table of a diagram; the one made before where the nodes are the same object.

        The arrays are kept with the table, so that their identity stays theirs.
        """
        arrays, names = (evidence.nodes, evidence.fields), tuple(evidence.names)
        found = table.tables.get(id(arrays[0]))
        if found is not None and isinstance(found[1], DiagramTable):
            kept = found[1]
            if kept.arrays[0] is arrays[0] and kept.arrays[1] is arrays[1]:
                if names != table.net.place_ids:
                    raise RefusedError("the fields of the diagram are not the places of the net")
                kept.watch = watch
                return kept
        made = cls(table, evidence, watch)
        made.arrays = arrays
        if not any(array.flags.writeable for array in arrays):
            table.tables[id(arrays[0])] = (arrays[0], made)
        return made

    def holds(self, tokens: Tokens) -> bool:
        """Return whether a marking is in the set; one that does not fit the fields is not."""
        true: set[int] = set()
        for first, places in self.members.items():
            marked = [place for place in places if tokens.get(place, 0)]
            bits, code = self.fields[places[0]][1:]
            if len(marked) > 1 or (code and any(tokens[place] > 1 for place in marked)):
                return False
            value = 0
            if marked:
                value = self.fields[marked[0]][2] or tokens[marked[0]]
            if value >> bits:
                return False
            true.update(first + j for j in range(bits) if value >> (bits - 1 - j) & 1)
        node = self.root
        while node > 1:
            node = (self.high if self.levels[node] in true else self.low)[node]
        return node == 1

    def starts(self) -> None:
        """Refuse the set unless the initial marking is in it."""
        if not self.holds(self.table.initial):
            raise RefusedError("the initial marking is not in the set of the diagram")
