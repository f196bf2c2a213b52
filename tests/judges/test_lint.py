"""Every rule of the linter finds the fault that is planted for it, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

import pytest

from tests.judges.good_book import DESK, Edit, edited, good_book
from tests.judges.lint.linter import RULES, lint

PAGE = "xl/worksheets/sheet2.xml"
BOOK, STYLES, TYPES = "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml"
TABLE, DRAWING = "xl/tables/table1.xml", "xl/drawings/drawing1.xml"
BARS, LINES, DOTS = (f"xl/charts/chart{number}.xml" for number in (1, 2, 3))
TEXTS = "xl/sharedStrings.xml"
THIRD = (
    '<table xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" id="3" ref="A1:A3" '
    'displayName="tblThird"><tableColumns count="1"><tableColumn id="1" name="Asset"/>'
    "</tableColumns></table>"
)


class Fault(NamedTuple):
    """One edit of the good book, the rule that it breaks and what the linter says."""

    rule: str
    says: str
    edits: dict[str, Edit]


def swap(old: str, new: str, times: int = 1) -> Callable[[str], str]:
    """An edit that replaces text; the old one must be there."""

    def edit(text: str) -> str:
        assert old in text, f"{old!r} is not there"
        return text.replace(old, new, times)

    return edit


def fault(rule: str, says: str, part: str, old: str, new: str) -> Fault:
    return Fault(rule, says, {part: swap(old, new)})


def titled(title: str, says: str) -> Fault:
    """The second sheet under another title, in all that speaks of it too."""
    spelled = title.replace("'", "''")
    quoted = swap("'The page'!", f"'{spelled}'!", 9)
    renamed = swap('name="The page"', f'name="{title}"')
    return Fault("sheet title", says, {BOOK: lambda text: renamed(quoted(text)), DESK: quoted})


FAULTS = [
    # parts
    Fault("malformed xml", "docProps/app.xml", {"docProps/app.xml": b"<Properties>"}),
    Fault("part twice", "xl/Styles.xml", {"xl/Styles.xml": b"<nothing/>"}),
    Fault("part twice", "xl\\styles.xml", {
        "xl\\styles.xml": b"<nothing/>",
        TYPES: swap("</Types>", '<Override PartName="/xl\\styles.xml" ContentType=""/></Types>'),
    }),
    Fault("content type missing", TEXTS, {
        TYPES: lambda text: re.sub(r'<Override PartName="/xl/sharedStr[^>]*>', "", text),
    }),
    fault(
        "content type of nothing", "/xl/calcChain.xml, which is not there", TYPES,
        "</Types>", '<Override PartName="/xl/calcChain.xml" ContentType="text/xml"/></Types>',
    ),
    fault(
        "relationship without target", "leads to xl/charts/chart9.xml, not there",
        "xl/drawings/_rels/drawing1.xml.rels",
        "</Relationships>",
        '<Relationship Id="rId9" Type="/chart" Target="../charts/chart9.xml"/></Relationships>',
    ),
    fault(
        "relationship id twice", "rId1 stands twice", "xl/_rels/workbook.xml.rels",
        "</Relationships>",
        '<Relationship Id="rId1" Type="/sheet" Target="worksheets/sheet1.xml"/></Relationships>',
    ),
    fault("relationship unknown", "uses rId7", DRAWING, 'r:id="rId2"', 'r:id="rId7"'),
    # names
    titled("a title of more than 31 characters", "has 34 characters"),
    titled("The/page", "has a character that no title may have"),
    titled("'The page", "starts or ends with an apostrophe"),
    titled("history", "'history' is reserved"),
    titled("DESK", "stands twice"),
    fault("sheet id", "'1' stands 2 times", BOOK, 'sheetId="2"', 'sheetId="1"'),
    fault("sheet missing", "tab 5 is chosen", BOOK, 'activeTab="0"', 'activeTab="5"'),
    fault("sheet missing", "tab -1 is chosen", BOOK, 'activeTab="0"', 'activeTab="-1"'),
    fault("defined name", "'set AsOf' is no name", BOOK, 'name="set_AsOf"', 'name="set AsOf"'),
    fault("defined name", "the name of a table too", BOOK, 'name="set_AsOf"', 'name="TBLDESK"'),
    fault("defined name", "of sheet 7", BOOK, 'localSheetId="1"', 'localSheetId="7"'),
    fault("sheet unknown", "'Gone', which is no sheet", BOOK, "'The page'!$A$2", "Gone!$A$2"),
    fault("sheet unknown", "'Desks', which", DOTS, "'Desk'!$C$2:$C$3", "Desks!$C$2:$C$3"),
    fault("sheet unknown", "has lost", PAGE, "SUM(Desk!C2:C3)", "SUM(#REF!)"),
    # cells
    fault("row order", "row 3 stands behind row 5", DESK, '<row r="7">', '<row r="3"/><row r="7">'),
    fault("cell order", "E3 stands twice", DESK, '<c r="G3"', '<c r="E3"'),
    fault("cell order", "D3 stands twice or behind its place", DESK, '<c r="G3"', '<c r="D3"'),
    fault("cell order", "'A9' stands in row 7", DESK, '<c r="G7"', '<c r="A9"'),
    fault("cell value", "E3: 'nan' is no number", DESK, "<v>1.2</v>", "<v>nan</v>"),
    fault("cell value", "E3: 'INF' is no number", DESK, "<v>1.2</v>", "<v>INF</v>"),
    fault("cell value", "E3: an empty value", DESK, "<v>1.2</v>", "<v/>"),
    fault("cell value", "G3: '2' is no truth value", DESK, 't="b"><v>1<', 't="b"><v>2<'),
    fault("cell value", "G7: shared text 99, of 9", DESK, 't="s"><v>6<', 't="s"><v>99<'),
    fault("cell value", "'#OOPS' is no error", DESK, 't="b"><v>1<', 't="e"><v>#OOPS<'),
    fault("formula without value", "C2 has a formula", DESK, "<v>40</v>", ""),
    fault("too long", "G5 has 32768 characters", TEXTS, "<t>merged</t>", f"<t>{'m' * 32_768}</t>"),
    fault("too long", "the formula of C2 has", DESK, "<f>B2*100</f>", f"<f>B2*{'0' * 8190}1</f>"),
    fault("array formula", "cm 2, of 1", DESK, 'cm="1"', 'cm="2"'),
    fault("array formula", "lies on 'E1:E2'", DESK, 'ref="E2:E3"', 'ref="E1:E2"'),
    fault("merged cells", "G5:H5 and H5:I7 lie", DESK, 'ref="G7:H7"', 'ref="H5:I7"'),
    fault("column order", "1 to 1 stand behind", DESK, 'min="2" max="2"', 'min="1" max="1"'),
    # styles
    fault("style unknown", "C2 has style 4, of 4", DESK, 'r="C2" s="3"', 'r="C2" s="4"'),
    fault("style unknown", "col 1 has style 9", DESK, 'min="1" max="1"', 'style="9" min="1" max="1"'),
    fault("style part unknown", "fontId 2", STYLES, 'numFmtId="4" fontId="0"', 'numFmtId="4" fontId="2"'),
    fault("style part unknown", "fillId 5", STYLES, 'fontId="1" fillId="0"', 'fontId="1" fillId="5"'),
    fault("style part unknown", "numFmtId 165", STYLES, 'numFmtId="4"', 'numFmtId="165"'),
    fault("style list", "fonts holds 2 and says 3", STYLES, '<fonts count="2"', '<fonts count="3"'),
    fault("style list", "none and gray125", STYLES, "gray125", "solid"),
    fault(
        "font order", "font 1 has sz, b, color, name", STYLES,
        '<b val="1"/><sz val="11"/>', '<sz val="11"/><b val="1"/>',
    ),
    # tables
    fault("table header", "column 'Weights', but B1 shows 'Weight'", TABLE, '"Weight"', '"Weights"'),
    Fault("table range", "tblDesk and tblThird lie on each other", {
        "xl/tables/table3.xml": THIRD.encode(),
        "xl/worksheets/_rels/sheet1.xml.rels": swap(
            "</Rel", '<Relationship Id="rId3" Type="/table" Target="../tables/table3.xml"/></Rel'
        ),
        TYPES: swap("</Types>", '<Override PartName="/xl/tables/table3.xml" ContentType=""/></Types>'),
    }),
    Fault("table header", "'2024': B1 is no text", {
        TABLE: swap('name="Weight"', 'name="2024"'),
        DESK: swap('<c r="B1" s="1" t="s"><v>1<', '<c r="B1" s="1"><v>2024<'),
    }),
    Fault("table column", "name 'weight' stands twice", {
        TABLE: swap('"Amount"', '"WEIGHT"'), TEXTS: swap("<t>Amount<", "<t>WEIGHT<"),
    }),
    fault("table column", "id '1' stands twice", TABLE, '<tableColumn id="2"', '<tableColumn id="1"'),
    fault("table column", "3 columns, 4 said, 3", TABLE, 'tableColumns count="3"', 'tableColumns count="4"'),
    fault("table name", "'tbl Desk' is no name", TABLE, 'displayName="tblDesk"', 'displayName="tbl Desk"'),
    fault("table name", "'TBL2024' is no name", TABLE, 'displayName="tblDesk"', 'displayName="TBL2024"'),
    fault("table name", "stands twice", TABLE, 'displayName="tblDesk"', 'displayName="TBLPAGE"'),
    fault("table id", "the id '2' stands in", TABLE, '<table id="1"', '<table id="2"'),
    fault("table range", "its filter lies on", TABLE, '<autoFilter ref="A1:C3"', '<autoFilter ref="B1:C3"'),
    fault("table range", "the merged cells A3:B3 lie on it", DESK, 'ref="G7:H7"', 'ref="A3:B3"'),
    # rules
    fault("range of a rule", "lies on 'A2:A1'", DESK, 'Error sqref="A2:A3"', 'Error sqref="A2:A1"'),
    fault("range of a rule", "hyperlink lies on 'G0'", DESK, 'hyperlink ref="G2"', 'hyperlink ref="G0"'),
    fault("format unknown", "cfRule: dxfId 2, of 2", DESK, 'dxfId="1"', 'dxfId="2"'),
    fault("format unknown", "dataDxfId 7", TABLE, '<tableColumn id="1"', '<tableColumn dataDxfId="7" id="1"'),
    fault("conditional format", "'1' stands 2 times", DESK, 'priority="2"', 'priority="1"'),
    fault("validation", "formula1 has 263 characters", DESK, "Bonds,Shares", "Bonds,Shares" + "," * 249),
    fault("validation", "errorTitle has 33", DESK, 'errorTitle="Asset"', f'errorTitle="{"A" * 33}"'),
    fault("validation", "prompt has 256", DESK, 'prompt="One of two."', f'prompt="{"A" * 256}"'),
    fault("validation", "1 validations, 2 said", DESK, 'Validations count="1"', 'Validations count="2"'),
    fault("hyperlink", "leads to \"'No page'!A1\"", DESK, "'The page'!A1", "'No page'!A1"),
    fault("hyperlink", "leads to \"'The page'!A0\"", DESK, "'The page'!A1", "'The page'!A0"),
    # drawings
    fault("drawing id", "'1' stands 2 times", DRAWING, 'cNvPr id="2"', 'cNvPr id="1"'),
    fault("axis hidden", "catAx without delete", BARS, '<delete val="0"/>', ""),
    fault("axis hidden", "catAx without delete", BARS, '<delete val="0"/>', "<delete/>"),
    fault("line smoothed", "series 0 without smooth", LINES, '<smooth val="0"/>', ""),
    fault("line smoothed", "series 0 without smooth", DOTS, '<smooth val="0"/>', '<smooth val="1"/>'),
    fault("bar inverted", "series 0 without invert", BARS, '<invertIfNegative val="0"/>', ""),
    fault("error bars", "error bars have errDir, errValType, errBarType", LINES,
          '<errBarType val="both"/><errValType val="cust"/>',
          '<errValType val="cust"/><errBarType val="both"/>'),
    fault("series number", "idx '' stands 1 times", BARS, '<idx val="0"/>', ""),
    fault("axis unknown", "the axis '77' is not there", BARS, '<crossAx val="100"/>', '<crossAx val="77"/>'),
]  # fmt: skip


def rule_of(finding: str) -> str:
    return finding.split(": ")[1]


def test_a_good_book_has_no_fault() -> None:
    assert lint(good_book()) == []


@pytest.mark.parametrize("planted", FAULTS, ids=[f"{each.rule}-{each.says}" for each in FAULTS])
def test_a_planted_fault_is_found_and_no_other(planted: Fault) -> None:
    found = lint(edited(good_book(), planted.edits))

    assert [rule_of(each) for each in found] == [planted.rule]
    assert planted.says in found[0]


def test_parts_are_found_whatever_capitals_lead_to_them() -> None:
    capitals: dict[str, Edit] = {"xl/_rels/workbook.xml.rels": swap('"styles.xml"', '"STYLES.XML"')}
    planted: dict[str, Edit] = {DESK: swap('r="C2" s="3"', 'r="C2" s="4"'), **capitals}

    assert lint(edited(good_book(), capitals)) == []
    assert [rule_of(each) for each in lint(edited(good_book(), planted))] == ["style unknown"]


def test_every_rule_has_a_planted_fault() -> None:
    names = {rule.__name__.replace("_", " ") for rule in RULES}
    assert names == {each.rule for each in FAULTS}
