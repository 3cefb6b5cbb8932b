"""The one XML reader of the toolkit, on the standard library's expat, and a small writer.

The reader keeps the line and column of each start tag, prefixes, namespaces and mixed content. It
refuses every DOCTYPE (so there are no entities to expand and nothing outside is ever fetched) and
bounds depth, size, number of elements and number of attributes. Comments and processing
instructions are skipped. Prefixes that are not declared are kept as they are, since some vendors
write such files.
"""

from __future__ import annotations

from xml.parsers import expat

from transition_systems.errors import InputError
from transition_systems.readwrite.files import MAX_BYTES, PathOrFile, file_name, read_bytes
from transition_systems.readwrite.xml_element import XmlElement
from transition_systems.readwrite.xml_encoding import declared_encoding, invalid_utf8, to_parse
from transition_systems.readwrite.xml_write import format_xml
from transition_systems.source_span import SourceSpan

__all__ = ["MAX_BYTES", "XML_NAMESPACE", "XmlElement", "format_xml", "parse_xml", "read_xml"]

XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace"
MAX_DEPTH = 1_000
MAX_ELEMENTS = 500_000
MAX_ATTRIBUTES = 2_000_000

_SYNTAX, _NO_ELEMENTS, _INVALID, _UNCLOSED, _PARTIAL, _MISMATCH, _DUPLICATE, _JUNK = (
    2,
    3,
    4,
    5,
    6,
    7,
    8,
    9,
)
_UNDEFINED_ENTITY, _MISPLACED_DECLARATION, _UNCLOSED_CDATA = 11, 17, 20


def read_xml(
    path_or_file: PathOrFile,
    *,
    max_depth: int = MAX_DEPTH,
    max_bytes: int = MAX_BYTES,
    max_elements: int = MAX_ELEMENTS,
    max_attributes: int = MAX_ATTRIBUTES,
) -> XmlElement:
    """Read an XML file and return its root element; the size is checked before reading.

    Parameters
    ----------
    path_or_file
        A path, or a file that is open for reading.
    max_depth, max_bytes, max_elements, max_attributes
        The bounds, as in :func:`parse_xml`.

    Returns
    -------
    XmlElement
        The root.

    Raises
    ------
    InputError
        As :func:`parse_xml`, and when the file cannot be read.

    Examples
    --------
    >>> import io
    >>> read_xml(io.StringIO("<a><b/></a>")).find("b").column
    4
    """
    return parse_xml(
        read_bytes(path_or_file, max_bytes=max_bytes),
        file=file_name(path_or_file),
        max_depth=max_depth,
        max_bytes=max_bytes,
        max_elements=max_elements,
        max_attributes=max_attributes,
    )


def parse_xml(
    data: bytes | str,
    *,
    file: str | None = None,
    max_depth: int = MAX_DEPTH,
    max_bytes: int = MAX_BYTES,
    max_elements: int = MAX_ELEMENTS,
    max_attributes: int = MAX_ATTRIBUTES,
) -> XmlElement:
    """Parse an XML text and return its root element, in time linear in its length.

    Parameters
    ----------
    data
        The text; bytes are decoded as the XML declaration says, by default as UTF-8.
    file
        The file's name, for the places in errors and elements.
    max_depth
        How deep elements may be nested.
    max_bytes, max_elements, max_attributes
        The largest size, number of elements, and number of attributes in all.

    Returns
    -------
    XmlElement
        The root.

    Raises
    ------
    InputError
        When the text is not well-formed, has a DOCTYPE, or exceeds a bound; with the place, and
        what was found and expected.

    Examples
    --------
    >>> root = parse_xml("<n:a xmlns:n='urn:x'>one<b k='1'/>two</n:a>")
    >>> root.tag, root.prefix, root.namespace, root.text, root.children[0].tail
    ('a', 'n', 'urn:x', 'one', 'two')
    >>> parse_xml("<!DOCTYPE a []><a/>")
    Traceback (most recent call last):
    ...
    transition_systems.errors.InputError: 1:1: a DOCTYPE is refused; found <!DOCTYPE a. Remove it: \
entities are never expanded and nothing outside the file is fetched.
    """
    if len(data) > max_bytes:
        raise InputError(
            "the XML text is too large",
            span=SourceSpan(file=file),
            found=f"{len(data)} {'characters' if isinstance(data, str) else 'bytes'}",
            expected=f"at most {max_bytes}",
        )
    raw, encoding = to_parse(data, file=file)
    loader = _Loader(raw, encoding, file, max_depth, max_elements, max_attributes)
    return loader.load()


