"""Structural reductions: a smaller net with the same answers, and the way back."""

from petri.reductions.preserved import Preserved
from petri.reductions.reduce import reduce_net
from petri.reductions.reduction import Reduction

__all__ = ["Preserved", "Reduction", "reduce_net"]
