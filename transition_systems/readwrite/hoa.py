"""Büchi automata in the Hanoi Omega-Automata format, version 1.

Read are transition-based and state-based generalised Büchi automata: the acceptance condition is
``t`` or a conjunction of ``Inf`` of all sets, each once. Labels may stand on edges, on states or
nowhere (then the edges of a state are in the order of the letters); aliases and several initial
states are understood. Refused are alternation, ``Fin`` and ``Inf(!..)``, more than 12 atoms, and
header items that begin with a capital letter and are not of the format's version 1. Written are
edges with labels and marks.
"""

from __future__ import annotations

import re

from transition_systems.properties.predicates import Atom
from transition_systems.readwrite.files import PathOrFile, read_text, write_text
from transition_systems.readwrite.hoa_text import HoaReader
from transition_systems.temporal.buchi import BuchiAutomaton, BuchiEdge
from transition_systems.temporal.buchi_labels import cubes_of
from transition_systems.temporal.ltl_alphabet import MAX_ATOMS, Alphabet

__all__ = ["format_hoa", "parse_hoa", "read_hoa", "write_hoa"]

MAX_STATES = 1_000_000
MAX_MARKS = 1_000
_ACCEPTANCE = re.compile(r"t|Inf\(\d+\)(&Inf\(\d+\))*")


class _Parser:
    def __init__(self, text: str, file: str | None) -> None:
        self.reader = HoaReader(text, file)
        self.states: int | None = None
        self.initial: list[int] = []
        self.atoms: tuple[str, ...] | None = None
        self.marks: int | None = None
        self.aliases: dict[str, int] = {}
        self.alphabet = Alphabet(())
        self.edges: list[BuchiEdge] = []
        self.largest = -1

    def automaton(self) -> BuchiAutomaton:
        reader = self.reader
        reader.word("HOA:", "not a HOA file")
        reader.word("v1", "this version is not understood")
        self._atoms_first()
        while reader.next.kind == "header":
            self.header()
        if self.marks is None:
            reader.refuse("the acceptance condition is missing", "Acceptance: ...")
        reader.word("--BODY--", "the body is missing")
        while reader.next.text == "State:":
            self.state()
        reader.word("--END--", "the automaton does not end here")
        if reader.next.kind != "end":
            reader.refuse("more than one automaton in one text", "the end")
        return BuchiAutomaton(
            atoms=self.atoms or (),
            n_states=self.largest + 1 if self.states is None else self.states,
            initial=tuple(dict.fromkeys(self.initial)),
            n_marks=self.marks,
            edges=tuple(self.edges),
        )

    def _atoms_first(self) -> None:
        """Read the atoms before all other items, which may use them."""
        reader, begin = self.reader, self.reader.at
        places = [i for i, token in enumerate(reader.tokens) if token.text == "AP:"]
        for place in places:
            reader.at = place + 1
            if self.atoms is not None:
                reader.refuse("the atoms are given twice")
            count = reader.number(MAX_ATOMS, "the number of atoms")
            names = [self._string() for _ in range(count)]
            if len(set(names)) < count:
                reader.refuse("two atoms have the same name")
            self.atoms = tuple(names)
            self.alphabet = Alphabet([Atom(name) for name in names])
        reader.at = begin

    def _string(self) -> str:
        text = self.reader.take("string", 'a name in "double quotes"')
        return text[1:-1].replace('\\"', '"').replace("\\\\", "\\")

    def _state_number(self) -> int:
        most = (MAX_STATES if self.states is None else self.states) - 1
        value = self.reader.number(most, "the number of a state")
        if self.reader.next.text == "&":
            self.reader.refuse("alternating automata are not understood", "one state")
        self.largest = max(self.largest, value)
        return value

    def header(self) -> None:
        reader = self.reader
        place = reader.next
        name = reader.take("header")[:-1]
        if name == "States":
            if self.states is not None:
                reader.fail("the number of states is given twice", place.start, place.text)
            self.states = reader.number(MAX_STATES, "the number of states")
            if self.largest >= self.states:
                reader.fail("an initial state does not exist", place.start, place.text)
        elif name == "Start":
            self.initial.append(self._state_number())
        elif name == "Alias":
            alias = reader.take("alias")
            self.aliases[alias] = self.label()
        elif name == "Acceptance":
            self.acceptance()
        elif name == "AP" or name[0].islower():
            while reader.next.kind not in ("header", "mark", "end"):
                reader.at += 1
        else:
            reader.fail("this header item is not understood", place.start, place.text)

    def acceptance(self) -> None:
        reader = self.reader
        begin = reader.next.start
        self.marks = reader.number(MAX_MARKS, "the number of acceptance sets")
        pieces: list[str] = []
        while reader.next.kind not in ("header", "mark", "end"):
            pieces.append(reader.next.text)
            reader.at += 1
        text = "".join(pieces)
        if _ACCEPTANCE.fullmatch(text) is None:
            reader.fail("only generalised Büchi acceptance is understood", begin, text, "Inf(0)&..")
        found = [int(number) for number in re.findall(r"\d+", text)]
        if sorted(found) != list(range(self.marks)):
            reader.fail("the acceptance is no conjunction of all sets", begin, str(self.marks))

    def label(self) -> int:
        return self.reader.label(self.alphabet.full, self._atom, self.aliases)

    def _atom(self, index: int) -> int:
        if index >= len(self.atoms or ()):
            self.reader.refuse(f"there is no atom {index}")
        return self.alphabet.having(index)

    def bracket(self) -> int | None:
        if not self.reader.skip("["):
            return None
        letters = self.label()
        self.reader.expect("]")
        return letters

    def sets(self) -> int:
        found = 0
        if self.reader.skip("{"):
            while not self.reader.skip("}"):
                found |= 1 << self.reader.number((self.marks or 0) - 1, "an acceptance set")
        return found

    def state(self) -> None:
        reader = self.reader
        reader.at += 1
        common = self.bracket()
        source = self._state_number()
        if reader.next.kind == "string":
            reader.at += 1
        marks = self.sets()
        place, count, implicit = reader.next.start, 0, False
        while reader.next.kind == "number" or reader.next.text == "[":
            letters = self.bracket()
            if letters is None:
                letters = common
            elif common is not None or implicit:
                reader.refuse("some edges have labels of their own, some have not")
            if letters is None:
                if count >= 1 << len(self.atoms or ()):
                    reader.refuse("a state has more edges than there are letters")
                letters, implicit = 1 << count, True
            count += 1
            target = self._state_number()
            more = self.sets()
            if letters:
                self.edges.append(BuchiEdge(source, letters, marks | more, target))
        if implicit and count != 1 << len(self.atoms or ()):
            reader.fail("a state has not one edge for each letter", place, str(count))


