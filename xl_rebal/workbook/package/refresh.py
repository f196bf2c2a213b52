"""New values for formula cells of a book that is not ours."""

from __future__ import annotations

from collections.abc import Mapping

from xl_rebal.workbook.package.cells import CachedValue, value_edits
from xl_rebal.workbook.package.markup import splice
from xl_rebal.workbook.package.parts import read_package
from xl_rebal.workbook.package.writable import refuse_signed


def set_cached(
    base: bytes, values: Mapping[str, Mapping[str, CachedValue]], *, name: str = ""
) -> bytes:
    """The book with new values stored in existing formula cells, not another byte changed.

    ``values`` is {sheet title: {"B2": value}}. ValueError where there is no such sheet, no such
    cell or no formula in it; InputError where the book is signed.
    """
    package = read_package(base, name)
    refuse_signed(package)
    parts = {sheet.title: sheet.part_name for sheet in package.sheets()}
    if strangers := values.keys() - parts.keys():
        raise ValueError(f"values were given for {sorted(strangers)}, which is no sheet")
    changes: dict[str, bytes | None] = {}
    for title, cells in values.items():
        text = package.text(parts[title])
        if edits := value_edits(text, cells, sheet=title):
            changes[parts[title]] = splice(text, edits).encode()
    return package.replace(changes).to_bytes()
