"""The product of a network of machines: its reachable states, breadth first."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fsm.machine import Machine, Network
from transition_systems.budget import Budget
from transition_systems.lts import FINAL, LTS, TAU, TAU_NAME, TICK_NAME
from transition_systems.progress import Progress, ProgressCallback

__all__ = ["NetworkProduct", "network_product"]

Row = bytes | tuple[int, ...]
Test = tuple[int, tuple[int, ...]]
Change = tuple[int, tuple[int, ...], frozenset[int]]
Compiled = tuple[int, tuple[Test, ...], tuple[Change, ...]]

_ASK = 1024
_BYTES_FOR_A_STATE = 160
_BYTES_FOR_AN_ARC = 110


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkProduct:
    """The states of a network that were found.

    Parameters
    ----------
    lts
        State 0 is the initial one; states in breadth-first order. ``state_of`` gives the local
        state of each machine by name. States that were not expanded have no arcs.
    states
        Integers (n_states, n_machines): the index of the local state of each machine.
    complete
        Whether all reachable states and arcs are there.
    reason
        Why not, otherwise.
    violation
        The machine that entered a forbidden state, and the name of the vector by which it did.
    """

    lts: LTS
    states: NDArray[np.int64]
    complete: bool
    reason: str | None = None
    violation: tuple[str, str] | None = None


class _Compiled:
    """A network as tables: for each machine and local state, the vectors worth a try."""

    def __init__(self, network: Network) -> None:
        self.machines = network.machines
        sizes = [len(machine.state_names) for machine in network.machines]
        self.pack: Callable[[Iterable[int]], Row] = bytes if max(sizes, default=0) < 256 else tuple
        place = {machine.name: i for i, machine in enumerate(network.machines)}
        self.labels = (TAU_NAME, TICK_NAME, *(x for x in network.labels if x not in _RESERVED))
        label_of = {name: i for i, name in enumerate(self.labels)}
        actions = [_actions(machine) for machine in network.machines]
        forbidden = [_forbidden(machine) for machine in network.machines]
        self.index: list[list[list[int]]] = [[[] for _ in range(size)] for size in sizes]
        self.always: list[int] = []
        self.vectors: list[Compiled] = []
        for number, vector in enumerate(network.vectors):
            tests: list[Test] = []
            changes: list[Change] = []
            best: tuple[int, int, tuple[int, ...]] | None = None
            for name, local in vector.parts:
                machine = place[name]
                moves = _composed([actions[machine][action] for action in local], sizes[machine])
                if moves == tuple(range(sizes[machine])):
                    continue
                if all(target in (-1, at) for at, target in enumerate(moves)):
                    tests.append((machine, moves))
                else:
                    bad = forbidden[machine].intersection(moves)
                    changes.append((machine, moves, frozenset(bad)))
                open_in = sum(target >= 0 for target in moves)
                at_rest = moves[_start(network.machines[machine])] >= 0
                if open_in < sizes[machine]:
                    rank = open_in + (sizes[machine] if at_rest else 0)
                    if best is None or rank < best[0]:
                        best = (rank, machine, moves)
            label = TAU if vector.label is None else label_of.get(vector.label, TAU)
            self.vectors.append((label, tuple(tests), tuple(changes)))
            if best is None:
                self.always.append(number)
            else:
                _, machine, moves = best
                for at, target in enumerate(moves):
                    if target >= 0:
                        self.index[machine][at].append(number)

    def initial(self) -> Row:
        return self.pack(_start(machine) for machine in self.machines)


_RESERVED = (TAU_NAME, TICK_NAME)


def _start(machine: Machine) -> int:
    """Return the index of the initial local state."""
    return machine.state_names.index(machine.initial)


def _forbidden(machine: Machine) -> frozenset[int]:
    return frozenset(i for i, name in enumerate(machine.state_names) if name in machine.forbidden)


def _actions(machine: Machine) -> dict[str, list[int]]:
    place = {name: i for i, name in enumerate(machine.state_names)}
    tables: dict[str, list[int]] = {}
    for source, action, target in machine.transitions:
        table = tables.setdefault(action, [-1] * len(place))
        table[place[source]] = place[target]
    return tables


def _composed(tables: Sequence[Sequence[int]], size: int) -> tuple[int, ...]:
    result = list(range(size))
    for table in tables:
        result = [table[at] if at >= 0 else -1 for at in result]
    return tuple(result)


def network_product(
    network: Network,
    *,
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
) -> NetworkProduct:
    """Enumerate the reachable states of a network, breadth first.

    Parameters
    ----------
    network
        The machines and their vectors.
    budget, progress
        Limits and a callback, asked and told every 1024 states
        (the number of states at each).

    Returns
    -------
    NetworkProduct
        Incomplete, with the reason, when the budget ends or a forbidden state is entered.

    Notes
    -----
    Vectors are indexed by the local state of their most selective machine, so that a state looks
    only at vectors that have a chance: O(n (p + c)) for n states, p machines and c candidates.

    Examples
    --------
    >>> from fsm.machine import Vector
    >>> lamp = Machine(name="lamp", states=["off", "on"], initial="off",
    ...                transitions=[("off", "press", "on"), ("on", "press", "off")])
    >>> press = Vector(name="press", label="press", parts=(("lamp", ("press",)),))
    >>> found = network_product(Network(machines=(lamp,), vectors=(press,)))
    >>> list(found.lts.arcs()), found.lts.state_of(1)
    ([(0, 'press', 1), (1, 'press', 0)], {'lamp': 'on'})
    """
    meter = (budget or Budget()).start()
    tables = _Compiled(network)
    pack, index, vectors, always = tables.pack, tables.index, tables.vectors, tables.always
    first = tables.initial()
    order: list[Row] = [first]
    number: dict[Row, int] = {first: 0}
    sources: list[int] = []
    labels: list[int] = []
    targets: list[int] = []
    reason: str | None = None
    violation: tuple[str, str] | None = None
    limit = None if budget is None else budget.states
    most = sys.maxsize if limit is None else limit
    at = 0
    while at < len(order) and violation is None:
        if at % _ASK == 0 or len(order) > most:
            used = _BYTES_FOR_A_STATE * len(order) + _BYTES_FOR_AN_ARC * len(sources)
            reason = meter.exhausted(states=len(order), bytes=used)
            if progress is not None:
                progress(
                    Progress(
                        stage="product of machines", states=len(order), frontier=len(order) - at,
                        arcs=len(sources), seconds=meter.seconds, bytes=used,
                    )
                )  # fmt: skip
            if reason is not None:
                break
        state = order[at]
        candidates = list(always)
        for table, local in zip(index, state, strict=True):
            if table[local]:
                candidates += table[local]
        for candidate in candidates:
            label, tests, changes = vectors[candidate]
            new = _fired(state, tests, changes)
            if new is None:
                continue
            bad = next((m for m, _, never in changes if never and new[m] in never), None)
            if bad is not None:
                violation = (network.machines[bad].name, network.vectors[candidate].name)
                break
            row = pack(new)
            target = number.get(row)
            if target is None:
                target = number[row] = len(order)
                order.append(row)
            sources.append(at)
            labels.append(label)
            targets.append(target)
        at += 1
    if violation is not None:
        reason = f"machine {violation[0]!r} entered a forbidden state by {violation[1]!r}"
    lts, states = _system(network, tables.labels, order, sources, labels, targets)
    return NetworkProduct(
        lts=lts, states=states, complete=reason is None, reason=reason, violation=violation
    )


def _fired(state: Row, tests: tuple[Test, ...], changes: tuple[Change, ...]) -> list[int] | None:
    for machine, moves in tests:
        if moves[state[machine]] < 0:
            return None
    for machine, moves, _ in changes:
        if moves[state[machine]] < 0:
            return None
    new = list(state)
    for machine, moves, _ in changes:
        new[machine] = moves[new[machine]]
    return new


def _system(
    network: Network,
    label_names: Sequence[str],
    order: Sequence[Row],
    sources: Sequence[int],
    labels: Sequence[int],
    targets: Sequence[int],
) -> tuple[LTS, NDArray[np.int64]]:
    machines = network.machines
    rows = [list(row) for row in order]
    states = np.array(rows, dtype=np.int64).reshape(len(order), len(machines))
    final = np.ones(len(order), dtype=np.bool_)
    for column, machine in enumerate(machines):
        done = np.array([name in machine.final for name in machine.state_names], dtype=np.bool_)
        final &= done[states[:, column]]
    names = [(machine.name, machine.state_names) for machine in machines]

    def state_of(state: int) -> dict[str, str]:
        return {
            name: local[int(states[state, column])] for column, (name, local) in enumerate(names)
        }

    lts = LTS.from_arrays(
        len(order),
        np.array(sources, dtype=np.int64),
        np.array(labels, dtype=np.int32),
        np.array(targets, dtype=np.int64),
        label_names=label_names,
        atoms={FINAL: final},
        state_of=state_of,
    )
    return lts, states
