"""The first sheet: what this is, five steps with a live tick each, how the book fares, how cells look."""

from __future__ import annotations

from collections.abc import Sequence

from openpyxl.worksheet.worksheet import Worksheet

from xl_rebal.cells import RawCell
from xl_rebal.wording import listed
from xl_rebal.workbook import styles
from xl_rebal.workbook.book import Results
from xl_rebal.workbook.layout import SHEETS, TEAL
from xl_rebal.workbook.writer import Writer

_LINES = (
    "This book says how far your portfolio has drifted, and which trades bring it back.",
    "You type into the amber sheets; teal sheets hold results; the rest explains itself.",
    "Your own sheets, columns and formats are welcome: tables are found by their names.",
)
_STEPS = (
    ("Type what you hold into Holdings; cash is a row with the symbol CASH.",
     'IF(COUNTA(tblHoldings[Symbol])>0,"done","to do")'),
    ("Type the weights you want into Targets; they add to 100 %.",
     'IF(ABS(SUM(tblTargets[Target])-MAX(1,ROUND(SUM(tblTargets[Target]),0)))<=0.0001,'
     '"done","to do")'),
    # IFERROR: a book of one's own may have no Settings, and then the name is an error.
    ("Look at Settings: method, bands, costs.",
     'IF(IFERROR(set_Method<>"",FALSE),"done","to do")'),
    ("Save, then run `xl-rebal rebalance` on this file, or press Rebalance in Excel.",
     'IF(res_Status="No run yet","to do","done")'),
    ("Read Dashboard and Trades. Nothing is sent to a broker.", None),
)  # fmt: skip
_OTHERS = {
    "harvest": "lots at a loss that are worth selling, substitutes, and one list of trades.",
    "backtest": "this book's policy beside its rivals on past prices.",
    "bands": "widths of bands and dates, by what they cost and how near they keep.",
    "aftertax": "policies after tax on past prices, without and with harvesting.",
}
_STEPS_ROW = 7
WARNING_INK = "B04A2F"


def steps_done(held: bool, targets: float, method: bool = True, run: bool = False) -> list[str]:
    """The words that the ticks show: ``targets`` is what the target weights add to."""
    # Several models add to as many times 100 %; `check` looks at each.
    models = max(1, round(targets))
    done = (held, abs(targets - models) <= 1e-4, method, run)
    return ["done" if each else "to do" for each in done]


def write_start(
    writer: Writer, sheet: Worksheet, results: Results, ticks: Sequence[str], banner: str
) -> None:
    """The sheet; ``ticks`` are the values of its live cells."""
    for letter, width in (("A", 5), ("B", 86), ("C", 52)):
        sheet.column_dimensions[letter].width = width
    writer.put(sheet, "A1", "Rebalancing desk", font=styles.TITLE)
    for row, text in enumerate(_LINES, start=2):
        writer.put(sheet, f"A{row}", text)
    if banner:
        writer.put(sheet, "A5", banner, font=styles.WARN)
    for number, (text, formula) in enumerate(_STEPS):
        row = _STEPS_ROW + number
        writer.put(sheet, f"A{row}", number + 1, font=styles.BOLD, align=styles.LEFT)
        writer.put(sheet, f"B{row}", text)
        if formula:
            writer.formula(sheet, f"C{row}", f"={formula}", ticks[number], font=styles.BOLD)
    steps = f"C{_STEPS_ROW}:C{_STEPS_ROW + len(_STEPS) - 1}"
    for word, colour in (("done", TEAL), ("to do", WARNING_INK)):
        styles.colour_when(sheet, steps, f'C{_STEPS_ROW}="{word}"', colour)
    writer.put(sheet, "A13", "Health", font=styles.BOLD)
    for row, (label, formula, value, form) in enumerate(_health(results), start=14):
        writer.put(sheet, f"B{row}", label)
        writer.formula(
            sheet, f"C{row}", formula, value, font=styles.CALCULATED, form=form,
            align=styles.LEFT,
        )  # fmt: skip
    writer.name(ADD_IN_NAME, sheet, "C14")
    writer.put(sheet, "A20", "How cells look", font=styles.BOLD)
    legend = (
        (styles.INPUT_FONT, "blue on pale yellow: type here"),
        (styles.CALCULATED, "grey: calculated by the sheet, never read as input"),
        (styles.PLAIN, "dark: results, written by a run"),
    )
    for row, (font, text) in enumerate(legend, start=21):
        writer.put(sheet, f"B{row}", text, font=font)
        if font is styles.INPUT_FONT:
            sheet[f"B{row}"].fill = styles.INPUT_FILL
    _more(writer, sheet)
    styles.set_page(sheet, tall=1)


def _more(writer: Writer, sheet: Worksheet) -> None:
    """The commands that have result sheets of their own."""
    writer.put(sheet, "A25", "What else it does", font=styles.BOLD)
    for row, (command, text) in enumerate(_OTHERS.items(), start=26):
        shown = [each.kind for each in SHEETS if each.written_by == command and not each.hidden]
        writer.put(sheet, f"B{row}", f"`xl-rebal {command}`: {text}")
        writer.put(sheet, f"C{row}", f"see {listed(shown, 'and')}")


NO_ADD_IN = "not running; the book works without it"
ADD_IN_NAME = "res_AddIn"
"""Names the cell that asks the add-in for its version: the one formula with an XR_ function outside
the sheet Functions."""


def _health(results: Results) -> list[tuple[str, str, RawCell, str]]:
    """Label, formula, its value and format. Only our own names: a table may be gone from a book."""
    status = results.values.get("Status") or ""
    as_of = results.values.get("AsOf")
    out = results.values.get("OutCount") or 0
    return [
        ("Excel add-in with the XR_ functions", f'=IFERROR(XR_VERSION(),"{NO_ADD_IN}")',
         NO_ADD_IN, "General"),
        ("Last run", '=res_Status&""', status, "General"),
        ("Prices of the last run", '=IF(N(res_AsOf)=0,"none yet",res_AsOf)',
         "none yet" if as_of is None else as_of, "yyyy-mm-dd"),
        ("Lines out of their band at the last run, account by account", "=N(res_OutCount)", out,
         "0"),
        ("Notes of the last run, on the sheet Checks", "=N(res_NoteCount)",
         results.values.get("NoteCount") or 0, "0"),
    ]  # fmt: skip
