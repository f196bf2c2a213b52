"""What holds for a whole file: the order of its dates and its decimal sign; in doubt a fault."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date

from xl_rebal import cells
from xl_rebal.cells import Refusal
from xl_rebal.errors import Code
from xl_rebal.imports import dates, numbers
from xl_rebal.imports.choices import Decimal, Order
from xl_rebal.imports.dates import WORDS, DateReader
from xl_rebal.imports.faults import Faults
from xl_rebal.imports.price_block import Block
from xl_rebal.wording import listed, shown


def settle_dates(block: Block, said: Order | None, faults: Faults) -> DateReader:
    """The reader of the block's dates."""
    column = block.column
    texts = {row: text for row in block.data if isinstance(text := block.rows.at(row, column), str)}
    try:
        order = dates.settled_order(list(texts.values()), said)
        _refuse_swapped(block, texts, order, faults)
        return DateReader(order)
    except dates.Undecided as doubt:
        row = next(row for row, text in texts.items() if text == doubt.text)
        days = [f"{day.day} {day:%B %Y}" for day in dict.fromkeys(doubt.days.values())]
        options = [f"{order} ({WORDS[order]})" for order in doubt.days]
        faults.say(
            Code.AMBIGUOUS, f"{shown(doubt.text)}, which is {listed(days)}, and no row that "
            "settles it", "dates that can be read in one way", f"Say --dates {listed(options)}.",
            row, column,
        )  # fmt: skip
        return DateReader(Order.YMD)


def _refuse_swapped(block: Block, texts: Mapping[int, str], order: Order, faults: Faults) -> None:
    """Dates of a sheet that a program read in another order than they were written in.

    Of 03/04/2025 and 25/04/2025 it makes 4 March and leaves the second a text, since there is no month
    25. So texts that are dates in one order only, beside dates on no day after the twelfth, tell that
    day and month of these stand in each other's place.
    """
    other = {Order.DMY: Order.MDY, Order.MDY: Order.DMY}.get(order)
    if not texts or any(other in dates.readings(text) for text in texts.values()):
        return
    real = {row: day for row in block.data if row not in texts and (day := _day(block, row))}
    swapped = [row for row, day in real.items() if day.day != day.month]
    if other is None or not swapped or max(day.day for day in real.values()) > 12:
        return
    row, text = swapped[0], next(iter(texts.values()))
    day = real[row]
    faults.say(
        Code.AMBIGUOUS, f"the date {day.day} {day:%B %Y} beside the text {shown(text)}, where no date is on a "
        "day after the 12th: day and month of the dates may have been swapped", "dates of one sort",
        "Import the file that they come from, or write all of them as dates.", row, block.column,
    )  # fmt: skip


def _day(block: Block, row: int) -> date | None:
    try:
        return cells.day(block.rows.at(row, block.column))
    except Refusal:
        return None  # named when the rows are read


def settle_decimal(
    block: Block, aside: Collection[int | None], said: Decimal | None, faults: Faults
) -> Decimal:
    """The decimal sign of the block, shown by any column but those ``aside``."""
    places = list(_number_texts(block, aside))
    try:
        return numbers.settled_decimal([text for _, _, text in places], said)
    except numbers.Undecided as doubt:
        row, column, text = places[doubt.index]
        if numbers.is_doubtful(text):
            both = [f"{numbers.to_number(text, decimal):.12g}" for decimal in Decimal]
            what = f"{shown(text)}, which is {listed(both)}, and no number that settles it"
        else:
            what = f"{shown(text)} and as many numbers with the other decimal sign"
        faults.say(
            Code.AMBIGUOUS, what, "numbers that can be read in one way",
            "Say --decimal point or --decimal comma.", row, column,
        )  # fmt: skip
        return Decimal.POINT


def _number_texts(block: Block, aside: Collection[int | None]) -> Iterator[tuple[int, int, str]]:
    aside = {*aside, block.column}
    for row in block.data:
        for column, cell in enumerate(block.rows.cells[row]):
            if isinstance(cell, str) and column not in aside and ("." in cell or "," in cell):
                yield row, column, cell
