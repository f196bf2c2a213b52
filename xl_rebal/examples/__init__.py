"""Example contents of a new book: real prices, a synthetic multi-asset household, or nothing."""

from __future__ import annotations

from collections.abc import Callable

from xl_rebal.examples.multi_asset import multi_asset
from xl_rebal.examples.stocks import stocks
from xl_rebal.workbook.content import Content

CONTENTS: dict[str, Callable[[], Content]] = {
    "empty": Content,
    "stocks": stocks,
    "multi-asset": multi_asset,
}

__all__ = ["CONTENTS", "multi_asset", "stocks"]
