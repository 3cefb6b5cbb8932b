"""Nets from and to the objects of pm4py, which is never imported to read one.

pm4py is a foreign tool under the AGPL and no dependency of this toolkit: what it holds is read by
the names of its attributes, and only :func:`to_pm4py` asks for its classes, when it is called.
"""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Iterable, Mapping
from typing import Any, cast

from petri.marking import Marking
from petri.net import PetriNet
from petri.nodes import Arc, Place, Transition
from transition_systems.errors import InputError, UnsupportedError, UsageError

__all__ = ["from_pm4py", "to_pm4py"]

_OTHER_ARCS = ("inhibitor", "reset", "transport", "stochastic")
_DATA = ("guard", "readVariable", "writeVariable")


def from_pm4py(
    net: Any, initial: Mapping[Any, int], final: Mapping[Any, int] | None = None
) -> PetriNet:
    """Return the net of a pm4py triple ``(net, im, fm)``, without importing pm4py.

    Parameters
    ----------
    net
        Has ``places`` with ``name``, ``transitions`` with ``name`` and ``label`` (``None`` is
        silent) and ``arcs`` with ``source``, ``target`` and perhaps ``weight``; any objects do.
    initial, final
        Tokens by place (the objects). No final marking, or an empty one, is none.

    Returns
    -------
    PetriNet
        Its ids are the names, and its nodes are in the order of their names, because pm4py keeps
        them in sets. Parallel arcs add up. Where nodes share a name, or have none, the later ones
        get a number (``a.2``), keep their own name as ``name``, and a ``UserWarning`` says so.

    Raises
    ------
    UnsupportedError
        For an inhibitor or reset arc and any other kind of arc, and for a transition with a guard
        or variables: without them it would be another net.
    InputError
        Where an arc or a marking names a node that is not in the net, or something is not a net.

    Examples
    --------
    >>> class Thing:
    ...     def __init__(self, **given):
    ...         self.__dict__.update(given)
    >>> p, q, t = Thing(name="p"), Thing(name="q"), Thing(name="t", label="Pay")
    >>> arcs = [Thing(source=p, target=t), Thing(source=t, target=q, weight=2)]
    >>> net = from_pm4py(Thing(places=[q, p], transitions=[t], arcs=arcs), {p: 1}, {q: 2})
    >>> net.place_ids, net.labels, net.fire(net.initial, "t") == net.final
    (('p', 'q'), ('Pay',), True)
    """
    try:
        found = [tuple(cast("Iterable[Any]", getattr(net, part))) for part in _PARTS]
    except (AttributeError, TypeError) as error:
        raise InputError(
            "this is no net of pm4py",
            found=type(net).__name__,
            expected="an object with places, transitions and arcs",
        ) from error
    arcs = found[2]
    for arc in arcs:
        _refuse_arc(arc)
    around = _around(arcs)
    place_objects = sorted(found[0], key=lambda place: _order(place, around))
    transition_objects = sorted(found[1], key=lambda one: _order(one, around))
    ids: dict[int, str] = {}
    changed: list[str] = []
    wanted = {_name(node) for node in (*place_objects, *transition_objects)}
    for node in (*place_objects, *transition_objects):
        ids[id(node)] = _free(node, set(ids.values()), wanted, changed)
    places = [Place(id=ids[id(p)], name=_own_name(p, ids)) for p in place_objects]
    transitions: list[Transition] = []
    for node in transition_objects:
        _refuse_data(node)
        label = getattr(node, "label", None)
        label = None if label is None else str(label)
        transitions.append(
            Transition(id=ids[id(node)], label=label, name=_own_name(node, ids, label))
        )
    if changed:
        warnings.warn(f"nodes were renamed: {', '.join(changed)}", UserWarning, stacklevel=2)
    inside = {id(place) for place in place_objects}
    ends = None if final is None else _marking(final, ids, inside, "final")
    name = getattr(net, "name", None)
    return PetriNet(
        places=places,
        transitions=transitions,
        arcs=sorted(_arc(arc, ids) for arc in arcs),
        initial=_marking(initial, ids, inside, "initial"),
        final=ends or None,
        name=str(name) if name else None,
    )


_PARTS = ("places", "transitions", "arcs")


def _name(node: Any) -> str:
    name = getattr(node, "name", None)
    return "" if name is None else str(name)


def _around(arcs: Iterable[Any]) -> dict[int, list[str]]:
    """Return what stands around each node, to tell nodes of one name apart."""
    around: dict[int, list[str]] = {}
    for arc in arcs:
        weight = getattr(arc, "weight", 1)
        around.setdefault(id(arc.source), []).append(f"to {_name(arc.target)} {weight}")
        around.setdefault(id(arc.target), []).append(f"from {_name(arc.source)} {weight}")
    return {node: sorted(found) for node, found in around.items()}


