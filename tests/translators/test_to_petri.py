"""The map to nets where it once went wrong, each case told by its verdict."""

from __future__ import annotations

from itertools import pairwise

import netproof
from translators.workflow import EventKind, Flow, Node, NodeKind, Scope, WorkflowGraph
from workflow_text import drawn


def outcomes(text: str) -> dict[str, str]:
    report = netproof.check(drawn(text), budget=20).models[0]
    assert all(entry.rechecked != "failed" for entry in report.verdicts)
    return {entry.name: str(entry.outcome) for entry in report.verdicts}


def sequence(names: list[str], flows: list[str]) -> WorkflowGraph:
    """Return start, activities and end in a row, with the given ids."""
    nodes = [Node(id="s", kind=NodeKind.EVENT, event=EventKind.START, scope="p")]
    nodes += [Node(id=n, kind=NodeKind.ACTIVITY, activity="task", scope="p") for n in names]
    nodes.append(Node(id="e", kind=NodeKind.EVENT, event=EventKind.END, scope="p"))
    pairs = pairwise(nodes)
    return WorkflowGraph(
        id="w", scopes=(Scope(id="p", kind="process"),), nodes=tuple(nodes),
        flows=tuple(
            Flow(id=f, source=a.id, target=b.id, scope="p")
            for f, (a, b) in zip(flows, pairs, strict=True)
        ),
    )  # fmt: skip


def test_ids_that_look_like_ours_stay_the_users() -> None:
    for names, flows in (
        (["a"], ["f0", "e.reached"]),
        (["a"], ["p.start", "f1"]),
        (["a", "a.start", "a.complete"], ["f0", "f1", "f2", "f3"]),
        (["a"], ["a.start", "a.complete"]),
    ):
        report = netproof.check(sequence(names, flows)).models[0]
        assert [str(v.outcome) for v in report.verdicts] == ["HOLDS"] * 5, (names, flows)
        assert {"s", *names} <= {t.owner for t in report.translation.transitions.values()}


def test_a_long_sequence_is_proved_and_rechecked() -> None:
    names = [f"t{i}" for i in range(250)]
    report = netproof.check(sequence(names, [f"f{i}" for i in range(251)])).models[0]
    assert [v.rechecked for v in report.verdicts] == ["passed"] * 5
    assert report["soundness"].holds


def test_an_inclusive_join_that_is_the_split_of_the_next() -> None:
    found = outcomes("""
start s
or a
task t1
task t2
task t3
or j1
task u
or j2
end e
s > a > t1 > t3 > j1
a > t2 > j1
j1 > u > j2 > e
j1 > j2
""")
    assert set(found.values()) == {"HOLDS"}


def test_an_event_sub_process_that_is_rung_from_inside_its_scope_is_not_dead() -> None:
    found = outcomes("""
start s
throw t escalation
end e
s > t > e
esub V
  start v escalation quiet
  task W
  end x
  v > W > x
""")
    assert found["no-dead-activities"] == "HOLDS"
    assert found["soundness"] == "HOLDS"


def test_a_throw_from_deep_inside_rings_far_out_and_everything_completes() -> None:
    found = outcomes("""
start x
sub O
  sub I
    start s
    throw t escalation
    task A
    s > t > A
boundary b escalation on=O quiet
end e
x > O > e
""")
    assert found["soundness"] == "HOLDS"


def test_terminate_and_interruptions_leave_nothing_behind() -> None:
    found = outcomes("""
start s
and f
task A
task B
end e
end t terminate
s > f > A > e
f > B > t
""")
    assert found["soundness"] == "HOLDS"
    assert found["deadlock"] == "HOLDS"


def test_pools_that_wait_for_each_other() -> None:
    found = outcomes("""
process p
  start s
  catch c message
  throw t message
  end e
  s > c > t > e
process q
  start s2
  catch c2 message
  throw t2 message
  end e2
  s2 > c2 > t2 > e2
t ~ c2
t2 ~ c
""")
    assert found["deadlock"] == "VIOLATED"
    assert found["soundness"] == "VIOLATED"
