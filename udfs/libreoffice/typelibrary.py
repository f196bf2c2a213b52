"""A UNO type library with one interface: the binary that ``unoidl-write`` would make of its IDL.

UNO calls a component through interfaces whose types it knows from such a file. Ours is all of one
kind: methods whose arguments are ``any`` and whose result is rows of ``any``. So the SDK is not
needed to build it. The
format is the one of ``unoidl/README.md`` in the LibreOffice sources, read since version 4.1:
numbers are 4 bytes, least significant first; an offset counts bytes from the start of the file; a
string is its length and its ASCII bytes, a key in a map ends with a zero byte.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

_MAGIC = b"UNOIDL\xff\0"
_ROOT = len(_MAGIC)
_MODULE = b"\0"
_INTERFACE = b"\5"
_IN = b"\0"
_NONE = b"\0\0\0\0"
_CELL_OR_ROWS = "any"
"""What Calc passes a cell, a range, and nothing at all in."""
_ROWS = "[][]any"
"""Declared so: Calc 7.4 takes neither rows nor a truth value out of an ``any``."""


def interface_library(name: str, methods: Mapping[str, Sequence[str]]) -> bytes:
    """The file for the interface ``name``, dots between its modules: methods and their arguments.

    >>> library = interface_library("org.desk.XDesk", {"DRIFT": ["current", "target"]})
    >>> library[:7], len(library)
    (b'UNOIDL\\xff', 178)
    """
    *modules, own = name.split(".")
    content = bytearray(_MAGIC + 2 * _NONE)
    entry = _append(content, _interface(methods))
    for place, key in enumerate([own, *reversed(modules)]):
        named = _append(content, key.encode("ascii") + b"\0")
        one_entry = struct.pack("<III", 1, named, entry)
        if place < len(modules):
            entry = _append(content, _MODULE + one_entry)
        else:
            root = _append(content, one_entry[4:])
            content[_ROOT : _ROOT + 8] = struct.pack("<II", root, 1)
    return bytes(content)


def _append(content: bytearray, more: bytes) -> int:
    """Add at the end; gives the offset of what was added."""
    offset = len(content)
    content += more
    return offset


def _interface(methods: Mapping[str, Sequence[str]]) -> bytes:
    """One base, no optional base, no attribute, then the methods."""
    made = _INTERFACE + _number(1) + _text("com.sun.star.uno.XInterface") + 2 * _NONE
    made += _number(len(methods))
    for method, arguments in methods.items():
        made += _text(method) + _text(_ROWS) + _number(len(arguments))
        for argument in arguments:
            made += _IN + _text(argument) + _text(_CELL_OR_ROWS)
        made += _NONE  # it declares no exception
    return made


def _number(value: int) -> bytes:
    return struct.pack("<I", value)


def _text(value: str) -> bytes:
    return _number(len(value)) + value.encode("ascii")
