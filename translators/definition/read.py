"""Reading the project's own workflow definitions, in JSON or YAML."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Literal

from transition_systems.errors import InputError
from transition_systems.readwrite.files import PathOrFile, file_name, read_bytes
from transition_systems.source_span import SourceSpan
from translators.definition.build import build_graph, ledger_entries
from translators.definition.check import check_definition
from translators.definition.dataflow import check_dataflow
from translators.definition.dialects import foreign_dialect
from translators.definition.document import Document, Mapping, decoded
from translators.definition.fields import snake_case
from translators.definition.json_text import parse_json_text
from translators.definition.model import definition_of
from translators.definition.problems import Problems
from translators.definition.yaml_text import parse_yaml_text
from translators.ledger import Ledger
from translators.workflow.result import ReadResult

__all__ = ["MAX_JSON_BYTES", "MAX_YAML_BYTES", "parse_definition", "read_definition"]

MAX_JSON_BYTES = 8 << 20
MAX_YAML_BYTES = 1 << 20

Syntax = Literal["auto", "json", "yaml"]


def read_definition(path_or_file: PathOrFile) -> ReadResult:
    """Read a definition file into a workflow graph.

    Parameters
    ----------
    path_or_file
        A path, or an open file; JSON or YAML, told apart by content.

    Returns
    -------
    ReadResult

    Raises
    ------
    InputError
        As :func:`parse_definition`, and when the file cannot be read.

    Examples
    --------
    >>> import io
    >>> text = ('{"id": "w", "start_activity": "a", "end_activities": ["a"],'
    ...         ' "activities": {"a": {}}}')
    >>> read_definition(io.StringIO(text)).graph.id
    'w'
    """
    name = file_name(path_or_file)
    return parse_definition(read_bytes(path_or_file, max_bytes=MAX_JSON_BYTES), file=name)


def parse_definition(
    text: str | bytes, *, file: str | None = None, syntax: Syntax = "auto"
) -> ReadResult:
    """Parse a definition into a workflow graph, after checking all that can be checked on paper.

    Parameters
    ----------
    text
        JSON or YAML.
    file
        The name that spans and errors show; an ending ``.yaml`` or ``.yml`` says YAML.
    syntax
        ``"auto"`` takes a text that begins with ``{`` for JSON, any other for YAML.

    Returns
    -------
    ReadResult

    Raises
    ------
    InputError
        With a code (see ``translators.definition.problems.CODES``), file, line and column: the
        first thing that is wrong, and the lines of others.

    Examples
    --------
    >>> result = parse_definition('''
    ... start_activity: draft
    ... end_activities: [publish]
    ... activities: {draft: {type: user}, publish: {}}
    ... transitions:
    ...   - {from: draft, to: publish}
    ... ''')
    >>> [flow.id for flow in result.graph.flows]
    ['start-to-draft', 'draft-to-publish', 'publish-to-end-publish']
    >>> parse_definition('{"activities": {"a": {}}, "start_activity": "b"}')
    Traceback (most recent call last):
    ...
    transition_systems.errors.InputError: 1:1: no-end: there is no end activity (and 1 more: \
line 1: unknown-reference). Name at least one in end_activities
    """
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    whole = decoded(data, file=file)
    document = _document(whole, file, syntax)
    _check_dialect(document, whole, file)
    problems = Problems()
    definition = definition_of(document, problems)
    expressions = check_definition(definition, problems)
    problems.raise_if_any()
    check_dataflow(definition, expressions, problems)
    problems.raise_if_any()
    graph = replace(
        build_graph(definition, expressions),
        source=file,
        source_digest=f"sha256:{hashlib.sha256(data).hexdigest()}",
    )
    return ReadResult(graph=graph, ledger=Ledger(entries=ledger_entries(definition)))


def _document(text: str, file: str | None, syntax: Syntax) -> Document:
    if syntax == "auto":
        yaml_name = file is not None and file.lower().endswith((".yaml", ".yml"))
        syntax = "json" if text.lstrip().startswith(("{", "[")) and not yaml_name else "yaml"
    limit = MAX_JSON_BYTES if syntax == "json" else MAX_YAML_BYTES
    if len(text) > limit:
        raise InputError(
            f"the {syntax.upper()} text is too large",
            span=SourceSpan(file=file),
            found=f"{len(text)} characters",
            expected=f"at most {limit}",
        )
    if syntax == "json":
        return parse_json_text(text, file=file)
    return parse_yaml_text(text, file=file)


def _check_dialect(document: Document, text: str, file: str | None) -> None:
    """Refuse a document that is no definition, with what it looks like where that is known."""
    own = ("activities", "start_activity", "end_activities")
    if isinstance(document, Mapping) and any(snake_case(str(k.value)) in own for k, _ in document):
        return
    foreign = foreign_dialect(text[:65_536].encode("utf-8", "replace"))
    raise InputError(
        "this is no workflow definition"
        + (f": it looks like {foreign}, which is not supported yet" if foreign else ""),
        span=SourceSpan(file=file, line=document.span.line, column=document.span.column),
        expected="a map with activities, transitions, start_activity and end_activities",
    )
