"""The command line: the same commands as in the spreadsheet. Data on stdout, talk on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from xl_rebal import __version__
from xl_rebal import cli_options as options
from xl_rebal.cli_addin import addin, with_macros
from xl_rebal.cli_words import refuse_ending as _refuse_ending
from xl_rebal.cli_words import talk as _talk
from xl_rebal.cli_words import usage as _usage
from xl_rebal.errors import Code, Problem, WriteError, XlRebalError

if TYPE_CHECKING:
    from xl_rebal.commands import Summary
    from xl_rebal.imports.preview import Preview
    from xl_rebal.workbook.file_book import FileBook

OUT_OF_BAND, DOES_NOT_FIT = 10, 3

app = typer.Typer(
    name="xl-rebal",
    help="Rebalance a portfolio that lives in a workbook.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Book = Annotated[Path, typer.Argument(help="The workbook (.xlsx or .xlsm).", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="Print JSON with unrounded numbers.")]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Override a setting, for example CostBp=5."),
]
Quiet = Annotated[bool, typer.Option("--quiet", help="Say nothing but the result.")]
Out = Annotated[
    Path | None,
    typer.Option("-o", "--out", help="Where to write the result.", show_default=False),
]
InPlace = Annotated[
    bool, typer.Option("--in-place", help="Write the results into the book itself.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show the result, write nothing.")]
Force = options.Force

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
        raise _usage(f"no example {example!r}; there is {listed(names, 'and')}")
    xlsm = xlsm or path.suffix.lower() == ".xlsm"
    _refuse_ending(path, ".xlsm" if xlsm else ".xlsx", "path")
    if interpreter is not None and not xlsm:
        raise _usage("--interpreter is for workbooks with macros (.xlsm)")
    book = generate(content())
    steps: Sequence[str] = ()
    if xlsm:
        book, steps = with_macros(book, interpreter)
    write_file(path, book, replace=force, option="")
    typer.echo(path)
    for step in steps:
        _talk(step)
    if example is None:
        _talk("Fill in Holdings and Targets, save, then run: xl-rebal rebalance " + str(path))


@app.command()
def demo(
    folder: Annotated[Path, typer.Option("--folder", help="Where to put the books.")] = Path(),
    json_: Json = False,
) -> None:
    """Make an example book with real prices, rebalance it and show the trades."""
    from xl_rebal.examples import CONTENTS
    from xl_rebal.generate import generate
    from xl_rebal.workbook.files import write_file

    with _refusals(json_):
        _refuse_no_folder(folder)
        book, out = _free_names(folder)
        write_file(book, generate(CONTENTS["stocks"]()), replace=False, option="--folder")
        summary = _rebalance(book, out, {}, replace=False)
    if json_:
        _print_json(_answer(summary, out))
        return
    _show_trades(summary)
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
    with _refusals(json_):
        if out is not None:
            _refuse_ending(out, _ending(book), "-o")
        file = _open(book, out, replace=force)
        try:
            summary = _run("check", file, _overrides(settings))
        finally:
            if file.is_written and not (json_ or quiet):
                _talk(f"The list is on the sheet Checks of {out}")
    if json_:
        _print_json(_answer(summary, out))
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
    with _refusals(json_):
        summary = _run("drift", _open(book), _overrides(settings))
    if json_:
        _print_json(_answer(summary, None))
    else:
        from xl_rebal.terminal import show_drift

        show_drift(summary)
    if exit_code and summary.status == "out":
        raise typer.Exit(OUT_OF_BAND)


@app.command()
def rebalance(
    book: Book,
    out: Out = None,
    in_place: InPlace = False,
    dry_run: DryRun = False,
    force: Force = False,
    json_: Json = False,
    settings: Set = None,
    quiet: Quiet = False,
) -> None:
    """Work out the trades and write them into a copy of the book."""
    target = _target(book, out, in_place, "rebalanced")
    written = None if dry_run else target
    with _refusals(json_):
        if out is not None:
            _refuse_ending(out, _ending(book), "-o")
        say = None if quiet or json_ else _talk
        overrides = _overrides(settings)
        summary = _rebalance(book, written, overrides, replace=in_place or force, say=say)
    _tell(summary, written, _show_trades, json_, quiet)


@app.command()
def harvest(
    book: Book,
    out: Out = None,
    in_place: InPlace = False,
    dry_run: DryRun = False,
    force: Force = False,
    json_: Json = False,
    settings: Set = None,
    quiet: Quiet = False,
) -> None:
    """Find the losses worth taking, and write them and the trades that follow into a copy of the book."""
    target = _target(book, out, in_place, "harvested")
    written = None if dry_run else target
    with _refusals(json_):
        if out is not None:
            _refuse_ending(out, _ending(book), "-o")
        file = _open(
            book, written, replace=in_place or force, say=None if quiet or json_ else _talk
        )
        summary = _run("harvest", file, _overrides(settings))
    _tell(summary, written, _show_harvest, json_, quiet)


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

    with _refusals(json_):
        if out is not None:
            _refuse_ending(out, ".csv", "-o", "Only .csv is written")
        found = form_of(_open(book), _overrides(settings), year)
        target = out or book.with_name(f"{book.stem}-form-8949-{found.year}.csv")
        if not dry_run:
            write_file(target, found.text.encode(), replace=force)
    if json_:
        from xl_rebal.answers import of_form

        answer = of_form(found)
        _print_json(answer if dry_run else {**answer, "out": str(target)})
        return
    if not quiet:
        for note in found.notes:
            _talk(f"Note: {note}")
        _talk(found.sentence)
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

    target = _target(book, out, in_place, "imported")
    written = None if dry_run else target
    with _refusals(json_):
        if out is not None:
            _refuse_ending(out, _ending(book), "-o")
        file = _open(book, written, replace=in_place or force)
        hints = Hints(symbol, dates, decimal, close, sheet)
        show = None if json_ or quiet else _show_import
        found = import_prices(file, prices, hints, prefer, show)
    if json_:
        from xl_rebal.answers import of_notes

        answer = {**of_notes(found.status, found.notes), "prices": as_json(found)}
        _print_json(answer if written is None else {**answer, "out": str(written)})
    elif written is not None:
        typer.echo(written)


@app.command()
def backtest(
    book: Book,
    out: Out = None,
    in_place: InPlace = False,
    dry_run: DryRun = False,
    force: Force = False,
    json_: Json = False,
    settings: Set = None,
    quiet: Quiet = False,
) -> None:
    """Compare the book's policy with its rivals on its past prices."""
    from xl_rebal.terminal import show_backtest

    summary, written = _study(
        "backtest", book, out, in_place, dry_run, force, json_, settings, quiet
    )
    _tell(summary, written, show_backtest, json_, quiet)


