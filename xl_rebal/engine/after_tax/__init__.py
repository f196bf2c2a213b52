"""Any policy on past prices after tax: lots, yearly taxes, harvests, the value when all is sold."""

from xl_rebal.engine.after_tax.account import Harvest
from xl_rebal.engine.after_tax.compare import Compared, compare
from xl_rebal.engine.after_tax.result import AfterTax
from xl_rebal.engine.after_tax.rules import AfterTaxRules, HarvestRules
from xl_rebal.engine.after_tax.run import after_tax
from xl_rebal.engine.after_tax.years import YearTax
from xl_rebal.model.study_settings import TaxDue

__all__ = [
    "AfterTax",
    "AfterTaxRules",
    "Compared",
    "Harvest",
    "HarvestRules",
    "TaxDue",
    "YearTax",
    "after_tax",
    "compare",
]
