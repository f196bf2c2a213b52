"""What must hold for every mutant, whatever was done to it; what does not is a finding, in words."""

from __future__ import annotations

import io
import math
import re
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.fuzz.commands import Ended, every
from tests.fuzz.mutant import Mutant
from tests.fuzz.mutate_parts import CANARY
from tests.fuzz.oracle import BeyondError, Worth, worth
from tests.judges.lint.linter import lint
from xl_rebal.errors import XlRebalError
from xl_rebal.workbook.file_book import read_source

STATUSES = {0, 3, 5, 6, 10}
_UNFIT = re.compile(r"<\w+[.: ]|datetime|Uncalculated|Traceback|object at 0x")
_LOST = 1e-9
_LARGE = 2**20
_COUNT = re.compile(r"\bof \d+|(?<=cellXfs )\d+")
"""How many styles a book has differs before and after; ours inherit a broken default of the book."""


@dataclass
class Verdict:
    """``accepted`` is whether a rebalance was written, ``beyond`` why the oracle said nothing."""

    findings: list[str] = field(default_factory=list)
    accepted: bool = False
    drifted: bool = False
    compared: bool = False
    linted: bool = False
    beyond: str = ""


def judge(mutant: Mutant, folder: Path, *, write: bool = True) -> Verdict:
    """Every command on the mutant in an empty folder; without ``write`` a rebalance is a dry run."""
    book, out = folder / "book.xlsx", folder / "out.xlsx"
    book.write_bytes(mutant.content)
    ended = every(book, out, write=write)
    verdict = Verdict()
    say = verdict.findings
    for name, end in ended.items():
        say += [f"{name}: {what}" for what in _of_ending(end)]
    if book.read_bytes() != mutant.content:
        say.append("the book was changed")
    if left := {file.name for file in folder.iterdir()} - {"book.xlsx", "out.xlsx"}:
        say.append(f"left in the folder: {sorted(left)}")
    rebalanced, drifted = ended["rebalance"], ended["drift"]
    verdict.accepted = rebalanced.status == 0
    verdict.drifted = drifted.status in {0, 10}
    if (verdict.accepted and write) != out.exists():
        say.append(f"rebalance ended with {rebalanced.status}, output {out.exists()}")
    if verdict.accepted and ended["check"].status != 0:
        say.append(f"rebalance accepts what check refuses with {ended['check'].status}")
    known = _known(mutant, verdict) if verdict.drifted else None
    if known is not None:
        verdict.compared = True
        say += [f"drift: {what}" for what in _of_values(drifted.answer, known)]
    if verdict.accepted:
        say += _of_trades(rebalanced.answer, known)
    if verdict.accepted and out.exists():
        say += _of_output(mutant.content, out.read_bytes(), rebalanced.answer, verdict)
    return verdict


def _of_ending(end: Ended) -> Iterator[str]:
    if end.fault:
        yield end.fault
        return
    if end.status not in STATUSES:
        yield f"exit status {end.status}: {end.said[:300]}"
    if "Traceback" in end.said:
        yield end.said
    if not end.answer:
        yield "printed no JSON"
    if CANARY.read_text() in str(end.answer) + end.said:
        yield "an external entity was resolved"
    problems = end.answer.get("problems", [])
    if end.status not in {0, 10} and not problems:
        yield "refused without a problem"
    for problem in problems:
        words = [str(problem.get(key, "")) for key in ("found", "expected", "fix")]
        if not all(word.strip() for word in words) or not isinstance(problem.get("code"), int):
            yield f"a problem without words: {problem}"
        if any(_UNFIT.search(word) for word in words):
            yield f"a problem unfit for people: {problem}"
        if sum(map(len, words)) > 2_000:
            yield f"a problem of {sum(map(len, words)):,} characters: {words[0][:100]}"


def _known(mutant: Mutant, verdict: Verdict) -> Worth | None:
    if _is_large(mutant.content):
        verdict.beyond = "too large for openpyxl"
        return None
    try:
        return worth(mutant.content)
    except BeyondError as beyond:
        verdict.beyond = str(beyond)
        return None


