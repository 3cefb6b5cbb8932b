"""Livelock: can a net go on for ever with silent transitions only?"""

from __future__ import annotations

from petri.arguments import require_arguments
from petri.decision import Decision, claim
from petri.ltl import silent_transitions
from petri.mu_calculus import mu
from petri.net import PetriNet
from petri.structure.falling_sums import falling_weights
from transition_systems.budget import Budget
from transition_systems.counted_words import after_steps, counted
from transition_systems.evidence import FallingSumEvidence
from transition_systems.properties.tokens import quoted
from transition_systems.run import Lasso
from transition_systems.verdict import Verdict

__all__ = ["livelock"]

# The most seconds for the linear program.
PROGRAM = 5.0


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
        HOLDS where there is no livelock, with a weighted sum of tokens that each silent transition
        lowers, or else with a strategy for ``[true*] mu X. [silent] X``; VIOLATED with a lasso
        whose cycle is silent. UNKNOWN for a net without a bound, and when the budget ends, where
        there is no such sum.

    Raises
    ------
    UsageError
        Never, for a net that is one.

    Notes
    -----
    A linear program, then linear in the markings and steps. C. A. R. Hoare: Communicating
    sequential processes (1985), section 3.8: divergence.

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
    quiet = [net.transition_index(name) for name in silent_transitions(net)]
    left = limit.remaining()
    share = Budget(seconds=PROGRAM if left is None else min(PROGRAM, left / 4))
    weights = falling_weights(net, budget=share, transitions=quiet)
    if weights is not None:
        decision = Decision(
            net, "livelock", method="linear-program", methods=("linear-program",), budget=limit
        )
        return decision.holds(
            FallingSumEvidence(claim=claim(net, "no livelock"), weights=tuple(weights.items())),
            "Each silent transition lowers a weighted sum of tokens."
            if quiet
            else "No transition is silent.",
        )
    silent = " || ".join(quoted(name) for name in silent_transitions(net)) or "false"
    verdict = mu(net, f"nu Y. (mu X. [{silent}] X) && [true] Y", budget=limit)
    told: tuple[str, ...] = ()
    witness = verdict.witness
    if verdict.holds:
        told = ("Silent transitions always come to an end.",)
    elif verdict.violated and isinstance(witness, Lasso):
        steps = counted(len(witness.cycle), "silent step")
        told = (f"{after_steps(len(witness.stem))}, {steps} can be repeated for ever.",)
    return verdict.with_(property="livelock", explanation=told)
