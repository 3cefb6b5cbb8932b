"""A play of the bisimulation game that the attacker wins: a run of each system, turn by turn."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeVar

from transition_systems.equivalences.hml import HmlFormula, evaluate_hml
from transition_systems.errors import UsageError
from transition_systems.evidence import Distinction, Evidence, TraceDistinction
from transition_systems.lts import LTS, TAU_NAME, TICK_NAME

__all__ = ["Arc", "Play", "Turn", "distinguishing_play", "trace_play"]

Arc = tuple[int, str, int]
Path = tuple[Arc, ...]
Ending = Literal["label", "final", "atom", "endless"]
S = TypeVar("S", tuple[int, int], tuple[int, bool])
MOST_TURNS = 10_000


@dataclass(frozen=True, slots=True)
class Turn:
    """What the attacker did in one system, and how the other one answered.

    Parameters
    ----------
    side
        The system of the attacker: 0 the first, 1 the second.
    attack
        Its arcs ``(source, label, target)``, silent ones with the label ``"tau"``.
    answer
        The arcs of the other system, perhaps none; ``None`` where it has no answer.
    """

    side: int
    attack: Path
    answer: Path | None


@dataclass(frozen=True, slots=True)
class Play:
    """A play in which the systems are told apart.

    Parameters
    ----------
    start
        The initial states where it begins.
    turns
        The turns in their order; only the last one may be without an answer.
    ending
        What tells the last states apart: ``"label"`` that is not answered, ``"final"``, ``"atom"``,
        or ``"endless"`` silence.
    able
        The system that can, is or has what the other one lacks.
    what
        The label or the atom.
    """

    start: tuple[int, int]
    turns: tuple[Turn, ...]
    ending: Ending
    able: int
    what: str = ""

    def path(self, side: int) -> Path:
        """Return all that one of the systems does, as arcs."""
        parts = (turn.attack if turn.side == side else turn.answer or () for turn in self.turns)
        return tuple(arc for part in parts for arc in part)


def distinguishing_play(evidence: Evidence, a: LTS, b: LTS) -> Play | None:
    """Return the play by which evidence of a difference tells two systems apart.

    Parameters
    ----------
    evidence
        A formula or a trace; for other kinds there is no play.
    a, b
        The systems, with the atoms that the formula names.

    Returns
    -------
    Play or None
        Each answer is one that the second player could give; whichever it gives, the formula says
        how the first goes on (C. Stirling: Bisimulation, modal logic and model checking games.
        Logic Journal of the IGPL 7, 1999).

    Notes
    -----
    O(size of the formula times that of the systems).

    Examples
    --------
    >>> from transition_systems.equivalences import bisimilar
    >>> late = LTS.from_arcs(4, [(0, "a", 1), (1, "b", 2), (1, "c", 3)])
    >>> early = LTS.from_arcs(5, [(0, "a", 1), (0, "a", 2), (1, "b", 3), (2, "c", 4)])
    >>> play = distinguishing_play(bisimilar(late, early).evidence, late, early)
    >>> [(turn.side, turn.attack[0][1], turn.answer) for turn in play.turns]
    [(1, 'a', ((0, 'a', 1),)), (0, 'c', None)]
    """
    if isinstance(evidence, Distinction):
        return _Game(a, b, evidence.formula).play()
    if isinstance(evidence, TraceDistinction):
        able = 0 if evidence.able == "left" else 1
        return trace_play(a, b, evidence.trace, able, silent=evidence.relation != "strong")
    return None


def trace_play(a: LTS, b: LTS, trace: tuple[str, ...], able: int, *, silent: bool = True) -> Play:
    """Return a play in which one system does a trace and the other follows as far as it can.

    Parameters
    ----------
    a, b
        The systems.
    trace
        Labels; with ``"✓"`` at its end it ends in a final state.
    able
        The system that can do it: 0 the first, 1 the second.
    silent
        Whether silent steps, which the trace does not have, may stand anywhere.

    Raises
    ------
    UsageError
        When the system cannot do the trace.
    """
    ends = trace[-1:] == (TICK_NAME,)
    word = trace[:-1] if ends else trace
    whole = _follow(a if able == 0 else b, word, ends, silent)
    if whole is None:
        raise UsageError("the system has no such trace")
    other = b if able == 0 else a
    length, part = len(word), _follow(other, word, False, silent)
    while part is None:
        length -= 1
        part = _follow(other, word[:length], False, silent)
    start = (whole[0], part[0]) if able == 0 else (part[0], whole[0])
    done, left = _cut(whole[1], length, silent)
    turns = [Turn(able, done, part[1])] if done or part[1] else []
    if left:
        turns.append(Turn(able, left, None))
    if length < len(word):
        return Play(start, tuple(turns), "label", able, word[length])
    return Play(start, tuple(turns), "final", able)


def _cut(path: Path, letters: int, silent: bool) -> tuple[Path, Path]:
    """Return a path up to a number of steps of a trace, and the rest."""
    at = 0
    while letters:
        letters -= not silent or path[at][1] != TAU_NAME
        at += 1
    return path[:at], path[at:]


def _follow(lts: LTS, word: tuple[str, ...], ends: bool, silent: bool) -> tuple[int, Path] | None:
    """Return where a shortest way begins that is seen as a word, and its arcs."""
    starts = [(int(state), 0) for state in lts.initial]
    came: dict[tuple[int, int], tuple[tuple[int, int], Arc] | None] = dict.fromkeys(starts)
    todo = deque(starts)
    while todo:
        here = todo.popleft()
        state, position = here
        if position == len(word) and (not ends or lts.final[state]):
            return _path(came, here)
        for arc in _arcs(lts, state):
            seen = not silent or arc[1] != TAU_NAME
            if seen and (position == len(word) or arc[1] != word[position]):
                continue
            there = (arc[2], position + seen)
            if there not in came:
                came[there] = (here, arc)
                todo.append(there)
    return None


def _arcs(lts: LTS, state: int) -> Iterator[Arc]:
    labels, targets = lts.successors(state)
    for label, target in zip(labels.tolist(), targets.tolist(), strict=True):
        yield state, lts.label_names[label], target


def _path(came: dict[S, tuple[S, Arc] | None], here: S) -> tuple[int, Path]:
    """Return the state at the beginning of a way that was found, and its arcs."""
    arcs: list[Arc] = []
    while (link := came[here]) is not None:
        here, arc = link
        arcs.append(arc)
    return here[0], tuple(reversed(arcs))


class _Game:
    """The positions: a formula that holds in a state of one system and not in one of the other."""

    def __init__(self, a: LTS, b: LTS, formula: HmlFormula) -> None:
        self.systems = (a, b)
        self.formula = formula
        self._known: dict[tuple[int, int], tuple[HmlFormula, list[bool]]] = {}

    def holds(self, side: int, state: int, formula: HmlFormula) -> bool:
        """Return whether a formula holds in a state; evaluated once in all states of a system."""
        key = (side, id(formula))
        if key not in self._known:
            self._known[key] = (formula, evaluate_hml(self.systems[side], formula).tolist())
        return self._known[key][1][state]

    def play(self) -> Play:
        """Return the play from initial states that the formula tells apart."""
        firsts, seconds = (system.initial.tolist() for system in self.systems)
        able = [p for p in firsts if self.holds(0, p, self.formula)]
        unable = [q for q in seconds if not self.holds(1, q, self.formula)]
        if able and unable and (len(unable) == len(seconds) or len(able) == len(firsts)):
            return self._from(0, able[0], unable[0])
        raise UsageError("the formula does not tell the initial states apart")

    def _from(self, side: int, holds: int, fails: int) -> Play:
        start, formula = (holds, fails), self.formula
        turns: list[Turn] = []
        while len(turns) < MOST_TURNS:
            match formula:
                case ("not", inner):
                    side, holds, fails, formula = 1 - side, fails, holds, inner
                case ("and", *parts):
                    formula = next(p for p in parts if not self.holds(1 - side, fails, p))
                case ("final",):
                    return Play(start, tuple(turns), "final", side)
                case ("atom", name):
                    return Play(start, tuple(turns), "atom", side, name)
                case ("endless", _) | ("cycle", _):
                    return Play(start, tuple(turns), "endless", side)
                case ("until", _, "tau", goal) if self.holds(side, holds, goal):
                    formula = goal
                case _:
                    turn, after = self._turn(side, holds, fails, formula)
                    if turn.attack or turn.answer:
                        turns.append(turn)
                    if after is None:
                        return Play(start, tuple(turns), "label", side, formula[-2])
                    holds, fails, formula = after
        raise UsageError(f"the play has more than {MOST_TURNS:,} turns")

    def _turn(
        self, side: int, holds: int, fails: int, formula: HmlFormula
    ) -> tuple[Turn, tuple[int, int, HmlFormula] | None]:
        kind, label, goal = formula[0], formula[-2], formula[-1]
        through: HmlFormula = formula[1] if kind == "until" else ("true",)

        def good(state: int) -> bool:
            return self.holds(side, state, goal)

        def inside(state: int) -> bool:
            return kind != "until" or self.holds(side, state, through)

        attack = next(self._ways(side, holds, kind, label, good, inside))
        answers = list(self._ways(1 - side, fails, kind, label, lambda _: True, lambda _: True))
        if not answers:
            return Turn(side, attack, None), None
        reached = attack[-1][2] if attack else holds
        for answer in answers:
            sources = [arc[0] for arc in answer]
            if kind != "until" or all(self.holds(1 - side, q, through) for q in sources):
                at = answer[-1][2] if answer else fails
                return Turn(side, attack, answer), (reached, at, goal)
        answer = answers[0]
        sources = [arc[0] for arc in answer]
        cut = next(n for n, q in enumerate(sources) if not self.holds(1 - side, q, through))
        eve = attack[-1][0]
        return Turn(side, attack[:-1], answer[:cut]), (eve, sources[cut], through)

    def _ways(
        self,
        side: int,
        state: int,
        kind: str,
        label: str,
        good: Callable[[int], bool],
        inside: Callable[[int], bool],
    ) -> Iterator[Path]:
        """Yield ways of a modality, the shortest first, one to each last state.

        Silent steps before the step stay inside; of ``weak`` there may be more behind it.
        """
        lts, silent = self.systems[side], label == TAU_NAME
        first: tuple[int, bool] = (state, False)
        came: dict[tuple[int, bool], tuple[tuple[int, bool], Arc] | None] = {first: None}
        todo: deque[tuple[int, bool]] = deque([first])
        told: set[int] = set()
        while todo:
            here = todo.popleft()
            at, done = here
            ended = done or (silent and kind != "diamond" and here == first)
            if kind == "weak" and silent:
                ended = True
            if ended and at not in told and good(at):
                told.add(at)
                yield _path(came, here)[1]
            if done and kind != "weak":
                continue
            for arc in _arcs(lts, at):
                steps = self._steps(arc, done, kind, label, inside)
                for after in steps:
                    there = (arc[2], after)
                    if there not in came:
                        came[there] = (here, arc)
                        todo.append(there)

    @staticmethod
    def _steps(
        arc: Arc, done: bool, kind: str, label: str, inside: Callable[[int], bool]
    ) -> Iterator[bool]:
        """Yield what an arc may be: the step itself (``True``), or a silent one beside it."""
        if not done and arc[1] == label and inside(arc[0]):
            yield True
        if arc[1] == TAU_NAME and kind != "diamond":
            if done:
                yield True
            elif inside(arc[0]) and inside(arc[2]):
                yield False
