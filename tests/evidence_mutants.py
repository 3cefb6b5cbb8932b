"""Random ways to spoil an evidence file."""

from __future__ import annotations

import copy
import random
import re
import zlib
from base64 import b64decode, b64encode
from typing import Any

import numpy as np

from evidence_cases import verdict_in
from petri import PetriNet

Data = dict[str, Any]


class Mutator:
    """Spoils the data of one file; other files of the same net lend their pieces."""

    def __init__(self, rng: random.Random, net: PetriNet, files: list[Data]) -> None:
        self.rng, self.net, self.files = rng, net, files
        self.names = [*net.place_ids, *net.transition_ids]

    def mutant(self, file: Data) -> Data:
        """Return a file with one to three changes."""
        made = copy.deepcopy(file)
        verdict = verdict_in(made)
        for _ in range(self.rng.choice((1, 1, 1, 1, 2, 2, 3))):
            kind = self.rng.random()
            if kind < 0.72:
                self.somewhere(verdict["evidence"], verdict, "evidence")
            elif kind < 0.82:
                self.borrow(verdict)
            elif kind < 0.92:
                self.claim(verdict)
            elif kind < 0.97:
                self.somewhere(verdict, made["models"][0]["verdicts"], 0)
            else:
                self.somewhere(made["models"][0], made["models"], 0)
            found = made["models"]
            if not found or not isinstance(found[0], dict) or not found[0].get("verdicts"):
                return made
            verdict = found[0]["verdicts"][0]
            if not isinstance(verdict, dict) or not isinstance(verdict.get("evidence"), dict):
                return made
        if self.rng.random() < 0.9:
            run = shown(verdict["evidence"])
            if "witness" in verdict:
                verdict["witness"] = copy.deepcopy(run)
        return made

    def somewhere(self, node: Any, above: Any, key: Any) -> None:
        """Walk down to a random node and change it; digests stay."""
        while True:
            arrays = isinstance(node, dict) and set(node) == {"shape", "dtype", "zlib"}
            inside: list[Any] = []
            if isinstance(node, dict) and not arrays:
                inside = [k for k in node if k not in ("model_digest", "source_digest", "kind", "smtlib", "source", "label")]  # fmt: skip
            elif isinstance(node, list):
                inside = list(range(len(node)))
            if not inside or (isinstance(node, list) and self.rng.random() < 0.3):
                break
            key, above = self.rng.choice(inside), node
            node = above[key]
        above[key] = self.changed(node)

    def changed(self, node: Any) -> Any:
        rng = self.rng
        if isinstance(node, bool) or node is None:
            return rng.choice([None, True, False, 0])
        if isinstance(node, int):
            return rng.choice(
                [
                    node + 1,
                    node - 1,
                    node + 1,
                    node - 1,
                    0,
                    -node,
                    2 * node,
                    True if node == 1 else node,
                ]
            )
        if isinstance(node, str):
            return self.text(node)
        if isinstance(node, list):
            return self.listed(node)
        if isinstance(node, dict) and "zlib" in node:
            return self.array(node)
        return node

    def text(self, text: str) -> str:
        rng = self.rng
        if text in ("HOLDS", "VIOLATED"):
            return "VIOLATED" if text == "HOLDS" else "HOLDS"
        if text in self.names:
            return rng.choice(self.names)
        if any(sign in text for sign in "<>=!("):
            return self.formula(text)
        pool = ["unbounded", "terminates", "terminates under weak fairness", "infinite run",
                "infinite run under strong fairness", "workflow net", "not a workflow net", "sound",
                "not sound", "live", "no stable place", "deadlock", "safeness", "boundedness",
                "soundness", "liveness", "termination", "termination-weak", "reversibility",
                "AG !dead", "EF dead", "AG true", "weakly sound", "not weakly sound", "lazily sound",
                "relaxed sound", "not relaxed sound", "sound without fairness", "weak-soundness",
                "lazy-soundness", "relaxed-soundness", "easy-soundness", "2-soundness",
                "up-to-2-soundness", "generalised-soundness", "soundness-without-fairness"]  # fmt: skip
        number = re.search(r"\d+", text)
        if number and rng.random() < 0.7:
            return (
                text[: number.start()]
                + str(int(number[0]) + rng.choice((-1, 1)))
                + text[number.end() :]
            )
        return rng.choice(pool)

    def formula(self, text: str) -> str:
        """Change a number, a sign, a name or an operator in a formula."""
        rng = self.rng
        swaps = [("<=", ">="), (">=", "<="), ("==", "!="), ("!=", "=="), ("&&", "||"), ("||", "&&"),
                 ("AG", "EF"), ("EF", "AG"), ("!", ""), ("<=", "<"), (">=", ">"), ("dead", "true"),
                 ("+", "-"), ("AG EF", "AG"), ("EF AG", "EF")]  # fmt: skip
        spots = [
            (m.start(), m.end(), new)
            for old, new in swaps
            for m in re.finditer(re.escape(old), text)
        ]
        spots += [
            (m.start(), m.end(), str(int(m[0]) + rng.choice((-1, 1))))
            for m in re.finditer(r"(?<![\w])\d+", text)
        ]
        for name in self.names:
            spots += [(m.start(), m.end(), rng.choice(self.names)) for m in re.finditer(rf"\b{re.escape(name)}\b", text)]  # fmt: skip
        if not spots:
            return text
        start, end, new = rng.choice(spots)
        return text[:start] + new + text[end:]

    def listed(self, items: list[Any]) -> list[Any]:
        rng, made = self.rng, list(items)
        if not made:
            return [rng.choice(self.names)]
        at, other = rng.randrange(len(made)), rng.randrange(len(made))
        kind = rng.randrange(5)
        if kind == 0:
            del made[at]
        elif kind == 1:
            made.insert(other, copy.deepcopy(made[at]))
        elif kind == 2:
            made[at], made[other] = made[other], made[at]
        elif kind == 3:
            made.reverse()
        else:
            del made[at:]
        return made

    def array(self, data: Data) -> Data:
        """Change cells or rows of an array, its bytes encoded anew."""
        rng = self.rng
        kind = np.dtype(data["dtype"])
        cells = np.frombuffer(zlib.decompress(b64decode(data["zlib"])), dtype=kind)
        made = cells.reshape(data["shape"]).astype(np.int64)
        n = len(made)
        if n and made.size:
            at, other, what = rng.randrange(n), rng.randrange(n), rng.randrange(8)
            if what < 4:
                flat = made.reshape(-1)
                flat[rng.randrange(len(flat))] += rng.choice((-1, 1, 1, 2, -2))
            elif what == 4:
                made = np.delete(made, at, axis=0)
            elif what == 5:
                made = np.insert(made, other, made[at], axis=0)
            elif what == 6:
                made[[at, other]] = made[[other, at]]
            elif made.ndim > 1:
                one, two = rng.randrange(made.shape[1]), rng.randrange(made.shape[1])
                made[:, [one, two]] = made[:, [two, one]]
            else:
                made[at] = made[other]
        return packed(made)

    def borrow(self, verdict: Data) -> None:
        """Take a piece of another file: all evidence, or a field of the same name."""
        rng = self.rng
        other = copy.deepcopy(verdict_in(rng.choice(self.files))["evidence"])
        mine = verdict["evidence"]
        fields = [k for k in other if k in mine and k not in ("kind",)]
        if rng.random() < 0.3 or not fields:
            other["claim"] = mine["claim"] if rng.random() < 0.5 else other["claim"]
            verdict["evidence"] = other
            return
        key = rng.choice(fields)
        if key == "parts" and mine["parts"] and other["parts"]:
            mine["parts"][rng.randrange(len(mine["parts"]))] = rng.choice(other["parts"])
        else:
            mine[key] = other[key]

    def claim(self, verdict: Data) -> None:
        """Claim something else, and say the same of the property: a lie that fits together."""
        rng = self.rng
        mine = verdict["evidence"]["claim"]
        if rng.random() < 0.3:
            other = verdict_in(rng.choice(self.files))
            verdict["property"], verdict["outcome"] = other["property"], other["outcome"]
            mine["formula"] = other["evidence"]["claim"]["formula"]
            return
        mine["formula"] = self.text(mine["formula"])
        shape = mine["formula"].split(" ", 1)
        if shape[0] in ("AG", "EF") and len(shape) == 2 and rng.random() < 0.8:
            verdict["property"] = mine["formula"]
            verdict["outcome"] = "HOLDS"


def packed(made: Any) -> Data:
    """An array as the files have it."""
    low, high = (int(made.min()), int(made.max())) if made.size else (0, 0)
    kind = "|u1" if low >= 0 and high < 256 else "<i8"
    raw = zlib.compress(made.astype(np.dtype(kind)).tobytes())
    return {"shape": list(made.shape), "dtype": kind, "zlib": b64encode(raw).decode()}


def shown(evidence: Any) -> Any:
    """The run that a file shows beside its evidence."""
    for key in ("run", "lasso"):
        if isinstance(evidence, dict) and evidence.get(key) is not None:
            return evidence[key]
    if isinstance(evidence, dict) and evidence.get("kind") == "parts":
        parts = evidence.get("parts")
        if isinstance(parts, list) and len(parts) == 1 and isinstance(parts[0], dict):
            return shown(parts[0].get("evidence"))
    return None
