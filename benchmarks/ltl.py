"""Linear temporal logic: automata against Spot's, and checks of `G (p -> F q)` on random systems.

Spot and pyModelChecking live in an environment of their own::

    python -m venv /tmp/ltl && /tmp/ltl/bin/pip install spottl lark
    /tmp/ltl/bin/pip install --no-deps pyModelChecking
    python benchmarks/ltl.py --other /tmp/ltl/bin/python
"""

from __future__ import annotations

import argparse
import json
import subprocess
import time
from typing import Any

import numpy as np

from netproof.recheck import recheck_ltl
from transition_systems.lts import LTS
from transition_systems.properties.parse import parse_formula
from transition_systems.readwrite.hoa import format_hoa
from transition_systems.temporal.ltl import check_ltl
from transition_systems.temporal.ltl_translate import translate_ltl

SIZES = (1_000, 100_000, 1_000_000)
RESPONSE = "G (p -> F q)"

FORMULAS = """
import json, re, sys, time
import spot, spot.gen as gen
kinds = (gen.LTL_DAC_PATTERNS, gen.LTL_EH_PATTERNS, gen.LTL_SB_PATTERNS,
         gen.LTL_HKRSS_PATTERNS, gen.LTL_P_PATTERNS)
found = []
if sys.argv[1] == "patterns":
    for kind in kinds:
        for f in gen.ltl_patterns(kind):
            found += [f, spot.formula.Not(f)]
else:
    found = list(spot.randltl(4, int(sys.argv[1]), seed=7, tree_size=15))
start = time.process_time()
sizes = [spot.translate(f).num_states() for f in found]
seconds = time.process_time() - start
plain = [spot.unabbreviate(f, "eiM^").to_str("spot", True) for f in found]
texts = [re.sub(r"(?<![\\w])1(?![\\w])", "true", t) for t in plain]
texts = [re.sub(r"(?<![\\w])0(?![\\w])", "false", t) for t in texts]
json.dump({"spot": [str(f) for f in found], "texts": texts, "sizes": sizes,
           "seconds": seconds}, sys.stdout)
"""

EQUIVALENT = """
import json, sys
import spot
different = []
for text, hoa in json.load(sys.stdin):
    if not spot.are_equivalent(spot.automaton(hoa), spot.translate(text)):
        different.append(text)
json.dump(different, sys.stdout)
"""

OTHER_CHECK = """
import json, random, sys, time
from pyModelChecking import Kripke
from pyModelChecking.LTL import AtomicProposition as P, A, G, F, Or, Not, modelcheck
n = int(sys.argv[1])
rng = random.Random(1)
arcs = [(s, rng.randrange(n)) for s in range(n) for _ in range(3)]
labels = {s: {x for x in "pq" if rng.random() < 0.5} for s in range(n)}
kripke = Kripke(R=arcs, L=labels, S=list(range(n)), S0=[0])
start = time.process_time()
modelcheck(kripke, A(G(Or(Not(P("p")), F(P("q"))))))
json.dump(time.process_time() - start, sys.stdout)
"""


def run(python: str, code: str, *arguments: str, data: Any = None, seconds: float = 900) -> Any:
    """Run code with another interpreter; return what it writes as JSON."""
    found = subprocess.run(
        [python, "-c", code, *arguments], input=json.dumps(data), capture_output=True, text=True,
        timeout=seconds, check=True,
    )  # fmt: skip
    return json.loads(found.stdout)


def translations(python: str, which: str) -> None:
    """Compare the automata of many formulas with Spot's."""
    given = run(python, FORMULAS, which)
    trees = [parse_formula(text) for text in given["texts"]]
    start = time.process_time()
    automata = [translate_ltl(tree) for tree in trees]
    seconds = time.process_time() - start
    pairs = [
        (text, format_hoa(automaton))
        for text, automaton in zip(given["spot"], automata, strict=True)
    ]
    different = run(python, EQUIVALENT, data=pairs)
    ours, spot = sum(a.n_states for a in automata), sum(given["sizes"])
    deterministic = sum(a.deterministic for a in automata)
    print(
        f"| {which} | {len(pairs)} | {ours} | {spot} | {ours / spot:.3f} | {deterministic} "
        f"| {seconds:.2f} | {given['seconds']:.2f} | {len(different)} |"
    )
    for text in different[:5]:
        print("  different:", text)


def random_system(n: int, chance: float = 0.5) -> LTS:
    """A random system with three arcs a state and the atoms p and q."""
    rng = np.random.default_rng(1)
    return LTS.from_arrays(
        n, np.repeat(np.arange(n), 3), rng.integers(2, 4, 3 * n), rng.integers(0, n, 3 * n),
        label_names=("tau", "✓", "a", "b"),
        atoms={"p": rng.random(n) < 0.5, "q": rng.random(n) < chance},
    )  # fmt: skip


def checks(python: str | None) -> None:
    """Check a response property on random systems."""
    check_ltl(random_system(1_000), RESPONSE)
    for n in SIZES:
        lts = random_system(n)
        start = time.process_time()
        lts.digest()
        digest = time.process_time() - start
        best, verdict = float("inf"), None
        for _ in range(3):
            start = time.process_time()
            verdict = check_ltl(lts, RESPONSE)
            best = min(best, time.process_time() - start)
        assert verdict is not None
        assert verdict.evidence is not None
        start = time.process_time()
        assert recheck_ltl(verdict.evidence, lts, formula=verdict.property).passed
        again = time.process_time() - start
        other = "not run"
        if python is not None and n <= 1_000:
            other = f"{run(python, OTHER_CHECK, str(n)):.2f}"
        print(f"| {n:,} | {verdict.outcome} | {best:.4f} | {digest:.3f} | {again:.4f} | {other} |")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--other", help="a Python with Spot and pyModelChecking")
    parser.add_argument("--random", type=int, default=10_000, help="how many random formulas")
    given = parser.parse_args()
    if given.other:
        print(
            "| formulas | number | states | Spot's | ratio | deterministic | s | Spot s | wrong |"
        )
        print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
        translations(given.other, "patterns")
        translations(given.other, str(given.random))
    print("| states | outcome | decided, s | digest, s | rechecked, s | pyModelChecking, s |")
    print("| --- | --- | --- | --- | --- | --- |")
    checks(given.other)


if __name__ == "__main__":
    main()
