"""Tax-aware trades by lot: no asset bought and sold, no wash sale, with a bound over all directions."""

from xl_rebal.engine.optimal.lots.answer import LotAnswer, Tax
from xl_rebal.engine.optimal.lots.problem import Lots, TaxedProblem, TaxRates
from xl_rebal.engine.optimal.lots.solve import lot_solve

__all__ = ["LotAnswer", "Lots", "Tax", "TaxRates", "TaxedProblem", "lot_solve"]
