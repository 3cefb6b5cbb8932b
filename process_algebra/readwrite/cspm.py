"""Writing processes as CSPm, the machine-readable CSP of FDR and ProB.

Names that are no identifiers of CSPm get injective new names; a comment tells the old one. A
parallel of processes with different sets becomes nested binary parallels, each over the events
that are shared across it.

References
----------
A. W. Roscoe, Understanding Concurrent Systems, Springer 2010, appendix "CSPm".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from process_algebra.process import Process
from process_algebra.terms import (
    Call,
    ExternalChoice,
    Guard,
    Hiding,
    InternalChoice,
    Parallel,
    Prefix,
    Renaming,
    Sequential,
    Skip,
    Term,
    Terminated,
)
from process_algebra.text import Piece, render
from process_algebra.traversal import events_in, walk_term
from transition_systems.errors import UnsupportedError
from transition_systems.expressions.ast import (
    Binary,
    Boolean,
    Expr,
    Integer,
    Logical,
    Name,
    Unary,
    fold,
)

__all__ = ["format_cspm", "write_cspm"]

_WORDS = """
and or not if then else let within channel datatype subtype nametype external transparent module
exports endmodule instance assert print include true false STOP SKIP CHAOS RUN DIV WAIT Events Bool
Int Proc Char Set Seq union inter diff Union Inter card empty member set seq head tail length elem
concat null extensions productions prioritise error show timed Map mapFromList emptyMap tau tick
MAIN
"""
_RESERVED: frozenset[str] = frozenset(_WORDS.split())
_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]*'*", re.ASCII)


def format_cspm(process: Process | Term) -> str:
    """Write a process as a CSPm script whose main process is ``MAIN``.

    Parameters
    ----------
    process
        The process, or a term without calls.

    Returns
    -------
    str
        Channels, definitions, and ``MAIN``.

    Raises
    ------
    UnsupportedError
        When a parallel cannot be written with binary operators: some component does an event
        alone that others share; or for values that CSPm does not have.

    Examples
    --------
    >>> from process_algebra.terms import STOP
    >>> print(format_cspm(Prefix("pay.start", STOP)), end="")
    channel pay_start -- pay.start
    <BLANKLINE>
    MAIN = pay_start -> STOP
    """
    model = Process(main=process) if isinstance(process, Term) else process
    writer = _Writer(model)
    return writer.script()


def write_cspm(process: Process | Term, path: str | Path) -> None:
    """Write :func:`format_cspm` to a file, in UTF-8.

    Parameters
    ----------
    process
        The process.
    path
        The file.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from process_algebra.terms import STOP
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "stop.csp"
    >>> write_cspm(STOP, path)
    >>> "STOP" in path.read_text()
    True
    """
    Path(path).write_text(format_cspm(process), encoding="utf-8")


def _identifiers(names: Iterable[str], taken: set[str]) -> dict[str, str]:
    """Give each name an identifier, no two the same; good names keep theirs."""
    given: dict[str, str] = {}
    later: list[str] = []
    for name in names:
        if _IDENTIFIER.fullmatch(name) and name not in taken:
            given[name] = name
            taken.add(name)
        else:
            later.append(name)
    for name in later:
        base = re.sub(r"\W+", "_", name, flags=re.ASCII).strip("_") or "e"
        base = base if base[0].isalpha() else f"e_{base}"
        wanted, number = base, 2
        while wanted in taken:
            wanted, number = f"{base}_{number}", number + 1
        given[name] = wanted
        taken.add(wanted)
    return given


class _Writer:
    def __init__(self, model: Process) -> None:
        self.model = model
        bodies = [model.main, *(known.body for known in model.definitions)]
        events: set[str] = set()
        for body in bodies:
            events |= events_in(body)
            for part in walk_term(body):
                if isinstance(part, Hiding):
                    events |= part.operands[1]
                elif isinstance(part, Renaming):
                    events |= {old for old, _ in part.operands[1]}
                elif isinstance(part, Parallel):
                    events = events.union(*part.operands[1])
        taken: set[str] = set(_RESERVED)
        parameters = sorted({p for known in model.definitions for p in known.parameters})
        self.parameter = _identifiers(parameters, taken)
        self.process = _identifiers([known.name for known in model.definitions], taken)
        self.event = _identifiers(sorted(events), taken)
        self.possible = _possible_events(model)

    def script(self) -> str:
        lines = []
        for name, identifier in self.event.items():
            lines.append(f"channel {identifier}" + _comment(name, identifier))
        lines += [""] if lines else []
        for known in self.model.definitions:
            head = self.process[known.name]
            if known.parameters:
                head += f"({', '.join(self.parameter[p] for p in known.parameters)})"
            note = _comment(known.name, self.process[known.name])
            lines += [note.strip()] if note else []
            lines.append(f"{head} = {render(known.body, self.pieces)}")
        lines += [""] if self.model.definitions else []
        lines.append(f"MAIN = {render(self.model.main, self.pieces)}")
        return "\n".join(lines) + "\n"

    def pieces(self, term: Term) -> list[Piece]:
        operands = term.operands
        match term:
            case Skip() | Terminated():
                return ["SKIP"]
            case Prefix():
                then = operands[1]
                below: list[Piece] = [then] if isinstance(then, Prefix) else _wrapped(then)
                return [self.event[operands[0]], " -> ", *below]
            case ExternalChoice() | InternalChoice():
                sign = " [] " if isinstance(term, ExternalChoice) else " |~| "
                return _joined(operands[0], sign)
            case Guard():
                return [f"({self.expression(operands[0])}) & ", *_wrapped(operands[1])]
            case Sequential():
                return [*_wrapped(operands[0]), "; ", *_wrapped(operands[1])]
            case Parallel():
                return self.parallel(term)
            case Hiding():
                return [*_wrapped(operands[0]), f" \\ {self.names(operands[1])}"]
            case Renaming():
                pairs = ", ".join(f"{self.event[a]} <- {self.event[b]}" for a, b in operands[1])
                return [*_wrapped(operands[0]), f"[[{pairs}]]" if pairs else ""]
            case Call():
                values = ", ".join(self.expression(value) for value in operands[1])
                return [self.process[operands[0]] + (f"({values})" if values else "")]
            case _:
                return ["STOP"]

    def names(self, events: Iterable[str]) -> str:
        return "{" + ", ".join(self.event[event] for event in sorted(events)) + "}"

    def parallel(self, term: Parallel) -> list[Piece]:
        components, sets = term.operands
        pieces: list[Piece] = _wrapped(components[0])
        free = self.possible[components[0]] - sets[0]
        before: frozenset[str] = sets[0]
        for number, (part, own) in enumerate(zip(components[1:], sets[1:], strict=True)):
            both = before & own
            if both & free:
                found = ", ".join(sorted(both & free))
                raise UnsupportedError(
                    f"a component does {found} alone while others share it; CSPm has no such "
                    "parallel of more than two processes"
                )
            sign = f" [|{self.names(both)}|] " if both else " ||| "
            left = ["(", *pieces, ")"] if number else pieces
            pieces = [*left, sign, *_wrapped(part)]
            alone = self.possible[part] - own
            if alone & both:
                raise UnsupportedError("a component shares an event and does it alone")
            free, before = free | alone, before | own
        return pieces

    def expression(self, value: Expr) -> str:
        return fold(value, self._expression)

    def _expression(self, node: Expr, parts: list[str]) -> str:
        match node:
            case Boolean(value=truth):
                return "true" if truth else "false"
            case Integer(value=number):
                return str(number) if number >= 0 else f"({number})"
            case Name(name=name):
                return self.parameter[name]
            case Unary(operator=sign):
                return f"(not {parts[0]})" if sign == "not" else f"(-{parts[0]})"
            case Logical(operator=sign):
                return "(" + f" {sign} ".join(parts) + ")"
            case Binary(operator=sign) if sign not in ("/", "%"):
                return f"({parts[0]} {sign} {parts[1]})"
            case _:
                raise UnsupportedError(
                    "CSPm has no strings and no real numbers, and its division rounds otherwise"
                )


def _comment(name: str, identifier: str) -> str:
    shown = name.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    return "" if identifier == name else f" -- {shown}"


def _wrapped(term: Term) -> list[Piece]:
    return [term] if isinstance(term, Call) or not term.operands else ["(", term, ")"]


def _joined(terms: Iterable[Term], sign: str) -> list[Piece]:
    pieces: list[Piece] = []
    for term in terms:
        pieces += [sign] if pieces else []
        pieces += _wrapped(term)
    return pieces


def _possible_events(model: Process) -> dict[Term, frozenset[str]]:
    """Return for each subterm the events that it may do, from above: the least fixpoint."""
    bodies = {known.name: known.body for known in model.definitions}
    called: dict[str, frozenset[str]] = dict.fromkeys(bodies, frozenset())
    found: dict[Term, frozenset[str]] = {}

    def visit(root: Term) -> frozenset[str]:
        for part in walk_term(root):
            below = frozenset[str]().union(*(found[sub] for sub in part.subterms))
            if isinstance(part, Prefix):
                below |= {part.operands[0]}
            elif isinstance(part, Call):
                below = called[part.operands[0]]
            elif isinstance(part, Hiding):
                below -= part.operands[1]
            elif isinstance(part, Renaming):
                old = {a for a, _ in part.operands[1]}
                below = (below - old) | {b for a, b in part.operands[1] if a in below}
            found[part] = below
        return found[root]

    changed = True
    while changed:
        changed = False
        for name, body in bodies.items():
            now = visit(body)
            changed, called[name] = changed or now != called[name], now
    visit(model.main)
    for body in bodies.values():
        visit(body)
    return found
