"""``netproof convert`` and ``draw`` as a user runs them: refusals, remarks, files, final markings."""

from __future__ import annotations

from pathlib import Path

import pytest

import netproof
from netproof.cli.main import run
from netproof.converting import COMPLETION_KEPT
from petri import parse_pnml
from petri.readwrite.pnml import format_pnml
from transition_systems.errors import UnsupportedError
from transition_systems.properties.parse import parse_predicate

ROOT = Path(__file__).parents[2]
ORDER = str(ROOT / "examples/order-process.bpmn")
MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
COMPLEX = """<startEvent id="s"/><complexGateway id="odd"/><endEvent id="e"/>
<sequenceFlow id="f1" sourceRef="s" targetRef="odd"/>
<sequenceFlow id="f2" sourceRef="odd" targetRef="e"/>"""
INSTANCES = """<startEvent id="s"/><task id="many"><multiInstanceLoopCharacteristics/></task>
<boundaryEvent id="late" attachedToRef="many"><timerEventDefinition/></boundaryEvent>
<endEvent id="e"/><endEvent id="l"/><sequenceFlow id="f1" sourceRef="s" targetRef="many"/>
<sequenceFlow id="f2" sourceRef="many" targetRef="e"/>
<sequenceFlow id="f3" sourceRef="late" targetRef="l"/>"""
LINE = """<startEvent id="s"/><task id="a"/><endEvent id="e"/>
<sequenceFlow id="f1" sourceRef="s" targetRef="a"/>
<sequenceFlow id="f2" sourceRef="a" targetRef="e"/>"""


def written(folder: Path, content: str) -> str:
    path = folder / "x.bpmn"
    path.write_text(f'<definitions id="d" xmlns="{MODEL}"><process id="P">{content}</process>'
                    "</definitions>")  # fmt: skip
    return str(path)


@pytest.mark.parametrize("to", ["pnml", "dot", "json", "cspm", "definition"])
def test_a_refused_element_is_named_whatever_the_target(
    to: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, COMPLEX)
    assert run(["convert", path, "--to", to]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "odd" in err
    assert err.count("\n") == 1
    with pytest.raises(UnsupportedError, match="odd"):
        netproof.convert(path, to)


def test_an_element_that_the_reader_refused_is_not_left_out_of_a_definition(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lost = (
        '<boundaryEvent id="lost" attachedToRef="nothing"><timerEventDefinition/></boundaryEvent>'
    )
    assert run(["convert", written(tmp_path, LINE + lost), "--to", "definition"]) == 2
    assert "lost" in capsys.readouterr().err


@pytest.mark.parametrize("to", ["pnml", "dot", "json", "cspm"])
def test_an_abstracted_element_is_told_in_one_line(
    to: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["convert", written(tmp_path, INSTANCES), "--to", to]) == 0
    out, err = capsys.readouterr()
    assert out
    lines = [line for line in err.splitlines() if "many" in line]
    assert len(lines) == 1
    assert "under-approximation" in lines[0]


def test_a_second_token_at_a_sub_process_is_told_only_where_it_can_come(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inner = '<startEvent id="i"/><task id="t"/><sequenceFlow id="g" sourceRef="i" targetRef="t"/>'
    line = (
        f'<startEvent id="s"/><subProcess id="sub">{inner}</subProcess>'
        '<sequenceFlow id="f1" sourceRef="s" targetRef="sub"/>'
    )
    twice = line + '<sequenceFlow id="f2" sourceRef="s" targetRef="sub"/>'
    for to in ("cspm", "pnml", "json"):
        for content, told in ((line, False), (twice, True)):
            assert run(["convert", written(tmp_path, content), "--to", to]) == 0
            assert ("under-approximation" in capsys.readouterr().err) == told


def test_one_way_to_complete_is_the_final_marking(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["convert", written(tmp_path, LINE), "--to", "pnml"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert parse_pnml(out).final == {"e.reached": 1}


def test_several_ways_to_complete_are_kept_as_a_statement(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["convert", written(tmp_path, INSTANCES), "--to", "pnml"]) == 0
    out, err = capsys.readouterr()
    assert COMPLETION_KEPT in err
    net = parse_pnml(out)
    assert net.final is None
    again = format_pnml(net)  # the reader keeps it
    (text,) = [part.split("</completion>")[0] for part in again.split("<completion>")[1:]]
    assert parse_predicate(text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))


@pytest.mark.parametrize(
    "command", [["draw", ORDER], ["convert", ORDER, "--to", "dot"], ["check", ORDER]]
)
def test_files_go_into_folders_that_are_made_and_failures_are_one_line(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def asked(path: Path) -> list[str]:
        if command[0] == "check":
            return [*command, "--output", f"json={path}"]
        return [*command, "-o", str(path)]

    fresh = tmp_path / "a" / "b" / "out.svg"
    assert run(asked(fresh)) == 0
    assert fresh.read_text()
    capsys.readouterr()
    folder = tmp_path / "is-a-folder.svg"
    folder.mkdir()
    beside = tmp_path / "a" / "b" / "out.svg" / "below.svg"  # below a file
    for path in (folder, beside):
        assert run(asked(path)) == 2
        _, err = capsys.readouterr()
        assert "cannot be written" in err
        assert err.count("\n") == 1
