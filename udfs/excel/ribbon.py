"""The tab "Rebalance": XML for Excel's ribbon from the catalogue of what runs over an open book.

In the language of 2006 with its relationship: every Excel from 2007 on reads it, all that we need is in
it, and openpyxl keeps it with ``keep_vba=True``, while it drops a ribbon of 2009.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

from xl_rebal import __version__
from xl_rebal.commands.live import Macro

NAMESPACE = "http://schemas.microsoft.com/office/2006/01/customui"
RELATIONSHIP = "http://schemas.microsoft.com/office/2006/relationships/ui/extensibility"
PART = "customUI/customUI.xml"
TAB_KEYTIP = "XR"
"""Excel's own tabs have one letter or Y with a second one; two of ours collide with none of them."""


@dataclass(frozen=True)
class SheetButton:
    """A button that shows a sheet of the book; it needs no Python."""

    id: str
    sheet: str
    icon: str
    keytip: str
    help: str


SHEET_BUTTONS = (
    SheetButton("show_functions", "Functions", "FunctionWizard", "F",
                "Show the sheet with a live example of every worksheet function."),
    SheetButton("show_settings", "Settings", "PropertySheet", "S",
                "Show the sheet with the settings and what each of them means."),
)  # fmt: skip


def ribbon_xml(macros: Mapping[str, Macro], callback: str) -> str:
    """The ribbon; every button calls the macro ``callback``, which looks at the button's id."""
    groups = "".join(
        f'<group id="group_{label.lower()}" label="{label}">{"".join(buttons)}</group>'
        for label, buttons in _grouped(list(macros.values()), callback).items()
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<customUI xmlns="{NAMESPACE}"><ribbon><tabs>'
        f'<tab id="tab_rebalance" label="Rebalance" keytip="{TAB_KEYTIP}">{groups}</tab>'
        "</tabs></ribbon></customUI>\n"
    )


def _grouped(macros: Sequence[Macro], callback: str) -> dict[str, list[str]]:
    """Buttons by the label of their group, in the order of the catalogue; Help comes last."""
    groups: dict[str, list[str]] = {}
    for macro in macros:
        if (button := macro.button) is not None:
            xml = _button(
                macro.name, macro.label, macro.help, button.icon, button.keytip, callback,
                large=button.large,
            )  # fmt: skip
            groups.setdefault(button.group, []).append(xml)
    groups["Help"] = list(_help(callback))
    return groups


def _help(callback: str) -> Iterator[str]:
    for each in SHEET_BUTTONS:
        yield _button(each.id, each.sheet, each.help, each.icon, each.keytip, callback)
    yield f"<labelControl id={quoteattr('version')} label={quoteattr(f'xl_rebal {__version__}')}/>"


def _button(
    id_: str, label: str, tip: str, icon: str, keytip: str, callback: str, *, large: bool = False
) -> str:
    attributes = {
        "id": id_, "label": label, "size": "large" if large else "normal", "imageMso": icon,
        "keytip": keytip, "screentip": label, "supertip": tip, "onAction": callback,
    }  # fmt: skip
    return f"<button {' '.join(f'{name}={quoteattr(text)}' for name, text in attributes.items())}/>"
