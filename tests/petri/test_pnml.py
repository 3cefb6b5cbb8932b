"""PNML: what is read, what is kept, what is refused by name, and real files."""

import io
import os
import pickle
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devtools import not_hanging, within_cpu_seconds
from petri import Marking, PetriNet, Place, Transition
from petri.readwrite.pnml import format_pnml, parse_pnml, read_pnml, write_pnml
from strategies_petri import nets
from transition_systems.errors import InputError, UnsupportedError, UsageError
from transition_systems.readwrite.xml import parse_xml

fixed = settings(max_examples=100, derandomize=True, deadline=None)

PAGES = """<?xml version="1.0" encoding="UTF-8"?>
<pnml xmlns="http://www.pnml.org/version-2009/grammar/pnml">
  <net id="n" type="http://www.pnml.org/version-2009/grammar/ptnet">
    <name><text>two pages</text></name>
    <page id="g1">
      <name><graphics><offset x="1" y="2"/></graphics><text>first</text></name>
      <place id="p1">
        <name><text>
          start
        </text></name>
        <graphics><position x="20" y="30.5"/></graphics>
        <initialMarking><text>2</text></initialMarking>
        <toolspecific tool="x" version="1">
          <v:any xmlns:v="urn:v" v:k="1">mixed<b/>text</v:any></toolspecific>
      </place>
      <referenceTransition id="rt" ref="t1"/>
      <arc id="a1" source="p1" target="rt"><inscription><text>2</text></inscription></arc>
      <page id="g2">
        <transition id="t1"><name><text>do it</text></name></transition>
        <transition id="t2">
          <toolspecific tool="ProM" version="6.4" activity="$invisible$"/></transition>
        <referencePlace id="r2" ref="r1">
          <graphics><position x="1" y="1"/></graphics></referencePlace>
        <arc id="a2" source="t1" target="r2"/>
        <arc id="a3" source="r2" target="t2"/>
      </page>
    </page>
    <page id="g3">
      <referencePlace id="r1" ref="p2"/>
      <place id="p2"/>
    </page>
    <finalmarkings><marking>
      <place idref="r1"><text>1</text></place><place idref="p1"><text>0</text></place>
    </marking></finalmarkings>
  </net>
</pnml>
"""


def wrap(content: str, attributes: str = "") -> str:
    return (
        f'<pnml><net id="n" type="http://www.pnml.org/version-2009/grammar/ptnet" {attributes}>\n'
        f'<page id="g">{content}</page></net></pnml>'
    )


def test_pages_references_names_and_final_marking() -> None:
    net = parse_pnml(PAGES, file="x.pnml")
    assert net == PetriNet(
        places=[Place(id="p1", name="start"), "p2"],
        transitions=[Transition(id="t1", label="do it"), Transition(id="t2", label=None)],
        arcs=[("p1", "t1", 2), ("t1", "p2"), ("p2", "t2")],
        initial={"p1": 2},
        final={"p2": 1},
        name="two pages",
    )
    assert net.places[0].position == (20, 30.5)
    assert str(net.places[0].span) == "x.pnml:7:7: p1"


def test_round_trip_keeps_pages_references_drawing_and_tools() -> None:
    net = parse_pnml(PAGES)
    assert parse_xml(format_pnml(net)) == parse_xml(PAGES)
    assert parse_xml(format_pnml(pickle.loads(pickle.dumps(net)))) == parse_xml(PAGES)


@pytest.mark.parametrize("final", [None, {}, {"p1": 3}])
def test_new_markings_are_written_into_the_old_file(final: dict[str, int] | None) -> None:
    net = parse_pnml(PAGES).replace(initial={"p2": 7}, final=final, name="other")
    text = format_pnml(net)
    assert parse_pnml(text) == net
    assert text.count("<referencePlace") == 2
    assert "mixed<b/>text" in text


def test_another_structure_is_written_anew() -> None:
    net = parse_pnml(PAGES)
    other = PetriNet(
        places=net.places, transitions=net.transitions, initial=net.initial, origin=net.origin
    )
    text = format_pnml(other)
    assert parse_pnml(text) == other
    assert "<arc" not in text


