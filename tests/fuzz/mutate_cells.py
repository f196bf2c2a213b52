"""Mutations of cells, rows and columns of a sheet: values, types, styles, addresses, order."""

from __future__ import annotations

import re
from random import Random
from xml.sax.saxutils import escape

from tests.fuzz.draft import Draft, Mutator

CELL = r'<c r="([A-Z]+)(\d+)"([^>]*?)(?:/>|>(.*?)</c>)'
_ROW = r"<row\b([^>]*?)(?:/>|>(.*?)</row>)"

NUMBERS = (
    "0", "-0", "-0.0", "1", "-1", "2", "97", "0.5", "100", "1000", "1e5", "1E+5", "+5", " 5 ", "5.",
    ".5", "1e300", "-1e300", "1e308", "1e400", "1e-300", "5e-324", "1e12", "9007199254740993",
    "123456789012345678", "0.1234567890123456789", "NaN", "nan", "INF", "-INF", "Infinity", "1,5",
    "1_000", "0x10", "", " ", "--1", "5e", "٣", "½", "1 2", "41334", "60", "59", "2958466", "3e9",
    "&#49;0", "1<!-- -->0", "<![CDATA[7]]>", "1</v><v>2", "31337", "1e15", "99999999999999.99",
)  # fmt: skip
TEXTS = (
    "VTI", "BND", "CASH", "IRA", "Joint", "100", "0.6", "35 pct", "$5", "Yes", "no", "TRUE", "NaN",
    "inf", "-inf", "1e400", "#N/A", "#REF!", "=1+1", "'VTI", "", " ", "\u00a0", "\u200b", "\ufeff",
    "V\u0131T", "\u202eITV", "\U0001f4a9", "e\u0301", "None", "nan", "a\nb", "a\tb", "_x0007_",
    "_x0000_", "_xD800_", "_x005F_x0007_", "x" * 300, "y" * 32_767, "z" * 40_000,
    "\U0001f4a9" * 20_000, "\uffff", "\ufffe", "\x85", "\u2028", "IRA [old]", "[/red]", "{}", "%s",
    "../../etc", "2013-03-01", "1.4.2010", "Total", "US equity", "us EQUITY", "\ue000", "ß", "\u0130",
)  # fmt: skip
RAW = ("&#7;", "&#0;", "&#x0;", "&#55296;", "\x07", "\x00", "&bogus;", "&", "<", "]]>", "&#xFFFF;",
       "&amp;lt;", "<!-- -->", "<![CDATA[VTI]]>", "\udcff")  # fmt: skip


def content(random: Random) -> tuple[str, str]:
    """Type and inside of a cell."""
    kind = random.randrange(12)
    number, text = random.choice(NUMBERS), escape(random.choice(TEXTS))
    if kind <= 3:
        return random.choice(("", "", ' t="n"')), f"<v>{number}</v>"
    if kind <= 5:
        return ' t="inlineStr"', f'<is><t xml:space="preserve">{text}</t></is>'
    if kind == 6:
        return ' t="str"', f"<v>{text}</v>"
    if kind == 7:
        return ' t="b"', f"<v>{random.choice(('0', '1', '2', 'true', 'yes', ''))}</v>"
    if kind == 8:
        error = random.choice(("#N/A", "#DIV/0!", "#SPILL!", "#BOGUS!", "", "5", "#GETTING_DATA"))
        return random.choice((' t="e"', " t='e'", ' t = "e"')), f"<v>{error}</v>"
    if kind == 9:
        day = random.choice(
            ("2013-03-01", "2013-03-01T10:00:00", "2013-02-30", "5", "", "1899-1-1")
        )
        return ' t="d"', f"<v>{day}</v>"
    if kind == 10:
        index = random.choice(("0", "1", "5", "99999999", "-1", "abc", "", "1.5", "4294967296"))
        return ' t="s"', f"<v>{index}</v>"
    return random.choice(
        (
            ("", "<f>1+1</f>"),
            ("", f"<f>1+1</f><v>{number}</v>"),
            ("", "<f/>"),
            ("", f'<f t="shared" si="0">A1</f><v>{number}</v>'),
            ("", f'<f t="array" ref="A1:B2">A1</f><v>{number}</v>'),
            (' t="str"', f"<f>A1</f><v>{text}</v>"),
            (' t="inlineStr"', f"<is><r><t>{text}</t></r><r><t>I</t></r></is>"),
            (' t="inlineStr"', f"<is><t>{text}</t><rPh sb='0' eb='1'><t>x</t></rPh></is>"),
            (' t="inlineStr"', f"<v>{number}</v>"),
            (' t="n"', f"<is><t>{text}</t></is>"),
            ("", f"<is><t>{text}</t></is><v>{number}</v>"),
            (' t="inlineStr"', f"<is><t>{random.choice(RAW)}</t></is>"),
            ("", f"<v>{random.choice(RAW)}</v>"),
            (' t="bogus"', f"<v>{number}</v>"),
        )
    )


