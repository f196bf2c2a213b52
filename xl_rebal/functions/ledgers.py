"""What a record of transactions comes to: open lots, and what each sale meant for taxes."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from xl_rebal.cells import RawCell
from xl_rebal.functions.shared import Headers, with_headers
from xl_rebal.functions.study_arguments import read_day
from xl_rebal.functions.tax_arguments import (
    ALL_ACCOUNTS,
    FIFO,
    RECORD,
    MethodArg,
    ScopeArg,
    SecuritiesArg,
    TransactionsArg,
    or_unknown,
    read_record,
    term,
    worked_out,
)
from xl_rebal.tax.methods import LotMethod, WashScope
from xl_rebal.worksheet import Answer, Arg, worksheet_function

_LOTS: list[RawCell] = [
    "Account", "Symbol", "Lot", "Acquired", "Quantity", "Adjusted basis", "Adjusted date",
]  # fmt: skip
_SALES: list[RawCell] = [
    "Date", "Account", "Symbol", "Lot", "Quantity", "Proceeds", "Basis", "Disallowed", "Recognised",
    "Term",
]  # fmt: skip


@worksheet_function(
    returns="rows: Account, Symbol, Lot, Acquired, Quantity (shares), Adjusted basis (currency, of the whole "
    "lot), Adjusted date",
    example=(RECORD,),
    category="Taxes",
    spills=True,
)
def lots(
    transactions: TransactionsArg,
    as_of: Annotated[
        date | None, Arg("The day at whose end they are open; all rows if left out.", read_day)
    ] = None,
    method: MethodArg = FIFO,
    scope: ScopeArg = ALL_ACCOUNTS,
    securities: SecuritiesArg = None,
    headers: Headers = True,
) -> Answer:
    """The lots that transactions leave, with bases and dates adjusted by wash sales (US rules)."""
    made, _ = read_record(transactions, securities)
    found = worked_out(made, as_of=as_of, method=LotMethod(method), scope=WashScope(scope))
    rows: list[list[RawCell]] = [
        [each.account, each.symbol, each.lot_id, each.acquired, each.quantity, or_unknown(each.basis),
         each.adjusted]
        for each in found.lots
    ]  # fmt: skip
    return with_headers(_LOTS, rows, headers)


@worksheet_function(
    returns="rows: Date, Account, Symbol, Lot, Quantity (shares), Proceeds, Basis, Disallowed, Recognised "
    "(currency), Term",
    example=(RECORD,),
    category="Taxes",
    spills=True,
)
def wash(
    transactions: TransactionsArg,
    scope: ScopeArg = ALL_ACCOUNTS,
    method: MethodArg = FIFO,
    securities: SecuritiesArg = None,
    headers: Headers = True,
) -> Answer:
    """Each sold lot: proceeds, adjusted basis, the loss that a wash sale disallows, what is recognised."""
    made, _ = read_record(transactions, securities)
    found = worked_out(made, method=LotMethod(method), scope=WashScope(scope))
    rows: list[list[RawCell]] = [
        [each.day, each.account, each.symbol, each.lot_id, each.quantity, each.proceeds,
         or_unknown(each.basis), or_unknown(each.disallowed), or_unknown(each.recognised),
         term(each.is_long)]
        for each in found.sales
    ]  # fmt: skip
    return with_headers(_SALES, rows, headers)
