"""The worksheet functions: thin calls downward. Importing this package registers them all.

Units are fractions (0.05 = 5 %). ``current`` may be values or weights; both are normalised.
"""

from xl_rebal.functions import (
    about,
    harvesting,
    ledgers,
    optimal,
    orders,
    planning,
    portfolio,
    sales,
    studies,
)
from xl_rebal.worksheet import REGISTERED as FUNCTIONS

__all__ = [
    "FUNCTIONS",
    "about",
    "harvesting",
    "ledgers",
    "optimal",
    "orders",
    "planning",
    "portfolio",
    "sales",
    "studies",
]
