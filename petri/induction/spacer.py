"""Property-directed reachability by z3's own engine for Horn clauses, as a second opinion.

A. Komuravelli, A. Gurfinkel, S. Chaki: SMT-based model checking for recursive programs. Formal
Methods in System Design 48, 2016.
"""

from __future__ import annotations

from typing import Any

from petri.induction.bounded_search import search_bounded
from petri.induction.encoding import Encoding
from petri.induction.inductive import Answers
from petri.net import PetriNet
from petri.structure.flow_bases import small_flows
from transition_systems.budget import OUT_OF_TIME, Budget
from transition_systems.errors import UndecidedError
from transition_systems.progress import ProgressCallback
from transition_systems.properties.predicates import (
    And,
    Compare,
    Comparison,
    Constant,
    Not,
    Or,
    Predicate,
    conjunction,
)
from transition_systems.smt import all_of, check, load_z3
from transition_systems.verdict import Outcome, Verdict

__all__ = ["spacer"]


def spacer(
    net: PetriNet,
    goal: Predicate,
    *,
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
    seed: int | None = None,
    name: str | None = None,
) -> Verdict:
    """Decide whether some reachable marking satisfies a goal (EF), by z3's engine Spacer.

    Parameters
    ----------
    net, goal
        Any net, bounded or not, and the predicate.
    budget, progress, seed, name
        As for every engine; a callback is told only while a run is looked for.

    Returns
    -------
    Verdict
        HOLDS with a shortest run, VIOLATED with an inductive predicate; UNKNOWN where Spacer gives
        no answer, or one that is no linear predicate over the places.

    Notes
    -----
    Flows of the net are given to it as facts. The run is found by a bounded search once Spacer says
    that there is one.

    Examples
    --------
    >>> from transition_systems.properties.predicates import at_least
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [2, 0])
    >>> spacer(net, at_least("p2", 3)).outcome
    <Outcome.VIOLATED: 'VIOLATED'>
    """
    answers = Answers(net, goal, "spacer", name, budget, seed)
    try:
        return _asked(answers, progress)
    except UndecidedError as error:
        return answers.unknown(str(error))


def _asked(answers: Answers, progress: ProgressCallback | None) -> Verdict:
    z3 = load_z3()
    net, goal, meter = answers.net, answers.goal, answers.limit.start()
    encoding = Encoding(net, answers.limit)
    engine: Any = z3.Fixedpoint()
    engine.set(engine="spacer")
    meter.require_time()
    now: list[Any] = [z3.Int(f"m{p}") for p in range(len(net.place_ids))]
    sorts = [z3.IntSort()] * len(now)
    reached = z3.Function("reached", *sorts, z3.BoolSort())
    hit = z3.Function("hit", z3.BoolSort())
    engine.register_relation(reached, hit)
    engine.declare_var(*now)
    flows = [
        Compare(flow.weights, "==", flow.value or 0) for flow in small_flows(net, answers.limit)
    ]
    inside = [*(tokens >= 0 for tokens in now)]
    inside += [encoding.predicate(flow, now) for flow in flows]
    here = all_of([reached(*now), *inside])
    engine.fact(reached(*(z3.IntVal(n) for n in net.initial.to_array(net.place_ids).tolist())))
    for number in range(len(net.transition_ids)):
        meter.require_time()
        after = list(now)
        for place, delta in encoding.effect(number).items():
            after[place] = now[place] + delta
        engine.rule(reached(*after), [here, encoding.enabled(number, now)])
    engine.rule(hit(), [here, encoding.predicate(goal, now)])
    left = answers.limit.remaining()
    if left is not None:
        meter.require_time()
        engine.set("timeout", max(1, min(int(left * 1000), (1 << 32) - 2)))
    try:
        answer = str(engine.query(hit()))
    except z3.Z3Exception as error:
        meter.require_time()
        return answers.unknown(f"the solver failed: {error}")
    if answer == "sat":
        run = search_bounded(net, goal, budget=answers.limit, progress=progress)
        if run is not None:
            return answers.reached([net.transition_index(action) for action in run.actions])
        found = answers.unknown("Spacer says that it is reached, and no run was found in time")
        return found.with_(abstract_outcome=Outcome.HOLDS)
    if answer != "unsat":
        why = OUT_OF_TIME if left is not None else engine.reason_unknown()
        return answers.unknown(str(why))
    invariant = conjunction(*flows, _interpretation(engine, reached, net, z3) or Constant(True))
    outside = [*inside, encoding.predicate(invariant, now), encoding.predicate(goal, now)]
    if check(outside, budget=answers.limit).status != "unsat":
        found = answers.unknown("Spacer excludes it by no linear predicate over the places")
        return found.with_(abstract_outcome=Outcome.VIOLATED)
    return answers.invariant(invariant)


