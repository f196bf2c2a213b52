"""The modules of pywin32, as far as xlwings asks for them, over the stand-in Excel.

``build`` makes fresh module objects; nothing is put into ``sys.modules`` here. ``Screen`` is the
Windows desktop that they look at: which Excel windows are open, which messages were shown.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from types import ModuleType, SimpleNamespace
from typing import Any

from tests.hosts.com_book import Application
from tests.hosts.com_types import CDispatch, ComObject, PyIDispatch, TimeType, com_error

WINDOW_IID = "{00020400-0000-0000-C000-000000000046}"
OK = 1


@dataclass
class Screen:
    """Open Excel windows, front first; the messages shown; the button that the user presses."""

    applications: list[Application] = field(default_factory=list)
    messages: list[tuple[str, str]] = field(default_factory=list)
    pressed: int = OK

    def open_excel(self) -> Application:
        """A new Excel, in front of the others."""
        self.applications.insert(0, Application())
        return self.applications[0]

    def window_after(self, handle: int) -> int:
        """The next window in depth, 0 after the last."""
        handles = [application.Hwnd for application in self.applications]
        return next(iter(handles[handles.index(handle) + 1 :]), 0)

    def top_window(self, _parent: Any) -> int:
        return self.applications[0].Hwnd if self.applications else 0

    def application(self, handle: int | None) -> Application:
        return next(found for found in self.applications if found.Hwnd == handle)

    def message_box(self, _window: int, text: str, title: str, _style: int) -> int:
        self.messages.append((title, text))
        return self.pressed


class Wrapped:
    """A Python object on its way through COM: opaque to VBA, opened again by ``unwrap``."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner


def wrap(thing: Any, iid: Any = None) -> Wrapped:
    return Wrapped(thing)


def unwrap(thing: Any) -> Any:
    if not isinstance(thing, Wrapped):
        raise ValueError("argument is not a COM object")
    return thing.inner


def dispatch(pointer: Any, userName: str | None = None, **_options: Any) -> Any:
    """An object from its pointer; one that is an object already stays as it is."""
    return pointer.target if isinstance(pointer, PyIDispatch) else pointer


def build(screen: Screen) -> dict[str, ModuleType]:
    """The stand-in modules by name, all looking at one screen."""
    modules: dict[str, ModuleType] = {}

    def module(name: str, **content: Any) -> ModuleType:
        made = modules[name] = ModuleType(name)
        made.__dict__.update(content)
        parent, _, child = name.rpartition(".")
        if parent:
            setattr(modules[parent], child, made)
        return made

    def nothing() -> None:
        """CoInitialize and its kind have nothing to do here."""

    module("pywintypes", com_error=com_error, error=com_error, TimeType=TimeType, IID=str)
    module(
        "pythoncom",
        __file__="pythoncom.dll",
        CoInitialize=nothing,
        ole_error=com_error,
        com_error=com_error,
        IID_IDispatch=WINDOW_IID,
        TypeIIDs={WINDOW_IID: PyIDispatch},
    )
    module("win32api", MessageBox=screen.message_box)
    module(
        "win32con",
        MB_OK=0,
        MB_OKCANCEL=1,
        MB_YESNOCANCEL=3,
        MB_YESNO=4,
        MB_ICONWARNING=48,
        MB_ICONINFORMATION=64,
    )
    # Excel's main window holds a desk, the desk holds the sheet's window: one handle for all three
    module("win32gui", FindWindowEx=lambda parent, _after, _kind, _title: parent)
    module("win32process", GetWindowThreadProcessId=lambda handle: (1, handle + 1))
    module("win32event")
    module("win32timezone", TimeZoneInfo=SimpleNamespace(utc=lambda: dt.UTC))
    module("win32com")
    module(
        "win32com.client",
        CDispatch=CDispatch,
        CoClassBaseClass=ComObject,
        DispatchBaseClass=ComObject,
        Dispatch=dispatch,
        DispatchEx=lambda _program: screen.open_excel(),
    )
    module("win32com.server")
    module("win32com.server.util", wrap=wrap, unwrap=unwrap)
    module("win32com.server.dispatcher")
    module("win32com.server.policy")
    return modules


def windows_libraries(screen: Screen) -> dict[str, Any]:
    """What ``ctypes`` has on Windows only, as far as xlwings finds open Excels through it."""

    def window_object(window: int, _what: int, _iid: Any, pointer: Any) -> int:
        pointer._obj.value = window
        return 0

    def object_from_window(pointer: Any, _iid: Any, _add_reference: bool) -> PyIDispatch:
        return screen.application(pointer.value)._oleobj_

    user32 = SimpleNamespace(
        GetTopWindow=screen.top_window, GetWindow=lambda handle, _order: screen.window_after(handle)
    )
    ole32 = SimpleNamespace(CLSIDFromString=lambda _text, _guid: 0)
    oleacc = SimpleNamespace(AccessibleObjectFromWindow=window_object)
    return {
        "windll": SimpleNamespace(user32=user32),
        "oledll": SimpleNamespace(ole32=ole32, oleacc=oleacc),
        "PyDLL": lambda _file: SimpleNamespace(PyCom_PyObjectFromIUnknown=object_from_window),
    }
