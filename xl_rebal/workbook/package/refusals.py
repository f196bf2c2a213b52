"""Why a file is not a workbook that we can read or write: one sentence for each case."""

from __future__ import annotations

from xl_rebal.errors import Code, InputError, Problem

_EXPECTED = "an Excel workbook (.xlsx or .xlsm)"
_COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LONGEST = 200
"""Characters of a reason: names inside a damaged file may be of any length."""
_RESAVE = "Open it and save it as an Excel workbook (.xlsx)."


def not_a_book(name: str, found: str, fix: str = "Choose another file.") -> InputError:
    """The refusal of something that is no workbook at all, or a damaged one."""
    return InputError(Problem(Code.NOT_A_BOOK, found, _EXPECTED, fix, argument=name))


def damaged(name: str, what: str) -> InputError:
    """The refusal of a workbook whose file is broken."""
    fix = "Open it in Excel, let it repair the file and save it, or take a backup copy."
    what = what if len(what) <= _LONGEST else f"{what[: _LONGEST - 3]}..."
    return not_a_book(name, f"a damaged workbook ({what})", fix)


def unsupported(name: str, found: str, fix: str, expected: str = _EXPECTED) -> InputError:
    """The refusal of a workbook of a kind that we do not work with."""
    return InputError(Problem(Code.UNSUPPORTED_BOOK, found, expected, fix, argument=name))


def not_a_zip(data: bytes, name: str) -> InputError:
    """What a file that is no zip is instead, as far as its bytes tell."""
    if not data:
        return not_a_book(name, "an empty file", "Choose another file, or save the workbook again.")
    if data.startswith(_COMPOUND_FILE):
        return _compound_file(data, name)
    start = data[:512].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if b"urn:schemas-microsoft-com:office:spreadsheet" in data[:4096]:
        return unsupported(name, "an XML spreadsheet of Excel 2003", _RESAVE)
    if start.startswith((b"<!doctype html", b"<html", b"<table", b"<meta")):
        return not_a_book(name, "a web page", _RESAVE)
    if start.startswith(b"pk"):
        return damaged(name, "the file is cut off")
    if not any(byte < 9 for byte in data[:512]):
        return not_a_book(name, "a text file", _RESAVE)
    return not_a_book(name, "a file that is no workbook")


def _compound_file(data: bytes, name: str) -> InputError:
    """Old .xls files and encrypted .xlsx files share a container; its directory tells which."""

    def has_stream(stream: str) -> bool:
        return stream.encode("utf-16-le") + b"\0\0" in data

    if has_stream("EncryptedPackage"):
        return unsupported(
            name,
            "a workbook that is encrypted with a password",
            "In Excel choose File, Info, Protect Workbook, Encrypt with Password, "
            "clear the password and save.",
            "a workbook without a password",
        )
    if has_stream("Workbook") or has_stream("Book"):
        return unsupported(name, "a workbook of Excel 97-2003 (.xls)", _RESAVE)
    return not_a_book(name, "an Office file that is no workbook")


def other_kind(content_type: str, name: str) -> InputError | None:
    """The refusal that the main part's content type asks for, or None if it is a workbook."""
    if "sheet.binary" in content_type:
        return unsupported(name, "a binary workbook (.xlsb)", _RESAVE)
    for word, found in (
        ("wordprocessingml", "a Word document"),
        ("ms-word", "a Word document"),
        ("presentationml", "a PowerPoint presentation"),
        ("ms-powerpoint", "a PowerPoint presentation"),
        ("visio", "a Visio drawing"),
    ):
        if word in content_type:
            return not_a_book(name, found)
    return None


def zip_without_workbook(mimetype: bytes, name: str) -> InputError:
    """What a zip without a workbook inside is, by the ``mimetype`` part of OpenDocument files."""
    if mimetype.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
        return unsupported(name, "an OpenDocument spreadsheet (.ods)", _RESAVE)
    if mimetype.startswith(b"application/vnd.oasis.opendocument"):
        return not_a_book(name, "an OpenDocument file that is no spreadsheet")
    return not_a_book(name, "a zip file without a workbook inside")


def strict(name: str) -> InputError:
    """The refusal of ISO strict workbooks, whose namespaces most programs do not know."""
    return unsupported(
        name,
        "a strict Open XML workbook",
        'Save it as "Excel Workbook (.xlsx)", not as "Strict Open XML Spreadsheet".',
    )


def days_from_1904(name: str) -> InputError:
    """The refusal of the old Macintosh calendar: every plain number would be another day."""
    return unsupported(
        name,
        "a book that counts its days from 1904",
        "In Excel untick File, Options, Advanced, Use 1904 date system; every date then shows "
        "four years and a day too early and must be typed anew.",
        "a book that counts its days from 1900",
    )


def signed(name: str) -> InputError:
    """The refusal to write into a signed book: any change would break the signature."""
    return unsupported(
        name,
        "a digitally signed workbook",
        "Remove the signature (File, Info, View Signatures) or work on a copy without it.",
        "a workbook without a signature, since a change would break it",
    )


def structure_protected(name: str) -> InputError:
    """The refusal to add sheets where the owner has locked the sheet structure."""
    return unsupported(
        name,
        "a workbook whose structure is protected",
        "In Excel choose Review, Protect Workbook to lift the protection, and save.",
        "a workbook that sheets may be added to",
    )
