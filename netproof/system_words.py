"""Verdicts about transition systems in words: with the names of its labels and states."""

from __future__ import annotations

from collections.abc import Iterable

from netproof.asked_formulas import AskedFormula
from netproof.branches import told_branches
from netproof.system_formulas import SystemFormula
from netproof.system_questions import label_of
from transition_systems.counted_words import after_steps
from transition_systems.evidence_ltl import STAYS
from transition_systems.lts import LTS
from transition_systems.run import Lasso, Run
from transition_systems.shown_labels import shown_label
from transition_systems.temporal.english import clause_in_english, formula_in_english
from transition_systems.temporal.english_mu import mu_sentence
from transition_systems.verdict import Verdict

__all__ = ["explained_system", "system_assumptions"]

MOST_NAMED = 4
NO_START = "The system has no initial state, so no run: what is asked of all of them holds."
HOLDS = {
    "deadlock": "No state without a step is reached that is not final.",
    "livelock": "Silent steps always come to an end.",
    "divergence": "Silent steps always come to an end.",
    "termination": "Every run ends.",
    "termination-weak": "Every run that is weakly fair to each label ends.",
    "termination-strong": "Every run that is strongly fair to each label ends.",
    "boundedness": "The states are finitely many; as a net, no place ever holds more than 1 token.",
    "safeness": "The system is in one state at a time; as a net, no place ever holds two tokens.",
    "reversibility": "From every state that can be reached an initial one can be reached again.",
}


def system_assumptions(asked: str | AskedFormula, lts: LTS) -> tuple[str, ...]:
    """Return what a verdict on a transition system takes for granted.

    Fairness, where it is asked for; that there is an initial state to ask, where there is none.

    Examples
    --------
    >>> system_assumptions("deadlock", LTS.from_arcs(1))
    ()
    """
    own = () if isinstance(asked, str) else asked.assumed("label")
    return own if len(lts.initial) else (*own, NO_START)


def explained_system(asked: str | AskedFormula, about: SystemFormula, verdict: Verdict) -> Verdict:
    """Return a verdict with what was asked, what the run shows, and how it was read.

    Parameters
    ----------
    asked
        The property, or the formula.
    about
        The formula about the system.
    verdict
        The verdict.
    """
    if verdict.unknown:
        return verdict
    witness = about.own(verdict.witness)
    shown = () if witness is None else (_shown(witness),)
    if isinstance(asked, str):
        return verdict.with_(explanation=_named(asked, about, verdict, shown))
    if asked.mu is not None:
        said = mu_sentence(asked.mu, holds=verdict.holds)
    elif asked.pattern is not None and asked.pattern.scope != "globally":
        english = asked.pattern.english()
        said = (
            english if verdict.holds else f"This does not hold: {english[0].lower()}{english[1:]}"
        )
    else:
        told = about.formula if asked.formula is None else asked.formula
        said = formula_in_english(told)
        if verdict.violated:
            said = f"This does not hold: {clause_in_english(told)}."
    always = verdict.violated or asked.formula is None or asked.mu is not None
    runs: tuple[str, ...] = shown if always else ()
    if verdict.violated and asked.mu is None and asked.formula is not None:
        parts = told_branches(
            asked.formula, verdict.evidence, about.own, lambda run, _: _shown(about.own(run) or run)
        )
        runs = parts or runs
    reading = (*asked.read_as("label"), *about.notes)
    if len(about.lts.initial) > 1:
        reading = (*reading, "It is asked of every initial state.")
    return verdict.with_(explanation=(said, *runs, *reading))


def _named(
    name: str, about: SystemFormula, verdict: Verdict, shown: tuple[str, ...]
) -> tuple[str, ...]:
    labels = about.system.labels
    if name in ("no-dead-transitions", "liveness"):
        again = " again" if name == "liveness" else ""
        if verdict.violated:
            tail = ", from some state on" if again else ""
            return (f"{shown_label(label_of(about) or '')} can never happen{again}{tail}.", *shown)
        every = f"Each of the {len(labels)} labels" if len(labels) != 1 else "The label"
        always = "From every state that can be reached, " if again else ""
        every = every if not always else f"{every[0].lower()}{every[1:]}"
        return (f"{always}{every} {'can happen again' if again else 'is on a step of some run'}.",)
    if verdict.holds:
        return (HOLDS[name],)
    if not shown and name != "termination":
        shown = ("After more steps than can be shown such a state is reached.",)
    if name == "deadlock":
        return (*shown, "Nothing can happen there, and it is no final state.")
    if name == "reversibility":
        return (*shown, "From there no initial state can be reached again.")
    if name in ("livelock", "divergence"):
        return (*shown, "All of these steps are silent.")
    fair = {"termination-weak": " weakly fair", "termination-strong": " strongly fair"}
    return (f"There is an infinite{fair.get(name, '')} run.", *shown)


def _shown(run: Run | Lasso) -> str:
    count = len(run.stem) if isinstance(run, Lasso) else len(run)
    after = after_steps(count)
    if not isinstance(run, Lasso):
        return f"{after} the state is {_state(run.last)}."
    if run.cycle and run.cycle[-1].action == STAYS:
        return f"{after} nothing more happens, in {_state(run.last)}."
    steps = "1 step" if len(run.cycle) == 1 else f"{len(run.cycle)} steps"
    return f"{after}, {steps} can be repeated for ever: {_listed(s.label for s in run.cycle)}."


def _state(state: object) -> str:
    return _listed(str(name) for name in state) if isinstance(state, dict) else str(state)


def _listed(given: Iterable[str]) -> str:
    names = list(dict.fromkeys(given))
    if len(names) > MOST_NAMED:
        names = [*names[: MOST_NAMED - 1], f"{len(names) - MOST_NAMED + 1} more"]
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"
