"""Temporal logic: formulas over the paths and the states of transition systems."""
