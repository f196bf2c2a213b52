"""Asks the interpreter that Excel would start whether it can import what Excel needs of it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path, PureWindowsPath

from xl_rebal.doctor import conf
from xl_rebal.doctor.conf import Layer
from xl_rebal.doctor.machine import BookFacts, Probe, System

SECONDS = 60
_QUESTION = """
import json, platform, sys
said = {"version": platform.python_version()}
sys.path[0:0] = json.loads(sys.argv[1])
try:
    import xl_rebal
    said["xl_rebal"], said["folder"] = xl_rebal.__version__, xl_rebal.__path__[0]
    import xlwings
    said["xlwings"] = xlwings.__version__
    import udfs.functions, udfs.macros
except BaseException as error:
    said["failure"] = "%s: %s" % (type(error).__name__, error)
print("\\n" + json.dumps(said))
"""


def probe(
    system: System,
    layers: Sequence[Layer],
    book: BookFacts | None,
    add_in: BookFacts | None = None,
) -> Probe:
    """What the interpreter answers that Excel would start. Ours is asked where there is no Excel, and
    where nothing tells what Excel would start. One that comes with a book from elsewhere is not run:
    it may be anything."""
    named = conf.interpreter(system is System.WINDOWS, layers)
    is_told = named.where or add_in or (book and book.has_vba)
    if system is System.LINUX or not is_told:
        return ask(sys.executable, sys.executable, [])
    resolved = resolve(named.value)
    if resolved is None:
        return Probe(named.value, None, False)
    if refused := why_not(resolved, named.where, book):
        return Probe(named.value, resolved, _is_ours(resolved), refused, dlls=dlls(resolved))
    return ask(named.value, resolved, python_path(layers, book))


def resolve(interpreter: str) -> str | None:
    """The file behind a path or a bare name; environment variables are filled in as Excel does."""
    path = os.path.expandvars(interpreter)
    if not re.search(r"[\\/]", path):
        return shutil.which(path)
    return path if Path(path).is_file() else None


def why_not(resolved: str, where: str, book: BookFacts | None) -> str:
    """Why an interpreter is not run, nothing where it may be.

    Ours may always be; one that the book or its folder names may be if the book was not downloaded,
    and the program looks like Python, is on this machine and does not lie where the book lies.
    """
    if _is_ours(resolved) or book is None or where not in [layer.where for layer in book.layers]:
        return ""
    if book.from_internet:
        return "the book comes from the internet"
    if resolved.startswith(("\\\\", "//")):
        return "it is on a network"
    if not re.fullmatch(r"pythonw?[\d.]*(\.exe)?", PureWindowsPath(resolved).name.lower()):
        return "its name is not that of a Python"
    if Path(book.path).resolve().parent in Path(resolved).resolve().parents:
        return "it lies in the book's own folder"
    return ""


def python_path(layers: Sequence[Layer], book: BookFacts | None) -> list[str]:
    """What xlwings puts before the interpreter's own folders: those of the book and PYTHONPATH."""
    beside = conf.setting("ADD_WORKBOOK_TO_PYTHONPATH", layers)
    more = conf.setting("PYTHONPATH", layers)
    folders = []
    if book and (beside is None or beside.value.lower() == "true"):
        folders.append(str(Path(book.path).resolve().parent))
    if more:
        folders += [os.path.expandvars(each) for each in more.value.split(";") if each]
    return folders


def ask(named: str, resolved: str, folders: Sequence[str]) -> Probe:
    """Run an interpreter with a time-out; a window-less one is asked through its twin."""
    found = Probe(named, resolved, _is_ours(resolved), dlls=dlls(resolved))
    try:
        done = subprocess.run(
            [_twin(resolved), "-B", "-c", _QUESTION, json.dumps(folders)],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=SECONDS,
            cwd=tempfile.gettempdir(),
            stdin=subprocess.DEVNULL,
        )
        said = json.loads(done.stdout.strip().splitlines()[-1])
    except subprocess.TimeoutExpired:
        return _with(found, failure=f"no answer within {SECONDS} s")
    except OSError as error:
        return _with(found, failure=error.strerror or str(error))
    except (ValueError, IndexError):
        last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        return _with(found, failure=last)
    return _with(found, **{key: str(value) for key, value in said.items()})


def _with(found: Probe, **said: str) -> Probe:
    known = {
        key: said.get(key, "") for key in ("failure", "version", "xl_rebal", "folder", "xlwings")
    }
    return Probe(found.interpreter, found.resolved, found.is_ours, dlls=found.dlls, **known)


def dlls(resolved: str) -> tuple[str, ...]:
    """xlwings' libraries where its VBA looks for them: beside the interpreter and one folder up."""
    folder = Path(resolved).parent
    files = [*folder.glob("xlwings*.dll"), *folder.parent.glob("xlwings*.dll")]
    return tuple(sorted({file.name.lower() for file in files}))


def _is_ours(resolved: str) -> bool:
    """Whether it is our interpreter, or its twin that opens no window. Links are not followed: two
    environments share one Python and have different packages."""
    here, there = Path(resolved), Path(sys.executable)
    try:
        same_folder = here.parent.samefile(there.parent)
        return same_folder and (_twin(here.name) == _twin(there.name) or here.samefile(there))
    except OSError:
        return False


def _twin(program: str) -> str:
    """The Python with a window of one without: what it says can be read."""
    return re.sub(r"pythonw(?=[\d.]*(\.exe)?$)", "python", program, flags=re.IGNORECASE)
