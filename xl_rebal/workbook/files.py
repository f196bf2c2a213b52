"""Files read whole and written whole: a reader sees the old book or the new one, never half."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from xl_rebal.errors import Code, InputError, Problem, WriteError


def read_file(path: Path, expected: str = "a workbook (.xlsx)") -> bytes:
    """The bytes of a file; InputError where there is none or it can't be read."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        found, fix = "no such file", "Check the name and the folder."
    except IsADirectoryError:
        found, fix = "a folder", "Name the file in it."
    except OSError as error:
        found, fix = f"a file that cannot be read ({error.strerror})", "Check its permissions."
    raise InputError(Problem(Code.NOT_A_BOOK, found, expected, fix, sheet=str(path)))


def write_file(path: Path, content: bytes, *, replace: bool, option: str = "-o") -> None:
    """Write a file in one step: a temporary file beside it, flushed to disk, then renamed.

    WriteError, with everything as it was, where the file exists and ``replace`` is False, where a
    spreadsheet program has it open, or where the folder can't be written. ``option`` names the path on
    the command line; blank where it is an argument.
    """
    another = f"another with {option}" if option else "another"
    if path.exists() and not replace:
        raise WriteError(
            Problem(Code.CANNOT_WRITE, "a file of that name", "a new name",
                    f"Choose {another}, or add --force to replace it.", sheet=str(path))
        )  # fmt: skip
    for lock in (path.with_name(f".~lock.{path.name}#"), path.with_name(f"~${path.name}")):
        if lock.exists():
            raise WriteError(
                Problem(Code.CANNOT_WRITE, f"the book open elsewhere ({lock.name})",
                        "a closed book", f"Close it there, or choose {another}.",
                        sheet=str(path))
            )  # fmt: skip
    temporary: Path | None = None
    try:
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        temporary = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(mode)
        temporary.replace(path)
    except OSError as error:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        raise WriteError(
            Problem(Code.CANNOT_WRITE, f"a folder that cannot be written ({error.strerror})",
                    "a place to write to", f"Choose {another}.", sheet=str(path))
        ) from None  # fmt: skip


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
