"""The runs of two models compared: found, proved to be none, or unknown and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from netproof.difference.behaviour import Allowance, Behaviour, OutOfBudgetError
from netproof.difference.letters import Letters
from netproof.difference.run_changes import RunDifference, Runs, RunStep
from netproof.difference.search import END, Search, Word, allows
from netproof.difference.subject import Subject
from transition_systems.budget import Budget
from transition_systems.errors import RecheckError
from transition_systems.progress import ProgressCallback
from transition_systems.run import Run, Step
from translators.ledger import Direction, Entry
from translators.trace_back import trace_back

__all__ = ["compare_runs", "told_run", "unknown_runs"]

SIDES: tuple[Literal["old", "new"], Literal["old", "new"]] = ("old", "new")


def unknown_runs(reason: str) -> Runs:
    """Return a comparison that was not made, and why."""
    gained, lost = (
        RunDifference(allowed_by=side, status="unknown", reason=reason) for side in reversed(SIDES)
    )
    return Runs(gained=gained, lost=lost)


def compare_runs(
    old: Subject,
    new: Subject,
    pairs: Mapping[str, str],
    *,
    shared: bool = False,
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
) -> Runs:
    """Return the shortest run that only one allows, for both ways round, or that there is none.

    Parameters
    ----------
    old, new
        The models.
    pairs
        Ids of old elements with those of the same elements in the new model.
    shared
        Look only at what both models have.
    budget
        States of both models and pairs of sets together; time.
    progress
        A callback.

    Notes
    -----
    The weak languages of both nets are compared by subset construction on the fly. In the worst
    case it is exponential in the number of states: the problem is PSPACE-complete (Stockmeyer and
    Meyer, 1973).
    """
    reason = old.refusal or new.refusal
    if reason is not None:
        return unknown_runs(reason)
    return _Comparison(old, new, pairs, shared, (budget or Budget()).fixed()).runs(progress)


class _Comparison:
    def __init__(
        self, old: Subject, new: Subject, pairs: Mapping[str, str], shared: bool, budget: Budget
    ) -> None:
        self.subjects = (old, new)
        actions = (old.actions(new.translation), new.actions(old.translation))
        self.letters = Letters(*actions, pairs, shared=shared)
        self.meter = budget.start()
        self.allowance = Allowance(self.meter)
        self.sides: tuple[Behaviour, Behaviour] = (
            old.behaviour(self.letters.of[0], self.allowance),
            new.behaviour(self.letters.of[1], self.allowance),
        )

    def _same_steps(self) -> bool:
        """Return whether both are the same net, seen and done in the same way, read exactly."""
        old, new = self.subjects
        alike = (
            _steps(old) == _steps(new)
            and self.letters.of[0] == self.letters.of[1]
            and (old.net.final, old.completion) == (new.net.final, new.completion)
        )
        same = (old.model.graph, old.model.net) == (new.model.graph, new.model.net)
        return alike and (same or (old.always_exact and new.always_exact))

    def runs(self, progress: ProgressCallback | None) -> Runs:
        if self._same_steps():
            gained, lost = (
                RunDifference(allowed_by=side, status="none", rechecked="passed")
                for side in reversed(SIDES)
            )
            return Runs(gained=gained, lost=lost, same_steps=True, seconds=self.meter.seconds)
        search = Search(*self.sides)
        search.run(self.meter, progress)
        inexact = [
            s.approximations(b.markings) for s, b in zip(self.subjects, self.sides, strict=True)
        ]
        lost, gained = (self._difference(search, side, inexact) for side in (0, 1))
        return Runs(
            gained=gained, lost=lost, pairs=search.pairs, old_states=len(self.sides[0].markings),
            new_states=len(self.sides[1].markings), seconds=self.meter.seconds,
        )  # fmt: skip

    def _difference(self, search: Search, side: int, inexact: list[list[Entry]]) -> RunDifference:
        word = search.words[side]
        over, under = Direction.OVER, Direction.UNDER
        if word is None:
            if not search.complete:
                reason = search.reason or "the search ended early"
                told = f"{reason}; {search.pairs} pairs of sets of states were compared"
                return RunDifference(allowed_by=SIDES[side], status="unknown", reason=told)
            doubt = _doubt(inexact, {side: under, 1 - side: over})
            if doubt is not None:
                why = f"none was found, but {doubt}"
                return RunDifference(allowed_by=SIDES[side], status="unknown", reason=why)
            return RunDifference(allowed_by=SIDES[side], status="none", rechecked="passed")
        doubt = _doubt(inexact, {side: over, 1 - side: under})
        if doubt is not None:
            doubt = f"a run was found that may not be real: {doubt}"
        return self._found(word, side, doubt)

    def _found(self, word: Word, side: int, doubt: str | None) -> RunDifference:
        subject, behaviour, other = self.subjects[side], self.sides[side], self.sides[1 - side]
        letters, ends = [x for x in word if x != END], word[-1] == END
        run: Run | None = None
        rechecked: Literal["passed", "skipped"] = "skipped"
        try:
            names = behaviour.run_of(letters, ends=ends)
            assert names is not None
            run = subject.net.run(subject.net.initial, names)
            rechecked = self._recheck(word, side, names, run)
        except OutOfBudgetError:
            pass
        states = other.start()
        for letter in letters if ends else letters[:-1]:
            states = other.after(states)[letter]
        instead = sorted(self.letters.title(1 - side, x) for x in other.after(states))
        return RunDifference(
            allowed_by=SIDES[side],
            status="found" if doubt is None else "unknown",
            steps=tuple(self._step(side, letter) for letter in letters),
            ends=ends,
            instead=tuple(instead),
            may_end=other.may_end(states),
            run=None if run is None else told_run(subject, run),
            rechecked=rechecked,
            reason=doubt,
        )

    def _step(self, side: int, letter: int) -> RunStep:
        action = self.letters.members[side][letter]
        return RunStep(
            label=self.letters.title(side, letter), element=action.id, source=action.span
        )

    def _recheck(
        self, word: Word, side: int, names: list[str], run: Run
    ) -> Literal["passed", "skipped"]:
        """Replay the run, and try by plain firing whether the other model can do it."""
        seen = self.letters.of[side]
        shown = tuple(seen[t] for t in names if t in seen)
        if shown != tuple(x for x in word if x != END):
            raise RecheckError("a run that differs does not replay")
        done = self.subjects[side].done()
        last = tuple(run.last.get(place, 0) for place in self.subjects[side].net.place_ids)
        if word[-1] == END and (done is None or not done(last)):
            raise RecheckError("a run that should be done is not")
        other = self.subjects[1 - side]
        answer = allows(other.net, self.letters.of[1 - side], word, other.done(), meter=self.meter)
        if answer:
            raise RecheckError("a run that only one model should allow is allowed by both")
        return "skipped" if answer is None else "passed"


def _steps(subject: Subject) -> object:
    net = subject.net
    return net.place_ids, net.transition_ids, net.arcs, net.initial


def told_run(subject: Subject, run: Run) -> Run:
    """Return a run of the net on the elements of the model that the net was made from."""
    if subject.translation is not None:
        told = trace_back(subject.translation, run)
        assert isinstance(told, Run)
        return told
    spans = {t.id: (t.label or t.name or t.id, t.span) for t in subject.net.transitions}
    steps = tuple(
        Step(action=s.action, label=spans[s.action][0], state=s.state, source=spans[s.action][1])
        for s in run.steps
    )
    return Run(initial=run.initial, steps=steps)


def _doubt(inexact: list[list[Entry]], against: Mapping[int, Direction]) -> str | None:
    """Return which approximation speaks against a result, ``None`` where none does."""
    for side, direction in against.items():
        for entry in inexact[side]:
            if entry.direction is direction:
                more = "more" if direction is Direction.OVER else "fewer"
                return (
                    f"the {SIDES[side]} model was read with {more} runs than it has "
                    f"({entry.kind} {entry.element}: {entry.note})"
                )
    return None
