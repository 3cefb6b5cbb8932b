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
from transition_systems.lts import LTS
from transition_systems.readwrite.files import PathOrFile, file_name, read_bytes
from transition_systems.source_span import SourceSpan
from translators.formats import Format, detect_format, format_named
from translators.ledger import Ledger
from translators.named_system import NamedSystem
from translators.workflow.graph import WorkflowGraph

__all__ = ["Model", "load", "model_of"]


@dataclass(frozen=True, slots=True, init=False)
class Model:
    """What was read from a file: a workflow graph, a net or a transition system.

    Parameters
    ----------
    source
        The path as given, ``"-"`` for standard input, or a made-up name for a model object.
    format
        Name of the format.
    graph, net, system
        The model; just one of them is set.
    ledger
        What the reader has to say about the file.
    source_digest
        ``sha256:`` of the bytes, ``None`` for a model object.
    """

    source: str
    format: str
    graph: WorkflowGraph | None
    system: NamedSystem | None
    ledger: Ledger
    source_digest: str | None
    _net: PetriNet | None = field(repr=False)
    _made: PetriNet | None = field(repr=False, compare=False)

    def __init__(
        self,
        *,
        source: str,
        format: str,
        graph: WorkflowGraph | None = None,
        net: PetriNet | None = None,
        system: NamedSystem | None = None,
        ledger: Ledger | None = None,
        source_digest: str | None = None,
    ) -> None:
        values = {
            "source": source, "format": format, "graph": graph, "system": system, "_net": net,
            "ledger": Ledger() if ledger is None else ledger, "source_digest": source_digest,
            "_made": None,
        }  # fmt: skip
        for name, value in values.items():
            object.__setattr__(self, name, value)

    @property
    def net(self) -> PetriNet | None:
        """The net, where it is one; that of a transition system has one token for the state.

        Raises
        ------
        UnsupportedError
            For a transition system that is too large as a net.
        """
        if self.system is None:
            return self._net
        if self._made is None:
            object.__setattr__(self, "_made", _as_net(self.system, self.source))
        return self._made

    @property
    def is_workflow(self) -> bool:
        """Whether the model is a workflow graph."""
        return self.graph is not None

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        from netproof.pictures import mimebundle

        return mimebundle(self)


def _as_net(system: NamedSystem, source: str) -> PetriNet:
    try:
        return system.net()
    except InputError as error:
        raise _placed(error, source) from error


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
        raise _placed(error, name) from error
    digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
    if isinstance(result, PetriNet):
        return Model(source=name, format=chosen.name, net=result, source_digest=digest)
    if isinstance(result, NamedSystem):
        return Model(source=name, format=chosen.name, system=result, source_digest=digest)
    return Model(
        source=name,
        format=chosen.name,
        graph=replace(result.graph, source=name, source_digest=digest),
        ledger=result.ledger,
        source_digest=digest,
    )


def _placed(error: InputError, name: str) -> InputError:
    """Return the error with the name of its file."""
    span = replace(error.span or SourceSpan(), file=name)
    return type(error)(
        error.message, span=span, found=error.found, expected=error.expected, mend=error.mend
    )


def _named(data: bytes, name: str) -> io.BytesIO:
    file = io.BytesIO(data)
    file.name = name
    return file


def model_of(thing: Model | WorkflowGraph | PetriNet | LTS | PathOrFile) -> Model:
    """Return a model for a path, a graph, a net, a transition system or a model."""
    if isinstance(thing, Model):
        return thing
    if isinstance(thing, WorkflowGraph):
        return Model(
            source=thing.source or f"<workflow {thing.id}>", format="workflow", graph=thing
        )
    if isinstance(thing, PetriNet):
        return Model(source=f"<net {thing.name or ''}>".replace(" >", ">"), format="net", net=thing)
    if isinstance(thing, LTS):
        return Model(source="<system>", format="system", system=NamedSystem(lts=thing))
    return load(os.fspath(thing) if isinstance(thing, os.PathLike) else thing)
