"""An environment of its own for each library that we are compared with, since their needs clash."""

from __future__ import annotations

import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

import bench

ROOT = Path(bench.__file__).parent.parent


@dataclass(frozen=True)
class Library:
    """A library on the package index: ``requirement`` as pip takes it, one or more.

    ``module`` runs our jobs with it.
    """

    name: str
    requirement: str

    @property
    def module(self) -> str:
        return f"bench.contestants.with_{self.name}"


LIBRARIES = (
    Library("numba", "numba==0.68.1"),
    Library("bt", "bt==1.4.1"),
    Library("vectorbt", "vectorbt==1.2.0"),
    Library("skfolio", "skfolio==1.12.2"),
    Library("cvxportfolio", "cvxportfolio==1.5.1"),
)


def python_of(folder: Path, library: Library) -> Path:
    """The interpreter of the library's environment below ``folder``, there or not."""
    inside = "Scripts/python.exe" if sys.platform == "win32" else "bin/python"
    return folder / library.name / inside


def install(folder: Path, library: Library) -> str:
    """Make the environment and install into it; a sentence where that fails, else empty."""
    python = python_of(folder, library)
    if not python.exists():
        venv.create(folder / library.name, with_pip=True)
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    done = subprocess.run([*command, *library.requirement.split()], capture_output=True, text=True)
    if done.returncode == 0:
        return ""
    lines = [line for line in done.stderr.splitlines() if "ERROR" in line] or [done.stderr.strip()]
    return f"pip could not install {library.requirement}: {lines[-1].strip()}"
