"""Mutations of the zip file: entries twice, lies about sizes, absurd names, bombs, cut or broken."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable, Mapping
from functools import cache
from random import Random

ZipMutator = Callable[[bytes, Random], bytes]
_PIECE = 2**20
NAMES = ("../../outside.xml", "/etc/outside", "C:\\outside.xml", "xl\\worksheets\\sheet1.xml", "a" * 60_000, "",
         "xl/worksheets/", "\u202exml", "\U0001f4a9.xml", "xl/WORKBOOK.XML", "con", ".", "..", "xl/./x.xml",
         "_xmlsignatures/x.xml", "xl//workbook.xml", "[Content_Types].xml/", "a\x01b", " ")  # fmt: skip


def packed(parts: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method, compresslevel=1) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return buffer.getvalue()


def _with(data: bytes, name: str, content: bytes) -> bytes:
    """An entry more, at the end, though the name be taken."""
    buffer = io.BytesIO(data)
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "a") as archive:
        warnings.simplefilter("ignore")
        archive.writestr(zipfile.ZipInfo(name), content)
    return buffer.getvalue()


def _entry(data: bytes, random: Random) -> tuple[str, int, int]:
    """Name of an entry, place of its record in the directory, place of its local header."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        infos = archive.infolist()
        number = random.randrange(len(infos))
        at = archive.start_dir
    for _ in range(number):
        at += 46 + sum(struct.unpack_from("<3H", data, at + 28))
    return infos[number].filename, at, infos[number].header_offset


def twice(data: bytes, random: Random) -> bytes:
    """An entry twice: the same again, or with one number another."""
    name, _, _ = _entry(data, random)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        content = archive.read(name)
    if random.random() < 0.5:
        content = content.replace(b"<v>100</v>", b"<v>50</v>")
    name = random.choice(
        (name, name, name.upper(), name.replace("/", "\\"), "/" + name, "./" + name)
    )
    return _with(data, name, content)


def named(data: bytes, random: Random) -> bytes:
    return _with(data, random.choice(NAMES), b"<x/>")


def checksum(data: bytes, random: Random) -> bytes:
    _, directory, local = _entry(data, random)
    out = bytearray(data)
    out[directory + 16] ^= 1
    if random.random() < 0.5:
        out[local + 14] ^= 1
    return bytes(out)


def header_field(data: bytes, random: Random) -> bytes:
    """A field of a directory record or a local header with another value."""
    _, directory, local = _entry(data, random)
    out = bytearray(data)
    places = (
        (4, 2),
        (6, 2),
        (8, 2),
        (10, 2),
        (20, 4),
        (24, 4),
        (28, 2),
        (30, 2),
        (32, 2),
        (38, 4),
        (42, 4),
    )
    place, size = random.choice(places)
    at = directory + place if random.random() < 0.6 else local + place % 26
    value = random.choice(
        (0, 1, 8, 12, 14, 99, 0x800, 0xFFFF, 0xFFFFFFFF, 2**31, random.randrange(2**32))
    )
    out[at : at + size] = (value % 256**size).to_bytes(size, "little")
    return bytes(out)


def other_name_inside(data: bytes, random: Random) -> bytes:
    """The local header says another name than the directory."""
    _, _, local = _entry(data, random)
    out = bytearray(data)
    out[local + 30] ^= 1
    return bytes(out)


def cut(data: bytes, random: Random) -> bytes:
    return data[: random.randrange(len(data) + 1)]


def flipped(data: bytes, random: Random) -> bytes:
    out = bytearray(data)
    for _ in range(random.choice((1, 2, 8))):
        out[random.randrange(len(out))] ^= 1 << random.randrange(8)
    return bytes(out)


def junk(data: bytes, random: Random) -> bytes:
    """Bytes before or behind the zip."""
    more = random.choice(
        (b"\0" * 100, b"MZ" + bytes(500), data[:1000], b"PK\5\6" + bytes(18), data)
    )
    return more + data if random.random() < 0.5 else data + more


def method(data: bytes, random: Random) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return packed(parts, random.choice((zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)))


def bomb(data: bytes, random: Random) -> bytes:
    """A sheet, or a part that nobody asks for, that unpacks to much: 100 MB to 3.9 GB."""
    size = random.choice((100, 400, 1900, 2100, 3900))
    piece = random.choice((b" ", b"<x/>", b'<c r="A1"><v>5</v></c>', b"\0"))
    name, _, _ = _entry(data, random)
    name = random.choice((name, "xl/worksheets/sheet1.xml", "xl/media/image9.png"))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = [(n, archive.read(n)) for n in archive.namelist()]
    head, tail = b'<worksheet xmlns="x"><sheetData>', b"</sheetData></worksheet>"
    packed_bomb, crc, length = _inflating(head, piece, tail, size)
    lie = random.random() < 0.3
    return zip_with_raw(
        [(n, zlib.crc32(c), len(c), deflated(c)) for n, c in entries if n != name]
        + [(name, crc, 1000 if lie else length, packed_bomb)]
    )


def deflated(content: bytes) -> bytes:
    packer = zlib.compressobj(1, zlib.DEFLATED, -15)
    return packer.compress(content) + packer.flush()


@cache
def _inflating(head: bytes, piece: bytes, tail: bytes, megabytes: int) -> tuple[bytes, int, int]:
    """Compressed bytes that unpack to ``megabytes`` of ``piece``; only the small ones' checksum is right."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    start = packer.compress(head) + packer.flush(zlib.Z_FULL_FLUSH)
    block = piece * (_PIECE // len(piece))
    middle = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    end = packer.compress(tail) + packer.flush()
    crc = zlib.crc32(head)
    if megabytes <= 400:
        for _ in range(megabytes):
            crc = zlib.crc32(block, crc)
    length = len(head) + len(block) * megabytes + len(tail)
    return start + middle * megabytes + end, zlib.crc32(tail, crc), length


def zip_with_raw(entries: list[tuple[str, int, int, bytes]]) -> bytes:
    """A zip of (name, checksum, said size, compressed bytes)."""
    chunks, directory, offset = [], [], 0
    for name, crc, size, data in entries:
        encoded = name.encode()
        common = (20, 0, 8, 0, 33, crc, len(data), size)
        local = struct.pack("<4s5H3L2H", b"PK\3\4", *common, len(encoded), 0) + encoded + data
        record = struct.pack(
            "<4s6H3L5H2L", b"PK\1\2", 20, *common, len(encoded), 0, 0, 0, 0, 0, offset
        )
        chunks.append(local)
        directory.append(record + encoded)
        offset += len(local)
    listed = b"".join(directory)
    end = struct.pack(
        "<4s4H2LH", b"PK\5\6", 0, 0, len(entries), len(entries), len(listed), offset, 0
    )
    return b"".join(chunks) + listed + end


MUTATORS: tuple[ZipMutator, ...] = (
    twice, twice, named, named, checksum, header_field, header_field, header_field, other_name_inside, cut,
    flipped, flipped, junk, method,
)  # fmt: skip
RARE: tuple[ZipMutator, ...] = (bomb,)
"""Too slow to be made often."""
