"""``netproof simulate --replicas``: many replicas at once, told as counts with intervals."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from typing import Any

from netproof.cli.output_file import write_output
from netproof.converting import net_of
from netproof.loading import load
from netproof.report.event_log import run_case
from netproof.report.outline import outline_of
from netproof.report.text import relative_path, repository_root
from petri import PetriNet
from petri.token_game import Ensemble, Estimate, Traces, ensemble, traces
from transition_systems.budget import Budget
from transition_systems.errors import UsageError
from transition_systems.progress import Progress
from transition_systems.readwrite.event_log import LogCase, format_csv_log
from transition_systems.readwrite.xes import format_xes
from translators.to_petri import NetTranslation
from translators.trace_back import trace_back

__all__ = ["run_many"]

MAX_EVENTS = 2_000_000
# As many firings cost less than a second on arrays, where replicas are independent.
INDEPENDENT = 5_000_000
UNDECIDED = 3
WIDTH = 78


def run_many(arguments: argparse.Namespace) -> int:
    """Play replicas, print firings and tokens with intervals, write runs where asked.

    The runs of ``--trace`` are as many and as long as the replicas, and independent of each other.
    """
    replicas = arguments.replicas or 1000
    firings = arguments.firings or 100
    if arguments.seed < 0:
        raise UsageError(f"a seed is an integer from 0 on, not {arguments.seed}")
    if arguments.trace is not None and replicas * firings > MAX_EVENTS:
        raise UsageError(
            f"an event log of {replicas * firings} events is too large (at most {MAX_EVENTS});"
            " give fewer replicas or firings, or use petri.token_game.traces"
        )
    model = load(arguments.file, format=arguments.format)
    net, translation = net_of(model, arguments.starts or "one")
    budget = Budget(seconds=arguments.budget_seconds)
    active = sys.stderr.isatty()
    independent = replicas * firings <= INDEPENDENT
    result = ensemble(
        net, replicas=replicas, firings=firings, seed=arguments.seed, budget=budget,
        method="arrays" if independent else "auto", progress=_tell if active else None,
    )  # fmt: skip
    if active:
        sys.stderr.write("\r" + " " * WIDTH + "\r")
    if arguments.trace is not None:
        runs = traces(net, runs=replicas, length=firings, seed=arguments.seed)
        cases = tuple(_cases(runs, model, translation))
        text = format_xes(cases) if arguments.trace.endswith(".xes") else format_csv_log(cases)
        write_output(arguments.trace, text)
    if arguments.output_format == "json":
        sys.stdout.write(
            json.dumps(_data(result, model.source, arguments.seed), ensure_ascii=False, indent=1)
            + "\n"
        )
    else:
        sys.stdout.write(_text(result, _told_places(net, translation)))
    return 0 if result.complete else UNDECIDED


def _tell(progress: Progress) -> None:
    """Show how far the game is, on one line of standard error."""
    text = (
        f"{progress.states:,} firings, {progress.rate:,.0f} firings/s, "
        f"{progress.frontier:,} replicas go on"
    )
    sys.stderr.write("\r" + text[:WIDTH].ljust(WIDTH))
    sys.stderr.flush()


def _cases(runs: Traces, model: Any, translation: Any) -> Iterator[LogCase]:
    if translation is None:
        yield from runs.cases()
        return
    outline = outline_of(model, translation)
    file = relative_path(model.source, repository_root())
    for number, run in enumerate(runs, start=1):
        yield run_case(f"run {number}", trace_back(translation, run), outline, file=file)


def _names(net: PetriNet) -> list[str]:
    return [node.label or node.name or node.id for node in net.transitions]


def _estimate(value: Estimate) -> dict[str, Any]:
    """Return an estimate as data; the ends of an interval of one block are null."""
    single = len(value.block_means) < 2
    return {
        "mean": value.mean, "low": None if single else value.low,
        "high": None if single else value.high,
    }  # fmt: skip


def _data(result: Ensemble, source: str | None, seed: int) -> dict[str, Any]:
    net = result.net
    counts = {
        node.id: {"label": name, **_estimate(result.firing_count(node.id))}
        for node, name in zip(net.transitions, _names(net), strict=True)
    }
    return {
        "schema": "netproof/ensemble/1", "source": source, "seed": seed,
        "replicas": result.replicas, "blocks": result.blocks, "clock": result.clock,
        "amount": result.amount, "method": result.method, "engine": result.engine,
        "complete": result.complete, "reason": result.reason, "level": 0.95,
        "firings": int(result.fired.sum()),
        "dead": _estimate(result.dead_share()), "firings_per_replica": counts,
        "tokens": {place: _estimate(result.mean_tokens(place)) for place in net.place_ids},
    }  # fmt: skip


def _shown(value: Estimate) -> str:
    half = "(no interval: one block)" if len(value.block_means) < 2 else f"± {value.half_width:.2g}"
    return f"{value.mean:>12.4f} {half}"


def _told_places(net: PetriNet, translation: NetTranslation | None) -> list[str]:
    """Return the places that mean something to the user: in a workflow no bookkeeping."""
    if translation is None:
        return list(net.place_ids)
    known = translation.places
    return [place for place in net.place_ids if place in known and known[place].kind != "control"]


def _text(result: Ensemble, places: list[str]) -> str:
    net = result.net
    blocks = "1 block" if result.blocks == 1 else f"{result.blocks} blocks"
    lines = [
        f"{result.replicas} replicas of at most {result.amount} firings in {blocks}; they fired"
        f" {int(result.fired.sum())} times; 95% intervals from the means of the blocks"
    ]
    if not result.complete:
        lines.append(f"stopped early, with what was played until then: {result.reason}")
    dead = result.dead_share()
    lines.append(f"replicas in which nothing more can happen: {dead.mean:.2%}")
    lines += ["", "firings in a replica:"]
    lines += [
        f"  {_shown(result.firing_count(node.id))}  {name}"
        for node, name in zip(net.transitions, _names(net), strict=True)
    ]
    lines += ["", "tokens at the end (places that are never marked are left out):"]
    tokens = [(place, result.mean_tokens(place)) for place in places]
    lines += [f"  {_shown(value)}  {place}" for place, value in tokens if value.mean]
    return "\n".join(lines) + "\n"
