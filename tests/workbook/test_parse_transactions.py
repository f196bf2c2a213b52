"""The record of a book as the ledger gets it, and the settings of taxes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from openpyxl import Workbook

from tests.corpus.good_book import all_of, good_workbook, put, rewrite, saved, setting, write_table
from tests.generated import new
from xl_rebal.errors import Code, InputError, Problem
from xl_rebal.model.transactions import Activity, TaxAccount, Transaction
from xl_rebal.tax.methods import LotMethod, Tacking, WashScope
from xl_rebal.tax.netting import Carried, FilingStatus, YearRates
from xl_rebal.tax.settings import TaxSettings
from xl_rebal.workbook.file_book import read_source
from xl_rebal.workbook.parse import Desk, parse
from xl_rebal.workbook.places import placed

HEADER = ("Note", "Date", "Account", "Action", "Symbol", "Quantity", "Price", "Amount", "Lot")
Change = Callable[[Workbook], None]


def read(*changes: Change) -> Desk:
    book = good_workbook()
    all_of(*changes)(book)
    return parse(read_source(saved(book)))


def record(*rows: tuple[Any, ...]) -> Change:
    return lambda book: write_table(book.create_sheet("Past"), "tblTransactions", [HEADER, *rows])


ACCOUNTS = rewrite(
    "Accounts",
    [
        ("Account", "Owner", "Tax type", "Lot method"),
        ("IRA", "Ann", "Roth", None),
        ("Joint", "ann", None, "HIFO"),
    ],
)


def test_each_row_is_a_transaction_with_its_total_and_its_own_row() -> None:
    desk = read(
        record(
            ("x", date(2012, 6, 1), "Joint", "buy", "vti", 10, 80, None, "A"),
            (None,) * 9,
            (None, date(2012, 7, 1), "Joint", "Sell", "VTI", 4, 85, 332.5, "A"),
            (None, date(2010, 1, 1), "IRA", "Opening", "BND", 0.37, None, None, None),
            (None, date(2012, 8, 1), "IRA", "Transfer", "BND", -0.1, None, None, None),
            (None, date(2012, 9, 1), "IRA", "Split", "BND", 2, None, None, None),
            (None, date(2012, 9, 2), "IRA", "Dividend", "BND", None, None, 7, None),
        )
    )
    assert desk.history.transactions == (
        Transaction(0, "Joint", date(2012, 6, 1), Activity.BUY, "VTI", 10, 800, "A"),
        Transaction(2, "Joint", date(2012, 7, 1), Activity.SELL, "VTI", 4, 332.5, "A"),
        Transaction(3, "IRA", date(2010, 1, 1), Activity.OPENING, "BND", 0.37),
        Transaction(4, "IRA", date(2012, 8, 1), Activity.TRANSFER, "BND", -0.1),
        Transaction(5, "IRA", date(2012, 9, 1), Activity.SPLIT, "BND", 2),
        Transaction(6, "IRA", date(2012, 9, 2), Activity.DIVIDEND, "BND", 0, 7),
    )


def test_what_the_ledger_refuses_of_a_row_is_placed_in_its_cell() -> None:
    desk = read(
        record((None,) * 9, (None, date(2012, 6, 1), "Joint", "Sell", "VTI", 4, 85, None, None))
    )
    found = Problem(Code.CONFLICT, "4 sold", "0", "Mend it.", about=("transaction", "1"))

    (there,) = placed([found], desk.places)
    assert (there.sheet, there.cell) == ("Past", "F5")


def test_accounts_have_their_tax_type_owner_and_method() -> None:
    history = read(ACCOUNTS).history

    assert history.account("IRA") == TaxAccount("IRA", "Roth", "Ann")
    assert history.account("Joint") == TaxAccount("Joint", "Taxable", "Ann", "hifo")
    assert not history.account("IRA").is_taxed
    assert history.account("Joint").is_taxed


def test_securities_of_one_index_are_one_group_in_whatever_capitals() -> None:
    securities = rewrite(
        "Securities",
        [
            ("Symbol", "Asset class", "Index", "Substitutes"),
            ("VTI", "US equity", "CRSP US Total Market", "itot, SCHB"),
            ("ITOT", "US equity", "S&P Total Market", None),
            ("SCHB", "US equity", "vti", None),
            ("VTSAX", "US equity", "crsp us total market", None),
            ("BND", "US bonds", None, None),
        ],
    )
    desk = read(securities)

    groups = {
        symbol: desk.history.group(symbol) for symbol in ("VTI", "ITOT", "SCHB", "VTSAX", "BND")
    }
    assert groups["VTI"] == groups["SCHB"] == groups["VTSAX"]
    assert len(set(groups.values())) == 3
    assert groups["BND"] == "BND"
    assert desk.securities.get("VTI").substitutes == ("ITOT", "SCHB")


def test_a_lot_has_its_wash_adjustment_and_the_days_that_were_added() -> None:
    lots = rewrite(
        "Lots",
        [
            (
                "Account",
                "Symbol",
                "Acquired",
                "Quantity",
                "Cost basis",
                "Wash adjustment",
                "Wash days",
            ),
            ("IRA", "VTI", date(2012, 3, 1), 70, 4900, 70, 1),
        ],
    )
    (lot,) = read(lots).household.lots

    assert (lot.cost_per_unit, lot.basis, lot.basis_per_unit) == (70, 4970, 71)
    assert lot.adjusted == date(2012, 2, 29)


def test_settings_of_taxes_are_those_of_the_book_or_the_usual_ones() -> None:
    words = {
        "FilingStatus": "Married filing separately",
        "LotMethod": "hifo",
        "WashScope": "account",
        "Tacking": "date",
        "WashSales": "warn",
    }
    numbers = {"ShortRate": 0.24, "LongRate": 0.15, "StateRate": 0.05, "OrdinaryRate": 0.22,
               "CarryShort": 10, "CarryLong": 20, "HarvestMinLoss": 100, "HarvestMinPct": 0.1,
               "HarvestHorizon": 3, "DiscountRate": 0.02, "MinCorrelation": 0.9, "YearShort": 7,
               "YearLong": -8}  # fmt: skip

    assert read().tax == TaxSettings()
    typed: dict[str, str | float] = {**words, **numbers}
    tax = read(*(setting(name, value) for name, value in typed.items())).tax
    assert tax == TaxSettings(
        short=0.24, long=0.15, state=0.05, ordinary=0.22, filing=FilingStatus.SEPARATE, carry_short=10,
        carry_long=20, minimum_loss=100, minimum_loss_fraction=0.1, horizon=3, discount=0.02,
        method=LotMethod.HIFO, scope=WashScope.ACCOUNT, tacking=Tacking.DATE, year_short=7,
        year_long=-8, avoids_wash_sales=False, least_correlation=0.9,
    )  # fmt: skip
    assert (tax.rates.short, tax.rates.long, tax.rates.ordinary) == pytest.approx((0.29, 0.2, 0.27))
    assert tax.carried == Carried(10, 20)
    assert TaxSettings().rates == YearRates(0.37, 0.2, 0.37)


def test_a_word_of_a_broker_is_asked_about() -> None:
    with pytest.raises(InputError) as caught:
        read(record((None, date(2012, 6, 1), "Joint", "Bought", "VTI", 4, 85, None, None)))

    assert str(caught.value) == (
        "#XR104 Past!D4: found 'Bought', expected Buy, Sell, Reinvest, Dividend, Opening, Transfer or "
        "Split. Did you mean 'Buy'?"
    )


def test_what_is_wrong_with_the_record_is_told_with_all_else() -> None:
    with pytest.raises(InputError) as caught:
        read(
            record((None, date(2012, 6, 1), "Joint", "Buy", "VTI", "four", 85, None, None)),
            put("Holdings!C4", "many"),
        )
    assert [(p.sheet, p.cell) for p in caught.value.problems] == [
        ("Holdings", "C4"),
        ("Past", "F4"),
    ]


def test_the_lots_of_the_example_are_what_its_transactions_leave() -> None:
    desk = parse(read_source(new("multi-asset")))
    left: dict[tuple[str, str, str], list[float]] = {}
    for each in desk.history.transactions:
        if each.activity is Activity.DIVIDEND:
            continue
        lot = left.setdefault((each.account, each.symbol, each.lot_id), [0.0, 0.0])
        assert each.amount is not None
        if each.activity is Activity.SELL:
            assert lot[0] == each.quantity  # a whole lot
            loss = (each.amount - lot[1]) / each.quantity
            del left[each.account, each.symbol, each.lot_id]
        else:
            left[each.account, each.symbol, each.lot_id] = [each.quantity, each.amount]

    assert {
        (lot.account, lot.symbol, lot.lot_id): [lot.quantity, pytest.approx(lot.basis)]
        for lot in desk.household.lots
        if not lot.wash_adjustment
    } == {key: value for key, value in left.items() if key[2] != "INT-4"}
    (washed,) = (lot for lot in desk.household.lots if lot.wash_adjustment)
    assert washed.wash_adjustment == pytest.approx(-loss * washed.quantity, abs=0.005)
    assert washed.added_days == (date(2024, 6, 7) - date(2021, 4, 30)).days
    assert washed.basis == pytest.approx(left["T-1", "XINT", "INT-4"][1] + 93.08)


def test_the_record_of_the_example_is_of_closes_and_within_a_year_there_is_a_loss() -> None:
    desk = parse(read_source(new("multi-asset")))
    prices = desk.prices
    assert desk.as_of == date(2024, 8, 29)
    for each in desk.history.transactions:
        if each.activity is not Activity.DIVIDEND:
            close = prices.values[prices.dates.index(each.day), prices.symbols.index(each.symbol)]
            assert each.amount == pytest.approx(each.quantity * close, abs=0.006)
    kinds = {each.activity for each in desk.history.transactions if each.day > date(2023, 8, 29)}
    assert kinds == {Activity.BUY, Activity.SELL, Activity.REINVEST, Activity.DIVIDEND}


def test_a_reinvestment_may_be_later_than_as_of_and_nothing_else() -> None:
    def of(action: str) -> Change:
        return all_of(
            setting("AsOf", date(2026, 3, 16)),
            record(("", date(2026, 3, 20), "Joint", action, "VTI", 1, None, 80.0, None)),
        )

    assert [each.day for each in read(of("Reinvest")).history.transactions] == [date(2026, 3, 20)]
    with pytest.raises(InputError, match="a transaction of 2026-03-20"):
        read(of("Buy"))
