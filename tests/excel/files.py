"""The files under test, each made once, and what independent readers find in them."""

from __future__ import annotations

import io
import zipfile
from functools import cache

import olefile
from oletools.olevba import VBA_Parser

from tests.generated import new
from udfs.excel.configuration import Interpreter, named_interpreter
from udfs.excel.project import Module, vba_project
from udfs.excel.shipped import add_in, workbook

PYTHON = r"C:\Program Files\Python 3.11\python.exe"
PROJECT = "xl/vbaProject.bin"


@cache
def xlsm(example: str = "multi-asset") -> bytes:
    return workbook(new(example), named_interpreter(PYTHON))


@cache
def xlam() -> bytes:
    return add_in(named_interpreter(PYTHON))


@cache
def xlam_without_python() -> bytes:
    return add_in(Interpreter())


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def as_workbook(add_in: bytes) -> bytes:
    """The add-in with the type of a workbook: openpyxl and formulon read no add-ins, xlwings' own neither."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as package:
        for name, content in parts(add_in).items():
            package.writestr(
                name, content.replace(b"ms-excel.addin.macro", b"ms-excel.sheet.macro")
            )
    return made.getvalue()


def module_texts(file: bytes) -> dict[str, str]:
    """Every module by its name, as olevba decompresses it from a workbook or a bare project."""
    parser = VBA_Parser("file", data=file)
    try:
        found = list(parser.extract_macros())
    finally:
        parser.close()
    assert len({stream for _, stream, _, _ in found}) == len(found)
    return {stream.removeprefix("VBA/"): text for _, stream, _, text in found}


def project_of(modules: list[Module]) -> olefile.OleFileIO:
    """The compound file of a project; any defect that olefile knows is an error."""
    return opened(vba_project("Project", modules))


def opened(data: bytes) -> olefile.OleFileIO:
    return olefile.OleFileIO(io.BytesIO(data), raise_defects=olefile.DEFECT_UNSURE)
