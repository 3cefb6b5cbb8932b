"""What can always be reached in unbounded nets, by intervals of tokens that lead back to it."""

from petri.regions.always import always_by_regions

__all__ = ["always_by_regions"]
