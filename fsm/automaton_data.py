"""What all finite automata share: checking of their parts, plain data, digests."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from transition_systems.errors import InputError, UsageError

__all__ = ["content_digest", "known", "names_of", "pair_digest", "text_list", "unique"]


def unique(items: Iterable[str], what: str) -> tuple[str, ...]:
    """Return names as a tuple; raise UsageError where one is no text or occurs twice."""
    listed = tuple(items)
    for item in listed:
        if not isinstance(item, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise UsageError(f"a {what} is named by a text, not by {item!r}")
    if len(set(listed)) != len(listed):
        double = next(item for i, item in enumerate(listed) if item in listed[:i])
        raise UsageError(f"the {what} {double!r} occurs twice")
    return listed


def known(items: Iterable[str], allowed: Mapping[str, int], what: str) -> None:
    """Raise UsageError where a name is not among the allowed ones."""
    for item in items:
        if item not in allowed:
            raise UsageError(f"there is no {what} {item!r}")


def content_digest(data: Mapping[str, Any]) -> str:
    """Return ``"sha256:..."`` of plain data in canonical JSON.

    Examples
    --------
    >>> content_digest({}).partition(":")[0]
    'sha256'
    """
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return "sha256:" + hashlib.sha256(text.encode("ascii")).hexdigest()


def pair_digest(left: str, right: str) -> str:
    """Return the digest of two models in this order: SHA-256 of their digests, one a line.

    Examples
    --------
    >>> pair_digest("sha256:1", "sha256:2") == pair_digest("sha256:2", "sha256:1")
    False
    """
    return "sha256:" + hashlib.sha256(f"{left}\n{right}\n".encode()).hexdigest()


def text_list(data: Mapping[str, Any], key: str) -> list[str]:
    """Return a list of texts from JSON data; raise InputError where it is something else."""
    value = data.get(key)
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise InputError(f"{key!r} is not a list of texts", expected="a list of texts")
    return value


def names_of(pairs: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """Return a name for each pair, all different: ``(p, q)``, or numbers where these collide.

    Examples
    --------
    >>> names_of([("p", "q"), ("p", "r")])
    ('(p, q)', '(p, r)')
    """
    names = tuple(f"({left}, {right})" for left, right in pairs)
    return names if len(set(names)) == len(names) else tuple(str(i) for i in range(len(pairs)))
