"""Many engines for one question, or for many about the same net."""

from petri.portfolio.batch import Batch
from petri.portfolio.bounds import Bound, Bounds, bounds
from petri.portfolio.decide import decide
from petri.portfolio.questions import Answer, Most, Reach

__all__ = ["Answer", "Batch", "Bound", "Bounds", "Most", "Reach", "bounds", "decide"]
