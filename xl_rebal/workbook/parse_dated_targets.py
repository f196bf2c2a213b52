"""Dated targets: lines of Targets, each once on a date, the weights of a date adding to 100 %."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from xl_rebal.errors import Code
from xl_rebal.model.plan import TargetLine, Targets
from xl_rebal.model.tactical import TargetChange
from xl_rebal.numerics.tolerance import TARGET_SUM_TOLERANCE
from xl_rebal.wording import counted, did_you_mean, listed, percent, points, shown
from xl_rebal.workbook.places import PlacesBuilder
from xl_rebal.workbook.problems import Problems
from xl_rebal.workbook.tables import TypedRow

_KEY = "Asset class or Symbol"
_Group = tuple[str, date]
"""A model and a day."""


def parse_dated_targets(
    rows: Sequence[TypedRow],
    target_rows: Sequence[TypedRow],
    targets: Sequence[Targets],
    places: PlacesBuilder,
    problems: Problems,
) -> dict[str, tuple[TargetChange, ...]]:
    """The changes of each model, dates rising, weights adding to 1 exactly afterwards.

    ``target_rows`` are the rows of Targets, and ``targets`` what could be made of them.
    """
    models = _models(rows, target_rows, problems)
    groups: dict[_Group, list[TypedRow]] = defaultdict(list)
    for row in rows:
        day, model = row.values.get("Date"), models.get(row.index)
        if isinstance(day, date) and model is not None:
            groups[model, day].append(row)
            places.note(("dated targets", model), row, "Date")
    _refuse_unknown(rows, models, target_rows, problems)
    doubled = set(_refuse_doubles(groups, problems))
    _refuse_outside(groups, targets, problems)
    is_whole = sum(map(len, groups.values())) == len(rows)
    for group, members in groups.items():
        if group not in doubled:
            _refuse_sum(group, members, is_whole, problems)
    found: dict[str, list[TargetChange]] = defaultdict(list)
    for (model, day), members in sorted(groups.items(), key=lambda item: item[0][1]):
        found[model].append(TargetChange(day, _weights(members, _lines(targets, model))))
    return {model: tuple(changes) for model, changes in found.items()}


def _models(
    rows: Sequence[TypedRow], target_rows: Sequence[TypedRow], problems: Problems
) -> dict[int, str]:
    """The model of each row by its index; none for a row whose model is not known."""
    known = list(dict.fromkeys(row.text("Model") or "" for row in target_rows))
    if not known or any(row.lost("Model") for row in target_rows):
        return {row.index: row.text("Model") or "" for row in rows if not row.lost("Model")}
    found: dict[int, str] = {}
    strange: dict[str, list[TypedRow]] = {}
    for row in rows:
        model = row.text("Model") or ""
        if row.lost("Model"):
            continue
        if model in known or (not model and len(known) == 1):
            found[row.index] = model or known[0]
        else:
            strange.setdefault(model, []).append(row)
    for model, lines in strange.items():
        named = [name for name in known if name]
        expected = f"{listed([shown(name) for name in named])}, as in Targets"
        if not model:
            problems.say(Code.MISSING_CELL, "an empty cell beside several models" + _more(lines), expected,
                         "Type the model.", lines[0].table.sheet, lines[0].cell("Model"))  # fmt: skip
            continue
        problems.say(
            Code.UNKNOWN_WORD, f"a model {shown(model)}" + _more(lines),
            expected if named else "an empty cell, since Targets name no model",
            did_you_mean(model, named) or "Correct it, or clear the cell.",
            lines[0].table.sheet, lines[0].cell("Model"),
        )  # fmt: skip
    return found


def _refuse_unknown(
    rows: Sequence[TypedRow],
    models: Mapping[int, str],
    target_rows: Sequence[TypedRow],
    problems: Problems,
) -> None:
    """A name that has no row in Targets; said once, at its first row."""
    if not target_rows or any(row.lost(_KEY, "Model") for row in target_rows):
        return
    known: dict[str, dict[str, str]] = defaultdict(dict)
    for row in target_rows:
        if key := row.text(_KEY):
            known[row.text("Model") or ""][_folded(key)] = key
    strange: dict[tuple[str, str], list[TypedRow]] = {}
    for row in rows:
        key, model = row.text(_KEY), models.get(row.index)
        if key is None or model is None or row.number("Weight") == 0:
            continue
        if _folded(key) not in known[model]:
            strange.setdefault((model, _folded(key)), []).append(row)
    for (model, _), lines in strange.items():
        key = lines[0].text(_KEY) or ""
        of_model = f" of model {model!r}" if model else ""
        problems.say(
            Code.UNKNOWN_SYMBOL, shown(key) + _more(lines),
            f"a symbol or asset class that has a row in Targets{of_model}",
            did_you_mean(key, list(known[model].values())) or "Give it a row there; 0 % will do.",
            lines[0].table.sheet, lines[0].cell(_KEY),
        )  # fmt: skip


def _refuse_doubles(
    groups: Mapping[_Group, Sequence[TypedRow]], problems: Problems
) -> Iterator[_Group]:
    for group, members in groups.items():
        seen: set[str] = set()
        for row in members:
            key = row.text(_KEY)
            if key is not None and _folded(key) in seen:
                problems.say(
                    Code.DUPLICATE, f"{shown(key)} a second time on {group[1]}", "each once on a date",
                    "Remove one of the rows.", row.table.sheet, row.cell(_KEY),
                )  # fmt: skip
                yield group
            seen.add(_folded(key or ""))


def _refuse_outside(
    groups: Mapping[_Group, Sequence[TypedRow]], targets: Sequence[Targets], problems: Problems
) -> None:
    """A weight beyond the Minimum or Maximum of its line in Targets."""
    for (model, day), members in groups.items():
        lines = _lines(targets, model)
        given = {_folded(row.text(_KEY) or ""): row for row in members}
        if any(row.lost(_KEY) for row in members):
            continue
        for key, line in lines.items():
            row = given.get(key)
            weight = 0.0 if row is None else row.number("Weight")
            least = 0.0 if line.minimum is None else line.minimum
            most = 1.0 if line.maximum is None else line.maximum
            if weight is None or least <= weight <= most:
                continue
            at = members[0] if row is None else row
            problems.say(
                Code.OUT_OF_RANGE, f"{percent(weight, 2)} for {line.key} on {day}",
                f"at least {percent(least, 2)} and at most {percent(most, 2)}, its limits in Targets",
                "Correct the weight, or Minimum and Maximum.", at.table.sheet, at.cell("Weight"),
            )  # fmt: skip


def _refuse_sum(
    group: _Group, members: Sequence[TypedRow], is_whole: bool, problems: Problems
) -> None:
    """Weights of a date must add to 100 %; where a row without a date may be one of them, not to more."""
    weights = [row.number("Weight") for row in members]
    total = sum(weight for weight in weights if weight is not None)
    if None in weights or abs(total - 1) <= TARGET_SUM_TOLERANCE or (total < 1 and not is_whole):
        return
    model, day = group
    rest = f"{points(total - 1)} {'missing' if total < 1 else 'too much'}"
    of_model = f" of model {model!r}" if model else ""
    problems.say(
        Code.WEIGHTS_SUM, f"weights{of_model} on {day} that add to {percent(total, 2)} ({rest})",
        "100 %", "Change a weight; what stays in cash is a row CASH.",
        members[0].table.sheet, members[0].cell("Weight"),
    )  # fmt: skip


def _weights(members: Sequence[TypedRow], lines: Mapping[str, TargetLine]) -> dict[str, float]:
    given = {_folded(row.text(_KEY) or ""): row.number("Weight") or 0.0 for row in members}
    total = sum(given.values()) or 1.0
    return {line.key: given[key] / total for key, line in lines.items() if key in given}


def _lines(targets: Sequence[Targets], model: str) -> dict[str, TargetLine]:
    """The lines of a model by their folded keys."""
    return {
        _folded(line.key): line for each in targets if each.model == model for line in each.lines
    }


def _folded(key: str) -> str:
    """Symbols and classes are the same whatever their capitals."""
    return key.removeprefix("'").casefold()


def _more(rows: Sequence[TypedRow]) -> str:
    return f" and {counted(len(rows) - 1, 'row')} more like it" if len(rows) > 1 else ""
