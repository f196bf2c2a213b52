"""What a document that is open in Calc may hold, in stand-ins for it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from xl_rebal.errors import WriteError
from xl_rebal.workbook.areas import Area
from xl_rebal.workbook.uno_charts import Moved, following
from xl_rebal.workbook.uno_obstacles import refuse_read_only


def test_a_chart_that_shows_nothing_is_passed_over() -> None:
    charts = [
        SimpleNamespace(EmbeddedObject=None),
        SimpleNamespace(EmbeddedObject=SimpleNamespace(getFirstDiagram=lambda: None)),
    ]
    document = SimpleNamespace(Sheets=[SimpleNamespace(Charts=charts)])

    assert following(document, [Moved("Data", Area(3, 1, 4, 2), Area(3, 1, 9, 2))]) == []


def test_a_document_for_reading_only_is_refused_in_words() -> None:
    document = SimpleNamespace(isReadonly=lambda: True, Title="desk.ods")

    with pytest.raises(
        WriteError, match=r"#XR403 desk\.ods: found a document that is open for reading"
    ):
        refuse_read_only(document)
