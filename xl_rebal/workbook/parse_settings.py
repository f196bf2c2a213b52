"""Named cells to the values of the settings."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

from xl_rebal import cells
from xl_rebal.cells import RawCell, Refusal, is_blank
from xl_rebal.errors import Code
from xl_rebal.model.plan import Destination, Method
from xl_rebal.model.schedule import Schedule
from xl_rebal.model.study_settings import CostRule, StudySettings, TaxDue
from xl_rebal.model.tactical import TABLE, Generator, Tactical
from xl_rebal.model.windows import usual_window
from xl_rebal.wording import did_you_mean, listed, shown
from xl_rebal.workbook.book import Source
from xl_rebal.workbook.layout import SETTINGS_BY_NAME
from xl_rebal.workbook.parse_destination import parse_destination
from xl_rebal.workbook.parse_schedule import parse_frequency, parse_rows, parse_trading_day
from xl_rebal.workbook.problems import Problems
from xl_rebal.workbook.tables import read_cell

_PER_CENT = re.compile(r"(\d+(?:\.\d+)?)%")
_CURRENCY = re.compile("[A-Z]{3}")


def parse_settings(source: Source, problems: Problems) -> dict[str, object]:
    """Every setting, its default where the book has no value for it."""
    found: dict[str, object] = {}
    for name, setting in SETTINGS_BY_NAME.items():
        raw = source.settings.get(name)
        value: RawCell = setting.default if raw is None or is_blank(raw.value) else raw.value
        try:
            found[name] = _setting(name, value)
        except Refusal as refusal:
            assert raw is not None, name  # a default is never refused
            problems.found.append(refusal.at(raw.sheet, raw.cell, f"setting {name}"))
            found[name] = _setting(name, setting.default)
    for name, raw in source.settings.items():
        if name not in SETTINGS_BY_NAME:
            problems.say(
                Code.UNKNOWN_WORD,
                f"a setting set_{name}",
                f"one of {listed(SETTINGS_BY_NAME)}",
                did_you_mean(name, list(SETTINGS_BY_NAME)) or "Remove the name.",
                raw.sheet,
                raw.cell,
            )
    return found


def _setting(name: str, value: RawCell) -> object:
    setting = SETTINGS_BY_NAME[name]
    if value is None:
        return None
    if name == "RebalanceTo":
        return parse_destination(value)
    if name == "FractionDigits":
        return _whole(value, "a whole number from 0 to 6", 0, 6)
    if name in ("CovarianceWindow", "TacticalWindow"):
        return _whole(value, "a number of rows from 2", 2, 1_048_576)
    if name == "Currency":
        return _currency(value)
    reader = _READERS.get(name)
    return reader(value) if reader else read_cell(setting.kind, value, setting.choices)


def _rate(value: RawCell) -> float:
    return cells.number(value, "a rate a year from -0.5 to 1 (2 % is 0.02)", least=-0.5, greatest=1)


def _bands(value: RawCell) -> tuple[float, ...]:
    """Several bands in one cell, rising, each once; raises Refusal.

    >>> _bands("5% 2.5 %"), _bands(0.05)
    ((0.025, 0.05), (0.05,))
    """
    if not isinstance(value, str):
        return (cells.weight(value),)
    words = [word for word in re.split(r"[\s;]+", re.sub(r"\s+%", "%", value)) if word]
    return tuple(sorted({_band(word) for word in words}))


def _band(word: str) -> float:
    number = _PER_CENT.fullmatch(word)
    if number is None:
        expected = "bands as per cents with a space between two, such as 2.5% 5% 10%"
        raise Refusal(Code.NOT_A_NUMBER, shown(word), expected, "Type them so.")
    return cells.weight(float(number[1]) / 100)


_READERS: Mapping[str, Callable[[RawCell], object]] = {
    "Frequency": parse_frequency,
    "HarvestFrequency": parse_frequency,
    "TradingDay": parse_trading_day,
    "Offset": parse_rows,
    "Lag": parse_rows,
    "CashRate": _rate,
    "RiskFree": _rate,
    "RiskAversion": lambda value: cells.number(value, "a number above 0", above=0),
    "RelativeRiskAversion": lambda value: cells.number(value, "a number above 0", above=0),
    "StudyBands": _bands,
    "HarvestHorizon": lambda value: cells.number(
        value, "a number of years from 0 to 100", least=0, greatest=100
    ),
}


def _whole(value: RawCell, expected: str, least: int, greatest: int) -> float:
    number = cells.number(value, expected, least=least, greatest=greatest)
    if not number.is_integer():
        raise Refusal(Code.OUT_OF_RANGE, shown(number), expected, "Type a whole number.")
    return number


def _currency(value: RawCell) -> str:
    expected = "one currency of three letters, such as USD"
    word = cells.text(value, expected).upper()
    if not _CURRENCY.fullmatch(word):
        fix = "A book has one currency; keep another in a book of its own."
        raise Refusal(Code.UNKNOWN_WORD, shown(value), expected, fix)
    return word


def chosen_destination(settings: Mapping[str, object]) -> Destination:
    """Where trades end, by RebalanceTo and, where it is given, Distance."""
    chosen = settings["RebalanceTo"]
    assert isinstance(chosen, Destination)
    if settings["Distance"] is None:
        return chosen
    return replace(chosen, distance=number_of(settings, "Distance"))


def study_settings(settings: Mapping[str, object]) -> StudySettings:
    """How past prices are studied."""
    schedule, day = settings["Frequency"], settings["TradingDay"]
    harvests = settings["HarvestFrequency"]
    assert isinstance(schedule, Schedule)
    assert isinstance(harvests, Schedule)
    assert isinstance(day, int)
    bands = settings["StudyBands"]
    assert isinstance(bands, tuple)
    return StudySettings(
        schedule=replace(schedule, day=day, offset=int(number_of(settings, "Offset"))),
        lag=int(number_of(settings, "Lag")),
        cost_rule=CostRule(str(settings["CostRule"])),
        charge_first_purchase=bool(settings["FirstPurchase"]),
        cash_rate=number_of(settings, "CashRate"),
        risk_free=number_of(settings, "RiskFree"),
        risk_aversion=number_of(settings, "RiskAversion"),
        relative_risk_aversion=number_of(settings, "RelativeRiskAversion"),
        start=date_of(settings, "StudyFrom"),
        model=str(settings["StudyModel"] or ""),
        window=int(number_of(settings, "CovarianceWindow")),
        bands=bands,
        harvests=harvests,
        taxes_due=TaxDue(str(settings["TaxesDue"])),
    )


def tactical_settings(settings: Mapping[str, object]) -> Tactical | None:
    """Where tactical targets come from, the table's not read yet; None where the method is another."""
    if settings["Method"] != Method.TACTICAL.value:
        return None
    if settings["TacticalTargets"] == TABLE:
        return Tactical()
    generator = Generator(str(settings["TacticalTargets"]))
    given = settings["TacticalWindow"]
    if given is None and generator is Generator.INVERSE_VOLATILITY:
        given = settings["CovarianceWindow"]
    return Tactical(generator=generator, window=_rows_or_usual(given, generator))


def _rows_or_usual(given: object, generator: Generator) -> int:
    return int(given) if isinstance(given, (int, float)) else usual_window(generator)


def number_of(settings: Mapping[str, object], name: str) -> float:
    """A setting that is a number."""
    value = settings[name]
    assert isinstance(value, (int, float)), name
    return float(value)


def date_of(settings: Mapping[str, object], name: str) -> date | None:
    """A setting that is a date, if it is given."""
    value = settings[name]
    return value if isinstance(value, date) else None
