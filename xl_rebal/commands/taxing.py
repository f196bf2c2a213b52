"""What commands ask of taxes: the day, the rules and the record of a book, and what is doubtful in its lots."""

from __future__ import annotations

from datetime import date

from xl_rebal.engine.taxes.question import TaxQuestion
from xl_rebal.engine.taxes.recorded import differences
from xl_rebal.errors import Code, InputError, Note, Problem
from xl_rebal.tax.netting import Realised, realised
from xl_rebal.tax.year import YearSoFar
from xl_rebal.workbook.layout import LOTS, TRANSACTIONS
from xl_rebal.workbook.parse import Desk
from xl_rebal.workbook.places import placed


def notes_on_lots(desk: Desk) -> tuple[Note, ...]:
    """Where Lots and Transactions differ; that lots are not looked at where no day is known."""
    if desk.taxes is None:
        if not desk.household.lots and not desk.history.transactions:
            return ()
        text = "No day is known, so lots, gains and wash sales are not looked at."
        return (Note(Code.NOT_PLANNED, text, "Type AsOf in Settings.", LOTS.sheet),)
    if not desk.history.transactions:
        return ()
    found = differences(desk.household, desk.taxes.ledger.lots)
    fix = "Correct the one that is wrong; a lot from before the record is an Opening."
    return tuple(
        Note(Code.LOTS_DIFFER, each.text, fix, about=("holding", each.account, each.symbol))
        for each in found
    )


def question_of(desk: Desk) -> TaxQuestion:
    """The taxes of a book; InputError where neither AsOf nor a row of prices tells its day."""
    if desk.taxes is not None:
        return desk.taxes
    problem = Problem(
        Code.MISSING_CELL,
        "no day",
        "a date in AsOf, or rows in Prices",
        "Type AsOf in Settings: terms and wash sales are told for a day.",
        about=("setting", "AsOf"),
    )
    raise InputError(placed([problem], desk.places))


def year_so_far(question: TaxQuestion) -> YearSoFar:
    """The tax year of the day: gains of the record and those of YearShort and YearLong, and what is carried."""
    rules = question.settings
    made = realised(question.ledger.sales, question.as_of.year)
    return YearSoFar(
        Realised(made.short + rules.year_short, made.long + rules.year_long, made.unknown),
        rules.carried,
        rules.rates,
        rules.filing,
    )


def notes_on_year(year: YearSoFar, day: date) -> tuple[Note, ...]:
    """That sales of the year are of unknown cost."""
    unknown = year.realised.unknown
    if not unknown:
        return ()
    lots = "lot" if unknown == 1 else "lots"
    text = f"{unknown} {lots} of unknown cost sold in {day.year}: not in the gains of the year."
    fix = "Type the cost into the Opening lot."
    return (Note(Code.UNKNOWN_COST, text, fix, TRANSACTIONS.sheet),)
