"""A game that is being played: its history, where it stands, random steps, a witness to follow."""

from __future__ import annotations

import random
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any, Self

from netproof.games import Choice, Game, Played
from transition_systems.errors import UsageError
from transition_systems.run import Lasso, Run, Step

__all__ = ["FULL", "MAX_STEPS", "Playing"]

MAX_STEPS = 1_000
MAX_NAMED = 8
FULL = f"{MAX_STEPS:,} steps are played: start again to go on"


class Playing:
    """A token game that is being played.

    Parameters
    ----------
    game
        The rules.
    witness
        A run of the game.
    seed
        Of the random steps.
    """

    def __init__(
        self, game: Game, witness: Run | Lasso | None = None, seed: int | None = None
    ) -> None:
        self.game = game
        self.seed = random.SystemRandom().randrange(1_000_000) if seed is None else seed
        self._random = random.Random(self.seed)  # noqa: S311 - a game, no secret
        self.witness: tuple[Played, ...] = () if witness is None else tuple(game.follow(witness))
        self.history: list[Played] = list(self.witness)
        self.position = len(self.history)

    def __repr__(self) -> str:
        at = f"step {self.position} of {len(self.history)}"
        return f"<token game on {self.game.kind} {self.game.title!r}: {at}>"

    @property
    def state(self) -> Any:
        """The state of the game; ``None`` in a step that is only known as it was recorded."""
        return self.history[self.position - 1].state if self.position else self.game.initial

    @property
    def tokens(self) -> dict[str, int]:
        """How many tokens each element holds."""
        return self.tokens_at(self.position)

    @property
    def choices(self) -> Sequence[Choice]:
        """What can happen now; nothing in a step that is only known as it was recorded."""
        return () if self.recorded else self.game.choices(self.state)

    @property
    def recorded(self) -> bool:
        """Whether the step is only known as it was recorded, so that no step can follow."""
        return self.position > 0 and self.history[self.position - 1].state is None

    @property
    def over(self) -> bool:
        """Whether nothing can happen any more."""
        return not self.recorded and not self.choices

    @property
    def waiting(self) -> list[str]:
        """The elements that wait in vain, where nothing can happen although it is not complete."""
        if not self.over or self.game.is_complete(self.state):
            return []
        return self.game.waiting(self.state)

    @property
    def enabled(self) -> tuple[str, ...]:
        """The elements that can act now, each once."""
        return tuple(dict.fromkeys(choice.element for choice in self.choices))

    @property
    def run(self) -> Run:
        """What was played up to now."""
        steps = tuple(
            Step(action=item.action, label=item.label, state=dict(item.tokens))
            for item in self.history[: self.position]
        )
        return Run(initial=self.tokens_at(0), steps=steps)

    def tokens_at(self, position: int) -> dict[str, int]:
        """How many tokens each element held after a step."""
        if position:
            return dict(self.history[position - 1].tokens)
        return self.game.tokens(self.game.initial)

    def fire(self, what: str | Choice) -> Self:
        """Play a step: a choice, or the element that acts, its action or a choice's sentence.

        Raises
        ------
        UsageError
            When there is no such element, when it cannot happen now, or not in one way only.
        """
        if isinstance(what, str):
            names = [c for c in self.choices if what in (c.element, c.action, c.label)]
            if not names:
                raise UsageError(self._refused(what))
            if len(names) > 1:
                raise UsageError(f"{what!r} can happen in {len(names)} ways: give one of .choices")
            what = names[0]
        if self.position >= MAX_STEPS:
            raise UsageError(FULL)
        del self.history[self.position :]
        move: Choice | None = what
        while move is not None and self.position < MAX_STEPS:
            state = self.game.after(self.state, move)
            step = Played(
                element=move.element, action=move.action, label=move.label, state=state,
                tokens=self.game.tokens(state),
            )  # fmt: skip
            self.history.append(step)
            self.position += 1
            move = self.game.reply(state)
        self._changed()
        return self

    @property
    def sentences(self) -> list[str]:
        """What was played up to now, as plain sentences."""
        marks = dict.fromkeys(map(ord, "\u2068\u2069"))
        return [step.label.translate(marks) for step in self.history[: self.position]]

    @property
    def remark(self) -> str:
        """What the game has to say where it stands; empty for nothing."""
        return "" if self.recorded else self.game.remark(self.state)

    def _refused(self, what: str) -> str:
        """Return why something cannot happen: it is not there, or it is not its turn."""
        known = self.game.known()
        if known.get(what) == what:
            if self.recorded:
                return f"{what!r} cannot happen now: this step is only known as it was recorded"
            now = [repr(name) for name in self.enabled]
            more = f" and {len(now) - MAX_NAMED} more" if len(now) > MAX_NAMED else ""
            told = ", ".join(now[:MAX_NAMED]) + more
            return f"{what!r} cannot happen now; enabled: {told or 'nothing'}"
        matches = get_close_matches(what, known, n=3, cutoff=0.5)
        near = dict.fromkeys(known[name] for name in matches)
        hint = f"; did you mean {' or '.join(map(repr, near))}?" if near else ""
        return f"there is no element {what!r}{hint}"

    def random(self, steps: int = 1) -> Self:
        """Play random steps, as many as can happen."""
        for _ in range(steps):
            choices = self.choices
            if not choices or self.position >= MAX_STEPS:
                break
            self.fire(choices[self._random.randrange(len(choices))])
        self._changed()
        return self

    def undo(self) -> Self:
        """Go one step back."""
        return self.go(self.position - 1)

    def redo(self) -> Self:
        """Go one step on, if some were undone."""
        return self.go(self.position + 1)

    def go(self, position: int) -> Self:
        """Go to a step of the history, from 0."""
        self.position = max(0, min(len(self.history), position))
        self._changed()
        return self

    def reset(self) -> Self:
        """Start again: the history is forgotten, and random steps are the same again."""
        self._random.seed(self.seed)
        self.history.clear()
        return self.go(0)

    def jump(self, step: int) -> Self:
        """Go to a step of the witness, from 0; the history is the witness then."""
        if not self.witness:
            raise UsageError("there is no witness to follow")
        self.history[:] = self.witness
        return self.go(step)

    def _changed(self) -> None:
        """Tell those who show the game."""
