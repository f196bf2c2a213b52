"""XML read and edited as text, so that what is not edited stays byte for byte.

A tree library would rewrite prefixes, quotes and white space, and ``mc:Ignorable`` names prefixes.
Here an element knows *where* it stands in its text; a change is a list of edits (start, end,
replacement) which :func:`splice` applies.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from xml.parsers import expat

Edit = tuple[int, int, str]

ATTRIBUTE = re.compile(r"""([^\s=/<>"']+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_DEEPEST = 200
_TAG = re.compile(
    r"""<(?:!--.*?--|!\[CDATA\[.*?\]\]|\?.*?\?"""
    r"""|(/?)([^\s/>!?]++)((?:[^<>"'/]++|/(?!>)|"[^"]*"|'[^']*')*)(/?))>""",
    re.DOTALL,
)
"""No two alternatives of the repeated group begin alike, so it never tries twice. It is not
possessive: Python 3.11.2, which Debian 12 has, then loses tags that end in ``/>``."""
_DECLARED = re.compile(rb"""^<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_ENTITY = re.compile(r"&(?:#x([0-9A-Fa-f]+)|#([0-9]+)|(amp|lt|gt|quot|apos));")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_OPAQUE = re.compile(r"<!--.*?-->|<!\[CDATA\[.*?\]\]>", re.DOTALL)
_ESCAPED_CHAR = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True, slots=True)
class Element:
    """One element and where it stands in ``source``: ``<name ...>`` is source[start:inner],
    its content source[inner:close], all of it source[start:end]."""

    source: str = field(repr=False)
    tag: str
    start: int
    inner: int
    close: int
    end: int
    children: tuple[Element, ...] = field(repr=False)

    @property
    def name(self) -> str:
        """The local name, without the prefix."""
        return self.tag.rpartition(":")[2]

    @property
    def prefix(self) -> str:
        """The prefix with its colon, or an empty text."""
        return self.tag[: len(self.tag) - len(self.name)]

    @property
    def attributes(self) -> dict[str, str]:
        """Attribute values by their full name, entities resolved."""
        return read_attributes(self.source[self.start + 1 + len(self.tag) : self.inner])

    @property
    def outer(self) -> str:
        """The element as it is written."""
        return self.source[self.start : self.end]

    @property
    def content(self) -> str:
        """The element's text, entities resolved; child elements are not expected."""
        raw = self.source[self.inner : self.close]
        return "".join(
            raw_part[9:-3] if raw_part.startswith("<![CDATA[") else unescape(raw_part)
            for raw_part in _split_opaque(raw)
        )

    def get(self, name: str, default: str = "") -> str:
        return self.attributes.get(name, default)

    def relation(self) -> str:
        """The value of ``r:id``, whatever prefix the relationships namespace has here."""
        return next((v for k, v in self.attributes.items() if k.endswith(":id")), "")

    def all(self, name: str) -> tuple[Element, ...]:
        """The direct children of that local name in this element's own namespace prefix."""
        return tuple(c for c in self.children if c.tag == self.prefix + name)

    def child(self, name: str) -> Element | None:
        """The first direct child of that name, or None."""
        return next(iter(self.all(name)), None)

    def walk(self) -> Iterator[Element]:
        """This element and everything below it, in document order."""
        yield self
        for child in self.children:
            yield from child.walk()


def parse(text: str) -> Element:
    """The root element of a well-formed text; ValueError where it is not well-formed.

    >>> root = parse('<x:a><x:b id="1 &amp; 2"/><!-- <x:b/> --><x:b>three</x:b></x:a>')
    >>> [(b.get("id"), b.content) for b in root.all("b")]
    [('1 & 2', ''), ('', 'three')]
    """
    _refuse_malformed(text)
    open_tags: list[tuple[str, int, int, list[Element]]] = []
    siblings: list[Element] = []
    for match in _TAG.finditer(text):
        closing, tag, _, empty = match.groups()
        if tag is None:
            continue
        if closing:
            tag, start, inner, outer_siblings = open_tags.pop()
            element = Element(text, tag, start, inner, match.start(), match.end(), tuple(siblings))
            siblings = outer_siblings
            siblings.append(element)
        elif empty:
            end = match.end()
            siblings.append(Element(text, tag, match.start(), end, end, end, ()))
        else:
            open_tags.append((tag, match.start(), match.end(), siblings))
            if len(open_tags) > _DEEPEST:  # beyond what Python's own recursion could follow
                raise ValueError(f"elements nested more than {_DEEPEST} deep")
            siblings = []
    return siblings[0]


def _refuse_malformed(text: str) -> None:
    def refuse(*_: object) -> None:
        # Entity declarations are how small XML files become huge ones; no workbook has them.
        raise ValueError("a document type declaration")

    parser = expat.ParserCreate("UTF-8")
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(text.removeprefix("\ufeff").encode("utf-8"), True)
    except (expat.ExpatError, UnicodeEncodeError) as error:
        raise ValueError(str(error)) from error


def decode(data: bytes) -> str:
    """A part's bytes as text. UTF-8 comes back unchanged by ``text.encode()``; any other encoding
    gets its declaration changed to UTF-8, since that is what we write."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16")
    else:
        declared = _DECLARED.match(data)
        codec = declared[1].decode("ascii") if declared else "utf-8"
        try:
            text = data.decode("utf-8" if codec.lower() in {"utf-8", "utf8", "utf-16"} else codec)
        except LookupError as error:
            raise ValueError(str(error)) from error
        if "\0" in text:  # UTF-16 without its mark, which expat would read and we would not
            raise ValueError("a character that XML does not know")
        if codec.lower() in {"utf-8", "utf8"}:
            return text
    return re.sub(r"""(?<=encoding=)["'][^"']*["']""", '"UTF-8"', text, count=1)


def mask(text: str) -> str:
    """The text with comments and CDATA blanked out, every position kept: safe to search."""
    if "<!" not in text:
        return text
    return _OPAQUE.sub(lambda m: ("x" if m[0][2] == "[" else " ") * len(m[0]), text)


def _split_opaque(raw: str) -> Iterator[str]:
    position = 0
    for match in _OPAQUE.finditer(raw):
        yield raw[position : match.start()]
        if match[0].startswith("<![CDATA["):
            yield match[0]
        position = match.end()
    yield raw[position:]


def read_attributes(raw: str) -> dict[str, str]:
    """The attributes in the inside of a tag; single and double quotes alike.

    >>> read_attributes(''' r="A1" t='str' ''')
    {'r': 'A1', 't': 'str'}
    """
    return {m[1]: unescape(m[2] if m[2] is not None else m[3]) for m in ATTRIBUTE.finditer(raw)}


def unescape(raw: str) -> str:
    """XML entities and character references as characters."""
    if "&" not in raw:
        return raw
    return _ENTITY.sub(
        lambda m: chr(int(m[1], 16)) if m[1] else chr(int(m[2])) if m[2] else _NAMED[m[3]], raw
    )


def escape(text: str) -> str:
    """Characters as XML text or as the value of a double-quoted attribute."""
    return (
        text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    )


def decode_chars(text: str) -> str:
    """Excel's own ``_x000A_`` escapes as characters, as they stand in table column names.

    >>> decode_chars("Price_x000a_USD")
    'Price\\nUSD'
    """
    return _ESCAPED_CHAR.sub(lambda m: chr(int(m[1], 16)), text)


def encode_chars(text: str) -> str:
    """What XML cannot hold, as Excel's ``_x0007_`` escapes; a literal ``_x0007_`` is guarded.

    >>> encode_chars("bell\\x07 _x0041_")
    'bell_x0007_ _x005F_x0041_'
    """
    guarded = re.sub(r"_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", text)
    return re.sub(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]", lambda m: f"_x{ord(m[0]):04X}_", guarded)


def splice(text: str, edits: Iterable[Edit]) -> str:
    """The text with every edit applied; ValueError where two edits overlap (our own bug).

    >>> splice("abcdef", [(4, 5, "E"), (0, 1, ""), (2, 2, "-")])
    'b-cdEf'
    """
    pieces: list[str] = []
    position = 0
    for start, end, replacement in sorted(edits, key=lambda edit: edit[:2]):
        if start < position:
            raise ValueError(f"two edits overlap at position {start}")
        pieces += (text[position:start], replacement)
        position = end
    pieces.append(text[position:])
    return "".join(pieces)


def with_attribute(element: Element, name: str, value: str) -> Edit:
    """The edit that gives the element this attribute, in place where it is already there."""
    first = element.start + 1 + len(element.tag)
    for match in ATTRIBUTE.finditer(element.source, first, element.inner):
        if match[1] == name:
            return match.start(), match.end(), f'{name}="{escape(value)}"'
    at = element.inner - (2 if element.source[element.inner - 2] == "/" else 1)
    return at, at, f' {name}="{escape(value)}"'


def removed(element: Element) -> Edit:
    """The edit that takes the element out."""
    return element.start, element.end, ""


def appended(element: Element, xml: str) -> Edit:
    """The edit that puts ``xml`` last inside the element, opening ``<a/>`` where needed."""
    if element.close == element.end:
        return element.end - 2, element.end, f">{xml}</{element.tag}>"
    return element.close, element.close, xml


def inserted(parent: Element, xml: str, name: str, order: Sequence[str]) -> Edit:
    """The edit that puts a new child ``name`` where the schema's ``order`` of children wants it."""
    before = {parent.prefix + earlier for earlier in order[: order.index(name)]}
    places = [child.end for child in parent.children if child.tag in before]
    if places:
        return places[-1], places[-1], xml
    if parent.close == parent.end:
        return appended(parent, xml)
    return parent.inner, parent.inner, xml
