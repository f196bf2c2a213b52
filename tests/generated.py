"""Every kind of book that we generate, for tests that judge them; each is made once."""

from __future__ import annotations

import io
import tempfile
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

from openpyxl import Workbook
from openpyxl.chart import LineChart, Reference
from openpyxl.styles import Font
from openpyxl.worksheet.table import Table

from xl_rebal.cells import RawCell
from xl_rebal.commands import COMMANDS
from xl_rebal.commands.rebalancing import rebalance_book
from xl_rebal.examples import CONTENTS
from xl_rebal.generate import generate
from xl_rebal.workbook.file_book import FileBook
from xl_rebal.workbook.package import finish

USERS = "a user's book"
NEW = tuple(CONTENTS)
TACTICAL = "a tactical book"
STUDIED = (*(name for name in CONTENTS if name != "empty"), TACTICAL)
REBALANCED = (*(name for name in CONTENTS if name != "empty"), USERS)


@cache
def new(name: str) -> bytes:
    """A new book: the empty template, an example, a tactical one, or somebody's own with tables of ours."""
    if name == TACTICAL:
        return tactical_book()
    return users_book() if name == USERS else generate(CONTENTS[name]())


@cache
def rebalanced(name: str) -> bytes:
    """The copy of a book that a rebalance writes."""
    with tempfile.TemporaryDirectory(prefix="generated-") as folder:
        book, out = Path(folder) / "book.xlsx", Path(folder) / "out.xlsx"
        book.write_bytes(new(name))
        rebalance_book(FileBook(book, out), {})
        return out.read_bytes()


@cache
def studied(name: str) -> bytes:
    """The copy of an example that a rebalance, studies and, where it has lots, a harvest have written into."""
    with tempfile.TemporaryDirectory(prefix="generated-") as folder:
        book = Path(folder) / "book.xlsx"
        book.write_bytes(rebalanced(name))
        lots = () if name == "stocks" else ("harvest",)
        for command in ("backtest", "bands", *lots):
            COMMANDS[command].run(FileBook(book, book, replace=True), {})
        return book.read_bytes()


def tactical_book() -> bytes:
    """The example by asset class with dated targets: real estate in and out from one year to the next."""
    content = CONTENTS["multi-asset"]()
    rows: list[dict[str, RawCell]] = []
    for year in range(2016, 2024):
        for target in content.rows["tblTargets"]:
            key, weight = target["Asset class or Symbol"], target["Target"]
            assert isinstance(weight, float)
            if key in ("Real estate", "US bonds") and year % 2:
                weight = {"Real estate": 0.0, "US bonds": weight + 0.08}[str(key)]
            rows.append(
                {"Date": date(year, 1, 4), "Asset class or Symbol": key, "Weight": round(weight, 4)}
            )
    tables = {**content.rows, "tblDatedTargets": tuple(rows)}
    return generate(
        replace(content, rows=tables, settings={**content.settings, "Method": "Tactical"})
    )


def users_book() -> bytes:
    """Somebody's own sheets and styles with our two required tables, and a sheet named Trades."""
    book = Workbook()
    held = book.worksheets[0]
    held.title = "What we hold"
    rows = (
        ("Account", "Symbol", "Quantity", "Price"),
        *(("Main", "AAA", 60, 100.0), ("Main", "BBB", 50, 80.0), ("Main", "CASH", 500.0, None)),
    )
    for row in rows:
        held.append(row)
    held["F2"] = "=C2*D2"
    held["A1"].font = Font(name="Arial", size=14, italic=True)
    held.add_table(Table(id=1, displayName="tblHoldings", ref="A1:D4"))
    wanted = book.create_sheet("Plan")
    for line in (("Symbol", "Target"), ("AAA", 0.5), ("BBB", 0.45), ("CASH", 0.05)):
        wanted.append(line)
    wanted.add_table(Table(id=2, displayName="tblTargets", ref="A1:B4"))
    mine = book.create_sheet("Trades")
    mine["A1"] = "my own notes"
    chart = LineChart()
    chart.add_data(Reference(wanted, min_col=2, min_row=1, max_row=4), titles_from_data=True)
    mine.add_chart(chart, "C3")
    for sheet, column, form in ((held, "C", "#,##0.00"), (held, "D", "0.00"), (wanted, "B", "0%")):
        for number in range(2, 5):
            sheet[f"{column}{number}"].number_format = form
    buffer = io.BytesIO()
    book.save(buffer)
    return finish(buffer.getvalue(), {"What we hold": {"F2": 6000.0}})
