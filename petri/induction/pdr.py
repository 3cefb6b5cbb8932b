"""Property-directed reachability on cubes of linear inequalities, for bounded and unbounded nets.

A. Bradley: SAT-based model checking without unrolling. VMCAI 2011; N. Amat, S. Dal Zilio,
T. Hujsa: Property directed reachability for generalized Petri nets. TACAS 2022.
"""

from __future__ import annotations

import heapq
from typing import Any

from petri.induction.cubes import Cube, Cubes, inside, subsumes
from petri.induction.inductive import Answers, Strengthening, UndecidedQueryError
from petri.net import PetriNet
from transition_systems.budget import Budget, Meter
from transition_systems.errors import UndecidedError
from transition_systems.progress import Progress, ProgressCallback
from transition_systems.properties.predicates import Predicate
from transition_systems.smt import load_z3
from transition_systems.verdict import Verdict

__all__ = ["pdr"]

Obligation = tuple[int, int, Cube, tuple[int, ...]]


def pdr(
    net: PetriNet,
    goal: Predicate,
    *,
    max_frames: int = 1_000,
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
    seed: int | None = None,
    name: str | None = None,
) -> Verdict:
    """Decide whether some reachable marking satisfies a goal (EF), by property-directed search.

    Parameters
    ----------
    net, goal
        Any net, bounded or not, and the predicate.
    max_frames
        The most frames.
    budget, progress, seed, name
        As for every engine; a callback is told at each frame. Its seconds count, and its states
        are the cubes.

    Returns
    -------
    Verdict
        HOLDS with a run, VIOLATED with an inductive predicate.

    Notes
    -----
    Frame i holds cubes that no i steps reach. To block a cube in a frame, its exact predecessors
    are blocked in the frame before; then it is generalised: literals are dropped and bounds
    weakened while it stays unreachable from that frame. Flows and marked traps strengthen all
    frames. Ends where two frames are equal; on unbounded nets it need not end.

    Examples
    --------
    >>> from transition_systems.properties.predicates import Compare
    >>> net = PetriNet(places=["p", "q"], transitions=["t"], arcs=[("t", "p"), ("t", "q", 2)])
    >>> pdr(net, Compare((("p", 1), ("q", -1)), ">=", 1)).outcome
    <Outcome.VIOLATED: 'VIOLATED'>
    >>> pdr(net, Compare((("q", 1),), ">=", 3)).witness.actions
    ('t', 't')
    """
    answers = Answers(net, goal, "pdr", name, budget, seed)
    try:
        return _Frames(answers).decide(max_frames, progress)
    except UndecidedError as error:
        return answers.unknown(str(error))


