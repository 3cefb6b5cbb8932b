"""Livelock: can a net go on for ever with silent transitions only?"""

from __future__ import annotations

from dataclasses import replace

from petri.arguments import require_arguments
from petri.decision import claim
from petri.firing import with_labels
from petri.ltl import silent_transitions
from petri.mu_calculus import mu
from petri.net import PetriNet
from petri.repeatable_runs import repeatable_run
from petri.structure.falling_sums import falling_weights
from transition_systems.budget import Budget
from transition_systems.counted_words import after_steps, counted
from transition_systems.evidence import FallingSumEvidence, PumpEvidence
from transition_systems.properties.tokens import quoted
from transition_systems.run import Lasso
from transition_systems.verdict import Outcome, Statistics, Verdict

__all__ = ["livelock"]

# Markings that are listed first, parts of the time for that and for linear programs, and the most.
FEW, FIRST, PROGRAM, SECONDS = 20_000, 0.3, 0.25, 10.0
ENDS = "Silent transitions always come to an end."
LOWERS = "Each silent transition lowers a weighted sum of tokens, so that they come to an end."


def livelock(net: PetriNet, *, budget: Budget | None = None) -> Verdict:
    """Decide that no run fires from some marking on only silent transitions, for ever.

    Parameters
    ----------
    net
        Any place/transition net; a transition without a label, or labelled ``tau``, is silent.
    budget
        Limits of the state space, and the seconds of all together.

    Returns
    -------
    Verdict
        HOLDS where there is no livelock, with a strategy for ``[true*] mu X. [silent] X``, or with
        a weighted sum of tokens that every silent transition lowers; VIOLATED with a lasso whose
        cycle is silent, or with silent steps that end above where they begin, as on a net without
        a bound. UNKNOWN when the budget ends.

    Raises
    ------
    UsageError
        Never, for a net that is one.

    Notes
    -----
    Linear in the markings and steps, where these are few. Else a linear program is asked for the
    sum, and for numbers of silent firings that take nothing, which a walk tries to fire; then the
    game is explored. C. A. R. Hoare, Communicating sequential processes (1985),
    section 3.8: divergence.

    Examples
    --------
    >>> from petri.nodes import Transition
    >>> net = PetriNet(places=["p"], transitions=[Transition(id="t", label=None)],
    ...                arcs=[("p", "t"), ("t", "p")], initial=["p"])
    >>> livelock(net).witness.actions
    ('t',)
    """
    require_arguments(net, budget=budget)
    limit = (budget or Budget()).fixed()
    silent = silent_transitions(net)
    named = " || ".join(quoted(name) for name in silent) or "false"
    formula = f"nu Y. (mu X. [{named}] X) && [true] Y"
    few = FEW if limit.states is None else min(FEW, limit.states)
    verdict = None if not silent else mu(net, formula, budget=_share(limit, FIRST, few))
    if verdict is None or verdict.unknown:
        shown = _by_program(net, silent, limit)
        if shown is not None:
            return shown
        if verdict is None or few != limit.states:
            verdict = mu(net, formula, budget=limit)
    told: tuple[str, ...] = ()
    witness = verdict.witness
    if verdict.holds:
        told = (ENDS,)
    elif verdict.violated and isinstance(witness, Lasso):
        told = (_repeated(witness),)
    return verdict.with_(property="livelock", explanation=told)


def _by_program(net: PetriNet, silent: tuple[str, ...], limit: Budget) -> Verdict | None:
    """Decide it by a sum that falls with each silent step, or by silent steps to be repeated."""
    meter = limit.start()

    def answer(outcome: Outcome, told: str, evidence: FallingSumEvidence | PumpEvidence) -> Verdict:
        return Verdict(
            property="livelock", outcome=outcome, evidence=evidence, explanation=(told,),
            statistics=Statistics(method="linear-program", seconds=meter.seconds),
        )  # fmt: skip

    weights = falling_weights(
        net, budget=_share(limit, PROGRAM, None), transitions=[*map(net.transition_index, silent)]
    )
    if weights is not None:
        about = claim(net, "no livelock")
        return answer(
            Outcome.HOLDS, LOWERS if silent else "No transition is silent.",
            FallingSumEvidence(claim=about, weights=tuple(weights.items())),
        )  # fmt: skip
    lasso = repeatable_run(net, among=silent, budget=_share(limit, PROGRAM, None))
    if lasso is None:
        return None
    lasso = with_labels(net, lasso)
    evidence = PumpEvidence(claim=claim(net, "livelock"), lasso=lasso)
    return answer(Outcome.VIOLATED, _repeated(lasso), evidence)


def _repeated(lasso: Lasso) -> str:
    steps = counted(len(lasso.cycle), "silent step")
    return f"{after_steps(len(lasso.stem))}, {steps} can be repeated for ever."


def _share(limit: Budget, share: float, states: int | None) -> Budget:
    """Return a share of the time of a budget, and a number of states."""
    left = limit.remaining()
    seconds = SECONDS if left is None else min(SECONDS, share * left)
    return replace(limit, deadline=None, seconds=seconds, states=states).fixed()
