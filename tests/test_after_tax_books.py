"""The command aftertax over whole books: the engine's own numbers, on the sheet and in words."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook import Workbook
from typer.testing import CliRunner, Result

from tests.generated import new
from tests.workbook.test_charts import C, chart_roots
from xl_rebal import cli
from xl_rebal.commands.study import study_of_book
from xl_rebal.engine.after_tax import AfterTaxRules, Compared, HarvestRules, TaxDue, compare
from xl_rebal.engine.study import Study
from xl_rebal.model.plan import Method
from xl_rebal.model.schedule import Schedule
from xl_rebal.tax.methods import LotMethod
from xl_rebal.workbook.file_book import FileBook
from xl_rebal.workbook.layout import SETTINGS_BY_NAME
from xl_rebal.workbook.layout_after_tax import AFTER_TAX, AFTER_TAX_CHART, TAX_YEARS
from xl_rebal.workbook.parse import parse

# 92 x 430.47 + 17 x 806.19 + 85 x 202.91 + 310 x 27.95 + 2,200.50: the brokerage account, not the IRA
BROKERAGE = 81_420.82


def ran(*words: str) -> Result:
    return CliRunner().invoke(cli.app, words)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("after_tax") / "book.xlsx"
    path.write_bytes(new("stocks"))
    return path


@pytest.fixture(scope="module")
def study(book: Path) -> Study:
    return study_of_book(parse(FileBook(book, None).read(), for_study=True))


@pytest.fixture(scope="module")
def direct(study: Study) -> list[Compared]:
    methods = (None, Method.CALENDAR, Method.THRESHOLD, Method.CALENDAR_THRESHOLD)
    policies = {str(method): study.policy(method) for method in methods}
    conventions = replace(study.conventions, capital=BROKERAGE)
    return list(compare(study.prices, policies, conventions, AfterTaxRules()))


@pytest.fixture(scope="module")
def answer(book: Path) -> dict[str, Any]:
    done = ran("aftertax", str(book), "--json", "--set", "StudyBands=5%")
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found


@pytest.fixture(scope="module")
def written(answer: dict[str, Any]) -> Workbook:
    return openpyxl.load_workbook(answer["out"])


def cells(written: Workbook, layout: Any) -> list[tuple[Any, ...]]:
    sheet = written[layout.sheet]
    area = sheet[sheet.tables[layout.name].ref]
    return [tuple(cell.value for cell in row) for row in area[1:]]


def test_the_answer_has_the_numbers_of_the_engine(
    answer: dict[str, Any], direct: list[Compared]
) -> None:
    rows = answer["after_tax"]

    assert answer["capital"] == pytest.approx(BROKERAGE)
    assert answer["capital_of"] == ["Brokerage"]
    assert len(rows) == len(direct) + 2
    for row, expected in zip(rows, direct, strict=False):
        assert row["harvesting"] == expected.harvests
        assert row["pre_tax"] == pytest.approx(expected.pre_tax)
        assert row["after_tax"] == pytest.approx(expected.after_tax)
        assert row["liquidation"] == pytest.approx(expected.liquidation)
        assert row["tax_bp"] == pytest.approx(expected.tax_bp)
        assert row["drag_bp"] == pytest.approx(expected.drag_bp)
        assert row["harvests"] == len(expected.result.harvests)
        assert row["harvested"] == pytest.approx(expected.result.harvested)
        if expected.harvest_bp is None:
            assert row["harvest_bp"] is None
        else:
            assert row["harvest_bp"] == pytest.approx(expected.harvest_bp)
    assert [(row["policy"], row["band"]) for row in rows[-2:]] == [("Threshold", 0.05)] * 2
    own = [row for row in rows if row["own"]]
    assert [(row["policy"], row["band"], row["harvesting"]) for row in own] == [
        ("Threshold", None, False), ("Threshold", None, True)
    ]  # fmt: skip


def test_the_sheet_shows_what_the_answer_says(written: Workbook, answer: dict[str, Any]) -> None:
    rows = cells(written, AFTER_TAX)
    at = AFTER_TAX.headers.index

    assert [row[at("Policy")] for row in rows[::2]] == [
        "Never", "Calendar, quarterly", "Threshold", "Calendar+threshold, quarterly", "Threshold ±5 %"
    ]  # fmt: skip
    for row, said in zip(rows, answer["after_tax"], strict=True):
        assert row[at("CAGR after tax")] == pytest.approx(said["after_tax"])
        assert row[at("Behind the best bp")] == pytest.approx(said["behind_bp"])
        assert row[at("Liquidation value")] == pytest.approx(said["liquidation"])
        assert (row[at("Harvesting")], row[at("This book")]) == (
            "Yes" if said["harvesting"] else "No",
            "this book" if said["own"] else None,
        )
    assert [row[at("Harvests")] for row in rows[::2]] == [None] * 5
    assert all(row[at("Losses harvested")] > 0 for row in rows[1::2])
    years = cells(written, TAX_YEARS)
    assert [(y["year"], y["without"], y["with"]) for y in answer["taxes_by_year"]] == [
        (row[0], pytest.approx(row[1]), pytest.approx(row[2])) for row in years
    ]
    own = [row for row in answer["after_tax"] if row["own"]]
    assert [sum(row[column] for row in years) for column in (1, 2)] == [
        pytest.approx(row["tax_paid"]) for row in own
    ]
    bars = cells(written, AFTER_TAX_CHART)
    assert [value for row in bars for value in row[1:]] == [
        pytest.approx(row["after_tax"]) for row in answer["after_tax"]
    ]


def test_the_sheet_says_by_which_rules(
    written: Workbook, answer: dict[str, Any], direct: list[Compared]
) -> None:
    sheet = written["After tax"]
    texts = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value]

    assert "\n".join(direct[1].result.conventions) in texts
    assert any("an upper bound: each loss is exchanged for a twin" in text for text in texts)
    assert any("begins with 81,420.82, the value of Brokerage." in text for text in texts)
    assert answer["conventions"][1:] == list(direct[1].result.conventions)


def test_both_charts_show_their_axes_and_both_series(answer: dict[str, Any]) -> None:
    roots = chart_roots(Path(answer["out"]).read_bytes(), "After tax")

    assert len(roots) == 2
    for root in roots:
        assert len(list(root.iter(f"{C}ser"))) == 2
        for axis in (*root.iter(f"{C}catAx"), *root.iter(f"{C}valAx")):
            hidden = axis.find(f"{C}delete")
            assert hidden is not None
            assert hidden.get("val") == "0"
        for inverted in root.iter(f"{C}invertIfNegative"):
            assert inverted.get("val") == "0"


def test_the_terminal_says_both_growths_and_the_rules(book: Path) -> None:
    done = ran("aftertax", str(book), "--dry-run", "--set", "StudyBands=5%")

    assert done.exit_code == 0
    assert "Threshold *" in done.stdout
    assert "Gains are taxed at 37 % short-term" in " ".join(done.stdout.split())
    assert "Threshold: 26.23 % a year before tax, 21.87 % after it" in " ".join(done.stdout.split())


def test_settings_of_the_book_reach_the_engine(book: Path, study: Study) -> None:
    words = (
        "StudyBands=5%", "LotMethod=hifo", "HarvestFrequency=63", "TaxesDue=april", "LongRate=15%",
        "StateRate=5%", "HarvestMinPct=10%",
    )  # fmt: skip
    options = [each for word in words for each in ("--set", word)]
    done = ran("aftertax", str(book), "--json", "--dry-run", *options)
    found = json.loads(done.stdout)
    said = " ".join(found["conventions"])

    for part in (
        "42 % short-term and 20 % long-term", "lots of the highest basis are sold first",
        "has. Every 63 rows, before", "at least 10 % of their basis", "first row on or after 15 April",
    ):  # fmt: skip
        assert part in said
    rules = AfterTaxRules(
        0.42, 0.20, 0.42, method=LotMethod.HIFO, due=TaxDue.APRIL,
        harvest=HarvestRules(Schedule(every=63), 0.10),
    )  # fmt: skip
    conventions = replace(study.conventions, capital=BROKERAGE)
    never = compare(study.prices, {"Never": study.policy(None)}, conventions, rules)
    assert [row["liquidation"] for row in found["after_tax"][:2]] == [
        pytest.approx(row.liquidation) for row in never
    ]


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [("LotMethod", "specific", 112), ("StateRate", 0.63, 105), ("HarvestFrequency", 9999, 105),
     ("HarvestFrequency", "fortnightly", 104), ("TaxesDue", "May", 104)],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_its_cell_and_nothing_is_written(
    book: Path, tmp_path: Path, name: str, value: object, code: int
) -> None:
    changed, out = tmp_path / "changed.xlsx", tmp_path / "out.xlsx"
    made = openpyxl.load_workbook(book)
    ((sheet, cell),) = made.defined_names[SETTINGS_BY_NAME[name].defined_name].destinations
    made[sheet][cell].value = value
    made.save(changed)
    done = ran("aftertax", str(changed), "-o", str(out), "--json")

    (problem,) = json.loads(done.stdout)["problems"]
    place = cell.replace("$", "")
    # the short-term rate is the first that the state makes too high
    if name == "StateRate":
        ((_, cell),) = made.defined_names["set_ShortRate"].destinations
        place = cell.replace("$", "")
    assert (problem["code"], problem["sheet"], problem["cell"]) == (code, "Settings", place)
    assert problem["expected"]
    assert not out.exists()
