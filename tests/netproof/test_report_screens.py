"""The reports of the shipped examples as pictures, on a desktop and on a phone: none is blank."""

from __future__ import annotations

import shutil
import struct
import subprocess
import zlib
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from netproof import check
from netproof.report.html import html_text

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted(
    path for path in (ROOT / "examples").iterdir() if path.suffix in (".bpmn", ".yaml", ".json")
)
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
OPTIONS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--hide-scrollbars", "--virtual-time-budget=3000", "--blink-settings=preferredColorScheme=1",
)  # fmt: skip
SIZES = ((1280, 900), (500, 900))

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="there is no Chromium here"),
]


def rows_of(data: bytes) -> tuple[int, list[bytes]]:
    """Return the bytes for each pixel and the rows of a PNG with 8 bits, RGB or RGBA."""
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    place, packed = 8, b""
    channels = width = 0
    while place < len(data):
        (size,) = struct.unpack(">I", data[place : place + 4])
        kind, body = data[place + 4 : place + 8], data[place + 8 : place + 8 + size]
        if kind == b"IHDR":
            width, _, depth, colour, *_, interlaced = struct.unpack(">IIBBBBB", body)
            assert (depth, interlaced) == (8, 0)
            channels = {2: 3, 6: 4}[colour]
        packed += body if kind == b"IDAT" else b""
        place += 12 + size
    raw, step = zlib.decompress(packed), width * channels + 1
    rows: list[bytes] = []
    last = bytes(step - 1)
    for start in range(0, len(raw), step):
        last = _unfiltered(raw[start], raw[start + 1 : start + step], last, channels)
        rows.append(last)
    return channels, rows


def _unfiltered(kind: int, line: bytes, above: bytes, width: int) -> bytes:
    """Undo the filter of a row, as the specification of PNG has it (section 9)."""
    if kind == 0:
        return line
    bytes_of = np.frombuffer(line, dtype=np.uint8)
    if kind == 1:
        pixels = bytes_of.reshape(-1, width)
        return np.cumsum(pixels, axis=0, dtype=np.uint8).tobytes()
    if kind == 2:
        return (bytes_of + np.frombuffer(above, dtype=np.uint8)).tobytes()
    if kind == 4 and not bytes_of.any() and above == above[:width] * (len(above) // width):
        return above
    row = bytearray(width) + line
    behind = bytes(width) + above
    for i in range(width, len(row)):
        left, up, corner = row[i - width], behind[i], behind[i - width]
        if kind == 3:
            guess = (left + up) // 2
        else:
            a, b, c = abs(up - corner), abs(left - corner), abs(left + up - 2 * corner)
            guess = left if a <= b and a <= c else up if b <= c else corner
        row[i] = (row[i] + guess) & 255
    return bytes(row[width:])


def colours_of(data: bytes) -> list[Counter[bytes]]:
    """Return how often each colour is seen in each quarter of a picture, from top to bottom."""
    width, rows = rows_of(data)
    quarter = max(1, len(rows) // 4)
    found: list[Counter[bytes]] = []
    for part in range(4):
        seen: Counter[bytes] = Counter()
        for row in rows[part * quarter : (part + 1) * quarter : 2]:
            seen.update(row[i : i + 3] for i in range(0, len(row), width))
        found.append(seen)
    return found


def picture(report: str, folder: Path, size: tuple[int, int]) -> bytes:
    page, shot = folder / "report.html", folder / "shot.png"
    page.write_text(report, encoding="utf-8")
    profile = folder / "profile"
    try:
        subprocess.run(
            [CHROMIUM, *OPTIONS, f"--user-data-dir={profile}", f"--screenshot={shot}",
             f"--window-size={size[0]},{size[1]}", page.as_uri()],
            capture_output=True, timeout=90, check=True,
        )  # fmt: skip
    finally:
        shutil.rmtree(profile, ignore_errors=True)
    return shot.read_bytes()


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
@pytest.mark.parametrize("size", SIZES, ids=["desktop", "phone"])
def test_a_report_is_not_blank(path: Path, size: tuple[int, int], tmp_path: Path) -> None:
    report = check(path)
    quarters = colours_of(picture(html_text(report, root=ROOT), tmp_path, size))
    for number, seen in enumerate(quarters):
        ground = seen.most_common(1)[0][1] / seen.total()
        assert len(seen) > 20, f"quarter {number} has {len(seen)} colours"
        assert ground < 0.995, f"quarter {number} is empty"
    whole: Counter[bytes] = sum(quarters, Counter())
    fault = bytes.fromhex("b42318")
    if size == SIZES[0]:  # on a phone the diagram may be further down
        assert (whole[fault] > 0) == (report.exit_code == 1), "the colour of a fault"


def test_there_are_ten() -> None:
    assert len(EXAMPLES) == 10


def test_a_blank_page_is_seen_as_blank(tmp_path: Path) -> None:
    for seen in colours_of(picture("<!doctype html><title>blank</title>", tmp_path, SIZES[1])):
        assert len(seen) == 1
