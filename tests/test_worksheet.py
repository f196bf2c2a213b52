"""What is registered is checked when it is registered, not when somebody calls it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import pytest

from xl_rebal import arguments
from xl_rebal.worksheet import REGISTERED, Answer, Arg, Functions, worksheet_function

if TYPE_CHECKING:
    from datetime import date

Number = Annotated[float, Arg("A number.", arguments.number_between("a number"))]
Wordy = Annotated[float, Arg("x" * 245, arguments.number_between("a number"))]
Later = Annotated["date", Arg("A day.", arguments.flag)]


def refused(function: Callable[..., Answer], example: tuple[object, ...] = ()) -> str:
    before = dict(REGISTERED)
    with pytest.raises(TypeError) as caught:
        worksheet_function(returns="a number", example=example)(function)
    assert before == REGISTERED
    return str(caught.value)


def test_an_argument_without_a_description_is_refused_by_name() -> None:
    def toy(first: Number, second: float) -> Answer:
        """A toy."""
        return first + second

    assert refused(toy) == "argument second of toy has no Arg"


def test_an_annotation_that_names_nothing_is_refused() -> None:
    def toy(first: Missing) -> Answer:  # type: ignore[name-defined]  # noqa: F821
        """A toy."""
        return 0.0

    with pytest.raises(NameError, match="Missing"):
        worksheet_function(returns="a number", example=())(toy)


def test_every_fault_of_a_signature_is_said_at_once() -> None:
    def toy(to: Number, loud: Wordy = 1.0, *, Loud: Number) -> Answer:  # noqa: N803
        return to

    said = refused(toy, (1, 2, 3, 4))

    for fault in (
        "no docstring", "to is a VBA word", "help of loud has 256 characters",
        "Loud is no plain name", "Loud follows an optional argument",
        "the example has too many arguments",
    ):  # fmt: skip
        assert fault in said


def test_a_name_that_is_taken_is_refused() -> None:
    import xl_rebal.registry  # noqa: F401  registers all

    def drift(first: Number) -> Answer:
        """A toy."""
        return first

    assert refused(drift) == "XR_DRIFT cannot be registered: the name is taken"


def test_a_type_that_only_a_type_checker_knows_may_stand_in_quotes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def toy_later(day: Later) -> Answer:
        """A toy."""
        return day

    monkeypatch.setattr("xl_rebal.worksheet.REGISTERED", registered := Functions())
    worksheet_function(returns="a number", example=())(toy_later)

    assert [each.arg.doc for each in registered["XR_TOY_LATER"].parameters] == ["A day."]
