"""What undoing a run needs: what stood before it, and a mark of what it left, as texts kept in the book."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from xl_rebal.workbook.areas import Area
from xl_rebal.workbook.live.changes import Change
from xl_rebal.workbook.live.held import Held, content, mark_of, plain
from xl_rebal.workbook.live.sheets import LiveSheets

_HEAD = "undo1:"
"""How the texts begin; another number where their form changes."""
_LONGEST = 8000
"""Characters of one text: older Excels take no longer ones in a block that is written at once."""


@dataclass(frozen=True)
class Undone:
    """One block as it stood, and the checksums of its rows after the run.

    ``table`` had ``rows`` data rows and was left with as many as there are ``marks``; without a
    table it is a cell, ``name`` by its defined name.
    """

    table: str
    name: str
    rows: int
    before: Held
    marks: tuple[int, ...]


class UnreadableRecordError(ValueError):
    """The texts are not what ``texts_of`` made."""


def record_of(sheets: LiveSheets, changes: Sequence[Change]) -> list[Undone]:
    """What undoes changes that were just made. The marks are of what the program made of them."""
    return [_undone(sheets, change) for change in changes]


def _undone(sheets: LiveSheets, change: Change) -> Undone:
    now = sheets.held(change.sheet, change.area)
    if change.table is None:
        return Undone("", change.name, 1, change.before, tuple(map(mark_of, now.cells)))
    assert change.resized is not None
    left = now.cells[: change.resized.height - 1]
    rows = change.table.area.height - 1
    return Undone(change.table.name, "", rows, change.before, tuple(map(mark_of, left)))


def texts_of(record: Sequence[Undone]) -> tuple[str, ...]:
    """A record as texts, none longer than a cell takes; none of them looks like a number or formula."""
    written = json.dumps([_as_json(each) for each in record], allow_nan=False).encode()
    packed = _HEAD + base64.b64encode(zlib.compress(written, 6)).decode()
    return tuple(
        f"_{packed[start : start + _LONGEST]}" for start in range(0, len(packed), _LONGEST)
    )


def read_record(texts: Sequence[str]) -> list[Undone]:
    """The record of these texts; UnreadableRecordError where they are incomplete or changed."""
    packed = "".join(text.removeprefix("_") for text in texts)
    try:
        if not packed.startswith(_HEAD):
            raise ValueError("another form")
        found = json.loads(zlib.decompress(base64.b64decode(packed.removeprefix(_HEAD))))
        return [_from_json(each) for each in found]
    except (ValueError, KeyError, TypeError, zlib.error) as error:
        raise UnreadableRecordError("what undoes the last run cannot be read") from error


def _as_json(undone: Undone) -> dict[str, object]:
    return {
        "table": undone.table, "name": undone.name, "rows": undone.rows, "marks": undone.marks,
        "cells": [[plain(cell) for cell in row] for row in undone.before.cells],
        "formats": [
            [part.top, part.left, part.bottom, part.right, code]
            for part, code in undone.before.formats
        ],
    }  # fmt: skip


def _from_json(found: dict[str, list[list[object]]]) -> Undone:
    cells = tuple(tuple(content(cell) for cell in row) for row in found["cells"])
    formats = tuple((Area(*map(_whole, part[:4])), str(part[4])) for part in found["formats"])
    return Undone(
        str(found["table"]), str(found["name"]), _whole(found["rows"]), Held(cells, formats),
        tuple(_whole(mark) for mark in found["marks"]),
    )  # fmt: skip


def _whole(value: object) -> int:
    if type(value) is not int:
        raise TypeError(f"no whole number: {value!r}")
    return value
