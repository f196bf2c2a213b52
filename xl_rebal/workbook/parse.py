"""Tables and settings to the model; every Problem collected with its cell, refused once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from xl_rebal import cells
from xl_rebal.cells import RawCell, Refusal, is_blank
from xl_rebal.errors import Code, InputError
from xl_rebal.model.plan import (
    BandKind,
    BandRule,
    Costs,
    Destination,
    Method,
    Plan,
    TargetLine,
    Targets,
)
from xl_rebal.model.portfolio import CASH, Account, Household, Lot, Position
from xl_rebal.model.prices import Prices
from xl_rebal.model.securities import Securities, Security
from xl_rebal.numerics.tolerance import TARGET_SUM_TOLERANCE
from xl_rebal.wording import did_you_mean, listed, percent, points, shown
from xl_rebal.workbook import layout
from xl_rebal.workbook.book import RawTable, Source
from xl_rebal.workbook.layout import SETTINGS_BY_NAME, TableLayout
from xl_rebal.workbook.tables import Problems, TypedRow, read_cell, typed_rows

ONLY_ACCOUNT = "Main"
"""The account's name where the book names none."""

_NO_PRICES = Prices((), (), np.empty((0, 0)))


@dataclass(frozen=True)
class Desk:
    """A book, understood: what the commands work on. ``as_of`` is the day of the prices used."""

    household: Household
    securities: Securities
    prices: Prices
    plan: Plan
    as_of: date | None
    currency: str
    quotes: dict[str, float]
    warnings: tuple[str, ...] = ()


def parse(source: Source) -> Desk:
    """Read a whole book; raises InputError with all problems of all sheets."""
    problems = Problems()
    rows = {
        table.name: _rows(source, table, problems)
        for table in layout.INPUT_TABLES
        if not table.open_ended
    }
    settings = _settings(source, problems)
    prices = parse_prices(source.tables.get("tblPrices"), problems)
    as_of = settings["AsOf"] if isinstance(settings["AsOf"], date) else None
    securities = _securities(rows["tblSecurities"], rows["tblHoldings"], problems)
    accounts = _accounts(rows["tblAccounts"], rows["tblHoldings"], problems)
    study = settings["PriceKind"] == "study"
    positions = _positions(
        rows["tblHoldings"], accounts, _NO_PRICES if study else prices, as_of, problems
    )
    lots = _lots(rows["tblLots"], positions, accounts, problems)
    quotes = {p.symbol: p.price for p in positions}
    _one_price_each(rows["tblHoldings"], problems)
    if not study:
        for symbol in prices.symbols:
            quote = prices.price(symbol, as_of)
            if quote is not None:
                quotes.setdefault(symbol, quote)
    known = {*quotes, *(s.symbol for s in securities), *prices.symbols, CASH}
    rule = BandRule(BandKind(str(settings["BandKind"])), _float(settings["DefaultBand"]))
    targets = _targets(rows["tblTargets"], securities, known, problems)
    if rule.kind is BandKind.VOLATILITY:
        window = int(_float(settings["CovarianceWindow"]))
        targets = _with_volatility(targets, rows["tblTargets"], prices, as_of, window, problems)
    accounts = _models(accounts, targets, rows["tblAccounts"], problems)
    if not positions and not problems.found:
        _nothing_held(source, problems)
    if problems.found:
        raise InputError(problems.found)
    plan = Plan(
        targets=targets,
        bands=rule,
        method=Method(str(settings["Method"])),
        destination=_destination(settings),
        costs=Costs(_float(settings["CostBp"]) / 1e4, _float(settings["TicketFee"])),
        minimum_trade=_float(settings["MinTrade"]),
        cash_buffer=_float(settings["CashBuffer"]),
        whole_shares=bool(settings["WholeShares"]),
        fraction_digits=int(_float(settings["FractionDigits"])),
    )
    row = prices.last_row(as_of)
    return Desk(
        household=Household(tuple(accounts.values()), tuple(positions), tuple(lots)),
        securities=securities,
        prices=prices,
        plan=plan,
        as_of=as_of if as_of or row is None else prices.dates[row],
        currency=str(settings["Currency"]),
        quotes=quotes,
    )


