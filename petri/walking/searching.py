"""The search by walkers: episodes, looks at the goals, hits, and the runs that they become."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from petri.marking import MAX_TOKENS, Marking
from petri.net import PetriNet
from petri.state_space.reachability import marking_holds
from petri.token_game.bit_program import BitProgram
from petri.token_game.sliced_net import BitLayout
from petri.walking.episodes import MOST_HALVINGS, Chances, Clones, Episode, Hit, luby
from petri.walking.guides import distances, pulls, split_dead
from petri.walking.shortening import Firing, shortened
from petri.walking.sliced_walkers import SlicedWalkers, zeros
from transition_systems.budget import Budget, Meter
from transition_systems.errors import UndecidedError, UsageError
from transition_systems.progress import Progress, ProgressCallback
from transition_systems.properties.predicates import (
    TRUE,
    Compare,
    Dead,
    Enabled,
    Predicate,
)
from transition_systems.properties.walk import subpredicates
from transition_systems.run import Run

__all__ = ["WalkSearch"]

Int64 = NDArray[np.int64]
Words = NDArray[np.uint64]

MOST_BYTES = 256 << 20
SWEEPS = 8
LEAST_ATTEMPTS = 128
CLONE_EVERY = 4
SHORTEN_UP_TO = 40


@dataclass(slots=True, eq=False)
class _Target:
    goal: Predicate
    total: tuple[int, ...] | None = None
    dead: bool = False
    watched: bool = False
    rest: Predicate = TRUE
    hit: Hit | None = None
    most: int = 0
    program: BitProgram | None = None
    layout: BitLayout | None = None

    @property
    def open(self) -> bool:
        """Whether it is still looked for; a sum always is."""
        return self.hit is None or self.total is not None


class WalkSearch:
    """One search for goals and for large sums.

    Parameters
    ----------
    net
        Any place/transition net.
    goals, sums
        Predicates to reach; places whose sum of tokens is to be large.
    walkers, seed
        How many, and of the random numbers.
    budget
        Its seconds, from now, for the bounds of places and for the walks.
    """

    def __init__(
        self, net: PetriNet, goals: Sequence[Predicate], sums: Sequence[Sequence[str]], *,
        walkers: int, seed: int, budget: Budget,
    ) -> None:  # fmt: skip
        self.net = net
        words = max(1, min(-(-walkers // 64), MOST_BYTES // (8 * max(1, len(net.place_ids)))))
        self.count = 64 * words
        self.budget = budget.fixed()
        self.state = SlicedWalkers(net, words, self.budget)
        self.firing = Firing(net)
        self.chances = Chances(seed, words, len(net.transition_ids))
        self.attempted = 0
        self.fired = np.ones(len(net.transition_ids), dtype=np.int64)
        start = Episode(-1, [], 0)
        self.n_goals = len(goals)
        self.targets: list[_Target] = []
        self._watched: dict[int, list[_Target]] = {}
        for goal in goals:
            dead, rest = split_dead(goal)
            target = _Target(goal, dead=dead, rest=rest)
            if marking_holds(net, goal, net.initial):
                target.hit = Hit(start, 0, 0, 0)
            elif isinstance(goal, Enabled):
                target.watched = True
                self._watched.setdefault(net.transition_index(goal.name), []).append(target)
            self.targets.append(target)
        for places in sums:
            total = tuple(net.place_index(place) for place in places)
            most = sum(self.state.initial[place] for place in total)
            target = _Target(TRUE, total, hit=Hit(start, 0, 0, 0), most=most)
            target.goal = target.rest = self._more(target)
            self.targets.append(target)

    @property
    def bytes(self) -> int:
        """Bytes of the planes and the random words."""
        return 8 * self.state.words * self.state.rows + self.chances.pool.nbytes

    def _more(self, target: _Target) -> Compare:
        terms: dict[str, int] = {}
        for place in target.total or ():
            name = self.net.place_ids[place]
            terms[name] = terms.get(name, 0) + 1
        return Compare(tuple(terms.items()), ">=", target.most + 1)

    def go(self, *, attempts: int, progress: ProgressCallback | None) -> str:
        """Walk until nothing is left to look for; return why the search ended."""
        meter = self.budget.start()
        number = 0
        while any(target.open for target in self.targets):
            if not self.net.transition_ids:
                return "the net has no transitions"
            if self.attempted >= attempts:
                return "the walks are used up"
            if meter.out_of_time():
                return "the time budget is used up"
            try:
                self._walk(self._planned(number), attempts, meter)
            except UndecidedError as error:
                return str(error)
            number += 1
            if progress is not None:
                found = sum(target.hit is not None for target in self.targets)
                progress(Progress(stage=f"walks: {found} goals reached", states=self.attempted,
                                  seconds=meter.seconds))  # fmt: skip
        return "every goal is reached"

    def _planned(self, number: int) -> Episode:
        """Plan an episode: its length, and how often each transition is attempted."""
        turn, kind = divmod(number, 4)
        size = len(self.net.transition_ids)
        generator = self.chances.generator(number)
        sweeps = max(SWEEPS, LEAST_ATTEMPTS // size) * luby(turn)
        if kind == 1:
            halvings = generator.integers(0, MOST_HALVINGS + 1, size=size).tolist()
        elif kind == 2:
            often = self.fired > np.median(self.fired)
            halvings = np.where(often, MOST_HALVINGS, 1).tolist()
        elif kind == 3:
            left = [n for n, target in enumerate(self.targets) if target.open]
            chosen = left[turn % len(left)]
            wish = pulls(self.targets[chosen].goal, self.net)
            halvings = []
            for moved in self.firing.moves:
                gain = sum(wish.get(place, 0) * change for place, change in moved)
                halvings.append(1 if gain > 0 else 2 if gain == 0 else 3)
            return Episode(number, halvings, sweeps, chosen)
        else:
            halvings = [1 + turn % MOST_HALVINGS] * size
        return Episode(number, halvings, sweeps)

    def _walk(self, episode: Episode, attempts: int, meter: Meter) -> None:
        state, pool, words = self.state, self.chances.pool, self.state.words
        state.restart()
        halvings = episode.halvings
        for target in self.targets:
            self._refresh(target, meter)
        looks = sum(self._size(target) for target in self.targets)
        every = max(16, looks // 4)
        alive, mask = zeros(words), zeros(words)
        counting = episode.goal >= 0 and self.targets[episode.goal].dead
        since = 0
        for sweep in range(episode.sweeps):
            plan = self.chances.attempts(episode.number, sweep)
            alive[:] = 0
            cloning = episode.goal >= 0 and sweep % CLONE_EVERY == CLONE_EVERY - 1
            counter: list[Words] | None = [] if counting and cloning else None
            starts = plan.starts.tolist()
            for position, transition in enumerate(plan.order):
                able = state.enabled(transition)
                since += 1
                if not state.nobody(able):
                    np.bitwise_or(alive, able, out=alive)
                    if transition in self._watched:
                        self._enabled(transition, able, Hit(episode, sweep, position, 0))
                    if counter is not None:
                        _count(counter, able)
                    mask[:] = able
                    for start in starts[position][: halvings[transition]]:
                        np.bitwise_and(mask, pool[start : start + words], out=mask)
                    state.fire(transition, mask)
                    self.fired[transition] += 1
                if since >= every:
                    since = 0
                    self._look(Hit(episode, sweep, position + 1, 0), None, meter)
                    if meter.out_of_time():
                        break
            else:
                self.attempted += len(plan.order)
                self._look(Hit(episode, sweep, len(plan.order), 0), ~alive, meter)
                done = episode.goal >= 0 and not self.targets[episode.goal].open
                if state.nobody(alive) or done or self.attempted >= attempts:
                    return
                if cloning:
                    self._clone(episode, sweep, counter)
                continue
            return

    def _refresh(self, target: _Target, meter: Meter) -> None:
        """Compile a target again where the layout is another one or its goal has moved."""
        if (
            target.open
            and not target.watched
            and (target.program is None or target.layout is not self.state.layout)
        ):
            target.layout = self.state.layout
            target.program = self.state.compiled(target.rest, meter)

    @staticmethod
    def _size(target: _Target) -> int:
        if not target.open or target.program is None:
            return 0
        return len(target.program.operations)

    def _enabled(self, transition: int, able: Words, at: Hit) -> None:
        for target in self._watched.pop(transition):
            target.hit = self._first(able, at)

    @staticmethod
    def _first(where: Words, at: Hit) -> Hit:
        word = int(np.flatnonzero(where)[0])
        bits = int(where[word])
        return Hit(at.episode, at.sweep, at.attempt, 64 * word + (bits & -bits).bit_length() - 1)

    def _look(self, at: Hit, stuck: Words | None, meter: Meter) -> None:
        """Ask every goal that is open of all walkers; ``stuck`` after a whole sweep."""
        for target in self.targets:
            if not target.open or target.watched:
                continue
            if target.dead and (stuck is None or self.state.nobody(stuck)):
                continue
            self._refresh(target, meter)
            assert target.program is not None
            where = self.state.run(target.program, meter)
            if target.dead and stuck is not None:
                where = where & stuck
            if self.state.nobody(where):
                continue
            if target.total is None:
                target.hit = self._first(where, at)
                continue
            sums = np.zeros(self.count, dtype=np.int64)
            for place in target.total:
                sums += self.state.tokens(place)
            best = int(sums.argmax())
            target.hit = Hit(at.episode, at.sweep, at.attempt, best)
            target.most = int(sums[best])
            target.goal = target.rest = self._more(target)
            target.program = None

    def _clone(self, episode: Episode, sweep: int, counter: list[Words] | None) -> None:
        """Replace half of the walkers by copies of those that are nearest to the goal."""
        goal = self.targets[episode.goal].goal
        enabled = None if counter is None else self.state.numbers(counter)
        columns: dict[int, Int64] = {}

        def column(place: int) -> Int64:
            if place not in columns:
                columns[place] = self.state.tokens(place)
            return columns[place]

        far = distances(goal, self.net, column, enabled, self.count)
        generator = self.chances.generator(episode.number, sweep, 1)
        words = self.state.words
        targets = np.sort(generator.permutation(words)[: words // 2])
        if not len(targets):
            return
        mixed = generator.permutation(self.count)
        nearest = mixed[np.argsort(far[mixed], kind="stable")[: len(targets)]].astype(np.int64)
        self.state.clone(targets, nearest)
        episode.clones.append(Clones(sweep, targets, nearest))

    def _sequence(self, target: _Target, shorten: bool) -> list[int]:
        assert target.hit is not None
        if target.hit.episode.number < 0:
            return []
        found = self.chances.replay(target.hit, self.firing)
        ids = self.net.place_ids
        wanted = self._reached(target)
        asks_order = any(isinstance(node, Dead) for node in subpredicates(wanted))

        def good(tokens: list[int]) -> bool:
            if max(tokens, default=0) > MAX_TOKENS:
                return False
            marking = Marking({ids[p]: n for p, n in enumerate(tokens) if n})
            return marking_holds(self.net, wanted, marking)

        end = self.firing.play(found)
        assert end is not None
        if max(end, default=0) > MAX_TOKENS:
            return found
        assert good(end), "a walker was not where its bits said"
        effort = 20_000 if asks_order else 200_000
        return shortened(self.firing, found, good, effort=effort if shorten else 0)

    def _reached(self, target: _Target) -> Predicate:
        if target.total is None:
            return target.goal
        more = self._more(target)
        return Compare(more.terms, ">=", target.most)

    def runs(self) -> list[Run | None]:
        """Return a run into each goal that was reached."""
        result: list[Run | None] = []
        firing_of: dict[int, Run] = {}
        short = self.n_goals <= SHORTEN_UP_TO
        for target in self.targets[: self.n_goals]:
            if target.hit is None:
                result.append(None)
                continue
            if isinstance(target.goal, Enabled):
                number = self.net.transition_index(target.goal.name)
                if number in firing_of:
                    result.append(firing_of[number])
                    continue
            sequence = self._sequence(target, short)
            run = self._run(sequence)
            if run is not None and not short:
                self._along(sequence, run, firing_of)
            result.append(run)
        return result

    def _along(self, sequence: Sequence[int], run: Run, known: dict[int, Run]) -> None:
        """Note the beginnings of a run after which each of its transitions is enabled."""
        for position, transition in enumerate(sequence):
            if transition not in known:
                known[transition] = Run(initial=run.initial, steps=run.steps[:position])

    def greatest(self) -> list[tuple[int, Run]]:
        """Return the largest sums with their runs."""
        found: list[tuple[int, Run]] = []
        for target in self.targets[self.n_goals :]:
            run = self._run(self._sequence(target, True))
            if run is None:
                least = sum(self.state.initial[place] for place in target.total or ())
                found.append((least, self.net.run(self.net.initial, [])))
            else:
                found.append((target.most, run))
        return found

    def _run(self, sequence: Sequence[int]) -> Run | None:
        """Return a run; there is none by way of more tokens than a marking may have."""
        try:
            return self.net.run(self.net.initial, sequence)
        except UsageError:
            return None


def _count(counter: list[Words], row: Words) -> None:
    """Add a row of bits to counters."""
    carry = row.copy()
    for plane in counter:
        carry, plane[:] = plane & carry, plane ^ carry
        if not carry.any():
            return
    counter.append(carry)
