"""Small books for the package tests: a user's book with foreign parts, and result sheets."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from typing import Literal
from xml.etree import ElementTree

from openpyxl import Workbook
from openpyxl.chart import LineChart, Reference, ScatterChart, Series
from openpyxl.chart.data_source import NumDataSource, NumRef
from openpyxl.chart.error_bar import ErrorBars
from openpyxl.comments import Comment
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Font, NamedStyle, PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.table import Table
from openpyxl.worksheet.worksheet import Worksheet

from xl_rebal.workbook.package import CachedValue, ErrorCell, finish

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"

RESULT_VALUES: dict[str, CachedValue] = {
    "C2": 1200.5,
    "C3": ErrorCell("#N/A"),
    "C4": "<sold> & gone",
    "E2": 10,
}

Edit = bytes | Callable[[str], str] | None


def zip_of(parts: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def edited(data: bytes, edits: Mapping[str, Edit]) -> bytes:
    """The book with parts replaced, dropped (None), or their text changed; a change must change."""
    parts = parts_of(data)
    for name, edit in edits.items():
        if edit is None:
            del parts[name]
        elif isinstance(edit, bytes):
            parts[name] = edit
        else:
            before = parts[name].decode()
            assert before != edit(before), f"the edit of {name} changes nothing"
            parts[name] = edit(before).encode()
    return zip_of(parts)


def xml(data: bytes, part: str) -> ElementTree.Element:
    return ElementTree.fromstring(parts_of(data)[part])


def saved(book: Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def titles_of(data: bytes) -> list[str]:
    return [
        sheet.get("name", "") for sheet in xml(data, "xl/workbook.xml").iter(f"{{{MAIN}}}sheet")
    ]


def sheet_part(data: bytes, title: str) -> str:
    """The part of a sheet, found with nothing of the product's."""
    sheet = next(
        s for s in xml(data, "xl/workbook.xml").iter(f"{{{MAIN}}}sheet") if s.get("name") == title
    )
    relations = xml(data, "xl/_rels/workbook.xml.rels")
    target = next(
        r.get("Target", "") for r in relations if r.get("Id") == sheet.get(f"{{{OFFICE}}}id")
    )
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _rule(operator: Literal["greaterThan", "lessThan"], limit: str, font: Font) -> Rule:
    look = DifferentialStyle(font=font)
    return Rule(type="cellIs", operator=operator, formula=[limit], dxf=look)


def users_book() -> bytes:
    """A book of somebody: prices with a formula, a sheet "Trades" that is not ours, a table, names,
    a picture, a VBA project, custom XML and a calculation chain."""
    book = Workbook()
    prices = book.worksheets[0]
    prices.title = "Prices"
    prices.append(["Date", "A", "B"])
    prices.append([45000, 10.25, "=B2*2"])
    prices["A2"].number_format = "dd/mm/yyyy"
    prices.add_table(Table(displayName="tblPrices", ref="A1:C2"))
    mine = book.create_sheet("Trades")
    mine.append(["my own notes", 7])
    mine["A1"].font = Font(name="Arial", italic=True, color="FF00AA00")
    mine["B1"].number_format = "0.0000"
    mine.conditional_formatting.add("B1", _rule("greaterThan", "5", Font(strike=True)))
    book.defined_names["my_name"] = DefinedName("my_name", attr_text="Trades!$B$1")
    mine.defined_names["local"] = DefinedName("local", attr_text="Trades!$A$1")
    data = finish(saved(book), {"Prices": {"C2": 20.5}})
    return edited(data, FOREIGN_PARTS)


def _relation(number: str, kind: str, target: str) -> Callable[[str], str]:
    row = f'<Relationship Id="{number}" Type="{OFFICE}/{kind}" Target="{target}"/>'
    return lambda text: text.replace("</Relationships>", f"{row}</Relationships>")


def _foreign_relations(text: str) -> str:
    for number, kind, target in (
        ("rId90", "customXml", "../customXml/item1.xml"),
        ("rId91", "vbaProject", "vbaProject.bin"),
        ("rId92", "calcChain", "calcChain.xml"),
    ):
        text = _relation(number, kind, target)(text)
    return text