@given(nets(odd_ids=True, max_places=4, max_transitions=4))
@fixed
def test_any_net_reads_back_equal(net: PetriNet) -> None:
    text = format_pnml(net)
    again = parse_pnml(text)
    assert again == net
    assert parse_pnml(format_pnml(again).encode()) == net


def test_positions_files_and_bad_characters(tmp_path: Path) -> None:
    net = PetriNet(
        places=[Place(id="p", position=(1.5, -2.0))],
        transitions=[Transition(id="t", label=None, position=(3.0, 4.0))],
    )
    path = tmp_path / "n.pnml"
    write_pnml(net, path)
    again = read_pnml(path)
    assert again == net
    assert again.places[0].position == (1.5, -2.0)
    assert again.transitions[0].position == (3.0, 4.0)
    assert again.places[0].span is not None
    assert again.places[0].span.file == str(path)
    with pytest.raises(UsageError, match=r"U\+0000"):
        format_pnml(PetriNet(places=[], transitions=[Transition(id="t", label="\x00")]))


SPECIAL_ARC = '<place id="p"/><transition id="t"/>{}'
ARC = '<arc id="a" source="p" target="t"{}>{}</arc>'
REFUSED = [
    (SPECIAL_ARC.format(ARC.format("", f'<type value="{kind}"/>')), f"{kind} arcs are not")
    for kind in ("inhibitor", "reset", "read", "test")
]
REFUSED += [
    (SPECIAL_ARC.format(ARC.format(' type="inhibitor"', "")), "inhibitor arcs are not supported"),
    (SPECIAL_ARC.format(ARC.format(' type="tapnInhibitor"', "")), "inhibitor arcs are not"),
    (SPECIAL_ARC.format(ARC.format("", "<arctype><text>reset</text></arctype>")), "reset arcs"),
    (SPECIAL_ARC.format(ARC.format("", "<arctype><text>odd</text></arctype>")), "'odd' arcs"),
    (SPECIAL_ARC.format('<inhibitorArc id="a" source="p" target="t"/>'), "inhibitor arcs are"),
    (SPECIAL_ARC.format('<inhibitor id="a" source="p" target="t"/>'), "inhibitor arcs are"),
    (
        SPECIAL_ARC.format(
            ARC.format("", '<toolspecific tool="x" version="1"><inhibitor/></toolspecific>')
        ),
        "inhibitor arcs",
    ),
    (
        SPECIAL_ARC.format(
            ARC.format("", '<toolspecific tool="x" version="1"><a kind="reset"/></toolspecific>')
        ),
        "reset arcs",
    ),
    (SPECIAL_ARC.format(ARC.format("", "<hlinscription/>")), "coloured"),
    ('<place id="p"><hlinitialMarking/></place>', "coloured"),
    ('<place id="p"><type><structure/></type></place>', "coloured"),
    ('<place id="p"><initialMarking><structure/></initialMarking></place>', "coloured"),
    ('<transition id="t"><condition/></transition>', "coloured"),
    ("<declaration/>", "coloured"),
    ('<place id="p"><capacity><value>2</value></capacity></place>', "capacity"),
    ('<place id="p" invariant="&lt; 5"/>', "timed"),
    ('<transition id="t"><timed><value>true</value></timed></transition>', "timed"),
    ('<transition id="t"><priority><value>3</value></priority></transition>', "priorities"),
    ("<box/>", "element of a page is not supported; found <box>"),
    ('<place id="p"><box/></place>', "element of a place is not supported; found <box>"),
]


@pytest.mark.parametrize(("content", "message"), REFUSED)
def test_refused_by_name_and_never_dropped(content: str, message: str) -> None:
    with pytest.raises(UnsupportedError, match=message) as caught:
        parse_pnml(wrap(content))
    assert caught.value.span is not None
    assert caught.value.span.line == 2


