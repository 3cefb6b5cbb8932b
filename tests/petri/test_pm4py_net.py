"""Nets from and to pm4py's objects: with stand-ins of the same shape, and pm4py where it is."""

from __future__ import annotations

import random
import sys
import types
import warnings
from collections import Counter
from typing import Any, cast

import pytest
from hypothesis import given, settings

from petri import PetriNet, Transition, from_pm4py, to_pm4py
from strategies_petri import nets
from transition_systems import InputError, UnsupportedError, UsageError


class Node:
    """A place or transition, compared by identity as pm4py's are."""

    def __init__(self, name: Any, label: Any = None, properties: Any = None) -> None:
        self.name = name
        self.label = label
        self.properties = properties or {}
        self.in_arcs: set[Any] = set()
        self.out_arcs: set[Any] = set()


class PlainArc:
    def __init__(self, source: Node, target: Node, weight: Any = 1, properties: Any = None) -> None:
        self.source = source
        self.target = target
        self.weight = weight
        self.properties = properties or {}


class InhibitorArc(PlainArc):
    pass


class ResetArc(PlainArc):
    pass


class Net:
    """Holds its parts in sets, as pm4py does."""

    Place = Transition = Node

    def __init__(self, name: str | None = None) -> None:
        self.name = name or ""
        self.places: set[Node] = set()
        self.transitions: set[Node] = set()
        self.arcs: set[PlainArc] = set()


def add_arc(source: Node, target: Node, net: Net, weight: int = 1) -> None:
    net.arcs.add(PlainArc(source, target, weight))


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put modules of pm4py's names and shape in its place."""
    for name, content in {
        "pm4py": {},
        "pm4py.objects": {},
        "pm4py.objects.petri_net": {},
        "pm4py.objects.petri_net.utils": {},
        "pm4py.objects.petri_net.obj": {"PetriNet": Net, "Marking": Counter},
        "pm4py.objects.petri_net.utils.petri_utils": {"add_arc_from_to": add_arc},
    }.items():
        module = types.ModuleType(name)
        module.__dict__.update(content)
        monkeypatch.setitem(sys.modules, name, module)


def one_arc(kind: type[PlainArc], **more: Any) -> tuple[Net, Node]:
    net, p, t = Net(), Node("p"), Node("t")
    net.places.add(p)
    net.transitions.add(t)
    net.arcs.add(kind(p, t, **more))
    return net, p


def sorted_net(net: PetriNet) -> PetriNet:
    """Return the net as it comes back: in the order of ids, without names, empty finals none."""
    return PetriNet(
        places=sorted(net.place_ids),
        transitions=[
            Transition(id=t.id, label=t.label) for t in sorted(net.transitions, key=lambda t: t.id)
        ],
        arcs=net.arcs,
        initial=net.initial,
        final=net.final or None,
        name=net.name,
    )


@pytest.mark.usefixtures("stand_in")
@settings(deadline=None)
@given(nets())
def test_there_and_back(net: PetriNet) -> None:
    made, initial, final = to_pm4py(net)
    assert {type(part) for part in (made.places, made.transitions, made.arcs)} == {set}
    assert from_pm4py(made, initial, final) == sorted_net(net)
    assert from_pm4py(made, initial) == sorted_net(net.replace(final=None))


@pytest.mark.parametrize("seed", range(5))
def test_nodes_of_one_name_get_numbers_and_it_is_said(seed: int) -> None:
    net = Net("n")
    places = [Node("a"), Node("a"), Node("a.2"), Node("")]
    transitions = [Node("a", "Pay"), Node(None), Node("b", "b")]
    random.Random(seed).shuffle(places)
    net.places = set(places)
    net.transitions = set(transitions)
    ends = next(place for place in places if place.name == "a.2")
    net.arcs = {PlainArc(ends, transitions[0])}
    with pytest.warns(UserWarning, match=r"nodes were renamed: .*'a' is a\.3.*'' is node\.2"):
        read = from_pm4py(net, {ends: 3})
    assert sorted(read.place_ids) == ["a", "a.2", "a.3", "node.1"]
    assert {p.id: p.name for p in read.places if p.name} == {"a.3": "a"}
    assert {t.id: (t.label, t.name) for t in read.transitions} == {
        "a.4": ("Pay", "a"), "node.2": (None, None), "b": ("b", None),
    }  # fmt: skip
    assert read.initial == {"a.2": 3}
    assert read.preset("a.4") == ("a.2",)
    assert read.name == "n"


def test_names_of_transitions_are_kept_as_ids_and_silent_ones_are_silent() -> None:
    net = Net()
    net.transitions = {Node("x1", "Pay"), Node("x2"), Node(7, "n")}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read = from_pm4py(net, {})
    assert [(t.id, t.label) for t in read.transitions] == [("7", "n"), ("x1", "Pay"), ("x2", None)]
    assert read.name is None
    assert read.final is None


@pytest.mark.parametrize(
    ("kind", "more", "word"),
    [
        (InhibitorArc, {}, "inhibitor"),
        (ResetArc, {}, "reset"),
        (PlainArc, {"properties": {"arctype": "transport"}}, "transport"),
        (PlainArc, {"properties": {"arctype": "inhibitor"}}, "inhibitor"),
    ],
)
def test_other_arcs_are_refused_by_name(kind: Any, more: Any, word: str) -> None:
    net, _ = one_arc(kind, **more)
    with pytest.raises(UnsupportedError, match=f"from 'p' to 't' is of the kind {word},"):
        from_pm4py(net, {})


def test_ordinary_arcs_may_say_so() -> None:
    net, p = one_arc(PlainArc, properties={"arctype": "normal"}, weight=2)
    assert from_pm4py(net, {p: 1}).arcs[0].weight == 2


def test_guards_are_refused() -> None:
    net = Net()
    net.transitions = {Node("t", "t", {"guard": "x > 1"})}
    with pytest.raises(UnsupportedError, match="'t' has data \\(guard\\)"):
        from_pm4py(net, {})


def test_what_is_no_net_is_an_error() -> None:
    with pytest.raises(InputError, match="no net of pm4py; found str"):
        from_pm4py("net", {})
    net, p = one_arc(PlainArc, weight=1.5)
    with pytest.raises(InputError, match=r"weight of an arc is no number; found 1\.5"):
        from_pm4py(net, {p: 1})
    net, p = one_arc(PlainArc)
    with pytest.raises(InputError, match="initial marking of 'p' is no number"):
        from_pm4py(net, {p: cast(Any, "x")})
    with pytest.raises(InputError, match="final marking names q"):
        from_pm4py(net, {p: 1}, {"q": 1})
    net.places.clear()
    with pytest.raises(InputError, match="ends at 'p'"):
        from_pm4py(net, {})


def test_a_missing_pm4py_is_a_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pm4py", None)
    with pytest.raises(UsageError, match="pm4py is not installed"):
        to_pm4py(PetriNet(places=["p"], transitions=[]))


@pytest.mark.filterwarnings("ignore")
def test_the_real_pm4py() -> None:
    """A development-only test: pm4py is no dependency, and is skipped where it is absent."""
    pytest.importorskip("pm4py", reason="pm4py is not installed, and need not be")
    net = PetriNet(
        places=["i", "o"], transitions=[Transition(id="t", label=None), "u"],
        arcs=[("i", "t"), ("t", "o", 2), ("o", "u")], initial={"i": 1}, final={"o": 2}, name="n",
    )  # fmt: skip
    assert from_pm4py(*to_pm4py(net)) == net
