"""The notebooks run from top to bottom, and print what they printed when they were written."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
NAMES = {
    "01-a-first-proof",
    "02-a-folder-of-bpmn-files",
    "03-workflows-in-ci",
    "04-nets-with-numpy",
    "05-token-game-at-scale",
    "06-proofs-without-state-spaces",
    "07-when-are-two-processes-the-same",
}
HANG = 300  # seconds for a cell; a whole notebook takes a few of them on two cores
PLOTS = {
    "02-a-folder-of-bpmn-files": 2,
    "04-nets-with-numpy": 1,
    "05-token-game-at-scale": 4,
    "06-proofs-without-state-spaces": 1,
}
MODULES = ("nbformat", "nbclient", "ipykernel", "pandas", "matplotlib")


def texts(cell: Any) -> list[str]:
    """Return the plain text of a cell's outputs, without what differs from run to run."""
    found: list[str] = []
    stream = None  # what is printed may come in several pieces
    for output in cell.get("outputs", ()):
        text = "".join(output.get("text") or output.get("data", {}).get("text/plain", ""))
        if stream is not None and output.get("name") == stream:
            text = found.pop() + text
        stream = output.get("name")
        found.append(text)
    return [re.sub(r"0x[0-9a-f]+|\d+\.\d+ s", "…", text) for text in found]


def outputs(notebook: Any) -> Iterator[tuple[str, str]]:
    """Yield the kind and the text of each output."""
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            for kind, text in output.get("data", {"text": output.get("text", "")}).items():
                yield kind, "".join(text)


def executed(path: Path, data: str | None = None) -> Any:
    """Return the notebook after its cells have run, in a kernel that sees this tree."""
    for name in MODULES:
        pytest.importorskip(name, reason="the extra 'notebooks' is not installed")
    import nbclient
    import nbformat

    notebook = nbformat.read(path, as_version=4)
    environment = {key: value for key, value in os.environ.items() if key != "NETPROOF_DATA"}
    environment["PYTHONPATH"] = str(ROOT)
    if data is not None:
        environment["NETPROOF_DATA"] = data
    client = nbclient.NotebookClient(
        notebook, timeout=HANG, kernel_name="python3", resources={"metadata": {"path": path.parent}}
    )
    client.execute(env=environment)
    return notebook


def test_all_of_them_are_there() -> None:
    assert {path.stem for path in NOTEBOOKS} == NAMES
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert all(f"notebooks/{name}.ipynb" in readme for name in NAMES)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_notebook(path: Path) -> None:
    nbformat = pytest.importorskip("nbformat", reason="the extra 'notebooks' is not installed")
    before = nbformat.read(path, as_version=4)
    notebook = executed(path)
    for cell, written in zip(notebook.cells, before.cells, strict=True):
        assert texts(cell) == texts(written), cell["source"]
    shown = list(outputs(notebook))
    assert any(kind == "image/svg+xml" or "<svg" in text for kind, text in shown)
    plots = sum(
        kind == "image/svg+xml" and "matplotlib" in text.lower() for kind, text in shown
    )  # fmt: skip
    assert plots == PLOTS.get(path.stem, 0)
    assert not [text for kind, text in shown if kind == "text" and "Warning" in text]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_notebook_is_written_for_others(path: Path) -> None:
    nbformat = pytest.importorskip("nbformat", reason="the extra 'notebooks' is not installed")
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    prose = [cell for cell in notebook.cells if cell.cell_type == "markdown"]
    assert notebook.cells[0].source.startswith("# ")
    assert len(prose) >= len(code) / 2
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert "shadowed_packages" in code[0].source
    folders = re.compile(r"(?<![\w.])/(?:home|root|Users|work|tmp)/")
    assert not [text for _, text in outputs(notebook) if folders.search(text)]


@pytest.mark.data
@pytest.mark.filterwarnings("ignore")
@pytest.mark.skipif("NETPROOF_DATA" not in os.environ, reason="NETPROOF_DATA is not set")
def test_the_folder_of_real_files() -> None:
    path = ROOT / "notebooks" / "02-a-folder-of-bpmn-files.ipynb"
    notebook = executed(path, os.environ["NETPROOF_DATA"])
    *_, (_, last) = outputs(notebook)
    count = re.match(r"'(\d+) models, .*, all evidence rechecked'", last)
    assert count is not None
    assert int(count[1]) > 100
