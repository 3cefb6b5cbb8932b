"""Write ``docs/usability.md``: one violated diagram in netproof and in pm4py, side by side.

Usage: ``python docs/make_usability.py --pm4py PYTHON``, where PYTHON is the interpreter of an
environment with pm4py (``python -m venv ../pm && ../pm/bin/pip install pm4py``). pm4py is under
the AGPL and no dependency: it runs in a process and an environment of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from netproof import __version__, check

FILE = "examples/invoice-deadlock.bpmn"
PICTURE = ROOT / "docs" / "images" / "invoice-deadlock.svg"
COMMAND = ["check", FILE, "--property", "soundness", "--property", "no-dead-activities"]
SHORT = f"""\
import pm4py

bpmn = pm4py.read_bpmn("{FILE}")
net, im, fm = pm4py.convert_to_petri_net(bpmn)
sound, diagnostics = pm4py.check_soundness(net, im, fm, print_diagnostics=True)
print(sound)
"""
LONG = f"""\
import pm4py
from pm4py.algo.analysis.woflan import algorithm as woflan

bpmn = pm4py.read_bpmn("{FILE}")
net, im, fm = pm4py.convert_to_petri_net(bpmn)
print(woflan.apply(net, im, fm, parameters={{
    woflan.Parameters.RETURN_ASAP_WHEN_NOT_SOUND: False,
    woflan.Parameters.PRINT_DIAGNOSTICS: True,
    woflan.Parameters.RETURN_DIAGNOSTICS: False,
}}))
"""
#: Of every example: what the conversion and the check of pm4py say, as JSON.
EACH = """\
import contextlib, io, json, sys
with contextlib.redirect_stdout(io.StringIO()):
    import pm4py
    told = {}
    for path in sys.argv[1:]:
        triple = pm4py.convert_to_petri_net(pm4py.read_bpmn(path))
        sound, found = pm4py.check_soundness(*triple)
        lines = next(v for k, v in found.items() if str(k).endswith("DIAGNOSTIC_MESSAGES"))
        told[path] = [bool(sound), str(lines[-1])]
