"""Comparing two versions by an equivalence and by language, with a play on both models."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from netproof.assumed import TAU_SILENT, labelled_tau
from netproof.check_options import default_budget
from netproof.comparing import Comparable
from netproof.comparison.model import Comparison, Version
from netproof.comparison.observed import Observed, letter_names, observe
from netproof.difference.elements import WorkflowChanges
from netproof.difference.letters import Letters
from netproof.difference.net_elements import NetChanges
from netproof.difference.runs import compare_runs, told_run, unknown_runs
from netproof.difference.subject import Subject
from netproof.equivalences import equivalence_named
from netproof.loading import Model, model_of
from netproof.recheck import RecheckResult, recheck_equivalence
from transition_systems.budget import Budget
from transition_systems.equivalences.play import distinguishing_play
from transition_systems.errors import UsageError
from transition_systems.progress import ProgressCallback
from transition_systems.verdict import Outcome, Statistics, Verdict
from translators.to_petri import workflow_to_net

__all__ = ["compare"]

SEEN = (
    "Seen are the activities that complete and the events that occur, matched by element and by "
    "name, and the end; all else is silent."
)
NO_EVIDENCE = RecheckResult("skipped", "there is no evidence")


def compare(
    old: Comparable,
    new: Comparable,
    relation: str = "branching",
    *,
    budget: Budget | float | None = None,
    starts: Literal["one", "all"] = "one",
    progress: ProgressCallback | None = None,
) -> Comparison:
    """Compare two versions of a model by an equivalence, and by language.

    Parameters
    ----------
    old, new
        Paths, open files, loaded models, workflow graphs or nets; also of different formats.
    relation
        The name of an equivalence: ``"branching"``, ``"weak"``, ``"strong"``, ...
    budget
        Seconds, or a budget, for everything together; 30 seconds by default.
    starts
        What several start events of a process mean.
    progress
        A callback.

    Returns
    -------
    Comparison
        True where they are equivalent. Where not, with a play of the bisimulation game that shows
        it, as a run of each model.

    Raises
    ------
    InputError
        When a file cannot be read.
    UsageError
        For a relation that does not exist.

    Notes
    -----
    What is seen of a model is its reachability graph, with activities that complete and events
    that occur as labels. UNKNOWN where a model was read with more or fewer runs than it has.

    Examples
    --------
    >>> from petri import PetriNet
    >>> one = PetriNet(places=["p", "q", "r"], transitions=["a", "b"], initial=["p"], final=["r"],
    ...                arcs=[("p", "a"), ("a", "q"), ("q", "b"), ("b", "r")])
    >>> two = one.replace(transitions=["a", "b", "c"],
    ...                   arcs=[*one.arcs, ("q", "c"), ("c", "r")])
    >>> bool(compare(one, one)), compare(one, two).lines()[-1]
    (True, 'The second can do “c” there, and the first cannot.')
    """
    equivalence_named(relation)
    limit = default_budget(budget)
    models = model_of(old), model_of(new)
    subjects = tuple(
        _subject(which, model, starts, limit)
        for which, model in zip(("first", "second"), models, strict=True)
    )
    return _Comparing((subjects[0], subjects[1]), relation, limit, progress).comparison()


def _subject(which: str, model: Model, starts: Literal["one", "all"], budget: Budget) -> Subject:
    if model.graph is None:
        assert model.net is not None
        return Subject(
            which=which, model=model, net=model.net, translation=None, ledger=model.ledger
        )
    made = workflow_to_net(model.graph, starts=starts, budget=budget)
    return Subject(
        which=which, model=model, net=made.net, translation=made, ledger=model.ledger + made.ledger
    )


@dataclass(slots=True)
class _Comparing:
    subjects: tuple[Subject, Subject]
    relation: str
    budget: Budget
    progress: ProgressCallback | None

    def comparison(self) -> Comparison:
        old, new = self.subjects
        versions = (
            Version(model=old.model, translation=old.translation),
            Version(model=new.model, translation=new.translation),
        )
        refusal = old.refusal or new.refusal
        if refusal is not None:
            return self._made(versions, self._unknown(refusal), NO_EVIDENCE)
        pairs = _pairs(old.model, new.model)
        letters = Letters(old.actions(new.translation), new.actions(old.translation), pairs)
        names = letter_names(letters)
        first, second = (
            observe(subject, of, names, budget=self.budget, progress=self.progress)
            for subject, of in zip(self.subjects, letters.of, strict=True)
        )
        versions = _sized(versions[0], first), _sized(versions[1], second)
        runs = compare_runs(old, new, pairs, budget=self.budget, progress=self.progress)
        partial = first.graph.reason or second.graph.reason
        if not (first.graph.complete and second.graph.complete):
            reason = f"not all markings were found: {partial}"
            return replace(self._made(versions, self._unknown(reason), NO_EVIDENCE), language=runs)
        verdict = equivalence_named(self.relation).compare(first.lts, second.lts, self.budget)
        recheck = NO_EVIDENCE
        if verdict.evidence is not None:
            recheck = recheck_equivalence(
                verdict.evidence, first.lts, second.lts, budget=self.budget
            )
        result = replace(self._made(versions, verdict, recheck), language=runs)
        if verdict.violated:
            result = self._played(result, (first, second), letters, names)
        return replace(result, verdict=self._trusted(verdict, first, second))

    def _made(
        self, versions: tuple[Version, Version], verdict: Verdict, recheck: RecheckResult
    ) -> Comparison:
        tau = (TAU_SILENT,) if any(labelled_tau(one.net) for one in self.subjects) else ()
        return Comparison(
            old=versions[0], new=versions[1], relation=self.relation, verdict=verdict,
            recheck=recheck, language=unknown_runs(verdict.reason or ""), notes=(SEEN, *tau),
        )  # fmt: skip

    def _unknown(self, reason: str) -> Verdict:
        return Verdict(
            property=self.relation, outcome=Outcome.UNKNOWN, reason=reason,
            statistics=Statistics(method="none"),
        )  # fmt: skip

    def _played(
        self,
        result: Comparison,
        seen: tuple[Observed, Observed],
        letters: Letters,
        names: dict[int, str],
    ) -> Comparison:
        """Add the play that tells the versions apart, as a run of each of them."""
        assert result.verdict.evidence is not None
        play = distinguishing_play(result.verdict.evidence, seen[0].lts, seen[1].lts)
        if play is None:
            return result
        versions = [result.old, result.new]
        for side, subject in enumerate(self.subjects):
            run = seen[side].run(play.path(side))
            told = told_run(subject, run)
            versions[side] = replace(versions[side], run=run, told=told)
        other = 1 - play.able
        actions = {names[n]: action.id for n, action in letters.members[other].items()}
        versions[other] = replace(versions[other], lacking=actions.get(play.what))
        return replace(result, play=play, old=versions[0], new=versions[1])

    def _trusted(self, verdict: Verdict, first: Observed, second: Observed) -> Verdict:
        """Return the verdict, UNKNOWN where a model was not read with just the runs that it has."""
        loose = [
            (subject.which, entry)
            for subject, seen in zip(self.subjects, (first, second), strict=True)
            for entry in subject.approximations(map(tuple, seen.graph.markings.tolist()))
        ]
        if not loose or verdict.unknown:
            return verdict
        which, entry = loose[0]
        reason = (
            f"the {which} model was read with more or fewer runs than it has ({entry.kind} "
            f"{entry.element}: {entry.note})"
        )
        return verdict.with_(
            outcome=Outcome.UNKNOWN, abstract_outcome=verdict.outcome, reason=reason
        )


def _sized(version: Version, seen: Observed) -> Version:
    return replace(
        version, states=seen.lts.n_states, arcs=seen.lts.n_arcs, complete=seen.graph.complete
    )


def _pairs(old: Model, new: Model) -> dict[str, str]:
    if old.graph is not None and new.graph is not None:
        return WorkflowChanges(old.graph, new.graph).nodes
    if old.net is not None and new.net is not None:
        return NetChanges(old.net, new.net).nodes
    if (old.graph is None) is (new.graph is None):
        raise UsageError("there is nothing to compare")
    return {}
