"""Zip files in and out. A part that nobody touched keeps its compressed bytes, so writing costs
nothing for it; everything we compress ourselves carries one fixed date, so equal parts give equal
bytes."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from xl_rebal.errors import InputError
from xl_rebal.workbook.package.refusals import (
    damaged,
    not_a_book,
    not_a_zip,
    unsupported,
)

MAX_SIZE = 2 * 1024**3
"""Bytes that a book may unpack to; more is a trap or nothing that a desk works with."""
_MAX_PARTS = 65_000
_MAX_RATIO, _MAX_BLOWN_UP = 200, 32 * 1024**2
"""Sheets pack to a tenth or a fiftieth. What packs to less than a 200th is padding, and there may
be 32 MB of it at most: it would take minutes and gigabytes to read what holds nothing."""

_STORED, _DEFLATED = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED
_UTF8_NAME = 0x800
_DOS_DATE = 1 << 5 | 1  # 1980-01-01, the first date that a zip can hold
_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")


@dataclass(frozen=True, slots=True)
class Stored:
    """One part as it lies in a zip: ``data`` is compressed by ``method``, ``size`` is unpacked."""

    method: int
    crc: int
    size: int
    data: bytes | memoryview


def deflated(content: bytes) -> Stored:
    """Content compressed as zip files do it."""
    packer = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    return Stored(
        _DEFLATED, zlib.crc32(content), len(content), packer.compress(content) + packer.flush()
    )


def unpack(data: bytes, name: str) -> dict[str, tuple[bytes, Stored]]:
    """Every part of a zip: its content, checked against its checksum, and its stored form.

    InputError where the bytes are no zip, damaged, encrypted, packed in a way that no spreadsheet
    program uses, or larger than MAX_SIZE.
    """
    if not zipfile.is_zipfile(io.BytesIO(data)):
        raise not_a_zip(data, name)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if any(not entry.filename for entry in entries):
                raise damaged(name, "a part without a name")
            entries = [entry for entry in entries if not _part_name(entry).endswith("/")]
            _refuse_unreadable(entries, name)
            return {
                _part_name(entry): (_content(archive, entry), _stored(memoryview(data), entry))
                for entry in entries
            }
    except InputError:
        raise
    except (
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        EOFError,
        NotImplementedError,
        OSError,
        ValueError,
    ) as error:
        raise damaged(name, str(error).rstrip(".") or "the zip cannot be read") from error


def _part_name(entry: zipfile.ZipInfo) -> str:
    """The name with slashes: Windows and calamine take ``xl\\workbook.xml`` for that part too."""
    return entry.filename.replace("\\", "/")


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """Not a byte more than the directory says: ``read`` without a size unpacks whatever there is."""
    with archive.open(entry) as part:
        return part.read(max(entry.file_size, 1))


def _refuse_unreadable(entries: list[zipfile.ZipInfo], name: str) -> None:
    if any(entry.flag_bits & 1 for entry in entries):
        raise unsupported(name, "a zip file with a password", "Save it without a password.")
    if any(entry.compress_type not in (_STORED, _DEFLATED) for entry in entries):
        fix = "Open it in a spreadsheet program and save it as an Excel workbook (.xlsx)."
        raise unsupported(name, "a zip file packed as no spreadsheet program does", fix)
    if len({_part_name(entry).lower() for entry in entries}) < len(entries):
        raise damaged(name, "two parts have the same name")
    size = sum(entry.file_size for entry in entries)
    if size > MAX_SIZE or len(entries) > _MAX_PARTS:
        found = f"a file that unpacks to {size / 1024**3:.1f} GB in {len(entries):,} parts"
        raise not_a_book(name, found, "The limit is 2 GB; delete what is not needed.")
    blown_up = [e for e in entries if e.file_size > _MAX_RATIO * e.compress_size]
    if (size := sum(e.file_size for e in blown_up)) > _MAX_BLOWN_UP:
        part = max(blown_up, key=lambda e: e.file_size).filename
        found = f"a file that unpacks to {size / 1024**2:,.0f} MB of padding (in {part[:60]})"
        raise not_a_book(name, found, "Open it in Excel and save it anew, or choose another file.")


def _stored(data: memoryview, entry: zipfile.ZipInfo) -> Stored:
    # The local header has lengths of its own: its extra field often differs from the directory's.
    name_length, extra_length = struct.unpack_from("<2H", data, entry.header_offset + 26)
    start = entry.header_offset + _LOCAL.size + name_length + extra_length
    packed = data[start : start + entry.compress_size]
    return Stored(entry.compress_type, entry.CRC, entry.file_size, packed)


def pack(parts: Iterable[tuple[str, Stored]]) -> bytes:
    """A zip file of these parts in this order, with fixed dates and no other surprises."""
    chunks: list[bytes | memoryview] = []
    directory: list[bytes] = []
    offset = 0
    for name, part in parts:
        encoded = name.encode("utf-8")
        flags = 0 if name.isascii() else _UTF8_NAME
        common = (20, flags, part.method, 0, _DOS_DATE, part.crc, len(part.data), part.size)
        header = _LOCAL.pack(b"PK\3\4", *common, len(encoded), 0)
        chunks += (header, encoded, part.data)
        directory.append(
            _CENTRAL.pack(b"PK\1\2", 20, *common, len(encoded), 0, 0, 0, 0, 0, offset) + encoded
        )
        offset += len(header) + len(encoded) + len(part.data)
    count, size = len(directory), sum(map(len, directory))
    end = _END.pack(b"PK\5\6", 0, 0, count, count, size, offset, 0)
    return b"".join((*chunks, *directory, end))
