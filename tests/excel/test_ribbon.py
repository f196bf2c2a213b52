"""The ribbon against the published schema and against the modules that it calls.

Elements, attributes and lengths are those of [MS-CUSTOMUI] sections 2.2 and 2.3; the names of icons stand
in its section 3.2 (imageMso Table), of which ``ICONS`` is the part that is used.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.etree.ElementTree import Element, fromstring

import pytest

from tests.excel.files import module_texts, parts, xlam, xlsm
from udfs.excel.ribbon import NAMESPACE, PART, SHEET_BUTTONS, ribbon_xml
from xl_rebal import __version__
from xl_rebal.commands import COMMANDS
from xl_rebal.commands.live import MACROS, Macro
from xl_rebal.workbook.layout import SHEETS

FILES = pytest.mark.parametrize("file", [xlsm, xlam])
N = f"{{{NAMESPACE}}}"
COMMON = {"id", "label", "keytip"}
ATTRIBUTES = {
    "customUI": set[str](),
    "ribbon": set[str](),
    "tabs": set[str](),
    "tab": COMMON,
    "group": COMMON | {"imageMso", "screentip", "supertip"},
    "button": COMMON | {"size", "imageMso", "screentip", "supertip", "onAction"},
    "labelControl": {"id", "label"},
}
CHILDREN = {
    "customUI": {"ribbon"}, "ribbon": {"tabs"}, "tabs": {"tab"}, "tab": {"group"},
    "group": {"button", "labelControl"}, "button": set[str](), "labelControl": set[str](),
}  # fmt: skip
ICONS = {
    "DataValidationCircleInvalid", "Chart3DBarChart", "RefreshAll", "Piggy", "ChartAreaChart",
    "VerticalSpacingIncrease", "PercentStyle", "Undo", "FunctionWizard", "PropertySheet",
}  # fmt: skip


def ribbon(file: Callable[[], bytes]) -> Element:
    return fromstring(parts(file())[PART])


def named(root: Element, name: str) -> list[Element]:
    return list(root.iter(f"{N}{name}"))


@FILES
def test_only_elements_and_attributes_of_the_schema_are_used(file: Callable[[], bytes]) -> None:
    for element in ribbon(file).iter():
        name = element.tag.removeprefix(N)
        assert set(element.attrib) <= ATTRIBUTES[name]
        assert {child.tag.removeprefix(N) for child in element} <= CHILDREN[name]


@FILES
def test_every_id_is_there_once_and_is_an_xml_name(file: Callable[[], bytes]) -> None:
    ids = [element.attrib["id"] for element in ribbon(file).iter() if "id" in element.attrib]

    assert len(ids) == len(set(ids)) > len(MACROS)
    assert all(re.fullmatch(r"[A-Za-z_]\w*", each) for each in ids)


@FILES
def test_every_button_is_a_command_or_shows_a_sheet_and_none_is_missing(
    file: Callable[[], bytes],
) -> None:
    buttons = {each.attrib["id"]: each.attrib for each in named(ribbon(file), "button")}
    sheets = {each.id: each for each in SHEET_BUTTONS}

    assert set(buttons) == {*MACROS, *sheets}
    assert set(MACROS) == {*COMMANDS, "undo"}
    for name, command in MACROS.items():
        assert buttons[name]["label"] == buttons[name]["screentip"] == command.label
        assert buttons[name]["supertip"] == command.help
    assert {each.sheet for each in SHEET_BUTTONS} <= {sheet.kind for sheet in SHEETS}


@FILES
def test_lengths_are_within_office_s_limits(file: Callable[[], bytes]) -> None:
    for element in ribbon(file).iter():
        for name, text in element.attrib.items():
            longest = {"keytip": 3, "supertip": 1024, "label": 1024, "screentip": 1024}.get(
                name, 1024
            )
            assert 1 <= len(text) <= longest
            assert text == text.strip()


@FILES
def test_no_keytip_hides_another(file: Callable[[], bytes]) -> None:
    tips = [each.attrib["keytip"] for each in named(ribbon(file), "button")]

    assert all(re.fullmatch("[A-Z0-9]{1,3}", tip) for tip in tips)
    assert [(a, b) for a in tips for b in tips if a is not b and b.startswith(a)] == []


@FILES
def test_every_tip_is_one_sentence_and_every_icon_is_published(file: Callable[[], bytes]) -> None:
    for button in named(ribbon(file), "button"):
        assert re.fullmatch(r"[A-Z][^.]*\.", button.attrib["supertip"])
        assert button.attrib["imageMso"] in ICONS


@FILES
def test_rebalance_alone_is_large_and_the_groups_are_those_of_the_catalogue(
    file: Callable[[], bytes],
) -> None:
    large = [b.attrib["id"] for b in named(ribbon(file), "button") if b.attrib["size"] == "large"]
    groups = {
        group.attrib["label"]: [child.attrib["id"] for child in group]
        for group in named(ribbon(file), "group")
    }

    assert large == ["rebalance"]
    assert groups == {
        "Data": ["check", "drift"],
        "Rebalance": ["rebalance", "harvest", "undo"],
        "Study": ["backtest", "bands", "aftertax"],
        "Help": ["show_functions", "show_settings", "version"],
    }
    assert named(ribbon(file), "labelControl")[0].attrib["label"] == f"xl_rebal {__version__}"


@FILES
def test_every_button_calls_a_macro_that_is_there(file: Callable[[], bytes]) -> None:
    texts = module_texts(file())
    for button in named(ribbon(file), "button"):
        module, _, macro = button.attrib["onAction"].partition(".")
        assert f"Public Sub {macro}(control As IRibbonControl)\r\n" in texts[module]


@FILES
def test_only_names_of_commands_reach_python(file: Callable[[], bytes]) -> None:
    text = next(text for name, text in module_texts(file()).items() if name.endswith("_ribbon"))
    cases = re.search(r"Function CommandOf.*? Case (\".*?)\r\n", text, re.DOTALL)
    assert cases

    assert cases[1] == ", ".join(f'"{name}"' for name in sorted(MACROS))
    assert all(re.fullmatch("[a-z]+", name) for name in MACROS)
    assert re.findall(r"RunPython .*", text.replace("\r", "")) == [
        """RunPython "import udfs.macros; udfs.macros.run('" & CommandOf(id) & "')\""""
    ]


def test_a_command_without_a_button_has_none() -> None:
    hidden = Macro("secret", "Secret", "Do nothing.")

    assert "secret" not in ribbon_xml({**MACROS, "secret": hidden}, "a.b")


def test_what_a_label_may_hold_is_escaped() -> None:
    odd = Macro("odd", 'A "b" & <c>', "Say it.", MACROS["check"].button)
    root = fromstring(ribbon_xml({"odd": odd}, "a.b"))

    assert named(root, "button")[0].attrib["label"] == 'A "b" & <c>'
