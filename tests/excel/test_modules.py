"""The modules in the files: as xlwings ships them, as Excel stores them, whole after the way back."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.excel.files import module_texts, xlam, xlsm
from udfs.excel import shipped, vba_text, xlwings_modules
from udfs.excel.documents import book_module, sheet_module
from udfs.excel.help_module import help_module
from udfs.excel.vba_text import assigned, cut, lines_of
from xl_rebal.errors import InputError
from xl_rebal.registry import FUNCTIONS

VALUE = re.compile(r'"((?:[^"]|"")*)"|ChrW\((\d+)\)')


def xlwings_folder() -> Path:
    spec = find_spec("xlwings")
    assert spec
    assert spec.origin
    return Path(spec.origin).parent


def of_xlwings(file: str) -> dict[str, str]:
    return module_texts((xlwings_folder() / file).read_bytes())


def installed(name: str) -> str:
    return (xlwings_folder() / name).read_text(encoding="ascii")


def evaluated(expression: str) -> str:
    """What a VBA expression of literals and ChrW says."""
    parts = [
        m[1].replace('""', '"') if m[2] is None else chr(int(m[2]))
        for m in VALUE.finditer(expression)
    ]
    assert re.sub(VALUE, "", expression).replace(" & ", "") == ""
    return "".join(parts)


def test_a_workbook_carries_xlwings_own_module_word_for_word() -> None:
    assert module_texts(xlsm())["xlwings"].replace("\r\n", "\n") == installed("xlwings.bas")


def test_an_add_in_carries_xlwings_own_module_under_its_own_name() -> None:
    found = module_texts(xlam())["xlwings"].replace("\r\n", "\n").splitlines()
    theirs = installed("xlwings_custom_addin.bas").splitlines()
    different = [(a, b) for a, b in zip(found, theirs, strict=True) if a != b]

    assert different == [
        (
            'Public Const PROJECT_NAME As String = "xl_rebal"',
            'Public Const PROJECT_NAME As String = "myaddin"',
        )
    ]


@pytest.mark.parametrize("file", [xlsm, xlam])
def test_the_class_dictionary_is_stored_as_excel_stores_it(file: Callable[[], bytes]) -> None:
    ours = module_texts(file())["Dictionary"]
    theirs = of_xlwings("quickstart_standalone.xlsm")["Dictionary"]

    # Excel's editor has given one word (Err) other capitals, as it does with every name of a project.
    assert ours.casefold() == theirs.casefold()


def test_the_modules_of_book_and_sheets_are_those_that_excel_writes() -> None:
    theirs = of_xlwings("quickstart_standalone.xlsm")

    assert book_module().text == theirs["ThisWorkbook"]
    assert sheet_module("Sheet1").text == theirs["Sheet1"]


@pytest.mark.parametrize("file", [xlsm, xlam])
def test_every_line_is_one_that_the_editor_takes(file: Callable[[], bytes]) -> None:
    for name, text in module_texts(file()).items():
        continued = 0
        for line in text.split("\r\n"):
            assert line.isascii()
            assert len(line) <= 1023, name
            assert "\n" not in line
            continued = continued + 1 if line.endswith(" _") else 0
            assert continued <= 24, name
        assert text.endswith("\r\n")


@pytest.mark.parametrize("file", [xlsm, xlam])
def test_no_procedure_of_ours_is_too_large_to_be_compiled(file: Callable[[], bytes]) -> None:
    for name, text in module_texts(file()).items():
        procedures = re.split(r"^End (?:Sub|Function)\r\n", text, flags=re.MULTILINE)
        assert max(map(len, procedures)) < 32_000, name


@pytest.mark.parametrize("file", [xlsm, xlam])
def test_blocks_are_closed_and_names_declared_once(file: Callable[[], bytes]) -> None:
    public: list[str] = []
    for name, text in module_texts(file()).items():
        code = [line.strip() for line in text.split("\r\n") if not line.strip().startswith("'")]
        for opening, closing in (
            (r"(?:Public |Private )?Sub \w+", "End Sub"),
            (r"(?:Public |Private )?Function \w+", "End Function"),
            (r"#If .*Then", "#End If"),
            (r"If .*Then", "End If"),
            (r"Select Case .*", "End Select"),
        ):
            if name.startswith("xl_rebal") or name == "xlwings_udfs":
                opened = sum(bool(re.match(rf"{opening}(?:$|\()", line)) for line in code)
                assert opened == code.count(closing), (name, opening)
        if name.startswith("xl_rebal") or name == "xlwings_udfs":
            public += re.findall(
                r"^(?:Public )?(?:Sub|Function) (\w+)\(", "\n".join(code), re.MULTILINE
            )
    assert len(public) == len({each.casefold() for each in public})
    assert {*FUNCTIONS, "DescribeFunctions", "CommandOf", "SheetOf"} <= set(public)


def test_book_and_add_in_have_no_callback_of_the_same_name() -> None:
    def buttons(file: bytes) -> set[str]:
        return set(re.findall(r"Sub (Press\w+)\(", "".join(module_texts(file).values())))

    assert len(buttons(xlsm())) == len(buttons(xlam())) == 2
    assert not buttons(xlsm()) & buttons(xlam())


def test_the_book_describes_its_functions_when_it_opens() -> None:
    for file in (xlsm(), xlam()):
        texts = module_texts(file)
        assert texts["ThisWorkbook"].endswith(
            "\r\nPrivate Sub Workbook_Open()\r\n    DescribeFunctions\r\nEnd Sub\r\n"
        )
        assert "Public Sub DescribeFunctions()\r\n" in texts["xl_rebal_help"]


@pytest.mark.parametrize("missing", ["xlwings.bas", "addin/Dictionary.cls"])
def test_an_xlwings_without_its_modules_is_refused_in_words(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, missing: str
) -> None:
    class Spec:
        origin = str(tmp_path / "__init__.py")

    monkeypatch.setattr(xlwings_modules, "find_spec", lambda _name: Spec)
    read = {
        "xlwings.bas": xlwings_modules.book_xlwings,
        "addin/Dictionary.cls": xlwings_modules.dictionary,
    }

    with pytest.raises(InputError) as refused:
        read[missing]()
    assert str(refused.value) == (
        f"#XR208 xlwings: found the package xlwings without {missing}, expected the VBA modules that "
        "xlwings comes with. Install xlwings again: pip install --force-reinstall xlwings."
    )


def test_an_xlwings_module_that_has_changed_its_form_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(xlwings_modules, "_text", lambda _name: "Option Explicit\r\n")

    with pytest.raises(InputError, match="without a name of the project"):
        xlwings_modules.add_in_xlwings("mine")
    with pytest.raises(InputError, match="class Dictionary with another head"):
        xlwings_modules.dictionary()


@pytest.mark.parametrize(
    "text", ["", "plain", 'with "quotes"', "5 × 3 − 1", "\U0001f600 end", "γ" * 200, "a" * 3000]
)
def test_a_text_is_the_same_after_vba_has_put_it_together(text: str) -> None:
    built = ""
    for place, line in enumerate(assigned("help", text)):
        target, _, value = line.partition(" = ")
        assert target == "help"
        assert len(line) <= vba_text.LONGEST_LINE
        assert line.isascii()
        assert value.startswith("help & ") == (place > 0)
        built += evaluated(value.removeprefix("help & "))

    assert built.encode("utf-16-le", "surrogatepass").decode("utf-16-le") == text


def test_a_line_that_the_editor_would_not_take_is_our_own_bug() -> None:
    with pytest.raises(ValueError, match="cannot be a line of VBA"):
        lines_of(["'" + "x" * 1000])
    with pytest.raises(ValueError, match="cannot be a line of VBA"):
        lines_of(["' ×"])


@pytest.mark.parametrize("longest", range(10, 60))
def test_a_help_text_is_cut_at_a_word(longest: int) -> None:
    text = "The largest drift of all assets, in points of the value that targets apply to."
    short = cut(text, longest)

    assert len(short) <= longest
    assert short.endswith(" ...")
    head = short.removesuffix(" ...")
    assert text.startswith(head)
    assert not text[len(head)].isalnum()


def test_a_word_longer_than_the_limit_is_cut_inside() -> None:
    assert cut("x" * 300, 255) == "x" * 251 + " ..."


def test_the_files_hold_nothing_but_what_is_listed() -> None:
    sheets = {f"Sheet{number}" for number in range(1, 60)}
    common = {"ThisWorkbook", "xlwings", "Dictionary", "xlwings_udfs", "xl_rebal_help"}

    assert set(module_texts(xlsm())) - sheets == {*common, "xl_rebal_book_ribbon"}
    assert set(module_texts(xlam())) - sheets == {*common, "xl_rebal_addin_ribbon"}
    assert zipfile.is_zipfile(io.BytesIO(xlam()))
    assert shipped.ADD_IN == "xl_rebal"


def test_help_all_of_other_letters_still_makes_lines_that_the_editor_takes() -> None:
    spec = replace(FUNCTIONS["XR_DRIFT"], help="\u20ac" * 255)
    text = help_module({"XR_DRIFT": spec}).text

    assert text.count("ChrW(8364)") == 255
    assert max(map(len, text.splitlines())) <= vba_text.LONGEST_LINE
