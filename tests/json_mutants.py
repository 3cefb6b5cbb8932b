"""Random ways to spoil a piece of evidence as JSON data, its arrays entry by entry."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from typing import Any

import numpy as np

from transition_systems.evidence_data import decode_array, encode_array

SWAPS = (
    ("not on all", "on all"), ("on all", "not on all"), ("holds", "fails"), ("fails", "holds"),
    ("p", "q"), ("A", "E"), ("G", "F"), ("weakly", "strongly"),
)  # fmt: skip


class Spoiler:
    """Changes one or two places of a piece of evidence as JSON."""

    def __init__(self, rng: random.Random, texts: list[str]) -> None:
        self.rng, self.texts = rng, texts

    def spoilt(self, data: Any) -> Any:
        made = _open(copy.deepcopy(data))
        for _ in range(self.rng.choice((1, 1, 2))):
            places = list(_places(made))
            holder, key = self.rng.choice(places)
            holder[key] = self.other(holder[key])
            if isinstance(holder, list) and self.rng.random() < 0.15:
                del holder[key]
        return _closed(made)

    def other(self, value: Any) -> Any:
        rng = self.rng
        if isinstance(value, bool):
            return not value
        if isinstance(value, int):
            return value + rng.choice((-2, -1, 1, 2, 7))
        if isinstance(value, str):
            if rng.random() < 0.5:
                for one, two in SWAPS:
                    if one in value and rng.random() < 0.5:
                        return value.replace(one, two)
            return rng.choice(self.texts)
        if isinstance(value, list):
            chosen = list(value)
            rng.shuffle(chosen)
            return chosen[: rng.randint(0, len(chosen))] if rng.random() < 0.5 else chosen
        return None if value is not None else rng.choice((0, 1, [], "p"))


def _open(data: Any) -> Any:
    """Arrays as lists, so that their entries are places too."""
    if isinstance(data, dict):
        if {"dtype", "shape"} <= data.keys():
            array = decode_array(data)
            return {"array": array.reshape(-1).tolist(), "of": list(array.shape)}
        return {key: _open(value) for key, value in data.items()}
    return [_open(value) for value in data] if isinstance(data, list) else data


def _closed(data: Any) -> Any:
    if isinstance(data, dict):
        if data.keys() == {"array", "of"}:
            try:
                return encode_array(np.array(data["array"], dtype=np.int64).reshape(data["of"]))
            except (ValueError, TypeError, OverflowError):
                return None
        return {key: _closed(value) for key, value in data.items()}
    return [_closed(value) for value in data] if isinstance(data, list) else data


def _places(data: Any) -> Iterator[tuple[Any, Any]]:
    keys = list(data) if isinstance(data, dict) else range(len(data))
    for key in keys:
        value = data[key]
        if key not in ("kind", "model_digest"):
            yield data, key
        if isinstance(value, dict | list):
            yield from _places(value)
