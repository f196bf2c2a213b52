"""Formulas typed into cells of a Calc that has our add-in: answers, mistakes, errors, blanks."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from openpyxl.worksheet.formula import ArrayFormula

from tests.judges.books import BookMaker
from tests.judges.cached import same
from tests.judges.libreoffice import Calc, ErrorText, Value
from tests.judges.live_examples import NOT_THERE, RELATIVE, as_shown, shown
from tests.judges.more_functions import FUNCTIONS as OFFERED
from udfs.answers import answered
from xl_rebal.functions import FUNCTIONS

Shows = Callable[..., Value]


@pytest.fixture
def shows(calc_xr: Calc, made: BookMaker) -> Shows:
    """What Calc shows for one formula over a small sheet."""

    def ask(formula: str) -> Value:
        return calc_xr.recalculate(made(SHEET | {"Z1": formula}, {})).values["Desk", "Z1"]

    return ask


SHEET: dict[str, object] = {
    # held, in a column with labels; wanted, in another order and capitals
    "A1": "AAA", "B1": 58, "A2": "BBB", "B2": 22, "A3": "CCC", "B3": 20,
    "D1": "ccc", "E1": 0.25, "D2": "aaa", "E2": 0.5, "D3": "bbb", "E3": 0.25,
    "G1": 0.5, "H1": 0.25, "I1": 0.25,  # a row, blank from J1 on
    "G2": 0.5, "G3": 0.47, "G4": "=1/0", "G5": 0.05, "G6": "35 pct", "G7": "turnovr",
    "G8": "edge", "G9": True, "G10": "AAA", "H10": 0.5, "G11": "aaa", "H11": 0.5,
}  # fmt: skip
HELD = [["AAA", 58], ["BBB", 22], ["CCC", 20]]
WANTED = [["ccc", 0.25], ["aaa", 0.5], ["bbb", 0.25]]


@pytest.mark.parametrize(
    ("formula", "name", "arguments"),
    [
        ("=XR_DRIFT(A1:B3,D1:E3)", "XR_DRIFT", [HELD, WANTED]),
        ("=XR_DRIFT(A1:B3,D1:E3,\"over\")", "XR_DRIFT", [HELD, WANTED, "over"]),
        ("=XR_DRIFT(B1:B3,G1:I1)", "XR_DRIFT", [[[58], [22], [20]], [[0.5, 0.25, 0.25]]]),
        ("=XR_DRIFT(G1:K1,G1:L1)", "XR_DRIFT", [[[0.5, 0.25, 0.25]], [[0.5, 0.25, 0.25]]]),
        ("=XR_DRIFT(A1:B9,D1:E9)", "XR_DRIFT", [HELD, WANTED]),
        ("=XR_DRIFT({58;22;20},{0.5;0.25;0.25})", "XR_DRIFT",
         [[[58], [22], [20]], [[0.5], [0.25], [0.25]]]),
        ("=XR_BAND(G1,0.001,3)", "XR_BAND", [0.5, 0.001, 3]),
        ("=XR_BAND(G1:I1,0.001,3)", "XR_BAND", [[[0.5, 0.25, 0.25]], 0.001, 3]),
        ("=XR_NEEDED(A1:B3,D1:E3,G5)", "XR_NEEDED", [HELD, WANTED, 0.05]),
        ("=XR_NEEDED(A1:B3,D1:E3,0.1)", "XR_NEEDED", [HELD, WANTED, 0.1]),
        ("=XR_COST(A1:B3,D1:E3,1000)", "XR_COST", [HELD, WANTED, 1000]),
        # not given: left out, an empty place, a blank range, blank text
        ("=XR_SIGNAL(A1:B3,D1:E3,,,)", "XR_SIGNAL", [HELD, WANTED]),
        ("=XR_NEEDED(A1:B3,D1:E3,M1:M2)", "XR_NEEDED", [HELD, WANTED, None]),
        ("=XR_DRIFT(A1:B3,D1:E3,\"\")", "XR_DRIFT", [HELD, WANTED, None]),
        ("=XR_SIGNAL(A1:B3,D1:E3,,,,G9)", "XR_SIGNAL", [HELD, WANTED, None, None, None, True]),
        ("=XR_SIGNAL(A1:B3,D1:E3,,,,FALSE)", "XR_SIGNAL",
         [HELD, WANTED, None, None, None, False]),
    ],
)  # fmt: skip
def test_a_formula_shows_the_first_cell_of_the_direct_answer(
    shows: Shows, formula: str, name: str, arguments: list[object]
) -> None:
    answer = as_shown(answered(FUNCTIONS[name], arguments)[0][0])

    assert not str(answer).startswith("#")
    assert same(shows(formula), answer, RELATIVE)


@pytest.mark.parametrize(
    ("formula", "sentence"),
    [
        ("=XR_DRIFT(G6,1)", "#XR101 current, cell 1: found '35 pct', expected a number. It is "
         "text: type it as a number."),
        ("=XR_DRIFT(B1:B3,G1:H1)", "#XR103 target: found weights that add to 75.0 %, expected "
         "100 %. 25.0 pp are missing."),
        ("=XR_DRIFT(B1:B2,G1:I1)", "#XR102 current: found 2 numbers beside 3 in target, expected "
         "as many in both, or labels on both."),
        ("=XR_DRIFT(A1:B3,G2:G3)", "#XR103 target: found weights that add to 97.0 %, expected "
         "100 %. 3.0 pp are missing."),
        ("=XR_DRIFT(A1:B3,D1:E3,G7)", "#XR104 metric: found 'turnovr', expected max, turnover, "
         "sum, rms, relative, over, under, volatility, te or all. Did you mean 'turnover'?"),
        ("=XR_NEEDED(A1:B3,D1:E3,5)", "#XR105 band: found 5, expected a band from 0 to 1 (5 % is "
         "0.05)."),
        ("=XR_DRIFT(A1:B3,G10:H11)", "#XR106 target: found 'aaa' twice, expected each label once. "
         "Add the rows up."),
        ("=XR_DRIFT(A1:B3)", "#XR108 target: found nothing, expected it to be given. Weights to hold, "
         "adding to 1. XR_DRIFT(current, target, [metric], [risk])"),
        ("=XR_DRIFT(A1:B3,M1:M3)", "#XR108 target: found nothing, expected it to be given. Weights to "
         "hold, adding to 1. XR_DRIFT(current, target, [metric], [risk])"),
        ("=XR_DRIFT(A1:B3,D1:E3,\"te\")", "#XR207 risk: found no risk, expected an annual "
         "covariance, a square of numbers. Give the risk argument."),
    ],
)  # fmt: skip
def test_a_mistake_is_its_sentence_in_the_cell(shows: Shows, formula: str, sentence: str) -> None:
    assert shows(formula) == sentence


@pytest.mark.parametrize(
    ("formula", "error"),
    [
        ("=XR_DRIFT(G4,1)", "#DIV/0!"),  # Calc hands the error of one cell on by itself
        ("=XR_DRIFT(G2:G4,G1:I1)", "Err:504"),  # and passes no range that holds one
        ("=XR_DRIFT(1,1,\"max\",0.1,5)", "Err:504"),
        ("=IFERROR(XR_DRIFT(G2:G4,G1:I1),\"caught\")", "caught"),
    ],
)  # fmt: skip
def test_what_never_reaches_the_add_in_is_an_error_of_calc(
    shows: Shows, formula: str, error: str
) -> None:
    assert shows(formula) == error


def test_one_blank_cell_is_a_zero_to_calc_but_a_range_of_one_is_blank(shows: Shows) -> None:
    assert shows("=XR_NEEDED(A1:B3,D1:E3,M1)") == 1.0, "a band of 0, not the default"
    assert "found 0, expected max" in str(shows("=XR_DRIFT(A1:B3,D1:E3,M1)"))
    assert shows("=XR_DRIFT(A1:B3,D1:E3,M1:M1)") == pytest.approx(0.08, rel=RELATIVE)


def test_an_array_formula_repeats_a_mistake_and_pads_a_short_answer(
    calc_xr: Calc, made: BookMaker
) -> None:
    def filled(formula: str) -> list[list[Value]]:
        path = made(SHEET | {"N1": ArrayFormula("N1:R5", formula)}, {})
        return shown(calc_xr.recalculate(path), "Desk", "N1:R5")

    signal = filled("=XR_SIGNAL(A1:B3,D1:E3,0.05)")
    mistake = filled("=XR_SIGNAL(A1:B3,D1:E3,5)")

    assert signal[0] == ["Asset", "Drift", "Band", "Status", NOT_THERE]
    assert [row[3] for row in signal] == ["Status", "out", "in", "near", NOT_THERE]
    assert {str(cell)[:6] for row in mistake for cell in row} == {"#XR105"}


def test_what_depends_on_an_array_answer_follows_a_changed_input(
    calc_xr: Calc, made: BookMaker
) -> None:
    cells = {"N1": ArrayFormula("N1:Q4", "=XR_SIGNAL(A1:B3,D1:E3,0.05)"), "T1": "=SUM(O2:O4)+O3"}
    changed = [["AAA", 30], *HELD[1:]]

    before, _, after = calc_xr.run(
        made(SHEET | cells, {}), "look", {("Desk", "B1"): 30.0}, "look", formulas=["Desk"]
    )

    for seen, held in ((before, HELD), (after, changed)):
        drifts = [
            float(row[1]) for row in answered(FUNCTIONS["XR_SIGNAL"], [held, WANTED, 0.05])[1:]
        ]
        assert seen.formulas["Desk"]["T1"] == pytest.approx(sum(drifts) + drifts[1], rel=RELATIVE)
        assert [seen.formulas["Desk"][f"O{row}"] for row in (2, 3, 4)] == pytest.approx(drifts)


def test_every_function_says_what_is_wrong_with_a_word_for_everything(
    calc_xr: Calc, made: BookMaker
) -> None:
    required = {
        name: sum(not parameter.optional for parameter in spec.parameters)
        for name, spec in FUNCTIONS.items()
        if spec.parameters
    }
    word = '"?"'
    formulas = {
        f"Z{row}": "=" + name + "(" + ",".join(count * [word]) + ")"
        for row, (name, count) in enumerate(required.items(), start=1)
    }

    again = calc_xr.recalculate(made(dict(formulas), {}))

    for cell, (name, count) in zip(formulas, required.items(), strict=True):
        sentence = answered(FUNCTIONS[name], count * ["?"])[0][0]
        assert str(sentence).startswith("#XR"), name
        assert again.values["Desk", cell] == sentence


def test_the_function_wizard_tells_what_the_catalogue_tells(calc_xr: Calc) -> None:
    assert calc_xr.described("XR_") == {
        name: (
            f"{spec.help} Returns {spec.returns}.",
            [(parameter.name, parameter.help) for parameter in spec.parameters],
        )
        for name, spec in OFFERED.items()
    }


def test_our_own_bug_is_an_error_in_the_cell_and_a_traceback_on_stderr(
    shows: Shows, calc_xr: Calc
) -> None:
    assert shows("=XR_BROKEN()") == ErrorText("#VALUE!")
    assert re.search(
        r"Traceback.*in broken\n.*ZeroDivisionError: a bug of ours", calc_xr.office_log(), re.DOTALL
    )


def test_a_function_may_import_cvxpy_inside_calc(shows: Shows) -> None:
    assert shows("=XR_HEAVY()") == "cvxpy"
