"""What ties parts together: content types and relationships. Lists are edited, not rewritten."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Mapping

from xl_rebal.workbook.package.markup import (
    Element,
    appended,
    escape,
    removed,
    splice,
    with_attribute,
)
from xl_rebal.workbook.package.parts import (
    CONTENT_TYPES,
    RELATIONSHIPS,
    Package,
    Relationship,
    rels_name,
)

_EMPTY_RELATIONSHIPS = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Relationships '
    'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
)
_RELATIONSHIPS_TYPE = "application/vnd.openxmlformats-package.relationships+xml"
_SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def retype(package: Package, added: Mapping[str, str], dropped: Collection[str] = ()) -> Package:
    """The package with content types for the ``added`` parts and none for the ``dropped`` ones."""
    types = package.xml(CONTENT_TYPES)
    overrides = {o.get("PartName").lower().lstrip("/"): o for o in types.all("Override")}
    defaults = {d.get("Extension").lower(): d.get("ContentType") for d in types.all("Default")}
    edits = [
        removed(overrides[part.lower()])
        for part in dropped
        if part.lower() in overrides and part not in added
    ]
    new = []
    for part, content_type in added.items():
        override, extension = overrides.get(part.lower()), part.rpartition(".")[2].lower()
        if override is not None:
            if override.get("ContentType") != content_type:
                edits.append(with_attribute(override, "ContentType", content_type))
        elif extension != "xml" and extension not in defaults:
            defaults[extension] = content_type
            new.append(f'Default Extension="{extension}" ContentType="{content_type}"')
        elif extension == "xml" or defaults.get(extension) != content_type:
            new.append(f'Override PartName="/{escape(part)}" ContentType="{content_type}"')
    if added and "rels" not in defaults:  # what we add has relationships of its own
        new.append(f'Default Extension="rels" ContentType="{_RELATIONSHIPS_TYPE}"')
    if new:
        edits.append(appended(types, "".join(f"<{types.prefix}{row}/>" for row in new)))
    return _edited(package, CONTENT_TYPES, types, edits)


def relate(package: Package, source: str, kind: str, target: str) -> Package:
    """The package with a relationship of an officeDocument kind, unless it is already there."""
    if any(r.kind == kind and r.target == target for r in package.relationships(source)):
        return package
    return relate_as(package, source, {fresh_id(package, source): (kind, target)})


def relate_as(package: Package, source: str, added: Mapping[str, tuple[str, str]]) -> Package:
    """The package with relationships {id: (officeDocument kind, target part)} of ``source``."""
    typed = {id_: (f"{RELATIONSHIPS}/{kind}", target) for id_, (kind, target) in added.items()}
    return _related(package, source, typed)


def relate_by(package: Package, source: str, full_type: str, target: str) -> Package:
    """The package with a relationship of ``source`` whose type is none of officeDocument's."""
    return _related(package, source, {fresh_id(package, source): (full_type, target)})


def _related(package: Package, source: str, added: Mapping[str, tuple[str, str]]) -> Package:
    name = package.find(rels_name(source))
    if name not in package.parts:
        package = package.replace({name: _EMPTY_RELATIONSHIPS.encode()})
    rels = package.xml(name)
    xml = "".join(
        f'<{rels.prefix}Relationship Id="{id_}" Type="{full_type}" '
        f'Target="{escape(relative(target, source))}"/>'
        for id_, (full_type, target) in added.items()
    )
    return _edited(package, name, rels, [appended(rels, xml)])


def unrelate(package: Package, source: str, targets: Collection[str]) -> Package:
    """The package without the relationships of ``source`` that point to these parts."""
    gone = {r.id for r in package.relationships(source) if not r.external and r.target in targets}
    if not gone:
        return package
    name = package.find(rels_name(source))
    rels = package.xml(name)
    edits = [removed(r) for r in rels.all("Relationship") if r.get("Id") in gone]
    return _edited(package, name, rels, edits)


def fresh_id(package: Package, source: str, taken: Collection[str] = ()) -> str:
    """A relationship id that ``source`` does not use yet, not even in an element we do not know."""
    used = set(taken)
    if (name := package.find(rels_name(source))) in package.parts:
        used |= {element.get("Id") for element in package.xml(name).children}
    return next(f"rId{n}" for n in range(1, len(used) + 2) if f"rId{n}" not in used)


def relative(target: str, source: str) -> str:
    """A part's name as a relationship of ``source`` writes it.

    >>> relative("xl/charts/chart1.xml", "xl/drawings/drawing1.xml")
    '../charts/chart1.xml'
    """
    return posixpath.relpath("/" + target, posixpath.join("/", posixpath.dirname(source)))


def relationships_xml(relationships: Collection[Relationship], source: str) -> bytes:
    """A list of relationships for a part of ours."""
    rows = "".join(
        f'<Relationship Id="{escape(r.id)}" Type="{r.type}" '
        + (
            f'Target="{escape(r.target)}" TargetMode="External"/>'
            if r.external
            else f'Target="{escape(relative(r.target, source))}"/>'
        )
        for r in relationships
    )
    return _EMPTY_RELATIONSHIPS.replace("></", f">{rows}</").encode()


def add_workbook_part(
    package: Package, name: str, content: bytes, *, kind: str, subtype: str
) -> Package:
    """The package with a part that the workbook points to: its content type is
    ``...spreadsheetml.<subtype>+xml``, its relationship ``kind``."""
    package = retype(package.replace({name: content}), {name: f"{_SPREADSHEET}.{subtype}+xml"})
    return relate(package, package.workbook_part, kind, name)


def _edited(
    package: Package, name: str, root: Element, edits: list[tuple[int, int, str]]
) -> Package:
    if not edits:
        return package
    return package.replace({package.find(name): splice(root.source, edits).encode()})
