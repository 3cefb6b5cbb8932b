"""Transition systems in the FSM format of mCRL2 (``.fsm``).

Three sections, separated by lines ``---``: parameters ``name(cardinality) sort "value" ...``,
states as lines of value numbers (state 1 is the first), and arcs ``source target "label"``. A
fourth may name the initial state, which is otherwise the first. The silent label is ``tau``.
Parameters with the values false and true are atoms, ``final`` among them; what all parameters are
in a state ``state_of`` tells (:class:`~transition_systems.state_vectors.StateVectors`).
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from transition_systems.errors import InputError, UsageError
from transition_systems.lts import FINAL, LTS, TAU, TAU_NAME, Arc
from transition_systems.lts_data import check_size
from transition_systems.readwrite.files import PathOrFile, read_text, write_text
from transition_systems.source_span import SourceSpan
from transition_systems.state_vectors import Parameter, StateVectors, parameters_of

__all__ = ["format_fsm", "parse_fsm", "read_fsm", "write_fsm"]

_IDENTIFIER = re.compile(r"[a-zA-Z_][a-zA-Z0-9_'@]*")
_PARAMETER = re.compile(
    r"""\s*([a-zA-Z_][a-zA-Z0-9_'@]*)\s*\(\s*(\d{1,9})\s*\)\s*([^"]*?)\s*((?:"[^"]*"\s*)*)"""
)
_ARC = re.compile(r'\s*(\d+)\s+(\d+)\s+"([^"]*)"\s*')
_NUMBER = re.compile(r"\d+")
DIGITS = 18
TOO_LARGE = f"a number has more than {DIGITS} digits"
_SHAPES = (
    "'name(cardinality) sort \"value\" ...'", "a number for each parameter",
    "'source target \"label\"'", "the number of the initial state",
)  # fmt: skip


@dataclass(slots=True)
class _Reading:
    """What was read so far."""

    file: str | None
    silent: Collection[str]
    parameters: list[Parameter] = field(default_factory=list[Parameter])
    states: list[tuple[int, ...]] = field(default_factory=list[tuple[int, ...]])
    arcs: list[Arc] = field(default_factory=list[Arc])
    initial: int | None = None
    highest: tuple[int, int, int] = (0, 0, 0)

    def error(self, message: str, number: int, column: int, line: str, section: int) -> InputError:
        span = SourceSpan(file=self.file, line=number, column=column)
        found = repr(line[column - 1 : column + 39].strip())
        return InputError(message, span=span, found=found, expected=_SHAPES[section])

    def parameter(self, line: str, number: int) -> None:
        found = _PARAMETER.fullmatch(line)
        if found is None:
            raise self.error("this is no parameter", number, 1, line, 0)
        values = tuple(re.findall(r'"([^"]*)"', found[4]))
        if int(found[2]) not in (0, len(values)):
            message = f"{len(values)} values are given, not {found[2]}"
            raise self.error(message, number, found.start(2) + 1, line, 0)
        if any(found[1] == other.name for other in self.parameters):
            raise self.error("two parameters have the same name", number, 1, line, 0)
        values = values if int(found[2]) else ()
        self.parameters.append(Parameter(found[1], values, found[3]))

    def state(self, line: str, number: int) -> None:
        words = line.split()
        if self.parameters and not words:
            return
        if len(words) != len(self.parameters):
            message = f"{len(words)} values for {len(self.parameters)} parameters"
            raise self.error(message, number, 1, line, 1)
        row: list[int] = []
        for word, parameter in zip(words, self.parameters, strict=True):
            column = line.index(word) + 1
            if not _NUMBER.fullmatch(word):
                raise self.error("this is no number", number, column, line, 1)
            if len(word) > DIGITS:
                raise self.error(TOO_LARGE, number, column, line, 1)
            if parameter.values and int(word) >= len(parameter.values):
                message = f"{parameter.name} has {len(parameter.values)} values"
                raise self.error(message, number, column, line, 1)
            row.append(int(word))
        self.states.append(tuple(row))

    def arc(self, line: str, number: int) -> None:
        if not line.strip():
            return
        found = _ARC.fullmatch(line)
        if found is None:
            raise self.error("this is no arc", number, 1, line, 2)
        for group in (1, 2):
            if len(found[group]) > DIGITS:
                raise self.error(TOO_LARGE, number, found.start(group) + 1, line, 2)
        source, target = int(found[1]), int(found[2])
        for group, state in ((1, source), (2, target)):
            if state < 1:
                raise self.error(
                    "states are numbered from 1", number, found.start(group) + 1, line, 2
                )
            self.highest = max(self.highest, (state, number, found.start(group) + 1))
        label = None if found[3] in self.silent else found[3]
        self.arcs.append((source - 1, label, target - 1))

    def start(self, line: str, number: int) -> None:
        if not line.strip():
            return
        word = line.strip()
        if _NUMBER.fullmatch(word) and len(word) > DIGITS:
            raise self.error(TOO_LARGE, number, line.index(word) + 1, line, 3)
        if self.initial is not None or not _NUMBER.fullmatch(word) or not int(word):
            raise self.error("this is no initial state", number, 1, line, 3)
        self.initial = int(line)
        self.highest = max(self.highest, (self.initial, number, 1))


def parse_fsm(text: str, *, silent: Collection[str] = (TAU_NAME,), file: str | None = None) -> LTS:
    """Read a system from FSM text.

    Parameters
    ----------
    text
        The whole file.
    silent
        The labels that mean a silent step.
    file
        The name to show in errors.

    Returns
    -------
    LTS
        State 1 of the file is state 0. A parameter with the values ``false`` and ``true`` is an
        atom. Where there are parameters, ``state_of`` gives their values by name.

    Raises
    ------
    InputError
        With line and column: a line that does not fit its section, a state that does not exist.

    Notes
    -----
    Linear in the size of the text. Probabilistic systems are refused.

    Examples
    --------
    >>> lts = parse_fsm('final(2) Bool "false" "true"\\n---\\n0\\n1\\n---\\n1 2 "a"\\n')
    >>> list(lts.arcs()), lts.final.tolist(), lts.state_of(1)
    ([(0, 'a', 1)], [False, True], {'final': 'true'})
    """
    reading = _Reading(file, silent)
    take = (reading.parameter, reading.state, reading.arc, reading.start)
    section, number, line = 0, 0, ""
    lines = text.split("\n")
    if lines and not lines[-1].strip():
        lines.pop()
    for number, given in enumerate(lines, start=1):
        line = given.rstrip("\r")
        if line.strip() == "---":
            section += 1
            if section >= len(take):
                raise reading.error("there are too many sections", number, 1, line, 3)
        elif section or line.strip():
            take[section](line, number)
    if section < 2:
        raise reading.error(f"there are {section + 1} sections, not 3", max(number, 1), 1, line, 2)
    count = len(reading.states)
    highest, at, column = reading.highest
    if reading.parameters:
        if highest > count:
            message = f"state {highest} does not exist, there are {count}"
            raise reading.error(message, at, column, lines[at - 1], 2)
    else:
        count = max(highest, count, 1)
        try:
            check_size(count, len(lines))
        except InputError as bad:
            raise reading.error(bad.message, at, column, lines[at - 1], 2) from bad
    if count == 0:
        raise reading.error("there is no state", max(number, 1), 1, line, 1)
    return _system(reading, count)


def _system(reading: _Reading, count: int) -> LTS:
    rows, parameters = reading.states, reading.parameters
    rows += [()] * (count - len(rows))
    table = np.array(rows, dtype=np.int64).reshape(count, len(parameters))
    atoms: dict[str, NDArray[np.bool_]] = {}
    for place, parameter in enumerate(parameters):
        if parameter.boolean:
            flags = np.array([value == "true" for value in parameter.values], dtype=np.bool_)
            atoms[parameter.name] = flags[table[:, place]]
    final = np.flatnonzero(atoms.pop(FINAL, np.zeros(count, dtype=np.bool_)))

    return LTS.from_arcs(
        count,
        reading.arcs,
        initial=[(reading.initial or 1) - 1],
        final=final.tolist(),
        atoms=atoms,
        state_of=StateVectors(tuple(parameters), table) if parameters else None,
    )


def format_fsm(lts: LTS) -> str:
    """Return a system as FSM text: its parameters, then other atoms as those of sort ``Bool``.

    Parameters
    ----------
    lts
        A system with one initial state.

    Returns
    -------
    str
        :func:`parse_fsm` gives an equal system, but for names of labels that no arc has and for
        atoms that hold nowhere, which are left out; with the parameters and values that the system
        was read with. The initial state is named in a section of its own where it is not the first.

    Raises
    ------
    UsageError
        When the format cannot hold the system: several initial states, quotation marks or line
        breaks in labels, a visible label ``tau``, atoms whose names are no identifiers.

    Examples
    --------
    >>> print(format_fsm(LTS.from_arcs(2, [(0, "a", 1)], final=[1])), end="")
    final(2) Bool "false" "true"
    ---
    0
    1
    ---
    1 2 "a"
    """
    if len(lts.initial) != 1:
        raise UsageError(f"fsm has one initial state; the system has {len(lts.initial)}")
    parameters, table = _columns(lts)
    for label in np.unique(lts.labels[lts.labels != TAU]).tolist():
        name = lts.label_names[label]
        if name == TAU_NAME:
            raise UsageError(f"the visible label {name!r} would read as a silent step; rename it")
        if any(mark in name for mark in '"\n\r'):
            raise UsageError(f"the label {name!r} has a quotation mark or a line break")
    lines = [_declared(parameter) for parameter in parameters]
    lines.append("---")
    lines.extend(" ".join(map(str, row)) for row in table.tolist())
    lines.append("---")
    for source, arc_label, target in lts.arcs():
        shown = TAU_NAME if arc_label is None else arc_label
        lines.append(f'{source + 1} {target + 1} "{shown}"')
    start = int(lts.initial[0])
    if start:
        lines += ["---", str(start + 1)]
    return "\n".join(lines) + "\n"


def _columns(lts: LTS) -> tuple[list[Parameter], NDArray[np.int64]]:
    """Return the parameters of a system with the numbers of their values: as read, then atoms.

    An atom that is no longer what it was read as is written as it is now.
    """
    vectors = parameters_of(lts)
    parameters: list[Parameter] = []
    columns: list[NDArray[np.int64]] = []
    if vectors is not None:
        for place, parameter in enumerate(vectors.parameters):
            column = vectors.table[:, place]
            if parameter.boolean:
                flags = np.array([value == "true" for value in parameter.values])[column]
                if not np.array_equal(flags, lts.atoms.get(parameter.name, ())):
                    continue
            parameters.append(parameter)
            columns.append(column)
    written = {parameter.name for parameter in parameters}
    for name in sorted(lts.atoms):
        if name not in written and lts.atoms[name].any():
            if not _IDENTIFIER.fullmatch(name):
                raise UsageError(
                    f"the atom {name!r} is no identifier, which fsm asks for; write JSON"
                )
            parameters.append(Parameter(name, ("false", "true"), "Bool"))
            columns.append(lts.atoms[name].astype(np.int64))
    if not columns:
        return parameters, np.zeros((lts.n_states, 0), dtype=np.int64)
    return parameters, np.stack(columns, axis=1)


def _declared(parameter: Parameter) -> str:
    values = "".join(f' "{value}"' for value in parameter.values)
    return f"{parameter.name}({len(parameter.values)}) {parameter.sort}{values}"


def read_fsm(path_or_file: PathOrFile, *, silent: Collection[str] = (TAU_NAME,)) -> LTS:
    r"""Read a system from an FSM file; parameters and errors as :func:`parse_fsm`.

    Parameters
    ----------
    path_or_file
        A path or an open file.
    silent
        As for :func:`parse_fsm`.

    Returns
    -------
    LTS

    Examples
    --------
    >>> import io
    >>> read_fsm(io.StringIO('---\n\n\n---\n1 2 "a"\n')).n_states
    2
    """
    text, name = read_text(path_or_file)
    return parse_fsm(text, silent=silent, file=name)


def write_fsm(lts: LTS, path_or_file: PathOrFile) -> None:
    """Write a system to an FSM file; errors as :func:`format_fsm`.

    Parameters
    ----------
    lts
        The system.
    path_or_file
        A path, or a file that is open for writing.

    Examples
    --------
    >>> import io
    >>> out = io.StringIO()
    >>> write_fsm(LTS.from_arcs(2, [(0, "a", 1)]), out)
    >>> out.getvalue().splitlines()[-1]
    '1 2 "a"'
    """
    write_text(path_or_file, format_fsm(lts))
