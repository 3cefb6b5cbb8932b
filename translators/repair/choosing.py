"""Which edits are tried next: the fewest that no error seen so far speaks against, chosen by z3."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, TypeAlias

from transition_systems.smt import load_z3
from translators.repair.conditions import Change, Term
from translators.repair.draft import Draft
from translators.repair.edits import Edit, taken_targets

__all__ = ["NONE_LEFT", "Chooser"]

Truth: TypeAlias = Any  # z3.BoolRef

NONE_LEFT = "no choice is left"

TRUE = re.compile(r"define-fun (e[0-9]+) \(\) Bool\s+true")


class Chooser:
    """Chooses edits under the terms that errors have left.

    Parameters
    ----------
    draft
        The workflow before any edit.
    edits
        The edits that there are.

    Notes
    -----
    One Boolean variable for each edit; each flow is touched by one edit at most. An error of a
    candidate gives a clause: one of the changes that it depends on has to be made, an edit of the
    candidate being left out counting as a change (counterexample-guided inductive synthesis,
    A. Solar-Lezama, 2008).
    """

    def __init__(self, draft: Draft, edits: Iterable[Edit]) -> None:
        z3 = load_z3()
        self._z3 = z3
        self.draft = draft
        self.edits = list(edits)
        self.variable: dict[Edit, Truth] = {
            edit: z3.Bool(f"e{number}") for number, edit in enumerate(self.edits)
        }
        self._number = {edit: number for number, edit in enumerate(self.edits)}
        self.solver = z3.SolverFor("QF_FD")
        self.gateway: dict[str, Edit] = {}
        self.by_flow: dict[str, list[Edit]] = defaultdict(list)
        self.arriving: dict[str, list[Edit]] = defaultdict(list)
        self.leaving: dict[str, list[Edit]] = defaultdict(list)
        for edit in self.edits:
            self._file(edit)
        self.by_name = {f"e{number}": edit for number, edit in enumerate(self.edits)}
        self._any: dict[tuple[Edit, ...], Truth] = {}
        self._taken = taken_targets(draft)
        self._known: dict[Change, Truth | None] = {}
        self._levels: dict[tuple[int, int], Truth] = {}
        _, out = draft.around()
        self._leaving_count = {name: len(flows) for name, flows in out.items()}
        self._constrain()

    def _file(self, edit: Edit) -> None:
        if edit.kind == "change-gateway":
            self.gateway[edit.element] = edit
            return
        self.by_flow[edit.element].append(edit)
        if edit.kind in ("add-flow", "redirect-target"):
            self.arriving[edit.target].append(edit)
        if edit.kind in ("add-flow", "redirect-source"):
            self.leaving[edit.source].append(edit)

    def _constrain(self) -> None:
        z3, variable = self._z3, self.variable
        for edits in self.by_flow.values():
            if len(edits) > 1:
                self.solver.add(z3.AtMost(*(variable[edit] for edit in edits), 1))
        for node, own in self._taken.items():
            arriving = [variable[e] for e in self.arriving[node]]
            goes = [
                variable[e] for e in self.by_flow[own] if e.kind != "redirect-source"
            ]  # fmt: skip
            for edit in arriving:
                self.solver.add(z3.Implies(edit, z3.Or(*goes)))
            if len(arriving) > 1:
                self.solver.add(z3.AtMost(*arriving, 1))
        into, out = self.draft.around()
        for flow, (source, target) in self.draft.flows.items():
            for flows, others, moving in (
                (into[target], self.arriving[target], "redirect-target"),
                (out[source], self.leaving[source], "redirect-source"),
            ):
                if len(flows) > 1:
                    continue
                given = z3.Or(*(variable[e] for e in others if e.element != flow))
                for edit in self.by_flow[flow]:
                    if edit.kind in ("remove-flow", moving):
                        self.solver.add(z3.Implies(variable[edit], given))

    def choose(self, count: int, *, reach: int, milliseconds: int) -> tuple[Edit, ...] | str:
        """Return at most so many edits against which nothing speaks, or why there are none.

        Parameters
        ----------
        count
            How many edits at most.
        reach
            0 for gateways that join and for removed flows, 1 for all gateways too, 2 for flows
            added and led on, 3 for flows led to nodes whose own flow goes.
        milliseconds
            Time for the solver.

        Returns
        -------
        tuple of Edit or str
            :data:`NONE_LEFT` where there is no choice.
        """
        z3 = self._z3
        self.solver.set("timeout", max(1, milliseconds))
        answer = self.solver.check(self._level(count, reach))
        if answer == z3.unsat:
            return NONE_LEFT
        if answer != z3.sat:
            return "the solver ran out of time"
        true = TRUE.findall(self.solver.model().sexpr())
        return tuple(sorted(self.by_name[name] for name in true))

    def _level(self, count: int, reach: int) -> Truth:
        """Return the assumption that there are at most so many edits, of some kinds."""
        key = count, reach
        if key not in self._levels:
            z3 = self._z3
            level = z3.Bool(f"level{count}.{reach}")
            self._levels[key] = level
            allowed: list[Truth] = []
            for edit, variable in self.variable.items():
                if self._reach(edit) <= reach:
                    allowed.append(variable)
                else:
                    self.solver.add(z3.Implies(level, z3.Not(variable)))
            if allowed:
                self.solver.add(z3.Implies(level, z3.AtMost(*allowed, count)))
        return self._levels[key]

    def _reach(self, edit: Edit) -> int:
        """Return how much of the workflow's sense an edit may change."""
        if edit.kind == "change-gateway":
            return 0 if self._leaving_count[edit.element] < 2 else 1
        if edit.kind == "redirect-target" and edit.target in self._taken:
            return 3
        return 0 if edit.kind == "remove-flow" else 2

    def refuse(self, tried: Iterable[Edit], terms: Iterable[Term] | None) -> None:
        """Exclude all choices under which the error of a candidate stays.

        Parameters
        ----------
        tried
            The edits of the candidate.
        terms
            What its error depends on; ``None`` excludes just this candidate.
        """
        z3, chosen = self._z3, frozenset(tried)
        if terms is None:
            self.solver.add(z3.Or(*(self._one(edit, chosen) for edit in self.edits)))
            return
        touched: set[str] = set()
        for edit in chosen:
            touched |= {edit.element, edit.source, edit.target}
            touched |= set(self.draft.flows.get(edit.element, ()))
        clause: dict[int, Truth] = {}
        for term in sorted(terms):
            parts = [self._part(change, chosen, touched) for change in term]
            known = [part for part in parts if part is not None]
            if len(known) == len(parts):
                joined = z3.And(*known) if len(known) > 1 else known[0]
                clause[joined.get_id()] = joined
        self.solver.add(self._either(list(clause.values())))

    def _either(self, parts: list[Truth]) -> Truth:
        """Return a disjunction; made without the checks of sorts, which take most of the time."""
        z3 = self._z3
        context = z3.main_ctx()
        array = (z3.Ast * len(parts))(*(part.as_ast() for part in parts))
        return z3.BoolRef(z3.Z3_mk_or(context.ref(), len(parts), array), context)

    def _part(self, change: Change, chosen: frozenset[Edit], touched: set[str]) -> Truth | None:
        """Return what makes a change; known already where no edit of the candidate is near."""
        if change[1] in touched:
            return self._changed(change, chosen)
        if change not in self._known:
            self._known[change] = self._changed(change, frozenset())
        return self._known[change]

    def _changed(self, change: Change, chosen: frozenset[Edit]) -> Truth | None:
        """Return what makes a change to the candidate; ``None`` where nothing does."""
        what, name = change
        if what == "kind":
            edit = self.gateway.get(name)
            return None if edit is None else self._one(edit, chosen)
        if what in ("in", "out"):
            return self._more(name, chosen, arriving=what == "in")
        moving = "redirect-source" if what == "from" else "redirect-target"
        mine = next((e for e in self.by_flow[name] if e in chosen), None)
        if mine is not None and mine.kind in ("add-flow", "remove-flow", moving):
            return self._one(mine, chosen)
        wanted = ("remove-flow", moving)
        return self._some([e for e in self.by_flow[name] if e is not mine and e.kind in wanted])

    def _more(self, name: str, chosen: frozenset[Edit], *, arriving: bool) -> Truth | None:
        """Return what gives a node one more flow than it has in the candidate."""
        edits = self.arriving[name] if arriving else self.leaving[name]
        found = [self._some([edit for edit in edits if edit not in chosen])]
        moving = "redirect-target" if arriving else "redirect-source"
        for edit in sorted(chosen, key=self._number.__getitem__):
            if edit.kind in ("remove-flow", moving):
                ends = self.draft.flows[edit.element]
                if ends[1 if arriving else 0] == name:
                    found.append(self._one(edit, chosen))
        known = [part for part in found if part is not None]
        return self._z3.Or(*known) if len(known) > 1 else known[0] if known else None

    def _some(self, edits: list[Edit]) -> Truth | None:
        """Return a variable that is true only if one of the edits is made."""
        if not edits:
            return None
        if len(edits) == 1:
            return self.variable[edits[0]]
        key = tuple(edits)
        if key not in self._any:
            some = self._z3.Bool(f"some{len(self._any)}")
            made = self._z3.Or(*(self.variable[edit] for edit in edits))
            self.solver.add(self._z3.Implies(some, made))
            self._any[key] = some
        return self._any[key]

    def _one(self, edit: Edit, chosen: frozenset[Edit]) -> Truth:
        variable = self.variable[edit]
        return self._z3.Not(variable) if edit in chosen else variable
