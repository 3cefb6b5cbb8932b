"""The engines that answer whether a goal is reachable, by the name of their method."""

from __future__ import annotations

from typing import Protocol

from petri.net import PetriNet
from transition_systems.budget import Budget
from transition_systems.progress import ProgressCallback
from transition_systems.properties.predicates import Predicate
from transition_systems.verdict import Verdict

__all__ = ["ENGINES", "Engine", "engine"]

ENGINES = ("walks", "stubborn-sets", "unfolding", "bmc", "k-induction", "pdr", "spacer")


class Engine(Protocol):
    """Decides whether some reachable marking satisfies a goal."""

    def __call__(
        self,
        net: PetriNet,
        goal: Predicate,
        *,
        budget: Budget | None = None,
        progress: ProgressCallback | None = None,
        seed: int | None = None,
        name: str | None = None,
    ) -> Verdict:
        """Return HOLDS with a run, VIOLATED with a proof, or UNKNOWN."""
        ...


def engine(method: str) -> Engine:
    """Return the engine of one of :data:`ENGINES`, imported now.

    Parameters
    ----------
    method
        The name.

    Returns
    -------
    Engine

    Examples
    --------
    >>> engine("walks").__name__
    'reachable_by_walks'
    """
    match method:
        case "walks":
            from petri.walks import reachable_by_walks

            return reachable_by_walks
        case "stubborn-sets":
            from petri.stubborn_sets import reachable_by_stubborn_sets

            return reachable_by_stubborn_sets
        case "unfolding":
            from petri.unfolding import reachable_by_unfolding

            return reachable_by_unfolding
        case "bmc":
            from petri.induction.bmc import bounded_model_checking

            return bounded_model_checking
        case "k-induction":
            from petri.induction.k_induction import k_induction

            return k_induction
        case "pdr":
            from petri.induction.pdr import pdr

            return pdr
        case _:
            from petri.induction.spacer import spacer

            return spacer
