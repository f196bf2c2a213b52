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
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import xl_rebal
from xl_rebal.doctor import conf, gathered_excel, gathered_office, probing, requirements
from xl_rebal.doctor.book_facts import read_book, read_layer
from xl_rebal.doctor.machine import (
    BookFacts,
    Excel,
    Installation,
    Machine,
    Python,
    Solver,
    System,
    answering,
    layers_of,
)
from xl_rebal.errors import InputError

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
    system = _SYSTEMS.get(sys.platform, System.LINUX)
    excel = gathered_excel.excel(system)
    add_in = _add_in(excel)
    facts = read_book(book, add_in.project if add_in else "") if book else None
    answers = answering(facts, add_in)
    user = read_layer(user_conf(system, answers.project if answers else ""))
    layers = layers_of(facts, add_in, user)
    machine = Machine(
        system=system,
        python=_python(),
        installation=_installation(),
        requirements=requirements.required(_NAME, platform.system()),
        probe=probing.probe(system, layers, facts, add_in),
        excel=excel,
        office=gathered_office.office(system),
        solvers=tuple(_solvers()),
        user_conf=user,
        add_in=add_in,
    )
    return machine, facts


def _add_in(excel: Excel | None) -> BookFacts | None:
    """Our add-in as Excel opens it at its start; what is damaged is told of Excel, not of it."""
    path = next(iter(excel.our_add_ins), None) if excel else None
    if path is None:
        return None
    try:
        found = read_book(Path(path))
    except InputError:
        return None
    if found.conf is None:
        return found
    return replace(found, conf=replace(found.conf, where=f"{found.conf.where} of the add-in"))


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


def user_conf(system: System, project: str) -> Path:
    """Where the user's own settings stand: ``%USERPROFILE%\\.xlwings\\xlwings.conf`` on Windows."""
    name, home = conf.file_name(project), Path.home()
    if system is System.MAC:
        return home / "Library/Containers/com.microsoft.Excel/Data" / name
    return home / f".{project or conf.XLWINGS}" / name


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
