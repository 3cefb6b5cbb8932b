"""``netproof convert``: a model in another format."""

from __future__ import annotations

import argparse
import sys

from netproof.converting import CONVERSIONS
from netproof.loading import load
from transition_systems.readwrite.files import write_text

__all__ = ["run"]


def run(arguments: argparse.Namespace) -> int:
    """Write the converted model to a file or to standard output."""
    model = load(arguments.file, format=arguments.format)
    text = CONVERSIONS[arguments.to](model, arguments.starts or "one")
    if arguments.output is None:
        sys.stdout.write(text)
    else:
        write_text(arguments.output, text)
    return 0
