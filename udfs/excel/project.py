"""A VBA project, ``vbaProject.bin``, from the text of its modules ([MS-OVBA] 2.3).

There is no compiled code in it: the stream _VBA_PROJECT says so, and the host compiles the text
when it opens the book. xlwings' own workbooks come that way.
"""

from __future__ import annotations

import struct
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from udfs.excel.compound_file import compound_file
from udfs.excel.compression import compressed
from udfs.excel.protection import not_protected

_CODE_PAGE, _LCID = 1252, 0x409
_NO_COMPILED_CODE = bytes.fromhex("CC61FFFF000000")
_MARK = 0x61EE0000
"""The version of the project: any number, since there is no compiled code that it must fit."""
_OFFICE = (
    r"*\G{2DF8D04C-5BFA-101B-BDE5-00AA0044DE52}#2.0#0#"
    r"C:\Program Files\Common Files\Microsoft Shared\OFFICE16\MSO.DLL#"
    "Microsoft Office 16.0 Object Library"
)
"""The library of the ribbon's types. Found by its id in the registry; the path is a hint only."""


class ModuleKind(Enum):
    """What a module is; the value is the key of its line in the PROJECT stream."""

    DOCUMENT = "Document"
    STANDARD = "Module"
    CLASS = "Class"


@dataclass(frozen=True)
class Module:
    """One module: ``text`` is all of it, attributes first, as ASCII with CR LF."""

    name: str
    kind: ModuleKind
    text: str


def vba_project(name: str, modules: Sequence[Module]) -> bytes:
    """The project in these modules, ThisWorkbook first; the same modules give the same bytes."""
    streams = {module.name: compressed(module.text.encode("ascii")) for module in modules}
    return compound_file(
        {
            "VBA": {
                "_VBA_PROJECT": _NO_COMPILED_CODE,
                "dir": compressed(_directory(name, modules)),
                **streams,
            },
            "PROJECT": _project_text(name, modules).encode("ascii"),
            "PROJECTwm": _names_in_unicode(modules),
        }
    )


def _directory(name: str, modules: Sequence[Module]) -> bytes:
    """The ``dir`` stream: what the project is, what it refers to, its modules."""
    records = [
        _number(0x01, 1),  # made for Windows
        _number(0x02, _LCID),
        _number(0x14, _LCID),
        _record(0x03, struct.pack("<H", _CODE_PAGE)),
        _record(0x04, name.encode("ascii")),
        *_twice(0x05, 0x40, ""),  # no description
        _record(0x06, b"") + _record(0x3D, b""),  # no help file
        _number(0x07, 0),
        _number(0x08, 0),
        struct.pack("<HIIH", 0x09, 4, _MARK, 1),
        *_twice(0x0C, 0x3C, ""),  # no constants
        *_twice(0x16, 0x3E, "Office"),
        _reference(_OFFICE),
        _record(0x0F, struct.pack("<H", len(modules))),
        _record(0x13, struct.pack("<H", 0xFFFF)),
        *(_module(module) for module in modules),
        _record(0x10, b""),
    ]
    return b"".join(records)


def _module(module: Module) -> bytes:
    kind = 0x21 if module.kind is ModuleKind.STANDARD else 0x22
    records = [
        *_twice(0x19, 0x47, module.name),
        *_twice(0x1A, 0x32, module.name),
        *_twice(0x1C, 0x48, ""),
        _number(0x31, 0),  # the text begins where the stream begins
        _number(0x1E, 0),
        _record(0x2C, struct.pack("<H", 0xFFFF)),
        _record(kind, b""),
        _record(0x2B, b""),
    ]
    return b"".join(records)


def _record(number: int, content: bytes) -> bytes:
    return struct.pack("<HI", number, len(content)) + content


def _number(number: int, value: int) -> bytes:
    return _record(number, struct.pack("<I", value))


def _twice(number: int, in_unicode: int, text: str) -> tuple[bytes, bytes]:
    """A text as a record in the project's code page and one in Unicode."""
    return _record(number, text.encode("ascii")), _record(in_unicode, text.encode("utf-16-le"))


def _reference(library: str) -> bytes:
    text = library.encode("ascii")
    return _record(0x0D, struct.pack("<I", len(text)) + text + struct.pack("<IH", 0, 0))


def _project_text(name: str, modules: Sequence[Module]) -> str:
    project_id = f"{{{uuid.uuid5(uuid.NAMESPACE_DNS, f'{name}.xl-rebal')}}}".upper()
    cookies = {ModuleKind.DOCUMENT: "/&H00000000"}
    lines = [
        f'ID="{project_id}"',
        *(f"{each.kind.value}={each.name}{cookies.get(each.kind, '')}" for each in modules),
        f'Name="{name}"',
        'HelpContextID="0"',
        'VersionCompatible32="393222000"',
        *(f'{key}="{value}"' for key, value in not_protected(project_id).items()),
        "",
        "[Host Extender Info]",
        "&H00000001={3832D640-CF90-11CF-8E43-00A0C911005A};VBE;&H00000000",
        "",
        "[Workspace]",
        *(f"{each.name}=0, 0, 0, 0, C" for each in modules),
        "",
    ]
    return "\r\n".join(lines)


def _names_in_unicode(modules: Sequence[Module]) -> bytes:
    """The PROJECTwm stream: each module's name in the code page and in Unicode."""
    pairs = (
        each.name.encode("ascii") + b"\0" + each.name.encode("utf-16-le") + b"\0\0"
        for each in modules
    )
    return b"".join(pairs) + b"\0\0"
