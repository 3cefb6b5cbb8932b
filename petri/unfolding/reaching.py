"""Reachability on a prefix: is there a configuration whose marking satisfies a goal?"""

from __future__ import annotations

import time
from typing import Any

from petri.decision import claim
from petri.net import PetriNet
from petri.unfolding.prefix import Prefix
from petri.unfolding.unfold import unfold
from transition_systems.budget import Budget
from transition_systems.errors import UsageError
from transition_systems.evidence import RunEvidence
from transition_systems.progress import ProgressCallback
from transition_systems.properties.format import format_formula
from transition_systems.properties.formulas import always_everywhere, possible
from transition_systems.properties.predicates import (
    And,
    Atom,
    Compare,
    Constant,
    Dead,
    Enabled,
    Not,
    Predicate,
)
from transition_systems.properties.walk import fold_predicate, negate
from transition_systems.smt import load_z3
from transition_systems.verdict import Outcome, Statistics, Verdict

__all__ = ["reachable_by_unfolding"]


def reachable_by_unfolding(
    net: PetriNet,
    goal: Predicate,
    *,
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
    seed: int | None = None,
    name: str | None = None,
    prefix: Prefix | None = None,
) -> Verdict:
    """Decide that a goal is reachable (EF) in a one-safe net, on a prefix of its unfolding.

    Parameters
    ----------
    net, goal
        A one-safe net and the predicate.
    budget, progress, seed, name
        As for every engine; the budget's states are events.
    prefix
        A prefix of the net that was unfolded before.

    Returns
    -------
    Verdict
        HOLDS with a run; VIOLATED with a complete prefix that has no such marking.

    Notes
    -----
    Configurations without cutoffs are the solutions of a boolean formula: an event needs its
    causes, and a condition is taken at most once.
    K. Heljanko: Using logic programs with stable model semantics to solve deadlock and reachability
    problems for 1-safe Petri nets. TACAS 1999.

    Examples
    --------
    >>> net = PetriNet.from_arrays([[1, 0], [0, 1]], [[0, 0], [1, 0]], [1, 0])
    >>> reachable_by_unfolding(net, Dead()).witness.actions
    ('t1', 't2')
    """
    started = time.monotonic()
    limit = (budget or Budget()).fixed()
    formula = possible(goal)
    if prefix is None:
        prefix = unfold(net, budget=limit, progress=progress)
    elif prefix.net != net:
        raise UsageError("the prefix is of another net")

    def answer(outcome: Outcome, text: str, **more: Any) -> Verdict:
        unknown = outcome is Outcome.UNKNOWN
        statistics = Statistics(
            method="unfolding", states=prefix.n_events, arcs=prefix.n_conditions,
            seconds=time.monotonic() - started,
        )  # fmt: skip
        return Verdict(
            property=name or format_formula(formula), outcome=outcome, statistics=statistics,
            reason=text if unknown else None, explanation=() if unknown else (text,), seed=seed,
            **more,
        )  # fmt: skip

    if max(net.initial.to_dict().values(), default=0) > 1:
        return answer(Outcome.UNKNOWN, f"{prefix.reason}; some place starts with several tokens")
    found, transitions = _configuration(prefix, goal, limit)
    if found == "sat":
        run = net.run(net.initial, transitions)
        text = f"It is reached after {len(run)} step{'' if len(run) == 1 else 's'}."
        return answer(Outcome.HOLDS, text, evidence=RunEvidence(claim=claim(net, formula), run=run))
    if found == "unknown":
        return answer(Outcome.UNKNOWN, "the time budget is used up")
    events = f"{prefix.n_events} events show no such marking"
    if prefix.complete:
        never = claim(net, always_everywhere(negate(goal)))
        return answer(
            Outcome.VIOLATED,
            f"{events} and stand for all of them.",
            evidence=prefix.evidence(never),
        )
    return answer(Outcome.UNKNOWN, f"{prefix.reason}; {events}")