def _foreign_types(text: str) -> str:
    rows = (
        '<Default Extension="png" ContentType="image/png"/>'
        '<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>'
        '<Override PartName="/xl/calcChain.xml" ContentType="application/vnd.openxmlformats-'
        'officedocument.spreadsheetml.calcChain+xml"/>'
        '<Override PartName="/xl/drawings/drawing1.xml" ContentType="application/vnd.'
        'openxmlformats-officedocument.drawing+xml"/>'
    )
    text = text.replace("spreadsheetml.sheet.main+xml", "MACRO").replace(
        "application/vnd.openxmlformats-officedocument.MACRO",
        "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    )
    return text.replace("</Types>", f"{rows}</Types>")


_PICTURE = (
    '<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"></xdr:wsDr>'
)
FOREIGN_PARTS: dict[str, Edit] = {
    "[Content_Types].xml": _foreign_types,
    "xl/_rels/workbook.xml.rels": _foreign_relations,
    "xl/worksheets/sheet2.xml": lambda text: text.replace(
        "</worksheet>", f'<drawing xmlns:r="{OFFICE}" r:id="rId1"/></worksheet>'
    ),
    "xl/worksheets/_rels/sheet2.xml.rels": (
        f'<Relationships xmlns="{RELATIONS}"><Relationship Id="rId1" Type="{OFFICE}/drawing" '
        'Target="../drawings/drawing1.xml"/></Relationships>'
    ).encode(),
    "xl/drawings/drawing1.xml": _PICTURE.encode(),
    "xl/drawings/_rels/drawing1.xml.rels": (
        f'<Relationships xmlns="{RELATIONS}"><Relationship Id="rId1" Type="{OFFICE}/image" '
        'Target="../media/image1.png"/></Relationships>'
    ).encode(),
    "xl/media/image1.png": b"\x89PNG\r\n\x1a\n not really",
    "xl/vbaProject.bin": bytes(range(256)) * 20,
    "customXml/item1.xml": b"<note xmlns='urn:mine'>keep   me</note>",
    "xl/calcChain.xml": f'<calcChain xmlns="{MAIN}"><c r="C2" i="1"/></calcChain>'.encode(),
}
"""What openpyxl would lose. The parts are only shells, but each is related and typed."""


def result_sheet(
    book: Workbook, title: str, kind: str = "Trades", table: str = "tblTrades"
) -> None:
    """One of our result sheets: table, styles, a conditional format, charts, a spill, a comment."""
    sheet = book.create_sheet(title)
    sheet.append(["Symbol", "Weight", "Amount", None, "Spill"])
    for symbol, weight in (("AAA", 0.5), ("BBB & co", 0.3), (" C ", 0.2)):
        sheet.append([symbol, weight, f"=B{sheet.max_row + 1}*100"])
    sheet["E2"] = ArrayFormula("E2:E3", "=B2:B3*20")
    sheet["E3"] = 6
    for cell in sheet[1]:
        cell.font = Font(name="Calibri", bold=True, color="FFFFFFFF", size=12)
        cell.fill = PatternFill("solid", fgColor="FF1F3A5F")
    sheet["B2"].number_format = "0.000%"
    sheet["B3"].style = NamedStyle(f"xlr {kind}", font=Font(name="Calibri", size=8))
    sheet["B4"].style = "Input"
    sheet.row_dimensions[6].font = Font(name="Courier New")
    sheet.column_dimensions["G"].number_format = "0.0000000"
    red = _rule("lessThan", "0", Font(color="FFC8553D", bold=True))
    sheet.conditional_formatting.add("C2:C4", red)
    sheet["A2"].comment = Comment("why", "desk")
    sheet.add_table(Table(displayName=table, ref="A1:C4"))
    _add_charts(sheet, title)
    sheet.print_title_rows = "1:1"
    sheet.defined_names["xlr_sheet"] = DefinedName("xlr_sheet", attr_text=f'"{kind}"', hidden=True)
    quoted = title.replace("'", "''")
    book.defined_names[f"res_{kind}"] = DefinedName(f"res_{kind}", attr_text=f"'{quoted}'!$C$2")


def _add_charts(sheet: Worksheet, title: str) -> None:
    line = LineChart()
    line.add_data(Reference(sheet, min_col=2, min_row=1, max_row=4), titles_from_data=True)
    quoted = title.replace("'", "''")
    ends = NumDataSource(numRef=NumRef(f=f"'{quoted}'!$C$2:$C$4"))
    line.series[0].errBars = ErrorBars(errBarType="both", errValType="cust", plus=ends, minus=ends)
    line.series[0].smooth = None
    scatter = ScatterChart()
    values = Reference(sheet, min_col=3, min_row=2, max_row=4)
    scatter.series.append(Series(values, Reference(sheet, min_col=2, min_row=2, max_row=4)))
    sheet.add_chart(line, "H2")
    sheet.add_chart(scatter, "H20")


def result_book(titles: Mapping[str, str]) -> bytes:
    """A finished scratch book with a sheet for each {kind: title}."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for kind, title in titles.items():
        result_sheet(book, title, kind, f"tbl{kind}")
    values = dict.fromkeys(titles.values(), RESULT_VALUES)
    return finish(saved(book), values, {title: ["E2"] for title in titles.values()})
