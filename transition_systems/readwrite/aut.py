"""Transition systems in the Aldebaran format (``.aut``) of CADP, mCRL2 and LTSmin.

The first line is ``des (initial, arcs, states)``, each other line an arc
``(source, "label", target)``; simple labels may stand without quotes. The silent label is ``i``
or ``tau``. The format has one initial state, no final states and no other atoms: what it cannot
hold is refused when writing, never dropped. Final states can be written as arcs: with
``final_label="✓"`` each final state gets a loop with this label, and a reader that is told the
same label turns such loops back into final states.
"""

from __future__ import annotations

import re
from collections.abc import Collection

import numpy as np

from transition_systems.errors import InputError, UsageError
from transition_systems.lts import FINAL, LTS, TAU, TAU_NAME, TICK_NAME, Arc
from transition_systems.lts_data import check_size
from transition_systems.readwrite.aut_arrays import LONGEST_NUMBER, arc_arrays
from transition_systems.readwrite.files import PathOrFile, read_text, write_text
from transition_systems.source_span import SourceSpan

__all__ = ["SILENT_NAMES", "format_aut", "parse_aut", "read_aut", "write_aut"]

SILENT_NAMES = ("i", "tau")

_NUMBER = r"\s*(\d+)\s*"
_HEAD = re.compile(rf"\s*des\s*\({_NUMBER},{_NUMBER},{_NUMBER}\)\s*")
_ARC = re.compile(
    rf"""\s*\({_NUMBER},\s*(?:"((?:[^"\\]|\\.)*)"|([^"\s](?:.*\S)?))\s*,{_NUMBER}\)\s*"""
)
_SHAPE = "'(source, \"label\", target)'"


def _unescaped(label: str) -> str:
    return re.sub(r"\\(.)", r"\1", label)


def _quoted(label: str) -> str:
    escaped = label.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def parse_aut(
    text: str,
    *,
    silent: Collection[str] = SILENT_NAMES,
    final_label: str | None = None,
    file: str | None = None,
) -> LTS:
    """Read a system from Aldebaran text.

    Parameters
    ----------
    text
        The whole file.
    silent
        The labels that mean a silent step.
    final_label
        Loops with this label mark their state as final and are taken away.
    file
        The name to show in errors.

    Returns
    -------
    LTS
        States as numbered in the file.

    Raises
    ------
    InputError
        With line and column: a line that is no arc, a state that does not exist, a number of arcs
        other than announced.

    Notes
    -----
    Linear in the size of the text.

    Examples
    --------
    >>> lts = parse_aut('des (0, 2, 2)\\n(0, "a", 1)\\n(1, i, 0)\\n')
    >>> list(lts.arcs())
    [(0, 'a', 1), (1, None, 0)]
    """
    whole = _regular(text, silent, final_label)
    if whole is not None:
        return whole
    lines = [
        (number, line)
        for number, line in enumerate(text.split("\n"), start=1)
        if line and not line.isspace()
    ]

    def error(message: str, number: int, column: int, expected: str | None = None) -> InputError:
        line = next((line for at, line in lines if at == number), "")
        found = repr(line[column - 1 : column + 39].strip()) if line else "the end of the text"
        span = SourceSpan(file=file, line=number, column=column)
        return InputError(message, span=span, found=found, expected=expected)

    first = lines[0] if lines else (1, "")
    head = _HEAD.fullmatch(first[1])
    if head is None:
        column = len(first[1]) - len(first[1].lstrip()) + 1
        raise error("the header is missing", first[0], column, "'des (initial, arcs, states)'")

    def number_of(group: int, found: re.Match[str], line: int) -> int:
        if len(found[group]) > LONGEST_NUMBER:
            raise error(
                "the number is too large", line, found.start(group) + 1,
                f"at most {LONGEST_NUMBER} digits",
            )  # fmt: skip
        return int(found[group])

    initial, n_arcs, n_states = (number_of(group, head, first[0]) for group in (1, 2, 3))
    try:
        check_size(n_states, len(lines))
    except InputError as bad:
        raise error(bad.message, first[0], head.start(3) + 1, bad.expected) from bad
    if initial >= n_states:
        raise error("the initial state does not exist", first[0], head.start(1) + 1)
    arcs: list[Arc] = []
    final: set[int] = set()
    for number, line in lines[1:]:
        found = _ARC.fullmatch(line)
        if found is None:
            raise error("this is no arc", number, len(line) - len(line.lstrip()) + 1, _SHAPE)
        source, target = number_of(1, found, number), number_of(4, found, number)
        for group, state in ((1, source), (4, target)):
            if state >= n_states:
                message = f"state {state} does not exist"
                raise error(message, number, found.start(group) + 1, f"less than {n_states}")
        label = _unescaped(found[2]) if found[3] is None else found[3]
        if label == final_label and source == target:
            final.add(source)
        else:
            arcs.append((source, None if label in silent else label, target))
    if len(lines) - 1 != n_arcs:
        place = first if len(lines) - 1 < n_arcs else lines[n_arcs + 1]
        column = head.start(2) + 1 if place is first else 1
        message = f"the header announces {n_arcs} arcs, there are {len(lines) - 1}"
        raise error(message, place[0], column)
    return LTS.from_arcs(n_states, arcs, initial=[initial], final=final)