@pytest.mark.parametrize(
    ("uri", "message"),
    [
        ("http://www.pnml.org/version-2009/grammar/symmetricnet", "coloured nets"),
        ("http://www.pnml.org/version-2009/grammar/highlevelnet", "coloured nets"),
        ("http://www.pnml.org/version-2009/grammar/pt-hlpng", "coloured nets"),
        ("http://example.org/stochasticPetriNet", "stochastic nets"),
        ("GSPN", "stochastic nets"),
        ("http://example.org/timedNet", "timed nets"),
        ("http://example.org/mystery", "type is not supported"),
    ],
)
def test_other_net_types_are_refused(uri: str, message: str) -> None:
    with pytest.raises(UnsupportedError, match=message):
        parse_pnml(f'<pnml><net id="n" type="{uri}"/></pnml>')


@pytest.mark.parametrize(
    "uri",
    [
        "http://www.pnml.org/version-2009/grammar/pnmlcoremodel",
        "http://www.informatik.hu-berlin.de/top/pntd/ptNetb",
        "P/T net",
        "http://www.yasper.org/specs/epnml-1.1",
        "",
    ],
)
def test_older_net_types_are_read(uri: str) -> None:
    assert parse_pnml(f'<pnml><net id="n" type="{uri}"/></pnml>') == PetriNet(
        places=[], transitions=[]
    )


def test_vendor_notations_of_plain_nets() -> None:
    text = """<pnml><net id="n" type="P/T net"><token id="Default" red="0"/>
      <place id="p"><initialMarking><value>Default,3</value></initialMarking>
        <capacity><value>0</value></capacity></place>
      <place id="q" initialMarking="2" invariant="&lt; inf"/>
      <transition id="t"><name><value>T</value></name><rate><value>1.0</value></rate>
        <timed><value>false</value></timed><priority><value>1</value></priority></transition>
      <arc id="a" source="p" target="t"><inscription><value>Default,2</value></inscription>
        <tagged><value>false</value></tagged><arcpath id="000" x="1" y="2"/>
        <type value="normal"/></arc>
      <arc id="b" source="t" target="q" type="normal" inscription="4"/></net></pnml>"""
    net = parse_pnml(text)
    assert net == PetriNet(
        places=["p", "q"],
        transitions=[Transition(id="t", label="T")],
        arcs=[("p", "t", 2), ("t", "q", 4)],
        initial={"p": 3, "q": 2},
    )
    changed = net.replace(initial={"p": 1})
    assert parse_pnml(format_pnml(changed)) == changed


WRONG = [
    ('<place id="p"/><place id="p"/>', "'p' is given twice"),
    ('<place id="p"/><transition id="p"/>', "'p' is given twice"),
    ("<place/>", "a place has no id"),
    ('<place id="p"/><arc id="a" source="p" target="x"/>', "target of an arc is no node"),
    ('<place id="p"/><arc id="a" target="p"/>', "source of an arc is no node"),
    ('<place id="p"/><place id="q"/><arc id="a" source="p" target="q"/>', "joins two places"),
    ('<referencePlace id="r" ref="r"/>', "circle; found r -> r"),
    (
        '<referencePlace id="r" ref="s"/><referencePlace id="s" ref="u"/>'
        '<referencePlace id="u" ref="s"/>',
        "circle; found s -> u -> s",
    ),
    ('<referencePlace id="r" ref="x"/>', "refers to an unknown node"),
    ('<transition id="t"/><referencePlace id="r" ref="t"/>', "refers to a transition"),
    ('<place id="p"><initialMarking><text>-1</text></initialMarking></place>', "'-1'; expected an"),
    ('<place id="p"><initialMarking><text>x</text></initialMarking></place>', "not a number"),
    (f'<place id="p"><initialMarking><text>{"9" * 6000}</text></initialMarking></place>', "number"),
    (
        '<place id="p"/><transition id="t"/><arc id="a" source="p" target="t">'
        "<inscription><text>0</text></inscription></arc>",
        "expected an integer from 1",
    ),
    ('<finalmarkings><marking><place idref="x"/></marking></finalmarkings>', "unknown place"),
    ("<finalmarkings><marking/><marking/></finalmarkings>", "several final markings"),
]


