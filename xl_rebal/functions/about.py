"""Checking a range, and which version answers."""

from typing import Annotated

from xl_rebal import __version__, arguments
from xl_rebal.arguments import Grid
from xl_rebal.cells import RawCell
from xl_rebal.functions.shared import Headers, with_headers
from xl_rebal.wording import listed
from xl_rebal.worksheet import Answer, Arg, worksheet_function

KINDS = ("holdings", "lots", "targets", "prices", "transactions", "securities")


@worksheet_function(
    returns='rows: Code, Cell, Found, Expected, Fix, one a problem; or "OK"',
    example=([["Symbol", "Weight"], ["AAA", 0.97]], "targets"),
)
def check(
    range: Annotated[  # noqa: A002  the word a spreadsheet user knows
        Grid,
        Arg(
            "The table to check, with its header row; holdings and targets may stand without one, as in "
            "XR_TRADES.",
            arguments.block,
            "",
            "range",
        ),
    ],
    kind: Annotated[
        str,
        Arg(
            f"{listed(KINDS)}.",
            arguments.word(*KINDS),
            "word",
        ),
    ],
    headers: Headers = True,
) -> Answer:
    """Every problem of a range of holdings, targets, prices, lots and so on, or OK."""
    from xl_rebal.functions.work.ranges import problems_of

    found = problems_of(range, kind)
    if not found:
        return "OK"
    rows: list[list[RawCell]] = [
        [int(problem.code), problem.cell, problem.found, problem.expected, problem.fix]
        for problem in found
    ]
    return with_headers(["Code", "Cell", "Found", "Expected", "Fix"], rows, headers)


@worksheet_function(returns="text: xl_rebal and its version", example=())
def version() -> Answer:
    """The version of xl_rebal that answers."""
    return f"xl_rebal {__version__}"
