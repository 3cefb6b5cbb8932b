"""Plays independent replicas on arrays of integers: any net, any policy, both clocks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from petri.net import PetriNet
from petri.token_game.array_game import ArrayGame
from petri.token_game.choices import weights_of
from petri.token_game.ensemble_result import Clock
from petri.token_game.policies import Chooser, MaximalStep, Policy, Priorities, Uniform, Weighted
from transition_systems.budget import Meter
from transition_systems.errors import UsageError
from transition_systems.properties.evaluate import evaluate
from transition_systems.properties.predicates import Predicate

__all__ = ["ArrayBlock", "Selector", "holds_in", "play_block"]

Array = NDArray[Any]
Bools = NDArray[np.bool_]
DEAD_EVERY = 1024


class Selector:
    """Says what fires in each run, for every policy.

    Parameters
    ----------
    net
        The net.
    policy
        A policy, or a function of the markings (n_places, n_runs), of what is enabled (bool,
        (n_transitions, n_runs)) and of a random generator that returns the index of a transition
        for each run, or -1 to end the run.
    """

    def __init__(self, net: PetriNet, policy: Policy) -> None:
        self.count = len(net.transition_ids)
        self.stepwise = isinstance(policy, MaximalStep)
        self._function = None
        if isinstance(policy, Uniform | Weighted | Priorities | MaximalStep):
            self._chooser = Chooser(net, policy)
        elif callable(policy):
            self._function = policy
        else:
            raise UsageError(f"{policy!r} is no policy")

    def select(
        self, game: ArrayGame, random: NDArray[np.float64], generator: np.random.Generator
    ) -> tuple[Array, Bools | None]:
        """Return what fires, ``n_transitions`` for nothing, and where a new step began.

        Parameters
        ----------
        game
            The runs.
        random
            float64 (n_runs,), from 0 to below 1.
        generator
            For a function of the user.
        """
        enabled = game.enabled()
        if self._function is not None:
            return self._asked(game, enabled, generator), None
        chosen = self._chooser.choose(enabled, random)
        if not self.stepwise:
            return chosen, None
        stuck: Bools = chosen == self.count
        if stuck.any():
            game.next_step(stuck)
            chosen = self._chooser.choose(game.enabled(), random)
        return chosen, stuck

    def _asked(self, game: ArrayGame, enabled: Array, generator: np.random.Generator) -> Array:
        assert self._function is not None
        able = enabled.view(np.bool_)
        runs = able.shape[1]
        answer = np.asarray(self._function(game.markings.copy(), able.copy(), generator))
        if answer.shape != (runs,) or answer.dtype.kind not in "iu":
            raise UsageError(
                f"a policy returns {runs} integers, not {answer.dtype} of shape {answer.shape}"
            )
        chosen = np.where(answer < 0, self.count, answer).astype(np.int64)
        if self.count == 0 or (chosen > self.count).any():
            chosen = np.minimum(chosen, self.count)
        fires = np.flatnonzero(chosen < self.count)
        wrong = fires[~able[chosen[fires], fires]]
        if wrong.size:
            name = game.net.transition_ids[int(chosen[wrong[0]])]
            raise UsageError(f"the policy chose {name!r} in a run where it is not enabled")
        return chosen


def holds_in(net: PetriNet, predicate: Predicate, markings: Array) -> Bools:
    """Return where a predicate holds, bool (n_runs,), for markings of shape (n_places, n_runs)."""
    runs = markings.shape[1]

    def enabled(transition: str) -> Bools:
        places, weights = net.pre_arcs.row(net.transition_index(transition))
        able: Bools = np.ones(runs, dtype=np.bool_)
        for place, weight in zip(places.tolist(), weights.tolist(), strict=True):
            able &= markings[place] >= weight
        return able

    def dead() -> Bools:
        able: Bools = np.zeros(runs, dtype=np.bool_)
        for transition in net.transition_ids:
            able |= enabled(transition)
        return ~able

    columns = dict(zip(net.place_ids, markings, strict=True))
    return evaluate(predicate, columns, enabled, runs, dead=dead)


@dataclass(slots=True, eq=False, kw_only=True)
class ArrayBlock:
    """What became of one block of replicas; ``visits`` as in ``Visits``, by watched name."""

    markings: Array
    fired: NDArray[np.int64]
    dead: Bools
    attempts: int
    passage: NDArray[np.int64]
    visits: tuple[NDArray[np.float64], float, NDArray[np.float64], float]
    complete: bool


def play_block(
    net: PetriNet,
    policy: Policy,
    *,
    replicas: int,
    clock: Clock,
    amount: int,
    seed: np.random.SeedSequence,
    until: Predicate | None,
    watch: Mapping[str, Predicate],
    every: int,
    meter: Meter,
) -> ArrayBlock:
    """Play replicas that are independent of each other.

    Parameters
    ----------
    net, policy
        What is played.
    replicas, clock, amount, seed
        How many, how long, with which seed.
    until, watch, every
        As for :func:`~petri.token_game.ensemble`.
    meter
        The budget.

    Returns
    -------
    ArrayBlock
    """
    selector = Selector(net, policy)
    game = ArrayGame(net, replicas, stepwise=selector.stepwise)
    generator = np.random.Generator(np.random.PCG64(seed))
    count = len(net.transition_ids)
    weights = np.ones(count)
    if isinstance(policy, Weighted):
        given = weights_of(net, dict(policy.weights))
        weights = weights if given is None else given
    levels = np.cumsum(weights) / max(float(weights.sum()), 1e-300)
    fired = np.zeros(count + 1, dtype=np.int64)
    done = np.zeros(replicas, dtype=np.int64)
    active: Bools = np.ones(replicas, dtype=np.bool_)
    passage = np.full(replicas, -1, dtype=np.int64)
    seen_time, seen_firing = np.zeros(len(watch)), np.zeros(len(watch))
    looked, enabled_weight, rounds, complete = 0, 0.0, 0, True
    everyone = np.arange(replicas)

    def meet() -> None:
        if until is not None:
            met = active & holds_in(net, until, game.settle())
            passage[met] = done[met] if clock == "firings" else rounds
            active[met] = False

    def look(times: int) -> None:
        nonlocal looked, enabled_weight
        weight = (weights @ game.enabled()) * active
        looked += times * int(active.sum())
        enabled_weight += times * float(weight.sum())
        for number, predicate in enumerate(watch.values()):
            here = holds_in(net, predicate, game.settle()) & active
            seen_time[number] += times * here.sum()
            seen_firing[number] += times * float(weight[here].sum())

    def stuck() -> bool:
        return not (game.enabled().any(axis=0) & active).any()

    meet()
    if amount == 0:
        active[:] = False
    while active.any() and not (clock == "attempts" and rounds >= amount):
        random = generator.random(replicas)
        if clock == "attempts":
            chosen: Array = np.full(replicas, count)
            if count:
                drawn = np.minimum(levels.searchsorted(random, side="right"), count - 1)
                able = game.enabled()[drawn, everyone] != 0
                chosen = np.where(active & able, drawn, count)
        else:
            chosen, _ = selector.select(game, random, generator)
            active &= chosen != count
            chosen = np.where(active, chosen, count)
        game.fire(chosen)
        moved: Bools = chosen != count
        fired += np.bincount(chosen, minlength=count + 1)
        done += moved
        rounds += 1
        meet()
        if clock == "firings":
            active &= done < amount
            for number, predicate in enumerate(watch.values()):
                seen_firing[number] += (holds_in(net, predicate, game.settle()) & moved).sum()
        elif watch and rounds % every == 0:
            look(1)
        if clock == "attempts" and rounds % DEAD_EVERY == 0 and stuck():
            look(amount // every - rounds // every)
            rounds = amount
        if meter.out_of_time():
            complete = not active.any()
            break
    if selector.stepwise:
        game.next_step(np.ones(replicas, dtype=np.bool_))
    total = float(fired[:count].sum()) if clock == "firings" else enabled_weight
    return ArrayBlock(
        markings=game.settle(), fired=fired[:count],
        dead=np.logical_not(game.enabled().any(axis=0)), attempts=rounds, passage=passage,
        visits=(seen_time, float(looked), seen_firing, total), complete=complete,
    )  # fmt: skip