def _interpretation(engine: Any, reached: Any, net: PetriNet, z3: Any) -> Predicate | None:
    """Return what Spacer says of all reachable markings, as a predicate."""
    if not net.place_ids:
        return Constant(True)
    waiting = [engine.get_answer()]
    while waiting:
        node = waiting.pop()
        if z3.is_quantifier(node) and node.is_forall():
            body = node.body()
            if z3.is_eq(body) and body.arg(0).decl() == reached:
                places = {
                    z3.get_var_index(body.arg(0).arg(position)): place
                    for position, place in enumerate(net.place_ids)
                }
                return _predicate(body.arg(1), places, z3)
        elif z3.is_and(node):
            waiting.extend(node.children())
    return None


def _predicate(root: Any, places: dict[int, str], z3: Any) -> Predicate | None:
    """Return a formula over bound variables as a predicate; ``None`` where it is not linear."""
    done: list[Predicate] = []
    waiting: list[tuple[Any, bool]] = [(root, False)]
    compare: dict[int, Comparison] = {
        z3.Z3_OP_LE: "<=", z3.Z3_OP_GE: ">=", z3.Z3_OP_LT: "<", z3.Z3_OP_GT: ">", z3.Z3_OP_EQ: "==",
    }  # fmt: skip
    while waiting:
        node, ready = waiting.pop()
        if z3.is_true(node) or z3.is_false(node):
            done.append(Constant(bool(z3.is_true(node))))
        elif z3.is_and(node) or z3.is_or(node) or z3.is_not(node):
            if not ready:
                waiting.append((node, True))
                waiting.extend((child, False) for child in reversed(node.children()))
                continue
            first = len(done) - node.num_args()
            parts = tuple(done[first:])
            kind = And if z3.is_and(node) else Or
            done[first:] = [Not(parts[0]) if z3.is_not(node) else kind(parts)]
        elif z3.is_app(node) and node.decl().kind() in compare and z3.is_int(node.arg(0)):
            sums = _linear([(node.arg(0), 1), (node.arg(1), -1)], places, z3)
            if sums is None:
                return None
            bound = -sums.pop("", 0)
            terms = tuple((place, factor) for place, factor in sums.items() if factor)
            done.append(Compare(terms, compare[node.decl().kind()], bound))
        else:
            return None
    return done[0]


def _linear(
    waiting: list[tuple[Any, int]], places: dict[int, str], z3: Any
) -> dict[str, int] | None:
    """Return the sum of terms with factors, by place; the constant stands under ``""``."""
    total: dict[str, int] = {}
    while waiting:
        node, factor = waiting.pop()
        if z3.is_int_value(node):
            total[""] = total.get("", 0) + factor * int(node.as_long())
        elif z3.is_var(node):
            place = places[z3.get_var_index(node)]
            total[place] = total.get(place, 0) + factor
        elif z3.is_add(node):
            waiting.extend((child, factor) for child in node.children())
        elif z3.is_sub(node):
            first, *rest = node.children()
            waiting.append((first, factor))
            waiting.extend((child, -factor) for child in rest)
        elif z3.is_app(node) and node.decl().kind() == z3.Z3_OP_UMINUS:
            waiting.append((node.arg(0), -factor))
        elif z3.is_mul(node) and node.num_args() == 2 and z3.is_int_value(node.arg(0)):
            waiting.append((node.arg(1), factor * int(node.arg(0).as_long())))
        else:
            return None
    return total
