"""What a property asks of a net: the statements that its outcomes must be proved by.

The completion predicate, the goal of soundness and the places or transitions that count come from
the caller, since they define the question; their meaning as statements is fixed here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from netproof.recheck.counted import counted_statement
from netproof.recheck.result import RefusedError
from netproof.recheck.statements import Statement, as_statement, equal_to
from netproof.recheck.structure import workflow_ends
from petri.net import PetriNet
from transition_systems.evidence_ltl import LabelSets
from transition_systems.properties.formulas import Formula, State
from transition_systems.properties.predicates import (
    FALSE,
    And,
    Compare,
    Dead,
    Not,
    Or,
    Predicate,
)
from transition_systems.temporal.action_formulas import ANY_LABEL, Labels
from transition_systems.temporal.mu_formulas import (
    Bound,
    Every,
    Fixpoint,
    Modal,
    MuFormula,
)

__all__ = [
    "Goal",
    "Linear",
    "Question",
    "classical_goal",
    "groups_of",
    "phrases_of",
    "silent_for_ever",
    "statement_of",
]

_WEAK, _STRONG = "under weak fairness", "under strong fairness"
_ENDS, _ENDLESS = "terminates", "infinite run"

# For each property: the phrases that prove HOLDS, and those that prove VIOLATED. A strongly fair
# run is weakly fair, and a fair run is a run; a pump can be repeated for ever.
_PHRASES: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "soundness": (frozenset({"sound"}), frozenset({"not sound"})),
    "workflow-net": (frozenset({"workflow net"}), frozenset({"not a workflow net"})),
    "termination": (
        frozenset({_ENDS}),
        frozenset({_ENDLESS, f"{_ENDLESS} {_WEAK}", f"{_ENDLESS} {_STRONG}", "unbounded"}),
    ),
    f"termination {_WEAK}": (
        frozenset({_ENDS, f"{_ENDS} {_WEAK}"}),
        frozenset({f"{_ENDLESS} {_WEAK}", f"{_ENDLESS} {_STRONG}"}),
    ),
    f"termination {_STRONG}": (
        frozenset({_ENDS, f"{_ENDS} {_WEAK}", f"{_ENDS} {_STRONG}"}),
        frozenset({f"{_ENDLESS} {_STRONG}"}),
    ),
}
_PHRASES["livelock"] = _PHRASES["divergence"] = (frozenset({"no livelock"}), frozenset())
_PHRASES["termination-weak"] = _PHRASES[f"termination {_WEAK}"]
_PHRASES["termination-strong"] = _PHRASES[f"termination {_STRONG}"]
for _kind, _phrase in (
    ("weak-soundness", "weakly sound"),
    ("lazy-soundness", "lazily sound"),
    ("relaxed-soundness", "relaxed sound"),
    ("soundness-without-fairness", "sound without fairness"),
):
    _PHRASES[_kind] = (frozenset({_phrase}), frozenset({f"not {_phrase}"}))
_BOUNDED = re.compile(r"bounded by (0|[1-9][0-9]{0,18})")


class Goal(Protocol):
    """What completing properly means; ``petri.soundness.SoundnessGoal`` is one."""

    @property
    def completion(self) -> Predicate:
        """Holds in the completed markings."""
        ...

    @property
    def proper(self) -> Predicate:
        """Must hold in every reachable marking."""
        ...

    @property
    def occurs(self) -> Mapping[str, tuple[str, ...]]:
        """Groups of transitions of which one must occur in some run."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Linear:
    """A formula of linear temporal logic, how it is read, and which paths count.

    Parameters
    ----------
    formula, weak, fair, strong
        The formula, whether silent steps are left out, and the sets to which paths are fair.
    branching
        Whether it is a formula of CTL*, or of CTL on fair paths.
    maximal
        Whether its paths may end in dead states, as in CTL.
    mu
        The formula, where it is of the mu-calculus.
    phrases
        The claims of other evidence from which it follows that it holds, and that it fails.
    """

    formula: Formula
    weak: bool = False
    fair: LabelSets = ()
    strong: LabelSets = ()
    branching: bool = False
    maximal: bool = False
    mu: MuFormula | None = None
    phrases: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What defines a property beside its name.

    Parameters
    ----------
    goal
        Completion, proper completion and occurrence; by default those of a workflow net.
    final
        The completion predicate of ``deadlock``; by default equality with the final marking.
    places
        The places that count for safeness and bounds; by default all.
    groups
        Groups of transitions of which one must occur; by default those of the goal, or each
        transition alone.
    formula
        The statement about the net that HOLDS means, for a property that is a formula.
    linear
        The same for a formula of linear temporal logic.
    net
        The net that the formula is about, where it remembers its last step for it.
    """

    goal: Goal | None = None
    final: Predicate | None = None
    places: Sequence[str] | None = None
    groups: Mapping[str, Sequence[str]] | None = None
    formula: Formula | str | None = None
    linear: Linear | None = None
    net: PetriNet | None = None


@dataclass(frozen=True, slots=True)
class _ClassicalGoal:
    completion: Predicate
    proper: Predicate
    occurs: Mapping[str, tuple[str, ...]]


def classical_goal(net: PetriNet) -> Goal:
    """Return the goal of a workflow net: its final marking, by default one token in the sink.

    Refused is a net that is none, or that starts with anything but one token in its source.
    """
    source, sink = workflow_ends(net)
    if net.initial.to_dict() != {source: 1}:
        raise RefusedError("the net does not start with just one token in its source")
    wanted = {sink: 1} if net.final is None else net.final.to_dict()
    above = And(tuple(Compare(((p, 1),), ">=", count) for p, count in wanted.items()))
    equal = equal_to(net, wanted)
    return _ClassicalGoal(equal, Or((Not(above), equal)), {t: (t,) for t in net.transition_ids})


def phrases_of(name: str) -> tuple[frozenset[str], frozenset[str]] | None:
    """Return the phrases that prove HOLDS and VIOLATED of a property that is proved by phrases."""
    return _PHRASES.get(name)


def silent_for_ever(net: PetriNet) -> Linear:
    """Return what livelock asks of a net: silent transitions come to an end wherever they begin.

    Examples
    --------
    >>> from transition_systems.temporal.mu_formulas import format_mu
    >>> format_mu(silent_for_ever(PetriNet(places=["p"], transitions=["t"])).mu)
    'nu Y. (mu X. [false] X) && [true] Y'
    """
    names = frozenset(node.id for node in net.transitions if node.silent)
    inner = Fixpoint("mu", "X", Modal("box", Labels(names), Bound("X")))
    again = Modal("box", ANY_LABEL, Bound("Y"))
    return Linear(
        formula=State(FALSE), mu=Fixpoint("nu", "Y", Every((inner, again))),
        phrases=("no livelock", "livelock"),
    )  # fmt: skip


def groups_of(name: str, net: PetriNet, question: Question) -> list[tuple[str, ...]] | None:
    """Return the groups of a property about occurrence; ``None`` for another property."""
    if not name.startswith("no-dead-") and question.groups is None:
        return None
    groups = question.groups
    if groups is None and name != "no-dead-transitions":
        groups = (question.goal or classical_goal(net)).occurs
    if groups is None:
        return [(t,) for t in net.transition_ids]
    return [tuple(members) for members in groups.values()]


def statement_of(name: str, net: PetriNet, question: Question) -> Statement:
    """Return the statement that HOLDS means, for a property that is one formula."""
    if question.formula is not None:
        return as_statement(question.formula)
    bounded = _BOUNDED.fullmatch(name)
    if name == "safeness" or bounded is not None:
        most = 1 if bounded is None else int(bounded[1])
        places = net.place_ids if question.places is None else question.places
        return Statement("AG", _at_most(places, most))
    if name == "deadlock":
        final = question.final
        if final is None:
            final = FALSE if net.final is None else equal_to(net, net.final.to_dict())
        return Statement("AG", Or((Not(Dead()), final)))
    counted = counted_statement(name, net)
    if counted is not None:
        return counted
    if name == "easy-soundness":
        return Statement("EF", (question.goal or classical_goal(net)).completion)
    if name in ("option-to-complete", "proper-completion"):
        goal = question.goal or classical_goal(net)
        if name == "option-to-complete":
            return Statement("AG EF", goal.completion)
        return Statement("AG", goal.proper)
    return as_statement(name)


def _at_most(places: Iterable[str], most: int) -> Predicate:
    return And(tuple(Compare(((place, 1),), "<=", most) for place in places))
