"""Targets by model: known symbols or classes, within their limits, adding to 100 %."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from xl_rebal.errors import Code
from xl_rebal.model.plan import TargetLine, Targets
from xl_rebal.model.portfolio import CASH
from xl_rebal.model.prices import Prices
from xl_rebal.model.securities import Securities
from xl_rebal.numerics.tolerance import TARGET_SUM_TOLERANCE
from xl_rebal.wording import did_you_mean, listed, percent, points, shown
from xl_rebal.workbook.places import PlacesBuilder
from xl_rebal.workbook.problems import Problems
from xl_rebal.workbook.tables import TypedRow, say_double

_KEY = "Asset class or Symbol"


@dataclass(frozen=True)
class Known:
    """The words that a target may be. ``complete`` is False where one of them was refused."""

    symbols: frozenset[str]
    classes: Mapping[str, str]  # as it is spelt, by its small letters
    members: Mapping[str, frozenset[str]]  # symbols by class
    complete: bool


def known_words(securities: Securities, quoted: Sequence[str], complete: bool) -> Known:
    """What holdings, securities and prices know."""
    members: dict[str, set[str]] = defaultdict(set)
    for security in securities:
        if security.asset_class:
            members[security.asset_class].add(security.symbol)
    return Known(
        frozenset({*quoted, *(s.symbol for s in securities), CASH}),
        {name.casefold(): name for name in members},
        {name: frozenset(symbols) for name, symbols in members.items()},
        complete,
    )


def parse_targets(
    rows: Sequence[TypedRow], known: Known, places: PlacesBuilder, problems: Problems
) -> tuple[Targets, ...]:
    """The targets of each model; they add to 1 exactly afterwards."""
    by_model: dict[str, list[TargetLine]] = defaultdict(list)
    first: dict[str, TypedRow] = {}
    doubled: set[str] = set()
    for row in rows:
        _refuse_outside(row, problems)
        if row.lost("Model"):
            continue
        model = row.text("Model") or ""
        first.setdefault(model, row)
        line = _target_line(row, known, problems)
        if line is None:
            continue
        if any(line.key == other.key for other in by_model[model]):
            doubled.add(model)
            say_double(row, _KEY, line.key, problems)
            continue
        by_model[model].append(line)
        places.note(("target", line.key, model), row, _KEY)
    if "" in first and len(first) > 1:
        row = first[""]
        problems.say(Code.MISSING_CELL, "an empty cell beside named models", "a model",
                     f"Type {listed([shown(m) for m in first if m])}.",
                     row.table.sheet, row.cell("Model"))  # fmt: skip
    if not any(row.lost("Model") for row in rows):
        for model in first:
            if model not in doubled and not ("" in first and len(first) > 1):
                members = [row for row in rows if (row.text("Model") or "") == model]
                check_target_sum(members, problems)
    return tuple(_normalised(model, by_model[model]) for model in first)


def _normalised(model: str, lines: Sequence[TargetLine]) -> Targets:
    total = sum(line.weight for line in lines) or 1.0
    return Targets(tuple(replace(line, weight=line.weight / total) for line in lines), model)


def _target_line(row: TypedRow, known: Known, problems: Problems) -> TargetLine | None:
    key, weight = row.text(_KEY), row.number("Target")
    if key is None:
        return None
    asset_class = known.classes.get(key.casefold())
    symbol = key.upper().removeprefix("'")
    is_symbol = symbol in known.symbols
    if asset_class is not None and is_symbol and known.members[asset_class] != {symbol}:
        problems.say(
            Code.CONFLICT, f"{shown(key)}, which is a symbol and an asset class",
            "one of the two", "Give the class another name.", row.table.sheet, row.cell(_KEY),
        )  # fmt: skip
        return None
    if asset_class is None and not is_symbol and known.complete and weight != 0:
        problems.say(
            Code.UNKNOWN_SYMBOL, shown(key), "a symbol or asset class that the book knows",
            did_you_mean(key, [*known.classes.values(), *sorted(known.symbols)])
            or "Give it a row in Holdings (quantity 0 will do), or a class in Securities.",
            row.table.sheet, row.cell(_KEY),
        )  # fmt: skip
        return None
    if weight is None:
        return None
    is_class = asset_class is not None and not is_symbol
    return TargetLine(
        key=asset_class if is_class and asset_class else symbol,
        weight=weight,
        is_class=is_class,
        band_absolute=row.number("Band absolute"),
        band_relative=row.number("Band relative"),
        minimum=row.number("Minimum"),
        maximum=row.number("Maximum"),
        volatility=row.number("Volatility"),
    )


def _refuse_outside(row: TypedRow, problems: Problems) -> None:
    weight, low, high = (row.number(header) for header in ("Target", "Minimum", "Maximum"))
    if weight is None:
        return
    if (low is not None and low > weight) or (high is not None and high < weight):
        problems.say(
            Code.OUT_OF_RANGE, f"a target of {percent(weight, 2)} outside its own limits",
            f"at least {percent(low or 0, 2)} and at most {percent(1 if high is None else high, 2)}",
            "Correct the target, minimum or maximum.", row.table.sheet, row.cell("Target"),
        )  # fmt: skip


def check_target_sum(rows: Sequence[TypedRow], problems: Problems) -> None:
    """Targets of one model must add to 100 % within the tolerance; said at the first of them."""
    weights = [row.number("Target") for row in rows]
    total = sum(weight for weight in weights if weight is not None)
    if not rows or None in weights or abs(total - 1) <= TARGET_SUM_TOLERANCE:
        return
    model = rows[0].text("Model")
    rest = f"{points(total - 1)} {'missing' if total < 1 else 'too much'}"
    of_model = f" of model {model!r}" if model else ""
    problems.say(
        Code.WEIGHTS_SUM, f"targets{of_model} that add to {percent(total, 2)} ({rest})",
        "100 %", "Change a target; what stays in cash is a row CASH.",
        rows[0].table.sheet, rows[0].cell("Target"),
    )  # fmt: skip


def with_volatility(
    targets: Sequence[Targets],
    rows: Sequence[TypedRow],
    prices: Prices | None,
    as_of: date | None,
    window: int,
    problems: Problems,
) -> tuple[Targets, ...]:
    """The targets with a volatility for each line, estimated where none is typed."""
    place = {(row.text("Model") or "", (row.text(_KEY) or "").upper()): row for row in rows}

    def estimated(model: str, line: TargetLine) -> TargetLine:
        row = place[model, line.key.upper()]
        if line.volatility is not None or line.key == CASH or row.lost("Volatility"):
            return replace(line, volatility=line.volatility or 0.0)
        if prices is None:
            return line
        found = None if line.is_class else prices.annual_volatility(line.key, as_of, window)
        if found is None:
            problems.say(
                Code.MISSING_RISK, f"no volatility for {line.key}",
                f"one a year, or {window + 1} rows of its prices up to the date",
                "Type it into Volatility, or choose another BandKind.",
                row.table.sheet, row.cell("Volatility"),
            )  # fmt: skip
        return replace(line, volatility=found or 0.0)

    return tuple(
        replace(t, lines=tuple(estimated(t.model, line) for line in t.lines)) for t in targets
    )
