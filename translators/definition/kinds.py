"""The kinds of activities and the types of variables that definitions know by name."""

from __future__ import annotations

from typing import Any, Literal

from transition_systems.expressions.types import BOOLEAN, INTEGER, REAL, STRING, Type
from translators.definition.fields import snake_case
from translators.workflow.graph import GatewayKind, Trigger

__all__ = [
    "CATCHES",
    "END_EVENT",
    "GATEWAYS",
    "UNTYPED",
    "VARIABLE_TYPES",
    "fits",
    "kind_name",
    "typed",
]

#: Types of activities that are gateways.
GATEWAYS: dict[str, GatewayKind] = {
    "exclusive-gateway": GatewayKind.EXCLUSIVE,
    "parallel-gateway": GatewayKind.PARALLEL,
    "inclusive-gateway": GatewayKind.INCLUSIVE,
    "event-gateway": GatewayKind.EVENT_BASED,
    "event-based-gateway": GatewayKind.EVENT_BASED,
}

#: Types of activities that wait for an event.
CATCHES: dict[str, Trigger] = {
    "wait": Trigger.TIMER,
    "timer": Trigger.TIMER,
    "signal": Trigger.SIGNAL,
    "message": Trigger.MESSAGE,
}

#: The type of an activity that is an end event itself.
END_EVENT = "end-event"

_Untyped = Literal["object", "array", "any"]

#: Types whose values expressions cannot be checked against.
UNTYPED = frozenset({"object", "array", "any"})

#: Types of variables, with their other spellings.
VARIABLE_TYPES: dict[str, Type | _Untyped | Literal["enumeration"]] = {
    "boolean": BOOLEAN, "bool": BOOLEAN,
    "integer": INTEGER, "int": INTEGER, "int32": INTEGER, "int64": INTEGER, "long": INTEGER,
    "real": REAL, "number": REAL, "float": REAL, "float64": REAL, "double": REAL, "decimal": REAL,
    "string": STRING, "str": STRING, "text": STRING,
    "enumeration": "enumeration", "enum": "enumeration",
    "object": "object", "map": "object", "array": "array", "list": "array", "any": "any",
}  # fmt: skip


def kind_name(written: str) -> str:
    """Return the type of an activity in the spelling of the tables above.

    Examples
    --------
    >>> [kind_name(name) for name in ("exclusiveGateway", "parallel_gateway", "HTTP")]
    ['exclusive-gateway', 'parallel-gateway', 'http']
    """
    return snake_case(written.strip()).replace("_", "-").replace(" ", "-")


def typed(variable_type: str, values: tuple[str, ...]) -> Type | str | None:
    """Return the type of a variable: checked, unchecked (a string), ``None`` for no known type."""
    known = VARIABLE_TYPES.get(variable_type.strip().lower())
    if known == "enumeration":
        return Type("enumeration", tuple(dict.fromkeys(values))) if values else None
    if known == STRING and values:
        return Type("enumeration", tuple(dict.fromkeys(values)))
    return known


def fits(value: Any, variable_type: Type | str) -> bool:
    """Return whether a value is of a type.

    Examples
    --------
    >>> fits(True, INTEGER), fits(3, REAL), fits([1], "array")
    (False, True, True)
    """
    if isinstance(variable_type, str):
        wanted: dict[str, type | tuple[type, ...]] = {"object": dict, "array": list}
        return isinstance(value, wanted.get(variable_type, (str, int, float, bool)))
    match variable_type.kind:
        case "boolean":
            return isinstance(value, bool)
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "real":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "string":
            return isinstance(value, str)
        case _:
            return value in variable_type.members