print(json.dumps([pm4py.__version__, told]))
"""
#: What pm4py is for; the names are looked up in the installed version.
OTHER = {
    "finds a model in an event log": ("discover_petri_net_inductive", "discover_bpmn_inductive"),
    "compares a log with a model": (
        "conformance_diagnostics_alignments", "conformance_diagnostics_token_based_replay",
    ),
    "measures how well they fit": ("fitness_alignments", "precision_alignments"),
    "tells times and frequencies": ("get_cycle_time", "discover_performance_dfg"),
    "filters logs": ("filter_variants_top_k", "filter_time_range"),
    "looks at who works with whom": ("discover_handover_of_work_network",),
    "reads object-centric logs": ("read_ocel2",),
}  # fmt: skip


def run(command: list[str]) -> tuple[str, int]:
    """Return what a command writes to standard output, and its exit code."""
    drop = ("FORCE_COLOR", "CLICOLOR_FORCE")
    environment = {key: value for key, value in os.environ.items() if key not in drop}
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", env=environment
    )
    if done.returncode not in (0, 1):
        sys.exit(f"{command}: {done.stderr}")
    return done.stdout.strip(), done.returncode


def box(command: str, output: str) -> str:
    """Return a command and its output, word for word, as a cell of a table."""
    style = "white-space: pre-wrap; overflow-wrap: anywhere; font-size: 0.8em"
    parts = (f"<b>{escape(command.strip())}</b>", "", escape(output))
    # An empty line would end the HTML and begin Markdown.
    text = "\n".join(parts).replace("\n\n", "\n&#32;\n")
    return f'<td width="50%" valign="top"><pre style="{style}">{text}</pre></td>'


def side_by_side(*cells: tuple[str, str, str]) -> list[str]:
    """Return a table with a column for each tool."""
    head = "".join(f"<th>{title}</th>" for title, _, _ in cells)
    body = "\n".join(box(command, output) for _, command, output in cells)
    return ["<table>", f"<tr>{head}</tr>", f"<tr>\n{body}\n</tr>", "</table>", ""]


def page(pm4py: str) -> str:
    """Return the page."""
    ours, code = run([sys.executable, "-m", "netproof", *COMMAND])
    run([sys.executable, "-m", "netproof", "draw", FILE, "--property", "soundness", "-o",
         str(PICTURE)])  # fmt: skip
    short, _ = run([pm4py, "-c", SHORT])
    long, _ = run([pm4py, "-c", LONG])
    examples = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("examples/*.bpmn"))
    version, each = json.loads(run([pm4py, "-c", EACH, *examples])[0])
    names = sorted(name for group in OTHER.values() for name in group)
    missing, _ = run([pm4py, "-c", f"import contextlib, io\n"
                      "with contextlib.redirect_stdout(io.StringIO()): import pm4py\n"
                      f"print(*(n for n in {names} if not hasattr(pm4py, n)))"])  # fmt: skip
    if missing:
        sys.exit(f"this pm4py does not have {missing}")
    shell = "$ netproof " + " ".join(COMMAND).replace(" --", " \\\n    --")
    lines = [
        "# One violated diagram, two tools",
        "",
        f"Made by `docs/make_usability.py` with netproof {__version__}, pm4py {version} and Python "
        f"{platform.python_version()}. The outputs are word for word what the commands write to "
        "standard output; pm4py's banner and warnings, on standard error, are left out.",
        "",
        "An invoice is approved by a manager *or* by a rule, and then a parallel gateway waits for "
        f"both (`{FILE}`). Both tools say that this is not sound. What else does the author of the "
        "diagram learn?",
        "",
        *side_by_side(("netproof", shell, f"{ours}\n[exit code {code}]"), ("pm4py", SHORT, short)),
        "`check_soundness` stops at the first sign. Asked for all that its algorithm, Woflan, "
        "finds, pm4py says more:",
        "",
        *side_by_side(("pm4py, all diagnostics", LONG, long)),
        "`netproof draw` shows the run on the author's own diagram:",
        "",
        "![The run on the diagram: the gateway waits for a branch that was not "
        f"taken](images/{PICTURE.name})",
        "",
        "## What a reader gets",
        "",
        "| | netproof | pm4py |",
        "| --- | --- | --- |",
        "| sound? | VIOLATED; HOLDS and UNKNOWN are the other answers | `False`; `True` is the "
        "other answer |",
        "| for a build | exit code 1, reports as SARIF, JUnit, HTML, ... | a value in Python |",
        "| where | the gateway `join`; in reports for CI its line, 26 | places of the converted "
        "net without an S-component, pairs that are not well-handled |",
        "| how it comes to that | the shortest run, step by step, and on the diagram | no run for "
        "this net (for others, Woflan lists unbounded or non-live sequences) |",
        "| what never happens | “Pay invoice” can never start | with all diagnostics: the dead "
        "task `Pay invoice`, and Woflan's own short-circuiting transition |",
        "| why believe it | a run that anybody can replay; for HOLDS a certificate; `netproof "
        "recheck` proves both again | the S-components and invariants that were computed |",
        "| what the question takes for granted | told with the answer ({doc}`meaning`) | the "
        "conversion of the diagram to a net |",
        "",
        "## All shipped diagrams",
        "",
        "| file | netproof | pm4py | pm4py's last message |",
        "| --- | --- | --- | --- |",
    ]
    for path in examples:
        outcome = check(ROOT / path, "soundness")["soundness"].outcome
        sound, message = each[path]
        lines.append(f"| {Path(path).name} | {outcome} | {sound} | {message} |")
    lines += [
        "",
        "Where pm4py finds “more than one source place”, its `False` is no statement about the "
        "diagram: the conversion has made a net that is no workflow net, and soundness is defined "
        "for workflow nets only. Each of these diagrams has several pools, a boundary event or an "
        "event-based gateway; netproof's reading of them is in {doc}`meaning`.",
        "",
        "## What pm4py does and netproof does not",
        "",
        "pm4py is a library for process mining: it starts from what happened. netproof starts from "
        "what was drawn or written, and has none of this:",
        "",
        "| pm4py | for example |",
        "| --- | --- |",
        *(
            f"| {what} | {', '.join(f'`pm4py.{name}`' for name in group)} |"
            for what, group in OTHER.items()
        ),
        "",
        "The two go together: `petri.from_pm4py(net, im, fm)` takes a net that pm4py discovered, "
        "to prove it, without importing pm4py; `petri.to_pm4py(net)` gives one back; the runs of a "
        "report are an event log that pm4py reads (`--output xes=runs.xes`, {doc}`event-log`).",
        "",
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pm4py", required=True, metavar="PYTHON")
    arguments = parser.parse_args()
    text = page(arguments.pm4py)
    (ROOT / "docs" / "usability.md").write_text(text, encoding="utf-8")
    print(f"docs/usability.md: {len(text.splitlines())} lines")


if __name__ == "__main__":
    main()
