"""State spaces by whichever engine answers first: explicit, then symbolic, in turns."""

from __future__ import annotations

from pathlib import Path

from petri.net import PetriNet
from petri.state_space.exploring_packed import state_space
from petri.state_space.space import StateSpace
from petri.state_space.symbolic.exploring_symbolic import symbolic_state_space
from petri.state_space.symbolic.symbolic_space import SymbolicSpace
from transition_systems.budget import Budget
from transition_systems.errors import UsageError
from transition_systems.progress import ProgressCallback

__all__ = ["ENGINES", "any_state_space"]

ENGINES = ("auto", "explicit", "symbolic")
# Most states of the explicit engine, then seconds of the symbolic one; at last the whole budget.
TURNS = ((200_000, 10.0), (5_000_000, 120.0), (100_000_000, 1800.0))


def any_state_space(
    net: PetriNet,
    *,
    engine: str = "auto",
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
    spill: str | Path | None = None,
) -> StateSpace | SymbolicSpace:
    """Compute the reachable markings of a net, listed or as a decision diagram.

    Parameters
    ----------
    net
        Any place/transition net.
    engine
        ``"explicit"``, ``"symbolic"``, or ``"auto"``: the explicit engine gets a number of states,
        and where there are more the symbolic one some seconds, in turns with growing shares.
    budget, progress
        Limits and a callback.
    spill
        A folder for the explicit engine, which ``"auto"`` then means.

    Returns
    -------
    StateSpace or SymbolicSpace
        Both have the figures of the space under the same names; of a budget that ended, what the
        explicit engine found.

    Raises
    ------
    UsageError
        For an unknown engine, or for ``"symbolic"`` with a folder or without its library.

    Examples
    --------
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [3, 0])
    >>> any_state_space(net)
    <StateSpace of 4 states, 3 arcs, complete>
    >>> any_state_space(net, engine="symbolic").n_states
    4
    """
    if engine not in ENGINES:
        raise UsageError(f"there is no engine {engine!r}; there are {', '.join(ENGINES)}")
    if engine == "symbolic":
        if spill is not None:
            raise UsageError("a folder for the levels of the search is for the explicit engine")
        return symbolic_state_space(net, budget=budget, progress=progress)
    limit = (budget or Budget()).fixed()
    if engine == "auto" and spill is None:
        for states, seconds in TURNS:
            if limit.states is not None and limit.states <= states:
                break
            share = Budget(states=states, bytes=limit.bytes, deadline=limit.deadline)
            listed = state_space(net, budget=share, progress=progress)
            if listed.complete or listed.unbounded or limit.remaining() == 0.0:
                return listed
            left = limit.remaining()
            # The explicit engine keeps half of the time that is left.
            some = seconds if left is None else min(seconds, left / 2)
            try:
                drawn = symbolic_state_space(
                    net, budget=Budget(seconds=some, bytes=limit.bytes), progress=progress
                )
            except UsageError:
                break
            if drawn.complete or drawn.unbounded:
                return drawn
    return state_space(net, budget=limit, progress=progress, spill=spill)
