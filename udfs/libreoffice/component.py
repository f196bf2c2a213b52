"""The extension as LibreOffice's own Python runs it: formulas and menu entries in, answers out.

Loaded by the launcher that ``oxt.py`` writes into the extension; it needs the module ``uno``, which
only LibreOffice's Python has.
"""

from __future__ import annotations

import builtins
import importlib
import traceback
from collections.abc import Callable, Collection, Mapping
from typing import Any

import uno
import unohelper

from udfs.answers import answered
from udfs.libreoffice.names import (
    BIND,
    IMPLEMENTATION,
    INTERFACE,
    MENU,
    MENU_SERVICES,
    OPENED,
    OPENED_SERVICES,
    PROTOCOL,
    SERVICES,
    by_method,
)
from udfs.libreoffice.values import raw_argument, uno_rows
from udfs.libreoffice.wizard import Wizard
from xl_rebal.worksheet import FunctionSpec

_INTERFACES = (
    INTERFACE,
    "com.sun.star.sheet.XAddIn",
    "com.sun.star.sheet.XCompatibilityNames",
    "com.sun.star.lang.XServiceName",
    "com.sun.star.lang.XServiceInfo",
)
_CALC = "com.sun.star.sheet.SpreadsheetDocument"


def implementation(catalogue: str) -> Any:
    """What LibreOffice looks for: the add-in of the module whose FUNCTIONS it shall offer."""
    with _plain_imports():
        functions: Mapping[str, FunctionSpec] = importlib.import_module(catalogue).FUNCTIONS
    methods = {name: _formula(spec) for name, spec in by_method(functions).items()}
    members: dict[str, Any] = {"functions": functions}
    made = unohelper.ImplementationHelper()
    for kind, more, name, services, interfaces in (
        (_AddIn, methods, IMPLEMENTATION, SERVICES, _INTERFACES),
        (_Menu, {}, MENU, MENU_SERVICES, _Menu.interfaces),
        (_Opened, {}, OPENED, OPENED_SERVICES, _Opened.interfaces),
    ):
        own = members | more | {"implementation": name, "services": services}
        bases = (kind, unohelper.Base, *(uno.getClass(each) for each in interfaces))
        made.addImplementation(type(name.rpartition(".")[2], bases, own), name, services)
    return made


def _formula(spec: FunctionSpec) -> Callable[..., Any]:
    """The method behind one function. Our own bug is #VALUE! in Calc, so stderr has its story."""

    def formula(_self: object, *cells: object) -> Any:
        try:
            with _plain_imports():
                return uno_rows(answered(spec, [raw_argument(cell) for cell in cells]))
        except Exception:
            traceback.print_exc()
            raise

    return formula


class _plain_imports:  # noqa: N801 - it stands where a function would
    """Python's own import statement: the one that ``import uno`` puts in its place breaks cvxpy.

    No generator: contextlib gives an exception its traceback anew, which one of UNO's does not take.
    """

    def __enter__(self) -> None:
        self._hooked = builtins.__import__
        builtins.__import__ = uno._builtin_import

    def __exit__(self, *_raised: object) -> None:
        builtins.__import__ = self._hooked


class _Named:
    """What UNO asks of every component: who it is."""

    implementation: str
    services: tuple[str, ...]

    def getImplementationName(self) -> str:  # noqa: N802
        return self.implementation

    def supportsService(self, name: str) -> bool:  # noqa: N802
        return name in self.services

    def getSupportedServiceNames(self) -> tuple[str, ...]:  # noqa: N802
        return self.services


class _AddIn(_Named, Wizard):
    """The rest of what UNO asks; the class of the add-in gets ``functions`` and their methods."""

    functions: Mapping[str, FunctionSpec]

    def __init__(self, _context: object, *_arguments: object) -> None:
        super().__init__(self.functions)
        self._locale = uno.createUnoStruct("com.sun.star.lang.Locale")

    def setLocale(self, locale: Any) -> None:  # noqa: N802
        self._locale = locale

    def getLocale(self) -> Any:  # noqa: N802
        return self._locale

    def getCompatibilityNames(self, method: str) -> Any:  # noqa: N802
        """The names under which Excel's files call a function."""
        made = uno.createUnoStruct("com.sun.star.sheet.LocalizedName")
        made.Locale.Language, made.Locale.Country = "en", "US"
        made.Name = self.getDisplayFunctionName(method)
        return (made,)


class _Opened(_Named):
    """The job that binds the formulas of a book when it has been opened."""

    interfaces = ("com.sun.star.task.XJob", "com.sun.star.lang.XServiceInfo")
    functions: Collection[str]

    def __init__(self, _context: object, *_arguments: object) -> None:
        pass

    def execute(self, arguments: Any) -> None:
        given = {each.Name: each.Value for each in arguments}
        document = {each.Name: each.Value for each in given.get("Environment", ())}.get("Model")
        if document is None or not document.supportsService(_CALC):
            return
        try:
            _bind(document, self.functions)
        except Exception:
            traceback.print_exc()
            raise


def _bind(document: Any, functions: Collection[str]) -> str:
    """What there is to say of it."""
    with _plain_imports():
        from udfs.libreoffice.binding import bind

    return bind(document, functions).sentence


