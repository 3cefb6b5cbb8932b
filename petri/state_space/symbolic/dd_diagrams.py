"""Diagrams of dd: pure Python, the second implementation that the first is compared with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dd import autoref, bdd

from petri.state_space.symbolic.diagrams import Diagram, NodeTable, OutOfNodesError
from petri.state_space.symbolic.node_tables import node_table

__all__ = ["DdDiagrams"]

BYTES_OF_NODE = 500


def _dropped(_: object) -> None:
    """Skip the check that no diagram is left when a store goes."""


# A store that may be dropped together with its diagrams, in any order.
_Store: Any = type("_Store", (bdd.BDD,), {"__del__": _dropped})


class DdDiagrams:
    """The functions of :class:`~petri.state_space.symbolic.diagrams.Diagrams`, by dd."""

    name = "dd"
    exhausted: type[Exception] = OutOfNodesError

    def __init__(self, n_variables: int, *, nodes: int | None = None) -> None:
        self.n_variables = n_variables
        self._most = nodes
        self._store: Any = autoref.BDD()
        self._store._bdd = _Store()
        self._store.configure(reordering=False)
        self._names = [f"x{number}" for number in range(n_variables)]
        self._store.declare(*self._names)
        self.true: Diagram = self._store.true
        self.false: Diagram = self._store.false

    def variable(self, number: int) -> Diagram:
        """Return the function that is true where a variable is."""
        return self._store.var(self._names[number])

    def top(self, diagram: Diagram) -> int:
        """Return the topmost variable of a diagram; the number of variables for a leaf."""
        return min(int(diagram.level), self.n_variables)

    def halves(self, diagram: Diagram, variable: int) -> tuple[Diagram, Diagram]:
        """Return a diagram for false and for true of a variable above which it has none."""
        if diagram.level != variable:
            return diagram, diagram
        # A complement goes on to the children.
        low, high = diagram.low, diagram.high
        return (~low, ~high) if diagram.negated else (low, high)

    def choice(self, condition: Diagram, then: Diagram, other: Diagram) -> Diagram:
        """Return ``then`` where the condition holds and ``other`` elsewhere."""
        return self._store.ite(condition, then, other)

    def quantifier(self, variables: Sequence[int]) -> Any:
        """Return the names of some variables."""
        return {self._names[variable] for variable in variables}

    def meet(self, one: Diagram, other: Diagram, quantifier: Any) -> Diagram:
        """Return where both hold for some values of the variables of the quantifier."""
        self._check()
        return self._store.exist(quantifier, one & other)

    def replacement(self, functions: dict[int, Diagram]) -> Any:
        """Return functions by the names of variables."""
        return {self._names[variable]: diagram for variable, diagram in functions.items()}

    def replaced(self, diagram: Diagram, replacement: Any) -> Diagram:
        """Return the diagram with variables replaced by functions, all at once."""
        self._check()
        return self._store.let(replacement, diagram) if replacement else diagram

    def contains(self, diagram: Diagram, values: Sequence[bool]) -> bool:
        """Return the value of a function for the values of all variables."""
        node = diagram
        while node not in (self.true, self.false):
            low, high = self.halves(node, node.level)
            node = high if values[node.level] else low
        return bool(node == self.true)

    def table(self, diagram: Diagram) -> NodeTable:
        """Return the nodes of a diagram."""
        return node_table(diagram, self)

    def bytes(self) -> int:
        """Return about how many bytes the nodes take."""
        return BYTES_OF_NODE * len(self._store)

    def _check(self) -> None:
        if self._most is not None and len(self._store) > self._most:
            self._store.collect_garbage()
            if len(self._store) > self._most:
                raise OutOfNodesError
