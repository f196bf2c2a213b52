"""Arguments of worksheet functions: ranges and scalars to vectors, tables, words, numbers.

A host passes a scalar for one cell, rows for a range, and None (or blank) for "not given". Readers
take (raw, argument name) and raise InputError with every problem of that argument.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from xl_rebal import cells
from xl_rebal.cells import RawCell, Refusal, is_blank
from xl_rebal.errors import Code, InputError, Problem
from xl_rebal.numerics.tolerance import TARGET_SUM_TOLERANCE
from xl_rebal.typing import FloatArray
from xl_rebal.wording import counted, did_you_mean, listed, percent, points, shown

Grid = list[list[RawCell]]


def as_grid(raw: object) -> Grid:
    """Rows of cells, whatever a host passes for a range; one row where it passes a flat list.

    >>> as_grid(5), as_grid([1, 2]), as_grid(((1,), (2,)))
    ([[5]], [[1, 2]], [[1], [2]])
    """
    if isinstance(raw, np.ndarray):
        raw = raw.tolist()
    if not isinstance(raw, (list, tuple)):
        return [[raw]]  # type: ignore[list-item]
    if any(isinstance(row, (list, tuple)) for row in raw):
        return [list(row) if isinstance(row, (list, tuple)) else [row] for row in raw]
    return [list(raw)]


def is_given(raw: object) -> bool:
    """Whether anything was passed: None, blank text and a blank range are *not given*."""
    return any(not is_blank(cell) for row in as_grid(raw) for cell in row)


def error_in(raw: object) -> str | None:
    """The first error value among the cells, which the function then returns itself."""
    for row in as_grid(raw):
        for cell in row:
            if isinstance(cell, str) and cells.is_error(cell):
                return cell.strip().upper()
    return None


def _scalar(raw: object, name: str) -> RawCell:
    grid = as_grid(raw)
    if len(grid) != 1 or len(grid[0]) != 1:
        found = f"{len(grid)} x {max(len(row) for row in grid)} cells"
        raise InputError(
            Problem(Code.SHAPES_DIFFER, found, "one cell", "Pass a single value.", argument=name)
        )
    return grid[0][0]


def _read(reader: Callable[[RawCell], object], raw: RawCell, name: str, place: str = "") -> object:
    try:
        return reader(raw)
    except Refusal as refusal:
        argument = f"{name}, {place}" if place else name
        raise InputError(refusal.at(argument=argument)) from None


def number_between(
    expected: str,
    *,
    least: float = -np.inf,
    above: float = -np.inf,
    greatest: float = np.inf,
) -> Callable[[object, str], float]:
    """A reader of one number within limits."""

    def read(raw: object, name: str) -> float:
        found = _read(
            lambda cell: cells.number(cell, expected, least=least, above=above, greatest=greatest),
            _scalar(raw, name),
            name,
        )
        assert isinstance(found, float)
        return found

    return read


def flag(raw: object, name: str) -> bool:
    """TRUE/FALSE, 1/0 or Yes/No."""
    return bool(_read(cells.flag, _scalar(raw, name), name))


def word(*known: str) -> Callable[[object, str], str]:
    """A reader of one of the known words."""

    def read(raw: object, name: str) -> str:
        return str(_read(lambda cell: cells.choice(cell, known), _scalar(raw, name), name))

    return read


def block(raw: object, name: str) -> Grid:
    """Rows as they stand, blank ones too: their numbers are those of the range."""
    if not is_given(raw):
        raise InputError(
            Problem(Code.NOTHING_TO_READ, "an empty range", "at least one row", argument=name)
        )
    return as_grid(raw)


def table(raw: object, name: str) -> Grid:
    """Rows as they stand, without rows that are blank throughout."""
    return [row for row in block(raw, name) if not all(is_blank(cell) for cell in row)]


@dataclass(frozen=True)
class Vector:
    """Numbers in a row or a column, with labels if the range had them; ``blanks`` cells behind are left out."""

    values: FloatArray
    labels: tuple[str, ...] | None
    across: bool = False
    blanks: int = 0

    @property
    def keys(self) -> tuple[str, ...] | None:
        """Labels as they are matched: without capitals."""
        return None if self.labels is None else tuple(label.casefold() for label in self.labels)

    def __len__(self) -> int:
        return len(self.values)


def vector(raw: object, name: str) -> Vector:
    """A row or a column of numbers; labels on the left (or above a row of numbers) are kept.

    Blanks after the last number are left out, and so is a header of two words above labelled
    numbers. A blank between numbers is refused: it is not 0. Labels are text: of two rows of
    numbers nobody can know which is meant.
    """
    rows = table(raw, name)
    labels: list[RawCell] | None = None
    across, blanks = False, 0
    if all(len(row) == 1 for row in rows):
        column = [cell for row in as_grid(raw) for cell in row]
        values = _without_blank_tail(column)
        blanks = len(column) - len(values)
    elif len(rows) == 1 and len(rows[0]) == 2 and not _is_number(rows[0][0]):
        labels, values = [rows[0][0]], [rows[0][1]]
    elif len(rows) == 1:
        values, across = _without_blank_tail(rows[0]), True
        blanks = len(rows[0]) - len(values)
    elif all(len(row) == 2 for row in rows) and not _is_label_row(rows):
        if _is_header(rows):
            rows = rows[1:]
        labels, values = [row[0] for row in rows], [row[1] for row in rows]
    elif len(rows) == 2:
        across = True
        width = max(len(_without_blank_tail(row)) for row in rows)
        labels, values = rows[0][:width], rows[1][:width]
    else:
        raise _no_vector(rows, "cells", name)
    if labels and all(_is_no_text(label) for label in labels):
        raise _no_vector(rows, "numbers", name, "Numbers are no labels: give one row or column of "
                         "them, or type the labels as text.")  # fmt: skip
    return Vector(_numbers(values, name), _labels(labels, name), across, blanks)


def _no_vector(rows: Grid, what: str, name: str, fix: str = "") -> InputError:
    found = f"{len(rows)} x {max(len(row) for row in rows)} {what}"
    expected = "one row or column, with labels beside it if you like"
    return InputError(Problem(Code.SHAPES_DIFFER, found, expected, fix, argument=name))


def _without_blank_tail(row: Sequence[RawCell]) -> list[RawCell]:
    kept = list(row)
    while kept and is_blank(kept[-1]):
        kept.pop()
    return kept


def _is_number(cell: RawCell) -> bool:
    return isinstance(cell, (int, float)) and not isinstance(cell, bool)


def _is_no_text(cell: RawCell) -> bool:
    """A number, a date or TRUE: never a label."""
    return isinstance(cell, (int, float, date))  # TRUE is an int as well


def _is_label_row(rows: Grid) -> bool:
    """Two rows of two: labels above numbers, unless the left column is the labels."""
    return (
        len(rows) == 2
        and all(isinstance(cell, str) for cell in rows[0])
        and all(_is_number(cell) for cell in rows[1])
    )


_HEADER_WORDS = frozenset(
    {"weight", "weights", "value", "values", "market value", "target", "targets", "target weight"}
    | {"current", "allocation", "quantity", "qty", "shares", "units", "position", "price", "amount"}
    | {"volatility", "band", "cost", "rate", "drift", "covariance"}
)


def is_header_word(cell: RawCell) -> bool:
    """Whether a cell can only be a header: a known word. A number typed as text is none.

    >>> is_header_word("Quantity"), is_header_word("60"), is_header_word("n/a")
    (True, False, False)
    """
    return isinstance(cell, str) and " ".join(cell.casefold().split()) in _HEADER_WORDS


def _is_header(rows: Grid) -> bool:
    return len(rows) > 1 and is_header_word(rows[0][1])


def _numbers(values: Sequence[RawCell], name: str) -> FloatArray:
    problems: list[Problem] = []
    found: list[float] = []
    for place, cell in enumerate(values, start=1):
        try:
            found.append(cells.number(cell))
        except Refusal as refusal:
            problems.append(refusal.at(argument=f"{name}, cell {place}"))
    if problems:
        raise InputError(problems)
    return np.array(found)


def _labels(raw: Sequence[RawCell] | None, name: str) -> tuple[str, ...] | None:
    if raw is None:
        return None
    problems: list[Problem] = []
    found: list[str] = []
    for place, cell in enumerate(raw, start=1):
        try:
            if _is_no_text(cell):
                fix = "Type it as text, with an apostrophe before it."
                raise Refusal(Code.UNKNOWN_WORD, shown(cell), "a label as text", fix)
            label = cells.text(cell, "a label")
        except Refusal as refusal:
            problems.append(refusal.at(argument=f"{name}, label {place}"))
            continue
        if label.casefold() in (known.casefold() for known in found):
            problems.append(
                Problem(Code.DUPLICATE, f"{label!r} twice", "each label once",
                        "Add the rows up.", argument=name)
            )  # fmt: skip
        found.append(label)
    if problems:
        raise InputError(problems)
    return tuple(found)


def held(raw: object, name: str) -> Vector:
    """A current portfolio: values or weights, normalised to add to 1."""
    given = vector(raw, name)
    total = float(given.values.sum())
    if not total > 0:
        raise InputError(
            Problem(Code.NO_VALUE, f"a total of {shown(total)}", "a total above 0",
                    "Check the values; weights cannot be formed.", argument=name)
        )  # fmt: skip
    return Vector(given.values / total, given.labels, given.across)


def weights(raw: object, name: str) -> Vector:
    """Target weights: 0 or more, adding to 1 within 1e-4, then normalised exactly."""
    given = vector(raw, name)
    if (given.values < 0).any():
        place = int(np.argmax(given.values < 0))
        who = given.labels[place] if given.labels else f"cell {place + 1}"
        raise InputError(
            Problem(Code.OUT_OF_RANGE, f"{given.values[place]:g} for {who}", "weights of 0 or more",
                    "Short targets are not supported.", argument=name)
        )  # fmt: skip
    total = float(given.values.sum())
    if abs(total - 1) > TARGET_SUM_TOLERANCE:
        if abs(total - 100) <= 100 * TARGET_SUM_TOLERANCE:
            fix = "Give fractions: 25 % is 0.25."
        else:
            fix = f"{points(total - 1)} {'are missing' if total < 1 else 'are too much'}."
        raise InputError(
            Problem(Code.WEIGHTS_SUM, f"weights that add to {percent(total)}", "100 %", fix,
                    argument=name)
        )  # fmt: skip
    return Vector(given.values / total, given.labels, given.across)


@dataclass(frozen=True)
class Pair:
    """Two vectors on the same assets. ``shown`` are the labels, or positions from 1 without any."""

    first: FloatArray
    second: FloatArray
    labels: tuple[str, ...] | None

    @property
    def shown(self) -> list[RawCell]:
        if self.labels is None:
            return list(range(1, len(self.first) + 1))
        return list(self.labels)

    @property
    def names(self) -> tuple[str, ...]:
        """Labels in capitals, as symbols; empty text without labels."""
        if self.labels is None:
            return ("",) * len(self.first)
        return tuple(label.upper() for label in self.labels)


def paired(first: Vector, second: Vector, names: tuple[str, str]) -> Pair:
    """Match by label where both have labels (a missing one is 0), else by position.

    The order is that of ``first``; what only ``second`` has follows.
    """
    if first.keys is None or second.keys is None:
        if len(first) != len(second):
            raise InputError(
                Problem(
                    Code.SHAPES_DIFFER, f"{counted(len(first), 'number')} beside {len(second)} in {names[1]}",
                    "as many in both, or labels on both", argument=names[0],
                )
            )  # fmt: skip
        return Pair(first.values, second.values, first.labels or second.labels)
    assert first.labels is not None
    assert second.labels is not None
    rest = [i for i, key in enumerate(second.keys) if key not in first.keys]
    keys = [*first.keys, *(second.keys[i] for i in rest)]
    left = dict(zip(first.keys, first.values, strict=True))
    right = dict(zip(second.keys, second.values, strict=True))
    return Pair(
        np.array([left.get(key, 0.0) for key in keys]),
        np.array([right.get(key, 0.0) for key in keys]),
        (*first.labels, *(second.labels[i] for i in rest)),
    )


def per_asset(given: Vector, labels: tuple[str, ...] | None, count: int, name: str) -> FloatArray:
    """One number for all assets, or one for each, matched by label where both have labels.

    One number for all is a range of one cell: beside blanks it may be that of the first asset.
    """
    if len(given) == 1 and given.keys is None and (count == 1 or not given.blanks):
        return np.full(count, float(given.values[0]))
    if given.keys is not None and labels is not None:
        by_key = dict(zip(given.keys, given.values, strict=True))
        missing = [label for label in labels if label.casefold() not in by_key]
        if missing:
            own = {label.casefold() for label in labels}
            others = [label for label in given.labels or () if label.casefold() not in own]
            beside = f" but a number for {listed(others, 'and')}" if others else ""
            raise InputError(
                Problem(Code.MISSING_RISK, f"nothing for {missing[0]}{beside}", "a number for each asset",
                        did_you_mean(missing[0], list(given.labels or ())), argument=name)
            )  # fmt: skip
        return np.array([by_key[label.casefold()] for label in labels])
    if len(given) != count:
        blanks = f" and {counted(given.blanks, 'blank')}" if given.blanks else ""
        raise InputError(
            Problem(Code.SHAPES_DIFFER, f"{counted(len(given), 'number')}{blanks}",
                    f"one, or {count} (one an asset)", argument=name)
        )  # fmt: skip
    return given.values


@dataclass(frozen=True)
class Risk:
    """Volatilities of shape (n,) or a covariance matrix (n, n), as given."""

    vector: Vector | None
    matrix: FloatArray | None
    labels: tuple[str, ...] | None = None


def risk(raw: object, name: str) -> Risk:
    """Annual volatilities (a row or column) or an annual covariance (a square, labels allowed)."""
    rows = _without_blank_columns(table(raw, name))
    labels: tuple[str, ...] | None = None
    square = rows
    is_labelled = len(rows) > 1 and len(rows[0]) > 1 and is_blank(rows[0][0])
    if is_labelled and not _is_number(rows[0][1]):
        labels = _labels(rows[0][1:], name)
        _refuse_other_labels([row[0] for row in rows[1:]], labels, name)
        square = [row[1:] for row in rows[1:]]
    elif len(rows) > 1 and len(rows[0]) == len(rows) + 1 and not _is_number(rows[0][0]):
        labels = _labels([row[0] for row in rows], name)
        square = [row[1:] for row in rows]
    size = len(square)
    if size == 1 and is_labelled and labels and len(square[0]) == 1:
        return Risk(None, _covariance(square, name), labels)
    if size > 1 and all(len(row) == size for row in square):
        looks_labelled = size == 2 and not _is_number(square[0][0])
        if not looks_labelled:
            return Risk(None, _covariance(square, name), labels)
    given = vector(raw, name)
    if (given.values < 0).any():
        raise InputError(
            Problem(Code.OUT_OF_RANGE, f"{given.values.min():g}", "volatilities of 0 or more",
                    argument=name)
        )  # fmt: skip
    return Risk(given, None, given.labels)


def _without_blank_columns(rows: Grid) -> Grid:
    """Without the columns on the right that are blank throughout."""
    width = max(len(_without_blank_tail(row)) for row in rows)
    return [row[:width] for row in rows]


def _refuse_other_labels(left: Sequence[RawCell], top: tuple[str, ...] | None, name: str) -> None:
    """The rows of a matrix stand in the order of its columns, or have no labels."""
    if top is None or all(is_blank(cell) for cell in left):
        return
    beside = _labels(left, name) or ()
    if [label.casefold() for label in beside] != [label.casefold() for label in top]:
        raise InputError(
            Problem(Code.CONFLICT, f"rows {listed(beside, 'and')} under columns "
                    f"{listed(top, 'and')}", "the same labels in the same order",
                    "Sort the rows as the columns.", argument=name)
        )  # fmt: skip


def _covariance(square: Grid, name: str) -> FloatArray:
    matrix = np.array([_numbers(row, name) for row in square])
    scale = float(np.abs(matrix).max())
    if not np.allclose(matrix, matrix.T, rtol=1e-9, atol=1e-12 * scale):
        raise InputError(
            Problem(Code.OUT_OF_RANGE, "a matrix that is not symmetric", "a covariance matrix",
                    argument=name)
        )  # fmt: skip
    lowest = float(np.linalg.eigvalsh((matrix + matrix.T) / 2).min())
    if lowest < -1e-8 * scale:
        raise InputError(
            Problem(Code.NOT_PSD, f"a matrix with the eigenvalue {lowest:.3g}",
                    "a covariance matrix, which has none below 0", argument=name)
        )  # fmt: skip
    return matrix