def value(draft: Draft) -> str:
    def change(match: re.Match[str]) -> str:
        kind, inside = content(draft.random)
        style = re.search(r' s="\d+"', match[3])
        kept = style[0] if style and draft.random.random() < 0.8 else ""
        return f'<c r="{match[1]}{match[2]}"{kept}{kind}>{inside}</c>'

    return draft.sub(draft.sheet(), CELL, change)


def blank(draft: Draft) -> str:
    return draft.sub(draft.sheet(), CELL, lambda m: f'<c r="{m[1]}{m[2]}"/>')


def gone(draft: Draft) -> str:
    return draft.sub(draft.sheet(), CELL, "")


def small_change(draft: Draft) -> str:
    """Another number where a number stands: what must come out in the answer."""

    def change(match: re.Match[str]) -> str:
        return f"<v>{draft.random.choice((1, 3, 0.25, 12.5, 99.99, 1e-3, 7e4, 2.5e7))}</v>"

    return draft.sub(draft.sheet(), r"<v>[0-9.]+</v>", change)


def kind(draft: Draft) -> str:
    """Another type over the same value."""

    def change(match: re.Match[str]) -> str:
        new = draft.random.choice(("s", "str", "inlineStr", "b", "e", "d", "n", "", "N", "x"))
        rest = re.sub(r'\st="[^"]*"', "", match[3])
        return match[0].replace(match[3], f'{rest} t="{new}"', 1) if match[3] else match[0]

    return draft.sub(draft.sheet(), r'<c r="([A-Z]+)(\d+)"([^>]+?)>(.*?)</c>', change)


def style(draft: Draft) -> str:
    def change(match: re.Match[str]) -> str:
        new = draft.random.choice((*range(12), 14, 30, 60, 99_999, -1, "x", "", "1.5", 2**32))
        rest = re.sub(r'\ss="[^"]*"', "", match[2])
        return f'<c r="{match[1]}"{rest} s="{new}"'

    return draft.sub(draft.sheet(), r'<c r="([A-Z]+\d+)"([^>/]*)', change)


def address(draft: Draft) -> str:
    """A cell that says it stands elsewhere, or does not say."""

    def change(match: re.Match[str]) -> str:
        letters, row = match[1], match[2]
        new = draft.random.choice(
            (f"{letters}{int(row) + 1}", f"{chr(65 + draft.random.randrange(8))}{row}", "A0", "A",
             "5", "", f"{letters.lower()}{row}", "XFE1", "A1048577", "ZZZZ9", "A99999999999",
             "XFD1048576", "-A1", f"${letters}${row}", f"{letters}0{row}", "A1:B2", "ÄÖ1", "A4294967297")
        )  # fmt: skip
        return f'<c r="{new}"' if draft.random.random() < 0.85 else "<c"

    return draft.sub(draft.sheet(), r'<c r="([A-Z]+)(\d+)"', change)


def row_number(draft: Draft) -> str:
    new = draft.random.choice(
        ("0", "1", "4", "5", "6", "-1", "x", "", "1048577", "4294967300", "5.0", "99999999999")
    )
    missing = draft.random.random() < 0.2
    return draft.sub(draft.sheet(), r'<row r="\d+"', "<row" if missing else f'<row r="{new}"')


