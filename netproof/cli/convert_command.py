"""``netproof convert``: a model in another format."""

from __future__ import annotations

import argparse
import sys

from netproof.cli.output_file import write_output
from netproof.converting import CONVERSIONS
from netproof.loading import load

__all__ = ["run"]


def run(arguments: argparse.Namespace) -> int:
    """Write the converted model to a file or to standard output, remarks to standard error."""
    model = load(arguments.file, format=arguments.format)
    conversion = CONVERSIONS[arguments.to](model, arguments.starts or "one")
    for remark in conversion.remarks:
        sys.stderr.write(f"netproof: {' '.join(remark.split())}\n")
    if arguments.output is None:
        sys.stdout.write(conversion.text)
    else:
        write_output(arguments.output, conversion.text)
    return 0
