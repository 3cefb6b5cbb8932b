"""The kinds of evidence, as data: what makes a verdict believable.

A piece of evidence proves its own :class:`Claim`, a statement about one model that is named by
digests. It is plain data with a JSON form; nothing here computes, and ``netproof.recheck`` checks
each kind with code that shares nothing with the engines.

=================  ==========================================  ===================================
kind               proves                                      by
=================  ==========================================  ===================================
``run``            ``EF P``                                    a run into a state with ``P``
``closed-set``     ``AG P``                                    a set with the initial state, closed
                                                               under steps, inside ``P``
``ranked-set``     ``AG EF P``                                 a closed set with a rank that some
                                                               successor decreases, 0 only in ``P``
``trap``           ``EF AG !P``                                a run to a state, and a closed set
                                                               around that state that avoids ``P``
``pump``           the model is unbounded                      a run, then steps that cover the
                                                               state before them
``lasso``          an infinite run (of the named fairness)     a stem and a cycle
``measure``        every run is finite                         a closed set with a rank that every
                                                               successor decreases
``fair-measure``   every fair run is finite                    a closed set with nested ranks and
                                                               helpful transitions
``bound``          ``k`` is the least bound                    a closed set below it, a run to it
``invariant``      ``AG P``                                    an inductive predicate inside ``P``
``structure``      a statement about the graph of the net      the nodes that it is about
``partition``      two systems are equivalent                  a partition of their states
``distinction``    two systems are not equivalent              a formula that tells them apart
``word``           a word that one machine accepts             the word
``parts``          a conjunction, or one failing part          a piece for each part
=================  ==========================================  ===================================
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias

import numpy as np
from numpy.typing import NDArray

from transition_systems.errors import RecheckError
from transition_systems.run import Lasso, Run

__all__ = [
    "BoundEvidence",
    "Claim",
    "ClosedSet",
    "Distinction",
    "Evidence",
    "FairMeasure",
    "InvariantEvidence",
    "LassoEvidence",
    "Measure",
    "PartitionEvidence",
    "Parts",
    "PumpEvidence",
    "RankedSet",
    "RunEvidence",
    "StateSet",
    "StructureEvidence",
    "TrapEvidence",
    "WordEvidence",
    "evidence_from_dict",
]

MAX_DECODED_BYTES = 1 << 30


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
    packed = zlib.compress(little.tobytes(), 6)
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
        return {"names": list(self.names), "rows": encode_array(self.rows)}

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
    return left == right


class _ByContent:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEvidence:
    """A run into a state that satisfies the claim's predicate."""

    claim: Claim
    run: Run

    kind = "run"

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        return {"kind": self.kind, "claim": self.claim.to_dict(), "run": self.run.to_dict()}


@dataclass(frozen=True, slots=True, kw_only=True)
class LassoEvidence:
    """An infinite run as a stem and a cycle."""

    claim: Claim
    lasso: Lasso

    kind = "lasso"

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        return {"kind": self.kind, "claim": self.claim.to_dict(), "lasso": self.lasso.to_dict()}


