"""Sales and transfers of what isn't there, in words."""

from __future__ import annotations

import math
from collections.abc import Sequence

from xl_rebal.errors import Code, Problem
from xl_rebal.model.transactions import Activity, Transaction
from xl_rebal.tax.row_problems import about_row
from xl_rebal.tax.stock import Piece
from xl_rebal.wording import did_you_mean, shown


def named(row: Transaction, held: Sequence[Piece]) -> list[Piece] | Problem:
    """The pieces of the lot that a row names."""
    pieces = [piece for piece in held if piece.purchase.lot_id == row.lot_id]
    if not pieces:
        known = list(dict.fromkeys(piece.purchase.lot_id for piece in held))
        return about_row(
            row,
            Code.UNKNOWN_WORD,
            f"the lot {row.lot_id!r}",
            f"a lot of {row.symbol} that {row.account} holds on {row.day}",
            did_you_mean(row.lot_id, known) or "Name one that is there, or none.",
        )
    if len({piece.purchase.rank for piece in pieces}) > 1:
        return about_row(
            row,
            Code.AMBIGUOUS,
            f"the lot {row.lot_id!r}, as two purchases of {row.symbol} in {row.account} are called",
            "the name of one (a Transfer brought the other)",
            "Name them in the rows by which they were bought.",
        )
    return pieces


def too_few(row: Transaction, pieces: Sequence[Piece]) -> Problem:
    """More shares than there are in an account, or in the lot that is named."""
    has = math.fsum(piece.quantity for piece in pieces)
    verb = "sold" if row.activity is Activity.SELL else "transferred"
    place = f"the lot {row.lot_id!r} of {row.account}" if row.lot_id else row.account
    what = f"{shown(abs(row.quantity))} {row.symbol} {verb} from {place} on {row.day}"
    return about_row(
        row,
        Code.OUT_OF_RANGE,
        f"{what}, which holds {shown(has)}",
        "no more than are held",
        "Correct the quantity, or add what is missing as Buy or Opening.",
    )
