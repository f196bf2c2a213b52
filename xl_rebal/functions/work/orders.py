"""Trade lists from ranges of holdings and targets."""

from __future__ import annotations

from dataclasses import replace

from xl_rebal.arguments import Grid
from xl_rebal.cells import RawCell
from xl_rebal.engine.rebalance import rebalance
from xl_rebal.errors import Code, InputError, Problem
from xl_rebal.functions.shared import with_headers
from xl_rebal.functions.work.ranges import one_account, one_model
from xl_rebal.model.plan import BandRule, Costs, Destination, Method, Plan, Targets
from xl_rebal.model.portfolio import CASH, Household
from xl_rebal.model.securities import Securities
from xl_rebal.model.trades import TradeList
from xl_rebal.worksheet import Answer

_TRADE_HEADER: list[RawCell] = [
    "Action", "Symbol", "Quantity", "Price", "Amount", "Weight before", "Weight after", "Target",
    "Reason",
]  # fmt: skip


def trades_to_target(
    holdings: Grid,
    targets: Grid,
    cash: float,
    band: float | None,
    dest: Destination,
    cost: float,
    min_trade: float,
    whole: bool,
    headers: bool,
) -> Answer:
    """A row an order; without any band it is a calendar date."""
    household, wanted, quotes = _read(holdings, targets, cash)
    own = {width for line in wanted.lines for width in (line.band_absolute, line.band_relative)}
    banded = band is not None or own != {None}
    plan = Plan(
        targets=(wanted,),
        bands=BandRule(width=0.05 if band is None else band),
        method=Method.THRESHOLD if banded else Method.CALENDAR,
        destination=dest,
        costs=Costs(cost),
        minimum_trade=min_trade,
        whole_shares=whole,
    )
    return _trade_rows(rebalance(household, Securities(), plan, quotes), headers)


def trades_of_flow(holdings: Grid, targets: Grid, cash: float, headers: bool) -> Answer:
    """A row an order, all of them buys or all of them sells."""
    household, wanted, quotes = _read(holdings, targets, cash)
    plan = Plan(targets=(wanted,))
    found = rebalance(household, Securities(), plan, quotes, flows_only=True)
    return _trade_rows(found, headers)


def _trade_rows(found: TradeList, headers: bool) -> list[list[RawCell]]:
    rows: list[list[RawCell]] = [
        [t.action.value, t.symbol, t.quantity, t.price, t.amount, t.weight_before, t.weight_after,
         t.target, t.reason]
        for t in found.trades
    ]  # fmt: skip
    return with_headers(_TRADE_HEADER, rows, headers)


def _read(
    holdings: Grid, targets: Grid, cash: float
) -> tuple[Household, Targets, dict[str, float]]:
    """Ranges to one account, its targets and quotes; what is wrong in both is said at once."""
    problems: list[Problem] = []
    held = one_account(holdings, problems)
    wanted = one_model(targets, () if held is None else tuple(held.quotes), problems)
    if held is None or wanted is None:
        raise InputError(problems)
    missing = [
        line.key
        for line in wanted.lines
        if line.weight > 0 and line.key not in {*held.quotes, CASH}
    ]
    if missing:
        raise InputError(
            [
                Problem(Code.MISSING_PRICE, f"a target for {key}, which has no price",
                        "each target's symbol in holdings",
                        "Add it to holdings with quantity 0 and its price.", argument="targets")
                for key in missing
            ]
        )  # fmt: skip
    account = replace(held.account, new_cash=cash)
    return Household((account,), held.positions), wanted, held.quotes
