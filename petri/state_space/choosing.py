"""State spaces by whichever engine answers first: explicit, then symbolic, in turns."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, overload

from petri.net import PetriNet
from petri.state_space.exploring_packed import state_space as listed_state_space
from petri.state_space.space import StateSpace
from petri.state_space.symbolic.exploring_symbolic import symbolic_state_space
from petri.state_space.symbolic.symbolic_space import SymbolicSpace
from transition_systems.budget import Budget
from transition_systems.errors import UnlistedError, UsageError
from transition_systems.progress import ProgressCallback

__all__ = ["METHODS", "state_space"]

METHODS = ("auto", "explicit", "symbolic")
# Most states of the explicit engine, then seconds of the symbolic one, which has at most this
# share of the time that is left; at last the explicit engine has the rest.
TURNS = ((200_000, 5.0, 0.5), (5_000_000, 1800.0, 0.6))
# Most seconds of the explicit engine in its first turn.
FIRST_SECONDS = 5.0
# The levels of a search still grow where the last one has this share of the largest.
GROWING = 0.8
ASKED = "this method was asked for"


@overload
def state_space(
    net: PetriNet, *, method: Literal["explicit"], budget: Budget | None = None,
    progress: ProgressCallback | None = None, spill: str | Path | None = None,
) -> StateSpace: ...  # fmt: skip
@overload
def state_space(
    net: PetriNet, *, method: Literal["symbolic"], budget: Budget | None = None,
    progress: ProgressCallback | None = None, spill: None = None,
) -> SymbolicSpace: ...  # fmt: skip
@overload
def state_space(
    net: PetriNet, *, method: str = "auto", budget: Budget | None = None,
    progress: ProgressCallback | None = None, spill: str | Path | None = None,
) -> StateSpace | SymbolicSpace: ...  # fmt: skip
def state_space(
    net: PetriNet,
    *,
    method: str = "auto",
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
    spill: str | Path | None = None,
) -> StateSpace | SymbolicSpace:
    """Compute the reachable markings of a net, listed or as a decision diagram.

    Parameters
    ----------
    net
        Any place/transition net. One that turns out to be unbounded is answered with a pump.
    method
        ``"explicit"``, ``"symbolic"``, or ``"auto"``: the explicit engine gets a number of states
        and a few seconds; where its levels still grow then, or the seconds are over, the symbolic
        one gets some seconds, in turns with growing shares.
    budget, progress
        Limits and a callback. When the budget ends, the space is partial (``complete=False``).
    spill
        A folder for the levels of the explicit engine, which ``"auto"`` then means.

    Returns
    -------
    StateSpace or SymbolicSpace
        Both have the figures of the space under the same names; of a budget that ended, what the
        explicit engine found. ``engine`` says which one answered, and ``why`` for what reason.

    Raises
    ------
    UsageError
        For an unknown method, for ``"symbolic"`` with a folder or without its library, and when a
        counter needs more than 62 bits.

    Notes
    -----
    The explicit engine takes time and memory for each state and arc, the symbolic one for each
    node of the diagram. What the turns repeat is a small part of the whole, as they grow.

    Examples
    --------
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [3, 0])
    >>> space = state_space(net)
    >>> space
    <StateSpace of 4 states, 3 arcs, complete>
    >>> space.engine, space.why
    ('explicit', 'all states were listed before there were 200,000')
    >>> state_space(net, method="symbolic").n_states
    4
    """
    if method not in METHODS:
        raise UsageError(f"there is no method {method!r}; there are {', '.join(METHODS)}")
    limit = (budget or Budget()).fixed()
    if method == "symbolic":
        if spill is not None:
            raise UsageError("a folder for the levels of the search is for the explicit engine")
        return symbolic_state_space(net, budget=limit, progress=progress)
    why = ASKED if method == "explicit" else "a folder for the levels was given"
    if method == "auto" and spill is None:
        answer, why = _in_turns(net, limit, progress)
        if answer is not None:
            answer.why = why
            return answer
    space = listed_state_space(net, budget=limit, progress=progress, spill=spill)
    space.why = why
    return space


def _in_turns(
    net: PetriNet, limit: Budget, progress: ProgressCallback | None
) -> tuple[StateSpace | SymbolicSpace | None, str]:
    """Return the first answer, if there is one before all turns are over; and why that is it."""
    drawn: SymbolicSpace | None = None
    for states, seconds, part in TURNS:
        if limit.states is not None and limit.states <= states:
            return None, "no more states were allowed than the explicit engine lists at once"
        first = FIRST_SECONDS if states == TURNS[0][0] else None
        share = Budget(states=states, seconds=first, bytes=limit.bytes, deadline=limit.deadline)
        try:
            listed = listed_state_space(net, budget=share, progress=progress)
        except UnlistedError as error:
            return symbolic_state_space(net, budget=limit, progress=progress), str(error)
        if listed.complete:
            return listed, f"all states were listed before there were {states:,}"
        if listed.unbounded:
            return listed, f"the explicit engine met a pump before {states:,} states"
        if limit.remaining() == 0.0:
            tried = f"; the symbolic engine: {drawn.reason}" if drawn is not None else ""
            return listed, f"the time was used up at {listed.n_states:,} listed states{tried}"
        late = first is not None and listed.n_states <= states
        if not late and not _growing(listed):
            continue
        left = limit.remaining()
        some = seconds if left is None else min(seconds, part * left)
        try:
            drawn = symbolic_state_space(
                net, budget=Budget(seconds=some, bytes=limit.bytes), progress=progress
            )
        except UsageError as error:
            return None, f"the symbolic engine cannot be used: {error}"
        if drawn.complete or drawn.unbounded:
            done = "the diagram was closed" if drawn.complete else "a pump was found"
            how = "and the first turn was over" if late else "in growing levels"
            return drawn, f"{done} when {listed.n_states:,} states were listed, {how}"
    return None, "the symbolic engine did not come to an end in its turns"


def _growing(space: StateSpace) -> bool:
    """Return whether the levels of a partial search still grow, so that its end is not near."""
    sizes = [level.shape[1] for level in space.levels]
    return len(sizes) < 3 or max(sizes[-3:]) >= GROWING * max(sizes)
