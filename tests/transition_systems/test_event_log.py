"""Runs as CSV and as XES: what is written is read back by other code, and hostile names are text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transition_systems import Lasso, Run, SourceSpan, Step, UsageError
from transition_systems.readwrite.event_log import (
    LogCase,
    LogEvent,
    cases_of,
    format_csv_log,
    write_csv_log,
)
from transition_systems.readwrite.xes import format_xes, write_xes

# The element types of the schema of IEEE 1849-2016: which children, in which order.
ATTRIBUTES = ("string", "date", "int", "float", "boolean", "id", "list")
ORDER: dict[str, tuple[tuple[str, ...], ...]] = {
    "log": (("extension",), ("global",), ("classifier",), ATTRIBUTES, ("trace",), ("event",)),
    "trace": (ATTRIBUTES, ("event",)),
    "event": (ATTRIBUTES,),
    "global": (ATTRIBUTES,),
    "extension": (),
    "classifier": (),
    **dict.fromkeys(ATTRIBUTES, (ATTRIBUTES,)),
}
NEEDED = {
    "log": {"xes.version"},
    "extension": {"name", "prefix", "uri"},
    "classifier": {"name", "keys"},
    **{kind: {"key", "value"} for kind in ATTRIBUTES},
}
ALLOWED = {"log": {"xes.features"}, "global": {"scope"}, "classifier": {"scope"}}
VALUES: dict[str, Any] = {
    "int": int,
    "date": datetime.fromisoformat,
    "boolean": {"true": True, "false": False}.__getitem__,
    "string": str,
}
EVENTS = st.builds(
    LogEvent,
    activity=st.text(max_size=12),
    lifecycle=st.sampled_from(("start", "complete", "autoskip")),
    element=st.none() | st.text(max_size=5),
    kind=st.none() | st.just("task"),
    pool=st.none() | st.text(max_size=5),
    file=st.none() | st.text(max_size=5),
    line=st.none() | st.integers(1, 10**6),
    step=st.none() | st.text(max_size=9),
    repeated=st.booleans(),
)
CASES = st.lists(
    st.builds(
        LogCase,
        name=st.text(max_size=4),
        events=st.lists(EVENTS, max_size=4).map(tuple),
        attributes=st.just((("property", "deadlock"),)),
    ),
    max_size=4,
)


def step(label: str, **more: Any) -> Step:
    return Step(action=f"t-{label}", label=label, state={}, **more)


def assert_schema(node: ElementTree.Element) -> None:
    """Assert what the schema says, by definition."""
    at = 0
    for child in node:
        while at < len(ORDER[node.tag]) and child.tag not in ORDER[node.tag][at]:
            at += 1
        assert at < len(ORDER[node.tag]), f"<{child.tag}> cannot stand here in <{node.tag}>"
        assert_schema(child)
    keys = set(node.keys())
    needed = NEEDED.get(node.tag, set())
    assert needed <= keys <= needed | ALLOWED.get(node.tag, set())
    if node.tag in VALUES:
        VALUES[node.tag](node.attrib["value"])


def attributes(node: ElementTree.Element) -> dict[str, Any]:
    listed = [child for child in node if child.tag in VALUES]
    found = {child.attrib["key"]: VALUES[child.tag](child.attrib["value"]) for child in listed}
    assert len(found) == len(listed), "a key occurs twice"
    return found


def traces(text: str) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    root = ElementTree.fromstring(text.encode("utf-8"))
    assert_schema(root)
    prefixes = {node.attrib["prefix"] for node in root.iter("extension")} | {""}
    keys = [node.attrib["key"] for node in root.iter() if "key" in node.attrib]
    assert {key.rpartition(":")[0] for key in keys} <= prefixes
    return [
        (attributes(trace), [attributes(event) for event in trace.iter("event")])
        for trace in root.iter("trace")
    ]


def written(text: str) -> str:
    """Return a text as XML can hold it."""
    return "".join(
        c if c in "\t\n\r" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "�" or c > "\uffff" else "�"
        for c in text
    )


def test_a_run_is_a_trace_with_an_event_for_each_step() -> None:
    span = SourceSpan(file="a.pnml", line=7)
    ((trace, events),) = traces(format_xes(Run(initial={}, steps=(step("a", source=span),))))
    assert trace == {"concept:name": "run 1"}
    assert events == [
        {"concept:name": "a", "lifecycle:transition": "complete", "position": 1,
         "element": "t-a", "file": "a.pnml", "line": 7}
    ]  # fmt: skip


def test_the_cycle_of_a_lasso_is_marked() -> None:
    lasso = Lasso(initial={}, steps=(step("a"), step("b"), step("c")), loop_start=1)
    assert [event.repeated for event in cases_of(lasso)[0].events] == [False, True, True]
    ((_, events),) = traces(format_xes(lasso))
    assert [event.get("repeated", False) for event in events] == [False, True, True]


def test_runs_have_names() -> None:
    one, two = Run(initial={}), Run(initial={}, steps=(step("a"),))
    assert [case.name for case in cases_of({"x": one, "y": two})] == ["x", "y"]
    assert [case.name for case in cases_of([one, LogCase(name="run 1"), two])] == [
        "run 1", "run 1 (2)", "run 3",
    ]  # fmt: skip
    with pytest.raises(UsageError, match="made of runs, not of str"):
        cases_of("run")


@given(CASES)
def test_xes_keeps_every_event(cases: list[LogCase]) -> None:
    told = traces(format_xes(cases))
    assert len(told) == len(cases)
    for (trace, events), case in zip(told, cases_of(cases), strict=True):
        assert trace == {"concept:name": written(case.name), "property": "deadlock"}
        for position, (event, before) in enumerate(zip(events, case.events, strict=True), 1):
            expected = {
                "concept:name": before.activity,
                "lifecycle:transition": before.lifecycle,
                "org:resource": before.pool,
                "position": position,
                "element": before.element,
                "kind": before.kind,
                "file": before.file,
                "line": before.line,
                "step": before.step,
                "repeated": before.repeated or None,
            }
            assert event == {
                key: written(value) if isinstance(value, str) else value
                for key, value in expected.items()
                if value is not None
            }


def test_without_a_clock_there_is_no_time_and_with_one_it_says_so() -> None:
    run = Run(initial={}, steps=(step("a"), step("b")))
    assert "time" not in format_xes(run).replace("lifetime", "")
    start = datetime(2000, 1, 1, tzinfo=UTC)
    for clock in (start, datetime(2000, 1, 1)):
        text = format_xes([run, run], clock=clock)
        for _, events in traces(text):
            moments = [event["time:timestamp"] for event in events]
            assert moments == [start, start + timedelta(seconds=1)]
        assert 'key="clock" value="logical' in text


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


@given(CASES)
def test_csv_keeps_every_event(cases: list[LogCase]) -> None:
    told = iter(rows(format_csv_log(cases, guard=False)))
    for case in cases_of(cases):
        for position, event in enumerate(case.events, start=1):
            row = next(told)
            texts = (event.activity, event.element or "", event.pool or "", event.step or "")
            assert (row["activity"], row["element"], row["pool"], row["step"]) == tuple(
                text.replace("\0", "�") for text in texts
            )
            assert row["position"] == str(position)
            assert row["line"] == ("" if event.line is None else str(event.line))
            assert row["repeated"] == str(event.repeated).lower()
            assert row["property"] == "deadlock"
    assert next(told, None) is None


@given(CASES)
def test_no_cell_of_a_guarded_csv_is_a_formula(cases: list[LogCase]) -> None:
    for row in rows(format_csv_log(cases)):
        assert all(cell[:1] not in set("=+-@\t\r\n＝＋－＠") for cell in row.values() if cell)


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+1", "-1", "@a", "\t=1", "\r=1", "＝1"])
def test_the_guard_can_be_left_out(text: str) -> None:
    case = LogCase(name="a", events=(LogEvent(activity=text),))
    assert rows(format_csv_log(case))[0]["activity"] == f"'{text}"
    assert rows(format_csv_log(case, guard=False))[0]["activity"] == text


def test_columns_of_attributes_are_those_of_all_cases() -> None:
    def case(name: str, pairs: Iterable[tuple[str, str]]) -> LogCase:
        return LogCase(name=name, events=(LogEvent(activity="a"),), attributes=tuple(pairs))

    told = rows(format_csv_log([case("1", [("x", "=1")]), case("2", [("y", "2")])]))
    assert [(row["x"], row["y"]) for row in told] == [("'=1", ""), ("", "2")]
    ((trace, _),) = traces(format_xes(case("1", [("1 x:y", "z")])))
    assert trace["_1_x_y"] == "z"


def test_an_attribute_never_hides_a_column() -> None:
    case = LogCase(name="1", events=(LogEvent(activity="a", line=2),), attributes=(("line", "9"),))
    (row,) = rows(format_csv_log(case))
    assert (row["line"], row["case:line"]) == ("2", "9")


def test_files(tmp_path: Path) -> None:
    run = Run(initial={}, steps=(step("ü"),))
    write_xes(run, tmp_path / "a.xes")
    write_csv_log(run, tmp_path / "a.csv")
    assert (tmp_path / "a.xes").read_bytes() == format_xes(run).encode("utf-8")
    assert (tmp_path / "a.csv").read_bytes() == format_csv_log(run).encode("utf-8")


def test_values_are_values() -> None:
    case = LogCase(name="a", events=(LogEvent(activity="b", line=2),), attributes=(("k", "v"),))
    assert eval(repr(case)) == case
    assert hash(eval(repr(case))) == hash(case)