@dataclass(frozen=True, slots=True, kw_only=True)
class PumpEvidence:
    """A run and a pump: the state after the pump strictly covers the one before it."""

    claim: Claim
    lasso: Lasso

    kind = "pump"

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        return {"kind": self.kind, "claim": self.claim.to_dict(), "lasso": self.lasso.to_dict()}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedSet:
    """A set of states that contains the initial one and is closed under steps."""

    claim: Claim
    states: StateSet

    kind = "closed-set"

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        return {"kind": self.kind, "claim": self.claim.to_dict(), "states": self.states.to_dict()}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RankedSet(_ByContent):
    """A closed set with a rank (int64, shape (n_states,)) that some successor decreases."""

    claim: Claim
    states: StateSet
    rank: NDArray[np.int64]

    kind = "ranked-set"

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        return {
            "kind": self.kind,
            "claim": self.claim.to_dict(),
            "states": self.states.to_dict(),
            "rank": encode_array(self.rank),
        }


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Measure(_ByContent):
    """A closed set with a rank (int64, shape (n_states,)) that every successor decreases."""

    claim: Claim
    states: StateSet
    rank: NDArray[np.int64]

    kind = "measure"

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        return {
            "kind": self.kind,
            "claim": self.claim.to_dict(),
            "states": self.states.to_dict(),
            "rank": encode_array(self.rank),
        }


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FairMeasure(_ByContent):
    """A closed set with nested ranks: every cycle is unfair to a helpful transition.

    ``rank`` is int64 of shape (n_states, depth); ``helpful`` holds, with the same shape, the index
    into ``actions`` of the transition to which a cycle inside the component would be unfair, or -1.
    """

    claim: Claim
    states: StateSet
    rank: NDArray[np.int64]
    helpful: NDArray[np.int64]
    actions: tuple[str, ...]

    kind = "fair-measure"

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        return {
            "kind": self.kind,
            "claim": self.claim.to_dict(),
            "states": self.states.to_dict(),
            "rank": encode_array(self.rank),
            "helpful": encode_array(self.helpful),
            "actions": list(self.actions),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class TrapEvidence:
    """A run to a state, and a closed set around that state in which the goal never holds."""

    claim: Claim
    run: Run
    states: StateSet

    kind = "trap"

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        return {
            "kind": self.kind,
            "claim": self.claim.to_dict(),
            "run": self.run.to_dict(),
            "states": self.states.to_dict(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundEvidence:
    """A closed set below the bound, and a run to a state that reaches it."""

    claim: Claim
    states: StateSet
    bound: int
    run: Run

    kind = "bound"

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        return {
            "kind": self.kind,
            "claim": self.claim.to_dict(),
            "states": self.states.to_dict(),
            "bound": self.bound,
            "run": self.run.to_dict(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class InvariantEvidence:
    """An inductive predicate: the initial state is in, steps stay in, inside is good.

    ``invariant`` is a state predicate in the property language; ``smtlib`` is the same as an
    SMT-LIB script with three queries that must all be unsatisfiable.
    """

    claim: Claim
    invariant: str
    smtlib: str

    kind = "invariant"

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        return {
            "kind": self.kind,
            "claim": self.claim.to_dict(),
            "invariant": self.invariant,
            "smtlib": self.smtlib,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureEvidence:
    """Nodes of the model's graph that show a structural statement.

    ``sets`` names node lists, e.g. ``{"source": ("i",), "sink": ("o",), "unreachable": ()}``.
    """

    claim: Claim
    sets: tuple[tuple[str, tuple[str, ...]], ...]

    kind = "structure"

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        return {
            "kind": self.kind,
            "claim": self.claim.to_dict(),
            "sets": {name: list(nodes) for name, nodes in self.sets},
        }


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PartitionEvidence(_ByContent):
    """A partition of the states of two systems side by side (the left ones first).

    ``block`` is int64 of shape (n_left + n_right,); ``relation`` names the equivalence.
    """

    claim: Claim
    relation: str
    block: NDArray[np.int64]

    kind = "partition"

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        return {
            "kind": self.kind,
            "claim": self.claim.to_dict(),
            "relation": self.relation,
            "block": encode_array(self.block),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Distinction:
    """A Hennessy-Milner formula, as nested tuples, that the left system satisfies and not the right.

    The forms are ``("true",)``, ``("final",)``, ``("not", f)``, ``("and", f, ...)``,
    ``("diamond", label, f)`` and, for branching bisimilarity, ``("until", f, label, g)``.
    """

    claim: Claim
    relation: str
    formula: tuple[Any, ...]

    kind = "distinction"

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        return {
            "kind": self.kind,
            "claim": self.claim.to_dict(),
            "relation": self.relation,
            "formula": _as_lists(self.formula),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class WordEvidence:
    """A word that one of two machines accepts and the other does not."""

    claim: Claim
    word: tuple[str, ...]
    accepted_by: str

    kind = "word"

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        return {
            "kind": self.kind,
            "claim": self.claim.to_dict(),
            "word": list(self.word),
            "accepted_by": self.accepted_by,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Evidence for each part of a conjunction, by name."""

    claim: Claim
    parts: tuple[tuple[str, Evidence], ...]

    kind = "parts"

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        return {
            "kind": self.kind,
            "claim": self.claim.to_dict(),
            "parts": [{"name": name, "evidence": part.to_dict()} for name, part in self.parts],
        }


Evidence: TypeAlias = (
    RunEvidence
    | LassoEvidence
    | PumpEvidence
    | ClosedSet
    | RankedSet
    | Measure
    | FairMeasure
    | TrapEvidence
    | BoundEvidence
    | InvariantEvidence
    | StructureEvidence
    | PartitionEvidence
    | Distinction
    | WordEvidence
    | Parts
)


def _as_lists(item: Any) -> Any:
    return [_as_lists(part) for part in item] if isinstance(item, tuple) else item


def _as_tuples(item: Any) -> Any:
    return tuple(_as_tuples(part) for part in item) if isinstance(item, list) else item


def evidence_from_dict(data: Mapping[str, Any]) -> Evidence:
    """Rebuild a piece of evidence from its JSON form.

    Raises
    ------
    RecheckError
        When the kind is unknown or a field is missing or malformed.
    """
    try:
        return _from_dict(data)
    except RecheckError:
        raise
    except (KeyError, TypeError, ValueError, zlib.error) as error:
        raise RecheckError(f"the evidence is malformed: {error}") from error


def _from_dict(data: Mapping[str, Any]) -> Evidence:
    claim = Claim.from_dict(data["claim"])
    match data["kind"]:
        case "run":
            return RunEvidence(claim=claim, run=Run.from_dict(data["run"]))
        case "lasso":
            return LassoEvidence(claim=claim, lasso=Lasso.from_dict(data["lasso"]))
        case "pump":
            return PumpEvidence(claim=claim, lasso=Lasso.from_dict(data["lasso"]))
        case "closed-set":
            return ClosedSet(claim=claim, states=StateSet.from_dict(data["states"]))
        case "ranked-set" | "measure" as kind:
            states, rank = StateSet.from_dict(data["states"]), decode_array(data["rank"])
            if kind == "measure":
                return Measure(claim=claim, states=states, rank=rank)
            return RankedSet(claim=claim, states=states, rank=rank)
        case "fair-measure":
            return FairMeasure(
                claim=claim,
                states=StateSet.from_dict(data["states"]),
                rank=decode_array(data["rank"]),
                helpful=decode_array(data["helpful"]),
                actions=tuple(data["actions"]),
            )
        case "trap":
            return TrapEvidence(
                claim=claim,
                run=Run.from_dict(data["run"]),
                states=StateSet.from_dict(data["states"]),
            )
        case "bound":
            return BoundEvidence(
                claim=claim,
                states=StateSet.from_dict(data["states"]),
                bound=int(data["bound"]),
                run=Run.from_dict(data["run"]),
            )
        case "invariant":
            return InvariantEvidence(
                claim=claim, invariant=data["invariant"], smtlib=data["smtlib"]
            )
        case "structure":
            sets = tuple((name, tuple(nodes)) for name, nodes in data["sets"].items())
            return StructureEvidence(claim=claim, sets=sets)
        case "partition":
            return PartitionEvidence(
                claim=claim, relation=data["relation"], block=decode_array(data["block"])
            )
        case "distinction":
            return Distinction(
                claim=claim, relation=data["relation"], formula=_as_tuples(data["formula"])
            )
        case "word":
            return WordEvidence(
                claim=claim, word=tuple(data["word"]), accepted_by=data["accepted_by"]
            )
        case "parts":
            parts = tuple(
                (str(part["name"]), evidence_from_dict(part["evidence"])) for part in data["parts"]
            )
            return Parts(claim=claim, parts=parts)
        case other:
            raise RecheckError(f"evidence of unknown kind {other!r}")
