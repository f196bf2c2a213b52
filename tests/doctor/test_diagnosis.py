"""Each fault of an invented machine is found, alone, and with the mend; nothing else is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.doctor.machines import (
    BOOK,
    CONF,
    EXCEL,
    PROBE,
    PYTHON,
    WINDOWS,
    WRAPPERS,
    fault,
    faults,
    said,
)
from xl_rebal.doctor import State, diagnose, status_of
from xl_rebal.doctor.conf import Layer
from xl_rebal.doctor.machine import (
    BookFacts,
    CalcAddIn,
    Calls,
    Excel,
    Machine,
    Office,
    Python,
    Requirement,
    Solver,
    System,
)
from xl_rebal.doctor.vba_text import Wrappers
from xl_rebal.terminal_help import show_findings

LINUX = replace(WINDOWS, system=System.LINUX, excel=None, office=None)
MAC = replace(
    WINDOWS,
    system=System.MAC,
    excel=Excel("/Applications/Microsoft Excel.app", run_python_script=True),
)


@pytest.mark.parametrize(
    ("machine", "book"),
    [(WINDOWS, None), (WINDOWS, BOOK), (LINUX, None), (LINUX, BOOK), (MAC, None), (MAC, BOOK)],
)
def test_where_all_fits_nothing_is_to_mend(machine: Machine, book: BookFacts | None) -> None:
    found = diagnose(machine, book)

    assert [each for each in found if each.is_fault] == []
    assert status_of(found) == "ok"
    assert len(found) <= 25, "a page"


def requiring(package: str, limits: str, installed: str | None) -> Machine:
    kept = (each for each in WINDOWS.requirements if each.package != package)
    return replace(WINDOWS, requirements=(*kept, Requirement(package, limits, installed)))


@pytest.mark.parametrize(
    ("installed", "state", "detail"),
    [
        ("1.25.2", State.WRONG, "1.25.2 is too old; what fits is <3,>=1.26"),
        ("3.0.0", State.WRONG, "3.0.0 is too new; what fits is <3,>=1.26"),
        (None, State.MISSING, "<3,>=1.26"),
    ],
)
def test_a_package_out_of_its_range_is_named_with_the_command(
    installed: str | None, state: State, detail: str
) -> None:
    (found,) = faults(requiring("numpy", "<3,>=1.26", installed))

    assert (found.part, found.state, found.detail) == ("numpy", state, detail)
    assert found.fix == f'Run: "{PYTHON}" -m pip install "numpy<3,>=1.26"'


def test_packages_that_fit_share_a_line() -> None:
    ((_, detail, _),) = said(WINDOWS, "packages")
    assert detail == "4 fit: numpy 2.1.0, xlwings 0.37.8, highspy 1.10.0, clarabel 0.11.1"


def test_an_interpreter_that_is_gone_is_found_where_it_is_named() -> None:
    gone = replace(PROBE, resolved=None, interpreter="C:\\old\\python.exe")
    conf = Layer("the sheet xlwings.conf", (("INTERPRETER_WIN", "C:\\old\\python.exe"),))

    assert fault(replace(WINDOWS, probe=gone), replace(BOOK, conf=conf)) == (
        "interpreter",
        "C:\\old\\python.exe, named in the sheet xlwings.conf: there is no such program",
        f"Write {PYTHON} beside INTERPRETER_WIN in the sheet xlwings.conf.",
    )


def test_an_interpreter_without_our_package_is_told_what_it_lacks() -> None:
    other = replace(
        PROBE, is_ours=False, resolved="C:\\Python312\\python.exe", xl_rebal="",
        failure="ModuleNotFoundError: No module named 'xl_rebal'",
    )  # fmt: skip

    assert fault(replace(WINDOWS, probe=other), BOOK) == (
        "interpreter",
        "C:\\Python312\\python.exe cannot import our functions: ModuleNotFoundError: No module named "
        "'xl_rebal'",
        'Install xl_rebal there ("C:\\Python312\\python.exe" -m pip install ...).',
    )


def test_an_interpreter_with_another_version_of_ours_is_found() -> None:
    part, detail, _ = fault(replace(WINDOWS, probe=replace(PROBE, xl_rebal="0.0.9")), BOOK)
    assert (part, detail) == ("interpreter", f"{PYTHON} has xl_rebal 0.0.9, this is 0.1.0")


def test_an_interpreter_that_was_not_run_is_no_fault_but_said() -> None:
    refused = replace(PROBE, refused="the book comes from the internet", version="")
    ((state, detail, fix),) = said(replace(WINDOWS, probe=refused), "interpreter", BOOK)

    assert state is State.INFO
    assert detail == f"{PYTHON} was not tried: the book comes from the internet"
    assert "import udfs.functions" in fix


def test_a_bare_name_depends_on_path() -> None:
    bare = replace(BOOK, conf=Layer("the sheet xlwings.conf", (("INTERPRETER_WIN", "python"),)))
    _, (state, detail, _) = said(WINDOWS, "interpreter", bare)
    assert (state, detail) == (State.INFO, "python is whichever comes first on PATH")


def test_the_library_goes_by_excels_bits_not_by_pythons() -> None:
    only_64 = replace(WINDOWS, probe=replace(PROBE, dlls=("xlwings64-0.37.8.dll",)))
    excel_32 = replace(only_64, excel=replace(EXCEL, bits=32))
    python_32 = replace(only_64, python=Python("3.12.4", 32, PYTHON))

    assert faults(only_64, BOOK) == faults(python_32, BOOK) == []
    assert fault(excel_32, BOOK) == (
        "library",
        "Excel loads xlwings32-0.37.8.dll; beside the interpreter: xlwings64-0.37.8.dll",
        "Install xlwings anew.",
    )


def test_macros_of_another_xlwings_look_for_another_library() -> None:
    book = replace(BOOK, wrappers=replace(WRAPPERS, xlwings="0.33.1"))

    found = faults(WINDOWS, book)

    assert [each.part for each in found] == ["library", "xlwings"]
    assert found[0].detail.startswith("Excel loads xlwings64-0.33.1.dll; beside the interpreter: ")
    assert all("pip install xlwings==0.33.1" in each.fix for each in found)
    assert faults(LINUX, book) == [], "no Excel is here to ask for it"


@pytest.mark.parametrize(("setting", "words"), [(3, "only signed ones run"), (4, "none run")])
def test_macros_that_excel_does_not_run_are_found(setting: int, words: str) -> None:
    part, detail, fix = fault(replace(WINDOWS, excel=replace(EXCEL, macro_setting=setting)))
    by_policy = replace(EXCEL, macro_setting=setting, by_policy=True)

    assert (part, detail) == ("macros", f"{words}: functions are #NAME?, buttons do nothing")
    assert "Trust Center" in fix
    assert fault(replace(WINDOWS, excel=by_policy))[2].startswith("Ask who looks after")


def test_an_add_in_that_is_registered_must_be_there_and_once() -> None:
    gone = replace(EXCEL, add_ins=(), missing_add_ins=("D:\\xl-rebal.xlam", "D:\\other.xlam"))
    twice = replace(EXCEL, add_ins=(*EXCEL.add_ins, "C:\\XLSTART\\xl_rebal.xlam"))
    none = replace(WINDOWS, excel=replace(EXCEL, add_ins=("C:\\solver.xlam",)))

    assert fault(replace(WINDOWS, excel=gone))[:2] == (
        "add-in", "registered, but gone: D:\\xl-rebal.xlam"
    )  # fmt: skip
    assert fault(replace(WINDOWS, excel=twice))[1].startswith("opened twice: ")
    assert [state for state, _, _ in said(none, "add-in")] == [State.INFO, State.OK]
    assert faults(none) == []


def test_an_old_excel_is_refused() -> None:
    assert fault(replace(WINDOWS, excel=replace(EXCEL, version="15.0.5603")))[0] == "Excel"


def test_on_macos_cells_keep_their_values_and_buttons_need_a_script() -> None:
    without = replace(
        MAC, excel=Excel("/Applications/Microsoft Excel.app", run_python_script=False)
    )

    assert said(MAC, "functions")[0][0] is State.INFO
    assert fault(without)[::2] == ("buttons", "Run: xlwings runpython install")


@pytest.mark.parametrize(
    ("pairs", "words"),
    [
        ((("CONDA PATH", "C:\\conda"), ("CONDA ENV", "desk")), "conda keys in the sheet"),
        ((("PYTHONPATH", ""), ("pythonpath", "C:\\x")), "PYTHONPATH twice in the sheet"),
        ((("DEBUG UDFS", "True"),), "DEBUG UDFS is on in the sheet"),
    ],
)
def test_settings_that_break_functions_are_found(
    pairs: tuple[tuple[str, str], ...], words: str
) -> None:
    part, detail, _ = fault(WINDOWS, replace(BOOK, conf=Layer("the sheet", (*CONF.pairs, *pairs))))
    assert part == "settings"
    assert words in detail


def test_one_conda_key_alone_does_nothing() -> None:
    conf = Layer("the sheet", (*CONF.pairs, ("CONDA PATH", "C:\\conda"), ("CONDA ENV", "")))
    assert faults(WINDOWS, replace(BOOK, conf=conf)) == []


def test_the_order_of_settings_is_said() -> None:
    machine = replace(WINDOWS, user_conf=Layer("C:\\Users\\ann\\.xlwings\\xlwings.conf", ()))
    book = replace(BOOK, folder_conf=Layer("C:\\desk\\xlwings.conf", ()))
    ((_, detail, _),) = said(machine, "settings", book)

    assert detail == (
        "the sheet xlwings.conf, C:\\desk\\xlwings.conf then C:\\Users\\ann\\.xlwings\\xlwings.conf; "
        "the first that has a key wins, even if blank"
    )


def test_a_book_from_the_internet_is_told_how_to_unblock() -> None:
    part, _, fix = fault(WINDOWS, replace(BOOK, from_internet=True))
    assert part == "from the web"
    assert "Unblock" in fix


@pytest.mark.parametrize(
    ("path", "macro_enabled", "right"), [("a.xlsx", True, "a.xlsm"), ("a.xlsm", False, "a.xlsx")]
)
def test_a_wrong_ending_is_found(path: str, macro_enabled: bool, right: str) -> None:
    part, _, fix = fault(WINDOWS, replace(BOOK, path=path, macro_enabled=macro_enabled))
    assert (part, fix) == ("file", f"Rename it to {right}.")


def test_macros_that_differ_from_the_catalogue_are_found() -> None:
    functions = {name: names for name, names in WRAPPERS.functions.items() if name != "XR_BAND"}
    changed = {**functions, "XR_OLD": ("a",), "XR_DRIFT": ("current", "target")}
    part, detail, _ = fault(WINDOWS, replace(BOOK, wrappers=Wrappers(changed, "0.37.8")))

    assert part == "macros"
    assert detail == "without XR_BAND; XR_OLD no longer exists; XR_DRIFT has other arguments"


@pytest.mark.parametrize(
    ("spelling", "whose"),
    [("_xldudf_", "Office.js add-ins"), ("_xll.", "XLL add-ins"), ("of another file", "a file elsewhere"),
     ("XR.", "LibreOffice")],
)  # fmt: skip
def test_formulas_stored_for_another_host_are_found(spelling: str, whose: str) -> None:
    calls = Calls((("plain", 3), (spelling, 2)), frozenset({"XR_DRIFT"}))
    part, detail, _ = fault(WINDOWS, replace(BOOK, calls=calls))

    assert (part, detail) == ("formulas", f"2 formulas as {whose} spell them: #NAME? here")


def test_a_function_that_does_not_exist_is_named() -> None:
    calls = Calls((("plain", 3),), frozenset({"XR_DRIFT", "XR_DRFT"}))
    assert fault(WINDOWS, replace(BOOK, calls=calls))[1] == "XR_DRFT: no such function"


def test_formulas_that_showed_name_are_counted() -> None:
    calls = Calls((("plain", 3),), frozenset({"XR_DRIFT"}), unnamed=2)
    ((state, detail, _),) = said(WINDOWS, "formulas", replace(BOOK, calls=calls))
    assert state is State.INFO
    assert "; 2 showed #NAME? when the book was saved" in detail


OFFICE = Office("/usr/bin/soffice", "25.2.3", "3.12", CalcAddIn("0.1.0"))


@pytest.mark.parametrize(
    ("office", "part", "words"),
    [
        (replace(OFFICE, python="3.11"), "its Python", "3.11, ours is 3.12"),
        (replace(OFFICE, add_in=CalcAddIn("0.0.9")), "add-in", "of 0.0.9, this is 0.1.0"),
        (replace(OFFICE, add_in=CalcAddIn("0.1.0", ("/old/venv",))), "add-in", "/old/venv, which is gone"),
    ],
)  # fmt: skip
def test_a_calc_add_in_that_cannot_answer_is_found(office: Office, part: str, words: str) -> None:
    found, detail, _ = fault(replace(LINUX, office=office))
    assert found == part
    assert words in detail


def test_without_an_add_in_another_python_in_calc_is_no_fault() -> None:
    other = replace(OFFICE, python="3.10", add_in=None)
    assert faults(replace(LINUX, office=other)) == []


@pytest.mark.parametrize(
    ("version", "knows"), [("7.4.7", False), ("25.2.3", True), ("26.8.1", True)]
)
def test_which_calc_knows_the_formulas_of_an_xlsx(version: str, knows: bool) -> None:
    ((_, detail, _),) = said(replace(LINUX, office=replace(OFFICE, version=version)), "Calc")
    assert ("it knows the XR_ formulas" in detail) is knows
    assert ("our add-in types" in detail) is not knows


def test_licences_of_commercial_solvers_are_told_and_never_needed() -> None:
    solvers = (
        Solver("mosek", "10.2.1", "/home/ann/mosek/mosek.lic"),
        Solver("gurobipy", "12.0", None),
    )
    ((state, detail, _),) = said(replace(LINUX, solvers=solvers), "solvers")

    assert state is State.OK
    assert detail == (
        "HiGHS 1.10.0 and Clarabel 0.11.1; no licence is needed; also here, and never needed: mosek "
        "10.2.1 (licence /home/ann/mosek/mosek.lic) and gurobipy 12.0 (no licence file found)"
    )


def test_another_installation_on_path_is_said() -> None:
    here = replace(
        WINDOWS.installation, command="D:/other/xl-rebal.exe", own_command="C:/venv/xl-rebal.exe"
    )
    ((state, detail, fix),) = said(replace(WINDOWS, installation=here), "command")

    assert state is State.INFO
    assert detail == "PATH leads to another installation: D:/other/xl-rebal.exe"
    assert fix == "Call this one by its path: C:/venv/xl-rebal.exe"


def test_a_machine_on_which_all_is_wrong_still_fits_a_page_and_each_fault_has_a_mend(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    excel = replace(
        EXCEL, version="15.0", macro_setting=4, add_ins=(), missing_add_ins=("xl_rebal.xlam",)
    )
    bad = replace(
        WINDOWS,
        excel=excel,
        probe=replace(PROBE, failure="SyntaxError: invalid syntax", dlls=()),
        requirements=(
            Requirement("numpy", ">=1.26", None),
            Requirement("xlwings", ">=0.33", "0.30"),
        ),
        office=replace(OFFICE, python="3.8", add_in=CalcAddIn("0", ("/gone",))),
    )
    book = replace(BOOK, from_internet=True, path="b.xlsx", wrappers=Wrappers({"XR_A": ()}, "0.2"))
    found = diagnose(bad, book)
    monkeypatch.setenv("COLUMNS", "100")

    show_findings(found)

    lines = capsys.readouterr().out.splitlines()
    assert len(found) > len(faults(bad, book)) > 10
    assert all(each.fix for each in faults(bad, book))
    assert max(map(len, lines)) <= 100
    assert (
        lines[-1]
        == f"{len(faults(bad, book))} things to mend; what to do stands behind the > below each."
    )
    assert len(lines) <= 50, "the worst that there is; a page where little is wrong"
