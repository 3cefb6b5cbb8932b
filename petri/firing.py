"""The firing rule by definition: enabled transitions, one step, a run by names.

A transition is enabled in a marking that covers its input arcs; firing takes the tokens of the
input arcs and then puts the tokens of the output arcs. The engines that explore whole state spaces
have array code of their own; this is the readable form that they are compared with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from operator import index
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from petri.marking import MAX_TOKENS, Marking
from transition_systems.errors import FiringError, UsageError
from transition_systems.run import Lasso, Run, Step

if TYPE_CHECKING:
    from petri.incidence import ArcTable
    from petri.net import PetriNet
    from petri.nodes import Transition

__all__ = [
    "MarkingLike",
    "as_marking",
    "enabled_transitions",
    "fire",
    "is_enabled",
    "run_transitions",
    "step",
    "transition_number",
    "with_labels",
]

R = TypeVar("R", bound=Run | Lasso)

ARCS_FOR_A_STEP = 50

MarkingLike: TypeAlias = "Mapping[str, int] | NDArray[Any] | str"


def as_marking(net: PetriNet, marking: MarkingLike) -> Marking:
    """Return a marking that is given by place ids, as a vector over the places, or as text.

    Examples
    --------
    >>> import numpy as np
    >>> from petri.net import PetriNet
    >>> net = PetriNet(places=["p", "q"], transitions=[])
    >>> as_marking(net, {"q": 2}) == as_marking(net, np.array([0, 2])) == as_marking(net, "2 q")
    True
    """
    if isinstance(marking, Marking):
        return marking
    if isinstance(marking, np.ndarray):
        return Marking.from_array(marking, net.place_ids)
    if isinstance(marking, str):
        return Marking.parse(marking)
    return Marking(marking)


def transition_number(net: PetriNet, transition: str | int) -> int:
    """Return the index of a transition given by its id or its index.

    Raises
    ------
    UsageError
        When there is no such transition.

    Examples
    --------
    >>> from petri.net import PetriNet
    >>> net = PetriNet(places=[], transitions=["a", "b"])
    >>> transition_number(net, "b"), transition_number(net, 1)
    (1, 1)
    """
    if isinstance(transition, str):
        return net.transition_index(transition)
    number = index(transition)
    if not 0 <= number < len(net.transitions):
        raise UsageError(
            f"there is no transition number {number}; the net has {len(net.transitions)}"
        )
    return number


def _needs(net: PetriNet, number: int) -> Sequence[tuple[str, int]]:
    return _looked_up(net, net.pre_arcs, 0)(number)


def is_enabled(net: PetriNet, marking: MarkingLike, transition: str | int) -> bool:
    """Return whether a transition can fire: the marking covers its input arcs.

    Parameters
    ----------
    net
        The net.
    marking
        Place ids with tokens, a vector over the places, or text like ``p1 + 2 p3``.
    transition
        An id or an index.

    Examples
    --------
    >>> from petri.net import PetriNet
    >>> net = PetriNet(places=["p"], transitions=["t"], arcs=[("p", "t", 2)])
    >>> is_enabled(net, {"p": 1}, "t"), is_enabled(net, {"p": 2}, "t")
    (False, True)
    """
    number = transition_number(net, transition)
    tokens = as_marking(net, marking)
    return all(tokens.get(place, 0) >= weight for place, weight in _needs(net, number))


def enabled_transitions(net: PetriNet, marking: MarkingLike) -> tuple[str, ...]:
    """Return the ids of all transitions that can fire, in the order of the net.

    Parameters
    ----------
    net
        The net.
    marking
        Place ids with tokens, a vector over the places, or text; an id that is no place is refused.

    Notes
    -----
    Complexity: linear in the size of the net.

    Examples
    --------
    >>> from petri.net import PetriNet
    >>> net = PetriNet(places=["p"], transitions=["t", "u"], arcs=[("p", "t"), ("p", "u", 2)])
    >>> enabled_transitions(net, {"p": 1})
    ('t',)
    """
    vector = as_marking(net, marking).to_array(net.place_ids)
    offsets, places, weights = net.pre_arcs
    short = (vector[places] < weights).nonzero()[0]
    blocked = set((offsets.searchsorted(short, side="right") - 1).tolist())
    return tuple(t for number, t in enumerate(net.transition_ids) if number not in blocked)


def fire(net: PetriNet, marking: MarkingLike, transition: str | int) -> Marking:
    """Return the marking after one step.

    Parameters
    ----------
    net
        The net.
    marking
        Place ids with tokens, a vector over the places, or text like ``p1 + 2 p3``.
    transition
        An id or an index.

    Raises
    ------
    FiringError
        When the transition is not enabled; the message names each place that lacks tokens.

    Examples
    --------
    >>> from petri.net import PetriNet
    >>> net = PetriNet(places=["p", "q"], transitions=["t"], arcs=[("p", "t"), ("t", "q", 2)])
    >>> str(fire(net, {"p": 2}, "t"))
    'p + 2 q'
    """
    game = _Game(net, as_marking(net, marking).to_dict())
    return Marking(game.move(transition_number(net, transition)))


class _Game:
    """Tokens that transitions take and put.

    The arcs are looked up at each step, or as lists made once where there will be many steps.
    """

    def __init__(self, net: PetriNet, tokens: dict[str, int], steps: int = 1) -> None:
        self.net, self.tokens = net, tokens
        self._pre, self._post = (_looked_up(net, t, steps) for t in (net.pre_arcs, net.post_arcs))

    def move(self, number: int) -> dict[str, int]:
        """Fire a transition and return the tokens; they stay as they are if it is not enabled."""
        after = self.tokens.copy()
        for place, weight in self._pre(number):
            left = after.get(place, 0) - weight
            if left > 0:
                after[place] = left
            elif left:
                raise FiringError(self._missing(number))
            else:
                del after[place]
        for place, weight in self._post(number):
            now = after.get(place, 0) + weight
            if now > MAX_TOKENS:
                raise UsageError(f"{place!r} has more than 2**62 tokens")
            after[place] = now
        self.tokens = after
        return after

    def _missing(self, number: int) -> str:
        has = self.tokens.get
        missing = [
            f"{n} {'token' if n == 1 else 'tokens'} in {place}, has {has(place, 0)}"
            for place, n in _needs(self.net, number)
            if has(place, 0) < n
        ]
        return f"{self.net.transition_ids[number]} needs {'; and '.join(missing)}"


def _looked_up(
    net: PetriNet, table: ArcTable, times: int
) -> Callable[[int], Sequence[tuple[str, int]]]:
    """Return what gives places and weights of a transition, to be asked about so many times."""
    place_of = net.place_ids.__getitem__
    if len(table.offsets) + len(table.places) > ARCS_FOR_A_STEP * times:

        def one(number: int) -> Sequence[tuple[str, int]]:
            places, weights = table.row(number)
            return list(zip(map(place_of, places.tolist()), weights.tolist(), strict=True))

        return one
    offsets = table.offsets.tolist()
    arcs = list(zip(map(place_of, table.places.tolist()), table.weights.tolist(), strict=True))
    return lambda number: arcs[offsets[number] : offsets[number + 1]]


def run_transitions(net: PetriNet, marking: MarkingLike, transitions: Iterable[str | int]) -> Run:
    """Return the run that fires the transitions one after the other.

    Parameters
    ----------
    net
        The net.
    marking
        Where the run starts.
    transitions
        Ids or indices.

    Raises
    ------
    FiringError
        At the first that is not enabled; the message says which step, which tokens are missing
        and what is enabled instead.

    Examples
    --------
    >>> from petri.net import PetriNet
    >>> net = PetriNet(places=["p"], transitions=["t", "u"], arcs=[("p", "t")])
    >>> run_transitions(net, {"p": 1}, ["t", "t"])
    Traceback (most recent call last):
    ...
    transition_systems.errors.FiringError: step 2: t needs 1 token in p, has 0 (enabled: u)
    """
    start = as_marking(net, marking).to_dict()
    known, nodes = net.transition_numbers, net.transitions
    numbers: list[int] = []
    for one in transitions:
        number = known.get(one, -1) if isinstance(one, str) else index(one)
        numbers.append(number if 0 <= number < len(nodes) else transition_number(net, one))
    game = _Game(net, start, len(numbers))
    steps: list[Step] = []
    try:
        for number in numbers:
            node = nodes[number]
            after = game.move(number)
            label = node.label or node.name or node.id
            steps.append(Step(action=node.id, label=label, state=after, source=node.span))
    except FiringError as error:
        able = enabled_transitions(net, game.tokens)
        shown = ", ".join(able[:8]) + (", ..." if len(able) > 8 else "")
        position = len(steps) + 1
        raise FiringError(f"step {position}: {error} (enabled: {shown or 'nothing'})") from None
    return Run(initial=start, steps=tuple(steps))


def step(net: PetriNet, number: int, after: Marking) -> Step:
    """Return the step of a run that a transition makes, with its label and source span.

    Examples
    --------
    >>> from petri.net import PetriNet
    >>> step(PetriNet(places=["p"], transitions=["t"]), 0, Marking({"p": 1}))
    Step(action='t', label='t', state={'p': 1}, source=None)
    """
    return _step(net, number, after.to_dict())


def with_labels(net: PetriNet, run: R) -> R:
    """Return a run of a net whose steps have the labels and source spans of its transitions.

    Examples
    --------
    >>> from petri.net import PetriNet
    >>> from petri.nodes import Transition
    >>> net = PetriNet(places=["p"], transitions=[Transition(id="t1", label="pay")])
    >>> run = run_transitions(net, net.initial, ["t1"])
    >>> plain = replace(run, steps=[replace(one, label="t1") for one in run.steps])
    >>> with_labels(net, plain).steps[0].label
    'pay'
    """
    nodes = {node.id: node for node in net.transitions}

    def own(one: Step) -> Step:
        node = nodes.get(one.action)
        return one if node is None else replace(one, label=_label(node), source=node.span)

    return replace(run, steps=tuple(own(one) for one in run.steps))


def _label(node: Transition) -> str:
    return node.label or node.name or node.id


def _step(net: PetriNet, number: int, after: dict[str, int]) -> Step:
    node = net.transitions[number]
    return Step(action=node.id, label=_label(node), state=after, source=node.span)
