"""The worksheet functions: thin calls downward. Importing this package fills the registry.

Units are fractions (0.05 = 5 %). ``current`` may be values or weights; both are normalised.
"""

from xl_rebal.functions import about, orders, planning, portfolio
from xl_rebal.registry import FUNCTIONS

__all__ = ["FUNCTIONS", "about", "orders", "planning", "portfolio"]
