"""Grafting: ours comes in, nothing else moves. Books are read back by openpyxl and calamine."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.table import Table
from python_calamine import CalamineWorkbook

from tests.judges.lint.linter import lint
from tests.workbook.package_books import (
    FOREIGN_PARTS,
    MAIN,
    RELATIONS,
    RESULT_VALUES,
    TYPES,
    edited,
    parts_of,
    result_book,
    result_sheet,
    saved,
    sheet_part,
    titles_of,
    users_book,
    xml,
    zip_of,
)
from xl_rebal.errors import Code, InputError, WriteError
from xl_rebal.workbook.package import finish, graft, plan_titles, read_package

WANTED = {"Trades": "Trades", "Bands": "Bands"}


def grafted(base: bytes, wanted: dict[str, str] | None = None) -> bytes:
    return graft(base, result_book(plan_titles(base, wanted or WANTED)))


def count(data: bytes, list_name: str) -> int:
    found = xml(data, "xl/styles.xml").find(f"{{{MAIN}}}{list_name}")
    assert found is not None
    assert int(found.get("count", "-1")) == len(found)
    return len(found)


def line_styles(cell: Any) -> list[str | None]:
    sides = (cell.border.left, cell.border.right, cell.border.top, cell.border.bottom)
    return [side.style if side else None for side in sides]


def names_of(data: bytes) -> set[tuple[str, str, str]]:
    rows = xml(data, "xl/workbook.xml").iter(f"{{{MAIN}}}definedName")
    return {(r.get("name", ""), r.get("localSheetId", ""), r.text or "") for r in rows}


def renamed(data: bytes, old: str, new: str) -> bytes:
    """What Excel does when a user renames a sheet (charts and formulas left aside)."""
    return edited(
        data,
        {
            "xl/workbook.xml": lambda text: text.replace(f'name="{old}"', f'name="{new}"').replace(
                f"'{old}'!", f"'{new}'!"
            )
        },
    )


def test_every_part_of_the_users_book_but_the_lists_stays_byte_for_byte() -> None:
    base = users_book()

    before, after = parts_of(base), parts_of(grafted(base))
    changed = {name for name in before if after.get(name) != before[name]}

    assert changed == {
        "[Content_Types].xml",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/styles.xml",
        "xl/calcChain.xml",
    }
    assert "xl/calcChain.xml" not in after
    for name in set(FOREIGN_PARTS) - changed:
        assert after[name] == before[name]


def test_a_grafted_book_has_nothing_that_excel_would_repair() -> None:
    once = grafted(users_book())

    assert lint(once) == []
    assert lint(grafted(once)) == []


def test_untouched_parts_keep_the_way_they_were_packed() -> None:
    base = zip_of(parts_of(users_book()), zipfile.ZIP_STORED)

    with zipfile.ZipFile(io.BytesIO(grafted(base))) as archive:
        methods = {entry.filename: entry.compress_type for entry in archive.infolist()}

    assert methods["xl/vbaProject.bin"] == zipfile.ZIP_STORED
    assert methods["xl/worksheets/sheet1.xml"] == zipfile.ZIP_STORED
    assert methods["xl/styles.xml"] == zipfile.ZIP_DEFLATED


def test_a_sheet_of_the_user_with_our_title_but_no_mark_is_left_alone() -> None:
    result = grafted(users_book())

    assert titles_of(result) == ["Prices", "Trades", "Trades (2)", "Bands"]
    book = load_workbook(io.BytesIO(result))
    assert book["Trades"]["A1"].value == "my own notes"
    assert book["Trades"]["A1"].font.name == "Arial"
    assert book["Trades"]["A1"].font.italic
    assert book["Trades"]["B1"].number_format == "0.0000"
    rule = book["Trades"].conditional_formatting["B1"][0]
    assert rule.dxf.font.strike


def test_grafted_values_are_read_back_by_calamine_and_by_openpyxl() -> None:
    result = grafted(users_book())

    rows = CalamineWorkbook.from_filelike(io.BytesIO(result)).get_sheet_by_name("Bands").to_python()
    sheet = load_workbook(io.BytesIO(result), data_only=True)["Bands"]
    assert rows[1] == ["AAA", 0.5, 1200.5, "", 10.0]
    assert rows[2][:2] == ["BBB & co", 0.3]
    assert rows[3][:3] == [" C ", 0.2, "<sold> & gone"]
    assert [cell.value for cell in sheet["C"]] == ["Amount", 1200.5, "#N/A", "<sold> & gone"]
    assert (sheet["E2"].value, sheet["E3"].value) == (10, 6)
    assert sheet["A2"].comment.text == "why"


def test_grafted_sheets_use_no_shared_string_of_the_users_book() -> None:
    result = grafted(users_book())

    cells = list(xml(result, sheet_part(result, "Bands")).iter(f"{{{MAIN}}}c"))

    assert {cell.get("t") for cell in cells if cell.find(f"{{{MAIN}}}is") is not None} == {
        "inlineStr"
    }
    assert not [cell for cell in cells if cell.get("t") == "s"]


def test_fonts_fills_formats_and_named_styles_of_grafted_cells_are_what_they_were() -> None:
    wanted = load_workbook(io.BytesIO(result_book({"Trades": "Trades (2)"})))["Trades (2)"]

    sheet = load_workbook(io.BytesIO(grafted(users_book())))["Trades (2)"]

    for address in ("A1", "C1", "B2", "B3", "B4"):
        ours, theirs = sheet[address], wanted[address]
        assert repr(ours.font) == repr(theirs.font), address
        assert repr(ours.fill) == repr(theirs.fill), address
        assert line_styles(ours) == line_styles(theirs), address
        assert ours.number_format == theirs.number_format, address
        assert ours.style == theirs.style, address
    assert sheet["B2"].number_format == "0.000%"
    assert sheet["B4"].style == "Input"
    assert sheet.row_dimensions[6].font.name == "Courier New"
    assert sheet.column_dimensions["G"].number_format == "0.0000000"
    rule = next(iter(sheet.conditional_formatting)).rules[0]
    assert rule.dxf.font.color.rgb == "FFC8553D"


def test_charts_come_along_and_name_the_final_title() -> None:
    result = grafted(users_book())

    sheet: Any = load_workbook(io.BytesIO(result))["Trades (2)"]
    assert len(sheet._charts) == 2
    charts = [text for name, text in parts_of(result).items() if name.startswith("xl/charts/")]
    assert len(charts) == 4
    assert sum(b"'Trades (2)'!" in text for text in charts) == 2


def test_a_second_graft_changes_nothing_any_more() -> None:
    once = grafted(users_book())
    twice = grafted(once)

    assert set(parts_of(twice)) == set(parts_of(once))
    assert parts_of(twice)["xl/styles.xml"] == parts_of(once)["xl/styles.xml"]
    assert parts_of(twice)["xl/workbook.xml"] == parts_of(once)["xl/workbook.xml"]
    assert grafted(twice) == twice


def test_styles_that_excel_rewrote_in_its_own_way_are_recognised() -> None:
    once = grafted(users_book())

    def as_excel_writes(text: str) -> str:
        text = text.replace(' pivotButton="0" quotePrefix="0"', "").replace('val="1"/>', "/>")
        return text.replace('xfId="0"/>', 'xfId="0" applyFont="1" applyFill="1"/>')

    resaved = edited(once, {"xl/styles.xml": as_excel_writes})
    again = grafted(resaved)

    for name in ("fonts", "fills", "borders", "cellXfs", "cellStyleXfs", "dxfs", "numFmts"):
        assert count(again, name) == count(once, name), name


def test_a_replaced_sheet_keeps_its_place_title_id_visibility_and_code_name() -> None:
    base = edited(
        renamed(grafted(users_book()), "Trades (2)", "Orders"),
        {
            "xl/workbook.xml": lambda text: text.replace(
                'name="Orders"', 'name="Orders" state="hidden"'
            )
        },
    )
    old_part = sheet_part(base, "Orders")
    base = edited(
        base,
        {
            old_part: lambda text: text.replace(
                "<sheetPr", '<sheetPr codeName="Sheet7"', 1
            ).replace("<sheetView ", '<sheetView tabSelected="1" ', 1)
        },
    )

    result = grafted(base)

    assert titles_of(result) == ["Prices", "Trades", "Orders", "Bands"]
    before, after = (
        next(s for s in read_package(data).sheets() if s.title == "Orders")
        for data in (base, result)
    )
    assert before == after
    assert after.state == "hidden"
    new = parts_of(result)[old_part].decode()
    assert 'codeName="Sheet7"' in new
    assert 'tabSelected="1"' in new
    assert "'Orders'!$C$2" in {text for name, _, text in names_of(result) if name == "res_Trades"}


def test_no_two_tabs_are_selected_after_a_graft() -> None:
    result = grafted(users_book())

    selected = [
        title
        for title in titles_of(result)
        if any(
            view.get("tabSelected") == "1"
            for view in xml(result, sheet_part(result, title)).iter(f"{{{MAIN}}}sheetView")
        )
    ]

    assert len(selected) <= 1


def test_old_charts_and_tables_go_with_the_sheet_that_is_replaced() -> None:
    base = grafted(users_book())
    book = Workbook()
    book.worksheets[0].title = "Trades (2)"
    book.worksheets[0].defined_names["xlr_sheet"] = DefinedName("xlr_sheet", attr_text='"Trades"')

    result = graft(base, finish(saved(book), {}))

    gone = set(parts_of(base)) - set(parts_of(result))
    assert {name.rpartition("/")[0] for name in gone} == {
        "xl/charts",
        "xl/comments",
        "xl/drawings",
        "xl/drawings/_rels",
        "xl/tables",
        "xl/worksheets/_rels",
    }
    assert len([name for name in gone if name.startswith("xl/charts/")]) == 2
    overrides = {o.get("PartName") for o in xml(result, "[Content_Types].xml")}
    assert not overrides & {f"/{name}" for name in gone}
    assert "res_Trades" not in {name for name, _, _ in names_of(result)}
    assert "res_Bands" in {name for name, _, _ in names_of(result)}


def test_every_part_has_a_content_type_and_every_relationship_a_target() -> None:
    result = grafted(grafted(users_book()))
    parts = parts_of(result)
    types = xml(result, "[Content_Types].xml")
    overrides = [o.get("PartName", "") for o in types.iter(f"{{{TYPES}}}Override")]
    extensions = [d.get("Extension", "") for d in types.iter(f"{{{TYPES}}}Default")]

    assert len(set(overrides)) == len(overrides)
    assert len(set(extensions)) == len(extensions)
    assert {name[1:] for name in overrides} <= set(parts)
    package = read_package(result)
    for part in ["", *parts]:
        relations = package.relationships(part)
        assert len({r.id for r in relations}) == len(relations)
        assert all(r.target in parts for r in relations if not r.external)


def test_table_ids_are_unique_and_a_replaced_table_keeps_its_id() -> None:
    once = grafted(users_book())
    twice = grafted(once)

    def ids(data: bytes) -> dict[str, str]:
        tables = [ElementTree.fromstring(p) for n, p in parts_of(data).items() if "/tables/" in n]
        return {table.get("name", ""): table.get("id", "") for table in tables}

    assert set(ids(once)) == {"tblPrices", "tblTrades", "tblBands"}
    assert len(set(ids(once).values())) == 3
    assert ids(twice) == ids(once)


def test_a_table_name_that_the_user_has_on_another_sheet_is_refused() -> None:
    book = load_workbook(io.BytesIO(users_book()))
    sheet = book.create_sheet("Mine")
    sheet.append(["x"])
    sheet.append(["y"])
    sheet.add_table(Table(displayName="TBLTrades", ref="A1:A2"))
    base = finish(saved(book), {"Prices": {"C2": 1.0}})

    with pytest.raises(WriteError) as caught:
        grafted(base)

    assert caught.value.problems[0].code == Code.CANNOT_WRITE
    assert str(caught.value) == (
        "#XR403 found a table on the sheet Mine called tblTrades, expected that name free for a "
        "table of results. Rename it, or delete it if it is an old copy of ours."
    )


def test_a_workbook_name_of_the_users_is_never_overwritten_but_ours_is() -> None:
    base = users_book()
    book = Workbook()
    book.worksheets[0].title = "Bands"
    book.worksheets[0].defined_names["xlr_sheet"] = DefinedName("xlr_sheet", attr_text='"Bands"')
    book.defined_names["MY_NAME"] = DefinedName("MY_NAME", attr_text="Bands!$A$1")

    with pytest.raises(WriteError, match="the defined name MY_NAME in use for something else"):
        graft(base, finish(saved(book), {}))

    del book.defined_names["MY_NAME"]
    book.defined_names["res_x"] = DefinedName("res_x", attr_text="Bands!$A$1")
    first = graft(base, finish(saved(book), {}))
    book.defined_names["res_x"] = DefinedName("res_x", attr_text="Bands!$B$9")
    second = graft(first, finish(saved(book), {}))
    assert ("res_x", "", "Bands!$A$1") in names_of(first)
    assert ("res_x", "", "Bands!$B$9") in names_of(second)
    assert ("res_x", "", "Bands!$A$1") not in names_of(second)


def test_names_keep_their_sheets_and_are_sorted() -> None:
    result = grafted(users_book())

    names = names_of(result)
    assert ("local", "1", "Trades!$A$1") in names
    assert ("my_name", "", "Trades!$B$1") in names
    assert ("xlr_sheet", "2", '"Trades"') in names
    assert ("xlr_sheet", "3", '"Bands"') in names
    assert ("_xlnm.Print_Titles", "3", "'Bands'!$1:$1") in names
    written = [
        r.get("name", "") for r in xml(result, "xl/workbook.xml").iter(f"{{{MAIN}}}definedName")
    ]
    assert written == sorted(written, key=str.lower)


def test_the_book_calculates_everything_when_it_is_opened() -> None:
    without = edited(
        users_book(),
        {"xl/workbook.xml": lambda text: re.sub("<calcPr[^>]*>", "", text)},
    )

    for base in (users_book(), without):
        children = list(xml(grafted(base), "xl/workbook.xml"))
        tags = [child.tag.partition("}")[2] for child in children]
        assert tags.index("definedNames") + 1 == tags.index("calcPr")
        assert children[tags.index("calcPr")].get("fullCalcOnLoad") == "1"


def test_a_copy_that_the_user_made_of_our_sheet_is_the_users() -> None:
    base = grafted(users_book(), {"Trades": "Orders"})

    def copy_of_sheet_3(text: str) -> str:
        text = text.replace(
            "</sheets>",
            '<sheet xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
            'name="Orders March" sheetId="9" r:id="rId70"/></sheets>',
        )
        return text.replace(
            "</definedNames>",
            '<definedName name="xlr_sheet" localSheetId="3" hidden="1">"Trades"</definedName>'
            "</definedNames>",
        )

    copied = edited(
        base,
        {
            "xl/workbook.xml": copy_of_sheet_3,
            "xl/_rels/workbook.xml.rels": lambda text: text.replace(
                "</Relationships>",
                '<Relationship Id="rId70" Target="worksheets/sheet70.xml" Type="http://schemas.'
                'openxmlformats.org/officeDocument/2006/relationships/worksheet"/></Relationships>',
            ),
            "[Content_Types].xml": lambda text: text.replace(
                "</Types>",
                '<Override PartName="/xl/worksheets/sheet70.xml" ContentType="application/vnd.'
                'openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
            ),
            "xl/worksheets/sheet70.xml": b"<worksheet><sheetData/></worksheet>",
        },
    )

    assert plan_titles(copied, {"Trades": "Trades"}) == {"Trades": "Orders"}
    result = grafted(copied, {"Trades": "Trades"})
    assert (
        parts_of(result)["xl/worksheets/sheet70.xml"]
        == (parts_of(copied)["xl/worksheets/sheet70.xml"])
    )
    assert ("xlr_sheet", "3", '"Trades"') in names_of(result)


def test_titles_are_planned_around_those_that_are_taken() -> None:
    base = users_book()

    assert plan_titles(base, {"a": "trades", "b": "Trades", "c": "New"}) == {
        "a": "trades (2)",
        "b": "Trades (3)",
        "c": "New",
    }
    long = "x" * 31
    assert plan_titles(base, {"a": long, "b": long}) == {"a": long, "b": "x" * 27 + " (2)"}
    with pytest.raises(ValueError, match="cannot be the title"):
        plan_titles(base, {"a": "what?"})


def test_sheets_built_with_other_titles_than_planned_are_a_bug() -> None:
    with pytest.raises(ValueError, match="titles that plan_titles gives"):
        graft(users_book(), result_book({"Trades": "Trades"}))


def test_a_sheet_without_our_mark_is_never_grafted() -> None:
    book = Workbook()
    result_sheet(book, "Bands", "Bands", "tblBands")
    addition = finish(saved(book), {"Bands": RESULT_VALUES})

    with pytest.raises(ValueError, match=r"\['Sheet'\] have no mark xlr_sheet"):
        graft(users_book(), addition)


def test_dynamic_arrays_join_those_that_the_book_has_already() -> None:
    base = edited(
        users_book(),
        {
            "xl/metadata.xml": (
                f'<metadata xmlns="{MAIN}"><metadataTypes count="1">'
                '<metadataType name="XLRICHVALUE"/></metadataTypes>'
                '<futureMetadata name="XLRICHVALUE" count="1"><bk/></futureMetadata>'
                '<valueMetadata count="1"><bk><rc t="1" v="0"/></bk></valueMetadata></metadata>'
            ).encode(),
            "xl/_rels/workbook.xml.rels": lambda text: text.replace(
                "</Relationships>",
                '<Relationship Id="rId80" Target="metadata.xml" Type="http://schemas.openxmlformats.'
                'org/officeDocument/2006/relationships/sheetMetadata"/></Relationships>',
            ),
        },
    )

    result = grafted(base)
    root = xml(result, "xl/metadata.xml")

    names = [e.get("name") for e in root.iter(f"{{{MAIN}}}metadataType")]
    assert names == ["XLRICHVALUE", "XLDAPR"]
    assert [e.tag.partition("}")[2] for e in root] == [
        "metadataTypes",
        "futureMetadata",
        "futureMetadata",
        "cellMetadata",
        "valueMetadata",
    ]
    assert [dict(e.attrib) for e in root.iterfind(f"{{{MAIN}}}cellMetadata//{{{MAIN}}}rc")] == [
        {"t": "2", "v": "0"}
    ]
    anchor = next(
        c
        for c in xml(result, sheet_part(result, "Bands")).iter(f"{{{MAIN}}}c")
        if c.get("r") == "E2"
    )
    assert anchor.get("cm") == "1"
    assert parts_of(grafted(result))["xl/metadata.xml"] == parts_of(result)["xl/metadata.xml"]


def prefixed(text: str) -> str:
    """The same XML with a prefix on every element of the main namespace."""
    ElementTree.register_namespace("x", MAIN)
    return ElementTree.tostring(ElementTree.fromstring(text), encoding="unicode")


def test_a_book_that_writes_prefixes_on_everything_is_grafted_alike() -> None:
    base = edited(users_book(), {"xl/workbook.xml": prefixed, "xl/styles.xml": prefixed})
    assert b"<x:cellXfs" in parts_of(base)["xl/styles.xml"]

    result = grafted(grafted(base))

    sheet = load_workbook(io.BytesIO(result))["Trades (2)"]
    assert (sheet["A1"].font.name, sheet["A1"].font.b, sheet["A1"].font.sz) == ("Calibri", True, 12)
    assert sheet["B2"].number_format == "0.000%"
    assert [s.title for s in read_package(result).sheets()] == [
        "Prices",
        "Trades",
        "Trades (2)",
        "Bands",
    ]


def test_a_book_without_any_styles_gets_ours() -> None:
    def without_styles(text: str) -> str:
        root = ElementTree.fromstring(text)
        for child in list(root):
            if child.get("Type", "").endswith("/styles"):
                root.remove(child)
        ElementTree.register_namespace("", RELATIONS)
        return ElementTree.tostring(root, encoding="unicode")

    book = Workbook()
    book.worksheets[0].append([1, 2])
    base = edited(
        finish(saved(book), {}),
        {
            "xl/styles.xml": None,
            "xl/_rels/workbook.xml.rels": without_styles,
            "[Content_Types].xml": lambda text: text.replace("/xl/styles.xml", "/xl/nothing.xml"),
        },
    )

    result = load_workbook(io.BytesIO(grafted(base)))

    assert result["Trades"]["B2"].number_format == "0.000%"
    assert result["Sheet"]["B1"].value == 2


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (MAIN, "urn:other", "in a language that is not a workbook's"),
        ("styleSheet", "table", "is a table and no list of styles"),
    ],
)
def test_nothing_is_grafted_onto_styles_that_excel_would_drop(
    old: str, new: str, says: str
) -> None:
    base = edited(users_book(), {"xl/styles.xml": lambda text: text.replace(old, new)})

    with pytest.raises(InputError) as caught:
        grafted(base)

    assert caught.value.problems[0].code == Code.NOT_A_BOOK
    assert says in caught.value.problems[0].found


@pytest.mark.parametrize("number", ["", "999999", "-1", "x", "9" * 5000])
@pytest.mark.parametrize("attribute", ["xfId", "numFmtId"])
def test_styles_of_the_users_that_lead_nowhere_lead_none_of_ours_there(
    attribute: str, number: str
) -> None:
    """The named style Normal, and a number format, with a number that is none of a list."""
    where = {"xfId": '<cellStyle[^>]* xfId="0"', "numFmtId": '<numFmt [^>]*numFmtId="164"'}
    book = Workbook()
    book.worksheets[0]["A1"].number_format = "0.000%"
    broken = edited(finish(saved(book), {}), {"xl/styles.xml": lambda text: re.sub(
        where[attribute], lambda m: re.sub(r'"\d+"$', f'"{number}"', m[0]), text)})  # fmt: skip
    known = xml(broken, "xl/styles.xml")
    count_before = len(known.findall(f"{{{MAIN}}}cellXfs/*"))

    result = grafted(broken)

    root = xml(result, "xl/styles.xml")
    formats = {each.get("numFmtId") for each in root.iter(f"{{{MAIN}}}numFmt")}
    ours = root.findall(f"{{{MAIN}}}cellXfs/*")[count_before:]
    parents = len(root.findall(f"{{{MAIN}}}cellStyleXfs/*"))
    assert ours
    for style in ours:
        assert int(style.get("xfId", "0")) in range(parents)
        assert int(style.get("numFmtId", "0")) < 164 or style.get("numFmtId") in formats


LOOKS: list[dict[str, Any]] = [
    {"font": Font(name="Arial", b=b, i=i, u=u, charset=charset, family=2, sz=11, color=color)}
    for b, i in ((True, False), (False, True), (False, False))
    for u in (None, "single", "double")
    for charset, color in ((None, None), (1, None), (0, "FF112233"), (1, "FF112234"))
] + [  # no two alike
    {"fill": PatternFill("solid", fgColor="FFAA0000")},
    {"fill": PatternFill("solid", fgColor="FFAA0000", bgColor="FF00AA00")},
    {"fill": PatternFill("gray125", fgColor="FFAA0000")},
    {"border": Border(left=Side("thin"))},
    {"border": Border(right=Side("thin"))},
    {"border": Border(left=Side("thin"), right=Side("medium", color="FF112233"))},
    {"alignment": Alignment(wrap_text=True)},
    {"alignment": Alignment(wrap_text=True, horizontal="center")},
    {"protection": Protection(locked=False)},
    {"number_format": "0.00"},
    {"number_format": '0.00 "x"'},
    {"number_format": "#,##0.000;[Red]-#,##0.000"},
]


def test_looks_that_differ_in_one_thing_are_never_taken_for_one_another() -> None:
    def styled(looks: list[dict[str, Any]], title: str) -> Workbook:
        book = Workbook()
        book.worksheets[0].title = title
        for row, look in enumerate(looks, start=1):
            cell = book.worksheets[0].cell(row, 1, row)
            for attribute, value in look.items():
                setattr(cell, attribute, value)
        return book

    addition = styled(LOOKS, "Bands")
    addition["Bands"].defined_names["xlr_sheet"] = DefinedName("xlr_sheet", attr_text='"Bands"')
    base = finish(saved(styled(LOOKS[::-2], "Mine")), {})

    result = graft(graft(base, finish(saved(addition), {})), finish(saved(addition), {}))

    for title, looks in (("Bands", LOOKS), ("Mine", LOOKS[::-2])):
        sheet = load_workbook(io.BytesIO(result))[title]
        for row, look in enumerate(looks, start=1):
            for attribute, value in look.items():
                found = getattr(sheet.cell(row, 1), attribute)
                if attribute == "border":
                    sides = [side.style if side else None for side in (value.left, value.right)]
                    assert line_styles(sheet.cell(row, 1))[:2] == sides
                else:
                    assert repr(found) == repr(value), (title, look)
    assert count(result, "fonts") == 1 + 36


def test_lists_that_a_styles_part_leaves_out_are_made_with_their_defaults_first() -> None:
    keep = {"fonts", "cellXfs"}

    def shortened(text: str) -> str:
        root = ElementTree.fromstring(text)
        for child in list(root):
            if child.tag.partition("}")[2] not in keep:
                root.remove(child)
        ElementTree.register_namespace("", MAIN)
        return ElementTree.tostring(root, encoding="unicode")

    book = Workbook()
    book.worksheets[0].append([1])
    base = edited(finish(saved(book), {}), {"xl/styles.xml": shortened})

    result = grafted(base)

    root = xml(result, "xl/styles.xml")
    assert [e.tag.partition("}")[2] for e in root] == [
        "numFmts",
        "fonts",
        "fills",
        "borders",
        "cellStyleXfs",
        "cellXfs",
        "cellStyles",
        "dxfs",
    ]
    fills = root.find(f"{{{MAIN}}}fills")
    assert fills is not None
    assert [fill[0].get("patternType") for fill in fills] == ["none", "gray125", "solid", "solid"]
    sheet = load_workbook(io.BytesIO(result))["Trades"]
    assert sheet["B4"].style == "Input"
    assert sheet["A1"].fill.fgColor.rgb == "FF1F3A5F"
    assert parts_of(grafted(result))["xl/styles.xml"] == parts_of(result)["xl/styles.xml"]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"_xmlsignatures/sig1.xml": b"<Signature/>"}, "a digitally signed workbook"),
        (
            {
                "xl/workbook.xml": lambda text: text.replace(
                    "<workbookProtection", '<workbookProtection lockStructure="1"'
                )
            },
            "a workbook whose structure is protected",
        ),
    ],
)
def test_signed_and_protected_books_are_read_but_not_written(
    changes: dict[str, bytes | Callable[[str], str] | None], found: str
) -> None:
    base = edited(users_book(), changes)

    assert len(read_package(base).sheets()) == 2
    for write in (lambda: plan_titles(base, WANTED), lambda: graft(base, result_book(WANTED))):
        with pytest.raises(InputError) as caught:
            write()
        assert caught.value.problems[0].code == Code.UNSUPPORTED_BOOK
        assert caught.value.problems[0].found == found


def test_a_slicer_on_a_sheet_of_ours_is_refused_before_anything_is_lost() -> None:
    base = grafted(users_book())
    rels = sheet_part(base, "Bands").replace("worksheets/", "worksheets/_rels/") + ".rels"
    base = edited(
        base,
        {
            rels: lambda text: text.replace(
                "</Relationships>",
                '<Relationship Id="rId99" Target="../slicers/slicer1.xml" Type="http://schemas.'
                'microsoft.com/office/2007/relationships/slicer"/></Relationships>',
            ),
            "xl/slicers/slicer1.xml": b"<slicers/>",
        },
    )

    with pytest.raises(InputError, match="Bands: found a slicer on a sheet"):
        grafted(base)
