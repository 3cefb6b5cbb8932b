"""Stubborn sets: what must be explored of a marking's steps, and the reduced search."""
