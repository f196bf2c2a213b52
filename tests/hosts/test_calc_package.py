"""The Calc add-in as a package, without an office: what is in it and what the wizard is told."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

from udfs.libreoffice.names import SERVICES, by_method
from udfs.libreoffice.oxt import add_in
from udfs.libreoffice.values import raw_argument
from udfs.libreoffice.wizard import Wizard
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
    ElementTree.fromstring(found["description.xml"])

    assert listed == ["types.rdb", "add-in.components"]
    assert component.get("uri") in found
    assert tuple(
        service.get("name") for service in component.iter() if "service" in service.tag
    ) == (SERVICES)


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