class _Frames:
    """The frames: cubes by the last frame in which they are blocked."""

    def __init__(self, answers: Answers) -> None:
        self.answers, self.goal = answers, answers.goal
        self.cubes = Cubes(answers.net)
        self.known = Strengthening(answers.net, self.cubes, answers.limit)
        self.meter: Meter = answers.limit.start()
        self.frames: list[list[Cube]] = [[]]
        self.active: list[Any] = []
        self.count = 0
        self._grow()

    def _grow(self) -> None:
        z3 = load_z3()

        self.frames.append([])
        while len(self.active) < len(self.frames):
            self.active.append(z3.Bool(f"frame{len(self.active)}"))

    def decide(self, max_frames: int, progress: ProgressCallback | None) -> Verdict:
        """Add frames until two are equal or the goal is reached."""
        if self.cubes.holds(self.goal, self.cubes.initial):
            return self.answers.reached(())
        wanted = self.known.encoding.predicate(self.goal, self.known.marking)
        last = 1
        while last <= max_frames:
            found = self.known.ask([wanted], self.active[last:])
            if found is not None:
                run = self._block(self.cubes.implicant(self.goal, found), last)
                if run is not None:
                    return self.answers.reached(run)
                continue
            reason = self.meter.exhausted(states=self.count)
            if reason is not None:
                return self.answers.unknown(f"{reason}; it takes more than {last} steps")
            if progress is not None:
                seconds = self.meter.seconds
                progress(Progress(stage=f"pdr, frame {last}", states=self.count, seconds=seconds))
            self._grow()
            equal = self._push(last)
            if equal is not None:
                blocked = [cube for frame in self.frames[equal:] for cube in frame]
                return self.answers.excluded(self.known.facts, blocked, self.cubes)
            last += 1
        return self.answers.unknown(f"it takes more than {max_frames} steps")

    def _predecessor(self, cube: Cube, frame: int) -> tuple[int, Cube] | None:
        """Return a transition, and the cube of all markings from which it leads into a cube.

        That cube meets the frame; ``None`` where no step leads from the frame into the cube from
        outside.
        """
        cubes, known = self.cubes, self.known
        ways: list[tuple[int, Cube]] = []
        for transition in cubes.entering(cube):
            self.meter.require_time()
            before = cubes.before(cube, transition)
            if before is not None:
                ways.append((transition, before))
        if frame == 0:
            return next((way for way in ways if inside(way[1], cubes.initial)), None)
        if not ways:
            return None
        z3 = load_z3()

        terms = [cubes.term(before, known.marking) for _, before in ways]
        outside = z3.Not(cubes.term(cube, known.marking))
        found = known.ask([outside, z3.Or(terms)], self.active[frame:])
        if found is None:
            return None
        return next(way for way in ways if inside(way[1], found))

    def _blocked(self, cube: Cube, frame: int) -> bool:
        return any(subsumes(other, cube) for row in self.frames[frame:] for other in row)

    def _block(self, cube: Cube, last: int) -> tuple[int, ...] | None:
        """Block a cube in the last frame, or return a run into it."""
        waiting: list[Obligation] = [(last, 0, cube, ())]
        number = 0
        while waiting:
            frame, _, cube, way = heapq.heappop(waiting)
            if inside(cube, self.cubes.initial):
                return way
            if frame == 0 or self._blocked(cube, frame):
                continue
            if self.meter.exhausted(states=self.count) is not None:
                reason = self.meter.exhausted(states=self.count)
                raise UndecidedQueryError(f"{reason}; it takes more than {last - 1} steps")
            number += 1
            found = self._predecessor(cube, frame - 1)
            if found is not None:
                transition, before = found
                heapq.heappush(waiting, (frame - 1, number, before, (transition, *way)))
                heapq.heappush(waiting, (frame, -number, cube, way))
                continue
            self._add(self._generalised(cube, frame), frame)
            if frame < last:
                heapq.heappush(waiting, (frame + 1, number, cube, way))
        return None

    def _generalised(self, cube: Cube, frame: int) -> Cube:
        """Return a larger cube that is not reached by a step from the frame before either."""

        def fine(candidate: Cube) -> bool:
            if inside(candidate, self.cubes.initial):
                return False
            return self._predecessor(candidate, frame - 1) is None

        position = 0
        while position < len(cube):
            smaller = cube[:position] + cube[position + 1 :]
            if smaller and fine(smaller):
                cube = smaller
                continue
            terms, bound = cube[position]
            for weaker in (1 if bound > 2 else bound - 1, bound - 1):
                candidate = self.cubes.cube((dict(t), weaker if t == terms else b) for t, b in cube)
                if candidate and len(candidate) == len(cube) and fine(candidate):
                    cube = candidate
                    break
            position += 1
        return cube

    def _add(self, cube: Cube, frame: int) -> None:
        z3 = load_z3()

        for row in self.frames[1 : frame + 1]:
            row[:] = [other for other in row if not subsumes(cube, other)]
        self.frames[frame].append(cube)
        self.count += 1
        term = z3.Not(self.cubes.term(cube, self.known.marking))
        self.known.solver.add(z3.Implies(self.active[frame], term))

    def _push(self, last: int) -> int | None:
        """Move cubes forward; return the number of a frame that equals the one before it."""
        for frame in range(1, last + 1):
            for cube in list(self.frames[frame]):
                if cube in self.frames[frame] and self._predecessor(cube, frame) is None:
                    self._add(cube, frame + 1)
            if not self.frames[frame]:
                return frame + 1
        return None
