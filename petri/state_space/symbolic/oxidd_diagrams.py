"""Diagrams of oxidd: binary decision diagrams, in one thread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from oxidd._oxidd import BooleanOperator
from oxidd.bdd import BDDFunction, BDDManager
from oxidd.util import DDMemoryError

from petri.state_space.symbolic.diagrams import Diagram, NodeTable
from petri.state_space.symbolic.node_tables import node_table
from transition_systems.budget import require_memory

__all__ = ["OxiddDiagrams"]

BYTES_OF_NODE = 32
MOST_NODES = 1 << 26
LEAST_NODES = 1 << 14
LEAST_CACHE, MOST_CACHE = 1 << 16, 1 << 22
# What is looked for before nodes are reserved: the stack of the library's thread, and for each the
# node, its part of the tables, and others.
STACK_TO_FIND, BYTES_TO_FIND = 5 << 28, 48


class OxiddDiagrams:
    """The functions of :class:`~petri.state_space.symbolic.diagrams.Diagrams`, by oxidd.

    Plain diagrams were up to 1.5 times as fast as those with complemented edges.
    """

    name = "oxidd"
    exhausted: type[Exception] = DDMemoryError

    def __init__(self, n_variables: int, *, nodes: int | None = None) -> None:
        self.n_variables = n_variables
        wanted = MOST_NODES if nodes is None else max(LEAST_NODES, min(nodes, MOST_NODES))
        capacity = _room(wanted)
        # Its memory is written to at once: 16 ms for the largest, which small nets do not need.
        cache = min(MOST_CACHE, LEAST_CACHE + 256 * n_variables, capacity)
        self._manager = BDDManager(capacity, cache, 1)
        self._manager.add_vars(n_variables)
        self.true: Diagram = self._manager.true()
        self.false: Diagram = self._manager.false()

    def variable(self, number: int) -> Diagram:
        """Return the function that is true where a variable is."""
        return self._manager.var(number)

    def top(self, diagram: Diagram) -> int:
        """Return the topmost variable of a diagram; the number of variables for a leaf."""
        level = diagram.node_var()
        return self.n_variables if level is None else int(level)

    def halves(self, diagram: Diagram, variable: int) -> tuple[Diagram, Diagram]:
        """Return a diagram for false and for true of a variable above which it has none."""
        if diagram.node_var() != variable:
            return diagram, diagram
        high, low = diagram.cofactors()
        return low, high

    def choice(self, condition: Diagram, then: Diagram, other: Diagram) -> Diagram:
        """Return ``then`` where the condition holds and ``other`` elsewhere."""
        return condition.ite(then, other)

    def quantifier(self, variables: Sequence[int]) -> Any:
        """Return the conjunction of some variables."""
        cube = self._manager.true()
        for variable in sorted(variables, reverse=True):
            cube = self._manager.var(variable) & cube
        return cube

    def meet(self, one: Diagram, other: Diagram, quantifier: Any) -> Diagram:
        """Return where both hold for some values of the variables of the quantifier."""
        return one.apply_exists(BooleanOperator.AND, other, quantifier)

    def replacement(self, functions: dict[int, Diagram]) -> Any:
        """Return a substitution."""
        return BDDFunction.make_substitution(list(functions.items()))

    def replaced(self, diagram: Diagram, replacement: Any) -> Diagram:
        """Return the diagram with variables replaced by functions, all at once."""
        return diagram.substitute(replacement)

    def contains(self, diagram: Diagram, values: Sequence[bool]) -> bool:
        """Return the value of a function for the values of all variables."""
        return bool(diagram.eval(list(enumerate(values))))

    def table(self, diagram: Diagram) -> NodeTable:
        """Return the nodes of a diagram."""
        return node_table(diagram, self)

    def bytes(self) -> int:
        """Return about how many bytes the nodes take."""
        return BYTES_OF_NODE * int(self._manager.approx_num_inner_nodes())


def _room(nodes: int) -> int:
    """Return for how many nodes there is memory, at most the given number.

    The library ends the process where it is refused memory, so that is asked for and given back
    before: nothing of it is written to.

    Raises
    ------
    MemoryError
        When there is none for the fewest nodes.
    """
    while True:
        try:
            require_memory(STACK_TO_FIND + BYTES_TO_FIND * nodes)
        except MemoryError:
            if nodes <= LEAST_NODES:
                raise
            nodes = max(LEAST_NODES, nodes // 2)
        else:
            return nodes
