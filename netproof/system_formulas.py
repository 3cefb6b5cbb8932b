"""Temporal formulas over the names of a transition system, as formulas about its arrays.

A formula may name states, and steps that were done last. Neither is part of a system, so that what
is asked is a system made of it: with atoms for these states, and with states that are told apart by
the labels of the last steps.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from netproof.asked_formulas import AskedFormula, FairnessWord
from netproof.dotted_names import read_in_sequence, with_dotted_names
from netproof.model_names import PREDICATE_WORDS, mapped_leaves
from netproof.unknown_names import no_state, unknown_name, with_kind_of_name
from transition_systems.errors import UsageError
from transition_systems.evidence_ltl import LabelSets
from transition_systems.lts import LTS
from transition_systems.properties.formulas import Formula, State, Unary
from transition_systems.properties.predicates import (
    TRUE,
    Atom,
    Compare,
    Enabled,
    LastStep,
    Predicate,
)
from transition_systems.properties.tokens import quote_name
from transition_systems.properties.walk import map_predicates
from transition_systems.run import Lasso, Run, Step
from transition_systems.shown_labels import shown_label
from transition_systems.state_vectors import comparison_text, parameters_of
from transition_systems.temporal.last_steps import split_by_last_steps
from transition_systems.temporal.mu_formulas import CALLED_TAU, MuFormula, map_mu
from translators.named_system import NamedSystem

__all__ = ["SystemFormula", "SystemLogic", "system_formula", "with_more_atoms"]

SystemLogic = Literal["CTL", "LTL", "CTL*", "mu"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemFormula:
    """A formula about a transition system, how it is read, and which of its paths count.

    Parameters
    ----------
    system
        The system of the user.
    lts
        What the formula is about: the arrays of the system, or a system that is made of them.
    formula, logic
        The formula, and how it is decided.
    weak
        Whether silent steps that change no predicate are left out.
    fair, strong
        The sets of labels to which a path must be weakly and strongly fair.
    maximal
        Whether a formula of CTL* is read on maximal paths, as CTL is.
    mu
        The formula, where it is of the mu-calculus; ``formula`` says nothing then.
    states
        The state of the user's system for each state of ``lts``, int64; ``None`` where they are
        the same.
    shown
        Whether runs of ``lts`` are runs of the user's system.
    notes
        Sentences on how names in it were read.
    """

    system: NamedSystem
    lts: LTS
    formula: Formula
    logic: SystemLogic
    weak: bool = False
    fair: LabelSets = ()
    strong: LabelSets = ()
    maximal: bool = False
    mu: MuFormula | None = None
    states: NDArray[np.int64] | None = None
    shown: bool = True
    notes: tuple[str, ...] = ()

    def own(self, run: Run | Lasso | None) -> Run | Lasso | None:
        """Return a run of ``lts`` as one of the user's system, with the names of its states."""
        if run is None or not self.shown:
            return None

        def named(state: object) -> dict[str, int]:
            number = int(str(state))
            if not 0 <= number < self.lts.n_states:
                raise UsageError(f"there is no state {number}")
            return self.system.tokens(number if self.states is None else int(self.states[number]))

        def step(one: Step) -> Step:
            return replace(one, state=named(one.state), label=shown_label(one.label))

        return replace(run, initial=named(run.initial), steps=tuple(step(one) for one in run.steps))


def system_formula(asked: AskedFormula, system: NamedSystem) -> SystemFormula:
    """Return a formula over the names of a transition system as one about its arrays.

    Parameters
    ----------
    asked
        The formula, over atoms, states, ``enabled(label)``, ``done(label)`` and ``dead``.
    system
        The system.

    Returns
    -------
    SystemFormula

    Raises
    ------
    UsageError
        For a name that the system does not have, with the nearest ones; for fairness to processes.

    Notes
    -----
    Linear in the system; with ``done(x)`` for k labels x up to k + 1 times as large.

    Examples
    --------
    >>> from netproof.asked_formulas import asked_formula
    >>> lts = LTS.from_arcs(2, [(0, "pay", 1), (1, "ship", 0)])
    >>> about = system_formula(asked_formula("AG (done(pay) -> s1)"), NamedSystem(lts=lts))
    >>> about.logic, sorted(about.lts.atoms)
    ('CTL', ['done(pay)', 'final', 's1'])
    """
    names = _Names(system)
    single = asked.require_single_steps()
    if single is not None:
        try:
            found = map_mu(single, names.predicate, names.label)
        except UsageError as error:
            raise with_dotted_names(error, asked.text, names.labels) from None
        lts, numbers = _remembering(with_more_atoms(system.lts, names.states), names)
        return SystemFormula(
            system=system, lts=lts, formula=State(TRUE), logic="mu", mu=found, states=numbers,
            notes=read_in_sequence(asked.text, names.labels),
        )  # fmt: skip
    if asked.formula is None:
        formula: Formula = Unary(
            "AG" if asked.everywhere else "EF", State(names.predicate(asked.predicate))
        )
    else:
        formula = map_predicates(asked.formula, names.predicate)
    sets = _fair_sets(asked.fairness, system)
    strongly = asked.fairness is not None and asked.fairness.startswith("strong")
    lts, numbers = _remembering(with_more_atoms(system.lts, names.states), names)
    logic: SystemLogic = "CTL" if asked.logic in ("state", "CTL") else "LTL"
    if asked.logic == "CTL*" or (asked.logic == "CTL" and asked.fairness is not None):
        logic = "CTL*"
    return SystemFormula(
        system=system, lts=lts, formula=formula, logic=logic, weak=asked.weak,
        fair=() if strongly else sets, strong=sets if strongly else (),
        maximal=asked.logic == "CTL" and logic == "CTL*", states=numbers,
    )  # fmt: skip


