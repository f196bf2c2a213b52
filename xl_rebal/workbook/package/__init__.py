"""The .xlsx package itself: bytes in, bytes out, and whatever is not ours stays byte for byte.

``read_package`` looks into a book, ``finish`` mends what openpyxl saved, ``graft`` puts our sheets
into somebody's book, ``set_cached`` refreshes values of formula cells. Standard library only.
"""

from xl_rebal.workbook.package.cells import CachedValue, ErrorCell
from xl_rebal.workbook.package.finish import finish
from xl_rebal.workbook.package.graft import graft, plan_titles
from xl_rebal.workbook.package.names import RESULT_PREFIX, SHEET_MARK
from xl_rebal.workbook.package.parts import (
    DefinedName,
    Package,
    SheetPart,
    TablePart,
    read_package,
)
from xl_rebal.workbook.package.refresh import set_cached

__all__ = [
    "RESULT_PREFIX",
    "SHEET_MARK",
    "CachedValue",
    "DefinedName",
    "ErrorCell",
    "Package",
    "SheetPart",
    "TablePart",
    "finish",
    "graft",
    "plan_titles",
    "read_package",
    "set_cached",
]
