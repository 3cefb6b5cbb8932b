"""Markings: how many tokens lie in each place."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import index
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transition_systems.errors import InputError, UsageError
from transition_systems.source_span import SourceSpan

__all__ = ["MAX_TOKENS", "Marking"]

MAX_TOKENS = 2**62
_PLAIN = re.compile(r"[^\W\d][\w.]*")
_TERM = re.compile(
    r"""\s*(?:(?P<count>[0-9]+)\s*(?:\*\s*)?)?
    (?:(?P<plain>[^\W\d][\w.]*)|(?P<quoted>"(?:[^"\\]|\\.)*"))\s*""",
    re.DOTALL | re.VERBOSE,
)


class Marking(Mapping[str, int]):
    """An immutable map from place ids to tokens; a place that is not in it has none.

    Markings are compared by content, hashed, added, subtracted and multiplied; ``m >= n`` holds
    when ``m`` has at least the tokens of ``n`` in every place (so ``not m >= n`` does not mean
    ``m < n``).

    Parameters
    ----------
    tokens
        Place ids with tokens; zeros are dropped. An iterable of pairs, or of place ids that count
        one token each time they occur, serves as well.

    Raises
    ------
    UsageError
        When a number of tokens is negative, no integer, or larger than 2**62.

    Examples
    --------
    >>> m = Marking({"p1": 1, "p3": 2, "p4": 0})
    >>> m
    Marking({'p1': 1, 'p3': 2})
    >>> str(m), m["p4"], m >= Marking({"p3": 1})
    ('p1 + 2 p3', 0, True)
    >>> Marking.parse("p1 + 2 p3") == m
    True
    """

    __slots__ = ("_hash", "_tokens")

    _tokens: dict[str, int]
    _hash: int | None

    def __init__(
        self, tokens: Mapping[str, int] | Iterable[str] | Iterable[tuple[str, int]] = ()
    ) -> None:
        self._tokens = _checked(tokens)
        self._hash = None

    @classmethod
    def _trusted(cls, tokens: dict[str, int]) -> Marking:
        """Return a marking over a dict that is known to be positive and to belong to it alone."""
        marking = cls.__new__(cls)
        marking._tokens = tokens
        marking._hash = None
        return marking

    @classmethod
    def from_array(cls, array: NDArray[Any] | Sequence[int], place_ids: Sequence[str]) -> Marking:
        """Return the marking of a vector, one entry for each place id.

        Examples
        --------
        >>> Marking.from_array([0, 3], ("p", "q"))
        Marking({'q': 3})
        """
        values = np.asarray(array)
        if values.shape != (len(place_ids),):
            raise UsageError(f"{len(place_ids)} numbers of tokens are needed, not {values.shape}")
        return cls(zip(place_ids, values.tolist(), strict=True))

    @classmethod
    def parse(cls, text: str) -> Marking:
        """Return the marking of a text like ``p1 + 2 p3``; ``0`` is the empty one.

        An id that is no plain word stands in double quotes, with the escapes of JSON.

        Raises
        ------
        InputError
            When the text is no marking; with the column.

        Examples
        --------
        >>> Marking.parse('2*p1 + "a b" + p1')
        Marking({'p1': 3, 'a b': 1})
        """
        return cls._trusted(_parse(text))

    def to_array(self, place_ids: Sequence[str]) -> NDArray[np.int64]:
        """Return the marking as a vector, int64 of shape (n_places,), in the order of the ids.

        Raises
        ------
        UsageError
            When a marked place is not among the ids.
        """
        array = np.zeros(len(place_ids), dtype=np.int64)
        left = len(self._tokens)
        for position, place in enumerate(place_ids):
            count = self._tokens.get(place)
            if count is not None:
                array[position] = count
                left -= 1
        if left:
            known = set(place_ids)
            unknown = next(place for place in self._tokens if place not in known)
            raise UsageError(f"the marking names {unknown!r}, which is no place")
        return array

    def to_dict(self) -> dict[str, int]:
        """Return a new dict of the marked places, without zeros."""
        return dict(self._tokens)

    def format(self, order: Sequence[str] | None = None) -> str:
        """Return text that :meth:`parse` reads back; places in ``order`` where it is given."""
        places: Iterable[str] = self._tokens
        if order is not None:
            places = [place for place in order if place in self._tokens]
        terms = [_term(place, self._tokens[place]) for place in places]
        return " + ".join(terms) or "0"

    @property
    def total(self) -> int:
        """The number of tokens in all places together."""
        return sum(self._tokens.values())

    def __getitem__(self, place: str) -> int:
        return self._tokens.get(place, 0)

    def __iter__(self) -> Iterator[str]:
        return iter(self._tokens)

    def __len__(self) -> int:
        return len(self._tokens)

    def __contains__(self, place: object) -> bool:
        return place in self._tokens

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Marking):
            return self._tokens == other._tokens
        if isinstance(other, Mapping):
            return self._tokens == {key: value for key, value in other.items() if value != 0}
        return NotImplemented

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = hash(frozenset(self._tokens.items()))
        return self._hash

    def __repr__(self) -> str:
        return f"Marking({self._tokens!r})" if self._tokens else "Marking()"

    def __str__(self) -> str:
        return self.format()

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (dict(self._tokens),)

    def __ge__(self, other: Mapping[str, int]) -> bool:
        return all(self._tokens.get(place, 0) >= count for place, count in other.items())

    def __le__(self, other: Mapping[str, int]) -> bool:
        return all(count <= other.get(place, 0) for place, count in self._tokens.items())

    def __gt__(self, other: Mapping[str, int]) -> bool:
        return self >= other and self != other

    def __lt__(self, other: Mapping[str, int]) -> bool:
        return self <= other and self != other

    def __add__(self, other: Mapping[str, int]) -> Marking:
        tokens = dict(self._tokens)
        for place, count in other.items():
            tokens[place] = tokens.get(place, 0) + count
        return Marking(tokens)

    def __sub__(self, other: Mapping[str, int]) -> Marking:
        tokens = dict(self._tokens)
        for place, count in other.items():
            tokens[place] = tokens.get(place, 0) - count
        return Marking(tokens)

    def __mul__(self, factor: int) -> Marking:
        return Marking({place: count * factor for place, count in self._tokens.items()})

    __rmul__ = __mul__


