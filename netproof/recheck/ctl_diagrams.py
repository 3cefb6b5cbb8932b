"""Formulas of CTL on sets of markings that are decision diagrams, one operator at a time.

For each temporal operator some markings are said to have it, and with what is known of its operands
each of them is found to: by induction where a goal must be reached, since the links come in order,
and by coinduction where a set need not be left. Formulas without negation but before predicates are
monotone in these sets, so that those of the whole formula are markings in which it holds.
"""

from __future__ import annotations

from collections.abc import Iterable

from netproof.recheck.ctl import MOST_DEEP, is_path, temporal_parts
from netproof.recheck.diagram_predicates import Predicates
from netproof.recheck.diagram_steps import StepOf, cuts_of_pairs
from netproof.recheck.diagram_table import DiagramTable
from netproof.recheck.net_table import NetTable
from netproof.recheck.result import RefusedError, Watch
from netproof.recheck.state_table import integers
from transition_systems.evidence import CtlDiagrams, DiagramEvidence
from transition_systems.properties.formulas import (
    Conjunction,
    Disjunction,
    Formula,
    Implication,
    Negation,
    State,
    Unary,
)
from transition_systems.properties.predicates import Dead

__all__ = ["check_ctl_diagrams"]

Links = list[tuple[int, int]]


def check_ctl_diagrams(
    evidence: CtlDiagrams, formula: Formula, positive: bool, table: NetTable, watch: Watch
) -> None:
    """Check that a formula of CTL, or its negation, holds in the initial marking of a net."""
    plain = DiagramEvidence(
        claim=evidence.claim, names=evidence.names, fields=evidence.fields, nodes=evidence.nodes
    )
    sets = _Sets(DiagramTable(table, plain, watch), evidence, watch)
    sets.table.root = sets.value(formula, positive, 0)
    if sets.given:
        raise RefusedError("there are sets for more temporal operators than the formula has")
    sets.copied()
    sets.table.starts()


class _Sets:
    """The sets of the evidence in a store where equal sets have the same node."""

    def __init__(self, table: DiagramTable, evidence: CtlDiagrams, watch: Watch) -> None:
        self.table, self.watch = table, watch
        self.store = Predicates(table)
        self.effects: dict[int, StepOf] = {}
        own = [0, 1]
        for variable, low, high in zip(
            table.levels[2:], table.low[2:], table.high[2:], strict=True
        ):
            own.append(self.store.node(variable, own[low], own[high]))
        links = integers(evidence.links, (len(evidence.links), 3), "the links").tolist()
        self.given: dict[int, Links] = {}
        for number, transition, node in links:
            if not 0 <= node < len(own) or not -1 <= transition < len(table.table.pre):
                raise RefusedError("a link is of no set, or of no transition of the net")
            self.given.setdefault(number, []).append((transition, own[node]))
        self.met = 0
        # From here on the nodes are those of the store.
        self.table.levels, self.table.low, self.table.high = [], [], []

    def copied(self) -> None:
        """Let the table have all nodes of the store."""
        table = self.table
        for variable, low, high in self.store.nodes[len(table.levels) :]:
            table.levels.append(variable)
            table.low.append(low)
            table.high.append(high)

    def within(self, part: int, whole: int, why: str) -> None:
        """Refuse a set that is not inside another."""
        if self.store.both(part, whole) != part:
            raise RefusedError(why)

    def leads(self, transitions: Iterable[int], part: int, goal: int) -> None:
        """Refuse unless transitions lead into a goal from where a set enables them."""
        starting: dict[int, list[StepOf]] = {}
        for transition in transitions:
            self.watch.tick()
            if transition not in self.effects:
                self.effects[transition] = StepOf(self.table, transition)
            step = self.effects[transition]
            if step.moves:
                starting.setdefault(step.top, []).append(step)
                continue
            # It changes nothing, or is never enabled.
            stays = self.store.both(part, self.store.able(transition, positive=True))
            self.within(stays, goal, "a step that changes nothing is not allowed where it is")
        self.copied()
        for level, pairs in cuts_of_pairs(self.table, part, goal, starting):
            for step in starting[level]:
                if step.leaves(pairs):
                    name = self.table.table.net.transition_ids[step.transition]
                    raise RefusedError(f"{name!r:.60} leads out of what is allowed")

    def able(self, transition: int, part: int, goal: int) -> None:
        """Refuse unless all markings of a set enable a transition, and it leads into a goal."""
        if transition < 0 or self.store.both(part, self.store.able(transition, positive=False)):
            raise RefusedError("a marking does not enable the transition of its link")
        self.leads((transition,), part, goal)

    def value(self, node: Formula, positive: bool, depth: int) -> int:
        """Return markings where a formula holds, or where it does not; perhaps not all."""
        if depth > MOST_DEEP:
            raise RefusedError("the claim is nested too deep")
        match node:
            case State(predicate):
                return self.store.made(predicate, positive=positive)
            case Negation(operand):
                return self.value(operand, not positive, depth + 1)
            case Conjunction(operands) | Disjunction(operands):
                parts = [self.value(part, positive, depth + 1) for part in operands]
                return self.store.joined(parts, either=isinstance(node, Disjunction) is positive)
            case Implication(left, right):
                first = self.value(left, not positive, depth + 1)
                second = self.value(right, positive, depth + 1)
                return self.store.both(first, second, either=positive)
            case Unary("A" | "E", inner) if not is_path(inner):
                return self.value(inner, positive, depth + 1)
            case _:
                pass
        quantifier, operator, operands = temporal_parts(node)
        parts = [self.value(part, positive, depth + 1) for part in operands]
        links = self.given.pop(self.met, [])
        self.met += 1
        exists = (quantifier == "E") is positive
        if operator == "X":
            return self._next(exists, parts[0], links)
        first, last = parts[0], parts[-1]
        if operator == "W":  # q R (p || q), of which the negation is (not q) U (not p and not q)
            first, last = last, self.store.both(first, last, either=positive)
        if (operator in ("F", "U")) is positive:
            return self._until(exists, 1 if len(parts) == 1 else first, last, links)
        return self._release(exists, 0 if len(parts) == 1 else first, last, links)

    def _leads(self, exists: bool, link: tuple[int, int], goal: int) -> int:
        """Return the set of a link; refuse unless a step, or each, leads into a goal from there."""
        transition, part = link
        if exists:
            self.able(transition, part, goal)
        else:
            self.leads(range(len(self.table.table.pre)), part, goal)
        return part

    def _next(self, exists: bool, goal: int, links: Links) -> int:
        return self.store.joined([self._leads(exists, link, goal) for link in links], either=True)

    def _until(self, exists: bool, through: int, goal: int, links: Links) -> int:
        reached = goal
        for link in links:
            part = self._leads(exists, link, reached)
            self.within(part, through, "a link goes through a marking where it must not")
            if not exists and self.store.both(part, self.dead()):
                raise RefusedError("a dead marking is said to reach a goal")
            reached = self.store.both(reached, part, either=True)
        return reached

    def _release(self, exists: bool, release: int, kept: int, links: Links) -> int:
        if not links:
            return 0
        whole = links[0][1]
        self.within(whole, kept, "a set that is not left has a marking that it must not have")
        free = [release, *(self._leads(exists, link, whole) for link in links[1:])]
        if exists:
            free.append(self.dead())
        self.within(whole, self.store.joined(free, either=True), "a set is left, for all we know")
        return whole

    def dead(self) -> int:
        """Return the dead markings."""
        return self.store.leaf(Dead(), positive=True)
