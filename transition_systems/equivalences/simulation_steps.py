"""What simulations are decided on: bisimilarity classes, their steps and the answers to these."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from transition_systems.budget import Meter
from transition_systems.csr import csr_order
from transition_systems.equivalences.classes import classes_of, most_steps
from transition_systems.equivalences.graph import Graph, graph_of
from transition_systems.equivalences.relations import relation_named
from transition_systems.equivalences.signatures import TooMuchWork, time_limit
from transition_systems.equivalences.weak import saturated
from transition_systems.errors import UndecidedError
from transition_systems.lts import LTS, TAU
from transition_systems.progress import ProgressCallback
from transition_systems.quotient import number_blocks, quotient

__all__ = ["Arcs", "Steps", "steps_of"]

Indices = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Arcs:
    """Arcs ``tail, label, head``, int64 (m,) each, sorted by tail, with row offsets (n + 1,)."""

    offsets: Indices
    tails: Indices
    labels: Indices
    heads: Indices

    @classmethod
    def of(cls, graph: Graph) -> Arcs:
        """Return the arcs of a graph."""
        return cls(graph.offsets, graph.sources, graph.labels, graph.targets)

    def turned(self, n: int) -> Arcs:
        """Return the arcs sorted by head, the heads in the place of the tails."""
        order, offsets = csr_order(self.heads, n)
        return Arcs(offsets, self.heads[order], self.labels[order], self.tails[order])


@dataclass(frozen=True, slots=True)
class Steps:
    """The classes of a bisimilarity finer than the simulation, and what they can do.

    Attributes
    ----------
    lts
        The quotient: its states are the classes.
    place
        The class of each state, int64 (n,).
    asked
        The steps that must be answered.
    answers
        The steps that answer them: the same ones, or the weak steps, silent ones from each class
        to itself among them.
    initials
        Which labels the answers of a class have, bool (classes, labels); without the silent one
        where answers are weak.
    marks
        A number for the atoms of each class, int64.
    """

    lts: LTS
    place: Indices
    asked: Arcs
    answers: Arcs
    initials: Bools
    marks: Indices

    @property
    def n(self) -> int:
        """The number of classes."""
        return self.lts.n_states


def steps_of(
    lts: LTS, meter: Meter, *, weak: bool, progress: ProgressCallback | None = None
) -> Steps:
    """Return the classes of strong or weak bisimilarity of a system, and their steps.

    Raises
    ------
    UndecidedError
        When the budget ends, or there are more weak steps than fit.

    Examples
    --------
    >>> from transition_systems.budget import Budget
    >>> lts = LTS.from_arcs(3, [(0, "a", 1), (0, "a", 2)])
    >>> steps_of(lts, Budget().start(), weak=False).asked.heads.tolist()
    [1]
    """
    relation = relation_named("weak" if weak else "strong")
    found = classes_of(lts, relation, meter, progress=progress)
    if not found.stable:
        raise UndecidedError(found.reason or "the budget is used up")
    place = number_blocks(found.block)
    small = quotient(lts, place, drop_inert=weak)
    graph = graph_of(small)
    asked = answers = Arcs.of(graph)
    if weak:
        try:
            answers = Arcs.of(saturated(graph, None, most_steps(meter), time_limit(meter)))
        except (MemoryError, TooMuchWork) as error:
            raise UndecidedError(str(error)) from error
    initials = np.zeros((small.n_states, len(small.label_names)), dtype=np.bool_)
    initials[answers.tails, answers.labels] = True
    if weak:
        initials[:, TAU] = False
    return Steps(small, place, asked, answers, initials, graph.classes)
