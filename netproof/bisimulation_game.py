"""The bisimulation game: one player makes a step in either system, the other has to answer it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, cast

from netproof.behaviours import Given, behaviour_of
from netproof.bisimulation_strategy import first_attack, moves_to_win
from netproof.check_options import default_budget
from netproof.equivalences import EQUIVALENCES
from netproof.games import Choice, MachineGame, Played
from netproof.report.html_lts import ARC, STATE
from netproof.report.html_markup import clean
from netproof.token_game import Play
from transition_systems.equivalences import minimise
from transition_systems.equivalences.relations import Relation
from transition_systems.errors import UsageError
from transition_systems.lts import LTS, TAU
from transition_systems.lts_operations import disjoint_union
from transition_systems.properties.names import nearest_names
from transition_systems.run import Lasso, Run

__all__ = ["BisimulationGame", "Position", "Start", "play_bisimulation"]

RELATIONS = ("strong", "branching", "weak")
You = Literal["attacker", "defender", "both"]
BEGIN = "begin"


@dataclass(frozen=True, slots=True)
class Position:
    """Where the two tokens are, as states of both systems side by side, and whose turn it is.

    Parameters
    ----------
    left, right
        The states.
    asked
        The step that has to be answered: its system, its label and the state that it left;
        ``None`` where the attacker moves.
    before
        In the branching game, where the answer ended in ``left`` and ``right`` by way of another
        state: the two states before the step, which the attacker may go on with instead.
    """

    left: int
    right: int
    asked: tuple[int, int, int] | None = None
    before: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Start:
    """Before the tokens are put down, where a system has several initial states.

    Parameters
    ----------
    chosen
        The system and the initial state in it that the attacker has taken; the defender answers
        with one of the other system.
    """

    chosen: tuple[int, int] | None = None


def play_bisimulation(
    a: Given,
    b: Given,
    relation: str = "strong",
    *,
    you: You = "attacker",
    seed: int | None = None,
) -> Play:
    """Play the bisimulation game: in a notebook by clicking, anywhere by calling methods.

    The attacker makes a step in one of the systems, the defender answers with one in the other. Who
    cannot answer loses; who can for ever has shown that the systems are bisimilar.

    Parameters
    ----------
    a, b
        The systems, or paths of files that ``netproof equivalent`` reads: ``.aut``, FSM, JSON,
        nets, workflows. Where one has several initial states, the attacker takes an initial state
        of either system first, and the defender one of the other.
    relation
        ``"strong"``; ``"weak"``: an answer may have silent steps before and behind it;
        ``"branching"``: before it, and then the attacker may go on from the states before the step.
    you
        ``"attacker"``, ``"defender"``, or ``"both"``; the computer plays the other side as well as
        can be.
    seed
        Of the random steps.

    Returns
    -------
    Play

    Raises
    ------
    UsageError
        For another relation (also one of those that respect divergence, and for simulations, in
        which the players do not move in both systems), for a system without an initial state, or
        what is neither a system nor a path.
    InputError
        When a file cannot be read.
    UndecidedError
        When the markings of a net are not found in 30 seconds, or a workflow was read with more or
        fewer runs than it has.

    Notes
    -----
    C. Stirling: Bisimulation, modal logic and model checking games. Logic Journal of the IGPL 7,
    1999; Q. Yin, Y. Fu, C. He, M. Huang, X. Tao: Branching bisimilarity checking for PRS, ICALP
    2014, for the branching game. Related states are both final, or both not, and share all atoms.

    Examples
    --------
    >>> late = LTS.from_arcs(4, [(0, "a", 1), (1, "b", 2), (1, "c", 3)])
    >>> early = LTS.from_arcs(5, [(0, "a", 1), (0, "a", 2), (1, "b", 3), (2, "c", 4)])
    >>> game = play_bisimulation(late, early)
    >>> [step.tokens for step in game.fire(game.choices[1]).history]
    [{'state 0': 1, 'state 5': 1}, {'state 1': 1, 'state 5': 1}]
    >>> game.fire(next(choice for choice in game.choices if choice.action == "c")).remark
    'There is no answer: the attacker wins, and the systems are not strongly bisimilar.'
    """
    budget = default_budget(None)
    left, right = (behaviour_of(given, budget=budget) for given in (a, b))
    return Play(BisimulationGame(left, right, relation, you), None, None, seed)


class BisimulationGame(MachineGame):
    """The rules, on both systems side by side; made by :func:`play_bisimulation`."""

    def __init__(self, a: LTS, b: LTS, relation: str = "strong", you: You = "attacker") -> None:
        if relation not in RELATIONS:
            near = nearest_names(relation, RELATIONS, 1)
            hint = f"did you mean {near[0]!r}? " if near and relation not in EQUIVALENCES else ""
            raise UsageError(
                f"the game is played for {', '.join(RELATIONS)}, not {relation!r}: {hint}its moves "
                "are steps of both systems, neither silence for ever nor the questions of other "
                "relations, which netproof equivalent --relation decides with a reason"
            )
        for side, lts in enumerate((a, b)):
            if not len(lts.initial):
                raise UsageError(
                    f"the game begins in initial states, and the {_side(side)} system has none; "
                    "netproof equivalent compares such systems"
                )
        super().__init__(disjoint_union(a, b), title=f"{relation} bisimulation game")
        self.systems = (a, b)
        self.relation: Relation = cast(Relation, relation)
        self.you: You = you
        self.starts = (a.initial.tolist(), [one + a.n_states for one in b.initial.tolist()])
        single = len(self.starts[0]) == len(self.starts[1]) == 1
        first = Position(self.starts[0][0], self.starts[1][0])
        self.start: Position | Start = first if single else Start()
        self.initial = None if you == "defender" else self.start

    @cached_property
    def _block(self) -> Any:
        return minimise(self.lts, self.relation, atoms=self.lts.atoms.keys())[1]

    @cached_property
    def _winning(self) -> dict[Any, int] | None:
        """In how many moves the attacker wins, by position; ``None`` where there are too many."""

        def defends(at: Any) -> bool:
            return (at.chosen if isinstance(at, Start) else at.asked) is not None

        return moves_to_win(
            self.start, lambda at: [move.target for move in self.choices(at)], defends,
            lambda at: defends(at) or self._unequal(at),
        )  # fmt: skip

    def _related(self, p: int, q: int) -> bool:
        return bool(self._block[p] == self._block[q])

    def name(self, state: int) -> str:
        """Return the number of a state in its own system."""
        return str(self._own(state))

    def _own(self, state: int) -> int:
        first = self.systems[0].n_states
        return state if state < first else state - first

    def _unequal(self, at: Position) -> bool:
        """Return whether the states differ in an atom, so that nothing is left to play."""
        return any(flags[at.left] != flags[at.right] for flags in self.lts.atoms.values())

    def choices(self, state: Any) -> list[Choice]:
        """Return the moves of the player whose turn it is."""
        if state is None:
            return [Choice(element=f"{STATE}{self.starts[0][0]}", action=BEGIN, label=BEGIN,
                           target=self.start)]  # fmt: skip
        if isinstance(state, Start):
            return list(self._begins(state))
        at: Position = state
        if at.before is not None:
            p, q = at.before
            earlier = f"go on from {self._own(p)} and {self._own(q)}, before the step"
            return [
                Choice(element=f"{STATE}{at.left}", action="on", label="go on from here",
                       target=Position(at.left, at.right)),
                Choice(element=f"{STATE}{p}", action="back", label=earlier, target=Position(p, q)),
            ]  # fmt: skip
        if at.asked is not None:
            return list(self._answers(at, *at.asked))
        return [] if self._unequal(at) else [*self._attacks(at, 0), *self._attacks(at, 1)]

    def _begins(self, at: Start) -> Iterator[Choice]:
        """Yield the initial states that the player whose turn it is may take."""
        sides = (0, 1) if at.chosen is None else (1 - at.chosen[0],)
        for side in sides:
            for state in self.starts[side]:
                target: Position | Start = Start((side, state))
                who = f"{_side(side)}: begin"
                if at.chosen is not None:
                    target = Position(*_pair(side, state, at.chosen[1]))
                    who = f"{_side(side)} answers: it begins"
                yield Choice(
                    element=f"{STATE}{state}", action=BEGIN,
                    label=clean(f"{who} in {self._own(state)}"), target=target,
                )  # fmt: skip

    def _arcs(self, state: int) -> Iterator[tuple[int, int, int]]:
        first = int(self.lts.offsets[state])
        labels, targets = self.lts.successors(state)
        for i, (label, target) in enumerate(zip(labels.tolist(), targets.tolist(), strict=True)):
            yield first + i, label, target

    def _attacks(self, at: Position, side: int) -> Iterator[Choice]:
        here = at.right if side else at.left
        for arc, label, target in self._arcs(here):
            text = f"{_side(side)}: “{self._label(label)}” leads to {self._own(target)}"
            pair = _pair(side, target, at.left if side else at.right)
            yield Choice(
                element=f"{ARC}{arc}", action=self.lts.label_names[label], label=clean(text),
                target=Position(*pair, asked=(side, label, here)),
            )  # fmt: skip

    def _answers(self, at: Position, side: int, label: int, left: int) -> Iterator[Choice]:
        here, other = (at.left, at.right) if side else (at.right, at.left)
        name, who = self._label(label), _side(1 - side)
        told: set[Position] = set()
        for arc, eve, target, steps in self._ways(here, label):
            again = self.relation == "branching" and eve != here
            before = _pair(1 - side, eve, left) if again else None
            after = Position(*_pair(1 - side, target, other), before=before)
            if after in told:
                continue
            told.add(after)
            text = f"{who} answers: “{name}” leads to {self._own(target)}"
            if steps == 0:
                text = f"{who} answers: it stays at {self._own(here)}"
            elif steps > 1:
                text = f"{who} answers: “{name}” in {steps} steps to {self._own(target)}"
            yield Choice(
                element=f"{STATE}{here}" if arc is None else f"{ARC}{arc}",
                action=self.lts.label_names[label], label=clean(text), target=after,
            )  # fmt: skip

    def _ways(self, state: int, label: int) -> Iterator[tuple[int | None, int, int, int]]:
        """Yield ways to answer: the last arc, the state before the step, the end, how many steps.

        The shortest come first.
        """
        weak = self.relation == "weak"
        if label == TAU and self.relation != "strong":
            yield None, state, state, 0
        todo: deque[tuple[int, int | None, int]] = deque([(state, None, 0)])
        seen: set[tuple[int, int | None]] = {(state, None)}
        while todo:
            at, eve, steps = todo.popleft()
            for arc, seen_label, target in self._arcs(at):
                after: list[int | None] = []
                if eve is None and seen_label == label:
                    after.append(at)
                if seen_label == TAU and self.relation != "strong" and (eve is None or weak):
                    after.append(eve)
                for now in after:
                    if now is not None:
                        yield arc, now, target, steps + 1
                    if (target, now) not in seen and (now is None or weak):
                        seen.add((target, now))
                        todo.append((target, now, steps + 1))

    def after(self, state: Any, choice: Choice) -> Any:
        """Return the position after a move."""
        del state
        return choice.target

    def reply(self, state: Any) -> Choice | None:
        """Return the computer's move, where it is its turn and it has one."""
        if state is None or self.you == "both":
            return None
        attacking = (state.chosen if isinstance(state, Start) else state.asked) is None
        if attacking is (self.you == "attacker"):
            return None
        moves = self.choices(state)
        if not moves:
            return None
        if not attacking:
            return self._defence(moves)
        if isinstance(state, Start):
            return next((move for move in moves if not self._met(*move.target.chosen)), moves[0])
        return self._attack(state, moves)

    def _met(self, side: int, state: int) -> bool:
        """Return whether some initial state of the other system is related to one of this."""
        return any(self._related(state, other) for other in self.starts[1 - side])

    def _defence(self, moves: list[Choice]) -> Choice:
        """Return an answer after which the states are related, if there is one."""

        def holds(move: Choice) -> bool:
            at: Position = move.target
            both = self._related(at.left, at.right)
            return both and (at.before is None or self._related(*at.before))

        return next(filter(holds, moves), moves[0])

    def _attack(self, at: Position, moves: list[Choice]) -> Choice:
        """Return a move that leads to a difference in the fewest turns that a formula shows."""
        turns = self._winning
        if turns is not None:
            return min(moves, key=lambda move: turns.get(move.target, len(turns)))
        if at.before is not None:
            return moves[0] if not self._related(at.left, at.right) else moves[1]
        if self._related(at.left, at.right):
            return moves[0]
        first = self.systems[0].n_states
        here = (at.left, at.right - first)
        found = first_attack(self.systems, here, self.relation, self.lts.atoms)
        side, source, label, target = found or (0, 0, "", 0)
        shift = first if side else 0
        wanted = (side, label, source + shift, target + shift)
        return next((m for m in moves if self._made(m) == wanted), moves[0])

    def _made(self, move: Choice) -> tuple[int, str, int, int]:
        """Return the system, label, source and target of an attack."""
        at: Position = move.target
        assert at.asked is not None
        side, label, here = at.asked
        return side, self.lts.label_names[label], here, at.right if side else at.left

    def remark(self, state: Any) -> str:
        """Return who has won, where nothing can happen any more; empty otherwise."""
        if state is None or self.choices(state):
            return ""
        word = {"strong": "strongly", "weak": "weakly", "branching": "branching"}[self.relation]
        lost = f"the attacker wins, and the systems are not {word} bisimilar."
        if all(self._met(side, one) for side in (0, 1) for one in self.starts[side]):
            lost = f"the attacker wins, but the systems are {word} bisimilar: there was an answer."
        if state.asked is not None:
            return f"There is no answer: {lost}"
        if self._unequal(state):
            return f"One of the states is final, or has an atom, and the other is not: {lost}"
        return "The attacker has no step left: the defender wins."

    def shown(self, state: Any) -> list[int]:
        """Return the two states where the tokens are."""
        if isinstance(state, Start):
            return [] if state.chosen is None else [state.chosen[1]]
        return [] if state is None else [state.left, state.right]

    def tokens(self, state: Any) -> dict[str, int]:
        """Return the two tokens."""
        return {f"{STATE}{number}": 1 for number in self.shown(state)}

    def words(self, id: str) -> str:
        """Return "in state x of the left system"."""
        number = id.removeprefix(STATE)
        if number == id:
            return id
        side = _side(int(number) >= self.systems[0].n_states)
        return clean(f"in state {self.name(int(number))} of the {side} system")

    def is_complete(self, state: Any) -> bool:
        """Return whether the defender has won."""
        played = isinstance(state, Position) and state.asked is None
        return played and not self._unequal(state)

    def follow(self, witness: Run | Lasso) -> Iterator[Played]:
        """Refuse: a play is no run."""
        del witness
        raise UsageError("the game follows no witness: a play is no run of one system")


def _side(side: int | bool) -> str:
    return "right" if side else "left"


def _pair(side: int, state: int, other: int) -> tuple[int, int]:
    """Return the states of both systems, given that of one of them and the other one."""
    return (other, state) if side else (state, other)
