"""Evidence in parts: soundness, its failure, and runs in which groups of transitions occur."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from netproof.recheck.bounds import check_bounds
from netproof.recheck.net_table import NetTable
from netproof.recheck.questions import Goal, classical_goal
from netproof.recheck.result import RefusedError
from netproof.recheck.runs import occurring
from netproof.recheck.soundness_kinds import check_kind
from netproof.recheck.statements import Statement, as_statement, listed, same, supports
from transition_systems.evidence import Evidence, Parts, PumpEvidence, RunEvidence
from transition_systems.properties.predicates import And, Enabled, Not

__all__ = ["check_parts", "covers", "dead_group", "occurring_groups"]

OPTION, PROPER, OCCURS = "option-to-complete", "proper-completion", "no-dead-"
Check = Callable[[Evidence], None]


def check_parts(
    evidence: Parts, claim: Statement, table: NetTable, goal: Goal | None, check: Check
) -> None:
    """Check soundness, bounds or ``occur-groups [...]``; ``check`` checks each part."""
    names = [name for name, _ in evidence.parts]
    if len(set(names)) != len(names):
        raise RefusedError("two parts have the same name")
    if claim.phrase.startswith("occur-groups "):
        _occurrences(evidence, occurring_groups(claim))
    elif claim.phrase == "sound":
        _sound(evidence, goal or classical_goal(table.net))
    elif claim.phrase == "not sound":
        _not_sound(evidence, table, goal)
    elif claim.phrase.startswith(("bound ", "bounds")):
        check_bounds(evidence, claim, table.net)
    else:
        check_kind(evidence, claim, table, goal)
    for _, part in evidence.parts:
        check(part)


def occurring_groups(claim: Statement) -> list[tuple[str, ...]]:
    """Return the groups of the claim ``occur-groups [[...], ...]``."""
    groups: Any = listed(claim, "occur-groups")
    if not isinstance(groups, list):
        raise RefusedError("the claim does not list groups of transitions")
    for group in groups:
        if not isinstance(group, list) or not all(isinstance(name, str) for name in group):
            raise RefusedError("the claim does not list groups of transitions")
    return [tuple(group) for group in groups]


def _occurrences(evidence: Parts, groups: list[tuple[str, ...]]) -> None:
    shown: set[str] = set()
    for name, part in evidence.parts:
        if not isinstance(part, RunEvidence):
            raise RefusedError(f"part {name!r} is no run")
        shown |= occurring(part, as_statement(part.claim.formula))
    for group in groups:
        if shown.isdisjoint(group):
            raise RefusedError(f"no run shows one of the transitions {list(group)!r:.100}")


def covers(claimed: Iterable[tuple[str, ...]], wanted: Iterable[tuple[str, ...]]) -> bool:
    """Return whether occurrence of the claimed groups means that of the wanted ones."""
    known = {frozenset(group) for group in claimed}
    left = [frozenset(group) for group in wanted]
    return all(group in known or any(small <= group for small in known) for group in left)


def dead_group(claim: Statement, groups: Iterable[tuple[str, ...]]) -> bool:
    """Return whether a claim says that no transition of one of the groups is ever enabled."""
    if claim.shape != "AG":
        return False
    return any(
        same(claim, Statement("AG", And(tuple(Not(Enabled(name)) for name in group))))
        for group in groups
    )


def _sound(evidence: Parts, goal: Goal) -> None:
    if len(evidence.parts) != 3:
        raise RefusedError("soundness has three parts")
    parts = dict(evidence.parts)
    if OPTION not in parts or PROPER not in parts:
        raise RefusedError(f"soundness needs the parts {OPTION} and {PROPER}")
    third = next(name for name in parts if name not in (OPTION, PROPER))
    if not third.startswith(OCCURS):
        raise RefusedError(f"soundness has no part {third!r}")
    for name, wanted in (
        (OPTION, Statement("AG EF", goal.completion)),
        (PROPER, Statement("AG", goal.proper)),
    ):
        if not supports(as_statement(parts[name].claim.formula), wanted):
            raise RefusedError(f"the claim of the part {name} is not what the goal asks")
    claimed = occurring_groups(as_statement(parts[third].claim.formula))
    if not covers(claimed, [tuple(group) for group in goal.occurs.values()]):
        raise RefusedError(f"the claim of the part {third} is not what the goal asks")


def _not_sound(evidence: Parts, table: NetTable, goal: Goal | None) -> None:
    if len(evidence.parts) != 1:
        raise RefusedError("that a net is not sound is shown by one part")
    name, part = evidence.parts[0]
    claim = as_statement(part.claim.formula)
    if name == "unbounded":
        if not isinstance(part, PumpEvidence):
            raise RefusedError("the part 'unbounded' is no pump")
        _pump_refutes(table, goal)
        return
    wanted = goal or classical_goal(table.net)
    if name == OPTION:
        right = supports(claim, Statement("AG EF", wanted.completion).negated())
    elif name == PROPER:
        right = supports(claim, Statement("AG", wanted.proper).negated())
    elif name.startswith(OCCURS):
        right = dead_group(claim, [tuple(group) for group in wanted.occurs.values()])
    else:
        raise RefusedError(f"soundness has no part {name!r}")
    if not right:
        raise RefusedError(f"the claim of the part {name} does not contradict the goal")


def _pump_refutes(table: NetTable, goal: Goal | None) -> None:
    """Refuse unless an unbounded net cannot be sound for the goal.

    In a workflow net with the classical goal: from the lower of the two markings of the pump the
    final marking can be reached, if the net is sound; the same steps lead from the higher one to
    the final marking and more, which is not proper (van der Aalst, 1997).
    """
    classical = classical_goal(table.net)
    if goal is None:
        return
    if not same(Statement("AG", goal.completion), Statement("AG", classical.completion)) or not (
        same(Statement("AG", goal.proper), Statement("AG", classical.proper))
    ):
        raise RefusedError("a pump refutes soundness only for the goal of a workflow net")
