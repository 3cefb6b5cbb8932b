"""Evidence in files: written by ``check --evidence-dir``, read by ``recheck`` and by plain z3."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import petri
from command_line import called_as_text
from netproof.cli.main import run as command
from netproof.evidence_files import recheck_folder, write_evidence
from netproof.loading import Model
from netproof.recheck.net_table import NetTable
from netproof.recheck.replay import Replay
from netproof.recheck.result import Watch
from netproof.report.model import ModelReport, Report, VerdictReport
from oracles.smtlib import answers, by_library
from petri import PetriNet, write_pnml
from petri.decision import stamped
from transition_systems.errors import InputError, UsageError
from transition_systems.evidence import LinearProof, Parts, ReductionEvidence
from transition_systems.verdict import Verdict
from translators.to_petri import workflow_to_net

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
RING = PetriNet(
    places=["p q", "r", "s"], transitions=["a", "b", "c"],
    arcs=[("p q", "a"), ("a", "r"), ("r", "b"), ("b", "s"), ("s", "c"), ("c", "p q")],
    initial=["p q"], name="ring",
)  # fmt: skip


def netproof(*arguments: str, cwd: Path) -> tuple[int, str, str]:
    """The command as a user runs it, in a process of its own."""
    done = called_as_text(*arguments, cwd=cwd)
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a workflow, a definition and a net; the current one."""
    for name in ("invoice-deadlock.bpmn", "document-approval.yaml"):
        shutil.copy(EXAMPLES / name, tmp_path / name)
    write_pnml(RING, tmp_path / "ring.pnml")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> int:
    return command([*arguments, "--no-config"] if arguments[0] == "check" else list(arguments))


