"""Hypothesis strategies for transition systems."""

from __future__ import annotations

from hypothesis import strategies as st

from transition_systems.lts import LTS

__all__ = ["systems"]


@st.composite
def systems(
    draw: st.DrawFn,
    *,
    max_states: int = 6,
    max_arcs: int = 12,
    labels: tuple[str | None, ...] = (None, "a", "b"),
    several_initial: bool = False,
) -> LTS:
    """Draw a small system with silent steps and final states."""
    n = draw(st.integers(1, max_states))
    state = st.integers(0, n - 1)
    arcs = draw(st.lists(st.tuples(state, st.sampled_from(labels), state), max_size=max_arcs))
    final = draw(st.sets(state, max_size=2))
    initial = draw(st.sets(state, min_size=1, max_size=2)) if several_initial else {0}
    return LTS.from_arcs(n, arcs, initial=initial, final=final)
