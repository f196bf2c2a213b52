"""Results into a user's file: our sheets made anew and grafted, everything else left as it is."""

from __future__ import annotations

from xl_rebal.cells import NEVER_CALCULATED, is_blank
from xl_rebal.workbook.book import Results, Source
from xl_rebal.workbook.calculated import calculated_cells, rows_by_header
from xl_rebal.workbook.package import CachedValue, read_package
from xl_rebal.workbook.package.graft import graft, plan_titles
from xl_rebal.workbook.package.refresh import set_cached
from xl_rebal.workbook.result_sheets import write_results
from xl_rebal.workbook.start import steps_done
from xl_rebal.workbook.writer import Writer, stored


def with_results(content: bytes, source: Source, results: Results, name: str) -> bytes:
    """The book ``content`` with the result sheets of a run, its calculated columns up to date."""
    kinds = results.sheets
    titles = plan_titles(content, {kind: kind for kind in kinds}, name=name)
    banner = source.settings.get("Banner")
    text = banner.value if banner is not None and isinstance(banner.value, str) else ""
    ticks = steps_done(*_filled(source), run=True)
    writer = Writer()
    for kind in kinds:
        write_results(writer, kind, titles[kind], results, titles, text, ticks)
    current = _refreshed(content, source) if results.refresh else content
    return graft(current, writer.save(), name=name)


def _filled(source: Source) -> tuple[bool, float, bool]:
    """Whether anything is held, what the targets add to, whether a method is chosen."""
    held = rows_by_header(source.tables.get("tblHoldings"))
    targets = [row.get("Target") for row in rows_by_header(source.tables.get("tblTargets"))]
    method = source.settings.get("Method")
    return (
        any(not is_blank(row.get("Symbol")) for row in held),
        sum(float(value) for value in targets if isinstance(value, (int, float))),
        method is not None and not is_blank(method.value),
    )


def _refreshed(content: bytes, source: Source) -> bytes:
    """The book with the values of our calculated columns as they are now."""
    package = read_package(content)
    formulas = {sheet.title: package.formula_cells(sheet.title) for sheet in package.sheets()}
    values: dict[str, dict[str, CachedValue]] = {}
    for (title, address), value in calculated_cells(source).items():
        if address in formulas.get(title, frozenset()) and value is not NEVER_CALCULATED:
            values.setdefault(title, {})[address] = stored(value)
    return set_cached(content, values)
