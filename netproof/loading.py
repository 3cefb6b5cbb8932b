"""From a path to a model: the format found by content, the bytes read once."""

from __future__ import annotations

import hashlib
import io
import os
import sys
from dataclasses import dataclass, field, replace
from typing import Any

from netproof.collecting import rare_collection
from petri import PetriNet
from transition_systems.errors import InputError
from transition_systems.readwrite.files import PathOrFile, file_name, read_bytes
from transition_systems.source_span import SourceSpan
from translators.formats import Format, detect_format, format_named
from translators.ledger import Ledger
from translators.workflow.graph import WorkflowGraph

__all__ = ["Model", "load", "model_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """What was read from a file: a workflow graph or a net.

    Parameters
    ----------
    source
        The path as given, ``"-"`` for standard input, or a made-up name for a model object.
    format
        Name of the format.
    graph, net
        The model; just one of them is set.
    ledger
        What the reader has to say about the file.
    source_digest
        ``sha256:`` of the bytes, ``None`` for a model object.
    """

    source: str
    format: str
    graph: WorkflowGraph | None = None
    net: PetriNet | None = None
    ledger: Ledger = field(default_factory=Ledger)
    source_digest: str | None = None

    @property
    def is_workflow(self) -> bool:
        """Whether the model is a workflow graph."""
        return self.graph is not None

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        from netproof.pictures import mimebundle

        return mimebundle(self)


@rare_collection()
def load(path: PathOrFile, *, format: str | None = None) -> Model:
    """Read a model from a file of any known format.

    Parameters
    ----------
    path
        A path, an open file, or ``"-"`` for standard input.
    format
        The name of the format; by default it is recognised by content.

    Returns
    -------
    Model
        With its ledger and the digest of the file.

    Raises
    ------
    InputError
        When the file cannot be read: what, where, what was expected, and how to mend it.

    Examples
    --------
    >>> import io
    >>> text = '<pnml xmlns="http://www.pnml.org/version-2009/grammar/pnml"><net id="n" ' \\
    ...        'type="http://www.pnml.org/version-2009/grammar/ptnet"/></pnml>'
    >>> load(io.StringIO(text)).format
    'pnml'
    """
    source: PathOrFile = sys.stdin.buffer if path == "-" else path
    name = "-" if path == "-" else file_name(source) or "<text>"
    data = read_bytes(source)
    try:
        chosen: Format = format_named(format) if format is not None else detect_format(data)
        result = chosen.read(_named(data, name))
    except InputError as error:
        if error.span is not None and error.span.file is not None:
            raise
        span = replace(error.span or SourceSpan(), file=name)
        raise type(error)(
            error.message, span=span, found=error.found, expected=error.expected, mend=error.mend
        ) from error
    digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
    if isinstance(result, PetriNet):
        return Model(source=name, format=chosen.name, net=result, source_digest=digest)
    return Model(
        source=name,
        format=chosen.name,
        graph=replace(result.graph, source=name, source_digest=digest),
        ledger=result.ledger,
        source_digest=digest,
    )


def _named(data: bytes, name: str) -> io.BytesIO:
    file = io.BytesIO(data)
    file.name = name
    return file


def model_of(thing: Model | WorkflowGraph | PetriNet | PathOrFile) -> Model:
    """Return a model for a path, a graph, a net or a model."""
    if isinstance(thing, Model):
        return thing
    if isinstance(thing, WorkflowGraph):
        return Model(
            source=thing.source or f"<workflow {thing.id}>", format="workflow", graph=thing
        )
    if isinstance(thing, PetriNet):
        return Model(source=f"<net {thing.name or ''}>".replace(" >", ">"), format="net", net=thing)
    return load(os.fspath(thing) if isinstance(thing, os.PathLike) else thing)
