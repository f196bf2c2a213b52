"""Compression of VBA text, as [MS-OVBA] 2.4.1 describes it: chunks of 4,096 bytes, each on its own."""

from __future__ import annotations

from collections.abc import Iterator

CHUNK = 4096
"""Bytes of text in a chunk; only the last may have fewer."""
_SIGNATURE = b"\x01"
_PACKED, _RAW = 0xB000, 0x3000
"""Bits 12 to 15 of a chunk's header: the format's mark 3, and 8 where the chunk is compressed."""
_SHORTEST = 3
_TRIES = 64
"""Earlier places of the same three bytes that are looked at, the newest first."""


def compressed(data: bytes) -> bytes:
    """The container that holds ``data``; nothing at all is a container without chunks.

    A chunk that does not shrink is stored as it is, and the format stores only whole chunks: where
    the last one is short and has no repetitions (no text is like that), zeros come behind it.
    """
    chunks = (data[start : start + CHUNK] for start in range(0, len(data), CHUNK))
    return _SIGNATURE + b"".join(map(_chunk, chunks))


def _chunk(text: bytes) -> bytes:
    tokens = b"".join(_groups(text))
    if len(tokens) > CHUNK:
        return (_RAW | CHUNK - 1).to_bytes(2, "little") + text.ljust(CHUNK, b"\0")
    return (_PACKED | len(tokens) - 1).to_bytes(2, "little") + tokens


def _groups(text: bytes) -> Iterator[bytes]:
    """Eight tokens at a time behind a byte whose bits say which of them are copies."""
    flags, group, count = 0, b"", 0
    for token in _tokens(text):
        flags |= (len(token) == 2) << count
        group, count = group + token, count + 1
        if count == 8:
            yield bytes([flags]) + group
            flags, group, count = 0, b"", 0
    if count:
        yield bytes([flags]) + group


def _tokens(text: bytes) -> Iterator[bytes]:
    """One byte for a byte, two for a copy of what stood earlier in the chunk."""
    seen: dict[bytes, list[int]] = {}
    at = 0
    while at < len(text):
        offset_bits = max((at - 1).bit_length(), 4) if at else 4
        longest = (0xFFFF >> offset_bits) + _SHORTEST
        place, length = _match(text, at, seen.get(text[at : at + _SHORTEST], ()), longest)
        if length:
            token = (at - place - 1) << (16 - offset_bits) | length - _SHORTEST
            yield token.to_bytes(2, "little")
        else:
            yield text[at : at + 1]
        for passed in range(at, at + max(length, 1)):
            seen.setdefault(text[passed : passed + _SHORTEST], []).append(passed)
        at += max(length, 1)


def _match(text: bytes, at: int, places: list[int] | tuple[()], longest: int) -> tuple[int, int]:
    """The earlier place from which most bytes are the same, and how many; (0, 0) without one."""
    best, most = 0, 0
    limit = min(longest, len(text) - at)
    if limit < _SHORTEST:
        return 0, 0
    for place in reversed(places[-_TRIES:]):
        length = most
        if text[place : place + length] != text[at : at + length]:
            continue
        while length < limit and text[place + length] == text[at + length]:
            length += 1
        if length > most:
            best, most = place, length
            if most == limit:
                break
    return (best, most) if most >= _SHORTEST else (0, 0)
