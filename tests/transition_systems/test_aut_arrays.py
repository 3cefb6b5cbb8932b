"""Regular Aldebaran texts are read all at once: as line by line, and what is irregular as before."""

from __future__ import annotations

import random

import pytest

from transition_systems import LTS, parse_aut
from transition_systems.errors import InputError
from transition_systems.readwrite import aut
from transition_systems.readwrite.aut_arrays import arc_arrays

LABELS = (
    "a",
    "b",
    "tau",
    "i",
    "✓",
    "größer",
    "",
    "a b",
    "send(1, 2)",
    "c" * 30,
    "a'",
    "A",
    "x,y",
    " b ",
)


def drawn_text(rng: random.Random) -> str:
    n, m = rng.randint(1, 12), rng.randint(1, 20)
    space, bare = rng.choice(["", " "]), rng.choice([0, 0, 0.5])
    lines = [f"des ({rng.randrange(n)}, {m}, {n})"]
    for _ in range(m):
        label = rng.choice(LABELS)
        mark = "" if rng.random() < bare else '"'
        lines.append(f"({rng.randrange(n)},{space}{mark}{label}{mark},{space}{rng.randrange(n)})")
    return "\n".join(lines) + rng.choice(["", "\n"])


def read(text: str, final: str | None) -> LTS | str:
    try:
        return parse_aut(text, final_label=final)
    except InputError as error:
        return error.text()


def test_as_line_by_line(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(3)
    texts = [drawn_text(rng) for _ in range(300)]
    for number in range(200):  # a letter that stands there by mistake, or is missing
        text = texts[number]
        at = rng.randrange(len(text))
        texts.append(
            text[:at]
            + rng.choice(['"', ",", "(", "\\", "x", " ", "\n", "\xa0", "\t", "()", ""])
            + text[at + 1 :]
        )
    assert sum(arc_arrays(text.partition("\n")[2]) is not None for text in texts) > 220
    final = [rng.choice([None, "✓"]) for _ in texts]
    found = [read(text, mark) for text, mark in zip(texts, final, strict=True)]
    monkeypatch.setattr(aut, "_regular", lambda *_: None)
    for text, mark, one in zip(texts, final, found, strict=True):
        assert one == read(text, mark), text


@pytest.mark.parametrize(
    "body", ['(0, "a"\n', '(0, "a", 1', '"a"', '(0, "a", )', '(, "a", 1)', '(0, "a", 1)\n\n', '""']
)  # fmt: skip
def test_other_shapes(body: str) -> None:
    assert arc_arrays(body) is None or body.endswith("1")
    with pytest.raises(InputError):
        parse_aut(f"des (0, 1, 1)\n{body}")
