"""Reading BPMN 2.0 (OMG formal/2013-12-09) as vendors write it into a workflow graph.

The reader represents what is drawn and decides nothing: the maps give the meaning. Broken files are
read as far as they make sense, with an entry in the ledger for each repair.
"""

from __future__ import annotations

import hashlib

from transition_systems.errors import InputError
from transition_systems.readwrite.files import PathOrFile, file_name, read_bytes
from transition_systems.readwrite.xml import XmlElement, parse_xml
from transition_systems.source_span import SourceSpan
from translators.bpmn.boundary import attach_boundary_events, match_compensation
from translators.bpmn.collaboration import read_collaborations, read_messages
from translators.bpmn.diagram import read_layout
from translators.bpmn.elements import DATA, WITHOUT_EFFECT
from translators.bpmn.events import match_links
from translators.bpmn.flows import mend_defaults, read_flows, report_listings
from translators.bpmn.names import MODEL, is_model_namespace
from translators.bpmn.reading import Reading
from translators.bpmn.roles import read_roles
from translators.bpmn.scopes import read_data, read_processes, refuse_unknown, resolve_data
from translators.ledger import Fate, Ledger
from translators.workflow.graph import WorkflowGraph
from translators.workflow.result import ReadResult

__all__ = ["parse_bpmn", "read_bpmn"]

_NEIGHBOURS = {
    "DMN": "a decision model (DMN)",
    "CMMN": "a case model (CMMN)",
    "wsdl": "a WSDL description",
    "pnml": "a Petri net (PNML)",
    "XPDL": "an XPDL package",
    "bpel": "a BPEL process",
    "scxml": "a state chart (SCXML)",
}


def read_bpmn(path_or_file: PathOrFile) -> ReadResult:
    """Read a BPMN file into a workflow graph and a ledger of what the reading left out or mended.

    Parameters
    ----------
    path_or_file
        A path, or an open file.

    Returns
    -------
    ReadResult

    Raises
    ------
    InputError
        If the file cannot be read, is no XML, no BPMN, or holds no process.

    Examples
    --------
    >>> import io
    >>> text = ('<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">'
    ...         '<process id="p"><task id="t"/></process></definitions>')
    >>> [node.id for node in read_bpmn(io.StringIO(text)).graph.nodes]
    ['t']
    """
    return _parse(read_bytes(path_or_file), file_name(path_or_file))


def parse_bpmn(text: str | bytes, *, file: str | None = None) -> ReadResult:
    """Parse a BPMN text into a workflow graph and a ledger; linear in the size of the text.

    Parameters
    ----------
    text
        The XML text; bytes are decoded as XML says.
    file
        The name that spans and errors show.

    Returns
    -------
    ReadResult

    Raises
    ------
    InputError
        If the text is no XML, no BPMN, or holds no process.

    Examples
    --------
    >>> result = parse_bpmn('''<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">
    ...   <process id="order"><startEvent id="s"/><endEvent id="e"/>
    ...     <sequenceFlow id="f" sourceRef="s" targetRef="e"/></process></definitions>''')
    >>> [(flow.source, flow.target) for flow in result.graph.flows]
    [('s', 'e')]
    >>> result.ledger.entries
    ()
    """
    return _parse(text, file)


def _parse(text: str | bytes, file: str | None) -> ReadResult:
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    root = parse_xml(text, file=file)
    reading = Reading(root, file)
    top = _definitions(reading)
    processes = [child for child in top if child.tag == "process"]
    collaborations = [child for child in top if child.tag == "collaboration"]
    if not processes:
        raise InputError(
            "the file holds no process",
            span=SourceSpan(file=file, line=root.line, column=root.column),
            found=_found(top),
            expected="at least one <process> under <definitions>",
            mend="Export the diagram with its process, not as a picture or a conversation only",
        )
    for element in top:
        if element.get("id"):
            reading.roots[element.tag].setdefault(element.attributes["id"].strip(), element)
    read_processes(reading, processes)
    for element in top:
        if element.tag in DATA:
            read_data(reading, element)
        elif element.tag in WITHOUT_EFFECT:
            identifier = reading.identify(element, "data", silent=True)
            reading.note(Fate.NO_EFFECT, element, identifier, WITHOUT_EFFECT[element.tag])
    refuse_unknown(reading)
    attach_boundary_events(reading)
    read_flows(reading)
    mend_defaults(reading)
    report_listings(reading)
    match_links(reading)
    read_collaborations(reading, collaborations)
    read_messages(reading, collaborations)
    match_compensation(reading, [e for e in root.iter("association") if reading.tag(e)])
    read_roles(reading)
    layout = read_layout(reading)
    graph = WorkflowGraph(
        id=_first(root.get("id"), processes[0].get("id"), "definitions"),
        name=root.get("name") or None,
        format="bpmn",
        nodes=tuple(resolve_data(reading, node) for node in reading.nodes.values()),
        flows=tuple(reading.flows.values()),
        messages=tuple(reading.messages),
        scopes=tuple(reading.scopes),
        pools=tuple(reading.pools),
        roles=tuple(reading.roles.values()),
        data=tuple(reading.data),
        layout=layout,
        source=file,
        source_digest=f"sha256:{hashlib.sha256(data).hexdigest()}",
    )
    return ReadResult(graph=graph, ledger=Ledger(entries=tuple(reading.entries)))


def _definitions(reading: Reading) -> list[XmlElement]:
    """Return what stands under ``definitions``, after a look at the root element."""
    root = reading.root
    if root.tag == "definitions" and is_model_namespace(root.namespace):
        if root.namespace != MODEL:
            note = f"the namespace {root.namespace!r} is not that of BPMN 2.0; read as it"
            reading.repaired(root, root.get("id") or "definitions", note)
        return [child for child in root.children if reading.tag(child) is not None]
    if root.tag == "definitions" and root.namespace is None and root.find("process") is not None:
        identifier = root.get("id") or "definitions"
        reading.repaired(root, identifier, "has no namespace; read as BPMN 2.0")
        return [child for child in root.children if reading.tag(child) is not None]
    if root.tag == "process" and is_model_namespace(root.namespace):
        identifier = root.get("id") or "process"
        reading.repaired(root, identifier, "stands without <definitions> around it")
        return [root]
    namespace = root.namespace or "no namespace"
    known = next((what for key, what in _NEIGHBOURS.items() if key in namespace), None)
    raise InputError(
        "this is no BPMN 2.0 file" + (f" but {known}" if known else ""),
        span=SourceSpan(file=reading.file, line=root.line, column=root.column),
        found=f"the root element <{root.qname[:80]}> in {namespace[:120]}",
        expected=f"<definitions> in {MODEL}",
    )


def _first(*names: str | None) -> str:
    """Return the first name that is not blank."""
    return next(name.strip() for name in names if name and name.strip())


def _found(top: list[XmlElement]) -> str:
    tags = list(dict.fromkeys(f"<{element.tag}>" for element in top))
    return ", ".join(tags[:5]) if tags else "nothing"
