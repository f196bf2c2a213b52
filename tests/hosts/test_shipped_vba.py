"""What a shipped book holds against what xlwings' own button Import Functions does, over stand-ins."""

from __future__ import annotations

import re

import pytest

from tests.excel.files import module_texts, xlam, xlsm
from tests.hosts.desktop import DesktopXlwings
from tests.hosts.test_macros import OpenBook
from udfs.excel.help_module import help_module
from xl_rebal.commands import COMMANDS
from xl_rebal.registry import FUNCTIONS

VALUE = re.compile(r'"((?:[^"]|"")*)"')


@pytest.mark.parametrize(("name", "make"), [("Book.xlsm", xlsm), ("xl_rebal.xlam", xlam)])
def test_the_wrappers_are_word_for_word_what_the_button_would_write(
    desktop: DesktopXlwings, name: str, make: object
) -> None:
    assert callable(make)
    book = desktop.screen.open_excel()._open(name, ["Data"])
    written = desktop.import_functions("udfs.functions", book)

    assert module_texts(make())["xlwings_udfs"].replace("\r\n", "\n") == written


def test_the_help_is_what_the_button_would_tell_excel(desktop: DesktopXlwings) -> None:
    excel = desktop.screen.open_excel()
    desktop.import_functions("udfs.functions", excel._open("Book.xlsm", ["Data"]))
    text = help_module(FUNCTIONS).text
    for name in FUNCTIONS:
        told = excel._help[f"'Book.xlsm'!{name}"]
        body = text.partition(f"Sub About_{name}()")[2].partition("End Sub")[0]
        said = [
            "".join(each.replace('""', '"') for each in VALUE.findall(line))
            for line in body.split("\r\n")
            if re.match(r"    (?:help|about\(\d+\)) = ", line)
        ]

        assert said == [told["Description"], *(told["ArgumentDescriptions"] or [])], name
        assert f'Describe "{name}", "{told["Category"]}", help' in body


@pytest.mark.parametrize("command", ["check", "drift", "rebalance"])
def test_the_text_behind_a_button_runs_its_command_on_the_open_book(
    desktop: DesktopXlwings, command: str
) -> None:
    book = OpenBook(desktop)
    ribbon = module_texts(xlsm())["xl_rebal_book_ribbon"]
    found = re.search(r'RunPython "(.*)" & CommandOf\(id\) & "(.*)"\r\n', ribbon)
    assert found
    desktop.run_python(f"{found[1]}{command}{found[2]}", book.com)

    assert [title for title, _ in desktop.screen.messages] == [COMMANDS[command].label]
    assert not desktop.screen.messages[0][1].startswith("#XR")
