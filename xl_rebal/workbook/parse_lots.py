"""Tax lots: whose they are, that they add up, that they were bought before today."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Sequence
from datetime import date

from xl_rebal.cells import FIRST_SERIAL, is_blank, serial
from xl_rebal.errors import Code
from xl_rebal.model.portfolio import Lot
from xl_rebal.wording import money, shown
from xl_rebal.workbook.parse_accounts import Accounts
from xl_rebal.workbook.parse_holdings import Holdings
from xl_rebal.workbook.problems import Problems
from xl_rebal.workbook.tables import TypedRow, say_double

Key = tuple[str, str]


def parse_lots(
    rows: Sequence[TypedRow],
    holdings: Holdings,
    accounts: Accounts,
    as_of: date | None,
    problems: Problems,
) -> list[Lot]:
    """The lots, which add up to the holding of their account and symbol.

    ``as_of`` is the day that the user set: a lot acquired later is refused.
    """
    lots: list[Lot] = []
    sums: dict[Key, float] = defaultdict(float)
    first: dict[Key, TypedRow] = {}
    uncertain: set[Key] = set()
    names: set[tuple[str, str, str]] = set()
    given = {word.casefold() for row in rows if (word := row.text("Lot"))}
    complete = holdings.complete
    for row in rows:
        account, symbol = accounts.of(row, problems), row.text("Symbol")
        quantity, acquired = row.number("Quantity"), row.values.get("Acquired")
        _refuse_future(row, acquired, as_of, problems)
        if account is None or symbol is None:
            complete = False
            continue
        if quantity is None:
            if "Quantity" in row.columns and not row.lost("Quantity"):
                problems.say(Code.MISSING_CELL, "an empty cell", "the shares in the lot",
                             "Fill it in.", row.table.sheet, row.cell("Quantity"))  # fmt: skip
            uncertain.add((account, symbol))
            continue
        sums[account, symbol] += quantity
        first.setdefault((account, symbol), row)
        name = row.text("Lot") or _own_name(row, given)
        if (account, symbol, name.casefold()) in names:
            uncertain.add((account, symbol))
            say_double(row, "Lot", name, problems)
            continue
        names.add((account, symbol, name.casefold()))
        if isinstance(acquired, date):
            cost, wash = row.number("Cost basis"), row.number("Wash adjustment")
            _refuse_wash_without_cost(row, problems)
            lots.append(
                Lot(
                    account=account,
                    symbol=symbol,
                    lot_id=name,
                    quantity=quantity,
                    acquired=acquired,
                    cost_per_unit=None if cost is None or quantity == 0 else cost / quantity,
                    do_not_sell=bool(row.flag("Do not sell")),
                    wash_adjustment=wash or 0.0,
                    added_days=_added_days(row, acquired, problems),
                )
            )
    if complete:
        certain = {key: total for key, total in sums.items() if key not in uncertain}
        _refuse_other_sum(certain, first, holdings, problems)
    return lots


def _own_name(row: TypedRow, given: Container[str]) -> str:
    """The name of a lot without one: the number of its row, unless that is the name of another."""
    number = str(row.index + 1)
    return f"row {number}" if number in given else number


def _refuse_future(row: TypedRow, acquired: object, as_of: date | None, problems: Problems) -> None:
    if isinstance(acquired, date) and as_of is not None and acquired > as_of:
        problems.say(Code.OUT_OF_RANGE, f"a lot acquired on {acquired}", f"a day up to {as_of}, AsOf",
                     "Correct the date, or AsOf in Settings.",
                     row.table.sheet, row.cell("Acquired"))  # fmt: skip


def _added_days(row: TypedRow, acquired: date, problems: Problems) -> int:
    """What wash sales add to the holding period: whole days, none of them before 1900."""
    days = row.number("Wash days")
    if days is None:
        return 0
    most = serial(acquired) - FIRST_SERIAL
    if not days.is_integer() or not 0 <= days <= most:
        problems.say(Code.OUT_OF_RANGE, shown(days), f"whole days from 0 to {most:,}",
                     "Type the days that wash sales add to the holding period, or leave it blank.",
                     row.table.sheet, row.cell("Wash days"))  # fmt: skip
        return 0
    return int(days)


def _refuse_wash_without_cost(row: TypedRow, problems: Problems) -> None:
    wash, raw = row.number("Wash adjustment"), row.raw("Cost basis")
    if wash and is_blank(raw):
        problems.say(Code.CONFLICT, f"a wash adjustment of {money(wash)} and no cost",
                     "the cost that it is added to", "Type Cost basis, or clear both.",
                     row.table.sheet, row.cell("Wash adjustment"))  # fmt: skip


def _refuse_other_sum(
    sums: dict[Key, float], first: dict[Key, TypedRow], holdings: Holdings, problems: Problems
) -> None:
    for (account, symbol), total in sums.items():
        have = holdings.held.get((account, symbol), 0.0)
        if have is None or abs(total - have) <= 1e-6 * max(1.0, have):
            continue
        row = first[account, symbol]
        problems.say(
            Code.CONFLICT, f"lots of {symbol} in {account!r} that add to {total:g}",
            f"{have:g} as in Holdings", "Correct the lots or the holding.",
            row.table.sheet, row.cell("Quantity"),
        )  # fmt: skip