def _rows(source: Source, table: TableLayout, problems: Problems) -> list[TypedRow]:
    raw = source.tables.get(table.name)
    if raw is None:
        if table.required:
            near = did_you_mean(table.name, list(source.tables))
            problems.say(
                Code.MISSING_TABLE,
                f"no table named {table.name}",
                f"an Excel table {table.name} with "
                f"{listed([c.header for c in table.columns if c.required], 'and')}",
                near.replace("Did you mean", "Is it")
                or "Start from a book made by `xl-rebal new`, and keep the table's name.",
                table.sheet,
            )
        return []
    return typed_rows(raw, table, problems)


# -- settings ------------------------------------------------------------------------------------


def _settings(source: Source, problems: Problems) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, setting in SETTINGS_BY_NAME.items():
        raw = source.settings.get(name)
        value: RawCell = setting.default if raw is None or is_blank(raw.value) else raw.value
        try:
            found[name] = _setting(name, value)
        except Refusal as refusal:
            assert raw is not None, name  # a default is never refused
            problems.found.append(refusal.at(raw.sheet, raw.cell, f"setting {name}"))
            found[name] = _setting(name, setting.default)
    for name, raw in source.settings.items():
        if name not in SETTINGS_BY_NAME:
            problems.say(
                Code.UNKNOWN_WORD,
                f"a setting set_{name}",
                f"one of {listed(SETTINGS_BY_NAME)}",
                did_you_mean(name, list(SETTINGS_BY_NAME)) or "Remove the name.",
                raw.sheet,
                raw.cell,
            )
    return found


def _setting(name: str, value: RawCell) -> object:
    setting = SETTINGS_BY_NAME[name]
    if value is None:
        return None
    if name == "RebalanceTo":
        return parse_destination(value)
    if name == "FractionDigits":
        return cells.number(value, "a whole number from 0 to 6", least=0, greatest=6)
    if name == "CovarianceWindow":
        return cells.number(value, "a number of rows from 2", least=2)
    return read_cell(setting.kind, value, setting.choices)


def parse_destination(value: RawCell) -> Destination:
    """``target``, ``edge``, ``half`` or the fraction of the band to stop at; raises Refusal.

    >>> parse_destination("half"), parse_destination(0.25).fraction
    (Destination(fraction=0.5, distance=None), 0.25)
    """
    if isinstance(value, str):
        word = cells.choice(value, ("target", "edge", "half"))
        return Destination({"target": 0.0, "edge": 1.0, "half": 0.5}[word])
    expected = "target, edge, half or a fraction of the band from 0 to 1"
    return Destination(cells.number(value, expected, least=0, greatest=1))


def _destination(settings: dict[str, object]) -> Destination:
    chosen = settings["RebalanceTo"]
    assert isinstance(chosen, Destination)
    distance = settings["Distance"]
    return chosen if distance is None else replace(chosen, distance=_float(distance))


def _float(value: object) -> float:
    assert isinstance(value, (int, float)), value
    return float(value)


# -- prices --------------------------------------------------------------------------------------


def parse_prices(raw: RawTable | None, problems: Problems) -> Prices:
    """A price table: dates rising, prices above 0; a blank is a missing price, not an error."""
    if raw is None or not raw.filled():
        return _NO_PRICES
    symbols: list[str] = []
    columns: list[int] = []
    for place, header in enumerate(raw.header[1:], start=1):
        if is_blank(header):
            continue
        try:
            symbol = cells.symbol(header)
        except Refusal as refusal:
            problems.add(refusal, raw.sheet, raw.address(-1, place))
            continue
        if symbol in symbols:
            problems.say(Code.DUPLICATE, f"a second column {symbol}", "each symbol once",
                         "Remove one of the two.", raw.sheet, raw.address(-1, place))  # fmt: skip
            continue
        symbols.append(symbol)
        columns.append(place)
    dates: list[date] = []
    values: list[list[float]] = []
    for index, row in raw.filled():
        try:
            day = cells.day(row[0])
        except Refusal as refusal:
            problems.add(refusal, raw.sheet, raw.address(index, 0))
            continue
        if dates and day <= dates[-1]:
            what = "the same date twice" if day == dates[-1] else f"{day} after {dates[-1]}"
            problems.say(Code.DUPLICATE if day == dates[-1] else Code.OUT_OF_RANGE, what,
                         "dates that rise from row to row", "Sort the table by date.",
                         raw.sheet, raw.address(index, 0))  # fmt: skip
            continue
        dates.append(day)
        values.append([_price(raw, index, row, place, problems) for place in columns])
    if problems.found:
        return _NO_PRICES
    return Prices(tuple(dates), tuple(symbols), np.array(values).reshape(len(dates), -1))


