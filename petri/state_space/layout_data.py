"""Layouts as plain data, for files and for other processes."""

from __future__ import annotations

from typing import Any

from petri.state_space.state_layout import Dependent, Field, StateLayout

__all__ = ["layout_data", "layout_of"]


def layout_data(layout: StateLayout) -> dict[str, Any]:
    """Return a layout as plain data."""
    return {
        "places": layout.n_places,
        "fields": [[list(f.places), f.base, f.unit, f.proved] for f in layout.fields],
        "dependents": [[d.place, d.value, [list(o) for o in d.others]] for d in layout.dependents],
        "groups": [list(group) for group in layout.groups],
    }


def layout_of(data: dict[str, Any]) -> StateLayout:
    """Return the layout of :func:`layout_data`.

    Examples
    --------
    >>> one = StateLayout(1, [Field(places=(0,), base=2, unit=True, proved=True)], [])
    >>> layout_of(layout_data(one)).fields == one.fields
    True
    """
    return StateLayout(
        data["places"],
        [
            Field(places=tuple(places), base=base, unit=unit, proved=proved)
            for places, base, unit, proved in data["fields"]
        ],
        [
            Dependent(place=place, value=value, others=tuple((p, w) for p, w in others))
            for place, value, others in data["dependents"]
        ],
        data["groups"],
    )
