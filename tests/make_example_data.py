"""Take the example's prices out of the PyPI package bokeh-sampledata (2026.1); run by hand.

pip install bokeh-sampledata==2026.1 && python tests/make_example_data.py
"""

from __future__ import annotations

import gzip
import io
from importlib.resources import files
from pathlib import Path

import pandas as pd

OUT = Path(__file__).parent.parent / "xl_rebal" / "examples" / "data" / "stocks.csv.gz"


def main() -> None:
    raw = (files("bokeh_sampledata") / "_data" / "stocks.csv.gz").read_bytes()
    table = pd.read_csv(io.BytesIO(gzip.decompress(raw)))
    wide = table.pivot_table(index="Date", columns="Ticker", values="Adj Close")
    text = wide[["AAPL", "GOOG", "IBM", "MSFT"]].to_csv(float_format="%.10g", lineterminator="\n")
    with OUT.open("wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
        packed.write(text.encode())
    print(table[table["Date"] == wide.index[-1]])


if __name__ == "__main__":
    main()
