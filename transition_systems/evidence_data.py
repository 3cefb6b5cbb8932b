"""What all evidence is made of: claims, and sets of states as compressed arrays."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from transition_systems.errors import RecheckError

__all__ = [
    "ByContent",
    "Claim",
    "StateSet",
    "as_lists",
    "as_tuples",
    "decode_array",
    "diagram_from_dict",
    "diagram_to_dict",
    "encode_array",
]

MAX_DECODED_BYTES = 1 << 30
LARGE = 1 << 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a piece of evidence proves, and of which model.

    Parameters
    ----------
    formula
        The statement, in the property language or one of the fixed phrases ``unbounded``,
        ``terminates``, ``terminates under weak fairness``, ``workflow net`` ...
    model_digest
        The digest of the model that was analysed.
    source_digest
        SHA-256 of the source file, if the model was read from one.
    translation
        Name and version of the translation from source to model, if there was one.
    """

    formula: str
    model_digest: str
    source_digest: str | None = None
    translation: str | None = None
    _unread: tuple[Callable[[], str], Callable[[], str]] | None = field(
        default=None, init=False, repr=False, compare=False
    )

    @classmethod
    def when_read(cls, formula: str | Callable[[], str], model_digest: Callable[[], str]) -> Claim:
        """Return a claim that is put into words, and the model hashed, when each is first read.

        Parameters
        ----------
        formula, model_digest
            Tell the statement and the digest; what they tell of must never change.

        Examples
        --------
        >>> Claim.when_read("EF dead", lambda: "sha256:0").model_digest
        'sha256:0'
        """
        claim = cls.__new__(cls)
        for name in ("source_digest", "translation"):
            object.__setattr__(claim, name, None)
        if isinstance(formula, str):
            object.__setattr__(claim, "formula", formula)
            object.__setattr__(claim, "_unread", (str, model_digest))
        else:
            object.__setattr__(claim, "_unread", (formula, model_digest))
        return claim

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> str:
            """Return what was not read before; what was is found without coming here.

            Two threads may both come here: both tell the same, and what is told is kept before
            it is forgotten how.
            """
            if name not in ("formula", "model_digest"):
                raise AttributeError(f"a claim has no {name!r}")
            unread = self._unread
            if unread is not None:
                told = unread[name == "model_digest"]()
                object.__setattr__(self, name, told)
                try:
                    object.__getattribute__(
                        self, "formula" if name == "model_digest" else "model_digest"
                    )
                except AttributeError:
                    return told
                object.__setattr__(self, "_unread", None)
            return object.__getattribute__(self, name)

    def to_dict(self) -> dict[str, Any]:
        """Return the claim as plain data."""
        return {
            "formula": self.formula,
            "model_digest": self.model_digest,
            "source_digest": self.source_digest,
            "translation": self.translation,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Claim:
        """Rebuild a claim from :meth:`to_dict`."""
        return cls(
            formula=data["formula"],
            model_digest=data["model_digest"],
            source_digest=data.get("source_digest"),
            translation=data.get("translation"),
        )


def encode_array(array: NDArray[Any]) -> dict[str, Any]:
    """Return an integer array as JSON data: shape, dtype and compressed bytes."""
    small = array
    if array.size and array.dtype.kind in "iu":
        low, high = int(array.min()), int(array.max())
        for dtype in (np.uint8, np.uint16, np.uint32, np.int64):
            if low >= np.iinfo(dtype).min and high <= np.iinfo(dtype).max:
                small = array.astype(dtype)
                break
    little = small.astype(small.dtype.newbyteorder("<"))
    packed = zlib.compress(little.tobytes(), 1 if little.size > LARGE else 6)
    return {
        "shape": list(array.shape),
        "dtype": little.dtype.str,
        "zlib": base64.b64encode(packed).decode("ascii"),
    }


def decode_array(data: Mapping[str, Any]) -> NDArray[np.int64]:
    """Rebuild an int64 array from :func:`encode_array`; refuse sizes that do not fit."""
    dtype = np.dtype(data["dtype"])
    if dtype.kind not in "iu":
        raise RecheckError(f"an array of integers was expected, found dtype {dtype}")
    shape = tuple(int(n) for n in data["shape"])
    if any(n < 0 for n in shape):
        raise RecheckError("an array has a negative size")
    wanted = dtype.itemsize
    for n in shape:
        wanted *= n
    if wanted > MAX_DECODED_BYTES:
        raise RecheckError("an array of the evidence is larger than 1 GiB")
    unpacker = zlib.decompressobj()
    raw = unpacker.decompress(base64.b64decode(data["zlib"], validate=True), wanted + 1)
    if len(raw) != wanted:
        raise RecheckError("an array of the evidence does not have the size that it names")
    return np.frombuffer(raw, dtype=dtype).reshape(shape).astype(np.int64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StateSet:
    """A set of states as an array.

    Parameters
    ----------
    names
        The counters (places), one for each column.
    rows
        int64, shape (n_states, n_counters).
    """

    names: tuple[str, ...]
    rows: NDArray[np.int64]
    _encoded: list[dict[str, Any]] = field(default_factory=list, init=False, repr=False)

    def __len__(self) -> int:
        return int(self.rows.shape[0])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, StateSet):
            return NotImplemented
        return self.names == other.names and np.array_equal(self.rows, other.rows)

    def __hash__(self) -> int:
        return hash((self.names, self.rows.shape, self.rows.tobytes()))

    def __repr__(self) -> str:
        return f"StateSet(<{len(self)} states over {len(self.names)} counters>)"

    def to_dict(self) -> dict[str, Any]:
        """Return the set as JSON data."""
        if not self._encoded:
            self._encoded.append(encode_array(self.rows))
        return {"names": list(self.names), "rows": self._encoded[0]}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> StateSet:
        """Rebuild a set from :meth:`to_dict`."""
        rows = decode_array(data["rows"])
        names = tuple(str(name) for name in data["names"])
        if rows.ndim != 2 or rows.shape[1] != len(names):
            raise RecheckError("a state set does not have one column for each name")
        return cls(names=names, rows=rows)


def _same(left: object, right: object) -> bool:
    if isinstance(left, np.ndarray) and isinstance(right, np.ndarray):
        return np.array_equal(left, right)
    if isinstance(left, tuple) and isinstance(right, tuple):
        return len(left) == len(right) and all(map(_same, left, right))
    return left == right


class ByContent:
    """Equality and hash by content for evidence that holds arrays."""

    __slots__ = ()
    __dataclass_fields__: ClassVar[dict[str, Any]]

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return all(
            _same(getattr(self, name), getattr(other, name)) for name in self.__dataclass_fields__
        )

    def __hash__(self) -> int:
        return hash((type(self).__name__, getattr(self, "claim", None)))


def diagram_to_dict(
    names: tuple[str, ...], fields: NDArray[np.int64], nodes: NDArray[np.int64]
) -> dict[str, Any]:
    """Return places, their fields and the nodes of decision diagrams as JSON data.

    Examples
    --------
    >>> none = np.zeros((0, 3), dtype=np.int64)
    >>> diagram_from_dict(diagram_to_dict(("p",), none, none))["names"]
    ('p',)
    """
    return {
        "names": list(names), "fields": encode_array(fields), "nodes": encode_array(nodes)
    }  # fmt: skip


def diagram_from_dict(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what :func:`diagram_to_dict` was given, by name, from data that may have more."""
    return {
        "names": tuple(str(name) for name in data["names"]),
        "fields": decode_array(data["fields"]),
        "nodes": decode_array(data["nodes"]),
    }


def as_lists(item: Any) -> Any:
    """Return nested tuples as the nested lists of JSON.

    Examples
    --------
    >>> as_lists(("and", ("true",)))
    ['and', ['true']]
    """
    return [as_lists(part) for part in item] if isinstance(item, tuple) else item


def as_tuples(item: Any) -> Any:
    """Return what :func:`as_lists` wrote as nested tuples again.

    Examples
    --------
    >>> as_tuples(["and", ["true"]])
    ('and', ('true',))
    """
    return tuple(as_tuples(part) for part in item) if isinstance(item, list) else item
