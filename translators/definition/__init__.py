"""The project's own workflow definitions, in JSON and YAML."""

from translators.definition.dialects import looks_like_definition as detect
from translators.definition.read import parse_definition, read_definition
from translators.definition.write import format_definition, write_definition
from translators.formats import Format

__all__ = [
    "FORMAT",
    "detect",
    "format_definition",
    "parse_definition",
    "read_definition",
    "write_definition",
]

FORMAT = Format(
    name="definition",
    title="workflow definition, JSON or YAML",
    extensions=(".yaml", ".yml", ".json"),
    detect=detect,
    read=read_definition,
)
