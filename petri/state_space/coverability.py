"""Coverability graphs (Karp and Miller, 1969) and pumps.

A node is a marking in which some places are unboundedly full (omega). The graph is finite for
every place/transition net; a place is unbounded if and only if some node has omega there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from petri.arguments import require_arguments
from petri.marking import Marking
from petri.net import PetriNet
from petri.state_space.omega_firing import OMEGA, OmegaFiring, Row
from transition_systems.budget import Budget
from transition_systems.errors import UnlistedError
from transition_systems.progress import Progress, ProgressCallback
from transition_systems.run import Lasso

__all__ = ["OMEGA", "CoverabilityGraph", "coverability_graph", "find_pump"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverabilityGraph:
    """The nodes of a Karp-Miller graph.

    Parameters
    ----------
    net
        The net.
    nodes
        int64, shape (n_nodes, n_places); ``OMEGA`` stands for any number of tokens.
    arcs
        int64, shape (n_arcs, 3): source, transition, target.
    pump
        A run and a pump that shows unboundedness, or ``None`` if no place is unbounded.
    complete, reason
        Whether the construction ended, and why not.
    """

    net: PetriNet
    nodes: NDArray[np.int64]
    arcs: NDArray[np.int64]
    pump: Lasso | None
    complete: bool
    reason: str | None

    @property
    def unbounded_places(self) -> tuple[str, ...]:
        """Ids of the places that have omega in some node."""
        columns = np.atleast_1d((self.nodes >= OMEGA).any(axis=0)).tolist()
        return tuple(p for p, hit in zip(self.net.place_ids, columns, strict=True) if hit)

    @property
    def bounds(self) -> dict[str, int | None]:
        """The least bound of each place, ``None`` for an unbounded one."""
        top = self.nodes.max(axis=0)
        return {
            p: None if bound >= OMEGA else int(bound)
            for p, bound in zip(self.net.place_ids, top, strict=True)
        }

    def covers(self, marking: Marking) -> bool:
        """Return whether some reachable marking is at least as large as the given one."""
        wanted = marking.to_array(self.net.place_ids)
        return bool((self.nodes >= wanted).all(axis=1).any())


def coverability_graph(
    net: PetriNet,
    *,
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
) -> CoverabilityGraph:
    """Build the Karp-Miller coverability graph of a net.

    Parameters
    ----------
    net
        Any place/transition net.
    budget, progress
        Limits and a callback.

    Returns
    -------
    CoverabilityGraph
        With a pump if a place is unbounded.

    Raises
    ------
    UnlistedError
        For 2**62 tokens in a place, at the start or after some firings.

    Notes
    -----
    Terminates for every net; the size is not bounded by any primitive recursive function.
    R. M. Karp, R. E. Miller: Parallel program schemata. JCSS 3, 1969.

    Examples
    --------
    >>> from petri import PetriNet
    >>> net = PetriNet.from_arrays([[1], [0]], [[1], [1]], [1, 0])
    >>> coverability_graph(net).unbounded_places
    ('p2',)
    """
    return _karp_miller(net, budget, progress, first_pump=False)


def find_pump(
    net: PetriNet, *, budget: Budget | None = None, progress: ProgressCallback | None = None
) -> Lasso | None:
    """Search depth first for a run and a pump; ``None`` says nothing when the budget ended.

    It also says nothing where a place gets 2**62 tokens.

    Examples
    --------
    >>> from petri import PetriNet
    >>> net = PetriNet.from_arrays([[1], [0]], [[1], [1]], [1, 0])
    >>> find_pump(net).actions
    ('t1',)
    """
    try:
        return _karp_miller(net, budget, progress, first_pump=True).pump
    except UnlistedError:
        return None


def _karp_miller(
    net: PetriNet,
    budget: Budget | None,
    progress: ProgressCallback | None,
    *,
    first_pump: bool,
) -> CoverabilityGraph:
    require_arguments(net, budget=budget, progress=progress)
    meter = (budget or Budget()).start()
    game = OmegaFiring(net)
    first = net.initial.to_array(net.place_ids)
    nodes: list[Row] = [first]
    numbers = {first.tobytes(): 0}
    arcs: list[tuple[int, int, int]] = []
    pump: Lasso | None = None
    reason: str | None = None
    depth_rows = np.empty((64, len(first)), dtype=np.int64)
    depth_rows[0] = first
    path: list[tuple[int, int]] = []
    stack: list[tuple[int, int, list[int]]] = [(0, 0, _choices(game, first))]
    while stack:
        node, depth, choices = stack[-1]
        if not choices:
            stack.pop()
            if path:
                path.pop()
            continue
        transition = choices.pop()
        if len(arcs) % 64 == 63 and meter.out_of_time():
            reason = meter.exhausted(states=len(nodes), bytes=len(nodes) * first.nbytes)
            break
        row = game.fire(nodes[node], transition)
        ancestors = depth_rows[: depth + 1]
        below = np.flatnonzero((ancestors <= row).all(axis=1) & (ancestors != row).any(axis=1))
        if len(below) and pump is None and not (row >= OMEGA).any():
            start = int(below[-1])
            pump = _lasso(net, [t for t, _ in path] + [transition], start)
            if first_pump:
                break
        if len(below):
            row = np.where((ancestors[below] < row).any(axis=0), OMEGA, row)
        key = row.tobytes()
        known = numbers.get(key)
        if known is not None:
            arcs.append((node, transition, known))
            continue
        number = len(nodes)
        numbers[key] = number
        nodes.append(row)
        arcs.append((node, transition, number))
        path.append((transition, number))
        if depth + 1 == len(depth_rows):
            depth_rows = np.concatenate((depth_rows, np.empty_like(depth_rows)))
        depth_rows[depth + 1] = row
        stack.append((number, depth + 1, _choices(game, row)))
        if number % 16 == 0:
            reason = meter.exhausted(states=number, bytes=number * row.nbytes)
            if progress is not None:
                progress(
                    Progress(
                        stage="coverability", states=number, frontier=depth,
                        arcs=len(arcs), seconds=meter.seconds,
                    )
                )  # fmt: skip
            if reason is not None:
                break
    numbers.clear()  # so that there is room for the arrays
    return CoverabilityGraph(
        net=net,
        nodes=np.array(nodes, dtype=np.int64).reshape(len(nodes), len(first)),
        arcs=np.array(arcs, dtype=np.int64).reshape(len(arcs), 3),
        pump=pump,
        complete=reason is None and not (first_pump and pump is not None),
        reason=reason,
    )


def _choices(game: OmegaFiring, row: Row) -> list[int]:
    return [int(t) for t in game.enabled(row)[::-1]]


def _lasso(net: PetriNet, transitions: list[int], start: int) -> Lasso:
    """Replay the path as a lasso whose cycle is the pump."""
    run = net.run(net.initial, transitions)
    return Lasso(initial=run.initial, steps=run.steps, loop_start=start)
