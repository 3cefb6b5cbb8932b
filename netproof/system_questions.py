"""Properties of transition systems by name, as temporal formulas about their arrays.

Each outcome of a property follows from an outcome of one formula, about the system or about its
arcs turned around, so that the evidence for formulas is evidence for properties.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netproof.system_formulas import SystemFormula, SystemLogic, with_more_atoms
from transition_systems.errors import UsageError
from transition_systems.lts import LTS
from transition_systems.properties.formulas import (
    Conjunction,
    Formula,
    Implication,
    State,
    Unary,
)
from transition_systems.properties.predicates import (
    TRUE,
    Atom,
    Dead,
    Enabled,
    Not,
    disjunction,
)
from transition_systems.properties.walk import names_in_formula
from transition_systems.temporal.mu_parse import parse_mu
from translators.named_system import NamedSystem

__all__ = [
    "SYSTEM_PROPERTIES",
    "SystemQuestion",
    "failing_label",
    "label_of",
    "system_question",
]

SYSTEM_PROPERTIES = frozenset(
    {
        "deadlock", "livelock", "divergence", "termination", "termination-weak",
        "termination-strong",
        "no-dead-transitions", "liveness", "reversibility", "boundedness", "safeness",
    }
)  # fmt: skip
OF_LABELS = frozenset({"no-dead-transitions", "liveness"})
FEW_LABELS = 6  # so many are each asked for by itself: ranks of as many sets, most of them small


@dataclass(frozen=True, slots=True)
class SystemQuestion:
    """A formula from whose outcome one of a property follows.

    Parameters
    ----------
    about
        The formula.
    holds
        The outcome of the formula.
    """

    about: SystemFormula
    holds: bool


def system_question(
    name: str, system: NamedSystem, *, holds: bool, label: str | None = None
) -> SystemQuestion:
    """Return the formula that shows an outcome of a property.

    Parameters
    ----------
    name
        One of :data:`SYSTEM_PROPERTIES`: no state is a ``deadlock``, without a step and not final;
        no run is silent for ever from some state on (``livelock``, ``divergence``); every run ends
        (``termination``), or every fair one; ``no-dead-transitions``: each label is on a step of
        some run; ``liveness``: from each state that can be reached, each label can come again;
        ``reversibility``: an initial state can. ``boundedness`` and ``safeness`` hold of every
        system, which is finite and in one state at a time.
    system
        The system.
    holds
        The outcome of the property.
    label
        For the two properties of labels, the label for which they fail.

    Returns
    -------
    SystemQuestion

    Raises
    ------
    UsageError
        For another property, and for a label that no arc has.

    Examples
    --------
    >>> from transition_systems.properties.format import format_formula
    >>> found = system_question("deadlock", NamedSystem(lts=LTS.from_arcs(1)), holds=True)
    >>> format_formula(found.about.formula), found.holds
    ('AG !dead', True)
    """
    if name in OF_LABELS and not holds:
        return _of_label(name, system, label)
    dead = State(Dead())
    match name:
        case "deadlock":
            final = [Atom("final")] if "final" in system.atoms else []
            return _ctl(system, Unary("AG", State(disjunction(Not(Dead()), *final))), holds)
        case "livelock" | "divergence":
            again = parse_mu("nu Y. (mu X. [tau] X) && [true] Y")
            about = SystemFormula(
                system=system, lts=system.lts, formula=State(TRUE), logic="mu", mu=again
            )  # fmt: skip
            return SystemQuestion(about, holds)
        case "termination":
            return _ctl(system, Unary("AF", dead), holds)
        case "termination-weak" | "termination-strong":
            sets = tuple((one,) for one in system.labels)
            weak = name == "termination-weak"
            about = SystemFormula(
                system=system, lts=system.lts, formula=Unary("F", dead), logic="LTL",
                fair=sets if weak else (), strong=() if weak else sets,
            )  # fmt: skip
            return SystemQuestion(about, holds)
        case "reversibility":
            start = _free(system, "initial")
            flags = np.zeros(system.lts.n_states, dtype=np.bool_)
            flags[system.lts.initial] = True
            lts = with_more_atoms(system.lts, {start: flags})
            formula = Unary("AG", Unary("EF", State(Atom(start))))
            return SystemQuestion(_about(system, lts, formula), holds)
        case "boundedness" | "safeness":
            return _ctl(system, Unary("AG", State(TRUE)), holds)
        case "no-dead-transitions":
            return SystemQuestion(_occurring(system), True)
        case "liveness":
            return SystemQuestion(_always_again(system), True)
        case _:
            raise UsageError(f"{name} is no property that is asked of a system itself")


def failing_label(name: str, system: NamedSystem) -> str | None:
    """Return a label for which a property of labels fails; ``None`` where it holds.

    Examples
    --------
    >>> failing_label("liveness", NamedSystem(lts=LTS.from_arcs(2, [(0, "a", 1)])))
    'a'
    """
    from transition_systems.lts_operations import reachable_states

    lts = system.lts
    if name == "no-dead-transitions":
        used = np.unique(lts.labels[reachable_states(lts)[lts.sources]])
        missing = np.setdiff1d(np.unique(lts.labels), used)
        return str(lts.label_names[int(missing[0])]) if len(missing) else None
    ends, component = _ends(lts)
    inside = np.isin(component[lts.sources], ends)
    width = len(lts.label_names)
    pairs = np.unique(component[lts.sources[inside]] * width + lts.labels[inside])
    often = np.bincount(pairs % width, minlength=width)
    rare = [label for label in np.unique(lts.labels).tolist() if often[label] < len(ends)]
    return str(lts.label_names[rare[0]]) if rare else None


def label_of(about: SystemFormula) -> str | None:
    """Return the one label that a formula asks for; ``None`` where it is none or several.

    Examples
    --------
    >>> found = system_question(
    ...     "liveness", NamedSystem(lts=LTS.from_arcs(2, [(0, "a", 1)])), holds=False, label="a"
    ... )
    >>> label_of(found.about)
    'a'
    """
    _, enabled = names_in_formula(about.formula)
    return enabled[0] if len(enabled) == 1 else None


def _about(
    system: NamedSystem, lts: LTS, formula: Formula, states: NDArray[np.int64] | None = None,
    logic: SystemLogic = "CTL",
) -> SystemFormula:  # fmt: skip
    return SystemFormula(system=system, lts=lts, formula=formula, logic=logic, states=states)


def _ctl(system: NamedSystem, formula: Formula, holds: bool) -> SystemQuestion:
    return SystemQuestion(_about(system, system.lts, formula), holds)


def _of_label(name: str, system: NamedSystem, label: str | None) -> SystemQuestion:
    """Return the formula that shows for a label that it never occurs, or not again."""
    if label is None or label not in system.labels:
        raise UsageError(f"there is no step {label!r} that could be dead")
    if name == "liveness":
        return _ctl(system, Unary("AG", Unary("EF", State(Enabled(label)))), False)
    return _ctl(system, Unary("AG", State(Not(Enabled(label)))), True)


def _occurring(system: NamedSystem) -> SystemFormula:
    """Return the question whether each label occurs: backwards from a step of each to the start.

    The arcs are turned around, and for each label one state with such a step is initial, so that
    the formula says for each of them that it can be reached.
    """
    from transition_systems.lts_operations import reachable_states

    lts = system.lts
    start = _free(system, "initial")
    flags = np.zeros(lts.n_states, dtype=np.bool_)
    flags[lts.initial] = True
    backwards = LTS.from_arrays(
        lts.n_states, lts.targets, _silent(lts.n_arcs), lts.sources,
        label_names=lts.label_names[:2], initial=_one_of_each(lts, reachable_states(lts)),
        atoms={start: flags},
    )  # fmt: skip
    return _unshown(system, backwards, Unary("EF", State(Atom(start))))


def _always_again(system: NamedSystem) -> SystemFormula:
    """Return the question whether each label can always happen again.

    A few labels are each asked for by themselves, and so are many where runs end up in several
    parts of the system.
    """
    lts = system.lts
    if len(system.labels) > FEW_LABELS:
        ends, component = _ends(lts)
        if len(ends) == 1:
            return _from_one_state(system, component == ends[0])
    again = tuple(Unary("EF", State(Enabled(label))) for label in system.labels)
    return _about(system, lts, Unary("AG", Conjunction(again) if again else State(TRUE)))


def _from_one_state(system: NamedSystem, inside: NDArray[np.bool_]) -> SystemFormula:
    """Return the same question where all runs can come together in one state.

    It is about two copies of the system, the second with its arcs turned around: from everywhere
    that state can be reached, and from a step of each label backwards it is reached, too.
    """
    lts, n = system.lts, system.lts.n_states
    root = int(np.argmax(inside))
    first, goal = np.zeros(2 * n, dtype=np.bool_), np.zeros(2 * n, dtype=np.bool_)
    first[:n] = True
    goal[[root, n + root]] = True
    twice = LTS.from_arrays(
        2 * n, np.concatenate((lts.sources, lts.targets + n)), _silent(2 * lts.n_arcs),
        np.concatenate((lts.targets, lts.sources + n)), label_names=lts.label_names[:2],
        initial=np.concatenate((lts.initial, _one_of_each(lts, inside) + n)),
        atoms={"forwards": first, "goal": goal},
    )  # fmt: skip
    reached = Unary("EF", State(Atom("goal")))
    always = Implication(State(Atom("forwards")), Unary("AG", reached))
    return _unshown(system, twice, Conjunction((reached, always)))


def _ends(lts: LTS) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the components that no run leaves, of those that are reached, and those of states."""
    from transition_systems.lts_operations import reachable_states
    from transition_systems.scc import bottom_components, components

    count, component = components(lts.offsets, lts.targets)
    bottom = bottom_components(lts.offsets, lts.targets, count, component)
    return np.unique(component[reachable_states(lts) & bottom[component]]), component


def _one_of_each(lts: LTS, wanted: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return for each label a state with such a step, where there is one, of the wanted ones."""
    source = lts.sources
    order = np.argsort(~wanted[source], kind="stable")
    _, first = np.unique(lts.labels[order], return_index=True)
    return np.asarray(source[order[first]], dtype=np.int64)


def _silent(arcs: int) -> NDArray[np.int32]:
    return np.zeros(arcs, dtype=np.int32)


def _unshown(system: NamedSystem, lts: LTS, formula: Formula) -> SystemFormula:
    return SystemFormula(system=system, lts=lts, formula=formula, logic="CTL", shown=False)


def _free(system: NamedSystem, name: str) -> str:
    """Return a name that no atom of the system has."""
    while name in system.lts.atoms:
        name += "'"
    return name