def _regular(text: str, silent: Collection[str], final_label: str | None) -> LTS | None:
    """Return the system of a text all of whose arcs are written in one way; ``None`` for others."""
    first, _, body = text.partition("\n")
    head = _HEAD.fullmatch(first)
    if head is None or not body or max(map(len, head.groups())) > LONGEST_NUMBER:
        return None
    initial, n_arcs, n_states = (int(part) for part in head.groups())
    arcs = arc_arrays(body)
    if arcs is None or len(arcs.sources) != n_arcs or initial >= n_states:
        return None
    if max(int(arcs.sources.max()), int(arcs.targets.max())) >= n_states:
        return None
    try:
        check_size(n_states, n_arcs + 1)
    except InputError:
        return None
    ending = np.array([name == final_label for name in arcs.names], dtype=np.bool_)[arcs.labels]
    ending &= arcs.sources == arcs.targets
    final = np.zeros(n_states, dtype=np.bool_)
    final[arcs.sources[ending]] = True
    read = [TAU_NAME if name in silent else name for name in arcs.names]
    kept = ~ending
    used = {read[label] for label in np.unique(arcs.labels[kept]).tolist()}
    names = (TAU_NAME, TICK_NAME, *sorted(used - {TAU_NAME, TICK_NAME}))
    number = {name: at for at, name in enumerate(names)}
    meant = np.array([number.get(name, 0) for name in read], dtype=np.int32)
    return LTS.from_arrays(
        n_states, arcs.sources[kept], meant[arcs.labels[kept]], arcs.targets[kept],
        label_names=names, initial=[initial], atoms={FINAL: final},
    )  # fmt: skip


def format_aut(lts: LTS, *, silent: str = TAU_NAME, final_label: str | None = None) -> str:
    """Return a system as Aldebaran text.

    Parameters
    ----------
    lts
        A system with one initial state.
    silent
        How to write silent steps: ``"tau"`` (mCRL2) or ``"i"`` (CADP).
    final_label
        The label of the loops that mark final states; needed when there are any.

    Returns
    -------
    str
        :func:`parse_aut` with the same ``final_label`` gives an equal system, but for names of
        labels that no arc has.

    Raises
    ------
    UsageError
        When the format cannot hold the system: several initial states, final states without
        ``final_label``, other atoms, a visible label that reads as silent, line breaks in labels.

    Examples
    --------
    >>> print(format_aut(LTS.from_arcs(2, [(0, "a", 1)], final=[1]), final_label="✓"), end="")
    des (0, 2, 2)
    (0, "a", 1)
    (1, "✓", 1)
    """
    if silent not in SILENT_NAMES:
        raise UsageError(f"the silent label is 'i' or 'tau', not {silent!r}")
    if len(lts.initial) != 1:
        raise UsageError(f"aut has one initial state; the system has {len(lts.initial)}")
    if lts.final.any() and final_label is None:
        raise UsageError(
            "aut has no final states; say final_label='✓' to write each as a loop with this "
            "label, or write JSON"
        )
    for name, flags in lts.atoms.items():
        if name != FINAL and flags.any():
            raise UsageError(f"aut has no atoms such as {name!r}; write JSON")
    used = {lts.label_names[label] for label in np.unique(lts.labels) if label != TAU}
    if final_label is not None and final_label in SILENT_NAMES:
        raise UsageError(f"final_label={final_label!r} would read as a silent step")
    for name in sorted(used):
        if name in SILENT_NAMES:
            raise UsageError(f"the visible label {name!r} would read as a silent step; rename it")
        if "\n" in name or "\r" in name:
            raise UsageError(f"the label {name!r} has a line break, which aut cannot hold")
    marks = np.flatnonzero(lts.final).tolist() if final_label is not None else []
    lines = [f"des ({int(lts.initial[0])}, {lts.n_arcs + len(marks)}, {lts.n_states})"]
    for source, label, target in lts.arcs():
        if label == final_label and label is not None and source == target:
            raise UsageError(f"a loop with {final_label!r} is there already; choose another label")
        shown = silent if label is None else _quoted(label)
        lines.append(f"({source}, {shown}, {target})")
    lines.extend(f"({state}, {_quoted(final_label or '')}, {state})" for state in marks)
    return "\n".join(lines) + "\n"


def read_aut(
    path_or_file: PathOrFile,
    *,
    silent: Collection[str] = SILENT_NAMES,
    final_label: str | None = None,
) -> LTS:
    r"""Read a system from an Aldebaran file; parameters and errors as :func:`parse_aut`.

    Parameters
    ----------
    path_or_file
        A path or an open file.
    silent, final_label
        As for :func:`parse_aut`.

    Returns
    -------
    LTS

    Examples
    --------
    >>> import io
    >>> read_aut(io.StringIO('des (0, 1, 2)\n(0, "a", 1)\n')).n_states
    2
    """
    text, name = read_text(path_or_file)
    return parse_aut(text, silent=silent, final_label=final_label, file=name)


def write_aut(
    lts: LTS, path_or_file: PathOrFile, *, silent: str = TAU_NAME, final_label: str | None = None
) -> None:
    """Write a system to an Aldebaran file; parameters and errors as :func:`format_aut`.

    Parameters
    ----------
    lts
        The system.
    path_or_file
        A path, or a file that is open for writing.
    silent, final_label
        As for :func:`format_aut`.

    Examples
    --------
    >>> import io
    >>> out = io.StringIO()
    >>> write_aut(LTS.from_arcs(2, [(0, "a", 1)]), out)
    >>> out.getvalue().splitlines()[0]
    'des (0, 1, 2)'
    """
    write_text(path_or_file, format_aut(lts, silent=silent, final_label=final_label))