def test_files_of_three_formats(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, errors = netproof(
        "check", "invoice-deadlock.bpmn", "document-approval.yaml", "ring.pnml",
        "--evidence-dir", "proofs", "--jobs", "2", cwd=here,
    )  # fmt: skip
    assert (code, errors) == (1, "")
    files = sorted(path.name for path in (here / "proofs").iterdir())
    assert len(files) == 14
    assert files[0] == "0001-invoice_deadlock-soundness.evidence.json"
    assert files[-1] == "0014-ring-no_dead_transitions.evidence.json"
    for name in files:
        data = json.loads((here / "proofs" / name).read_text(encoding="utf-8"))
        assert len(data["models"]) == len(data["models"][0]["verdicts"]) == 1
    code, out, errors = netproof("recheck", "proofs", cwd=here)
    assert (code, errors) == (0, "")
    assert out.endswith("14 passed, 0 skipped, 0 failed\n")
    assert run("recheck", f"proofs/{files[3]}") == 0
    assert capsys.readouterr().out.endswith("1 passed, 0 skipped, 0 failed\n")


def test_sources_in_another_place(here: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    run("check", "ring.pnml", "--evidence-dir", "proofs")
    away = tmp_path_factory.mktemp("away")
    shutil.move(here / "proofs", away / "proofs")
    code, out, _ = netproof("recheck", "proofs", cwd=away)
    assert code == 70
    assert "cannot be read again" in out
    assert netproof("recheck", "proofs", "--root", str(here), cwd=away)[0] == 0
    one = next((away / "proofs").iterdir())
    assert netproof("recheck", str(one), "--root", str(here), cwd=away)[0] == 0


def test_a_changed_source_fails(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("check", "ring.pnml", "invoice-deadlock.bpmn", "--evidence-dir", "proofs")
    file = here / "ring.pnml"
    file.write_text(file.read_text().replace("<text>1</text>", "<text>2</text>"))
    capsys.readouterr()
    assert run("recheck", "proofs") == 70
    out = capsys.readouterr().out
    assert out.endswith("5 passed, 0 skipped, 4 failed\n")
    assert all(line.startswith("failed ") for line in out.splitlines() if "ring.pnml" in line)
    file.unlink()
    assert run("recheck", "proofs") == 70


@pytest.mark.parametrize(
    "harm", ["", "{", "[]", "7", '{"schema": "x"}', "half", "\x00", "no models"]
)
def test_a_damaged_file_fails_alone(
    here: Path, harm: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run("check", "ring.pnml", "--evidence-dir", "proofs")
    file = here / "proofs" / "0002-ring-boundedness.evidence.json"
    text = file.read_text(encoding="utf-8")
    if harm == "no models":
        harm = json.dumps({**json.loads(text), "models": []})
    file.write_text(text[: len(text) // 2] if harm == "half" else harm, encoding="utf-8")
    capsys.readouterr()
    assert run("recheck", "proofs") == 70
    out = capsys.readouterr()
    assert out.out.endswith("3 passed, 0 skipped, 1 failed\n")
    assert re.search(r"failed +0002-ring-boundedness\S+: .*(damaged|summary)", out.out)
    assert out.err == ""


def test_folders_without_evidence(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "empty").mkdir()
    for name, wanted in (("empty", "there is no evidence"), ("missing", "there is no report")):
        assert run("recheck", name) == 2
        assert wanted in capsys.readouterr().err
    with pytest.raises(InputError):
        recheck_folder(here / "empty")


def test_foreign_files_stay_and_old_evidence_goes(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    proofs = here / "proofs"
    (proofs / "0001-folder-x.evidence.json.d").mkdir(parents=True)
    for name in ("notes.txt", "report.json", "0001-old.txt", "model.smt2", "a.evidence.json.bak"):
        (proofs / name).write_text("mine", encoding="utf-8")
    foreign = {path.name for path in proofs.iterdir()}
    run("check", "invoice-deadlock.bpmn", "ring.pnml", "--evidence-dir", "proofs")
    (proofs / "0003-gone-property.smt2").write_text("old", encoding="utf-8")
    assert len(list(proofs.iterdir())) == len(foreign) + 10
    run("check", "ring.pnml", "--evidence-dir", "proofs", "--property", "safeness")
    left = {path.name for path in proofs.iterdir()}
    assert left == foreign | {"0001-ring-safeness.evidence.json"}
    capsys.readouterr()
    assert run("recheck", "proofs") == 0
    assert capsys.readouterr().out.endswith("1 passed, 0 skipped, 0 failed\n")


def test_evidence_beside_the_models_is_no_model(here: Path) -> None:
    assert run("check", ".", "--evidence-dir", "proofs", "--quiet") == 1
    before = sorted((here / "proofs").iterdir())
    assert run("check", ".", "--evidence-dir", "proofs", "--quiet") == 1
    assert sorted((here / "proofs").iterdir()) == before


def test_a_folder_that_cannot_be_made(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "taken").write_text("a file", encoding="utf-8")
    assert run("check", "ring.pnml", "--evidence-dir", "taken") == 2
    said = capsys.readouterr()
    assert said.out == ""  # told before anything is checked
    assert "the folder taken cannot be made" in said.err
    with pytest.raises(UsageError):
        write_evidence(Report(models=()), here / "taken" / "inside")


def test_standard_input_and_unknown_verdicts(here: Path) -> None:
    text = (here / "ring.pnml").read_text(encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "netproof", "check", "-", "--evidence-dir", "proofs"],
        input=text, text=True, capture_output=True, cwd=here, check=True,
        env={**__import__("os").environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.stderr == ""
    results = recheck_folder(here / "proofs")
    assert {result.result.status for _, result in results} == {"skipped"}
    assert run("recheck", "proofs") == 3
    run("check", "ring.pnml", "--evidence-dir", "none", "--property", "AG(nowhere <= 1)")
    assert list((here / "none").iterdir()) == []


def written(net: PetriNet, verdicts: list[Verdict], folder: Path, *, read: bool) -> list[Path]:
    """The files of verdicts about a net; ``read``: the writer has to read the source for it."""
    digest = f"sha256:{__import__('hashlib').sha256(Path('net.pnml').read_bytes()).hexdigest()}"
    entries: list[VerdictReport] = []
    for verdict in verdicts:
        assert verdict.evidence is not None
        evidence = stamped(verdict.evidence, source_digest=digest, translation=None)
        named = verdict.with_(evidence=evidence)
        entries.append(VerdictReport(verdict=named, witness=named.witness))
    model = None if read else Model(source="net.pnml", format="pnml", net=net)
    one = ModelReport(
        source="net.pnml", format="pnml", verdicts=tuple(entries), model=model, nodes=1,
        places=len(net.places), transitions=len(net.transitions),
    )  # fmt: skip
    return write_evidence(Report(models=(one,)), folder)


def proofs(net: PetriNet) -> list[Verdict]:
    """A linear proof, an invariant, and several in parts."""
    linear = petri.deadlock(net, method="state-equation")
    assert isinstance(linear.evidence, LinearProof)
    stuck = linear.evidence.claim.model_digest
    assert stuck == net.digest()
    bound = petri.invariant(net, "r + s <= 1", method="state-equation", name="AG(r + s <= 1)")
    by_z3 = petri.invariant(net, "r + s <= 1", method="pdr", name="AG(r + s <= 1)")
    assert by_z3.evidence is not None
    assert by_z3.evidence.kind == "invariant"
    return [linear, bound, by_z3]


@pytest.mark.parametrize("read", [True, False])
def test_scripts_for_plain_z3(here: Path, read: bool) -> None:
    write_pnml(RING, here / "net.pnml")
    files = written(RING, proofs(RING), here / "proofs", read=read)
    scripts = sorted((here / "proofs").glob("*.smt2"))
    assert len(scripts) == len(files) == 3
    for script in scripts:
        assert answers(script) == ["unsat"] * 3
        assert by_library(script.read_text(encoding="utf-8")) == ["unsat"] * 3
    assert all(result.result.passed for _, result in recheck_folder(here / "proofs"))


def test_a_script_is_not_believed(here: Path) -> None:
    """The recheck proves the claim anew; a script beside it may say what it likes."""
    write_pnml(RING, here / "net.pnml")
    written(RING, proofs(RING), here / "proofs", read=False)
    for script in (here / "proofs").glob("*.smt2"):
        script.write_text("(assert true)(check-sat)")
    assert all(result.result.passed for _, result in recheck_folder(here / "proofs"))


def test_a_source_that_has_changed_has_no_script(here: Path) -> None:
    write_pnml(RING, here / "net.pnml")
    other = RING.replace(initial={"r": 1})
    write_pnml(other, here / "net.pnml")
    files = written(RING, proofs(RING)[:1], here / "proofs", read=True)
    assert list((here / "proofs").iterdir()) == files


def test_scripts_about_a_reduced_net(here: Path) -> None:
    arcs = [("i", "a"), ("a", "m"), ("m", "b"), ("b", "o"), ("o", "c"), ("c", "i")]
    net = PetriNet(places=["i", "m", "o"], transitions=["a", "b", "c"], arcs=arcs, initial=["i"])
    write_pnml(net, here / "net.pnml")
    steps = (("agglomerate", "m"),)
    reduced = Replay.of(steps, NetTable(net), Watch()).net()
    inner = petri.deadlock(reduced, method="state-equation").evidence
    assert isinstance(inner, LinearProof)
    whole = petri.deadlock(net, method="state-equation")
    assert whole.evidence is not None
    outer: Any = ReductionEvidence(claim=whole.evidence.claim, steps=steps, inner=inner)
    wrapped = replace(whole.evidence.claim, formula="live")
    verdicts = [
        whole.with_(evidence=outer),
        whole.with_(evidence=Parts(claim=wrapped, parts=(("x", outer),))),
    ]
    written(net, verdicts, here / "proofs", read=True)
    scripts = sorted((here / "proofs").glob("*.smt2"))
    assert len(scripts) == 2
    assert all(answers(script) == ["unsat"] * 3 for script in scripts)
    assert [r.result.status for _, r in recheck_folder(here / "proofs")] == ["passed", "failed"]
    strange = replace(outer, inner=replace(inner, claim=whole.evidence.claim))
    written(net, [whole.with_(evidence=strange)], here / "strange", read=True)
    assert not list((here / "strange").glob("*.smt2"))


def test_scripts_of_a_workflow(here: Path) -> None:
    """A property of a workflow that only a proof without markings decides is written as well."""
    from netproof.loading import load

    model = load("document-approval.yaml")
    assert model.graph is not None
    translation = workflow_to_net(model.graph)
    net = translation.net
    verdict = petri.invariant(net, f'"{net.place_ids[0]}" <= 1', method="state-equation")
    assert isinstance(verdict.evidence, LinearProof)
    one = ModelReport(
        source=model.source, format=model.format, nodes=1, places=1, transitions=1,
        verdicts=(VerdictReport(verdict=verdict),),
    )  # fmt: skip
    write_evidence(Report(models=(one,)), here / "proofs")
    (script,) = (here / "proofs").glob("*.smt2")
    assert answers(script) == ["unsat"] * 3