def _checked(
    tokens: Mapping[str, int] | Iterable[str] | Iterable[tuple[str, int]],
) -> dict[str, int]:
    if isinstance(tokens, Marking):
        return tokens.to_dict()
    if isinstance(tokens, str):
        raise UsageError(f"a text is read by Marking.parse({tokens!r})")
    clean: dict[str, int] = {}
    pairs = tokens.items() if isinstance(tokens, Mapping) else tokens
    for pair in pairs:
        place, number = (pair, 1) if isinstance(pair, str) else pair
        if not isinstance(place, str):
            raise UsageError(f"the id of a place is a text, not {place!r}")
        try:
            count = index(number)
        except TypeError:
            raise UsageError(f"{place!r} has {number!r} tokens, which is no integer") from None
        if count < 0:
            raise UsageError(f"{place!r} has {count} tokens; a place cannot have less than 0")
        if count:
            clean[place] = clean.get(place, 0) + count
            if clean[place] > MAX_TOKENS:
                raise UsageError(f"{place!r} has more than 2**62 tokens")
    return clean


def _term(place: str, count: int) -> str:
    word = place if _PLAIN.fullmatch(place) else json.dumps(place, ensure_ascii=False)
    return word if count == 1 else f"{count} {word}"


def _parse(text: str) -> dict[str, int]:
    tokens: dict[str, int] = {}
    if text.strip() in ("", "0"):
        return tokens
    position = 0
    while True:
        match = _TERM.match(text, position)
        if match is None:
            raise _wrong(text, position, "this is no marking", "a place, as in p1 + 2 p3")
        digits = match["count"] or "1"
        if len(digits) > 19:
            raise _wrong(text, position, "a place has more than 2**62 tokens")
        place = match["plain"] or _unquoted(match["quoted"], text, match.start("quoted"))
        count = tokens.get(place, 0) + int(digits)
        if count > MAX_TOKENS:
            raise _wrong(text, position, f"{place!r} has more than 2**62 tokens")
        if count:
            tokens[place] = count
        position = match.end()
        if position == len(text):
            return tokens
        if text[position] != "+":
            raise _wrong(text, position, "this is no marking", "+ or the end")
        position += 1


def _unquoted(value: str, text: str, position: int) -> str:
    try:
        return str(json.loads(value, strict=False))
    except ValueError:
        raise _wrong(text, position, "a quoted place is not written right") from None


def _wrong(text: str, position: int, message: str, expected: str | None = None) -> InputError:
    rest = text[position:]
    start = position + len(rest) - len(rest.lstrip())
    line = text.count("\n", 0, start) + 1
    span = SourceSpan(line=line, column=start - text.rfind("\n", 0, start))
    found = repr(text[start : start + 20]) if start < len(text) else "the end"
    return InputError(message, span=span, found=found, expected=expected)
