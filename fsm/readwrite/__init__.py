"""Automata and networks of machines as text: JSON, Graphviz, Mermaid."""

from fsm.readwrite.dot import format_dot, write_dot
from fsm.readwrite.json import format_json, parse_json, read_json, write_json
from fsm.readwrite.mermaid import format_mermaid, write_mermaid

__all__ = [
    "format_dot",
    "format_json",
    "format_mermaid",
    "parse_json",
    "read_json",
    "write_dot",
    "write_json",
    "write_mermaid",
]
