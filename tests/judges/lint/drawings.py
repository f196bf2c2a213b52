"""Rules for drawings and charts: what Excel drops, hides, smooths or repairs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from tests.judges.lint.package import CHART, Package
from tests.judges.lint.parts import Faults

AXES = ("catAx", "valAx", "dateAx", "serAx")
LINES = ("lineChart", "line3DChart", "scatterChart")
BARS = ("barChart", "bar3DChart")
ERROR_BARS = (
    *("errDir", "errBarType", "errValType", "noEndCap", "plus", "minus", "val", "spPr", "extLst"),
)


def _of(package: Package, kind: str) -> Iterator[tuple[str, Element]]:
    for part, root in package.roots.items():
        if root.tag.rpartition("}")[2] == kind:
            yield part, root


def _every(root: Element, *names: str) -> Iterator[Element]:
    for name in names:
        yield from root.iter(f"{CHART}{name}")


def drawing_id(package: Package) -> Faults:
    for part, root in _of(package, "wsDr"):
        shapes = (each for each in root.iter() if each.tag.endswith("}cNvPr"))
        for given, times in Counter(shape.get("id", "") for shape in shapes).items():
            if times > 1 or not given.isdecimal():
                yield part, f"the id {given!r} stands {times} times"


def axis_hidden(package: Package) -> Faults:
    """An axis without ``delete`` is hidden by Excel, though every other program draws it."""
    for part, root in _of(package, "chartSpace"):
        for axis in _every(root, *AXES):
            said = axis.find(f"{CHART}delete")
            if said is None or said.get("val", "1") not in ("0", "false"):
                yield part, f"{axis.tag.removeprefix(CHART)} without delete val=0"


def line_smoothed(package: Package) -> Faults:
    yield from _series_without(package, LINES, "smooth")


def bar_inverted(package: Package) -> Faults:
    """A bar without it may turn white where its value is negative."""
    yield from _series_without(package, BARS, "invertIfNegative")


def _series_without(package: Package, charts: tuple[str, ...], name: str) -> Faults:
    for part, root in _of(package, "chartSpace"):
        for chart in _every(root, *charts):
            for series in chart.iterfind(f"{CHART}ser"):
                said = series.find(f"{CHART}{name}")
                if said is None or said.get("val", "1") not in ("0", "false"):
                    number = _value(series, "idx")
                    yield part, f"series {number} without {name} val=0"


def _value(element: Element, name: str) -> str:
    found = element.find(f"{CHART}{name}")
    return "" if found is None else found.get("val", "")


def error_bars(package: Package) -> Faults:
    for part, root in _of(package, "chartSpace"):
        for bars in _every(root, "errBars"):
            names = [child.tag.rpartition("}")[2] for child in bars]
            places = [ERROR_BARS.index(name) if name in ERROR_BARS else -1 for name in names]
            if places != sorted(set(places)):
                yield part, f"error bars have {', '.join(names)}"


def series_number(package: Package) -> Faults:
    """``idx`` and ``order`` tell the series of a chart apart, over all its plots."""
    for part, root in _of(package, "chartSpace"):
        series = list(_every(root, "ser"))
        for name in ("idx", "order"):
            for given, times in Counter(_value(each, name) for each in series).items():
                if times > 1 or not given.isdecimal():
                    yield part, f"{name} {given!r} stands {times} times"


def axis_unknown(package: Package) -> Faults:
    """A plot names two axes that the chart has, and an axis crosses one of them."""
    for part, root in _of(package, "chartSpace"):
        axes = list(_every(root, *AXES))
        ids = [_value(axis, "axId") for axis in axes]
        used = [
            each.get("val", "")
            for area in _every(root, "plotArea")
            for plot in area
            if plot.tag.removeprefix(CHART) not in AXES
            for each in plot.iterfind(f"{CHART}axId")
        ]
        crossed = [_value(axis, "crossAx") for axis in axes]
        for missing in sorted({*used, *crossed} - set(ids)):
            yield part, f"the axis {missing!r} is not there"
        if len(set(ids)) < len(ids):
            yield part, "two axes have one id"


RULES = (
    drawing_id,
    axis_hidden,
    line_smoothed,
    bar_inverted,
    error_bars,
    series_number,
    axis_unknown,
)
