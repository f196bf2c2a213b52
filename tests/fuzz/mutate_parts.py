"""Mutations of whole parts and what ties them together: bytes, encodings, entities, relationships."""

from __future__ import annotations

import re
from pathlib import Path

from tests.fuzz.draft import Draft, Mutator

CANARY = Path(__file__).with_name("canary.txt")
"""What an external entity would bring in; the number in it must never show up."""
_ANY = r"\.(xml|rels)$"
_RELS = r"\.rels$"
_RELATION = r"<Relationship\b[^>]*?/>"
_LAUGHS = '<!DOCTYPE a [<!ENTITY l0 "9">' + "".join(
    f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10)
)


def _important(draft: Draft) -> str:
    """Mostly the parts that are read."""
    if draft.random.random() < 0.7:
        return draft.pick(
            r"workbook\.xml|\.rels$|Content_Types|sheet[1-7]\.xml|table\d+\.xml|sharedS|styles"
        )
    return draft.pick(_ANY)


def dropped(draft: Draft) -> str:
    part = _important(draft)
    del draft.parts[part]
    return f"{part}: dropped"


def cut(draft: Draft) -> str:
    part = _important(draft)
    at = draft.random.randrange(len(draft.parts[part]) + 1)
    draft.parts[part] = draft.parts[part][:at]
    return f"{part}: cut at {at}"


def flipped(draft: Draft) -> str:
    part = _important(draft)
    data = bytearray(draft.parts[part])
    if not data:
        return ""
    places = [
        draft.random.randrange(len(data)) for _ in range(draft.random.choice((1, 1, 1, 3, 20)))
    ]
    for place in places:
        data[place] ^= 1 << draft.random.randrange(8)
    draft.parts[part] = bytes(data)
    return f"{part}: bits flipped at {places}"


def slice_moved(draft: Draft) -> str:
    """Some bytes taken out, doubled, or put elsewhere."""
    part = _important(draft)
    data = draft.parts[part]
    if not data:
        return ""
    start = draft.random.randrange(len(data))
    end = min(len(data), start + draft.random.choice((1, 5, 40, 400)))
    to = draft.random.randrange(len(data))
    piece, way = data[start:end], draft.random.choice(("out", "twice", "elsewhere"))
    if way == "out":
        data = data[:start] + data[end:]
    elif way == "twice":
        data = data[:end] + piece + data[end:]
    else:
        data = data[:to] + piece + data[to:]
    draft.parts[part] = data
    return f"{part}: bytes {start}-{end} {way} ({to})"


def encoded(draft: Draft) -> str:
    part = _important(draft)
    text = draft.text(part)
    body = re.sub(r"^<\?xml.*?\?>", "", text)
    codec, declared = draft.random.choice(
        (("utf-16", "UTF-16"), ("utf-16-le", "UTF-16"), ("utf-16-be", "utf-16"), ("utf-8-sig", "UTF-8"),
         ("latin-1", "ISO-8859-1"), ("utf-8", "ISO-8859-1"), ("utf-8", "bogus"), ("utf-8", "ascii"),
         ("utf-32", "UTF-32"), ("utf-8", "utf-16"), ("utf-7", "UTF-7"), ("cp1252", "windows-1252"),
         ("utf-16", "UTF-8"), ("utf-8", "base64"), ("utf-8", "rot13"), ("utf-8", "idna"))
    )  # fmt: skip
    text = f'<?xml version="1.0" encoding="{declared}"?>{body}'
    draft.parts[part] = text.encode(codec, "xmlcharrefreplace" if codec != "utf-8" else "replace")
    return f"{part}: {codec} said to be {declared}"


def entities(draft: Draft) -> str:
    """Entity bombs, and entities that would read a file of this machine."""
    part = _important(draft)
    text = re.sub(r"^<\?xml.*?\?>", "", draft.text(part))
    uri = CANARY.as_uri()
    head, use = draft.random.choice(
        ((f"{_LAUGHS}]>", "&l9;"), (f"{_LAUGHS}]>", "&l2;"),
         (f'<!DOCTYPE a [<!ENTITY x SYSTEM "{uri}">]>', "&x;"),
         (f'<!DOCTYPE a SYSTEM "{uri}">', "&x;"),
         (f'<!DOCTYPE a [<!ENTITY % p SYSTEM "{uri}"> %p;]>', "5"),
         ('<!DOCTYPE a [<!ENTITY x "7">]>', "&x;"), ("<!DOCTYPE a>", "5"), ("<!DOCTYPE html>", "&nbsp;"))
    )  # fmt: skip
    where = r"(?<=<v>)[^<]*(?=</v>)" if "<v>" in text else r'(?<=name=")[^"]*(?=")'
    found = list(re.finditer(where, text))
    if found:
        match = draft.random.choice(found)
        text = text[: match.start()] + use + text[match.end() :]
    draft.put(part, head + text)
    return f"{part}: {head[:70]}... {use}"


def opaque(draft: Draft) -> str:
    """A comment, a CDATA section or an instruction between any two tags."""
    new = draft.random.choice(
        ("<!-- x -->", '<!-- <c r="C4"><v>5</v></c> -->', "<![CDATA[ ]]>", "<?php echo?>", "<!-- -- -->",
         "<![CDATA[<v>5</v>]]>", '<!-- <sheet name="x" sheetId="9" r:id="rId1"/> -->', "text", "<x/>", "\n\n",
         '<ext uri="x"><c r="A1"/></ext>', "<mc:AlternateContent/>")
    )  # fmt: skip
    return draft.sub(_important(draft), "><", f">{new}<")


