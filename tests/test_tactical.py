"""The commands over a tactical book: its targets, what the sheets say of them, and what is refused where."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

from xl_rebal import cli
from xl_rebal.cells import RawCell
from xl_rebal.commands import COMMANDS, Summary
from xl_rebal.engine.backtest import Conventions, backtest
from xl_rebal.engine.policies import DatedTargets, tactical
from xl_rebal.errors import InputError
from xl_rebal.model.dividends import Dividend, Dividends
from xl_rebal.model.prices import Prices
from xl_rebal.workbook.content import Content
from xl_rebal.workbook.file_book import FileBook
from xl_rebal.workbook.layout_study import STUDY_PATH
from xl_rebal.workbook.template import new_book

DAYS = tuple(date(2024, 1, 1) + timedelta(days=k) for k in range(120))
STEPS = np.random.default_rng(8).normal(0, 0.02, (120, 2))
PRICES = Prices(DAYS, ("AAA", "BBB"), np.round(100 * np.exp(np.cumsum(STEPS, axis=0)), 2))
FIRST, SECOND = DAYS[40], DAYS[80]
WEIGHTS = {FIRST: (0.2, 0.7, 0.1), SECOND: (0.75, 0.05, 0.2)}
KEYS = ("AAA", "BBB", "CASH")


def dated(*days: date) -> tuple[dict[str, RawCell], ...]:
    return tuple(
        {"Date": day, "Asset class or Symbol": key, "Weight": weight}
        for day in days
        for key, weight in zip(KEYS, WEIGHTS[day], strict=True)
    )


def content(
    rows: tuple[dict[str, RawCell], ...] = dated(FIRST, SECOND),
    dividends: tuple[dict[str, RawCell], ...] = (),
    **settings: RawCell,
) -> bytes:
    held: tuple[dict[str, RawCell], ...] = tuple(
        {"Account": "Main", "Symbol": key, "Quantity": quantity, "Price": price}
        for key, quantity, price in (
            ("AAA", 50.0, 100.0),
            ("BBB", 40.0, 100.0),
            ("CASH", 1000.0, None),
        )
    )
    targets: tuple[dict[str, RawCell], ...] = tuple(
        {"Asset class or Symbol": key, "Target": weight}
        for key, weight in zip(KEYS, (0.5, 0.4, 0.1), strict=True)
    )
    tables = {
        "tblHoldings": held,
        "tblTargets": targets,
        "tblDatedTargets": rows,
        "tblDividends": dividends,
    }
    return new_book(Content(tables, PRICES, {"Method": "Tactical", **settings}))


class Written:
    """The book that a command has written, and what it says."""

    def __init__(self, folder: Path, command: str, book: bytes, **settings: str) -> None:
        source, out = folder / "book.xlsx", folder / f"{command}.xlsx"
        source.write_bytes(book)
        self.summary: Summary = COMMANDS[command].run(FileBook(source, out, replace=True), settings)
        self.sheets = openpyxl.load_workbook(io.BytesIO(out.read_bytes()), data_only=True)

    def named(self, name: str) -> Any:
        ((title, place),) = self.sheets.defined_names[name].destinations
        return self.sheets[title][place].value

    def rows(self, title: str, table: str) -> Iterator[tuple[Any, ...]]:
        area = self.sheets[title][self.sheets[title].tables[table].ref]
        return iter([tuple(cell.value for cell in row) for row in area[1:]])


def test_rebalance_trades_to_the_newest_targets_up_to_as_of(tmp_path: Path) -> None:
    written = Written(tmp_path, "rebalance", content())
    trades = [row[2:5] for row in written.rows("Trades", "tblTrades")]
    early = Written(tmp_path, "rebalance", content(), AsOf=str(DAYS[60]))

    # 10,000 in all: 75 % AAA is 75 shares, 5 % BBB is 5, on the day of the first targets 20 and 70
    assert trades == [("Sell", "BBB", 35), ("Buy", "AAA", 25)]
    assert [row[2:5] for row in early.rows("Trades", "tblTrades")] == [
        ("Sell", "AAA", 30), ("Buy", "BBB", 30)
    ]  # fmt: skip
    assert written.named("res_Policy").startswith(
        "Method Tactical, targets of 2024-03-21 in Dated targets; default band"
    )
    assert [row[2] for row in written.rows("ChartData", "tblDrift")] == pytest.approx(
        [0.75, 0.05, 0.2]
    )


def test_the_sheet_of_targets_leaves_drift_to_the_run(tmp_path: Path) -> None:
    written = Written(tmp_path, "rebalance", content())
    plain = Written(tmp_path, "rebalance", content(Method="Calendar"))

    assert next(written.rows("Targets", "tblTargets"))[9:] == (0.5, *["see run"] * 3)
    assert next(plain.rows("Targets", "tblTargets"))[9:] == (0.5, 0, 0.05, "in")
    (note,) = plain.rows("Checks", "tblChecks")
    assert note[3] == "The dated targets are not used: Method is Calendar."
    assert note[2] == "'Dated targets'!A5"


def test_the_backtest_is_that_of_the_same_dated_targets(tmp_path: Path) -> None:
    written = Written(tmp_path, "backtest", content(CostBp=20.0))
    targets = DatedTargets((None, FIRST, SECOND), np.array([[0.5, 0.4, 0.1], *WEIGHTS.values()]))
    conventions = Conventions(np.array([0.002, 0.002, 0.0]), capital=10_000.0)
    run = backtest(PRICES.of(KEYS), tactical(targets), conventions)
    place = [column.header for column in STUDY_PATH.columns].index("Tactical")

    path = [row[place] for row in written.rows("BacktestData", "tblStudyPath")]
    assert path == pytest.approx(run.value.tolist(), rel=1e-12)
    traded = list(written.rows("Study trades", "tblStudyTrades"))
    assert {row[0].date() for row in traded} == {FIRST, SECOND}
    assert {row[5] for row in traded} == {"new targets"}
    assert sum(row[4] for row in traded) == pytest.approx(run.cost.sum())


def test_the_sheets_of_studies_say_what_the_targets_are(tmp_path: Path) -> None:
    written = Written(tmp_path, "backtest", content())
    policies = [row[:2] for row in written.rows("Backtest", "tblBacktest")]
    by_trend = Written(
        tmp_path,
        "backtest",
        content(TacticalTargets="trend", TacticalWindow=20, Frequency="monthly"),
    )
    bands = Written(tmp_path, "bands", content())

    assert policies[0] == ("Never", None)
    assert policies[-1] == ("Tactical, dated targets", "this book")
    assert written.named("res_BacktestConvention").startswith(
        "Tactical holds the targets of 2 dates of Dated targets, 2024-02-10 to 2024-03-21, trades on the row "
        "from which new ones hold and is measured against them; all others hold Targets. On each row"
    )  # fmt: skip
    assert "The weights of Targets hold until 2024-02-10" in written.named("res_BacktestNotes")
    (*_, last) = by_trend.rows("Backtest", "tblBacktest")
    assert last[0] == "Tactical, trend monthly"
    assert by_trend.named("res_BacktestConvention").startswith(
        "Tactical holds the targets of trend of 20 closes, made of Targets on 3 dates, "
        "2024-01-31 to 2024-03-31,"
    )
    assert "This book is tactical" in bands.named("res_BandsConvention")
    assert [row[2] for row in bands.rows("Bands", "tblBands") if row[0] == "This book"] == [
        "new targets"
    ]


def test_a_book_that_is_not_tactical_has_four_policies_and_blank_columns(tmp_path: Path) -> None:
    written = Written(tmp_path, "backtest", content(rows=(), Method="Threshold"))
    headers = [column.header for column in STUDY_PATH.columns]

    assert len(list(written.rows("Backtest", "tblBacktest"))) == 4
    for row in written.rows("BacktestData", "tblStudyPath"):
        by_header = dict(zip(headers, row, strict=True))
        assert {by_header[name] for name in headers if name.startswith("Tactical")} == {None}
        assert by_header["Threshold"] is not None


def run_cli(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str
) -> tuple[int, Any]:
    monkeypatch.setattr("sys.argv", ["xl-rebal", *words, "--json"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert isinstance(ended.value.code, int)
    return ended.value.code, json.loads(capsys.readouterr().out)


def test_json_says_where_the_targets_come_from_and_since_when(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    book = tmp_path / "book.xlsx"
    book.write_bytes(content())

    def tactical_of(command: str, *words: str) -> Any:
        return run_cli(monkeypatch, capsys, command, str(book), *words)[1]["tactical"]

    table = {"source": "table", "window": None}
    assert tactical_of("drift") == {**table, "since": [{"model": "", "date": "2024-03-21"}]}
    assert tactical_of("rebalance", "--dry-run", "--set", "AsOf=2024-01-05") == {
        **table, "since": [{"model": "", "date": None}]
    }  # fmt: skip
    assert tactical_of("backtest", "--dry-run") == {**table, "dates": ["2024-02-10", "2024-03-21"]}
    trend = ("--set", "TacticalTargets=trend", "--set", "TacticalWindow=20")
    assert tactical_of("drift", *trend) == {
        "source": "trend", "window": 20, "since": [{"model": "", "date": str(DAYS[-1])}]
    }  # fmt: skip
    by_volatility = tactical_of(
        "drift", "--set", "TacticalTargets=inverse volatility", "--set", "CovarianceWindow=30"
    )
    assert by_volatility["window"] == 30


@pytest.mark.parametrize("command", ["backtest", "bands"])
@pytest.mark.parametrize("method", ["Threshold", "Calendar", "Tactical"])
def test_settings_that_never_trade_are_refused_with_their_cells(
    tmp_path: Path, command: str, method: str
) -> None:
    book = content(Method=method, Lag=118, TradingDay=93)
    cells = openpyxl.load_workbook(io.BytesIO(book)).defined_names
    with pytest.raises(InputError) as refused:
        Written(tmp_path, command, book)

    assert [(each.sheet, each.cell, each.argument) for each in refused.value.problems] == [
        ("Settings", cells[name].attr_text.partition("!")[2].replace("$", ""), "")
        for name in ("set_Lag", "set_TradingDay")
    ]
    assert str(refused.value).startswith("#XR105 Settings!")
    assert "found a lag of 118 over 120 rows of prices" in str(refused.value)
    assert not (tmp_path / f"{command}.xlsx").exists()


def test_dated_targets_that_no_row_can_trade_are_refused_where_they_stand(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^#XR105 Dated targets!A5: found no new targets after"):
        Written(tmp_path, "backtest", content(dated(FIRST)), StudyFrom=str(DAYS[50]))


def test_a_study_stands_on_total_returns_where_there_are_dividends(tmp_path: Path) -> None:
    paid: dict[str, RawCell] = {"Date": DAYS[10], "Symbol": "AAA", "Amount": 9.0}
    written = Written(tmp_path, "backtest", content(dividends=(paid,)))
    prices = PRICES.total_return(Dividends((Dividend(DAYS[10], "AAA", 9.0),)))
    never = (
        5000 * prices.values[-1, 0] / prices.values[0, 0]
        + 4000 * PRICES.values[-1, 1] / PRICES.values[0, 1]
    )

    assert "closes with 1 dividend reinvested" in written.named("res_BacktestSource")
    (*_, last) = written.rows("BacktestData", "tblStudyPath")
    assert last[1] == pytest.approx(never + 1000, rel=1e-12)
