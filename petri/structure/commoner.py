"""Commoner's condition: every proper siphon contains a trap that is marked at the start."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from petri.incidence import ArcTable
from petri.net import PetriNet
from petri.structure.connected import connected_parts
from petri.structure.net_classes import net_class
from petri.structure.rank_theorem import RankPremises, rank_premises
from petri.structure.siphons_traps import maximal_siphon, maximal_trap, set_solver, solved
from transition_systems.budget import OUT_OF_TIME, Budget, Meter
from transition_systems.errors import UndecidedError
from transition_systems.evidence import Claim, SiphonTraps

__all__ = ["CommonerAnswer", "live_by_traps", "siphons_hold_traps"]

MOST_ROUNDS = 20_000
MOST_SHRUNK = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonerAnswer:
    """Whether every proper siphon of a net contains a marked trap.

    Parameters
    ----------
    holds
        ``None`` where the budget ended before the answer.
    traps
        Marked traps, one of which is in each siphon that does not violate the condition; none
        where a theorem gives the answer.
    siphon
        A minimal siphon without a marked trap, where there is one.
    why
        A sentence where the condition does not hold, or is open.
    """

    holds: bool | None
    traps: tuple[tuple[str, ...], ...] = ()
    siphon: tuple[str, ...] = ()
    why: str | None = None

    def __bool__(self) -> bool:
        return self.holds is True


def siphons_hold_traps(
    net: PetriNet, *, budget: Budget | None = None, theorem: bool = True
) -> CommonerAnswer:
    """Decide whether every siphon but the empty one contains a trap that is marked at the start.

    Parameters
    ----------
    net
        Any place/transition net with its initial marking; weights play no part.
    budget
        Its seconds.
    theorem
        Whether the rank theorem may answer, which gives no traps.

    Returns
    -------
    CommonerAnswer
        With the traps that show it, or with a siphon that violates it.

    Raises
    ------
    UsageError
        When the package ``python-sat`` is not installed.

    Notes
    -----
    A net with transitions, whose input arcs have weight 1, that fulfils the condition is never
    dead; a free-choice net without isolated places (an unmarked one is a siphon of its own) is live
    if and only if it fulfils it, and an asymmetric-choice net if it does.
    A SAT solver proposes siphons without the traps that are known; the largest trap in a proposal
    is found by a fixpoint and, if it is marked, made smaller and excluded. The connected parts of a
    net are asked one after the other. co-NP-complete; a net
    that is live by the rank theorem needs no solver, since it is free choice.
    M. Hack: Analysis of production schemata by Petri nets. MIT, 1972. O. Oanea, H. Wimmel, K. Wolf:
    New algorithms for deciding the siphon-trap property. Petri Nets 2010, LNCS 6128.

    Examples
    --------
    >>> net = PetriNet.from_arrays([[1, 0], [0, 1]], [[0, 1], [1, 0]], [0, 0])
    >>> siphons_hold_traps(net).siphon
    ('p1', 'p2')
    >>> bool(siphons_hold_traps(net.replace(initial=["p1"])))
    True
    """
    limit = (budget or Budget()).fixed()
    meter = limit.start()
    if theorem and isinstance(rank_premises(net, budget=limit), RankPremises):
        return CommonerAnswer(holds=True)
    traps: list[tuple[str, ...]] = []
    for part in connected_parts(net):  # a siphon of the net is one of some part, with more places
        if traps and meter.out_of_time():
            return CommonerAnswer(holds=None, traps=tuple(traps), why=OUT_OF_TIME)
        found = _in_part(part, meter, MOST_ROUNDS - len(traps))
        traps += found.traps
        if not found.holds:
            return replace(found, traps=() if found.siphon else tuple(traps))
    return CommonerAnswer(holds=True, traps=tuple(traps))


def _in_part(net: PetriNet, meter: Meter, rounds: int) -> CommonerAnswer:
    """Decide the condition for a connected net, with so many traps at most."""
    count = len(net.place_ids)
    if not count:
        return CommonerAnswer(holds=True)
    marked = net.initial.to_dict()
    numbers = {name: number for number, name in enumerate(net.place_ids, start=1)}
    traps: list[tuple[str, ...]] = []
    clauses = _siphon_clauses(net.post_arcs, net.pre_arcs)
    with set_solver(clauses, range(1, count + 1)) as solver:
        while True:
            try:
                if not solved(solver, meter):
                    break
            except UndecidedError as error:
                return CommonerAnswer(holds=None, traps=tuple(traps), why=str(error))
            chosen = [net.place_ids[n - 1] for n in solver.get_model()[:count] if n > 0]
            trap = maximal_trap(net, chosen)
            if marked.keys().isdisjoint(trap):
                siphon = _smaller_siphon(net, chosen, meter)
                names = ", ".join(siphon[:6]) + (" ..." if len(siphon) > 6 else "")
                why = f"the siphon {names} contains no trap that is marked at the start"
                return CommonerAnswer(holds=False, siphon=siphon, why=why)
            trap = _smaller_trap(net, trap, meter)
            traps.append(trap)
            solver.add_clause([-numbers[name] for name in trap])
            reason = meter.exhausted()
            if reason is None and len(traps) >= rounds:
                reason = f"{MOST_ROUNDS} traps were not enough"
            if reason is not None:
                return CommonerAnswer(holds=None, traps=tuple(traps), why=reason)
    return CommonerAnswer(holds=True, traps=tuple(traps))


def live_by_traps(net: PetriNet, *, budget: Budget | None = None) -> SiphonTraps | str:
    """Return evidence that a free-choice net is live, by Commoner's theorem, or why there is none.

    Parameters
    ----------
    net
        An extended free-choice net, bounded or not, whose input arcs have weight 1.
    budget
        Its seconds.

    Returns
    -------
    SiphonTraps or str
        Marked traps, one in each siphon; else a sentence.

    Raises
    ------
    UsageError
        When the package ``python-sat`` is not installed.

    Notes
    -----
    co-NP-complete; the SAT solver is asked once for each trap.
    M. Hack: Analysis of production schemata by Petri nets. MIT, 1972.

    Examples
    --------
    >>> net = PetriNet.from_arrays([[1, 0], [0, 1]], [[0, 1], [1, 0]], [1, 0])
    >>> live_by_traps(net).traps
    (('p1', 'p2'),)
    """
    free = net_class(net, "extended free choice")
    if not free:
        return f"the net is not extended free choice ({free.why})"
    if any(weight != 1 for weight in net.pre_arcs.weights.tolist()):
        return "an input arc has a weight above 1"
    answer = siphons_hold_traps(net, budget=budget, theorem=False)
    if not answer.holds:
        return str(answer.why)
    return SiphonTraps(claim=Claim(formula="live", model_digest=net.digest()), traps=answer.traps)


def _siphon_clauses(gives: ArcTable, needs: ArcTable) -> Iterator[list[int]]:
    """Yield: where a place is in the set, each transition that gives to it needs one of the set."""
    first, given, _ = (part.tolist() for part in gives)
    start, needed, _ = (part.tolist() for part in needs)
    for (a, b), (c, d) in zip(pairwise(first), pairwise(start), strict=True):
        inputs = [place + 1 for place in needed[c:d]]
        for place in given[a:b]:
            if place + 1 not in inputs:
                yield [-(place + 1), *inputs]


def _smaller_trap(net: PetriNet, trap: tuple[str, ...], meter: Meter) -> tuple[str, ...]:
    """Return a part of a marked trap that is a marked trap; places are left out one by one."""
    marked = net.initial.to_dict()
    for name in trap[:MOST_SHRUNK]:
        if meter.out_of_time():
            break
        if name in trap:
            smaller = maximal_trap(net, [other for other in trap if other != name])
            if not marked.keys().isdisjoint(smaller):
                trap = smaller
    return trap


def _smaller_siphon(net: PetriNet, siphon: list[str], meter: Meter) -> tuple[str, ...]:
    """Return a minimal siphon inside a siphon; a part of it has no marked trap either.

    At the end of the time it is a siphon, and may be larger.
    """
    left = maximal_siphon(net, siphon)
    for name in left:
        if meter.out_of_time():
            break
        if name in left:
            left = maximal_siphon(net, [other for other in left if other != name]) or left
    return left
