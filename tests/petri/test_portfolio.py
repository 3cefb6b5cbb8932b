"""The portfolio of engines: budgets, a second process, unbounded sums with evidence of their own."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time

import pytest

import petri
from devtools import not_hanging
from netproof.recheck import recheck, recheck_verdict
from oracles.net_properties import space_of
from petri import PetriNet
from petri.portfolio import Answer, Batch, Most, Reach
from petri.portfolio.covering import CoveringAnswers
from petri.portfolio.questions import UNBOUNDED
from petri.portfolio.second import WholeSpace
from state_space_nets import pairs, philosophers
from transition_systems.budget import Budget
from transition_systems.evidence import PumpEvidence
from transition_systems.properties.predicates import Enabled, at_least

pytestmark = pytest.mark.exhaustive


def test_telling_the_second_process_never_waits() -> None:
    """100,000 messages through a pipe that nobody reads would fill it."""
    net = pairs(3)
    questions = {n: Reach(at_least("p0", 2)) for n in range(100_000)}
    second = WholeSpace(net, questions, Budget(seconds=60), evidence=False)
    with not_hanging():
        for number in questions:
            second.forget(number)
    answered = 0
    while second.running:
        answered += len(second.answers(5.0))
    assert answered < len(questions)
    second.close()


def test_questions_are_closed_that_the_second_process_never_saw() -> None:
    """The last question is answered while markings are listed; then all are closed."""
    net = pairs(22)
    goals = [Reach(at_least("p0", 2)), Reach(at_least("q0", 1))]
    told: list[int] = []

    def tell(number: int, _: Answer) -> None:
        told.append(number)
        if number == 0:
            batch.close(1)

    batch = Batch(net, goals, budget=Budget(seconds=6, states=500), tell=tell)
    batch.run()
    assert sorted(told) == [0, 1]
    batch.close(1)


def test_the_second_process_ends_with_the_first() -> None:
    """A killed user's process leaves neither a process nor a traceback."""
    code = (
        "import sys, time; sys.path[:0] = " + json.dumps(sys.path) + "\n"
        "from test_portfolio import pairs\n"
        "from petri.portfolio import Reach\n"
        "from petri.portfolio.second import WholeSpace\n"
        "from transition_systems.budget import Budget\n"
        "from transition_systems.properties.predicates import at_least\n"
        "second = WholeSpace(pairs(40), {0: Reach(at_least('p0', 2))}, Budget(seconds=60),"
        " evidence=False)\n"
        "print(second._child.pid, flush=True); time.sleep(60)\n"
    )
    here = os.path.dirname(__file__)
    environment = {**os.environ, "PYTHONPATH": here}
    first = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=environment,
    )  # fmt: skip
    assert first.stdout is not None
    child = int(first.stdout.readline())
    time.sleep(1.5)
    first.send_signal(signal.SIGKILL)
    for _ in range(1_200):
        try:
            os.kill(child, 0)
        except ProcessLookupError:
            break
        time.sleep(0.1)
    else:
        os.kill(child, signal.SIGKILL)
        first.communicate()
        pytest.fail("the second process went on alone")
    assert "Traceback" not in first.communicate()[1]


def test_budgets_of_states_are_kept() -> None:
    verdict = petri.decide(philosophers(12), "AG fork0 + fork1 <= 3", budget=Budget(
        states=50, seconds=5), parallel=False)  # fmt: skip
    assert verdict.statistics.states <= 200
    seen: list[int] = []
    batch = Batch(
        pairs(20), [Most(("p0", "q0"))], budget=Budget(states=100, seconds=10),
        tell=lambda number, _: seen.append(number), parallel=False,
    )  # fmt: skip
    batch.run()
    assert batch.space is not None
    assert batch.space.n_states <= 1_000
    assert seen == [0]


def test_boundedness_of_what_cannot_be_listed() -> None:
    net = pairs(60)
    verdict = petri.decide(net, "boundedness", budget=Budget(seconds=8))
    assert verdict.holds
    assert verdict.statistics.method == "structure"
    passed = recheck_verdict("boundedness", verdict.outcome, verdict.evidence, net)
    assert passed.status == "passed"
    source = PetriNet(places=["p"], transitions=["t"], arcs=[("t", "p")])
    assert petri.bounded(source, method="structure").unknown


def test_limits_of_some_places_bound_no_net() -> None:
    """``AG p <= 1`` is no proof that a net with another place is bounded."""
    net = PetriNet(
        places=["p", "q"], transitions=["t"], arcs=[("p", "t"), ("t", "p"), ("t", "q")],
        initial={"p": 1},
    )  # fmt: skip
    for text in ("AG p <= 1", "AG p - q <= 1", "AG (p <= 1 || q <= 1)", "AG q >= 0"):
        verdict = petri.decide(net, text, budget=Budget(seconds=2))
        result = recheck_verdict("boundedness", "HOLDS", verdict.evidence, net)
        assert result.status == "failed"