def _price(
    raw: RawTable, index: int, row: tuple[RawCell, ...], place: int, problems: Problems
) -> float:
    value = row[place] if place < len(row) else None
    if type(value) is float and 0 < value < float("inf"):
        return value
    if is_blank(value):
        return float("nan")
    try:
        return cells.number(value, "a price above 0", above=0)
    except Refusal as refusal:
        problems.add(refusal, raw.sheet, raw.address(index, place))
        return float("nan")


# -- securities, accounts, holdings, lots ----------------------------------------------------------


def _securities(rows: list[TypedRow], holdings: list[TypedRow], problems: Problems) -> Securities:
    found: dict[str, Security] = {}
    for row in rows:
        symbol = row.text("Symbol")
        if symbol is None:
            continue
        if symbol in found:
            _double(row, "Symbol", symbol, problems)
            continue
        spread, fee, lot = (row.number(h) for h in ("Spread bp", "Ticket fee", "Round lot"))
        if lot == 0:
            problems.say(Code.OUT_OF_RANGE, "0", "a round lot above 0", "Leave it blank for 1.",
                         row.table.sheet, row.cell("Round lot"))  # fmt: skip
            lot = None
        found[symbol] = Security(
            symbol=symbol,
            name=row.text("Name") or "",
            asset_class=row.text("Asset class") or "",
            spread=(spread or 0.0) / 1e4,
            ticket_fee=fee,
            round_lot=lot or 1.0,
            exclude=bool(row.flag("Exclude")),
        )
    given: dict[str, str] = {}
    for row in holdings:
        symbol, asset_class = row.text("Symbol"), row.text("Asset class")
        if symbol is None or asset_class is None:
            continue
        known = given.get(symbol) or found.get(symbol, Security(symbol)).asset_class
        if known and known.casefold() != asset_class.casefold():
            problems.say(
                Code.CONFLICT, f"{symbol} in class {asset_class!r}", f"{known!r} as elsewhere",
                "Give each symbol one asset class.", row.table.sheet, row.cell("Asset class"),
            )  # fmt: skip
            continue
        given[symbol] = known or asset_class
        found[symbol] = replace(found.get(symbol, Security(symbol)), asset_class=given[symbol])
    return Securities(tuple(found.values()))


def _accounts(
    rows: list[TypedRow], holdings: list[TypedRow], problems: Problems
) -> dict[str, Account]:
    """The accounts by name; those of Holdings alone where the table is empty."""
    found: dict[str, Account] = {}
    for row in rows:
        name = row.text("Account")
        if name is None:
            problems.say(Code.MISSING_CELL, "an empty cell", "an account", "Name the account.",
                         row.table.sheet, row.cell("Account"))  # fmt: skip
            continue
        if name in found:
            _double(row, "Account", name, problems)
            continue
        may_trade = row.flag("May trade")
        found[name] = Account(
            name=name,
            model=row.text("Model") or "",
            may_trade=True if may_trade is None else may_trade,
            new_cash=row.number("New cash") or 0.0,
            minimum_cash=row.number("Minimum cash"),
            whole_shares=row.flag("Whole shares"),
            tax_type=row.text("Tax type") or "Taxable",
        )
    if found:
        return found
    names = dict.fromkeys(row.text("Account") or "" for row in holdings)
    if set(names) == {""}:
        return {ONLY_ACCOUNT: Account(ONLY_ACCOUNT)}
    return {name: Account(name) for name in names if name}


