"""The tax on a sale that is thought of."""

from datetime import date
from typing import Annotated

from xl_rebal import arguments, cells
from xl_rebal.cells import Refusal
from xl_rebal.errors import InputError
from xl_rebal.functions.shared import Headers, read_day
from xl_rebal.functions.tax_arguments import (
    HIFO,
    OLD_LOTS,
    LongRate,
    LotsArg,
    MethodArg,
    ShortRate,
)
from xl_rebal.worksheet import Answer, Arg, worksheet_function


def read_names(raw: object, name: str) -> tuple[str, ...]:
    """Names of lots in any shape; a whole number is a name too."""
    given = [cell for row in arguments.as_grid(raw) for cell in row if not cells.is_blank(cell)]
    try:
        return tuple(cells.text(cell, "the name of a lot") for cell in given)
    except Refusal as refusal:
        raise InputError(refusal.at(argument=name)) from None


@worksheet_function(
    returns="rows: Lot, Quantity (shares), Gain (currency), Term, Tax (currency)",
    example=(OLD_LOTS, 50, 300, "2026-03-16", "mintax"),
    category="Taxes",
    spills=True,
)
def tax(
    lots: LotsArg,
    quantity: Annotated[
        float,
        Arg("Shares to sell.", arguments.number_between("shares above 0", above=0), "shares"),
    ],
    price: Annotated[
        float,
        Arg(
            "What a share brings, costs taken off.",
            arguments.number_between("a price above 0", above=0),
            "currency a share",
        ),
    ],
    sale_date: Annotated[date, Arg("The trade date of the sale.", read_day)],
    method: MethodArg = HIFO,
    short_rate: ShortRate = 0.37,
    long_rate: LongRate = 0.20,
    lot_ids: Annotated[
        tuple[str, ...],
        Arg(
            "Lots to sell first, in this order; specific sells them alone.",
            read_names,
            "",
            "row or column",
        ),
    ] = (),
    headers: Headers = True,
) -> Answer:
    """The lots of one symbol that a sale takes, with gain, term and tax; a loss saves tax (below 0)."""
    from xl_rebal.functions.work import sales

    return sales.sold_with_tax(
        lots, quantity, price, sale_date, method, short_rate, long_rate, lot_ids, headers
    )
