"""Small files of prices, good and broken, each with what must become of it.

A good file has its prices by symbol and date beside it, worked out by eye; a broken one its problems
as ``code place``, with words that the sentence must hold.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import date, datetime

from openpyxl import Workbook

from xl_rebal.imports.choices import Close, Decimal, Order
from xl_rebal.imports.price_file import BookFacts, Hints

Cell = str | float | date | bool | None
Quotes = dict[str, dict[str, float]]


@dataclass(frozen=True)
class Good:
    """A file that is read: prices by symbol and ISO date, and words of what is said about it."""

    id: str
    content: str | bytes
    quotes: Quotes
    name: str = "prices.csv"
    hints: Hints = field(default_factory=Hints)
    facts: BookFacts = field(default_factory=BookFacts)
    adjusted: bool | None = None
    said: tuple[str, ...] = ()


@dataclass(frozen=True)
class Broken:
    """A file that is refused, with all its problems and no other."""

    id: str
    content: str | bytes
    problems: tuple[str, ...]
    words: tuple[str, ...] = ()
    name: str = "prices.csv"
    hints: Hints = field(default_factory=Hints)
    facts: BookFacts = field(default_factory=BookFacts)


STUDY = BookFacts(study=True)
TWO = {"VTI": {"2025-01-02": 290.1, "2025-01-03": 291.25}, "BND": {"2025-01-02": 72.5}}
VTI = {"VTI": {"2025-01-02": 290.1, "2025-01-03": 291.25}}
OHLC = "Date,Open,High,Low,Close,Adj Close,Volume\n"


def sheets(**rows: list[list[Cell]]) -> bytes:
    """A workbook of these sheets."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, cells in rows.items():
        sheet = book.create_sheet(title)
        for row in cells:
            sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def with_error(data: bytes) -> bytes:
    """The same with its last number an error, as a failing formula leaves it."""
    import zipfile

    parts = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            parts[name] = archive.read(name)
    sheet = parts["xl/worksheets/sheet1.xml"]
    assert sheet.count(b'<c r="B3" t="n"><v>291.25</v></c>') == 1
    sheet = sheet.replace(
        b'<c r="B3" t="n"><v>291.25</v></c>', b'<c r="B3" t="e"><v>#DIV/0!</v></c>'
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in {**parts, "xl/worksheets/sheet1.xml": sheet}.items():
            archive.writestr(name, content)
    return buffer.getvalue()


GOOD = (
    # -- one column a symbol
    Good("wide", "Date,VTI,BND\n2025-01-02,290.1,72.5\n2025-01-03,291.25,\n", TWO,
         said=("prices.csv: one column a symbol.",)),
    Good("newest first", "Date,VTI,BND\n2025-01-03,291.25,\n2025-01-02,290.1,72.5\n", TWO),
    Good("dates in the last column", "VTI,BND,Date\n290.1,72.5,2025-01-02\n291.25,,2025-01-03\n", TWO),
    Good("no header above the dates", ",VTI,BND\n2025-01-02,290.1,72.5\n2025-01-03,291.25,\n", TWO),
    Good("a header of another language above the dates",
         "Päivä,VTI,BND\n2025-01-02,290.1,72.5\n2025-01-03,291.25,\n", TWO),
    Good("a title that says as of", "As of\nyesterday\nDate,VTI,BND\n2025-01-02,290.1,72.5\n"
         "2025-01-03,291.25,\n", TWO),
    Good("symbols in small letters", "date,vti, bnd \n2025-01-02,290.1,72.5\n2025-01-03,291.25,\n", TWO),
    Good("semicolons, decimal commas",
         "Datum;VTI;BND\n02.01.2025;290,1;72,5\n03.01.2025;291,25;\n13.01.2025;1.291,25;\n",
         {"VTI": {**VTI["VTI"], "2025-01-13": 1291.25}, "BND": {"2025-01-02": 72.5}}),
    Good("decimal commas in quotation marks",
         'Date,VTI,BND\n2025-01-02,"290,1","72,5"\n2025-01-03,"291,25",\n', TWO),
    Good("tabs", "Date\tVTI\tBND\n2025-01-02\t290.1\t72.5\n2025-01-03\t291.25\t\n", TWO),
    Good("a hint to Excel in the first line",
         "sep=|\nDate|VTI|BND\n2025-01-02|290.1|72.5\n2025-01-03|291.25|\n", TWO),
    Good("a byte order mark",
         "\ufeffDate,VTI,BND\n2025-01-02,290.1,72.5\n2025-01-03,291.25,\n", TWO),
    Good("UTF-16", "Date,VTI,BND\n2025-01-02,290.1,72.5\n2025-01-03,291.25,\n".encode("utf-16"), TWO),
    Good("Latin-1 and junk above and below",
         "Kurse der Börse;;\n\nDatum;VTI;BND\n02.01.2025;290,1;72,5\n03.01.2025;291,25;\n"
         "24.12.2025;;\n\nQuelle: Börse Köln;;\n".encode("latin-1"), TWO,
         said=("Not read above the header: prices.csv line 1, 'Kurse der Börse'.",
               "Not read below the prices: prices.csv line 8, 'Quelle: Börse Köln'.")),
    Good("ends of lines of an old Macintosh",
         "Date,VTI,BND\r2025-01-02,290.1,72.5\r2025-01-03,291.25,\r", TWO),
    Good("words for no price", "Date,VTI,BND\n2025-01-02,290.1,72.5\n2025-01-03,291.25,null\n", TWO,
         said=("Read as no price: 1 cell such as 'null' (prices.csv line 3, column 3).",)),
    Good("a day without any price", "Date,VTI,BND\n2025-01-01,,\n2025-01-02,290.1,72.5\n"
         "2025-01-03,291.25,NA\n", TWO),
    Good("a date twice, equal", "Date,VTI\n2025-01-02,290.1\n2025-01-02,290.10\n2025-01-03,291.25\n",
         VTI, said=("1 price a second time and equal (prices.csv line 3, column 2).",)),
    Good("thousands", 'Date,VTI\n2025-01-02,"1,290.10"\n2025-01-03,"12,291"\n',
         {"VTI": {"2025-01-02": 1290.1, "2025-01-03": 12291.0}}),
    Good("thousands of Switzerland", "Date;VTI\n2025-01-02;1'290.10\n", {"VTI": {"2025-01-02": 1290.1}}),
    Good("a decimal sign that was said", "Date;VTI\n2025-01-02;1.290\n2025-01-03;2,5\n",
         {"VTI": {"2025-01-02": 1290.0, "2025-01-03": 2.5}}, hints=Hints(decimal=Decimal.COMMA)),
    Good("three decimals, said", "Date,VTI\n2025-01-02,1.290\n", {"VTI": {"2025-01-02": 1.29}},
         hints=Hints(decimal=Decimal.POINT)),
    Good("a symbol called LOW", "Date,LOW,VTI\n2025-01-02,250.5,290.1\n",
         {"LOW": {"2025-01-02": 250.5}, "VTI": {"2025-01-02": 290.1}}),
    Good("symbols of digits keep their zeros", "Date,0700\n2025-01-02,400.5\n",
         {"0700": {"2025-01-02": 400.5}}),
    # -- dates
    Good("the day first, settled by one row", "Date,VTI\n03/01/2025,291.25\n25/12/2025,290.1\n",
         {"VTI": {"2025-01-03": 291.25, "2025-12-25": 290.1}}),
    Good("the month first, settled by one row", "Date,VTI\n01/03/2025,291.25\n12/25/2025,290.1\n",
         {"VTI": {"2025-01-03": 291.25, "2025-12-25": 290.1}}),
    Good("an order that was said", "Date,VTI\n01/02/2025,290.1\n01/03/2025,291.25\n", VTI,
         hints=Hints(dates=Order.MDY)),
    Good("the same either way", "Date,VTI\n01/01/2025,290.1\n02/02/2025,291.25\n",
         {"VTI": {"2025-01-01": 290.1, "2025-02-02": 291.25}}),
    Good("years of two digits", "Date,VTI\n12/31/69,1.5\n12/31/70,2.5\n",
         {"VTI": {"2069-12-31": 1.5, "1970-12-31": 2.5}}),
    Good("months as words", 'Date,VTI\n"Jan 2, 2025",290.1\n3-Jan-2025,291.25\n', VTI),
    Good("weekdays and times", 'Date,VTI\n"Thu, 2 January 2025",290.1\n2025-01-03T16:00:00-05:00,291.25\n',
         VTI),
    Good("eight digits", "Date,VTI\n20250102,290.1\n20250103,291.25\n", VTI),
    # -- one symbol
    Good("one symbol by the file's name, tradable", OHLC + "2025-01-02,1,2,3,290.1,280.5,1000\n"
         "2025-01-03,1,2,3,291.25,281.5,1000\n", VTI, name="VTI.csv", adjusted=False,
         said=("VTI.csv: 'Close' of VTI, as the file's name says. It also has Adj Close, which is "
               "for study only, and PriceKind is tradable.",)),
    Good("one symbol, for study", OHLC + "2025-01-02,1,2,3,299,290.1,1000\n"
         "2025-01-03,1,2,3,299,291.25,1000\n", VTI, name="vti (1).csv", facts=STUDY, adjusted=True,
         said=("vti (1).csv: 'Adj Close' of VTI, as the file's name says. It also has Close; "
               "--close plain takes it.",)),
    Good("one symbol, the plain close for study", OHLC + "2025-01-02,1,2,3,290.1,7,1000\n"
         "2025-01-03,1,2,3,291.25,7,1000\n", VTI, facts=STUDY, adjusted=False,
         hints=Hints(symbol="vti", close=Close.PLAIN),
         said=("prices.csv: 'Close' of VTI, as --symbol says. It also has Adj Close.",)),
    Good("one symbol of the book by a name that looks like none", "Date,Price\n2025-01-02,290.1\n",
         {"MY_FUND_1": {"2025-01-02": 290.1}}, name="my_fund_1.csv",
         facts=BookFacts(symbols={"MY_FUND_1"})),
    Good("dollar signs and Close/Last", "Date,Close/Last,Volume,Open,High,Low\n"
         "01/31/2025,$236.00,101075100,$247.19,$247.19,$233.44\n",
         {"AAPL": {"2025-01-31": 236.0}}, hints=Hints(symbol="AAPL"), adjusted=False),
    Good("a remark beside the price", "Date,Close,Remark\n2025-01-02,290.1,first\n",
         {"VTI": {"2025-01-02": 290.1}}, name="VTI.csv", adjusted=False),
    Good("FRED", "observation_date,SP500\n2025-01-02,5868.55\n2025-01-03,.\n",
         {"SP500": {"2025-01-02": 5868.55}}),
    # -- one row a price
    Good("long", "date,symbol,close\n2025-01-02,vti,290.1\n2025-01-02,bnd,72.5\n2025-01-03,vti,291.25\n",
         TWO, adjusted=False, said=("prices.csv: one row a price, 'close' by 'symbol'.",)),
    Good("long, other words and order", "Last Price;Name;Ticker;Trade date\n290,1;x;VTI;02.01.2025\n"
         "72,5;y;BND;02.01.2025\n291,25;x;VTI;03.01.2025\n31,25;x;VTI;31.01.2025\n",
         {"VTI": {**VTI["VTI"], "2025-01-31": 31.25}, "BND": {"2025-01-02": 72.5}}, adjusted=False),
    Good("long with both closes, for study",
         "Symbol,Date,Close,Adjusted Close\nVTI,2025-01-02,7,290.1\nVTI,2025-01-03,7,291.25\n",
         VTI, facts=STUDY, adjusted=True),
    Good("long with a currency", "Symbol,Date,Price,Currency\nVTI,2025-01-02,290.1,EUR\n",
         {"VTI": {"2025-01-02": 290.1}}, facts=BookFacts(currency="EUR")),
    # -- headers in two rows, or both in one
    Good("symbols under fields", "Price,Close,Close,Volume,Volume\nTicker,VTI,BND,VTI,BND\nDate,,,,\n"
         "2025-01-02,290.1,72.5,1,1\n2025-01-03,291.25,,1,1\n", TWO, adjusted=False),
    Good("fields under symbols", "Ticker,VTI,VTI,BND,BND\nPrice,Close,Volume,Close,Volume\nDate,,,,\n"
         "2025-01-02,290.1,1,72.5,1\n2025-01-03,291.25,1,,\n", TWO, adjusted=False),
    Good("fields in the header, symbols above", ",VTI US,,BND US,\nDate,PX_LAST,Volume,PX_LAST,Volume\n"
         "2025-01-02,290.1,1,72.5,1\n", adjusted=False,
         quotes={"VTI US": {"2025-01-02": 290.1}, "BND US": {"2025-01-02": 72.5}}),
    Good("both in one header", "Date,VTI.Close,VTI.Adjusted,BND.Close,BND.Adjusted\n"
         "2025-01-02,1,290.1,1,72.5\n2025-01-03,1,291.25,,\n", TWO, facts=STUDY, adjusted=True),
    Good("both in one header, in brackets", "Date,\"('Close', 'VTI')\",\"('Open', 'VTI')\"\n"
         "2025-01-02,290.1,1\n2025-01-03,291.25,1\n", VTI, adjusted=False),
    # -- workbooks
    Good("a workbook", sheets(Daily=[
        ["Prices of the bank"], [None], ["Date", "VTI", "BND"],
        [datetime(2025, 1, 2), 290.1, 72.5], [datetime(2025, 1, 3, 16, 30), 291.25, None],
        ["Total", None, None],
    ]), TWO, name="prices.xlsx", said=("prices.xlsx: one column a symbol.",
        "Not read above the header: prices.xlsx Daily row 1, 'Prices of the bank'.",
        "Not read below the prices: prices.xlsx Daily row 6, 'Total'.")),
    Good("a workbook under another name", sheets(P=[["Date", "VTI"], [date(2025, 1, 2), 290.1]]),
         {"VTI": {"2025-01-02": 290.1}}, name="download.csv"),
    Good("dates as plain numbers", sheets(P=[["Date", "VTI"], [45659.0, 290.1], [45660.0, 291.25]]),
         VTI, name="prices.xlsx"),
    Good("dates and numbers as text", sheets(P=[["Date", "VTI"], ["13.01.2025", "1.290,1"]]),
         {"VTI": {"2025-01-13": 1290.1}}, name="prices.xlsx"),
    Good("dates and texts that go together",
         sheets(P=[["Date", "VTI"], [date(2025, 3, 4), 290.1], [date(2025, 3, 14), 290.5],
                   ["25/03/2025", 291.25]]),
         {"VTI": {"2025-03-04": 290.1, "2025-03-14": 290.5, "2025-03-25": 291.25}}),
    Good("dates beside ISO texts",
         sheets(P=[["Date", "VTI"], [date(2025, 3, 4), 290.1], ["2025-03-25", 291.25]]),
         {"VTI": {"2025-03-04": 290.1, "2025-03-25": 291.25}}),
    Good("a sheet that was said", sheets(A=[["Date", "VTI"], [date(2025, 1, 2), 1.5]],
                                         B=[["Date", "VTI"], [date(2025, 1, 2), 290.1]]),
         {"VTI": {"2025-01-02": 290.1}}, name="prices.xlsx", hints=Hints(sheet="b")),
    Good("a sheet of remarks beside that of prices",
         sheets(Readme=[["Made on", date(2025, 2, 1)]], P=[["Date", "VTI"], [date(2025, 1, 2), 290.1]]),
         {"VTI": {"2025-01-02": 290.1}}, name="prices.xlsx"),
    Good("a note to the right of the table",
         sheets(P=[["Date", "VTI"], [date(2025, 1, 2), 290.1, None, "my note"]]),
         {"VTI": {"2025-01-02": 290.1}}, name="prices.xlsx"),
)  # fmt: skip

BROKEN = (
    # -- what is no table of prices
    Broken("nothing", "", ("401 prices.csv",), ("an empty file",)),
    Broken("blanks", " \n \n", ("401 prices.csv",), ("an empty file",)),
    Broken("a web page", "<!DOCTYPE html><html><table>", ("401 prices.csv",), ("a web page",)),
    Broken("a picture", b"\x89PNG\r\n\x1a\n\0\0\0", ("401 prices.csv",), ("no text",)),
    Broken("prose", "hello world\n", ("208 prices.csv",), ("no dates", "'hello world'")),
    Broken("dates without prices", "Date\n2025-01-02\n", ("205 prices.csv line 1",),
           ("no header beside that of the dates",)),
    Broken("no header", "2025-01-02,290.1\n2025-01-03,291.25\n", ("205 prices.csv line 1",),
           ("a date without a header",)),
    Broken("dates side by side", "Ticker,2025-01-02,2025-01-03\nVTI,1,2\n", ("205 prices.csv line 1",),
           ("dates side by side", "Transpose")),
    Broken("no price at all", "Date,VTI\n2025-01-02,\n2025-01-03,NA\n", ("208 prices.csv",)),
    Broken("two tables", "Date,VTI\n2025-01-02,290.1\nDate,BND\n2025-01-02,72.5\n",
           ("106 prices.csv line 3",), ("a second header",)),
    Broken("an open quotation mark", 'Date,VTI\n2025-01-02,"290.1\n2025-01-03,291.25\n',
           ("401 prices.csv line 2",), ("quotation mark",)),
    Broken("an old workbook", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"W\0o\0r\0k\0b\0o\0o\0k\0\0\0",
           ("402 prices.xls",), (".xls",), name="prices.xls"),
    Broken("a damaged workbook", b"PK\x03\x04" + b"\0" * 40, ("401 prices.xlsx",), ("damaged",),
           name="prices.xlsx"),
    # -- what may not be guessed
    Broken("day or month", "Date,VTI\n03/04/2025,290.1\n05/06/2025,291.25\n",
           ("116 prices.csv line 2, column 1",),
           ("3 April 2025 or 4 March 2025", "--dates dmy (day, month, year) or mdy")),
    Broken("day or month with points", "Date;VTI\n03.04.2025;290,1\n", ("116 prices.csv line 2, column 1",)),
    Broken("day, month or year", "Date,VTI\n03/04/05,290.1\n", ("116 prices.csv line 2, column 1",),
           ("3 April 2005, 4 March 2005 or 5 April 2003",)),
    Broken("comma or point", "Date;VTI\n2025-01-02;1,290\n2025-01-03;2,291\n",
           ("116 prices.csv line 2, column 2",), ("1290 or 1.29", "--decimal")),
    Broken("as many commas as points", "Date;VTI\n2025-01-02;1,29\n2025-01-03;2.29\n",
           ("116 prices.csv line 2, column 2",), ("as many",)),
    Broken("whose prices", "Date,Close\n2025-01-02,290.1\n", ("205 prices.csv",), ("--symbol",)),
    Broken("whose prices, by a name of a download", OHLC + "2025-01-02,1,2,3,4.5,4.4,1\n",
           ("205 HistoricalData_17.csv",), ("--symbol",), name="HistoricalData_17.csv"),
    Broken("two closes", "Date,Close,Last\n2025-01-02,290.1,290.2\n", ("112 prices.csv line 1, column 3",),
           ("'Last' besides column 2",), hints=Hints(symbol="VTI")),
    Broken("a close among symbols", "Date,Close,VTI\n2025-01-02,290.1,290.2\n",
           ("111 prices.csv line 1, column 2",)),
    Broken("a volume among symbols", "Date,VTI,Volume\n2025-01-02,290.1,1000\n",
           ("111 prices.csv line 1, column 3",), ("'Volume' among symbols",)),
    Broken("the price of something", "Date,Mid price\n2025-01-02,290.1\n", ("111 VTI.csv line 1, column 2",),
           ("'Mid price' among symbols",), name="VTI.csv"),
    Broken("no close", "Date,Open,High,Volume\n2025-01-02,1,2,3\n", ("205 prices.csv line 1",)),
    Broken("two sheets", sheets(A=[["Date", "VTI"], [date(2025, 1, 2), 1.5]],
                                B=[["Date", "VTI"], [date(2025, 1, 2), 1.6]]),
           ("112 prices.xlsx",), ("'A' and 'B'", "--sheet"), name="prices.xlsx"),
    # -- options that do not go with the file
    Broken("a sheet that is not there", sheets(A=[["Date", "VTI"], [date(2025, 1, 2), 1.5]]),
           ("104 --sheet",), ("'B'",), name="prices.xlsx", hints=Hints(sheet="B")),
    Broken("a sheet of a text file", "Date,VTI\n2025-01-02,290.1\n", ("104 --sheet",),
           hints=Hints(sheet="B")),
    Broken("a symbol where the file names them", "Date,VTI\n2025-01-02,290.1\n", ("104 --symbol",),
           hints=Hints(symbol="BND")),
    Broken("a blank symbol", "Date,Close\n2025-01-02,290.1\n", ("104 --symbol",), hints=Hints(symbol=" ")),
    Broken("an adjusted close that is not there", "Date,Close\n2025-01-02,290.1\n",
           ("205 VTI.csv line 1",), ("no adjusted close (there is 'Close')",), name="VTI.csv",
           hints=Hints(close=Close.ADJUSTED), facts=STUDY),
    Broken("a plain close that is not there", "Date,Adj Close\n2025-01-02,290.1\n",
           ("205 VTI.csv line 1",), ("no plain close",), name="VTI.csv", hints=Hints(close=Close.PLAIN)),
    # -- adjusted closes never price trades
    Broken("adjusted closes only, tradable", "Date,Adj Close\n2025-01-02,290.1\n", ("112 VTI.csv",),
           ("at which nothing can be traded", "PriceKind"), name="VTI.csv"),
    Broken("adjusted closes asked for, tradable", OHLC + "2025-01-02,1,2,3,4.5,4.4,1\n",
           ("112 VTI.csv",), name="VTI.csv", hints=Hints(close=Close.ADJUSTED)),
    Broken("prices said to be adjusted, tradable", "Date,VTI,BND\n2025-01-02,290.1,72.5\n",
           ("112 prices.csv",), hints=Hints(close=Close.ADJUSTED)),
    # -- cells, all of them at once
    Broken("every bad cell", "Date,VTI,BND,\n2025-01-02,x1,0\n2025-02-30,290.1,-5\n,291.25,72.5\n"
           "2025-01-05,1e99,12.5.1\n2025-01-06,7,8\n",
           ("101 prices.csv line 2, column 2", "105 prices.csv line 2, column 3",
            "107 prices.csv line 3, column 1", "105 prices.csv line 3, column 3",
            "108 prices.csv line 4, column 1", "105 prices.csv line 5, column 2",
            "101 prices.csv line 5, column 3")),
    Broken("an error of Excel", "Date,VTI\n2025-01-02,#N/A\n2025-01-03,291.25\n",
           ("109 prices.csv line 2, column 2",)),
    Broken("days and months that a program swapped where it could",
           sheets(P=[["Date", "VTI"], [date(2025, 4, 4), 290.1], [date(2025, 5, 4), 290.5],
                     ["25/04/2025", 291.25]]), ("116 prices.csv P!A3",),
           ("the date 4 May 2025 beside the text '25/04/2025'", "may have been swapped")),
    Broken("months and days that a program swapped where it could",
           sheets(P=[["Date", "VTI"], ["04/25/2025", 291.25], [date(2025, 5, 4), 290.5]]),
           ("116 prices.csv P!A3",), ("may have been swapped",), hints=Hints(dates=Order.MDY)),
    Broken("an error cell", with_error(sheets(P=[["Date", "VTI"], [date(2025, 1, 2), 290.1],
                                                 [date(2025, 1, 3), 291.25]])),
           ("109 prices.xlsx P!B3",), ("#DIV/0!",), name="prices.xlsx"),
    Broken("a column of words", "Date,VTI,Weekday\n2025-01-02,290.1,Thu\n2025-01-03,291.25,Fri\n",
           ("101 prices.csv line 2, column 3",), ("no number under 'Weekday'",)),
    Broken("a date twice", "Date,VTI,BND\n2025-01-02,290.1,72.5\n2025-01-02,290.2,72.5\n",
           ("106 prices.csv line 3, column 2",), ("290.2 for VTI on 2025-01-02", "line 2, column 2")),
    Broken("a symbol twice", "Date,VTI,vti\n2025-01-02,290.1,290.1\n", ("106 prices.csv line 1, column 3",)),
    Broken("a row twice, long", "Date,Symbol,Close\n2025-01-02,VTI,290.1\n2025-01-02,vti,290.2\n",
           ("106 prices.csv line 3, column 3",)),
    Broken("prices of several symbols in a column that does not say so",
           "Date,Name,Close\n" + "".join(f"2025-01-02,F{n},{n + 1}.5\n" for n in range(30)),
           ("106 VTI.csv", *(f"106 VTI.csv line {n}, column 3" for n in range(3, 23))),
           ("9 more prices", "name their column Symbol"), name="VTI.csv"),
    Broken("a formula that nobody calculated", sheets(P=[["Date", "VTI"], [date(2025, 1, 2), "=1+1"]]),
           ("110 prices.xlsx P!B2",), name="prices.xlsx"),
    Broken("a row without a symbol", "Date,Symbol,Close\n2025-01-02,VTI,290.1\n2025-01-03,,290.2\n",
           ("108 prices.csv line 3, column 2",)),
    Broken("decimal commas that cut cells", "Date,VTI\n2025-01-02,290,1\n2025-01-03,291,25\n",
           ("205 prices.csv line 2, column 3",), ("'1' and 1 more like it under no header",)),
    Broken("a column without a header", "Date,VTI,\n2025-01-02,290.1,72.5\n",
           ("205 prices.csv line 2, column 3",)),
    Broken("a number without a header", sheets(P=[["Date", "VTI"], [date(2025, 1, 2), 290.1, 72.5]]),
           ("205 prices.xlsx P!C2",), name="prices.xlsx"),
    Broken("a total below", "Date,VTI\n2025-01-02,290.1\nAverage,290.1\n",
           ("107 prices.csv line 3, column 1",), ("'Average'",)),
    Broken("the last date misspelt", "Date,VTI\n2025-01-02,290.1\n2025-13-03,291.25\n",
           ("107 prices.csv line 3, column 1",)),
    Broken("the first date misspelt", "Date,VTI,BND\n2025-13-02,290.1,72.5\n2025-01-03,291.25,72.5\n",
           ("107 prices.csv line 2, column 1",)),
    Broken("the first date misspelt under no word", ",VTI,BND\n2025-13-02,290.1,72.5\n"
           "2025-01-03,291.25,72.5\n", ("205 prices.csv line 3",), ("a date without a header",)),
    Broken("one date in another order", "Date,VTI\n25/01/2025,1\n26/01/2025,2\n01/27/2025,3\n28/01/2025,4\n",
           ("107 prices.csv line 4, column 1",), ("day, month, year",)),
    Broken("one number with the other sign", "Date;VTI\n2025-01-02;1,5\n2025-01-03;2,5\n2025-01-04;3.5\n",
           ("101 prices.csv line 4, column 2",), ("decimal comma",)),
    Broken("a second currency by its sign", "Date,VTI\n2025-01-02,€290.1\n",
           ("115 prices.csv line 2, column 2",), ("USD",)),
    Broken("a second currency by its column", "Symbol,Date,Price,Currency\nVTI,2025-01-02,290.1,GBp\n",
           ("115 prices.csv line 2, column 4",), ("GBp", "GBP"), facts=BookFacts(currency="GBP")),
    Broken("dates before there were any", "Date,VTI\n1899-12-31,290.1\n", ("107 prices.csv line 2, column 1",)),
    Broken("a symbol that Excel made a number", sheets(P=[["Date", 700.0], [date(2025, 1, 2), 290.1]]),
           ("104 prices.xlsx P!B1",), name="prices.xlsx"),
    Broken("the close of one missing", "Date,VTI.Close,BND.Open\n2025-01-02,290.1,72.5\n",
           ("205 prices.csv line 1",), ("no close of BND",)),
)  # fmt: skip
