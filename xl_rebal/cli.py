"""The command line: the same commands as in the spreadsheet. Data on stdout, talk on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xl_rebal import __version__
from xl_rebal import cli_options as options
from xl_rebal.cli_addin import addin, with_macros
from xl_rebal.cli_frame import (
    open_book,
    overrides_of,
    print_answer,
    print_json,
    refusals,
    refuse_out,
    run,
    target_of,
)
from xl_rebal.cli_options import Book, DryRun, Force, InPlace, Json, Out, Quiet, Set
from xl_rebal.cli_results import add_to
from xl_rebal.cli_words import refuse_ending, talk, usage
from xl_rebal.errors import Code, Problem, WriteError, XlRebalError

if TYPE_CHECKING:
    from xl_rebal.imports.preview import Preview

OUT_OF_BAND, DOES_NOT_FIT = 10, 3

app = typer.Typer(
    name="xl-rebal",
    help="Rebalance a portfolio that lives in a workbook.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

app.command()(addin)


def main() -> None:
    """Run the command line; a user's mistake ends in words and its own exit status."""
    try:
        # without standalone mode an Exit is the value that the call returns
        sys.exit(app(standalone_mode=False) or 0)
    except XlRebalError as error:
        _print_problems(error)
        sys.exit(error.exit_status)
    except (typer.Abort, KeyboardInterrupt):
        sys.exit(130)
    except Exception as error:
        # typer's own usage errors know how to show themselves; anything else is our bug.
        show = getattr(error, "show", None)
        if show is None:
            raise
        show()
        sys.exit(2)


@app.command()
def new(
    path: Annotated[Path, typer.Argument(help="The workbook to make.", show_default=False)],
    example: Annotated[
        str | None,
        typer.Option(
            "--example", metavar="NAME", help="Fill it: stocks (real prices) or multi-asset."
        ),
    ] = None,
    xlsm: Annotated[
        bool, typer.Option("--xlsm", help="With macros, functions and ribbon for Excel (.xlsm).")
    ] = False,
    interpreter: options.InterpreterPath = None,
    force: Force = False,
) -> None:
    """Make a workbook: empty, or filled with an example."""
    from xl_rebal.examples import CONTENTS
    from xl_rebal.generate import generate
    from xl_rebal.workbook.files import write_file

    content = CONTENTS.get(example or "empty")
    if content is None or example == "empty":
        from xl_rebal.wording import listed

        names = [name for name in CONTENTS if name != "empty"]
        raise usage(f"no example {example!r}; there is {listed(names, 'and')}")
    xlsm = xlsm or path.suffix.lower() == ".xlsm"
    refuse_ending(path, ".xlsm" if xlsm else ".xlsx", "path")
    if interpreter is not None and not xlsm:
        raise usage("--interpreter is for workbooks with macros (.xlsm)")
    book = generate(content())
    steps: Sequence[str] = ()
    if xlsm:
        book, steps = with_macros(book, interpreter)
    write_file(path, book, replace=force, option="")
    typer.echo(path)
    for step in steps:
        talk(step)
    if example is None:
        talk("Fill in Holdings and Targets, save, then run: xl-rebal rebalance " + str(path))


@app.command()
def demo(
    folder: Annotated[Path, typer.Option("--folder", help="Where to put the books.")] = Path(),
    json_: Json = False,
) -> None:
    """Make an example book with real prices, rebalance it and show the trades."""
    from xl_rebal.examples import CONTENTS
    from xl_rebal.generate import generate
    from xl_rebal.terminal import show_trades
    from xl_rebal.workbook.files import write_file

    with refusals(json_):
        _refuse_no_folder(folder)
        book, out = _free_names(folder)
        write_file(book, generate(CONTENTS["stocks"]()), replace=False, option="--folder")
        summary = run("rebalance", open_book(book, out), {})
    if json_:
        print_answer(summary, out)
        return
    show_trades(summary)
    typer.echo(f"\nThe book you would fill in:  {book}")
    typer.echo(f"The same with its trades:    {out}")


def _free_names(folder: Path) -> tuple[Path, Path]:
    """Names that no file has yet: a demo never overwrites."""
    number = 1
    while True:
        tail = "" if number == 1 else f"-{number}"
        book = folder / f"xl-rebal-demo{tail}.xlsx"
        out = folder / f"xl-rebal-demo{tail}-rebalanced.xlsx"
        if not book.exists() and not out.exists():
            return book, out
        number += 1


@app.command()
def check(
    book: Book,
    out: Out = None,
    force: Force = False,
    json_: Json = False,
    settings: Set = None,
    quiet: Quiet = False,
) -> None:
    """Say everything that is wrong with a book; exit status 3 if anything is.

    With -o a copy is written whose sheet Checks lists it, each with a link to its cell.
    """
    with refusals(json_):
        refuse_out(book, out)
        file = open_book(book, out, replace=force)
        try:
            summary = run("check", file, overrides_of(settings))
        finally:
            if file.is_written and not (json_ or quiet):
                talk(f"The list is on the sheet Checks of {out}")
    if json_:
        print_answer(summary, out)
    elif not quiet:
        from xl_rebal.terminal import show_check

        show_check(summary)


@app.command()
def drift(
    book: Book,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit with 10 when something is out of its band.")
    ] = False,
    json_: Json = False,
    settings: Set = None,
) -> None:
    """Show how far every account is from its targets."""
    with refusals(json_):
        summary = run("drift", open_book(book), overrides_of(settings))
    if json_:
        print_answer(summary, None)
    else:
        from xl_rebal.terminal import show_drift

        show_drift(summary)
    if exit_code and summary.status == "out":
        raise typer.Exit(OUT_OF_BAND)


