"""The command harvest over whole books: numbers worked by hand, refusals, what stays as it is."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner, Result

from tests.generated import new, rebalanced
from xl_rebal import cli
from xl_rebal.cells import RawCell
from xl_rebal.commands import COMMANDS, Summary
from xl_rebal.commands.form_8949 import form_of
from xl_rebal.engine.taxes.harvested import Harvested
from xl_rebal.errors import InfeasibleError, InputError
from xl_rebal.generate import generate
from xl_rebal.workbook.content import Content
from xl_rebal.workbook.file_book import FileBook, read_source
from xl_rebal.workbook.layout import sheets_written_by
from xl_rebal.workbook.package import read_package

Rows = tuple[Mapping[str, RawCell], ...]
AS_OF = date(2024, 8, 29)


def ran(*words: str, code: int = 0) -> Result:
    done = CliRunner().invoke(cli.app, words)
    if code == 0:
        assert done.exit_code == 0, done.output
    return done


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("harvest") / "book.xlsx"
    path.write_bytes(new("multi-asset"))
    return path


@pytest.fixture(scope="module")
def answer(example: Path) -> dict[str, object]:
    found = json.loads(ran("harvest", str(example), "--json", "--dry-run").stdout)
    assert isinstance(found, dict)
    return found


def later(loss: float) -> float:
    """Tax at 20 % on the lower basis in ten years, at 5 % a year."""
    return loss * 0.20 / 1.05**10


def test_the_losses_of_the_example_are_those_of_a_hand_calculation(
    answer: dict[str, object],
) -> None:
    rows = answer["candidates"]
    assert isinstance(rows, list)
    # Basis less market value; INT-4 cost 279.70 and carries 93.08 of a washed loss. INT-5 lost 4.6 %, less
    # than HarvestMinPct. 8,000.00 - 2,054.92 of long-term gains are left, so each saves 20 %, short or long;
    # 2 bp + 1.5 bp of half a spread are paid on what is sold and on its substitute.
    lost = {"INT-1": (63.50 - 43.19) * 250, "INT-3": (47.69 - 43.19) * 200,
            "INT-4": 279.70 + 93.08 - 6.5 * 43.19}  # fmt: skip
    worth = {"INT-1": 250 * 43.19, "INT-3": 200 * 43.19, "INT-4": 6.5 * 43.19}
    net = {lot: 0.20 * loss - later(loss) - 2 * 3.5e-4 * worth[lot] for lot, loss in lost.items()}
    taken = [row for row in rows if row["taken"]]

    assert [row["lot"] for row in taken] == ["INT-1", "INT-3", "INT-4"]
    assert {row["lot"]: row["loss"] for row in taken} == pytest.approx(lost)
    assert {row["lot"]: row["net"] for row in taken} == pytest.approx(net)
    assert [row["gross"] for row in taken] == pytest.approx(
        [0.20 * lost["INT-1"], 0.37 * lost["INT-3"], 0.20 * lost["INT-4"]]
    )
    assert {(row["substitute"], row["wash_status"]) for row in taken} == {("XINU", "clear")}
    # Whole shares: 456 of 456.5 are sold, and half a share stays of the oldest lot.
    assert [row["sold"] for row in taken] == [249.5, 200.0, 6.5]
    share = {"INT-1": 249.5 / 250, "INT-3": 1.0, "INT-4": 1.0}
    sums = answer["harvest"]
    assert isinstance(sums, dict)
    assert sums["loss"] == pytest.approx(sum(lost[lot] * share[lot] for lot in lost))
    assert sums["net"] == pytest.approx(sum(net[lot] * share[lot] for lot in net))


def test_a_purchase_in_the_ira_keeps_losses_from_being_taken(answer: dict[str, object]) -> None:
    rows = answer["candidates"]
    assert isinstance(rows, list)
    left = [row for row in rows if not row["taken"]]

    assert [row["lot"] for row in left] == ["USA-2", "USA-3"]
    # bought on 14 August; 30 days later a purchase still washes, on the 31st day it does not
    assert {(row["wash_status"], row["clear_day"]) for row in left} == {
        ("possible wash sale: 1.4 XUSA bought on 2024-08-14 in IRA-2", "2024-09-14")
    }


def test_the_year_is_that_of_the_trades_and_nothing_sold_is_bought(
    answer: dict[str, object],
) -> None:
    trades, year = answer["trades"], answer["year"]
    assert isinstance(trades, list)
    assert isinstance(year, dict)
    sold = [trade for trade in trades if trade["tax"] is not None]
    short = sum(trade["short_gain"] for trade in sold)
    long = 8000.0 - 2054.92 + sum(trade["long_gain"] for trade in sold)

    assert len(sold) == 3
    assert [year["short"], year["long"]] == pytest.approx([short, long])
    assert year["tax_before"] == pytest.approx(0.20 * (8000.0 - 2054.92))
    assert year["tax_after"] == pytest.approx(
        0.20 * (long + short)
    )  # the short loss offsets long gains
    assert year["carried"] == {"short": 0.0, "long": 0.0}
    assert answer["do_not_buy"] == [{"symbol": "XINT", "until": "2024-09-29"}]
    assert "XINT" not in {trade["symbol"] for trade in trades if trade["action"] == "Buy"}
    accounts = answer["accounts"]
    assert isinstance(accounts, list)
    for account in accounts:
        moved = account["cash_before"] + account["new_cash"] + account["sells"]
        assert account["cash_after"] == round(moved - account["buys"] - account["costs"], 2)


def test_what_the_loss_saves_is_told_beside_the_other_sales(answer: dict[str, object]) -> None:
    year, sums, trades = answer["year"], answer["harvest"], answer["trades"]
    assert isinstance(year, dict)
    assert isinstance(sums, dict)
    assert isinstance(trades, list)
    (cost,) = (t["cost"] for t in trades if t["symbol"] == "XINT")
    # the tax on the other sales alone less the tax after all: the loss, and 20 % of the cost of its sale
    assert year["tax_other"] - year["tax_after"] == pytest.approx(sums["now"] + 0.20 * cost)


def test_a_harvest_writes_its_own_sheets_and_leaves_all_others(tmp_path: Path) -> None:
    path, out = tmp_path / "book.xlsx", tmp_path / "out.xlsx"
    path.write_bytes(rebalanced("multi-asset"))
    ran("harvest", str(path), "-o", str(out), "--quiet")
    before, after = (read_package(each.read_bytes()) for each in (path, out))
    ours = {after.sheet(title).part_name for title in sheets_written_by("harvest")}
    same = [p for p in before.parts if p.startswith("xl/worksheets/sheet") and p not in ours]

    assert len(ours) == 3
    assert len(same) > 10
    assert [part for part in same if before.parts[part] != after.parts[part]] == []
    tables = read_source(out.read_bytes()).tables
    assert [row[2] for row in tables["tblHarvest"].rows] == [
        "INT-1", "INT-3", "INT-4", "USA-2", "USA-3"
    ]  # fmt: skip
    assert [row[14] for row in tables["tblHarvest"].rows] == [
        "Yes, 249.5 of 250", "Yes", "Yes", *["No: possible wash sale"] * 2
    ]  # fmt: skip
    assert len(tables["tblHarvestTrades"].rows) == 13
    chart = [row[1:] for row in tables["tblHarvestChart"].rows]
    assert [(taken is None, other is None) for taken, other in chart] == [
        (False, True), (False, True), (False, True), (True, False), (True, False)
    ]  # fmt: skip


def broken(
    path: Path,
    out: Path,
    cells: Mapping[str, str | float | date | None],
    sheet: str = "Transactions",
) -> Result:
    book = openpyxl.load_workbook(path)
    for address, value in cells.items():
        book[sheet][address] = value
    changed = out.with_name("broken.xlsx")
    book.save(changed)
    return ran("harvest", str(changed), "-o", str(out), code=3)


@pytest.mark.parametrize(
    ("cells", "place", "words"),
    [
        ({"C10": "Byu"}, "Transactions!C10", "Buy"),
        ({"E15": 9000.0, "F15": None}, "Transactions!E15", "INT-2"),
        ({"A15": date(2014, 1, 2)}, "Transactions!E15", "before its Opening lot"),
        ({"D12": None}, "Transactions!D12", "symbol"),
    ],
    ids=["an unknown action", "more sold than held", "sold before its Opening", "no symbol"],
)
def test_a_record_that_cannot_be_is_refused_with_its_cell(
    example: Path,
    tmp_path: Path,
    cells: Mapping[str, str | float | date | None],
    place: str,
    words: str,
) -> None:
    out = tmp_path / "out.xlsx"
    done = broken(example, out, cells)

    assert isinstance(done.exception, InputError | InfeasibleError)
    said = " ".join(str(problem) for problem in done.exception.problems)
    assert place in said
    assert words in said
    assert not out.exists()


def small(lots: Rows, **settings: RawCell) -> Content:
    """100 AAA at 50 and 5,000 in cash, half of each wanted in AAA and BBB."""
    return Content(
        rows={
            "tblHoldings": (
                {"Account": "T", "Symbol": "AAA", "Quantity": 200.0, "Price": 50.0},
                {"Account": "T", "Symbol": "BBB", "Quantity": 50.0, "Price": 100.0},
            ),
            "tblAccounts": ({"Account": "T", "Tax type": "Taxable"},),
            "tblSecurities": (
                {"Symbol": "AAA", "Index": "A"}, {"Symbol": "BBB", "Index": "B"},
            ),
            "tblTargets": (
                {"Asset class or Symbol": "AAA", "Target": 0.5},
                {"Asset class or Symbol": "BBB", "Target": 0.5},
            ),
            "tblLots": lots,
        },
        settings={"AsOf": AS_OF, **settings},
    )  # fmt: skip


def lot(
    name: str, acquired: date, quantity: float, cost: float | None, symbol: str = "AAA"
) -> dict[str, RawCell]:
    return {"Account": "T", "Symbol": symbol, "Lot": name, "Acquired": acquired, "Quantity": quantity,
            "Cost basis": cost}  # fmt: skip


def summary_of(content: Content, folder: Path, **settings: str) -> Summary:
    path = folder / "small.xlsx"
    path.write_bytes(generate(content))
    return COMMANDS["harvest"].run(FileBook(path), settings)


def harvested_of(content: Content, folder: Path, **settings: str) -> Harvested:
    found = summary_of(content, folder, **settings).harvested
    assert found is not None
    return found


RECENT: Rows = (
    lot("OLD", date(2022, 1, 3), 190, 190 * 60.0),
    lot("NEW", date(2024, 8, 20), 10, 10 * 40.0),  # at a gain, so it stays, and would wash the loss
)


def test_a_loss_that_would_be_washed_is_kept_or_sold_with_a_warning(tmp_path: Path) -> None:
    kept = harvested_of(small(RECENT), tmp_path)
    warned = harvested_of(small(RECENT, WashSales="warn"), tmp_path)

    assert kept.found.taken == ()
    assert not any(t.symbol == "AAA" and "OLD" in t.lots for t in kept.traded.trades)
    (sale,) = (t for t in warned.traded.trades if t.symbol == "AAA")
    assert sale.lots == "50 of OLD"
    assert sale.warning.startswith(
        "Possible wash sale of lot OLD: 10 AAA bought on 2024-08-20 in T;"
    )
    # a loss that may be washed is in no tax of the year
    assert warned.after.tax == 0.0
    assert warned.not_before == {"AAA": date(2024, 9, 29)}


def test_gains_of_the_year_may_be_told_without_transactions(tmp_path: Path) -> None:
    lots: Rows = (lot("L", date(2024, 3, 1), 200, 200 * 60.0),)
    content = small(lots, HarvestHorizon=100.0)
    free = replace(content, rows={**content.rows, "tblTargets": (
        {"Asset class or Symbol": "BBB", "Target": 1.0}, {"Asset class or Symbol": "AAA", "Target": 0.0},
    )})  # fmt: skip
    plain = harvested_of(free, tmp_path)
    long = harvested_of(free, tmp_path, YearLong="1500")

    # 2,000 short-term: off income at 37 %, or first off 1,500 of gains at 20 %
    assert plain.year.tax == 0.0
    assert plain.now == pytest.approx(0.37 * 2000)
    assert long.year.tax == pytest.approx(0.20 * 1500)
    assert long.now == pytest.approx(0.20 * 1500 + 0.37 * 500)
    assert long.after.tax == pytest.approx(-0.37 * 500)


def test_a_book_without_lots_or_without_a_day_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="#XR208 Lots: found no lots"):
        summary_of(small(()), tmp_path)
    with pytest.raises(InputError, match=r"#XR108 Settings!B\d+: found no day"):
        summary_of(small(RECENT, AsOf=None), tmp_path)


def test_an_unknown_basis_is_never_a_loss(tmp_path: Path) -> None:
    lots: Rows = (lot("L", date(2022, 1, 3), 200, None),)
    found = summary_of(small(lots), tmp_path)

    assert found.harvested is not None
    assert found.harvested.found.candidates == ()
    assert found.sentence.startswith("Nothing to harvest: no lot is at a loss.")


def test_the_terminal_names_what_is_taken_and_what_must_wait(example: Path) -> None:
    shown = " ".join(ran("harvest", str(example), "--dry-run").stdout.split())

    assert "Yes, 249.5 of 250" in shown
    assert "No: possible wash sale: 1.4 XUSA bought on 2024-08-14 in IRA-2" in shown
    assert "Do not buy XINT before 2024-09-29" in shown
    assert "Nothing here is tax advice." in shown
    assert "Lots all of INT-4; all of INT-3; 249.5 of INT-1: gain -903.02 short-term" in shown


def test_a_rebalance_says_what_it_realises(example: Path) -> None:
    found = json.loads(ran("rebalance", str(example), "--json", "--dry-run").stdout)
    gains = sum(trade["long_gain"] or 0.0 for trade in found["trades"])
    shown = ran("rebalance", str(example), "--dry-run").stdout

    assert gains == pytest.approx(4168.56, abs=0.005)
    assert shown.endswith(" Realises 4,168.56 long-term; estimated tax 833.71.\n")
    plain = ran("rebalance", str(stocks(example)), "--dry-run").stdout
    assert "Realises" not in plain


def stocks(beside: Path) -> Path:
    path = beside.with_name("stocks.xlsx")
    path.write_bytes(new("stocks"))
    return path


def named(path: Path, name: str) -> object:
    book = openpyxl.load_workbook(path, data_only=True)
    ((sheet, cell),) = book.defined_names[f"res_{name}"].destinations
    return book[sheet][cell].value


def test_gains_and_tax_of_a_rebalance_are_named_and_blank_without_lots(
    example: Path, tmp_path: Path
) -> None:
    def made(name: str) -> Path:
        return tmp_path / f"{name}.xlsx"

    ran("rebalance", str(example), "-o", str(made("lots")), "--quiet")
    ran("rebalance", str(stocks(example)), "-o", str(made("none")), "--quiet")

    values = [named(made("lots"), name) for name in ("ShortGain", "LongGain", "Tax")]
    assert values == pytest.approx([0.0, 4168.56, 833.71], abs=0.005)
    assert [named(made("none"), name) for name in ("ShortGain", "LongGain", "Tax")] == [None] * 3


def test_form_8949_is_the_sale_of_the_record_with_its_wash(example: Path, tmp_path: Path) -> None:
    out = tmp_path / "form.csv"
    done = ran("form8949", str(example), "-o", str(out))
    (row,) = csv.DictReader(io.StringIO(out.read_text()))

    assert done.stdout.strip() == str(out)
    # 150 sold for 6,651.00, bought for 8,799.00; 6.5 of them replaced: 6.5 x 14.32 = 93.08
    assert list(row.values()) == [
        "II", "150 sh. XINT", "04/30/2021", "06/07/2024", "6651.00", "8799.00", "W", "93.08", "-2054.92",
    ]  # fmt: skip
    assert ran("form8949", str(example), "-o", str(out), code=6).exit_code != 0  # never over a file
    empty = json.loads(
        ran("form8949", str(example), "--year", "2019", "--json", "--dry-run").stdout
    )
    assert (empty["year"], empty["rows"]) == (2019, [])


def test_form_8949_warns_of_purchases_that_may_still_come(example: Path, tmp_path: Path) -> None:
    content = small(())
    opened: Rows = (
        {"Date": date(2022, 1, 3), "Account": "T", "Action": "Opening", "Symbol": "AAA", "Quantity": 250.0,
         "Amount": 15000.0, "Lot": "L"},
        {"Date": date(2024, 8, 20), "Account": "T", "Action": "Sell", "Symbol": "AAA", "Quantity": 50.0,
         "Amount": 2500.0},
    )  # fmt: skip
    path = tmp_path / "late.xlsx"
    path.write_bytes(generate(replace(content, rows={**content.rows, "tblTransactions": opened})))
    late, settled = (
        ran("form8949", str(path), "--dry-run"),
        ran("form8949", str(example), "--dry-run"),
    )

    assert "Purchases after 2024-08-29 may still wash losses" in late.stderr
    assert late.stdout.splitlines()[1] == (
        "II,50 sh. AAA,01/03/2022,08/20/2024,2500.00,3000.00,,,-500.00"
    )
    assert "may still wash" not in settled.stderr
    with pytest.raises(InputError, match="#XR208 Transactions: found no transactions"):
        form_of(FileBook(stocks(example)), {})
