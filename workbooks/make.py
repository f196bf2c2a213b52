"""Write the workbooks of this folder: python -m workbooks.make"""

from __future__ import annotations

from pathlib import Path

from xl_rebal.examples import CONTENTS
from xl_rebal.generate import generate

FOLDER = Path(__file__).parent
NAMES = {
    "template.xlsx": "empty",
    "example-stocks.xlsx": "stocks",
    "example-multi-asset.xlsx": "multi-asset",
}

if __name__ == "__main__":
    for name, example in NAMES.items():
        (FOLDER / name).write_bytes(generate(CONTENTS[example]()))