def _of_values(answer: dict[str, Any], known: Worth) -> Iterator[str]:
    """Values of accounts, weights of lines that are symbols, and their targets."""
    accounts = {s["account"]: s for s in answer.get("drift", []) if s["account"]}
    worthless = {a for a, v in known.values.items() if sum(v.values()) == 0}
    if accounts.keys() - known.values.keys() or known.values.keys() - accounts.keys() - worthless:
        yield f"accounts {sorted(accounts)}, the oracle has {sorted(known.values)}"
        return
    for name, scope in accounts.items():
        value = sum(known.values[name].values())
        if not math.isclose(scope["value"], value, rel_tol=1e-9, abs_tol=0.005):
            yield f"account {name!r} is worth {scope['value']}, by the oracle {value}"
        yield from _of_lines(name, scope, known)


def _of_lines(name: str, scope: dict[str, Any], known: Worth) -> Iterator[str]:
    held, lines = known.values[name], {line["line"]: line for line in scope["lines"]}
    if not math.isclose(sum(line["current"] for line in lines.values()), 1, abs_tol=1e-6):
        yield f"weights of {name!r} add up to something else than 1"
    cash = held.get("CASH", 0.0)
    invested = sum(held.values()) - cash
    weight = 1 - lines["CASH"]["current"]
    for symbol, value in held.items():
        if symbol != "CASH" and symbol in lines and invested > 0:
            want = weight * value / invested  # holds whatever the cash buffer is
            if not math.isclose(lines[symbol]["current"], want, abs_tol=1e-9, rel_tol=1e-9):
                yield f"{symbol} in {name!r} has {lines[symbol]['current']}, by the oracle {want}"
    for key, target in (known.targets or {}).items():
        line = lines.get(key) or lines.get(key.upper())
        if line is not None and not math.isclose(line["target"], target, abs_tol=1e-9):
            yield f"the target of {key} is {line['target']}, by the oracle {target}"


def _cents(amount: float) -> int:
    return round(amount * 100)


def _of_trades(answer: dict[str, Any], known: Worth | None) -> Iterator[str]:
    for account in answer["accounts"]:
        mine = [t for t in answer["trades"] if t["account"] == account["account"]]
        sells, buys = (
            sum(_cents(t["amount"]) for t in mine if t["action"] == action)
            for action in ("Sell", "Buy")
        )
        if (abs(sells), abs(buys)) != (_cents(account["sells"]), _cents(account["buys"])):
            yield f"sells and buys of {account['account']!r} are not those of its trades"
        end = sum(_cents(account[key]) for key in ("cash_before", "new_cash", "sells"))
        end -= sum(_cents(account[key]) for key in ("buys", "costs"))
        if end != _cents(account["cash_after"]):
            yield f"cash of {account['account']!r}: {end} cents, said {account['cash_after']}"
    for trade in answer["trades"]:
        if not trade["quantity"] > 0 or not math.isfinite(trade["amount"]):
            yield f"a trade of {trade['quantity']} for {trade['amount']}"
        held = None if known is None else known.quantities.get((trade["account"], trade["symbol"]))
        if held is not None and trade["action"] == "Sell" and trade["quantity"] > held + _LOST:
            yield f"sells {trade['quantity']} {trade['symbol']}, held are {held}"


def _of_output(
    before: bytes, after: bytes, answer: dict[str, Any], verdict: Verdict
) -> Iterator[str]:
    try:
        source = read_source(after)
    except XlRebalError as error:
        yield f"the output cannot be read again: {error}"
        return
    rows = [tuple(row[1:5]) for row in source.tables["tblTrades"].rows if row[1] is not None]
    printed = [(t["account"], t["action"], t["symbol"], t["quantity"]) for t in answer["trades"]]
    if rows != printed:
        yield f"the output has the trades {rows[:5]}, printed were {printed[:5]}"
    if CANARY.read_bytes() in b"".join(_contents(after)):
        yield "an external entity is in the output"
    if _is_large(before):
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            known = {_alike(finding) for finding in lint(before)}
    except (ValueError, TypeError, AttributeError, OverflowError, LookupError):
        return  # beyond the linter already before
    if any("malformed xml" in finding for finding in known):
        return  # it saw only a part of the book: whatever it sees now would be new
    verdict.linted = True
    for finding in lint(after):
        if _alike(finding) not in known:
            yield f"lint: {finding}"


def _alike(finding: str) -> str:
    """Names of parts are written with slashes, whatever they had before."""
    return _COUNT.sub("", finding).replace("\\", "/")


def _is_large(data: bytes) -> bool:
    """Padded: reading it with openpyxl or our linter takes longer than all that the product does."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return sum(entry.file_size for entry in archive.infolist()) > _LARGE


def _contents(data: bytes) -> Iterator[bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if "worksheets" in name or "sharedStrings" in name:
                yield archive.read(name)