def _order(node: Any, around: Mapping[int, list[str]]) -> tuple[str, str, list[str]]:
    return _name(node), str(getattr(node, "label", "")), around.get(id(node), [])


def _free(node: Any, taken: set[str], wanted: set[str], changed: list[str]) -> str:
    name = _name(node)
    if name and name not in taken:
        return name
    number = 2 if name else 1
    base = name or "node"
    while f"{base}.{number}" in taken or f"{base}.{number}" in wanted:
        number += 1
    changed.append(f"{name!r} is {base}.{number}")
    return f"{base}.{number}"


def _own_name(node: Any, ids: Mapping[int, str], label: str | None = None) -> str | None:
    name = _name(node)
    return name if name and name not in (ids[id(node)], label) else None


def _properties(node: Any) -> Mapping[str, Any]:
    found: object = getattr(node, "properties", None)
    return cast("Mapping[str, Any]", found) if isinstance(found, Mapping) else {}


def _refuse_arc(arc: Any) -> None:
    kind = _properties(arc).get("arctype")
    if kind is None:
        kind = next((word for word in _OTHER_ARCS if word in type(arc).__name__.lower()), None)
    if kind is None or kind == "normal":
        return
    between = f"from {_name(arc.source)!r} to {_name(arc.target)!r}"
    raise UnsupportedError(
        f"the arc {between} is of the kind {kind}, which a place/transition net does not have",
        found=str(kind),
        expected="ordinary arcs with weights",
    )


def _refuse_data(node: Any) -> None:
    found = [key for key in _DATA if _properties(node).get(key)]
    if found:
        raise UnsupportedError(
            f"the transition {_name(node)!r} has data ({', '.join(found)}), which a "
            "place/transition net does not have"
        )


def _arc(arc: Any, ids: Mapping[int, str]) -> Arc:
    for end in (arc.source, arc.target):
        if id(end) not in ids:
            raise InputError(f"an arc ends at {_name(end)!r}, which is no node of the net")
    weight = _whole(getattr(arc, "weight", 1), "the weight of an arc")
    return Arc(ids[id(arc.source)], ids[id(arc.target)], weight)


def _whole(number: Any, what: str) -> int:
    try:
        whole = int(number)
    except (TypeError, ValueError, OverflowError):
        whole = None
    if whole is None or whole != number:
        raise InputError(f"{what} is no number", found=repr(number), expected="a whole number")
    return whole


def _marking(
    marking: Mapping[Any, int], ids: Mapping[int, str], inside: set[int], which: str
) -> dict[str, int]:
    tokens: dict[str, int] = {}
    for place, number in marking.items():
        if id(place) not in inside:
            raise InputError(f"the {which} marking names {place!s}, which is no place of the net")
        if number:
            tokens[ids[id(place)]] = _whole(number, f"the {which} marking of {_name(place)!r}")
    return tokens


def to_pm4py(net: PetriNet) -> tuple[Any, Any, Any]:
    """Return the net as pm4py's triple ``(net, im, fm)``; this, and only this, imports pm4py.

    Parameters
    ----------
    net
        The net.

    Returns
    -------
    tuple
        A ``pm4py.objects.petri_net.obj.PetriNet`` whose nodes have our ids as names, its initial
        marking, and its final marking, empty where the net has none. What pm4py's nets do not have
        (names beside ids, source spans) is left out: :func:`from_pm4py` gives back a net with the
        same ids, labels, arcs and markings.

    Raises
    ------
    UsageError
        When pm4py is not installed. It is under the AGPL and is not installed with this toolkit.

    Examples
    --------
    >>> net = PetriNet(places=["p"], transitions=["t"])
    >>> made, initial, final = to_pm4py(net)  # doctest: +SKIP
    >>> [place.name for place in made.places]  # doctest: +SKIP
    ['p']
    """
    try:
        module = importlib.import_module("pm4py.objects.petri_net.obj")
        utils = importlib.import_module("pm4py.objects.petri_net.utils.petri_utils")
    except ImportError as error:
        raise UsageError(
            "pm4py is not installed (pip install pm4py; its licence is the AGPL)"
        ) from error
    made = module.PetriNet(net.name or "")
    nodes: dict[str, Any] = {}
    for place in net.places:
        nodes[place.id] = module.PetriNet.Place(place.id)
        made.places.add(nodes[place.id])
    for transition in net.transitions:
        nodes[transition.id] = module.PetriNet.Transition(transition.id, transition.label)
        made.transitions.add(nodes[transition.id])
    for arc in net.arcs:
        utils.add_arc_from_to(nodes[arc.source], nodes[arc.target], made, weight=arc.weight)
    initial, final = module.Marking(), module.Marking()
    for place_id, count in net.initial.items():
        initial[nodes[place_id]] = count
    for place_id, count in (net.final or Marking()).items():
        final[nodes[place_id]] = count
    return made, initial, final
