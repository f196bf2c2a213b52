"""`xl-rebal import` as a newcomer uses it, over the example books and on a terminal."""

from __future__ import annotations

import json
import re
import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import openpyxl
import pytest
import typer.main

from tests.generated import USERS, new, rebalanced
from tests.judges.libreoffice import Calc
from tests.judges.verdict import findings
from tests.test_terminal import shown_on_a_terminal
from tests.workbook.package_books import parts_of
from xl_rebal import cli

ROOT = Path(__file__).parent.parent
MIXED = "Date,VTI,BND\n1990-01-02,290.1,72.5\n2012-06-30,,71.5\n2030-01-03,291.25,72.4\n"
YAHOO = (
    "Date,Open,High,Low,Close,Adj Close,Volume\n"
    "2013-02-28,441,446,439,441.4,57.562728,100\n"
    "2013-03-04,427,428,419,420.05,54.778,100\n"
    "2013-03-05,421,435,421,431.14,56.22,100\n"
)

# Typer builds its commands anew for every call; once is enough.
BUILT = typer.main.get_command(cli.app)


@dataclass(frozen=True)
class Ended:
    returncode: int
    stdout: str
    stderr: str


class CommandLine:
    """The command line in this process and in the folder of the test."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        monkeypatch.setattr(cli, "app", BUILT)
        monkeypatch.delenv("COLUMNS", raising=False)

    def __call__(self, *words: str) -> Ended:
        self._monkeypatch.setattr(sys, "argv", ["xl-rebal", *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        printed = self._capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return Ended(ended.value.code, printed.out, printed.err)


@pytest.fixture
def xl(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> CommandLine:
    monkeypatch.chdir(tmp_path)
    return CommandLine(monkeypatch, capsys)


def made(tmp_path: Path, name: str) -> Path:
    path = tmp_path / f"{name}.xlsx"
    path.write_bytes(new(name))
    return path


def table(path: Path) -> list[list[object]]:
    """tblPrices as openpyxl reads it, dates as dates."""
    sheet = openpyxl.load_workbook(path, data_only=True)["Prices"]
    return [
        [c.value.date() if hasattr(c.value, "date") else c.value for c in row]
        for row in sheet[sheet.tables["tblPrices"].ref]
    ]


@pytest.fixture
def stocks(tmp_path: Path) -> Path:
    return made(tmp_path, "stocks")


# -- the books -------------------------------------------------------------------------------------


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "make"),
    [("empty", new), ("stocks", new), ("multi-asset", rebalanced)],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_no_judge_finds_a_fault_in_a_book_after_an_import(
    xl: CommandLine, tmp_path: Path, calc: Calc, name: str, make: object
) -> None:
    assert callable(make)
    (tmp_path / "book.xlsx").write_bytes(make(name))
    (tmp_path / "prices.csv").write_text(MIXED)
    done = xl("import", "book.xlsx", "--prices", "prices.csv")
    out = tmp_path / "book-imported.xlsx"

    assert done.returncode == 0, done.stderr
    assert findings(out, calc) == []
    header, *rows = table(out)
    days = [row[0] for row in rows if isinstance(row[0], date)]
    assert days == sorted({*days, date(1990, 1, 2), date(2012, 6, 30), date(2030, 1, 3)})
    places = [header.index("VTI"), header.index("BND")]
    got = {row[0]: [row[place] for place in places] for row in rows}
    assert got[date(1990, 1, 2)] == [290.1, 72.5]
    assert got[date(2012, 6, 30)] == [None, 71.5]
    assert got[date(2030, 1, 3)] == [291.25, 72.4]


def test_an_import_leaves_every_other_part_of_the_example_byte_for_byte(
    xl: CommandLine, stocks: Path
) -> None:
    (stocks.parent / "AAPL.csv").write_text(YAHOO)
    done = xl("import", stocks.name, "--prices", "AAPL.csv", "--prefer", "book")
    before, after = (
        parts_of(path.read_bytes()) for path in (stocks, stocks.parent / "stocks-imported.xlsx")
    )

    assert done.returncode == 0, done.stderr
    assert {name for name in before if before[name] != after[name]} == {
        "xl/worksheets/sheet9.xml",
        "xl/tables/table7.xml",
    }
    assert before.keys() == after.keys()


def test_a_tradable_price_that_comes_in_prices_the_holding_and_its_formulas(
    xl: CommandLine, tmp_path: Path, calc: Calc
) -> None:
    path = made(tmp_path, "empty")
    book = openpyxl.load_workbook(path)
    for row, (symbol, quantity) in enumerate((("VTI", 10), ("CASH", 100)), start=5):
        book["Holdings"][f"B{row}"], book["Holdings"][f"C{row}"] = symbol, quantity
    book["Targets"]["B5"], book["Targets"]["C5"] = "VTI", 1
    book.save(path)
    (tmp_path / "prices.csv").write_text("Date,VTI\n2025-01-02,290.1\n2025-01-03,291.25\n")
    assert xl("rebalance", path.name).returncode == 3  # no price yet
    assert xl("import", path.name, "--prices", "prices.csv").returncode == 0
    out = tmp_path / "empty-imported.xlsx"

    values = openpyxl.load_workbook(out, data_only=True)["Holdings"]
    assert values["E5"].value == 10 * 291.25
    assert calc.recalculate(out).values["Holdings", "E5"] == 10 * 291.25
    answer = json.loads(xl("rebalance", out.name, "--json").stdout)
    assert answer["accounts"][0]["value"] == 10 * 291.25 + 100


def test_a_column_that_waits_for_a_symbol_is_taken_though_dates_were_typed(
    xl: CommandLine, tmp_path: Path
) -> None:
    path = made(tmp_path, "empty")
    book = openpyxl.load_workbook(path)
    book["Prices"]["A5"] = date(2030, 1, 3)
    book.save(path)
    (tmp_path / "p.csv").write_text(MIXED)
    done = xl("import", path.name, "--prices", "p.csv", "--in-place")

    assert done.returncode == 0, done.stderr
    assert table(path)[:4] == [
        ["Date", "VTI", "BND"],
        [date(1990, 1, 2), 290.1, 72.5],
        [date(2012, 6, 30), None, 71.5],
        [date(2030, 1, 3), 291.25, 72.4],
    ]


def test_importing_the_same_file_twice_changes_nothing(xl: CommandLine, stocks: Path) -> None:
    (stocks.parent / "prices.csv").write_text(MIXED)
    words = ("import", stocks.name, "--prices", "prices.csv", "--in-place", "--json")
    first = json.loads(xl(*words).stdout)
    once = stocks.read_bytes()
    second = json.loads(xl(*words).stdout)

    assert (first["status"], first["prices"]["new"]) == ("imported", 5)
    assert (second["status"], second["prices"]["new"]) == ("nothing new", 0)
    assert stocks.read_bytes() == once


# -- which close -----------------------------------------------------------------------------------


def test_a_download_for_a_book_of_study_prices_gives_adjusted_closes(
    xl: CommandLine, stocks: Path
) -> None:
    (stocks.parent / "AAPL.csv").write_text(YAHOO)
    done = xl("import", stocks.name, "--prices", "AAPL.csv")
    rows = {row[0]: row for row in table(stocks.parent / "stocks-imported.xlsx")}

    assert done.returncode == 0, done.stderr
    assert " ".join(done.stdout.split()).startswith(
        "AAPL.csv: 'Adj Close' of AAPL, as the file's name says. It also has Close; "
        "--close plain takes it. "
    )
    assert rows[date(2013, 3, 5)] == [date(2013, 3, 5), 56.22, None, None, None]
    assert rows[date(2013, 2, 28)][1] == 57.56272831  # the book's eleven digits stay
    assert "there is no price of GOOG, IBM and MSFT" in " ".join(done.stdout.split())


def test_the_same_download_for_a_tradable_book_gives_the_closes_themselves(
    xl: CommandLine, tmp_path: Path
) -> None:
    made(tmp_path, "empty")
    (tmp_path / "AAPL.csv").write_text(YAHOO)
    done = xl("import", "empty.xlsx", "--prices", "AAPL.csv")

    assert "which is for study only, and PriceKind is tradable" in " ".join(done.stdout.split())
    assert [row[1] for row in table(tmp_path / "empty-imported.xlsx")][:4] == [
        "AAPL",
        441.4,
        420.05,
        431.14,
    ]
    refused = xl("import", "empty.xlsx", "--prices", "AAPL.csv", "--close", "adjusted")
    assert refused.returncode == 3
    assert "at which nothing can be traded" in refused.stderr


# -- conflicts -------------------------------------------------------------------------------------


def test_a_conflict_is_named_in_book_and_file_and_nothing_is_written(
    xl: CommandLine, stocks: Path
) -> None:
    (stocks.parent / "p.csv").write_text(
        "Date,IBM,MSFT\n2013-02-28,173.4745047,25\n2013-03-04,1,2\n"
    )
    done = xl("import", stocks.name, "--prices", "p.csv")

    assert done.returncode == 3
    assert done.stderr == (
        "#XR112 Prices!E3273: found 25 for MSFT on 2013-02-28 in p.csv line 2, column 3, expected "
        "24.55186831 as in this cell. Say --prefer file to take the file's, or --prefer book to "
        "keep the book's.\n"
    )
    assert "1 price of the file differs from the book's." in " ".join(done.stdout.split())
    assert {path.name for path in stocks.parent.iterdir()} == {"stocks.xlsx", "p.csv"}


@pytest.mark.parametrize(("prefer", "price"), [("book", 24.55186831), ("file", 25)])
def test_a_preference_settles_a_conflict(
    xl: CommandLine, stocks: Path, prefer: str, price: float
) -> None:
    (stocks.parent / "p.csv").write_text(
        "Date,IBM,MSFT\n2013-02-28,173.4745047,25\n2013-03-04,1,2\n"
    )
    done = xl("import", stocks.name, "--prices", "p.csv", "--prefer", prefer)
    rows = {row[0]: row for row in table(stocks.parent / "stocks-imported.xlsx")}

    assert done.returncode == 0, done.stderr
    assert rows[date(2013, 2, 28)][4] == price
    assert rows[date(2013, 3, 4)][3:] == [1, 2]


def restated(stocks: Path, name: str, first: int, factor: float = 0.98) -> None:
    """A file of AAPL from a row of the book on, as after a dividend."""
    rows = table(stocks)[1:]
    lines = [f"{row[0]},{row[1] * factor:.6f}" for row in rows[first:]]  # type: ignore[operator]
    (stocks.parent / name).write_text("Date,AAPL\n" + "\n".join([*lines, "2013-03-04,57.1"]) + "\n")


def test_a_restated_past_is_counted_with_its_ratio_and_goes_in_as_a_whole(
    xl: CommandLine, stocks: Path
) -> None:
    restated(stocks, "all.csv", 0)
    restated(stocks, "part.csv", 3000)
    words = ("import", stocks.name, "--prices")
    asked = xl(*words, "all.csv")
    part = xl(*words, "part.csv", "--prefer", "file")
    kept = xl(*words, "part.csv", "--prefer", "book")
    whole = xl(*words, "all.csv", "--prefer", "file")

    assert asked.stderr.count("#XR112 Prices!B") == 6
    assert "found 3265 more prices of AAPL that differ" in asked.stderr
    assert "(all are 0.98 times the book's, as after a dividend or a split)" in asked.stderr
    assert part.returncode == kept.returncode == 3
    assert "Import the whole past of AAPL, back to 2000-03-01." in part.stderr
    assert "new prices of AAPL for 1 date, 2013-03-04 to 2013-03-04" in kept.stderr
    assert whole.returncode == 0, whole.stderr


# -- what is wrong ---------------------------------------------------------------------------------


def test_every_bad_cell_of_the_file_is_named_and_nothing_is_written(
    xl: CommandLine, stocks: Path
) -> None:
    (stocks.parent / "p.csv").write_text(
        "Date,IBM,MSFT\n2013-03-32,1,2\n2013-03-05,x,-2\n2013-03-06,1,2\n"
    )
    done = xl("import", stocks.name, "--prices", "p.csv")

    assert done.returncode == 3
    assert re.findall(r"#XR\d+ [^:]*", done.stderr) == [
        "#XR107 p.csv line 2, column 1",
        "#XR101 p.csv line 3, column 2",
        "#XR105 p.csv line 3, column 3",
    ]
    assert done.stderr.endswith("3 problems; nothing was written.\n")
    assert not (stocks.parent / "stocks-imported.xlsx").exists()


def test_a_book_without_the_table_or_with_bad_prices_is_refused(
    xl: CommandLine, tmp_path: Path
) -> None:
    (tmp_path / "p.csv").write_text(MIXED)
    (tmp_path / "users.xlsx").write_bytes(new(USERS))
    path = made(tmp_path, "multi-asset")
    book = openpyxl.load_workbook(path)
    book["Prices"]["C7"] = "n/a"
    book["Holdings"]["C5"] = -5  # not looked at
    book.save(path)
    missing = xl("import", "users.xlsx", "--prices", "p.csv")
    bad = xl("import", path.name, "--prices", "p.csv")

    assert "#XR204 found no table named tblPrices" in missing.stderr
    assert re.findall(r"#XR\d+ [^:]*", bad.stderr) == ["#XR101 Prices!C7"]


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (
            ("--prices", "gone.csv"),
            3,
            "#XR401 gone.csv: found no such file, expected a file of prices",
        ),
        (("--prices", "."), 3, "found a folder"),
        ((), 2, "Missing option '--prices'"),
        (("--prices", "p.csv", "-o", "out.csv"), 6, "expected a name that ends in .xlsx"),
        (("--prices", "p.csv", "--in-place", "-o", "o.xlsx"), 2, "exclude each other"),
        (("--prices", "p.csv", "--prefer", "both"), 2, "'both' is not one of"),
        (("--prices", "p.csv", "-o", "taken.xlsx"), 6, "a file of that name"),
    ],
)
def test_wrong_words_end_in_words(
    xl: CommandLine, tmp_path: Path, words: Sequence[str], status: int, said: str
) -> None:
    made(tmp_path, "empty")
    (tmp_path / "p.csv").write_text(MIXED)
    (tmp_path / "taken.xlsx").write_text("mine")
    done = xl("import", "empty.xlsx", *words)

    assert done.returncode == status
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert (tmp_path / "taken.xlsx").read_text() == "mine"


def test_a_refusal_is_said_in_json_too(xl: CommandLine, stocks: Path) -> None:
    (stocks.parent / "p.csv").write_text("Date,IBM\n2013-02-28,7\n")
    answer = json.loads(xl("import", stocks.name, "--prices", "p.csv", "--json").stdout)

    assert answer["status"] == "refused"
    assert [(p["code"], p["sheet"], p["cell"]) for p in answer["problems"]] == [
        (112, "Prices", "D3273")
    ]


# -- what is shown ---------------------------------------------------------------------------------


def test_prices_later_than_as_of_are_said_not_to_count(xl: CommandLine, tmp_path: Path) -> None:
    path = made(tmp_path, "empty")
    book = openpyxl.load_workbook(path)
    book["Settings"]["B5"] = date(2020, 1, 1)
    book.save(path)
    (tmp_path / "p.csv").write_text(MIXED)
    answer = json.loads(xl("import", path.name, "--prices", "p.csv", "--dry-run", "--json").stdout)

    assert (503, "Settings", "B5") in {
        (warning["code"], warning["sheet"], warning["cell"]) for warning in answer["warnings"]
    }


def test_a_dry_run_shows_the_preview_and_writes_nothing(xl: CommandLine, stocks: Path) -> None:
    (stocks.parent / "p.csv").write_text(MIXED)
    done = xl("import", stocks.name, "--prices", "p.csv", "--dry-run")

    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "p.csv: one column a symbol."
    assert [" ".join(line.split()) for line in lines[2:5]] == [
        "Symbol In file New Same Differ First Last In Prices In plan",
        "VTI 2 2 0 0 1990-01-02 2030-01-03 new no",
        "BND 3 3 0 0 1990-01-02 2030-01-03 new no",
    ]
    assert [line.split() for line in lines[6:10]] == [
        ["Date", "VTI", "BND"],
        ["1990-01-02", "290.1", "72.5"],
        ["2012-06-30", "71.5"],
        ["2030-01-03", "291.25", "72.4"],
    ]
    assert lines[-1] == (
        "5 new prices. Prices then has 3273 rows of 6 symbols, 1990-01-02 to 2030-01-03."
    )
    assert [path.name for path in stocks.parent.iterdir() if path.suffix == ".xlsx"] == [
        "stocks.xlsx"
    ]


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_no_line_is_too_long_for_the_terminal(stocks: Path, width: int) -> None:
    (stocks.parent / "p.csv").write_text(MIXED)
    shown = shown_on_a_terminal(
        width, "import", str(stocks), "--prices", str(stocks.parent / "p.csv"), "--dry-run"
    )

    assert max(map(len, shown.splitlines())) <= width
    assert "…" not in shown


def test_json_has_the_preview_and_where_it_went(xl: CommandLine, stocks: Path) -> None:
    (stocks.parent / "p.csv").write_text(MIXED)
    done = xl("import", stocks.name, "--prices", "p.csv", "--json")
    answer = json.loads(done.stdout)

    assert answer["out"] == "stocks-imported.xlsx"
    assert answer["prices"]["symbols"][1] == {
        "symbol": "BND",
        "prices": 3,
        "new": 3,
        "same": 0,
        "differing": 0,
        "from": "1990-01-02",
        "to": "2030-01-03",
        "known": False,
        "in_book": False,
    }
    assert answer["prices"]["book"]["rows"] == 3273
    assert {warning["code"] for warning in answer["warnings"]} <= {511, 512, 513, 514, 515}


def test_the_commands_of_the_readme_work_word_for_word(xl: CommandLine, tmp_path: Path) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = [
        shlex.split(line.partition("#")[0])[1:]
        for line in text.splitlines()
        if line.startswith("    xl-rebal import ")
    ]
    made(tmp_path, "empty").rename(tmp_path / "mine.xlsx")
    (tmp_path / "prices.csv").write_text(MIXED)
    (tmp_path / "VTI.csv").write_text("Date,Close\n2030-01-03,291.25\n2030-01-04,292.5\n")

    assert len(commands) >= 3
    for words in commands:
        done = xl(*words, "--force")
        assert done.returncode == 0, (words, done.stderr)


def test_a_long_list_of_symbols_is_cut_with_its_number(xl: CommandLine, tmp_path: Path) -> None:
    made(tmp_path, "empty")
    symbols = [f"S{n}" for n in range(30)]
    rows = "\n".join(",".join([f"2025-01-{day:02d}", *["1.5"] * 30]) for day in range(1, 12))
    (tmp_path / "p.csv").write_text(",".join(["Date", *symbols]) + "\n" + rows)
    done = xl("import", "empty.xlsx", "--prices", "p.csv")

    assert "... and 10 more symbols" in done.stdout
    assert (
        "S29"
        in json.loads(xl("import", "empty.xlsx", "--prices", "p.csv", "--json", "--force").stdout)[
            "prices"
        ]["book"]["symbols"]
    )
    assert len(table(tmp_path / "empty-imported.xlsx")[0]) == 31
