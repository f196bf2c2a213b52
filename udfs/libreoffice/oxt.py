"""Builds the Calc add-in, an .oxt package, from the catalogue of functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from udfs.libreoffice.names import EXTENSION, IMPLEMENTATION, INTERFACE, SERVICES, by_method
from udfs.libreoffice.typelibrary import interface_library
from xl_rebal import __version__
from xl_rebal.workbook.package.archive import deflated, pack
from xl_rebal.worksheet import FunctionSpec

_LAUNCHER = '''\
"""Starts the add-in of xl_rebal in LibreOffice's own Python."""

import site
import sys
import traceback

before = sys.path[:]
for folder in {folders!r}:
    site.addsitedir(folder)
sys.path[:] = [folder for folder in sys.path if folder not in before] + before

try:
    from udfs.libreoffice.component import implementation

    g_ImplementationHelper = implementation({catalogue!r})
except Exception:  # LibreOffice drops the reason, and the functions are #NAME?
    traceback.print_exc()
    raise
'''
_MANIFEST = """\
<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest xmlns:manifest="http://openoffice.org/2001/manifest">
 <manifest:file-entry manifest:full-path="types.rdb"
  manifest:media-type="application/vnd.sun.star.uno-typelibrary;type=RDB"/>
 <manifest:file-entry manifest:full-path="add-in.components"
  manifest:media-type="application/vnd.sun.star.uno-components"/>
</manifest:manifest>
"""
_COMPONENTS = """\
<?xml version="1.0" encoding="UTF-8"?>
<components xmlns="http://openoffice.org/2010/uno-components">
 <component loader="com.sun.star.loader.Python" uri="launcher.py">
  <implementation name="{implementation}">
   {services}
  </implementation>
 </component>
</components>
"""
_DESCRIPTION = """\
<?xml version="1.0" encoding="UTF-8"?>
<description xmlns="http://openoffice.org/extensions/description/2006">
 <identifier value="{identifier}"/>
 <version value="{version}"/>
 <display-name><name lang="en">{name}</name></display-name>
</description>
"""


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
        folders=[str(folder) for folder in python_path], catalogue=catalogue
    )
    description = _DESCRIPTION.format(
        identifier=EXTENSION, version=escape(__version__), name="xl_rebal"
    )
    components = _COMPONENTS.format(
        implementation=IMPLEMENTATION,
        services="".join(f'<service name="{service}"/>' for service in SERVICES),
    )
    parts = {
        "META-INF/manifest.xml": _MANIFEST.encode(),
        "add-in.components": components.encode(),
        "description.xml": description.encode(),
        "types.rdb": interface_library(INTERFACE, methods),
        "launcher.py": launcher.encode(),
    }
    return pack((name, deflated(content)) for name, content in parts.items())
