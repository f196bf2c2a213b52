"""Mutations of headers, tables, defined names and the list of sheets."""

from __future__ import annotations

import re

from tests.fuzz.draft import Draft, Mutator

_WORKBOOK = r"^xl/workbook\.xml$"
HEADERS = ("Account", "Symbol", "Quantity", "Price", "Target", "Model", "quantity", "Qty", "Shares",
           "Pirce", "Value", "Cost basis", "Currency", "", " Price ", "Price_x000a_", "Minimum",
           "New cash", "Acquired", "Date", "VTI", "Band", "Weight", "\u200bPrice", "PRICE")  # fmt: skip


def header(draft: Draft) -> str:
    """A cell of the first filled rows, where headers stand, says another header."""
    new = draft.random.choice(HEADERS)
    return draft.sub(
        draft.sheet(),
        r'<c r="([A-H])([345])"([^>]*?)>(?:(?!</c>).)*</c>',
        lambda m: f'<c r="{m[1]}{m[2]}" t="inlineStr"><is><t>{new}</t></is></c>',
    )


def headers_swapped(draft: Draft) -> str:
    part = draft.sheet()
    text = draft.text(part)
    row = draft.random.choice("345")
    cells = list(re.finditer(rf'<c r="[A-H]{row}"([^>]*)>((?:(?!</c>).)*)</c>', text, re.DOTALL))
    if len(cells) < 2:
        return ""
    one, two = sorted(draft.random.sample(cells, 2), key=lambda m: m.start())

    def like(place: re.Match[str], other: re.Match[str]) -> str:
        return place[0].replace(place[1], other[1], 1).replace(place[2], other[2], 1)

    draft.put(
        part,
        text[: one.start()] + like(one, two) + text[one.end() : two.start()]
        + like(two, one) + text[two.end() :],
    )  # fmt: skip
    return f"{part}: headers {one[0][:40]} and {two[0][:40]} swapped"


def _table(draft: Draft) -> str:
    return draft.pick(r"tables/table\d+\.xml$")


def table_ref(draft: Draft) -> str:
    new = draft.random.choice(
        ("A3:F8", "A3:F20", "A4:F9", "A2:F9", "B3:F9", "A3:E9", "A3:H9", "A1:F9", "A3:C6", "A3:F3",
         "A3", "", "#REF!", "F9:A3", "$A$3:$F$9", "A:F", "3:9", "A3:F99999999", "A0:F9",
         "XFD1048576", "A3:XFD1048576", "ZZZ3:ZZZ9", "a3:f9", "A3:F9 ", "Sheet1!A3:F9", "A3:F1048576",
         "A9:F3", "A4:K29", "A5:K29", "A4:K12", "C3:D9")
    )  # fmt: skip
    return draft.sub(
        _table(draft), r'(?<=<table)([^>]*?)\sref="[^"]*"', lambda m: f'{m[1]} ref="{new}"'
    )


def table_name(draft: Draft) -> str:
    new = draft.random.choice(("tblHoldings", "tblTargets", "tblAccounts", "Table1", "", "tbl Holdings",
                               "TBLPRICES", "tblTrades", "set_CostBp", "&amp;", "A1"))  # fmt: skip
    return draft.sub(_table(draft), r'displayName="[^"]*"', f'displayName="{new}"')


def table_rows(draft: Draft) -> str:
    new = draft.random.choice(
        ('headerRowCount="0"', 'totalsRowCount="1"', 'totalsRowCount="x"', 'totalsRowShown="1"',
         'insertRow="1"', 'totalsRowCount="-1"', 'totalsRowCount="3"', 'id="1"', 'id="x"')
    )  # fmt: skip
    name = new.partition("=")[0]
    text = draft.text(part := _table(draft))
    text = re.sub(rf'(<table[^>]*?)\s{name}="[^"]*"', r"\1", text, count=1)
    draft.put(part, text.replace("<table ", f"<table {new} ", 1))
    return f"{part}: {new}"


def table_columns(draft: Draft) -> str:
    pattern = r"<tableColumn (?:[^>]*/>|.*?</tableColumn>)"
    new = draft.random.choice(("", '<tableColumn id="99" name="Extra"/>', '<tableColumn id="1"/>'))
    return draft.sub(
        _table(draft), pattern, lambda m: new if draft.random.random() < 0.7 else m[0] * 2
    )


def table_unlisted(draft: Draft) -> str:
    return draft.sub(draft.pick(r"worksheets/.*sheet\d+\.xml$"), r"<tableParts.*</tableParts>", "")


def name_text(draft: Draft) -> str:
    new = draft.random.choice(
        ("#REF!", "Settings!#REF!", "Settings!$B$4", "Settings!$B$4:$B$9", "[1]Settings!$B$4", "5",
         "'Settings'!B5", "Nowhere!$A$1", "", "Settings!$XFE$1", "Settings!$B$99999999", "settings!$b$6",
         "OFFSET(Settings!$B$4,1,0)", "Settings!$B$5,Settings!$B$6", "Holdings!$C$4", "&#10;", "Settings!$B$0")
    )  # fmt: skip
    return draft.sub(draft.pick(_WORKBOOK), r"(<definedName [^>]*>)[^<]*", lambda m: f"{m[1]}{new}")