def parse_hoa(text: str, *, file: str | None = None) -> BuchiAutomaton:
    """Read a Büchi automaton from text in the HOA format.

    Parameters
    ----------
    text
        The whole file, one automaton.
    file
        The name to show in errors.

    Returns
    -------
    BuchiAutomaton
        Marks of a state stand on its edges.

    Raises
    ------
    InputError
        With line and column, for what is no such automaton.

    Notes
    -----
    T. Babiak et al.: The Hanoi Omega-Automata format. CAV 2015. Linear in the text, times the
    number of letters.

    Examples
    --------
    >>> head = 'HOA: v1 Start: 0 AP: 1 "p" Acceptance: 1 Inf(0)'
    >>> parse_hoa(f"{head} --BODY-- State: 0 [0] 0 {{0}} [!0] 0 --END--").accepts([], [0, 1])
    True
    """
    return _Parser(text, file).automaton()


def _quoted(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def format_hoa(automaton: BuchiAutomaton, *, name: str | None = None) -> str:
    """Return a Büchi automaton as text in the HOA format.

    Parameters
    ----------
    automaton
        The automaton.
    name
        A name to write into the header.

    Returns
    -------
    str
        :func:`parse_hoa` gives an equal automaton, but for the order of the edges.

    Examples
    --------
    >>> from transition_systems.temporal.ltl_translate import translate_ltl
    >>> print(format_hoa(translate_ltl("G F p")), end="")
    HOA: v1
    States: 1
    Start: 0
    AP: 1 "p"
    acc-name: Buchi
    Acceptance: 1 Inf(0)
    properties: trans-labels explicit-labels trans-acc deterministic
    --BODY--
    State: 0
    [!0] 0
    [0] 0 {0}
    --END--
    """
    marks = automaton.n_marks
    acceptance = "&".join(f"Inf({i})" for i in range(marks)) or "t"
    kind = {0: "all", 1: "Buchi"}.get(marks, f"generalized-Buchi {marks}")
    properties = "trans-labels explicit-labels trans-acc"
    lines = [
        "HOA: v1",
        *([f"name: {_quoted(name)}"] if name is not None else []),
        f"States: {automaton.n_states}",
        *(f"Start: {state}" for state in automaton.initial),
        " ".join([f"AP: {len(automaton.atoms)}", *map(_quoted, automaton.atoms)]),
        f"acc-name: {kind}",
        f"Acceptance: {marks} {acceptance}",
        f"properties: {properties}{' deterministic' if automaton.deterministic else ''}",
        "--BODY--",
    ]
    rows: list[list[BuchiEdge]] = [[] for _ in range(automaton.n_states)]
    for edge in automaton.edges:
        rows[edge.source].append(edge)
    for state, row in enumerate(rows):
        lines.append(f"State: {state}")
        for edge in row:
            found = [str(i) for i in range(marks) if edge.marks >> i & 1]
            shown = f" {{{' '.join(found)}}}" if found else ""
            lines.append(f"[{_label(edge.letters, len(automaton.atoms))}] {edge.target}{shown}")
    return "\n".join([*lines, "--END--"]) + "\n"


def _label(letters: int, n_atoms: int) -> str:
    cubes = cubes_of(letters, n_atoms)
    parts = ["&".join(f"{'' if yes else '!'}{i}" for i, yes in cube) or "t" for cube in cubes]
    return " | ".join(parts)


def read_hoa(path_or_file: PathOrFile) -> BuchiAutomaton:
    """Read a Büchi automaton from a HOA file; errors as :func:`parse_hoa`.

    Parameters
    ----------
    path_or_file
        A path or an open file.

    Returns
    -------
    BuchiAutomaton

    Examples
    --------
    >>> import io
    >>> from transition_systems.temporal.ltl_translate import translate_ltl
    >>> read_hoa(io.StringIO(format_hoa(translate_ltl("F p")))) == translate_ltl("F p")
    True
    """
    text, name = read_text(path_or_file)
    return parse_hoa(text, file=name)


def write_hoa(
    automaton: BuchiAutomaton, path_or_file: PathOrFile, *, name: str | None = None
) -> None:
    """Write a Büchi automaton to a HOA file.

    Parameters
    ----------
    automaton
        The automaton.
    path_or_file
        A path, or a file that is open for writing.
    name
        A name to write into the header.

    Examples
    --------
    >>> import io
    >>> from transition_systems.temporal.ltl_translate import translate_ltl
    >>> out = io.StringIO()
    >>> write_hoa(translate_ltl("F p"), out)
    >>> out.getvalue().splitlines()[0]
    'HOA: v1'
    """
    write_text(path_or_file, format_hoa(automaton, name=name))
