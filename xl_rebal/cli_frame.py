"""What commands on a book share: opening it, its settings, where results go, answers in JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from xl_rebal.cli_words import refuse_ending, usage
from xl_rebal.errors import XlRebalError

if TYPE_CHECKING:
    from xl_rebal.commands import Summary
    from xl_rebal.workbook.file_book import FileBook


def open_book(path: Path, out: Path | None = None, **more: Any) -> FileBook:
    """The book, and where its results are written."""
    from xl_rebal.workbook.file_book import FileBook

    return FileBook(path, out, **more)


def run(name: str, book: FileBook, overrides: dict[str, str]) -> Summary:
    """The command of that name, on the book."""
    from xl_rebal.commands import COMMANDS

    return COMMANDS[name].run(book, overrides)


def overrides_of(settings: Sequence[str] | None) -> dict[str, str]:
    """The settings of ``--set``."""
    found = {}
    for pair in settings or ():
        key, equals, value = pair.partition("=")
        if not equals:
            raise usage(f"--set {pair}: expected KEY=VALUE")
        found[key.strip()] = value
    return found


def ending_of(book: Path) -> str:
    """How a copy of the book must end: with macros inside, Excel opens no .xlsx."""
    return book.suffix if book.suffix.lower() in (".xlsx", ".xlsm") else ".xlsx"


def refuse_out(book: Path, out: Path | None) -> None:
    """What ``-o`` names must end as a copy of the book does."""
    if out is not None:
        refuse_ending(out, ending_of(book), "-o")


def target_of(book: Path, out: Path | None, in_place: bool, tail: str) -> Path:
    """Where results go: the book itself, ``out``, or beside the book under a name of its own."""
    if in_place and out is not None:
        raise usage("--in-place and -o exclude each other")
    if not book.name:
        raise usage(f"{book} is a folder and no workbook")
    target = book if in_place else out or book.with_name(f"{book.stem}-{tail}{ending_of(book)}")
    if not in_place and target.exists() and book.exists() and target.samefile(book):
        raise usage("the output is the book itself; say --in-place if you mean it")
    return target


@contextmanager
def refusals(json_: bool) -> Iterator[None]:
    """With --json a refusal is said in JSON as well."""
    try:
        yield
    except XlRebalError as error:
        if json_:
            from xl_rebal.answers import SCHEMA, problems_of

            print_json({"schema": SCHEMA, "status": "refused", "problems": problems_of(error)})
        raise


def print_answer(summary: Summary, out: Path | None) -> None:
    """What a command found, in JSON."""
    from xl_rebal.answers import answer_of

    print_json(answer_of(summary, out))


def print_json(value: object) -> None:
    typer.echo(json.dumps(value, indent=2, default=str, allow_nan=False))
