"""The values that our calculated columns show, for any book that was read.

They are stored beside the formulas, so that viewers which do not calculate show numbers. A row that
cannot be computed gets what its formula would show. That both agree is tested in LibreOffice.
"""

from __future__ import annotations

from collections.abc import Mapping

from xl_rebal.cells import RawCell, is_blank
from xl_rebal.model.plan import Method
from xl_rebal.workbook.book import RawSetting, RawTable, Source
from xl_rebal.workbook.calculated_lots import lot_columns
from xl_rebal.workbook.headers import folded, match_columns
from xl_rebal.workbook.layout import ACCOUNTS, HOLDINGS, LOTS, SETTINGS_BY_NAME, TABLES, TARGETS
from xl_rebal.workbook.problems import Problems
from xl_rebal.workbook.sheet_values import is_number, number_in, same

Row = Mapping[str, RawCell]
Columns = dict[str, list[RawCell]]


def calculated_values(source: Source) -> dict[str, Columns]:
    """Table name to header to one value a row, as the sheet's own formulas give."""
    book = _Sheet(source)
    return {
        HOLDINGS.name: book.holdings,
        ACCOUNTS.name: book.accounts,
        LOTS.name: book.lots,
        TARGETS.name: book.targets,
    }


def calculated_cells(source: Source) -> dict[tuple[str, str], RawCell]:
    """(sheet, cell) to value for every calculated column of a book that was read."""
    found: dict[tuple[str, str], RawCell] = {}
    for name, columns in calculated_values(source).items():
        raw = source.tables.get(name)
        if raw is None:
            continue
        headers = [folded(header) for header in raw.header]
        for header, values in columns.items():
            if folded(header) not in headers:
                continue
            place = headers.index(folded(header))
            for index, value in enumerate(values):
                found[raw.sheet, raw.address(index, place)] = value
    return found


