"""Targets of a study: one set of weights, a dated table, or a generator; aligned with the prices."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import numpy as np

from xl_rebal import arguments, cells
from xl_rebal.arguments import Grid, Vector
from xl_rebal.cells import RawCell, Refusal, is_blank
from xl_rebal.engine.policies import DatedTargets
from xl_rebal.engine.tactical import generated
from xl_rebal.errors import Code, InputError, Problem
from xl_rebal.functions.work.study_options import StudyOptions, read_generator
from xl_rebal.model.cash import CASH
from xl_rebal.model.prices import Prices
from xl_rebal.model.schedule import Schedule
from xl_rebal.model.tactical import Generator
from xl_rebal.numerics.tolerance import TARGET_SUM_TOLERANCE
from xl_rebal.typing import FloatArray
from xl_rebal.wording import did_you_mean, listed, percent, shown

StudyTargets = Vector | Grid | Generator


def _is_word(cell: object) -> bool:
    return isinstance(cell, str) and any(letter.isalpha() for letter in cell)


def read_targets(raw: object, name: str) -> StudyTargets:
    """One set of weights as a vector, rows as they stand where they are dated, or a generator's word."""
    rows = arguments.table(raw, name)
    if len(rows) == 1 and len(rows[0]) == 1 and _is_word(rows[0][0]):
        return read_generator(raw, name)
    return arguments.block(raw, name) if _is_dated(rows) else arguments.weights(raw, name)


def _is_dated(rows: Grid) -> bool:
    """Whether a table says so: the word Date above its first column, or a date in it beside numbers."""
    first = rows[0][0]
    has_word = isinstance(first, str) and first.strip().casefold() == "date"
    return len(rows[0]) > 1 and (has_word or any(_is_date(row[0]) for row in rows))


_LEAST_SERIAL = 20_000
"""Numbers from here on (1954) are dates rather than weights or values."""


def _is_date(cell: object) -> bool:
    if isinstance(cell, (int, float)) and cell < _LEAST_SERIAL:
        return False
    try:
        cells.day(cell)
    except Refusal:
        return False
    return not is_blank(cell)


def aligned(prices: Prices, targets: StudyTargets) -> tuple[Prices, DatedTargets]:
    """The prices of what has a target, and the targets in their order; CASH needs no column."""
    if isinstance(targets, Generator):
        raise InputError(
            Problem(Code.CONFLICT, f"{targets.value!r}", "weights that add to 100 %",
                    "The word makes targets for the policy tactical.", argument="target")
        )  # fmt: skip
    if isinstance(targets, Vector):
        if targets.labels is None:
            if len(targets) != len(prices.symbols):
                raise InputError(
                    Problem(
                        Code.SHAPES_DIFFER,
                        f"{len(targets)} weights for {len(prices.symbols)} price columns",
                        "one each, in the order of the columns, or symbols beside the weights",
                        argument="target",
                    )
                )
            return prices, DatedTargets.fixed(targets.values)
        symbols = _known(targets.labels, prices)
        return prices.of(symbols), DatedTargets.fixed(targets.values)
    labels, dated = _dated(targets)
    return prices.of(_known(labels, prices)), dated


def _dated(rows: Grid) -> tuple[list[str], DatedTargets]:
    """Symbols and weights of a table: those of the columns with a symbol above; a blank weight is 0.

    Rows that are blank throughout are left out. InputError with every mistake.
    """
    top = next(place for place, row in enumerate(rows) if not all(is_blank(cell) for cell in row))
    if _is_date(rows[top][0]):
        raise InputError(
            Problem(Code.MISSING_CELL, "a date in the first row", "symbols above the weights",
                    "Put a row above: Date, then a symbol over each column.", argument="target")
        )  # fmt: skip
    columns = [place for place, cell in enumerate(rows[top]) if place and not is_blank(cell)]
    dates: list[date | None] = []
    weights = []
    problems: list[Problem] = []
    for number, row in enumerate(rows[top + 1 :], start=top + 2):
        if all(is_blank(cell) for cell in row):
            continue
        place = f"target, row {number}"
        try:
            dates.append(cells.day(row[0]))
            _refuse_beside(row, columns)
            given = [row[column] if column < len(row) else None for column in columns]
            line = np.array([0.0 if is_blank(cell) else cells.number(cell) for cell in given])
            weights.append(_normalised(line, place))
        except Refusal as refusal:
            problems.append(refusal.at(argument=place))
        except InputError as error:
            problems.extend(error.problems)
    if not problems and any(a >= b for a, b in pairwise(dates) if a and b):
        problems.append(
            Problem(Code.OUT_OF_RANGE, "dates that do not rise", "each date after the one above",
                    "Sort the rows.", argument="target")
        )  # fmt: skip
    if not problems and not weights:
        problems.append(
            Problem(Code.NOTHING_TO_READ, "no row below the symbols", "dates and weights",
                    argument="target")
        )  # fmt: skip
    if problems:
        raise InputError(problems)
    labels = [str(rows[top][column]).strip() for column in columns]
    return labels, DatedTargets(tuple(dates), np.array(weights))


