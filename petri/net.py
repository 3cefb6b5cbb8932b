"""The Petri net: places, transitions, weighted arcs, an initial and perhaps a final marking."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from petri import firing
from petri.firing import MarkingLike
from petri.incidence import ArcTable, arc_table
from petri.marking import Marking
from petri.net_arrays import NetArrays
from petri.net_checks import check_unique, checked_marking, collect_arcs
from petri.nodes import Arc, Place, Transition
from transition_systems.errors import UsageError
from transition_systems.properties.names import nearest_names
from transition_systems.run import Run

if TYPE_CHECKING:
    from networkx import MultiDiGraph

__all__ = ["PetriNet"]

# So many names are listed where none is near.
FEW = 8


class PetriNet(NetArrays):
    """A place/transition net with weighted arcs, immutable and compared by value.

    Parameters
    ----------
    places
        Places, or ids of places.
    transitions
        Transitions, or ids; an id makes a transition whose label is the id.
    arcs
        Pairs ``(source, target)`` or triples ``(source, target, weight)`` of ids; arcs between
        the same two nodes add up.
    initial
        The initial marking.
    final
        The final marking; ``None`` where the net has none.
    name
        The net's name.
    origin
        What a reader keeps to write the file back as it was (drawing, pages, other tools'
        content); no part of ``==``.

    Raises
    ------
    UsageError
        For an id that occurs twice, an arc to an unknown node or between two places or two
        transitions, a weight below 1, a negative number of tokens, an unknown place in a marking.

    Examples
    --------
    >>> net = PetriNet(places=["p", "q"], transitions=["t"], arcs=[("p", "t", 2), ("t", "q")],
    ...                initial={"p": 2}, final={"q": 1})
    >>> net.enabled(net.initial), str(net.fire(net.initial, "t"))
    (('t',), 'q')
    >>> net.incidence.tolist()
    [[-2], [1]]
    >>> eval(repr(net)) == net
    True
    """

    __slots__ = ("final", "initial", "name", "origin", "places", "transitions")

    places: tuple[Place, ...]
    transitions: tuple[Transition, ...]
    initial: Marking
    final: Marking | None
    name: str | None
    origin: object

    def __init__(
        self,
        *,
        places: Iterable[Place | str],
        transitions: Iterable[Transition | str],
        arcs: Iterable[Arc | tuple[str, str] | tuple[str, str, int]] = (),
        initial: Mapping[str, int] | Iterable[str] = (),
        final: Mapping[str, int] | Iterable[str] | None = None,
        name: str | None = None,
        origin: object = None,
    ) -> None:
        place_nodes = tuple(Place(id=p) if isinstance(p, str) else p for p in places)
        transition_nodes = tuple(
            Transition(id=t, label=t) if isinstance(t, str) else t for t in transitions
        )
        place_ids = tuple(p.id for p in place_nodes)
        transition_ids = tuple(t.id for t in transition_nodes)
        place_numbers = {p: number for number, p in enumerate(place_ids)}
        transition_numbers = {t: number for number, t in enumerate(transition_ids)}
        check_unique(place_numbers, transition_numbers, *place_ids, *transition_ids)
        pre, post = collect_arcs(arcs, place_numbers, transition_numbers)
        n_transitions = len(transition_ids)
        values: dict[str, Any] = {
            "places": place_nodes,
            "transitions": transition_nodes,
            "place_ids": place_ids,
            "transition_ids": transition_ids,
            "pre_arcs": arc_table(pre, n_transitions=n_transitions),
            "post_arcs": arc_table(post, n_transitions=n_transitions),
            "initial": checked_marking("initial", initial, place_numbers),
            "final": None if final is None else checked_marking("final", final, place_numbers),
            "name": name,
            "origin": origin,
            "_cache": {"place": place_numbers, "transition": transition_numbers},
        }
        for key, value in values.items():
            object.__setattr__(self, key, value)

    def __setattr__(self, key: str, value: object) -> None:
        raise AttributeError(f"a net is immutable; {key} cannot be set (use replace)")

    def __delattr__(self, key: str) -> None:
        raise AttributeError(f"a net is immutable; {key} cannot be deleted")

    @classmethod
    def from_arrays(
        cls,
        pre: NDArray[Any] | Sequence[Sequence[int]],
        post: NDArray[Any] | Sequence[Sequence[int]],
        initial: NDArray[Any] | Sequence[int],
        *,
        final: NDArray[Any] | Sequence[int] | None = None,
        place_ids: Sequence[str] | None = None,
        transition_ids: Sequence[str] | None = None,
        labels: Sequence[str | None] | None = None,
        name: str | None = None,
    ) -> PetriNet:
        """Return the net of two weight matrices and an initial vector.

        Parameters
        ----------
        pre, post
            Integers of shape (n_places, n_transitions): weights of the arcs from places to
            transitions, and from transitions to places; 0 is no arc.
        initial, final
            Tokens, shape (n_places,).
        place_ids, transition_ids
            By default ``p1, p2, ...`` and ``t1, t2, ...``.
        labels
            Labels of the transitions, ``None`` for silent; by default the ids.
        name
            The net's name.

        Examples
        --------
        >>> PetriNet.from_arrays([[1]], [[0]], [3]).initial
        Marking({'p1': 3})
        """
        from petri.net_data import net_from_arrays

        return net_from_arrays(
            pre,
            post,
            initial,
            final=final,
            place_ids=place_ids,
            transition_ids=transition_ids,
            labels=labels,
            name=name,
        )

    @property
    def labels(self) -> tuple[str | None, ...]:
        """The labels of the transitions, in order."""
        return tuple(t.label for t in self.transitions)

    def place_index(self, place: str) -> int:
        """Return the index of a place; raise ``UsageError`` where there is none."""
        return self._number("place", place)

    def transition_index(self, transition: str) -> int:
        """Return the index of a transition; raise ``UsageError`` where there is none."""
        return self._number("transition", transition)

    def _number(self, kind: str, node: str) -> int:
        numbers: dict[str, int] = self._cache[kind]
        named: Any = node
        if not isinstance(named, str):
            raise UsageError(f"a {kind} is asked for by its id, a text, not by {named!r}")
        try:
            return numbers[node]
        except KeyError:
            near = nearest_names(node, numbers, 1) if len(numbers) < 5000 else ()
            hint = f"; did you mean {near[0]!r}?" if near else ""
            if not near and 0 < len(numbers) <= FEW:
                hint = f"; its {kind}s are {', '.join(map(repr, numbers))}"
            raise UsageError(f"the net has no {kind} {node!r}{hint}") from None

    def preset(self, node: str) -> tuple[str, ...]:
        """Return the ids of the nodes with an arc to ``node``, in the order of the net.

        Raises
        ------
        UsageError
            When there is no such node.

        Examples
        --------
        >>> PetriNet(places=["p"], transitions=["t"], arcs=[("p", "t")]).preset("t")
        ('p',)
        """
        return self._neighbours(node, self.pre_arcs, lambda: self.producers)

    def postset(self, node: str) -> tuple[str, ...]:
        """Return the ids of the nodes with an arc from ``node``, in the order of the net.

        Raises
        ------
        UsageError
            When there is no such node.

        Examples
        --------
        >>> PetriNet(places=["p"], transitions=["t"], arcs=[("p", "t")]).postset("p")
        ('t',)
        """
        return self._neighbours(node, self.post_arcs, lambda: self.consumers)

    def _neighbours(
        self, node: str, by_transition: ArcTable, by_place: Callable[[], ArcTable]
    ) -> tuple[str, ...]:
        number = self._cache["transition"].get(node)
        if number is not None:
            return tuple(self.place_ids[p] for p in by_transition.row(number)[0].tolist())
        if node not in self._cache["place"]:
            raise UsageError(f"the net has no node {node!r}")
        row = by_place().row(self._cache["place"][node])[0]
        return tuple(self.transition_ids[t] for t in row.tolist())

    def is_enabled(self, marking: Mapping[str, int], transition: str | int) -> bool:
        """Return whether a transition, by id or index, can fire in a marking."""
        return firing.is_enabled(self, marking, transition)

    def enabled(self, marking: MarkingLike) -> tuple[str, ...]:
        """Return the ids of the transitions that can fire in a marking, in order."""
        return firing.enabled_transitions(self, marking)

    def fire(self, marking: MarkingLike, transition: str | int) -> Marking:
        """Return the marking after a transition, given by id or index.

        Raises
        ------
        FiringError
            When it is not enabled; the message names each place that lacks tokens.

        Examples
        --------
        >>> net = PetriNet(places=["p"], transitions=["t"], arcs=[("p", "t")])
        >>> net.fire({}, "t")
        Traceback (most recent call last):
        ...
        transition_systems.errors.FiringError: t needs 1 token in p, has 0
        """
        return firing.fire(self, marking, transition)

    def run(self, marking: MarkingLike, transitions: Iterable[str | int]) -> Run:
        """Return the run that fires transitions in order, given by ids or indices.

        Raises
        ------
        FiringError
            At the first that is not enabled: which step, what is missing, what is enabled.

        Examples
        --------
        >>> net = PetriNet(places=["p"], transitions=["t"], arcs=[("t", "p")])
        >>> net.run({}, ["t", "t"]).last
        {'p': 2}
        """
        return firing.run_transitions(self, marking, transitions)

    def replace(self, **changes: Any) -> PetriNet:
        """Return a net with some constructor arguments replaced.

        The origin is dropped where places, transitions or arcs are replaced.
        """
        keep: dict[str, Any] = {
            key: getattr(self, key)
            for key in ("places", "transitions", "arcs", "initial", "final", "name")
        }
        if not {"places", "transitions", "arcs"} & changes.keys():
            keep["origin"] = self.origin
        return type(self)(**{**keep, **changes})

    def _key(self) -> tuple[Any, ...]:
        return (self.name, self.places, self.transitions, self.initial, self.final)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PetriNet):
            return NotImplemented
        if self is other:
            return True
        tables = zip(
            (*self.pre_arcs, *self.post_arcs), (*other.pre_arcs, *other.post_arcs), strict=True
        )
        return self._key() == other._key() and all(np.array_equal(a, b) for a, b in tables)

    def __hash__(self) -> int:
        return self._cached("hash", lambda: hash((self._key(), self.arcs)))

    def __repr__(self) -> str:
        places = [p.id if p.name is None else p for p in self.places]
        transitions = [t.id if t.label == t.id and t.name is None else t for t in self.transitions]
        arcs = [tuple(arc) if arc.weight != 1 else tuple(arc)[:2] for arc in self.arcs]
        tail = "" if self.final is None else f", final={self.final.to_dict()!r}"
        tail += "" if self.name is None else f", name={self.name!r}"
        return (
            f"PetriNet(places={places!r}, transitions={transitions!r}, arcs={arcs!r},"
            f" initial={self.initial.to_dict()!r}{tail})"
        )

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        from petri.draw import net_svg
        from transition_systems.draw import picture_bundle

        return picture_bundle(
            f"{self.name or 'net'}: {len(self.places)} places, {len(self.transitions)} transitions",
            lambda: net_svg(self),
        )

    def __reduce__(self) -> tuple[Any, ...]:
        from petri.net_data import rebuild

        return rebuild, (*self._key(), self.arcs, self.origin)

    def digest(self) -> str:
        """Return ``sha256:...`` of the net's content: equal nets have equal digests."""
        known: str | None = self._cache.get("digest")
        if known is None:
            from petri.net_data import net_digest

            known = self._cache["digest"] = net_digest(self)
        return known

    def to_dict(self) -> dict[str, Any]:
        """Return the net as JSON data."""
        from petri.net_data import net_to_dict

        return net_to_dict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> PetriNet:
        """Rebuild a net from :meth:`to_dict`; ``InputError`` where the data are malformed."""
        from petri.net_data import net_from_dict

        return net_from_dict(data)

    def to_networkx(self) -> MultiDiGraph[Any]:
        """Return the net as a networkx ``MultiDiGraph``, see ``petri.readwrite.networkx_graph``."""
        from petri.readwrite.networkx_graph import to_networkx

        return to_networkx(self)

    @classmethod
    def from_networkx(cls, graph: MultiDiGraph[Any]) -> PetriNet:
        """Return the net of a networkx graph, see ``petri.readwrite.networkx_graph``."""
        from petri.readwrite.networkx_graph import from_networkx

        return from_networkx(graph)
