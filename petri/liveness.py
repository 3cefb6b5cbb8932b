"""Quasi-liveness: does each transition, or each group of transitions, occur in some run?"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from petri.decision import Decision, claim
from petri.in_turn import in_turn
from petri.memory import within_memory
from petri.net import PetriNet
from petri.state_space.covering import prove_by_covering
from petri.state_space.reachability import ReachabilityGraph
from petri.state_space.symbolic.answers import SymbolicAnswers
from transition_systems.budget import Budget
from transition_systems.errors import UsageError
from transition_systems.evidence import ClosedSet, Evidence, Parts, RunEvidence
from transition_systems.progress import ProgressCallback
from transition_systems.properties.formulas import always_everywhere
from transition_systems.properties.predicates import Enabled, Not, Predicate, conjunction
from transition_systems.verdict import Verdict

__all__ = ["no_dead_transitions"]


@within_memory("no-dead-transitions")
def no_dead_transitions(
    net: PetriNet,
    *,
    groups: Mapping[str, Sequence[str]] | None = None,
    name: str = "no-dead-transitions",
    method: str = "auto",
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
    seed: int | None = None,
    graph: ReachabilityGraph | None = None,
    covering: Predicate | None = None,
) -> Verdict:
    """Decide that every transition occurs in some run.

    Parameters
    ----------
    net
        Any place/transition net.
    groups
        Groups of transitions of which one must occur, by a name for the reader (an activity that
        became several transitions); by default each transition is a group of its own.
    name
        The property's name in the verdict.
    method, budget, progress, seed, graph
        As for :func:`petri.reachable`; the methods are ``"explicit"`` and ``"symbolic"``.
    covering
        An invariant of an unbounded net, by which a transition may be proved dead.

    Returns
    -------
    Verdict
        HOLDS with runs in which all groups occur, VIOLATED with the closed set of all markings,
        in none of which a transition of the first dead group is enabled, or another proof of that.

    Notes
    -----
    On a partial graph the verdict is HOLDS where everything has occurred, else UNKNOWN. By default
    the engines of :func:`petri.decide` are asked where the markings are too many to list.

    Examples
    --------
    >>> from petri import PetriNet
    >>> bool(no_dead_transitions(PetriNet.from_arrays([[1], [0]], [[0], [1]], [1, 0])))
    True
    """
    decision = Decision(
        net, name, method=method, methods=("explicit", "symbolic"), budget=budget,
        progress=progress, seed=seed, graph=graph,
    )  # fmt: skip
    if decision.method == "symbolic":
        answers = SymbolicAnswers(net, budget=decision.budget, progress=progress, seed=seed)
        return answers.occur(groups, name=name)
    given: Any = groups
    if given is not None and not isinstance(given, Mapping):
        raise UsageError(f"groups are a mapping of names to transitions, not {given!r:.60}")
    for members in () if groups is None else groups.values():
        one: Any = members
        if isinstance(one, str) or not isinstance(one, Sequence):
            raise UsageError(f"a group is a list of transitions, not {one!r:.60}")
    wanted = {t: (t,) for t in net.transition_ids} if groups is None else groups
    if method == "auto" and graph is None:
        return in_turn(
            decision,
            lambda asked: _listed(asked, wanted, covering),
            lambda share: _by_portfolio(decision, wanted, share),
        )
    return _listed(decision, wanted, covering)


def _by_portfolio(
    decision: Decision, wanted: Mapping[str, Sequence[str]], share: Budget
) -> Verdict:  # fmt: skip
    from petri.portfolio.parts import all_occur

    asked = Decision(
        decision.net, decision.property, methods=("portfolio",), budget=share,
        progress=decision.progress, seed=decision.seed,
    )  # fmt: skip
    return all_occur(asked, wanted)


def _listed(
    decision: Decision, wanted: Mapping[str, Sequence[str]], covering: Predicate | None
) -> Verdict:
    """Decide it on the markings that were listed, or by an invariant."""
    net, space = decision.net, decision.graph
    fired = space.fired
    silent = [
        group
        for group, members in wanted.items()
        if not any(fired[net.transition_index(t)] for t in members)
    ]
    if not silent:
        key = tuple((group, tuple(members)) for group, members in wanted.items())
        if key not in space.occurrences:
            meter = decision.budget.start()
            shown = occurrence_evidence(space, wanted, late=meter.out_of_time)
            if shown is None:
                return decision.unknown(
                    "all of them occur, but the time budget was used up before the runs that "
                    "show it were written"
                )
            space.occurrences[key] = shown
        return decision.holds(
            space.occurrences[key], f"All {len(wanted)} of them occur in some run."
        )
    if not space.complete and covering is not None:
        for group in silent:
            if decision.budget.remaining() == 0.0:
                break
            never = conjunction(*(Not(Enabled(t)) for t in wanted[group]))
            proof = prove_by_covering(net, never, covering, budget=decision.budget)
            if proof is not None:
                return decision.violated(proof, f"No run contains {group}.")
    if not space.complete:
        return decision.unknown(
            f"{space.reason}; {len(silent)} of {len(wanted)} have not occurred so far, "
            f"the first of them {silent[0]}"
        )
    never = conjunction(*(Not(Enabled(t)) for t in wanted[silent[0]]))
    evidence = ClosedSet(claim=claim(net, always_everywhere(never)), states=space.state_set())
    listed = ", ".join(silent[:5]) + (f" and {len(silent) - 5} more" if len(silent) > 5 else "")
    return decision.violated(evidence, f"No run contains {listed}.")


def occurrence_evidence(
    space: ReachabilityGraph,
    groups: Mapping[str, Sequence[str]],
    *,
    late: Callable[[], bool] = lambda: False,
) -> Evidence | None:
    """Return few runs that together contain a transition of each group; ``None`` when it gets late.

    The claim of each run is ``occur`` with the list of the transitions that it shows.
    """
    net = space.net
    first = np.full(len(net.transition_ids), -1, dtype=np.int64)
    first[space.labels[::-1]] = np.arange(len(space.labels))[::-1]
    wanted: list[tuple[int, str]] = []
    owners: dict[str, list[str]] = {}
    for group, members in groups.items():
        candidates = [int(first[net.transition_index(t)]) for t in members]
        wanted.append((min(arc for arc in candidates if arc >= 0), group))
        for t in members:
            owners.setdefault(t, []).append(group)
    shown: set[str] = set()
    runs: list[tuple[str, Evidence]] = []
    covered: set[str] = set()
    for arc, group in sorted(wanted, key=lambda item: -item[0]):
        if group in covered:
            continue
        transition = net.transition_ids[int(space.labels[arc])]
        if late():
            return None
        run = space.run_to(int(space.sources[arc]), then=transition)
        new = [t for t in dict.fromkeys(run.actions) if t in owners and t not in shown]
        shown.update(new)
        covered.update(name for t in new for name in owners[t])
        text = f"occur {json.dumps(new, ensure_ascii=False)}"
        runs.append((f"run {len(runs) + 1}", RunEvidence(claim=claim(net, text), run=run)))
    everything = (
        f"occur-groups {json.dumps([list(g) for g in groups.values()], ensure_ascii=False)}"
    )
    return Parts(claim=claim(net, everything), parts=tuple(runs))
