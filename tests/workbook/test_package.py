"""Reading a package: refusals word for word, parts kept, and what a book says about itself."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest
from openpyxl import Workbook

from tests.workbook.package_books import (
    MAIN,
    OFFICE,
    RELATIONS,
    TYPES,
    edited,
    parts_of,
    saved,
    users_book,
    zip_of,
)
from xl_rebal.errors import Code, InputError
from xl_rebal.workbook.package import DefinedName, SheetPart, TablePart, archive, read_package

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def refusal(data: bytes, name: str = "book.xlsx") -> InputError:
    with pytest.raises(InputError) as caught:
        read_package(data, name)
    return caught.value


def stream(name: str) -> bytes:
    return name.encode("utf-16-le") + b"\0\0"


def main_type(content_type: str) -> bytes:
    old = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    return edited(
        saved(Workbook()),
        {"[Content_Types].xml": lambda text: text.replace(old, content_type)},
    )


@pytest.mark.parametrize(
    ("data", "code", "found"),
    [
        (b"", Code.NOT_A_BOOK, "an empty file"),
        (b"Symbol,Price\nA,1\n", Code.NOT_A_BOOK, "a text file"),
        (b"  <!DOCTYPE html><html></html>", Code.NOT_A_BOOK, "a web page"),
        (b"\x00\x01\x02\x03", Code.NOT_A_BOOK, "a file that is no workbook"),
        (saved(Workbook())[:900], Code.NOT_A_BOOK, "a damaged workbook (the file is cut off)"),
        (zip_of({"a.txt": b"x"}), Code.NOT_A_BOOK, "a zip file without a workbook inside"),
        (OLE, Code.NOT_A_BOOK, "an Office file that is no workbook"),
        (
            OLE + stream("EncryptedPackage"),
            Code.UNSUPPORTED_BOOK,
            "a workbook that is encrypted with a password",
        ),
        (OLE + stream("Workbook"), Code.UNSUPPORTED_BOOK, "a workbook of Excel 97-2003 (.xls)"),
        (OLE + stream("Book"), Code.UNSUPPORTED_BOOK, "a workbook of Excel 97-2003 (.xls)"),
        (
            b'<?xml?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
            Code.UNSUPPORTED_BOOK,
            "an XML spreadsheet of Excel 2003",
        ),
        (
            zip_of({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}),
            Code.UNSUPPORTED_BOOK,
            "an OpenDocument spreadsheet (.ods)",
        ),
        (
            main_type("application/vnd.ms-excel.sheet.binary.macroEnabled.main"),
            Code.UNSUPPORTED_BOOK,
            "a binary workbook (.xlsb)",
        ),
        (
            main_type("application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
            Code.NOT_A_BOOK,
            "a Word document",
        ),
    ],
)
def test_what_is_no_workbook_of_ours_is_refused_by_its_kind(
    data: bytes, code: Code, found: str
) -> None:
    error = refusal(data)

    assert error.problems[0].code == code
    assert error.problems[0].found == found
    assert error.problems[0].argument == "book.xlsx"
    assert error.problems[0].fix


def test_a_refusal_is_one_sentence_with_what_to_do() -> None:
    assert str(refusal(OLE + stream("EncryptedPackage"), "desk.xlsx")) == (
        "#XR402 desk.xlsx: found a workbook that is encrypted with a password, expected a workbook "
        "without a password. In Excel choose File, Info, Protect Workbook, Encrypt with Password, "
        "clear the password and save."
    )


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("_rels/.rels", f"{OFFICE}/", "http://purl.oclc.org/ooxml/officeDocument/relationships/"),
        ("xl/workbook.xml", MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main"),
    ],
)
def test_strict_open_xml_is_refused(part: str, old: str, new: str) -> None:
    error = refusal(edited(saved(Workbook()), {part: lambda text: text.replace(old, new)}))

    assert error.problems[0].code == Code.UNSUPPORTED_BOOK
    assert error.problems[0].found == "a strict Open XML workbook"


def test_a_flipped_byte_is_noticed() -> None:
    data = bytearray(zip_of(parts_of(users_book()), zipfile.ZIP_STORED))
    data[data.index(b"keep   me")] ^= 1

    error = refusal(bytes(data))

    assert error.problems[0].code == Code.NOT_A_BOOK
    assert "Bad CRC-32 for file 'customXml/item1.xml'" in error.problems[0].found


def test_two_parts_that_differ_only_by_case_are_a_damaged_book() -> None:
    parts = parts_of(users_book())

    error = refusal(zip_of({**parts, "XL/workbook.XML": b""}))

    assert "two parts have the same name" in error.problems[0].found


def test_names_with_backslashes_are_those_with_slashes() -> None:
    parts = parts_of(users_book())

    read = read_package(zip_of({name.replace("/", "\\"): data for name, data in parts.items()}))
    twice = refusal(zip_of({**parts, "xl\\worksheets\\sheet1.xml": b"<worksheet/>"}))

    assert dict(read.parts) == parts
    assert list(parts_of(read.to_bytes())) == list(parts_of(read_package(users_book()).to_bytes()))
    assert "two parts have the same name" in twice.problems[0].found


def test_a_book_that_unpacks_to_too_much_is_refused_before_it_is_unpacked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = edited(saved(Workbook()), {"xl/bomb.xml": bytes(3_000_000)})
    assert len(data) < 20_000
    monkeypatch.setattr(archive, "MAX_SIZE", 2_000_000)
    monkeypatch.setattr(zipfile.ZipFile, "read", lambda *_: pytest.fail("it was unpacked"))

    error = refusal(data)

    assert error.problems[0].fix == "The limit is 2 GB; delete what is not needed."


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("xl/workbook.xml", lambda text: text.replace("</sheets>", "")),
        ("xl/workbook.xml", lambda text: "<!DOCTYPE a [<!ENTITY b 'c'>]>" + text),
        ("xl/workbook.xml", lambda text: text.replace('r:id="rId1"', 'r:id="rId77"')),
        ("xl/_rels/workbook.xml.rels", lambda text: text[:-5]),
        ("xl/_rels/workbook.xml.rels", lambda text: text.replace(RELATIONS, "urn:other")),
        ("_rels/.rels", lambda text: text.replace("Relationships", "Relations")),
        ("[Content_Types].xml", lambda text: text.replace(TYPES, "urn:other")),
        ("[Content_Types].xml", None),
    ],
)
def test_broken_lists_are_a_damaged_book(part: str, change: Callable[[str], str] | None) -> None:
    error = refusal(edited(saved(Workbook()), {part: change}))

    assert error.problems[0].code == Code.NOT_A_BOOK
    assert error.problems[0].found.startswith("a damaged workbook (")


def test_a_book_that_nobody_touched_is_written_with_the_same_parts_packed_alike() -> None:
    data = zip_of(parts_of(users_book()), zipfile.ZIP_STORED)

    written = read_package(data).to_bytes()

    assert parts_of(written) == parts_of(data)
    with zipfile.ZipFile(io.BytesIO(written)) as archive_:
        entries = archive_.infolist()
        assert archive_.testzip() is None
    assert {entry.compress_type for entry in entries} == {zipfile.ZIP_STORED}
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert entries[0].filename == "[Content_Types].xml"


def test_content_types_come_first_wherever_they_were() -> None:
    parts = parts_of(users_book())
    last = {**{n: c for n, c in parts.items() if n[0] != "["}, **parts}
    written = read_package(zip_of(last)).to_bytes()

    assert list(parts_of(zip_of(last)))[-1] == "[Content_Types].xml"
    assert next(iter(parts_of(written))) == "[Content_Types].xml"


def test_names_beyond_ascii_are_written_readably() -> None:
    parts = {**parts_of(users_book()), "xl/media/Bild ü.png": b"picture"}

    assert parts_of(read_package(zip_of(parts)).to_bytes()) == parts


def test_replacing_adds_changes_and_drops_parts_of_a_copy() -> None:
    package = read_package(users_book())

    changed = package.replace({"new.xml": b"<a/>", "xl/vbaProject.bin": None})

    assert "new.xml" not in package.parts
    assert set(changed.parts) == set(package.parts) - {"xl/vbaProject.bin"} | {"new.xml"}
    assert parts_of(changed.to_bytes())["new.xml"] == b"<a/>"


def handwritten_book() -> bytes:
    """What the format allows and openpyxl never writes: prefixes, single quotes, absolute and
    relative targets, part names of another case, UTF-16, 1904 dates, escapes."""
    sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
    book = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    workbook = (
        f"<?xml version='1.0' encoding='UTF-16'?><x:workbook xmlns:x='{MAIN}' xmlns:rel='{OFFICE}'>"
        "<x:workbookPr date1904='true'/><x:sheets>"
        "<x:sheet name='R&amp;D &#39;24' sheetId='7' rel:id='a'/>"
        "<x:sheet name='Hidden' sheetId='3' state='veryHidden' rel:id='b'/></x:sheets>"
        "<!-- <x:definedNames><x:definedName name='no'>1</x:definedName></x:definedNames> -->"
        "<x:definedNames><x:definedName name='all'>'R&amp;D ''24'!$A$1</x:definedName>"
        "<x:definedName name='one' localSheetId='1' hidden='1'>\"x\"</x:definedName>"
        "</x:definedNames></x:workbook>"
    )
    relation = "<Relationship Id='{}' Type='" + OFFICE + "/{}' Target='{}'/>"
    return zip_of(
        {
            "[Content_Types].xml": (
                f"<t:Types xmlns:t='{TYPES}'><t:Default Extension='xml' ContentType='{sheet}'/>"
                f"<t:Override PartName='/XL/Book.xml' ContentType='{book}'/></t:Types>"
            ).encode(),
            "_rels/.rels": (
                f"<Relationships xmlns='{RELATIONS}'>"
                + relation.format("x", "officeDocument", "/xl/book.xml")
                + "</Relationships>"
            ).encode(),
            "xl/book.xml": workbook.encode("utf-16"),
            "xl/_rels/book.xml.rels": (
                f"<Relationships xmlns='{RELATIONS}'>"
                + relation.format("a", "worksheet", "Sheets/One.xml")
                + relation.format("b", "worksheet", "/xl/sheets/two%20b.xml")
                + "</Relationships>"
            ).encode(),
            "xl/sheets/one.XML": f"<x:worksheet xmlns:x='{MAIN}'/>".encode(),
            "xl/sheets/_rels/one.XML.rels": (
                f"<Relationships xmlns='{RELATIONS}'>"
                + relation.format("t", "table", "../tables/t.xml")
                + f"<Relationship Id='h' Type='{OFFICE}/hyperlink' TargetMode='External' "
                "Target='https://example.org/'/></Relationships>"
            ).encode(),
            "xl/sheets/two b.xml": f"<worksheet xmlns='{MAIN}'/>".encode(),
            "xl/tables/t.xml": (
                f"<x:table xmlns:x='{MAIN}' id='4' name='x' displayName='tblX' ref='A1:B9' "
                "totalsRowCount='1'><x:tableColumns count='2'>"
                "<x:tableColumn id='1' name='A &lt; B'/>"
                "<x:tableColumn id='2' name='two_x000a_lines'/></x:tableColumns></x:table>"
            ).encode(),
        }
    )


def test_a_book_in_unusual_spelling_tells_the_same() -> None:
    package = read_package(handwritten_book())

    assert package.sheets() == [
        SheetPart("R&D '24", "xl/sheets/one.XML", 7, "a", "visible", 0),
        SheetPart("Hidden", "xl/sheets/two b.xml", 3, "b", "veryHidden", 1),
    ]
    assert package.tables() == [
        TablePart(
            "tblX", "R&D '24", "A1:B9", "xl/tables/t.xml", ("A < B", "two\nlines"), totals_row=True
        )
    ]
    assert package.defined_names() == [
        DefinedName("all", "'R&D ''24'!$A$1", None, hidden=False),
        DefinedName("one", '"x"', "Hidden", hidden=True),
    ]
    assert package.date_1904()
    assert package.content_type("xl/book.xml").endswith("sheet.main+xml")


def test_a_book_of_openpyxl_tells_its_tables_names_and_dates() -> None:
    package = read_package(users_book())

    assert [sheet.title for sheet in package.sheets()] == ["Prices", "Trades"]
    assert [(t.name, t.ref, t.columns, t.totals_row) for t in package.tables()] == [
        ("tblPrices", "A1:C2", ("Date", "A", "B"), False)
    ]
    assert {(n.name, n.sheet_title) for n in package.defined_names()} == {
        ("my_name", None),
        ("local", "Trades"),
    }
    assert not package.date_1904()
    assert package.formula_cells("Prices") == {"C2"}
    with pytest.raises(KeyError):
        package.formula_cells("Nowhere")