class _Loader:
    """The handlers of one parse and the elements that are open."""

    def __init__(
        self,
        data: bytes,
        encoding: str | None,
        file: str | None,
        max_depth: int,
        max_elements: int,
        max_attributes: int,
    ) -> None:
        self.data = data
        self.encoding = encoding
        self.file = file
        self.max_depth = max_depth
        self.max_elements = max_elements
        self.max_attributes = max_attributes
        self.elements = 0
        self.attributes = 0
        self.root: XmlElement | None = None
        self.open: list[XmlElement] = []
        self.scopes: list[dict[str, str]] = [{"xml": XML_NAMESPACE}]
        self.pieces: list[str] = []
        self.last: XmlElement | None = None
        self.parser = expat.ParserCreate(encoding)

    def load(self) -> XmlElement:
        parser = self.parser
        parser.ordered_attributes = True
        parser.buffer_text = True
        parser.buffer_size = 1 << 16
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.pieces.append
        parser.StartDoctypeDeclHandler = self.doctype
        try:
            parser.Parse(self.data, True)
        except expat.ExpatError as error:
            raise self.explain(error) from None
        except (ValueError, LookupError) as error:
            if isinstance(error, InputError):
                raise
            raise self.error(f"the text cannot be decoded: {error}") from None
        finally:
            parser.StartElementHandler = None
            parser.EndElementHandler = None
            parser.CharacterDataHandler = None
            parser.StartDoctypeDeclHandler = None
        if self.root is None:
            raise self.error("the XML text has no element")
        return self.root

    def flush(self) -> None:
        text = "".join(self.pieces)
        self.pieces.clear()
        if self.last is not None:
            self.last.tail = text
        elif self.open:
            self.open[-1].text = text

    def doctype(self, name: str, *_: object) -> None:
        start = self.data.rfind(b"<!DOCTYPE", 0, self.parser.CurrentByteIndex + 9)
        line, column = self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1
        if start >= 0:
            before = self.data[:start].decode("utf-8", "replace")
            line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        raise self.error(
            "a DOCTYPE is refused",
            line=line,
            column=column,
            found=f"<!DOCTYPE {name[:60]}",
            mend="Remove it: entities are never expanded and nothing outside the file is fetched.",
        )

    def start(self, name: str, flat: list[str]) -> None:
        if self.pieces:
            self.flush()
        self.elements += 1
        if self.elements > self.max_elements:
            raise self.error(f"the XML text has more than {self.max_elements} elements")
        if len(self.open) >= self.max_depth:
            raise self.error(
                f"elements are nested more than {self.max_depth} deep", found=f"<{name[:60]}>"
            )
        parser = self.parser
        element = XmlElement.read(
            name, parser.CurrentLineNumber, parser.CurrentColumnNumber + 1, self.file
        )
        scope = self.scopes[-1]
        if flat:
            self.attributes += len(flat) // 2
            if self.attributes > self.max_attributes:
                raise self.error(f"the XML text has more than {self.max_attributes} attributes")
            scope = self.declare(element, flat, scope)
        self.scopes.append(scope)
        if ":" in name and name[0] != ":" and name[-1] != ":":
            element.prefix, _, element.tag = name.partition(":")
            element.namespace = scope.get(element.prefix)
        else:
            element.namespace = scope.get("") or None
        if self.open:
            self.open[-1].children.append(element)
        else:
            self.root = element
        self.open.append(element)
        self.last = None

    def declare(
        self, element: XmlElement, flat: list[str], scope: dict[str, str]
    ) -> dict[str, str]:
        names, values = flat[::2], flat[1::2]
        written = " ".join(names)
        if ":" not in written and "xmlns" not in written:
            element.attributes = dict(zip(names, values, strict=True))
            if len(element.attributes) == len(names):
                return scope
            element.attributes = {}
        if "xmlns" in written:
            for name, value in zip(names, values, strict=True):
                if name == "xmlns":
                    element.nsmap[""] = value
                elif name.startswith("xmlns:") and len(name) > 6:
                    element.nsmap[name[6:]] = value
            scope = {**scope, **element.nsmap}
        attributes = element.attributes
        for name, value in zip(names, values, strict=True):
            key = name
            if ":" in name:
                prefix, _, local = name.partition(":")
                if prefix == "xmlns" and local:
                    continue
                uri = scope.get(prefix)
                if uri and local:
                    key = f"{{{uri}}}{local}"
            elif name == "xmlns":
                continue
            if key in attributes:
                raise self.error(f"the attribute {name[:60]} is given twice in one element")
            attributes[key] = value
        return scope

    def end(self, _name: str) -> None:
        if self.pieces:
            self.flush()
        self.last = self.open.pop()
        self.scopes.pop()

    def error(
        self,
        message: str,
        *,
        line: int | None = None,
        column: int | None = None,
        found: str | None = None,
        expected: str | None = None,
        mend: str | None = None,
    ) -> InputError:
        if line is None:
            line, column = self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1
        span = SourceSpan(file=self.file, line=line, column=column)
        return InputError(message, span=span, found=found, expected=expected, mend=mend)

    def explain(self, error: expat.ExpatError) -> InputError:
        code, line, column = error.code, error.lineno, error.offset + 1
        if code in (_INVALID, _PARTIAL, _SYNTAX) and self.encoding in (None, "utf-8"):
            bad = None if declared_encoding(self.data) else invalid_utf8(self.data)
            if bad is not None and bad[0] <= self.parser.ErrorByteIndex + 4:
                return self.error(
                    "the text is not valid UTF-8",
                    line=bad[1],
                    column=bad[2],
                    found=f"byte 0x{self.data[bad[0]]:02x}",
                    mend="Save the file as UTF-8, or name its encoding in the XML declaration.",
                )
        found = self.here()
        if code in (_NO_ELEMENTS, _UNCLOSED, _PARTIAL, _UNCLOSED_CDATA):
            if not self.data.strip():
                return self.error("the text is empty", line=1, column=1, expected="an XML element")
            expected = "an XML element"
            if self.open:
                top = self.open[-1]
                expected = f"</{top.qname[:60]}> for the element of line {top.line}"
            return self.error(
                "the XML text ends too early", line=line, column=column, expected=expected
            )
        messages = {
            _SYNTAX: ("this is not XML", "an XML element"),
            _INVALID: ("the XML is not well-formed here", None),
            _DUPLICATE: ("an attribute is given twice in one element", None),
            _JUNK: ("text stands after the end of the root element", "the end of the text"),
        }
        if code == _MISMATCH and self.open:
            top = self.open[-1]
            return self.error(
                "an end tag does not fit its start tag",
                line=line,
                column=max(1, column - 2),
                found=found,
                expected=f"</{top.qname[:60]}> for the element of line {top.line}",
            )
        if code == _UNDEFINED_ENTITY:
            mend = "Write the character itself, or its number as in &#160;."
            return self.error(
                "an entity is not defined", line=line, column=column, found=found, mend=mend
            )
        if code == _MISPLACED_DECLARATION:
            return self.error(
                "something stands before the XML declaration",
                line=line,
                column=column,
                mend="Remove what stands before <?xml.",
            )
        message, expected_text = messages.get(
            code, (f"the XML cannot be read: {expat.ErrorString(code)}", None)
        )
        return self.error(message, line=line, column=column, found=found, expected=expected_text)

    def here(self) -> str | None:
        start = self.parser.ErrorByteIndex
        if self.data[max(0, start - 2) : start] == b"</":
            start -= 2
        piece = self.data[start : start + 40].decode("utf-8", "replace").split("\n")[0]
        if piece.startswith("</") and ">" in piece:
            piece = piece[: piece.index(">") + 1]
        return repr(piece) if piece else None
