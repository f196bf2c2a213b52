"""Files that are no workbook, another kind of workbook, damaged, or may not be written."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable
from functools import cache
from zipfile import ZIP_LZMA

from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.workbook.protection import WorkbookProtection

from tests.corpus.good_book import (
    GOOD_TRADES,
    Answer,
    Case,
    Rework,
    as_before,
    good_workbook,
    in_sheet,
    in_workbook,
    refused,
    saved,
)
from tests.fuzz.mutate_zip import deflated, zip_with_raw
from tests.workbook.package_books import edited, parts_of, sheet_part, zip_of

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@cache
def good() -> bytes:
    return saved(good_workbook())


def compound(*streams: str) -> bytes:
    """What there is to see of a compound file: its signature and the names of its streams."""
    directory = b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in streams)
    return _OLE + bytes(504) + directory


def _cut() -> bytes:
    return good()[: len(good()) // 2]


def _bad_checksum() -> bytes:
    """One bit of the CRC of a sheet turned over, in the directory and before the part."""
    data = bytearray(good())
    name = b"xl/worksheets/sheet1.xml"
    directory = data.rindex(name) - 46
    data[directory + 16] ^= 1
    offset = struct.unpack_from("<L", data, directory + 42)[0]
    data[offset + 14] ^= 1
    return bytes(data)


def _bad_bytes() -> bytes:
    """Compressed bytes of a sheet overwritten."""
    data = bytearray(good())
    start = data.index(b"xl/worksheets/sheet1.xml") + 60
    data[start : start + 40] = bytes(40)
    return bytes(data)


def _with_password_flag() -> bytes:
    data = bytearray(good())
    at = 0
    while (at := data.find(b"PK\1\2", at)) >= 0:
        data[at + 8] |= 1
        at += 4
    return bytes(data)


def _binary() -> bytes:
    return edited(good(), {"[Content_Types].xml": lambda text: text.replace(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        "application/vnd.ms-excel.sheet.binary.macroEnabled.main")})  # fmt: skip


def _word() -> bytes:
    return edited(good(), {"[Content_Types].xml": lambda text: text.replace(
        "spreadsheetml.sheet.main", "wordprocessingml.document.main")})  # fmt: skip


def _open_document() -> bytes:
    return zip_of({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
                   "content.xml": b"<office:document-content/>"})  # fmt: skip


def _strict() -> bytes:
    return edited(good(), {"_rels/.rels": lambda text: text.replace(
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument",
        "http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument")})  # fmt: skip


def _signed() -> bytes:
    return zip_of({**parts_of(good()), "_xmlsignatures/sig1.xml": b"<Signature/>"})


def _part_twice() -> bytes:
    """The sheet of the holdings once more with other ones, its name written with backslashes:
    calamine would read that one, most programs on Unix the other."""
    parts = parts_of(good())
    part = sheet_part(good(), "Holdings")
    other = parts[part].replace(b"<v>70</v>", b"<v>7</v>")
    assert other != parts[part]
    return zip_of({**parts, part.replace("/", "\\"): other})


def _with_backslashes() -> bytes:
    return zip_of({name.replace("/", "\\"): data for name, data in parts_of(good()).items()})


def _in_part(part: str, old: str, new: str) -> Rework:
    return lambda data: edited(data, {part: lambda text: text.replace(old, new)})


def _nameless_part() -> bytes:
    """The first entry of the directory, and its local header, with a name of no characters."""
    parts = parts_of(good())
    return zip_with_raw(
        [("", 0, 0, deflated(b""))]
        + [(name, zlib.crc32(data), len(data), deflated(data)) for name, data in parts.items()]
    )


def _with_bomb(*, lie: bool) -> bytes:
    """A picture of 300 MB of zeros in 300 kB; it may say that it is small."""
    parts = {**parts_of(good()), "xl/media/image1.png": bytes(300 * 2**20)}
    return zip_with_raw(
        [
            (name, zlib.crc32(data), min(len(data), 1000) if lie else len(data), deflated(data))
            for name, data in parts.items()
        ]
    )


def _dropped(part: str) -> Callable[[], bytes]:
    return lambda: edited(good(), {part: None})


def _file(what: str, code: int, raw: Callable[[], bytes]) -> Case:
    return Case(f"file-{what}", refused(f"{code} book.xlsx"), raw=raw)


def _protected(book: Workbook) -> None:
    book.security = WorkbookProtection(lockStructure=True, workbookPassword="secret")


def _days_from_1904(book: Workbook) -> None:
    book.epoch = CALENDAR_MAC_1904


_READ_ONLY = Answer(("402 book.xlsx",), GOOD_TRADES, status=3, only_writing=True)

CASES = [
    _file("empty", 401, lambda: b""),
    _file("csv", 401, lambda: b"Account,Symbol,Quantity\nIRA,VTI,70\n"),
    _file("web-page", 401, lambda: b"<html><table><tr><td>VTI</td></tr></table></html>"),
    _file("xml-of-2003", 402,
          lambda: b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'),
    _file("picture", 401, lambda: b"\x89PNG\r\n\x1a\n" + bytes(200)),
    _file("zip-of-something", 401, lambda: zip_of({"readme.txt": b"hello"})),
    _file("zip-of-nothing", 401, lambda: zip_of({})),
    _file("xls", 402, lambda: compound("Root Entry", "Workbook")),
    _file("encrypted", 402, lambda: compound("Root Entry", "EncryptionInfo", "EncryptedPackage")),
    _file("msg", 401, lambda: compound("Root Entry", "__properties_version1.0")),
    _file("xlsb", 402, _binary),
    _file("ods", 402, _open_document),
    _file("docx", 401, _word),
    _file("strict", 402, _strict),
    _file("zip-with-password", 402, _with_password_flag),
    _file("cut-off", 401, _cut),
    _file("bad-checksum", 401, _bad_checksum),
    _file("bad-bytes", 401, _bad_bytes),
    _file("without-workbook-part", 401, _dropped("xl/workbook.xml")),
    _file("without-a-sheet-part", 401, _dropped("xl/worksheets/sheet1.xml")),
    _file("without-content-types", 401, _dropped("[Content_Types].xml")),
    Case("file-with-broken-xml", refused("401 book.xlsx"),
         rework=in_sheet("Holdings", "</sheetData>.*", "")),
    Case("file-with-broken-workbook-xml", refused("401 book.xlsx"),
         rework=in_workbook("</workbook>", "")),
    Case("file-without-sheets", refused("401 book.xlsx"),
         rework=in_workbook("<sheets>.*</sheets>", "<sheets/>")),
    Case("file-with-a-missing-text", refused("401 book.xlsx"),
         rework=in_sheet("Holdings", "(?s)t=.inlineStr.><is>.*?</is>", 't="s"><v>9999</v>')),
    Case("file-with-a-table-nowhere", refused("401 book.xlsx"),
         rework=lambda data: edited(
             data, {"xl/tables/table1.xml": lambda text: text.replace('ref="A3:F9"', 'ref="#REF!"')})),
    Case("table-from-row-0", refused("401 book.xlsx"),
         rework=lambda data: edited(
             data, {"xl/tables/table1.xml": lambda text: text.replace('ref="A3:F9"', 'ref="A0:F9"')})),
    Case("file-with-two-sheets-of-one-title", refused("401 book.xlsx"),
         rework=in_workbook('name="Lots"', 'name="HOLDINGS"')),
    _file("packed-as-no-program-does", 402, lambda: zip_of(parts_of(good()), ZIP_LZMA)),
    _file("with-a-part-without-a-name", 401, _nameless_part),
    _file("with-a-part-twice-by-slashes", 401, _part_twice),
    Case("file-with-backslashes-in-its-names", as_before(), raw=_with_backslashes),
    _file("zip-bomb", 401, lambda: _with_bomb(lie=False)),
    _file("zip-bomb-that-lies-about-its-size", 401, lambda: _with_bomb(lie=True)),
    Case("file-with-two-sheets-in-one-part", refused("401 book.xlsx"),
         rework=in_workbook('r:id="rId2"', 'r:id="rId1"')),
    _file("with-many-tags-in-a-list", 401, lambda: edited(
        good(), {"xl/worksheets/_rels/sheet1.xml.rels": lambda text: text.replace(
            "</Relationships>", "<x/>" * 150_000 + "</Relationships>")})),
    Case("file-with-a-cell-of-two-values", refused("401 book.xlsx"),
         rework=in_sheet("Holdings", "<v>70</v>", "<v>70</v><v>7</v>")),
    *(
        Case(f"file-with-a-number-{what}", refused("401 book.xlsx"),
             rework=in_sheet("Holdings", "<v>70</v>", f"<v>{written}</v>"))
        for what, written in (("of-references", "7&#48;"), ("round-a-comment", "7<!-- -->0"),
                              ("round-an-instruction", "7<?x?>0"), ("in-CDATA", "<![CDATA[70]]>"))
    ),
    Case("file-with-a-sheet-id-of-5000-digits", as_before(),
         rework=in_workbook('sheetId="2"', f'sheetId="{"9" * 5000}"')),
    Case("date-before-all-clocks", refused("401 book.xlsx"),
         rework=in_sheet("Prices", "<v>41334</v>", "<v>-1e12</v>")),
    Case("date-of-minus-infinity", refused("401 book.xlsx"),
         rework=in_sheet("Prices", "<v>41334</v>", "<v>-INF</v>")),
    Case("file-with-cells-twice", refused("401 book.xlsx"),
         rework=in_sheet("Holdings", "(?s)<sheetData>.*</sheetData>", r"\g<0>\g<0>")),
    Case("file-with-deep-styles",
        refused("401 book.xlsx"),
        rework=lambda data: edited(data, {"xl/styles.xml": lambda text: text.replace(
             "<fonts", "<x>" * 5_000 + "</x>" * 5_000 + "<fonts", 1)})),
    Case("file-with-styles-in-no-language", refused("401 book.xlsx"),
         rework=_in_part("xl/styles.xml", " xmlns=", " XMLNS=")),
    *(
        Case(f"file-with-{what}-in-another-language", refused("401 book.xlsx"),
             rework=_in_part(part, "/2006/", "/1999/"))
        for what, part in (("content-types", "[Content_Types].xml"), ("relationships", "_rels/.rels"),
                           ("styles", "xl/styles.xml"))
    ),
    Case("file-with-styles-in-a-prefix", as_before(), rework=lambda data: edited(
        data, {"xl/styles.xml": lambda text: re.sub(r"<(/?)(?=[a-zA-Z])", r"<\1x:", text).replace(
            "xmlns=", "xmlns:x=")})),
    Case("file-with-a-table-for-its-styles", refused("401 book.xlsx"), rework=lambda data: edited(
        data, {"xl/styles.xml": parts_of(data)["xl/tables/table1.xml"]})),
    Case("file-with-styles-in-capitals", as_before(),
         rework=_in_part("xl/_rels/workbook.xml.rels", "styles.xml", "STYLES.XML")),
    Case("file-without-a-type-for-relationships", as_before(),
         rework=lambda data: edited(data, {"[Content_Types].xml": lambda text: re.sub(
             '<Default Extension="rels"[^>]*>', "", text)})),
    Case("file-with-a-million-tags", refused("401 book.xlsx"),
         rework=in_workbook("<sheets>", "<x/>" * 1_000_000 + "<sheets>")),
    Case("file-in-another-language", refused("401 book.xlsx"),
         rework=in_workbook(r"spreadsheetml/2006/main", "spreadsheetml/1999/main")),
    _file("without-types-in-the-content-types", 401, lambda: edited(
        good(), {"[Content_Types].xml": parts_of(good())["_rels/.rels"]})),
    _file("with-a-table-for-a-workbook", 402, lambda: edited(
        good(), {"xl/workbook.xml": parts_of(good())["xl/tables/table1.xml"]})),
    Case("file-with-a-sheet-id-beyond-all", as_before(),
         rework=in_workbook('sheetId="2"', 'sheetId="4294967295"')),
    Case("file-with-utf-16-without-its-mark", refused("401 book.xlsx"),
         rework=lambda data: edited(data, {"xl/tables/table1.xml": parts_of(data)[
             "xl/tables/table1.xml"].decode().encode("utf-16-le")})),
    Case("cell-beyond-the-last-row", refused("401 book.xlsx"),
         rework=in_sheet("Holdings", 'r="F3"', 'r="F1048577"')),
    Case("cell-in-the-last-corner", refused("105 Holdings"),
         rework=in_sheet("Holdings", 'r="F3"', 'r="XFD1048576"')),
    Case("days-from-1904", refused("402 book.xlsx"), _days_from_1904),
    Case("structure-protected", _READ_ONLY, _protected),
    Case("signed", _READ_ONLY, raw=_signed),
]  # fmt: skip
