"""The commands over a book whose method is Optimal."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from tests.generated import new
from xl_rebal import cli
from xl_rebal.commands import COMMANDS
from xl_rebal.commands.command import with_settings
from xl_rebal.engine.backtest import backtest
from xl_rebal.engine.book_study import study_of
from xl_rebal.engine.policies import Worth, optimal
from xl_rebal.engine.statistics import statistics
from xl_rebal.registry import FUNCTIONS
from xl_rebal.workbook.file_book import FileBook
from xl_rebal.workbook.parse import parse

OPTIMAL = {"Method": "Optimal", "CostBp": "10", "RiskAversion": "2"}


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "stocks.xlsx"
    path.write_bytes(new("stocks"))
    return path


def test_a_rebalance_says_what_it_weighed(book: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    COMMANDS["rebalance"].run(FileBook(book, out), OPTIMAL)
    sheets = openpyxl.load_workbook(io.BytesIO(out.read_bytes()), data_only=True)
    words = [str(cell.value) for sheet in ("Trades", "Outcome") for row in sheets[sheet].iter_rows()
             for cell in row if cell.value is not None]  # fmt: skip
    assert any(
        w.startswith("Method Optimal: least cost + 2 x a year's tracking error") for w in words
    )
    assert any("beyond which less risk is not worth its cost" in w for w in words)
    assert sum(w.startswith("tracking error ") for w in words) == 2  # two accounts


def test_a_backtest_of_the_book_is_that_of_the_engine(book: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    COMMANDS["backtest"].run(FileBook(book, out), OPTIMAL)
    sheet = openpyxl.load_workbook(io.BytesIO(out.read_bytes()), data_only=True)["Backtest"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    head = next(row for row in rows if "CAGR" in row)
    mine = next(row for row in rows if "Optimal" in row)
    assert any(str(cell).startswith("Optimal trades on every row") for row in rows for cell in row)

    desk = parse(with_settings(FileBook(book).read(), OPTIMAL))
    study = study_of(
        desk.household, desk.securities, desk.plan, desk.prices, desk.as_of, desk.study
    )
    run = backtest(study.prices, optimal(study.targets, Worth(2.0)), study.conventions)
    figures = statistics(run)
    assert mine[head.index("Rebalances")] == len(run.rows) > 100
    assert mine[head.index("CAGR")] == pytest.approx(figures.growth_rate, rel=1e-9)
    assert mine[head.index("Tracking error")] == pytest.approx(figures.tracking_error, rel=1e-9)


def test_without_enough_prices_it_is_refused_at_its_setting(
    book: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["rebalance", str(book), "--set", "Method=Optimal", "--set", "CovarianceWindow=5000", "--json",
             "--dry-run"]  # fmt: skip
    monkeypatch.setattr("sys.argv", ["xl-rebal", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 3
    problems = json.loads(capsys.readouterr().out)["problems"]
    assert [each["code"] for each in problems] == [201]
    assert "CovarianceWindow" in json.dumps(problems)


def test_drift_needs_no_covariance(book: Path) -> None:
    asked = {**OPTIMAL, "CovarianceWindow": "100000"}
    found = COMMANDS["drift"].run(FileBook(book, book), asked)
    assert found.report == COMMANDS["drift"].run(FileBook(book, book), {}).report


def test_xr_backtest_trades_what_is_worth_its_cost() -> None:
    chance = np.random.default_rng(4)
    values = 100 * np.exp(np.cumsum(chance.normal(0, 0.02, (60, 2)), axis=0))
    days = np.arange("2024-01-01", "2024-03-01", dtype="datetime64[D]").astype(str)
    prices = [
        ["Date", "A", "B"],
        *([day, *row] for day, row in zip(days, values.tolist(), strict=True)),
    ]
    options = [["window", 20], ["risk_aversion", 5]]
    trades = FUNCTIONS["XR_BACKTEST"](
        prices,
        [["A", 0.5], ["B", 0.5]],
        "optimal",
        None,
        None,
        None,
        None,
        0.001,
        "trades",
        options,
    )
    assert isinstance(trades, list)
    assert {row[-1] for row in trades[1:]} == {"worth its costs"}
    assert str(trades[1][0]) >= "2024-01-21"
