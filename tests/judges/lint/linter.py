"""Our own linter of .xlsx packages: what the schemas allow and Excel offers to repair."""

from __future__ import annotations

from tests.judges.lint import cells, drawings, names, parts, rules, styles, tables
from tests.judges.lint.package import Package

RULES = (
    *parts.RULES,
    *names.RULES,
    *cells.RULES,
    *styles.RULES,
    *tables.RULES,
    *rules.RULES,
    *drawings.RULES,
)


def lint(data: bytes) -> list[str]:
    """Everything wrong with a book, as ``part: rule: what``; empty for a good one."""
    package = Package.read(data)
    return [
        f"{part}: {rule.__name__.replace('_', ' ')}: {what}"
        for rule in RULES
        for part, what in rule(package)
    ]
