"""Processes: a main term with named definitions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from process_algebra.terms import Call, Guard, Term
from process_algebra.traversal import calls_in, flatten, unflatten, walk_term
from transition_systems.errors import InputError, UsageError
from transition_systems.expressions.ast import Expr, names_in
from transition_systems.expressions.format import format_expression
from transition_systems.expressions.parse import parse_expression

__all__ = ["Definition", "Process"]

_PARAMETER = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A named process with integer or boolean parameters.

    Parameters
    ----------
    name
        Under which it is called.
    parameters
        Names that conditions and arguments in the body may use.
    body
        The term.
    """

    name: str
    parameters: tuple[str, ...] = ()
    body: Term

    def __post_init__(self) -> None:
        object.__setattr__(self, "parameters", tuple(self.parameters))
        if not self.name:
            raise UsageError("a definition has a name")
        if len(set(self.parameters)) != len(self.parameters):
            raise UsageError(f"definition {self.name!r} has a parameter twice")
        for parameter in self.parameters:
            if not _PARAMETER.fullmatch(parameter):
                raise UsageError(f"{parameter!r} is no name for a parameter")


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """A process: its main term, and the definitions that the terms call.

    Parameters
    ----------
    main
        The term that it is.
    definitions
        The named processes, each name once.

    Raises
    ------
    UsageError
        When a call names no definition or has another number of arguments, or a condition uses a
        name that is no parameter.

    Examples
    --------
    >>> from process_algebra.terms import Prefix
    >>> clock = Definition(name="CLOCK", body=Prefix("tick", Call("CLOCK")))
    >>> print(Process(main=Call("CLOCK"), definitions=(clock,)))
    CLOCK = tick -> CLOCK
    main = CLOCK
    """

    main: Term
    definitions: tuple[Definition, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "definitions", tuple(self.definitions))
        arity = {known.name: len(known.parameters) for known in self.definitions}
        if len(arity) != len(self.definitions):
            raise UsageError("two definitions have the same name")
        _check(self.main, (), arity, "the main term")
        for known in self.definitions:
            _check(known.body, known.parameters, arity, f"definition {known.name!r}")

    def definition(self, name: str) -> Definition:
        """Return the definition of a name; raises :class:`KeyError` when there is none."""
        for known in self.definitions:
            if known.name == name:
                return known
        raise KeyError(name)

    def __str__(self) -> str:
        lines = []
        for known in self.definitions:
            head = known.name + (f"({', '.join(known.parameters)})" if known.parameters else "")
            lines.append(f"{head} = {known.body}")
        return "\n".join([*lines, f"main = {self.main}"])

    def _repr_latex_(self) -> str:
        from process_algebra.text import latex_term

        rows = []
        for known in self.definitions:
            head = latex_term(Call(known.name))
            if known.parameters:
                head += f"({', '.join(known.parameters)})"
            rows.append(f"{head} &= {latex_term(known.body)}")
        rows.append(f"\\mathit{{main}} &= {latex_term(self.main)}")
        return "$$\\begin{aligned}" + " \\\\ ".join(rows) + "\\end{aligned}$$"

    def to_dict(self) -> dict[str, Any]:
        """Return the process as JSON data; :meth:`from_dict` gives an equal one."""
        return {
            "main": _to_rows(self.main),
            "definitions": [
                {"name": d.name, "parameters": list(d.parameters), "body": _to_rows(d.body)}
                for d in self.definitions
            ],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Process:
        """Rebuild a process from :meth:`to_dict`; raises :class:`InputError` on other data."""
        try:
            return cls(
                main=_from_rows(data["main"]),
                definitions=tuple(
                    Definition(
                        name=str(entry["name"]),
                        parameters=tuple(entry["parameters"]),
                        body=_from_rows(entry["body"]),
                    )
                    for entry in data["definitions"]
                ),
            )
        except InputError:
            raise
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise InputError(f"this is no process: {error}") from error


def _check(term: Term, parameters: tuple[str, ...], arity: Mapping[str, int], where: str) -> None:
    known = set(parameters)
    for part in walk_term(term):
        if isinstance(part, Guard):
            _check_names(part.operands[0], known, where)
        elif isinstance(part, Call):
            for argument in part.operands[1]:
                _check_names(argument, known, where)
    for call in calls_in(term):
        name, arguments = call.operands
        if name not in arity:
            raise UsageError(f"{where} calls {name!r}, which is not defined")
        if arity[name] != len(arguments):
            raise UsageError(
                f"{where} calls {name!r} with {len(arguments)} arguments; it has {arity[name]}"
            )


def _check_names(expression: Expr, known: set[str], where: str) -> None:
    for name in names_in(expression):
        if name not in known:
            raise UsageError(f"{where} uses {name!r}, which is no parameter of it")


def _to_rows(term: Term) -> list[list[Any]]:
    rows: list[list[Any]] = []
    for kind, rest, below in flatten(term):
        data: list[Any] = []
        if kind == "Guard":
            data = [format_expression(rest[0])]
        elif kind == "Call":
            data = [rest[0], [format_expression(value) for value in rest[1]]]
        elif kind == "Parallel":
            data = [[sorted(names) for names in rest[0]]]
        elif kind in ("Hiding", "Renaming"):
            data = [[list(p) if isinstance(p, tuple) else p for p in sorted(rest[0])]]
        else:
            data = list(rest)
        rows.append([kind, data, list(below)])
    return rows


def _from_rows(rows: Any) -> Term:
    flat: list[tuple[str, tuple[Any, ...], tuple[int, ...]]] = []
    for kind, data, below in rows:
        rest: tuple[Any, ...] = tuple(data)
        if kind == "Guard":
            rest = (parse_expression(data[0]),)
        elif kind == "Call":
            rest = (data[0], tuple(parse_expression(text) for text in data[1]))
        elif kind == "Renaming":
            rest = ([(old, new) for old, new in data[0]],)
        flat.append((kind, rest, tuple(below)))
    return unflatten(tuple(flat))
