"""The worksheet functions, declared. Importing this package registers them all.

Units are fractions (0.05 = 5 %). ``current`` may be values or weights; both are normalised.

Excel waits for this package when a book is opened, so a module here holds signatures, readers and help, and
what its functions do stands in ``work``, imported in their bodies. Modules with signatures go without
``from __future__ import annotations``: their annotations are compiled once, and as text at every start.
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
