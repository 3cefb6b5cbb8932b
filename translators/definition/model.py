"""A definition as it was written, with places: between the document and the workflow graph."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from transition_systems.source_span import SourceSpan
from translators.definition.document import Document, Mapping, Scalar, plain
from translators.definition.durations import parse_duration
from translators.definition.fields import ACTIVITY, DEFINITION, TRANSITION, VARIABLE, Fields
from translators.definition.problems import Problems

__all__ = [
    "Activity",
    "Definition",
    "MappingEntry",
    "Transition",
    "VariableEntry",
    "definition_of",
]

_EMPTY = Mapping((), SourceSpan())


@dataclass(frozen=True, slots=True)
class MappingEntry:
    """One entry of an input or output mapping: the target, and the expression for it."""

    target: str
    text: str
    target_span: SourceSpan
    span: SourceSpan


@dataclass(frozen=True, slots=True)
class Activity:
    """One activity."""

    id: str
    name: str | None
    description: str | None
    type: str
    config: str | None
    settings: dict[str, Any]
    inputs: tuple[MappingEntry, ...]
    outputs: tuple[MappingEntry, ...]
    timeout: float | None
    async_complete: bool
    span: SourceSpan


@dataclass(frozen=True, slots=True)
class Transition:
    """One transition; ``ends`` are the places of ``from`` and ``to``."""

    id: str | None
    name: str | None
    source: str
    target: str
    condition: str | None
    condition_span: SourceSpan | None
    ends: tuple[SourceSpan, SourceSpan]
    span: SourceSpan


@dataclass(frozen=True, slots=True)
class VariableEntry:
    """One variable."""

    name: str
    type: str | None
    required: bool
    default: Any
    default_span: SourceSpan | None
    values: tuple[str, ...]
    span: SourceSpan
    type_span: SourceSpan


@dataclass(frozen=True, slots=True)
class Definition:
    """A whole definition; ``typed`` says whether it declares its variables at all."""

    id: str
    name: str | None
    version: str | None
    description: str | None
    start: str | None
    start_span: SourceSpan
    ends: tuple[tuple[str, SourceSpan], ...]
    end_span: SourceSpan
    activities: tuple[Activity, ...]
    transitions: tuple[Transition, ...]
    variables: tuple[VariableEntry, ...]
    typed: bool
    span: SourceSpan


def definition_of(document: Document, problems: Problems) -> Definition:
    """Read a document into a definition; what does not fit goes into ``problems``.

    Parameters
    ----------
    document
        The whole file.
    problems
        Gets unknown keys, missing keys, values of a wrong kind and duplicate ids.

    Returns
    -------
    Definition
        As far as it can be read.
    """
    fields = Fields(document, DEFINITION, "the definition", problems)
    activities = _activities(fields, problems)
    ends = tuple(
        (str(item.value), item.span)
        for item in fields.listed("end_activities")
        if isinstance(item, Scalar) and item.value is not None
    )
    top = document.span
    return Definition(
        id=fields.text("id") or "definition",
        name=fields.text("name"),
        version=fields.text("version"),
        description=fields.text("description"),
        start=fields.text("start_activity"),
        start_span=_place(fields, "start_activity", top),
        ends=ends,
        end_span=_place(fields, "end_activities", top),
        activities=activities,
        transitions=_transitions(fields, problems),
        variables=_variables(fields, problems),
        typed="variables" in fields.values,
        span=top,
    )


def _place(fields: Fields, key: str, otherwise: SourceSpan) -> SourceSpan:
    value = fields.values.get(key)
    return otherwise if value is None else value.span


def _member_name(
    fields: Fields, key: Scalar | None, name_key: str, what: str, problems: Problems
) -> str | None:
    """Return the name of a member of a map or list; a problem where there is none, or two."""
    own = fields.text(name_key)
    if key is None:
        if not own:
            message = f"{what} has no {name_key}"
            problems.add("missing-key", message, fields.span, expected=f"the key {name_key!r}")
        return own or None
    name = str(key.value)
    if own is not None and own != name:
        problems.add(
            "bad-value",
            f"{what} is called {name!r} by its key and {own!r} by its {name_key}",
            fields.values[name_key].span,
            expected=repr(name),
        )
    return name


def _activities(fields: Fields, problems: Problems) -> tuple[Activity, ...]:
    found: dict[str, Activity] = {}
    if "activities" not in fields.values:
        problems.add("missing-key", "the definition has no activities", fields.span)
    for key, document in fields.named("activities", "id"):
        what = f"activity {key.value!r}" if key is not None else "an activity"
        if key is not None and isinstance(document, Scalar) and document.value is None:
            inner = Fields(_EMPTY, ACTIVITY, what, problems)
        else:
            inner = Fields(document, ACTIVITY, what, problems)
        name = _member_name(inner, key, "id", what, problems)
        span = key.span if key is not None else document.span
        if name is None:
            continue
        if name in found:
            message = f"the activity {name!r} is defined twice"
            first = f"The first is in line {found[name].span.line}"
            problems.add("duplicate-id", message, _place(inner, "id", span), mend=first)
            continue
        found[name] = _activity(inner, name, replace(span, element=name))
    return tuple(found.values())


def _activity(fields: Fields, name: str, span: SourceSpan) -> Activity:
    timeout = None
    written = fields.scalar("timeout")
    if written is not None and written.value is not None:
        timeout = parse_duration(written.value)
        if timeout is None:
            fields.wrong("timeout", "seconds as a number, or a text such as '30s', '5m' or '1h'")
    config = fields.values.get("config")
    settings: Any = None if config is None else plain(config)
    if config is not None and not isinstance(settings, dict | None):
        fields.wrong("config", "a map")
        settings = None
    return Activity(
        id=name,
        name=fields.text("name"),
        description=fields.text("description"),
        type=fields.text("type") or "task",
        config=json.dumps(settings, ensure_ascii=False, sort_keys=True) if settings else None,
        settings=settings or {},
        inputs=tuple(MappingEntry(*entry) for entry in fields.texts("input_mappings")),
        outputs=tuple(MappingEntry(*entry) for entry in fields.texts("output_mappings")),
        timeout=timeout,
        async_complete=fields.truth("async_complete"),
        span=span,
    )


def _transitions(fields: Fields, problems: Problems) -> tuple[Transition, ...]:
    found: list[Transition] = []
    ids: set[str] = set()
    for document in fields.listed("transitions"):
        inner = Fields(document, TRANSITION, "a transition", problems)
        source, target = inner.text("from"), inner.text("to")
        for key, value in (("from", source), ("to", target)):
            if not value and (key not in inner.values or value is not None):
                message = f"a transition has no {key!r}"
                problems.add("missing-key", message, inner.span, expected=f"the key {key!r}")
        name = inner.text("id")
        if name is not None and name in ids:
            place = _place(inner, "id", inner.span)
            problems.add("duplicate-id", f"the transition {name!r} is defined twice", place)
        elif name is not None:
            ids.add(name)
        condition = inner.scalar("condition")
        text = None
        if condition is not None and condition.value is not None:
            truth = condition.value
            text = ("false", "true")[truth] if isinstance(truth, bool) else str(truth)
        if not source or not target:
            continue
        found.append(
            Transition(
                id=name,
                name=inner.text("name"),
                source=source,
                target=target,
                condition=text if text and text.strip() else None,
                condition_span=None if condition is None else condition.span,
                ends=(_place(inner, "from", inner.span), _place(inner, "to", inner.span)),
                span=inner.span,
            )
        )
    return tuple(found)


def _variables(fields: Fields, problems: Problems) -> tuple[VariableEntry, ...]:
    found: dict[str, VariableEntry] = {}
    for key, document in fields.named("variables", "name"):
        what = f"variable {key.value!r}" if key is not None else "a variable"
        span = key.span if key is not None else document.span
        if key is not None and isinstance(document, Scalar) and isinstance(document.value, str):
            kind: str | None = document.value
            inner = Fields(_EMPTY, VARIABLE, what, problems)
            type_span = document.span
        else:
            inner = Fields(document, VARIABLE, what, problems)
            kind = inner.text("type")
            type_span = _place(inner, "type", span)
        name = _member_name(inner, key, "name", what, problems)
        if name is None:
            continue
        if name in found:
            message = f"the variable {name!r} is defined twice"
            problems.add("duplicate-id", message, _place(inner, "name", span))
            continue
        default = inner.values.get("default")
        values = tuple(
            str(item.value)
            for item in inner.listed("values")
            if isinstance(item, Scalar) and item.value is not None
        )
        found[name] = VariableEntry(
            name=name,
            type=kind,
            required=inner.truth("required"),
            default=None if default is None else plain(default),
            default_span=None if default is None else default.span,
            values=values,
            span=replace(span, element=name),
            type_span=type_span,
        )
    return tuple(found.values())
