"""Builds the Calc add-in, an .oxt package, from the catalogues of functions and commands."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from udfs.libreoffice.menu import configuration
from udfs.libreoffice.names import (
    EXTENSION,
    IMPLEMENTATION,
    INTERFACE,
    MENU,
    MENU_SERVICES,
    OPENED,
    OPENED_SERVICES,
    SERVICES,
    by_method,
)
from udfs.libreoffice.typelibrary import interface_library
from xl_rebal import __version__
from xl_rebal.workbook.package.archive import deflated, pack
from xl_rebal.worksheet import FunctionSpec

OLDEST = "7.4"
"""The oldest LibreOffice in which the add-in has been seen at work."""
_LAUNCHER = '''\
"""Starts the add-in of xl_rebal in LibreOffice's own Python."""

import os
import site
import sys
import traceback

missing = [folder for folder in {folders!r} if not os.path.isdir(folder)]
before = sys.path[:]
for folder in {folders!r}:
    site.addsitedir(folder)
sys.path[:] = [folder for folder in sys.path if folder not in before] + before

try:
    if sys.version_info[:2] != {version!r}:
        raise ImportError(
            "xl_rebal was installed with Python %d.%d, and LibreOffice runs %d.%d: make the "
            "extension anew from an environment of that version" % ({version!r} + sys.version_info[:2])
        )
    if missing:
        raise ImportError(
            "xl_rebal was installed in %s, and that is gone: make the extension anew with "
            "xl-rebal addin --libreoffice where xl_rebal is installed now, and add it again"
            % ", ".join(missing)
        )
    from udfs.libreoffice.component import implementation

    g_ImplementationHelper = implementation({catalogue!r})
except Exception:  # LibreOffice drops the reason, and the functions are #NAME?
    traceback.print_exc()
    raise
'''
_COMPONENTS = """\
<?xml version="1.0" encoding="UTF-8"?>
<components xmlns="http://openoffice.org/2010/uno-components">
 <component loader="com.sun.star.loader.Python" uri="launcher.py">
{implementations} </component>
</components>
"""
_IMPLEMENTATION = """\
  <implementation name="{name}">
   {services}
  </implementation>
"""
_DESCRIPTION = """\
<?xml version="1.0" encoding="UTF-8"?>
<description xmlns="http://openoffice.org/extensions/description/2006"
 xmlns:lo="http://libreoffice.org/extensions/description/2011"
 xmlns:xlink="http://www.w3.org/1999/xlink">
 <identifier value="{identifier}"/>
 <version value="{version}"/>
 <dependencies>
  <lo:LibreOffice-minimal-version value="{oldest}" lo:name="LibreOffice {oldest}"/>
 </dependencies>
 <publisher><name xlink:href="" lang="en">xl_rebal</name></publisher>
 <display-name><name lang="en">{name}</name></display-name>
 <extension-description><src xlink:href="description.txt" lang="en"/></extension-description>
</description>
"""
_ABOUT = """\
The portfolio-rebalancing desk: its worksheet functions in formulas, and its commands in the menu
Rebalance. It runs in LibreOffice's own Python and imports xl_rebal from the folders in which it
was installed when this extension was made.
"""
_KINDS = {
    ".rdb": "application/vnd.sun.star.uno-typelibrary;type=RDB",
    ".components": "application/vnd.sun.star.uno-components",
    ".xcu": "application/vnd.sun.star.configuration-data",
}


def add_in(
    functions: Mapping[str, FunctionSpec],
    python_path: Sequence[Path],
    *,
    catalogue: str = "xl_rebal.registry",
) -> bytes:
    """The .oxt; ``functions`` are those that the module ``catalogue`` calls FUNCTIONS.

    ``python_path`` are the folders from which LibreOffice's Python imports xl_rebal and numpy, the
    first first: usually the site-packages of an environment whose Python has the same version.
    The package knows those folders and is therefore made where it is used.
    """
    methods = {
        method: [parameter.name for parameter in spec.parameters]
        for method, spec in by_method(functions).items()
    }
    launcher = _LAUNCHER.format(
        folders=[str(folder) for folder in python_path],
        catalogue=catalogue,
        version=tuple(sys.version_info[:2]),
    )
    description = _DESCRIPTION.format(
        identifier=EXTENSION, version=escape(__version__), oldest=OLDEST, name="xl_rebal"
    )
    parts = {
        "types.rdb": interface_library(INTERFACE, methods),
        "add-in.components": _components().encode(),
        **configuration(),
        "description.xml": description.encode(),
        "description.txt": _ABOUT.encode(),
        "launcher.py": launcher.encode(),
    }
    manifest = {"META-INF/manifest.xml": _manifest(parts).encode()}
    return pack((name, deflated(content)) for name, content in (manifest | parts).items())


def _components() -> str:
    """What the launcher makes: the functions, the menu's commands, the job for opened books."""
    made = {IMPLEMENTATION: SERVICES, MENU: MENU_SERVICES, OPENED: OPENED_SERVICES}
    return _COMPONENTS.format(
        implementations="".join(
            _IMPLEMENTATION.format(
                name=name,
                services="".join(f'<service name="{service}"/>' for service in services),
            )
            for name, services in made.items()
        )
    )


def _manifest(parts: Mapping[str, bytes]) -> str:
    """The parts that LibreOffice registers, and as what."""
    kinds = {name: _KINDS.get(Path(name).suffix) for name in parts}
    entries = "".join(
        f' <manifest:file-entry manifest:full-path="{name}"\n  manifest:media-type="{kind}"/>\n'
        for name, kind in kinds.items()
        if kind
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<manifest:manifest xmlns:manifest="http://openoffice.org/2001/manifest">\n'
        f"{entries}</manifest:manifest>\n"
    )
