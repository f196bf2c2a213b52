"""What the extension adds to Calc's configuration: its menu, who answers it, a job for opened books."""

from __future__ import annotations

from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

from udfs.libreoffice.binding import TITLE as BIND_TITLE
from udfs.libreoffice.names import BIND, EXTENSION, MENU, OPENED, PROTOCOL
from xl_rebal.commands import COMMANDS

TITLE = "Rebalance"
_CALC = "com.sun.star.sheet.SpreadsheetDocument"
_EVENTS = ("OnLoadFinished", "OnNew")
"""A file is read, with a window or without; a new document is made of a template."""


def configuration() -> dict[str, bytes]:
    """The parts of the package that are configuration, by name."""
    return {
        "Addons.xcu": _document("Addons", _menu()),
        "ProtocolHandler.xcu": _document(
            "ProtocolHandler",
            _node("HandlerSet", [_replaced(MENU, [_list("Protocols", f"{PROTOCOL}*")])]),
        ),
        "Jobs.xcu": _document(
            "Jobs",
            _node("Jobs", [_replaced(OPENED, [_text("Service", OPENED)])])
            + _node("Events", [_replaced(name, [_job()]) for name in _EVENTS]),
        ),
    }


def _job() -> str:
    return _node("JobList", [_replaced(OPENED, [])])


def _menu() -> str:
    """One entry a command; Calc puts entries in the order of their nodes' names."""
    entries = [_entry(command.label, command.name) for command in COMMANDS.values()]
    entries += [_text("URL", "private:separator"), _entry(BIND_TITLE, BIND)]
    numbered = [_replaced(f"m{place:02}", [entry]) for place, entry in enumerate(entries)]
    menu = [_text("Context", _CALC), _title(TITLE), _node("Submenu", numbered)]
    return _node("AddonUI", [_node("OfficeMenuBar", [_replaced(EXTENSION, menu)])])


def _entry(label: str, name: str) -> str:
    return _text("URL", PROTOCOL + name) + _title(label) + _text("Target", "_self")


def _document(name: str, content: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<oor:component-data xmlns:oor="http://openoffice.org/2001/registry"'
        ' xmlns:xs="http://www.w3.org/2001/XMLSchema"'
        f' oor:name="{name}" oor:package="org.openoffice.Office">{content}</oor:component-data>\n'
    ).encode()


def _node(name: str, children: Iterable[str]) -> str:
    return f"<node oor:name={quoteattr(name)}>{''.join(children)}</node>"


def _replaced(name: str, children: Iterable[str]) -> str:
    return f'<node oor:name={quoteattr(name)} oor:op="replace">{"".join(children)}</node>'


def _text(name: str, text: str) -> str:
    kind = 'oor:type="xs:string"'
    return f'<prop oor:name="{name}" {kind}><value>{escape(text)}</value></prop>'


def _title(text: str) -> str:
    value = f'<value xml:lang="en-US">{escape(text)}</value>'
    return f'<prop oor:name="Title" oor:type="xs:string">{value}</prop>'


def _list(name: str, text: str) -> str:
    kind = 'oor:type="oor:string-list"'
    return f'<prop oor:name="{name}" {kind}><value>{escape(text)}</value></prop>'
