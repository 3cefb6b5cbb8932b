"""Arguments that decision procedures share: what is no net or no budget is one clear error."""

from __future__ import annotations

from collections.abc import Iterable
from operator import index
from typing import SupportsIndex

import numpy as np

from petri.net import PetriNet
from transition_systems.budget import Budget
from transition_systems.errors import UsageError

__all__ = ["listed_places", "require_arguments", "whole_number"]


def require_arguments(
    net: object, *, budget: object = None, seed: object = None, progress: object = None
) -> None:
    """Refuse what is no net, no budget, no seed or no callback.

    Parameters
    ----------
    net
        A net.
    budget
        A budget or ``None``.
    seed
        A whole number that is not negative, or ``None``.
    progress
        A callable or ``None``.

    Raises
    ------
    UsageError
        With how it is written.

    Examples
    --------
    >>> require_arguments(PetriNet(places=["p"], transitions=[]), budget=5)
    Traceback (most recent call last):
    ...
    transition_systems.errors.UsageError: 5 is no budget; five seconds are Budget(seconds=5)
    """
    if not isinstance(net, PetriNet):
        mend = "; a file is read by petri.read_pnml" if isinstance(net, str | bytes) else ""
        raise UsageError(f"{net!r:.60} is no PetriNet{mend}")
    if budget is not None and not isinstance(budget, Budget):
        raise UsageError(f"{budget!r:.60} is no budget; five seconds are Budget(seconds=5)")
    refused = f"{seed!r:.60} is no seed: a whole number from 0 on"
    if seed is not None and whole_number(seed, refused) < 0:
        raise UsageError(refused)
    if progress is not None and not callable(progress):
        raise UsageError(f"{progress!r:.60} cannot be called with the progress")


def whole_number(value: object, refused: str) -> int:
    """Return a whole number, of Python or of numpy, as an int; a truth is none.

    Raises
    ------
    UsageError
        With the sentence that is given, where it is no whole number.

    Examples
    --------
    >>> whole_number(2.0, "2.0 is no bound")
    Traceback (most recent call last):
    ...
    transition_systems.errors.UsageError: 2.0 is no bound
    """
    if isinstance(value, SupportsIndex) and not isinstance(value, bool | np.bool_):
        try:
            return index(value)
        except TypeError:  # an array of several numbers
            raise UsageError(refused) from None
    raise UsageError(refused)


def listed_places(net: PetriNet, places: object) -> tuple[str, ...]:
    """Return places that are asked for, once each.

    Parameters
    ----------
    net
        The net.
    places
        A list, or another iterable, of ids.

    Returns
    -------
    tuple of str

    Raises
    ------
    UsageError
        For what is no list of places of the net.

    Examples
    --------
    >>> net = PetriNet(places=["p"], transitions=[])
    >>> listed_places(net, ["p", "p"])
    ('p',)
    >>> listed_places(net, 5)
    Traceback (most recent call last):
    ...
    transition_systems.errors.UsageError: the places are asked for as a list, not as 5
    """
    if isinstance(places, str | bytes) or not isinstance(places, Iterable):
        kind = "the text " if isinstance(places, str) else ""
        raise UsageError(f"the places are asked for as a list, not as {kind}{places!r:.60}")
    found: dict[str, None] = {}
    for place in places:
        net.place_index(place)
        found[place] = None
    return tuple(found)
