"""Operations on transition systems: renaming, hiding, union, restriction, networkx."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transition_systems.csr import require, spread
from transition_systems.lts import FINAL, LTS, TAU_NAME, TICK_NAME, Arc
from transition_systems.state_vectors import states_taken

__all__ = [
    "disjoint_union",
    "from_networkx",
    "hide",
    "reachable",
    "reachable_states",
    "relabel",
    "restrict",
    "same_labels",
    "to_networkx",
    "with_atoms",
]

Bools = NDArray[np.bool_]
Indices = NDArray[np.int64]


def relabel(lts: LTS, rename: Callable[[str], str | None]) -> LTS:
    """Return the system with each visible label renamed.

    Parameters
    ----------
    lts
        The system.
    rename
        Gives for each label name except tau the new name, ``None`` for silent.

    Returns
    -------
    LTS
        The same states; labels that become equal are one.

    Examples
    --------
    >>> list(relabel(LTS.from_arcs(1, [(0, "a", 0)]), str.upper).arcs())
    [(0, 'A', 0)]
    """
    new: list[str] = [TAU_NAME]
    for name in lts.label_names[1:]:
        renamed = rename(name)
        new.append(TAU_NAME if renamed is None else renamed)
    used = {new[label] for label in np.unique(lts.labels)}
    names = (TAU_NAME, TICK_NAME, *sorted(used - {TAU_NAME, TICK_NAME}))
    index = {name: i for i, name in enumerate(names)}
    table = np.array([index.get(name, 0) for name in new], dtype=np.int32)
    return LTS(
        offsets=lts.offsets,
        labels=table[lts.labels],
        targets=lts.targets,
        label_names=names,
        initial=lts.initial,
        atoms=lts.atoms,
        state_of=lts.state_of,
    )


def hide(lts: LTS, labels: Iterable[str]) -> LTS:
    """Return the system with these labels silent; names that do not occur are ignored.

    Examples
    --------
    >>> list(hide(LTS.from_arcs(1, [(0, "a", 0)]), ["a"]).arcs())
    [(0, None, 0)]
    """
    hidden = frozenset(labels)
    keep = (lambda name: None if name in hidden else name) if hidden else _same
    return relabel(lts, keep)


def _same(name: str) -> str:
    return name


def same_labels(a: LTS, b: LTS) -> tuple[tuple[str, ...], NDArray[np.int32], NDArray[np.int32]]:
    """Return common label names, and the label arrays of both systems in terms of them."""
    names = (*a.label_names[:2], *sorted({*a.label_names[2:], *b.label_names[2:]}))
    index = {name: i for i, name in enumerate(names)}
    of_a = np.array([index[name] for name in a.label_names], dtype=np.int32)
    of_b = np.array([index[name] for name in b.label_names], dtype=np.int32)
    return names, of_a[a.labels], of_b[b.labels]


def disjoint_union(a: LTS, b: LTS) -> LTS:
    """Return both systems side by side: the states of ``a`` first, then those of ``b``.

    The initial states are those of both; an atom that one of them lacks is false there.

    Parameters
    ----------
    left, right, a, b
        The two systems.

    Returns
    -------
    LTS

    Examples
    --------
    >>> disjoint_union(LTS.from_arcs(1), LTS.from_arcs(2, initial=[1])).initial.tolist()
    [0, 2]
    """
    names, labels_a, labels_b = same_labels(a, b)
    n = a.n_states
    atoms: dict[str, Bools] = {}
    for name in {*a.atoms, *b.atoms}:
        left = a.atoms.get(name, np.zeros(n, dtype=np.bool_))
        right = b.atoms.get(name, np.zeros(b.n_states, dtype=np.bool_))
        atoms[name] = np.concatenate((left, right))
    return LTS(
        offsets=np.concatenate((a.offsets, b.offsets[1:] + a.n_arcs)),
        labels=np.concatenate((labels_a, labels_b)),
        targets=np.concatenate((a.targets, b.targets + n)),
        label_names=names,
        initial=np.concatenate((a.initial, b.initial + n)),
        atoms=atoms,
    )


def with_atoms(lts: LTS, names: Iterable[str]) -> LTS:
    """Return the system with only ``final`` and these atoms; one that it lacks is false.

    Examples
    --------
    >>> sorted(with_atoms(LTS.from_arcs(1, atoms={"p": [True]}), ["q"]).atoms)
    ['final', 'q']
    """
    nowhere = np.zeros(lts.n_states, dtype=np.bool_)
    return LTS.from_canonical(
        lts.offsets,
        lts.labels,
        lts.targets,
        lts.label_names,
        initial=lts.initial,
        atoms={name: lts.atoms.get(name, nowhere) for name in (*names, FINAL)},
        state_of=lts.state_of,
    )


def reachable_states(lts: LTS, start: Indices | None = None) -> Bools:
    """Return which states some run from the start (default: the initial states) reaches, bool (n,).

    Breadth-first; time and memory linear in states and arcs.
    """
    seen = np.zeros(lts.n_states, dtype=np.bool_)
    frontier = lts.initial if start is None else np.unique(start)
    seen[frontier] = True
    spread(lts.offsets, lts.targets, frontier, seen)
    return seen


def restrict(lts: LTS, keep: Bools) -> LTS:
    """Return the part of a system on the states of ``keep``, bool (n,), in the old order."""
    require(keep.shape == (lts.n_states,), "keep must have one value for each state")
    old = np.flatnonzero(keep).astype(np.int64)
    new = np.cumsum(keep, dtype=np.int64) - 1
    sources = lts.sources
    inside = keep[sources] & keep[lts.targets]
    return LTS.from_arrays(
        len(old),
        new[sources[inside]],
        lts.labels[inside],
        new[lts.targets[inside]],
        label_names=lts.label_names,
        initial=new[lts.initial[keep[lts.initial]]],
        atoms={name: flags[old] for name, flags in lts.atoms.items()},
        state_of=states_taken(lts.state_of, old),
    )


def reachable(lts: LTS) -> LTS:
    """Return the part of a system that its initial states reach.

    Examples
    --------
    >>> reachable(LTS.from_arcs(3, [(0, "a", 2), (1, "b", 2)])).n_states
    2
    """
    return restrict(lts, reachable_states(lts))


def to_networkx(lts: LTS) -> Any:
    """Return a ``networkx.MultiDiGraph``: nodes are indices, arcs carry ``label``.

    Nodes carry ``initial`` and one boolean for each atom; the graph carries ``label_names`` and
    ``atoms`` (their names), so that :func:`from_networkx` gives an equal system.

    Raises
    ------
    UsageError
        When an atom is called ``initial``.

    Examples
    --------
    >>> from_networkx(to_networkx(LTS.from_arcs(1, [(0, "a", 0)]))).n_arcs
    1
    """
    networkx = importlib.import_module("networkx")
    require("initial" not in lts.atoms, "an atom called 'initial' has no place in such a graph")
    graph = networkx.MultiDiGraph(label_names=list(lts.label_names), atoms=list(lts.atoms))
    starts = set(lts.initial.tolist())
    for state in range(lts.n_states):
        flags = {name: bool(values[state]) for name, values in lts.atoms.items()}
        graph.add_node(state, **{"initial": state in starts, **flags})
    for source, label, target in lts.arcs():
        graph.add_edge(source, target, label=label)
    return graph


def from_networkx(graph: Any) -> LTS:
    """Build a system from a directed graph of networkx.

    Parameters
    ----------
    graph
        Any nodes, numbered in the graph's order; arcs may carry ``label`` (without one they are
        silent), nodes ``initial`` and booleans that become atoms. Where no node says anything
        about ``initial``, the first one is.

    Returns
    -------
    LTS
        ``state_of`` gives the graph's nodes.

    Raises
    ------
    UsageError
        When the graph is not directed.
    """
    require(bool(graph.is_directed()), "a transition system is a directed graph")
    nodes = list(graph.nodes)
    index = {node: i for i, node in enumerate(nodes)}

    def arcs() -> Iterator[Arc]:
        for source, target, label in graph.edges(data="label"):
            yield index[source], None if label is None else str(label), index[target]

    atoms: dict[str, Bools] = {
        name: np.zeros(len(nodes), dtype=np.bool_) for name in graph.graph.get("atoms", ())
    }
    starts: list[int] = []
    said = False
    for node, data in graph.nodes(data=True):
        for name, value in data.items():
            if name == "initial":
                said = True
                starts.extend([index[node]] if value else [])
            elif isinstance(value, (bool, np.bool_)):
                atoms.setdefault(name, np.zeros(len(nodes), dtype=np.bool_))[index[node]] = value
    marked = np.flatnonzero(atoms.pop(FINAL, np.zeros(len(nodes), dtype=np.bool_)))
    lts = LTS.from_arcs(
        len(nodes),
        arcs(),
        initial=starts if said or not nodes else [0],
        final=marked.tolist(),
        atoms=atoms,
        state_of=nodes.__getitem__,
    )
    return _with_names(lts, graph.graph.get("label_names", ()))


def _with_names(lts: LTS, names: Iterable[str]) -> LTS:
    """Return the system with these names for labels, in this order, where they cover its own."""
    wanted = tuple(names)
    if wanted == lts.label_names or not {*lts.label_names} <= {*wanted}:
        return lts
    index = {name: i for i, name in enumerate(wanted)}
    table = np.array([index[name] for name in lts.label_names], dtype=np.int32)
    return LTS(
        offsets=lts.offsets,
        labels=table[lts.labels],
        targets=lts.targets,
        label_names=wanted,
        initial=lts.initial,
        atoms=lts.atoms,
        state_of=lts.state_of,
    )
