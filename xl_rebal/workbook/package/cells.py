"""Formula cells of a sheet part: which they are, which have no value, and putting values in."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from numbers import Integral, Real
from typing import NamedTuple

from xl_rebal.workbook.book import column_letters, column_number
from xl_rebal.workbook.package.markup import Edit, encode_chars, escape, mask, read_attributes

_ERRORS = ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A")
_LONGEST_TEXT = 32_767
_EXACT_INTEGERS = 2**53


@dataclass(frozen=True, slots=True)
class ErrorCell:
    """An error as a cell's value; text that merely starts with "#" stays text.

    >>> ErrorCell("#N/A").text
    '#N/A'
    """

    text: str

    def __post_init__(self) -> None:
        if self.text not in _ERRORS:
            raise ValueError(f"{self.text!r} is none of the errors {', '.join(_ERRORS)}")


CachedValue = float | int | str | bool | ErrorCell


class Formula(NamedTuple):
    """Where a formula cell stands in its sheet's text.

    ``<c ...>`` is text[start:inner], ``attributes`` its inside; the value (``<v>`` or ``<is>``,
    perhaps nothing) is text[value:end]; ``calculated`` says whether there is a value.
    """

    address: str
    start: int
    inner: int
    value: int
    end: int
    attributes: str
    formula_attributes: str
    calculated: bool


def sheet_prefix(text: str) -> str:
    """The prefix (with colon) of a sheet part's elements, empty as a rule."""
    root = re.search(r"<([^\s/>!?:]+:)?(?:work|chart|dialog|macro)sheet[\s/>]", text, re.IGNORECASE)
    return (root[1] or "") if root else ""


def formulas(text: str) -> Iterator[Formula]:
    """Every formula cell of a sheet's text in its order.

    A cell of an array or a spill that holds only a value is no formula cell: its anchor is.
    A missing value and an empty one mean "never calculated", but empty text is a value (t="str").
    """
    searchable, prefix = mask(text), re.escape(sheet_prefix(text))
    addresses: Iterator[tuple[int, str]] | None = None
    for match in _formula_pattern(prefix).finditer(searchable):
        address, attributes, formula_attributes, value, content, inline = match.groups()
        if address is None:
            address = read_attributes(attributes).get("r")
        if address is None:  # cells may leave out their address: then only counting helps
            addresses = addresses or _counted_addresses(searchable, prefix)
            address = next(place for start, place in addresses if start == match.start())
        end = match.end()
        if value is not None and not (content or "").strip():
            calculated = read_attributes(attributes).get("t") == "str"
        else:
            calculated = value is not None or inline is not None
        yield Formula(
            address,
            match.start(),
            match.end(2) + 1,
            match.start(4) if value is not None else match.start(6) if inline is not None else end,
            end,
            attributes,
            formula_attributes,
            calculated,
        )


def _formula_pattern(prefix: str) -> re.Pattern[str]:
    return re.compile(
        rf'<{prefix}c(?: r="([A-Z]+[0-9]+)")?((?:\s[^>]*+)?)>\s*+'
        rf"<{prefix}f((?:\s[^>]*)?)(?:/>|>[^<]*+</{prefix}f\s*>)\s*+"
        rf"(<{prefix}v(?:\s[^>]*)?(?:/>|>([^<]*+)</{prefix}v\s*>))?"
        rf"(<{prefix}is[\s>].*?</{prefix}is\s*>)?",
        re.DOTALL,
    )


def _counted_addresses(text: str, prefix: str) -> Iterator[tuple[int, str]]:
    """Position and address of every cell: the given one, else the one after its neighbour's."""
    row = column = 0
    for match in re.finditer(rf"<{prefix}(row|c)((?:\s[^>]*)?)/?>", text):
        given = read_attributes(match[2]).get("r", "")
        if match[1] == "row":
            row, column = int(given) if given else row + 1, 0
            continue
        letters = given.rstrip("0123456789")
        column = column_number(letters) if letters else column + 1
        yield match.start(), given or f"{column_letters(column)}{row}"


