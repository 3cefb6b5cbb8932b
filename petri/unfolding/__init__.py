"""Unfoldings: a complete finite prefix of the behaviour of a one-safe net, and questions on it."""

from __future__ import annotations

from petri.unfolding.prefix import Prefix
from petri.unfolding.reaching import reachable_by_unfolding
from petri.unfolding.unfold import unfold

__all__ = ["Prefix", "reachable_by_unfolding", "unfold"]
