"""A VBA project read back by olevba and olefile, its ciphers by an inverse written from the text of
[MS-OVBA] 2.4.3.3, which is tried on a project that Excel has seen first."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import olefile
import pytest
from oletools.olevba import decompress_stream

from tests.excel.files import PROJECT, module_texts, opened, parts, project_of, xlam, xlsm
from udfs.excel.project import Module, ModuleKind, vba_project
from udfs.excel.protection import ciphered

MODULES = [
    Module("ThisWorkbook", ModuleKind.DOCUMENT, 'Attribute VB_Name = "ThisWorkbook"\r\n'),
    Module("One", ModuleKind.STANDARD, 'Attribute VB_Name = "One"\r\nSub A()\r\nEnd Sub\r\n'),
    Module("Two", ModuleKind.CLASS, 'Attribute VB_Name = "Two"\r\n' + "' text\r\n" * 900),
]


def xlwings_file(name: str) -> bytes:
    spec = find_spec("xlwings")
    assert spec
    assert spec.origin
    return (Path(spec.origin).parent / name).read_bytes()


def xlwings_project(name: str) -> olefile.OleFileIO:
    with zipfile.ZipFile(io.BytesIO(xlwings_file(name))) as package:
        return olefile.OleFileIO(io.BytesIO(package.read(PROJECT)))


def records(directory: bytes) -> Iterator[tuple[int, bytes]]:
    """The records of a ``dir`` stream: 2 bytes id, 4 bytes size, content; the version has 2 more."""
    at = 0
    while at < len(directory):
        number = int.from_bytes(directory[at : at + 2], "little")
        size = int.from_bytes(directory[at + 2 : at + 6], "little") + (2 if number == 9 else 0)
        yield number, directory[at + 6 : at + 6 + size]
        at += 6 + size
    assert at == len(directory)


def directory_of(file: olefile.OleFileIO) -> list[tuple[int, bytes]]:
    packed = bytearray(file.openstream("VBA/dir").read())
    return list(records(bytes(decompress_stream(packed))))


def deciphered(text: str, project_id: str) -> bytes:
    data = bytes.fromhex(text)
    seed, version, key = data[0], data[1] ^ data[0], data[2] ^ data[0]
    assert version == 2
    assert key == sum(map(ord, project_id)) % 256
    plain, before, last = key, data[1], data[2]
    out = []
    for byte in data[3:]:
        plain = byte ^ (before + plain) % 256
        before, last = last, byte
        out.append(plain)
    out = out[(seed & 6) // 2 :]
    length = int.from_bytes(bytes(out[:4]), "little")
    assert len(out) == 4 + length
    return bytes(out[4:])


def settings_of(project: str) -> dict[str, str]:
    return dict(re.findall(r'^(\w+)="(.*)"\r$', project, re.MULTILINE))


def test_every_module_comes_back_as_it_was_given() -> None:
    assert module_texts(vba_project("Project", MODULES)) == {m.name: m.text for m in MODULES}


def test_the_same_modules_give_the_same_bytes() -> None:
    assert vba_project("Project", MODULES) == vba_project("Project", list(MODULES))


def test_the_project_says_that_it_has_no_compiled_code_as_xlwings_own_does() -> None:
    ours = project_of(MODULES).openstream("VBA/_VBA_PROJECT").read()
    theirs = xlwings_project("quickstart_addin_ribbon.xlam").openstream("VBA/_VBA_PROJECT").read()

    # The last two bytes mean nothing: "MUST be ignored" ([MS-OVBA] 2.3.4.1).
    assert ours[:5] == theirs[:5] == bytes.fromhex("CC61FFFF00")
    assert len(ours) == len(theirs) == 7


def test_the_directory_has_the_records_of_xlwings_own_in_their_order() -> None:
    theirs = directory_of(xlwings_project("quickstart_addin_ribbon.xlam"))
    ours = directory_of(opened(parts(xlam())[PROJECT]))
    head = [number for number, _ in theirs[: [n for n, _ in theirs].index(0x16)]]
    reference = [(n, data[:4].hex() and n) for n, data in theirs if n in (0x16, 0x3E, 0x0D)][-3:]
    module = [n for n, _ in theirs[[n for n, _ in theirs].index(0x19) :]]
    one = module[: module.index(0x2B) + 1]
    numbers = [number for number, _ in ours]

    assert numbers[: len(head)] == head
    assert numbers[len(head) : len(head) + 5] == [*(n for n, _ in reference), 0x0F, 0x13]
    rest = numbers[len(head) + 5 : -1]
    modules = [rest[at : at + len(one)] for at in range(0, len(rest), len(one))]
    assert {tuple(m) for m in modules} == {
        tuple(0x21 if n in (0x21, 0x22) else n for n in one),
        tuple(0x22 if n in (0x21, 0x22) else n for n in one),
    }
    assert numbers[-1] == 0x10


def test_the_office_library_is_the_one_that_xlwings_refers_to() -> None:
    def library(file: olefile.OleFileIO) -> str:
        return (
            next(data for n, data in directory_of(file) if n == 0x0D and b"MSO.DLL" in data)[4:]
            .partition(b"#C:")[0]
            .decode("ascii")
        )

    assert library(opened(parts(xlsm())[PROJECT])) == library(
        xlwings_project("quickstart_standalone.xlsm")
    )


@pytest.mark.parametrize("name", ["quickstart_standalone.xlsm", "quickstart_addin_ribbon.xlam"])
def test_the_inverse_of_the_cipher_reads_what_excel_reads(name: str) -> None:
    said = settings_of(xlwings_project(name).openstream("PROJECT").read().decode("latin-1"))

    assert [deciphered(said[key], said["ID"]) for key in ("CMG", "DPB", "GC")] == [
        bytes(4), bytes(1), b"\xff"
    ]  # fmt: skip


@pytest.mark.parametrize("file", [xlsm, xlam])
def test_our_project_is_open_without_a_password_and_shown(file: object) -> None:
    assert callable(file)
    project = opened(parts(file())[PROJECT]).openstream("PROJECT").read().decode("ascii")
    said = settings_of(project)

    assert [deciphered(said[key], said["ID"]) for key in ("CMG", "DPB", "GC")] == [
        bytes(4), bytes(1), b"\xff"
    ]  # fmt: skip


@pytest.mark.parametrize("seed", range(256))
def test_any_seed_does(seed: int) -> None:
    assert deciphered(ciphered(b"\x01\x02\x03", "{ID}", seed), "{ID}") == b"\x01\x02\x03"


def test_the_two_lists_of_modules_name_them_in_the_same_order() -> None:
    file = project_of(MODULES)
    listed = re.findall(
        r"^(?:Document|Module|Class)=(\w+)", file.openstream("PROJECT").read().decode(), re.M
    )
    wide = file.openstream("PROJECTwm").read()
    expected = b"".join(
        name.encode() + b"\0" + name.encode("utf-16-le") + b"\0\0" for name in listed
    )

    assert listed == [module.name for module in MODULES]
    assert wide == expected + b"\0\0"
