"""The transition system of a process: its terms as states, their steps by the rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from process_algebra.process import Definition, Process
from process_algebra.rules import Moves, active_subterms, derive
from process_algebra.terms import Call, Guard, Term, Terminated
from process_algebra.traversal import fold_term, with_subterms
from transition_systems.errors import UsageError
from transition_systems.expressions.ast import Boolean, Expr, Integer, names_in
from transition_systems.expressions.evaluate import evaluate_expression
from transition_systems.lts import TAU_NAME, TICK_NAME

__all__ = ["Semantics", "TermSystem"]

Words = NDArray[np.uint64]


class Semantics:
    """The steps of terms under given definitions, each computed once.

    Parameters
    ----------
    definitions
        What the calls mean.

    Examples
    --------
    >>> from process_algebra.terms import STOP, ExternalChoice, Prefix
    >>> Semantics().moves(ExternalChoice(Prefix("a", STOP), Prefix("b", STOP)))
    (('a', Stop()), ('b', Stop()))
    """

    def __init__(self, definitions: Sequence[Definition] = ()) -> None:
        self._definitions = {known.name: known for known in definitions}
        self._moves: dict[Term, Moves] = {}

    def body(self, call: Call) -> Term:
        """Return the body that a call with constant arguments stands for."""
        name, arguments = call.operands
        known = self._definitions.get(name)
        if known is None:
            raise UsageError(f"{name!r} is not defined")
        if not known.parameters:
            return known.body
        values = {p: _constant(a, {}) for p, a in zip(known.parameters, arguments, strict=True)}
        return instantiate(known.body, values)

    def moves(self, term: Term) -> Moves:
        """Return the steps of a term without parameters.

        Parameters
        ----------
        term
            A closed term.

        Returns
        -------
        tuple of (event, term)
            ``None`` is the silent step, ``"✓"`` the tick; each step once.

        Raises
        ------
        UsageError
            When a definition calls itself before any event (unguarded recursion).
        """
        known = self._moves.get(term)
        if known is not None:
            return known
        waiting = [term]
        open_: set[Term] = set()
        needs: dict[Term, tuple[Term, ...]] = {}
        while waiting:
            current = waiting[-1]
            if current in self._moves:
                waiting.pop()
                continue
            below = needs.get(current)
            if below is None:
                below = (
                    (self.body(current),) if isinstance(current, Call) else active_subterms(current)
                )
                needs[current] = below
                open_.add(current)
                missing = [part for part in below if part not in self._moves]
                for part in missing:
                    if part in open_:
                        raise UsageError(f"unguarded recursion: {part} acts by way of itself")
                if missing:
                    waiting.extend(dict.fromkeys(reversed(missing)))
                    continue
            premises = [self._moves[part] for part in below]
            self._moves[current] = (
                premises[0] if isinstance(current, Call) else derive(current, premises)
            )
            open_.discard(current)
            waiting.pop()
        return self._moves[term]


def _constant(expression: Expr, values: Mapping[str, bool | int]) -> bool | int:
    if isinstance(expression, Integer | Boolean):
        return expression.value
    value = evaluate_expression(expression, values)
    if isinstance(value, bool | int):
        return value
    raise UsageError(f"an argument is an integer or a boolean, not {value!r}")


def instantiate(term: Term, values: Mapping[str, bool | int]) -> Term:
    """Return a term with its parameters replaced: conditions and arguments become constants.

    Examples
    --------
    >>> from transition_systems.expressions.parse import parse_expression
    >>> print(instantiate(Call("P", parse_expression("n + 1")), {"n": 2}))
    P(3)
    """

    def built(part: Term, below: list[Term]) -> Term:
        if isinstance(part, Guard):
            condition = part.operands[0]
            if isinstance(condition, Boolean):
                return Guard(condition, below[0])
            truth = evaluate_expression(condition, values)
            if not isinstance(truth, bool):
                raise UsageError(f"the guard of {part} is no truth")
            return Guard(truth, below[0])
        if isinstance(part, Call):
            name, arguments = part.operands
            if any(names_in(argument) for argument in arguments):
                return Call(name, *(_constant(argument, values) for argument in arguments))
            return Call(name, *(_constant(argument, {}) for argument in arguments))
        return with_subterms(part, below)

    return fold_term(term, built)


class TermSystem:
    """A process as an explicit system: states are numbers of terms, in the order of discovery.

    Parameters
    ----------
    process
        The process.
    observed
        Events that are no steps: the states that offer one are kept in ``offering`` instead.
    halt
        Events at which a search may stop; their targets are kept in ``halted``.
    """

    block = 256

    def __init__(
        self,
        process: Process,
        *,
        observed: frozenset[str] = frozenset(),
        halt: frozenset[str] = frozenset(),
    ) -> None:
        self._semantics = Semantics(process.definitions)
        self._observed = observed
        self._halt = halt
        self._terms: list[Term] = []
        self._index: dict[Term, int] = {}
        self._labels: dict[str, int] = {TAU_NAME: 0, TICK_NAME: 1}
        self.terminated: set[int] = set()
        self.offering: dict[str, set[int]] = {event: set() for event in observed}
        self.halted: dict[int, str] = {}
        self._number(instantiate(process.main, {}))

    @property
    def labels(self) -> Sequence[str]:
        """Names of the labels, by index; they grow while the system is explored."""
        return tuple(self._labels)

    def _number(self, term: Term) -> int:
        number = self._index.get(term)
        if number is None:
            number = self._index[term] = len(self._terms)
            self._terms.append(term)
            if isinstance(term, Terminated):
                self.terminated.add(number)
        return number

    def initial(self) -> Words:
        """Return the initial state, uint64 of shape (1, 1)."""
        return np.zeros((1, 1), dtype=np.uint64)

    def successors(self, block: Words) -> tuple[NDArray[np.int64], NDArray[np.int32], Words]:
        """Return the steps from a block of states, as :class:`ExplicitSystem` asks for them."""
        sources: list[int] = []
        labels: list[int] = []
        targets: list[int] = []
        for row, state in enumerate(block[:, 0].tolist()):
            for event, after in self._semantics.moves(self._terms[state]):
                if event in self._observed:
                    self.offering[str(event)].add(state)
                    continue
                target = self._number(after)
                if event in self._halt:
                    self.halted.setdefault(target, str(event))
                sources.append(row)
                name = TAU_NAME if event is None else event
                labels.append(self._labels.setdefault(name, len(self._labels)))
                targets.append(target)
        return (
            np.array(sources, dtype=np.int64),
            np.array(labels, dtype=np.int32),
            np.array(targets, dtype=np.uint64).reshape(-1, 1),
        )

    def decode(self, row: Words) -> Any:
        """Return the term of a state."""
        return self._terms[int(row[0])]

    def reencode(self, seen: Words) -> Words:
        """Return the states as they are: numbers never outgrow their word."""
        return seen
