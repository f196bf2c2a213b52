"""What commands ask of taxes: the day, the rules and the record of a book, and what is doubtful in its lots."""

from __future__ import annotations

from datetime import date

from xl_rebal.engine.taxes.question import TaxQuestion
from xl_rebal.engine.taxes.recorded import differences
from xl_rebal.errors import Code, Note
from xl_rebal.workbook.layout import LOTS
from xl_rebal.workbook.parse import Desk


def question_of(desk: Desk, as_of: date) -> TaxQuestion:
    """The taxes of a book on a day."""
    return TaxQuestion(as_of, desk.tax, desk.history)


def notes_on_lots(desk: Desk) -> tuple[Note, ...]:
    """Where Lots and Transactions differ; that lots are not looked at where no day is known."""
    if desk.as_of is None:
        if not desk.household.lots and not desk.history.transactions:
            return ()
        text = "No day is known, so lots, gains and wash sales are not looked at."
        return (Note(Code.NOT_PLANNED, text, "Type AsOf in Settings.", LOTS.sheet),)
    if not desk.history.transactions:
        return ()
    found = differences(desk.household, question_of(desk, desk.as_of).ledger.lots)
    fix = "Correct the one that is wrong; a lot from before the record is an Opening."
    return tuple(
        Note(Code.LOTS_DIFFER, each.text, fix, about=("holding", each.account, each.symbol))
        for each in found
    )
