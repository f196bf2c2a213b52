"""Rules for the package: content types and relationships."""

from __future__ import annotations

from collections.abc import Iterator

from tests.judges.lint.package import CONTENT_TYPES, RELATION, TYPES, Package

Faults = Iterator[tuple[str, str]]
"""What a rule gives: the part and what is wrong with it, one pair a fault."""


def malformed_xml(package: Package) -> Faults:
    for part in package.parts:
        if part.endswith((".xml", ".rels")) and part not in package.roots:
            yield part, "is not well-formed XML"


def part_twice(package: Package) -> Faults:
    seen: set[str] = set()
    for part in package.parts:
        name = part.lower().replace("\\", "/")
        if name in seen:
            yield part, "another part has this name, but for upper and lower case or slashes"
        seen.add(name)


def content_type_missing(package: Package) -> Faults:
    types = package.root(CONTENT_TYPES)
    named = {each.get("PartName", "").lower() for each in types.iter(f"{TYPES}Override")}
    endings = {each.get("Extension", "").lower() for each in types.iter(f"{TYPES}Default")}
    for part in package.parts:
        # A bare default for XML says "some XML": no program would take it for a sheet.
        ending = part.rpartition(".")[2].lower()
        by_ending = ending in endings and (ending != "xml" or part.startswith("customXml/"))
        if part != CONTENT_TYPES and f"/{part}".lower() not in named and not by_ending:
            yield part, "has no content type"


def content_type_of_nothing(package: Package) -> Faults:
    present, seen = {part.lower() for part in package.parts}, set()
    for each in package.root(CONTENT_TYPES).iter(f"{TYPES}Override"):
        name = each.get("PartName", "").lower()
        if name.lstrip("/") not in present:
            yield CONTENT_TYPES, f"names {each.get('PartName')}, which is not there"
        if name in seen:
            yield CONTENT_TYPES, f"names {each.get('PartName')} twice"
        seen.add(name)


def relationship_without_target(package: Package) -> Faults:
    present = {part.lower() for part in package.parts}
    for source in ["", *package.parts]:
        for each in package.relationships(source):
            if not each.external and each.target.lower() not in present:
                yield source or "_rels/.rels", f"{each.id} leads to {each.target}, not there"


def relationship_id_twice(package: Package) -> Faults:
    for source in ["", *package.parts]:
        ids = [each.id for each in package.relationships(source)]
        for repeated in sorted({each for each in ids if ids.count(each) > 1}):
            yield source or "_rels/.rels", f"{repeated} stands twice"


def relationship_unknown(package: Package) -> Faults:
    """``r:id`` and its like must name a relationship of their own part."""
    for part, root in package.roots.items():
        used = {
            value
            for element in root.iter()
            for name, value in element.attrib.items()
            if name.startswith(RELATION) and value
        }
        for missing in sorted(used - {each.id for each in package.relationships(part)}):
            yield part, f"uses {missing}, which is no relationship of it"


RULES = (
    malformed_xml,
    part_twice,
    content_type_missing,
    content_type_of_nothing,
    relationship_without_target,
    relationship_id_twice,
    relationship_unknown,
)