def _account_of(row: TypedRow, accounts: dict[str, Account], problems: Problems) -> str | None:
    """The account of a row; blank stands for the only one."""
    name = row.text("Account")
    if name is None:
        if len(accounts) == 1 and is_blank(
            row.table.rows[row.index][row.columns.get("Account", 0)]
        ):
            return next(iter(accounts))
        if row.values.get("Account") is None and len(accounts) != 1:
            problems.say(Code.MISSING_CELL, "an empty cell", "the account of this row",
                         f"Type {listed([shown(a) for a in accounts])}.",
                         row.table.sheet, row.cell("Account"))  # fmt: skip
        return None
    if name not in accounts:
        problems.say(Code.CONFLICT, shown(name), "an account of the Accounts table",
                     did_you_mean(name, list(accounts)) or "Add it to Accounts.",
                     row.table.sheet, row.cell("Account"))  # fmt: skip
        return None
    return name


def _positions(
    rows: list[TypedRow],
    accounts: dict[str, Account],
    prices: Prices,
    as_of: date | None,
    problems: Problems,
) -> list[Position]:
    found: dict[tuple[str, str], Position] = {}
    for row in rows:
        account, symbol = _account_of(row, accounts, problems), row.text("Symbol")
        quantity, price = row.number("Quantity"), row.number("Price")
        if quantity is None and is_blank(_raw(row, "Quantity")):
            problems.say(Code.MISSING_CELL, "an empty cell", "a quantity of 0 or more",
                         "Type 0 if none is held.", row.table.sheet, row.cell("Quantity"))  # fmt: skip
        if symbol is None or account is None or quantity is None:
            continue
        if symbol == CASH:
            if price not in (None, 1):
                problems.say(Code.OUT_OF_RANGE, shown(price), "no price, or 1, for CASH",
                             "Put the amount into Quantity.", row.table.sheet, row.cell("Price"))  # fmt: skip
            price = 1.0
        elif price is None and is_blank(_raw(row, "Price")):
            price = prices.price(symbol, as_of)
            if price is None:
                problems.say(Code.MISSING_PRICE, f"no price for {symbol}", "a price above 0",
                             "Type it here, or add it to the newest row of Prices.",
                             row.table.sheet, row.cell("Price"))  # fmt: skip
        if (account, symbol) in found:
            problems.say(Code.DUPLICATE, f"{symbol} twice in account {account!r}",
                         "one row for each account and symbol", "Add the rows up; lots go to Lots.",
                         row.table.sheet, row.cell("Symbol"))  # fmt: skip
            continue
        if price is not None:
            found[account, symbol] = Position(
                account, symbol, quantity, price, row.number("Cost basis")
            )
    return list(found.values())


def _one_price_each(rows: list[TypedRow], problems: Problems) -> None:
    """One symbol, one price: two accounts cannot trade it at two."""
    seen: dict[str, float] = {}
    for row in rows:
        symbol, price = row.text("Symbol"), row.number("Price")
        if symbol is None or price is None:
            continue
        if seen.setdefault(symbol, price) != price:
            problems.say(Code.CONFLICT, f"{price:g} for {symbol}", f"{seen[symbol]:g} as above",
                         "Give each symbol one price.", row.table.sheet, row.cell("Price"))  # fmt: skip


def _raw(row: TypedRow, header: str) -> RawCell:
    raw_row = row.table.rows[row.index]
    place = row.columns.get(header)
    return raw_row[place] if place is not None and place < len(raw_row) else None


