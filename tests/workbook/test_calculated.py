"""Calculated columns: Calc's answer to the formulas against our stored values, and the engine's."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from tests.judges.libreoffice import Calc, compare_cached
from tests.workbook.inputs import inputs_of
from xl_rebal.cells import RawCell
from xl_rebal.engine.lines import line_of
from xl_rebal.engine.report import drift_report
from xl_rebal.model.prices import Prices
from xl_rebal.model.trades import Status
from xl_rebal.workbook.book import Source
from xl_rebal.workbook.calculated import calculated_values
from xl_rebal.workbook.content import Content
from xl_rebal.workbook.file_book import read_source
from xl_rebal.workbook.layout import TABLES
from xl_rebal.workbook.parse import parse
from xl_rebal.workbook.template import new_book

Cells = dict[str, RawCell]
SYMBOLS = ("AAA", "BBB", "CCC", "DDD")
CLASSES = ("US equity", "<1Y", "Gold & co")
PRICES = Prices(
    (date(2026, 1, 5), date(2026, 1, 6), date(2026, 1, 7)),
    SYMBOLS,
    np.array([[10.0, 20.0, 30.0, 40.0], [11.0, 21.0, np.nan, 41.0], [12.0, 22.0, 33.0, 39.5]]),
)


def columns(
    content: Content, table: str = "tblTargets", source: Source | None = None
) -> dict[str, list[RawCell]]:
    filled = len(content.rows[table])
    values = calculated_values(source or inputs_of(content))[table]
    return {header: cells[:filled] for header, cells in values.items()}


def held(symbol: str, quantity: float, price: float | None = None, **more: RawCell) -> Cells:
    return {"Account": "Main", "Symbol": symbol, "Quantity": quantity, "Price": price, **more}


def wanted(key: str, target: float, **more: RawCell) -> Cells:
    named = {name.replace("_", " "): value for name, value in more.items()}
    return {"Asset class or Symbol": key, "Target": target, **named}


def book(holdings: list[Cells], targets: list[Cells], **settings: RawCell) -> Content:
    return Content(
        rows={"tblHoldings": tuple(holdings), "tblTargets": tuple(targets)},
        prices=PRICES,
        settings=settings,
    )


def random_content(seed: int) -> Content:
    """Anything that a person may type, nonsense too: the sheet must show what we store."""
    draw = random.Random(seed)

    def maybe(*values: RawCell) -> RawCell:
        return draw.choice((None, *values))

    models = draw.choice(((None,), ("Growth", "Calm")))
    accounts = [] if draw.random() < 0.3 else ["Main", "IRA", "0401"]
    keys = [*SYMBOLS, *CLASSES, "cash" if draw.random() < 0.2 else "CASH"]
    return Content(
        rows={
            "tblHoldings": tuple(
                {
                    "Account": draw.choice(accounts or ["Main", "Main", "IRA"]),
                    "Symbol": draw.choice((*SYMBOLS, "aaa", "CASH", "XXX", "=SUM")),
                    "Quantity": draw.choice((0.0, 1.0, 12.5, 100.0, 1234.0)),
                    "Price": maybe(9.99, 100.0, 0.5),
                    "Asset class": maybe(*CLASSES, "us EQUITY"),
                }
                for _ in range(draw.randint(1, 12))
            ),
            "tblAccounts": tuple(
                {
                    "Account": account,
                    "Model": maybe(*(model for model in models if model)),
                    "Minimum cash": maybe(0.0, 50.0),
                    "New cash": maybe(500.0),
                }
                for account in accounts
            ),
            "tblSecurities": tuple(
                {
                    "Symbol": symbol,
                    "Asset class": maybe(*CLASSES),
                    "Substitutes": maybe("AAA, xxx", "DDD;CCC", "aaa", "DDDD", "XX"),
                }
                for symbol in SYMBOLS[:3]
            ),
            "tblTargets": tuple(
                {
                    "Model": model,
                    "Asset class or Symbol": key,
                    "Target": draw.choice((0.0, 0.1, 0.25, 0.4, None)),
                    "Band absolute": maybe(0.02, 0.1),
                    "Band relative": maybe(0.2, "wide"),
                    "Minimum": maybe(0.01),
                    "Maximum": maybe(0.6),
                    "Volatility": maybe(0.2, 0.15, 0.05),
                }
                for model in models
                for key in draw.sample(keys, draw.randint(1, len(keys)))
            ),
        },
        prices=PRICES if draw.random() < 0.8 else None,
        settings={
            "AsOf": maybe(date(2026, 1, 6), date(2020, 1, 1)),
            "BandKind": maybe("absolute", "relative", "5/25", "volatility", "Relative"),
            "DefaultBand": maybe(0.03),
            "CashBuffer": maybe(25.0),
            "PriceKind": maybe("tradable", "study"),
        },
    )


@pytest.mark.parametrize("seed", range(16))
def test_calc_agrees_with_the_stored_values_of_any_input(
    tmp_path: Path, calc: Calc, seed: int
) -> None:
    path = tmp_path / f"{seed}.xlsx"
    path.write_bytes(new_book(random_content(seed)))

    assert compare_cached(path, calc.recalculate(path)) == []


@pytest.mark.parametrize("seed", range(3))
def test_the_inputs_of_a_book_are_read_alike_with_and_without_its_other_sheets(seed: int) -> None:
    content = random_content(seed)
    whole, inputs = read_source(new_book(content)), inputs_of(content)
    tables = {name: raw for name, raw in whole.tables.items() if not TABLES[name].result}

    assert replace(whole, tables=tables) == inputs
    assert calculated_values(whole) == calculated_values(inputs)


@pytest.mark.parametrize("kind", ["absolute", "relative", "5/25", "volatility"])
@pytest.mark.parametrize("seed", range(6))
def test_the_sheet_tells_the_drift_and_band_that_a_run_works_with(kind: str, seed: int) -> None:
    draw = random.Random(seed)
    holdings = [
        {"Account": account, "Symbol": symbol, "Quantity": float(draw.randint(1, 90)),
         "Price": PRICES.values[-1][SYMBOLS.index(symbol)].item()}
        for account in ("Main", "IRA", "Trust") for symbol in SYMBOLS
    ] + [{"Account": "IRA", "Symbol": "CASH", "Quantity": 700.0}]  # fmt: skip
    targets = [
        {"Model": model, "Asset class or Symbol": key, "Target": weight,
         "Volatility": draw.choice((None, 0.15)) if key == "CASH" else 0.1 + weight,
         "Maximum": draw.choice((None, weight + 0.01)), "Band absolute": draw.choice((None, 0.01))}
        for model in ("Growth", "Calm")
        for key, weight in (("AAA", 0.5), ("US equity", 0.2), ("DDD", 0.25), ("CASH", 0.05))
    ]  # fmt: skip
    content = Content(
        rows={
            "tblHoldings": tuple(holdings),
            "tblTargets": tuple(targets),
            "tblAccounts": (
                {"Account": "Main", "Model": "Growth"},
                {"Account": "IRA", "Model": "Growth", "Minimum cash": 100.0},
                {"Account": "Trust", "Model": "Calm"},
            ),
            "tblSecurities": (
                {"Symbol": "BBB", "Asset class": "US equity"},
                {"Symbol": "CCC", "Asset class": "US equity"},
            ),
        },
        settings={"BandKind": kind, "CashBuffer": 40.0},
    )
    source = inputs_of(content)
    found = columns(content, source=source)
    desk = parse(source)
    report = drift_report(desk.household, desk.securities, desk.plan)
    by_line = {(total.model, row.key): row for total in report.totals for row in total.rows}

    for place, target in enumerate(targets):
        row = by_line[str(target["Model"]), str(target["Asset class or Symbol"])]
        assert found["Current"][place] == pytest.approx(row.current, abs=1e-12)
        assert found["Drift"][place] == pytest.approx(row.drift, abs=1e-12)
        side = row.upper if row.drift >= 0 else row.lower
        assert found["Band"][place] == pytest.approx(side, abs=1e-12)
        assert found["Status"][place] == row.status.value


def test_weights_are_of_the_value_less_the_cash_buffer() -> None:
    content = book(
        [held("AAA", 60, 10.0), held("CASH", 500)],
        [wanted("AAA", 0.75), wanted("CASH", 0.25)],
        CashBuffer=100.0,
    )
    found = columns(content)

    # 600 of AAA and 500 - 100 of cash over 1,000.
    assert found["Base"] == [1000.0, 1000.0]
    assert found["Current"] == [0.6, 0.4]
    assert found["Drift"] == pytest.approx([-0.15, 0.15], abs=1e-15)
    assert found["Status"] == ["out", "out"]


def test_a_holding_counts_towards_its_symbol_before_its_class() -> None:
    content = book(
        [
            held("AAA", 1, 10.0, **{"Asset class": "US equity"}),
            held("BBB", 1, 10.0, **{"Asset class": "US equity"}),
            held("CCC", 1, 10.0),
        ],
        [wanted("AAA", 0.5), wanted("US equity", 0.5)],
    )
    assert columns(content, "tblHoldings")["Target line"] == ["AAA", "US equity", "no target"]


def test_a_holding_without_a_target_counts_to_the_first_that_names_it_as_a_substitute(
    tmp_path: Path, calc: Calc
) -> None:
    content = book(
        [held("DDD", 2, 10.0), held("EEE", 1, 10.0), held("FF", 1, 10.0), held("AAA", 6, 10.0)],
        [wanted("AAA", 0.6), wanted("BBB", 0.4)],
    )
    # CCC has no target, so it serves nobody; FF is no FFF.
    securities: list[Cells] = [
        {"Symbol": "CCC", "Substitutes": "DDD"}, {"Symbol": "BBB", "Substitutes": "eee; ddd,FFF"},
        {"Symbol": "AAA", "Substitutes": "DDD, EEE"}, {"Symbol": "DDD"}, {"Symbol": "EEE"},
        {"Symbol": "FFF"}, {"Symbol": "FF"},
    ]  # fmt: skip
    content = replace(content, rows={**content.rows, "tblSecurities": tuple(securities)})
    path = tmp_path / "served.xlsx"
    path.write_bytes(new_book(content))
    found = calc.recalculate(path)

    lines = [found.values["Holdings", f"I{row}"] for row in range(5, 9)]
    assert (
        lines
        == columns(content, "tblHoldings")["Target line"]
        == ["BBB", "BBB", "no target", "AAA"]
    )
    # what a run makes of the same book
    desk = parse(read_source(path.read_bytes()))
    of_run = [
        line_of(each, desk.plan.targets[0], desk.securities) for each in ("DDD", "EEE", "FF", "AAA")
    ]
    assert of_run == ["BBB", "BBB", "FF", "AAA"]
    assert [found.values["Targets", f"J{row}"] for row in (5, 6)] == pytest.approx([0.6, 0.3])
    assert compare_cached(path, found) == []


def test_a_class_that_looks_like_a_condition_is_compared_as_text(
    tmp_path: Path, calc: Calc
) -> None:
    content = book(
        [held("AAA", 3, 10.0, **{"Asset class": "<1Y"}), held("BBB", 1, 70.0)],
        [wanted("<1Y", 0.3), wanted("BBB", 0.7)],
    )
    path = tmp_path / "condition.xlsx"
    path.write_bytes(new_book(content))
    found = calc.recalculate(path)

    assert compare_cached(path, found) == []
    assert found.values["Targets", "J5"] == pytest.approx(0.3, abs=1e-15)


@pytest.mark.parametrize(("as_of", "value"), [(None, 24.0), (date(2026, 1, 6), 22.0)])
def test_a_holding_without_a_price_takes_the_newest_row_up_to_the_date(
    tmp_path: Path, calc: Calc, as_of: date | None, value: float
) -> None:
    content = book([held("AAA", 2)], [wanted("AAA", 1.0)], AsOf=as_of)
    path = tmp_path / "quoted.xlsx"
    path.write_bytes(new_book(content))

    assert columns(content, "tblHoldings")["Value"] == [value]
    assert calc.recalculate(path).values["Holdings", "E5"] == value


def test_study_prices_never_price_a_holding() -> None:
    content = book([held("AAA", 2)], [wanted("AAA", 1.0)], PriceKind="study")
    assert columns(content, "tblHoldings")["Value"] == [0.0]


def test_a_blank_default_band_is_the_default_and_not_zero(tmp_path: Path, calc: Calc) -> None:
    content = book([held("AAA", 1, 10.0)], [wanted("AAA", 1.0)], DefaultBand=None, BandKind=None)
    path = tmp_path / "blank.xlsx"
    path.write_bytes(new_book(content))
    found = calc.recalculate(path)

    assert found.values["Targets", "L5"] == 0.05
    assert found.values["Targets", "M5"] == Status.IN.value


def test_exactly_at_the_band_is_not_out() -> None:
    content = book(
        [held("AAA", 55, 1.0), held("BBB", 45, 1.0)], [wanted("AAA", 0.5), wanted("BBB", 0.5)]
    )
    found = columns(content)

    assert abs(0.55 - 0.5) > 0.05  # what binary floating point makes of it
    assert found["Status"] == ["near", "near"]


def test_the_band_on_the_side_of_the_drift_is_narrowed_by_the_limit_there() -> None:
    content = book(
        [held("AAA", 52, 1.0), held("BBB", 48, 1.0)],
        [wanted("AAA", 0.5, Maximum=0.51, Minimum=0.1), wanted("BBB", 0.5, Maximum=0.51)],
    )
    found = columns(content)

    assert found["Band"] == pytest.approx([0.01, 0.05], abs=1e-15)
    assert found["Status"] == ["out", "in"]


def test_a_missing_volatility_is_left_to_the_run() -> None:
    targets = [wanted("AAA", 0.5, Volatility=0.2), wanted("BBB", 0.5)]
    content = book([held("AAA", 1), held("BBB", 1)], targets, BandKind="volatility")
    found = columns(content)

    assert found["Band"] == ["see run", "see run"]
    assert found["Status"] == ["see run", "see run"]


def test_blank_rows_show_nothing() -> None:
    values = calculated_values(inputs_of(Content()))
    assert {cell for table in values.values() for cells in table.values() for cell in cells} == {""}
