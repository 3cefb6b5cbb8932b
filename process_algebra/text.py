"""Terms as text: for people, for Python, and for LaTeX."""

from __future__ import annotations

from collections.abc import Callable, Iterable

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
    Stop,
    Term,
    Terminated,
)
from transition_systems.expressions.ast import Boolean, Expr, Integer
from transition_systems.expressions.format import format_expression

__all__ = ["format_term", "latex_term", "render", "repr_term"]

Piece = str | Term


def render(term: Term, pieces: Callable[[Term], Iterable[Piece]]) -> str:
    """Write a term from the pieces of its operators; linear in the text, and iterative."""
    out: list[str] = []
    waiting: list[Piece] = [term]
    while waiting:
        piece = waiting.pop()
        if isinstance(piece, str):
            out.append(piece)
        else:
            waiting.extend(reversed(list(pieces(piece))))
    return "".join(out)


def repr_term(term: Term) -> str:
    """Return the text from which Python builds an equal term."""
    return render(term, _repr_pieces)


def _repr_pieces(term: Term) -> list[Piece]:
    name = type(term).__name__
    operands = term.operands
    match term:
        case ExternalChoice() | InternalChoice():
            return [f"{name}(", *_joined(operands[0], ", "), ")"]
        case Prefix() | Guard():
            return [f"{name}({operands[0]!r}, ", operands[1], ")"]
        case Sequential():
            return [f"{name}(", operands[0], ", ", operands[1], ")"]
        case Parallel():
            sets = repr([tuple(sorted(names)) for names in operands[1]])
            return [f"{name}([", *_joined(operands[0], ", "), f"], {sets})"]
        case Hiding() | Renaming():
            return [f"{name}(", operands[0], f", {tuple(sorted(operands[1]))!r})"]
        case Call():
            return [f"{name}({', '.join(repr(part) for part in (operands[0], *operands[1]))})"]
        case _:
            return [f"{name}()"]


def format_term(term: Term) -> str:
    """Write a term in the notation of CSP's literature, in plain letters.

    Examples
    --------
    >>> from process_algebra.terms import STOP, Prefix
    >>> format_term(ExternalChoice(Prefix("a", STOP), Call("P", 1)))
    '(a -> STOP) [] P(1)'
    """
    return render(term, _Plain().pieces)


def latex_term(term: Term) -> str:
    r"""Write a term as LaTeX for mathematics.

    Examples
    --------
    >>> from process_algebra.terms import STOP, Prefix
    >>> latex_term(Prefix("a", STOP))
    '\\mathit{a} \\rightarrow \\mathit{STOP}'
    """
    return render(term, _Latex().pieces)


class _Plain:
    arrow, external, internal, then, guard = " -> ", " [] ", " |~| ", " ; ", " & "
    interleaved = " ||| "
    hide = " \\ "

    def word(self, name: str) -> str:
        return name

    def names(self, names: Iterable[str]) -> str:
        return "{" + ", ".join(self.word(name) for name in sorted(names)) + "}"

    def shared(self, names: Iterable[str]) -> str:
        return f" [|{self.names(names)}|] "

    def own(self, names: Iterable[str]) -> str:
        return f"{self.names(names)} : "

    def beside(self) -> str:
        return " || "

    def renamed(self, pairs: Iterable[tuple[str, str]]) -> str:
        return "[[" + ", ".join(f"{self.word(a)} <- {self.word(b)}" for a, b in pairs) + "]]"

    def expression(self, value: Expr) -> str:
        return format_expression(value)

    def pieces(self, term: Term) -> list[Piece]:
        operands = term.operands
        match term:
            case Stop() | Skip() | Terminated():
                return [self.word({"Stop": "STOP", "Skip": "SKIP"}.get(type(term).__name__, "Ω"))]
            case Prefix():
                then = operands[1]
                below = [then] if isinstance(then, Prefix) else _wrapped(then)
                return [self.word(operands[0]), self.arrow, *below]
            case ExternalChoice() | InternalChoice():
                sign = self.external if isinstance(term, ExternalChoice) else self.internal
                return _joined(operands[0], sign, wrap=True)
            case Guard():
                return [self.expression(operands[0]), self.guard, *_wrapped(operands[1])]
            case Sequential():
                return [*_wrapped(operands[0]), self.then, *_wrapped(operands[1])]
            case Parallel():
                return self._parallel(*operands)
            case Hiding():
                return [*_wrapped(operands[0]), self.hide, self.names(operands[1])]
            case Renaming():
                return [*_wrapped(operands[0]), self.renamed(operands[1])]
            case Call() if not operands[1]:
                return [self.word(operands[0])]
            case _:
                values = ", ".join(self.expression(value) for value in operands[1])
                return [f"{self.word(operands[0])}({values})"]

    def _parallel(
        self, components: tuple[Term, ...], sets: tuple[frozenset[str], ...]
    ) -> list[Piece]:
        if not any(sets):
            return _joined(components, self.interleaved, wrap=True)
        if len(set(sets)) == 1:
            return _joined(components, self.shared(sets[0]), wrap=True)
        pieces: list[Piece] = []
        for part, names in zip(components, sets, strict=True):
            pieces += [self.beside()] if pieces else []
            pieces += ["(", self.own(names), *_wrapped(part), ")"]
        return pieces


class _Latex(_Plain):
    arrow, external, internal = " \\rightarrow ", " \\mathbin{\\Box} ", " \\sqcap "
    interleaved = " \\mathbin{|||} "
    hide = " \\setminus "
    then, guard = " \\mathbin{;} ", " \\mathbin{\\&} "

    def word(self, name: str) -> str:
        special = {"\\": "\\backslash{}", "^": "\\hat{}", "~": "\\sim{}"}
        safe = "".join(special.get(c, "\\" + c if c in "#$%&_{}" else c) for c in name)
        return f"\\mathit{{{safe}}}"

    def names(self, names: Iterable[str]) -> str:
        return "\\{" + ", ".join(self.word(name) for name in sorted(names)) + "\\}"

    def shared(self, names: Iterable[str]) -> str:
        return f" \\mathop{{\\|}}_{{{self.names(names)}}} "

    def beside(self) -> str:
        return " \\mathbin{\\|} "

    def renamed(self, pairs: Iterable[tuple[str, str]]) -> str:
        listed = ", ".join(f"{self.word(a)} \\leftarrow {self.word(b)}" for a, b in pairs)
        return f"[\\![{listed}]\\!]"

    def expression(self, value: Expr) -> str:
        if isinstance(value, Boolean | Integer):
            return format_expression(value)
        return self.word(format_expression(value))


def _wrapped(term: Term) -> list[Piece]:
    if isinstance(term, Stop | Skip | Terminated | Call):
        return [term]
    return ["(", term, ")"]


def _joined(terms: Iterable[Term], sign: str, *, wrap: bool = False) -> list[Piece]:
    pieces: list[Piece] = []
    for term in terms:
        pieces += [sign] if pieces else []
        pieces += _wrapped(term) if wrap else [term]
    return pieces