def with_more_atoms(lts: LTS, atoms: dict[str, NDArray[np.bool_]]) -> LTS:
    """Return a system with further atoms on the same arrays.

    Examples
    --------
    >>> lts = LTS.from_arcs(1, [(0, "a", 0)])
    >>> with_more_atoms(lts, {}) is lts, sorted(with_more_atoms(lts, {"p": np.array([True])}).atoms)
    (True, ['final', 'p'])
    """
    if not atoms:
        return lts
    return LTS.from_canonical(
        lts.offsets, lts.labels, lts.targets, lts.label_names, initial=lts.initial,
        atoms={**lts.atoms, **atoms},
    )  # fmt: skip


def _remembering(lts: LTS, names: _Names) -> tuple[LTS, NDArray[np.int64] | None]:
    """Return the system with the last steps that a formula names, and the states it is made of."""
    return split_by_last_steps(lts, names.done, names.last) if names.done else (lts, None)


def _fair_sets(fairness: FairnessWord | None, system: NamedSystem) -> LabelSets:
    """Return the sets of labels to which a path is to be fair: each label by itself."""
    if fairness is None:
        return ()
    if "process" in fairness:
        raise UsageError(
            "a transition system has no processes: ask for weak-fairness or strong-fairness"
        )
    return tuple((label,) for label in system.labels)


class _Names:
    """The names of a formula, looked up in a system: the states and last steps that it speaks of.

    Parameters
    ----------
    system
        The system.
    """

    def __init__(self, system: NamedSystem) -> None:
        self.system = system
        self.atoms = frozenset(system.atoms)
        self.labels = frozenset(system.lts.label_names)
        self.states: dict[str, NDArray[np.bool_]] = {}
        self.done: list[str] = []
        self.vectors = parameters_of(system.lts)
        given = () if self.vectors is None else self.vectors.parameters
        # A Boolean one is an atom; another one is itself, whatever atom or state has its name.
        atoms = system.lts.atoms.keys()
        self.parameters = frozenset(p.name for p in given if not (p.boolean and p.name in atoms))
        self.own_values = [p.name for p in given if p.name in p.values]

    def predicate(self, predicate: Predicate) -> Predicate:
        """Return a predicate over the atoms and labels of the system that the formula is about."""
        return mapped_leaves(predicate, self._leaf)

    def label(self, name: str) -> list[str]:
        """Return a label of a modality."""
        name = "tau" if name == CALLED_TAU else name
        if name not in self.labels:
            if name == "i":
                raise UsageError("a silent step, which a file may write as 'i', is called 'tau'")
            raise unknown_name(name, self.system.labels)
        return [name]

    def _leaf(self, node: Predicate) -> Predicate:
        match node:
            case LastStep():
                if node.word == "started":
                    raise UsageError(
                        f"a step of a system is one event: ask for done({quote_name(node.step)})"
                    )
                self.label(node.step)
                if node.step not in self.done:
                    self.done.append(node.step)
                return Atom(self.last(node.step))
            case Atom(name):
                if name in self.parameters:
                    assert self.vectors is not None
                    return self._compared(self.vectors.truth(name))
                if not self._state(name):
                    raise self._no_state(name)
            case Compare(terms):
                if not terms and self.own_values:
                    name = self.own_values[0]
                    raise UsageError(f"{name!r} is a value of {name!r} and a parameter: rename one")
                if not self.parameters.isdisjoint(name for name, _ in terms):
                    return self._compared(node)
                for name, _ in terms:
                    if not self._state(name):
                        raise with_kind_of_name(name, self._states(), self.system.labels)
            case Enabled(name):
                self.label(name)
            case _:
                pass
        return node

    def _compared(self, node: Compare) -> Atom:
        """Return a comparison of parameters as an atom of the system that the formula is about."""
        assert self.vectors is not None
        others: dict[str, NDArray[np.bool_]] = {}
        values = {value for parameter in self.vectors.parameters
                  if parameter.name in dict(node.terms) for value in parameter.values}  # fmt: skip
        for name, _ in node.terms:
            if name in self.parameters:
                continue
            if name in self.system.lts.atoms:
                others[name] = self.system.lts.atoms[name]
            elif name not in values and self._state(name):
                others[name] = self.states[name]
        flags = self.vectors.where(node, others)
        text = comparison_text(node)
        while text in self.system.lts.atoms or self.system.state_named(text) is not None:
            text += "'"
        self.states[text] = flags
        return Atom(text)

    def _state(self, name: str) -> bool:
        """Return whether a name is an atom or a state; a state becomes an atom."""
        if name in self.atoms or name in self.states:
            return True
        state = self.system.state_named(name)
        if state is None:
            return name in self.system.lts.atoms  # it holds nowhere
        flags = np.zeros(self.system.lts.n_states, dtype=np.bool_)
        flags[state] = True
        self.states[name] = flags
        return True

    def last(self, step: str) -> str:
        """Return the name of the atom that a step was the last: no atom or state of the file."""
        name = f"done({step})"
        while name in self.system.lts.atoms or self.system.state_named(name) is not None:
            name += "'"
        return name

    def _no_state(self, name: str) -> UsageError:
        """Return the error for a name that is no atom and no state."""
        if name in self.labels:
            return no_state(name)
        return with_kind_of_name(name, self._states(), self.system.labels, words=PREDICATE_WORDS)

    def _states(self) -> list[str]:
        return [*self.parameters, *self.system.state_names(), *self.system.lts.atoms]
