"""The commands: one definition for the command line, macros and ribbon buttons.

Each reads the whole book, computes, and writes once at the end; a problem leaves every result as
it was.
"""

from __future__ import annotations

from xl_rebal.commands.after_tax import after_tax_book
from xl_rebal.commands.command import Button, Command, Summary, with_settings
from xl_rebal.commands.harvesting import harvest_book
from xl_rebal.commands.rebalancing import check, drift, propose, rebalance_book
from xl_rebal.commands.study import backtest_book, bands_book

COMMANDS: dict[str, Command] = {
    command.name: command
    for command in (
        Command(
            "check", "Check", "Say everything that is wrong with the book.", check, True,
            Button("Data", "DataValidationCircleInvalid", "C"),
        ),
        Command(
            "drift", "Drift", "Show how far each target line has drifted.", drift, False,
            Button("Data", "Chart3DBarChart", "D"),
        ),
        Command(
            "rebalance", "Rebalance", "Write the trades that bring the book to its targets.",
            rebalance_book, True,
            Button("Rebalance", "RefreshAll", "R", large=True),
        ),
        Command(
            "harvest", "Harvest", "Write the losses worth taking, and the trades that follow.",
            harvest_book, True,
            Button("Rebalance", "Piggy", "H"),
        ),
        Command(
            "backtest", "Backtest", "Compare this book's policy with its rivals on past prices.",
            backtest_book, True,
            Button("Study", "ChartAreaChart", "B"),
        ),
        Command(
            "bands", "Bands", "Compare widths of bands and dates by cost and tracking error.",
            bands_book, True,
            Button("Study", "VerticalSpacingIncrease", "W"),
        ),
        Command(
            "aftertax", "After tax", "Compare policies after tax on past prices, without and with harvesting.",
            after_tax_book, True,
            Button("Study", "PercentStyle", "T"),
        ),
    )
}  # fmt: skip

__all__ = ["COMMANDS", "Button", "Command", "Summary", "propose", "with_settings"]
