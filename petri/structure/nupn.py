"""Units of nested-unit Petri nets (NUPN), as PNML files name them beside the net.

The units tell which places belong together. That no two places of a unit, or of a unit and one
inside it, are ever marked together is a claim of the file; nothing here believes it.
H. Garavel: Nested-unit Petri nets. Journal of Logical and Algebraic Methods in Programming 104,
2019.
"""

from __future__ import annotations

from petri.net import PetriNet
from petri.readwrite.pnml_read import PnmlOrigin
from transition_systems.readwrite.xml import XmlElement

__all__ = ["nupn_units"]


def nupn_units(net: PetriNet) -> tuple[tuple[int, ...], ...]:
    """Return the places of each unit that the file of a net names, by index, outer units first.

    Parameters
    ----------
    net
        A net; only one that was read from PNML can have units.

    Returns
    -------
    tuple of tuple of int
        The units that have places of their own, a unit before those inside it, and sub-units in
        the order of the file. A place is in at most one. Empty where there are no units, or where
        they make no sense: names of no place, units inside themselves.

    Examples
    --------
    >>> from petri import parse_pnml
    >>> net = parse_pnml('''<pnml><net id="n" type="http://www.pnml.org/version-2009/grammar/ptnet">
    ...     <page id="g"><place id="p"/><place id="q"/><place id="r"/>
    ...     <toolspecific tool="nupn" version="1.1"><structure units="2" root="u0" safe="true">
    ...     <unit id="u1"><places>q p</places><subunits/></unit>
    ...     <unit id="u0"><places>r</places><subunits>u1</subunits></unit>
    ...     </structure></toolspecific></page></net></pnml>''')
    >>> nupn_units(net)
    ((2,), (1, 0))
    """
    origin = net.origin
    if not isinstance(origin, PnmlOrigin):
        return ()
    structure = _structure(origin.net)
    if structure is None:
        return ()
    inner: dict[str, list[str]] = {}
    own: dict[str, tuple[int, ...]] = {}
    index = {place: number for number, place in enumerate(net.place_ids)}
    used: set[str] = set()
    for unit in structure.findall("unit"):
        name, places = unit.get("id"), _words(unit, "places")
        if name is None or name in own or not used.isdisjoint(places):
            return ()
        if len(set(places)) < len(places) or any(place not in index for place in places):
            return ()
        used.update(places)
        own[name] = tuple(index[place] for place in places)
        inner[name] = _words(unit, "subunits")
    waiting, found, met = [structure.get("root")], list[tuple[int, ...]](), set[str]()
    while waiting:
        name = waiting.pop()
        if name is None or name not in own or name in met:
            return ()
        met.add(name)
        if own[name]:
            found.append(own[name])
        waiting.extend(reversed(inner[name]))
    return tuple(found)


def _structure(net: XmlElement) -> XmlElement | None:
    for element in net.iter():
        if element.tag == "toolspecific" and element.get("tool") == "nupn":
            return element.find("structure")
    return None


def _words(unit: XmlElement, tag: str) -> list[str]:
    child = unit.find(tag)
    return [] if child is None else child.text.split()
