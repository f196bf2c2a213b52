"""Every file of the corpus: its prices, or all its problems."""

from __future__ import annotations

import re

import pytest

from tests.imports.price_corpus import BROKEN, GOOD, Broken, Good
from xl_rebal.errors import InputError
from xl_rebal.imports.price_file import PriceFile, read_prices

_UNFIT_FOR_PEOPLE = re.compile(r"None|<\w+[.: ]|datetime|Traceback|\bnan\b|Field\.|Order\.")


def read(case: Good | Broken) -> PriceFile:
    content = case.content if isinstance(case.content, bytes) else case.content.encode()
    return read_prices(content, case.name, case.hints, case.facts)


def quotes(file: PriceFile) -> dict[str, dict[str, float]]:
    """Prices by symbol and date, the missing ones left out."""
    found: dict[str, dict[str, float]] = {symbol: {} for symbol in file.prices.symbols}
    for day, values in zip(file.prices.dates, file.prices.values.tolist(), strict=True):
        for symbol, value in zip(file.prices.symbols, values, strict=True):
            if value == value:
                found[symbol][day.isoformat()] = value
    return found


@pytest.mark.parametrize("case", GOOD, ids=lambda case: case.id)
def test_a_good_file_is_read_with_these_prices(case: Good) -> None:
    file = read(case)

    assert quotes(file) == case.quotes
    assert file.adjusted is case.adjusted
    assert set(case.said) <= set(file.how), file.how
    assert not [sentence for sentence in file.how if _UNFIT_FOR_PEOPLE.search(sentence)]


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: case.id)
def test_a_broken_file_is_refused_with_every_problem_and_its_place(case: Broken) -> None:
    with pytest.raises(InputError) as refused:
        read(case)
    problems = refused.value.problems

    assert [f"{int(p.code)} {p.where}" for p in problems] == list(case.problems), problems
    said = "\n".join(map(str, problems))
    assert [word for word in case.words if word not in said] == [], said
    assert not _UNFIT_FOR_PEOPLE.search(said), said
    for problem in problems:
        assert problem.found.strip()
        assert problem.expected.strip()
        assert problem.fix.endswith((".", "?")), problem


def test_the_corpus_names_each_file_once() -> None:
    names = [case.id for case in (*GOOD, *BROKEN)]

    assert len(set(names)) == len(names) >= 90


@pytest.mark.parametrize("case", GOOD, ids=lambda case: case.id)
def test_the_place_of_a_price_is_where_its_number_stands(case: Good) -> None:
    file = read(case)
    for day in range(len(file.prices.dates)):
        for symbol in range(len(file.prices.symbols)):
            if file.prices.values[day, symbol] != file.prices.values[day, symbol]:
                continue
            raw = file.rows.at(int(file.row[day, symbol]), int(file.column[symbol]))
            digits = re.sub(r"\D", "", str(raw)).rstrip("0")
            wanted = re.sub(r"\D", "", f"{file.prices.values[day, symbol]:.10g}").rstrip("0")
            assert digits == wanted
