"""The workbooks that are kept in the repository are what the program makes today."""

from __future__ import annotations

import io
import zipfile
from xml.etree.ElementTree import canonicalize

import pytest

from tests.generated import new
from workbooks.make import FOLDER, NAMES


def parts(book: bytes) -> dict[str, str]:
    """Parts in canonical XML: openpyxl writes other prefixes where lxml is installed."""
    with zipfile.ZipFile(io.BytesIO(book)) as package:
        return {
            name: canonicalize(package.read(name).decode(), rewrite_prefixes=True)
            for name in package.namelist()
        }


@pytest.mark.parametrize("name", list(NAMES))
def test_a_kept_workbook_is_current(name: str) -> None:
    kept = parts((FOLDER / name).read_bytes())
    made = parts(new(NAMES[name]))

    assert sorted(kept) == sorted(made)
    assert [part for part in kept if kept[part] != made[part]] == []
