"""Books that may be read but not written: refused before anything is built."""

from __future__ import annotations

from xl_rebal.workbook.package.parts import Package, is_true
from xl_rebal.workbook.package.refusals import signed, structure_protected


def refuse_signed(package: Package) -> None:
    """InputError UNSUPPORTED_BOOK where the book carries a digital signature."""
    if any(r.kind == "origin" and "digital-signature" in r.type for r in package.relationships()):
        raise signed(package.name)
    if any(part.lower().startswith("_xmlsignatures/") for part in package.parts):
        raise signed(package.name)


def refuse_unwritable(package: Package) -> None:
    """InputError UNSUPPORTED_BOOK where sheets cannot be added: signed, or structure locked."""
    refuse_signed(package)
    protection = package.workbook.child("workbookProtection")
    if protection is not None and is_true(protection.get("lockStructure")):
        raise structure_protected(package.name)
