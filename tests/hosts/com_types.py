"""What COM carries between Excel and Python: the few types of pywin32 that xlwings looks at.

These stand in for pywin32's own classes, so that the desktop half of xlwings runs where there is
no Windows. They are strict where real life is strict: an unknown attribute or a value that COM
cannot carry is an error here too, so a test fails instead of passing by luck.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, NoReturn

MISSING = -2147352572  # how an optional argument that was left out arrives
RANGE_IID = "{00020846-0000-0000-C000-000000000046}"  # how xlwings knows a range
DISP_E_EXCEPTION = -2147352567  # "Excel raised an error": nearly every refusal
DISP_E_UNKNOWNNAME = -2147352570
EXCEL_1004 = -2146827284  # the inner code of "application-defined error"

ERROR_CELLS = {
    "#NULL!": -2146826288,
    "#DIV/0!": -2146826281,
    "#VALUE!": -2146826273,
    "#REF!": -2146826265,
    "#NAME?": -2146826259,
    "#NUM!": -2146826252,
    "#N/A": -2146826246,
}

EXCEL_EPOCH = dt.datetime(1899, 12, 30, tzinfo=dt.UTC)


class com_error(Exception):
    """pywintypes.com_error: (hresult, text, excepinfo, argument)."""

    def __init__(self, hresult: int, text: str, excepinfo: Any = None, argument: Any = None):
        super().__init__(hresult, text, excepinfo, argument)
        self.hresult = hresult
        self.strerror = text
        self.excepinfo = excepinfo
        self.argerror = argument


def refuse(text: str) -> NoReturn:
    """Raise what Excel raises when it will not do something."""
    inner = (0, "Microsoft Excel", text, "xlmain11.chm", 0, EXCEL_1004)
    raise com_error(DISP_E_EXCEPTION, "Exception occurred.", inner, None)


class TimeType(dt.datetime):
    """pywintypes.TimeType: a datetime that always carries a time zone (UTC from Excel)."""


def time_of(serial: float) -> TimeType:
    """The date of a serial number of the 1900 system, as ``Range.Value`` gives it."""
    moment = EXCEL_EPOCH + dt.timedelta(days=serial)
    return TimeType(
        moment.year,
        moment.month,
        moment.day,
        moment.hour,
        moment.minute,
        moment.second,
        tzinfo=dt.UTC,
    )


def serial_of(moment: dt.datetime) -> float:
    """The serial number of a date that carries a time zone."""
    return (moment - EXCEL_EPOCH) / dt.timedelta(days=1)


class CDispatch:
    """win32com.client.CDispatch: xlwings wraps what is an instance of it."""


class PyIDispatch:
    """The bare interface pointer: what a Python COM server is given for an object."""

    def __init__(self, target: Any) -> None:
        self.target = target

    def GetIDsOfNames(self, _locale: int, name: str) -> NoReturn:
        raise com_error(DISP_E_UNKNOWNNAME, f"Unknown name: {name}")

    def GetTypeInfo(self) -> PyIDispatch:
        return self

    def GetTypeAttr(self) -> PyIDispatch:
        return self

    def GetDocumentation(self, _member: int) -> tuple[str, None, int, None]:
        return (type(self.target).__name__, None, 0, None)

    @property
    def iid(self) -> str:
        return str(self.target._iid)


class ComObject(CDispatch):
    """Base of every stand-in object: only what a class declares can be read or set."""

    _iid = ""

    def __init__(self) -> None:
        self._oleobj_ = PyIDispatch(self)

    def __setattr__(self, name: str, value: Any) -> None:
        declared = getattr(type(self), name, None)
        known = isinstance(declared, State) or getattr(declared, "fset", None) is not None
        if not (name.startswith("_") or known):
            raise AttributeError(f"Property '{type(self).__name__}.{name}' can not be set.")
        object.__setattr__(self, name, value)

    def __bool__(self) -> bool:
        return True  # an object that exists is true, even an empty collection


class State:
    """A property that a program may read and set, and that starts at a given value."""

    def __init__(self, start: Any) -> None:
        self._start = start

    def __set_name__(self, owner: type, name: str) -> None:
        self._key = "_state_" + name

    def __get__(self, instance: Any, owner: type) -> Any:
        return self if instance is None else instance.__dict__.get(self._key, self._start)

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self._key] = value


class ComCollection(ComObject):
    """A collection of COM: counted from 1, found by number or by name whatever its case."""

    def _items(self) -> list[Any]:
        raise NotImplementedError

    @property
    def Count(self) -> int:
        return len(self._items())

    def Item(self, key: Any) -> Any:
        items = self._items()
        if isinstance(key, int) and 1 <= key <= len(items):
            return items[key - 1]
        if isinstance(key, str):
            for item in items:
                if item.Name.lower() == key.lower():
                    return item
        refuse("Subscript out of range")

    def __call__(self, key: Any) -> Any:
        return self.Item(key)

    def __iter__(self) -> Any:
        return iter(self._items())


def target_of(argument: Any) -> Any:
    """The object itself, whether it came bare, as a pointer or in xlwings' retry wrapper."""
    if isinstance(argument, PyIDispatch):
        return argument.target
    return argument._oleobj_.target
