"""Numbers as text, against Python's own formatting with either decimal sign."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xl_rebal.cells import Refusal
from xl_rebal.imports.choices import Decimal
from xl_rebal.imports.numbers import (
    Undecided,
    evidence,
    is_doubtful,
    settled_decimal,
    to_number,
)

numbers = st.integers(0, 10**10).map(lambda n: n / 10**4)
groups = {Decimal.POINT: ("", ",", "'", " "), Decimal.COMMA: ("", ".", "'", "\u00a0", "\u202f")}


def written(number: float, decimal: Decimal, group: str, digits: int) -> str:
    text = f"{number:,.{digits}f}"
    return text.replace(",", "G").replace(".", decimal.sign).replace("G", group)


@given(numbers, st.sampled_from(Decimal), st.integers(0, 4), st.integers(0, 4))
def test_a_number_is_read_as_it_was_written(
    number: float, decimal: Decimal, group: int, digits: int
) -> None:
    form = groups[decimal][group % len(groups[decimal])]
    text = written(number, decimal, form, digits)

    assert to_number(text, decimal) == float(f"{number:.{digits}f}")


@given(numbers, st.sampled_from(Decimal), st.integers(0, 4), st.integers(0, 4))
def test_evidence_never_speaks_for_the_wrong_sign(
    number: float, decimal: Decimal, group: int, digits: int
) -> None:
    form = groups[decimal][group % len(groups[decimal])]
    text = written(number, decimal, form, digits)
    sign = evidence(text)

    assert sign in (None, decimal)
    if sign is None and is_doubtful(text):
        assert to_number(text, Decimal.POINT) != to_number(text, Decimal.COMMA)
    elif sign is None:
        assert to_number(text, Decimal.POINT) == to_number(text, Decimal.COMMA)


@given(st.lists(numbers, min_size=1, max_size=30), st.sampled_from(Decimal), st.integers(0, 4))
def test_a_file_is_read_rightly_or_the_person_is_asked(
    values: list[float], decimal: Decimal, digits: int
) -> None:
    texts = [written(value, decimal, groups[decimal][1], digits) for value in values]
    if any(evidence(text) for text in texts):
        found = settled_decimal(texts)
    elif any(is_doubtful(text) for text in texts):
        with pytest.raises(Undecided) as doubt:
            settled_decimal(texts)
        assert is_doubtful(texts[doubt.value.index])
        return
    else:
        found = decimal.other

    assert [to_number(text, found) for text in texts] == [
        float(f"{value:.{digits}f}") for value in values
    ]


@pytest.mark.parametrize(
    "text",
    ["", "12 34", "1,23.4", "1.2.3", "12,34", "--1", "1,2345", "0x10", "1_000", "nan", "inf", "١٢",
     "12%", "USD 12", "1,234,56", "1 234,5"],
)  # fmt: skip
def test_what_is_no_number_with_a_decimal_point_is_refused(text: str) -> None:
    with pytest.raises(Refusal):
        to_number(text, Decimal.POINT)


@given(st.text(max_size=20), st.sampled_from(Decimal))
def test_no_text_whatever_breaks_the_reading(text: str, decimal: Decimal) -> None:
    with suppress(Refusal):
        assert isinstance(to_number(text, decimal), float)