def _lots(
    rows: list[TypedRow],
    positions: list[Position],
    accounts: dict[str, Account],
    problems: Problems,
) -> list[Lot]:
    lots: list[Lot] = []
    sums: dict[tuple[str, str], float] = defaultdict(float)
    first: dict[tuple[str, str], TypedRow] = {}
    complete = not problems.found
    for row in rows:
        account, symbol = _account_of(row, accounts, problems), row.text("Symbol")
        quantity, acquired = row.number("Quantity"), row.values.get("Acquired")
        if account is None or symbol is None or quantity is None or not isinstance(acquired, date):
            complete = False
            continue
        cost = row.number("Cost basis")
        lots.append(
            Lot(
                account=account,
                symbol=symbol,
                lot_id=row.text("Lot") or str(row.index + 1),
                quantity=quantity,
                acquired=acquired,
                cost_per_unit=None if cost is None or quantity == 0 else cost / quantity,
                do_not_sell=bool(row.flag("Do not sell")),
            )
        )
        sums[account, symbol] += quantity
        first.setdefault((account, symbol), row)
    if not complete:
        return lots
    held = {(p.account, p.symbol): p.quantity for p in positions}
    for (account, symbol), total in sums.items():
        have = held.get((account, symbol), 0.0)
        if abs(total - have) > 1e-6 * max(1.0, have):
            row = first[account, symbol]
            problems.say(
                Code.CONFLICT, f"lots of {symbol} in {account!r} that add to {total:g}",
                f"{have:g} as in Holdings", "Correct the lots or the holding.",
                row.table.sheet, row.cell("Quantity"),
            )  # fmt: skip
    return lots


def _double(row: TypedRow, header: str, value: str, problems: Problems) -> None:
    problems.say(Code.DUPLICATE, f"{value!r} a second time", "each one once",
                 "Remove one of the rows.", row.table.sheet, row.cell(header))  # fmt: skip


def _nothing_held(source: Source, problems: Problems) -> None:
    table = source.tables["tblHoldings"]
    problems.say(Code.NOTHING_TO_READ, "no holdings", "at least one row",
                 "Type account, symbol, quantity and price; cash is a row with symbol CASH.",
                 table.sheet, table.address(0, 0))  # fmt: skip


# -- targets -------------------------------------------------------------------------------------


def _targets(
    rows: list[TypedRow], securities: Securities, known: set[str], problems: Problems
) -> tuple[Targets, ...]:
    classes = {s.asset_class.casefold(): s.asset_class for s in securities if s.asset_class}
    by_model: dict[str, list[tuple[TypedRow, TargetLine]]] = defaultdict(list)
    for row in rows:
        line = _target_line(row, classes, known, problems)
        if line is None:
            continue
        model = row.text("Model") or ""
        if any(line.key == other.key for _, other in by_model[model]):
            _double(row, "Asset class or Symbol", line.key, problems)
            continue
        by_model[model].append((row, line))
    if "" in by_model and len(by_model) > 1:
        row = by_model[""][0][0]
        problems.say(Code.MISSING_CELL, "an empty cell beside named models", "a model",
                     f"Type {listed([shown(m) for m in by_model if m])}.",
                     row.table.sheet, row.cell("Model"))  # fmt: skip
    return tuple(_complete(model, pairs, problems) for model, pairs in by_model.items() if pairs)


def _target_line(
    row: TypedRow, classes: dict[str, str], known: set[str], problems: Problems
) -> TargetLine | None:
    key, weight = row.text("Asset class or Symbol"), row.number("Target")
    if key is None or weight is None:
        return None
    asset_class = classes.get(key.casefold())
    is_class = asset_class is not None and key.upper() not in known
    if not is_class and key.upper() not in known and weight > 0:
        words = [*classes.values(), *sorted(known)]
        problems.say(
            Code.UNKNOWN_SYMBOL, shown(key), "a symbol or asset class that the book knows",
            did_you_mean(key, words)
            or "Give it a row in Holdings (quantity 0 will do), or a class in Securities.",
            row.table.sheet, row.cell("Asset class or Symbol"),
        )  # fmt: skip
        return None
    low, high = row.number("Minimum"), row.number("Maximum")
    if (low is not None and low > weight) or (high is not None and high < weight):
        problems.say(
            Code.OUT_OF_RANGE, f"a target of {percent(weight, 2)} outside its own limits",
            f"at least {percent(low or 0, 2)} and at most {percent(1 if high is None else high, 2)}",
            "Correct the target, minimum or maximum.", row.table.sheet, row.cell("Target"),
        )  # fmt: skip
        return None
    return TargetLine(
        key=asset_class if is_class and asset_class else key.upper(),
        weight=weight,
        is_class=is_class,
        band_absolute=row.number("Band absolute"),
        band_relative=row.number("Band relative"),
        minimum=low,
        maximum=high,
        volatility=row.number("Volatility"),
    )


