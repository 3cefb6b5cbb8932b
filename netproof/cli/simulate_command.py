"""``netproof simulate``: one random run, told step by step, or many replicas."""

from __future__ import annotations

import argparse
import json
import sys

from netproof.cli.output_file import write_output
from netproof.converting import net_of
from netproof.loading import load
from petri import simulate
from transition_systems.errors import UsageError
from transition_systems.run import Lasso, Run
from translators.trace_back import trace_back

__all__ = ["run"]

DEFAULT_STEPS = 100


def run(arguments: argparse.Namespace) -> int:
    """Play a run of a workflow or a net, print it, and write it as an event log where asked."""
    trace = arguments.trace
    if trace is not None and not trace.endswith((".xes", ".csv")):
        raise UsageError(f"--trace takes a path that ends in .xes or .csv, not {trace!r}")
    if arguments.replicas is not None or arguments.firings is not None:
        if arguments.steps is not None:
            raise UsageError("--steps is for one run; with --replicas give --firings")
        from netproof.cli.simulate_many import run_many

        return run_many(arguments)
    steps = DEFAULT_STEPS if arguments.steps is None else arguments.steps
    model = load(arguments.file, format=arguments.format)
    net, translation = net_of(model, arguments.starts or "one")
    played: Run | Lasso = simulate(net, steps=steps, seed=arguments.seed)
    ended = len(played) < steps
    if translation is not None:
        played = trace_back(translation, played)
    if trace is not None:
        from netproof.report.event_log import run_case
        from netproof.report.outline import outline_of
        from netproof.report.text import relative_path, repository_root
        from transition_systems.readwrite.event_log import format_csv_log
        from transition_systems.readwrite.xes import format_xes

        case = run_case(
            f"seed {arguments.seed}", played, outline_of(model, translation),
            file=relative_path(model.source, repository_root()),
        )  # fmt: skip
        write_output(trace, format_xes(case) if trace.endswith(".xes") else format_csv_log(case))
    if arguments.output_format == "json":
        data = {"schema": "netproof/run/1", "source": model.source, "seed": arguments.seed,
                "ended": ended, "run": played.to_dict()}  # fmt: skip
        sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=1) + "\n")
        return 0
    for number, step in enumerate(played, start=1):
        where = f"  (line {step.source.line})" if step.source and step.source.line else ""
        sys.stdout.write(f"{number:>4}. {step.label}{where}\n")
    state = ", ".join(f"{n} in {e}" if n > 1 else str(e) for e, n in played.last.items())
    end = "nothing more can happen" if ended else f"stopped after {steps} steps"
    held = "tokens" if model.system is None else "state"
    sys.stdout.write(f"{end}; {held}: {state or 'none'}\n")
    return 0