def attribute(draft: Draft) -> str:
    """An attribute dropped, doubled, emptied, in single quotes, or of another value."""

    def change(match: re.Match[str]) -> str:
        name = match[1]
        return draft.random.choice(
            ("", match[0] * 2, f' {name}=""', f" {name}='{match[2]}'", f' {name}="999999"', f' {name}="-1"',
             f' {name}="é&#10;"', f' {name} = "{match[2]}"', f' {name.upper()}="{match[2]}"',
             f' {name}="{"9" * 5000}"', f' {name}="²"', f' {name}="1e3"')
        )  # fmt: skip

    return draft.sub(_important(draft), r'\s([\w:]+)="([^"<]*)"', change)


def element_gone(draft: Draft) -> str:
    return draft.sub(_important(draft), r"<(\w+)(\s[^<>]*)?(/>|>[^<]*</\1>)", "")


def relation_gone(draft: Draft) -> str:
    return draft.sub(draft.pick(_RELS), _RELATION, "")


def relation_twice(draft: Draft) -> str:
    return draft.sub(draft.pick(_RELS), _RELATION, lambda m: m[0] * 2)


def relation_target(draft: Draft) -> str:
    def change(match: re.Match[str]) -> str:
        old = match[1]
        new = draft.random.choice(
            ("nowhere.xml", "../../../../outside.xml", "/../../etc/passwd", CANARY.as_uri(), "", "#", "/",
             ".", "..", old.upper(), old.replace("/", "\\"), old.replace("s", "%73"), old + "#x", old + "?x",
             "/xl/workbook.xml", "/xl/worksheets/sheet1.xml", "/xl/sharedStrings.xml", "/xl/styles.xml",
             "//" + old, "%00", "a" * 5000, "/[Content_Types].xml", "/xl/tables/table1.xml", "xl/" + old,
             "../xl/workbook.xml", "/_rels/.rels")
        )  # fmt: skip
        return f'Target="{new}"'

    return draft.sub(draft.pick(_RELS), r'Target="([^"]*)"', change)


def relation_kind(draft: Draft) -> str:
    new = draft.random.choice(("worksheet", "chartsheet", "table", "styles", "sharedStrings", "bogus",
                               "officeDocument", "slicer", "externalLink", "dialogsheet"))  # fmt: skip
    return draft.sub(draft.pick(_RELS), r'(Type="[^"]*/)\w+"', lambda m: f'{m[1]}{new}"')


def relation_outside(draft: Draft) -> str:
    return draft.sub(draft.pick(_RELS), "<Relationship ", '<Relationship TargetMode="External" ')


def content_type(draft: Draft) -> str:
    part = draft.pick(r"^\[Content_Types\]\.xml$")
    new = draft.random.choice(("", '<Override PartName="/nowhere.xml" ContentType="x"/>',
                               '<Default Extension="xml" ContentType="text/plain"/>'))  # fmt: skip
    return draft.sub(part, r"<(Override|Default)\b[^>]*/>", new)


def content_type_other(draft: Draft) -> str:
    part = draft.pick(r"^\[Content_Types\]\.xml$")
    new = draft.random.choice(
        ("application/vnd.ms-excel.sheet.binary.macroEnabled.main", "x", "", "application/vnd.openxmlformats-"
         "officedocument.wordprocessingml.document.main+xml", "application/vnd.openxmlformats-officedocument."
         "spreadsheetml.worksheet+xml", "application/vnd.ms-excel.sheet.macroEnabled.main+xml")
    )  # fmt: skip
    return draft.sub(part, r'ContentType="[^"]*"', f'ContentType="{new}"')


def replaced(draft: Draft) -> str:
    """A part with the content of another."""
    one, two = _important(draft), _important(draft)
    draft.parts[one] = draft.parts[two]
    return f"{one}: the content of {two}"


def grown(draft: Draft) -> str:
    """A part with tens of megabytes of nothing in it: they compress to nothing."""
    part, piece = draft.pick(r"workbook\.xml$|sheet[1-7]\.xml$|sharedS|styles|table1\.xml|rels$"), (
        draft.random.choice((" ", "<x/>", "<!-- -->", '<c r="A1"/>', "<row/>", "\n"))
    )  # fmt: skip
    size = draft.random.choice((1, 4, 60))
    draft.sub(part, r"(?<=>)(?=<)", piece * (size * 2**20 // len(piece)))
    return f"{part}: {size} MB of {piece!r}"


def deep(draft: Draft) -> str:
    """Elements in elements in elements."""
    depth = draft.random.choice((50, 2_000, 100_000))
    draft.sub(part := _important(draft), r"(?<=>)(?=<)", "<x>" * depth + "</x>" * depth)
    return f"{part}: {depth:,} deep"


MUTATORS: tuple[Mutator, ...] = (
    dropped, cut, flipped, flipped, slice_moved, slice_moved, encoded, encoded, entities, entities, opaque,
    opaque, attribute, attribute, attribute, element_gone, element_gone, relation_gone, relation_twice,
    relation_target, relation_target, relation_kind, relation_outside, content_type, content_type_other,
    replaced, deep,
)  # fmt: skip
RARE: tuple[Mutator, ...] = (grown,)
"""Too slow to be made often."""
