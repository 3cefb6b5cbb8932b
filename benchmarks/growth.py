"""How states and seconds grow with the size of a model, explicit and symbolic, as a picture.

::

    python benchmarks/growth.py [--data FILE] [--svg FILE]

Measures philosophers, Kanban and the flexible manufacturing system, each count in a process of its
own (CPU seconds from the net in memory to all figures; imports excluded), and writes the figures to
``growth.json`` and the picture to ``growth.svg`` beside this file. Where ``--data`` names figures
that were measured before, they are only drawn. Needs matplotlib, which the extra ``notebooks``
brings.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
COUNT = """
import json, sys, time
sys.path[:0] = [sys.argv[1], sys.argv[1] + "/tests"]
sys.set_int_max_str_digits(0)
import scipy.optimize, oxidd.bdd
from petri.state_space.exploring_packed import state_space
from petri.state_space.symbolic.exploring_symbolic import symbolic_state_space
from state_space_nets import fms, kanban, philosophers
from transition_systems.budget import Budget
net = {"philosophers": philosophers, "Kanban": kanban, "FMS": fms}[sys.argv[2]](int(sys.argv[3]))
count = {"explicit": state_space, "symbolic": symbolic_state_space}[sys.argv[4]]
began = time.process_time()
space = count(net, budget=Budget(seconds=120))
figures = [space.n_arcs, space.deadlocks, space.max_tokens_in_marking]
print(json.dumps([str(space.n_states) if space.complete else None, time.process_time() - began]))
"""
SIZES = {
    ("philosophers", "explicit"): (2, 4, 6, 8, 10, 12, 14, 16, 18),
    ("philosophers", "symbolic"): (2, 4, 8, 16, 32, 64, 128, 256, 512, 1000),
    ("Kanban", "explicit"): (1, 2, 3, 4, 5, 6),
    ("Kanban", "symbolic"): (1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30),
    ("FMS", "explicit"): (1, 2, 3, 4, 5, 6),
    ("FMS", "symbolic"): (1, 2, 3, 4, 5, 6, 8, 10, 15, 20),
}
UNITS = {"philosophers": "philosophers", "Kanban": "cards in each cell", "FMS": "pallets of a kind"}
# Colours that are read on white and on black.
COLOURS = {"explicit": "#2f86d8", "symbolic": "#d9762b"}
MARKS = {"explicit": "o", "symbolic": "s"}
INK = "#7d7d7d"


def measured(runs: int) -> dict[str, Any]:
    """Return the figures: for each model and engine the points (size, states, seconds)."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    points: dict[str, list[list[Any]]] = {}
    for (model, engine), sizes in SIZES.items():
        line = points.setdefault(f"{model} {engine}", [])
        for size in sizes:
            results: list[tuple[float, str | None]] = []
            for _ in range(runs):
                command = [sys.executable, "-c", COUNT, str(HERE.parent), model, str(size), engine]
                done = subprocess.run(
                    command, check=True, capture_output=True, text=True, env=environment
                )
                states, seconds = json.loads(done.stdout.splitlines()[-1])
                results.append((seconds, states))
            seconds, states = min(results, key=lambda result: result[0])
            print(f"{model} {size} {engine}: {states and states[:20]} {seconds:.3f} s", flush=True)
            if states is None:
                break
            line.append([size, states, round(seconds, 4)])
    return {"load": round(os.getloadavg()[0], 1), "points": points}


def digits(states: str) -> float:
    """Return the decimal logarithm of a number of any length."""
    return math.log10(int(states[:15])) + max(0, len(states) - 15)


def draw(data: dict[str, Any], path: Path) -> None:
    """Draw the figures: states above, seconds below, one column for each model."""
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot as plt

    ink = ("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color")
    mpl.rcParams.update(
        {
            **dict.fromkeys(ink, INK),
            "svg.hashsalt": "netproof",
            "svg.fonttype": "none",
            "font.size": 10,
            "axes.spines.top": False,
            "axes.spines.right": False,
        }
    )
    figure, axes = plt.subplots(2, 3, figsize=(10.5, 6.2), sharex="col", layout="constrained")
    figure.patch.set_alpha(0)
    for column, (model, unit) in enumerate(UNITS.items()):
        upper, lower = axes[0][column], axes[1][column]
        for engine, colour in COLOURS.items():
            points = data["points"][f"{model} {engine}"]
            sizes = [size for size, _, _ in points]
            look = {"color": colour, "marker": MARKS[engine], "markersize": 4.5, "linewidth": 1.6}
            wide = {**look, "markersize": 8, "markerfacecolor": "none"}
            upper.plot(sizes, [digits(n) for _, n, _ in points], label=engine,
                       **(wide if engine == "explicit" else look))  # fmt: skip
            lower.plot(sizes, [seconds for _, _, seconds in points], label=engine, **look)
            beside = (8, -3, "left") if engine == "explicit" else (-4, 8, "right")
            lower.annotate(
                engine, (sizes[-1], points[-1][2]), textcoords="offset points",
                xytext=beside[:2], ha=beside[2], color=colour,
            )  # fmt: skip
        upper.set_title(model, fontweight="bold")
        if model == "philosophers":
            upper.set_xscale("log")
            upper.set_yscale("log")
        lower.set_yscale("log")
        lower.set_xlabel(unit)
        for axis in (upper.xaxis, upper.yaxis, lower.xaxis, lower.yaxis):
            axis.set_major_formatter(lambda value, _: f"{value:g}")
        for axis in (upper, lower):
            axis.set_facecolor("none")
            axis.grid(visible=True, color=INK, alpha=0.25, linewidth=0.6)
    axes[0][0].set_ylabel("states, decimal digits")
    axes[1][0].set_ylabel("CPU seconds to all figures")
    axes[0][0].legend(frameon=False, labelcolor="linecolor")
    figure.suptitle("Reachable markings: how many, and the time to count them", color=INK)
    figure.savefig(path, metadata={"Date": None, "Creator": "netproof benchmarks/growth.py"})


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, help="figures measured before, to be drawn")
    parser.add_argument("--svg", type=Path, default=HERE / "growth.svg")
    parser.add_argument("--runs", type=int, default=2)
    arguments = parser.parse_args()
    if arguments.data is None:
        data = measured(arguments.runs)
        (HERE / "growth.json").write_text(json.dumps(data) + "\n", encoding="utf-8")
    else:
        data = json.loads(arguments.data.read_text(encoding="utf-8"))
    draw(data, arguments.svg)


if __name__ == "__main__":
    main()
