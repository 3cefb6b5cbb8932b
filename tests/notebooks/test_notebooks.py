"""The notebooks run from top to bottom, and print what they printed when they were written."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def texts(cell: Any) -> list[str]:
    """Return the plain text of a cell's outputs, without what differs from run to run."""
    found: list[str] = []
    for output in cell.get("outputs", ()):
        text = output.get("text") or output.get("data", {}).get("text/plain", "")
        found.append(re.sub(r"0x[0-9a-f]+|\d+\.\d+ s", "…", "".join(text)))
    return found


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_notebook(path: Path) -> None:
    nbformat = pytest.importorskip("nbformat", reason="the extra 'notebooks' is not installed")
    nbclient = pytest.importorskip("nbclient", reason="the extra 'notebooks' is not installed")
    pytest.importorskip("ipykernel", reason="the extra 'notebooks' is not installed")
    notebook = nbformat.read(path, as_version=4)
    expected = [texts(cell) for cell in notebook.cells]
    os.environ["PYTHONPATH"] = str(ROOT)
    client = nbclient.NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": path.parent}}
    )
    client.execute()
    for cell, before in zip(notebook.cells, expected, strict=True):
        assert texts(cell) == before, cell["source"]
    assert any(
        "image/svg+xml" in o.get("data", {}) for c in notebook.cells for o in c.get("outputs", ())
    )
