"""What a record of transactions comes to: open lots, and what each sale meant for taxes."""

from datetime import date
from typing import Annotated

from xl_rebal.functions.shared import Headers, read_day
from xl_rebal.functions.tax_arguments import (
    ALL_ACCOUNTS,
    FIFO,
    RECORD,
    MethodArg,
    ScopeArg,
    SecuritiesArg,
    TransactionsArg,
)
from xl_rebal.worksheet import Answer, Arg, worksheet_function


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
    from xl_rebal.functions.work import ledgers

    return ledgers.open_lots(transactions, as_of, method, scope, securities, headers)


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
    from xl_rebal.functions.work import ledgers

    return ledgers.sold_lots(transactions, scope, method, securities, headers)
