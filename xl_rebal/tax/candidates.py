"""The lots at a loss with what each would save by itself and what would wash it: before any plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from xl_rebal.model.portfolio import Lot
from xl_rebal.model.transactions import History
from xl_rebal.tax.harvest import Loss, Saving, losses, repaid_later
from xl_rebal.tax.ledger import ledger
from xl_rebal.tax.netting import realised
from xl_rebal.tax.replacing import Bought, known_purchases
from xl_rebal.tax.settings import TaxSettings
from xl_rebal.tax.year import YearSoFar

CLEAR = "clear"


@dataclass(frozen=True)
class Listed:
    """A lot at a loss by itself. clear_day: the first on which no known purchase would wash it."""

    loss: Loss
    saving: Saving
    washed_by: tuple[Bought, ...]
    clear_day: date

    @property
    def status(self) -> str:
        """Whether a purchase would wash it, for a person."""
        return wash_words(self.washed_by)

    @property
    def is_worth_it(self) -> bool:
        """Whether it is clear and saves more than it costs."""
        return not self.washed_by and self.saving.net > 0


def wash_words(washed_by: Sequence[Bought]) -> str:
    """What would wash a loss; never that it is safe."""
    if not washed_by:
        return CLEAR
    more = "" if len(washed_by) == 1 else f" and {len(washed_by) - 1} more"
    return f"possible wash sale: {washed_by[0].words}{more}"


def listed(
    lots: Sequence[Lot],
    quotes: Mapping[str, float],
    as_of: date,
    history: History,
    settings: TaxSettings,
    knows_year: bool,
) -> tuple[Listed, ...]:
    """Each loss by itself, those that are clear first and the best of them before the rest.

    The gains of the year are those of the record; where it is not known (``knows_year``) each loss offsets a
    gain of its own term. Costs of trading are not in it. Raises InputError with rows that the ledger refuses.
    """
    rules = settings
    record = ledger(history, as_of, rules.method, rules.scope, rules.tacking, rules.rates)
    year = YearSoFar.with_gains_to_offset(settings.rates)
    if knows_year:
        year = YearSoFar(
            realised(record.sales, as_of.year), rates=settings.rates, status=rules.filing
        )
    known = known_purchases(lots, record.lots, history, as_of, rules.scope)
    rows = []
    for loss in losses(lots, quotes, as_of, history, settings):
        now, carried = year.saved_by(loss.loss, loss.is_long)
        saving = Saving(loss.gross(settings), now, repaid_later(loss.loss, carried, settings), 0.0)
        washed_by = known.replacing(loss.lot, as_of)
        rows.append(Listed(loss, saving, washed_by, known.clear_day(loss.lot, as_of)))
    return tuple(sorted(rows, key=lambda row: (bool(row.washed_by), -row.saving.net)))