def _complete(model: str, pairs: list[tuple[TypedRow, TargetLine]], problems: Problems) -> Targets:
    """One model's targets, normalised exactly once they add to 100 % within the tolerance."""
    if not problems.found:
        check_target_sum([row for row, _ in pairs], problems)
    total = sum(line.weight for _, line in pairs) or 1.0
    return Targets(tuple(replace(line, weight=line.weight / total) for _, line in pairs), model)


def check_target_sum(rows: list[TypedRow], problems: Problems) -> None:
    """Targets of one model must add to 100 % within the tolerance; said at the first of them."""
    weights = [row.number("Target") for row in rows]
    total = sum(weight for weight in weights if weight is not None)
    if not rows or None in weights or abs(total - 1) <= TARGET_SUM_TOLERANCE:
        return
    model = rows[0].text("Model")
    rest = f"{points(total - 1)} {'missing' if total < 1 else 'too much'}"
    of_model = f" of model {model!r}" if model else ""
    problems.say(
        Code.WEIGHTS_SUM, f"targets{of_model} that add to {percent(total, 2)} ({rest})",
        "100 %", "Change a target; what stays in cash is a row CASH.",
        rows[0].table.sheet, rows[0].cell("Target"),
    )  # fmt: skip


def _with_volatility(
    targets: tuple[Targets, ...],
    rows: list[TypedRow],
    prices: Prices,
    as_of: date | None,
    window: int,
    problems: Problems,
) -> tuple[Targets, ...]:
    place = {
        (row.text("Model") or "", row.text("Asset class or Symbol") or ""): row for row in rows
    }

    def estimated(model: str, line: TargetLine) -> TargetLine:
        if line.volatility is not None or line.key == CASH:
            return replace(line, volatility=line.volatility or 0.0)
        found = None if line.is_class else prices.annual_volatility(line.key, as_of, window)
        if found is None:
            row = next(
                (r for (m, k), r in place.items() if m == model and k.upper() == line.key.upper()),
                rows[0],
            )
            problems.say(
                Code.MISSING_RISK, f"no volatility for {line.key}",
                f"one a year, or {window + 1} rows of its prices up to the date",
                "Type it into Volatility, or choose another BandKind.",
                row.table.sheet, row.cell("Volatility"),
            )  # fmt: skip
        return replace(line, volatility=found or 0.0)

    return tuple(
        replace(t, lines=tuple(estimated(t.model, line) for line in t.lines)) for t in targets
    )


def _models(
    accounts: dict[str, Account],
    targets: tuple[Targets, ...],
    rows: list[TypedRow],
    problems: Problems,
) -> dict[str, Account]:
    """Check that each account's model exists; blank is fine where there is only one."""
    if not targets:
        if not problems.found:
            problems.say(Code.NOTHING_TO_READ, "no targets", "rows that add to 100 %",
                         "Type a symbol or asset class and its weight.", "Targets")  # fmt: skip
        return accounts
    if len(targets) == 1 and not targets[0].model:
        return accounts
    names = [t.model for t in targets]
    for row in rows:
        model, account = row.text("Model") or "", row.text("Account")
        if account is None or model in names or (not model and len(names) == 1):
            continue
        problems.say(
            Code.UNKNOWN_WORD, shown(model), f"a model of Targets: {listed(names)}",
            did_you_mean(model, names), row.table.sheet, row.cell("Model"),
        )  # fmt: skip
    if len(names) > 1 and not rows and not problems.found:
        problems.say(Code.MISSING_TABLE, "several models but no accounts",
                     "each account's model in Accounts", "Fill in Accounts.", "Accounts")  # fmt: skip
    return {
        name: replace(account, model=account.model or names[0])
        for name, account in accounts.items()
    }
