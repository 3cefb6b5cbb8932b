"""Formulas as they are asked: which logic a text is of, and how it is read.

Words before a colon say how: ``weak`` leaves silent steps out, ``weak-fairness`` and
``strong-fairness`` let only fair paths count, to each step by itself or, with
``weak-process-fairness`` and ``strong-process-fairness``, to each process of a workflow.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, get_args

from transition_systems.errors import ExpressionError, UnsupportedError, UsageError
from transition_systems.properties.formulas import Formula, State, Unary
from transition_systems.properties.names import nearest_names
from transition_systems.properties.predicates import TRUE, Dead, Enabled, LastStep, Predicate
from transition_systems.properties.walk import predicates_in, subpredicates
from transition_systems.temporal.ctl_program import ctl_program
from transition_systems.temporal.ltl_questions import linear_formula
from transition_systems.temporal.mu_formulas import CALLED_TAU, MuFormula
from transition_systems.temporal.mu_parse import ParsedMu, parse_temporal
from transition_systems.temporal.patterns import Pattern, PatternName, parse_pattern
from translators.ledger import PropertyKind

__all__ = ["FAIRNESS", "AskedFormula", "FairnessWord", "Logic", "asked_formula", "with_reading"]

Logic = Literal["state", "CTL", "LTL", "CTL*", "mu"]
FairnessWord = Literal[
    "weak-fairness", "strong-fairness", "weak-process-fairness", "strong-process-fairness"
]
FAIRNESS: tuple[FairnessWord, ...] = get_args(FairnessWord)
WORDS = ("weak", *FAIRNESS)
STEP = "step, a transition of the net"
HEAD = re.compile(r"\s*([a-z-]+(?:[\s,]+[a-z-]+)*)\s*:(.*)", re.DOTALL)
CALLED = re.compile(r"\s*([A-Za-z][A-Za-z-]*)\s*\(")
NO_PATTERNS = frozenset({"enabled", "done", "started", "not", "dead", "deadlock"})
CTL_READING = "Read as CTL: paths are maximal; in a dead state EX is false and AX is true."
PATHS = "on all paths, and in a dead state the path stays there for ever"
LTL_READING = f"Read as LTL: {PATHS}."
CTL_STAR_READING = "Read as CTL*: paths that come to a dead state stay there for ever."
START_READING = "Read as a question about the initial state."
MU_READING = "Read as the modal mu-calculus: <a> and [a] are about single steps."
MU_CTL_READING = "In it CTL is read on maximal paths; in a dead state EX is false and AX is true."
WEAK_READING = "Silent steps that change no predicate are left out."


@dataclass(frozen=True, slots=True)
class AskedFormula:
    """A formula over the names of the user's model, and how it is read.

    Parameters
    ----------
    text
        As it was written.
    everywhere, predicate
        Where the logic is ``state``: ``AG`` (or else ``EF``) of a state predicate.
    formula
        The formula of another logic; ``None`` where the logic is ``state``.
    logic
        Of which logic it is.
    weak
        Whether silent steps are left out.
    fairness
        Which paths count; all where it is ``None``.
    mu
        The formula where it is of the mu-calculus; ``formula`` says nothing then. It is read in one
        way only, so that with ``weak`` or ``fairness`` it cannot be asked.
    branching
        Whether operators of CTL stand beside the modalities of ``mu``.
    pattern
        The pattern, where it was asked by name.
    refused
        Why the words before the formula cannot be asked of it; then nothing else is said.
    """

    text: str
    everywhere: bool
    predicate: Predicate
    formula: Formula | None = None
    logic: Logic = "state"
    weak: bool = False
    fairness: FairnessWord | None = None
    mu: MuFormula | None = None
    branching: bool = False
    pattern: Pattern | None = None
    refused: str | None = None

    @property
    def kind(self) -> PropertyKind:
        """How the formula depends on the behaviours of the model.

        What an over-approximation adds can happen, so that ``enabled`` and ``dead`` say another
        thing there.
        """
        if self.formula is not None or any(
            isinstance(node, Enabled | Dead) for node in subpredicates(self.predicate)
        ):
            return PropertyKind.BRANCHING
        return PropertyKind.UNIVERSAL if self.everywhere else PropertyKind.EXISTENTIAL

    def require_single_steps(self) -> MuFormula | None:
        """Return the formula of the mu-calculus, if it is one, that is read as it can be.

        Raises
        ------
        UsageError
            For a formula of the mu-calculus with fairness, or without silent steps, and for other
            words that cannot be asked of the formula.
        """
        if self.refused is not None:
            raise UsageError(self.refused)
        if self.mu is not None and (self.weak or self.fairness is not None):
            words = " ".join([*["weak"][: self.weak], *[self.fairness or ""]]).strip()
            raise UsageError(
                "a formula of the mu-calculus is read in one way, on single steps: without "
                f"'{words}', which is about paths"
            )
        return self.mu

    @property
    def reading(self) -> tuple[str, ...]:
        """How the formula is read, as sentences."""
        return self.read_as()

    def read_as(self, step: str = STEP) -> tuple[str, ...]:
        """Return how the formula is read; ``step`` is what fairness is to each of."""
        if self.formula is None or self.refused is not None:
            return ()
        if self.mu is not None:
            return (MU_READING, MU_CTL_READING) if self.branching else (MU_READING,)
        if isinstance(self.formula, State):
            return (START_READING, *self.assumed(step))
        told = {"CTL": CTL_READING, "LTL": LTL_READING}.get(self.logic, CTL_STAR_READING)
        sentences = [told]
        if self.fairness is None and self.logic != "CTL":
            sentences.append("No fairness is assumed.")
        if self.weak:
            sentences.append(WEAK_READING)
        return (*sentences, *self.assumed(step))

    @property
    def assumptions(self) -> tuple[str, ...]:
        """The fairness under which the formula is asked, as a sentence; nothing without."""
        return self.assumed()

    def assumed(self, step: str = STEP) -> tuple[str, ...]:
        """Return the fairness as a sentence; ``step`` is what it is to each of."""
        if self.fairness is None:
            return ()
        strength, *process, _ = self.fairness.split("-")
        of = "process" if process else step
        return (f"Only paths count that are {strength}ly fair to each {of}.",)


def with_reading(text: str, *, weak: bool = False, fairness: str | None = None) -> str:
    """Return the text of a formula with words before it that say how it is read.

    Examples
    --------
    >>> with_reading("G F paid", fairness="weak-fairness")
    'weak-fairness: G F paid'
    >>> with_reading("weak: G F paid", weak=True)
    'weak: G F paid'
    """
    words, rest = _words(text)
    if weak and "weak" not in words:
        words.insert(0, "weak")
    if fairness is not None and not set(words) & set(FAIRNESS):
        words.append(fairness)
    return f"{' '.join(words)}: {rest.strip()}" if words else text


def _words(text: str) -> tuple[list[str], str]:
    found = HEAD.fullmatch(text)
    if found is None:
        return [], text
    words = re.split(r"[\s,]+", found[1])
    for word in words:
        if word not in WORDS:
            close = nearest_names(word, WORDS)
            hint = f"did you mean {' or '.join(close)}?" if close else ""
            known = hint or f"there are {', '.join(WORDS)}"
            raise UsageError(f"{word!r} is no way to read a formula; {known}")
    return words, found[2]


def asked_formula(text: str) -> AskedFormula:
    """Read a formula: of a state predicate, CTL, LTL, CTL*, the mu-calculus, or a pattern.

    Parameters
    ----------
    text
        The formula, a pattern by its name, and perhaps words before a colon.

    Returns
    -------
    AskedFormula
        What has a modality or a fixpoint is of the mu-calculus (and so Hennessy-Milner logic),
        with CTL between them. Else a formula that is in CTL is read as CTL; what has path
        quantifiers elsewhere as CTL*; all else as LTL. ``G p`` of a state predicate is ``AG p``; a
        state predicate alone is a formula of CTL, about the initial state. Fairness twice, and
        ``weak`` of what is not LTL, are ``refused`` when the formula is asked.

    Raises
    ------
    UsageError
        For words that are none.
    ExpressionError
        When it is no formula.

    Examples
    --------
    >>> [asked_formula(t).logic for t in ("AG p", "AF p", "G F p", "A G E F G p", "G p")]
    ['state', 'CTL', 'LTL', 'CTL*', 'state']
    >>> asked_formula("response(paid, shipped)").logic
    'LTL'
    >>> asked_formula("AG (paid -> <ship> true)").logic
    'mu'
    """
    words, rest = _words(text)
    fair: list[FairnessWord] = [word for word in FAIRNESS if word in words]
    weak = "weak" in words
    fairness: FairnessWord | None = fair[0] if fair else None
    pattern = _pattern(rest)
    formula = _parsed(rest) if pattern is None else pattern.ltl()
    if len(fair) > 1:
        both = " and ".join(fair)
        return _refused(text, f"a formula is read under one kind of fairness, not {both}")
    if isinstance(formula, ParsedMu):
        return AskedFormula(
            text, False, TRUE, State(TRUE), "mu", weak, fairness, formula.formula, formula.branching
        )
    if not _steps(formula):
        inner = formula
        if isinstance(inner, Unary) and inner.operator == "A":
            inner = inner.operand
        if isinstance(inner, Unary) and isinstance(inner.operand, State):
            found = inner.operand.predicate
            if inner.operator in ("AG", "EF"):
                return AskedFormula(text, inner.operator == "AG", found)
            if inner.operator == "G":
                return AskedFormula(text, True, found)
    logic, formula = _logic(formula)
    if weak and logic != "LTL":
        told = "CTL, about the initial state" if isinstance(formula, State) else logic
        return _refused(text, f"silent steps are left out of LTL formulas only, and this is {told}")
    return AskedFormula(text, False, TRUE, formula, logic, weak, fairness, pattern=pattern)


def _refused(text: str, reason: str) -> AskedFormula:
    return AskedFormula(text, False, TRUE, State(TRUE), "CTL", refused=reason)


def _pattern(text: str) -> Pattern | None:
    called = CALLED.match(text)
    return parse_pattern(text) if called and called[1] in get_args(PatternName) else None


def _parsed(text: str) -> Formula | ParsedMu:
    called = CALLED.match(text)
    try:
        return parse_temporal(text, tau=CALLED_TAU)
    except ExpressionError as error:
        if called is None or called[1] in NO_PATTERNS:
            raise
        close = nearest_names(called[1], get_args(PatternName))
        if not close:
            raise
        raise UsageError(
            f"there is no pattern {called[1]!r}; did you mean {' or '.join(close)}?"
        ) from error


def _steps(formula: Formula) -> bool:
    """Return whether a formula speaks of the last step."""
    return any(
        isinstance(node, LastStep)
        for predicate in predicates_in(formula)
        for node in subpredicates(predicate)
    )


def _logic(formula: Formula) -> tuple[Logic, Formula]:
    try:
        ctl_program(formula)
        return "CTL", formula
    except UnsupportedError:
        pass
    try:
        return "LTL", linear_formula(formula)
    except UnsupportedError as error:
        if "operator of linear" not in str(error):
            raise
    return "CTL*", formula
