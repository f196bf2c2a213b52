"""What a backtest refuses, in words."""

from __future__ import annotations

from datetime import date

from xl_rebal.errors import Code, Problem
from xl_rebal.wording import counted, listed, money


def too_few(count: int) -> Problem:
    return Problem(
        Code.TOO_FEW_PRICES, f"{counted(count, 'row')} of prices", "at least 2", "Give a longer price table.",
        argument="prices",
    )  # fmt: skip


def no_targets(first: date) -> Problem:
    return Problem(
        Code.OUT_OF_RANGE, f"no targets on {first}, the first row of prices",
        "targets that hold from the first row on", "Give targets dated on or before it.",
        argument="target",
    )  # fmt: skip


def no_prices(symbols: list[str]) -> Problem:
    return Problem(
        Code.MISSING_PRICE, f"no price of {listed(symbols, 'and')} on any row, beside a target",
        "prices of all that has a target", "Fill the column, or take out the target.",
        argument="prices",
    )  # fmt: skip


def nothing_to_buy(day: date) -> Problem:
    return Problem(
        Code.MISSING_PRICE, f"no price yet of anything that has a target on {day}",
        "at least one", "Begin the prices or the targets later, or give that row.", argument="prices",
    )  # fmt: skip


def spent(day: date, flow: float) -> Problem:
    return Problem(
        Code.INFEASIBLE, f"a withdrawal of {money(-flow)} on {day}, more than can be raised",
        "a smaller one", "Lower it.", argument="flows",
    )  # fmt: skip


def costs_take_all(day: date) -> Problem:
    return Problem(
        Code.INFEASIBLE, f"costs on {day} that take all there is", "lower costs or more capital",
        "Check the ticket fee: it is in currency, beside the capital.", argument="fee",
        about=("setting", "TicketFee"),
    )  # fmt: skip
