"""What an ensemble of replicas shows: counts, tokens, visits, passage times, with intervals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from petri.net import PetriNet
from petri.token_game.estimates import (
    Distribution,
    Estimate,
    distribution,
    estimate,
    ratio_estimate,
)
from petri.token_game.first_passage import FirstPassage
from petri.token_game.markings_view import FinalMarkings
from transition_systems.errors import UsageError
from transition_systems.properties.evaluate import evaluate
from transition_systems.properties.predicates import Predicate

__all__ = ["Clock", "Ensemble", "Visits"]

Clock = Literal["attempts", "firings"]
Int64 = NDArray[np.int64]
Floats = NDArray[np.float64]


class Visits(NamedTuple):
    """How often a watched predicate was met in each block.

    Parameters
    ----------
    time, time_of
        How many replicas were in it at the moments that were looked at, and in how many they were
        looked at; float64 (n_blocks,).
    firing, firing_of
        The same for each firing, or with the weight of what is enabled.
    """

    time: Floats
    time_of: Floats
    firing: Floats
    firing_of: Floats


class Ensemble:
    """The end of many replicas of a net, in independently seeded blocks.

    Replicas of one block share the sequences of attempted transitions: each of them alone follows
    the law exactly, but they are correlated with each other (unless ``correlated`` is false).
    Every interval is therefore made from the means of the blocks, see
    :class:`~petri.token_game.estimates.Estimate`.

    Attributes
    ----------
    net
        The net.
    clock, amount
        ``"attempts"`` or ``"firings"``, and how many each replica was to make.
    method, engine
        ``"bits"`` or ``"arrays"``; ``"numpy"`` or ``"kernel"``.
    complete, reason
        Whether the game was played to its end, and if not, why.
    sizes
        Replicas in each block, int64 (n_blocks,).
    fired
        How often each transition fired in each block, int64 (n_blocks, n_transitions).
    attempts
        How many attempts each block made.
    dead
        The replicas that ended where nothing is enabled, bool (n_replicas,).
    correlated
        Whether replicas of a block are correlated.
    """

    def __init__(
        self,
        *,
        net: PetriNet,
        clock: Clock,
        amount: int,
        method: str,
        engine: str,
        reason: str | None,
        sizes: Int64,
        fired: Int64,
        attempts: int,
        dead: NDArray[np.bool_],
        correlated: bool,
        final: FinalMarkings,
        weights: Floats,
        passage: Int64 | None,
        visits: Mapping[str, Visits],
    ) -> None:
        self.net = net
        self.clock: Clock = clock
        self.amount = amount
        self.method = method
        self.engine = engine
        self.reason = reason
        self.complete = reason is None
        self.sizes = sizes
        self.fired = fired
        self.attempts = attempts
        self.dead = dead
        self.correlated = correlated
        self._final = final
        self._weights = weights
        self._passage = passage
        self._visits = visits

    def __repr__(self) -> str:
        return (
            f"<Ensemble of {self.replicas} replicas in {self.blocks} blocks, {self.amount}"
            f" {self.clock}, {int(self.fired.sum())} firings, {int(self.dead.sum())} dead>"
        )

    @property
    def replicas(self) -> int:
        """The number of replicas."""
        return int(self.sizes.sum())

    @property
    def blocks(self) -> int:
        """The number of independently seeded blocks."""
        return len(self.sizes)

    @cached_property
    def block_of(self) -> Int64:
        """The block of each replica, int64 (n_replicas,)."""
        return np.repeat(np.arange(self.blocks), self.sizes)

    def tokens(self, place: str) -> Int64:
        """Return the tokens of a place at the end, int64 (n_replicas,)."""
        return self._final.tokens(self.net.place_index(place))

    def markings(self) -> Int64:
        """Return all markings at the end, int64 (n_replicas, n_places): 8 bytes for each token."""
        result = np.empty((self.replicas, len(self.net.place_ids)), dtype=np.int64)
        for place in range(result.shape[1]):
            result[:, place] = self._final.tokens(place)
        return result

    def holds(self, predicate: Predicate) -> NDArray[np.bool_]:
        """Return where a predicate holds at the end, bool (n_replicas,)."""
        columns = _Columns(self.net, self._final)

        def enabled(transition: str) -> NDArray[np.bool_]:
            places, weights = self.net.pre_arcs.row(self.net.transition_index(transition))
            able: NDArray[np.bool_] = np.ones(self.replicas, dtype=np.bool_)
            for place, weight in zip(places.tolist(), weights.tolist(), strict=True):
                able &= self._final.tokens(place) >= weight
            return able

        return evaluate(predicate, columns, enabled, self.replicas, dead=lambda: self.dead)

    def _means(self, values: NDArray[np.bool_] | Int64 | Floats) -> Floats:
        sums = np.bincount(self.block_of, weights=values, minlength=self.blocks)
        return np.asarray(sums / self.sizes, dtype=np.float64)

    def probability(self, predicate: Predicate, *, level: float = 0.95) -> Estimate:
        """Return the share of replicas in which a predicate holds at the end."""
        return estimate(self._means(self.holds(predicate)), level)

    def dead_share(self, *, level: float = 0.95) -> Estimate:
        """Return the share of replicas that ended where nothing is enabled."""
        return estimate(self._means(self.dead), level)

    def mean_tokens(self, place: str, *, level: float = 0.95) -> Estimate:
        """Return the mean number of tokens in a place at the end."""
        return estimate(self._means(self.tokens(place)), level)

    def token_distribution(self, place: str, *, level: float = 0.95) -> Distribution:
        """Return how often a place holds how many tokens at the end; the values that occur."""
        values, which = np.unique(self.tokens(place), return_inverse=True)
        counts = np.zeros((self.blocks, len(values)))
        np.add.at(counts, (self.block_of, which), 1)
        return distribution(values, counts / self.sizes[:, None], level)

    def firing_count(self, transition: str | None = None, *, level: float = 0.95) -> Estimate:
        """Return the mean number of firings of a transition, or of all, in a replica."""
        return estimate(self._fired(transition) / self.sizes, level)

    def firing_share(self, transition: str, *, level: float = 0.95) -> Estimate:
        """Return the share of a transition in all firings."""
        return ratio_estimate(self._fired(transition), self._fired(None), level)

    def throughput(self, transition: str | None = None, *, level: float = 0.95) -> Estimate:
        """Return the firings of a transition, or of all, in a unit of time.

        Time is that of the net in which each enabled transition waits an exponential time of rate
        1, or of its weight: an attempt then takes one over the sum of the weights.

        Raises
        ------
        UsageError
            In the clock of firings, where replicas stop at different times.

        Notes
        -----
        A. Jensen: Markoff chains as an aid in the study of Markoff processes. Skandinavisk
        Aktuarietidskrift 36, 1953 (uniformisation).
        """
        if self.clock != "attempts":
            raise UsageError("throughput is a matter of time: play with attempts=..., not firings")
        if self._passage is not None:
            raise UsageError("replicas stop at their goal: without until=... there is throughput")
        if self.attempts == 0:
            raise UsageError("without attempts there is no throughput")
        time = self.attempts / float(self._weights.sum())
        return estimate(self._fired(transition) / self.sizes / time, level)

    def _fired(self, transition: str | None) -> Floats:
        if transition is None:
            total: Floats = self.fired.sum(axis=1).astype(np.float64)
            return total
        column: Floats = self.fired[:, self.net.transition_index(transition)].astype(np.float64)
        return column

    def visits(
        self, name: str, *, per: Literal["time", "firing"] = "firing", level: float = 0.95
    ) -> Estimate:
        """Return how often a watched predicate holds along the game.

        Parameters
        ----------
        name
            A name given in ``watch=``.
        per
            ``"firing"``: the share of the states of the chain of firings, each counted once when a
            firing leads to it (clock of firings), or weighted with the weight of what is enabled
            in it (clock of attempts, which would over-count states that few attempts leave).
            ``"time"``: the share of time; only in the clock of attempts. There a replica that met
            its goal is counted no more, so that the goal itself is never seen.
        level
            The confidence.

        Returns
        -------
        Estimate
            Of a ratio, see :func:`~petri.token_game.estimates.ratio_estimate`.
        """
        if name not in self._visits:
            raise UsageError(f"{name!r} was not watched; watched: {', '.join(self._visits) or '-'}")
        if per == "time" and self.clock == "firings":
            raise UsageError("shares of time need the clock of attempts")
        if per not in ("time", "firing"):
            raise UsageError(f"per is 'time' or 'firing', not {per!r}")
        seen = self._visits[name]
        if per == "time":
            return ratio_estimate(seen.time, seen.time_of, level)
        return ratio_estimate(seen.firing, seen.firing_of, level)

    def first_passage(self, *, level: float = 0.95) -> FirstPassage:
        """Return when replicas met the predicate of ``until=``, in units of the clock."""
        if self._passage is None:
            raise UsageError("there is no goal: play with until=...")
        times = self._passage
        met = times >= 0
        count: Floats = np.zeros(self.blocks)
        total: Floats = np.zeros(self.blocks)
        np.add.at(count, self.block_of[met], 1.0)
        np.add.at(total, self.block_of[met], times[met])
        mean = ratio_estimate(total, count, level)
        reached = estimate(count / self.sizes, level)
        return FirstPassage(times=times, reached=reached, mean=mean, sizes=self.sizes)


class _Columns(Mapping[str, Int64]):
    """The tokens of each place, unpacked when asked for."""

    def __init__(self, net: PetriNet, final: FinalMarkings) -> None:
        self._net, self._final = net, final

    def __getitem__(self, place: str) -> Int64:
        if place not in self._net.place_ids:
            raise KeyError(place)
        return self._final.tokens(self._net.place_index(place))

    def __iter__(self) -> Iterator[str]:
        return iter(self._net.place_ids)

    def __len__(self) -> int:
        return len(self._net.place_ids)
