"""The result of comparing two versions: the verdict, the languages, the play on both models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from netproof.difference.model import Side
from netproof.difference.run_changes import Runs
from netproof.loading import Model
from netproof.recheck import RecheckResult
from transition_systems.equivalences.play import Play
from transition_systems.lts import TAU_NAME, TICK_NAME
from transition_systems.run import Run
from transition_systems.verdict import Verdict
from translators.to_petri import NetTranslation

__all__ = ["Comparison", "Version"]

WORDS = ("the first", "the second")


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One of the two models and what it does in the play.

    Parameters
    ----------
    model, translation
        The model, and the map to its net where there was one.
    states, arcs, complete
        The size of what is seen of it, and whether that is all.
    run
        Its part of the play as a run of its net; ``None`` where there is no play.
    told
        The same run on the elements of the model.
    lacking
        The element that cannot act at the end of the play, where the model has it.
    """

    model: Model
    translation: NetTranslation | None
    states: int = 0
    arcs: int = 0
    complete: bool = True
    run: Run | None = None
    told: Run | None = None
    lacking: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        side = Side(source=self.model.source, format=self.model.format).to_dict()
        told = None if self.told is None else self.told.to_dict()
        return {
            **side,
            "states": self.states,
            "arcs": self.arcs,
            "complete": self.complete,
            "run": told,
            "lacking": self.lacking,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two versions compared by a relation and by language.

    It is true where they are equivalent, false where not; where that is not known, asking for its
    truth raises :class:`UndecidedError`.

    Parameters
    ----------
    old, new
        The versions.
    relation
        The name of the relation.
    verdict
        Whether they are equivalent, with evidence about the systems that are seen.
    recheck
        What the recheck of the evidence said.
    language
        The shortest run that only one of them allows, for both ways round.
    play
        The play that tells them apart; ``None`` where they are equivalent, or there is none.
    notes
        Sentences about how they were compared.
    """

    old: Version
    new: Version
    relation: str
    verdict: Verdict
    recheck: RecheckResult
    language: Runs
    play: Play | None = None
    notes: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.verdict)

    def lines(self) -> list[str]:
        """Return the play as sentences, turn by turn, and what the versions do not share."""
        if self.play is None:
            return []
        found: list[str] = []
        for turn in self.play.turns:
            does = _words([label for _, label, _ in turn.attack])
            line = f"{WORDS[turn.side]} does {does}"
            if turn.answer is None:
                found.append(f"{line}; {WORDS[1 - turn.side]} cannot")
            else:
                answer = _words([label for _, label, _ in turn.answer])
                found.append(f"{line}; {WORDS[1 - turn.side]} answers with {answer}")
        return [*found, self.ending()]

    def ending(self) -> str:
        """Return what tells the versions apart at the end of the play, as a sentence."""
        assert self.play is not None
        able, other = WORDS[self.play.able], WORDS[1 - self.play.able]
        match self.play.ending:
            case "label" if self.play.what == TICK_NAME:
                text = f"{able} may be done there, and {other} may not"
            case "label":
                text = f"{able} can do {self.play.what} there, and {other} cannot"
            case "final":
                text = f"{able} may be done there, and {other} may not"
            case "atom":
                text = f"{self.play.what} holds in {able} there, and not in {other}"
            case _:
                text = f"{able} can go on for ever unseen there, and {other} cannot"
        return f"{text[0].upper()}{text[1:]}."

    def __str__(self) -> str:
        from netproof.comparison.text import comparison_text

        return comparison_text(self)

    def svg(self) -> str:
        """Return both models as one SVG image, each with its part of the play on it."""
        from netproof.comparison.pictures import comparison_svg

        return comparison_svg(self)

    def html(self) -> str:
        """Return a page with the verdict, the play in words and both models."""
        head = '<!DOCTYPE html>\n<html lang="en"><meta charset="utf-8"><title>netproof</title>'
        return f"{head}\n<body style='font-family:sans-serif'>{self._repr_html_()}</body></html>\n"

    def _repr_html_(self) -> str:
        from netproof.comparison.pictures import comparison_html

        return comparison_html(self)

    def to_dict(self) -> dict[str, Any]:
        """Return the play and the languages as plain data."""
        return {
            "old": self.old.to_dict(),
            "new": self.new.to_dict(),
            "language": self.language.to_dict(),
            "play": [
                {
                    "by": ("old", "new")[turn.side],
                    "does": [label for _, label, _ in turn.attack],
                    "answer": None
                    if turn.answer is None
                    else [label for _, label, _ in turn.answer],
                }
                for turn in (() if self.play is None else self.play.turns)
            ],
            "ending": None if self.play is None else self.ending(),
            "notes": list(self.notes),
        }


def _words(labels: list[str]) -> str:
    seen = ["the end" if label == TICK_NAME else label for label in labels if label != TAU_NAME]
    if seen:
        return ", ".join(seen)
    return "steps that are not seen" if labels else "nothing"
