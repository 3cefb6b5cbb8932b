"""From the arguments of the command line to the files that they name."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Sequence
from fnmatch import fnmatch
from pathlib import Path

from transition_systems.errors import UsageError

__all__ = ["expand_inputs"]

SKIPPED = frozenset({".git", ".venv", "node_modules", "__pycache__", ".tox", ".hypothesis"})
CERTAIN = (".bpmn", ".bpmn2", ".bpmn20.xml", ".pnml", ".aut", ".fsm")
PERHAPS = (".xml", ".json", ".yaml", ".yml")


def expand_inputs(inputs: Sequence[str], *, exclude: Iterable[str] = ()) -> list[str]:
    """Return the files that arguments name, in order: files, folders, patterns, ``-``.

    In a folder, files are taken by their ending, and ``.xml``, ``.json`` and ``.yaml`` only where
    their content is of a known format.

    Raises
    ------
    UsageError
        When nothing matches.
    """
    if not inputs:
        raise UsageError(
            "nothing to check: name a file, a folder, a pattern, or - for standard input"
        )
    excluded = tuple(exclude)
    found: dict[str, None] = {}
    for item in inputs:
        if item == "-" or os.path.isfile(item):
            matched = [item]
        elif os.path.isdir(item):
            matched = _in_folder(item)
        elif glob.has_magic(item):
            matched = sorted(p for p in glob.glob(item, recursive=True) if os.path.isfile(p))
        else:
            matched = [item]
        kept = [path for path in matched if not _excluded(path, excluded)]
        if not kept:
            hidden = f"; {len(matched)} excluded by {', '.join(excluded)}" if matched else ""
            raise UsageError(f"nothing to check matches {item!r}{hidden}")
        found.update(dict.fromkeys(kept))
    return list(found)


def _excluded(path: str, patterns: tuple[str, ...]) -> bool:
    plain = path.replace(os.sep, "/")
    parts = [plain, *(plain.split("/", n)[-1] for n in range(1, plain.count("/") + 1))]
    return any(fnmatch(part, pattern) for pattern in patterns for part in parts)


def _in_folder(folder: str) -> list[str]:
    found: list[str] = []
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in SKIPPED)
        for name in sorted(files):
            path = os.path.join(root, name)
            lower = name.lower()
            if lower.endswith(CERTAIN) or (lower.endswith(PERHAPS) and _recognised(path)):
                found.append(path)
    return found


def _recognised(path: str) -> bool:
    from translators.formats import formats

    try:
        with Path(path).open("rb") as file:
            head = file.read(65_536)
    except OSError:
        return False
    return any(known.detect(head) for known in formats())
