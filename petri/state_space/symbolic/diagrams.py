"""What is asked of a library of decision diagrams, and the diagrams as plain tables of nodes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from transition_systems.errors import UsageError

__all__ = ["LIBRARIES", "Diagram", "Diagrams", "NodeTable", "OutOfNodesError", "diagrams"]

# A diagram of whichever library; it has the operators &, |, ~, == and a hash.
Diagram: TypeAlias = Any

LIBRARIES = ("oxidd", "dd")


class OutOfNodesError(Exception):
    """The library has no room for another node."""


@dataclass(frozen=True, slots=True)
class NodeTable:
    """A diagram as lists: node 0 is false, node 1 is true, successors come before.

    Attributes
    ----------
    levels
        The variable of each node; that of the two leaves is the number of variables.
    low, high
        The nodes behind a variable that is false, and true; of a leaf itself.
    root
        The node of the whole diagram.
    """

    levels: tuple[int, ...]
    low: tuple[int, ...]
    high: tuple[int, ...]
    root: int


class Diagrams(Protocol):
    """Boolean functions of variables 0, 1, ..., ordered by their numbers, the first on top.

    Every implementation passes the same tests.
    """

    name: str
    n_variables: int
    exhausted: type[Exception]

    @property
    def true(self) -> Diagram:
        """The function that is true everywhere."""
        ...

    @property
    def false(self) -> Diagram:
        """The function that is false everywhere."""
        ...

    def variable(self, number: int) -> Diagram:
        """Return the function that is true where a variable is."""
        ...

    def top(self, diagram: Diagram) -> int:
        """Return the topmost variable of a diagram; the number of variables for a leaf."""
        ...

    def halves(self, diagram: Diagram, variable: int) -> tuple[Diagram, Diagram]:
        """Return a diagram for false and for true of a variable above which it has none."""
        ...

    def choice(self, condition: Diagram, then: Diagram, other: Diagram) -> Diagram:
        """Return ``then`` where the condition holds and ``other`` elsewhere."""
        ...

    def quantifier(self, variables: Sequence[int]) -> Any:
        """Return what :meth:`meet` takes for some variables."""
        ...

    def meet(self, one: Diagram, other: Diagram, quantifier: Any) -> Diagram:
        """Return where both hold for some values of the variables of the quantifier."""
        ...

    def replacement(self, functions: dict[int, Diagram]) -> Any:
        """Return what :meth:`replaced` takes, from variables to functions."""
        ...

    def replaced(self, diagram: Diagram, replacement: Any) -> Diagram:
        """Return the diagram with variables replaced by functions, all at once."""
        ...

    def contains(self, diagram: Diagram, values: Sequence[bool]) -> bool:
        """Return the value of a function for the values of all variables."""
        ...

    def table(self, diagram: Diagram) -> NodeTable:
        """Return the nodes of a diagram."""
        ...

    def bytes(self) -> int:
        """Return about how many bytes the nodes take."""
        ...


def diagrams(n_variables: int, *, library: str = "oxidd", nodes: int | None = None) -> Diagrams:
    """Return an empty store of diagrams.

    Parameters
    ----------
    n_variables
        The number of variables.
    library
        ``"oxidd"`` or ``"dd"`` (in pure Python, for comparison).
    nodes
        Most nodes at a time.

    Raises
    ------
    UsageError
        When the library is not installed or not known.

    Examples
    --------
    >>> store = diagrams(2, library="dd")
    >>> store.table(store.variable(0) & store.variable(1)).levels
    (2, 2, 1, 0)
    """
    try:
        if library == "oxidd":
            from petri.state_space.symbolic.oxidd_diagrams import OxiddDiagrams

            return OxiddDiagrams(n_variables, nodes=nodes)
        if library == "dd":
            from petri.state_space.symbolic.dd_diagrams import DdDiagrams

            return DdDiagrams(n_variables, nodes=nodes)
    except ImportError as error:
        raise UsageError(
            f"symbolic state spaces need the package {library}, which cannot be imported here"
            f" ({error}); pip install {library}, or use the explicit engine"
        ) from None
    raise UsageError(f"there is no library {library!r} of diagrams; there are 'oxidd' and 'dd'")
