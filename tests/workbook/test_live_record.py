"""What undoes a run survives as texts in cells, or is refused: never read as something else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xl_rebal.workbook.areas import Area
from xl_rebal.workbook.live.held import Content, Fault, Formula, Held, mark_of, would_be_read
from xl_rebal.workbook.live.record import Undone, UnreadableRecordError, read_record, texts_of

contents: st.SearchStrategy[Content] = st.one_of(
    st.none(), st.booleans(), st.text(), st.floats(allow_nan=False, allow_infinity=False),
    st.text().map(lambda text: Formula(f"={text}")), st.sampled_from([Fault("#N/A")]),
)  # fmt: skip


@st.composite
def records(draw: st.DrawFn) -> list[Undone]:
    found = []
    for number in range(draw(st.integers(0, 3))):
        width = draw(st.integers(1, 4))
        row = st.tuples(*[contents] * width)
        cells = tuple(draw(st.lists(row, min_size=1, max_size=5)))
        formats = ((Area(1, 1, len(cells), width), draw(st.text())),)
        marks = tuple(mark_of(cells) for cells in cells)
        found.append(Undone(f"tbl{number}", "", len(cells), Held(cells, formats), marks))
    return found


@given(records())
def test_a_record_comes_back_from_its_texts_as_it_was(record: list[Undone]) -> None:
    texts = texts_of(record)

    assert read_record(texts) == record
    assert all(len(text) < 8203 and text.startswith("_") and text.isascii() for text in texts)


def test_a_long_record_is_split_and_its_pieces_must_all_be_there() -> None:
    cells = tuple((number / 7, f"row {number * 7919 % 1000}") for number in range(5000))
    record = [Undone("tblStudyPath", "", 5000, Held(cells), tuple(map(mark_of, cells)))]
    texts = texts_of(record)

    assert len(texts) > 3
    assert read_record(texts) == record
    for broken in (texts[1:], texts[:-1], (texts[1], texts[0], *texts[2:]), ("_undo2:abc",), ()):
        with pytest.raises(UnreadableRecordError):
            read_record(broken)


@pytest.mark.parametrize(
    ("one", "other"),
    [(1.0, 1.0000000000000002), ("", None), (True, 1.0), ("1", 1.0), ("=A1", Formula("=A1")),
     ("#N/A", Fault("#N/A")), (0.1 + 0.2, 0.3)],
)  # fmt: skip
def test_a_mark_tells_contents_apart_that_a_cell_shows_alike(one: Content, other: Content) -> None:
    assert mark_of((None, one)) != mark_of((None, other))


@pytest.mark.parametrize(
    "text",
    ["0700", "1E5", "MAR1", "Mar 1", "1/2", "12:30", "3 %", "TRUE", "false ", "=A1", "+1", "-x", "@a",
     "'x", "#N/A", "$5", "(5)"],
)  # fmt: skip
def test_what_a_program_reads_as_something_else_is_told_from_text(text: str) -> None:
    assert would_be_read(text)


@pytest.mark.parametrize("text", ["", "Sell", "AAA is over its band", "x" * 60 + "1"])
def test_plain_words_are_plain_words(text: str) -> None:
    assert not would_be_read(text)
