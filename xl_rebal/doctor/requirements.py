"""Packages and the versions that fit, as the installed metadata states them: written once, in
pyproject.toml, and in xlwings' own for what it needs on this system."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib import metadata

from xl_rebal.doctor.machine import Requirement

_ASKED = re.compile(r"^\s*([A-Za-z0-9._-]+)\s*(?:\[[^\]]*\])?\s*\(?([^;)]*)\)?\s*(?:;(.*))?$")
_LIMIT = re.compile(r"(>=|<=|==|!=|~=|>|<)\s*([0-9][^\s,]*)")
_ALSO = ("xlwings",)
"""Packages whose own requirements are looked at: pywin32 on Windows, appscript on macOS."""


def required(package: str, system: str) -> tuple[Requirement, ...]:
    """What a package asks for on a ``platform.system()``, without extras; nothing where pip does
    not know it."""
    found = _of(package, system)
    for also in _ALSO:
        known = {each.package for each in found}
        found += [each for each in _of(also, system) if each.package not in known]
    return tuple(found)


def _of(package: str, system: str) -> list[Requirement]:
    try:
        asked = metadata.requires(package) or []
    except metadata.PackageNotFoundError:
        return []
    return [Requirement(name, limits, _version(name)) for name, limits in parsed(asked, system)]


def parsed(asked: Sequence[str], system: str) -> list[tuple[str, str]]:
    """Name and limits of what is asked for on a system; what belongs to an extra is left out.

    >>> parsed(["numpy<3,>=1.26", "pytest>=8; extra == 'test'",
    ...         "pywin32>=224 ; platform_system == 'Windows'"], "Windows")
    [('numpy', '<3,>=1.26'), ('pywin32', '>=224')]
    """
    found = []
    for line in asked:
        match = _ASKED.match(line)
        if match is None:
            continue
        name, limits, marker = match[1], match[2].strip(), match[3] or ""
        wanted = re.search(r"platform_system\s*==\s*['\"](\w+)", marker)
        if "extra" not in marker and (wanted is None or wanted[1] == system):
            found.append((name, limits))
    return found


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def misfit(version: str, limits: str) -> str:
    """How a version fails its limits, nothing where it fits. Versions are compared as numbers.

    >>> misfit("2.4.6", ">=1.26,<3"), misfit("1.9", ">=1.26,<3"), misfit("3.0.1", ">=1.26,<3")
    ('', 'too old', 'too new')
    """
    for sign, limit in _LIMIT.findall(limits):
        here, there = _aligned(version, limit)
        if sign in (">=", ">", "~=") and (here < there or (sign == ">" and here == there)):
            return "too old"
        if sign in ("<=", "<") and (here > there or (sign == "<" and here == there)):
            return "too new"
        if (sign == "==" and here != there) or (sign == "!=" and here == there):
            return "not the one"
    return ""


def _aligned(*versions: str) -> list[list[int]]:
    numbers = [
        [int(each) for each in re.findall(r"\d+", re.split(r"[^\d.]", v)[0])] for v in versions
    ]
    length = max(map(len, numbers))
    return [each + [0] * (length - len(each)) for each in numbers]
