"""What a command is, what it answers, and how its settings are overridden."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from xl_rebal.engine.after_tax_study import AfterTaxStudy
from xl_rebal.engine.band_study import BandStudy
from xl_rebal.engine.report import DriftReport
from xl_rebal.engine.study import Rival, Study
from xl_rebal.engine.taxes.harvested import Harvested
from xl_rebal.errors import Code, InputError, Note, Problem, XlRebalError
from xl_rebal.model.trades import TradeList
from xl_rebal.wording import did_you_mean, listed
from xl_rebal.workbook.book import Book, RawSetting, Source
from xl_rebal.workbook.layout import SETTINGS_BY_NAME, WORD_OR_NUMBER, Kind
from xl_rebal.workbook.parse import Desk
from xl_rebal.workbook.places import placed


@dataclass(frozen=True)
class Summary:
    """What a command found, for a host to show. ``status`` is one word."""

    status: str
    sentence: str
    desk: Desk
    report: DriftReport | None = None
    traded: TradeList | None = None
    notes: tuple[Note, ...] = field(default=())
    study: Study | None = None
    rivals: tuple[Rival, ...] = ()
    bands: BandStudy | None = None
    harvested: Harvested | None = None
    taxed: AfterTaxStudy | None = None


@contextmanager
def at_their_places(desk: Desk) -> Iterator[None]:
    """What the engine refuses of a book is said with sheet and cell."""
    try:
        yield
    except XlRebalError as error:
        raise type(error)(placed(error.problems, desk.places)) from error


Run = Callable[[Book, Mapping[str, str]], Summary]


@dataclass(frozen=True)
class Button:
    """A command's place on the ribbon: its group, an icon of Office by name, the key after Alt."""

    group: str
    icon: str
    keytip: str
    large: bool = False


@dataclass(frozen=True)
class Command:
    """One command: ``label`` on a button, ``help`` as its one-sentence tip."""

    name: str
    label: str
    help: str
    run: Run
    writes: bool
    button: Button | None = None


def with_settings(source: Source, settings: Mapping[str, str]) -> Source:
    """The source with settings overridden by words such as ``CostBp=5``."""
    problems = []
    changed = dict(source.settings)
    for name, word in settings.items():
        known = {setting.casefold(): setting for setting in SETTINGS_BY_NAME}
        key = known.get(name.removeprefix("set_").casefold())
        if key is None:
            problems.append(
                Problem(Code.UNKNOWN_WORD, repr(name), f"one of {listed(SETTINGS_BY_NAME)}",
                        did_you_mean(name, list(SETTINGS_BY_NAME)), argument="--set")
            )  # fmt: skip
            continue
        changed[key] = RawSetting(_typed(key, word), f"--set {key}", "")
    if problems:
        raise InputError(problems)
    return replace(source, settings=changed)


def _typed(name: str, word: str) -> str | float | None:
    """A word of the command line as a cell: numbers and per cents become numbers."""
    text = word.strip()
    if not text:
        return None
    if SETTINGS_BY_NAME[name].kind is Kind.TEXT and name not in WORD_OR_NUMBER:
        return text
    try:
        if text.endswith("%"):
            return float(text[:-1]) / 100
        return float(text)
    except ValueError:
        return text
