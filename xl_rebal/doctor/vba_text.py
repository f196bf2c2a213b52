"""The text of a VBA project, as far as the doctor needs it: wrappers, and which xlwings it is of.

After Microsoft's open specifications: MS-CFB (the compound file: sectors of 2**shift bytes, chained
by a table) and MS-OVBA (2.4.1: compression in chunks of 4,096 bytes; 2.3.4.2: the stream ``dir``).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

_SIGNATURE = bytes.fromhex("D0CF11E0A1B11AE1")
_LAST = 0xFFFFFFFA
"""Numbers of sectors above this one are marks: end of a chain, free, and so on."""
_STREAM, _ROOT = 2, 5
_PROJECT_VERSION, _STREAM_NAME, _TEXT_OFFSET = 0x0009, 0x001A, 0x0031


@dataclass(frozen=True)
class Wrappers:
    """Our functions in VBA with their arguments, and the version that the xlwings module names.

    ``project`` is whose settings the xlwings module reads: xlwings, or an add-in's own name.
    """

    functions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    xlwings: str = ""
    project: str = ""


def read_wrappers(project: bytes) -> Wrappers:
    """What a ``vbaProject.bin`` holds; ValueError where it is damaged.

    A function is ``Function XR_NAME(a, b, Optional c)``, as xlwings generates it.
    """
    functions: dict[str, tuple[str, ...]] = {}
    version = owner = ""
    for text in modules(project):
        joined = re.sub(r" _\r?\n\s*", " ", text)
        for name, arguments in re.findall(
            r"^\s*(?:Public\s+)?Function\s+(XR_\w+)\s*\(([^)]*)\)", joined, re.MULTILINE
        ):
            words = (each.split("=")[0].split(" As ")[0] for each in arguments.split(","))
            functions[name] = tuple(each.split()[-1] for each in words if each.strip())
        found = re.search(r'XLWINGS_VERSION As String = "([^"]*)"', joined)
        version = found[1] if found else version
        found = re.search(r'PROJECT_NAME As String = "([^"]*)"', joined)
        owner = found[1] if found else owner
    return Wrappers(functions, version, owner)


def modules(project: bytes) -> Iterator[str]:
    """The source of every module. Beyond ASCII it depends on a code page: read as Latin-1."""
    try:
        streams = _streams(project)
        for name, offset in _places(decompressed(streams["dir"])):
            yield decompressed(streams[name][offset:]).decode("latin-1")
    except (KeyError, IndexError, struct.error, OverflowError) as error:
        raise ValueError(f"a damaged VBA project: {error!r}") from error


def _streams(data: bytes) -> dict[str, bytes]:
    """Every stream of a compound file by its own name."""
    if data[:8] != _SIGNATURE:
        raise ValueError("no compound file")
    shift, mini_shift = struct.unpack_from("<HH", data, 30)
    first_entry, cutoff, first_mini = struct.unpack_from("<I4xII", data, 48)
    first_list, lists = struct.unpack_from("<II", data, 68)
    size = 1 << shift

    def sector(number: int) -> bytes:
        return data[(number + 1) * size : (number + 2) * size]

    table_sectors = list(struct.unpack_from("<109I", data, 76))
    for _ in range(min(lists, len(data) // size)):
        more = struct.unpack(f"<{size // 4}I", sector(first_list))
        table_sectors += more[:-1]
        first_list = more[-1]
    table = _numbers(b"".join(sector(each) for each in table_sectors if each < _LAST))

    def chained(first: int, table: tuple[int, ...], block: bytes, size: int, header: int) -> bytes:
        parts = []
        while first < _LAST:
            parts.append(block[(first + header) * size : (first + header + 1) * size])
            first = table[first]
            if len(parts) > len(table):
                raise ValueError("a chain of sectors that never ends")
        return b"".join(parts)

    entries = chained(first_entry, table, data, size, 1)
    mini_table = _numbers(chained(first_mini, table, data, size, 1))
    mini = b""
    found = {}
    for at in range(0, len(entries) - 127, 128):
        (length, kind) = struct.unpack_from("<HB", entries, at + 64)
        first, count = struct.unpack_from("<II", entries, at + 116)
        name = entries[at : at + max(length - 2, 0)].decode("utf-16-le", "replace")
        if kind == _ROOT:
            mini = chained(first, table, data, size, 1)
        elif kind == _STREAM and count < cutoff:
            found[name] = chained(first, mini_table, mini, 1 << mini_shift, 0)[:count]
        elif kind == _STREAM:
            found[name] = chained(first, table, data, size, 1)[:count]
    return found


def _numbers(data: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4])


def _places(listed: bytes) -> Iterator[tuple[str, int]]:
    """Stream and offset of every module's text, of the records of ``dir``."""
    at, name = 0, ""
    while at + 6 <= len(listed):
        kind, size = struct.unpack_from("<HI", listed, at)
        if kind == _PROJECT_VERSION:
            size = 6  # the record says 4
        content = listed[at + 6 : at + 6 + size]
        if kind == _STREAM_NAME:
            name = content.decode("latin-1")
        elif kind == _TEXT_OFFSET:
            yield name, struct.unpack("<I", content)[0]
        at += 6 + size


def decompressed(container: bytes) -> bytes:
    """A compressed container of MS-OVBA as plain bytes.

    >>> decompressed(bytes.fromhex("012FB00023616161626364658266007061676869 6A013808616B6C00"
    ...     "306D6E6F70067102700410727374757610 7778797A003C"))  # 3.2.2 of MS-OVBA
    b'#aaabcdefaaaaghijaaaaaklaaamnopqaaaaaaaaaaaarstuvwxyzaaa'
    """
    if container[:1] != b"\x01":
        raise ValueError("no compressed text")
    made, at = bytearray(), 1
    while at + 2 <= len(container):
        (header,) = struct.unpack_from("<H", container, at)
        end = min(at + 3 + (header & 0x0FFF), len(container))
        if header >> 15:
            _chunk(container[at + 2 : end], made)
        else:
            made += container[at + 2 : end]
        at = end
    return bytes(made)


def _chunk(tokens: bytes, made: bytearray) -> None:
    """One chunk: each flag byte says of eight tokens whether they are a byte or a copy."""
    start, at = len(made), 0
    while at < len(tokens):
        flags, at = tokens[at], at + 1
        for bit in range(8):
            if at >= len(tokens):
                return
            if not flags >> bit & 1:
                made.append(tokens[at])
                at += 1
                continue
            (token,) = struct.unpack_from("<H", tokens, at)
            at += 2
            bits = max((len(made) - start - 1).bit_length(), 4)
            back, length = (token >> 16 - bits) + 1, (token & 0xFFFF >> bits) + 3
            if back > len(made) - start:
                raise ValueError("a copy from before its chunk")
            for _ in range(length):
                made.append(made[-back])
