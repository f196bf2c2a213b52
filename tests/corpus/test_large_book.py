"""A sheet formatted down to its last rows: nothing in them, but a million of them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.corpus.good_book import GOOD_TRADES, Case, as_before, resize
from tests.workbook.package_books import edited, sheet_part

pytest.importorskip("resource", reason="only Unix says how much memory a process took")

FIRST, LAST = 10, 1_000_009
SECONDS, MEGABYTES = 30, 1000
"""About 5 s of the processor and 300 MB."""

# In a process of its own: only that can say how much memory it took.
_COMMANDS = """
import contextlib, io, json, resource, sys, time
from xl_rebal import cli

book, out = sys.argv[1:]
started, statuses = time.process_time(), []
for words in (["check", book], ["drift", book], ["rebalance", book, "-o", out]):
    sys.argv = ["xl-rebal", *words, "--json"]
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        try:
            cli.main()
        except SystemExit as ended:
            statuses.append(ended.code)
print(json.dumps({
    "statuses": statuses,
    "trades": len(json.loads(said.getvalue())["trades"]),
    "seconds": time.process_time() - started,
    "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
}))
"""


def formatted_to_the_end(data: bytes) -> bytes:
    rows = "".join(
        f'<row r="{row}" s="1" customFormat="1"><c r="A{row}" s="1"/></row>'
        for row in range(FIRST, LAST + 1)
    )
    return edited(
        data,
        {sheet_part(data, "Holdings"): lambda t: t.replace("</sheetData>", f"{rows}</sheetData>")},
    )


@pytest.mark.long
def test_a_million_empty_formatted_rows_take_seconds_and_little_memory(tmp_path: Path) -> None:
    book, out = tmp_path / "book.xlsx", tmp_path / "out.xlsx"
    change = resize("Holdings", f"A3:F{LAST}")
    book.write_bytes(formatted_to_the_end(Case("large", as_before(), change).content()))
    done = subprocess.run(
        [sys.executable, "-c", _COMMANDS, str(book), str(out)],
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout)

    assert found["statuses"] == [0, 0, 0]
    assert found["trades"] == len(GOOD_TRADES)
    assert found["seconds"] < SECONDS
    assert found["megabytes"] < MEGABYTES