def random_net(seed: int) -> PetriNet:
    rng = random.Random(seed)
    places = [f"p{n}" for n in range(rng.randint(1, 4))]
    transitions = [f"t{n}" for n in range(rng.randint(1, 4))]
    arcs = [(p, t, rng.choice((1, 1, 2))) for t in transitions
            for p in rng.sample(places, rng.randint(0, len(places)))]  # fmt: skip
    back = [(t, p, rng.choice((1, 1, 2))) for t in transitions
            for p in rng.sample(places, rng.randint(0, len(places)))]  # fmt: skip
    initial = {p: rng.randint(0, 2) for p in places}
    return PetriNet(places=places, transitions=transitions, arcs=arcs + back, initial=initial)


def test_bounds_of_sums_by_coverability() -> None:
    """Against full search where the net is bounded, and by recheck where it is not."""
    shown = finite = 0
    for seed in range(300):
        net = random_net(seed)
        covering = CoveringAnswers(net, Budget(seconds=10))
        if not covering.cover.complete:
            continue
        rng = random.Random(seed)
        places = tuple(rng.choices(net.place_ids, k=rng.randint(1, 3)))
        answer = covering.answer(Most(places))
        assert isinstance(answer, Answer)
        space = space_of(net, limit=200)
        if space is not None:
            most = max(sum(dict(key).get(p, 0) for p in places) for key in space.steps)
            assert answer.value == most
        for piece in answer.evidence:
            assert recheck(piece, net).passed
        if answer.value == UNBOUNDED and answer.evidence:
            (piece,) = answer.evidence
            name = piece.claim.formula
            assert recheck_verdict(name, "HOLDS", piece, net).passed
            assert recheck_verdict(name, "VIOLATED", piece, net).status == "failed"
            shown += 1
        finite += answer.value != UNBOUNDED and len(answer.evidence) == 2
        for transition in net.transition_ids:
            found = covering.answer(Reach(Enabled(transition)))
            assert found is not None
            if space is not None:
                fires = {name for steps in space.steps.values() for name, _ in steps}
                assert found.value == (transition in fires)
            assert all(recheck(piece, net).passed for piece in found.evidence)
    assert shown > 50
    assert finite > 50


def test_a_pump_of_other_places_proves_nothing_of_a_sum() -> None:
    net = PetriNet(
        places=["p", "q", "r"], transitions=["t"], arcs=[("p", "t"), ("t", "p"), ("t", "q")],
        initial={"p": 1},
    )  # fmt: skip
    answer = CoveringAnswers(net, Budget(seconds=5)).answer(Most(("q",)))
    assert answer is not None
    (piece,) = answer.evidence
    assert isinstance(piece, PumpEvidence)
    for text, status in (
        ("unbounded q", "passed"), ("unbounded q + r", "passed"), ("unbounded p", "failed"),
        ("unbounded r", "failed"), ("unbounded q - r", "failed"), ("unbounded 0", "failed"),
        ("unbounded x", "failed"), ("unbounded", "passed"), ("unbounded q >= 1", "failed"),
    ):  # fmt: skip
        forged = PumpEvidence(
            claim=type(piece.claim)(formula=text, model_digest=net.digest()), lasso=piece.lasso
        )
        assert recheck(forged, net).status == status, text


@pytest.mark.parametrize("step", ["_walk_soon", "_prove", "_unfold", "_induct"])
def test_each_engine_of_a_batch_agrees_with_full_search(step: str) -> None:
    """One engine at a time, so that listing first does not hide those behind it."""
    answered = 0
    for seed in range(40):
        net = random_net(seed)
        space = space_of(net, limit=200)
        if space is None:
            continue
        rng = random.Random(seed)
        goals = [at_least(rng.choice(net.place_ids), rng.randint(1, 3)) for _ in range(3)]
        found: dict[int, Answer] = {}
        batch = Batch(
            net, [Reach(goal) for goal in goals], budget=Budget(seconds=2),
            tell=lambda n, answer, found=found: found.update({n: answer}), parallel=False,
        )  # fmt: skip
        getattr(batch, step)()
        for number, answer in found.items():
            ((place, _),) = goals[number].terms
            bound = goals[number].bound
            wanted = any(dict(key).get(place, 0) >= bound for key in space.steps)
            assert answer.value == wanted, (seed, answer.method)
            assert all(recheck(piece, net).passed for piece in answer.evidence)
            assert answer.evidence
            answered += 1
    assert answered > 10
