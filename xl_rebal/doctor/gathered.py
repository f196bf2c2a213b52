"""The facts of this machine. Nothing heavy is imported here; the interpreter that Excel would start
is asked in a process of its own.

What is read on Windows and macOS (registry, folders, marks of files) has been tested with invented
machines only: no test has seen a real Excel.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import sys
from importlib import metadata
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import xl_rebal
from xl_rebal.doctor import conf, gathered_excel, gathered_office, probing, requirements
from xl_rebal.doctor.book_facts import read_book, read_layer
from xl_rebal.doctor.machine import BookFacts, Installation, Machine, Python, Solver, System

_NAME = "xl-rebal"
_SYSTEMS = {"win32": System.WINDOWS, "darwin": System.MAC}
_SOLVERS = (
    # package, variable that names the licence, files in the home folder and elsewhere
    ("mosek", "MOSEKLM_LICENSE_FILE", ("mosek/mosek.lic",), ()),
    ("gurobipy", "GRB_LICENSE_FILE", ("gurobi.lic",), ("/opt/gurobi/gurobi.lic", "C:/gurobi/gurobi.lic",
                                                    "/Library/gurobi/gurobi.lic")),
    ("cplex", "", (), ()),
    ("xpress", "XPAUTH_PATH", (), ()),
    ("coptpy", "COPT_LICENSE_DIR", ("copt/license.dat",), ()),
)  # fmt: skip
"""Commercial solvers that cvxpy can call, with the places where their makers say a licence stands."""


def gather(book: Path | None = None) -> tuple[Machine, BookFacts | None]:
    """This machine, and the book if one is named; InputError where the book is none."""
    facts = read_book(book) if book else None
    system = _SYSTEMS.get(sys.platform, System.LINUX)
    user = read_layer(_user_conf(system))
    layers = (*(facts.layers if facts else ()), *((user,) if user else ()))
    machine = Machine(
        system=system,
        python=_python(),
        installation=_installation(),
        requirements=requirements.required(_NAME, platform.system()),
        probe=probing.probe(system, layers, facts),
        excel=gathered_excel.excel(system),
        office=gathered_office.office(system),
        solvers=tuple(_solvers()),
        user_conf=user,
    )
    return machine, facts


def _python() -> Python:
    return Python(
        version=platform.python_version(),
        bits=64 if sys.maxsize > 2**32 else 32,
        executable=sys.executable,
        environment=sys.prefix != sys.base_prefix,
    )


def _installation() -> Installation:
    folder = Path(xl_rebal.__file__).resolve().parent.parent
    by_pip = pip_folder = None
    try:
        distribution = metadata.distribution(_NAME)
    except metadata.PackageNotFoundError:
        pass
    else:
        by_pip = distribution.version
        pip_folder = _installed_in(distribution)
    beside = shutil.which(_NAME, path=str(Path(sys.executable).parent))
    return Installation(
        version=xl_rebal.__version__,
        folder=str(folder),
        by_pip=by_pip,
        pip_folder=pip_folder,
        command=shutil.which(_NAME),
        own_command=beside,
        python_path=os.environ.get("PYTHONPATH", ""),
    )


def _installed_in(distribution: metadata.Distribution) -> str:
    """The folder that holds the package: that of the sources where it is installed as editable."""
    direct = json.loads(distribution.read_text("direct_url.json") or "{}")
    if direct.get("dir_info", {}).get("editable"):
        return str(Path(url2pathname(urlsplit(direct["url"]).path)).resolve())
    return str(Path(str(distribution.locate_file(""))).resolve())


def _user_conf(system: System) -> Path:
    home = Path.home()
    if system is System.MAC:
        return home / "Library/Containers/com.microsoft.Excel/Data" / conf.FILE_NAME
    return home / ".xlwings" / conf.FILE_NAME


def _solvers() -> list[Solver]:
    found = []
    for package, variable, at_home, elsewhere in _SOLVERS:
        try:
            version = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
        named = os.environ.get(variable, "") if variable else ""
        places = [named, *(str(Path.home() / each) for each in at_home), *elsewhere]
        licence = next((each for each in places if each and Path(each).exists()), None)
        found.append(Solver(package, version, licence))
    return found
