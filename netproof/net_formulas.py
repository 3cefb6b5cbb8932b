"""Temporal formulas over a user's names, as formulas about the net of the model."""

from __future__ import annotations

from dataclasses import dataclass

from netproof.asked_formulas import AskedFormula, FairnessWord
from netproof.dotted_names import read_in_sequence, with_dotted_names
from netproof.model_names import net_predicate, workflow_predicate
from netproof.step_names import step_names
from petri.last_steps import LastSteps, done_names, with_last_steps, with_last_steps_of
from petri.net import PetriNet
from transition_systems.errors import UsageError
from transition_systems.evidence_ltl import LabelSets
from transition_systems.properties.formulas import Formula, State
from transition_systems.properties.predicates import Predicate
from transition_systems.properties.walk import map_predicates
from transition_systems.run import Lasso, Run
from transition_systems.temporal.mu_formulas import MuFormula, map_mu
from translators.to_petri.translation import NetTranslation

__all__ = ["NetFormula", "net_formula"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NetFormula:
    """A formula about a net, and which of its paths count.

    Parameters
    ----------
    net, formula
        The net, which remembers its last step where the formula asks for that, and the formula.
    weak
        Whether transitions without a label that change no predicate are left out.
    fair, strong
        The sets of transitions to which a path must be weakly and strongly fair.
    memory
        How the net remembers its last step.
    mu
        The formula, where it is of the mu-calculus; ``formula`` says nothing then.
    notes
        Sentences on how names in it were read.
    """

    net: PetriNet
    formula: Formula
    weak: bool = False
    fair: LabelSets = ()
    strong: LabelSets = ()
    memory: LastSteps | None = None
    mu: MuFormula | None = None
    notes: tuple[str, ...] = ()

    def own(self, run: Run | Lasso) -> Run | Lasso:
        """Return a run of the net as one of the model's own net."""
        return run if self.memory is None else self.memory.own(run)


def net_formula(
    asked: AskedFormula, net: PetriNet, translation: NetTranslation | None = None
) -> NetFormula:
    """Return a formula over the names of the user's model as one about the net.

    Parameters
    ----------
    asked
        The formula; its logic is not ``state``.
    net, translation
        The net, and the translation that made it, where it was translated from a workflow.

    Returns
    -------
    NetFormula

    Raises
    ------
    UsageError
        For a name that the model does not have, with the nearest ones; for fairness to the
        processes of a net.

    Examples
    --------
    >>> from netproof.asked_formulas import asked_formula
    >>> net = PetriNet(places=["p"], transitions=["t"], arcs=[("p", "t")], initial=["p"])
    >>> net_formula(asked_formula("weak-fairness: F done(t)"), net).fair
    (('t@0', 't@1'),)
    """

    def named(predicate: Predicate) -> Predicate:
        if translation is None:
            return net_predicate(net, predicate)
        return workflow_predicate(translation, predicate)

    assert asked.formula is not None
    single = asked.require_single_steps()
    if single is not None:
        steps = step_names(net, translation)
        try:
            found = map_mu(single, named, steps.in_modality)
        except UsageError as error:
            raise with_dotted_names(error, asked.text, steps.known) from None
        notes = read_in_sequence(asked.text, steps.known)
        predicates = _predicates(found)
        if not any(done_names(State(one)) for one in predicates):
            return NetFormula(net=net, formula=asked.formula, mu=found, notes=notes)
        made = with_last_steps_of(net, predicates)
        found = map_mu(found, made.meaning.__getitem__, made.copies)
        return NetFormula(net=made.net, formula=asked.formula, memory=made, mu=found, notes=notes)
    formula = map_predicates(asked.formula, named)
    sets = _fair_sets(asked.fairness, net, translation)
    memory: LastSteps | None = None
    if done_names(formula):
        memory = with_last_steps(net, formula)
        sets = [tuple(copy for t in group for copy in memory.copies(t)) for group in sets]
    strongly = asked.fairness is not None and asked.fairness.startswith("strong")
    return NetFormula(
        net=net if memory is None else memory.net,
        formula=formula if memory is None else memory.formula,
        weak=asked.weak,
        fair=() if strongly else tuple(sets),
        strong=tuple(sets) if strongly else (),
        memory=memory,
    )


def _predicates(formula: MuFormula) -> list[Predicate]:
    """Return the predicates of a formula."""
    found: list[Predicate] = []

    def seen(predicate: Predicate) -> Predicate:
        found.append(predicate)
        return predicate

    map_mu(formula, seen, lambda name: [name])
    return found


def _fair_sets(
    fairness: FairnessWord | None, net: PetriNet, translation: NetTranslation | None
) -> list[tuple[str, ...]]:
    """Return the sets of transitions to which a path is to be fair."""
    if fairness is None:
        return []
    if "process" not in fairness:
        return [(t,) for t in net.transition_ids]
    if translation is None:
        raise UsageError("a net has no processes: ask for weak-fairness or strong-fairness")
    groups: list[tuple[str, ...]] = []
    for process in translation.processes:
        group = [t.id for t in translation.transitions.values() if t.scope in process.scopes]
        if group:
            groups.append(tuple(group))
    return groups
