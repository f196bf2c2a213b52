"""VBA that real Excel has saved (xlwings ships it) reads back as the text that xlwings ships too."""

from __future__ import annotations

import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
import xlwings
from hypothesis import given
from hypothesis import strategies as st

from xl_rebal.doctor.vba_text import decompressed, modules, read_wrappers

SHIPPED = Path(xlwings.__file__).parent


def project(name: str) -> bytes:
    with zipfile.ZipFile(SHIPPED / name) as book:
        return book.read("xl/vbaProject.bin")


def lines(text: str) -> list[str]:
    """The code of a module, without its attributes (the .bas file has fewer of them)."""
    return [line.rstrip() for line in text.splitlines() if not line.startswith("Attribute ")]


@pytest.mark.parametrize(
    ("book", "source"),
    [
        ("quickstart_addin.xlam", "xlwings_custom_addin.bas"),
        ("quickstart_standalone.xlsm", "xlwings.bas"),
    ],
)
def test_a_module_of_a_book_is_the_text_that_it_was_made_from(book: str, source: str) -> None:
    text = (SHIPPED / source).read_bytes().decode("latin-1")
    assert lines(text) in [lines(module) for module in modules(project(book))]


def test_the_version_of_xlwings_is_read_and_no_function_is_invented() -> None:
    found = read_wrappers(project("quickstart_standalone.xlsm"))
    assert (found.xlwings, dict(found.functions)) == (xlwings.__version__, {})


def test_functions_are_read_with_their_arguments(monkeypatch: pytest.MonkeyPatch) -> None:
    text = (
        'Public Const XLWINGS_VERSION As String = "0.37.8"\r\n'
        "Function XR_DRIFT(current, target, _\r\n    Optional metric, Optional ByVal risk As Variant = 1)\r\n"
        "    XR_DRIFT = XR_HELP(current)\r\nEnd Function\r\n"
        "Public Function XR_VERSION()\r\n'Function XR_NOT(a)\r\nFunction Other(b)\r\n"
    )
    monkeypatch.setattr("xl_rebal.doctor.vba_text.modules", lambda _: iter([text]))

    found = read_wrappers(b"")

    assert found.functions == {
        "XR_DRIFT": ("current", "target", "metric", "risk"),
        "XR_VERSION": (),
    }
    assert found.xlwings == "0.37.8"


def test_text_that_does_not_compress_comes_back() -> None:
    # 3.2.1 of MS-OVBA
    container = bytes.fromhex("0119B000616263646566676800696A6B6C6D6E6F70007172737475762E")
    assert decompressed(container) == b"abcdefghijklmnopqrstuv."


@given(st.data())
def test_a_damaged_project_is_a_value_error_and_nothing_else(data: st.DataObject) -> None:
    broken = bytearray(project("quickstart.xlsm"))
    for _ in range(data.draw(st.integers(1, 4))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    del broken[data.draw(st.integers(0, len(broken))) :]
    with suppress(ValueError):
        read_wrappers(bytes(broken))
