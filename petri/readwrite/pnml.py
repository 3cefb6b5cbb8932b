"""PNML (ISO/IEC 15909-2): place/transition nets with pages, reference nodes and final markings.

Read are pages (nested), reference nodes, names, initial markings, inscriptions, the final marking
in the notation of ProM and pm4py (``<finalmarkings>``), and silent transitions in the notation of
ProM (``activity="$invisible$"``). Drawing and tool-specific content are kept with the net and
written back. Inhibitor, reset and read arcs, coloured, timed and stochastic nets, capacities and
priorities are refused by name.
"""

from __future__ import annotations

from petri.net import PetriNet
from petri.readwrite.pnml_read import PnmlOrigin, choose_net, net_from_element
from petri.readwrite.pnml_write import new_document, patched_document
from transition_systems.readwrite.files import PathOrFile, write_text
from transition_systems.readwrite.xml import XmlElement, format_xml, parse_xml, read_xml

__all__ = ["format_pnml", "parse_pnml", "read_pnml", "write_pnml"]


def parse_pnml(text: str | bytes, *, net: str | None = None, file: str | None = None) -> PetriNet:
    """Return the place/transition net of a PNML text.

    Parameters
    ----------
    text
        The PNML.
    net
        The id of the net to read; needed only where the text holds several.
    file
        The file's name, for the places in errors and nodes.

    Returns
    -------
    PetriNet
        A visible transition's label is its name, or its id where it has no name.

    Raises
    ------
    UnsupportedError
        When the net holds something that a place/transition net cannot mean.
    InputError
        When the text is no PNML or is wrong.

    Examples
    --------
    >>> net = parse_pnml('<pnml><net id="n"><place id="p"/><transition id="t"/>'
    ...                  '<arc id="a" source="p" target="t"/></net></pnml>')
    >>> net.arcs
    (Arc(source='p', target='t', weight=1),)
    """
    root = parse_xml(text, file=file)
    return net_from_element(root, choose_net(root, net))


def read_pnml(path_or_file: PathOrFile, *, net: str | None = None) -> PetriNet:
    """Return the place/transition net of a PNML file.

    Parameters
    ----------
    path_or_file
        A path, or a file that is open for reading.
    net
        The id of the net to read; needed only where the file holds several.

    Returns
    -------
    PetriNet
        As :func:`parse_pnml`.

    Raises
    ------
    InputError
        As :func:`parse_pnml`, and when the file cannot be read.

    Examples
    --------
    >>> import io
    >>> read_pnml(io.StringIO('<pnml><net id="n"><place id="p"/></net></pnml>')).place_ids
    ('p',)
    """
    root = read_xml(path_or_file)
    return net_from_element(root, choose_net(root, net))


def format_pnml(net: PetriNet) -> str:
    """Return a net as PNML that reads back as an equal net.

    A net that was read from PNML is written as it was, with pages, reference nodes, drawing and
    tool-specific content; a new marking or name replaces the old one.

    Parameters
    ----------
    net
        The net.

    Returns
    -------
    str
        The text.

    Raises
    ------
    UsageError
        When an id or a label holds a character that XML cannot hold.

    Examples
    --------
    >>> net = PetriNet(places=["p"], transitions=["t"], arcs=[("t", "p", 2)], final={"p": 1})
    >>> parse_pnml(format_pnml(net)) == net
    True
    """
    document, fresh = _document(net)
    return format_xml(document, indent=fresh)


def _document(net: PetriNet) -> tuple[XmlElement, bool]:
    if isinstance(net.origin, PnmlOrigin):
        before = net_from_element(net.origin.root, net.origin.net)
        if net == before.replace(name=net.name, initial=net.initial, final=net.final):
            return patched_document(net, net.origin, before), False
    return new_document(net), True


def write_pnml(net: PetriNet, path_or_file: PathOrFile) -> None:
    """Write a net as PNML, see :func:`format_pnml`.

    Parameters
    ----------
    net
        The net.
    path_or_file
        A path, or a file that is open for writing.

    Examples
    --------
    >>> import io
    >>> out = io.StringIO()
    >>> write_pnml(PetriNet(places=["p"], transitions=[]), out)
    >>> '<place id="p"/>' in out.getvalue()
    True
    """
    write_text(path_or_file, format_pnml(net))
