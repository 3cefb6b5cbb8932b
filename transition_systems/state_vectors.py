"""State vectors: what the parameters of a process are in each state, and predicates over them.

A file in mCRL2's FSM format says for each state the values of its parameters. They are kept as
``LTS.state_of``, and are no part of a system's content: ``==``, digests and equivalences do not
look at them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transition_systems.errors import UsageError
from transition_systems.properties.evaluate import evaluate
from transition_systems.properties.format import format_predicate
from transition_systems.properties.names import nearest_names, operator_before_minus
from transition_systems.properties.predicates import Compare
from transition_systems.properties.tokens import quote_name

__all__ = [
    "BOOLEANS",
    "Parameter",
    "StateVectors",
    "comparison_text",
    "parameters_of",
    "states_taken",
]

Bools = NDArray[np.bool_]
BOOLEANS = frozenset({"false", "true"})
_NUMBER = re.compile(r"(-?)\s*(\d{1,100})(?:\s*/\s*(\d{1,100}))?")
_MOST_LISTED, _DIGITS = 8, 18


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a process.

    Parameters
    ----------
    name
        Its name.
    values
        The texts of its values, by their numbers; empty where a value is its number.
    sort
        Its type, as the file says it.

    Examples
    --------
    >>> Parameter("x", ("0", "1/2")).numbers()
    (Fraction(0, 1), Fraction(1, 2))
    """

    name: str
    values: tuple[str, ...] = ()
    sort: str = ""

    @property
    def boolean(self) -> bool:
        """Whether it is an atom: its values are ``false`` and ``true``."""
        return bool(self.values) and BOOLEANS.issuperset(self.values)

    def value(self, number: int) -> str | int:
        """Return a value as it is told."""
        return self.values[number] if self.values else number

    def numbers(self) -> tuple[Fraction, ...] | None:
        """Return the values as numbers; ``None`` where one of them is none."""
        if self.boolean:
            return tuple(Fraction(value == "true") for value in self.values)
        found: list[Fraction] = []
        for value in self.values:
            read = _NUMBER.fullmatch(value.strip())
            if read is None or (read[3] is not None and not int(read[3])):
                return None
            size = Fraction(int(read[2]), int(read[3] or 1))
            found.append(-size if read[1] else size)
        return tuple(found)


