"""The syntax tree of expressions: frozen nodes, compared by value without their source spans."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal, TypeAlias, TypeVar

from transition_systems.errors import UsageError
from transition_systems.source_span import SourceSpan
from transition_systems.trees import fold_tree, preorder

__all__ = [
    "Arithmetic",
    "Binary",
    "Boolean",
    "Comparison",
    "Expr",
    "Integer",
    "Logical",
    "Name",
    "Real",
    "String",
    "Unary",
    "children",
    "fold",
    "names_in",
    "walk",
]

Arithmetic: TypeAlias = Literal["+", "-", "*", "/", "%"]
Comparison: TypeAlias = Literal["==", "!=", "<", "<=", ">", ">="]


@dataclass(frozen=True, slots=True)
class Boolean:
    """``true`` or ``false``."""

    value: bool
    span: SourceSpan | None = field(default=None, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Integer:
    """A whole number."""

    value: int
    span: SourceSpan | None = field(default=None, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Real:
    """A number with a point or an exponent, exact."""

    value: Fraction
    span: SourceSpan | None = field(default=None, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class String:
    """A text, or a member of an enumeration."""

    value: str
    span: SourceSpan | None = field(default=None, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Name:
    """A variable, possibly dotted (``order.total``)."""

    name: str
    span: SourceSpan | None = field(default=None, compare=False, repr=False, kw_only=True)

    def __post_init__(self) -> None:
        if not self.name or "`" in self.name:
            raise UsageError("a variable's name is not empty and has no backquote")


@dataclass(frozen=True, slots=True)
class Unary:
    """Negation of a truth or of a number.

    Examples
    --------
    >>> Unary("not", Name("paid"))
    Unary(operator='not', operand=Name(name='paid'))
    """

    operator: Literal["not", "-"]
    operand: Expr
    span: SourceSpan | None = field(default=None, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Binary:
    """An arithmetic operation or a comparison."""

    operator: Arithmetic | Comparison
    left: Expr
    right: Expr
    span: SourceSpan | None = field(default=None, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Logical:
    """A conjunction or disjunction of at least two truths, evaluated from the left."""

    operator: Literal["and", "or"]
    operands: tuple[Expr, ...]
    span: SourceSpan | None = field(default=None, compare=False, repr=False, kw_only=True)


Expr: TypeAlias = Boolean | Integer | Real | String | Name | Unary | Binary | Logical

T = TypeVar("T")


def children(node: Expr) -> tuple[Expr, ...]:
    """Return the operands of a node; none for a leaf."""
    if isinstance(node, Unary):
        return (node.operand,)
    if isinstance(node, Binary):
        return (node.left, node.right)
    return node.operands if isinstance(node, Logical) else ()


def fold(root: Expr, combine: Callable[[Expr, list[T]], T]) -> T:
    """Compute a value bottom-up: ``combine(node, values of its operands)``.

    Examples
    --------
    >>> fold(Unary("-", Integer(3)), lambda node, values: 1 + sum(values))
    2
    """
    return fold_tree(root, children, combine)


def walk(root: Expr) -> Iterator[Expr]:
    """Yield every node, parents before their operands, from left to right."""
    return preorder(root, children)


def names_in(root: Expr) -> tuple[str, ...]:
    """Return the variables of an expression, sorted.

    Examples
    --------
    >>> names_in(Binary("<", Name("b"), Name("a")))
    ('a', 'b')
    """
    return tuple(sorted({node.name for node in walk(root) if isinstance(node, Name)}))
