"""Marks of our sheets, titles, and defined names merged from one book into another."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from xl_rebal.errors import Code, Problem, WriteError
from xl_rebal.workbook.package.markup import Edit, Element, escape, inserted
from xl_rebal.workbook.package.parts import Package, SheetPart, as_count

SHEET_MARK = "xlr_sheet"
RESULT_PREFIX = "res_"

WORKBOOK_ORDER = (
    "fileVersion",
    "fileSharing",
    "workbookPr",
    "workbookProtection",
    "bookViews",
    "sheets",
    "functionGroups",
    "externalReferences",
    "definedNames",
    "calcPr",
    "oleSize",
    "customWorkbookViews",
    "pivotCaches",
    "smartTagPr",
    "smartTagTypes",
    "webPublishing",
    "fileRecoveryPr",
    "webPublishObjects",
    "extLst",
)
_LONGEST_TITLE = 31


def marked_sheets(package: Package, mark: str = SHEET_MARK) -> dict[str, SheetPart]:
    """The sheets that carry our mark, a sheet-scoped name whose text is a quoted kind, by kind.

    A copy that a user made of one of our sheets carries the mark too. The copy is the user's:
    of two sheets of one kind ours is the older, the one with the lower sheet id.
    """
    sheets = {sheet.title: sheet for sheet in package.sheets()}
    found: dict[str, SheetPart] = {}
    for name in package.defined_names():
        if name.sheet_title is None or name.name.lower() != mark.lower():
            continue
        text, sheet = name.text.strip(), sheets[name.sheet_title]
        if len(text) > 2 and text.startswith('"') and text.endswith('"'):
            kind = text[1:-1].replace('""', '"')
            if kind not in found or sheet.sheet_id < found[kind].sheet_id:
                found[kind] = sheet
    return found


def plan(package: Package, kinds_to_titles: Mapping[str, str], mark: str) -> dict[str, str]:
    """The title that each kind of sheet will have: the user's where there is one, else a free one
    like the wanted one ("Trades (2)"). Titles differ by more than case."""
    ours = marked_sheets(package, mark)
    taken = {sheet.title.lower() for sheet in package.sheets()}
    titles = {}
    for kind, wanted in kinds_to_titles.items():
        if kind in ours:
            titles[kind] = ours[kind].title
        else:
            titles[kind] = _free_title(wanted, taken)
            taken.add(titles[kind].lower())
    return titles


def _free_title(wanted: str, taken: Collection[str]) -> str:
    if not 0 < len(wanted) <= _LONGEST_TITLE or re.search(r"[\[\]:*?/\\]|^'|'$", wanted):
        raise ValueError(f"{wanted!r} cannot be the title of a sheet")
    title, number = wanted, 1
    while title.lower() in taken:
        number += 1
        suffix = f" ({number})"
        title = wanted[: _LONGEST_TITLE - len(suffix)] + suffix
    return title


@dataclass(frozen=True)
class _Name:
    name: str
    scope: int  # the sheet's index, -1 for the whole workbook
    xml: str

    @property
    def key(self) -> tuple[str, int]:
        return self.name.lower(), self.scope


def merged_names(
    book: Package, scratch: Package, indices: Mapping[int, int], replaced: Collection[SheetPart]
) -> list[Edit]:
    """The edits of the book's main part that bring in the scratch book's names.

    ``indices`` maps sheet indices of the scratch book to those in the book. Names scoped to the
    ``replaced`` sheets go. Of the names that the whole workbook sees, those with our prefix are
    replaced (and dropped where they point to a replaced sheet and are no more); any other that is
    already there is a WriteError, for it is the user's.
    """
    new = [_moved(name, indices, book.workbook.prefix) for name in _names(scratch)]
    gone = {sheet.index for sheet in replaced}
    points_to_gone = _pointer({sheet.title for sheet in replaced})
    kept = [
        _Name(element.get("name"), scope, element.outer)
        for element in _names(book)
        if (scope := as_count(element.get("localSheetId"), -1)) not in gone
        and not (_is_ours(element.get("name"), scope) and points_to_gone.match(element.content))
    ]
    _refuse_taken([name for name in new if not _is_ours(name.name, name.scope)], kept)
    # Excel wants them sorted; ours come last and win where both are there.
    by_key = {name.key: name for name in (*kept, *new)}
    rows = "".join(by_key[key].xml for key in sorted(by_key))
    listed, tag = book.workbook.child("definedNames"), f"{book.workbook.prefix}definedNames"
    whole = f"<{tag}>{rows}</{tag}>" if rows else ""
    if listed is not None:
        return [(listed.start, listed.end, whole)]
    return [inserted(book.workbook, whole, "definedNames", WORKBOOK_ORDER)] if whole else []


def _names(package: Package) -> tuple[Element, ...]:
    listed = package.workbook.child("definedNames")
    return listed.all("definedName") if listed else ()


def _moved(element: Element, indices: Mapping[int, int], prefix: str) -> _Name:
    attributes = element.attributes
    scope = as_count(attributes.get("localSheetId"), -1)
    if scope >= 0:
        scope = indices[scope]
        attributes["localSheetId"] = str(scope)
    inside = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())
    xml = f"<{prefix}definedName{inside}>{escape(element.content)}</{prefix}definedName>"
    return _Name(attributes["name"], scope, xml)


def _is_ours(name: str, scope: int) -> bool:
    return scope < 0 and name.lower().startswith(RESULT_PREFIX)


def _pointer(titles: Collection[str]) -> re.Pattern[str]:
    """What a reference to a cell of one of these sheets starts with."""
    spellings = [re.escape(s) for title in titles for s in (title, f"'{_doubled(title)}'")]
    return re.compile(rf"(?:{'|'.join(spellings)})!", re.IGNORECASE) if titles else re.compile("$^")


def _doubled(title: str) -> str:
    return title.replace("'", "''")


def _refuse_taken(new: list[_Name], kept: list[_Name]) -> None:
    kept_keys = {name.key for name in kept}
    if taken := sorted(name.name for name in new if name.key in kept_keys):
        raise WriteError(
            Problem(
                Code.CANNOT_WRITE,
                f"the defined name {taken[0]} in use for something else",
                "that name free for a result",
                "Rename it under Formulas, Name Manager.",
            )
        )
