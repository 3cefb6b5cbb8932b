"""Reductions, theorems and stubborn sets against full search, on a million small nets.

    python benchmarks/campaign.py [--count 1000000] [--seed 0] [--jobs 2] [--record FILE]

Half of the nets are workflow nets, grown by random refinements and then often disturbed; half are
nets of any shape, with weights, self-loops, source and sink transitions. Each net with at most 300
markings is decided by a search of its own, on sets and dictionaries and by definition, and by the
engines; every difference is printed with the seed of its net, and counted in the record, a line of
JSON for each run of this program, with the seeds that it covered.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from petri import PetriNet, sound, workflow_net  # noqa: E402
from petri.soundness import SoundnessGoal  # noqa: E402
from petri.structure.commoner import siphons_hold_traps  # noqa: E402
from petri.structure.deadlock_free import deadlock_free  # noqa: E402
from petri.stubborn_sets import (  # noqa: E402
    always_reachable_by_stubborn_sets,
    deadlock_by_stubborn_sets,
    reachable_by_stubborn_sets,
)
from transition_systems.properties.predicates import (  # noqa: E402
    Compare,
    at_least,
    at_most,
    conjunction,
)
from transition_systems.verdict import Verdict  # noqa: E402

MOST = 300
CHUNK = 2_000
Key = tuple[int, ...]


def any_net(draw: random.Random) -> PetriNet:
    """Return a small net of any shape."""
    places = [f"p{n}" for n in range(draw.randint(1, 6))]
    transitions = [f"t{n}" for n in range(draw.randint(1, 7))]
    arcs: list[tuple[str, str, int]] = []
    for t in transitions:
        for p in draw.sample(places, min(len(places), draw.choice([1, 1, 1, 2, 2, 0, 3]))):
            arcs.append((p, t, draw.choice([1] * 9 + [2])))
        for p in draw.sample(places, min(len(places), draw.choice([1, 1, 1, 2, 0]))):
            arcs.append((t, p, draw.choice([1] * 9 + [2])))
    initial = {p: draw.choice([1, 1, 2]) for p in draw.sample(places, draw.randint(1, len(places)))}
    return PetriNet(places=places, transitions=transitions, arcs=arcs, initial=initial)


def workflow(draw: random.Random) -> PetriNet:
    """Return a small workflow net, grown by refinements and then perhaps disturbed."""
    pre: list[set[str]] = [{"i"}]
    post: list[set[str]] = [{"o"}]
    for count in range(1, draw.randint(2, 8)):
        number = draw.randrange(len(pre))
        place = f"p{count}"
        match draw.randrange(5):
            case 0:  # a transition in two steps
                pre.append({place})
                post.append(post[number])
                post[number] = {place}
            case 1:  # another choice
                pre.append(set(pre[number]))
                post.append(set(post[number]))
            case 2:  # another branch between two transitions
                later = [n for n in range(len(pre)) if pre[n] & post[number]]
                if later:
                    post[number].add(place)
                    pre[draw.choice(later)].add(place)
            case 3:  # a loop at a place
                some = draw.choice(sorted(pre[number] | post[number]))
                if some not in "io":
                    pre.append({some})
                    post.append({some})
            case _:  # a place in two steps
                some = draw.choice(sorted(post[number]))
                if some != "o":
                    for row in pre:
                        if some in row:
                            row.discard(some)
                            row.add(place)
                    pre.append({some})
                    post.append({place})
    for _ in range(draw.choice([0, 0, 1, 1, 2])):
        number, side = draw.randrange(len(pre)), draw.choice([pre, post])
        places = sorted(set().union(*pre, *post) - ({"o"} if side is pre else {"i"}))
        some = draw.choice(places)
        if some in side[number] and len(side[number]) > 1:
            side[number].discard(some)
        else:
            side[number].add(some)
    arcs = [(p, f"t{n}") for n, row in enumerate(pre) for p in sorted(row)]
    arcs += [(f"t{n}", p) for n, row in enumerate(post) for p in sorted(row)]
    places = sorted({"i", "o"}.union(*pre, *post))
    names = [f"t{n}" for n in range(len(pre))]
    return PetriNet(places=places, transitions=names, arcs=arcs, initial={"i": 1})


class Oracle:
    """All markings of a small net, by definition."""

    def __init__(self, net: PetriNet) -> None:
        self.net = net
        pre, post = net.pre.T.tolist(), net.post.T.tolist()
        first = tuple(net.initial.to_array(net.place_ids).tolist())
        self.steps: dict[Key, list[tuple[int, Key]]] = {}
        waiting = [first]
        while waiting and len(self.steps) <= MOST:
            key = waiting.pop()
            if key in self.steps:
                continue
            self.steps[key] = [
                (n, tuple(a - b + c for a, b, c in zip(key, needs, gives, strict=True)))
                for n, (needs, gives) in enumerate(zip(pre, post, strict=True))
                if all(a >= b for a, b in zip(key, needs, strict=True))
            ]
            waiting += [after for _, after in self.steps[key]]
        self.bounded = len(self.steps) <= MOST

    def always_possible(self, good: set[Key]) -> bool:
        """Return whether from every marking one of a set can be reached."""
        before: dict[Key, list[Key]] = {key: [] for key in self.steps}
        for key, found in self.steps.items():
            for _, after in found:
                before[after].append(key)
        seen, waiting = set(good), list(good)
        while waiting:
            for key in before[waiting.pop()]:
                if key not in seen:
                    seen.add(key)
                    waiting.append(key)
        return len(seen) == len(self.steps)

    def live(self) -> bool:
        """Return whether each transition can always occur again."""
        numbers = range(len(self.net.transition_ids))
        return all(
            self.always_possible(
                {k for k, out in self.steps.items() if any(t == n for t, _ in out)}
            )
            for n in numbers
        )

    def fired(self) -> set[int]:
        """Return the transitions that occur."""
        return {number for found in self.steps.values() for number, _ in found}


def classical(oracle: Oracle, net: PetriNet) -> bool:
    """Return whether a workflow net is sound."""
    sink = net.place_index("o")
    final = tuple(int(n == sink) for n in range(len(net.place_ids)))
    done = {key for key in oracle.steps if key == final}
    proper = all(key == final for key in oracle.steps if key[sink])
    return bool(done) and proper and oracle.always_possible(done) and (
        len(oracle.fired()) == len(net.transition_ids)
    )  # fmt: skip


def free_choice(net: PetriNet) -> bool:
    """Return whether places are shared by transitions with the same inputs only, each one token."""
    rows = net.pre.T.tolist()
    return max((n for row in rows for n in row), default=0) <= 1 and all(
        one == other or not any(a and b for a, b in zip(one, other, strict=True))
        for one in rows
        for other in rows
    )


def compare(seed: int, counts: Counter[str]) -> list[str]:
    """Compare the engines on one net; return what differs."""
    draw = random.Random(seed)
    net = workflow(draw) if seed % 2 else any_net(draw)
    oracle = Oracle(net)
    if not oracle.bounded:
        counts["too many markings"] += 1
        return []
    differ: list[str] = []

    def same(name: str, verdict: Verdict, wanted: bool) -> None:
        if verdict.unknown:
            counts[f"{name}: unknown"] += 1
            return
        counts[name] += 1
        if verdict.holds != wanted:
            differ.append(name)

    if workflow_net(net).holds and set(net.initial) == {"i"}:
        wanted = classical(oracle, net)
        same("soundness by reduction", sound(net, method="reduction"), wanted)
        same("soundness by the rank theorem", sound(net, method="rank-theorem"), wanted)
        same("soundness by stubborn sets", sound(net, method="stubborn-sets"), wanted)
        same("soundness of well-structured nets", sound(net, method="well-structured"), wanted)
        counts["sound" if wanted else "not sound"] += 1
    places = list(net.place_ids)
    empty = draw.sample(places, draw.randint(1, len(places)))
    few = draw.sample(places, min(len(places), draw.randint(1, 2)))
    limits = [at_most(p, draw.choice([1, 2])) for p in few]
    goal = SoundnessGoal(
        completion=Compare(tuple((p, 1) for p in empty), "<=", 0),
        proper=conjunction(*limits),
        occurs={t: (t,) for t in net.transition_ids},
    )
    at = {p: n for n, p in enumerate(places)}
    done = {key for key in oracle.steps if not any(key[at[p]] for p in empty)}
    most = {part.terms[0][0]: part.bound for part in limits}
    proper = all(key[at[p]] <= bound for key in oracle.steps for p, bound in most.items())
    wanted = proper and oracle.always_possible(done) and (
        len(oracle.fired()) == len(net.transition_ids)
    )  # fmt: skip
    same("a goal by reduction", sound(net, goal=goal, method="reduction"), wanted)
    same("a goal by stubborn sets", sound(net, goal=goal, method="stubborn-sets"), wanted)
    touched = {name for arc in net.arcs for name in (arc.source, arc.target)}
    if free_choice(net) and touched.issuperset(places):
        holds = siphons_hold_traps(net).holds
        counts["liveness by Commoner's condition"] += holds is not None
        if holds is not None and holds != oracle.live():
            differ.append("liveness by Commoner's condition")
    stuck = any(not found for found in oracle.steps.values())
    same("deadlock by stubborn sets", deadlock_by_stubborn_sets(net), not stuck)
    if not isinstance(deadlock_free(net), str):
        counts["no deadlock by structure"] += 1
        if stuck:
            differ.append("no deadlock by structure")
    chosen = draw.choice(places)
    more = at_least(chosen, draw.randint(1, 2))
    hits = {key for key in oracle.steps if key[at[chosen]] >= more.bound}
    same("reachability by stubborn sets", reachable_by_stubborn_sets(net, more), bool(hits))
    always = always_reachable_by_stubborn_sets(net, more)
    same("ways back by stubborn sets", always, oracle.always_possible(hits))
    return differ


def chunk(start: int, count: int) -> tuple[Counter[str], list[tuple[int, str]]]:
    """Compare on some nets."""
    counts: Counter[str] = Counter()
    found = [(seed, what) for seed in range(start, start + count) for what in compare(seed, counts)]
    return counts, found


def main() -> None:
    """Compare, and append to the record."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--record", type=Path, default=ROOT / "benchmarks" / "campaign.jsonl")
    arguments = parser.parse_args()
    total: Counter[str] = Counter()
    differ: list[tuple[int, str]] = []
    began, done = time.monotonic(), 0
    starts = range(arguments.seed, arguments.seed + arguments.count, CHUNK)
    with ProcessPoolExecutor(arguments.jobs) as pool:
        sizes = [min(CHUNK, arguments.seed + arguments.count - start) for start in starts]
        for counts, found in pool.map(chunk, starts, sizes):
            total += counts
            differ += found
            done += CHUNK
            print(f"{min(done, arguments.count)} nets, {time.monotonic() - began:.0f} s, "
                  f"differences {len(differ)}", flush=True)  # fmt: skip
            for seed, what in found:
                print(f"  seed {seed}: {what}", flush=True)
    row = {
        "date": time.strftime("%Y-%m-%d"), "first seed": arguments.seed, "nets": arguments.count,
        "seconds": round(time.monotonic() - began), "compared": dict(total), "differences": differ,
    }  # fmt: skip
    with arguments.record.open("a", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")
    print(json.dumps(row, indent=2))


if __name__ == "__main__":
    main()
