"""The one XML reader: places, namespaces, bounds, hostile input, and writing back."""

import contextlib
import io
import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devtools import not_hanging
from transition_systems.errors import InputError, UsageError
from transition_systems.readwrite.files import read_bytes, write_text
from transition_systems.readwrite.xml import XmlElement, format_xml, parse_xml, read_xml


def test_places_namespaces_and_mixed_content() -> None:
    root = parse_xml(
        '<?xml version="1.0"?>\n<a xmlns="urn:d" xmlns:v="urn:v">\n  ü<v:b v:k="1" k="2"/>x\n</a>'
    )
    assert (root.tag, root.namespace, root.prefix, root.line, root.column) == (
        *("a", "urn:d", None),
        *(2, 1),
    )
    assert root.nsmap == {"": "urn:d", "v": "urn:v"}
    child = root.children[0]
    assert (child.line, child.column) == (3, 4)
    assert child.attributes == {"{urn:v}k": "1", "k": "2"}
    assert child.namespace == "urn:v"
    assert child.qname == "v:b"
    assert root.text == "\n  ü"
    assert child.tail == "x\n"
    assert root.all_text() == "\n  üx\n"


def test_undeclared_prefixes_are_kept() -> None:
    root = parse_xml('<x:a y:k="1"><x:b/></x:a>')
    assert (root.tag, root.prefix, root.namespace) == ("a", "x", None)
    assert root.attributes == {"y:k": "1"}
    assert parse_xml(format_xml(root)) == root


def test_find_findall_iter() -> None:
    root = parse_xml('<a><b i="1"/><c><b i="2"/></c><b i="3"/></a>')
    first = root.find("b")
    assert first is not None
    assert first.get("i") == "1"
    assert [e.get("i") for e in root.findall("b")] == ["1", "3"]
    assert [e.get("i") for e in root.iter("b")] == ["1", "2", "3"]
    assert root.find("nothing") is None
    assert root.find("b", "urn:other") is None


@pytest.mark.parametrize(
    ("encoding", "codec"),
    [
        ("UTF-8", "utf-8"),
        ("UTF-8", "utf-8-sig"),
        ("UTF-16", "utf-16"),
        ("UTF-16", "utf-16-le"),
        ("ISO-8859-1", "iso-8859-1"),
        ("windows-1252", "cp1252"),
    ],
)
def test_encodings(encoding: str, codec: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?>\n<a>é</a>'
    data = text.encode(codec)
    if codec == "utf-16-le":
        data = b"\xff\xfe" + data
    assert parse_xml(data).text == "é"


def test_asian_encoding_and_false_utf16_declaration() -> None:
    assert parse_xml('<?xml version="1.0" encoding="GBK"?><a>审批</a>'.encode("gbk")).text == "审批"
    assert parse_xml('<?xml version="1.0" encoding="utf-16"?><a>é</a>'.encode()).text == "é"
    assert parse_xml('<?xml version="1.0" encoding="utf-16"?><a>é</a>').text == "é"
    for name in ("zlib", "punycode", "no-such"):
        with pytest.raises(InputError, match="encoding"):
            parse_xml(f'<?xml version="1.0" encoding="{name}"?><a/>'.encode())


BROKEN = [
    (b"", "empty"),
    (b"   ", "empty"),
    (b"hello", "not XML"),
    (b"<a>", "ends too early; .*expected </a> for the element of line 1"),
    (b"<a><b", "ends too early"),
    (b"<a><![CDATA[x", "ends too early"),
    (b"<a>\n<b></a>", "2:4: an end tag .* found '</a>'; expected </b> for the element of line 2"),
    (b"<a x='1' x='2'/>", "attribute is given twice"),
    (b"<a xmlns:p='u' xmlns:q='u' p:x='1' q:x='2'/>", "given twice"),
    (b"<a/><b/>", "after the end of the root"),
    (b"<a>&nbsp;</a>", "entity is not defined"),
    (b" <?xml version='1.0'?><a/>", "before the XML declaration"),
    (b"<a>\n x\xff</a>", "2:3: the text is not valid UTF-8; found byte 0xff"),
    (b"<a>\xe2\x82</a>", "not valid UTF-8"),
    (b"<a>\x00</a>", "not well-formed"),
    (b"<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", "1:1: a DOCTYPE is refused"),
    (b"<?xml version='1.0' encoding='ascii'?><a>\xff</a>", "not "),
]


@pytest.mark.parametrize(("data", "pattern"), BROKEN)
def test_broken_text_is_one_clear_error(data: bytes, pattern: str) -> None:
    with pytest.raises(InputError, match=pattern) as caught:
        parse_xml(data, file="f.xml")
    assert caught.value.span is not None
    assert caught.value.span.file == "f.xml"
    assert caught.value.span.line is not None


def test_entity_bomb_is_refused_at_once() -> None:
    lines = ['<!ENTITY e0 "ha">'] + [f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, 30)]
    with not_hanging(), pytest.raises(InputError, match="2:1: a DOCTYPE is refused"):
        parse_xml("<!-- x -->\n<!DOCTYPE a [" + "\n".join(lines) + "]><a>&e29;</a>")


def test_half_surrogate_in_str() -> None:
    with pytest.raises(InputError, match="surrogate"):
        parse_xml("<a>\ud800</a>")


def test_depth_is_bounded() -> None:
    with pytest.raises(InputError, match="nested more than 1000 deep") as caught:
        parse_xml("<a>" * 10_000 + "</a>" * 10_000)
    assert caught.value.span is not None
    assert caught.value.span.column == 3001
    deep = parse_xml("<a>" * 1_000 + "</a>" * 1_000)
    assert sum(1 for _ in deep.iter()) == 1_000