def error_cells(text: str) -> Iterator[tuple[str, str]]:
    """Address and text ("#N/A") of every cell of a sheet's text that shows an error."""
    searchable, prefix = mask(text), re.escape(sheet_prefix(text))
    pattern = re.compile(
        rf"""<{prefix}c(?=\s[^>]*\bt\s*=\s*["']e["'])([^>]*)>"""
        rf"(?:(?!</{prefix}c\s*>).)*?<{prefix}v>([^<]*)<",
        re.DOTALL,
    )
    addresses: Iterator[tuple[int, str]] | None = None
    for match in pattern.finditer(searchable):
        address = read_attributes(match[1]).get("r")
        if address is None:  # cells may leave out their address: then only counting helps
            addresses = addresses or _counted_addresses(searchable, prefix)
            address = next(place for start, place in addresses if start == match.start())
        yield address, match[2]


def value_edits(
    text: str,
    values: Mapping[str, CachedValue],
    *,
    sheet: str,
    dynamic: Mapping[str, int] | None = None,
    every: bool = False,
) -> list[Edit]:
    """The edits that give formula cells these values, and nothing else in the sheet's text.

    ``dynamic`` maps anchors of array formulas to the cell metadata that makes them spill. With
    ``every`` each formula cell of the sheet needs a value. ValueError, naming the cell, where a
    value is missing, stands for a cell without a formula, or is no finite number.
    """
    dynamic = dynamic or {}
    prefix = sheet_prefix(text)
    missing, edits = set(values) | set(dynamic), list[Edit]()
    for formula in formulas(text):
        address = formula.address
        missing.discard(address)
        if address not in values:
            if every or address in dynamic:
                raise ValueError(f"{sheet}!{address} holds a formula and was given no value")
            continue
        if address in dynamic and read_attributes(formula.formula_attributes).get("t") != "array":
            raise ValueError(f"{sheet}!{address} shall spill but holds no array formula")
        kind, stored = encoded(values[address], f"{sheet}!{address}")
        tag = text[formula.start : formula.inner]
        new_tag = retagged(tag, kind, dynamic.get(address))
        if new_tag != tag:
            edits.append((formula.start, formula.inner, new_tag))
        edits.append((formula.value, formula.end, f"<{prefix}v>{stored}</{prefix}v>"))
    if missing:
        places = ", ".join(f"{sheet}!{address}" for address in sorted(missing))
        raise ValueError(f"values were given for {places}, where there is no formula")
    return edits


def retagged(tag: str, kind: str, metadata: int | None) -> str:
    """The opening tag of a cell with another type; "n" is the default and not written."""
    attributes = read_attributes(tag)
    if attributes.get("t", "n") == kind and "vm" not in attributes and metadata is None:
        return tag
    # vm ties a cell to a rich value (a stock, a #SPILL! with its reason) that the new one replaces.
    dropped = "t|vm" if metadata is None else "t|vm|cm"
    bare = re.sub(rf"""\s(?:{dropped})\s*=\s*(?:"[^"]*"|'[^']*')""", "", tag)[:-1]
    return (
        bare
        + ("" if kind == "n" else f' t="{kind}"')
        + ("" if metadata is None else f' cm="{metadata}"')
        + ">"
    )


def encoded(value: CachedValue, place: str) -> tuple[str, str]:
    """The cell type and the text of ``<v>``; numbers so that reading gives the same double."""
    if isinstance(value, bool):
        return "b", "1" if value else "0"
    if isinstance(value, ErrorCell):
        return "e", value.text
    if isinstance(value, str):
        if len(value) > _LONGEST_TEXT:
            raise ValueError(f"{place}: a text of {len(value):,} characters; a cell holds 32,767")
        return "str", escape(encode_chars(value))
    if isinstance(value, Integral) and abs(value) <= _EXACT_INTEGERS:
        return "n", str(int(value))
    if not isinstance(value, Real):
        raise TypeError(f"{place}: {value!r} is no number, text, boolean or ErrorCell")
    number = float(value) + 0.0  # no minus zero
    if not math.isfinite(number):
        raise ValueError(f"{place}: {value!r} is no finite number")
    return "n", repr(number).removesuffix(".0")
