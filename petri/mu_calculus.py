"""The modal mu-calculus on nets: on listed markings, or on the part of the game that decides."""

from __future__ import annotations

from dataclasses import replace

from petri.ctl import ctl_without_game
from petri.ctl_star import labelled_by_transitions
from petri.memory import within_memory
from petri.mu_on_the_fly import labelled_play, mu_on_the_fly
from petri.net import PetriNet
from petri.state_space.packed import PackedNet
from petri.state_space.space import StateSpace
from petri.whole_space import UNBOUNDED, whole_space
from transition_systems.budget import Budget
from transition_systems.errors import UndecidedError
from transition_systems.evidence import StateSet
from transition_systems.properties.format import format_formula
from transition_systems.properties.names import require_names
from transition_systems.properties.parse import parse_formula
from transition_systems.properties.predicates import Predicate
from transition_systems.properties.walk import names_in
from transition_systems.temporal.mu_calculus import check_mu
from transition_systems.temporal.mu_formulas import MuFormula, format_mu, map_mu
from transition_systems.temporal.mu_game import mu_nodes, require_labels
from transition_systems.temporal.mu_in_ctl import mu_to_ctl
from transition_systems.temporal.mu_parse import parse_mu
from transition_systems.verdict import Verdict

__all__ = ["mu"]

# Markings that are listed first; positions of the game where there is no budget.
FEW, MOST = 20_000, 1_000_000
# Parts of the time: for a first look at the game, as CTL, and for all markings.
QUICKLY, AS_CTL, LISTED = 0.2, 0.5, 0.5


@within_memory(lambda _, formula, **__: str(formula))
def mu(net: PetriNet, formula: MuFormula | str, *, budget: Budget | None = None) -> Verdict:
    """Decide whether a formula of the mu-calculus holds in the initial marking of a net.

    Parameters
    ----------
    net
        Any place/transition net.
    formula
        The formula, or its text: labels are the ids of transitions, predicates over the places.
    budget
        Limits of the state space, and the seconds of all together.

    Returns
    -------
    Verdict
        As :func:`transition_systems.temporal.mu_calculus.check_mu`. Where the markings are too
        many, or have no end, as
        :func:`~transition_systems.temporal.mu_on_the_fly.check_mu_on_the_fly`: HOLDS and VIOLATED
        where a finite part of the game decides, with the markings of that part as the space of the
        evidence. A formula that says no more than one of CTL (``[true*] <a> true`` is
        ``AG enabled(a)``) is decided as that one, too, by diagrams and with its evidence
        (:func:`petri.ctl.ctl`). Else UNKNOWN. A budget of states bounds the positions of the game,
        too; without any budget they are at most a million.

    Raises
    ------
    ExpressionError
        For a text that is no formula, and for a place or a transition that the net does not have,
        with the nearest ones.
    UsageError
        For a variable that is not bound, or is negated.

    Notes
    -----
    As :func:`transition_systems.temporal.mu_calculus.check_mu`.

    Examples
    --------
    >>> net = PetriNet.from_arrays([[1, 0], [0, 1]], [[0, 1], [1, 0]], [1, 0])
    >>> mu(net, "nu X. <t1> <t2> X && {p1 >= 1}").outcome
    <Outcome.HOLDS: 'HOLDS'>
    """
    tree = parse_mu(formula) if isinstance(formula, str) else formula
    require_labels(mu_nodes(tree), net.transition_ids, kind="transition")
    _require_places(tree, net)
    limit = (budget or Budget()).fixed()
    few = FEW if limit.states is None else min(FEW, limit.states)
    space = whole_space(net, format_mu(tree), replace(limit, states=few))
    if not isinstance(space, Verdict):
        return labelled_play(net, _listed(net, tree, space, limit))
    try:
        PackedNet(net, budget=limit)
    except OverflowError:
        return space
    verdict = mu_on_the_fly(net, tree, _part(limit, QUICKLY, few))
    if not verdict.unknown or few == limit.states or limit.remaining() == 0:
        return verdict
    told = _as_ctl(net, tree, limit)
    if told is not None:
        return told
    endless = space.reason == UNBOUNDED
    if not endless:
        most = limit.remaining()
        listing = limit if most is None else _part(limit, LISTED, limit.states)
        found = whole_space(net, format_mu(tree), listing)
        if not isinstance(found, Verdict):
            return labelled_play(net, _listed(net, tree, found, limit))
        endless = found.reason == UNBOUNDED
    if limit == Budget():
        limit = Budget(states=MOST)
    verdict = mu_on_the_fly(net, tree, limit)
    if verdict.unknown and endless:
        return verdict.with_(reason=f"{UNBOUNDED}; {verdict.reason}")
    return verdict


def _as_ctl(net: PetriNet, tree: MuFormula, limit: Budget) -> Verdict | None:
    """Decide a formula that says no more than one of CTL as that one, by diagrams perhaps."""
    try:
        asked = mu_to_ctl(tree, meter=limit.start())
    except UndecidedError:
        return None
    if asked is None:
        return None
    text = parse_formula(format_formula(asked))
    verdict = ctl_without_game(net, text, budget=_part(limit, AS_CTL, limit.states))
    return None if verdict.unknown else verdict.with_(property=format_mu(tree))


def _part(limit: Budget, share: float, states: int | None) -> Budget:
    """Return a share of the time of a budget, and a number of states."""
    left = limit.remaining()
    seconds = None if left is None else share * left
    return replace(limit, deadline=None, seconds=seconds, states=states).fixed()


def _listed(net: PetriNet, tree: MuFormula, space: StateSpace, limit: Budget) -> Verdict:
    """Decide on all markings."""
    return check_mu(
        labelled_by_transitions(space), tree, holds=space.holds, budget=limit, digest=net.digest,
        space=lambda: StateSet(names=net.place_ids, rows=space.markings),
        state=lambda number: space.marking(number).to_dict(),
    )  # fmt: skip


def _require_places(tree: MuFormula, net: PetriNet) -> None:
    """Refuse a predicate with a name that the net does not have."""

    def known(predicate: Predicate) -> Predicate:
        counters, enabled = names_in(predicate)
        require_names(counters, net.place_ids, kind="place")
        require_names(enabled, net.transition_ids, kind="transition")
        return predicate

    map_mu(tree, known, lambda name: [name])
