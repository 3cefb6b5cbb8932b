"""Shared by the tests of readers: mutation of files, and consistency of the graphs read."""

from __future__ import annotations

import random
import re

from translators.workflow import GraphIndex
from translators.workflow.result import ReadResult


def mutated(data: bytes, random_: random.Random) -> bytes:
    """Drop, repeat, replace or cut bytes, or swap two words of the file."""
    changed = bytearray(data)
    for _ in range(random_.randint(1, 4)):
        if not changed:
            break
        place = random_.randrange(len(changed))
        length = random_.randint(1, 40)
        match random_.randrange(5):
            case 0:
                del changed[place : place + length]
            case 1:
                changed[place:place] = changed[place : place + length]
            case 2:
                changed[place] = random_.randrange(256)
            case 3:
                del changed[max(place, len(changed) - length) :]
            case _:
                words = [b'"a"', b'"f1"', b"task", b"Ref", b"bpmn:", b"sub", b"id="]
                old, new = random_.sample(words, 2)
                changed = bytearray(bytes(changed).replace(old, new, random_.randint(1, 3)))
    return bytes(changed)


def scrambled(data: bytes, random_: random.Random) -> bytes:
    """Exchange or drop attributes, texts, tags and whole empty elements; well-formed as before."""
    text = data.decode()
    for _ in range(random_.randint(1, 6)):
        values = [m for m in re.finditer(r'(\s[\w:]+=)("[^"]*")', text) if "xmlns" not in m[1]]
        one, other = random_.choice(values), random_.choice(values)
        match random_.randrange(4):
            case 0:
                text = text[: one.start(2)] + other[2] + text[one.end(2) :]
            case 1:
                text = text[: one.start()] + text[one.end() :]
            case 2:
                elements = list(re.finditer(r"<[\w:]+(?:\s[^<>]*)?/>", text))
                chosen = random_.choice(elements)
                place = random_.choice([m.end() for m in re.finditer(r"[^?]>", text)][1:-1])
                moved = chosen[0] if random_.random() < 0.5 else ""
                if place <= chosen.start():
                    text = (
                        text[:place] + moved + text[place : chosen.start()] + text[chosen.end() :]
                    )
                else:
                    text = (
                        text[: chosen.start()] + text[chosen.end() : place] + moved + text[place:]
                    )
            case _:
                tags = sorted(set(re.findall(r"</?(?:\w+:)?([a-z]\w+)", text)))
                old, new = random_.choice(tags), random_.choice(tags)
                text = re.sub(rf"(</?(?:\w+:)?){old}\b", rf"\g<1>{new}", text)
        if text.count('="') < 10:
            break
    return text.encode()


def check_consistent(result: ReadResult) -> None:
    """All references of a graph lead somewhere, and ids are used once."""
    index = GraphIndex(result.graph)
    assert len(index.node) == len(result.graph.nodes)
    assert len(index.flow) == len(result.graph.flows)
    assert len(index.scope) == len(result.graph.scopes)
    assert not (set(index.node) | set(index.scope)) & set(index.flow)
    for n in result.graph.nodes:
        assert n.scope in index.scope
        assert n.attached_to is None or index.node[n.attached_to].scope == n.scope
        assert n.default is None or index.flow[n.default].source == n.id
        assert n.body is None or index.scope[n.body].owner == n.id
    for f in result.graph.flows:
        assert index.node[f.source].scope == index.node[f.target].scope == f.scope
    ends = set(index.node) | {pool.id for pool in result.graph.pools}
    for message in result.graph.messages:
        assert {message.source, message.target} <= ends
    for role in result.graph.roles:
        assert set(role.nodes) <= set(index.node)
    assert all(pool.scope is None or pool.scope in index.scope for pool in result.graph.pools)
