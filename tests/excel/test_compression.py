"""Our compressor against oletools' decompressor."""

from __future__ import annotations

import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from oletools.olevba import decompress_stream

from tests.excel.files import PROJECT, parts, xlsm
from udfs.excel.compression import CHUNK, compressed

SIZES = st.sampled_from((*range(6), 63, 64, 65, *range(4093, 4100), 8191, 8192, 8193, 12_289))


def unpacked(container: bytes) -> bytes:
    return bytes(decompress_stream(bytearray(container)))


def text_of(size: int, seed: int, letters: int) -> bytes:
    """Bytes of an alphabet of that many letters: few letters repeat much."""
    return bytes(random.Random(seed).choices(range(letters), k=size))


@given(SIZES, st.integers(0, 2**32), st.sampled_from((1, 2, 3, 10)))
def test_text_with_repetitions_comes_back(size: int, seed: int, letters: int) -> None:
    text = text_of(size, seed, letters)

    assert unpacked(compressed(text)) == text


@given(st.binary(max_size=3000))
@example(b"")
@example(b"\x01")
def test_any_bytes_come_back(data: bytes) -> None:
    assert unpacked(compressed(data)) == data


@given(SIZES, st.integers(0, 2**32))
def test_noise_comes_back_with_zeros_behind_a_short_last_chunk_at_most(
    size: int, seed: int
) -> None:
    noise = text_of(size, seed, 256)
    back = unpacked(compressed(noise))

    assert back[:size] == noise
    assert set(back[size:]) <= {0}
    assert len(back) == size or (len(back) % CHUNK == 0 and size % CHUNK > 3600)


@given(st.text(st.sampled_from("Sub ()\r\nEnd If xy_'"), max_size=9000), st.integers(1, 3))
def test_lines_of_code_come_back(text: str, times: int) -> None:
    code = text.encode() * times

    assert unpacked(compressed(code)) == code


@pytest.mark.parametrize("size", [CHUNK - 1, CHUNK, CHUNK + 1])
def test_one_letter_becomes_one_copy_a_chunk(size: int) -> None:
    text = b"a" * size

    assert unpacked(compressed(text)) == text
    assert len(compressed(text)) < 16


def test_repetition_pays() -> None:
    code = b"If Err.Number <> 0 Then Exit Function\r\n" * 500

    assert len(compressed(code)) < len(code) / 10
    assert len(parts(xlsm())[PROJECT]) < 100_000
