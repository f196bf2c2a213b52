"""The parts of our sheets moved from the scratch book into the user's: fresh names, fresh ids,
the user's styles."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from xl_rebal.errors import Code, InputError, Problem, WriteError
from xl_rebal.workbook.package.markup import splice, with_attribute
from xl_rebal.workbook.package.metadata import ensure_dynamic
from xl_rebal.workbook.package.parts import (
    Package,
    SheetPart,
    as_count,
    rels_name,
)
from xl_rebal.workbook.package.strings import inlined, shared_items
from xl_rebal.workbook.package.styles import StyleImport
from xl_rebal.workbook.package.wiring import add_workbook_part, relationships_xml, retype

_CELL_STYLE = re.compile(r'(<(?:c|row|col)(?:\s[^<>]*?)?\s(?:s|style)=")(\d+)(?=")')
_TAG_WITH_FORMAT = re.compile(r'<\w[^<>]*?[dD]xfId="\d+"[^<>]*>')
_FORMAT = re.compile(r'(\s\w*[dD]xfId=")(\d+)(?=")')
_CELL_METADATA = re.compile(r'(<c\s(?:[^<>]*\s)?cm=")\d+(?=")')
_SELECTED = re.compile(r"""(<(?:\w+:)?sheetView(?:\s[^<>]*?)?)\stabSelected\s*=\s*["'](\w+)["']""")
_CODE_NAME = re.compile(r"""<(?:\w+:)?sheetPr\s(?:[^<>]*\s)?codeName\s*=\s*["']([^"'<>]*)["']""")


def reachable(
    package: Package, starts: Iterable[str], stop: Collection[str] = ()
) -> dict[str, None]:
    """The parts that relationships lead to from ``starts``, these included; not beyond ``stop``."""
    found: dict[str, None] = {}
    waiting = list(starts)
    while waiting:
        part = waiting.pop(0)
        if part in found:
            continue
        found[part] = None
        if part not in stop:
            targets = (r.target for r in package.relationships(part) if not r.external)
            waiting += [target for target in targets if target in package.parts]
    return found


def drop_sheets(package: Package, sheets: Collection[SheetPart]) -> Package:
    """Without all that only these sheets use: drawings, charts, tables. The sheets' own parts stay,
    to be overwritten. InputError where a slicer hangs on one, for it would be left broken."""
    roots = {sheet.part_name: sheet.title for sheet in sheets}
    for part, title in roots.items():
        if any(r.kind in {"slicer", "timeline"} for r in package.relationships(part)):
            raise _slicer(title)
    elsewhere = reachable(package, [""], stop=roots)
    gone = [part for part in reachable(package, roots) if part not in elsewhere]
    lists = (package.find(rels_name(part)) for part in (*gone, *roots))
    return retype(package, {}, gone).replace(dict.fromkeys([*gone, *lists]))


def transplant(
    book: Package, target: Package, scratch: Package, replaced: Mapping[str, SheetPart]
) -> tuple[Package, dict[str, str]]:
    """``target`` with all sheets of ``scratch`` and what hangs on them, and the names they got
    ({part of scratch: part of the result}).

    ``target`` is ``book`` without the parts of the ``replaced`` sheets ({title: sheet of book}).
    WriteError where a table of ours has the name of something in the book.
    """
    titles = {sheet.part_name: sheet.title for sheet in scratch.sheets()}
    moving = reachable(scratch, titles)
    given = {part: replaced[t].part_name for part, t in titles.items() if t in replaced}
    names = _new_names(moving, given, target)
    table_ids = _table_ids(book, target, scratch, {sheet.title for sheet in replaced.values()})
    styles = _style_import(target, scratch)
    strings_part = scratch.related(scratch.workbook_part, "sharedStrings")
    strings = shared_items(scratch.text(strings_part)) if strings_part else ()
    target, metadata = _with_metadata(target, scratch, titles)

    changes: dict[str, bytes | None] = {}
    for part in moving:
        new, content = names[part], scratch.parts[part]
        if part in titles:
            text = _restyled(inlined(scratch.text(part), strings), styles)
            text = _CELL_METADATA.sub(rf"\g<1>{metadata}", text)
            content = _in_place_of(book.text(new) if part in given else "", text).encode()
        elif part in table_ids:
            table = scratch.xml(part)
            text = splice(table.source, [with_attribute(table, "id", str(table_ids[part]))])
            content = _restyled(text, styles).encode()
        changes[new] = content
        if relationships := scratch.relationships(part):
            moved = [r if r.external else replace(r, target=names[r.target]) for r in relationships]
            changes[rels_name(new)] = relationships_xml(moved, new)
    types = {names[part]: scratch.content_type(part) for part in moving}
    return _with_styles(retype(target.replace(changes), types), styles), names


def _new_names(moving: Iterable[str], given: Mapping[str, str], target: Package) -> dict[str, str]:
    """A name in the target for each moving part: the given one, else the first free number."""
    names = dict(given)
    used = {part.lower() for part in target.parts}
    for part in moving:
        if part in names:
            continue
        stem, extension = posixpath.splitext(part)
        stem, number = stem.rstrip("0123456789"), 1
        while f"{stem}{number}{extension}".lower() in used:
            number += 1
        names[part] = f"{stem}{number}{extension}"
        used.add(names[part].lower())
    return names


def _table_ids(
    book: Package, target: Package, scratch: Package, replaced: Collection[str]
) -> dict[str, int]:
    """Ids for the scratch book's tables, by part: the old one where a table of that name is being
    replaced, since other parts may know it by its id; else one that is free."""
    new, kept = scratch.tables(), target.tables()
    where = {table.name.lower(): f"a table on the sheet {table.sheet_title}" for table in kept}
    for name in book.defined_names():
        if name.sheet_title is None:
            where.setdefault(name.name.lower(), "a defined name")
    for table in new:
        if table.name.lower() in where:
            raise _table_taken(table.name, where[table.name.lower()])
    used = {_table_id(target, table.part_name) for table in kept}
    old = {
        table.name.lower(): _table_id(book, table.part_name)
        for table in book.tables()
        if table.sheet_title in replaced
    }
    ids: dict[str, int] = {}
    for table in sorted(new, key=lambda table: table.name.lower() not in old):
        number = old.get(table.name.lower(), 0)
        if number < 1 or number in used:
            number = next(n for n in range(1, len(used) + 2) if n not in used)
        ids[table.part_name] = number
        used.add(number)
    return ids


def _table_id(package: Package, part: str) -> int:
    return as_count(package.xml(part).get("id"))


def _style_import(target: Package, scratch: Package) -> StyleImport:
    """Where a book has no styles at all, the scratch book's become its own."""
    source = scratch.styles
    if source is None:
        raise ValueError("the added book has no styles part")
    return StyleImport(target.styles or source, source)


def _with_styles(target: Package, styles: StyleImport) -> Package:
    part, content = target.related(target.workbook_part, "styles"), styles.to_text().encode()
    if part:
        return target.replace({part: content})
    return add_workbook_part(target, "xl/styles.xml", content, kind="styles", subtype="styles")


def _with_metadata(target: Package, scratch: Package, sheets: Iterable[str]) -> tuple[Package, int]:
    """The target ready for dynamic arrays if a scratch sheet has one, and the number of ``cm``.

    Any metadata of a scratch sheet is that of a dynamic array: nothing else is ever put there.
    """
    if any(_CELL_METADATA.search(scratch.text(part)) for part in sheets):
        return ensure_dynamic(target)
    return target, 0


def _restyled(text: str, styles: StyleImport) -> str:
    """A sheet or a table with its styles counted as the receiving book counts them."""
    text = _CELL_STYLE.sub(lambda m: f"{m[1]}{styles.cell(int(m[2]))}", text)
    return _TAG_WITH_FORMAT.sub(
        lambda tag: _FORMAT.sub(lambda m: f"{m[1]}{styles.differential(int(m[2]))}", tag[0]), text
    )


def _in_place_of(old: str, text: str) -> str:
    """The new sheet with what ties the old one to its book: selected tab, name in the VBA project.

    Two selected tabs would be a group, and typing in one would type in both.
    """
    selected = _SELECTED.search(old)
    text = _SELECTED.sub(r"\1", text)
    if selected and selected[2] in {"1", "true"}:
        text = re.sub(r"<sheetView(?=\s)", '<sheetView tabSelected="1"', text, count=1)
    if code_name := _CODE_NAME.search(old):
        text = re.sub(r"<sheetPr(?=[\s/>])", f'<sheetPr codeName="{code_name[1]}"', text, count=1)
    return text


def _slicer(title: str) -> InputError:
    return InputError(
        Problem(
            Code.UNSUPPORTED_BOOK,
            "a slicer on a sheet that is written anew at each run",
            "slicers on your own sheets only",
            "Move it to another sheet or delete it.",
            sheet=title,
        )
    )


def _table_taken(name: str, found: str) -> WriteError:
    return WriteError(
        Problem(
            Code.CANNOT_WRITE,
            f"{found} called {name}",
            "that name free for a table of results",
            "Rename it, or delete it if it is an old copy of ours.",
        )
    )
