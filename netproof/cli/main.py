"""Arguments of the command line, and the way to each command."""

from __future__ import annotations

import argparse
import io
import sys
import time
from importlib import import_module

from netproof.cli.process_age import process_age
from netproof.report.formats import FORMATS
from transition_systems import __version__

__all__ = ["build_parser", "run"]

EPILOG = """exit codes, worst wins: 70 internal error, 2 unreadable input or usage, 1 violated,
3 no verdict, 0 all hold"""
CHECK = f"""properties by name:
soundness, option-to-complete, proper-completion, deadlock, boundedness,
safeness, no-dead-activities, no-dead-transitions, termination, termination-weak,
termination-strong, livelock, divergence, lost-messages, never-started-pools, workflow-net,
liveness, reversibility, persistence, stable-place, bounds, weak-soundness, relaxed-soundness,
easy-soundness, lazy-soundness, generalised-soundness, soundness-without-fairness, 2-soundness,
up-to-2-soundness

{EPILOG}"""
DIFF = """exit codes: 1 a verdict got worse or what --fail-on-change names changed,
3 a verdict is no longer decided, 2 unreadable input or usage, 0 otherwise"""
COMMANDS = {
    "check": "netproof.cli.check_command",
    "diff": "netproof.cli.diff_command",
    "convert": "netproof.cli.convert_command",
    "repair": "netproof.cli.repair_command",
    "draw": "netproof.cli.draw_command",
    "simulate": "netproof.cli.simulate_command",
    "statespace": "netproof.cli.statespace_command",
    "equivalent": "netproof.cli.equivalent_command",
    "refine": "netproof.cli.refine_command",
    "minimise": "netproof.cli.minimise_command",
    "spectrum": "netproof.cli.spectrum_command",
    "mcc": "netproof.cli.mcc_command",
    "recheck": "netproof.cli.recheck_command",
    "doctor": "netproof.cli.doctor_command",
}
CONTEST = ("RD", "OS", "QL", "SM", "L", "UB", "RC", "RF", "CTLC", "CTLF", "LTLC", "LTLF")


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = argparse.ArgumentParser(
        prog="netproof", epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Prove that a workflow is right before it runs.",
    )  # fmt: skip
    parser.add_argument("--version", action="version", version=f"netproof {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    check = commands.add_parser(
        "check", help="check files, folders or patterns", epilog=CHECK,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    _check(check)
    _diff(commands.add_parser("diff", help="tell what changed between two files", epilog=DIFF))
    convert = commands.add_parser("convert", help="translate a file to another format")
    convert.add_argument("file", metavar="FILE")
    convert.add_argument(
        "--to",
        required=True,
        choices=("pnml", "dot", "json", "cspm", "definition", "aut", "fsm", "lts"),
        help="cspm and definition are for workflows only; pnml of a transition system is its net",
    )
    convert.add_argument("-o", "--output", metavar="PATH", help="default: standard output")
    convert.add_argument(
        "--budget-seconds", type=_seconds, metavar="S", default=30.0, help="wall time (default 30)"
    )
    _reading(convert)
    _repair(commands.add_parser("repair", help="explain an unsound workflow and repair it"))
    draw = commands.add_parser(
        "draw", help="draw a model, or a counterexample on it, as svg or dot"
    )
    draw.add_argument("file", metavar="FILE")
    draw.add_argument(
        "-o",
        "--output",
        metavar="PATH",
        required=True,
        help="x.svg (a picture) or x.dot (the net for Graphviz)",
    )
    draw.add_argument("--property", metavar="NAME", help="draw the counterexample to this property")
    draw.add_argument("--as", dest="view", choices=("diagram", "net"), default="diagram")
    _reading(draw)
    simulate = commands.add_parser("simulate", help="play one random run, or many replicas")
    simulate.add_argument("file", metavar="FILE")
    simulate.add_argument(
        "--replicas", type=_count, metavar="R", help="play R replicas and tell counts and shares"
    )
    simulate.add_argument(
        "--firings", type=_count, metavar="N", help="with --replicas: firings in each (default 100)"
    )
    simulate.add_argument(
        "--budget-seconds", type=_seconds, metavar="S", help="with --replicas: wall time"
    )
    simulate.add_argument("--steps", type=_count, metavar="N", help="of one run; default: 100")
    simulate.add_argument("--seed", type=int, default=0)
    simulate.add_argument("--output-format", choices=("terminal", "json"), default="terminal")
    simulate.add_argument("--trace", metavar="PATH", help="also write an event log: x.xes or x.csv")
    _reading(simulate)
    _statespace(commands.add_parser("statespace", help="count the states of a net"))
    _equivalent(commands.add_parser("equivalent", help="tell whether two behaviours are the same"))
    _refine(commands.add_parser("refine", help="tell whether a behaviour refines another"))
    _minimise(commands.add_parser("minimise", help="make a behaviour as small as it can be"))
    _spectrum(commands.add_parser("spectrum", help="compare two behaviours in every sense"))
    _contest(commands.add_parser("mcc", help="answer an instance of the Model Checking Contest"))
    recheck = commands.add_parser("recheck", help="recheck a JSON report or a folder of evidence")
    recheck.add_argument("report", metavar="REPORT_OR_FOLDER")
    recheck.add_argument(
        "--root", metavar="DIR", help="where the sources are found (default: the current folder)"
    )
    recheck.add_argument("--budget-seconds", type=_seconds, default=60.0, metavar="S")
    commands.add_parser("doctor", help="tell whether the installation works")
    return parser


def _check(check: argparse.ArgumentParser) -> None:
    add = check.add_argument
    add("inputs", nargs="*", metavar="FILE|DIR|GLOB|-")
    add("--property", action="append", dest="properties", metavar="NAME-OR-FORMULA",
        help="a property or pattern by name, or a formula of CTL or LTL; repeatable")  # fmt: skip
    add("--weak", action="store_true", help="formulas of LTL leave out silent steps")
    add("--fairness", choices=("weak", "strong", "weak-process", "strong-process"),
        help="only paths count that are fair to each step, or to each process")  # fmt: skip
    add("--budget-seconds", type=_seconds, metavar="S", help="wall time for one file (default 30)")
    add("--budget-states", type=_count, metavar="N", help="states to store for one file")
    add("--total-seconds", type=_seconds, metavar="S", help="wall time for the whole call")
    add("--jobs", type=_count, metavar="N", help="processes (default 1)")
    add("--exclude", action="append", metavar="GLOB", help="leave out paths; may be repeated")
    add("--output-format", choices=FORMATS, default="terminal")
    add("--output", action="append", metavar="FORMAT=PATH", help="also write a report; repeatable")
    add("--fail-on", metavar="LIST",
        help="what fails: violated, unknown, error, violated:PROPERTY, unknown:PROPERTY or "
        "PROPERTY, with commas (default violated,unknown,error)")  # fmt: skip
    add("--warn-on", metavar="LIST", help="what only warns, in the same words")
    add("--baseline", metavar="FILE", help="what this file knows is shown and does not fail")
    add("--write-baseline", metavar="FILE", help="write what is not good now as a baseline")
    add("--exit-zero", action="store_true", help="exit with 0 unless there is an internal error")
    add("--evidence-dir", metavar="DIR", help="write the evidence of each verdict to a file there")
    add("--traces-dir", metavar="DIR",
        help="write each run there: sequence diagram, ITF trace, test that replays it")  # fmt: skip
    add("--no-recheck", action="store_true", help="do not recheck the evidence")
    add("--no-config", action="store_true", help="do not look for a configuration file")
    add("--show-config", action="store_true", help="print the settings in force and where from")
    add("--quiet", action="store_true", help="terminal: only the summary and what is not good")
    _reading(check)


def _diff(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("old", metavar="OLD", help="a file, or - for standard input")
    add("new", metavar="NEW", help="a file, or - for standard input")
    add("--property", action="append", dest="properties", metavar="NAME-OR-FORMULA",
        help="a property by name, or AG(...) or EF(...); may be repeated")  # fmt: skip
    add("--budget-seconds", type=_seconds, default=30.0, metavar="S",
        help="wall time for everything (default 30)")  # fmt: skip
    add("--budget-states", type=_count, metavar="N", help="states to store")
    add("--runs", choices=("all", "shared"), default="all",
        help="compare runs of all activities and events (default) or of shared ones")  # fmt: skip
    add("--output-format", choices=("terminal", "json", "markdown"), default="terminal")
    add("--output", action="append", metavar="FORMAT=PATH", help="also write a file; repeatable")
    add("--fail-on-change", metavar="LIST", help="of verdicts, elements, language, with commas")
    add("--exit-zero", action="store_true", help="exit with 0 unless there is an internal error")
    _reading(parser)


def _repair(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("file", metavar="FILE")
    add("-o", "--output", metavar="PATH", help="write the repaired workflow here")
    add("--most-edits", type=_count, default=3, metavar="N", help="edits at most (default 3)")
    add("--budget-seconds", type=_seconds, metavar="S", help="wall time (default 10)")
    add("--output-format", choices=("terminal", "json"), default="terminal")
    add("--from", dest="format", metavar="F", help="format; default: by content")


def _statespace(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("file", metavar="NET")
    add("--engine", choices=("auto", "explicit", "symbolic"), default="auto")
    add("--budget-seconds", type=_seconds, metavar="S", help="wall time; default: no limit")
    add("--budget-bytes", type=_count, metavar="B", help="memory before files are used")
    add("--spill", metavar="DIR", help="keep the search here; a search cut off goes on from it")
    add("--output-format", choices=("terminal", "json"), default="terminal")
    _reading(parser)


def _equivalent(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("left", metavar="A", help="an .aut file, a system as JSON, a net or a workflow")
    add("right", metavar="B")
    add("--picture", metavar="PATH",
        help="two nets or workflows with the run that tells them apart: x.svg, x.html")  # fmt: skip
    _relation(parser)


def _refine(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("left", metavar="SPEC", help="the specification: a file as for equivalent")
    parser.add_argument("right", metavar="IMPL", help="the implementation")
    _relation(parser, "trace", "trace (default), failures, failures-divergences, weak-trace, ...")


def _minimise(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="A", help="an .aut file, a system as JSON, a net, ...")
    parser.add_argument("-o", "--output", metavar="PATH", help="x.aut, x.fsm, x.dot or x.json")
    _relation(
        parser,
        known="strong (default), branching, weak, trace, failures, ...; bisimilarities "
        "merge states that cannot be reached, too, but do not remove them; linear-time relations "
        "give a normal form of sets of states, which may be larger than A",
    )


def _spectrum(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("left", metavar="A", help="an .aut file, a system as JSON, a net or a workflow")
    add("right", metavar="B")
    add("-o", "--output", metavar="PATH", help="x.svg: the lattice as a picture")
    add("--budget-seconds", type=_seconds, metavar="S", default=30.0, help="wall time (default 30)")
    add("--output-format", choices=("terminal", "json"), default="terminal")
    add("--json", action="store_true", help="the same as --output-format json")
    _reading(parser)


def _relation(
    parser: argparse.ArgumentParser,
    default: str | None = None,
    known: str = "strong (default of systems), branching (of models), weak, trace, failures, ...",
) -> None:
    add = parser.add_argument
    add("--relation", default=default, metavar="R", help=known)
    add("--budget-seconds", type=_seconds, metavar="S", default=30.0, help="wall time (default 30)")
    add("--output-format", choices=("terminal", "json"), default="terminal")
    add("--json", dest="output_format", action="store_const", const="json", help="as JSON")
    _reading(parser)


def _contest(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("directory", metavar="DIRECTORY", help="holds model.pnml and the category's formulas")
    add(
        "--category", required=True, metavar="C", choices=CONTEST,
        help=f"one of {', '.join(CONTEST)}",
    )  # fmt: skip
    add("--budget-seconds", type=_seconds, metavar="S", help="wall time; default: one hour")
    add("--evidence-dir", metavar="DIR", help="write what proves each answer to files there")


def _reading(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--from", dest="format", metavar="F", help="format; default: by content")
    parser.add_argument(
        "--starts", choices=("one", "all"), default=None,
        help="several start events: one of them by choice (default), or all together",
    )  # fmt: skip


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 < value < 1e9:
        raise argparse.ArgumentTypeError(f"a positive number of seconds is expected, not {text}")
    return value


def _count(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"a positive number is expected, not {text}")
    return value


def _parsed(argv: list[str]) -> argparse.Namespace:
    """Return the arguments; the options of ``check`` may stand between its files."""
    if argv[:1] != ["check"]:
        return build_parser().parse_args(argv)
    parser = argparse.ArgumentParser(
        prog="netproof check", epilog=CHECK, formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Check files, folders or patterns.",
    )  # fmt: skip
    _check(parser)
    end = argv.index("--") if "--" in argv else len(argv)
    arguments = parser.parse_intermixed_args(argv[1:end])
    arguments.inputs += argv[end + 1 :]
    arguments.command = "check"
    return arguments


def run(argv: list[str], *, alone: bool = False) -> int:
    """Parse the arguments, run the command, return the exit code.

    ``alone`` says that the process is there for nothing else, so that its budget counts from the
    start of the process, and a step that outlasts the budget may end the process.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    began = time.monotonic() - (process_age() if alone else 0.0)
    try:
        arguments = _parsed(argv)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 2
    from transition_systems.errors import InputError, NetproofError, UndecidedError, UsageError

    try:
        arguments.began = began  # a budget for the whole command counts its imports too
        arguments.alone = alone
        command = import_module(COMMANDS[arguments.command])
        return int(command.run(arguments))
    except (InputError, UsageError) as error:
        sys.stderr.write(f"netproof: {error}\n")
        return 2
    except UndecidedError as error:
        sys.stderr.write(f"netproof: {error}\n")
        return 3
    except NetproofError as error:
        sys.stderr.write(f"netproof: internal error: {error}\n")
        return 70
    except KeyboardInterrupt:
        sys.stderr.write("netproof: interrupted\n")
        return 130
    except BrokenPipeError:
        return 0
    except MemoryError:
        sys.stderr.write("netproof: internal error: there is not enough memory\n")
        return 70
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        sys.stderr.write(f"netproof: {where}{error.strerror or error}\n")
        return 2
    except Exception as error:  # a fault of ours has its own exit code
        kind = type(error).__name__
        sys.stderr.write(f"netproof: internal error: {kind}: {error}; please report it\n")
        return 70
