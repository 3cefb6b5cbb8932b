"""Deadlock: can the net come to a stop before it is complete?"""

from __future__ import annotations

from petri.decision import Decision, final_predicate
from petri.memory import within_memory
from petri.net import PetriNet
from petri.reachable import invariant
from petri.state_space.reachability import ReachabilityGraph
from petri.structure.deadlock_free import deadlock_free
from petri.stubborn_sets import deadlock_by_stubborn_sets
from transition_systems.budget import Budget
from transition_systems.progress import ProgressCallback
from transition_systems.properties.predicates import Dead, Not, Predicate, disjunction
from transition_systems.run import Lasso, Run
from transition_systems.verdict import Verdict

__all__ = ["deadlock", "stuck"]


@within_memory("deadlock")
def deadlock(
    net: PetriNet,
    *,
    final: Predicate | None = None,
    method: str = "auto",
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
    seed: int | None = None,
    graph: ReachabilityGraph | None = None,
) -> Verdict:
    """Decide that no reachable marking is stuck before completion (HOLDS is the good answer).

    Parameters
    ----------
    net
        Any place/transition net.
    final
        The completion predicate; by default equality with the net's final marking, and for a net
        without one no marking is complete: then no reachable marking may be dead.
    method
        ``"explicit"``, ``"z3"`` (state equation, then bounded search), ``"symbolic"``,
        ``"state-equation"`` (linear proofs) or ``"structure"`` (marked circuits, the rank theorem,
        traps in siphons), which only prove that there is none, or one of
        :data:`petri.engines.ENGINES`, of which ``"stubborn-sets"`` is made for it.
    budget, progress, seed, graph
        As for :func:`petri.reachable`.

    Returns
    -------
    Verdict
        HOLDS with the closed set of all markings, an invariant, a linear proof or the premises of
        a theorem about structure; VIOLATED with a shortest run to a stuck marking.

    Notes
    -----
    As hard as reachability in general; O(states x transitions) here.

    Examples
    --------
    >>> from petri import PetriNet
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [1, 0])
    >>> deadlock(net).outcome
    <Outcome.VIOLATED: 'VIOLATED'>
    """
    if method == "structure":
        return _by_structure(net, budget=budget, progress=progress, seed=seed)
    if method == "stubborn-sets":
        return deadlock_by_stubborn_sets(
            net, final=final, budget=budget, progress=progress, seed=seed
        )
    good = disjunction(Not(Dead()), final_predicate(net, final))
    verdict = invariant(
        net, good, method=method, budget=budget, progress=progress, seed=seed, graph=graph,
        name="deadlock",
    )  # fmt: skip
    if verdict.violated and verdict.witness is not None:
        return verdict.with_(explanation=(stuck(verdict.witness),))
    if verdict.holds:
        return verdict.with_(explanation=("No reachable marking is stuck before completion.",))
    return verdict


def _by_structure(
    net: PetriNet, *, budget: Budget | None, progress: ProgressCallback | None, seed: int | None
) -> Verdict:
    decision = Decision(
        net, "deadlock", method="structure", methods=("structure",), budget=budget,
        progress=progress, seed=seed,
    )  # fmt: skip
    found = deadlock_free(net, budget=decision.budget)
    if isinstance(found, str):
        return decision.unknown(found)
    return decision.holds(
        found, "No reachable marking is stuck: the structure of the net forbids it."
    )


def stuck(run: Run | Lasso) -> str:
    """Return the sentence that tells where a run is stuck."""
    where = " + ".join(f"{n} {p}" if n > 1 else p for p, n in run.last.items())
    return (
        f"After {len(run)} step{'' if len(run) == 1 else 's'} nothing can happen any more, "
        f"with tokens in {where or 'no place'}."
    )
