"""Evidence for the other kinds of soundness: weak, lazy, relaxed, and without fairness."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from netproof.recheck.counted import counts_tokens
from netproof.recheck.net_table import NetTable
from netproof.recheck.questions import Goal, classical_goal
from netproof.recheck.result import RefusedError
from netproof.recheck.statements import Statement, as_statement, same, supports
from netproof.recheck.structure import workflow_ends
from petri.net import PetriNet
from transition_systems.evidence import (
    ClosedSet,
    Evidence,
    Parts,
    PumpEvidence,
    RunEvidence,
    StateSet,
    TrapEvidence,
)
from transition_systems.properties.predicates import And, Compare, Enabled, Not

__all__ = ["check_kind", "counts_tokens", "sound_for_all"]

OPTION, PROPER = "option-to-complete", "proper-completion"
TERMINATES = frozenset({"terminates"})
ENDLESS = frozenset(
    {"infinite run", "infinite run under weak fairness", "infinite run under strong fairness",
     "unbounded"}
)  # fmt: skip


def check_kind(evidence: Parts, claim: Statement, table: NetTable, goal: Goal | None) -> None:
    """Refuse parts from which the claim does not follow; each part is checked elsewhere."""
    phrase, parts = claim.phrase, dict(evidence.parts)
    match phrase:
        case "weakly sound" | "not weakly sound":
            wanted = goal or classical_goal(table.net)
            option, proper = Statement("AG EF", wanted.completion), Statement("AG", wanted.proper)
            _pair(parts, option, proper, table, goal, holds=phrase == "weakly sound")
        case "lazily sound" | "not lazily sound":
            _, sink = workflow_ends(table.net)
            option = Statement("AG EF", Compare(((sink, 1),), "==", 1))
            proper = Statement("AG", Compare(((sink, 1),), "<=", 1))
            _pair(parts, option, proper, None, goal, holds=phrase == "lazily sound")
        case "relaxed sound":
            _relaxed(parts, goal or classical_goal(table.net))
        case "not relaxed sound":
            _not_relaxed(parts, table, goal or classical_goal(table.net))
        case "sound without fairness":
            both = {"soundness": frozenset({"sound"}), "termination": TERMINATES}
            _expect(parts, both, all_=True)
        case "not sound without fairness":
            _expect(parts, {"soundness": frozenset({"not sound"}), "termination": ENDLESS})
        case _:
            raise RefusedError("parts prove soundness or occurrence, not this claim")


def sound_for_all(claim: Statement, net: PetriNet) -> bool:
    """Return whether a claim means that the net is sound for every number of tokens.

    A sound free-choice workflow net is (L. Ping, H. Hao, L. Jian, 2004). Its final marking, where
    it has one, must be one token in the sink.
    """
    if claim.phrase != "sound":
        return False
    _, sink = workflow_ends(net)
    if net.final is not None and net.final.to_dict() != {sink: 1}:
        return False
    needs: dict[str, set[str]] = {name: set() for name in net.transition_ids}
    for arc in net.arcs:
        if arc.weight != 1:
            return False
        if arc.target in needs:
            needs[arc.target].add(arc.source)
    sharing: dict[str, set[str]] = {}
    for places in needs.values():
        for place in places:
            if sharing.setdefault(place, places) != places:
                return False
    return True


def _expect(
    parts: Mapping[str, Evidence], wanted: Mapping[str, frozenset[str]], *, all_: bool = False
) -> None:
    """Refuse parts of other names, or whose claims are other phrases."""
    fits = parts.keys() == wanted.keys() if all_ else len(parts) == 1
    if not fits or not parts.keys() <= wanted.keys():
        raise RefusedError("these are not the parts of this claim")
    for name, part in parts.items():
        if as_statement(part.claim.formula).phrase not in wanted[name]:
            raise RefusedError(f"the claim of the part {name} is not what is needed")


def _pair(
    parts: Mapping[str, Evidence],
    option: Statement,
    proper: Statement,
    table: NetTable | None,
    goal: Goal | None,
    *,
    holds: bool,
) -> None:
    """Check two parts that hold, or one that fails."""
    wanted = {OPTION: option, PROPER: proper}
    if holds and parts.keys() != wanted.keys():
        raise RefusedError("these are not the parts of this claim")
    if not holds and len(parts) != 1:
        raise RefusedError("one part shows that it is not so")
    for name, part in parts.items():
        if name == "unbounded" and table is not None and isinstance(part, PumpEvidence):
            _pump(table, goal)
            continue
        if name not in wanted:
            raise RefusedError(f"there is no part {name!r}")
        needed = wanted[name] if holds else wanted[name].negated()
        if not supports(as_statement(part.claim.formula), needed):
            raise RefusedError(f"the claim of the part {name} is not what is needed")


def _pump(table: NetTable, goal: Goal | None) -> None:
    """Refuse unless the goal is that of a workflow net: then a pump leaves tokens behind."""
    classical = classical_goal(table.net)
    if goal is None:
        return
    for one, other in ((goal.completion, classical.completion), (goal.proper, classical.proper)):
        if not same(Statement("AG", one), Statement("AG", other)):
            raise RefusedError("a pump refutes soundness only for the goal of a workflow net")


def _relaxed(parts: Mapping[str, Evidence], goal: Goal) -> None:
    shown: set[str] = set()
    for name, part in parts.items():
        if not isinstance(part, RunEvidence):
            raise RefusedError(f"part {name!r} is no run")
        if not supports(as_statement(part.claim.formula), Statement("EF", goal.completion)):
            raise RefusedError(f"the run of the part {name} does not complete")
        shown.update(part.run.actions)
    for group in goal.occurs.values():
        if shown.isdisjoint(group):
            raise RefusedError(f"no completing run shows one of {list(group)!r:.100}")


def _not_relaxed(parts: Mapping[str, Evidence], table: NetTable, goal: Goal) -> None:
    """Check that some group is dead, or that each of its steps leads where it never completes."""
    closed = parts.get("reachable")
    groups = [tuple(group) for group in goal.occurs.values()]
    if closed is None:
        (part,) = parts.values() if len(parts) == 1 else (None,)
        claim = None if part is None else as_statement(part.claim.formula)
        if (
            groups
            and claim is not None
            and supports(claim, Statement("EF", goal.completion).negated())
        ):
            return  # no run completes, whatever occurs in it
        for group in groups:
            never = Statement("AG", And(tuple(Not(Enabled(name)) for name in group)))
            if claim is not None and claim.shape == "AG" and same(claim, never):
                return
        raise RefusedError("the part does not say that one of the groups is dead")
    if not isinstance(closed, ClosedSet):
        raise RefusedError("the part 'reachable' is no closed set")
    avoids = Statement("AG EF", goal.completion).negated()
    hopeless: set[tuple[int, ...]] = set()
    for name, part in parts.items():
        if name == "reachable":
            continue
        if not isinstance(part, TrapEvidence) or not supports(
            as_statement(part.claim.formula), avoids
        ):
            raise RefusedError(f"part {name!r} is no set in which it never completes")
        hopeless.update(_rows(part.states, table))
    rows = _rows(closed.states, table)
    if not any(all(_leads(rows, hopeless, table, name) for name in group) for group in groups):
        raise RefusedError("of each group some step leads where it may complete")


def _rows(states: StateSet, table: NetTable) -> list[tuple[int, ...]]:
    """Return markings with the places in the order of the net."""
    places = table.net.place_ids
    if sorted(states.names) != sorted(places):
        raise RefusedError("the markings are not over the places of the net")
    order = [states.names.index(place) for place in places]
    return [tuple(row) for row in np.asarray(states.rows)[:, order].tolist()]


def _leads(
    rows: list[tuple[int, ...]], hopeless: set[tuple[int, ...]], table: NetTable, name: str
) -> bool:
    """Return whether each firing of a transition in one of the markings ends in the set."""
    net = table.net
    number = {place: index for index, place in enumerate(net.place_ids)}
    needs = [(number[a.source], a.weight) for a in net.arcs if a.target == name]
    gives = [(number[a.target], a.weight) for a in net.arcs if a.source == name]
    for row in rows:
        if all(row[place] >= weight for place, weight in needs):
            after = list(row)
            for place, weight in needs:
                after[place] -= weight
            for place, weight in gives:
                after[place] += weight
            if tuple(after) not in hopeless:
                return False
    return True