def _refuse_beside(row: list[RawCell], columns: list[int]) -> None:
    """Raise Refusal where a weight stands in a column without a symbol."""
    for place, cell in enumerate(row):
        if place and place not in columns and not is_blank(cell):
            raise Refusal(Code.MISSING_CELL, f"{shown(cell)} in column {place + 1}, which has no symbol above",
                          "a symbol above each weight", "Name the column, or clear it.")  # fmt: skip


def for_tactical(
    prices: Prices, targets: StudyTargets, said: StudyOptions, schedule: Schedule
) -> tuple[Prices, DatedTargets]:
    """The dated table as it stands, or what a generator makes of base targets on ``schedule``.

    By its word alone a generator begins with equal weights of all columns but CASH. For the trend filter
    CASH comes last where it has no target.
    """
    word = targets if isinstance(targets, Generator) else said.generator
    if word is None:
        if isinstance(targets, Vector):
            raise InputError(
                Problem(Code.CONFLICT, "one set of weights for the policy tactical",
                        "a dated table, or base weights and the option generator",
                        "A generator is inverse volatility or trend.", argument="target")
            )  # fmt: skip
        return aligned(prices, targets)
    if said.generator not in (None, word) or isinstance(targets, list):
        given = f"{word.value!r}" if said.generator != word else "a dated table"
        raise InputError(
            Problem(Code.CONFLICT, f"{given} and the option generator", "one of the two",
                    "Leave one out, or give base weights.", argument="target")
        )  # fmt: skip
    if isinstance(targets, Generator):
        assets = [symbol for symbol in prices.symbols if symbol != CASH]
        targets = Vector(np.full(len(assets), 1 / max(1, len(assets))), tuple(assets))
    table, base = aligned(prices, targets)
    weights = base.weights[0]
    if word is Generator.TREND and CASH not in table.symbols:
        table = prices.of([*table.symbols, CASH])
        weights = np.append(weights, 0.0)
    return table, generated(word, table, weights, schedule, said.window)


def _normalised(weights: FloatArray, place: str) -> FloatArray:
    total = float(weights.sum())
    if np.any(weights < 0) or abs(total - 1) > TARGET_SUM_TOLERANCE:
        raise InputError(
            Problem(Code.WEIGHTS_SUM, f"weights adding to {percent(total, 2)}",
                    "weights of 0 or more that add to 100 %", argument=place)
        )  # fmt: skip
    return weights / total


def _known(labels: list[str] | tuple[str, ...], prices: Prices) -> list[str]:
    """The symbols as the prices spell them; every unknown one in one refusal."""
    spelt = {symbol.casefold(): symbol for symbol in prices.symbols}
    spelt.setdefault(CASH.casefold(), CASH)
    unknown = [label for label in labels if label.casefold() not in spelt]
    if unknown:
        hint = did_you_mean(unknown[0], prices.symbols)
        hint = f" {hint}" if hint else ""
        raise InputError(
            Problem(
                Code.UNKNOWN_SYMBOL,
                f"no prices of {listed(unknown, 'and')}",
                f"symbols that stand above prices ({listed(prices.symbols, 'and')})",
                f"Add the prices, or correct the symbol.{hint}",
                argument="target",
            )
        )
    found = [spelt[label.casefold()] for label in labels]
    if len(set(found)) != len(found):
        raise InputError(
            Problem(Code.DUPLICATE, "a symbol twice", "each symbol once", argument="target")
        )
    return found
