"""The Calc add-in as a package, without an office: what is in it and what the wizard is told."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

from udfs.libreoffice.names import (
    BIND,
    IMPLEMENTATION,
    MENU,
    MENU_SERVICES,
    OPENED,
    OPENED_SERVICES,
    PROTOCOL,
    SERVICES,
    by_method,
)
from udfs.libreoffice.oxt import add_in
from udfs.libreoffice.values import raw_argument
from udfs.libreoffice.wizard import Wizard
from xl_rebal import __version__
from xl_rebal.commands import COMMANDS
from xl_rebal.functions import FUNCTIONS

FOLDERS = [Path("/one folder/it's here"), Path("/two")]


def parts(package: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_package_lists_every_part_and_every_xml_is_well_formed() -> None:
    found = parts(add_in(FUNCTIONS, FOLDERS))
    manifest = ElementTree.fromstring(found["META-INF/manifest.xml"])
    listed = [value for entry in manifest for name, value in entry.items() if "full-path" in name]
    components = ElementTree.fromstring(found["add-in.components"])
    (component,) = components
    for name, content in found.items():
        if name.endswith((".xcu", ".xml")):
            ElementTree.fromstring(content)

    configuration = ["Addons.xcu", "ProtocolHandler.xcu", "Jobs.xcu"]
    assert listed == ["types.rdb", "add-in.components", *configuration]
    assert component.get("uri") in found
    assert {
        implementation.get("name"): tuple(each.get("name") for each in implementation)
        for implementation in component
    } == {IMPLEMENTATION: SERVICES, MENU: MENU_SERVICES, OPENED: OPENED_SERVICES}


def test_the_menu_has_every_command_in_order_and_each_entry_one_handler() -> None:
    found = parts(add_in(FUNCTIONS, FOLDERS))
    addresses = re.findall(rf"<value>({PROTOCOL}\w+)</value>", found["Addons.xcu"].decode())
    nodes = re.findall(r'oor:name="(m\d+)"', found["Addons.xcu"].decode())

    assert addresses == [f"{PROTOCOL}{name}" for name in (*COMMANDS, BIND)]
    assert nodes == sorted(nodes)
    assert f"<value>{PROTOCOL}*</value>" in found["ProtocolHandler.xcu"].decode()
    assert f"<value>{OPENED}</value>" in found["Jobs.xcu"].decode()


def test_the_description_asks_for_the_oldest_libreoffice_that_will_do() -> None:
    description = parts(add_in(FUNCTIONS, FOLDERS))["description.xml"].decode()

    assert '<lo:LibreOffice-minimal-version value="7.4"' in description
    assert f'<version value="{__version__}"/>' in description


def test_the_launcher_refuses_another_python_in_words() -> None:
    launcher = parts(add_in(FUNCTIONS, []))["launcher.py"].decode()
    ours = str(tuple(sys.version_info[:2]))
    assert launcher.count(ours) == 2
    done = subprocess.run(
        [sys.executable, "-c", launcher.replace(ours, "(3, 4)")], capture_output=True, text=True
    )

    assert done.returncode == 1
    assert "xl_rebal was installed with Python 3.4, and LibreOffice runs 3." in done.stderr


def test_the_launcher_says_that_the_environment_was_moved(tmp_path: Path) -> None:
    launcher = parts(add_in(FUNCTIONS, [tmp_path, tmp_path / "gone"]))["launcher.py"].decode()
    done = subprocess.run([sys.executable, "-c", launcher], capture_output=True, text=True)

    assert done.returncode == 1
    assert (
        f"xl_rebal was installed in {tmp_path / 'gone'}, and that is gone: make the extension anew "
        "with xl-rebal addin --libreoffice" in done.stderr
    )


def test_the_launcher_looks_into_the_given_folders_in_their_order() -> None:
    launcher = parts(add_in(FUNCTIONS, FOLDERS))["launcher.py"].decode()

    compile(launcher, "launcher.py", "exec")
    assert repr([str(folder) for folder in FOLDERS]) in launcher


def test_every_function_and_argument_of_the_catalogue_is_a_type_of_the_package() -> None:
    types = parts(add_in(FUNCTIONS, FOLDERS))["types.rdb"]

    for method, spec in by_method(FUNCTIONS).items():
        for name in (method, *(parameter.name for parameter in spec.parameters)):
            assert len(name).to_bytes(4, "little") + name.encode() in types


def test_the_same_catalogue_gives_the_same_bytes() -> None:
    assert add_in(FUNCTIONS, FOLDERS) == add_in(FUNCTIONS, FOLDERS)


def test_a_name_leads_to_its_method_and_back() -> None:
    wizard = Wizard(FUNCTIONS)

    for name in FUNCTIONS:
        assert wizard.getDisplayFunctionName(wizard.getProgrammaticFuntionName(name)) == name
    assert wizard.getProgrammaticFuntionName("SUM") == ""


def test_what_calc_never_passes_is_our_own_bug() -> None:
    with pytest.raises(TypeError, match="Calc passed"):
        raw_argument(((1.0, b"bytes"),))
