"""Hostile and broken input: one clear error, exit code 2, within two seconds, never a traceback."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from devtools import not_hanging
from netproof.checking import CheckOptions
from netproof.cli.main import run
from netproof.many import check_sources

pytestmark = pytest.mark.exhaustive

ROOT = Path(__file__).parents[2]
BPMN = 'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaaaaaaaa">'
    + "".join(
        f'<!ENTITY {c} "{f"&{p};" * 10}">' for p, c in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + f"]><definitions {BPMN}>&i;</definitions>"
)
YAML_BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{c}: &{c} [{', '.join([f'*{p}'] * 9)}]\n" for p, c in zip("abcdefg", "bcdefgh", strict=True)
)
HOSTILE = {
    "bomb.bpmn": BOMB,
    "external.bpmn": f'<!DOCTYPE d SYSTEM "file:///etc/passwd"><definitions {BPMN}/>',
    "external-entity.bpmn": (
        f'<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]><definitions {BPMN}>&e;</definitions>'
    ),
    "nested.bpmn": f"<definitions {BPMN}>" + "<subProcess>" * 10_000 + "</subProcess>" * 10_000,
    "truncated.bpmn": (ROOT / "examples/order-process.bpmn").read_text()[:1500],
    "empty.bpmn": "",
    "utf8.bpmn": b"<definitions " + BPMN.encode() + b">\xff\xfe\xc3</definitions>",
    "binary.pnml": bytes(range(256)) * 20,
    "truncated.json": (ROOT / "examples/parcel-return.json").read_text()[:300],
    "deep.json": '{"activities": ' + "[" * 50_000,
    "bomb.yaml": YAML_BOMB + "activities: {}\nstart_activity: a\n",
    "tag.yaml": "activities: !!python/object/apply:os.system ['true']\nstart_activity: a\n",
    "cyclic.yaml": "activities: &a\n  x: *a\nstart_activity: x\n",
    "unknown.json": '{"hello": "world"}',
    "cycle.pnml": (
        '<pnml xmlns="http://www.pnml.org/version-2009/grammar/pnml"><net id="n" type='
        '"http://www.pnml.org/version-2009/grammar/ptnet"><page id="g">'
        '<referencePlace id="a" ref="b"/><referencePlace id="b" ref="a"/></page></net></pnml>'
    ),
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_hostile_files_are_one_clear_error(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = HOSTILE[name]
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with not_hanging():
        code = run(["check", str(path), "--no-config"])
    printed = capsys.readouterr()
    assert code == 2, printed
    assert "Traceback" not in printed.out + printed.err
    assert printed.out.startswith("error")
    assert name in printed.out
    assert len(printed.out.strip().splitlines()) == 1
    assert "passwd" not in printed.out.replace("file:///etc/passwd", "")


def test_a_file_of_50_megabytes_is_refused_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "large.bpmn"
    with path.open("wb") as file:
        file.write(f"<definitions {BPMN}>".encode())
        file.write(b"<task/>" * (50_000_000 // 7))
    with not_hanging():
        assert run(["check", str(path), "--no-config"]) == 2
    assert "too large" in capsys.readouterr().out


def mutated(data: bytes, generator: random.Random) -> bytes:
    """Return the bytes with a few changes: of lines and quoted words, or of any bytes."""
    if generator.random() < 0.6:
        return reworded(data.decode(), generator).encode()
    content = bytearray(data)
    for _ in range(generator.randint(1, 4)):
        if len(content) < 20:
            break
        start = generator.randrange(len(content))
        length = generator.choice((1, 2, 5, 20, 100, 500))
        kind = generator.randrange(5)
        if kind == 0:
            del content[start : start + length]
        elif kind == 1:
            content[start:start] = content[start : start + length]
        elif kind == 2:
            content[start] = generator.randrange(256)
        elif kind == 3:
            other = generator.randrange(len(content))
            part = bytes(content[other : other + length])
            content[start : start + length] = part
        else:
            del content[start:]
    return bytes(content)


def reworded(text: str, generator: random.Random) -> str:
    """Return the text with lines dropped, doubled or moved, and quoted words exchanged."""
    for _ in range(generator.randint(1, 3)):
        lines = text.splitlines(keepends=True)
        line = generator.randrange(len(lines))
        kind = generator.randrange(4)
        if kind == 0:
            del lines[line]
        elif kind == 1:
            lines.insert(generator.randrange(len(lines)), lines[line])
        elif kind == 2:
            lines.insert(generator.randrange(len(lines)), lines.pop(line))
        else:
            words = re.findall(r'"([^"\n]*)"', text)
            if words:
                old, new = generator.choice(words), generator.choice(words)
                text = text.replace(f'"{old}"', f'"{new}"', generator.randint(1, 2))
            continue
        text = "".join(lines)
    return text


def test_two_thousand_mutated_files_without_a_traceback(tmp_path: Path) -> None:
    generator = random.Random(20_261_121)
    originals = sorted((ROOT / "examples").glob("*.*"))
    originals = [p for p in originals if p.suffix in (".bpmn", ".json", ".yaml")]
    sources: list[str] = []
    for number in range(2_000):
        origin = originals[number % len(originals)]
        path = tmp_path / f"{number}{origin.suffix}"
        path.write_bytes(mutated(origin.read_bytes(), generator))
        sources.append(str(path))
    options = [CheckOptions(seconds=10.0)] * len(sources)
    read = 0
    for _, entry in check_sources(sources, options):
        assert not entry.internal, (entry.source, entry.error)
        assert all(v.rechecked != "failed" for v in entry.verdicts)
        read += entry.error is None
    assert read > 300
