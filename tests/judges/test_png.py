"""The page reader against pictures packed here, each filter in turn, and against poppler's own."""

from __future__ import annotations

import struct
import subprocess
import zlib
from pathlib import Path

import numpy as np
import numpy.typing as npt
import openpyxl
import pytest

from tests.judges.libreoffice import Calc
from tests.judges.png import ink, pixels


def packed(rows: list[tuple[int, bytes]], width: int, colour: int) -> bytes:
    """A PNG of rows that are already filtered: (filter, bytes)."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + check

    head = struct.pack(">IIBBBBB", width, len(rows), 8, colour, 0, 0, 0)
    body = zlib.compress(b"".join(bytes([method]) + row for method, row in rows))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def test_each_filter_of_the_format_is_undone(tmp_path: Path) -> None:
    path = tmp_path / "filters.png"
    rows = [
        (0, bytes([10, 20, 30])),
        (1, bytes([5, 5, 250])),  # left: 5, 5 + 5, 10 + 250 - 256
        (2, bytes([1, 2, 3])),  # above
        (3, bytes([1, 1, 1])),  # the mean of left and above, rounded down
        (4, bytes([1, 1, 1])),  # whichever of left, above and corner is nearest
    ]
    path.write_bytes(packed(rows, 3, 0))

    expected = [[10, 20, 30], [5, 10, 4], [6, 12, 7], [4, 9, 9], [5, 10, 11]]
    assert pixels(path)[:, :, 0].tolist() == expected


def test_ink_is_the_share_of_pixels_that_are_not_white(tmp_path: Path) -> None:
    path = tmp_path / "page.png"
    path.write_bytes(packed([(0, b"\xff" * 6), (0, b"\xff\xff\xff\xff\x00\xff")], 2, 2))

    assert ink(path) == 0.25


def test_a_picture_of_another_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "palette.png"
    path.write_bytes(packed([(0, b"\x00")], 1, 3))

    with pytest.raises(ValueError, match=r"palette\.png: found a PNG of an unexpected kind"):
        pixels(path)


def plain_picture(path: Path) -> npt.NDArray[np.uint8]:
    """A raw RGB picture (P6): what the same program draws without PNG's packing."""
    kind, size, _, rest = path.read_bytes().split(b"\n", 3)
    assert kind == b"P6"
    width, height = map(int, size.split())
    return np.frombuffer(rest, np.uint8).reshape(height, width, 3)


def test_a_drawn_page_is_read_as_it_was_drawn(calc: Calc, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for number in range(1, 20):
        book.worksheets[0].append([f"asset {number}", number * 1.5])
    book.save(tmp_path / "page.xlsx")

    page = calc.render(tmp_path / "page.xlsx", tmp_path)[0]
    pdf = calc.to_pdf(tmp_path / "page.xlsx")
    options = ["-r", "90", "-singlefile"]
    subprocess.run([calc.programs.pdftoppm, *options, pdf, tmp_path / "plain"], check=True)

    assert ink(page) > 0.001
    np.testing.assert_array_equal(pixels(page), plain_picture(tmp_path / "plain.ppm"))
