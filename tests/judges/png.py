"""Reads a rendered page, so that a test can say whether and where something was drawn."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import numpy.typing as npt

CHANNELS = {0: 1, 2: 3}  # PNG colour type: grey, red-green-blue
WHITE_ENOUGH = 250


def paeth_row(coded: bytes, above: bytes, step: int) -> bytes:
    """Undo the PNG filter that predicts a byte from its left, upper and upper-left neighbours."""
    row, left, corner = bytearray(step) + coded, 0, 0
    for place in range(len(coded)):
        left, up, corner = row[place], above[place], above[place - step] if place >= step else 0
        to_left, to_up, to_corner = (
            abs(up - corner),
            abs(left - corner),
            abs(left + up - 2 * corner),
        )
        if to_left <= to_up and to_left <= to_corner:
            predicted = left
        else:
            predicted = up if to_up <= to_corner else corner
        row[place + step] = (coded[place] + predicted) & 255
    return bytes(row[step:])


def average_row(coded: bytes, above: bytes, step: int) -> bytes:
    row = bytearray(step) + coded
    for place in range(len(coded)):
        row[place + step] = (coded[place] + (row[place] + above[place]) // 2) & 255
    return bytes(row[step:])


def pixels(png: Path) -> npt.NDArray[np.uint8]:
    """The page as an array of shape (height, width, channels), 0 black to 255 white."""
    data, place, packed = png.read_bytes(), 8, b""
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", data[16:29])
    if depth != 8 or colour not in CHANNELS or interlaced:
        raise ValueError(
            f"{png.name}: found a PNG of an unexpected kind, expected 8-bit grey or RGB"
        )
    while place < len(data):
        length, kind = struct.unpack(">I4s", data[place : place + 8])
        if kind == b"IDAT":
            packed += data[place + 8 : place + 8 + length]
        place += length + 12
    step = CHANNELS[colour]
    rows = np.frombuffer(zlib.decompress(packed), np.uint8).reshape(height, width * step + 1)
    page = np.zeros((height, width * step), np.uint8)
    above = np.zeros(width * step, np.uint8)
    for number, (method, coded) in enumerate(zip(rows[:, 0], rows[:, 1:], strict=True)):
        match int(method):
            case 0:
                row = coded
            case 1:
                row = np.add.accumulate(coded.reshape(-1, step), dtype=np.uint8).ravel()
            case 2:
                row = coded + above
            case 3:
                row = np.frombuffer(average_row(bytes(coded), bytes(above), step), np.uint8)
            case _:
                row = np.frombuffer(paeth_row(bytes(coded), bytes(above), step), np.uint8)
        page[number] = above = row
    return page.reshape(height, width, step)


def ink(png: Path) -> float:
    """The share of pixels, 0 to 1, that are not white: 0.0 is an empty page."""
    return float((pixels(png) < WHITE_ENOUGH).any(axis=2).mean())
