"""Playing the token game: random runs of a net."""

from __future__ import annotations

from petri.token_game.simulate import simulate

__all__ = ["simulate"]
