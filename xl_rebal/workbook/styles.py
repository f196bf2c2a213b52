"""Fonts, fills and page setup: one look for every sheet."""

from __future__ import annotations

from openpyxl.formatting.rule import Rule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import NumberFormat
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from xl_rebal.workbook.layout import BLUE, GREY, GRID, INK, NAVY

FONT = "Calibri"
INPUT_FILL = PatternFill("solid", fgColor="FFFBE6")
INPUT_FONT = Font(name=FONT, size=11, color="1F4FA3")
PLAIN = Font(name=FONT, size=11, color=INK)
CALCULATED = Font(name=FONT, size=11, color="5A6472")
SMALL = Font(name=FONT, size=9, color=GREY)
LINK = Font(name=FONT, size=11, color=BLUE, underline="single")
BOLD = Font(name=FONT, size=11, color=INK, bold=True)
TITLE = Font(name=FONT, size=16, color=NAVY, bold=True)
HEADER = Font(name=FONT, size=10, color="FFFFFF", bold=True)
HEADER_FILL = PatternFill("solid", fgColor=NAVY)
DASH_TITLE = Font(name=FONT, size=18, color="FFFFFF", bold=True)
TINY = Font(name=FONT, size=8, color=GREY)
TILE = Font(name=FONT, size=14, color=NAVY, bold=True)
COMPACT = Font(name=FONT, size=9, color=INK)
WARN = Font(name=FONT, size=10, color="B04A2F", bold=True)
LINE = Side(style="thin", color=GRID)
BOX = Border(left=LINE, right=LINE, top=LINE, bottom=LINE)
UNDER = Border(bottom=LINE)
WRAP = Alignment(wrap_text=True, vertical="top")
CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
RIGHT = Alignment(horizontal="right")
LEFT = Alignment(horizontal="left")
TEXT = Alignment(horizontal="left", indent=1)
"""Text beside a number: a little room between the two."""
TOP_TEXT = Alignment(horizontal="left", indent=1, vertical="top")
MIDDLE_TEXT = Alignment(horizontal="left", indent=1, vertical="center")
INNER_RIGHT = Alignment(horizontal="right", indent=1)
MIDDLE_RIGHT = Alignment(horizontal="right", vertical="center")
WRAPPED_MIDDLE = Alignment(horizontal="left", indent=1, vertical="center", wrap_text=True)
WRAPPED_TEXT = Alignment(horizontal="left", indent=1, vertical="top", wrap_text=True)


def set_page(sheet: Worksheet, *, landscape: bool = True, tall: int = 0) -> None:
    """One page wide on A4; ``tall`` pages high at most (0: as many as needed)."""
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = tall
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top = sheet.page_margins.bottom = 0.5
    footer = sheet.oddFooter
    assert footer is not None
    assert footer.left is not None
    assert footer.right is not None
    footer.left.text = "&A"
    footer.right.text = "Page &P of &N"
    sheet.sheet_view.showGridLines = False


def frame(sheet: Worksheet, area: str) -> None:
    """A thin line around an area, none within."""
    rows = sheet[area]
    for row in rows:
        for cell in row:
            cell.border = Border(
                left=LINE if cell is row[0] else None,
                right=LINE if cell is row[-1] else None,
                top=LINE if row is rows[0] else None,
                bottom=LINE if row is rows[-1] else None,
            )


def colour_when(
    sheet: Worksheet,
    area: str,
    condition: str,
    ink: str,
    fill: str | None = None,
    under: Border | None = None,
) -> None:
    """Bold coloured ink, on a fill and above a line if given, where a formula holds."""
    ground = PatternFill("solid", bgColor=fill) if fill else None
    look = DifferentialStyle(font=Font(color=ink, bold=True), fill=ground, border=under)
    _when(sheet, area, condition, look)


def underline_when(sheet: Worksheet, area: str, condition: str) -> None:
    """A thin line below the cells where a formula holds."""
    _when(sheet, area, condition, DifferentialStyle(border=UNDER))


def whole_numbers(sheet: Worksheet, area: str, under: Border | None = None) -> None:
    """Whole numbers without a decimal point, which the format of quantities leaves standing."""
    first = area.partition(":")[0]
    form = NumberFormat(numFmtId=164, formatCode="#,##0")
    condition = f"AND(ISNUMBER({first}),{first}=INT({first}))"
    _when(sheet, area, condition, DifferentialStyle(numFmt=form, border=under))


def _when(sheet: Worksheet, area: str, condition: str, look: DifferentialStyle) -> None:
    rule = Rule(type="expression", dxf=look, formula=[condition])
    sheet.conditional_formatting.add(area, rule)