add_to(app, "rebalance", "harvest")


@app.command()
def form8949(
    book: Book,
    year: options.TaxYear = None,
    out: Out = None,
    dry_run: DryRun = False,
    force: Force = False,
    json_: Json = False,
    settings: Set = None,
    quiet: Quiet = False,
) -> None:
    """Write the sales of a year in Transactions as rows of IRS Form 8949 (.csv)."""
    from xl_rebal.commands.form_8949 import form_of
    from xl_rebal.workbook.files import write_file

    with refusals(json_):
        if out is not None:
            refuse_ending(out, ".csv", "-o", "Only .csv is written")
        found = form_of(open_book(book), overrides_of(settings), year)
        target = out or book.with_name(f"{book.stem}-form-8949-{found.year}.csv")
        if not dry_run:
            write_file(target, found.text.encode(), replace=force)
    if json_:
        from xl_rebal.answers import of_form

        answer = of_form(found)
        print_json(answer if dry_run else {**answer, "out": str(target)})
        return
    if not quiet:
        for note in found.notes:
            talk(f"Note: {note}")
        talk(found.sentence)
    typer.echo(found.text.removesuffix("\n") if dry_run else target)


@app.command("import")
def import_(
    book: Book,
    prices: options.PricesFile,
    out: Out = None,
    in_place: InPlace = False,
    dry_run: DryRun = False,
    prefer: options.Preferred = None,
    symbol: options.Symbol = None,
    dates: options.Dates = None,
    decimal: options.DecimalSign = None,
    close: options.WhichClose = None,
    sheet: options.SheetName = None,
    force: Force = False,
    json_: Json = False,
    quiet: Quiet = False,
) -> None:
    """Bring the prices of a file into a copy of the book, merged by date and symbol."""
    from xl_rebal.importing import import_prices
    from xl_rebal.imports.preview import as_json
    from xl_rebal.imports.price_file import Hints

    target = target_of(book, out, in_place, "imported")
    written = None if dry_run else target
    with refusals(json_):
        refuse_out(book, out)
        file = open_book(book, written, replace=in_place or force)
        hints = Hints(symbol, dates, decimal, close, sheet)
        show = None if json_ or quiet else _show_import
        found = import_prices(file, prices, hints, prefer, show)
    if json_:
        from xl_rebal.answers import of_notes

        answer = {**of_notes(found.status, found.notes), "prices": as_json(found)}
        print_json(answer if written is None else {**answer, "out": str(written)})
    elif written is not None:
        typer.echo(written)


add_to(app, "backtest", "bands", "aftertax")


@app.command()
def functions(
    name: Annotated[str | None, typer.Argument(help="One function in full.")] = None,
    json_: Json = False,
) -> None:
    """List the worksheet functions, or explain one."""
    from xl_rebal.registry import FUNCTIONS
    from xl_rebal.terminal_help import show_function, show_functions

    chosen = [FUNCTIONS[name]] if name else list(FUNCTIONS.values())
    if json_:
        print_json(
            [
                {
                    "name": spec.name, "signature": spec.signature, "help": spec.help,
                    "returns": spec.returns, "example": list(spec.example),
                    "arguments": [
                        {"name": p.name, "help": p.help, "optional": p.optional}
                        for p in spec.parameters
                    ],
                }
                for spec in chosen
            ]
        )  # fmt: skip
    elif name:
        show_function(chosen[0])
    else:
        show_functions(chosen)


@app.command()
def call(
    name: Annotated[str, typer.Argument(help="For example XR_DRIFT.", show_default=False)],
    arguments: Annotated[
        str, typer.Argument(help="A JSON list, for example '[[[0.6],[0.4]], [[0.5],[0.5]]]'.")
    ] = "[]",
) -> None:
    """Call a worksheet function as a cell would: JSON in, JSON out."""
    from xl_rebal.registry import FUNCTIONS

    spec = FUNCTIONS[name]
    try:
        cells = json.loads(arguments)
    except json.JSONDecodeError as error:
        raise usage(f"the arguments are no JSON: {error}") from None
    if not isinstance(cells, list):
        raise usage("the arguments must be a JSON list, one item an argument")
    typer.echo(json.dumps(spec(*cells), default=str))


@app.command()
def doctor(book: options.OptionalBook = None, json_: Json = False) -> None:
    """Say whether Excel, xlwings, Python, LibreOffice and a book fit together; exit status 3 if not."""
    from xl_rebal.doctor import diagnose, gather, status_of

    with refusals(json_):
        found = diagnose(*gather(book))
    if json_:
        from xl_rebal.answers import of_notes

        listed = [asdict(finding) for finding in found]
        print_json({**of_notes(status_of(found), ()), "findings": listed})
    else:
        from xl_rebal.terminal_help import show_findings

        show_findings(found)
    if status_of(found) != "ok":
        raise typer.Exit(DOES_NOT_FIT)


@app.callback(invoke_without_command=True)
def version(
    show: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if show:
        typer.echo(f"xl_rebal {__version__}")
        raise typer.Exit


def _refuse_no_folder(folder: Path) -> None:
    if not folder.is_dir():
        found = f"{str(folder)!r}, which is {'a file' if folder.exists() else 'not there'}"
        raise WriteError(
            Problem(Code.CANNOT_WRITE, found, "a folder", "Make it first, or name another.",
                    argument="--folder")
        )  # fmt: skip


def _show_import(found: Preview) -> None:
    from xl_rebal.terminal import show_import

    show_import(found)


def _print_problems(error: XlRebalError) -> None:
    for problem in error.problems:
        talk(str(problem))
    count = len(error.problems)
    if count > 1:
        talk(f"{count} problems; nothing was written.")


if __name__ == "__main__":
    main()
