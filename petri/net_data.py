"""A net as plain data: JSON form, digest, arrays."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from petri.incidence import table_of_rows
from petri.marking import MAX_TOKENS, Marking
from petri.net import PetriNet
from petri.nodes import Arc, Place, Transition
from transition_systems.errors import InputError, UsageError
from transition_systems.source_span import SourceSpan

__all__ = [
    "net_digest",
    "net_from_arrays",
    "net_from_dict",
    "net_of_rows",
    "net_to_dict",
    "rebuild",
]

SCHEMA = "netproof/net/1"
_HASHED = np.dtype("<i8")
_MISSING, _QUOTED = "\0", '"\0"'
_encoded = json.JSONEncoder(separators=(",", ":"), check_circular=False, ensure_ascii=False).encode


def _content(net: PetriNet) -> dict[str, Any]:
    """Return what makes up the value of a net, and nothing else."""
    return {
        "schema": SCHEMA,
        "name": net.name,
        "places": [{"id": p.id, "name": p.name} for p in net.places],
        "transitions": [{"id": t.id, "label": t.label, "name": t.name} for t in net.transitions],
        "arcs": [list(arc) for arc in net.arcs],
        "initial": net.initial.to_dict(),
        "final": None if net.final is None else net.final.to_dict(),
    }


def net_digest(net: PetriNet) -> str:
    """Return ``sha256:`` and the hash of the net's content.

    Hashed are, as JSON in UTF-8 without spaces, the schema, the net's name, and ids, names and
    labels of its places and transitions in order, its initial and its final marking, by place; then
    the arcs into and out of the transitions, compressed by transition, as little-endian 64-bit
    integers.

    Examples
    --------
    >>> net_digest(PetriNet(places=["p"], transitions=[])).partition(":")[0]
    'sha256'
    """
    places, transitions = net.places, net.transitions
    content = (
        f'"{SCHEMA}"',
        _encoded(net.name),
        _encoded_list(net.place_ids),
        _encoded_list([p.name for p in places]),
        _encoded_list(net.transition_ids),
        _encoded_list([t.label for t in transitions]),
        _encoded_list([t.name for t in transitions]),
        _encoded_marking(net.initial),
        "null" if net.final is None else _encoded_marking(net.final),
    )
    hashed = hashlib.sha256(f"[{','.join(content)}]".encode("utf-8", "surrogatepass"))
    for table in (net.pre_arcs, net.post_arcs):
        for part in table:
            hashed.update(np.ascontiguousarray(part, dtype=_HASHED).data)
    return "sha256:" + hashed.hexdigest()


def _encoded_marking(marking: Marking) -> str:
    """Return the marked places with their tokens, sorted, as JSON."""
    pairs = sorted(marking.to_dict().items())
    return f"[{','.join([f'[{_encoded(place)},{tokens:d}]' for place, tokens in pairs])}]"


def _encoded_list(texts: Sequence[str | None]) -> str:
    """Return a list of texts as JSON; at once, where JSON escapes none of their characters.

    ``None`` is written as a character that is not printable, and then replaced.
    """
    if not texts:
        return "[]"
    known, missing = cast("Sequence[str]", texts), 0
    try:
        letters = "".join(known)
    except TypeError:
        missing = texts.count(None)
        if missing == len(texts):
            return f"[{'null,' * (missing - 1)}null]"
        known = [_MISSING if text is None else text for text in texts]
        letters = "".join(known)
    plain = letters.replace(_MISSING, "") if missing else letters
    if len(_encoded(plain)) != len(plain) + 2 or len(letters) - len(plain) != missing:
        return _encoded(texts)
    joined = '["' + '","'.join(known) + '"]'
    return joined.replace(_QUOTED, "null") if missing else joined


def net_to_dict(net: PetriNet) -> dict[str, Any]:
    """Return the net as JSON data, with the spans and positions of its nodes.

    Examples
    --------
    >>> net_to_dict(PetriNet(places=["p"], transitions=[]))["places"]
    [{'id': 'p', 'name': None}]
    """
    data = _content(net)
    nodes: list[Place | Transition] = [*net.places, *net.transitions]
    for entry, node in zip([*data["places"], *data["transitions"]], nodes, strict=True):
        if node.span is not None:
            entry["span"] = node.span.to_dict()
        if node.position is not None:
            entry["position"] = list(node.position)
    return data


def net_from_dict(data: Mapping[str, Any]) -> PetriNet:
    """Rebuild a net from :func:`net_to_dict`.

    Raises
    ------
    InputError
        When a field is missing or malformed, or the net is none.

    Examples
    --------
    >>> net = PetriNet(places=["p"], transitions=["t"], arcs=[("p", "t")])
    >>> net_from_dict(net_to_dict(net)) == net
    True
    """
    try:
        if data.get("schema", SCHEMA) != SCHEMA:
            raise InputError("the data are no net", found=str(data["schema"]), expected=SCHEMA)
        return PetriNet(
            places=[Place(id=p["id"], name=p.get("name"), **_kept(p)) for p in data["places"]],
            transitions=[
                Transition(id=t["id"], label=t["label"], name=t.get("name"), **_kept(t))
                for t in data["transitions"]
            ],
            arcs=[Arc(*arc) for arc in data["arcs"]],
            initial=data["initial"],
            final=data.get("final"),
            name=data.get("name"),
        )
    except KeyError as error:
        raise InputError(f"the net lacks the field {error.args[0]!r}") from None
    except (TypeError, AttributeError, UsageError) as error:
        raise InputError(f"the data are no net: {error}") from None


def _kept(entry: Mapping[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    if entry.get("span") is not None:
        kept["span"] = SourceSpan.from_dict(entry["span"])
    if entry.get("position") is not None:
        x, y = entry["position"]
        kept["position"] = (float(x), float(y))
    return kept


def rebuild(
    name: str | None,
    places: tuple[Place, ...],
    transitions: tuple[Transition, ...],
    initial: Marking,
    final: Marking | None,
    arcs: tuple[Arc, ...],
    origin: object,
) -> PetriNet:
    """Rebuild a net from its pickle.

    Examples
    --------
    >>> rebuild("n", (Place(id="p"),), (), Marking(), None, (), None).name
    'n'
    """
    return PetriNet(
        places=places,
        transitions=transitions,
        arcs=arcs,
        initial=initial,
        final=final,
        name=name,
        origin=origin,
    )


def net_from_arrays(
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
    """Return the net of two weight matrices, as ``PetriNet.from_arrays`` says.

    Raises
    ------
    UsageError
        When shapes do not agree, or an entry is negative or no integer.

    Examples
    --------
    >>> net_from_arrays([[1], [0]], [[0], [2]], [1, 0]).arcs
    (Arc(source='p1', target='t1', weight=1), Arc(source='t1', target='p2', weight=2))
    """
    before, after = _matrix("pre", pre), _matrix("post", post)
    if before.shape != after.shape:
        raise UsageError(f"pre has shape {before.shape} and post {after.shape}; they must agree")
    n_places, n_transitions = before.shape
    places = tuple(place_ids) if place_ids is not None else _numbered("p", n_places)
    names = tuple(transition_ids) if transition_ids is not None else _numbered("t", n_transitions)
    shown = tuple(labels) if labels is not None else names
    for what, given, wanted in (
        ("place ids", len(places), n_places),
        ("transition ids", len(names), n_transitions),
        ("labels", len(shown), n_transitions),
    ):
        if given != wanted:
            raise UsageError(f"{wanted} {what} are needed, not {given}")
    arcs = [Arc(places[p], names[t], int(before[p, t])) for p, t in np.argwhere(before)]
    arcs += [Arc(names[t], places[p], int(after[p, t])) for p, t in np.argwhere(after)]
    return PetriNet(
        places=places,
        transitions=[Transition(id=t, label=label) for t, label in zip(names, shown, strict=True)],
        arcs=arcs,
        initial=Marking.from_array(initial, places),
        final=None if final is None else Marking.from_array(final, places),
        name=name,
    )


def net_of_rows(
    place_ids: tuple[str, ...],
    transition_ids: tuple[str, ...],
    pre: Sequence[dict[int, int]],
    post: Sequence[dict[int, int]],
    initial: Mapping[str, int],
) -> PetriNet:
    """Return the net of nodes and arcs that are known to be right; only the numbers are looked at.

    Parameters
    ----------
    place_ids, transition_ids
        All different.
    pre, post
        For each transition its places, by index, with weights of at least 1.
    initial
        The marked places, in their order, each with at least one token.

    Raises
    ------
    UsageError
        For a weight or a number of tokens above 2**62.

    Examples
    --------
    >>> net_of_rows(("p", "q"), ("t",), [{0: 1}], [{1: 2}], {"p": 1}).arcs
    (Arc(source='p', target='t', weight=1), Arc(source='t', target='q', weight=2))
    """
    largest = max((max(row.values()) for row in (*pre, *post) if row), default=0)
    if largest > MAX_TOKENS:
        raise UsageError(f"an arc has weight {largest}; it is from 1 to 2**62")
    net = PetriNet.__new__(PetriNet)
    values: dict[str, Any] = {
        "places": tuple([Place(id=place) for place in place_ids]),
        "transitions": tuple([Transition(id=t, label=t) for t in transition_ids]),
        "place_ids": place_ids,
        "transition_ids": transition_ids,
        "pre_arcs": table_of_rows(pre),
        "post_arcs": table_of_rows(post),
        "initial": Marking(initial),
        "final": None,
        "name": None,
        "origin": None,
        "_cache": {
            "place": {place: number for number, place in enumerate(place_ids)},
            "transition": {t: number for number, t in enumerate(transition_ids)},
        },
    }
    for key, value in values.items():
        object.__setattr__(net, key, value)
    return net


def _matrix(what: str, values: NDArray[Any] | Sequence[Sequence[int]]) -> NDArray[Any]:
    dense = getattr(values, "toarray", None)
    matrix = np.asarray(values if dense is None else dense())
    if matrix.ndim != 2 or (matrix.size and matrix.dtype.kind not in "iu"):
        raise UsageError(f"{what} is a matrix of integers, not {matrix.dtype} of {matrix.shape}")
    return matrix


def _numbered(letter: str, count: int) -> tuple[str, ...]:
    return tuple(f"{letter}{number}" for number in range(1, count + 1))
