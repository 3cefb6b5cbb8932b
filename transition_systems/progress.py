"""Progress: what a long analysis tells a caller while it runs. Nothing here prints."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Progress", "ProgressCallback"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """One message of a running analysis.

    Parameters
    ----------
    stage
        What is being done, e.g. ``"reachability"``.
    states, frontier
        States stored so far, and of these the ones still to be expanded.
    arcs
        Arcs found so far.
    seconds
        Wall seconds since the start of the stage.
    bytes
        Bytes accounted by the engine.
    """

    stage: str
    states: int = 0
    frontier: int = 0
    arcs: int = 0
    seconds: float = 0.0
    bytes: int = 0

    @property
    def rate(self) -> float:
        """States per second, 0 at the very start."""
        return self.states / self.seconds if self.seconds > 0 else 0.0


ProgressCallback = Callable[[Progress], None]
