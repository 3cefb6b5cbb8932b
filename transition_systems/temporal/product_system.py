"""What a formula of linear temporal logic sees of a transition system, and fairness, as arrays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from transition_systems.errors import UsageError
from transition_systems.lts import LTS, TAU

__all__ = ["Fairness", "FairnessLike", "Observed", "Sets", "fairness_of", "observed"]

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Sets: TypeAlias = tuple[tuple[str, ...], ...]
NO_STEP = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Fairness:
    """Which paths count: those that are fair to each of these sets of labels.

    Parameters
    ----------
    weak
        A path is weakly fair to a set unless, from some place on, some label of the set can
        always happen and none ever does.
    strong
        A path is strongly fair to a set when its labels happen again and again, or can happen
        only finitely often.

    Examples
    --------
    >>> Fairness(strong=(("pay", "cancel"),))
    Fairness(weak=(), strong=(('pay', 'cancel'),))
    """

    weak: Sets = ()
    strong: Sets = ()

    def text(self) -> str:
        """Return the fairness in words, empty without any."""
        parts = [
            f"{kind}ly fair to {{{', '.join(names)}}}"
            for kind, sets in (("weak", self.weak), ("strong", self.strong))
            for names in sets
        ]
        return " and ".join(parts)


FairnessLike: TypeAlias = Fairness | Literal["weak", "strong"] | None


def fairness_of(fairness: FairnessLike, lts: LTS) -> Fairness:
    """Return the fairness that is meant: ``"weak"`` and ``"strong"`` are to each label by itself.

    Raises
    ------
    UsageError
        For another word, or a label that the system does not know.

    Examples
    --------
    >>> fairness_of("weak", LTS.from_arcs(1, [(0, "a", 0), (0, None, 0)])).weak
    (('tau',), ('a',))
    """
    if fairness is None:
        return Fairness()
    if isinstance(fairness, str):
        used = [lts.label_names[label] for label in np.unique(lts.labels).tolist()]
        sets = tuple((name,) for name in used)
        if fairness == "weak":
            return Fairness(weak=sets)
        if fairness == "strong":
            return Fairness(strong=sets)
        raise UsageError(f"there is no fairness {fairness!r}; there are 'weak' and 'strong'")
    known = set(lts.label_names)
    for name in dict.fromkeys(
        name for sets in (fairness.weak, fairness.strong) for names in sets for name in names
    ):
        if name not in known:
            raise UsageError(f"the fairness names the label {name!r}, which does not occur")
    return fairness


@dataclass(frozen=True, slots=True)
class Observed:
    """A system in which every state has a step, as arcs.

    Parameters
    ----------
    n_states
        The number of states: those of the system, and a second copy of each where silent steps
        do not count.
    source, label, target
        int64, int32, int64 of shape (m,); the label of the step of a dead state is -1.
    moving
        Where the formula reads a letter, bool (m,); ``None`` means at every arc.
    letter
        The letter of each state, int64 (n_states,).
    initial
        The initial states, int64.
    """

    n_states: int
    source: Ints
    label: NDArray[np.int32]
    target: Ints
    moving: Bools | None
    letter: Ints
    initial: Ints


def observed(
    lts: LTS, letter: Ints, *, looks: Ints | None = None, expanded: int | None = None,
    silent: Iterable[int] = (TAU,),
) -> Observed:  # fmt: skip
    """Return the system with a step for each dead state, to itself.

    Where silent steps do not count, ``looks`` tells which states look the same, and a silent step
    between such states reads nothing; they have the same letter, too. A path may go over for ever
    to the second copy of the states by such a step; there are only such steps, and each reads the
    letter: these are the paths that end in silence, and their last letter is repeated. Where a
    system is not known whole, only the arcs of the first ``expanded`` states are, and only these
    can be dead. ``silent`` are the numbers of the silent labels.
    """
    n = lts.n_states
    stuck = np.flatnonzero(np.diff(lts.offsets[: None if expanded is None else expanded + 1]) == 0)
    stuck = stuck.astype(np.int64)
    source, label, target = lts.sources, lts.labels, lts.targets
    if len(stuck):
        source = np.concatenate((source, stuck))
        label = np.concatenate((label, np.full(len(stuck), NO_STEP, dtype=np.int32)))
        target = np.concatenate((target, stuck))
    if looks is None:
        return Observed(n, source, label, target, None, letter, lts.initial)
    quiet = np.isin(label, np.fromiter(silent, dtype=np.int32))
    inert = quiet & (looks[source] == looks[target])
    first, second = source[inert], target[inert]
    moving = np.concatenate((~inert, np.ones(2 * len(first), dtype=np.bool_)))
    return Observed(
        2 * n,
        np.concatenate((source, first, first + n)),
        np.concatenate((label, label[inert], label[inert])),
        np.concatenate((target, second + n, second + n)),
        moving,
        np.concatenate((letter, letter)),
        lts.initial,
    )
