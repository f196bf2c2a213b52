"""A withdrawal that takes all there is: everything is sold, nothing is left to weigh."""

from __future__ import annotations

from xl_rebal.engine.desk import Desk
from xl_rebal.engine.orders import Fill, cash_after, fill_of, too_much
from xl_rebal.errors import InfeasibleError


def takes_all(desk: Desk) -> bool:
    """Whether a withdrawal takes all that selling everything brings, or more."""
    if desk.flow_cents >= 0 or desk.spendable_cents >= 0:
        return False
    return cash_after(desk.spendable_cents, _sales(desk)) <= 0


def pay_out(desk: Desk) -> tuple[Fill, ...]:
    """The sales of everything; InfeasibleError where they do not bring enough."""
    fills = _sales(desk)
    if (left := cash_after(desk.spendable_cents, fills)) < 0:
        raise InfeasibleError(too_much(desk.account.name, left))
    return fills


def _sales(desk: Desk) -> tuple[Fill, ...]:
    """Everything that may be sold and brings more than it costs."""
    shares, columns = desk.held - desk.locked, (desk.price, desk.rate, desk.fee)
    rows = zip(shares.tolist(), *(column.tolist() for column in columns), strict=True)
    fills = (fill_of(-count, price, rate, fee) for count, price, rate, fee in rows)
    return tuple(fill if fill.amount > fill.cost else Fill(0.0, 0, 0) for fill in fills)
