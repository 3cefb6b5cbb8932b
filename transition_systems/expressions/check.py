"""Types of expressions: checking against declared variables, inferring those of the others.

Types are found by unification. Integers are reals, so numbers of both kinds mix; ``/`` gives a
real, ``%`` takes and gives integers (the remainder has the sign of the dividend). A string literal
that meets an enumeration must be one of its members; so must an undeclared bare name that meets
one, and it then means that member.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NoReturn

from transition_systems.errors import ExpressionError
from transition_systems.expressions.ast import (
    Binary,
    Boolean,
    Expr,
    Integer,
    Logical,
    Name,
    Real,
    String,
    Unary,
    fold,
    names_in,
    walk,
)
from transition_systems.expressions.types import BOOLEAN, INTEGER, REAL, STRING, Type
from transition_systems.properties.names import unknown_name
from transition_systems.source_span import SourceSpan

__all__ = ["Typing", "check", "infer", "resolve_members", "type_of"]


@dataclass(slots=True)
class _Class:
    """A set of parts that have the same type; what is known of it."""

    kind: str | None = None
    declared: Type | None = None
    texts: list[String] = field(default_factory=list[String])
    names: list[Name] = field(default_factory=list[Name])


@dataclass(frozen=True, slots=True, kw_only=True)
class Typing:
    """What inference found: the types of the variables, and the expressions with members resolved.

    ``expressions`` are the given ones, with bare names that mean members of enumerations turned
    into strings. ``types`` has every variable that occurs in them.
    """

    types: Mapping[str, Type]
    expressions: tuple[Expr, ...]


_NAMES = {"number": "a number", "boolean": "a truth", "text": "a string", "enumeration": "a member"}


def _fail(
    message: str, node: Expr, found: str | None = None, expected: str | None = None
) -> NoReturn:
    raise ExpressionError(message, span=node.span, found=found, expected=expected)


class _Unifier:
    """Union-find over the parts of some expressions."""

    def __init__(self, declared: Mapping[str, Type]) -> None:
        self.declared = declared
        self.parent: list[int] = []
        self.classes: list[_Class] = []
        self.of_name: dict[str, int] = {}
        self.ordered: list[tuple[Binary, int]] = []

    def new(self, known: _Class) -> int:
        self.parent.append(len(self.parent))
        self.classes.append(known)
        return len(self.parent) - 1

    def find(self, item: int) -> int:
        while self.parent[item] != item:
            self.parent[item] = self.parent[self.parent[item]]
            item = self.parent[item]
        return item

    def name(self, node: Name) -> int:
        item = self.of_name.get(node.name)
        if item is None:
            declared = self.declared.get(node.name)
            item = self.new(_Class() if declared is None else _known(declared))
            self.of_name[node.name] = item
            if declared is None:
                self.classes[item].names.append(node)
        return self.find(item)

    def require(self, item: int, kind: str, node: Expr) -> int:
        return self.unify(item, self.new(_Class(kind=kind)), node)

    def unify(self, left: int, right: int, node: Expr) -> int:
        left, right = self.find(left), self.find(right)
        if left == right:
            return left
        one, other = self.classes[left], self.classes[right]
        kinds = {kind for kind in (one.kind, other.kind) if kind is not None}
        if len(kinds) == 2 and kinds != {"text", "enumeration"}:
            first, second = (_NAMES[kind or ""] for kind in (one.kind, other.kind))
            _fail("types do not fit", node, f"{first} and {second}", "the same type on both sides")
        joined = _Class(
            kind="enumeration" if "enumeration" in kinds else next(iter(kinds), None),
            texts=one.texts + other.texts,
            names=one.names + other.names,
        )
        joined.declared = one.declared or other.declared
        if joined.kind != "number" and one.declared and other.declared not in (None, one.declared):
            _fail("types do not fit", node, f"{one.declared} and {other.declared}")
        if joined.kind == "enumeration" and joined.declared is not None:
            for text in joined.texts:
                if text.value not in joined.declared.members:
                    _fail(
                        "not a member of the enumeration",
                        text,
                        repr(text.value),
                        str(joined.declared),
                    )
        self.parent[right] = left
        self.classes[left] = joined
        return left

    def visit(self, node: Expr, parts: list[int]) -> int:
        match node:
            case Boolean():
                return self.new(_Class(kind="boolean"))
            case Integer() | Real():
                return self.new(_Class(kind="number"))
            case String():
                return self.new(_Class(kind="text", texts=[node]))
            case Name():
                return self.name(node)
            case Unary(operator=operator):
                return self.require(parts[0], "boolean" if operator == "not" else "number", node)
            case Logical():
                for part, operand in zip(parts, node.operands, strict=True):
                    self.require(part, "boolean", operand)
                return self.new(_Class(kind="boolean"))
            case Binary(operator=operator):
                both = self.unify(parts[0], parts[1], node)
                if operator in ("==", "!="):
                    return self.new(_Class(kind="boolean"))
                if operator in ("<", "<=", ">", ">="):
                    self.ordered.append((node, both))
                    return self.new(_Class(kind="boolean"))
                if operator == "+":
                    self.ordered.append((node, both))
                    return both
                return self.require(both, "number", node)

    def finish(self) -> dict[str, Type]:
        """Return the types of all names whose types something determines."""
        for node, item in self.ordered:
            kind = self.classes[self.find(item)].kind
            if kind is None:
                self.require(item, "number", node)
            elif kind not in ("number", "text"):
                _fail(
                    f"'{node.operator}' has no meaning here",
                    node,
                    _NAMES[kind],
                    "numbers or strings",
                )
        types: dict[str, Type] = {}
        for name, item in self.of_name.items():
            known = self.classes[self.find(item)]
            if name in self.declared:
                types[name] = self.declared[name]
            elif known.kind == "enumeration" and known.declared is not None:
                types[name] = known.declared
            elif known.kind is not None:
                types[name] = {"number": REAL, "boolean": BOOLEAN, "text": STRING}[known.kind]
        return types


def _known(declared: Type) -> _Class:
    if declared.is_number:
        return _Class(kind="number", declared=declared)
    kind = {"string": "text"}.get(declared.kind, declared.kind)
    if declared == STRING:
        return _Class(kind=kind, declared=declared)
    return _Class(kind=kind, declared=declared if declared.members else None)


def resolve_members(expression: Expr, declared: Mapping[str, Type]) -> Expr:
    """Return the expression with bare names that mean members of enumerations made strings.

    A name means a member when it is not declared, is compared by ``==`` or ``!=`` with a variable
    of an enumeration, and that enumeration has such a member.

    Examples
    --------
    >>> from transition_systems.expressions.types import enumeration
    >>> resolve_members(Binary("==", Name("x"), Name("red")), {"x": enumeration("red")})
    Binary(operator='==', left=Name(name='x'), right=String(value='red'))
    """

    def member(node: Expr, other: Expr) -> Expr:
        if not isinstance(node, Name) or node.name in declared or not isinstance(other, Name):
            return node
        known = declared.get(other.name)
        if known is None or node.name not in known.members:
            return node
        return String(node.name, span=node.span)

    def combine(node: Expr, parts: list[Expr]) -> Expr:
        match node:
            case Unary(operator=operator):
                return Unary(operator, parts[0], span=node.span)
            case Binary(operator=operator):
                left, right = parts
                if operator in ("==", "!="):
                    left, right = member(left, right), member(right, left)
                return Binary(operator, left, right, span=node.span)
            case Logical(operator=operator):
                return Logical(operator, tuple(parts), span=node.span)
            case _:
                return node

    return fold(expression, combine)


def type_of(expression: Expr, types: Mapping[str, Type]) -> Type:
    """Return the type of a checked expression whose variables all have types.

    Raises
    ------
    ExpressionError
        When a remainder has a real operand.
    """

    def combine(node: Expr, parts: list[Type]) -> Type:
        match node:
            case Boolean() | Logical():
                return BOOLEAN
            case Integer():
                return INTEGER
            case Real():
                return REAL
            case String():
                return STRING
            case Name(name=name):
                return types[name]
            case Unary(operator=operator):
                return BOOLEAN if operator == "not" else parts[0]
            case Binary(operator=("+" | "-" | "*" | "/" | "%") as operator):
                if operator == "%" and REAL in parts:
                    _fail("'%' takes integers", node, "a real number", "integers")
                if operator == "/" or REAL in parts:
                    return REAL
                return parts[0]
            case _:
                return BOOLEAN

    return fold(expression, combine)


def _whole_names(expression: Expr) -> set[str]:
    """Return the names inside operands of ``%``: these must be integers."""
    found: set[str] = set()

    def combine(node: Expr, parts: list[set[str]]) -> set[str]:
        if isinstance(node, Name):
            return {node.name}
        below: set[str] = set().union(*parts)
        if isinstance(node, Binary):
            if node.operator == "%":
                found.update(below)
            elif node.operator not in ("+", "-", "*"):
                return set()
        return below

    fold(expression, combine)
    return found


def infer(expressions: Sequence[Expr], declared: Mapping[str, Type] | None = None) -> Typing:
    """Find the types of all variables of some expressions that are used together.

    Parameters
    ----------
    expressions
        Conditions (each of them must be a truth).
    declared
        The types that are known. An undeclared number is a real, unless ``%`` makes it whole.

    Returns
    -------
    Typing
        The types of all variables, and the expressions with enumeration members resolved.

    Raises
    ------
    ExpressionError
        Where types do not fit, and for a variable whose type nothing determines.

    Notes
    -----
    Almost linear in the size of the expressions.

    Examples
    --------
    >>> from transition_systems.expressions.parse import parse_expression
    >>> {n: str(t) for n, t in infer([parse_expression("a > 1 && b == 'x'")]).types.items()}
    {'a': 'real', 'b': 'string'}
    """
    known: Mapping[str, Type] = {} if declared is None else declared
    unifier = _Unifier(known)
    resolved = tuple(resolve_members(expression, known) for expression in expressions)
    for expression in resolved:
        unifier.require(fold(expression, unifier.visit), "boolean", expression)
    types = unifier.finish()
    for name, item in unifier.of_name.items():
        place = unifier.classes[unifier.find(item)]
        if name not in types:
            node = next(node for node in place.names if node.name == name)
            _fail(f"nothing tells the type of {name!r}", node, expected="a declared type")
    whole: set[str] = set().union(*(_whole_names(expression) for expression in resolved))
    types.update({name: INTEGER for name in whole if name in types and name not in known})
    for expression in resolved:
        type_of(expression, types)
    return Typing(types=types, expressions=resolved)


def check(expression: Expr, types: Mapping[str, Type]) -> Type:
    """Decide whether an expression is well-typed, and return its type.

    Parameters
    ----------
    expression
        What to check; any type is fine.
    types
        The types of all its variables.

    Returns
    -------
    Type
        Boolean, integer, real, string or the enumeration of a lone variable.

    Raises
    ------
    ExpressionError
        Where types do not fit, and for a variable without a type, with the nearest names.

    Examples
    --------
    >>> from transition_systems.expressions.parse import parse_expression
    >>> str(check(parse_expression("2 * n + 1"), {"n": INTEGER}))
    'integer'
    """
    unifier = _Unifier(types)
    resolved = resolve_members(expression, types)
    for name in names_in(resolved):
        if name not in types:
            raise unknown_name(name, types, kind="variable", span=_place(resolved, name))
    fold(resolved, unifier.visit)
    unifier.finish()
    return type_of(resolved, types)


def _place(expression: Expr, name: str) -> SourceSpan | None:
    for node in walk(expression):
        if isinstance(node, Name) and node.name == name:
            return node.span
    return None
