"""Columns of numbers that grow, on arrays."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

__all__ = ["Growing"]

T = TypeVar("T", bound=np.generic)


class Growing(Generic[T]):
    """A column that is appended to; time is linear in all that was appended.

    Parameters
    ----------
    dtype
        Of its numbers.

    Examples
    --------
    >>> column = Growing(np.int64)
    >>> column.append(np.array([4, 5])).tolist(), len(column)
    ([4, 5], 2)
    """

    __slots__ = ("_array", "_count")

    def __init__(self, dtype: type[T]) -> None:
        self._array: NDArray[T] = np.empty(16, dtype=dtype)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def append(self, values: NDArray[Any]) -> NDArray[T]:
        """Append numbers and return the column."""
        size = self._count + len(values)
        if size > len(self._array):
            larger = np.empty(max(size, 2 * len(self._array)), dtype=self._array.dtype)
            larger[: self._count] = self._array[: self._count]
            self._array = larger
        self._array[self._count : size] = values
        self._count = size
        return self.view

    def append_one(self, value: Any) -> None:
        """Append one number."""
        if self._count == len(self._array):
            self._array = np.concatenate((self._array, np.empty_like(self._array)))
        self._array[self._count] = value
        self._count += 1

    def at(self, place: int) -> Any:
        """Return one number as a Python value."""
        return self._array.item(place)

    @property
    def view(self) -> NDArray[T]:
        """The numbers so far; a view that later ones may not reach."""
        return self._array[: self._count]
