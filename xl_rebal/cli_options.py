"""Arguments and options of the command line, declared apart from its commands."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from xl_rebal.imports.choices import Close, Decimal, Order, Prefer

Book = Annotated[Path, typer.Argument(help="The workbook (.xlsx or .xlsm).", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="Print JSON with unrounded numbers.")]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Override a setting, for example CostBp=5."),
]
Quiet = Annotated[bool, typer.Option("--quiet", help="Say nothing but the result.")]
Out = Annotated[
    Path | None,
    typer.Option("-o", "--out", help="Where to write the result.", show_default=False),
]
InPlace = Annotated[
    bool, typer.Option("--in-place", help="Write the results into the book itself.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show the result, write nothing.")]
Force = Annotated[bool, typer.Option("--force", help="Replace the output if it exists.")]
InterpreterPath = Annotated[
    str | None,
    typer.Option(
        "--interpreter", metavar="PATH", help="The Python that Excel starts; otherwise this one, where "
        "Excel can be.", show_default=False,
    ),
]  # fmt: skip
PricesFile = Annotated[
    Path,
    typer.Option(
        "--prices", metavar="FILE", help="The file: .csv or .xlsx, one column a symbol, one row a "
        "price, or one symbol.", show_default=False,
    ),
]  # fmt: skip
Preferred = Annotated[
    Prefer | None,
    typer.Option(
        "--prefer", help="Whose price stays where book and file differ; nothing is written without.",
        show_default=False,
    ),
]  # fmt: skip
Symbol = Annotated[
    str | None,
    typer.Option("--symbol", help="Of a file that names none; else its name.", show_default=False),
]
Dates = Annotated[
    Order | None,
    typer.Option("--dates", help="Order of day, month, year, if no row settles it.",
                 show_default=False),
]  # fmt: skip
DecimalSign = Annotated[
    Decimal | None,
    typer.Option("--decimal", help="Decimal sign, if no number settles it.", show_default=False),
]
WhichClose = Annotated[
    Close | None,
    typer.Option(
        "--close", help="Which close; otherwise adjusted for study, plain where PriceKind is "
        "tradable.", show_default=False,
    ),
]  # fmt: skip
TaxYear = Annotated[
    int | None,
    typer.Option(
        "--year",
        min=1900,
        max=9999,
        help="The tax year; otherwise that of AsOf.",
        show_default=False,
    ),
]
SheetName = Annotated[
    str | None,
    typer.Option("--sheet", metavar="NAME", help="Sheet of an .xlsx file.", show_default=False),
]
OptionalBook = Annotated[
    Path | None,
    typer.Argument(help="A workbook, to see whether it fits this machine.", show_default=False),
]