@app.command()
def bands(
    book: Book,
    out: Out = None,
    in_place: InPlace = False,
    dry_run: DryRun = False,
    force: Force = False,
    json_: Json = False,
    settings: Set = None,
    quiet: Quiet = False,
) -> None:
    """Compare widths of bands and dates: cost a year against tracking error, timing luck."""
    from xl_rebal.terminal import show_bands

    summary, written = _study("bands", book, out, in_place, dry_run, force, json_, settings, quiet)
    _tell(summary, written, show_bands, json_, quiet)


@app.command()
def aftertax(
    book: Book,
    out: Out = None,
    in_place: InPlace = False,
    dry_run: DryRun = False,
    force: Force = False,
    json_: Json = False,
    settings: Set = None,
    quiet: Quiet = False,
) -> None:
    """Compare policies after tax on past prices, without and with harvesting."""
    from xl_rebal.terminal import show_after_tax

    summary, written = _study(
        "aftertax", book, out, in_place, dry_run, force, json_, settings, quiet
    )
    _tell(summary, written, show_after_tax, json_, quiet)


def _study(
    name: str, book: Path, out: Path | None, in_place: bool, dry_run: bool, force: bool,
    json_: bool, settings: list[str] | None, quiet: bool,
) -> tuple[Summary, Path | None]:  # fmt: skip
    """A study of past prices: what it found, and where it was written."""
    target = _target(book, out, in_place, name)
    written = None if dry_run else target
    with _refusals(json_):
        if out is not None:
            _refuse_ending(out, _ending(book), "-o")
        overrides = _overrides(settings)
        from xl_rebal.terminal import progress_bar

        with progress_bar(hidden=json_ or quiet) as show:
            file = _open(book, written, replace=in_place or force, show_progress=show)
            return _run(name, file, overrides), written