def test_deep_elements_copy_pickle_and_write_without_recursion() -> None:
    deep = parse_xml("<a>" * 50_000 + "</a>" * 50_000, max_depth=100_000)
    assert deep.copy() == deep
    assert pickle.loads(pickle.dumps(deep)) == deep
    assert parse_xml(format_xml(deep), max_depth=100_000) == deep
    assert deep.all_text() == ""


def test_counts_and_size_are_bounded(tmp_path) -> None:
    with pytest.raises(InputError, match="more than 5 elements"):
        parse_xml("<a>" + "<b/>" * 6 + "</a>", max_elements=5)
    with pytest.raises(InputError, match="more than 3 attributes"):
        parse_xml("<a>" + '<b x="1" y="2"/>' * 2 + "</a>", max_attributes=3)
    with pytest.raises(InputError, match="too large"):
        parse_xml("<a/>", max_bytes=3)
    large = tmp_path / "large.xml"
    with large.open("wb") as file:
        file.truncate(50_000_000)
    with not_hanging(), pytest.raises(InputError, match="too large; found 50000000 bytes"):
        read_xml(large)
    with pytest.raises(InputError, match="too large"):
        read_xml(io.BytesIO(b" " * 11), max_bytes=10)


def test_unreadable_files(tmp_path) -> None:
    for path in (tmp_path, tmp_path / "missing.xml", "a\x00b"):
        with pytest.raises(InputError, match="cannot be read"):
            read_xml(path)
    with pytest.raises(InputError, match="decoded"):
        read_xml(io.TextIOWrapper(io.BytesIO(b"<a>\xff</a>"), encoding="utf-8"))


def test_files_in_text_and_binary_mode(tmp_path) -> None:
    path = tmp_path / "x.xml"
    write_text(path, "<a>ü\n</a>")
    assert read_bytes(path) == "<a>ü\n</a>".encode()
    out = io.StringIO()
    write_text(out, "ü")
    assert out.getvalue() == "ü"
    with path.open("w", encoding="utf-8") as file:
        write_text(file, "<b/>")
    with path.open("rb") as file:
        root = read_xml(file)
    assert root.tag == "b"
    assert root.file == str(path)


def test_writer_declares_what_is_missing_and_refuses_what_cannot_be() -> None:
    root = XmlElement("a", namespace="urn:d", nsmap={"": "urn:d"})
    root.append(XmlElement("b", attributes={"{urn:x}k": "1"}))
    root.append(XmlElement("c", namespace="urn:c", prefix="c"))
    text = format_xml(root, declaration=False)
    assert text == (
        '<a xmlns="urn:d"><b xmlns="" xmlns:ns0="urn:x" ns0:k="1"/><c:c xmlns:c="urn:c"/></a>'
    )
    again = parse_xml(text)
    assert [child.namespace for child in again] == [None, "urn:c"]
    for bad in (XmlElement("a b"), XmlElement("a", text="\x00"), XmlElement("a", text="\ud800")):
        with pytest.raises(UsageError):
            format_xml(bad)


def test_indent_leaves_mixed_content_alone() -> None:
    root = parse_xml("<a><b>x<i/>y</b><c/></a>")
    assert format_xml(root, declaration=False, indent=True) == (
        "<a>\n  <b>x<i/>y</b>\n  <c/>\n</a>\n"
    )


names = st.sampled_from(["a", "b", "process", "Ärger", "x-1", "审批"])
texts = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")
    | st.sampled_from("\t\n\r<>&\"']"),
    max_size=8,
)
prefixes = st.sampled_from([(None, None), ("p", "urn:p"), ("q", "urn:q"), (None, "urn:d")])


def _bare(element: XmlElement) -> list[tuple[object, ...]]:
    return [(e.tag, e.namespace, e.prefix, e.attributes, e.text, e.tail) for e in element.iter()]


@st.composite
def elements(draw: st.DrawFn) -> XmlElement:
    def one() -> XmlElement:
        prefix, namespace = draw(prefixes)
        keys = st.sampled_from(["k", "id", "{urn:p}k", "{urn:z}k"])
        return XmlElement(
            draw(names),
            prefix=prefix,
            namespace=namespace,
            attributes=draw(st.dictionaries(keys, texts, max_size=3)),
            text=draw(texts),
        )

    root = one()
    nodes = [root]
    for _ in range(draw(st.integers(0, 6))):
        child = draw(st.sampled_from(nodes)).append(one())
        child.tail = draw(texts)
        nodes.append(child)
    return root


@given(elements())
@settings(max_examples=150, derandomize=True)
def test_what_is_written_reads_back_equal(element: XmlElement) -> None:
    again = parse_xml(format_xml(element))
    assert _bare(again) == _bare(element)
    assert parse_xml(format_xml(again).encode()) == again


@given(st.binary(max_size=60) | st.text(max_size=60))
@settings(max_examples=300, derandomize=True)
def test_any_bytes_give_an_element_or_an_input_error(data: bytes | str) -> None:
    message = ""
    try:
        parse_xml(data)
    except InputError as error:
        message = str(error)
    assert "\n" not in message


@given(st.data())
@settings(max_examples=300, derandomize=True)
def test_mutated_files_give_an_element_or_an_input_error(data: st.DataObject) -> None:
    good = b'<?xml version="1.0" encoding="UTF-8"?><a xmlns:b="u"><b:c d="&lt;">t\xc3\xbc</b:c></a>'
    at = data.draw(st.integers(0, len(good)))
    cut = data.draw(st.integers(0, 3))
    new = data.draw(st.binary(max_size=3))
    with contextlib.suppress(InputError):
        parse_xml(good[:at] + new + good[at + cut :])
