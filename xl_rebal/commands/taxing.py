"""What commands ask of taxes: the day, the rules and the record of a book, and what is doubtful in its lots."""

from __future__ import annotations

from datetime import date

from xl_rebal.engine.taxes.question import TaxQuestion
from xl_rebal.engine.taxes.recorded import differences
from xl_rebal.errors import Code, InputError, Note, Problem
from xl_rebal.tax.netting import Carried, Realised, realised
from xl_rebal.tax.year import YearSoFar
from xl_rebal.workbook.layout import LOTS, TRANSACTIONS
from xl_rebal.workbook.parse import Desk
from xl_rebal.workbook.places import placed


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


def day_of(desk: Desk) -> date:
    """The day of a book; InputError where neither AsOf nor a row of prices tells it."""
    if desk.as_of is not None:
        return desk.as_of
    problem = Problem(
        Code.MISSING_CELL,
        "no day",
        "a date in AsOf, or rows in Prices",
        "Type AsOf in Settings: terms and wash sales are told for a day.",
        about=("setting", "AsOf"),
    )
    raise InputError(placed([problem], desk.places))


def year_so_far(desk: Desk, question: TaxQuestion) -> YearSoFar:
    """The tax year of the day: gains of the record and those of YearShort and YearLong, and what is carried."""
    rules = question.settings
    made = realised(question.ledger.sales, question.as_of.year)
    return YearSoFar(
        Realised(made.short + rules.year_short, made.long + rules.year_long, made.unknown),
        Carried(rules.carry_short, rules.carry_long),
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
