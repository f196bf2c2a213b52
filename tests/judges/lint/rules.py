"""Rules for what watches over cells: conditional formats, validations, links, ignored errors."""

from __future__ import annotations

from collections import Counter

from tests.judges.lint.names import sheets_named
from tests.judges.lint.package import MAIN, Package, area, areas
from tests.judges.lint.parts import Faults

MOST_VALIDATIONS = 32_767
LONGEST = {"formula1": 255, "formula2": 255}
LONGEST_ATTRIBUTE = {"promptTitle": 32, "errorTitle": 32, "prompt": 255, "error": 255}


def range_of_a_rule(package: Package) -> Faults:
    """The ranges of formats, validations, links and ignored errors are ranges of a sheet."""
    for sheet in package.sheets:
        for element in package.root(sheet.part).iter():
            name = element.tag.removeprefix(MAIN)
            if name in ("conditionalFormatting", "dataValidation", "ignoredError"):
                references = element.get("sqref", "")
            elif name == "hyperlink":
                references = element.get("ref", "")
            else:
                continue
            if not references or None in areas(references):
                yield sheet.part, f"{name} lies on {references!r}"


def conditional_format(package: Package) -> Faults:
    """The priorities of a sheet's rules are numbers from 1, each given once."""
    for sheet in package.sheets:
        rules = package.root(sheet.part).iter(f"{MAIN}cfRule")
        for priority, times in Counter(rule.get("priority", "") for rule in rules).items():
            if times > 1 or not priority.isdecimal() or int(priority) < 1:
                yield sheet.part, f"the priority {priority!r} stands {times} times"


def validation(package: Package) -> Faults:
    for sheet in package.sheets:
        rules = list(package.root(sheet.part).iter(f"{MAIN}dataValidation"))
        for listed in package.root(sheet.part).iter(f"{MAIN}dataValidations"):
            if listed.get("count", str(len(rules))) != str(len(rules)):
                yield sheet.part, f"{len(rules)} validations, {listed.get('count')} said"
        if len(rules) > MOST_VALIDATIONS:
            yield sheet.part, f"{len(rules)} validations"
        for rule in rules:
            texts = {name: rule.findtext(f"{MAIN}{name}", "") for name in LONGEST}
            texts |= {name: rule.get(name, "") for name in LONGEST_ATTRIBUTE}
            for name, most in (LONGEST | LONGEST_ATTRIBUTE).items():
                if len(texts[name]) > most:
                    yield (
                        sheet.part,
                        f"{rule.get('sqref')}: {name} has {len(texts[name])} characters",
                    )


def hyperlink(package: Package) -> Faults:
    """A link within the book leads to a cell of one of its sheets, or to a name."""
    listed = package.root(package.book).iter(f"{MAIN}definedName")
    names = {each.get("name", "").casefold() for each in listed}
    for sheet in package.sheets:
        for link in package.root(sheet.part).iter(f"{MAIN}hyperlink"):
            place = link.get("location", "")
            titles = {title.casefold() for title in sheets_named(place)}
            known = titles <= package.titles and area(place.rpartition("!")[2]) is not None
            if place and not known and place.casefold() not in names:
                yield sheet.part, f"the link of {link.get('ref')} leads to {place!r}"


RULES = (range_of_a_rule, conditional_format, validation, hyperlink)