def _tell(
    summary: Summary,
    written: Path | None,
    show: Callable[[Summary], None],
    json_: bool,
    quiet: bool,
) -> None:
    """What a command found, in JSON or as ``show`` shows it, and where it was written."""
    if json_:
        _print_json(_answer(summary, written))
        return
    if not quiet:
        show(summary)
    if written is not None:
        typer.echo(written)


def _target(book: Path, out: Path | None, in_place: bool, tail: str) -> Path:
    """Where results go: the book itself, ``out``, or beside the book under a name of its own."""
    if in_place and out is not None:
        raise _usage("--in-place and -o exclude each other")
    target = book if in_place else out or book.with_name(f"{book.stem}-{tail}{_ending(book)}")
    if not in_place and target.exists() and book.exists() and target.samefile(book):
        raise _usage("the output is the book itself; say --in-place if you mean it")
    return target


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
        _print_json(
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
        raise _usage(f"the arguments are no JSON: {error}") from None
    if not isinstance(cells, list):
        raise _usage("the arguments must be a JSON list, one item an argument")
    typer.echo(json.dumps(spec(*cells), default=str))


@app.command()
def doctor(book: options.OptionalBook = None, json_: Json = False) -> None:
    """Say whether Excel, xlwings, Python, LibreOffice and a book fit together; exit status 3 if not."""
    from xl_rebal.doctor import diagnose, gather, status_of

    with _refusals(json_):
        found = diagnose(*gather(book))
    if json_:
        from xl_rebal.answers import of_notes

        listed = [asdict(finding) for finding in found]
        _print_json({**of_notes(status_of(found), ()), "findings": listed})
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


def _overrides(settings: Sequence[str] | None) -> dict[str, str]:
    found = {}
    for pair in settings or ():
        key, equals, value = pair.partition("=")
        if not equals:
            raise _usage(f"--set {pair}: expected KEY=VALUE")
        found[key.strip()] = value
    return found


def _open(path: Path, out: Path | None = None, **more: Any) -> FileBook:
    from xl_rebal.workbook.file_book import FileBook

    return FileBook(path, out, **more)


def _ending(book: Path) -> str:
    """How a copy of the book must end: with macros inside, Excel opens no .xlsx."""
    return book.suffix if book.suffix.lower() in (".xlsx", ".xlsm") else ".xlsx"


def _refuse_no_folder(folder: Path) -> None:
    if not folder.is_dir():
        found = f"{str(folder)!r}, which is {'a file' if folder.exists() else 'not there'}"
        raise WriteError(
            Problem(Code.CANNOT_WRITE, found, "a folder", "Make it first, or name another.",
                    argument="--folder")
        )  # fmt: skip


@contextmanager
def _refusals(json_: bool) -> Iterator[None]:
    """With --json a refusal is said in JSON as well."""
    try:
        yield
    except XlRebalError as error:
        if json_:
            from xl_rebal.answers import SCHEMA, problems_of

            _print_json({"schema": SCHEMA, "status": "refused", "problems": problems_of(error)})
        raise


def _run(name: str, book: FileBook, overrides: dict[str, str]) -> Summary:
    from xl_rebal.commands import COMMANDS

    return COMMANDS[name].run(book, overrides)


def _rebalance(
    book: Path,
    out: Path | None,
    overrides: dict[str, str],
    *,
    replace: bool,
    say: Callable[[str], None] | None = None,
) -> Summary:
    return _run("rebalance", _open(book, out, replace=replace, say=say), overrides)


def _show_harvest(summary: Summary) -> None:
    from xl_rebal.terminal import show_harvest

    show_harvest(summary)


def _show_trades(summary: Summary) -> None:
    from xl_rebal.terminal import show_trades

    show_trades(summary)


def _show_import(found: Preview) -> None:
    from xl_rebal.terminal import show_import

    show_import(found)


def _print_problems(error: XlRebalError) -> None:
    for problem in error.problems:
        _talk(str(problem))
    count = len(error.problems)
    if count > 1:
        _talk(f"{count} problems; nothing was written.")


def _answer(summary: Summary, out: Path | None) -> dict[str, object]:
    from xl_rebal.answers import answer_of

    return answer_of(summary, out)


def _print_json(value: object) -> None:
    typer.echo(json.dumps(value, indent=2, default=str, allow_nan=False))


if __name__ == "__main__":
    main()
