"""Labelled transition systems as arrays: the common semantics of nets, terms and machines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from transition_systems.csr import canonical_arcs, csr_order, frozen, require, within

__all__ = ["FINAL", "LTS", "TAU", "TAU_NAME", "TICK", "TICK_NAME", "Arc"]

TAU = 0
TICK = 1
TAU_NAME = "tau"
TICK_NAME = "✓"
FINAL = "final"

Arc = tuple[int, str | None, int]
Indices = NDArray[np.int64]
Labels = NDArray[np.int32]
Bools = NDArray[np.bool_]


class LTS:
    """A finite labelled transition system in compressed sparse rows; immutable.

    The arcs of state ``i`` are ``labels[k], targets[k]`` for ``offsets[i] <= k < offsets[i + 1]``,
    sorted by label and target, each once. Label 0 is the silent ``tau``, label 1 is CSP's tick.
    ``==`` and ``hash`` are by content: arcs, label names, initial states and atoms.

    Parameters
    ----------
    offsets, labels, targets
        int64 (n + 1,), int32 (m,) and int64 (m,).
    label_names
        The names of the labels; the first two are ``"tau"`` and ``"✓"``.
    initial
        The initial states, int64; sorted, each once.
    atoms
        Named booleans of the states, bool (n,); ``final`` is always there.
    state_of
        Gives the model's own state for an index; no part of ``==``.

    Raises
    ------
    UsageError
        When the arrays do not fit together.

    Examples
    --------
    >>> lts = LTS.from_arcs(3, [(0, "a", 1), (0, None, 2)], final=[1])
    >>> lts
    <LTS: 3 states, 2 arcs, 1 label, 1 initial, 1 final>
    >>> list(lts.arcs())
    [(0, None, 2), (0, 'a', 1)]
    """

    __slots__ = (
        "_backward",
        "_digest",
        "atoms",
        "initial",
        "label_names",
        "labels",
        "offsets",
        "state_of",
        "targets",
    )

    offsets: Indices
    labels: Labels
    targets: Indices
    initial: Indices
    label_names: tuple[str, ...]
    atoms: Mapping[str, Bools]
    state_of: Callable[[int], Any] | None

    def __init__(
        self,
        *,
        offsets: ArrayLike,
        labels: ArrayLike,
        targets: ArrayLike,
        label_names: Sequence[str] = (TAU_NAME, TICK_NAME),
        initial: ArrayLike = (0,),
        atoms: Mapping[str, ArrayLike] | None = None,
        state_of: Callable[[int], Any] | None = None,
    ) -> None:
        rows = np.asarray(offsets, dtype=np.int64)
        label = np.asarray(labels, dtype=np.int32)
        target = np.asarray(targets, dtype=np.int64)
        names = tuple(label_names)
        require(rows.ndim == 1 and len(rows) >= 1, "offsets must have n + 1 entries")
        n = len(rows) - 1
        fits = int(rows[0]) == 0 and int(rows[-1]) == len(label) == len(target)
        require(fits, "offsets must begin with 0 and end with the number of arcs")
        widths = np.diff(rows)
        require(not (widths < 0).any(), "offsets must not decrease")
        require(within(target, n), "an arc leads to a state that does not exist")
        require(within(label, len(names)), "an arc has a label without a name")
        require(names[:2] == (TAU_NAME, TICK_NAME), "the first two labels must be tau and tick")
        require(len(set(names)) == len(names), "two labels have the same name")
        starts = np.unique(np.asarray(initial, dtype=np.int64))
        require(within(starts, n), "an initial state does not exist")
        source = np.repeat(np.arange(n, dtype=np.int64), widths)
        source, label, target = canonical_arcs(source, label, target)
        counted = np.zeros(n + 1, dtype=np.int64)
        np.cumsum(np.bincount(source, minlength=n), out=counted[1:])
        self._set("offsets", frozen(counted))
        self._set("labels", frozen(label))
        self._set("targets", frozen(target))
        self._set("initial", frozen(starts))
        self._set("label_names", names)
        self._set("atoms", _atoms(atoms, n))
        self._set("state_of", state_of)
        self._set("_backward", None)
        self._set("_digest", None)

    @classmethod
    def from_canonical(
        cls, offsets: Indices, labels: Labels, targets: Indices, label_names: Sequence[str],
        *, initial: Indices | None = None, atoms: Mapping[str, ArrayLike] | None = None,
        state_of: Callable[[int], Any] | None = None,
    ) -> LTS:  # fmt: skip
        """Return a system on arrays that are taken as they are, not copied.

        The arcs must be sorted by source, label and target, each once, and so must the initial
        states; by default state 0 is initial.
        """
        lts = cls(offsets=[0], labels=[], targets=[], label_names=label_names, initial=())
        for name, array in (("offsets", offsets), ("labels", labels), ("targets", targets)):
            array.setflags(write=False)
            lts._set(name, array)
        starts = np.zeros(1, dtype=np.int64) if initial is None else initial
        lts._set("initial", frozen(starts))
        lts._set("atoms", _atoms(atoms, len(offsets) - 1))
        lts._set("state_of", state_of)
        return lts

    def _set(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"an LTS is immutable; {name!r} cannot be set")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"an LTS is immutable; {name!r} cannot be deleted")

    @classmethod
    def from_arcs(
        cls,
        n_states: int,
        arcs: Iterable[Arc] = (),
        *,
        initial: Iterable[int] = (0,),
        final: Iterable[int] = (),
        atoms: Mapping[str, ArrayLike] | None = None,
        state_of: Callable[[int], Any] | None = None,
    ) -> LTS:
        """Build a system from arcs ``(source, label, target)``; the label ``None`` is silent.

        Parameters
        ----------
        n_states
            How many states there are, numbered from 0.
        arcs
            The arcs in any order; ``"tau"`` is the silent label too.
        initial, final
            Indices of states.
        atoms
            Further named booleans, bool (n_states,).
        state_of
            Gives the model's own state for an index.

        Returns
        -------
        LTS
            Labels in alphabetical order after tau and tick.

        Raises
        ------
        UsageError
            When an arc, an initial or a final state names a state that does not exist.
        """
        listed = [(s, TAU_NAME if label is None else label, t) for s, label, t in arcs]
        names = _names(label for _, label, _ in listed)
        index = {name: i for i, name in enumerate(names)}
        flags = np.zeros(n_states, dtype=np.bool_)
        marked = np.fromiter(final, dtype=np.int64)
        require(within(marked, n_states), "a final state does not exist")
        flags[marked] = True
        return cls.from_arrays(
            n_states,
            np.array([s for s, _, _ in listed], dtype=np.int64),
            np.array([index[label] for _, label, _ in listed], dtype=np.int32),
            np.array([t for _, _, t in listed], dtype=np.int64),
            label_names=names,
            initial=np.fromiter(initial, dtype=np.int64),
            atoms={**(atoms or {}), FINAL: flags},
            state_of=state_of,
        )

    @classmethod
    def from_arrays(
        cls,
        n_states: int,
        sources: ArrayLike,
        labels: ArrayLike,
        targets: ArrayLike,
        *,
        label_names: Sequence[str],
        initial: ArrayLike = (0,),
        atoms: Mapping[str, ArrayLike] | None = None,
        state_of: Callable[[int], Any] | None = None,
    ) -> LTS:
        """Build a system from arrays of sources, labels and targets, each of shape (m,).

        ``label_names`` must begin with tau and tick; the arcs may stand in any order.
        """
        source = np.asarray(sources, dtype=np.int64)
        require(within(source, n_states), "an arc starts in a state that does not exist")
        order, offsets = csr_order(source, n_states)
        return cls(
            offsets=offsets,
            labels=np.asarray(labels, dtype=np.int32)[order],
            targets=np.asarray(targets, dtype=np.int64)[order],
            label_names=label_names,
            initial=initial,
            atoms=atoms,
            state_of=state_of,
        )

    @property
    def n_states(self) -> int:
        """The number of states."""
        return len(self.offsets) - 1

    @property
    def n_arcs(self) -> int:
        """The number of arcs."""
        return len(self.targets)

    @property
    def final(self) -> Bools:
        """Which states are final, bool (n,)."""
        return self.atoms[FINAL]

    @property
    def sources(self) -> Indices:
        """The source of each arc, int64 (m,); computed anew."""
        return np.repeat(np.arange(self.n_states, dtype=np.int64), np.diff(self.offsets))

    def successors(self, state: int) -> tuple[Labels, Indices]:
        """Return labels and targets of the arcs of one state (views, not copies)."""
        begin, end = self.offsets[state], self.offsets[state + 1]
        return self.labels[begin:end], self.targets[begin:end]

    def predecessors(self) -> tuple[Indices, Labels, Indices]:
        """Return the arcs turned around: offsets (n+1,), labels (m,) and sources (m,); cached."""
        if self._backward is None:
            order, offsets = csr_order(self.targets, self.n_states)
            arrays = (frozen(offsets), frozen(self.labels[order]), frozen(self.sources[order]))
            self._set("_backward", arrays)
        assert self._backward is not None
        return self._backward

    _backward: tuple[Indices, Labels, Indices] | None
    _digest: str | None

    def arcs(self) -> Iterator[Arc]:
        """Yield the arcs as ``(source, label or None, target)``, sorted."""
        names = (None, *self.label_names[1:])
        for source, label, target in zip(self.sources, self.labels, self.targets, strict=True):
            yield int(source), names[label], int(target)

    def dead(self) -> Bools:
        """Return the states without arcs that are not final, bool (n,): the deadlocks."""
        stuck: Bools = np.diff(self.offsets) == 0
        return np.logical_and(stuck, ~self.final)

    def terminated(self) -> Bools:
        """Return the states without arcs that are final, bool (n,): completion."""
        stuck: Bools = np.diff(self.offsets) == 0
        return np.logical_and(stuck, self.final)

    def deadlocks(self) -> Indices:
        """Return the indices of the states of :meth:`dead`."""
        return np.flatnonzero(self.dead()).astype(np.int64)

    def _content(self) -> tuple[object, ...]:
        arrays = (self.offsets, self.labels, self.targets, self.initial)
        atoms = tuple(sorted((name, flags.tobytes()) for name, flags in self.atoms.items()))
        return (self.label_names, *(array.tobytes() for array in arrays), atoms)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, LTS):
            return NotImplemented
        return self is other or self._content() == other._content()

    def __hash__(self) -> int:
        return hash(self.digest())

    def __repr__(self) -> str:
        def count(number: int, word: str) -> str:
            return f"{number} {word}{'' if number == 1 else 's'}"

        n_labels = int((np.unique(self.labels) > TICK).sum())
        sizes = [count(self.n_states, "state"), count(self.n_arcs, "arc"), count(n_labels, "label")]
        ends = f"{len(self.initial)} initial, {int(self.final.sum())} final"
        return f"<LTS: {', '.join(sizes)}, {ends}>"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        from transition_systems.draw import lts_svg, picture_bundle

        return picture_bundle(repr(self), lambda: lts_svg(self))

    def __reduce__(self) -> tuple[Any, ...]:
        return LTS.from_dict, (self.to_dict(),)

    def to_dict(self) -> dict[str, Any]:
        """Return the system as JSON data; :meth:`from_dict` gives an equal one."""
        from transition_systems.lts_data import lts_to_dict

        return lts_to_dict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> LTS:
        """Rebuild a system from :meth:`to_dict`; raises :class:`InputError` on other data."""
        from transition_systems.lts_data import lts_from_dict

        return lts_from_dict(data)

    def digest(self) -> str:
        """Return ``"sha256:..."`` of the content, see :func:`lts_data.lts_digest`; cached.

        Examples
        --------
        >>> LTS.from_arcs(1).digest() == LTS.from_arcs(1).digest()
        True
        """
        if self._digest is None:
            from transition_systems.lts_data import lts_digest

            self._set("_digest", lts_digest(self))
        assert self._digest is not None
        return self._digest

    def relabel(self, rename: Callable[[str], str | None]) -> LTS:
        """Return the system with each visible label renamed, ``None`` for silent."""
        from transition_systems.lts_operations import relabel

        return relabel(self, rename)

    def hide(self, labels: Iterable[str]) -> LTS:
        """Return the system with these labels silent."""
        from transition_systems.lts_operations import hide

        return hide(self, labels)

    def reachable(self) -> LTS:
        """Return the part that the initial states reach, states in the old order."""
        from transition_systems.lts_operations import reachable

        return reachable(self)

    def to_networkx(self) -> Any:
        """Return a ``networkx.MultiDiGraph``; :meth:`from_networkx` gives an equal system."""
        from transition_systems.lts_operations import to_networkx

        return to_networkx(self)

    @classmethod
    def from_networkx(cls, graph: Any) -> LTS:
        """Build a system from a directed graph of networkx."""
        from transition_systems.lts_operations import from_networkx

        return from_networkx(graph)


def _names(labels: Iterable[str]) -> tuple[str, ...]:
    found = set(labels) - {TAU_NAME, TICK_NAME}
    return (TAU_NAME, TICK_NAME, *sorted(found))


def _atoms(given: Mapping[str, ArrayLike] | None, n: int) -> Mapping[str, Bools]:
    arrays: dict[str, Bools] = {}
    for name, values in {FINAL: np.zeros(n, dtype=np.bool_), **(given or {})}.items():
        flags = np.asarray(values)
        require(flags.shape == (n,), f"atom {name!r} must have one value for each state")
        arrays[name] = frozen(flags.astype(np.bool_))
    return MappingProxyType(arrays)
