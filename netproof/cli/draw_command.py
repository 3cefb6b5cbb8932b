"""``netproof draw``: a model as a picture, or a counterexample on it."""

from __future__ import annotations

import argparse
import sys
from typing import Literal

from netproof.api import check
from netproof.cli.output_file import write_output
from netproof.converting import net_of
from netproof.loading import load
from netproof.pictures import model_svg, verdict_svg
from petri import format_dot
from petri.draw import net_svg
from transition_systems.errors import UsageError

__all__ = ["run"]


def run(arguments: argparse.Namespace) -> int:
    """Write the picture; the ending of the output says which kind."""
    path: str = arguments.output
    starts: Literal["one", "all"] = arguments.starts or "one"
    model = load(arguments.file, format=arguments.format)
    if path.endswith(".dot"):
        write_output(path, format_dot(net_of(model, starts)[0]))
        return 0
    if not path.endswith(".svg"):
        raise UsageError(f"pictures are written as .svg or .dot, not {path!r}")
    if arguments.property is not None:
        report = check(model, arguments.property, starts=starts)
        entry = report.models[0].verdicts[0]
        sys.stderr.write(f"{entry.name}: {entry.outcome}. {entry.verdict.explain()}\n")
        svg = verdict_svg(report.models[0], entry)
    elif arguments.view == "net":
        svg = net_svg(net_of(model, starts)[0])
    else:
        svg = model_svg(model)
    write_output(path, svg + "\n")
    return 0
