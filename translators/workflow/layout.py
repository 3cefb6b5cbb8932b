"""The geometry of a diagram, as its author drew it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Edge", "Layout", "Shape"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The box of a node, pool or lane, in the diagram's own units (pixels, y downwards)."""

    element: str
    x: float
    y: float
    width: float
    height: float
    horizontal: bool | None = None
    expanded: bool | None = None
    label: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """The waypoints of a flow."""

    element: str
    points: tuple[tuple[float, float], ...]
    label: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """All shapes and edges of a diagram, in drawing order."""

    shapes: tuple[Shape, ...] = ()
    edges: tuple[Edge, ...] = ()

    def shape(self, element: str) -> Shape | None:
        """Return the first shape of an element, or ``None``."""
        return next((shape for shape in self.shapes if shape.element == element), None)

    def edge(self, element: str) -> Edge | None:
        """Return the first edge of an element, or ``None``."""
        return next((edge for edge in self.edges if edge.element == element), None)