def name_gone(draft: Draft) -> str:
    return draft.sub(draft.pick(_WORKBOOK), r"<definedName [^>]*>[^<]*</definedName>", "")


def name_twice(draft: Draft) -> str:
    return draft.sub(
        draft.pick(_WORKBOOK), r"<definedName [^>]*>[^<]*</definedName>", lambda m: m[0] * 2
    )


def name_scope(draft: Draft) -> str:
    new = draft.random.choice(("0", "1", "99", "-1", "x", ""))
    return draft.sub(draft.pick(_WORKBOOK), "<definedName ", f'<definedName localSheetId="{new}" ')


def name_word(draft: Draft) -> str:
    new = draft.random.choice(("set_CostBp", "set_", "SET_METHOD", "set_Bogus", "tblHoldings", "", "x y",
                               "_xlnm.Print_Area", "xlr_sheet", "res_Status"))  # fmt: skip
    return draft.sub(
        draft.pick(_WORKBOOK), r'(<definedName [^>]*?)name="[^"]*"', lambda m: f'{m[1]}name="{new}"'
    )


def sheet_title(draft: Draft) -> str:
    new = draft.random.choice(
        ("Holdings", "holdings", "Targets", "Trades", "Settings", "", "a" * 40, "a:b", "[x]", "It's", "'",
         "&lt;x&gt;", "History", "\u200b", "Mine &amp; yours", "Dashboard", "\U0001f4a9", "Holdings ", "x!y")
    )  # fmt: skip
    return draft.sub(
        draft.pick(_WORKBOOK), r'(<sheet [^>]*?)name="[^"]*"', lambda m: f'{m[1]}name="{new}"'
    )


def sheet_gone(draft: Draft) -> str:
    return draft.sub(draft.pick(_WORKBOOK), r"<sheet [^>]*/>", "")


def sheet_twice(draft: Draft) -> str:
    def change(match: re.Match[str]) -> str:
        other = match[0].replace('name="', 'name="Copy of ', 1)
        return match[0] + draft.random.choice((match[0], other))

    return draft.sub(draft.pick(_WORKBOOK), r"<sheet [^>]*/>", change)


def sheet_attribute(draft: Draft) -> str:
    old, new = draft.random.choice(
        ((r'sheetId="\d+"', 'sheetId="1"'), (r'sheetId="\d+"', 'sheetId="x"'),
         (r'sheetId="\d+"', 'sheetId="4294967295"'), (r'sheetId="\d+"', ""), (r'r:id="\w+"', 'r:id="rId1"'),
         (r'r:id="\w+"', 'r:id="rId999"'), (r'r:id="\w+"', ""), (r'state="\w+"', 'state="hidden"'),
         (r'state="\w+"', 'state="veryHidden"'), (r'state="\w+"', 'state="bogus"'))
    )  # fmt: skip
    return draft.sub(draft.pick(_WORKBOOK), rf"(<sheet [^>]*?){old}", lambda m: m[1] + new)


def sheets_swapped(draft: Draft) -> str:
    part = draft.pick(_WORKBOOK)
    text = draft.text(part)
    found = re.findall(r'r:id="(\w+)"', text)
    if len(found) < 2:
        return ""
    one, two = draft.random.sample(found, 2)
    other = {one: two, two: one}
    draft.put(part, re.sub(r'r:id="(\w+)"', lambda m: f'r:id="{other.get(m[1], m[1])}"', text))
    return f"{part}: {one} and {two} swapped"


def workbook_setting(draft: Draft) -> str:
    new = draft.random.choice(
        ('<workbookPr date1904="1"/>', '<workbookPr date1904="true"/>', '<workbookPr date1904="x"/>',
         '<workbookProtection lockStructure="1"/>', "<sheets/>", '<calcPr calcId="1"/><calcPr/>',
         '<definedNames><definedName name="set_CostBp">Settings!$B$5</definedName></definedNames>',
         '<fileVersion appName="x"/>', '<bookViews><workbookView activeTab="99"/></bookViews>')
    )  # fmt: skip
    return draft.sub(draft.pick(_WORKBOOK), r"<(workbookPr|sheets)\b", lambda m: new + m[0])


MUTATORS: tuple[Mutator, ...] = (
    header, header, header, headers_swapped, headers_swapped, table_ref, table_ref, table_ref, table_name,
    table_rows, table_columns, table_unlisted, name_text, name_text, name_gone, name_twice, name_scope,
    name_word, sheet_title, sheet_gone, sheet_twice, sheet_attribute, sheets_swapped, workbook_setting,
)  # fmt: skip
