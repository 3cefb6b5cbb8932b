"""Symbolic state spaces: sets of markings as decision diagrams."""
