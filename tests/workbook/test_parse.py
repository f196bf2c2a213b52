"""What a command asks of a book, and what it does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.generated import new
from xl_rebal.commands.command import with_settings
from xl_rebal.errors import Code, InputError
from xl_rebal.workbook.file_book import FileBook
from xl_rebal.workbook.parse import parse


def test_a_study_needs_no_volatility_of_today_since_it_estimates_those_of_each_row(
    tmp_path: Path,
) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(new("multi-asset"))
    source = with_settings(FileBook(path).read(), {"BandKind": "volatility"})

    with pytest.raises(InputError) as caught:
        parse(source)
    assert {each.code for each in caught.value.problems} == {Code.MISSING_RISK}
    assert parse(source, for_study=True).plan.bands.kind.value == "volatility"
