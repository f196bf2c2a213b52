"""New workbooks: content, layout and the catalogue of functions put together."""

from __future__ import annotations

from collections.abc import Mapping

from xl_rebal.registry import FUNCTIONS, FunctionSpec
from xl_rebal.workbook.content import Content, FunctionHelp
from xl_rebal.workbook.template import new_book


def generate(content: Content) -> bytes:
    """A finished .xlsx; the same content gives the same bytes."""
    return new_book(content, [function_help(spec) for spec in in_order(FUNCTIONS)])


def in_order(functions: Mapping[str, FunctionSpec]) -> list[FunctionSpec]:
    """As a person looks for them: by category, then by name."""
    return sorted(functions.values(), key=lambda spec: (spec.category, spec.name))


def function_help(spec: FunctionSpec) -> FunctionHelp:
    """What the Functions sheet shows of one function, its example calculated."""
    answer = spec(*spec.example)
    rows = answer if isinstance(answer, list) else [[answer]]
    return FunctionHelp(
        signature=spec.signature,
        help=spec.help,
        returns=spec.returns,
        name=spec.name,
        arguments=tuple((p.name, p.help) for p in spec.parameters),
        example=spec.example,
        answer=tuple(tuple(row) for row in rows),
        category=spec.category,
    )
