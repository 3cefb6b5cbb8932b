"""BPMN 2.0: the reader of files as vendors write them."""

from translators.bpmn.names import detect
from translators.bpmn.read import parse_bpmn, read_bpmn
from translators.formats import Format

__all__ = ["FORMAT", "detect", "parse_bpmn", "read_bpmn"]

FORMAT = Format(
    name="bpmn",
    title="BPMN 2.0",
    extensions=(".bpmn", ".bpmn20.xml", ".bpmn2"),
    detect=detect,
    read=read_bpmn,
)
