"""``netproof repair``: what it prints, what it writes, its exit codes."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest

import netproof
from devtools import not_hanging
from netproof.__main__ import main
from netproof.loading import model_of
from netproof.repairing import diagnose
from petri import PetriNet
from transition_systems.errors import UsageError

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_an_unsound_file_is_explained_and_repaired(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "mended.bpmn"
    assert main(["repair", str(EXAMPLES / "invoice-deadlock.bpmn"), "-o", str(target)]) == 0
    text = capsys.readouterr().out
    assert "Deadlock at a join: the parallel gateway join never gets all its tokens." in text
    assert "smallest unsound fragment (2 nodes): Large amount?, join" in text
    assert "repair, proved sound: 1 edit, the fewest" in text
    assert "Make the parallel gateway join exclusive." in text
    assert netproof.check(target, "soundness")["soundness"].holds


def test_two_pools_that_wait_for_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    path = str(EXAMPLES / "purchase-two-pools.bpmn")
    with not_hanging():
        assert main(["repair", path]) == 0
    text = capsys.readouterr().out
    assert "tokens are stuck in the flow from “Send order” to “Goods arrive”" in text
    assert (
        "smallest unsound fragment (4 nodes): Goods arrive, Pay, Payment arrives, Send goods"
        in text
    )
    assert "repair, proved sound: 3 edits, the fewest" in text
    assert main(["repair", path, "--most-edits", "2"]) == 1
    told = "no repair: none of at most 2 edits was found among: gateways of the other kind"
    assert told in capsys.readouterr().out


def test_a_fragment_without_time_is_not_called_the_smallest() -> None:
    found = diagnose(EXAMPLES / "purchase-two-pools.bpmn")
    assert found is not None
    short = replace(found, fragment=replace(found.fragment, minimal=False))
    assert "unsound fragment (4 nodes, perhaps not the smallest): Goods" in short.text()


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    path = str(EXAMPLES / "hiring-double-welcome.bpmn")
    assert main(["repair", path, "--output-format", "json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["schema"] == "netproof/repair/1"
    assert data["error"]["kind"] == "lack of synchronisation"
    assert data["fragment"]["minimal"] is True
    assert [edit["kind"] for edit in data["repair"]["edits"]] == ["change-gateway"]


def test_a_sound_file_needs_no_repair(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["repair", str(EXAMPLES / "order-process.bpmn")]) == 0
    assert "sound, nothing to repair" in capsys.readouterr().out


def test_a_definition_is_written_back_as_one(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    text = netproof.convert(EXAMPLES / "invoice-deadlock.bpmn", "definition")
    bad.write_text(text, encoding="utf-8")
    target = tmp_path / "good.yaml"
    assert main(["repair", str(bad), "-o", str(target)]) == 0
    assert netproof.check(target, "soundness")["soundness"].holds


def test_a_net_and_too_few_edits_are_told(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    net = PetriNet(places=["p"], transitions=[], name="n")
    with pytest.raises(UsageError, match="this is a net"):
        diagnose(model_of(net))
    path = EXAMPLES / "purchase-two-pools.bpmn"
    assert main(["repair", str(path), "--most-edits", "1", "--budget-seconds", "3"]) in (0, 1)
    assert capsys.readouterr().out.startswith(f"{path}: not sound")


def dangling(folder: Path) -> Path:
    """Return an unsound file of which the reader drops a flow that leads nowhere."""
    lines = (EXAMPLES / "invoice-deadlock.bpmn").read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if "incoming>" not in line and "outgoing>" not in line]
    text = "\n".join(kept).replace(
        'targetRef="join"', 'targetRef="join" /><bpmn:sequenceFlow id="lost" sourceRef="join" '
        'targetRef="nosuch"', 1
    )  # fmt: skip
    path = folder / "dangling.bpmn"
    path.write_text(text, encoding="utf-8")
    return path


def test_what_the_reader_dropped_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(dangling(tmp_path))
    main(["check", path])
    told = [line for line in capsys.readouterr().out.splitlines() if "repaired:" in line]
    assert any("lost" in line for line in told)
    main(["repair", path])
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if "repaired:" in line] == told
    main(["repair", path, "--output-format", "json"])
    data = json.loads(capsys.readouterr().out)
    assert any(e["element"] == "lost" and e["fate"] == "repaired" for e in data["ledger"])


def test_an_output_that_cannot_be_written_is_refused_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    source = EXAMPLES / "invoice-deadlock.bpmn"
    (tmp_path / "file").write_text("no folder")
    for target, why in (
        (tmp_path / "file" / "x.bpmn", f"{tmp_path / 'file'} is no folder"),
        (tmp_path, "it is a folder"),
    ):
        assert main(["repair", str(source), "-o", str(target)]) == 2
        shown = capsys.readouterr()
        assert not shown.out
        assert why in shown.err
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(source.read_bytes())))
    assert main(["repair", "-", "-o", str(tmp_path / "x.bpmn")]) == 2
    shown = capsys.readouterr()
    assert not shown.out
    assert "not from a stream" in shown.err


def test_folders_of_an_output_are_made(tmp_path: Path) -> None:
    target = tmp_path / "new" / "folder" / "x.bpmn"
    assert main(["repair", str(EXAMPLES / "invoice-deadlock.bpmn"), "-o", str(target)]) == 0
    assert main(["check", str(target)]) == 0


def test_elements_of_a_fragment_are_in_it() -> None:
    found = diagnose(EXAMPLES / "purchase-two-pools.bpmn")
    assert found is not None
    ends = {flow.id: {flow.source, flow.target} for flow in found.graph.flows}
    nodes = set(found.fragment.nodes)
    assert found.fragment.elements
    for element in found.fragment.elements:
        assert element in nodes or ends[element] & nodes, element
