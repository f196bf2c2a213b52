"""Our compound files read by olefile, which refuses any defect here."""

from __future__ import annotations

import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.excel.files import opened
from udfs.excel.compound_file import MINI_LIMIT, Storage, compound_file

NAMES = st.text(
    st.characters(exclude_characters="/\\:!", exclude_categories=("Cs", "Cc"), max_codepoint=0xFFFF),
    min_size=1, max_size=31,
)  # fmt: skip
SIZES = st.sampled_from((0, 1, 63, 64, 65, 511, 512, 513, 4094, 4095, 4096, 4097, 9000, 70_000))


def content(size: int, seed: int) -> bytes:
    return random.Random(seed).randbytes(size)


def read_back(data: bytes) -> dict[str, bytes]:
    file = opened(data)
    assert file.parsing_issues == []
    return {"/".join(path): file.openstream(path).read() for path in file.listdir()}


@given(
    st.lists(st.tuples(NAMES, SIZES), unique_by=lambda each: each[0].upper(), max_size=40),
    st.integers(0, 2**32),
)
@settings(max_examples=40)
def test_streams_of_any_names_and_sizes_come_back(
    streams: list[tuple[str, int]], seed: int
) -> None:
    made = {name: content(size, seed + at) for at, (name, size) in enumerate(streams)}

    assert read_back(compound_file(dict(made))) == made


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 7, 8, 15, 16, 127, 128, 500])
def test_many_streams_come_back_from_folders(count: int) -> None:
    inner = {f"s{number}": content(number * 37 % 5000, number) for number in range(count)}
    made: Storage = {"VBA": dict(inner), "deeper": {"still": {"leaf": b"x"}}, "PROJECT": b"text"}
    expected = {f"VBA/{name}": data for name, data in inner.items()}

    assert read_back(compound_file(made)) == {
        **expected, "deeper/still/leaf": b"x", "PROJECT": b"text"
    }  # fmt: skip


@pytest.mark.parametrize("size", [0, MINI_LIMIT - 1, MINI_LIMIT, MINI_LIMIT + 1])
def test_the_limit_between_small_and_large_streams_is_where_readers_expect_it(size: int) -> None:
    made = {"one": content(size, 1), "two": content(MINI_LIMIT, 2), "three": b"small"}

    assert read_back(compound_file(dict(made))) == made


@pytest.mark.parametrize("sectors", [109 * 127, 109 * 128, 110 * 128, 240 * 128])
def test_a_file_whose_table_is_too_long_for_the_header_comes_back(sectors: int) -> None:
    large = content(512 * sectors, 3)
    made = {"large": large, "small": b"s"}

    assert read_back(compound_file(dict(made))) == made


@pytest.mark.parametrize("name", ["", "a/b", "a\\b", "a:b", "a!b", "x" * 32])
def test_what_cannot_be_a_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="cannot name a stream"):
        compound_file({name: b""})


@pytest.mark.parametrize("count", range(1, 40))
def test_the_directory_is_a_red_black_tree_in_its_own_order(count: int) -> None:
    data = compound_file({f"s{number}": b"" for number in range(count)})
    first = struct.unpack_from("<I", data, 48)[0]
    entries = [
        data[start : start + 128]
        for start in range(512 * (first + 1), 512 * (first + 1) + 128 * (count + 1), 128)
    ]

    def names_and_blacks(number: int, red_above: bool) -> tuple[list[str], int]:
        if number == 0xFFFFFFFF:
            return [], 1
        entry = entries[number]
        red = entry[67] == 0
        assert not (red and red_above)
        left, right = struct.unpack_from("<II", entry, 68)
        (before, blacks), (after, others) = (names_and_blacks(at, red) for at in (left, right))
        assert blacks == others
        length = struct.unpack_from("<H", entry, 64)[0]
        return [*before, entry[: length - 2].decode("utf-16-le"), *after], blacks + (not red)

    names, _ = names_and_blacks(struct.unpack_from("<I", entries[0], 76)[0], True)
    assert names == sorted((f"s{number}" for number in range(count)), key=lambda n: (len(n), n))