def row_twice(draft: Draft) -> str:
    return draft.sub(draft.sheet(), _ROW, lambda m: m[0] * 2)


def row_gone(draft: Draft) -> str:
    return draft.sub(draft.sheet(), _ROW, "")


def row_hidden(draft: Draft) -> str:
    new = draft.random.choice(("1", "true", "0", "x", ""))
    return draft.sub(draft.sheet(), r"<row ", f'<row hidden="{new}" ')


def rows_swapped(draft: Draft) -> str:
    """Two rows change their places in the file; half of the time their numbers too."""
    part = draft.sheet()
    text = draft.text(part)
    rows = list(re.finditer(_ROW, text, re.DOTALL))
    if len(rows) < 2:
        return ""
    one, two = sorted(draft.random.sample(rows, 2), key=lambda m: m.start())
    first, second = one[0], two[0]
    if draft.random.random() < 0.5:
        first, second = _numbered(first, second), _numbered(second, first)
    between = text[one.end() : two.start()]
    draft.put(part, text[: one.start()] + second + between + first + text[two.end() :])
    return f"{part}: rows {one[0][:30]} and {two[0][:30]} swapped"


def _numbered(row: str, like: str) -> str:
    number = re.search(r'r="(\d+)"', like)
    if number is None:
        return row
    row = re.sub(r'<row([^>]*?)r="\d+"', rf'<row\g<1>r="{number[1]}"', row, count=1)
    return re.sub(r'<c r="([A-Z]+)\d+"', rf'<c r="\g<1>{number[1]}"', row)


def columns_swapped(draft: Draft) -> str:
    """All cells of two columns change places, headers too or not."""
    part = draft.sheet()
    one, two = draft.random.sample("ABCDEFG", 2)
    top = draft.random.choice((0, 4))
    other = {one: two, two: one}

    def change(match: re.Match[str]) -> str:
        letters = match[1] if int(match[2]) <= top else other.get(match[1], match[1])
        return f'<c r="{letters}{match[2]}"'

    draft.put(part, re.sub(r'<c r="([A-Z]+)(\d+)"', change, draft.text(part)))
    return f"{part}: columns {one} and {two} swapped below row {top}"


def merged(draft: Draft) -> str:
    ref = draft.random.choice(("A4:B5", "A1:B1", "C4:C6", "A4", "", "B5:A4", "A3:F9", "x"))
    return draft.sub(
        draft.sheet(),
        "</sheetData>",
        f'</sheetData><mergeCells count="1"><mergeCell ref="{ref}"/></mergeCells>',
    )


def prefixed(draft: Draft) -> str:
    """The whole sheet in a namespace prefix, as some programs write it."""
    part = draft.sheet()
    if len(draft.parts[part]) > 2**20:
        return ""
    text = re.sub(r"<(/?)(?=[A-Za-z])(?![A-Za-z]+:)", r"<\1x:", draft.text(part))
    draft.put(part, text.replace("xmlns=", "xmlns:x="))
    return f"{part}: prefixed"


def data_twice(draft: Draft) -> str:
    return draft.sub(draft.sheet(), r"<sheetData>.*</sheetData>", lambda m: m[0] * 2)


def shared_text(draft: Draft) -> str:
    """A shared text changed, dropped or doubled: every later number then means another text."""
    part = draft.pick(r"sharedStrings\.xml$")
    new = draft.random.choice(
        ("", f"<si><t>{escape(draft.random.choice(TEXTS))}</t></si>", "<si/>")
    )
    return draft.sub(part, r"<si>.*?</si>", new)


MUTATORS: tuple[Mutator, ...] = (
    value, value, value, value, value, value, small_change, small_change, small_change, blank, gone,
    kind, kind, style, style, address, address, row_number, row_twice, row_gone, row_hidden,
    rows_swapped, columns_swapped, merged, prefixed, data_twice, shared_text,
)  # fmt: skip
