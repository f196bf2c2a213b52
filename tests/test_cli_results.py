"""The commands that write into a copy of a book: the table of them and what the rest of the program has."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from xl_rebal import terminal
from xl_rebal.cli import app
from xl_rebal.cli_results import RESULTS, Results
from xl_rebal.commands import COMMANDS


@pytest.mark.parametrize("command", RESULTS, ids=lambda each: each.name)
def test_a_command_that_writes_results_is_there_and_can_be_shown(command: Results) -> None:
    assert command.name in COMMANDS
    assert callable(getattr(terminal, command.show))
    said = CliRunner().invoke(app, [command.name, "--help"], env={"COLUMNS": "200"}).output
    assert command.help in said
    assert all(option in said for option in ("--in-place", "--dry-run", "--force", "--json"))


def test_whatever_is_no_mere_look_is_written() -> None:
    assert {each.name for each in RESULTS} == COMMANDS.keys() - {"check", "drift"}


@pytest.mark.parametrize("command", RESULTS, ids=lambda each: each.name)
def test_a_folder_is_no_book(command: Results) -> None:
    found = CliRunner().invoke(app, [command.name, "."])
    assert found.exit_code == 2
    assert ". is a folder and no workbook" in " ".join(found.output.split())