@dataclass(frozen=True, slots=True, eq=False)
class StateVectors:
    """The values of parameters in the states of a system; called with a state, they are a dict.

    Parameters
    ----------
    parameters
        The parameters.
    table
        For each state the numbers of their values, int64 (n, parameters).

    Examples
    --------
    >>> vectors = StateVectors((Parameter("x", ("red", "green")),), np.array([[0], [1]]))
    >>> vectors(1), vectors.where(Compare((("x", 1), ("red", -1)), "==", 0), {}).tolist()
    ({'x': 'green'}, [True, False])
    """

    parameters: tuple[Parameter, ...]
    table: NDArray[np.int64]

    def __call__(self, state: int) -> dict[str, str | int]:
        row = self.table[state].tolist()
        return {p.name: p.value(number) for p, number in zip(self.parameters, row, strict=True)}

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the parameters."""
        return tuple(parameter.name for parameter in self.parameters)

    def of(self, states: NDArray[np.int64]) -> StateVectors:
        """Return the vectors of some states, int64 (m,), in their order."""
        return StateVectors(self.parameters, self.table[states])

    def shown(self, state: int) -> tuple[str, ...]:
        """Return what is told of a state: ``x=2`` for each parameter that is no atom.

        Examples
        --------
        >>> StateVectors((Parameter("x"),), np.array([[7]])).shown(0)
        ('x=7',)
        """
        row = self.table[state].tolist()
        pairs = zip(self.parameters, row, strict=True)
        return tuple(f"{p.name}={p.value(number)}" for p, number in pairs if not p.boolean)

    def where(self, node: Compare, others: Mapping[str, Bools]) -> Bools:
        """Decide for each state whether a comparison holds.

        Parameters
        ----------
        node
            Over parameters, perhaps with other names. Parameters with numbers as values are
            compared by value; ``x == red`` and ``x != red`` say which value a parameter has, and
            ``x == y`` of two parameters whether they have the same.
        others
            The other names in it with where they hold, counted as 1, bool (n,).

        Returns
        -------
        ndarray of bool, shape (n,)

        Raises
        ------
        UsageError
            For a value that the parameter does not have, with the nearest ones, for an order or a
            sum of values that are no numbers, and for a name that is a parameter and a value.

        Notes
        -----
        O(n) for each name; exact, also where numbers are fractions or leave 64 bits.
        """
        known = {parameter.name: place for place, parameter in enumerate(self.parameters)}
        numbers = {name: self.parameters[known[name]].numbers() for name, _ in node.terms
                   if name in known}  # fmt: skip
        if None in numbers.values() or not {*numbers, *others}.issuperset(n for n, _ in node.terms):
            return self._equal(node, known, others)
        scale = lcm(*(one.denominator for found in numbers.values() for one in found or ()))
        columns: dict[str, NDArray[Any]] = {}
        for name, found in numbers.items():
            column: NDArray[Any] = self.table[:, known[name]]
            if found:
                scaled = [int(one * scale) for one in found]
                wide = max(map(abs, scaled)) >= 1 << 62
                column = np.array(scaled, dtype=np.object_ if wide else np.int64)[column]
            else:
                column = column.astype(np.object_) * scale if scale > 1 else column
            columns[name] = column
        columns |= {name: flags.astype(np.int64) * scale for name, flags in others.items()}
        asked = Compare(node.terms, node.op, node.bound * scale)
        return evaluate(asked, columns, None, len(self.table))

    def _equal(self, node: Compare, known: Mapping[str, int], others: Mapping[str, Bools]) -> Bools:
        """Decide ``x == red``, ``x != red``, ``x == 3`` and ``x == y`` by the texts of values."""
        own = [self.parameters[known[name]] for name, _ in node.terms if name in known]
        one = next((parameter for parameter in own if parameter.numbers() is None), own[0])
        factor = dict(node.terms)[one.name]
        rest = [(name, other) for name, other in node.terms if name != one.name]
        equal = node.op in ("==", "!=") and abs(factor) == 1
        paired = len(rest) == 1 and node.bound == 0 and rest[0][1] == -factor
        if not equal or not (paired or not rest):
            for name, _ in rest if one.numbers() is not None else ():
                if name not in known and name not in others:
                    raise _unknown(f"there is no parameter {name!r}", name, self.names)
            example = f"{quote_name(one.name)} == {quote_name(one.values[0])}"
            raise UsageError(
                f"the parameter {one.name!r} has values that are no numbers: "
                f"ask for {example} or !="
            )
        value = rest[0][0] if rest else str(factor * node.bound)
        flags = self._with_value(one, value, known, others)
        return flags if node.op == "==" else ~flags

    def _with_value(
        self, one: Parameter, value: str, known: Mapping[str, int], others: Mapping[str, Bools]
    ) -> Bools:
        """Return where a parameter has a value, or that of another parameter."""
        column = self.table[:, known[one.name]]
        is_value = value in one.values
        if value in known or value in others:
            what = "a parameter" if value in known else "an atom or a state"
            if is_value:
                raise UsageError(f"{value!r} is a value of {one.name!r} and {what}: rename one")
            other = self.parameters[known[value]] if value in known else None
            if other is not None and one.name in other.values:
                clash = f"{one.name!r} is a value of {value!r} and a parameter"
                raise UsageError(f"{clash}: rename one")
            if other is None or (other.values and set(one.values).isdisjoint(other.values)):
                raise UsageError(f"{value!r} is no value of {one.name!r}, but {what}")
            also = self.table[:, known[value]]
            return np.asarray(_texts(one, column) == _texts(other, also), dtype=np.bool_)
        if not one.values and value.isascii() and value.isdecimal() and len(value) <= _DIGITS:
            return np.asarray(column == int(value), dtype=np.bool_)
        if not is_value:
            raise _unknown(
                f"the parameter {one.name!r} has no value {value!r}", value, one.values, one.values
            )
        having = [number for number, text in enumerate(one.values) if text == value]
        return np.isin(column, having)

    def truth(self, name: str) -> Compare:
        """Return what a parameter alone means: that it is at least 1.

        Raises
        ------
        UsageError
            For values that are no numbers.
        """
        found = next(parameter for parameter in self.parameters if parameter.name == name)
        if found.numbers() is None:
            example = f"{quote_name(name)} == {quote_name(found.values[0])}"
            raise UsageError(f"the parameter {name!r} is no truth: ask for {example}")
        return Compare(((name, 1),), ">=", 1)


def parameters_of(lts: Any) -> StateVectors | None:
    """Return the state vectors of a system; ``None`` where it has none.

    Examples
    --------
    >>> from transition_systems.lts import LTS
    >>> parameters_of(LTS.from_arcs(1)) is None
    True
    """
    return lts.state_of if isinstance(lts.state_of, StateVectors) else None


def comparison_text(node: Compare) -> str:
    """Return a comparison as it was meant: ``color == red`` and not ``color - red == 0``.

    Examples
    --------
    >>> comparison_text(Compare((("color", 1), ("red", -1)), "==", 0))
    'color == red'
    """
    factors = [factor for _, factor in node.terms]
    if node.op in ("==", "!=") and node.bound == 0 and sorted(factors) == [-1, 1]:
        left, right = (quote_name(name) for name, _ in node.terms)
        return f"{left} {node.op} {right}"
    return format_predicate(node)


def states_taken(
    state_of: Callable[[int], Any] | None, old: NDArray[np.int64]
) -> Callable[[int], Any] | None:
    """Return what tells the model's states of a system made of some states of another, int64 (m,).

    Examples
    --------
    >>> told = states_taken("abc".__getitem__, np.array([2, 0]))
    >>> told(0)
    'c'
    """
    if state_of is None:
        return None
    if isinstance(state_of, StateVectors):
        return state_of.of(old)
    return lambda state: state_of(int(old[state]))


def _texts(parameter: Parameter, column: NDArray[np.int64]) -> NDArray[np.object_]:
    """Return the values of a column as texts."""
    return np.array([str(parameter.value(number)) for number in column.tolist()], dtype=np.object_)


def _unknown(
    message: str, name: str, names: Iterable[str], values: Sequence[str] = ()
) -> UsageError:
    """Return an error with the names that are nearest, or else some values that there are."""
    near = nearest_names(name, names)
    operator = operator_before_minus(name)
    if operator is not None:
        return UsageError(f"{message}; {operator}")
    hint = f"; did you mean {' or '.join(map(quote_name, near))}?" if near else ""
    if not near and values:
        some = ", ".join(map(quote_name, values[:_MOST_LISTED]))
        hint = f"; there are {some}{', ...' if len(values) > _MOST_LISTED else ''}"
    return UsageError(message + hint)