def _configuration(prefix: Prefix, goal: Predicate, limit: Budget) -> tuple[str, list[int]]:
    """Return sat and the transitions of a configuration in the goal, unsat, or unknown."""
    z3 = load_z3()
    solver: Any = z3.SolverFor("QF_FD")
    left = limit.remaining()
    if left is not None:
        if left <= 0:
            return "unknown", []
        solver.set("timeout", max(1, min(int(left * 1000), (1 << 32) - 2)))
    last = prefix.n_events if prefix.unsafe is None else prefix.unsafe
    cutoff = prefix.cutoff
    events = {e: z3.Bool(f"e{e}") for e in range(last) if not cutoff[e]}
    marked: list[list[Any]] = [[] for _ in prefix.net.place_ids]
    for condition, place in enumerate(prefix.places):
        before = prefix.producers[condition]
        if before >= 0 and before not in events:
            continue
        after = [events[e] for e in prefix.consumers[condition] if e in events]
        made = z3.BoolVal(True) if before < 0 else events[before]
        if before >= 0:
            solver.add([z3.Implies(event, made) for event in after])
        if len(after) > 1:
            solver.add(z3.AtMost(*after, 1))
        marked[place].append(z3.And([made, *(z3.Not(event) for event in after)]))
    tokens: list[Any] = []
    for place, conditions in enumerate(marked):
        token = z3.Bool(f"p{place}")
        solver.add(token == z3.Or(conditions))
        tokens.append(token)
    solver.add(_goal(goal, prefix.net, tokens, z3))
    answer = str(solver.check())
    if answer != "sat":
        return answer, []
    model = solver.model()
    chosen = [e for e, event in events.items() if z3.is_true(model.eval(event))]
    return "sat", [prefix.transitions[e] for e in chosen]


def _goal(goal: Predicate, net: PetriNet, tokens: list[Any], z3: Any) -> Any:
    """Return a predicate as a boolean term on places with at most one token."""

    def enabled(number: int) -> Any:
        places, weights = net.pre_arcs.row(number)
        if (weights > 1).any():
            return z3.BoolVal(False)
        return z3.And([tokens[place] for place in places.tolist()])

    def combine(node: Predicate, below: list[Any]) -> Any:
        match node:
            case Constant(value):
                return z3.BoolVal(value)
            case Compare(terms, op, bound):
                sums: dict[int, int] = {}
                for place, factor in terms:
                    number = net.place_index(place)
                    sums[number] = sums.get(number, 0) + factor
                return _compared({p: k for p, k in sums.items() if k}, op, bound, tokens, z3)
            case Atom(place):
                return tokens[net.place_index(place)]
            case Enabled(transition):
                return enabled(net.transition_index(transition))
            case Dead():
                return z3.And([z3.Not(enabled(t)) for t in range(len(net.transition_ids))])
            case Not():
                return z3.Not(below[0])
            case And():
                return z3.And(below)
            case _:
                return z3.Or(below)

    return fold_predicate(goal, combine)


def _compared(sums: dict[int, int], op: str, bound: int, tokens: list[Any], z3: Any) -> Any:
    def at_least(least: int) -> Any:
        pairs = [(tokens[p], k) if k > 0 else (z3.Not(tokens[p]), -k) for p, k in sums.items()]
        rest = least - sum(k for k in sums.values() if k < 0)
        if rest <= 0:
            return z3.BoolVal(True)
        if rest > sum(k for _, k in pairs):
            return z3.BoolVal(False)
        return z3.PbGe(pairs, rest)

    match op:
        case ">=":
            return at_least(bound)
        case ">":
            return at_least(bound + 1)
        case "<=":
            return z3.Not(at_least(bound + 1))
        case "<":
            return z3.Not(at_least(bound))
        case _:
            equal = z3.And(at_least(bound), z3.Not(at_least(bound + 1)))
            return equal if op == "==" else z3.Not(equal)
