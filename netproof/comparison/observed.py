"""What an observer sees of a model, as a transition system, and the way back to its net."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netproof.difference.letters import Letters
from netproof.difference.subject import Subject
from petri.state_space.reachability import ReachabilityGraph, reachability_graph
from transition_systems.budget import Budget
from transition_systems.equivalences.play import Arc
from transition_systems.lts import LTS, TAU, TAU_NAME, TICK, TICK_NAME
from transition_systems.progress import ProgressCallback
from transition_systems.run import Run

__all__ = ["Observed", "letter_names", "observe"]


@dataclass(frozen=True, slots=True)
class Observed:
    """The reachability graph of a model's net, and the system that is seen of it.

    Parameters
    ----------
    graph
        The graph, perhaps partial.
    lts
        Its states with the arcs of the letters, those of other transitions silent; where all is
        done there is a loop labelled ``"✓"``, so that the end is seen like a step.
    letter
        int32, shape (n_transitions,): the number of each transition's label in the system.
    """

    graph: ReachabilityGraph
    lts: LTS
    letter: NDArray[np.int32]

    def run(self, path: tuple[Arc, ...]) -> Run:
        """Return a run of the net that is seen as a path from the initial state."""
        graph, net = self.graph, self.graph.net
        number = {name: n for n, name in enumerate(self.lts.label_names)}
        fired: list[str] = []
        for source, label, target in path:
            if label == TICK_NAME:
                continue
            row = slice(int(graph.offsets[source]), int(graph.offsets[source + 1]))
            fits = self.letter[graph.labels[row]] == number[label]
            fits &= graph.targets[row] == target
            fired.append(net.transition_ids[int(graph.labels[row][fits.argmax()])])
        return net.run(net.initial, fired)


def letter_names(letters: Letters) -> dict[int, str]:
    """Return a name for each letter, the same for both models: that of the old one where it can be.

    Two letters with one title are told apart by a number.
    """
    names: dict[int, str] = {}
    taken = {TAU_NAME, TICK_NAME}
    for letter in sorted({*letters.members[0], *letters.members[1]}):
        title = letters.title(0 if letter in letters.members[0] else 1, letter)
        name, count = title, 1
        while name in taken:
            count += 1
            name = f"{title} ({count})"
        taken.add(name)
        names[letter] = name
    return names


def observe(
    subject: Subject,
    of: dict[str, int],
    names: dict[int, str],
    *,
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
) -> Observed:
    """Explore the net of a model and return what is seen of it.

    Parameters
    ----------
    subject
        The model with its net.
    of
        The letter of each transition that is seen.
    names
        The name of each letter.
    budget, progress
        For the state space.

    Returns
    -------
    Observed
        Its graph tells whether all markings were found.
    """
    net = subject.net
    graph = reachability_graph(net, budget=budget, progress=progress)
    number = {letter: n for n, letter in enumerate(sorted(names), start=2)}
    silent = {id: number[letter] for id, letter in of.items()}
    letter = np.array([silent.get(id, TAU) for id in net.transition_ids], dtype=np.int32)
    done = subject.done()
    ended = np.zeros(0, dtype=np.int64)
    if done is not None:
        rows = graph.markings.tolist()
        ended = np.array([n for n, row in enumerate(rows) if done(tuple(row))], dtype=np.int64)
    sources = np.repeat(np.arange(graph.n_states), np.diff(graph.offsets))
    lts = LTS.from_arrays(
        graph.n_states,
        np.concatenate([sources, ended]),
        np.concatenate([letter[graph.labels], np.full(len(ended), TICK, dtype=np.int32)]),
        np.concatenate([graph.targets, ended]),
        label_names=(TAU_NAME, TICK_NAME, *(names[n] for n in sorted(names))),
        state_of=graph.marking,
    )
    return Observed(graph, lts, letter)
