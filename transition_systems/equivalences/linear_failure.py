"""Where a specification has no match for its implementation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["NO_LABEL", "Failure"]

NO_LABEL = -1


@dataclass(frozen=True, slots=True)
class Failure:
    """Where the specification has no match.

    Parameters
    ----------
    kind
        ``"step"``: it cannot do the label; ``"seen"``: no state shows what is seen;
        ``"divergence"``: it cannot be silent for ever; ``"start"``: it has no initial state.
    pair
        The pair; -1 at the start.
    label
        Of the step.
    """

    kind: Literal["step", "seen", "divergence", "start"]
    pair: int = -1
    label: int = NO_LABEL
