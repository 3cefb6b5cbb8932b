"""Complete prefixes, by definition: all runs of the events are followed, on small nets."""

from __future__ import annotations

from typing import Any

from oracles.evidence_net import Marking, Plain, Said, array, marking, need

Data = dict[str, Any]
Cut = frozenset[int]


def prefix_shows(net: Plain, data: Data, claim: Said) -> None:
    """The markings after runs without cutoffs are all that are reachable, and all are good."""
    need(claim.shape == "AG" and claim.test is not None)
    assert claim.test is not None
    need(data["places"] == net.places and data["actions"] == net.transitions)
    events, companions, place_of, first = read(net, data)

    def seen(cut: Cut) -> Marking:
        places = [place_of[c] for c in cut]
        need(len(set(places)) == len(places))
        return marking(dict.fromkeys(places, 1))

    cuts, todo = {first}, [first]
    while todo:
        cut = todo.pop()
        for number, (taken, made) in enumerate(events):
            if companions[number] == -2 and taken <= cut and cut - taken | made not in cuts:
                need(len(cuts) < 5_000)
                cuts.add(cut - taken | made)
                todo.append(cut - taken | made)
    shown = {seen(cut) for cut in cuts}
    need(shown == net.reach(net.initial))
    need(all(claim.test(m) for m in shown))
    for number, other in enumerate(companions):
        if other != -2:
            need(-1 <= other < len(events) and other != number)
            after = first if other == -1 else alone(other, events, first)
            need(seen(alone(number, events, first)) == seen(after))


def read(net: Plain, data: Data) -> tuple[list[tuple[Cut, Cut]], list[int], dict[int, str], Cut]:
    """Events with what they take and make, companions, the place of each condition, the start."""
    chosen, flat, companions = (array(data[k])[1] for k in ("transitions", "taken", "companions"))
    need(all(array(data[k])[0] == [len(c)] for k, c in (("taken", flat),)))
    need(len(chosen) == len(companions) and all(0 <= t < len(net.transitions) for t in chosen))
    place_of = dict(enumerate(p for p in net.places if (p, 1) in net.initial))
    need(len(place_of) == len(net.initial))
    first = frozenset(place_of)
    events: list[tuple[Cut, Cut]] = []
    for number in chosen:
        name = net.transitions[number]
        taken, flat = flat[: len(net.pre[name])], flat[len(net.pre[name]) :]
        need(set(net.pre[name].values()) == {1} and set(net.post[name].values()) <= {1})
        need(all(condition in place_of for condition in taken))
        need({place_of[condition] for condition in taken} == set(net.pre[name]))
        made = range(len(place_of), len(place_of) + len(net.post[name]))
        place_of |= dict(zip(made, (p for p in net.places if p in net.post[name]), strict=True))
        events.append((frozenset(taken), frozenset(made)))
    need(not flat and len(set(zip(chosen, (e[0] for e in events), strict=True))) == len(events))
    return events, companions, place_of, first


def alone(number: int, events: list[tuple[Cut, Cut]], first: Cut) -> Cut:
    """The cut after an event and its causes."""
    causes, wanted = {number}, events[number][0]
    for other in range(number - 1, -1, -1):
        if events[other][1] & wanted:
            causes.add(other)
            wanted |= events[other][0]
    cut = first
    for other in sorted(causes):
        need(events[other][0] <= cut)
        cut = cut - events[other][0] | events[other][1]
    return cut
