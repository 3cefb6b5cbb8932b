"""PNML as a format: place/transition nets, analysed as they are."""

from __future__ import annotations

from petri.readwrite.pnml import read_pnml
from translators.formats import Format

__all__ = ["FORMAT", "detect"]

NAMESPACE = b"http://www.pnml.org/version-2009/grammar/pnml"


def detect(head: bytes) -> bool:
    """Return whether a file begins like PNML: its namespace, or a ``pnml`` root element."""
    return NAMESPACE in head or b"<pnml" in head or b":pnml " in head


FORMAT = Format(
    name="pnml",
    title="PNML (ISO/IEC 15909-2)",
    extensions=(".pnml",),
    detect=detect,
    read=read_pnml,
    kind="net",
)
