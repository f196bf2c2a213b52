"""Our result sheets put into somebody's book, every part that is not ours left byte for byte."""

from __future__ import annotations

from collections.abc import Mapping

from xl_rebal.workbook.package.markup import (
    Edit,
    appended,
    escape,
    splice,
)
from xl_rebal.workbook.package.names import (
    SHEET_MARK,
    marked_sheets,
    merged_names,
    plan,
)
from xl_rebal.workbook.package.parts import RELATIONSHIPS, Package, SheetPart, read_package
from xl_rebal.workbook.package.refresh import calculation_asked
from xl_rebal.workbook.package.transplant import drop_sheets, transplant
from xl_rebal.workbook.package.wiring import fresh_id, relate_as, retype, unrelate
from xl_rebal.workbook.package.writable import refuse_unwritable


def plan_titles(
    base: bytes, kinds_to_titles: Mapping[str, str], *, mark: str = SHEET_MARK, name: str = ""
) -> dict[str, str]:
    """The title that each kind of result sheet will have in a book, before anything is built.

    Formulas and charts name sheets by title, so the sheets to graft must be built with these. A
    kind that the book already has keeps the title that the user gave it; a new one gets the wanted
    title, or that with a number where another sheet has it. InputError as in :func:`graft`.
    """
    package = read_package(base, name)
    refuse_unwritable(package)
    return plan(package, kinds_to_titles, mark)


def graft(base: bytes, addition: bytes, *, mark: str = SHEET_MARK, name: str = "") -> bytes:
    """The book ``base`` with all sheets of ``addition``; no other part of it changes.

    Every sheet of ``addition`` carries the hidden sheet-scoped name ``mark`` with its kind and has
    the title that :func:`plan_titles` gave (ValueError otherwise). A sheet of the same kind is
    replaced where it stands and keeps its place, title and visibility; what the user has added to
    it (comments, charts) goes. A new sheet comes last.

    Number formats, fonts, fills, borders and named styles come along; cells without a style take
    the book's default. The book calculates everything when it is opened next. InputError where the
    book is signed or its structure locked, WriteError where a table or a name of ours is taken.
    """
    book, scratch = read_package(base, name), read_package(addition)
    refuse_unwritable(book)
    new = _marked(scratch, mark)
    planned = plan(book, {kind: sheet.title for kind, sheet in new.items()}, mark)
    if wrong := [sheet.title for kind, sheet in new.items() if sheet.title != planned[kind]]:
        raise ValueError(f"the sheets {wrong} do not have the titles that plan_titles gives")
    ours = marked_sheets(book, mark)
    replaced = {kind: ours[kind] for kind in new if kind in ours}

    by_title = {sheet.title: sheet for sheet in replaced.values()}
    result, part_names = transplant(book, drop_sheets(book, replaced.values()), scratch, by_title)
    result = _with_workbook(result, scratch, new, replaced, part_names)
    return _without_calculation_chain(result).to_bytes()


def _marked(scratch: Package, mark: str) -> dict[str, SheetPart]:
    """The sheets to graft by kind, in tab order; ValueError where one has no mark of its own."""
    marked, sheets = marked_sheets(scratch, mark), scratch.sheets()
    if bare := {sheet.title for sheet in sheets} - {sheet.title for sheet in marked.values()}:
        raise ValueError(f"the sheets {sorted(bare)} have no mark {mark}, or not one of their own")
    return dict(sorted(marked.items(), key=lambda item: item[1].index))


def _with_workbook(
    result: Package,
    scratch: Package,
    new: Mapping[str, SheetPart],
    replaced: Mapping[str, SheetPart],
    part_names: Mapping[str, str],
) -> Package:
    """The main part with the new sheets listed, the names merged, and a calculation asked for."""
    main, workbook, sheets = result.workbook_part, result.workbook, result.sheets()
    listed = workbook.child("sheets")
    assert listed is not None  # read_package refuses a book without sheets
    indices = {new[kind].index: sheet.index for kind, sheet in replaced.items()}
    used_ids = {sheet.sheet_id for sheet in sheets}
    added: dict[str, tuple[str, str]] = {}
    rows = []
    for kind, sheet in new.items():
        if kind in replaced:
            continue
        indices[sheet.index] = len(sheets) + len(added)
        rel_id = fresh_id(result, main, added)
        added[rel_id] = ("worksheet", part_names[sheet.part_name])
        sheet_id = next(n for n in range(1, len(used_ids) + 2) if n not in used_ids)
        used_ids.add(sheet_id)
        state = "" if sheet.state == "visible" else f' state="{sheet.state}"'
        rows.append(
            f'<{workbook.prefix}sheet xmlns:r="{RELATIONSHIPS}" name="{escape(sheet.title)}" '
            f'sheetId="{sheet_id}"{state} r:id="{rel_id}"/>'
        )
    edits: list[Edit] = merged_names(result, scratch, indices, tuple(replaced.values()))
    if rows:
        edits.append(appended(listed, "".join(rows)))
    edits.append(calculation_asked(workbook))
    text = splice(workbook.source, edits)
    result = result.replace({main: text.encode()})
    return relate_as(result, main, added) if added else result


def _without_calculation_chain(package: Package) -> Package:
    """Without the list of formula cells to calculate: it is out of date, and Excel rebuilds it."""
    part = package.related(package.workbook_part, "calcChain")
    if part is None:
        return package
    package = unrelate(package, package.workbook_part, {part})
    return retype(package, {}, {part}).replace({part: None})