class _Menu(_Named):
    """The commands of the menu, for one window of Calc (a protocol handler)."""

    interfaces = (
        "com.sun.star.frame.XDispatchProvider",
        "com.sun.star.frame.XNotifyingDispatch",
        "com.sun.star.lang.XInitialization",
        "com.sun.star.lang.XServiceInfo",
    )
    functions: Collection[str]
    running = False

    def __init__(self, context: Any, *_arguments: object) -> None:
        self._context = context
        self._frame: Any = None

    def initialize(self, arguments: Any) -> None:
        self._frame = arguments[0] if arguments else None

    def queryDispatch(self, url: Any, _target: str, _flags: int) -> Any:  # noqa: N802
        return self if url.Protocol == PROTOCOL else None

    def queryDispatches(self, asked: Any) -> Any:  # noqa: N802
        return tuple(
            self.queryDispatch(each.FeatureURL, each.FrameName, each.SearchFlags) for each in asked
        )

    def addStatusListener(self, _listener: Any, _url: Any) -> None:  # noqa: N802
        """Every entry can always be pressed, so there is nothing to tell."""

    def removeStatusListener(self, _listener: Any, _url: Any) -> None:  # noqa: N802
        pass

    def dispatch(self, url: Any, arguments: Any) -> None:
        self.dispatchWithNotification(url, arguments, None)

    def dispatchWithNotification(self, url: Any, arguments: Any, listener: Any) -> None:  # noqa: N802
        """Run an entry; its words go into a box, or with the argument Silent to the listener alone."""
        done, title, text, whole = self._answer(url.Path)
        if not any(each.Name == "Silent" and each.Value for each in arguments or ()):
            self._say(done, title, text)
        if listener is not None:
            event = uno.createUnoStruct("com.sun.star.frame.DispatchResultEvent")
            event.Source, event.State, event.Result = self, int(done), whole
            listener.dispatchFinished(event)

    def _answer(self, name: str) -> tuple[bool, str, str, str]:
        """Whether it was done, a title, and what there is to say: for a box, and all of it."""
        if _Menu.running:  # drawing the status bar lets further clicks through
            return False, "xl_rebal", *2 * ("Another command is still running.",)
        _Menu.running = True
        try:
            document = self._frame.getController().getModel()
            if not document.supportsService(_CALC):
                return False, "xl_rebal", *2 * ("Open a book in Calc, then press it there.",)
            if name == BIND:
                text = _bind(document, self.functions)
                return True, "Bind formulas", text, text
            with _plain_imports():
                from xl_rebal.commands import COMMANDS
                from xl_rebal.commands.live import run_live
                from xl_rebal.workbook.uno_book import UnoBook

                window = _Window(self._frame, document, COMMANDS[name].label)
                told = run_live(UnoBook(document, window), name)
            return told.summary is not None, told.title, told.text, "\n".join(told.lines)
        except Exception as error:
            traceback.print_exc()
            text = f"A fault of xl_rebal, and nothing was written: {type(error).__name__}: {error}"
            return False, name, text, text
        finally:
            _Menu.running = False

    def _say(self, done: bool, title: str, text: str) -> None:
        toolkit = self._context.ServiceManager.createInstanceWithContext(
            "com.sun.star.awt.Toolkit", self._context
        )
        kind = uno.Enum("com.sun.star.awt.MessageBoxType", "INFOBOX" if done else "WARNINGBOX")
        parent = self._frame.getContainerWindow()
        toolkit.createMessageBox(parent, kind, 1, title, text).execute()


class _Window:
    """The status bar of a window, and its document's list of what can be undone."""

    def __init__(self, frame: Any, document: Any, title: str) -> None:
        self._document, self._title = document, title
        self._bar = frame.createStatusIndicator()
        self._is_shown = False

    def status(self, text: str, share: float) -> None:
        if not text:
            self._bar.end()
            self._is_shown = False
            return
        if not self._is_shown:
            self._bar.start(text, 100)
            self._is_shown = True
        self._bar.setText(text)
        self._bar.setValue(round(100 * share))

    def step(self, undo: Callable[[], None], redo: Callable[[], None]) -> _Step:
        return _Step(self._document.getUndoManager(), self._title, undo, redo)


class _Step:
    """One step that can be undone; where an exception ends it, it is undone and no step at all.

    Calc takes its own steps back before ``undo``, and takes them again before ``redo``. By
    themselves they do not make a cell blank again that was so (7.4).
    """

    def __init__(
        self, manager: Any, title: str, undo: Callable[[], None], redo: Callable[[], None]
    ) -> None:
        self._manager, self._title = manager, title
        self._undo, self._redo = undo, redo
        self._kind = type(
            "Undoable", (_Undoable, unohelper.Base, uno.getClass(_Undoable.interface)), {}
        )

    def __enter__(self) -> None:
        self._manager.enterUndoContext(self._title)
        self._manager.addUndoAction(self._kind(self._title, self._undo, _nothing))

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if error is None:
            self._manager.addUndoAction(self._kind(self._title, _nothing, self._redo))
        self._manager.leaveUndoContext()
        if error is not None:
            self._take_back()

    def _take_back(self) -> None:
        if self._manager.isLocked() or not self._manager.isUndoPossible():
            self._undo()
        elif self._manager.getCurrentUndoActionTitle() == self._title:
            self._manager.undo()
            self._manager.clearRedo()


def _nothing() -> None:
    pass


class _Undoable:
    """One step back and forth."""

    interface = "com.sun.star.document.XUndoAction"

    def __init__(self, title: str, undo: Callable[[], None], redo: Callable[[], None]) -> None:
        self.Title = title
        self._undo, self._redo = undo, redo

    def undo(self) -> None:
        self._undo()

    def redo(self) -> None:
        self._redo()
