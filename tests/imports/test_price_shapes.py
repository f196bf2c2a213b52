"""One table of prices written in every form that files have: always the same prices."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from xl_rebal.errors import XlRebalError
from xl_rebal.imports.choices import Decimal, Order
from xl_rebal.imports.price_file import BookFacts, Hints, read_prices

Table = dict[tuple[date, str], float]
START = date(1999, 12, 20)
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "latin-1")
tables = st.dictionaries(
    st.tuples(
        st.integers(0, 60).map(lambda n: START + timedelta(n)),
        st.sampled_from(["VTI", "BND", "LOW", "BRK-B", "0700"]),
    ),
    st.integers(1, 10**8).map(lambda n: n / 1000),
    min_size=1,
    max_size=30,
)


def read(content: bytes, name: str = "prices.csv", **hints: object) -> Table:
    file = read_prices(content, name, Hints(**hints), BookFacts())  # type: ignore[arg-type]
    return {
        (day, symbol): value
        for day, row in zip(file.prices.dates, file.prices.values.tolist(), strict=True)
        for symbol, value in zip(file.prices.symbols, row, strict=True)
        if value == value
    }


def wide(table: Table) -> list[list[object]]:
    days, symbols = sorted({day for day, _ in table}), sorted({symbol for _, symbol in table})
    rows: list[list[object]] = [["Date", *symbols]]
    return rows + [[day, *(table.get((day, symbol)) for symbol in symbols)] for day in days]


def long(table: Table, columns: Sequence[int]) -> list[list[object]]:
    rows: list[list[object]] = [["Day", "Ticker", "Close", "Remark"]]
    rows += [[day, symbol, price, "x,y;z"] for (day, symbol), price in table.items()]
    return [[row[column] for column in columns] for row in rows]


def text(rows: Sequence[Sequence[object]], delimiter: str, form: str, decimal: Decimal) -> str:
    def shown(cell: object) -> str:
        if isinstance(cell, date):
            return cell.strftime(form)
        if isinstance(cell, float):
            return f"{cell:.4f}".replace(".", decimal.sign)
        return "" if cell is None else str(cell)

    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter).writerows([list(map(shown, row)) for row in rows])
    return buffer.getvalue()


@given(
    tables,
    st.sampled_from(",;\t|"),
    st.sampled_from([(Order.DMY, "%d/%m/%Y"), (Order.MDY, "%m/%d/%y"), (Order.YMD, "%Y-%m-%d")]),
    st.sampled_from(Decimal),
    st.sampled_from(ENCODINGS),
    st.permutations([0, 1, 2, 3]),
)
def test_wide_and_long_text_in_any_dress_are_the_same_prices(
    table: Table,
    delimiter: str,
    order: tuple[Order, str],
    decimal: Decimal,
    encoding: str,
    columns: list[int],
) -> None:
    for rows in (wide(table), long(table, columns)):
        content = text(rows, delimiter, order[1], decimal).encode(encoding)
        assert read(content, dates=order[0], decimal=decimal) == table


@given(tables, st.permutations([0, 1, 2, 3]))
def test_wide_and_long_workbooks_are_the_same_prices(table: Table, columns: list[int]) -> None:
    for rows in (wide(table), long(table, columns)):
        book = Workbook()
        for row in rows:
            book.worksheets[0].append(row)
        buffer = io.BytesIO()
        book.save(buffer)
        assert read(buffer.getvalue(), "prices.xlsx") == table


@given(tables)
def test_two_rows_of_headers_are_the_same_prices(table: Table) -> None:
    head, *rows = wide(table)
    symbols = head[1:]
    fields: list[object] = ["Price", *["Close"] * len(symbols), *["Volume"] * len(symbols)]
    names: list[object] = ["Ticker", *symbols, *symbols]
    rows = [[*row, *(1000 for _ in symbols)] for row in rows]
    for top in ([fields, names], [names, fields]):
        content = text([*top, ["Date"], *rows], ",", "%Y-%m-%d", Decimal.POINT).encode()
        assert read(content) == table


@given(st.binary(max_size=300))
def test_bytes_of_any_kind_are_refused_in_words(content: bytes) -> None:
    with pytest.raises(XlRebalError) as refused:
        read(content)
    assert all(problem.fix for problem in refused.value.problems)


@given(
    tables,
    st.lists(st.tuples(st.integers(0, 400), st.sampled_from('",;\n\r\t.x0-/€\0 "#')), max_size=4),
)
def test_a_file_with_a_few_characters_changed_is_read_or_refused_in_words(
    table: Table, changes: list[tuple[int, str]]
) -> None:
    content = list(text(wide(table), ",", "%Y-%m-%d", Decimal.POINT))
    for place, character in changes:
        content[place % len(content)] = character
    with suppress(XlRebalError):
        assert read("".join(content).encode())