class _Sheet:
    def __init__(self, source: Source) -> None:
        self._settings: Mapping[str, RawSetting] = source.settings
        self._rows = {name: rows_by_header(source.tables.get(name)) for name in TABLES}
        self._prices = source.tables.get("tblPrices")
        named = (row.get("Model") for row in self._rows[TARGETS.name])
        self._first_model: RawCell = next((m for m in named if not is_blank(m)), "all")
        self.accounts = self._accounts()
        self.holdings = self._holdings()
        self.lots = lot_columns(
            self._rows[LOTS.name], self._rows[HOLDINGS.name], self.holdings["Value"], self._as_of()
        )
        self.targets = self._targets()

    def _setting(self, name: str) -> RawCell:
        raw = self._settings.get(name)
        blank = raw is None or is_blank(raw.value)
        return SETTINGS_BY_NAME[name].default if raw is None or blank else raw.value

    def _as_of(self) -> float:
        """The day that a lot's term is told for, as a serial number; 0 where there is none."""
        as_of = self._setting("AsOf")
        if not is_blank(as_of):
            return number_in(as_of)
        table = self._prices
        names = [folded(header) for header in table.header] if table is not None else []
        if table is None or "date" not in names:
            return 0.0
        place = names.index("date")
        days = (table.at(index, place) for index in range(len(table.rows)))
        return max((number_in(day) for day in days if is_number(day)), default=0.0)

    def _accounts(self) -> Columns:
        kept: list[RawCell] = []
        used: list[RawCell] = []
        for row in self._rows[ACCOUNTS.name]:
            if is_blank(row.get("Account")):
                kept.append("")
                used.append("")
                continue
            own, model = row.get("Minimum cash"), row.get("Model")
            kept.append(number_in(self._setting("CashBuffer")) if is_blank(own) else own)
            plain = is_blank(model) or same(self._first_model, "all")
            used.append(self._first_model if plain else model)
        return {"Cash kept": kept, "Model used": used}

    def _holdings(self) -> Columns:
        rows = self._rows[HOLDINGS.name]
        values = [self._value(row) for row in rows]
        total = sum(number_in(value) for value in values)
        keys = [row.get("Asset class or Symbol") for row in self._rows[TARGETS.name]]
        return {
            "Value": values,
            "Weight": [
                "" if value == "" else number_in(value) / total if total else 0.0
                for value in values
            ],
            "Target line": [self._line(row, keys) for row in rows],
            "Model": [self._model(row) for row in rows],
        }

    def _value(self, row: Row) -> RawCell:
        symbol = row.get("Symbol")
        if is_blank(symbol):
            return ""
        if same(symbol, "CASH"):
            price = 1.0
        else:
            price = number_in(row.get("Price"))
            price = price if price > 0 else self._quote(symbol)
        return number_in(row.get("Quantity")) * price

    def _quote(self, symbol: RawCell) -> float:
        table = self._prices
        if table is None or not same(self._setting("PriceKind"), "tradable"):
            return 0.0
        as_of = self._setting("AsOf")
        limit = float("inf") if is_blank(as_of) else number_in(as_of)
        column = next((i for i, head in enumerate(table.header) if same(head, symbol)), None)
        found = None
        for row in table.rows:
            if is_number(row[0]) and number_in(row[0]) <= limit:
                found = row
        return 0.0 if found is None or column is None else number_in(found[column])

    def _line(self, row: Row, keys: list[RawCell]) -> RawCell:
        symbol = row.get("Symbol")
        if is_blank(symbol):
            return ""
        if any(same(key, symbol) for key in keys):
            return symbol
        asset_class = row.get("Asset class")
        if is_blank(asset_class):
            asset_class = next(
                (
                    security.get("Asset class")
                    for security in self._rows["tblSecurities"]
                    if same(security.get("Symbol"), symbol)
                ),
                "",
            )
        if not is_blank(asset_class) and any(same(key, asset_class) for key in keys):
            return asset_class
        return self._served(symbol, keys)

    def _served(self, symbol: RawCell, keys: list[RawCell]) -> RawCell:
        """The first security with a target that names the symbol as a substitute."""
        wanted = _compact(symbol)
        for security in self._rows["tblSecurities"]:
            own = security.get("Symbol")
            words = _compact(security.get("Substitutes")).replace(";", ",").split(",")
            if not is_blank(own) and wanted in words and any(same(key, own) for key in keys):
                return own
        return "no target"

    def _model(self, row: Row) -> RawCell:
        if is_blank(row.get("Symbol")):
            return ""
        for account, used in zip(
            self._rows[ACCOUNTS.name], self.accounts["Model used"], strict=True
        ):
            if not is_blank(account.get("Account")) and same(
                account.get("Account"), row.get("Account")
            ):
                return used
        return self._first_model

    def _targets(self) -> Columns:
        found: Columns = {name: [] for name in ("Base", "Current", "Drift", "Band", "Status")}
        for row in self._rows[TARGETS.name]:
            answer: tuple[RawCell, ...] = ("",) * 5
            if not is_blank(row.get("Asset class or Symbol")):
                answer = self._target(row)
            for name, value in zip(found, answer, strict=True):
                found[name].append(value)
        return found

    def _target(self, row: Row) -> tuple[RawCell, ...]:
        key = row.get("Asset class or Symbol")
        model = "all" if is_blank(row.get("Model")) else row.get("Model")
        value = self._sum(model, None)
        base = value - self._kept(model)
        mine = self._sum(model, key) - (value - base if same(key, "CASH") else 0.0)
        current = mine / base if base else 0.0
        if same(self._setting("Method"), Method.TACTICAL.value):
            return base, current, "see run", "see run", "see run"
        target = number_in(row.get("Target"))
        drift = current - target
        band = self._band(row, target, drift)
        if band is None:
            return base, current, drift, "see run", "see run"
        size = abs(drift)
        status = "out" if size > band + 1e-12 else "near" if size > 0.75 * band + 1e-12 else "in"
        return base, current, drift, band, status

    def _sum(self, model: RawCell, line: RawCell) -> float:
        columns = self.holdings
        return sum(
            number_in(value)
            for value, at, of in zip(
                columns["Value"], columns["Target line"], columns["Model"], strict=True
            )
            if same(of, model) and (line is None or same(at, line))
        )

    def _kept(self, model: RawCell) -> float:
        listed = any(not is_blank(row.get("Account")) for row in self._rows[ACCOUNTS.name])
        if not listed:
            names = {
                str(row.get("Account")).casefold()
                for row in self._rows[HOLDINGS.name]
                if not is_blank(row.get("Account"))
            }
            return number_in(self._setting("CashBuffer")) * max(1, len(names))
        return sum(
            number_in(kept)
            for kept, used in zip(
                self.accounts["Cash kept"], self.accounts["Model used"], strict=True
            )
            if same(used, model)
        )

    def _band(self, row: Row, target: float, drift: float) -> float | None:
        """The half-width on the side of the drift; None where only a run can tell it."""
        absolute, relative = row.get("Band absolute"), row.get("Band relative")
        limit = row.get("Maximum" if drift >= 0 else "Minimum")
        given = [cell for cell in (absolute, relative, limit) if not is_blank(cell)]
        if not all(is_number(cell) for cell in given):
            return None
        widths = [] if is_blank(absolute) else [number_in(absolute)]
        if not is_blank(relative):
            widths.append(number_in(relative) * target)
        if not widths:
            default = self._default_band(row, target)
            if default is None:
                return None
            widths = [default]
        if not is_blank(limit):
            room = number_in(limit) - target
            widths.append(room if drift >= 0 else -room)
        return min(widths)

    def _default_band(self, row: Row, target: float) -> float | None:
        width, kind = number_in(self._setting("DefaultBand")), self._setting("BandKind")
        cash = same(row.get("Asset class or Symbol"), "CASH")
        is_idle = target == 0 or (
            same(kind, "volatility") and number_in(row.get("Volatility")) == 0
        )
        if (cash and is_idle) or same(kind, "absolute"):
            return width
        if same(kind, "relative"):
            return width * target
        if same(kind, "5/25"):
            return min(width, 0.25 * target)
        mean = 0.0
        for other in self._rows[TARGETS.name]:
            key = other.get("Asset class or Symbol")
            if not same(other.get("Model"), row.get("Model")):
                continue
            blank = is_blank(other.get("Volatility"))
            if blank and not is_blank(key) and not same(key, "CASH"):
                return None
            mean += number_in(other.get("Target")) * number_in(other.get("Volatility"))
        return width * number_in(row.get("Volatility")) / mean if mean else None


def _compact(cell: RawCell) -> str:
    """Text in capitals without blanks."""
    return "" if is_blank(cell) else str(cell).upper().replace(" ", "")


def rows_by_header(raw: RawTable | None) -> list[Row]:
    """Every row of the table, blank ones too, by the layout's headers."""
    if raw is None or TABLES[raw.name].open_ended:
        return []
    columns = match_columns(raw, TABLES[raw.name], Problems())
    return [{header: row[place] for header, place in columns.items()} for row in raw.rows]
