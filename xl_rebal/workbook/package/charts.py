"""What openpyxl leaves out or misplaces in charts, mended.

Excel hides an axis without ``<delete val="0"/>``, smooths a line without ``<smooth val="0"/>`` and
may turn a negative bar white without ``<invertIfNegative val="0"/>``; it may drop a chart whose
elements stand in an order that the schema does not allow.
"""

from __future__ import annotations

from xl_rebal.workbook.package.markup import Edit, Element, appended, inserted, parse, splice

_AXES = {"catAx", "valAx", "dateAx", "serAx"}
_LINES = {"lineChart", "line3DChart", "scatterChart"}
_BARS = {"barChart", "bar3DChart"}
_BAR_SERIES = ("idx", "order", "tx", "spPr", "invertIfNegative")
"""The children of a bar series in the schema's order, as far as they matter here."""


def mended_chart(text: str) -> str:
    """A chart part with its axes shown, lines straight, bars upright and error bars in order."""
    edits: list[Edit] = []
    for element in parse(text).walk():
        if element.name in _AXES:
            edits += _shown(element)
        elif element.name in _LINES:
            edits += [edit for series in element.all("ser") for edit in _straight(series)]
            if element.name == "scatterChart":
                edits += _styled(element)
        elif element.name in _BARS:
            edits += [edit for series in element.all("ser") for edit in _upright(series)]
        elif element.name == "errBars":
            edits += _plus_first(element)
    return splice(text, edits)


def _shown(axis: Element) -> list[Edit]:
    """An axis without ``delete`` gets one behind its scaling."""
    scaling = axis.child("scaling")
    if axis.child("delete") or scaling is None:
        return []
    return [(scaling.end, scaling.end, f'<{axis.prefix}delete val="0"/>')]


def _straight(series: Element) -> list[Edit]:
    """A series without ``smooth`` gets one, last but for extensions."""
    if series.child("smooth"):
        return []
    xml = f'<{series.prefix}smooth val="0"/>'
    extensions = series.child("extLst")
    return [(extensions.start, extensions.start, xml) if extensions else appended(series, xml)]


def _upright(series: Element) -> list[Edit]:
    """A bar series without ``invertIfNegative`` gets one behind its look."""
    if series.child("invertIfNegative"):
        return []
    xml = f'<{series.prefix}invertIfNegative val="0"/>'
    return [inserted(series, xml, "invertIfNegative", _BAR_SERIES)]


def _styled(chart: Element) -> list[Edit]:
    """A scatter chart must say its style, first; Excel itself writes lineMarker for all of them."""
    if chart.child("scatterStyle"):
        return []
    return [(chart.inner, chart.inner, f'<{chart.prefix}scatterStyle val="lineMarker"/>')]


def _plus_first(bars: Element) -> list[Edit]:
    """Error bars name their upper values before their lower ones."""
    plus, minus = bars.child("plus"), bars.child("minus")
    if plus is None or minus is None or plus.start < minus.start:
        return []
    return [(minus.start, minus.end, plus.outer), (plus.start, plus.end, minus.outer)]