@pytest.mark.parametrize(("content", "message"), WRONG)
def test_wrong_files_are_one_clear_error(content: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        parse_pnml(wrap(content), file="f.pnml")
    assert str(caught.value).startswith("f.pnml:2:")


def test_several_nets() -> None:
    text = '<pnml><net id="a"><place id="p"/></net><net id="b"><place id="q"/></net></pnml>'
    with pytest.raises(InputError, match="2 nets; found 'a', 'b'"):
        parse_pnml(text)
    net = parse_pnml(text, net="b")
    assert net.place_ids == ("q",)
    assert parse_pnml(format_pnml(net)) == net
    assert read_pnml(io.StringIO(text), net="a").place_ids == ("p",)
    for wrong in ("c", ""):
        with pytest.raises(InputError, match="no net"):
            parse_pnml(text, net=wrong)
    with pytest.raises(InputError, match="has no net"):
        parse_pnml("<pnml/>")
    with pytest.raises(InputError, match="not PNML; found <a>"):
        parse_pnml("<a/>")


def test_long_chains_of_references_and_deep_pages() -> None:
    n = 20_000
    chain = "".join(f'<referencePlace id="r{i}" ref="r{i + 1}"/>' for i in range(n))
    with not_hanging():
        net = parse_pnml(
            wrap(
                f'{chain}<referencePlace id="r{n}" ref="p"/><place id="p"/><transition id="t"/>'
                '<arc id="a" source="r0" target="t"/>'
            )
        )
        assert net.preset("t") == ("p",)
    deep = wrap('<page id="x">' * 900 + '<place id="p"/>' + "</page>" * 900)
    assert parse_pnml(deep).place_ids == ("p",)


@given(st.data())
@settings(max_examples=300, derandomize=True, deadline=None)
def test_mutated_files_give_a_net_or_an_input_error(data: st.DataObject) -> None:
    pieces = re.split(r"(<[^>]*>)", PAGES)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(pieces) - 1))
        action = data.draw(st.sampled_from(["drop", "copy", "text", "swap"]))
        if action == "drop":
            pieces[at] = ""
        elif action == "copy":
            pieces[at] *= 2
        elif action == "text":
            pieces[at] = data.draw(st.sampled_from(["", "-1", "p2", "&x;", "<a/>", "\x01"]))
        else:
            other = data.draw(st.integers(0, len(pieces) - 1))
            pieces[at], pieces[other] = pieces[other], pieces[at]
    try:
        net = parse_pnml("".join(pieces))
    except InputError:
        return
    assert parse_pnml(format_pnml(net)) == net


DATA = os.environ.get("NETPROOF_DATA")
FOLDERS = sorted((Path(DATA) / "pnml" / "mcc").iterdir()) if DATA else []
need_data = pytest.mark.skipif(not DATA, reason="NETPROOF_DATA is not set")


@pytest.mark.data
@need_data
def test_contest_nets_load_and_write_back_equal_and_coloured_ones_are_refused() -> None:
    read, refused = 0, []
    for folder in FOLDERS:
        path = folder / "model.pnml"
        if (folder / "iscolored").read_text().strip().upper() == "TRUE":
            with pytest.raises(UnsupportedError, match=f"{folder.name}: coloured nets"):
                read_pnml(path)
            refused.append(folder.name)
            continue
        with within_cpu_seconds(3):
            net = read_pnml(path)
        text = path.read_text()
        assert len(net.places) == len(re.findall(r"<place\s", text))
        assert len(net.transitions) == len(re.findall(r"<transition\s", text))
        assert len(net.arcs) == len(re.findall(r"<arc\s", text))
        assert parse_pnml(format_pnml(net)) == net
        assert parse_xml(format_pnml(net)) == parse_xml(text)
        anew = net.replace(arcs=net.arcs)
        assert anew.origin is None
        assert parse_pnml(format_pnml(anew)) == net
        assert Marking.parse(str(net.initial)) == net.initial
        read += 1
    assert (read, len(refused)) == (28, 4)
