"""Compound files ([MS-CFB], version 3): the little file system in which a VBA project lies."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

Storage = Mapping[str, "bytes | Storage"]
"""A folder: streams and folders by their names."""

SECTOR, MINI_SECTOR = 512, 64
MINI_LIMIT = 4096
"""Streams below this many bytes lie in sectors of 64 bytes inside a stream of the root."""
_LONGEST_NAME = 31
_PER_SECTOR = SECTOR // 4
_IN_HEADER = 109
"""Sectors of the allocation table that the header itself lists."""
_FREE, _END, _FAT, _DIFAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFC
_NOBODY = 0xFFFFFFFF
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_RED, _BLACK = 0, 1
_ENTRY = struct.Struct("<64sHBBIII16sIQQIQ")
_HEADER = struct.Struct("<8s16s5H6x9I")


@dataclass
class _Node:
    """One entry of the directory; ``left``, ``right`` and ``child`` are numbers of entries."""

    name: str
    kind: int
    content: bytes = b""
    left: int = _NOBODY
    right: int = _NOBODY
    child: int = _NOBODY
    colour: int = _BLACK
    start: int = _END
    size: int = 0


def compound_file(root: Storage) -> bytes:
    """The file that holds these streams and folders. ValueError where a name is no name."""
    nodes = [_Node("Root Entry", _ROOT)]
    _enter(nodes, 0, root)
    large, mini, mini_table = _laid_out(nodes)
    table: list[int] = []  # what comes after each sector of the file
    sectors: list[bytes] = []
    for node in large:
        node.start = _chain(table, sectors, node.content)
    nodes[0].start, nodes[0].size = _chain(table, sectors, mini), len(mini)
    entries = _padded(b"".join(map(_entry, nodes)), SECTOR, _entry(_Node("", 0)))
    directory = _chain(table, sectors, entries)
    mini_fat = _chain(table, sectors, _numbers(mini_table))
    header, tables = _allocation(table, directory, mini_fat, len(mini_table))
    return header + b"".join(sectors) + tables


def _enter(nodes: list[_Node], parent: int, storage: Storage) -> None:
    """The entries of a folder and of all below it, tied together as a search tree by name."""
    numbers = []
    for name in sorted(storage, key=_order):
        _refuse_name(name)
        content = storage[name]
        numbers.append(len(nodes))
        if isinstance(content, bytes):
            nodes.append(_Node(name, _STREAM, content, size=len(content)))
        else:
            nodes.append(_Node(name, _STORAGE, start=0))
            _enter(nodes, len(nodes) - 1, content)
    black_levels = len(numbers).bit_length() - (0 if _is_full(len(numbers)) else 1)
    nodes[parent].child = _tree(nodes, numbers, black_levels)


def _order(name: str) -> tuple[int, bytes]:
    """Shorter names first, then by upper-case letters."""
    return len(name.encode("utf-16-le")), name.upper().encode("utf-16-be")


def _refuse_name(name: str) -> None:
    if not 0 < len(name.encode("utf-16-le")) // 2 <= _LONGEST_NAME or set(name) & set("/\\:!"):
        raise ValueError(f"{name!r} cannot name a stream")


def _is_full(count: int) -> bool:
    return count & (count + 1) == 0


def _tree(nodes: list[_Node], numbers: Sequence[int], black_levels: int) -> int:
    """A balanced tree of sorted entries: all levels black but an incomplete last one, which is red."""
    if not numbers:
        return _NOBODY
    middle = len(numbers) // 2
    node = nodes[numbers[middle]]
    node.colour = _BLACK if black_levels > 0 else _RED
    node.left = _tree(nodes, numbers[:middle], black_levels - 1)
    node.right = _tree(nodes, numbers[middle + 1 :], black_levels - 1)
    return numbers[middle]


def _laid_out(nodes: Sequence[_Node]) -> tuple[list[_Node], bytes, list[int]]:
    """The streams that lie in sectors of their own; the small ones, in one, and its table."""
    large = [node for node in nodes if node.kind == _STREAM and node.size >= MINI_LIMIT]
    mini, table = b"", list[int]()
    for node in nodes:
        if node.kind == _STREAM and 0 < node.size < MINI_LIMIT:
            node.start = len(table)
            mini += _padded(node.content, MINI_SECTOR)
            table += _linked(len(table), len(mini) // MINI_SECTOR)
    return large, mini, table


def _linked(first: int, after: int) -> Iterator[int]:
    """A chain through the sectors ``first`` to ``after`` - 1."""
    yield from range(first + 1, after)
    yield _END


def _chain(table: list[int], sectors: list[bytes], content: bytes) -> int:
    """Content put behind what is there; the number of its first sector."""
    if not content:
        return _END
    first = len(table)
    padded = _padded(content, SECTOR)
    sectors.append(padded)
    table += _linked(first, first + len(padded) // SECTOR)
    return first


def _padded(content: bytes, unit: int, filling: bytes = b"\0") -> bytes:
    return content + filling * (-len(content) % unit // len(filling))


def _numbers(values: Sequence[int]) -> bytes:
    """Sector numbers as a table stores them, whole sectors."""
    return _padded(struct.pack(f"<{len(values)}I", *values), SECTOR, struct.pack("<I", _FREE))


def _entry(node: _Node) -> bytes:
    name = node.name.encode("utf-16-le")
    length = len(name) + 2 if name else 0
    return _ENTRY.pack(
        name, length, node.kind, node.colour if node.kind else _RED, node.left, node.right,
        node.child, b"", 0, 0, 0, node.start if node.kind else 0, node.size,
    )  # fmt: skip


def _allocation(
    table: list[int], directory: int, mini_fat: int, mini_count: int
) -> tuple[bytes, bytes]:
    """The header, and the allocation table with the list of its own sectors where it is long."""
    fats, difats = _table_sizes(len(table))
    first = len(table)
    fat_sectors = list(range(first, first + fats))
    further = list(range(first + fats, first + fats + difats))
    content = _numbers([*table, *[_FAT] * fats, *[_DIFAT] * difats])
    listed = fat_sectors + [_FREE] * max(0, _IN_HEADER - fats)
    header = _HEADER.pack(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", 0x3E, 3, 0xFFFE, 9, 6,
        0, fats, directory, 0, MINI_LIMIT, mini_fat, -(-mini_count // _PER_SECTOR),
        further[0] if further else _END, difats,
    )  # fmt: skip
    header += struct.pack(f"<{_IN_HEADER}I", *listed[:_IN_HEADER])
    return header, content + b"".join(_further_lists(listed[_IN_HEADER:], further))


def _further_lists(fat_sectors: Sequence[int], further: Sequence[int]) -> Iterator[bytes]:
    """Sectors of the table beyond those in the header: 127 a sector, then where it goes on."""
    each = _PER_SECTOR - 1
    for place, _ in enumerate(further):
        part = list(fat_sectors[place * each : (place + 1) * each])
        part += [_FREE] * (each - len(part))
        following = further[place + 1] if place + 1 < len(further) else _END
        yield struct.pack(f"<{_PER_SECTOR}I", *part, following)


def _table_sizes(sectors: int) -> tuple[int, int]:
    """How many sectors the table takes, itself included, and the list of those beyond the header's."""
    fats = difats = 0
    while True:
        needed = -(-(sectors + fats + difats) // _PER_SECTOR)
        lists = -(-max(0, needed - _IN_HEADER) // (_PER_SECTOR - 1))
        if (needed, lists) == (fats, difats):
            return fats, difats
        fats, difats = needed, lists
