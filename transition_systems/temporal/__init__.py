"""Temporal logic: what is decided about the runs and the trees of runs of a system."""
