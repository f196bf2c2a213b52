"""The commands that write their results into a copy of the book: one frame, a row for each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import typer

from xl_rebal.cli_frame import (
    open_book,
    overrides_of,
    print_answer,
    refusals,
    refuse_out,
    run,
    target_of,
)
from xl_rebal.cli_options import Book, DryRun, Force, InPlace, Json, Out, Quiet, Set
from xl_rebal.cli_words import talk


@dataclass(frozen=True)
class Results:
    """A command: the end of its file's name, its help, and the function of the terminal that shows its results.

    is_long: with a bar that shows how far it is.
    """

    name: str
    tail: str
    help: str
    show: str
    is_long: bool = False


RESULTS = (
    Results(
        "rebalance",
        "rebalanced",
        "Work out the trades and write them into a copy of the book.",
        "show_trades",
    ),
    Results(
        "harvest",
        "harvested",
        "Find the losses worth taking, and write them and the trades that follow into a copy of the book.",
        "show_harvest",
    ),
    Results(
        "backtest",
        "backtest",
        "Compare the book's policy with its rivals on its past prices.",
        "show_backtest",
        is_long=True,
    ),
    Results(
        "bands",
        "bands",
        "Compare widths of bands and dates: cost a year against tracking error, timing luck.",
        "show_bands",
        is_long=True,
    ),
    Results(
        "aftertax",
        "aftertax",
        "Compare policies after tax on past prices, without and with harvesting.",
        "show_after_tax",
        is_long=True,
    ),
)


def add_to(app: typer.Typer, *names: str) -> None:
    """Give the command line these commands."""
    for each in RESULTS:
        if each.name in names:
            app.command(each.name, help=each.help)(_command(each))


def _command(command: Results) -> Callable[..., None]:
    def written(
        book: Book,
        out: Out = None,
        in_place: InPlace = False,
        dry_run: DryRun = False,
        force: Force = False,
        json_: Json = False,
        settings: Set = None,
        quiet: Quiet = False,
    ) -> None:
        target = target_of(book, out, in_place, command.tail)
        goes_to = None if dry_run else target
        is_silent = json_ or quiet
        with refusals(json_):
            refuse_out(book, out)
            overrides, replace = overrides_of(settings), in_place or force
            if command.is_long:
                from xl_rebal.terminal import progress_bar

                with progress_bar(hidden=is_silent) as bar:
                    file = open_book(book, goes_to, replace=replace, show_progress=bar)
                    summary = run(command.name, file, overrides)
            else:
                say = None if is_silent else talk
                summary = run(
                    command.name, open_book(book, goes_to, replace=replace, say=say), overrides
                )
        if json_:
            print_answer(summary, goes_to)
            return
        if not quiet:
            from xl_rebal import terminal

            getattr(terminal, command.show)(summary)
        if goes_to is not None:
            typer.echo(goes_to)

    return written
