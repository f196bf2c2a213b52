"""The cell that says where a trade ends."""

from __future__ import annotations

from xl_rebal import cells
from xl_rebal.cells import RawCell
from xl_rebal.model.destination import Destination


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
